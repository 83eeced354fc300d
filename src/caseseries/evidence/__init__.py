"""A finished series next to other evidence: the next study that it suggests, and published series beside it."""

from caseseries.evidence.next_study import NextStudy, plan

__all__ = ["NextStudy", "plan"]
