"""Every candidate row and why it was passed over, as `explain` tells it: the rows not passed over are those from which the stages took the value."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction

import pytest
from tests.spec.small import chart, protocol
from tests.spec.stages import one_engine

from caseseries.assessment import assess
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.protocol.extremes import extreme_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference import oracle
from caseseries.response import answer_criteria, answer_questions, respond
from caseseries.verdict import passed_over

ROWS = """
    1 | mmt | -40:60, -5:62, 60:70, 85:72, 95:73, 95:73, 120:75
    2 | mmt | -10:50, -3:51, -3:52, 85:58, 95:58
    3 | mmt | -20:55, 0:56, 85:60, 85:61, 95:60
    4 | mmt | -30:66, 100:ND
    5 | mmt | -3:40, 88:50, 92:54, 92:<54
    6 | mmt | -3:44, 45~47@46:50, 90:60
    7 | mmt | -3:44, 95:60, 85:70
"""


def study(components: str, take: str, tie: str, same_day: str) -> Protocol:
    rules = (
        f"take: {take}, components: {components}"
        + (f", tie: {tie}" if tie else "")
        + (f", same_day: {same_day}" if same_day else "")
    )
    return protocol(f"""
partial_dates: bounds
windows:
  baseline: {{from: -90 days, to: 0 days, take: last, same_day: {same_day or "highest"}}}
  after: {{from: 46 days, to: 134 days, target: 90 days, {rules}}}
""")


# The whole product takes half a minute and is marked slow; its corners run in every check.
CORNERS = [
    ("same visit", "nearest", "", ""),
    ("same visit", "nearest", "earlier", "worst"),
    ("same visit", "last", "", "mean"),
    ("nearest each", "nearest", "", ""),
    ("nearest each", "nearest", "better", "not evaluable"),
    ("nearest each", "nearest", "worse", "best"),
    ("nearest each", "nearest", "mean", "mean"),
    ("nearest each", "best", "later", ""),
    ("nearest each", "lowest", "", "lowest"),
    ("nearest each", "mean", "", "not evaluable"),
]
VISITS = itertools.product(
    ["same visit"], ["nearest", "last", "first"], ["", "earlier", "later"], ["", "worst", "mean"]
)
EACH = itertools.product(
    ["nearest each"],
    ["nearest", "last", "first", "best", "lowest", "mean"],
    ["", "earlier", "later", "better", "worse", "mean"],
    ["", "best", "lowest", "mean", "not evaluable"],
)


@pytest.mark.parametrize(
    ("components", "take", "tie", "same_day"),
    [*CORNERS, *(pytest.param(*rules, marks=pytest.mark.slow) for rules in (*VISITS, *EACH) if rules not in CORNERS)],
)
def test_the_stages_take_the_rows_that_are_not_passed_over(components: str, take: str, tie: str, same_day: str) -> None:
    declared = study(components, take, tie, same_day)
    assert rows_used_agree(declared, chart(ROWS, declared)) > 20


def rows_used_agree(declared: Protocol, table: Chart) -> int:
    """Hold the rows that the reference does not pass over to the values, days and records of the stages; how many rows there were."""
    engine, looked_at = one_engine(), 0
    cohort = select(engine, declared, table, answer_criteria)
    cases = {case.case_id: case for case in oracle.cases(declared, table)}
    for name in declared.verdicts:
        outcome = plan(declared, name)
        answer_questions(engine, declared, cohort.numbers, outcome, dated=table.dated)
        found = respond(engine, declared, cohort, assess(engine, declared, cohort, outcome))
        for verdict in found[0]:
            for quantity in verdict.quantities:
                if extreme_of(quantity.slot.window):
                    continue  # of a nadir or a peak the reference lists no rows that were passed over
                rows = oracle.candidates(
                    declared, table, cases[verdict.case_id], outcome, outcome.primary, quantity.slot
                )
                used = [one for one in rows if one.lost == passed_over.CHOSEN]
                looked_at += len(rows)
                if quantity.absent not in {"", "censored", "no weight"}:
                    assert used == [], quantity
                elif quantity.record is not None:
                    assert [(quantity.record, quantity.day)] == [(one.record, one.day) for one in used]
                elif rows and quantity.absent == "" and quantity.slot.measure not in declared.doses:
                    values = [mean(day) for _, day in itertools.groupby(used, key=lambda one: one.day)]
                    if outcome.primary.windows[quantity.slot.window].take == "sum":  # its blank days may be days of 0
                        assert quantity.value == sum(values, Fraction(0))
                    else:
                        assert used and quantity.value == sum(values, Fraction(0)) / len(values)
    return looked_at


def mean(rows: Iterable[oracle.Candidate]) -> Fraction:
    values = [one.value for one in rows]
    return sum(values, Fraction(0)) / len(values)


def test_the_first_child_read_by_eye() -> None:
    declared = study("nearest each", "nearest", "later", "")
    table = chart(ROWS, declared)
    outcome = plan(declared, "response")
    (slot,) = (one for one in outcome.slots if one.window == "after")
    first = next(case for case in oracle.cases(declared, table) if case.case_id == "1")
    told = [(one.day, one.lost) for one in oracle.candidates(declared, table, first, outcome, outcome.primary, slot)]
    assert [
        (60, passed_over.FURTHER),
        (85, passed_over.TIE_EARLIER),
        (95, passed_over.CHOSEN),
        (95, passed_over.IDENTICAL),
        (120, passed_over.FURTHER),
    ] == told
