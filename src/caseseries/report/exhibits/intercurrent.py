"""Events between the index date and the assessment: in how many cases they occurred, and how many verdicts they decided."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import count_cell, range_notes
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, numbers
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE
from caseseries.verdict.names import event_words

#: How the reason of a case that an event made not evaluable begins.
BY_EVENT = "event: "


def events_table(summary: Summary, name: str) -> Table | None:
    """One row per event, the most frequent first; none where the reasons of the not evaluable say all of it."""
    outcome = summary.outcomes[name]
    counts = [{one.words: one.n for one in reasons.get(0, ())} for reasons in (outcome.occurred, outcome.decided)]
    lost = {one.words.removeprefix(BY_EVENT): one.n for one in outcome.why.get(0, ()) if one.words.startswith(BY_EVENT)}
    if not any(counts) or counts[0] == counts[1] == lost:
        return None
    rows = tuple(
        Row(
            (
                Cell(capital(event_text(summary, event, outcome.plan.at))),
                *(count_cell(found.get(event, NONE)) for found in counts),
            )
        )
        for event in dict.fromkeys([*counts[0], *counts[1]])
    )
    columns = (Column("Event"), *numbers("Cases in which it occurred", "Verdicts it decided"))
    title = f"Events between the index date and the assessment: {name}"
    notes = (
        "A case may have several events; the first that the protocol names decides.",
        *range_notes(n for found in counts for n in found.values()),
    )
    return Table(f"events-{slug(name)}", title, columns, rows, notes)


def event_text(summary: Summary, text: str, at: str) -> str:
    """Intercurrent events as something that happened; several that occurred together are joined."""
    return "; ".join(event_words(event, summary.protocol, at) for event in text.split("; "))
