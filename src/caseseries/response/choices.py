"""Choices that the data raise and the protocol does not make: listed once, for every case, before any outcome is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.measure import DailyDose
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.verdict.trace import Verdict

_ASKED = {
    "different values on one day": ("same_day", "two different values on one day"),
    "two days equally near": ("tie", "two days equally near the target"),
}

_ADVICE = {
    "same_day": "add same_day to the window: best, worst, highest, lowest, mean or not evaluable",
    "tie": "add tie to the window: earlier, later, better, worse or mean",
    "if_zero_baseline": "add if_zero_baseline to the measure: not evaluable or not met",
}


def require_choices(protocol: Protocol, plan: OutcomePlan, verdicts: Mapping[int, Sequence[Verdict]]) -> None:
    """Stop where a value of the protocol as written (or of its readings) waits for a choice.

    Raises ChoiceNeeded with every case and window, each once.
    """
    needed = sorted(set(_needed(protocol, plan, verdicts)))
    if needed:
        problems = [
            Problem(f"{what} ({where})", found=case, do=_ADVICE[choice], private=True)
            for choice, where, case, what in needed
        ]
        raise ChoiceNeeded(
            f"The data raise {len(needed)} choice(s) that the protocol does not make.",
            problems,
            do="Nothing was decided; no outcome was shown.",
        )


def _needed(
    protocol: Protocol, plan: OutcomePlan, verdicts: Mapping[int, Sequence[Verdict]]
) -> Iterable[tuple[str, str, str, str]]:
    for spec in plan.specs:
        if spec.role == "grid":
            continue
        for verdict in verdicts[spec.number]:
            for quantity in verdict.quantities:
                window = protocol.windows[quantity.slot.window]
                choice, what = _ASKED.get(quantity.absent, ("", ""))
                if choice and getattr(window, choice) is None:
                    yield choice, f"{quantity.slot.window}, {quantity.slot.measure}", verdict.case_id, what
            for node in verdict.trace:
                leaf = spec.tree.node(node.node).leaf
                measure = (
                    protocol.measures[leaf.before.measure] if leaf is not None and leaf.before is not None else None
                )
                if (
                    isinstance(measure, DailyDose)
                    and measure.if_zero_baseline is None
                    and node.absent.endswith("zero baseline")
                ):
                    assert leaf is not None
                    yield "if_zero_baseline", leaf.after.measure, verdict.case_id, "a percent of a zero baseline dose"
