"""A finished series next to other evidence: the next study that it suggests, and published series beside it."""

from caseseries.evidence.comparison import Comparison, compare
from caseseries.evidence.next_study import NextStudy, plan

__all__ = ["Comparison", "NextStudy", "compare", "plan"]
