"""Adverse events on treatment, person-time, and how they were looked for."""

from caseseries.safety.follow import Adverse, Safety, follow
from caseseries.safety.tally import tally

__all__ = ["Adverse", "Safety", "follow", "tally"]
