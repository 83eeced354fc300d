"""Attributes of the patients in Table 1: numbers described, words counted, free text listed only."""

from __future__ import annotations

from fractions import Fraction

from caseseries.stats.tally import Tally
from caseseries.summary.attributes import attribute_results
from caseseries.summary.result import Result
from caseseries.summary.tally_reader import TallyReader


def results(*words: str) -> dict[str, Result]:
    tally = Tally()
    for word in words:
        tally.add(("attribute", 0, "onset", word))
    found = attribute_results(TallyReader(tally), len(words), Fraction(95, 100))
    return {one.id.removeprefix("table1/attribute/onset/"): one for one in found}


def test_words_are_counted_of_those_of_whom_they_are_known() -> None:
    found = results("acute", "acute", "", "slow", "acute")
    assert {"acute": (3, 4), "slow": (1, 4), "unknown": (1, 5)} == {
        name: (one.n, one.total) for name, one in found.items()
    }


def test_numbers_are_described_and_bounds_are_words() -> None:
    found = results("2", "4", "9", "")
    assert (5.0, 4.0, 1) == (found["mean"].estimate, found["median"].estimate, found["unknown"].n)
    assert {"<5", "7", "unknown"} == set(results("<5", "7", "<5", "7", ""))


def test_no_and_yes_as_0_and_1_are_no_numbers() -> None:
    assert {"0": (1, 3), "1": (2, 3)} == {name: (one.n, one.total) for name, one in results("0", "1", "1").items()}


def test_a_word_for_unknown_is_no_level_and_a_number_in_two_ways_is_none() -> None:
    assert {"acute": (2, 2), "unknown": (2, 4)} == {
        name: (one.n, one.total) for name, one in results("acute", "Unknown", "", "acute").items()
    }
    assert {"1,200": 2, "900": 2} == {name: one.n for name, one in results("1,200", "900", "900", "1,200").items()}
    assert {"mean (as written)", "slow"} == set(results("mean", "mean", "slow", "slow"))


def test_a_level_is_called_as_it_is_written() -> None:
    """Its id has no slash of its own, its label has the word."""
    found = results("Ro/La", "Ro/La", "none", "mean", "mean", "mean")
    assert {"Ro or La", "none", "mean (as written)"} == set(found)
    assert {"onset Ro/La", "onset none", "onset mean (as written)"} == {one.label for one in found.values()}
    assert ["onset 120/80"] == [one.label for one in results("120/80", "120/80").values()]


def test_free_text_has_no_numbers() -> None:
    assert {} == results("fever since spring", "rash", "limp", "fatigue", "cough", "weak")
    assert {} == results("", "")
