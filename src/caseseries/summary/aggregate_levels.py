"""The counts of an outcome with levels for others: no level of 1 to `smallest` - 1 cases is told, nor follows from two that are.

At least moderate less good is moderate: the verdicts on one outcome are told together, from one partition of its cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE, UNPLACED
from caseseries.stats.tally import Key
from caseseries.summary.coarsen import OTHER_FLIPS, Ends, apart, partition, pooled, small
from caseseries.summary.tally_reader import OTHER

_YES, _NO, _UNKNOWN = ANSWERS[True], ANSWERS[False], ANSWERS[None]
_LEFT = "level not known"
#: Of so many levels every sum and difference of what is not known is looked at; of more such counts are ranges.
_FEW_LEVELS = 3

#: What the site counted under a prefix; and how one count is told.
Of = Callable[..., Mapping[Key, int]]
Tell = Callable[[Key, Ends], None]


def levels_for_others(plans: Sequence[OutcomePlan], of: Of, tell: Tell, smallest: int, included: int) -> set[str]:
    """Tell answers, reasons, events and flips of one outcome with levels or categories, from all its verdicts.

    Returns the measures whose number of values would give a small answer away. There are no years; reasons and events are those of the widest
    verdict alone.
    """
    at_least = [plan for plan in reversed(plans) if plan.part is not None and plan.part.kind == "at least"]
    exactly = [plan for plan in plans if plan.part is not None and plan.part.kind == "exactly"]
    widest = at_least[-1]
    assert widest.part is not None
    if twice := widest.part.ordered:  # exactly the first level is at least the first, and is told as that
        exactly = [at_least[0], *exactly]
    hidden = False
    for plan in plans:
        if plan.part is not None and plan.part.kind == "two":
            _never(plan, of, tell)
    for spec in widest.specs:
        given = [_answers(of, plan, spec) for plan in at_least]
        of_each = [_answers(of, plan, _same(plan, spec)) for plan in exactly] if spec.role != "grid" else []
        found = _told(of_each, given, smallest)
        hidden |= spec.primary and any(low != high for ends in found[-1:] for low, high in ends.values())
        told_of = list(zip([*(exactly if of_each else []), *at_least], found, strict=True))
        for plan, ends in told_of[1:] if of_each and twice else told_of:
            number = _same(plan, spec).number
            for answer, told in ends.items():
                tell(("answer", plan.name, number, 0, answer), told)
            _why(plan, number, ends[_UNKNOWN], of, tell, smallest, every=plan is widest)
            if number and sum(of("flip", plan.name, number).values()):
                tell(("flip", plan.name, number, OTHER_FLIPS), (0, included))
        for section in ("decided", "occurred"):
            for key, n in of(section, widest.name, spec.number).items():
                tell((section, widest.name, spec.number, *key), apart(n, included, smallest))
    return {slot.measure for slot in widest.slots} if hidden else set()


def _never(plan: OutcomePlan, of: Of, tell: Tell) -> None:
    """Tell of the verdict that two categories hold at once that it was never met, and nothing else."""
    for spec in plan.specs:
        cells = _answers(of, plan, spec)
        most = sum(cells.values())
        for answer in cells:
            if answer not in (_YES, UNPLACED[True]):
                tell(("answer", plan.name, spec.number, 0, answer), (0, most))
        tell(("why", plan.name, spec.number, OTHER), (0, most))


def _same(plan: OutcomePlan, spec: Spec) -> Spec:
    """The spec of another verdict that reads the study in the same way: the grid of those on at least a level is the same."""
    if plan.specs[0].outcome == spec.outcome:
        return spec
    if spec.role == "grid":
        return plan.specs[spec.number]
    return next(one for one in plan.specs if one.role != "grid" and one.reading == spec.reading)


def _answers(of: Of, plan: OutcomePlan, spec: Spec) -> dict[str, int]:
    cells = dict.fromkeys((_YES, _NO, _UNKNOWN, OUTSIDE, *(UNPLACED.values() if plan.among is not None else ())), 0)
    for (_, answer), n in of("answer", plan.name, spec.number).items():
        cells[str(answer)] += n
    return cells


def _told(
    exactly: Sequence[Mapping[str, int]], at_least: Sequence[Mapping[str, int]], smallest: int
) -> list[dict[str, Ends]]:
    """The answers of each verdict, those on exactly a level first, from one partition.

    Cells are the levels, known or (where only those on at least a level are counted) reached, those of whom it is not known, and those outside.
    """
    widest = at_least[-1]
    unplaced = sum(widest.get(one, 0) for one in UNPLACED.values())
    if exactly:
        cells = {str(place): one[_YES] for place, one in enumerate(exactly)}
        cells[_LEFT] = widest[_YES] + widest[_NO] + widest[_UNKNOWN] - sum(cells.values())
    else:
        reached = [0, *(one[_YES] for one in at_least)]
        cells = {str(place): reached[place + 1] - reached[place] for place in range(len(at_least))}
        cells |= {str(len(at_least)): widest[_NO], _LEFT: widest[_UNKNOWN]}
    ends = partition({**cells, OUTSIDE: widest[OUTSIDE], "unplaced": unplaced}, smallest, last=(_LEFT, OUTSIDE))
    levels, left = [ends[str(place)] for place in range(len(exactly) or len(at_least) + 1)], ends[_LEFT]
    ordered = len(levels) == len(at_least) + 1
    if (
        exactly
        and not unplaced
        and all(low == high for low, high in ends.values())
        and _nothing_small(exactly, at_least, smallest, ordered=ordered)
    ):
        return [{answer: (n, n) for answer, n in one.items()} for one in (*exactly, *at_least)]
    loose = left[1] if exactly else left[1] + sum(high for _, high in levels[:-1])
    loose = 0 if not any(one[_UNKNOWN] for one in at_least) else loose
    outside = {OUTSIDE: ends[OUTSIDE], **{one: (0, ends["unplaced"][1]) for one in UNPLACED.values() if one in widest}}
    found = []
    for place in range(len(exactly)):
        no = _sum([*levels[:place], *levels[place + 1 :]], loose)
        told = {_YES: levels[place], _NO: no, _UNKNOWN: (0, loose)}
        if not ordered:  # the rule of a category may have no answer where another holds
            told |= {_NO: (0, no[1]), _UNKNOWN: (0, no[1])}
        found.append({**told, **outside})
    for place, one in enumerate(at_least):
        upto = len(levels) - len(at_least) + place
        yes, rest = levels[:upto], levels[upto:]
        more = loose if exactly else 0
        told = {_YES: _sum(yes, more), _NO: _sum(rest, loose), _UNKNOWN: (0, loose)}
        if not exactly:  # of those who reach a later level it may not be known whether they reach this one
            least = levels[-1][0] if loose else told[_NO][0]
            told |= {_NO: levels[-1], _UNKNOWN: left} if one is widest else {_NO: (least, told[_NO][1])}
        found.append({**told, **outside})
    return found


def _sum(ends: Sequence[Ends], more: int) -> Ends:
    return sum(low for low, _ in ends), sum(high for _, high in ends) + more


def _nothing_small(
    exactly: Sequence[Mapping[str, int]], at_least: Sequence[Mapping[str, int]], smallest: int, *, ordered: bool
) -> bool:
    """Whether no small group of cases follows from the counts of those whose level is not known."""
    unknown = [one[_UNKNOWN] for one in (*exactly, *at_least)]
    if not any(unknown):
        return True
    if len(exactly) > _FEW_LEVELS or not ordered:
        return False
    known = [one[_YES] for one in exactly]
    for place, one in enumerate(at_least):
        unknown += [one[_YES] - sum(known[: place + 1]), one[_NO] - sum(known[place + 1 :])]
    unknown.append(at_least[-1][_YES] + at_least[-1][_NO] + at_least[-1][_UNKNOWN] - sum(known))
    values = [*set(unknown), 0, 0]
    return not any(
        small(abs(n), smallest) for a, b, c in permutations(values, 3) for n in (a - b - c, a + b - c, a - b, a)
    )


def _why(plan: OutcomePlan, number: int, unknown: Ends, of: Of, tell: Tell, smallest: int, *, every: bool) -> None:
    """Reasons of the not evaluable; only their sum where that is a range, or where it is not `every` reason that is told."""
    if unknown[0] != unknown[1] or not every:
        tell(("why", plan.name, number, OTHER), unknown)
        return
    kept, pool = pooled(of("why", plan.name, number), smallest)
    for key, n in kept.items():
        tell(("why", plan.name, number, *key), (n, n))
    tell(("why", plan.name, number, OTHER), (pool, pool))
