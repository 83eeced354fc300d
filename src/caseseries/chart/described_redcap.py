"""What a chart description says of a REDCap export: its files, and what their signs mean."""

from __future__ import annotations

from typing import Literal

from caseseries.protocol.written import Written

#: What stands in the blank cell of a measure where its form does not ask it, and what it means.
NOT_ASKED = "not asked"


class RedcapProject(Written):
    """A REDCap export: `data` is the file with the records, `dictionary` the data dictionary, both in the folder of the source.

    Every form is then a sheet (`sheet: blood_pressure` in a table), with the record, the event, the repeat and all columns of the same row
    beside its own fields. Choices are read as their labels, boxes as yes and no.

    `values` says whether the cells hold codes (`raw`) or labels, where the file does not show it. `nothing_ticked` says what a group of boxes
    means of which none is ticked: a REDCap export writes 0 for each of them whether the question was answered or not. `double_entry` says
    which of two readings of a record counts (`id--1`, `id--2`): `first`, `second`, or `both`, where cells that differ are refused.
    """

    data: str
    dictionary: str
    values: Literal["raw", "labels"] | None = None
    nothing_ticked: Literal["not recorded", "no"] = "not recorded"
    double_entry: Literal["first", "second", "both"] | None = None
