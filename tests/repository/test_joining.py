"""What others need to cite the project and to join it: CITATION.cff, the forms of issues, the paper and its bibliography."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import caseseries

#: Of version 1.2.0 of the Citation File Format: every name of the top, and of an author who is a group.
CFF_MUST = {"authors", "cff-version", "message", "title"}
CFF_MAY = {
    *("abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license", "license-url"),
    *(
        "preferred-citation",
        "references",
        "repository",
        "repository-artifact",
        "repository-code",
        "type",
        "url",
        "version",
    ),
}
GROUP_MAY = {
    *("address", "alias", "city", "country", "date-end", "date-start", "email", "fax", "location", "name", "orcid"),
    *("post-code", "region", "tel", "website"),
}
FORMS = ("definition.yml", "refused-chart.yml", "wrong-number.yml")
#: What GitHub knows in a form: kind -> the attributes that one must have.
KINDS = {
    "checkboxes": {"label", "options"},
    "dropdown": {"label", "options"},
    "input": {"label"},
    "markdown": {"value"},
    "textarea": {"label"},
}


def loaded(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_the_citation_is_of_this_version_and_names_what_the_format_knows(project_root: Path) -> None:
    citation = loaded(project_root / "CITATION.cff")
    assert set() == CFF_MUST - citation.keys()
    assert set() == citation.keys() - CFF_MUST - CFF_MAY
    assert ("1.2.0", "software", caseseries.__version__) == tuple(
        citation[name] for name in ("cff-version", "type", "version")
    )
    assert citation["authors"]
    assert set() == {name for author in citation["authors"] if "name" in author for name in author} - GROUP_MAY
    project = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["license"], project["keywords"]) == (citation["license"], citation["keywords"])


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_one_that_can_be_filled_in(name: str, project_root: Path) -> None:
    form = loaded(project_root / ".github/ISSUE_TEMPLATE" / name)
    assert {"name", "description", "title", "labels", "body"} == form.keys()
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    ids = [field["id"] for field in fields]
    assert ids
    assert sorted(set(ids)) == sorted(ids)
    for field in form["body"]:
        assert set() == field.keys() - {"type", "id", "attributes", "validations"}
        assert set() == KINDS[field["type"]] - field["attributes"].keys()
        assert set() == field.get("validations", {}).keys() - {"required"}
        if field["type"] == "dropdown":
            assert all(isinstance(option, str) for option in field["attributes"]["options"])
        if field["type"] == "checkboxes":
            assert all(isinstance(option["label"], str) for option in field["attributes"]["options"])


def test_every_form_is_looked_at(project_root: Path) -> None:
    assert ["config.yml", *FORMS] == sorted(path.name for path in (project_root / ".github/ISSUE_TEMPLATE").iterdir())
    assert {"blank_issues_enabled": True} == loaded(project_root / ".github/ISSUE_TEMPLATE/config.yml")


@pytest.mark.parametrize("name", ["refused-chart.yml", "wrong-number.yml"])
def test_who_shows_rows_says_that_they_are_invented(name: str, project_root: Path) -> None:
    body = loaded(project_root / ".github/ISSUE_TEMPLATE" / name)["body"]
    (box,) = [field for field in body if field["type"] == "checkboxes"]
    assert "invented" in box["attributes"]["options"][0]["label"]
    assert box["attributes"]["options"][0]["required"] is True


def entries(bibliography: str) -> dict[str, dict[str, str]]:
    """The entries of a BibTeX file, with their fields."""
    return {
        key: dict(re.findall(r"^  (\w+) = \{(.*)\},?$", fields, re.MULTILINE))
        for key, fields in re.findall(r"^@\w+\{(\w+),\n(.*?)^\}$", bibliography, re.MULTILINE | re.DOTALL)
    }


def test_the_paper_cites_what_the_repository_rests_on(project_root: Path) -> None:
    """Each entry is cited, and stands with its year, volume and first page in the code, the documentation or an example."""
    bibliography = entries((project_root / "paper/paper.bib").read_text(encoding="utf-8"))
    paper = (project_root / "paper/paper.md").read_text(encoding="utf-8")
    assert bibliography.keys() == set(re.findall(r"@([a-z]+\d{4})\b", paper))
    places = [project_root / "src", project_root / "docs", project_root / "examples"]
    known = "\n".join(
        path.read_text(encoding="utf-8")
        for place in places
        for path in sorted(place.rglob("*"))
        if path.suffix in {".py", ".md", ".yaml"}
    )
    for key, entry in bibliography.items():
        first = re.escape(entry["pages"].partition("-")[0])
        assert re.search(rf"{entry['year']};{entry['volume']}(\(\d+\))?:{first}-", known), key


def test_the_paper_has_the_parts_that_are_asked_for(project_root: Path) -> None:
    text = (project_root / "paper/paper.md").read_text(encoding="utf-8")
    front = YAML(typ="safe").load(text.split("---\n")[1])
    assert {"title", "tags", "authors", "bibliography"} == front.keys()
    headings = re.findall(r"^# (.+)$", text, re.MULTILINE)
    assert {"Summary", "Statement of need", "State of the field", "References"} <= set(headings)
