"""The daily dose of a course of a systemic glucocorticoid: said where it is not known, refused where it is too large or too small to be true."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caseseries import catalogue
from caseseries.chart.cells import NumberReader
from caseseries.chart.columns import NumberColumn, TextColumn
from caseseries.chart.described import DrugsTable
from caseseries.chart.header import place_of
from caseseries.chart.sheet import Formatted, Raw
from caseseries.chart.tables import Course
from caseseries.protocol.drug_uses import OTHER_ROUTE
from caseseries.protocol.written import decimal_text
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

_GROUP = "systemic glucocorticoids"
_PLAIN = ("mg", "mg/kg")
_UNKNOWN = "so the daily dose of a systemic glucocorticoid is not known while this course lasts"


@dataclass(frozen=True, slots=True)
class DailyDoses:
    """Looks at each course of one drugs table; pulses and routes that do not count are left alone."""

    reading: TableReading
    records: Records
    table: DrugsTable

    def check(self, row: Row, course: Course, frequency: str) -> None:
        """Say what is wrong with the daily dose of a course; `frequency` is the cell's text."""
        if not course.systemic or course.pulse:
            return
        if course.drug not in catalogue.drugs_in(_GROUP) and not self._asked(course.drug):
            self._plausible(row, course)
            return
        if course.amount is None:
            self._gap(row, course, self.table.dose, "dose", "no dose is recorded")
        elif course.per_day is None and (
            not frequency or _known(frequency)
        ):  # other words were said when they were read
            what = (
                "the frequency gives no number of administrations per day" if frequency else "no frequency is recorded"
            )
            self._gap(row, course, self.table.frequency, "frequency", what)
        elif course.unit not in {"mg", "mg/kg", "mg/m2"}:
            what = "not a known unit of dose" if course.unit else "no unit of the dose is recorded"
            self._gap(row, course, self.table.unit, "unit", what)
        else:
            self._plausible(row, course)
            self._converted(row, course)

    def _converted(self, row: Row, course: Course) -> None:
        """Say of a dose that counts in prednisone equivalents that its route is not one they are stated for."""
        doses = [dose for dose in self.records.protocol.doses.values() if dose.source == "courses" and dose.equivalents]
        counts = any(course.drug in self.records.drugs(dose.daily_dose) for dose in doses)
        if not course.route or not counts or course.amount == 0:
            return
        try:
            stated = catalogue.route(course.route).equivalent
        except catalogue.CatalogueMiss:
            return
        if not stated:
            header = self.table.route.column if self.table.route is not None else None
            self.reading.look(row, "route", OTHER_ROUTE, header or self.table.drug.column, field="route")

    def _plausible(self, row: Row, course: Course) -> None:
        """Refuse a course outside the plausible limits: of a glucocorticoid in prednisone equivalents, mg for mg where it has none.

        0 mg a day is no dose and no slip. Of another drug it is told, and refused where a daily dose is made of it.
        """
        if course.unit not in _PLAIN or course.amount is None or course.per_day is None:
            return
        factor = self.records.equivalence(course.drug)
        per_kg = course.unit == "mg/kg"
        limits = catalogue.plausible_dose(course.drug, per_kg=per_kg, factor=factor)
        daily = course.amount * course.per_day
        header = self.table.dose.column if self.table.dose is not None else None
        decision = self.reading.decided(row, header) if header else None
        if (
            limits is None
            or daily == 0
            or limits[0] <= daily <= limits[1]
            or (decision is not None and decision.as_found)
        ):
            return
        glucocorticoid = course.drug in catalogue.drugs_in(_GROUP)
        size = "smaller" if daily < limits[0] else "larger"
        what = f"the daily dose is {size} than is plausible{' for a course that is no pulse' if glucocorticoid else ''}; is the unit right?"
        if glucocorticoid:
            low, high = (decimal_text(end * (factor or 1)) for end in limits)
            allowed = (
                f"{low} to {high} {course.unit}/day prednisone equivalent; `pulse` names the column that marks pulses"
            )
        else:
            allowed = f"{decimal_text(limits[0])} to {decimal_text(limits[1])} mg/day of this drug"
        if glucocorticoid or self._asked(course.drug):
            self.reading.refuse(row, "dose", what, header, field="dose", allowed=allowed)
        else:
            self.reading.look(row, "dose", what, header, field="dose", allowed=allowed)

    def _asked(self, drug: str) -> bool:
        """Whether a daily dose is made of the drug."""
        doses = self.records.protocol.doses.values()
        return any(drug in self.records.drugs(dose.daily_dose) for dose in doses)

    def _gap(self, row: Row, course: Course, column: NumberColumn | TextColumn | None, field: str, what: str) -> None:
        header = column.column if column is not None else None
        unknown = (
            _UNKNOWN if course.drug in catalogue.drugs_in(_GROUP) else _UNKNOWN.replace(f" of a {_GROUP[:-1]}", "")
        )
        decision = self.reading.decided(row, header) if header else None
        if decision is not None and (decision.as_found or decision.not_evaluable is not None):
            return
        if header is None:
            place, message = (
                place_of(self.reading.sheet, None),
                f"the table declares no `{field}`, {unknown.replace(' this', ' its')}",
            )
            self.reading.findings.add("warning", "dose", message, place, field=field)
            return
        self.reading.look(row, "dose", f"{what}, {unknown}", header, field=field)


def in_its_unit(reader: NumberReader, raw: Raw, unit: str) -> NumberReader:
    """The reader for one dose: the unit that the format of its cell shows is its own, where that of its row says the same.

    >>> from fractions import Fraction
    >>> in_its_unit(NumberReader({}), Formatted(5, "5mg", Fraction(1), "mg", hidden=False), "mg/day").unit
    'mg'
    """
    if not isinstance(raw, Formatted) or not raw.unit or not unit:
        return reader
    if catalogue.unit_fold(raw.unit) != catalogue.unit_fold(unit):
        try:
            shown, written = catalogue.dose_unit(raw.unit), catalogue.dose_unit(unit)
        except catalogue.CatalogueMiss:
            return reader
        if (shown.mg, shown.per) != (written.mg, written.per) or shown.per_day not in {None, written.per_day}:
            return reader
    return replace(reader, unit=raw.unit)


def _known(frequency: str) -> bool:
    try:
        catalogue.schedule(frequency)
    except catalogue.CatalogueMiss:
        return False
    return True


def tell_units(records: Records) -> None:
    """A note for each drug or dose that is written in several units: milligrams and tablets, or mg for mg/kg, are easily mixed up."""
    written: dict[str, dict[str, tuple[TableReading, Row, str]]] = {}
    for (name, column), units in records.units.items():
        for unit, (reading, row) in units.items():
            written.setdefault(name, {}).setdefault(catalogue.unit_fold(unit), (reading, row, column))
    for name, found in sorted(written.items()):
        if len(found) < 2:
            continue
        reading, row, column = found[sorted(found)[-1]]
        what = f"{name} is written in several units; each is read as it stands"
        value = ", ".join(unit or "(none)" for unit in sorted(found))
        place = reading.place(row, column or None)
        reading.findings.add(
            "note", "unit", what, place, field="unit", value=value, allowed="one unit, or the right one in each row"
        )
