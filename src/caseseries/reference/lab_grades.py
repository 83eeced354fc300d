"""The worst laboratory grade of one case: graded with every end of what is not known, and known where all of them give one grade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from caseseries.catalogue import Bound, GradedTerm
from caseseries.chart.tables import Measurement
from caseseries.protocol.lab_grades import LabGradePlan, lab_grade_plans
from caseseries.reference.adverse import AtRisk, at_risk
from caseseries.reference.case import CaseAnswer, cases_of
from caseseries.reference.normal_limits import agreed_limits
from caseseries.reference.record import Indexed
from caseseries.stats.tally import Tally
from caseseries.verdict.lab_grades import (
    NO_BASELINE,
    NO_NORMAL,
    NO_VALUE,
    NONE_CERTAIN,
    NONE_GRADABLE,
    ONLY_A_LIMIT,
    PARTLY,
    PERHAPS,
    CaseGrade,
    Emergent,
    Fate,
    GradedValue,
)

#: Further than any value, and nearer than any two.
_FAR, _NEAR = Fraction(10**30), Fraction(1, 10**30)
_STATES = {"": ("",), "uln": ("abnormal", "normal"), "lln": ("low", "not low")}


@dataclass(frozen=True, slots=True)
class _Before:
    """What may have been before the index date: a number (None where it is not known), and between which ends it then lies by the state of it."""

    number: Fraction | None
    states: tuple[str, ...]
    floor: Fraction | None
    ceiling: Fraction | None
    itself: bool = False

    def numbers(self, state: str) -> tuple[Fraction, ...]:
        """The number, or the ends between which it lies."""
        if self.number is not None:
            return (self.number,)
        if state == "abnormal" and self.floor is not None:
            return (self.floor + _NEAR, _FAR)
        if state == "low" and self.ceiling is not None:
            return (-_FAR, self.ceiling - _NEAR)
        return (-_FAR, _FAR)


def case_grades(study: Indexed, case: CaseAnswer) -> tuple[CaseGrade, ...]:
    """The worst grade of an included case under each line of `safety: graded`."""
    plans = lab_grade_plans(study.protocol)
    if not plans:
        return ()
    if case.case_id not in study.memo.setdefault("lab grades", {}):
        risk = at_risk(study, case)
        study.memo["lab grades"][case.case_id] = tuple(_case_grade(study, case, risk, plan) for plan in plans)
    found: tuple[tuple[CaseGrade, tuple[str, ...]], ...] = study.memo["lab grades"][case.case_id]
    return tuple(grade for grade, _ in found)


def count_grades(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """Count the cases by their worst grade, and the values on treatment by why they have none."""
    for case in included if lab_grade_plans(study.protocol) else ():
        for one in case_grades(study, case):
            worst = one.none or str(one.worst)
            counts.add(("graded", one.measure, one.version, "case", worst, one.emergent, one.fate, str(one.reach)))
            partly = one.worst is not None and one.ungraded + one.perhaps > 0
            counts.add(("graded", one.measure, one.version, "case", PARTLY), int(partly))
        for one, whys in study.memo["lab grades"][case.case_id]:
            for why in whys:
                counts.add(("graded", one.measure, one.version, "value", why))


def _case_grade(
    study: Indexed, case: CaseAnswer, risk: AtRisk, plan: LabGradePlan
) -> tuple[CaseGrade, tuple[str, ...]]:
    """The grade of the case, and of each value on treatment why it has none."""
    assert case.index is not None and case.follow_end is not None
    index, values = case.index, list(_values(study, case, plan))
    before = _baselines(values, plan)
    own = [_range(plan.term, base, _itself(plan.term, base)) for base in before if base is not None]
    if None in before:
        own.append((0, max(row.grade for row in plan.term.grades)))
    mildest, severest = min(low for low, _ in own), max(high for _, high in own)
    after = [one for one in values if one.low > 0 and index + one.high <= case.follow_end]
    graded = {one: _agreed_range(plan.term, one, before) for one in after}
    taken = [one for one in after if set(_days(index, one)) <= risk.on]
    perhaps = [one for one in values if one not in taken and set(_days(index, one)) & risk.perhaps]
    possible = [graded[one] for one in taken]
    # Where it is one after the index date it is not the baseline, which it may be as well.
    possible += [_agreed_range(plan.term, one, [base for base in before if base != one]) for one in perhaps]
    known = [one for one in taken if graded[one][0] == graded[one][1]]
    worst = max((graded[one][0] for one in known), default=None)
    whys = tuple(_why(plan.term, one) if graded[one][0] < graded[one][1] else "" for one in taken)
    emergent: Emergent = ""
    if worst is not None:
        emergent = "yes" if worst > severest else "no" if worst <= mildest else "not known"
    told = CaseGrade(
        case.case_id,
        *plan.key,
        worst,
        "" if worst is not None else NONE_GRADABLE if taken else NONE_CERTAIN if perhaps else NO_VALUE,
        emergent,
        _fate(graded, known, worst) if worst else "",
        next((one for one in known if graded[one][0] == worst), None),
        before[0] if len(before) == 1 else None,
        (mildest, severest),
        sum(why != "" for why in whys),
        len(perhaps),
        max((high for _, high in possible if high > mildest), default=0),
    )
    return told, (*whys, *(PERHAPS for _ in perhaps))


def _days(index: int, value: GradedValue) -> range:
    """The days of the chart after the index date that a value may have."""
    return range(index + max(1, value.low), index + value.high + 1)


def _values(study: Indexed, case: CaseAnswer, plan: LabGradePlan) -> Iterator[GradedValue]:
    """The values that may be a baseline of the case, and those that may be after its index date, in order; equal ones of a day once."""
    assert case.index is not None and case.follow_end is not None
    included = [one.index for one in cases_of(study, case.patient) if one.included and one.index is not None]
    following = min((day for day in included if day > case.index), default=None)
    latest = case.follow_end if case.follow_high is None else case.follow_high
    rows: dict[tuple[int, int, int, Fraction, str], list[Measurement]] = {}
    for row in study.patients[case.patient].measurements.get(plan.measure, ()):
        if row.value is None:
            continue
        if row.low <= case.index:
            counts = row.high >= case.index - plan.within
        else:
            counts = row.low <= latest and (following is None or row.low < following)
        if counts:
            rows.setdefault((row.low, row.high, row.day, row.value, row.censor), []).append(row)
    for (low, high, _, value, censor), giving in sorted(rows.items(), key=lambda item: item[0]):
        normal = agreed_limits(study, giving)
        record = min(row.record for row in giving)
        yield GradedValue(low - case.index, high - case.index, value, censor, normal.lower, normal.upper, record)


def _baselines(values: Sequence[GradedValue], plan: LabGradePlan) -> list[GradedValue | None]:
    """The values that may be the last before the index date; None where there may be none."""
    within = [one for one in values if -plan.within <= one.low and one.high <= 0]
    latest = max((one.low for one in within), default=None)
    least = -plan.within if latest is None else latest
    found: list[GradedValue | None] = [one for one in values if one.low <= 0 and one.high >= least]
    return found if latest is not None else [*found, None]


def _agreed_range(term: GradedTerm, value: GradedValue, before: Sequence[GradedValue | None]) -> tuple[int, int]:
    """The mildest and the severest grade, whichever of these was the baseline."""
    ranges = [_range(term, value, _known(term, base, value)) for base in before]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _known(term: GradedTerm, base: GradedValue | None, value: GradedValue) -> _Before:
    if base is None:
        return _Before(None, _STATES[term.split], value.upper, value.lower)
    number = base.value if base.censor == "" and base.value > 0 else None
    return _Before(number, _possible_states(term, base), base.upper, base.lower)


def _itself(term: GradedTerm, base: GradedValue) -> _Before:
    return _Before(None, _possible_states(term, base), base.upper, base.lower, itself=True)


def _possible_states(term: GradedTerm, base: GradedValue) -> tuple[str, ...]:
    limit = {"": None, "uln": base.upper, "lln": base.lower}[term.split]
    states = _STATES[term.split]
    if not term.split or limit is None:
        return states
    beyond = [one > limit if term.split == "uln" else one < limit for one in _ends(base)]
    return tuple(state for state, possible in zip(states, (any(beyond), not all(beyond)), strict=True) if possible)


def _ends(value: GradedValue) -> tuple[Fraction, ...]:
    """The number, or the ends of what a bound leaves."""
    ends = {
        "": (value.value,),
        "<": (-_FAR, value.value - _NEAR),
        "<=": (-_FAR, value.value),
        ">": (value.value + _NEAR, _FAR),
        ">=": (value.value, _FAR),
    }
    return ends[value.censor]


def _range(term: GradedTerm, value: GradedValue, before: _Before) -> tuple[int, int]:
    """The mildest and the severest grade over every end of what is not known."""
    grades = set()
    for state in before.states:
        lowers, uppers = ((-_FAR, _FAR) if one is None else (one,) for one in (value.lower, value.upper))
        for number, lower, upper, base in product(_ends(value), lowers, uppers, before.numbers(state)):
            edges = {"lln": lower, "uln": upper, "base": base}
            grades.add(_grade(term, number, edges, state, itself=before.itself))
    return min(grades), max(grades)


def _grade(term: GradedTerm, number: Fraction, edges: dict[str, Fraction], state: str, *, itself: bool) -> int:
    """The highest grade at whose range a number has arrived: inside it, or beyond its severer end."""

    def arrived(bound: Bound) -> bool:
        if itself and bound.of == "base":
            return 1 > bound.number or (bound.op == "at_least" and bound.number == 1)
        if itself and bound.of == "uln" and state == "normal":
            return False
        return bound.holds(number, edges) is True

    reached = [0]
    for row in term.grades:
        for group in row.any_of if row.baseline in {"", state} else ():
            falls = any(bound.op == "below" for bound in group)
            severer = "at_least" if falls else "at_most"
            if all(arrived(bound) for bound in group if bound.op != severer):
                reached.append(row.grade)
    return max(reached)


def _why(term: GradedTerm, value: GradedValue) -> str:
    if value.censor:
        return ONLY_A_LIMIT
    limits = {"lln": value.lower, "uln": value.upper}
    lacking = [of for of, limit in limits.items() if of in term.limits and limit is None]
    return NO_NORMAL if lacking else NO_BASELINE


def _fate(graded: dict[GradedValue, tuple[int, int]], known: Sequence[GradedValue], worst: int) -> Fate:
    """What became of the worst grade after it was last seen, or a higher one was."""
    as_bad = [one for one, (mildest, _) in graded.items() if mildest >= worst]
    last = max(one.high for one in as_bad)
    later = [graded[one] for one in graded if one.low > last]
    if any(severest < worst for _, severest in later):
        return "transient"
    if later:
        return "not known"
    first = min(one.high for one in known if graded[one][0] == worst)
    until = max(one.low for one in as_bad)
    if any(severest < worst and first < one.low and one.high < until for one, (_, severest) in graded.items()):
        return "recurrent"
    return "persistent" if until > first else "no later value"
