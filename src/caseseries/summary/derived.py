"""What a derived value rests on: the cells of its parts, and the days of the window on which a part was missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from caseseries.chart.tables import Bound, Chart
from caseseries.errors import Place
from caseseries.protocol.derived import Derived, formula, recorded_parts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window
from caseseries.verdict.trace import Quantity


@dataclass(frozen=True, slots=True)
class PartOfValue:
    """What was recorded of a part on the day of a derived value: the value in the part's unit (None: a missing code), its cell and its unit."""

    measure: str
    value: Fraction | None
    bound: Bound
    unit: str
    place: Place


def parts_of_value(
    protocol: Protocol,
    chart: Chart,
    patient: str,
    index: int,
    quantity: Quantity,
    cell: Callable[[int], Place],
    units: Callable[[str], str],
) -> tuple[PartOfValue, ...]:
    """The recorded values of the parts on the day of a derived value, in the order of the parts; none of other measures, and none without a day."""
    name = quantity.slot.measure
    if not isinstance(protocol.measures[name], Derived) or quantity.day is None:
        return ()
    found = []
    for part in recorded_parts(formula(protocol.measures, name)):
        rows = [
            row
            for row in chart.measurements
            if row.patient == patient and row.measure == part and row.day - index == quantity.day
        ]
        known = [row for row in rows if row.value is not None] or rows
        found += [PartOfValue(part, row.value, row.censor, units(part), cell(row.record)) for row in known]
    return tuple(found)


def incomplete_days(chart: Chart, patient: str, index: int, name: str, window: Window) -> tuple[tuple[int, str], ...]:
    """The days of a window, relative to the index date, without a value of a derived measure although a part was recorded, and why.

    `chart` holds the rows of derived measures (:func:`~caseseries.summary.from_reference.with_derived`).
    """
    rows = [row for row in chart.measurements if row.patient == patient and row.measure == name]
    known = {row.day for row in rows if row.value is not None}
    return tuple(
        (row.day - index, row.missing)
        for row in rows
        if row.value is None and row.day not in known and window.from_ <= row.day - index <= window.to
    )
