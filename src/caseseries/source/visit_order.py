"""Visits that stand beside each other in one row: their dates against the order in which they are declared, and rows of one patient."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from caseseries.chart.dates import Span
from caseseries.source.row import Row
from caseseries.source.table import TableReading

#: A row with the visits that took place: name, column of the date, days.
Told = tuple[Row, Sequence[tuple[str, str | None, Span]]]


def tell_visit_order(reading: TableReading, told: Sequence[Told]) -> None:
    """A warning for each visit dated before, or on the day of, the one declared before it, and for each further row of a patient.

    Where as many rows go back as do not, the visits are declared in another order than they took place in, and only equal days are told.
    """
    pairs = [(row, one, two) for row, visits in told for one, two in pairwise(visits)]
    back = {(one[0], two[0]): [0, 0] for _, one, two in pairs}
    for _, one, two in pairs:
        back[one[0], two[0]][two[2].high < one[2].low] += 1
    for row, (name, _, first), (later, header, second) in pairs:
        forth, against = back[name, later]
        if second == first and not first.partial:
            what = f"the visit {later!r} has the date of {name!r}"
        elif second.high < first.low and against < forth:
            what = f"the visit {later!r} is dated before {name!r}, which is declared before it"
        else:
            continue
        reading.look(row, "visit", what, header, field=f"date of {later}", allowed="the date of each visit")
    seen: dict[str, Row] = {}
    for row, _ in told:
        first_row = seen.setdefault(row.patient, row)
        if first_row is not row:
            what = (
                f"a patient has a further row in a table with a row for each patient, first in {first_row.named(row)}"
            )
            reading.look(row, "visit", what, reading.id_column(row), field="patient", allowed="each patient once")
