"""How far from the index date a value can matter to a protocol: never too little, as little as can be said simply."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.concepts import measured
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.words import OPEN_END, OPEN_START

Reach = tuple[int, int]

EVER: Reach = (OPEN_START, OPEN_END)


def reach(protocol: Protocol) -> Mapping[str, Reach]:
    """For each measure with rows of its own: the first and last day, relative to the index date, that any part of the protocol looks at.

    Every window is taken for every measure, with the other widths of the robustness grid; a weight reaches further by `weight_within`;
    what is monitored reaches to the end.
    """
    windows = [(window.from_, window.to) for window in protocol.windows.values()]
    windows += [(width.from_, width.to) for widths in protocol.robustness.windows.values() for width in widths]
    low, high = min(first for first, _ in windows), max(last for _, last in windows)
    found = {name: (low, high) for name, measure in protocol.measures.items() if measured(measure)}
    for dose in protocol.doses.values():
        if dose.weight in found:
            within = dose.weight_within or 0
            first, last = found[dose.weight]
            found[dose.weight] = (min(first, low - within), max(last, high + within))
    for monitored in protocol.safety.monitored if protocol.safety is not None else ():
        first, last = found[monitored.measure]
        found[monitored.measure] = (min(first, 0), OPEN_END)
    return found


def visits(protocol: Protocol) -> Reach | None:
    """The days on which a visit can matter: where some window takes its measures from one visit; None where none does."""
    names = [name for name, window in protocol.windows.items() if window.components == "same visit"]
    widths = [(protocol.windows[name].from_, protocol.windows[name].to) for name in names]
    widths += [(one.from_, one.to) for name in names for one in protocol.robustness.windows.get(name, ())]
    return (min(first for first, _ in widths), max(last for _, last in widths)) if widths else None
