"""Which measures of a protocol a report rests on."""

from __future__ import annotations

from caseseries.protocol.eligibility import OfValue
from caseseries.summary.model import Summary


def used_measures(summary: Summary) -> set[str]:
    """The measures that an outcome, a criterion of eligibility or a sum of the safety reads."""
    protocol = summary.protocol
    criteria = (*protocol.include, *protocol.exclude)
    used = {slot.measure for outcome in summary.outcomes.values() for slot in outcome.plan.measured}
    used |= summary.valued_measures
    used |= summary.measures_by_day
    used |= {measure for one in criteria if isinstance(one, OfValue) for measure in one.measures}
    return used | (protocol.safety.added_up if protocol.safety is not None else frozenset())


def named_measures(summary: Summary) -> list[str]:
    """Those measures in the order of the protocol; all that are declared where nothing reads one."""
    used = used_measures(summary)
    return [name for name in summary.protocol.measures if name in used] or list(summary.protocol.measures)
