"""Every candidate row and why it was passed over: the stages against the reference, and one chart read by eye."""

from __future__ import annotations

import itertools

import pytest
from tests.spec.small import chart, protocol
from tests.spec.stages import one_engine

from caseseries.assessment import assess, candidates
from caseseries.cohort import select
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.reference import oracle
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
def test_the_stages_pass_over_the_same_rows_for_the_same_reasons(
    components: str, take: str, tie: str, same_day: str
) -> None:
    declared = study(components, take, tie, same_day)
    table = chart(ROWS, declared)
    outcome = plan(declared, "response")
    engine = one_engine()
    cohort = select(engine, declared, table)
    compiled = assess(engine, declared, cohort, outcome).compiled
    found = {
        (one.case_id, one.slot, one.record): (one.day, one.value, one.censor, one.lost)
        for one in candidates(engine, declared, cohort, compiled, outcome.primary)
    }
    expected = {
        (case.case_id, slot, one.record): (one.day, one.value, one.censor, one.lost)
        for case in oracle.cases(declared, table)
        for slot in outcome.slots
        for one in oracle.candidates(declared, table, case, outcome, outcome.primary, slot)
    }
    assert expected == found
    assert len(expected) > 20


def test_the_first_child_read_by_eye() -> None:
    declared = study("nearest each", "nearest", "later", "")
    table = chart(ROWS, declared)
    outcome = plan(declared, "response")
    engine = one_engine()
    cohort = select(engine, declared, table)
    compiled = assess(engine, declared, cohort, outcome).compiled
    told = [
        (one.day, one.lost)
        for one in candidates(engine, declared, cohort, compiled, outcome.primary)
        if one.case_id == "1" and one.slot.window == "after"
    ]
    assert [
        (60, passed_over.FURTHER),
        (85, passed_over.TIE_EARLIER),
        (95, passed_over.CHOSEN),
        (95, passed_over.IDENTICAL),
        (120, passed_over.FURTHER),
    ] == told
