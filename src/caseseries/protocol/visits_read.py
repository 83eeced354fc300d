"""Whether a rule that is read day by day is read on visits: not where it asks for doses from courses alone, of which every day is read."""

from __future__ import annotations

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import measures_of_visits
from caseseries.protocol.tree import HeldRule


def reads_visits(protocol: Protocol, held: HeldRule) -> bool:
    """Whether the days of visits count: those with a value, and recorded ones; without any value the recorded ones alone."""
    return not held.read or bool(measures_of_visits(protocol, held.read))
