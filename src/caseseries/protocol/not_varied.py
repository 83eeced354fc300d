"""What the robustness grid declares other widths or takes of, and nothing that it shows reads."""

from __future__ import annotations

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.robustness import Robustness
from caseseries.protocol.specs import plan, time_plan


def not_varied(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """The windows, each with `windows` (its widths) or `take`, that no cell varies: no verdict reads them, and no time a value in them.

    Spells, changes, values at one time, slopes, counts of events and criteria are told as the protocol is written.
    """
    declared = [(field, name) for field in ("windows", "take") for name in getattr(protocol.robustness, field)]
    if not declared:
        return ()
    plain = protocol.model_copy(update={"robustness": Robustness()})
    read = {window for name in protocol.verdicts for window in plan(plain, name).visit_measures}
    read |= {slot.window for name in protocol.times for slot in time_plan(plain, name).slots}
    return tuple((field, name) for field, name in declared if name not in read)


def not_varied_words(field: str) -> str:
    """What is not varied, and why."""
    what = "widths" if field == "windows" else "takes"
    return (
        f"no verdict reads this window, and no time to an event a value in it, so that its other {what} are not varied"
    )
