"""A study from one end to the other: protocol and chart in, results out."""

from __future__ import annotations

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol
from caseseries.summary.model import Summary


def analyse(protocol: Protocol, chart: Chart, *, memory_limit: str = "1GB", threads: int = 2) -> Summary:
    """The line: chart, cohort, assessment, response and safety, summary."""
    raise NotImplementedError
