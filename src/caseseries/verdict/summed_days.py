"""Over how many days a value was added up, which its unit does not say: wherever such a value or its change is printed, that stands beside it."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.protocol.counted import Counted
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan


def summed_days(protocol: Protocol, plan: OutcomePlan, measure: str, windows: Iterable[str]) -> str:
    """`summed over 28 days`, `summed over 21 to 28 days` where fewer are enough; empty where no days are added up."""
    if isinstance(protocol.measures[measure], Counted):
        return ""  # a number of events is of its whole window, whatever that takes
    added = [plan.primary.windows[name] for name in windows if plan.primary.windows[name].take == "sum"]
    told = dict.fromkeys(
        f"{window.days} day{'' if window.days == 1 else 's'}"
        if (window.least or 1) == window.days
        else f"{window.least} to {window.days} days"
        for window in added
    )
    return f"summed over {' and '.join(told)}" if told else ""
