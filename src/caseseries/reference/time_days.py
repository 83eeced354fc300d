"""The days on which the rules of a time to an event are read, and whether each has held for so long by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import HeldRule
from caseseries.reference.case import CaseAnswer
from caseseries.reference.held_rule import Read, partial_days, read_days
from caseseries.reference.questions import answers
from caseseries.reference.record import Indexed


def days_read(
    study: Indexed,
    case: CaseAnswer,
    plan: OutcomePlan,
    spec: Spec,
    held: HeldRule,
    lasting: int | None,
    gap: int | None,
) -> list[Read]:
    """The days that tell something of a rule: what is no visit can show that it does not hold, and nothing else."""
    inner = answers(study, case, plan, spec, held.tree)
    every = read_days(study, case, plan, spec, held, inner)
    read = [one for one in every if one.visited or one.truth is False]
    if lasting is None:
        return read
    return [replace(one, truth=_has_held(lasting, gap or 0, every, one)) for one in read]


def _has_held(lasting: int, gap: int, every: Sequence[Read], by: Read) -> bool | None:
    """Whether by a day the rule has held for so long: looked at backwards, until something breaks it."""
    lengths = []
    for unknown_holds in (False, True):
        first = last = by.day
        for one in reversed([one for one in every if one.day <= by.day]):
            met = one.visited and (one.truth is True or (one.truth is None and unknown_holds))
            if not met and one.truth is None and unknown_holds:
                continue  # no visit, and nothing that speaks against it
            if not met or last - one.day > gap:
                break
            first = last = one.day
        lengths.append(by.day - first)
    surely, perhaps = lengths
    if surely >= lasting:
        return True
    return False if perhaps < lasting else None


def unread(read: Sequence[Read], since: int, until: int) -> bool:
    """Whether on some day after `since`, to `until`, it was not known."""
    return any(since < one.day <= until for one in read if one.truth is None)


def not_exact(study: Indexed, case: CaseAnswer, held: HeldRule, since: int, until: int) -> bool:
    """Whether a value that is read, or a recorded visit, of a partial date may be of a day after `since` and of one by `until`."""
    return any(high > since and low <= until for low, high in partial_spans(study, case, held))


def partial_spans(study: Indexed, case: CaseAnswer, held: HeldRule) -> list[tuple[int, int]]:
    """The first and last possible day, from the index date, of each value that is read at visits, and of each recorded visit, of a partial date."""
    assert case.index is not None
    if study.protocol.partial_dates != "bounds":
        return []
    rows, index = study.patients[case.patient], case.index
    return [(low - index, high - index) for low, high in partial_days(study, rows, held, index)]
