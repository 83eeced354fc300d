"""How far from the index date a value can matter to a protocol: never too little, as little as can be said simply."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.concepts import measured
from caseseries.protocol.derived import charted_totals, derived_measures, recorded_parts
from caseseries.protocol.eligibility import OfValue, Recorded
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, plan, valued_plan
from caseseries.protocol.spell_plan import daily_plans
from caseseries.protocol.written import OPEN_END, OPEN_START

Reach = tuple[int, int]

EVER: Reach = (OPEN_START, OPEN_END)
#: No day at all: a measure that no outcome, criterion or monitoring needs.
NEVER: Reach = (1, 0)


def reach(protocol: Protocol) -> Mapping[str, tuple[Reach, ...]]:
    """For each measure with rows of its own: the days, relative to the index date, that any part of the protocol looks at.

    These are the windows of the outcomes that need it, with all their variants, and of the criteria; a weight reaches further by
    `weight_within`, and a day more for a cumulative dose, what is monitored or graded to the end, and a dose written at visits is followed between
    its windows. Ranges of one measure neither overlap nor touch; where a patient may be several cases there is one range.
    """
    derived = derived_measures(protocol.measures)
    found: dict[str, set[Reach]] = {
        name: set() for name, measure in protocol.measures.items() if measured(measure) or name in derived
    }
    for one in _plans(protocol):
        for spec in one.specs:
            for slot in one.measured:
                if slot.measure in found:
                    window = spec.windows[slot.window]
                    found[slot.measure].add((window.from_, window.to))
    for criterion in (*protocol.include, *protocol.exclude):
        if isinstance(criterion, Recorded):
            window = protocol.windows[criterion.in_]
            found[criterion.recorded].add((window.from_, window.to))
        elif isinstance(criterion, OfValue):
            window = protocol.windows[criterion.in_]
            for measure in found.keys() & set(criterion.measures):
                found[measure].add((window.from_, window.to))
    every = [(window.from_, window.to) for window in protocol.windows.values()]
    every += [(width.from_, width.to) for widths in protocol.robustness.windows.values() for width in widths]
    low, high = min(first for first, _ in every), max(last for _, last in every)
    for name, dose in protocol.doses.items():
        if name in found:
            found[name].add((low, high))
        if dose.weight in found:
            within = dose.weight_within or 0
            # What is taken on the last day of a window is what is taken on arrival on the day after.
            after = int(protocol.safety is not None and name in protocol.safety.added_up)
            found[dose.weight].add((low - within, high + after + within))
    for monitored in protocol.safety.monitored if protocol.safety is not None else ():
        found[monitored.measure].add((0, OPEN_END))
    for graded in protocol.safety.graded if protocol.safety is not None else ():
        found[graded.measure].add((-graded.baseline_within, OPEN_END))
    for name, charted in charted_totals(protocol.measures).items():
        found[charted] |= found[name]
    for name, of in derived.items():
        days = found.pop(name)
        for part in recorded_parts(of):
            found[part] |= days
    whole = protocol.case.per == "course"
    return {name: _apart(ranges, whole=whole) for name, ranges in found.items() if ranges}


def _plans(protocol: Protocol) -> list[OutcomePlan]:
    return [
        *(plan(protocol, name) for name in protocol.verdicts),
        *(valued_plan(protocol, name) for name in protocol.valued),
        *daily_plans(protocol),
    ]


def _apart(ranges: set[Reach], *, whole: bool) -> tuple[Reach, ...]:
    """Ranges of days that neither overlap nor touch, in order.

    >>> _apart({(0, 10), (11, 20), (30, 40)}, whole=False), _apart({(0, 10), (30, 40)}, whole=True)
    (((0, 20), (30, 40)), ((0, 40),))
    """
    joined: list[Reach] = []
    for low, high in sorted(ranges):
        if joined and (whole or low <= joined[-1][1] + 1):
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def visits(protocol: Protocol) -> Reach | None:
    """The days on which a visit can matter: where some window takes its measures from one visit, or every visit of it is read; None where none is."""
    read = {held.window for one in _plans(protocol) for held in one.held}
    names = [name for name, window in protocol.windows.items() if window.components == "same visit" or name in read]
    widths = [(protocol.windows[name].from_, protocol.windows[name].to) for name in names]
    widths += [(one.from_, one.to) for name in names for one in protocol.robustness.windows.get(name, ())]
    return (min(first for first, _ in widths), max(last for _, last in widths)) if widths else None
