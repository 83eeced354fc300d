"""The figure of why cases were not evaluable."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.not_evaluable import denominator, reasons_words
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.count_bars import Count, counts_alt, counts_scene, shortened
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.summary.model import Summary
from caseseries.verdict.denominator import among_words


def not_evaluable(summary: Summary, name: str) -> Drawing | None:
    """A bar for each reason under the protocol as written, the most frequent first; none where everybody was evaluable."""
    outcome = summary.outcomes[name]
    reasons = outcome.why.get(0, ())
    if not reasons or not summary.included:
        return None
    counts = shortened(
        [
            Count(
                capital(reasons_words(summary, reason.words, outcome.plan.at)),
                reason.n.high,
                "" if reason.n.exact is not None else count_text(reason.n),
            )
            for reason in reasons
        ]
    )
    total, among = denominator(summary, outcome), among_words(outcome.plan, summary.measures)
    of = f"included cases {among}" if among else "included cases"
    return drawn(
        summary,
        f"not-evaluable-{slug(name)}",
        f"Why {name} was not evaluable",
        f"Of {whole(total)} {of}; each case has one reason, which may name several values.",
        counts_alt(counts, total),
        *(counts_scene(counts, total, "Cases", paper) for paper in PAPERS),
    )
