"""How many events of a name begin in a window of one case, or how many per so many observed days."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.counted import Counted
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Slot
from caseseries.reference.occurrence import UNCHARTED, begun, not_told, unseen
from caseseries.reference.record import Indexed
from caseseries.reference.seen import days_seen
from caseseries.reference.visit import Placed
from caseseries.reference.window import FEW_DAYS, NOT_EXACT
from caseseries.verdict.trace import Quantity


def counted(study: Indexed, case: Placed, spec: Spec, slot: Slot, measure: Counted) -> Quantity:
    """The number or the rate, or what is known of it."""
    window = spec.windows[slot.window]
    if measure.per is None:
        found = begun(study, case, measure.count, window.from_, window.to)
        why = unseen(study, case, measure.count, window.from_, window.to)
        return _known(slot, why, found.surely, found.perhaps, Fraction(1), window.to, None)
    assert case.index is not None
    first, last = days_seen(study, study.patients[case.patient], case.index, window)
    days = max(last - first + 1, 0)
    found = begun(study, case, measure.count, first, last)
    if window.recorded is None:
        why = unseen(study, case, measure.count, window.from_, window.to)
    else:
        why = UNCHARTED if not_told(study, measure.count) else FEW_DAYS if days < window.recorded else ""
    if why:
        return Quantity(slot, None, None, None, why)
    return _known(slot, "", found.surely, found.perhaps, Fraction(measure.per, days), last, days)


def _known(slot: Slot, why: str, surely: int, perhaps: int, worth: Fraction, day: int, days: int | None) -> Quantity:
    """A number where everything is known, else the least and the most that it may be."""
    if not why and surely == perhaps:
        return Quantity(slot, surely * worth, day, None, days=days)
    if why and not surely:
        return Quantity(slot, None, None, None, why)
    most = None if why else perhaps * worth
    return Quantity(slot, None, None, None, why or NOT_EXACT, ">=", surely * worth, days=days, most=most)
