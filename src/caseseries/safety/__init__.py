"""Adverse events on treatment, person-time, and how they were looked for."""

from caseseries.safety.event_counts import tally
from caseseries.safety.follow import Adverse, Safety, follow

__all__ = ["Adverse", "Safety", "follow", "tally"]
