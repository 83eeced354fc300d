"""Counts by key: they add up in any order, and have one text."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.errors import InputError
from caseseries.stats.tally import Key, Tally, in_order

PARTS = st.text(st.characters(), max_size=4) | st.integers(-(10**20), 10**20)
KEYS = st.lists(PARTS, min_size=1, max_size=4).map(tuple)
TALLIES = st.dictionaries(KEYS, st.integers(1, 10**20), max_size=15).map(Tally)


@given(TALLIES)
def test_what_is_written_is_read(tally: Tally) -> None:
    assert tally == Tally.read(tally.lines())
    assert tally == Tally.read(f"{line}\n" for line in tally.lines())
    assert all(line.isascii() and "\n" not in line for line in tally.lines())


@given(TALLIES, TALLIES, TALLIES)
def test_merging_has_no_order_and_no_grouping(one: Tally, other: Tally, third: Tally) -> None:
    assert (one + other) + third == third + (other + one)
    assert list(((one + other) + third).lines()) == list((third + (other + one)).lines())


@given(st.dictionaries(KEYS, st.integers(1, 9), max_size=10), st.randoms())
def test_the_order_of_counting_does_not_show(counts: dict[Key, int], draw: random.Random) -> None:
    singles = [key for key, n in counts.items() for _ in range(n)]
    draw.shuffle(singles)
    tally = Tally()
    for key in singles:
        tally.add(key)
    assert list(Tally(counts).lines()) == list(tally.lines())


@given(st.lists(KEYS, max_size=8))
def test_the_order_of_keys_is_total(keys: list[Key]) -> None:
    ordered = sorted(keys, key=in_order)
    keys.reverse()
    assert ordered == sorted(keys, key=in_order)
    assert all(a == b or in_order(a) < in_order(b) for a, b in pairwise(ordered))


def test_sections_are_ordered_and_end_at_their_prefix() -> None:
    tally = Tally({("a", 10, "x"): 1, ("a", 9): 2, ("a",): 3, ("a", "9"): 4, ("ab", 1): 5})
    assert [((), 3), ((9,), 2), ((10, "x"), 1), (("9",), 4)] == list(tally.section("a"))
    assert [(("x",), 1)] == list(tally.section("a", 10))
    assert (10, 5, 0) == (tally.total("a"), tally.total("ab"), tally.total("b"))


def test_what_was_counted_0_times_was_not_counted() -> None:
    tally = Tally({("a",): 0})
    tally.add(("b",), 0)
    assert (Tally(), []) == (tally, list(tally.lines()))


def test_a_number_is_not_its_text_nor_a_truth() -> None:
    tally = Tally({("a", 1): 1})
    tally.add(("a", "1"))
    assert 2 == len(tally)
    for key, n in ((("a", True), 1), (("a", 1.0), 1), (("a", None), 1), (["a"], 1), (("a",), True), (("a",), 1.0)):
        with pytest.raises(TypeError):
            tally.add(key, n)
    for key, n in (((), 1), (("a",), -1)):
        with pytest.raises(ValueError, match="a key and a count"):
            tally.add(key, n)
    with pytest.raises(TypeError):
        hash(tally)


GOOD = ['["a",1,2]', '["b",3]']


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("", "not a JSON list"), ("{}", "not a list"), ("[]", "not a list"), ("[1]", "not a list"), ('["c"]', "not a list"),
        ('["c",0]', "below 1"), ('["c",-1]', "below 1"), ('["c","1"]', "below 1"), ('["c",1.0]', "not a list"),
        ('["c",true]', "not a list"), ('["c",[1],1]', "not a list"), ('["c", 1]', "not written as"), ('["c",1] ', "not written as"),
        ('["é",1]', "not written as"), ('["c",1e3]', "not a list"), ('["c",NaN]', "not a list"), ('["b",4]', "counted twice"),
        ('["a",1]', "out of order"), ("[" * 100_000, "not a JSON list"), ('["c",' + "9" * 5000 + "]", "not a JSON list"),
    ],
)  # fmt: skip
def test_other_lines_are_refused_with_their_place(line: str, what: str) -> None:
    with pytest.raises(InputError) as refused:
        Tally.read([*GOOD, line], file="range.tally", first_line=10)
    (problem,) = refused.value.problems
    assert what in problem.what
    assert "range.tally:12" in str(refused.value)
    assert not line or line not in str(refused.value), "no count is repeated in a message"


def test_every_wrong_line_is_listed() -> None:
    with pytest.raises(InputError) as refused:
        Tally.read(["x", '["a",1]', "y"])
    assert [1, 3] == [problem.place.line for problem in refused.value.problems]


@pytest.mark.parametrize("wrong", [[(1, 0)], [(1, -1)], [(1, 2), (1, 2)]])
def test_a_table_of_values_counts_each_once_or_more(wrong: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="once"):
        Tally().add_values(("age",), wrong)


@pytest.mark.parametrize("wrong", [[(1.0, 1)], [(True, 1)], [(1, 1.0)], [("1", 1)]])
def test_a_table_of_values_holds_whole_numbers(wrong: list[tuple[int, int]]) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Tally().add_values(("age",), wrong)


def test_values_add_to_what_was_counted() -> None:
    tally = Tally({("age", 40): 1, ("age", "unknown"): 2})
    copied = tally.copy()
    copied.add_values(("age",), [(40, 2), (41, 3)])
    assert copied == Tally({("age", 40): 3, ("age", 41): 3, ("age", "unknown"): 2})
    assert tally == Tally({("age", 40): 1, ("age", "unknown"): 2})


def test_counts_are_read_and_changed_by_their_keys() -> None:
    tally = Tally({("age", 40): 1, ("persons",): 2})
    counts = tally.counts
    assert dict(counts) == {("age", 40): 1, ("persons",): 2}
    assert len(counts) == len(tally) == 2
    assert counts.get(("age", 41)) is None
    assert () not in counts
    counts["sex", "F"] = 5
    del counts["age", 40]
    assert tally == Tally({("persons",): 2, ("sex", "F"): 5})
