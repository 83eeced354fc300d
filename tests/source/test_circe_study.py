"""A study in a database with a cohort of ATLAS and with a list of patients, against plain SQL on GiBleed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from caseseries.errors import CaseSeriesError, ProtocolError
from caseseries.source.omop import open_omop, opened_omop
from caseseries.study import Results, Study

#: Women in the year of their 40th birthday or later who take celecoxib for the first time; the entry lasts ten days.
WOMEN = {
    "ConceptSets": [
        {"id": 0, "expression": {"items": [{"concept": {"CONCEPT_ID": 1118084}, "includeDescendants": True}]}},
        {"id": 1, "expression": {"items": [{"concept": {"CONCEPT_ID": 999999999}}]}},
    ],
    "PrimaryCriteria": {
        "CriteriaList": [{"DrugExposure": {"CodesetId": 0, "First": True}}],
        "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "InclusionRules": [
        {
            "name": "women of 40",
            "expression": {
                "Type": "ALL",
                "DemographicCriteriaList": [{"Age": {"Value": 40, "Op": "gte"}, "Gender": [{"CONCEPT_ID": 8532}]}],
            },
        }
    ],
    "EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": 10}},
}

EXPECTED = """
SELECT d.person_id FROM (SELECT person_id, min(drug_exposure_start_date) AS day FROM '{0}/drug_exposure.parquet'
WHERE drug_concept_id = 1118084 GROUP BY 1) AS d JOIN '{0}/person.parquet' USING (person_id)
JOIN '{0}/observation_period.parquet' AS o ON o.person_id = d.person_id AND day BETWEEN observation_period_start_date AND observation_period_end_date
WHERE year(day) - year_of_birth >= 40 AND gender_concept_id = 8532
"""


@pytest.fixture
def folder(project_root: Path, shared_data: Path, tmp_path: Path) -> Path:
    example = project_root / "examples" / "omop-celecoxib"
    (tmp_path / "protocol.yaml").write_text((example / "protocol.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    described = (example / "omop.yaml").read_text(encoding="utf-8").replace("../../../shared/data", str(shared_data))
    (tmp_path / "omop.yaml").write_text(described, encoding="utf-8")
    (tmp_path / "women.json").write_text(json.dumps(WOMEN), encoding="utf-8")
    return tmp_path


def with_line(folder: Path, line: str) -> Study:
    path = folder / "protocol.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("include:\n", f"include:\n  - {line}\n"), encoding="utf-8")
    return Study.load(path)


def ids(results: Results) -> set[str]:
    return {case.patient for case in results.summary.shown.included}


def test_a_cohort_of_atlas(folder: Path, shared_data: Path) -> None:
    results = with_line(folder, "{cohort: women.json, at: index date}").run(folder / "omop.yaml")
    expected = duckdb.connect().execute(EXPECTED.format(shared_data / "omop-gibleed")).fetchall()
    assert {str(person) for (person,) in expected} == ids(results)
    assert 0 < len(expected) < 1800
    reasons = {case.failed_criterion for case in results.summary.shown.rows if case.status == "excluded"}
    assert "In the cohort women.json on the index date" in reasons
    told = [finding.message for finding in results.summary.findings if finding.rule == "cohort"]
    assert told == [
        "women.json: The concept set 1 of the cohort finds no concept in this database, so that its criteria meet no record."
    ]
    assert "women.json" in results.chart.inputs


def test_a_list_of_persons(folder: Path, shared_data: Path) -> None:
    rows = duckdb.connect().execute(EXPECTED.format(shared_data / "omop-gibleed")).fetchall()
    listed = sorted(str(person) for (person,) in rows)[:7]
    (folder / "ids.csv").write_text("\n".join(["person_id", *listed, "-5", "x7"]) + "\n", encoding="utf-8")
    results = with_line(folder, "{patients_file: ids.csv, reason: known to the registry}").run(folder / "omop.yaml")
    assert set(listed) == ids(results)
    told = {one.message for one in results.summary.findings if one.rule == "listed patients that are not there"}
    assert told == {
        "ids.csv: 1 id of the list is nobody's in this database",
        "ids.csv: 1 id of the list is no person_id",
    }


def test_entries_are_made_for_each_range_of_patients(folder: Path) -> None:
    """The facts of two ranges are those of all patients."""
    protocol = with_line(folder, "{cohort: women.json, at: index date}").protocol
    count = "SELECT patient, day, last FROM fact WHERE kind = 'cohort' ORDER BY patient, day, last"
    with opened_omop(folder / "omop.yaml") as opened:
        source = open_omop(opened, protocol)
        source.history()
        every = opened.engine.rows(count)
        source.history(high=2000)
        low = opened.engine.rows(count)
        source.history(low=2001)
        assert every == [*low, *opened.engine.rows(count)]
    assert 0 < len(low) < len(every)
    assert all(0 <= last - first <= 10 for _, first, last in every)


def test_a_cohort_needs_columns_with_types(folder: Path, shared_data: Path) -> None:
    text = (folder / "omop.yaml").read_text(encoding="utf-8")
    csv = text.replace(f"parquet: {shared_data}/omop-gibleed", f"csv: {shared_data}/omop-mimic-demo-partial")
    (folder / "omop.yaml").write_text(csv, encoding="utf-8")
    study = with_line(folder, "{cohort: women.json, at: index date}")
    with pytest.raises(ProtocolError, match="CSV files have none"):
        study.run(folder / "omop.yaml")


def test_a_definition_that_is_not_read_stops_the_run(folder: Path) -> None:
    (folder / "women.json").write_text(json.dumps({**WOMEN, "Inclusionrules": []}), encoding="utf-8")
    study = with_line(folder, "{cohort: women.json, at: index date}")
    with pytest.raises(CaseSeriesError, match="`Inclusionrules` is not read"):
        study.run(folder / "omop.yaml")
