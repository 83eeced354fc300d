"""Words of attributes that would be counted as what they are not: codes for missing values, and words among numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.source.clinic_layouts import Book

CODE = "a word that is often a code for a missing value is counted as a value"
AMONG_NUMBERS = "not a number as the others of its column are, so that the numbers are not described"
NOT_KNOWN = "a word that says that it is not known, or was not recorded, is taken as blank"
CODES = "whole numbers of few kinds are described by mean and median: are they codes?"


def told(folder: Path, words: list[str], missing: str = "") -> list[tuple[str, int | None]]:
    column = {"column": "kept", **({"missing": {missing: "not asked"}} if missing else {})}
    patients = {"kind": "patients", "file": "patients.csv", "patient": "id", "attributes": {"kept": column}}
    rows = [["id", "kept"], *([f"P{place}", word] for place, word in enumerate(words, start=1))]
    chart = Book({"tables": {"patients": patients}}, {"patients.csv": rows}).read(folder)
    return [(one.message, one.place.row) for one in chart.findings if one.rule == "attribute"]


@pytest.mark.parametrize(("words", "expected"), [
    (["neg", "pos", "n/a", "neg"], [(CODE, 4)]),
    (["neg", "pos", "unknown", "none", "-"], []),
    (["neg", "not known", "pos", "unbekannt"], [(NOT_KNOWN, 3), (NOT_KNOWN, 5)]),
    (["120", "300.5", "non renseigné", "80"], [(NOT_KNOWN, 4)]),
    (["120", "300.5", "n/a", "80"], [(CODE, 4)]),
    (["120", "300.5", "high", "80"], [(AMONG_NUMBERS, 4)]),
    (["120", "300.5", "<5", "80"], [(AMONG_NUMBERS, 4)]),
    (["1.5", "2,5", "80"], [(AMONG_NUMBERS, 2)]),
    (["acute", "slow", "acute", "3"], []),
    (["1", "2", "1", "3", "1", "2", "2"], [(CODES, 2)]),
    (["1", "2", "1", "3", "1", "2", "12"], []),
    (["0", "1", "1", "0", "1", "1", "1"], []),
])  # fmt: skip
def test_words_that_are_told(tmp_path: Path, words: list[str], expected: list[tuple[str, int]]) -> None:
    assert expected == told(tmp_path, words)


def test_a_code_that_is_declared_is_no_word(tmp_path: Path) -> None:
    assert [] == told(tmp_path, ["120", "300.5", "n/a", "80"], missing="n/a")
