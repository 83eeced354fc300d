"""Categories of one outcome exclude each other: two that hold at once are a mistake of the protocol, and the run stops."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.outcome import CategoriesOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.response.verdict_counts import ANSWERS, UNPLACED
from caseseries.stats.tally import Tally
from caseseries.verdict.trace import Verdict

_DO = "Make the rule of one say what the other excludes, or write `levels`, of which the first that holds counts."


def require_exclusive(answered: Iterable[tuple[OutcomePlan, Iterable[Verdict]]]) -> None:
    """Stop where two categories hold at once in a case that is shown; each case is told with the two.

    `answered` are verdicts under the rules as written and their readings.

    Raises:
        ProtocolError: two hold at once.
    """
    problems = []
    for plan, verdicts in answered:
        if plan.part is None or plan.part.kind != "two":
            continue
        for verdict in verdicts:
            if verdict.truth is True and verdict.inside is not False:
                trace = {node.node: node.truth for node in verdict.trace}
                held = [name for place, name in enumerate(plan.part.names[:-1], start=1) if trace[f"1.{place}"]]
                what = f"{' and '.join(held)} of {plan.outcome} hold at once{_reading(plan, verdict.spec)}"
                problems.append(Problem(what, found=verdict.case_id, private=True))
    _stop(problems)


def require_exclusive_counts(protocol: Protocol, counts: Tally, plans: Iterable[OutcomePlan]) -> None:
    """Stop where two categories hold at once in cases that are only counted; told by their number.

    Raises:
        ProtocolError: two hold at once.
    """
    problems = []
    of = {one.name: one for one in plans}
    for name, declared in protocol.levels.items():
        if isinstance(declared, CategoriesOutcome):
            plan = of[declared.two(name)]
            for spec in plan.specs:
                found = counts.section("answer", plan.name, spec.number)
                n = sum(n for key, n in found if key[-1] in (ANSWERS[True], UNPLACED[True]))
                if n:
                    what = f"two categories of {name} hold at once{_reading(plan, spec.number)}: {n} case(s)"
                    problems.append(Problem(what))
    _stop(problems)


def _reading(plan: OutcomePlan, number: int) -> str:
    return f" under {plan.specs[number].reading!r}" if number else ""


def _stop(problems: list[Problem]) -> None:
    if problems:
        raise ProtocolError("Two categories of one outcome hold at once.", problems, do=f"Nothing was told. {_DO}")
