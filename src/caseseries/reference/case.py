"""Who is a case: episodes of the study drug, the index date, and whether the case is included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.tables import Course, day_number
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.naming import criterion_words
from caseseries.reference.eligibility import criterion_truth
from caseseries.reference.follow_up import follow_up_end, index_period
from caseseries.reference.look_back import asks_history, covers, washout_of
from caseseries.reference.record import Indexed, PatientRows, folded

NO_EXPOSURE = "no first exposure"
NO_EVENT = "no index event"
OUTSIDE_PERIOD = "index date outside the study period"
OUTSIDE_OBSERVED = "index date outside observed time"
WASHOUT = "washout"


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One case and whether it is included. Grain: patient and episode.

    All days are absolute. `episode` counts from 1, and is 0 for a person without an index date, who stands as one
    excluded case under the patient's id. `failed` is the criterion (or fixed reason) that excluded the case;
    `undetermined` says that it could not be decided.
    """

    case_id: str
    patient: str
    episode: int
    index: int | None
    episode_end: int | None
    ongoing: bool
    status: Literal["included", "excluded"]
    failed: str
    undetermined: bool
    follow_end: int | None
    on_drug_end: int | None

    @property
    def included(self) -> bool:
        """Whether the case is in the series."""
        return self.status == "included"


@dataclass(frozen=True, slots=True)
class Episode:
    """Courses without a long gap between them; `end` is None while ongoing."""

    start: int
    end: int | None


def gap(end: int | None, start: int) -> int:
    """Days without the drug between the end so far and the next start; none after an ongoing course.

    >>> gap(10, 11), gap(10, 12), gap(None, 500)
    (0, 1, 0)
    """
    return 0 if end is None else start - end - 1


def episodes(courses: tuple[Course, ...], restart_after: int) -> tuple[Episode, ...]:
    """Courses, sorted by start, joined where the gap before the next is at most `restart_after` days."""
    found: list[Episode] = []
    for course in courses:
        if found and gap(found[-1].end, course.start) <= restart_after:
            last = found.pop()
            ended = None if last.end is None or course.end is None else max(last.end, course.end)
            found.append(Episode(last.start, ended))
        else:
            found.append(Episode(course.start, course.end))
    return tuple(found)


def restarts_open(study: Indexed) -> tuple[str, ...]:
    """The patients in whom a gap of at least one day asks for `restart_after`, where it is not declared."""
    index_date = study.protocol.case.index_date
    if not isinstance(index_date, FirstExposure) or index_date.restart_after is not None:
        return ()
    return tuple(
        patient
        for patient, rows in study.patients.items()
        if len(episodes(rows.courses_of(study.study_drug), restart_after=0)) > 1
    )


def all_cases(study: Indexed) -> tuple[CaseAnswer, ...]:
    """Every case, by patient id and then episode.

    Raises:
        ChoiceNeeded: there are gaps in the study drug and `restart_after` is not declared.
    """
    if ("cases",) not in study.memo:
        waiting = restarts_open(study)
        if waiting:
            problems = [Problem("the study drug was interrupted", found=patient, private=True) for patient in waiting]
            raise ChoiceNeeded("restart_after is not declared", problems, do="declare restart_after in the index date")
        study.memo["cases",] = tuple(case for rows in study.patients.values() for case in _cases_of(study, rows))
    found: tuple[CaseAnswer, ...] = study.memo["cases",]
    return found


def _cases_of(study: Indexed, rows: PatientRows) -> list[CaseAnswer]:
    patient = rows.person.patient
    index_date = study.protocol.case.index_date
    if isinstance(index_date, FirstExposure):
        all_episodes = episodes(rows.courses_of(study.study_drug), index_date.restart_after or 0)
        if not all_episodes:
            return [_nobody(patient, NO_EXPOSURE)]
        if study.protocol.case.per == "patient":
            return [_case(study, rows, patient, 1, all_episodes[0], None)]
        return [
            _case(study, rows, f"{patient}/{number}", number, episode, all_episodes[number - 2] if number > 1 else None)
            for number, episode in enumerate(all_episodes, start=1)
        ]
    if isinstance(index_date, FirstEvent):
        days = [
            fact.start
            for fact in rows.facts
            if fact.kind in {"diagnosis", "event"} and fact.start is not None
            if folded(fact.term) == folded(index_date.first_event)
        ]
        return [_eventful(study, rows, min(days)) if days else _nobody(patient, NO_EVENT)]
    return [_eventful(study, rows, index_date.nominal_day)]


def histories_open(study: Indexed) -> list[tuple[str, str]]:
    """Each case (its id) and look-back that finds nothing, in a chart that does not say what its history covers."""
    if study.chart.history != "open":
        return []
    found = []
    for rows in study.patients.values():
        before: dict[int, Episode] = {}
        index_date = study.protocol.case.index_date
        if isinstance(index_date, FirstExposure) and study.protocol.case.per == "course":
            every = episodes(rows.courses_of(study.study_drug), index_date.restart_after or 0)
            before = dict(enumerate(every, start=2))
        for case in _cases_of(study, rows):
            if case.index is not None and case.follow_end is not None:
                asked: list[str] = []
                _exclusion(study, rows, case.index, case.follow_end, before.get(case.episode), asked)
                found += [(case.case_id, words) for words in asked]
    return found


def _nobody(patient: str, reason: str) -> CaseAnswer:
    return CaseAnswer(patient, patient, 0, None, None, False, "excluded", reason, False, None, None)


def _eventful(study: Indexed, rows: PatientRows, index: int) -> CaseAnswer:
    patient = rows.person.patient
    end = follow_up_end(study, rows, index)
    failed, undetermined = _exclusion(study, rows, index, end, None)
    status: Literal["included", "excluded"] = "excluded" if failed else "included"
    return CaseAnswer(patient, patient, 1, index, None, False, status, failed, undetermined, end, None)


def _case(
    study: Indexed, rows: PatientRows, case_id: str, number: int, episode: Episode, previous: Episode | None
) -> CaseAnswer:
    end = follow_up_end(study, rows, episode.start)
    failed, undetermined = _exclusion(study, rows, episode.start, end, previous)
    return CaseAnswer(
        case_id,
        rows.person.patient,
        number,
        episode.start,
        episode.end,
        episode.end is None,
        "excluded" if failed else "included",
        failed,
        undetermined,
        end,
        end if episode.end is None else min(episode.end, end),
    )


def _exclusion(
    study: Indexed,
    rows: PatientRows,
    index: int,
    follow_end: int,
    previous: Episode | None,
    asked: list[str] | None = None,
) -> tuple[str, bool]:
    """The first reason against the case and whether it is undetermined; no words where there is none.

    `asked` takes the look-backs met on the way that find nothing in a chart which does not say what its history covers.
    """
    protocol = study.protocol
    if study.chart.dated:
        period = protocol.period
        if period.from_ is not None and index < day_number(period.from_):
            return OUTSIDE_PERIOD, False
        if period.to is not None and index > day_number(period.to):
            return OUTSIDE_PERIOD, False
    if rows.observed is not None and index_period(rows, index) is None:
        return OUTSIDE_OBSERVED, False
    washout = washout_of(study)
    if washout is not None and previous is not None and gap(previous.end, index) < washout:
        return WASHOUT, False
    if washout is not None and not covers(study, rows, index, washout):
        return WASHOUT, True
    if washout is not None and study.chart.history == "open" and asked is not None:
        asked.append(WASHOUT)
    for criterion, wanted in (*((one, True) for one in protocol.include), *((one, False) for one in protocol.exclude)):
        truth = criterion_truth(study, rows, index, follow_end, criterion, excludes=not wanted)
        if asked is not None and truth is False and asks_history(study, criterion):
            asked.append(criterion_words(criterion))
        if truth is not wanted:
            return criterion_words(criterion), truth is None
    return "", False
