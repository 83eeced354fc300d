"""The figure of an outcome with levels: a bar for each."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.count_bars import Count, counts_alt, counts_scene
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.summary.model import Summary
from caseseries.verdict.denominator import denominator_words


def levels(summary: Summary, name: str) -> Drawing | None:
    """The levels under the protocol as written in their order, then the not evaluable; none of nobody."""
    found = summary.levels[name]
    counts = found.readings[0]
    if not counts.inside.high:
        return None
    told = [(capital(one.name), one.exactly) for one in counts.levels]
    told += [("Not evaluable", counts.not_evaluable)] if counts.not_evaluable.high else []
    bars = [Count(label, n.high, "" if n.exact is not None else count_text(n)) for label, n in told]
    total = counts.inside.exact or 0
    of = denominator_words(found.widest, summary.measures)
    return drawn(
        summary,
        f"levels-{slug(name)}",
        f"{capital(name)} by {found.one}",
        f"Of {of}, n = {whole(total)}; every case has one {found.one} or is not evaluable." if total else f"Of {of}.",
        counts_alt(bars, total),
        *(counts_scene(bars, total, "Cases", paper) for paper in PAPERS),
    )
