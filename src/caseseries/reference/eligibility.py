"""Whether one criterion holds for one case: yes, no, or undetermined (None)."""

from __future__ import annotations

from math import floor

from caseseries.catalogue import CatalogueMiss
from caseseries.chart.tables import calendar_date
from caseseries.protocol.eligibility import (
    Age,
    AgeBounds,
    AnyCriterion,
    ConcurrentDrug,
    Diagnosis,
    InCohort,
    MinimumFollowUp,
    ObservedBefore,
    OfValue,
    Patients,
    PatientsFile,
    PriorDrug,
    Recorded,
)
from caseseries.protocol.measures import ingredients
from caseseries.protocol.specs import OutcomePlan, criterion_plan
from caseseries.reference.days import begun_by, both, either, lasts_to, taken_on, whole_years
from caseseries.reference.follow_up import earliest, follow_up_ends, index_period, latest
from caseseries.reference.look_back import covers, reach_of
from caseseries.reference.quantity import quantity
from caseseries.reference.record import Indexed, PatientRows, folded
from caseseries.reference.rule import walk
from caseseries.reference.visit import Found
from caseseries.reference.window import candidates_in
from caseseries.verdict.trace import Truth


def criterion_truth(
    study: Indexed,
    rows: PatientRows,
    index: int,
    follow_ends: tuple[int, int],
    criterion: AnyCriterion,
    *,
    excludes: bool = False,
) -> Truth:
    """The answer to one line of `include` or `exclude`, with days as in the chart; `follow_ends` is the earliest and the latest end of follow-up.

    A line of `include` that asks for a value asks for one on record; a line of `exclude` concludes that there was none, which days that
    nobody observed do not allow.
    """
    if isinstance(criterion, Diagnosis | PriorDrug | ConcurrentDrug):
        truth = _recorded_before(study, rows, index, criterion)
        if truth is False and not (
            _could_hold(study, criterion) and covers(study, rows, index, reach_of(study, criterion))
        ):
            return None  # not read is not none, and neither is not observed
        return truth
    if isinstance(criterion, Age):
        return _age(study, rows, index, criterion)
    if isinstance(criterion, Recorded):
        found = candidates_in(study, rows, index, criterion.recorded, study.protocol.windows[criterion.in_])
        return True if found.rows else None if found.edge or (found.leaves and excludes) else False
    if isinstance(criterion, OfValue):
        return _value_meets(study, found_case(study, rows, index), criterion)
    if isinstance(criterion, ObservedBefore):
        period = index_period(rows, index)
        return None if period is None else index - period[0] >= criterion.observed_before
    if isinstance(criterion, MinimumFollowUp):
        enough = {end - index >= criterion.minimum_follow_up for end in follow_ends}
        return enough.pop() if len(enough) == 1 else None
    if isinstance(criterion, InCohort | PatientsFile):
        entries = [fact for fact in rows.facts_of("cohort") if fact.term == criterion.sha256]
        if isinstance(criterion, InCohort) and criterion.at == "index date":
            entries = [
                one
                for one in entries
                if one.start is not None and one.end is not None and one.start <= index <= one.end
            ]
        return bool(entries)
    assert isinstance(criterion, Patients)
    return rows.person.patient in criterion.patients


def found_case(study: Indexed, rows: PatientRows, index: int) -> Found:
    """A case whose values are asked for before it is known whether it is included."""
    patient = rows.person.patient
    return Found(f"{patient} @{index}", patient, index, follow_up_ends(study, rows, index)[0])


def value_plan(study: Indexed, criterion: OfValue) -> OutcomePlan:
    """The plan of a criterion that rests on a value, compiled once."""
    key = ("criterion", criterion)
    if key not in study.memo:
        study.memo[key] = criterion_plan(study.protocol, criterion)
    plan: OutcomePlan = study.memo[key]
    return plan


def _value_meets(study: Indexed, found: Found, criterion: OfValue) -> Truth:
    """Whether the value of the window, chosen by itself, meets every threshold; not known where it is absent, or a bound that may do either."""
    plan = value_plan(study, criterion)
    assert plan.among is not None
    values = {slot: quantity(study, found, plan, plan.primary, slot) for slot in plan.slots}
    return walk(plan.among, values, "not evaluable")[0].truth


def _recorded_before(
    study: Indexed, rows: PatientRows, index: int, criterion: Diagnosis | PriorDrug | ConcurrentDrug
) -> Truth:
    """What the rows say, as if they were all there ever was."""
    if isinstance(criterion, Diagnosis):
        return _diagnosis(rows, index, criterion)
    if isinstance(criterion, PriorDrug):
        group = study.drugs(criterion.prior_drug)
        since = None if criterion.within is None else index - criterion.within
        answers = [
            both(begun_by(course, index - 1), True if since is None else lasts_to(course, since))
            for course in rows.taken_of(group)
        ]
        return either([*answers, _unread(rows, group, index - 1, since)])
    group = study.drugs(criterion.concurrent_drug)
    return either([*(taken_on(course, index) for course in rows.taken_of(group)), _unread(rows, group, index, index)])


def _unread(rows: PatientRows, group: frozenset[str], begun: int, since: int | None) -> Truth:
    """Not known where a drug row that became no course may be one of the group, begun by a day and taken since another; else no."""
    return (
        None
        if any(
            (row.drug is None or row.drug in group)
            and (row.first is None or row.first <= begun)
            and (since is None or row.last is None or row.last >= since)
            for row in rows.unread
        )
        else False
    )


def _could_hold(study: Indexed, criterion: Diagnosis | PriorDrug | ConcurrentDrug) -> bool:
    """Whether the source could tell this diagnosis or these drugs, so that no row of them means no."""
    unknown = study.chart.unknown()
    if isinstance(criterion, Diagnosis):
        words = study.chart.only.get("diagnoses")
        named = words is None or folded(criterion.diagnosis) in {folded(word) for word in words}
        return "diagnoses" not in unknown and named
    name = criterion.prior_drug if isinstance(criterion, PriorDrug) else criterion.concurrent_drug
    others, words = study.drugs(name) - study.study_drug, study.chart.only.get("other drugs")
    if not others or "other drugs" in unknown:
        return not others
    if words is None:
        return True
    members = ingredients(study.protocol, name) - study.study_drug
    return members <= frozenset[str]().union(*(meant_by_word(study, word) for word in words))


def meant_by_word(study: Indexed, word: str) -> frozenset[str]:
    """What the fixed word of a table stands for; a word that nobody knows for itself."""
    try:
        return study.drugs(word)
    except CatalogueMiss:
        return frozenset({folded(word)})


def _diagnosis(rows: PatientRows, index: int, criterion: Diagnosis) -> Truth:
    facts = [fact for fact in rows.facts_of("diagnosis") if folded(fact.term) == folded(criterion.diagnosis)]
    unread = [fact for fact in rows.facts_of("unread diagnosis") if folded(fact.term) == folded(criterion.diagnosis)]
    if criterion.by == "any time":
        return True if facts else None if unread else False
    answers: list[Truth] = []
    for fact in (*facts, *unread):
        low = fact.start if fact.low is None else fact.low
        high = fact.start if fact.high is None else fact.high
        since = None if criterion.within is None else index - criterion.within
        by_then = high is not None and high <= index
        late_enough = since is None or (low is not None and low >= since)
        if by_then and late_enough:
            answers.append(True if fact.kind == "diagnosis" else None)
        elif (low is None or low <= index) and (since is None or high is None or high >= since):
            answers.append(None)
        else:
            answers.append(False)
    return True if True in answers else None if None in answers else False


def _within(age: int, bounds: AgeBounds) -> bool:
    above = bounds.at_least is None or age >= bounds.at_least
    return above and (bounds.below is None or age < bounds.below)


def _age(study: Indexed, rows: PatientRows, index: int, criterion: Age) -> Truth:
    person = rows.person
    days: tuple[int, int] | None = (index, index)
    if criterion.at == "diagnosis":
        asked = {folded(one.diagnosis) for one in study.protocol.include if isinstance(one, Diagnosis)}
        own = [fact for fact in rows.facts_of("diagnosis") if not asked or folded(fact.term) in asked]
        dated = [fact for fact in own if fact.start is not None]
        days = (min(map(earliest, dated)), min(map(latest, dated))) if dated else None
    if not study.chart.dated or person.birth_low is None or person.birth_high is None:
        if person.age is None or criterion.at != "index date":
            return None
        return _within(floor(person.age), criterion.age)
    if days is None:
        return None
    if criterion.at == "diagnosis" and rows.observed is not None and not covers(study, rows, index, None):
        # An earlier diagnosis may stand nowhere: every age from birth to the first on record is possible.
        oldest = whole_years(calendar_date(person.birth_low), calendar_date(days[1]))
        possible = {_within(years, criterion.age) for years in range(max(oldest, 0) + 1)}
        return possible.pop() if len(possible) == 1 else None
    bounds = (person.birth_high, days[0]), (person.birth_low, days[1])
    answers = {_within(whole_years(calendar_date(birth), calendar_date(day)), criterion.age) for birth, day in bounds}
    return answers.pop() if len(answers) == 1 else None
