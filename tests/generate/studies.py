"""Many drawn studies, one after the other, for whoever has something to hold against them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.generate.charts import charts
from tests.generate.protocols import protocols

from caseseries.chart.tables import Chart
from caseseries.protocol.protocol import Protocol


def every_study(check: Callable[[Protocol, Chart], None], runs: int, studies_per_run: int = 10, first: int = 0) -> None:
    """Call `check` with drawn protocols and charts of about forty patients; a failing study is made smaller first.

    Always the same studies for the same numbers. They are drawn in short runs, because one long run spends many of
    its examples on variations of others; another `first` draws others.
    """

    @given(st.data())
    def study(data: st.DataObject) -> None:
        protocol = data.draw(protocols(), label="protocol")
        check(protocol, data.draw(charts(protocol), label="chart"))

    decorated = settings(
        max_examples=studies_per_run,
        derandomize=False,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(study)
    for number in range(first, first + runs):
        seed(number)(decorated)()
