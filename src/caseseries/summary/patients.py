"""The cohort as the report shows it: flow, cases, Table 1, follow-up, other drugs. Ages and study days, never dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries import catalogue
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Fact, FactKind, calendar_date
from caseseries.cohort.eligibility import (
    INDEX_UNSURE,
    NO_EVENT,
    NO_EXPOSURE,
    OUTSIDE_OBSERVED,
    OUTSIDE_PERIOD,
    START_UNSURE,
    WASHOUT,
    no_index,
)
from caseseries.cohort.other_drugs import OtherDrug
from caseseries.cohort.select import Cohort, CohortCase
from caseseries.errors import ensure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.eligibility import MinimumFollowUp
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.summary.attributes import attribute_results
from caseseries.summary.model import CaseRow, DrugUse, FlowStep, Result, StudyDrug
from caseseries.summary.results import description, proportion

#: Behind a reason that could not be decided.
_UNDETERMINED = " (could not be determined)"


def completed_years(born: int, day: int) -> int:
    """Whole years between two days of a dated chart, by calendar birthday.

    >>> from caseseries.chart.tables import day_number
    >>> import datetime as dt
    >>> completed_years(day_number(dt.date(2000, 2, 29)), day_number(dt.date(2001, 2, 28)))
    0
    """
    birth, then = calendar_date(born), calendar_date(day)
    return then.year - birth.year - ((then.month, then.day) < (birth.month, birth.day))


def case_rows(cohort: Cohort, chart: Chart) -> tuple[CaseRow, ...]:
    """Every case, the excluded ones too, in the order of the cohort."""
    people = {person.patient: person for person in chart.people}
    diagnosed, deaths = _earliest(chart, "diagnosis"), death_days(chart)
    rows = []
    for case in cohort.cases:
        person = people[case.patient]
        age = None if person.age is None else int(person.age)
        if chart.dated and case.index is not None and person.birth_low is not None and person.birth_high is not None:
            youngest, oldest = (
                completed_years(person.birth_high, case.index),
                completed_years(person.birth_low, case.index),
            )
            age = youngest if youngest == oldest else None
        low, high = diagnosed.get(case.patient, (None, None))
        since = low if low == high else None
        died = deaths.get(case.patient, (None, None))
        rows.append(
            CaseRow(
                case.case_id, case.patient, "included" if case.included else "excluded", case.failed, case.undetermined, person.sex, age,
                None if since is None or case.index is None or since > case.index else case.index - since, _between(case.index, case.follow_end),
                _between(case.index, case.on_drug_end), _still_taken(case), person.attributes, _between(case.index, died[0]),
                _index_date(case, chart), _between(case.index, died[1]),
            )
        )  # fmt: skip
    return tuple(rows)


def _still_taken(case: CohortCase) -> bool:
    """Whether the drug was taken on when follow-up ended: it has no end, or one after the last day of observation."""
    return case.ongoing or (case.end_low is not None and case.seen_end is not None and case.end_low > case.seen_end)


def _index_date(case: CohortCase, chart: Chart) -> str:
    if case.index is None:
        return ""
    return calendar_date(case.index).isoformat() if chart.dated else str(case.index)


def _earliest(chart: Chart, kind: FactKind) -> dict[str, tuple[int, int]]:
    """The earliest and the latest day that may be that of each patient's earliest fact of a kind."""
    found: dict[str, tuple[int, int]] = {}
    for fact in chart.facts:
        if fact.kind == kind and fact.start is not None:
            low = fact.start if fact.low is None else fact.low
            high = fact.start if fact.high is None else fact.high
            before = found.get(fact.patient, (low, high))
            found[fact.patient] = min(low, before[0]), min(high, before[1])
    return found


def death_days(chart: Chart) -> dict[str, tuple[int, int]]:
    """The earliest and the latest possible day of each patient's death; in a chart nobody died before they were last seen for certain."""
    died = _earliest(chart, "death")
    if chart.observed is not None:
        return died
    seen = {patient: low for patient, (low, _) in died.items()}
    lows = [(row.patient, row.low) for row in chart.measurements if row.value is not None]
    lows += [
        (fact.patient, fact.start if fact.low is None else fact.low)
        for fact in chart.facts
        if fact.kind in {"visit", "event"} and fact.start is not None
    ]
    for patient, low in lows:
        if patient in seen:
            seen[patient] = max(seen[patient], low)
    return {patient: (min(high, seen[patient]), high) for patient, (_, high) in died.items()}


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start


def flow(protocol: Protocol, cohort: Cohort, chart: Chart, branches: Sequence[FlowStep]) -> tuple[FlowStep, ...]:
    """From case finding to the included, each step the one before less what was removed, and then a branch per outcome; this is asserted.

    A database counts its persons without listing those who have no index event: its flow begins with all of them.
    """
    found = {person.patient for person in chart.people}
    label, unlisted = "Charts found", 0
    if "person" in chart.counted:
        rows = chart.account()["person"]
        label, unlisted = "Persons in the database", rows["used"] + rows["out of scope"] - len(found)
    screened = {fact.patient: fact for fact in chart.facts if fact.kind == "screening"}
    steps = []
    if screened:
        not_found = Counter(_why_no_chart(fact) for patient, fact in screened.items() if patient not in found)
        steps.append(FlowStep("Screened", len(screened.keys() | found), tuple(sorted(not_found.items()))))
        ensure(steps[0].n == len(found) + sum(not_found.values()))
    steps.append(FlowStep(label, len(found) + unlisted))
    exposed = [case for case in cohort.cases if case.failed not in {NO_EXPOSURE, NO_EVENT}]
    without = len(cohort.cases) - len(exposed) + unlisted
    unit = "Courses" if protocol.case.per == "course" else "With an index date"
    reasons: dict[str, int] = {}
    for case in exposed:
        if case.failed:
            words = case.failed + (_UNDETERMINED if case.undetermined else "")
            reasons[words] = reasons.get(words, 0) + 1
    if without:
        steps[-1] = FlowStep(label, len(found) + unlisted, ((no_index(protocol), without),))
    if without or protocol.case.per == "course":
        steps.append(FlowStep(unit, len(exposed)))
    order = [INDEX_UNSURE, START_UNSURE, OUTSIDE_PERIOD, OUTSIDE_OBSERVED, WASHOUT]
    order += [criterion_words(criterion) for criterion in (*protocol.include, *protocol.exclude)]
    removed = sorted(
        reasons.items(),
        key=lambda item: (
            next((i for i, words in enumerate(order) if item[0].removesuffix(_UNDETERMINED) == words), -1),
            item[0],
        ),
    )
    steps[-1] = FlowStep(steps[-1].label, steps[-1].n, (*steps[-1].removed, *removed))
    included = len(cohort.included)
    ensure(len(exposed) == included + sum(reasons.values()))
    steps.append(FlowStep("Included", included))
    for branch in branches:
        ensure(
            included == branch.n + sum(n for _, n in branch.removed), "an outcome's branch holds every included case"
        )
    return (*steps, *branches)


def _why_no_chart(fact: Fact) -> str:
    """What the screening log says of a person without a chart."""
    if fact.term == "excluded":
        return fact.attribute("reason") or "excluded at screening, reason not recorded"
    return "chart missing"


def removed_by_minimum_follow_up(protocol: Protocol, cohort: Cohort) -> tuple[CohortCase, ...]:
    """Cases that only a minimum follow-up excluded."""
    words = {criterion_words(criterion) for criterion in protocol.include if isinstance(criterion, MinimumFollowUp)}
    return tuple(case for case in cohort.cases if case.failed in words and not case.undetermined)


def table_one(
    cases: Sequence[CaseRow], doses: Mapping[str, Fraction | None], dose_unit: str, level: Fraction
) -> tuple[Result, ...]:
    """Age, sex, disease duration, baseline dose and attributes of the included cases, with what is unknown."""
    rows: list[Result] = []
    years = DAYS_PER_UNIT["year"]

    def numbers(key: str, label: str, values: Sequence[Fraction | None], unit: str) -> None:
        known = [value for value in values if value is not None]
        parts = description(f"table1/{key}", label, known, unit)
        rows.extend(parts.values())
        if len(known) < len(values):
            rows.append(
                Result(
                    f"table1/{key}/unknown",
                    f"{label}, unknown",
                    Fraction(len(values) - len(known)),
                    n=len(values) - len(known),
                    total=len(values),
                    unit="count",
                )
            )

    ages = [None if case.age_years is None else Fraction(case.age_years) for case in cases]
    numbers("age", "Age at index", ages, "years")
    unknown = sum(not case.sex for case in cases)
    for sex in sorted({case.sex for case in cases if case.sex}):
        n = sum(case.sex == sex for case in cases)
        rows.append(proportion(f"table1/sex/{sex}", f"Sex {sex}", n, len(cases) - unknown, level))
    if unknown:
        rows.append(
            Result("table1/sex/unknown", "Sex, unknown", Fraction(unknown), n=unknown, total=len(cases), unit="count")
        )
    duration = [None if case.disease_duration_days is None else case.disease_duration_days / years for case in cases]
    if any(value is not None for value in duration):
        numbers("disease_duration", "Time since diagnosis", duration, "years")
    if doses:
        numbers("dose", "Glucocorticoid before", [doses.get(case.case_id) for case in cases], dose_unit)
    return (*rows, *attribute_results(cases, level))


def follow_up(cases: Sequence[CaseRow]) -> dict[str, Result]:
    """Observed and on-drug follow-up of the included cases in months (30.4375 days)."""
    month = DAYS_PER_UNIT["month"]
    observed = [case.observed_days / month for case in cases if case.observed_days is not None]
    on_drug = [case.on_drug_days / month for case in cases if case.on_drug_days is not None]
    found = description("follow_up/observed", "Follow-up, observed", observed, "months")
    results = {f"observed/{key}": result for key, result in found.items()}
    found = description("follow_up/on_drug", "Follow-up, on drug", on_drug, "months")
    return results | {f"on_drug/{key}": result for key, result in found.items()}


def prior_share(group: str, cases: int, total: int, level: Fraction, *, charted: bool) -> Result:
    """How many of the included cases took a drug of a group before the index date; no number where none of it could be charted."""
    label = f"{group} before the index date"
    if not charted:
        return Result(f"prior/{group}", label, None, unit="proportion", absent_because="other drugs were not charted")
    return proportion(f"prior/{group}", label, cases, total, level)


def drug_uses(protocol: Protocol, chart: Chart, found: Sequence[OtherDrug]) -> tuple[DrugUse, ...]:
    """Other drugs with their groups and why they were stopped, in the order of cases and first days."""
    reasons = {course.record: course.stop_reason for course in chart.courses}
    groups = {group: drugs_of(protocol, group) for group in protocol.prior_groups}
    return tuple(
        DrugUse(
            use.case_id, use.drug, drug_name(use.drug), tuple(group for group, members in groups.items() if use.drug in members),
            use.role, use.first, use.last, reasons.get(use.last_record, "") if use.last is not None else "",
            use.ends,
        )
        for use in found
    )  # fmt: skip


def drug_name(key: str) -> str:
    """The printed name of an ingredient."""
    try:
        return catalogue.drug(key).key
    except catalogue.CatalogueMiss:
        return key


def study_courses(cohort: Cohort, chart: Chart, studied: frozenset[str]) -> tuple[StudyDrug, ...]:
    """Courses of the study drug of the included cases, relative to the index date; of several cases of a patient each its own."""
    rows = []
    begun: dict[str, list[int]] = {}
    for case in cohort.cases:
        if case.index is not None:
            begun.setdefault(case.patient, []).append(case.index)
    for case in cohort.included:
        for course in chart.courses:
            if course.patient == case.patient and course.taken and course.drug in studied and case.index is not None:
                own = max((day for day in begun[case.patient] if day <= course.start), default=min(begun[case.patient]))
                if own != case.index:
                    continue
                amount = (
                    "" if course.amount is None else f"{float(course.amount):g} {course.unit} {course.schedule}".strip()
                )
                end = None if course.end is None else course.end - case.index
                reason = "" if course.ends.last_low is None else course.stop_reason
                possible = None if course.possible is None else course.possible.relative_to(case.index)
                rows.append(StudyDrug(case.case_id, course.start - case.index, end, amount, reason, possible))
    return tuple(sorted(rows, key=lambda row: (natural(row.case_id), row.start, row.dose_text)))
