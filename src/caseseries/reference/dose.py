"""The daily dose on a day: what the patient took on arrival, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from caseseries.chart.tables import Course, UnreadCourse
from caseseries.protocol.measure import DailyDose, DoseUnit
from caseseries.protocol.measures import ingredient
from caseseries.reference.days import counts_on_arrival
from caseseries.reference.look_back import supply_known
from caseseries.reference.record import Indexed, PatientRows, folded

NO_COURSE: Final = "no course recorded"
BETWEEN: Final = "between courses"
NO_DOSE: Final = "dose not recorded"
NO_EQUIVALENCE: Final = "no equivalence"
UNSURE: Final = "days of a course not known"
UNREAD: Final = "a drug row not used"
UNSUPPLIED: Final = "supply before observation not known"
NO_WEIGHT: Final = "no weight"


@dataclass(frozen=True, slots=True)
class Dose:
    """A daily dose, or why it is absent."""

    value: Fraction | None
    absent: str = ""


def dose_on(study: Indexed, patient: str, index: int, measure: DailyDose, unit: DoseUnit, day: int) -> Dose:
    """The dose added up from courses on one day of the chart, in the given unit, of the case with this index day."""
    key = ("dose", patient, index, measure, unit, day)
    if key not in study.memo:
        study.memo[key] = _dose_on(study, study.patients[patient], index, measure, unit, day)
    found: Dose = study.memo[key]
    return found


def _dose_on(study: Indexed, rows: PatientRows, index: int, measure: DailyDose, unit: DoseUnit, day: int) -> Dose:
    group = study.drugs(measure.daily_dose)
    of_group = [course for course in rows.courses_of(group) if course.systemic]
    taken = [course for course in of_group if measure.pulses == "included" or not course.pulse]
    counting = [(course, counts_on_arrival(course, day)) for course in taken]
    sure = [_course_dose(study, rows, measure, unit, course, day) for course, counts in counting if counts is True]
    perhaps = [course for course, counts in counting if counts is None]
    for reason in (NO_DOSE, NO_EQUIVALENCE):
        if any(dose.absent == reason for dose in sure):
            return Dose(None, reason)
    if any(not _adds_nothing(study, measure, unit, course) for course in perhaps):
        return Dose(None, UNSURE)
    if perhaps and not sure and measure.outside_courses != "zero":
        return Dose(None, UNSURE)
    if any(_may_cover(unread, group, day) for unread in rows.unread):
        return Dose(None, UNREAD)
    if any(dose.absent for dose in sure):
        return Dose(None, NO_WEIGHT)
    if sure:
        return Dose(sum((dose.value for dose in sure if dose.value is not None), Fraction(0)))
    if not perhaps and not any(not course.pulse for course in of_group):
        return Dose(Fraction(0)) if _never(study, rows, measure, group) else Dose(None, NO_COURSE)
    if not supply_known(study, rows, index, day):
        return Dose(None, UNSUPPLIED)
    if perhaps:
        return Dose(Fraction(0))
    return Dose(Fraction(0)) if measure.outside_courses == "zero" else Dose(None, BETWEEN)


def _adds_nothing(study: Indexed, measure: DailyDose, unit: DoseUnit, course: Course) -> bool:
    """Whether a course is one of 0 mg, so that it does not matter whether it is taken."""
    known = course.amount is not None and course.per_day is not None and course.unit in {"mg", "mg/kg"}
    if not known or study.dose_factor(measure, unit, course.drug) is None:
        return False
    return course.amount == 0 or course.per_day == 0


def _may_cover(unread: UnreadCourse, group: frozenset[str], day: int) -> bool:
    """Whether a drug row that became no course may add to the dose of that day."""
    begun = unread.first is None or unread.first < day
    return begun and (unread.last is None or unread.last >= day - 1) and (unread.drug is None or unread.drug in group)


def _course_dose(
    study: Indexed, rows: PatientRows, measure: DailyDose, unit: DoseUnit, course: Course, day: int
) -> Dose:
    """What one course adds to the day; a missing amount is named before a missing equivalence, that before a weight."""
    if course.amount is None or course.per_day is None or course.unit not in {"mg", "mg/kg"}:
        return Dose(None, NO_DOSE)
    dose = course.amount * course.per_day
    factor = study.dose_factor(measure, unit, course.drug)
    if factor is None:
        return Dose(None, NO_EQUIVALENCE)
    dose *= factor
    wants_per_kg, is_per_kg = unit.endswith("/kg/day"), course.unit == "mg/kg"
    if wants_per_kg == is_per_kg:
        return Dose(dose)
    weight = weight_near(rows, measure, day)
    if weight is None:
        return Dose(None, NO_WEIGHT)
    return Dose(dose * weight if is_per_kg else dose / weight)


def weight_near(rows: PatientRows, measure: DailyDose, day: int) -> Fraction | None:
    """The weight nearest to a day within the declared distance; equally near: the earlier; several a day: the mean."""
    if measure.weight is None or measure.weight_within is None:
        return None
    weights = [
        row
        for row in rows.measurements.get(measure.weight, ())
        if row.value is not None and row.value > 0 and not row.censor and row.low == row.high
        if abs(row.day - day) <= measure.weight_within
    ]
    if not weights:
        return None
    nearest = min((abs(row.day - day), row.day) for row in weights)[1]
    different = {row.value for row in weights if row.day == nearest and row.value is not None}
    return sum(different, Fraction(0)) / len(different)


def _never(study: Indexed, rows: PatientRows, measure: DailyDose, group: frozenset[str]) -> bool:
    """Whether it is recorded that the patient never took the group or one of its ingredients."""
    return any(
        folded(fact.term) == folded(measure.daily_dose) or ingredient(study.protocol, fact.term) in group
        for fact in rows.facts_of("never")
    )
