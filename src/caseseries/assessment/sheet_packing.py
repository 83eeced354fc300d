"""How the choice of a window is packed into one whole number, and read from it.

A packed number holds, from above: the order of the day (how far from the target, or from the edge that `take` names), the value in the
direction of `same_day`, and its censoring. The least of the packed numbers of a window is its choice.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.assessment.absent import CENSOR_CODE
from caseseries.chart.store import Numbers
from caseseries.engine.dialect import Dialect
from caseseries.protocol.window import DAY_TAKES, Window

#: Bits of a packed number: 3 for censoring, 43 for the value and its sign, 17 above them for the order of the day.
VALUE_BITS, ORDER_BITS = 43, 17
CODE_BITS = 3
SHIFT = VALUE_BITS + CODE_BITS
OFFSET = 2 ** (VALUE_BITS - 1)
RANKS = 2**CODE_BITS
BOTH = 2 * RANKS * OFFSET + 4  # a packed value and its mirror, where all values of the day are one

#: What stands in place of a packed number where a row has no value; greater than any.
EMPTY = 2**63 - 1

#: More than the largest number of a measure.
_MEASURE_BITS = 20


def packs(window: Window) -> bool:
    """Whether the choice of a window is one of a day whatever its value, by an order that tells all of its days apart."""
    if window.take not in DAY_TAKES:
        return False
    furthest = max(abs(day - (window.target or 0)) for day in (window.from_, window.to)) + window.to - window.from_
    if 2 * furthest + 2 >= 2**ORDER_BITS:
        return False
    may_tie = window.target is None or window.from_ < window.target < window.to
    return window.take != "nearest" or window.tie in {"earlier", "later"} or not may_tie


def inside(window: Window) -> str:
    """SQL for whether the day ``rel`` lies in a window."""
    return f"rel BETWEEN {window.from_} AND {window.to}"


def order(window: Window) -> str:
    """SQL for the place of the day ``rel`` among the days of a window, the one to be taken first; never negative."""
    if window.take == "first":
        return f"(rel - ({window.from_}))"
    if window.take == "last":
        return f"({window.to} - rel)"
    target = window.target or 0
    second = f"rel < {target}" if window.tie == "later" else f"rel > {target}"
    return f"(2 * abs(rel - ({target})) + CASE WHEN {second} THEN 1 ELSE 0 END)"


def day_of(window: Window, order: str, dialect: Dialect) -> str:
    """SQL for the day that an order of the window stands for."""
    if window.take == "first":
        return f"({window.from_} + {order})"
    if window.take == "last":
        return f"({window.to} - {order})"
    odd, even = ("-", "+") if window.tie == "later" else ("+", "-")
    target, half = window.target or 0, dialect.shift(order, 1)
    return f"(CASE WHEN mod({order}, 2) = 1 THEN {target} {odd} {half} ELSE {target} {even} {half} END)"


def order_of(packed: str, dialect: Dialect) -> str:
    """SQL for the order of the day in a packed number."""
    return dialect.shift(packed, SHIFT)


def place(case: str, measure: str) -> str:
    """SQL for one number of case and measure: grouping by one number is faster than by two."""
    return f"(CAST({case} AS BIGINT) * {2**_MEASURE_BITS} + {measure})"


def case_of(place: str, dialect: Dialect) -> str:
    """SQL for the case in a number that :func:`place` made."""
    return dialect.shift(place, _MEASURE_BITS)


def measure_of(place: str) -> str:
    """SQL for the measure in a number that :func:`place` made."""
    return f"({place} & {2**_MEASURE_BITS - 1})"


def near(numbers: Numbers, windows: Sequence[Window], used: Sequence[int]) -> str:
    """The query of the rows of these measures near any of the windows, and in the index period: place, measure, value, rel, code of censoring."""
    seen = " AND m.day BETWEEN k.observed_first AND k.observed_last" if numbers.observed else ""
    low, high = min(window.from_ for window in windows), max(window.to for window in windows)
    return f"""
            SELECT {place("k.case_no", "m.measure")} AS place, m.measure, m.value, m.day - k.index_day AS rel,
                {CENSOR_CODE} AS code
            FROM measurement AS m JOIN included_case AS k ON k.patient = m.patient
            WHERE m.measure IN ({", ".join(map(str, used))}) AND m.day - k.index_day BETWEEN {low} AND {high}{seen}"""
