"""Small invented databases, written as CSV, Parquet or a DuckDB file; the same rows in each."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol

#: Columns of each table and their types in a typed store; what a table of a test leaves out is NULL.
COLUMNS: dict[str, dict[str, str]] = {
    "person": {
        "person_id": "BIGINT", "gender_concept_id": "INTEGER", "year_of_birth": "INTEGER", "month_of_birth": "INTEGER",
        "day_of_birth": "INTEGER",
    },
    "observation_period": {
        "observation_period_id": "BIGINT", "person_id": "BIGINT", "observation_period_start_date": "DATE",
        "observation_period_end_date": "DATE",
    },
    "drug_exposure": {
        "drug_exposure_id": "BIGINT", "person_id": "BIGINT", "drug_concept_id": "INTEGER", "drug_exposure_start_date": "DATE",
        "drug_exposure_end_date": "DATE", "quantity": "DOUBLE", "days_supply": "INTEGER", "route_concept_id": "INTEGER",
    },
    "condition_occurrence": {
        "condition_occurrence_id": "BIGINT", "person_id": "BIGINT", "condition_concept_id": "INTEGER",
        "condition_start_date": "DATE",
    },
    "measurement": {
        "measurement_id": "BIGINT", "person_id": "BIGINT", "measurement_concept_id": "INTEGER", "measurement_date": "DATE",
        "value_as_number": "DOUBLE", "value_as_concept_id": "INTEGER", "unit_concept_id": "INTEGER", "operator_concept_id": "INTEGER",
    },
    "observation": {
        "observation_id": "BIGINT", "person_id": "BIGINT", "observation_concept_id": "INTEGER", "observation_date": "DATE",
        "value_as_number": "DOUBLE", "value_as_concept_id": "INTEGER", "unit_concept_id": "INTEGER",
    },
    "visit_occurrence": {"visit_occurrence_id": "BIGINT", "person_id": "BIGINT", "visit_start_date": "DATE"},
    "death": {"person_id": "BIGINT", "death_date": "DATE"},
    "concept": {"concept_id": "INTEGER", "vocabulary_id": "VARCHAR", "concept_code": "VARCHAR"},
    "concept_ancestor": {"ancestor_concept_id": "INTEGER", "descendant_concept_id": "INTEGER"},
    "concept_relationship": {"concept_id_1": "INTEGER", "concept_id_2": "INTEGER", "relationship_id": "VARCHAR", "invalid_reason": "VARCHAR"},
    "drug_strength": {
        "drug_concept_id": "INTEGER", "ingredient_concept_id": "INTEGER", "amount_value": "DOUBLE",
        "amount_unit_concept_id": "INTEGER",
    },
}  # fmt: skip

Tables = Mapping[str, Sequence[Sequence[Any]]]

#: Two patients on drug 100 from 2020-01-01, observed throughout 2019 and 2020, with one pressure before and one after.
SMALL: Tables = {
    "person": [(1, 8507, 1980, 2, 29), (2, 8532, 1990, None, None)],
    "observation_period": [(1, 1, "2019-01-01", "2020-12-31"), (2, 2, "2019-01-01", "2020-12-31")],
    "drug_exposure": [(1, 1, 100, "2020-01-01", "2020-01-30", 30, 30, 0), (2, 2, 100, "2020-01-01", None, 30, 30, 0)],
    "condition_occurrence": [(1, 1, 300, "2019-12-01"), (2, 2, 301, "2020-02-01")],
    "measurement": [
        (1, 1, 3004249, "2019-12-20", 150, None, 8876, None),
        (2, 1, 3004249, "2020-03-31", 130, None, 8876, None),
        (3, 2, 3004249, "2019-12-24", 140.5, None, 8876, None),
        (4, 2, 3004249, "2020-03-31", 139, None, 8876, None),
    ],
    "visit_occurrence": [(1, 1, "2019-12-20"), (2, 1, "2020-03-31")],
    "death": [],
    "concept": [(100, "RxNorm", "9"), (300, "SNOMED", "30"), (301, "SNOMED", "31"), (3004249, "LOINC", "8480-6")],
    "concept_ancestor": [(100, 100), (300, 300), (300, 301), (3004249, 3004249)],
}

PROTOCOL = """
study: Pressure around a drug
case:
  index_date: {{first_exposure: drug x, restart_after: 30 days}}
  per: patient
include:
  - {{diagnosis: disease, by: index date}}
measures:
  sbp: {{instrument: systolic blood pressure}}
{measures}
windows:
  before: {{from: -90 days, to: 0 days, take: last, same_day: mean}}
  after: {{from: 1 day, to: 180 days, take: nearest, target: 91 days, tie: earlier, same_day: mean}}
intercurrent:
  {{death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}}
outcomes:
  fall: {{at: after, rule: {{decrease: sbp, from: before, at_least: 10 mmHg}}}}
safety: {{until_after_last_dose: 30 days, events: [bleeding]}}
drugs: {{drug x: {{}}}}
concepts:
  drug x: {{ids: [100]}}
  disease: {{ids: [300]}}
  bleeding: {{ids: [301]}}
{concepts}
"""


def protocol(measures: str = "", concepts: str = "") -> Protocol:
    return parse(PROTOCOL.format(measures=measures, concepts=concepts)).protocol


def write_csv(folder: Path, tables: Tables, *, zipped: bool = False) -> Path:
    for name, rows in tables.items():
        text = io.StringIO(newline="")
        written = csv.writer(text)
        written.writerow(COLUMNS[name])
        written.writerows(["" if cell is None else cell for cell in row] for row in rows)
        content = text.getvalue().encode()
        if zipped:
            (folder / f"{name}.csv.gz").write_bytes(gzip.compress(content))
        else:
            (folder / f"{name}.csv").write_bytes(content)
    return folder


def _fill(connection: Any, tables: Tables) -> None:
    for name, rows in tables.items():
        columns = COLUMNS[name]
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        if rows:
            connection.executemany(
                f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", [list(row) for row in rows]
            )


def write_parquet(folder: Path, tables: Tables) -> Path:
    with duckdb.connect(":memory:") as connection:
        _fill(connection, tables)
        for name in tables:
            connection.execute(f"COPY {name} TO '{folder / f'{name}.parquet'}' (FORMAT parquet)")
    return folder


def write_duckdb(folder: Path, tables: Tables) -> Path:
    file = folder / "cdm.duckdb"
    with duckdb.connect(str(file)) as connection:
        _fill(connection, tables)
    return file


def describe(folder: Path, text: str) -> Path:
    path = folder / "omop.yaml"
    path.write_text(f"omop:\n  cdm: '5.4'\n  invented: yes\n{text}", encoding="utf-8")
    return path


Database = Callable[..., Path]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """The description of a database with SMALL, some tables replaced (None: left out), as text in CSV files."""

    def make(kind: str = "csv", more: str = "", **tables: Any) -> Path:
        folder = tmp_path / kind
        folder.mkdir()
        held = {name: rows for name, rows in {**SMALL, **tables}.items() if rows is not None}
        if kind == "duckdb":
            write_duckdb(folder, held)
            return describe(folder, f"  from: {{duckdb: cdm.duckdb}}\n{more}")
        if kind == "parquet":
            write_parquet(folder, held)
        else:
            write_csv(folder, held, zipped=kind == "gz")
        source = "parquet" if kind == "parquet" else "csv"
        return describe(folder, f"  from: {{{source}: .}}\n{more}")

    return make
