"""Attributes that a rule asks for: a word that is not there, or nearly the one meant, and a word of sex that may be either, are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.source.clinic_layouts import Book
from tests.source.conftest import PROTOCOL

from caseseries.chart.tables import Chart, Finding
from caseseries.errors import ChartError
from caseseries.protocol.load import parse
from caseseries.source.event_names import denies
from caseseries.source.omop.source import _need_sets

ASKS = "outcomes: {asked: {at: month 3, rule: {patient: %s}}}\n"
ACUTE = "{attribute: course, is: acute}"


def protocol(asks: str) -> str:
    before, _, _ = PROTOCOL.partition("outcomes:")
    return before + ASKS % asks


def chart(folder: Path, words: list[str], asks: str = ACUTE, column: Any = "course", head: str = "course") -> Chart:
    kept = {"sex": column} if head == "sex" else {"attributes": {head: column}}
    rows = [["id", head], *([f"P{place}", word] for place, word in enumerate(words, start=1))]
    patients = {"kind": "patients", "file": "patients.csv", "patient": "id", **kept}
    book = Book({"tables": {"patients": patients}}, {"patients.csv": rows})
    return book.read(folder, parse(protocol(asks)).protocol)


def told(read: Chart, rule: str = "asked attribute") -> list[Finding]:
    return [one for one in read.findings if one.rule == rule]


@pytest.mark.parametrize(("words", "row", "proposal"), [
    (["acute", "acut", "slow"], 3, "acute"),
    (["acute", "acute (2008)"], 3, "acute"),
    (["acute", "sub acute"], 3, "acute"),
    (["acute", "not acute"], 3, ""),
    (["acute", "non-acute"], 3, ""),
    (["acute", "n/a"], 3, ""),
])  # fmt: skip
def test_a_word_nearly_the_one_asked_for_stops_the_run(
    tmp_path: Path, words: list[str], row: int, proposal: str
) -> None:
    (one,) = told(chart(tmp_path, words))
    assert ("error", row, proposal) == (one.severity, one.place.row, one.proposal)
    assert words[row - 2] not in one.message and words[row - 2] == one.value


@pytest.mark.parametrize("words", [["acute", "ACUTE ", "slow", "", "unknown", "none"], ["Acute"]])
def test_other_words_and_the_same_one_are_silent(tmp_path: Path, words: list[str]) -> None:
    assert [] == told(chart(tmp_path, words))


def test_a_word_that_nobody_has_is_told_with_those_that_are_there_and_may_be_declared(tmp_path: Path) -> None:
    (one,) = told(chart(tmp_path, ["slow", "late"]))
    assert ("error", "slow, late") == (one.severity, one.value) and "slow" not in one.message
    assert one.place.column
    words = {"slow": "slow", "late": "late", "A": "acute"}
    assert [] == told(chart(tmp_path, ["slow", "late"], column={"column": "course", "words": words}))


def test_words_of_the_column_say_what_a_word_means(tmp_path: Path) -> None:
    words = {"acut": "acute", "acute": "acute", "sub acute": "sub acute"}
    read = chart(tmp_path, ["acut", "sub acute"], column={"column": "course", "words": words})
    assert [] == told(read)
    assert ["acute", "sub acute"] == [dict(one.attributes)["course"] for one in read.people]


def test_an_attribute_that_no_table_keeps_is_refused_with_what_there_is(tmp_path: Path) -> None:
    (one,) = told(chart(tmp_path, ["acute"], asks="{attribute: cours, is: acute}"))
    assert ("error", "course", "course") == (one.severity, one.allowed, one.proposal)


def test_an_attribute_that_tells_who_a_patient_is_carries_no_rule(tmp_path: Path) -> None:
    (one,) = told(chart(tmp_path, ["acute", "2009-03-14", "acute"]))
    assert "error" == one.severity and "tells who a patient is" in one.message and "2009" not in repr(one)


@pytest.mark.parametrize(("words", "expected"), [
    (["H", "M"], ["H", "M"]),
    (["F", "M"], []),
    (["Mujer", "hombre"], []),
    (["F", "m", "?"], ["?"]),
    (["F", "", "unknown"], []),
])  # fmt: skip
def test_a_word_of_sex_that_rules_cannot_take_is_told(tmp_path: Path, words: list[str], expected: list[str]) -> None:
    found = told(chart(tmp_path, words, "{sex: male}", "sex", "sex"), "asked sex")
    assert expected == [one.value for one in found]
    assert {"warning"} >= {one.severity for one in found}


def test_a_database_keeps_no_attributes() -> None:
    with pytest.raises(ChartError) as stopped:
        _need_sets(parse(protocol(ACUTE)).protocol, [])
    assert any("keeps no attributes" in str(one) and one.found == "course" for one in stopped.value.problems)


def test_a_name_that_denies_is_no_reading() -> None:
    assert [True, False] == [denies(one) for one in ("no flare", "nodular flare")]
