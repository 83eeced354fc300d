"""The daily dose of a course of a systemic glucocorticoid: said where it is not known, refused where it is too large to be true."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries import catalogue
from caseseries.chart.columns import NumberColumn, TextColumn
from caseseries.chart.described import DrugsTable
from caseseries.chart.header import place_of
from caseseries.chart.tables import Course
from caseseries.protocol.measures import equivalence
from caseseries.protocol.words import decimal_text
from caseseries.source.records import Records
from caseseries.source.table import Row, TableReading

_GROUP = "systemic glucocorticoids"
_LARGEST = {
    "mg": "largest plausible daily glucocorticoid dose",
    "mg/kg": "largest plausible daily glucocorticoid dose by weight",
}
_UNKNOWN = "so the daily dose of a systemic glucocorticoid is not known while this course lasts"


@dataclass(frozen=True, slots=True)
class DailyDoses:
    """Looks at each course of one drugs table; pulses and routes that do not count are left alone."""

    reading: TableReading
    records: Records
    table: DrugsTable

    def check(self, row: Row, course: Course, frequency: str) -> None:
        """Say what is wrong with the daily dose of a course; `frequency` is the cell's text."""
        if course.drug not in catalogue.drugs_in(_GROUP) or not course.systemic or course.pulse:
            return
        if course.amount is None:
            self._gap(row, self.table.dose, "dose", "no dose is recorded")
        elif course.per_day is None and (
            not frequency or _known(frequency)
        ):  # other words were said when they were read
            what = (
                "the frequency gives no number of administrations per day" if frequency else "no frequency is recorded"
            )
            self._gap(row, self.table.frequency, "frequency", what)
        elif course.unit not in {"mg", "mg/kg", "mg/m2"}:
            what = "not a known unit of dose" if course.unit else "no unit of the dose is recorded"
            self._gap(row, self.table.unit, "unit", what)
        else:
            self._largest(row, course)

    def _largest(self, row: Row, course: Course) -> None:
        """Refuse a course above the plausible limit, in prednisone equivalents, mg for mg where the drug has none."""
        if course.unit not in _LARGEST or course.amount is None or course.per_day is None:
            return
        largest = catalogue.constant(_LARGEST[course.unit]).value
        daily = course.amount * course.per_day * (equivalence(self.records.protocol, course.drug) or 1)
        header = self.table.dose.column if self.table.dose is not None else None
        decision = self.reading.decided(row, header) if header else None
        if largest is None or daily <= largest or (decision is not None and decision.as_found):
            return
        what = "the daily dose is larger than is plausible for a course that is no pulse; is the unit right?"
        allowed = f"at most {decimal_text(largest)} {course.unit}/day prednisone equivalent; `pulse` names the column that marks pulses"
        self.reading.refuse(row, "dose", what, header, field="dose", allowed=allowed)

    def _gap(self, row: Row, column: NumberColumn | TextColumn | None, field: str, what: str) -> None:
        header = column.column if column is not None else None
        decision = self.reading.decided(row, header) if header else None
        if decision is not None and (decision.as_found or decision.not_evaluable is not None):
            return
        if header is None:
            place, message = (
                place_of(self.reading.sheet, None),
                f"the table declares no `{field}`, {_UNKNOWN.replace(' this', ' its')}",
            )
            self.reading.findings.add("warning", "dose", message, place, field=field)
            return
        self.reading.look(row, "dose", f"{what}, {_UNKNOWN}", header, field=field)


def _known(frequency: str) -> bool:
    try:
        catalogue.schedule(frequency)
    except catalogue.CatalogueMiss:
        return False
    return True
