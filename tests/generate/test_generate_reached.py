"""Drawn studies are protocols that the checks accept; test_generate_stages counts what they reach."""

from __future__ import annotations

from tests.generate.studies import every_study

from caseseries.chart.tables import Chart
from caseseries.protocol.check import check_made
from caseseries.protocol.protocol import Protocol


def test_drawn_protocols_are_accepted() -> None:
    def accept(protocol: Protocol, chart: Chart) -> None:
        told = (problem.what for problem in check_made(protocol).errors)
        # Rules and windows are drawn part by part, so that now and then two parts leave nothing, or everything, or are no pair.
        empty = (
            "no values could meet this rule",
            "all values meet this rule",
            "this level is never reached",
        )
        assert [] == [what for what in told if not what.startswith(empty) and not what.endswith("names no day")]

    every_study(accept, runs=3)
