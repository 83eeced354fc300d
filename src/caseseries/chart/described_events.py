"""Tables of adverse events: an event a row, or the events of a patient beside each other."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from caseseries.chart.columns import ListedText, Text, When
from caseseries.chart.described_table import Table, fields_of
from caseseries.protocol.written import Written, mistake


class EventColumns(Written):
    """The columns of an adverse event. `event` with `separated_by` reads several from one cell; `attributes` are further columns to keep.

    `happened` is a column of yes and no. `action` is what was done with the study drug because of the event.
    """

    event: ListedText
    happened: Text | None = None
    date: When | None = None
    until: When | None = None
    grade: Text | None = None
    serious: Text | None = None
    outcome: Text | None = None
    attributed_to: Text | None = None
    action: Text | None = None
    attributes: dict[str, Text] = {}


class EventMeanings(Table):
    """What the cells of events mean.

    `blank_event` says what it means where none of the columns of an event holds anything: that it did not happen (`never`), or `not known`.
    `fatal` says what an event is that tells a death (grade 5, a fatal outcome) of a patient without a recorded one: `death`, on the last day
    of the event, or on its day where it has no other; or `no death`. `terms` says what an event means that is written nearly as one asked for.
    """

    blank_event: Literal["never", "not known"] | None = None
    fatal: Literal["death", "no death"] | None = None
    terms: dict[str, str] = {}


class EventsTable(EventMeanings, EventColumns):
    """One row per adverse event."""

    kind: Literal["events"]

    @model_validator(mode="after")
    def _blank(self) -> EventsTable:
        _told(self, self)
        return self


class EventsSideBySideTable(EventMeanings):
    """One row per patient with the adverse events next to each other, each with its own columns."""

    kind: Literal["events side by side"]
    events: dict[str, EventColumns]

    @model_validator(mode="after")
    def _blank(self) -> EventsSideBySideTable:
        if not self.events:
            raise mistake(
                "no event is named", "events: {rash: {event: {value: rash}, date: rash date}}", at=("events",)
            )
        for columns in self.events.values():
            _told(columns, self)
        return self

    def each(self) -> dict[str, EventsTable]:
        """The table of each of its events, by name."""
        shared = fields_of(self, "kind", "events")
        return {
            name: EventsTable.model_construct(**shared, **fields_of(one), kind="events")
            for name, one in self.events.items()
        }


def _told(columns: EventColumns, meanings: EventMeanings) -> None:
    """Refuse an event that stands in every row where nothing says in which of them it happened."""
    if columns.event.value is not None and columns.happened is None and columns.date is None:
        raise mistake(
            "an event that is named once has no column that says whether it happened", "happened: COLUMN, date: COLUMN"
        )
    if (columns.event.value is not None or columns.happened is not None) and meanings.blank_event is None:
        raise mistake(
            "what a blank event means is not said",
            "never, not known",
            "add `blank_event: never` or `blank_event: not known`",
        )
