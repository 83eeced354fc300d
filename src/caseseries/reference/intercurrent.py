"""What happened between the index date and the assessment, and what it does to the verdict."""

from __future__ import annotations

from caseseries.chart.tables import Measurement
from caseseries.protocol.drug_uses import substance
from caseseries.protocol.intercurrent import EVENT_WORDS, Effect
from caseseries.protocol.measure import DailyDose, DoseUnit
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.reference.case import CaseAnswer
from caseseries.reference.dose import dose_on
from caseseries.reference.eligibility import lasts_to, taken_on
from caseseries.reference.follow_up import death_day
from caseseries.reference.record import Indexed, PatientRows
from caseseries.reference.visit import window_values
from caseseries.reference.window import counted, day_value
from caseseries.verdict.trace import Truth

EFFECT_TRUTH: dict[Effect, Truth] = {"responder": True, "non-responder": False, "not evaluable": None}


def events(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec) -> tuple[str, ...]:
    """The intercurrent events that occurred, in the order in which they decide."""
    assert case.index is not None and case.follow_end is not None
    rows = study.patients[case.patient]
    window = spec.windows[plan.at]
    assessed = window_values(study, case, plan, spec, plan.at).day
    horizon = case.index + window.to if assessed is None else assessed
    died = death_day(rows)
    died_by_horizon = died is not None and died <= horizon
    lost = assessed is None and not died_by_horizon and case.follow_end < case.index + window.from_
    last_dose_needed = horizon if assessed is None else assessed - 1
    stopped = case.episode_end is not None and case.episode_end < last_dose_needed
    occurred = {
        "death": died_by_horizon,
        "lost": lost,
        "rescue": _rescue(study, rows, case.index, assessed, horizon),
        "stopped": stopped,
        "raised": _raised(study, case, plan, spec, assessed),
        "pulse": _pulse(study, rows, assessed),
    }
    return tuple(EVENT_WORDS[name] for name, happened in occurred.items() if happened)


def decide(study: Indexed, rule_truth: Truth, occurred: tuple[str, ...]) -> tuple[Truth, str]:
    """The verdict after intercurrent events, and the one that decided ('' where the rule does)."""
    effects = {EVENT_WORDS[name]: getattr(study.protocol.intercurrent, name).verdict for name in EVENT_WORDS}
    for event in occurred:
        if effects[event] != "as observed":
            return EFFECT_TRUTH[effects[event]], event
    return rule_truth, ""


def _rescue(study: Indexed, rows: PatientRows, index: int, assessed: int | None, horizon: int) -> bool:
    """A rescue drug begun after the index date that was not being taken on it."""
    names = study.protocol.intercurrent.rescue.drugs
    drugs = frozenset(drug for name in names for drug in study.drugs(name)) - study.study_drug
    courses = rows.courses_of(drugs)
    background = {substance(study.protocol, course.drug) for course in courses if taken_on(course, index)}
    return any(
        index < course.start
        and (course.start <= horizon if assessed is None else course.start < assessed)
        and substance(study.protocol, course.drug) not in background
        for course in courses
    )


def _raised(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec, assessed: int | None) -> bool:
    """Whether the daily dose was above that of the baseline day on any later day up to the assessment."""
    named = study.protocol.intercurrent.raised.dose
    if named is None:
        if len(study.protocol.doses) != 1:
            return False
        (named,) = study.protocol.doses
    if "baseline" not in plan.visit_measures or assessed is None:
        return False
    baseline = window_values(study, case, plan, spec, "baseline").day
    if baseline is None:
        return False
    key = ("raised", case.patient, named, baseline, assessed, spec.windows["baseline"], spec.windows[plan.at])
    if key not in study.memo:
        measure = study.protocol.doses[named]
        if measure.source == "visits":
            study.memo[key] = _raised_at_visits(study, case, named, spec, plan.at, baseline, assessed)
        else:
            study.memo[key] = _raised_in_courses(study, case.patient, measure, baseline, assessed)
    found: bool = study.memo[key]
    return found


def _raised_in_courses(study: Indexed, patient: str, measure: DailyDose, baseline: int, assessed: int) -> bool:
    unit: DoseUnit = "prednisone mg/day" if measure.equivalents else "mg/day"
    before = dose_on(study, patient, measure, unit, baseline).value
    if before is None:
        return False
    later = (dose_on(study, patient, measure, unit, day).value for day in range(baseline + 1, assessed + 1))
    return any(dose is not None and dose > before for dose in later)


def _raised_at_visits(
    study: Indexed, case: CaseAnswer, measure: str, spec: Spec, at: str, baseline: int, assessed: int
) -> bool:
    facts = study.measures[measure]
    by_day: dict[int, list[Measurement]] = {}
    for row in study.patients[case.patient].measurements.get(measure, ()):
        if row.value is not None:
            by_day.setdefault(row.day, []).append(row)
    if baseline not in by_day:
        return False
    before = counted(day_value(by_day[baseline], spec.windows["baseline"].same_day, facts.sign), facts)
    if before is None:
        return False
    later = (
        counted(day_value(rows, spec.windows[at].same_day, facts.sign), facts)
        for day, rows in by_day.items()
        if baseline < day <= assessed
    )
    return any(dose is not None and dose > before for dose in later)


def _pulse(study: Indexed, rows: PatientRows, assessed: int | None) -> bool:
    """A pulse on the assessment day or at most so many days before it."""
    if assessed is None:
        return False
    since = assessed - (study.protocol.intercurrent.pulse.within or 0)
    return any(course.pulse and course.start <= assessed and lasts_to(course, since) for course in rows.courses)
