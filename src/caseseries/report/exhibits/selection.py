"""Who was looked at and who did not become a case, in words: the screening log of the flow diagram."""

from __future__ import annotations

from caseseries.report.exhibits.words import counted, without_dates
from caseseries.summary.model import FlowStep, Summary


def screening(summary: Summary) -> FlowStep | None:
    """The first box of the flow where a screening log was read; its side boxes are those without a chart."""
    first = summary.flow[0] if summary.flow else None
    return first if first is not None and first.label == "Screened" else None


def not_taken(step: FlowStep) -> str:
    """Those who were screened and have no chart: `3 did not go further (chart missing: 1; another disease: 2)`."""
    gone = sum(n for _, n in step.removed)
    if not gone:
        return "all went further"
    return f"{gone} did not go further ({'; '.join(f'{without_dates(why)}: {n}' for why, n in step.removed)})"


def screening_words(summary: Summary) -> str:
    """How many were screened and who fell out there; empty without a screening log."""
    step = screening(summary)
    return "" if step is None else f"{counted(step.n, 'person was', 'persons were')} screened; {not_taken(step)}."
