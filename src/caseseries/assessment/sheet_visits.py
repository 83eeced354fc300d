"""The visits of a sheet: on which day all measures of an outcome are read, where they must come from one visit.

    case_visit(case_no, v<way>_<group>, ...)      grain: included case; the order of the visit's day in its window, NULL without a visit

A visit is a day with a value of any measure of its group, or, where there is none in the window, a visit that is on record. The day is the
first of them in the order of the window, so the packed choice of a measure is its value at the visit wherever both are of one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.assessment.sheet_packing import (
    EMPTY,
    case_of,
    inside,
    measure_of,
    near,
    order,
    order_of,
)
from caseseries.assessment.window import seen
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.window import Window


@dataclass(frozen=True, slots=True)
class Way:
    """One way of taking values in a window: each measure by itself, or at a visit.

    `groups` are the numbers of the measures that share a visit; no measure is in two of them. Without groups each is taken by itself.
    """

    window: Window
    groups: tuple[tuple[int, ...], ...] = ()

    def visit(self, number: int) -> str:
        """SQL for the order of the visit of the row's `measure`; `number` is that of this way."""
        cases = " ".join(
            f"WHEN measure IN ({', '.join(map(str, group))}) THEN v{number}_{place}"
            for place, group in enumerate(self.groups)
        )
        return f"CASE {cases} END"


def lay_visits(engine: Engine, numbers: Numbers, ways: Sequence[Way], windows: Sequence[Window]) -> None:
    """Keep ``case_visit`` for the ways that have visits; needs ``sheet_packed``."""
    dialect = engine.dialect
    written, recorded, columns = [], {}, []
    for number, way in enumerate(ways):
        window = windows.index(way.window)
        for place, group in enumerate(way.groups):
            one = f"v{number}_{place}"
            taken = f"measure IN ({', '.join(map(str, group))}) AND p{window} <> {EMPTY}"
            written.append(f"{order_of(f'min(CASE WHEN {taken} THEN p{window} END)', dialect)} AS {one}")
            recorded[window] = f"min(CASE WHEN {inside(way.window)} THEN {order(way.window)} END) AS w{window}"
            columns.append(f"CAST(coalesce(w.{one}, f.w{window}) AS INT) AS {one}")
    asked = [windows[window] for window in recorded]
    low, high = min(window.from_ for window in asked), max(window.to for window in asked)
    engine.keep(
        "case_visit",
        f"""
SELECT k.case_no, {", ".join(columns)}
FROM included_case AS k
LEFT JOIN (
    SELECT case_no, {", ".join(written)}
    FROM (SELECT {case_of("place", dialect)} AS case_no, {measure_of("place")} AS measure, packed.* FROM sheet_packed AS packed) AS packed
    GROUP BY case_no
) AS w ON w.case_no = k.case_no
LEFT JOIN (
    SELECT case_no, {", ".join(recorded.values())}
    FROM (
        SELECT k.case_no, f.day - k.index_day AS rel FROM included_case AS k JOIN fact AS f ON f.patient = k.patient
        WHERE f.kind = 'visit' AND f.day - k.index_day BETWEEN {low} AND {high}{seen(numbers, "f")}
    ) AS visits
    GROUP BY case_no
) AS f ON f.case_no = k.case_no
""",
    )


def without_number(engine: Engine, numbers: Numbers, ways: Sequence[Way], used: Sequence[int]) -> str:
    """The query of the measures that were noted without a number at their visit: place, z<way> (1); needs ``case_visit``."""
    at_visit = {
        number: f"{inside(way.window)} AND {order(way.window)} = {way.visit(number)}"
        for number, way in enumerate(ways)
        if way.groups
    }
    columns = ", ".join(f"max(CASE WHEN {there} THEN 1 END) AS z{number}" for number, there in at_visit.items())
    rows = near(numbers, [ways[number].window for number in at_visit], used)
    return (
        f"SELECT place, {columns} FROM (SELECT r.place, r.measure, r.rel, v.* FROM ({rows}) AS r "
        f"JOIN case_visit AS v ON v.case_no = {case_of('r.place', engine.dialect)} WHERE r.value IS NULL) AS blank GROUP BY place"
    )
