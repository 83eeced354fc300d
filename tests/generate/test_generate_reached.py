"""Drawn studies reach what they were built to reach, and are protocols the checks accept."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.generate.reached import EXPECTED, reached
from tests.generate.studies import every_study

from caseseries.chart.tables import Chart
from caseseries.protocol.check import check_made
from caseseries.protocol.protocol import Protocol

RUNS = 20
#: Each expected thing happens in at least this many of the studies (ten a run).
FLOOR = 2


@pytest.mark.slow
def test_every_boundary_is_reached() -> None:
    counted: Counter[str] = Counter()

    def count(protocol: Protocol, chart: Chart) -> None:
        counted.update(reached(protocol, chart))

    every_study(count, RUNS)
    assert {} == {what: counted[what] for what in EXPECTED if counted[what] < FLOOR}
    assert set() == set(counted) - set(EXPECTED), "something happens that is not counted"


def test_drawn_protocols_are_accepted() -> None:
    def accept(protocol: Protocol, chart: Chart) -> None:
        assert () == tuple(problem.what for problem in check_made(protocol).errors)

    every_study(accept, runs=3)
