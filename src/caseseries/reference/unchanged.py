"""Whether the dose of every drug of a group stayed the same in a window, one case at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from caseseries.chart.tables import Course, UnreadCourse
from caseseries.protocol.measures import ingredients
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import UnchangedDrug
from caseseries.reference.dose import NO_DOSE, UNREAD, UNSUPPLIED, UNSURE
from caseseries.reference.eligibility import meant_by_word
from caseseries.reference.follow_up import death_days, follow_up_ends, leaves_observed_time
from caseseries.reference.look_back import supply_known
from caseseries.reference.record import Indexed, PatientRows
from caseseries.reference.seen import AFTER_END, UNOBSERVED
from caseseries.reference.visit import Placed
from caseseries.verdict.trace import NodeTruth, stretches

UNCHARTED = "not charted"
OTHER_UNIT = "doses in different units"
#: Units of which the dose of a day is known; one is never turned into another.
_UNITS = ("mg", "mg/kg", "mg/m2")
#: Later than any day of a chart.
_NEVER = 10_000_000


def unchanged(study: Indexed, case: Placed, spec: Spec, asked: UnchangedDrug) -> NodeTruth:
    """No where a change in the window is certain, yes where none is possible; what was changed on which days."""
    assert case.index is not None and case.seen_end is not None
    rows, window = study.patients[case.patient], spec.windows[asked.window]
    first, last = case.index + window.from_, case.index + window.to
    group = study.drugs(asked.drug)
    courses = [
        one
        for one in rows.taken_of(group)
        if one.ends.first_low <= last - 1 and _last(one.ends.last_high) >= first - 1 and _dose(one) != 0
    ]
    unread = [
        one
        for one in rows.unread
        if (one.drug is None or one.drug in group)
        and (one.first is None or one.first <= last - 1)
        and (one.last is None or one.last >= first - 1)
    ]
    told = [
        _Drug(
            study,
            rows,
            case.index,
            first,
            last,
            [one for one in courses if one.drug == drug],
            [one for one in unread if one.drug in (None, drug)],
        )
        for drug in sorted({one.drug for one in courses})
    ]
    steps = [step for drug in told for step in drug.steps()]
    changes = [step.day for step in steps if step.other] + [day for drug in told for day in drug.begun_and_ended()]
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
    elif any(step.other is None for step in steps):
        why = OTHER_UNIT
    elif first < last and any(drug.open(day) for drug in told for day in drug.days()):
        why = UNSURE
    return NodeTruth("", None if why else True, f"{asked.window} {asked.drug}: {why}" if why else "")


def _last(day: int | None) -> int:
    return _NEVER if day is None else day


def _dose(course: Course) -> Fraction | None:
    """The dose of a day in its unit; None where it is not recorded, or in a unit of which it is not known how much it is."""
    if course.amount is None or course.per_day is None or course.unit not in _UNITS:
        return None
    return course.amount * course.per_day


def _surely(course: Course, day: int) -> bool:
    return course.ends.first_high <= day <= _last(course.ends.last_low)


def _possibly(course: Course, day: int) -> bool:
    return course.ends.first_low <= day <= _last(course.ends.last_high)


@dataclass(frozen=True, slots=True)
class _Step:
    """From one day whose dose is known to the next: whether it is another (None: in units that cannot be compared), and since when."""

    other: bool | None
    day: int | None


@dataclass(frozen=True, slots=True)
class _Drug:
    """The rows of one drug that may matter to a window: courses, and rows that became none; the dose of a day is their sum."""

    study: Indexed
    rows: PatientRows
    index: int
    first: int
    last: int
    courses: Sequence[Course]
    unread: Sequence[UnreadCourse]

    def days(self) -> list[int]:
        """The day before the window, and the days of it on which something may be another than the day before."""
        ends = [one.ends for one in self.courses]
        edges = {day for one in ends for day in (one.first_low, one.first_high)}
        edges |= {day + 1 for one in ends for day in (one.last_low, one.last_high) if day is not None}
        edges |= {one.first for one in self.unread if one.first is not None}
        edges |= {one.last + 1 for one in self.unread if one.last is not None}
        edges |= {day for day in range(self.first, self.last) if self._blind(day) != self._blind(day - 1)}
        return [self.first - 1, *sorted(day for day in edges if self.first <= day <= self.last - 1)]

    def open(self, day: int) -> bool:
        """Whether some course may be taken on the day, or not."""
        return any(_possibly(one, day) and not _surely(one, day) for one in self.courses)

    def _blind(self, day: int) -> bool:
        """Whether, in a database, what is taken on the day may not be on record."""
        if self.rows.observed is None:
            return False
        died, (end, _) = death_days(self.rows), follow_up_ends(self.study, self.rows, self.index)
        seen = end if died is None else min(end, died[0])
        return day > seen or not supply_known(self.study, self.rows, self.index, day + 1)

    def _hidden(self, low: int, high: int) -> bool:
        """Whether something else may have been taken on a day from `low` to `high`."""
        return any(self._blind(day) for day in (low, high)) or any(
            (one.first is None or one.first <= high) and (one.last is None or one.last >= low) for one in self.unread
        )

    def _total(self, day: int) -> Mapping[str, Fraction] | None:
        """What was taken on a day, by unit; None where it is not known."""
        if self.open(day) or self._hidden(day, day):
            return None
        total = dict.fromkeys(_UNITS, Fraction(0))
        for one in self.courses:
            if _surely(one, day):
                dose = _dose(one)
                if dose is None:
                    return None
                total[one.unit] += dose
        return total

    def steps(self) -> list[_Step]:
        """From each day whose dose is known to the next of these."""
        days = self.days()
        known = [(place, total) for place, day in enumerate(days) if (total := self._total(day)) is not None]
        found = []
        for (place, before), (next_place, after) in pairwise(known):
            more = any(after[unit] > before[unit] for unit in _UNITS)
            less = any(after[unit] < before[unit] for unit in _UNITS)
            found.append(
                _Step(None if more and less else more or less, days[next_place] if next_place == place + 1 else None)
            )
        return found

    def begun_and_ended(self) -> list[int | None]:
        """The days from which a course adds or takes away for certain, whatever its dose; None of one that is not known to the day.

        Only another row that may end as it begins, or begin as it ends, can make up for it.
        """
        found = list[int | None]()
        for one in self.courses:
            ends, others = one.ends, [other.ends for other in self.courses if other.record != one.record]
            if self.first <= ends.first_low and ends.first_high <= self.last - 1:
                low, high = ends.first_low - 1, ends.first_high - 1
                met = any(_last(end.last_low) <= high and _last(end.last_high) >= low for end in others)
                if not met and not self._hidden(low, high):
                    found.append(ends.first_low if low == high else None)
            if ends.last_low is not None and ends.last_high is not None:
                low, high = ends.last_low + 1, ends.last_high + 1
                met = any(end.first_low <= high and end.first_high >= low for end in others)
                if self.first <= low and high <= self.last - 1 and not met and not self._hidden(low, high):
                    found.append(low if low == high else None)
        return found


def _told(study: Indexed, name: str) -> bool:
    """Whether the source could tell every drug that is asked for, so that no row of it means none."""
    others, words = study.drugs(name) - study.study_drug, study.chart.only.get("other drugs")
    if not others or "other drugs" in study.chart.unknown():
        return not others
    if words is None:
        return True
    members = ingredients(study.protocol, name) - study.study_drug
    return members <= frozenset[str]().union(*(meant_by_word(study, word) for word in words))
