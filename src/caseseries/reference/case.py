"""Who is a case: episodes of the study drug, the index date, and whether the case is included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.tables import Course, Ends, day_number
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.naming import criterion_words
from caseseries.reference.eligibility import criterion_truth
from caseseries.reference.follow_up import earliest, follow_up_ends, index_period, latest
from caseseries.reference.look_back import asks_history, covers, washout_of
from caseseries.reference.record import Indexed, PatientRows, folded

NO_EXPOSURE = "no first exposure"
NO_EVENT = "no index event"
OUTSIDE_PERIOD = "index date outside the study period"
OUTSIDE_OBSERVED = "index date outside observed time"
WASHOUT = "washout"
INDEX_UNSURE = "index date not known to the day"
START_UNSURE = "not known whether the drug was begun anew"


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One case and whether it is included. Grain: patient and episode.

    All days are absolute. `episode` counts from 1, and is 0 for a person without an index date, who stands as one
    excluded case under the patient's id. `failed` is the criterion (or fixed reason) that excluded the case;
    `undetermined` says that it could not be decided. `end_low..end_high` are the days that may be the last of the episode (None:
    without end), `follow_high` is the latest day that may be the end of follow-up, `on_drug_low..on_drug_high` those on the drug.
    `seen_end..seen_high` are the days that may be the last on which anything is known of the patient: follow-up of a case ends with them, or where
    the next course begins.
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
    end_low: int | None = None
    end_high: int | None = None
    follow_high: int | None = None
    on_drug_low: int | None = None
    on_drug_high: int | None = None
    seen_end: int | None = None
    seen_high: int | None = None

    @property
    def included(self) -> bool:
        """Whether the case is in the series."""
        return self.status == "included"


@dataclass(frozen=True, slots=True)
class Episode:
    """Courses without a long gap between them, with the earliest and latest possible days of both ends.

    An end is None while ongoing; `joins` says that it may be no episode of its own but go on with the one before.
    """

    start: int
    start_high: int
    end: int | None
    end_high: int | None
    joins: bool


def gap(end: int | None, start: int) -> int:
    """Days without the drug between the end so far and the next start; none after an ongoing course.

    >>> gap(10, 11), gap(10, 12), gap(None, 500)
    (0, 1, 0)
    """
    return 0 if end is None else start - end - 1


def _later(one: int | None, other: int | None) -> int | None:
    """The later of two ends; None is without end."""
    return None if one is None or other is None else max(one, other)


def in_order(ends: Ends) -> tuple[int, int, bool, int, bool, int]:
    """By first day, then by last day; what goes on comes last."""
    low, high = ends.last_low, ends.last_high
    return ends.first_low, ends.first_high, low is None, low or 0, high is None, high or 0


def episodes(courses: tuple[Course, ...], restart_after: int) -> tuple[Episode, ...]:
    """Courses, by their earliest first day, joined where the gap before the next is at most `restart_after` days.

    A course opens an episode where its gap may be longer. Where it may also be shorter, the episode may go on with the one before, and
    that one may last as long as this.
    """
    found: list[Episode] = []
    so_far: tuple[int | None, int | None] = (None, None)
    for ends in sorted((course.ends for course in courses), key=in_order):
        opens = not found or gap(so_far[0], ends.first_high) > restart_after
        surely = not found or gap(so_far[1], ends.first_low) > restart_after
        if opens:
            so_far = (
                (ends.last_low, ends.last_high)
                if surely
                else (_later(so_far[0], ends.last_low), _later(so_far[1], ends.last_high))
            )
            found.append(Episode(ends.first_low, ends.first_high, ends.last_low, ends.last_high, not surely))
        else:
            so_far = _later(so_far[0], ends.last_low), _later(so_far[1], ends.last_high)
            last = found.pop()
            found.append(
                Episode(
                    min(last.start, ends.first_low),
                    min(last.start_high, ends.first_high),
                    _later(last.end, ends.last_low),
                    _later(last.end_high, ends.last_high),
                    last.joins,
                )
            )
    return tuple(_reaching(found))


def _reaching(found: list[Episode]) -> list[Episode]:
    """Each episode with the latest possible end of all that may belong to it, before and after it."""
    chains: list[list[Episode]] = []
    for episode in found:
        if episode.joins:
            chains[-1].append(episode)
        else:
            chains.append([episode])
    told = []
    for chain in chains:
        high: int | None = chain[0].end_high
        for episode in chain[1:]:
            high = _later(high, episode.end_high)
        told += [Episode(one.start, one.start_high, one.end, high, one.joins) for one in chain]
    return told


def restarts_open(study: Indexed) -> tuple[str, ...]:
    """The patients in whom a gap of at least one day asks for `restart_after`, where it is not declared."""
    index_date = study.protocol.case.index_date
    if not isinstance(index_date, FirstExposure) or index_date.restart_after is not None:
        return ()
    return tuple(
        patient
        for patient, rows in study.patients.items()
        if len(episodes(rows.taken_of(study.study_drug), restart_after=0)) > 1
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


def cases_of(study: Indexed, patient: str) -> tuple[CaseAnswer, ...]:
    """The cases of one patient, by episode."""
    if ("cases of",) not in study.memo:
        found: dict[str, list[CaseAnswer]] = {}
        for one in all_cases(study):
            found.setdefault(one.patient, []).append(one)
        study.memo["cases of",] = {name: tuple(cases) for name, cases in found.items()}
    of_patients: dict[str, tuple[CaseAnswer, ...]] = study.memo["cases of",]
    return of_patients[patient]


def next_course(study: Indexed, case: CaseAnswer) -> int | None:
    """The earliest day on which the patient's next course of the study drug may begin, where every course is a case, included or not."""
    later = [one.index for one in cases_of(study, case.patient) if one.episode > case.episode]
    return min((day for day in later if day is not None), default=None)


def _cases_of(study: Indexed, rows: PatientRows) -> list[CaseAnswer]:
    patient = rows.person.patient
    index_date = study.protocol.case.index_date
    if isinstance(index_date, FirstExposure):
        all_episodes = episodes(rows.taken_of(study.study_drug), index_date.restart_after or 0)
        if not all_episodes:
            return [_nobody(patient, NO_EXPOSURE)]
        if study.protocol.case.per == "patient":
            return [_case(study, rows, patient, 1, all_episodes[0], None, None)]
        following = (*all_episodes[1:], None)
        return [
            _case(
                study,
                rows,
                f"{patient}/{number}",
                number,
                episode,
                all_episodes[number - 2] if number > 1 else None,
                following[number - 1],
            )
            for number, episode in enumerate(all_episodes, start=1)
        ]
    once = _once(study, rows)
    return [_nobody(patient, NO_EVENT) if once is None else _eventful(study, rows, once)]


def histories_open(study: Indexed) -> list[tuple[str, str]]:
    """Each case (its id) and look-back that finds nothing, in a chart that does not say what its history covers."""
    if study.chart.history != "open":
        return []
    found = []
    index_date = study.protocol.case.index_date
    for rows in study.patients.values():
        every: tuple[Episode, ...] = ()
        if isinstance(index_date, FirstExposure):
            every = episodes(rows.taken_of(study.study_drug), index_date.restart_after or 0)
        for case in _cases_of(study, rows):
            if case.index is not None and case.follow_end is not None and case.follow_high is not None:
                asked: list[str] = []
                own = every[case.episode - 1] if every else _once(study, rows)
                before = every[case.episode - 2] if study.protocol.case.per == "course" and case.episode > 1 else None
                assert own is not None
                _exclusion(study, rows, own, (case.follow_end, case.follow_high), before, asked)
                found += [(case.case_id, words) for words in asked]
    return found


def _once(study: Indexed, rows: PatientRows) -> Episode | None:
    """The days of the index event, or the nominal day; None without an event that has a day."""
    index_date = study.protocol.case.index_date
    if not isinstance(index_date, FirstEvent):
        assert not isinstance(index_date, FirstExposure)
        return Episode(index_date.nominal_day, index_date.nominal_day, None, None, joins=False)
    dated = [
        fact
        for fact in rows.facts
        if fact.kind in {"diagnosis", "event"} and fact.start is not None
        if folded(fact.term) == folded(index_date.first_event)
    ]
    if not dated:
        return None
    return Episode(min(map(earliest, dated)), min(map(latest, dated)), None, None, joins=False)


def _nobody(patient: str, reason: str) -> CaseAnswer:
    return CaseAnswer(patient, patient, 0, None, None, False, "excluded", reason, False, None, None)


def _eventful(study: Indexed, rows: PatientRows, once: Episode) -> CaseAnswer:
    patient, index = rows.person.patient, once.start
    end, latest_end = follow_up_ends(study, rows, index)
    failed, undetermined = _exclusion(study, rows, once, (end, latest_end), None)
    status: Literal["included", "excluded"] = "excluded" if failed else "included"
    return CaseAnswer(
        patient,
        patient,
        1,
        index,
        None,
        False,
        status,
        failed,
        undetermined,
        end,
        None,
        follow_high=latest_end,
        seen_end=end,
        seen_high=latest_end,
    )


def _case(
    study: Indexed,
    rows: PatientRows,
    case_id: str,
    number: int,
    episode: Episode,
    previous: Episode | None,
    following: Episode | None,
) -> CaseAnswer:
    seen = follow_up_ends(study, rows, episode.start)
    end, latest_end = seen
    if following is not None:  # from then on the days are those of the next course
        end = min(end, following.start)
        latest_end = latest_end if following.joins else min(latest_end, following.start_high)
    failed, undetermined = _exclusion(study, rows, episode, (end, latest_end), previous)
    low, high = (seen[0] if last is None else min(last, seen[0]) for last in (episode.end, episode.end_high))
    return CaseAnswer(
        case_id,
        rows.person.patient,
        number,
        episode.start,
        episode.end if episode.end == episode.end_high else None,
        episode.end is None,
        "excluded" if failed else "included",
        failed,
        undetermined,
        end,
        low if low == high else None,
        episode.end,
        episode.end_high,
        latest_end,
        low,
        high,
        *seen,
    )


def _exclusion(
    study: Indexed,
    rows: PatientRows,
    episode: Episode,
    follow_ends: tuple[int, int],
    previous: Episode | None,
    asked: list[str] | None = None,
) -> tuple[str, bool]:
    """The first reason against the case and whether it is undetermined; no words where there is none.

    `asked` takes the look-backs met on the way that find nothing in a chart which does not say what its history covers.
    """
    protocol, index = study.protocol, episode.start
    if episode.start_high > index:
        return INDEX_UNSURE, True
    if episode.joins:
        return START_UNSURE, True
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
    if washout is not None and previous is not None and gap(previous.end_high, index) < washout:
        return WASHOUT, True
    if washout is not None and not covers(study, rows, index, washout):
        return WASHOUT, True
    if washout is not None and study.chart.history == "open" and asked is not None:
        asked.append(WASHOUT)
    for criterion, wanted in (*((one, True) for one in protocol.include), *((one, False) for one in protocol.exclude)):
        truth = criterion_truth(study, rows, index, follow_ends, criterion, excludes=not wanted)
        if asked is not None and truth is False and asks_history(study, criterion):
            asked.append(criterion_words(criterion))
        if truth is not wanted:
            return criterion_words(criterion), truth is None
    return "", False


def may_go_on(study: Indexed, case: CaseAnswer) -> bool:
    """Whether a drug row that became no course may be one of the study drug that goes on with the episode of the case."""
    assert case.end_low is not None and case.end_high is not None
    index = study.protocol.case.index_date
    gap = index.restart_after if isinstance(index, FirstExposure) else None
    return any(
        (row.drug is None or row.drug in study.study_drug)
        and (row.last is None or row.last > case.end_low)
        and (row.first is None or row.first <= case.end_high + int(gap or 0) + 1)
        for row in study.patients[case.patient].unread
    )
