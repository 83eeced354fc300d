"""A comparison of small values is made in 64 bits: the same answers as in wide numbers, and none where a product might pass them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest

from caseseries.assessment.absent import BOUNDS
from caseseries.chart.store import MILLIONTH
from caseseries.engine.connecting import connect
from caseseries.engine.connection import Engine
from caseseries.protocol.tree import Leaf, Slot
from caseseries.protocol.zero_baseline import IfZero
from caseseries.response.leaf_sql import SMALL, UNKNOWN, Known, leaf_sql

BEFORE, AFTER = Slot("m", "baseline"), Slot("m", "month 3")
SLOTS = (BEFORE, AFTER)
BOTH = frozenset({0, 1})
#: In millionths: the ends of what is small, around 0, and what makes a fall of exactly 20 %, and one millionth beside it.
NUMBERS = (None, 1 - SMALL, -7, -1, 0, 1, 8, 10, 8_000_000, 7_999_999, 10_000_000, 40_000_000, SMALL - 1)
CHANGE = Leaf("change", "decrease", AFTER, BEFORE, sign=-1, threshold=Fraction(20), basis="baseline")
LEAVES = {
    "percent of baseline": CHANGE,
    "percent with decimals": replace(CHANGE, threshold=Fraction("33.3333"), comparison="more_than"),
    "percent of baseline, upward": replace(CHANGE, sign=1),
    "little of baseline": replace(CHANGE, comparison="at_most"),
    "less of baseline, upward": replace(CHANGE, sign=1, comparison="less_than"),
    "points": replace(CHANGE, basis="points", threshold=Fraction("0.000001")),
    "points between two millionths": replace(CHANGE, basis="points", threshold=Fraction(1, 3), comparison="at_most"),
    "percent of the range": replace(CHANGE, basis="range", width=Fraction(80), sign=1, comparison="less_than"),
    "a value": Leaf("value", "value", AFTER, threshold=Fraction(8)),
    "a value of the range": Leaf("value", "value", AFTER, threshold=Fraction(5), basis="range", width=Fraction(80), minimum=Fraction(4)),
}  # fmt: skip


def answers(engine: Engine, sql: str, *, wide: bool) -> list[tuple[object, ...]]:
    kind = engine.dialect.wide if wide else "BIGINT"
    den = f", CAST({MILLIONTH} AS {kind}) AS v0_den, CAST({MILLIONTH} AS {kind}) AS v1_den" if wide else ""
    absent = ", ".join(f"CASE WHEN v{place} IS NULL THEN 7 ELSE 0 END AS v{place}_absent" for place in (0, 1))
    values = f"SELECT place, CAST(v0 AS {kind}) AS v0_num, CAST(v1 AS {kind}) AS v1_num, {absent}{den} FROM pairs"
    return engine.rows(f"SELECT place, {sql} FROM ({values}) AS w ORDER BY place")


@pytest.mark.parametrize("bounds", [False, True])
@pytest.mark.parametrize("name", LEAVES)
def test_small_values_are_answered_as_wide_ones(name: str, bounds: bool) -> None:
    leaf = replace(LEAVES[name], bounds=bounds)
    rows = [(place, *pair) for place, pair in enumerate(itertools.product(NUMBERS, repeat=2))]
    with connect() as engine:
        engine.table("pairs", [("place", "INT"), ("v0", "BIGINT"), ("v1", "BIGINT")], rows)
        for if_zero in get_args(IfZero):
            leaf = replace(leaf, if_zero=if_zero)
            small = leaf_sql(leaf, SLOTS, engine.dialect, Known(BOTH, dict.fromkeys((0, 1), frozenset())))
            wide = leaf_sql(leaf, SLOTS, engine.dialect, UNKNOWN)
            assert engine.dialect.wide not in small
            found = answers(engine, small, wide=False)
            assert {True, False, None} == {answer for _, answer in found}
            assert answers(engine, wide, wide=True) == found


def test_what_might_pass_64_bits_is_compared_in_wide_numbers() -> None:
    with connect() as engine:
        for threshold in (Fraction(2**63), Fraction(1, 10**9)):
            leaf = replace(CHANGE, threshold=threshold)
            assert engine.dialect.wide in leaf_sql(leaf, SLOTS, engine.dialect, Known(BOTH))


def test_only_bounds_that_occur_are_thought_of() -> None:
    leaf = replace(CHANGE, bounds=True)
    with connect() as engine:
        lengths = [
            leaf_sql(leaf, SLOTS, engine.dialect, Known(BOTH, {0: codes, 1: codes})).count("WHEN v0_absent")
            for codes in (frozenset[int](), frozenset({20}), frozenset(BOUNDS))
        ]
        assert [1, 4, 25] == lengths
        assert 25 == leaf_sql(leaf, SLOTS, engine.dialect, UNKNOWN).count("WHEN v0_absent")
