"""Whether no course of a drug or group began, ended or changed its dose in a window, one case at a time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.chart.tables import Course, UnreadCourse
from caseseries.protocol.measures import ingredients
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import UnchangedDrug
from caseseries.reference.dose import NO_DOSE, UNREAD, UNSUPPLIED, UNSURE
from caseseries.reference.eligibility import meant_by_word
from caseseries.reference.follow_up import leaves_observed_time
from caseseries.reference.look_back import supply_known
from caseseries.reference.record import Indexed
from caseseries.reference.seen import AFTER_END, UNOBSERVED
from caseseries.reference.visit import Placed
from caseseries.verdict.trace import NodeTruth, stretches

UNCHARTED = "not charted"
#: Later than any day of a chart.
_NEVER = 10_000_000


def unchanged(study: Indexed, case: Placed, spec: Spec, asked: UnchangedDrug) -> NodeTruth:
    """No where a change in the window is certain, yes where none is possible; what was changed on which days."""
    assert case.index is not None and case.seen_end is not None
    rows, window = study.patients[case.patient], spec.windows[asked.window]
    first, last = case.index + window.from_, case.index + window.to
    group = study.drugs(asked.drug)
    courses = [
        one for one in rows.taken_of(group) if one.ends.first_low <= last - 1 and _last(one.ends.last_high) >= first - 1
    ]
    unread = [
        one
        for one in rows.unread
        if (one.drug is None or one.drug in group)
        and (one.first is None or one.first <= last - 1)
        and (one.last is None or one.last >= first - 1)
    ]
    changes = [day for one in courses for day in _sure_changes(one, courses, unread, first, last)]
    days = stretches((day, True) for day in sorted({day - case.index for day in changes if day is not None}))
    if changes:
        return NodeTruth("", False, "", days)
    why = ""
    if not _told(study, asked.drug):
        why = UNCHARTED
    elif leaves_observed_time(study, rows, case.index, first, last):
        why = UNOBSERVED
    elif rows.observed is None and case.seen_end < last:
        why = AFTER_END
    elif unread:
        why = UNREAD
    elif not supply_known(study, rows, case.index, first):
        why = UNSUPPLIED
    elif any(_dose(one) is None for one in courses):
        why = NO_DOSE
    elif any(_may_change(one, courses, first, last) for one in courses):
        why = UNSURE
    return NodeTruth("", None if why else True, f"{asked.window} {asked.drug}: {why}" if why else "")


def _last(day: int | None) -> int:
    return _NEVER if day is None else day


def _dose(course: Course) -> tuple[str, Fraction] | None:
    """The dose of a day and its unit; None where it is not recorded."""
    if course.amount is None or course.per_day is None:
        return None
    return course.unit, course.amount * course.per_day


def _others(course: Course, courses: Sequence[Course]) -> list[Course]:
    return [one for one in courses if one.record != course.record and one.drug == course.drug]


def _may_be_same(course: Course, other: Course) -> bool:
    return None in (_dose(course), _dose(other)) or _dose(course) == _dose(other)


def _sure_changes(
    course: Course, courses: Sequence[Course], unread: Sequence[UnreadCourse], first: int, last: int
) -> list[int | None]:
    """The days from which the course makes another dose for certain; None of one that is not known to the day."""
    ends, found = course.ends, list[int | None]()
    if first <= ends.first_low and ends.first_high <= last - 1:
        before = ends.first_low - 1, ends.first_high - 1
        if not _possibly(course, courses, unread, *before):
            found.append(ends.first_low if ends.first_low == ends.first_high else None)
    if ends.last_low is not None and ends.last_high is not None:
        after = ends.last_low + 1, ends.last_high + 1
        if first <= after[0] and after[1] <= last - 1 and not _possibly(course, courses, unread, *after):
            found.append(after[0] if after[0] == after[1] else None)
    return found


def _possibly(course: Course, courses: Sequence[Course], unread: Sequence[UnreadCourse], low: int, high: int) -> bool:
    """Whether the same dose of the same drug may have been taken on a day from `low` to `high` by another row."""
    rows = any(
        _may_be_same(course, one) and one.ends.first_low <= high and _last(one.ends.last_high) >= low
        for one in _others(course, courses)
    )
    return rows or any(
        one.drug in (None, course.drug)
        and (one.first is None or one.first <= high)
        and (one.last is None or one.last >= low)
        for one in unread
    )


def _may_change(course: Course, courses: Sequence[Course], first: int, last: int) -> bool:
    """Whether the course may begin or end in the window where no other row of the same dose surely goes on."""
    ends = course.ends
    begins = range(max(ends.first_low, first), min(ends.first_high, last - 1) + 1)
    stops = range(max(_last(ends.last_low), first - 1), min(_last(ends.last_high), last - 2) + 1)
    return any(
        days
        and not any(
            _surely(other, days[0] + shift, days[-1] + shift)
            for other in _others(course, courses)
            if _dose(other) == _dose(course)
        )
        for days, shift in ((begins, -1), (stops, 1))
    )


def _surely(course: Course, low: int, high: int) -> bool:
    return course.ends.first_high <= low and _last(course.ends.last_low) >= high


def _told(study: Indexed, name: str) -> bool:
    """Whether the source could tell every drug that is asked for, so that no row of it means none."""
    others, words = study.drugs(name) - study.study_drug, study.chart.only.get("other drugs")
    if not others or "other drugs" in study.chart.unknown():
        return not others
    if words is None:
        return True
    members = ingredients(study.protocol, name) - study.study_drug
    return members <= frozenset[str]().union(*(meant_by_word(study, word) for word in words))
