"""Laboratory grades from counts: cases by their worst grade, whether it is new, what became of it, and what could not be graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries import stats
from caseseries.brief import brief
from caseseries.catalogue import GradedTerm
from caseseries.errors import ensure
from caseseries.protocol.lab_grades import LabGradePlan, lab_grade_plans
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Key
from caseseries.summary.result import NONE, Count, Reason, Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.shares import reasons, share
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.lab_grades import NO_VALUE, NONE_GRADABLE, PARTLY

#: Grades from here on are severe.
SEVERE = 3
#: Why a share has no estimate but two ends.
NOT_KNOWN = "of some cases a value, or the one before the index date, could not be graded"

_Cases = dict[tuple[str, str], Count]


@dataclass(frozen=True, slots=True)
class WorstGrade:
    """The cases with one worst grade: all, those in whom it is worse than before, for certain and perhaps, and of the certain what became of it."""

    grade: int
    cases: Count
    new: Count
    perhaps: Count
    became: Mapping[str, Count]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class LabGradesSummary:
    """One measure under one version of CTCAE. Grain: the included cases.

    `gradable` are the cases with at least one value on treatment, after the index date, that could be graded: the denominator; `partly` those of
    them with further values that could not. `worst` has every grade of the term. `ungraded` says why values could not be graded, `values` counts
    those that could. `shares` are those of all cases with a value on treatment that have a grade worse than before, of any grade and of grade 3 or
    more: from those known to those that may, since without limits of normal the bad values alone can be graded. `limits` are the one-sided upper
    limits of what nobody can have. `withheld` are the included cases of sites that told nothing of it.
    """

    measure: str
    term: GradedTerm
    within: int
    gradable: Count
    no_value: Count
    none_gradable: Count
    partly: Count
    worst: tuple[WorstGrade, ...]
    values: Count
    ungraded: tuple[Reason, ...]
    shares: tuple[Result, ...]
    limits: tuple[Result, ...]
    withheld: int = 0

    __repr__ = brief

    def at_least(self, grade: int) -> WorstGrade:
        """The cases whose worst grade is at least so high, together."""
        return together(self.worst, grade)

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number with its interval."""
        return (*self.shares, *self.limits)


def together(worst: Sequence[WorstGrade], grade: int) -> WorstGrade:
    """The cases whose worst grade is at least so high."""
    found = [one for one in worst if one.grade >= grade]
    words = dict.fromkeys(word for one in found for word in one.became)
    return WorstGrade(
        grade,
        sum((one.cases for one in found), NONE),
        sum((one.new for one in found), NONE),
        sum((one.perhaps for one in found), NONE),
        {word: sum((one.became.get(word, NONE) for one in found), NONE) for word in words},
    )


def lab_grades(protocol: Protocol, reader: TallyReader, included: int, level: Fraction) -> tuple[LabGradesSummary, ...]:
    """Every measure and version that the protocol has graded; none where all sites withheld it."""
    withheld = reader.withheld("graded")
    if withheld >= included and withheld:
        return ()
    return tuple(_summary(plan, reader, included - withheld, withheld, level) for plan in lab_grade_plans(protocol))


def _summary(plan: LabGradePlan, reader: TallyReader, told: int, withheld: int, level: Fraction) -> LabGradesSummary:
    term, cases, values, partly = plan.term, dict[str, _Cases](), dict[Key, Count](), NONE
    reaching: dict[int, Count] = {}
    for (kind, what, *more), n in reader.under("graded", *plan.key).items():
        if kind == "value":
            values[what,] = n
        elif what == PARTLY:
            partly = n
        else:
            emergent, fate, reach = map(str, more)
            of_grade = cases.setdefault(str(what), {})
            of_grade[emergent, fate] = of_grade.get((emergent, fate), NONE) + n
            reaching[int(reach)] = reaching.get(int(reach), NONE) + n
    graded = values.pop(("",), NONE)
    no_value, none_gradable = (sum(cases.pop(why, {}).values(), NONE) for why in (NO_VALUE, NONE_GRADABLE))
    grades = (0, *sorted({row.grade for row in term.grades}))
    worst = tuple(_worst(grade, cases.pop(str(grade), {})) for grade in grades)
    ensure(not cases, "every worst grade is one of the term")
    gradable = together(worst, 0).cases
    ensure((gradable + no_value + none_gradable).exact == told, "every included case is graded, or says why not")
    ensure(partly.high <= gradable.high)
    shares, limits = [], []
    for name, words, grade in (
        ("new", "worse than before", 1),
        ("severe", "grade 3 or more, worse than before", SEVERE),
    ):
        if grade > max(grades):
            continue  # LDH has grade 1 alone
        at, label = f"graded/{plan.measure}/{term.version}/{name}", f"{term.key} (CTCAE {term.version}), {words}"
        possible = sum((n for reach, n in reaching.items() if reach >= grade), NONE)
        count = Count(together(worst, grade).new.low, possible.high)
        shares.append(_share(at, label, count, gradable + none_gradable, level))
        if not count.high and gradable.high:
            limits.append(_limit(f"{at}/upper limit", f"{label}, upper limit", gradable + none_gradable, level))
    return LabGradesSummary(
        plan.measure,
        term,
        plan.within,
        gradable,
        no_value,
        none_gradable,
        partly,
        worst,
        graded,
        reasons(values),
        tuple(shares),
        tuple(limits),
        withheld,
    )


def _worst(grade: int, found: Mapping[tuple[str, str], Count]) -> WorstGrade:
    became: dict[str, Count] = {}
    for (emergent, fate), n in found.items():
        if emergent == "yes":
            became[fate] = became.get(fate, NONE) + n
    perhaps = sum((n for (emergent, _), n in found.items() if emergent == "not known"), NONE)
    return WorstGrade(grade, sum(found.values(), NONE), sum(became.values(), NONE), perhaps, became)


def _share(result_id: str, label: str, count: Count, seen: Count, level: Fraction) -> Result:
    if not seen.high:
        return Result(result_id, label, None, unit="proportion", absent_because="no case has a value on treatment")
    return share(result_id, label, count, seen, level, why=NOT_KNOWN)


def _limit(result_id: str, label: str, seen: Count, level: Fraction) -> Result:
    """The one-sided exact upper limit where no case had one: 1 - (1 - level)^(1/n)."""
    found = stats.clopper_pearson_upper(0, seen.low, level=level)
    return of_estimate(result_id, label, found, total=seen.low, unit="proportion")
