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
from caseseries.verdict.lab_grades import NO_VALUE, NONE_CERTAIN, NONE_GRADABLE, PARTLY, PERHAPS

#: Grades from here on are severe.
SEVERE = 3
#: Why a share has no estimate but two ends.
NOT_KNOWN = (
    "of some cases a value, or the one before the index date, could not be graded, or may be on treatment or not"
)

_Cases = dict[tuple[str, str], Count]


@dataclass(frozen=True, slots=True)
class _Reaching:
    """Cases by the grade that is known to be worse than before (0: none), the highest that may be, and whether a value is certainly on treatment."""

    known: int
    reach: int
    n: Count
    certain: bool


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
    them with further values that could not, or that may be on treatment or not. `none_certain` are the cases with such values alone, and
    `perhaps` counts these values. `worst` has every grade of the term. `ungraded` says why values could not be graded, `values` counts
    those that could. `shares` are those of all cases with a value on treatment that have a grade worse than before, of any grade and of grade 3 or
    more: from those known to those that may, since without limits of normal the bad values alone can be graded; `possible` counts, for each of
    them, the further cases that may. `limits` are the one-sided upper limits of what nobody can have. `withheld` are the included cases of sites
    that told nothing of it.
    """

    measure: str
    term: GradedTerm
    within: int
    gradable: Count
    no_value: Count
    none_gradable: Count
    none_certain: Count
    partly: Count
    worst: tuple[WorstGrade, ...]
    values: Count
    ungraded: tuple[Reason, ...]
    perhaps: Count
    shares: tuple[Result, ...]
    possible: tuple[Count, ...]
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
    reaching: list[_Reaching] = []
    for (kind, what, *more), n in reader.under("graded", *plan.key).items():
        if kind == "value":
            values[what,] = n
        elif what == PARTLY:
            partly = n
        else:
            emergent, fate, reach = map(str, more)
            of_grade = cases.setdefault(str(what), {})
            of_grade[emergent, fate] = of_grade.get((emergent, fate), NONE) + n
            known = int(what) if emergent == "yes" else 0
            reaching.append(_Reaching(known, int(reach), n, certain=what != NONE_CERTAIN))
    graded, perhaps = values.pop(("",), NONE), values.pop((PERHAPS,), NONE)
    no_value, none_gradable, none_certain = (
        sum(cases.pop(why, {}).values(), NONE) for why in (NO_VALUE, NONE_GRADABLE, NONE_CERTAIN)
    )
    grades = (0, *sorted({row.grade for row in term.grades}))
    worst = tuple(_worst(grade, cases.pop(str(grade), {})) for grade in grades)
    ensure(not cases, "every worst grade is one of the term")
    gradable = together(worst, 0).cases
    every = gradable + no_value + none_gradable + none_certain
    ensure(every.exact == told, "every included case is graded, or says why not")
    ensure(partly.high <= gradable.high)
    shares, limits, possible = [], [], []
    for name, words, grade in (
        ("new", "worse than before", 1),
        ("severe", "grade 3 or more, worse than before", SEVERE),
    ):
        if grade > max(grades):
            continue  # LDH has grade 1 alone
        at, label = f"graded/{plan.measure}/{term.version}/{name}", f"{term.key} (CTCAE {term.version}), {words}"
        may = [one for one in reaching if one.reach >= grade > one.known]
        possible.append(sum((one.n for one in may), NONE))
        outside = sum((one.n for one in may if not one.certain), NONE)
        new, seen = together(worst, grade).new, gradable + none_gradable
        shares.append(share_of_grades(at, label, new, possible[-1], seen, none_certain, outside, level))
        if not (new.high or possible[-1].high) and gradable.high:
            limits.append(_limit(f"{at}/upper limit", f"{label}, upper limit", seen, level))
    return LabGradesSummary(
        plan.measure,
        term,
        plan.within,
        gradable,
        no_value,
        none_gradable,
        none_certain,
        partly,
        worst,
        graded,
        reasons(values),
        perhaps,
        tuple(shares),
        tuple(possible),
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


def share_of_grades(
    result_id: str, label: str, new: Count, may: Count, seen: Count, perhaps: Count, outside: Count, level: Fraction
) -> Result:
    """The share of the cases with a value on treatment, from those known to those that may: `perhaps` have only values that may be on treatment, and
    so may belong to it or not, `outside` of them with a grade that may be worse. Where none may, it is 0 of those with a value for certain."""
    if not seen.high:
        because = f"no case has a value {'certainly ' if perhaps.high else ''}on treatment"
        return Result(result_id, label, None, unit="proportion", absent_because=because)
    if not (new.high or may.high) or not (perhaps.high or may.high):
        return share(result_id, label, new, seen, level, why=NOT_KNOWN)
    low = Fraction(new.low, seen.high + perhaps.high)
    high = min(Fraction(1), Fraction(new.high + may.high, max(1, seen.low + outside.low)))
    total = seen.exact if not perhaps.high else None
    return Result(result_id, label, None, low, high, None, total, "proportion", "", NOT_KNOWN)


def _limit(result_id: str, label: str, seen: Count, level: Fraction) -> Result:
    """The one-sided exact upper limit where no case had one: 1 - (1 - level)^(1/n)."""
    found = stats.clopper_pearson_upper(0, seen.low, level=level)
    return of_estimate(result_id, label, found, total=seen.low, unit="proportion")
