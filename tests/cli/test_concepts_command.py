"""`caseseries concepts`: what is printed of a search in a database's vocabulary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caseseries.cli.main import main
from caseseries.invent import write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def omop(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("invented")
    write(folder / "cdm", patients=50)
    path = folder / "omop.yaml"
    path.write_text('omop: {cdm: "5.4", from: {parquet: cdm}, invented: yes}\n', encoding="utf-8")
    return str(path)


def test_concepts_are_listed_with_their_lines(omop: str, capsys: Capture) -> None:
    assert 0 == main(["concepts", "creatine", "KINASE", omop])
    printed = capsys.readouterr()
    assert (
        "  3007220  Creatine kinase [Enzymatic activity/volume] in Serum or Plasma: Measurement, LOINC" in printed.out
    )
    block = printed.out.split("\nconcepts:\n")[1]
    assert '  "Creatine kinase [Enzymatic activity/volume] in Serum or Plasma": {ids: [3007220]}\n' == block
    assert "put the protocol's own name before each colon" in printed.err
    assert "The table concept_synonym is missing: synonyms were not looked at." in printed.err


def test_a_search_as_json(omop: str, capsys: Capture) -> None:
    assert 0 == main(["concepts", "1125315", omop, "--json", "--smallest", "1"])
    told = json.loads(capsys.readouterr().out)
    (one,) = told["concepts"]
    assert (True, 0, 1125315, "standard", "Drug", []) == (
        told["ok"], told["more"], one["id"], one["standing"], one["domain"], one["maps_to"],
    )  # fmt: skip
    assert one["line"].endswith(": {ids: [1125315]}")
    assert {"table", "rows", "persons"} == set(one["in_this_database"][0])


def test_a_bounded_list_says_how_many_more(omop: str, capsys: Capture) -> None:
    assert 0 == main(["concepts", "tablet", omop, "--most", "2", "--domain", "DRUG", "-q"])
    printed = capsys.readouterr()
    assert 2 == printed.out.split("\nconcepts:\n")[1].count("\n")
    assert " more match; --most shows more" in printed.out
    assert "" == printed.err


def test_few_persons_are_not_told(omop: str, capsys: Capture) -> None:
    """Of any 1 to 49 persons fewer than 50 are told, and no number else."""
    assert 0 == main(["concepts", "creatine kinase", omop, "--smallest", "51"])
    printed = capsys.readouterr().out
    assert "measurement: fewer than 51 persons" in printed
    assert " rows of " not in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["creatine kinaes"], "Near it: kinase."),
        (["qqqqq"], "Try fewer or other words, a code, or an id."),
        (["creatine kinase", "--domain", "drug"], "Concepts of these domains do: Measurement."),
    ],
)
def test_nothing_found(omop: str, capsys: Capture, words: list[str], said: str) -> None:
    assert 1 == main(["concepts", words[0], omop, *words[1:]])
    assert said in capsys.readouterr().err


def test_a_database_without_a_vocabulary(omop: str, capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    path = tmp_path / "omop.yaml"
    path.write_text('omop: {cdm: "5.4", from: {csv: .}}\n', encoding="utf-8")
    assert 1 == main(["concepts", "aspirin", str(path)])
    said = capsys.readouterr().err
    assert "the database has no vocabulary: the table concept is missing" in said
    assert "omop.yaml:1" in said
