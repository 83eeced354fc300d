"""Adverse events of one case: on which days the case was on treatment, and what is known of each event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.chart.tables import Fact
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.reference.case import CaseAnswer, cases_of
from caseseries.reference.record import Indexed, folded

#: Of an event whose possible days are on treatment in part, or perhaps.
POSSIBLE = "date not exact, so it may be on treatment or not"


@dataclass(frozen=True, slots=True)
class AtRisk:
    """The days of the chart on which a case was on treatment, and their length: day 0 is where the time begins.

    `perhaps` are the days on which it was or may have been on treatment, where the days of its courses are not known.
    """

    on: frozenset[int]
    days: int
    perhaps: frozenset[int]

    @property
    def most(self) -> int:
        """The days at risk if every day that may have been on treatment was."""
        return max(0, len(self.perhaps) - 1)


def at_risk(study: Indexed, case: CaseAnswer) -> AtRisk:
    """The days on which the study drug was taken or at most the lag after the last dose before, until the next case of the patient.

    A case without an episode is on treatment from its index date to the end of follow-up.
    """
    assert case.index is not None and case.follow_end is not None
    assert study.protocol.safety is not None
    lag = int(study.protocol.safety.until_after_last_dose)
    latest = case.follow_end if case.follow_high is None else case.follow_high
    following = _next_index(study, case)
    ends = [end if following is None else min(end, following) for end in (case.follow_end, latest)]
    days, perhaps = (set(range(case.index, end + 1)) for end in ends)
    if isinstance(study.protocol.case.index_date, FirstExposure):
        certain: set[int] = set()
        possible: set[int] = set()
        for course in study.patients[case.patient].taken_of(study.study_drug):
            course_days = course.ends
            if course_days.first_low < case.index:
                continue
            if case.ongoing or (case.end_low is not None and course_days.first_high <= case.end_low):
                last = case.follow_end if course_days.last_low is None else course_days.last_low + lag
                certain |= set(range(course_days.first_high, last + 1))
            if case.ongoing or case.end_high is None or course_days.first_low <= case.end_high:
                last = latest if course_days.last_high is None else course_days.last_high + lag
                possible |= set(range(course_days.first_low, last + 1))
        days, perhaps = days & certain, perhaps & possible
    return AtRisk(frozenset(days), max(0, len(days) - 1), frozenset(perhaps))


def perhaps_on_treatment(study: Indexed, patient: str) -> frozenset[int]:
    """The days on which a patient was or may have been on treatment, in any case."""
    return frozenset().union(*(at_risk(study, one).perhaps for one in _included(study, patient)))


def _included(study: Indexed, patient: str) -> list[CaseAnswer]:
    return [one for one in cases_of(study, patient) if one.included]


def _next_index(study: Indexed, case: CaseAnswer) -> int | None:
    assert case.index is not None
    later = [one.index for one in _included(study, case.patient) if one.index is not None and one.index > case.index]
    return min(later, default=None)


def events_of(study: Indexed, case: CaseAnswer) -> list[tuple[Fact, str]]:
    """The adverse events that belong to an included case, each with why it does not count as on treatment; empty where it does.

    Where the protocol declares no safety nothing is said of treatment.
    """
    safety = study.protocol.safety
    risk = None if safety is None else at_risk(study, case)
    perhaps = frozenset() if safety is None else perhaps_on_treatment(study, case.patient)
    lag = 0 if safety is None else int(safety.until_after_last_dose)
    return [
        (fact, _why_not(case, fact, risk, perhaps, lag))
        for fact in study.patients[case.patient].facts_of("event")
        if _belongs(_included(study, case.patient), case, fact) and not _is_index(study, case, fact)
    ]


def _is_index(study: Indexed, case: CaseAnswer, fact: Fact) -> bool:
    """Whether it is the event that the index date is the day of."""
    index = study.protocol.case.index_date
    return isinstance(index, FirstEvent) and folded(fact.term) == folded(index.first_event) and fact.start == case.index


def _belongs(cases: Sequence[CaseAnswer], case: CaseAnswer, fact: Fact) -> bool:
    """Whether it is the latest case that began by the event's earliest possible day; before all of them, or undated, the first."""
    low = fact.start if fact.low is None else fact.low
    begun = [one for one in cases if one.index is not None and low is not None and one.index <= low]
    return (begun[-1] if begun else cases[0]).case_id == case.case_id


def _why_not(case: CaseAnswer, fact: Fact, risk: AtRisk | None, perhaps: frozenset[int], lag: int) -> str:
    assert case.index is not None and case.follow_end is not None
    low = fact.start if fact.low is None else fact.low
    high = fact.start if fact.high is None else fact.high
    if low is None or high is None:
        return "no date"
    if high < case.index:
        return "before the index date"
    possible = set(range(low, high + 1))
    if risk is not None and possible <= risk.on:
        return ""
    if possible & perhaps:
        return POSSIBLE
    if low > case.follow_end:
        return "after the end of follow-up"
    return "no time on treatment is declared" if risk is None else f"more than {lag} days after the last dose"
