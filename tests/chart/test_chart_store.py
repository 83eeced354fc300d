"""The chart as tables of the engine: what fits, how patients are numbered, and rows that a source only counted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.spec.small import chart, protocol
from tests.spec.stages import one_engine

from caseseries.chart.store import Numbers, store
from caseseries.chart.tables import Chart, SourceRow
from caseseries.errors import EngineError

STUDY = protocol("case: {index_date: {first_exposure: mycophenolate mofetil}, per: patient}")
#: The largest whole number of millionths that 64 bits hold.
LARGEST = Fraction(2**63 - 1, 10**6)


def read(rows: str) -> Chart:
    return chart(rows, STUDY)


def with_value(value: Fraction) -> Chart:
    (row,) = (small := read("1 | mmt | 0:5")).measurements
    return replace(small, measurements=(replace(row, value=value),))


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, Fraction(0), Fraction("0.000001"), Fraction(-5, 2)])
def test_a_value_is_kept_exactly(value: Fraction) -> None:
    store(one_engine(), with_value(value))
    assert [(value * 10**6,)] == one_engine().rows("SELECT value FROM measurement")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_value_that_does_not_fit_is_refused_without_being_told(sign: int) -> None:
    with pytest.raises(EngineError, match="too large to be held exactly") as wrong:
        store(one_engine(), with_value(sign * (LARGEST + Fraction(1, 10**6))))
    assert str(2**63) not in str(wrong.value)


@pytest.mark.parametrize(
    "change", [{"amount": LARGEST + 1}, {"per_day": Fraction(2**63)}, {"per_day": Fraction(1, 2**63)}]
)
def test_nor_an_amount_or_a_frequency(change: dict[str, Fraction]) -> None:
    (course,) = (small := read("1 | prednisone | 0.. 5 mg x2")).courses
    with pytest.raises(EngineError):
        store(one_engine(), replace(small, courses=(replace(course, **change),)))


def test_patients_are_numbered_in_the_order_of_their_ids() -> None:
    numbers = store(one_engine(), read("P10 | mmt | 0:5\nb | mmt | 0:5\nP2 | mmt | 0:5"))
    assert (1, 2, 3, None) == tuple(numbers.number_of(name) for name in ("P2", "P10", "b", "P1"))
    assert ["P2", "P10", "b"] == [numbers.patient(number) for number in (1, 2, 3)]
    assert not numbers.observed


@pytest.mark.parametrize(
    ("name", "number"),
    [("7", 7), ("-7", -7), ("0", 0), ("007", None), ("7.0", None), ("", None), ("-", None), ("x", None), ("٧", None),
     (str(2**63 - 1), 2**63 - 1), (str(2**63), None)],
)  # fmt: skip
def test_numbers_that_are_ids(name: str, number: int | None) -> None:
    assert number == Numbers(None, {}, {}, {}).number_of(name)


def test_periods_are_merged_and_their_patients_known() -> None:
    numbers = store(
        one_engine(), read("a | observed | 5..9; 0..3; 4..4; 11..20; 12..13\nb | observed | 0..9\nc | mmt | 0:5")
    )
    assert numbers.observed
    periods = one_engine().rows("SELECT patient, first, last FROM observed ORDER BY patient, first")
    assert [(1, 0, 9), (1, 11, 20), (2, 0, 9)] == periods


def test_rows_that_were_counted_are_in_the_account_beside_those_listed() -> None:
    rows = tuple(
        SourceRow(n, "f", "s", n, "drugs", "", status) for n, status in enumerate(("used", "used", "refused"), 1)
    )
    counted = {"measurement": {"used": 5, "out of scope": 2}, "drugs": {"refused": 1}}
    account = replace(read("1 | mmt | 0:5"), rows=rows, counted=counted).account()
    assert {
        "drugs": {"read": 4, "used": 2, "out of scope": 0, "refused": 2},
        "measurement": {"read": 7, "used": 5, "out of scope": 2, "refused": 0},
    } == account
    assert ["drugs", "measurement"] == list(account)


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("3..9", (3, 3, 9, 9)),
        ("3..", (3, 3, None, None)),
        ("3..?", (3, 3, 3, None)),
        ("3..9~", (3, 3, 9, None)),
        ("3~5..9~12", (3, 5, 9, 12)),
        ("3~5..", (3, 5, None, None)),
    ],
)
def test_a_course_keeps_the_days_on_which_it_may_have_begun_and_ended(
    written: str, ends: tuple[int | None, ...]
) -> None:
    small = read(f"1 | prednisone | {written} 5 mg\n1 | death | 20~24")
    store(one_engine(), small)
    assert [ends] == one_engine().rows("SELECT first_low, first_high, last_low, last_high FROM course")
    (course,), (death,) = small.courses, small.facts
    assert ends == (course.ends.first_low, course.ends.first_high, course.ends.last_low, course.ends.last_high)
    assert (22, 20, 24) == (death.start, death.low, death.high)


def test_drug_rows_that_became_no_course_are_kept_beside_those_that_did() -> None:
    store(one_engine(), read("1 | unread | 3..; ..9\n1 | unread: prednisone | 4..5\n2 | mmt | 0:5"))
    rows = one_engine().rows("SELECT patient, drug, first, last FROM unread_course ORDER BY coalesce(first, 0)")
    assert [(1, None, None, 9), (1, None, 3, None), (1, 1, 4, 5)] == rows
