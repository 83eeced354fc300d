"""Responders at other thresholds of the rule: the protocol's cell is the headline, and every other what the rule gives there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.thresholds import differing
from tests.spec.small import analyse, chart, protocol

from caseseries.chart.tables import Chart
from caseseries.protocol.rule import All, AnyOf, Change, Is, RuleBase, Value, parts_of
from caseseries.protocol.specs import plan
from caseseries.protocol.threshold_grid import threshold_grid
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.study import Results, Study
from caseseries.summary.model import Summary

EXAMPLES = Path(__file__).parents[2] / "examples"
CHARTS = ["adhesions-cells", "jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "tcl-e7777"]
#: How many meet a comparison when its threshold rises.
_SIGN = {"at_least": -1, "more_than": -1, "at_most": 1, "less_than": 1}


@pytest.fixture(scope="module", params=CHARTS)
def example(request: pytest.FixtureRequest) -> tuple[Study, Chart, Results]:
    folder = EXAMPLES / request.param
    study = Study.load(folder / "protocol.yaml")
    return study, study.read(folder / "chart.yaml"), study.run(folder / "chart.yaml")


def counts_of(summary: Summary) -> dict[str, ThresholdCounts | None]:
    assert summary.cases is not None
    return {name: one.thresholds for name, one in summary.cases.outcomes.items()}


def test_the_cell_of_the_protocol_is_the_headline_and_every_cell_that_of_the_reference(
    example: tuple[Study, Chart, Results],
) -> None:
    study, read, run = example
    counted = counts_of(run.summary)
    for name, counts in counted.items():
        if counts is not None:
            head = run.summary.outcomes[name].answers[0]
            assert (head.yes.exact, head.not_evaluable.exact) == counts.cells[counts.primary]
            assert [axis.values[axis.written] for axis in counts.axes] == [axis.leaf.threshold for axis in counts.axes]
    assert [] == differing(study.protocol, read, counted, every=2)


def only_grows(rule: RuleBase) -> bool:
    """Whether more is met where more of its comparisons are."""
    if isinstance(rule, All | AnyOf):
        return all(only_grows(part) for part in parts_of(rule))
    return isinstance(rule, Change | Value | Is)


def test_a_stricter_threshold_is_met_by_no_more(example: tuple[Study, Chart, Results]) -> None:
    study, _, run = example
    for name, counts in counts_of(run.summary).items():
        if counts is None or not only_grows(study.protocol.verdicts[name].rule):
            continue
        across = len(counts.axes[-1].values)
        rows = [counts.cells[start : start + across] for start in range(0, len(counts.cells), across)]
        lines = [(counts.axes[-1], row) for row in rows]
        if len(counts.axes) > 1:
            lines += [(counts.axes[0], column) for column in zip(*rows, strict=True)]
        for axis, line in lines:
            sign = _SIGN[axis.leaf.comparison]
            for surely in (True, False):
                met = [sign * (yes if surely else yes + unknown) for yes, unknown in line]
                assert met == sorted(met), (name, axis.leaf)


def test_a_cell_is_the_run_of_a_protocol_written_so() -> None:
    folder = EXAMPLES / "jdm-mmf"
    study = Study.load(folder / "protocol.yaml")
    counts = counts_of(study.run(folder / "chart.yaml").summary)["good response"]
    assert counts is not None
    points, percent = counts.axes
    assert (Fraction(4), Fraction(15)) == (points.leaf.threshold, percent.leaf.threshold)
    assert [1, 2, 3, 4, 5, 6, 7] == list(points.values) and [0, 5, 10, 15, 20, 25, 30] == list(percent.values)
    other = study.with_threshold("good response", "mmt", at_least="7 points")
    other = other.with_threshold("good response", "cmas", at_least="7 points")
    other = other.with_threshold("good response", "steroid", more_than="20 % of baseline")
    head = other.run(folder / "chart.yaml").summary.outcomes["good response"].answers[0]
    assert (head.yes.exact, head.not_evaluable.exact) == counts.cells[7 * 6 + 4] != counts.cells[counts.primary]


ROWS = """
1 | mmt | -3:60, 90:64
2 | mmt | -3:60, 90:63
3 | mmt | -3:60
4 | mmt | -3:60, 90:70
"""


@pytest.mark.parametrize(("comparison", "at_four", "at_three"), [("at_least", 2, 3), ("more_than", 1, 2)])
def test_a_gain_of_exactly_the_threshold_counts_as_the_rule_says(comparison: str, at_four: int, at_three: int) -> None:
    study = protocol(f"outcomes: {{response: {{at: after, rule: {{gain: mmt, {comparison}: 4 points}}}}}}")
    counts = counts_of(analyse(study, chart(ROWS, study)))["response"]
    assert counts is not None
    of = {value: yes for value, (yes, _) in zip(counts.axes[0].values, counts.cells, strict=True)}
    assert (at_four, at_three) == (of[Fraction(4)], of[Fraction(3)])
    assert {1} == {unknown for _, unknown in counts.cells}


def test_two_of_many_thresholds_are_varied_and_equal_ones_move_together() -> None:
    rule = (
        "{all: [{gain: mmt, at_least: 4 points}, {value: mmt, at_least: 50 points}, {value: mmt, at_most: 75 points}]}"
    )
    study = protocol(f"outcomes: {{response: {{at: after, rule: {rule}}}}}")
    grid = threshold_grid(plan(study, "response"))
    assert grid is not None and 1 == grid.fixed and len(grid.plan.specs) == 49
    assert ["gain", "value"] == [axis.leaf.word for axis in grid.axes]
    assert [35, 40, 45, 50, 55, 60, 65] == list(grid.axes[1].values)
    assert grid.plan.specs[grid.primary].tree == plan(study, "response").primary.tree
    read = chart(ROWS, study)
    assert [] == differing(study, read, counts_of(analyse(study, read)))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("{value: mmt, at_least: 78 points}", [53, 58, 63, 68, 73, 78]),
        ("{improves: mmt, at_least: 50 % of baseline}", [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
        ("{worsens: mmt, more_than: 90 % of baseline}", [10, 30, 50, 70, 90]),
        ("{falls: mmt, at_least: 20 % of baseline}", [5, 10, 15, 20, 25, 30, 35, 40, 45]),
        ("{value: mmt, at_most: 0 points}", [0, 5, 10, 15, 20, 25]),
        ("{gain: mmt, at_least: 0.5 points}", ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"]),
    ],
)
def test_the_values_are_regular_steps_that_can_be_met_and_missed(rule: str, values: list[int | str]) -> None:
    study = protocol(f"outcomes: {{response: {{at: after, rule: {rule}}}}}")
    grid = threshold_grid(plan(study, "response"))
    assert grid is not None
    assert [Fraction(value) for value in values] == list(grid.axes[0].values)


def test_a_rule_without_a_number_has_no_grid() -> None:
    study = protocol(
        "measures: {better: {judgement: better, since: index date}}\noutcomes: {response: {at: after, rule: {is: better}}}"
    )
    assert threshold_grid(plan(study, "response")) is None
    assert {"response": None} == counts_of(analyse(study, chart("1 | better | 90:1", study)))
