"""Why cases were not evaluable, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.report.exhibits.count_words import count_cell, percent_text, range_notes
from caseseries.report.exhibits.intercurrent import BY_EVENT, event_text
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import absence, capital, listed
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.summary.result import NONE
from caseseries.verdict.names import short_name

#: So many reasons stand in a table; the others are added up in its last row.
MOST = 20


def why_table(summary: Summary, name: str) -> Table | None:
    """Why cases were not evaluable under the protocol as written, the most frequent reason first."""
    outcome = summary.outcomes[name]
    reasons = outcome.why.get(0, ())
    if not reasons:
        return None
    total = denominator(summary, outcome)
    told = [(capital(reasons_words(summary, reason.words, outcome.plan.at)), reason.n) for reason in reasons[:MOST]]
    rest = reasons[MOST:]
    if rest:
        told.append((f"{len(rest)} further reasons", sum((reason.n for reason in rest), NONE)))
    rows = tuple(Row((Cell(why), count_cell(n), Cell(percent_text(n, total)))) for why, n in told)
    of = "% of all included" if outcome.plan.among is None else "% of the denominator"
    columns = (Column("Why not evaluable", "sentences"), *numbers("Cases", of))
    notes = (
        "A case with several values missing has one row that names them all.",
        *range_notes(reason.n for reason in reasons),
    )
    return Table(f"not-evaluable-{slug(name)}", f"Why {name} was not evaluable", columns, rows, notes)


def denominator(summary: Summary, outcome: OutcomeSummary) -> int:
    """Of how many cases the reasons are: all included, or at most those of the outcome's denominator."""
    return summary.included if outcome.plan.among is None else outcome.answers[0].inside.high


def reasons_words(summary: Summary, text: str, at: str) -> str:
    """Why a case is not evaluable: every `window measure: code` of it in words.

    `at` is the window in which the outcome is assessed.
    """
    if text.startswith(BY_EVENT):
        return f"decided by an event: {event_text(summary, text.removeprefix(BY_EVENT), at)}"
    if text.startswith("event not known: "):
        return f"not known whether this happened: {event_text(summary, text.removeprefix('event not known: '), at)}"
    gathered: dict[tuple[str, str], list[str]] = {}
    for part in dict.fromkeys(text.split("; ")):
        where, _, code = part.rpartition(": ")
        window, name = _slot(summary, where)
        gathered.setdefault((window, code) if name else (part, ""), []).append(name or part)
    return "; ".join(_together(summary, window, code, names) for (window, code), names in gathered.items())


def _slot(summary: Summary, where: str) -> tuple[str, str]:
    """Window and measure of `window measure`; no measure where it is something else."""
    for window in summary.protocol.windows:
        name = where.removeprefix(f"{window} ")
        if where.startswith(f"{window} ") and name in summary.measures:
            return window, name
    return where, ""


def _together(summary: Summary, window: str, code: str, names: Sequence[str]) -> str:
    """One reason that several measures of one window share, as one."""
    if not code:
        return window
    measures, windows = summary.measures, summary.protocol.windows
    told = [absence(f"{window} {name}: {code}", measures, windows) for name in names]
    first = short_name(measures[names[0]])
    if len(names) == 1 or first not in told[0]:
        return "; ".join(dict.fromkeys(told))
    return told[0].replace(first, listed([short_name(measures[name]) for name in names]), 1)
