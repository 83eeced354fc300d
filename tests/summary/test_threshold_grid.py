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
from caseseries.protocol.written import decimal_text
from caseseries.report.exhibits.thresholds import axes_words, threshold_paragraph
from caseseries.report.figures.slopes import panels
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
    assert [1, 2, 3, 4, 5, 6, 7] == list(points.values) and [5, 10, 15, 20, 25, 30] == list(percent.values)
    other = study.with_threshold("good response", "mmt", at_least="7 points")
    other = other.with_threshold("good response", "cmas", at_least="7 points")
    other = other.with_threshold("good response", "steroid", more_than="20 % of baseline")
    head = other.run(folder / "chart.yaml").summary.outcomes["good response"].answers[0]
    assert (head.yes.exact, head.not_evaluable.exact) == counts.cells[6 * 6 + 3] != counts.cells[counts.primary]


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
        ("{value: mmt, at_most: 75 points}", [50, 55, 60, 65, 70, 75]),
        ("{value: mmt, at_least: 8 points}", [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
        ("{value: mmt, less_than: 2 points}", [1, 2, 3, 4, 5, 6, 7]),
        ("{gain: mmt, more_than: 2 points}", [1, 2, 3, 4, 5, 6, 7]),
        ("{gain: mmt, at_least: 0.5 points}", ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"]),
    ],
)
def test_the_values_are_regular_steps_that_can_be_met_and_missed(rule: str, values: list[int | str]) -> None:
    study = protocol(f"outcomes: {{response: {{at: after, rule: {rule}}}}}")
    grid = threshold_grid(plan(study, "response"))
    assert grid is not None
    assert [Fraction(value) for value in values] == list(grid.axes[0].values)


CMAS = "measures: {cmas: {quantity: endurance, unit: points, range: [0, 52], better: high}}\n"
RULES = [
    "{value: mmt, at_most: 70 points}", "{value: mmt, at_least: 3 points}", "{value: mmt, less_than: 4 points}", "{gain: mmt, more_than: 2 points}",
    "{worsens: mmt, more_than: 10 % of baseline}", "{improves: mmt, at_least: 4 % of range}", "{gain: mmt, at_most: 2 points}",
    "{value: mmt, more_than: 70 points}", "{value: mmt, at_least: 96 % of range}", "{decrease: mmt, more_than: 2 points}",
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_protocol_could_be_written_with_every_value(rule: str) -> None:
    study = protocol(f"outcomes: {{response: {{at: after, rule: {rule}}}}}")
    grid = threshold_grid(plan(study, "response"))
    assert grid is not None
    (axis,) = grid.axes
    before, _, after = rule.rpartition(": ")
    unit = after.partition(" ")[2]
    for value in axis.values:
        protocol(f"outcomes: {{response: {{at: after, rule: {before}: {decimal_text(value)} {unit}}}}}")


@pytest.mark.parametrize(
    ("rule", "most"),
    [("{falls: lung, at_least: 75 % of baseline}", 80), ("{rises: lung, more_than: 450 % of baseline}", 490)],
)
def test_a_percent_is_within_the_range_of_its_measure(rule: str, most: int) -> None:
    lung = "measures: {lung: {quantity: capacity, unit: points, range: [10, 60], better: high}}\n"
    declared = lung + "outcomes: {response: {at: after, rule: %s}}"
    grid = threshold_grid(plan(protocol(declared % rule), "response"))
    assert grid is not None
    (axis,) = grid.axes
    assert max(axis.values) <= most
    before, _, after = rule.rpartition(": ")
    for value in axis.values:
        protocol(declared % f"{before}: {decimal_text(value)} {after.partition(' ')[2]}")


def test_cases_of_unknown_membership_are_told_beside_the_map_and_thresholds_of_one_name_apart() -> None:
    study = protocol(
        CMAS + "outcomes: {response: {at: after, among: {value: cmas, at: baseline, at_least: 10 points}, rule: {any: ["
        "{all: [{patient: {sex: female}}, {value: mmt, at_least: 62 points}]}, {all: [{patient: {sex: male}}, {value: mmt, at_least: 66 points}]}]}}}"
    )
    rows = "".join(f"{n} | cmas | -3:20, 90:22\n" for n in (1, 2)) + ROWS
    summary = analyse(study, chart(rows, study))
    told = threshold_paragraph(summary, "response")
    assert (
        told is not None
        and "Of 2 cases it is not known whether they belong to the denominator; they are not counted." in told.text
    )
    counts = counts_of(summary)["response"]
    assert counts is not None
    assert [
        "Mmt: value of at least (points), as written 62",
        "Mmt: value of at least (points), as written 66",
    ] == axes_words(counts, summary.measures, "after")


def test_the_sentence_counts_the_not_evaluable_beside_every_count() -> None:
    study = protocol("outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}}}")
    told = threshold_paragraph(analyse(study, chart(ROWS, study)), "response")
    assert told is not None
    assert "(up to 1 not evaluable)" in told.text and told.text.endswith(
        "as written (at least 4 points) 2 (1 not evaluable)."
    )


def test_the_medians_of_slopes_are_of_the_denominator_alone() -> None:
    study = protocol(
        CMAS
        + "outcomes: {response: {at: after, among: {value: cmas, at: baseline, at_least: 10 points}, rule: {gain: mmt, at_least: 4 points}}}"
    )
    rows = "".join(f"{n} | cmas | -3:20\n" for n in (1, 2)) + "3 | cmas | -3:5\n" + ROWS
    (panel,) = panels(analyse(study, chart(rows, study)), "response")
    assert {"1": "met", "2": "not met", "3": "outside the denominator", "4": "membership not known"} == {
        pair.case_id: pair.group for pair in panel.pairs
    }
    assert (Fraction(60), Fraction("63.5"), 2) == panel.medians


def test_a_rule_without_a_number_has_no_grid() -> None:
    study = protocol(
        "measures: {better: {judgement: better, since: index date}}\noutcomes: {response: {at: after, rule: {is: better}}}"
    )
    assert threshold_grid(plan(study, "response")) is None
    assert {"response": None} == counts_of(analyse(study, chart("1 | better | 90:1", study)))
