"""What both starting files rest on: whether the chart has dates, which drug is studied, which drugs and events it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from caseseries import catalogue
from caseseries.chart.sheet import Raw, blank, shown
from caseseries.form.drug_columns import drug_of
from caseseries.form.found import MeasureGuess, TableGuess
from caseseries.form.one_row import STUDY_DRUG
from caseseries.form.profile import Looked
from caseseries.form.several import parts_of
from caseseries.form.written_dates import DayReader, day_reader

#: A gap between courses of the study drug that begins another episode, as the protocol suggests it.
RESTART_AFTER = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One course as far as a first look tells: whose, of which drug, its first and last day (None where not known), whether no end is written,
    and whether it may be a pulse: intravenous, or called one."""

    patient: str
    drug: str
    written: str
    start: int | None
    stop: int | None
    no_stop: bool
    pulse: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What was found in all tables together. `drug` is the study drug where the chart leaves no choice, `taken` how many took it."""

    guesses: tuple[TableGuess, ...]
    tables: tuple[Looked, ...]
    dated: bool
    days: DayReader
    rows: tuple[Row, ...]
    drug: str
    declared: bool
    patients: int
    taken: int

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs of the chart as they are written, those that most patients took first."""
        counted = Counter(row.written for row in {(row.patient, row.written): row for row in self.rows}.values())
        return tuple(name for name, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def others(self) -> tuple[str, ...]:
        """Drugs beside the study drug, other medicines left out."""
        return tuple(
            name for name in self.drugs if drug_of(name) != self.drug != name and not catalogue.other_medicine(name)
        )

    @property
    def steroid_rows(self) -> bool:
        """Whether a course of a glucocorticoid stands in a table of drugs, or of a name nobody knows."""
        return any(
            _steroid(row.drug) or (not row.drug and row.written not in ("", self.drug, STUDY_DRUG)) for row in self.rows
        )

    @property
    def pulse_rows(self) -> bool:
        """Whether a course of a glucocorticoid, or of a name nobody knows, is intravenous or called a pulse."""
        return self.steroid_rows and any(row.pulse and (_steroid(row.drug) or not row.drug) for row in self.rows)

    @property
    def dose_from_courses(self) -> bool:
        """Whether a daily dose is added up from the rows of drugs."""
        return self.steroid_rows and any(one.kind == "dose" for one in self.measures)

    @property
    def one_episode(self) -> bool:
        """Whether no patient took the study drug again after a gap that begins another episode."""
        courses: dict[str, list[Row]] = {}
        for row in self.rows:
            if self.drug in (row.drug, row.written):
                courses.setdefault(row.patient, []).append(row)
        if self.drug and not self.rows:
            return True
        known = self.drug or len({row.written for row in self.rows}) == 1
        return bool(courses) and bool(known) and all(map(_in_one, courses.values()))

    def has(self, kind: str) -> bool:
        """Whether a table of this kind was found."""
        return any(one.kind == kind for one in self.guesses)

    @property
    def units_asked(self) -> frozenset[str]:
        """The measures in several columns of one table of which no heading tells the unit: the protocol asks for it once."""
        columns = Counter(
            one.measure
            for table in self.guesses
            if table.kind == "side by side"
            for visit in table.visits
            for one in visit.measures
            if one.needs_unit and not one.unit
        )
        return frozenset(measure for measure, count in columns.items() if count > 1)

    @property
    def measures(self) -> tuple[MeasureGuess, ...]:
        """Every measure once, the unit of a quantity from whichever column tells it."""
        found: dict[str, MeasureGuess] = {}
        for table in self.guesses:
            for one in table.all_measures:
                if one.measure not in found or (one.unit and not found[one.measure].unit):
                    found[one.measure] = one
        return tuple(found.values())


def _in_one(rows: Sequence[Row]) -> bool:
    """Whether the courses of a patient follow each other without a longer gap."""
    if len(rows) == 1:
        return True
    days = sorted((row.start, row.stop, row.no_stop) for row in rows if row.start is not None)
    if len(days) < len(rows):
        return False
    last: int | None = days[0][0]
    for start, stop, no_stop in days:
        if last is not None and start - last > RESTART_AFTER:
            return False
        if stop is None and not no_stop:
            return False
        last = None if no_stop or last is None or stop is None else max(last, stop)
    return True


def outline(guesses: Sequence[TableGuess], tables: Sequence[Looked]) -> Outline:
    """What the tables say together."""
    dated = _dated(guesses)
    days = day_reader([(one.looked, one.columns | set(one.roles.values())) for one in guesses if dated])
    rows = tuple(row for one in guesses if one.kind == "drugs" for row in _rows(one, days))
    people = {
        shown(cell).casefold()
        for one in guesses
        if one.kind == "patients"
        for cell in one.looked.cells.get(one.roles.get("patient", ""), ())
        if not blank(cell)
    }
    people = people or {row.patient for row in rows}
    if len({row.written for row in rows}) > 1:  # which of several it is must be said
        guesses = [_unnamed(one) for one in guesses]
        rows = tuple(replace(row, written="") if row.written == STUDY_DRUG else row for row in rows)
    drug, declared, taken = _study_drug(rows, len(people))
    unknown = [course for one in guesses for course in one.courses if not course.start]
    if unknown and not rows:
        drug, declared = drug_of(unknown[0].name) or unknown[0].name, not drug_of(unknown[0].name)
    return Outline(tuple(guesses), tuple(tables), dated, days, rows, drug, declared, len(people), taken)


def _unnamed(one: TableGuess) -> TableGuess:
    courses = tuple(replace(course, name="") if course.name == STUDY_DRUG else course for course in one.courses)
    return replace(one, courses=courses) if courses != one.courses else one


def _dated(guesses: Sequence[TableGuess]) -> bool:
    """Whether visits or courses have dates; without either, whether anything has."""
    if not any(one.all_measures or (one.kind == "drugs" and not one.undated_drugs) for one in guesses):
        return any(
            one.roles.get(role)
            for one in guesses
            for role in ("birth", "birth year", "death", "diagnosis date", "date")
        )
    return any(
        (one.kind == "drugs" and not one.undated_drugs)
        or (one.kind in {"visits", "long"} and one.roles.get("date"))
        or any(visit.date for visit in one.visits)
        for one in guesses
    )


def _rows(one: TableGuess, days: DayReader) -> list[Row]:
    cells = one.looked.cells
    count = one.looked.rows
    nothing: tuple[Raw, ...] = (None,) * count
    patients = cells.get(one.roles.get("patient", ""), tuple(str(at) for at in range(count)))
    found: list[Row] = []
    if one.undated_drugs:
        return found
    if one.courses:
        columns = [(course.name, course.start, course.stop) for course in one.courses if course.start]
    else:
        columns = [("", one.roles["start"], one.roles.get("stop", ""))]
    names = cells.get(one.roles.get("drug", ""), nothing)
    how = [cells.get(one.roles.get(role, ""), nothing) for role in ("route", "frequency", "pulse")]
    for fixed, start, stop in columns:
        for patient, name, begun, ended, route, schedule, pulse in zip(
            patients, names, cells.get(start, nothing), cells.get(stop, nothing), *how, strict=True
        ):
            written = fixed or ("" if blank(name) else shown(name))
            if blank(begun):
                continue
            for part in parts_of(written, one.separated) if one.separated else [written]:
                found.append(
                    Row(
                        shown(patient).casefold(),
                        drug_of(part) if part else "",
                        part,
                        days.day(start, begun),
                        days.day(stop, ended),
                        blank(ended),
                        _may_be_pulse(part, route, schedule, pulse),
                    )
                )
    return found


def _may_be_pulse(name: str, route: Raw, schedule: Raw, pulse: Raw) -> bool:
    if not blank(pulse) or any("pulse" in text.casefold() for text in (name, shown(schedule), shown(route))):
        return True
    try:
        return not blank(route) and catalogue.route(shown(route)).key == "intravenous"
    except catalogue.CatalogueMiss:
        return True  # nobody knows this route


def _steroid(drug: str) -> bool:
    return drug == "systemic glucocorticoids" or drug in catalogue.drugs_in("systemic glucocorticoids")


def _study_drug(rows: Sequence[Row], people: int) -> tuple[str, bool, int]:
    """The study drug, whether the protocol has to declare its name, and how many took it; empty where the chart leaves a choice.

    It is the only drug, or the only one beside glucocorticoids and common medicines that nearly everybody took.
    """
    took: dict[str, set[str]] = {}
    for row in rows:
        name = row.drug or row.written
        if name and not catalogue.other_medicine(row.written):
            took.setdefault(name, set()).add(row.patient)
    if any(not row.written for row in rows):
        return "", False, 0
    if len(took) > 1:
        took = {name: who for name, who in took.items() if not _steroid(name)}
    most = [name for name, who in took.items() if 5 * len(who) >= 4 * max(people, 1)]
    many = [name for name, who in took.items() if 2 * len(who) > max(people, 1)]
    only = next(iter(took)) if len(took) == 1 else most[0] if len(most) == 1 == len(many) else ""
    if not only or (catalogue.names_several(only) and not catalogue.drug_class(only)):
        return "", False, 0
    return only, not drug_of(only), len(took[only])
