"""The dose written at a visit against the dose that the drug rows give for that day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, partial
from typing import Literal

from caseseries.chart.cells import Quantity
from caseseries.chart.dates import Span
from caseseries.chart.header import place_of
from caseseries.chart.tables import Course
from caseseries.protocol.drug_uses import drugs_of, substance
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.measures import dose_factor
from caseseries.protocol.written import decimal_text
from caseseries.source.measure_cells import MeasureCells
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


@dataclass(frozen=True, slots=True)
class _Seen:
    reading: TableReading
    row: Row
    header: str
    measure: str
    day: int
    value: Fraction
    unit: Literal["mg", "mg/kg"]


@dataclass(slots=True)
class VisitDoses:
    """Doses written at visits, gathered while visits are read and compared when the drugs are known."""

    seen: list[_Seen] = field(default_factory=list)

    def note(self, reading: TableReading, row: Row, cells: MeasureCells, day: Span, value: Quantity) -> None:
        """Keep a dose that was written at a visit on a known day."""
        unit: Literal["mg", "mg/kg"] = "mg/kg" if cells.per_kg else "mg"
        if not day.partial and not value.censor:
            self.seen.append(_Seen(reading, row, cells.column.column, cells.measure, day.middle, value.value, unit))

    def compare(self, records: Records) -> None:
        """A warning for every visit where the two differ; which of them counts is the protocol's `source`.

        They are compared in the unit of the visit's column: mg or mg/kg are never turned into each other here, so a column is
        left alone, with a note, where the drug rows stand in the other.
        """
        by_patient: dict[str, list[Course]] = {}
        for course in records.courses:
            by_patient.setdefault(course.patient, []).append(course)
        for name, measure in sorted(records.protocol.doses.items()):
            if not records.courses:
                continue
            group = drugs_of(records.protocol, measure.daily_dose)
            seen = [one for one in self.seen if one.measure == name and one.row.is_used()]
            without = seen and not any(course.systemic and course.drug in group for course in records.courses)
            if without:  # there is nothing to compare
                if measure.source == "courses" and any(one.value for one in seen):
                    _no_courses(seen, measure, name)
                continue
            factor = cache(partial(dose_factor, records.protocol, measure, measure.as_))
            for one in seen:
                courses = [
                    course for course in by_patient.get(one.row.patient, ()) if course.systemic and course.drug in group
                ]
                if any(course.unit in {"mg", "mg/kg"} - {one.unit} for course in courses):
                    what = (
                        "the doses of this column are not compared where drug rows stand in another unit, mg or mg/kg"
                    )
                    place = place_of(one.reading.sheet, None, one.reading.positions[one.header], one.header)
                    one.reading.findings.add("note", "dose", what, place, field=name)
                dose = dose_on_arrival(records, measure, courses, one.day, one.unit, factor)
                if dose is not None and dose != one.value:
                    counts = "the drug rows" if measure.source == "courses" else "the visit"
                    one.reading.look(
                        one.row,
                        "dose",
                        f"the dose written at the visit is not what the drug rows give for that day; {counts} count",
                        one.header,
                        field=name,
                        allowed="the dose taken on arrival: a change on a day counts from the next",
                        proposal=decimal_text(dose) if courses else "",
                    )


def _no_courses(seen: list[_Seen], measure: DailyDose, name: str) -> None:
    """Doses at visits, and no drug row of the group at all: most likely the drug rows are of other drugs, and the visits are what counts."""
    first = min(seen, key=lambda one: (one.reading.name, one.row.number))
    what = f"doses are written at {len(seen)} visits, and the drug rows hold no course of {measure.daily_dose}"
    counts = (
        "; the drug rows count, so that none of these doses does"
        if measure.source == "courses"
        else "; the visits count"
    )
    place = place_of(first.reading.sheet, None, first.reading.positions[first.header], first.header)
    first.reading.findings.add(
        "warning",
        "dose",
        what + counts,
        place,
        field=name,
        allowed="`source: visits` for this dose in the protocol, or its courses among the drug rows",
    )


def dose_on_arrival(
    records: Records,
    measure: DailyDose,
    courses: list[Course],
    day: int,
    unit: str,
    factor_of: Callable[[str], Fraction | None],
) -> Fraction | None:
    """The sum of the courses taken on arrival on a day; None where one of them has no dose in the unit, mg or mg/kg, or its days are not known.

    `factor_of` says what a milligram of a drug counts.

    A course counts when it began before the day and lasted at least to the day before.
    """
    total, seen = Fraction(0), set[str]()
    for course in courses:
        if course.pulse and measure.pulses == "apart":
            continue
        ends = course.ends
        if ends.first_low >= day or (ends.last_high is not None and ends.last_high < day - 1):
            continue
        if ends.first_high >= day or (ends.last_low is not None and ends.last_low < day - 1):
            return None
        factor = factor_of(course.drug)
        if course.amount is None or course.per_day is None or course.unit != unit or factor is None:
            return None
        seen.add(substance(records.protocol, course.drug))
        if len(seen) > 1 and not measure.equivalents:
            return None  # milligrams of different drugs are no sum
        total += course.amount * course.per_day * factor
    return total
