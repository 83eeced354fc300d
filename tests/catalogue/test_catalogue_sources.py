"""Every number says where it comes from; what was not read says so and can be replaced."""

import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest

import caseseries.catalogue as catalogue
from caseseries.catalogue import Reliability, Source, constant, constants, criteria, entries, instrument, instruments
from caseseries.catalogue.raw import exact
from caseseries.errors import Defect

DATA = Path(catalogue.__file__).with_name("data")
FILES = sorted(DATA.glob("*.toml"))
KEYED_LISTS = (
    "instrument",
    "drug",
    "class",
    "equivalent",
    "constant",
    "route",
    "schedule",
    "criterion",
    "term",
    "same_drug",
    "pulse",
)


def test_every_data_file_is_there() -> None:
    names = "concepts constants criteria ctcae drugs frequencies glucocorticoids instruments literature routes sources"
    assert names.split() == [file.stem for file in FILES]


def test_every_entry_has_a_source_and_a_reliability() -> None:
    listed = entries()
    assert len(listed) > 150
    for entry in listed:
        assert entry.source.text, entry.key
        assert entry.source.reliability in get_args(Reliability), entry.key
        assert entry.says, entry.key


def test_every_raw_entry_names_its_source_or_its_file_has_a_default() -> None:
    for file in FILES:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for name in KEYED_LISTS:
            for entry in content.get(name, ()):
                cited = "source" in entry or "plausible" in entry or "defaults" in content
                assert cited, (file.name, entry)


def sources(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "source":
                yield value
            yield from sources(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from sources(value)


def test_cited_sources_exist_and_all_are_cited() -> None:
    known = set(tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8")))
    used = {"assumption"}  # also what `plausible` stands for
    for file in FILES:
        if file.stem != "sources":
            for words in sources(tomllib.loads(file.read_text(encoding="utf-8"))):
                used.add(words.partition(" [")[0])
    assert known == used


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_number_is_a_binary_float(file: Path) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(f"{file.name}: write {text} in quotes")

    tomllib.loads(file.read_text(encoding="utf-8"), parse_float=refuse)


def test_a_float_is_refused_where_an_exact_number_is_wanted() -> None:
    with pytest.raises(Defect, match="not exact"):
        exact(0.1)


def test_numbers_inside_an_instrument_have_their_own_source() -> None:
    for entry in instruments():
        parts = (*entry.units, *entry.mids, *entry.cuts, *entry.notes, *entry.loinc)
        assert all(part.source.text for part in parts), entry.key


@pytest.mark.parametrize(
    ("mark", "recalled"),
    [
        ("read", False),
        ("derived", False),
        ("declared by the study", False),
        ("read weak", True),
        ("recalled H", True),
        ("recalled M", True),
        ("recalled L", True),
        ("assumption", True),
    ],
)
def test_recalled_facts_are_flagged(mark: Reliability, recalled: bool) -> None:
    assert Source("", "", mark).recalled is recalled


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("MMT8", "read"),
        ("MMT8 bilateral", "recalled H"),
        ("MMT26", "recalled H"),
        ("CMAS", "read"),
        ("DASmod", "read weak"),
        ("extramuscular VAS", "recalled H"),
        ("CAT", "read"),
        ("CAT activity", "recalled H"),
        ("CAT-BM activity", "recalled M"),
        ("CDASI damage", "recalled H"),
        ("BILAG", "recalled M"),
        ("CK", "assumption"),
        ("weight", "assumption"),
        ("DAS28", "assumption"),
        ("DAS28-CRP", "assumption"),
        ("lupus PGA", "recalled H"),
    ],
)
def test_ranges_carry_the_mark_of_the_fact_sheet(name: str, mark: str) -> None:
    assert instrument(name).source.reliability == mark


def test_every_plausible_limit_is_marked_as_an_assumption() -> None:
    marked = {entry.source.reliability for entry in instruments() if entry.limits == "plausible"}
    assert marked == {"assumption"}


def test_every_recalled_limit_has_a_name_and_gives_way_to_the_study() -> None:
    names = {number.key for number in constants()}
    for entry in instruments():
        if entry.source.recalled and entry.maximum is not None:
            name = f"maximum of {entry.key}"
            assert name in names
            assert instrument(entry.key, {name: Fraction(7)}).maximum == Fraction(7)


def test_a_declared_number_says_what_it_replaced() -> None:
    declared = constant("pulse threshold", {"pulse threshold": Fraction(500)})
    assert declared.value == Fraction(500)
    assert declared.source.reliability == "declared by the study"
    assert "Buttgereit" in declared.source.text


def leaves(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict) or hasattr(tree, "items"):
        for key, value in tree.items():
            if hasattr(value, "items") or isinstance(value, tuple):
                yield from leaves(value)
            else:
                yield key, value
    elif isinstance(tree, tuple):
        for value in tree:
            yield from leaves(value)


def test_constants_named_in_criteria_exist_and_recalled_criteria_hold_no_number_of_their_own() -> None:
    numeric = ("at_least", "at_most", "more_than", "less_than", "equals", "months")
    for entry in criteria():
        ranges = tuple(measure.range for measure in entry.measures)
        for key, value in leaves((entry.rule, *ranges)):
            if key == "constant":
                assert constant(value).key == value
            elif key in numeric and not str(value).startswith("{"):
                assert not entry.source.recalled, (entry.key, value)


@pytest.mark.parametrize(
    "name",
    [
        "TIS range of CK",
        "TIS range of aldolase",
        "PRINTO worsening limit",
        "pulse threshold",
        "usual pulse by weight",
    ],
)
def test_open_points_of_the_fact_sheet_are_named_and_recalled(name: str) -> None:
    assert constant(name).source.recalled
