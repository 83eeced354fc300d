"""The same cohort definitions on DuckDB, Postgres and Spark: the same entries, from tables that can only be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from caseseries.engine import Engine, connect
from caseseries.engine.connecting import connect_postgres
from caseseries.source.circe import keep_entries
from caseseries.source.circe_words import cohort_definition

TABLES = ("concept", "concept_ancestor", "condition_occurrence", "drug_exposure", "observation_period", "person")
#: One person in nine, so that a server has its copy soon.
SOME = "WHERE person_id % 9 = 0"


def concept_set(number: int, concept: int) -> dict[str, Any]:
    return {"id": number, "expression": {"items": [{"concept": {"CONCEPT_ID": concept}, "includeDescendants": True}]}}


def definition(**further: Any) -> dict[str, Any]:
    bounds = {"Start": {"Days": 0, "Coeff": -1}, "End": {"Days": 90, "Coeff": 1}}
    counted = {
        "Criteria": {"ConditionOccurrence": {"CodesetId": 1}},
        "StartWindow": bounds,
        "Occurrence": {"Type": 2, "Count": 1},
    }
    older = {"Age": {"Value": 35, "Op": "gte"}}
    rules = {"Type": "ANY", "CriteriaList": [counted], "DemographicCriteriaList": [older]}
    return {
        "ConceptSets": [concept_set(0, 1118084), concept_set(1, 192671), concept_set(2, 1125315)],
        "PrimaryCriteria": {
            "CriteriaList": [{"DrugExposure": {"CodesetId": 0}}, {"DrugExposure": {"CodesetId": 2, "First": True}}],
            "ObservationWindow": {"PriorDays": 365, "PostDays": 30},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "QualifiedLimit": {"Type": "All"},
        "ExpressionLimit": {"Type": "All"},
        "InclusionRules": [{"name": "bleeding, or 35 years", "expression": rules}],
        **further,
    }


DEFINITIONS = {
    "observed time": definition(),
    "so many days": definition(EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 45}}),
    "exposure": definition(EndStrategy={"CustomEra": {"DrugCodesetId": 2, "GapDays": 30, "Offset": 3}}),
    "event and window": definition(
        CensoringCriteria=[{"ConditionOccurrence": {"CodesetId": 1}}],
        CensorWindow={"StartDate": "1980-01-01", "EndDate": "2015-12-31"},
        CollapseSettings={"CollapseType": "ERA", "EraPad": 10},
    ),
}


def entries(engine: Engine, tables: dict[str, str]) -> dict[str, list[tuple[int, int, int]]]:
    found = {}
    for name, one in DEFINITIONS.items():
        read = cohort_definition(json.dumps(one), "cohort.json")
        assert not keep_entries(engine, "found", read, tables, "cohort.json")
        rows = engine.rows("SELECT patient, first, last FROM found ORDER BY patient, first, last")
        found[name] = [(int(patient), int(first), int(last)) for patient, first, last in rows]
    return found


@pytest.fixture(scope="module")
def files(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A few persons of GiBleed, one Parquet file in a folder of its own for each table."""
    folder, made = tmp_path_factory.mktemp("some"), {}
    with duckdb.connect() as connection:
        for table in TABLES:
            made[table] = folder / table / "part.parquet"
            made[table].parent.mkdir()
            where = "" if table.startswith("concept") else SOME
            source = f"SELECT * FROM '{shared_data}/omop-gibleed/{table}.parquet' {where}"
            connection.execute(f"COPY ({source}) TO '{made[table]}' (FORMAT parquet)")
    return made


@pytest.fixture(scope="module")
def expected(files: dict[str, Path]) -> dict[str, list[tuple[int, int, int]]]:
    with connect(readable=list(files.values())) as engine:
        found = entries(engine, {table: f"read_parquet('{file}')" for table, file in files.items()})
    assert all(len(rows) > 50 for rows in found.values())
    assert len({tuple(rows) for rows in found.values()}) == len(DEFINITIONS)
    return found


def test_postgres(postgres: Any, files: dict[str, Path], expected: dict[str, list[tuple[int, int, int]]]) -> None:
    """A user who may only SELECT."""
    schema = "cdm_circe"
    with postgres.owner() as connection, duckdb.connect() as source:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
        for table, file in files.items():
            described = source.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
            kinds = {"VARCHAR": "TEXT", "FLOAT": "REAL", "DOUBLE": "DOUBLE PRECISION"}
            columns = ", ".join(f"{row[0]} {kinds.get(row[1], row[1])}" for row in described)
            connection.execute(f"CREATE TABLE {schema}.{table} ({columns})")
            with connection.cursor() as cursor, cursor.copy(f"COPY {schema}.{table} FROM STDIN") as copy:
                for row in source.execute(f"SELECT * FROM '{file}'").fetchall():
                    copy.write_row(row)
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
    with connect_postgres(postgres.conninfo(), schema) as engine:
        assert expected == entries(engine, {table: f"{schema}.{table}" for table in TABLES})


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark(spark: Engine, files: dict[str, Path], expected: dict[str, list[tuple[int, int, int]]]) -> None:
    assert expected == entries(spark, {table: f"parquet.`{file.parent}`" for table, file in files.items()})
