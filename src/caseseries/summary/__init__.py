"""Responders, change, follow-up, safety, robustness: the finished numbers."""

from caseseries.summary.case_tables import Answered, Changed, case_tables
from caseseries.summary.cases import Cases
from caseseries.summary.model import Summary
from caseseries.summary.summarise import summarise

__all__ = ["Answered", "Cases", "Changed", "Summary", "case_tables", "summarise"]
