"""Responders, change, follow-up, safety, robustness: the finished numbers."""

from caseseries.summary.model import Summary
from caseseries.summary.summarise import Answered, Changed, summarise

__all__ = ["Answered", "Changed", "Summary", "summarise"]
