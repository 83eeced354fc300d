"""The pages of docs/rules and docs/definitions: as the specs print them now, whole, and linked to places that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.spec.small import BASE
from tests.spec.spec_file import CONCEPTS, PUBLISHED
from tools.manual.__main__ import out_of_date
from tools.manual.markdown import prose
from tools.manual.pages import GROUPS
from tools.manual.spec_text import SpecText, spec_text

from caseseries.protocol import yaml
from caseseries.protocol.schema import protocol_schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def test_the_pages_are_up_to_date() -> None:
    assert not [path.as_posix() for path in out_of_date()], (
        "`python -m tools.manual` (make manual) prints them anew: commit them"
    )


@pytest.fixture(scope="module")
def specs() -> list[SpecText]:
    return [spec_text(path) for path in (*PUBLISHED, *CONCEPTS)]


def test_what_a_page_prints_can_be_copied_into_a_protocol(specs: list[SpecText]) -> None:
    """The program reads each block as it stands: no anchors, no aliases, nothing that a test alone understands."""
    for spec in specs:
        printed = yaml.read(spec.protocol()).data
        assert printed == spec.written["protocol"], spec.name


def test_every_patient_of_a_concept_is_explained(specs: list[SpecText]) -> None:
    for spec in specs:
        if spec.path in CONCEPTS:
            assert spec.written["group"] in GROUPS
            assert set(spec.written["expected"]) == set(spec.remarks), spec.name
            patients = {line.partition("|")[0].strip() for line in spec.written["chart"].splitlines()}
            assert len(patients - {"", "-"}) >= 3, spec.name
            assert spec.written["missing"] and spec.written["exactly"], spec.name
            assert len(re.findall(r"[.:?](?:\s|$)", spec.written["manual"])) >= 3, spec.name


def test_a_line_of_prose_begins_no_list() -> None:
    long = "x" * 117
    for sign in ("-", ">", "+", "1."):
        assert f"{long} {sign} y" == prose(f"{long} {sign} y")
    assert f"{long}\ny" == prose(f"{long} y")
    assert f"- {long[2:]}\n  yy\n- z" == prose(f"- {long[2:]} yy\n- z")


#: What the reference page tells in a table: the study's own names, databases, safety, and lists of patients.
REFERENCE_ALONE = {
    *("invented", "citation", "authors_knew", "period", "data_cutoff", "case_finding", "sources", "consecutive"),
    *("amendments", "date", "what", "reason", "p_values", "level", "count", "pending", "prior_groups", "drug_groups"),
    *("equivalences", "aliases", "concepts", "ids", "descendants", "codes", "units", "no_unit", "table"),
    *("patients", "patients_file", "cohort", "sha256", "observed_before", "grading", "ascertainment", "monitored"),
    *("exposure", "dose"),
    *("measure", "report", "above"),
}


def names_in(data: Any) -> set[str]:
    """Every name of every mapping in it."""
    if isinstance(data, dict):
        return set(data) | {name for value in data.values() for name in names_in(value)}
    return {name for value in data for name in names_in(value)} if isinstance(data, list) else set()


def test_every_word_of_the_protocol_has_a_page(specs: list[SpecText]) -> None:
    """A new word is used in the protocol of a concept, or named there in `backticks`; else a file in tests/spec/concepts is missing."""
    schema = protocol_schema()
    words = {name for model in schema["$defs"].values() for name in model.get("properties", {})} | {
        *schema["properties"]
    }
    concepts = [spec for spec in specs if spec.path in CONCEPTS]
    shown = {name for spec in concepts for name in names_in(spec.written["protocol"])} | names_in(yaml.read(BASE).data)
    shown |= {
        word for spec in concepts for code in re.findall(r"`([^`]+)`", spec.text) for word in re.findall(r"\w+", code)
    }
    assert set() == words - shown - REFERENCE_ALONE
