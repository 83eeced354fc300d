"""Attributes of the patients that tell who they are: said once for each, with its column."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.described import PatientsTable
from caseseries.chart.personal_words import private_attributes
from caseseries.source.records import Records
from caseseries.source.table import TableReading

#: The rule of such an attribute among the findings.
PRIVATE = "attribute"


def tell_private_attributes(readings: Sequence[TableReading], records: Records) -> None:
    """A warning for each attribute that holds dates, or what looks like identifiers of persons: its words are no levels."""
    for name, words in private_attributes(records.people.values()).items():
        for reading in readings:
            table = reading.table
            if not isinstance(table, PatientsTable) or name not in table.attributes:
                continue
            column = table.attributes[name].column
            place = reading.column_place(column) if column is not None else None
            told = frozenset(words)
            held = sum(
                text.strip() in told for one in records.people.values() for key, text in one.attributes if key == name
            )
            cells = "1 cell holds" if held == 1 else f"{held} cells hold"
            what = (
                f"{cells} a date, or what looks like the identifier of a person: this attribute is listed with the patients only, "
                "and has no levels"
            )
            allowed = "words or numbers that describe; a date as `birth`, a diagnosis, an event or a visit"
            records.findings.add(
                "warning",
                PRIVATE,
                what,
                place,
                field=name,
                value=", ".join(words[:3]) + (", ..." if len(words) > 3 else ""),
                allowed=allowed,
            )
            break
