"""How a database is kept: store, types and spellings of columns, names of columns, order of rows; and a writer that is not the reader's."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars
from tests.readers_omop.facts import Row, Tables

LAYOUTS: dict[str, tuple[str, ...]] = {
    "store": ("csv", "csv.gz", "csv in a zip", "parquet", "parquet in parts", "parquet in a zip", "duckdb", "duckdb in a schema"),
    "headings": ("lower", "UPPER", "Mixed"),
    "ids": ("int", "bigint", "text", "with a point"),
    "dates": ("date", "timestamp", "text", "text with midnight", "text with T"),
    "numbers": ("double", "decimal", "text"),
    "delimiter": (",", ";", "tab", "|"),
    "further columns": ("none", "of 5.3", "of 5.4"),
    "empty columns": ("kept", "left out"),
    "order": ("as drawn", "shuffled"),
    "byte order mark": ("no", "yes"),
}  # fmt: skip

#: Columns that one version of the model has and nothing here reads.
FURTHER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "of 5.3": {
        "person": ("ethnicity_concept_id", "person_source_value"), "visit_occurrence": ("admitting_source_concept_id",),
        "measurement": ("measurement_datetime", "provider_id"), "observation_period": ("period_type_concept_id",),
    },
    "of 5.4": {
        "person": ("race_source_value",), "visit_occurrence": ("admitted_from_concept_id",),
        "measurement": ("unit_source_concept_id", "meas_event_field_concept_id"), "death": ("cause_concept_id",),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """One way to keep a database: an option of each aspect."""

    chosen: Mapping[str, str]

    def __getitem__(self, aspect: str) -> str:
        return self.chosen[aspect]

    @property
    def is_csv(self) -> bool:
        return self["store"].startswith("csv")


def choose(random: Random, wishes: Mapping[str, str] | None = None) -> Layout:
    """An option of each aspect, those wished for among them."""
    chosen = {aspect: random.choice(options) for aspect, options in LAYOUTS.items()} | dict(wishes or {})
    if chosen["ids"] == "with a point" and not chosen["store"].startswith("csv"):
        if "ids" in (wishes or {}):
            chosen["store"] = "csv"
        else:
            chosen["ids"] = "text"
    return Layout(chosen)


class Spelt(str):
    """A cell that is written as it stands; a column that holds one is a column of text."""


def _name(column: str, layout: Layout) -> str:
    match layout["headings"]:
        case "UPPER":
            return column.upper()
        case "Mixed":
            return "".join(part.capitalize() for part in column.partition("_"))
    return column


def _is_id(column: str) -> bool:
    return column.endswith("_id") or column in {
        "days_supply", "year_of_birth", "month_of_birth", "day_of_birth", "box_size", "concept_id_1", "concept_id_2",
        "ancestor_concept_id", "descendant_concept_id",
    } or ("concept_id" in column and column.endswith(("_1", "_2")))  # fmt: skip


def _spell(cell: Any, layout: Layout) -> str | None:
    """A cell as text."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, dt.date):
        return cell.isoformat() + {
            "text with midnight": " 00:00:00",
            "timestamp": " 00:00:00",
            "text with T": "T00:00:00",
        }.get(layout["dates"], "")
    if isinstance(cell, int) and layout["ids"] == "with a point":
        return f"{cell}.0"
    return repr(cell) if isinstance(cell, float) else str(cell)


#: Columns without which a row says nothing: they stand in a table without rows too, and are left out of none.
NEEDED = {
    "observation_period": ("person_id", "observation_period_start_date", "observation_period_end_date"),
    "drug_exposure": ("drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date"),
    "condition_occurrence": ("person_id", "condition_concept_id", "condition_start_date"),
    "procedure_occurrence": ("person_id", "procedure_concept_id", "procedure_date"),
    "measurement": ("person_id", "measurement_concept_id", "measurement_date"),
    "observation": ("person_id", "observation_concept_id", "observation_date"),
    "visit_occurrence": ("person_id", "visit_start_date"),
    "death": ("person_id", "death_date"),
}


def _columns(tables: Tables, table: str, layout: Layout) -> list[str]:
    rows = tables[table]
    needed = NEEDED.get(table, ("person_id",))
    columns = list(dict.fromkeys([column for row in rows for column in row] or needed))
    if layout["empty columns"] == "left out":
        columns = [one for one in columns if one in needed or any(row.get(one) is not None for row in rows)]
    return columns + list(FURTHER.get(layout["further columns"], {}).get(table, ()))


def write(tables: Tables, layout: Layout, folder: Path, random: Random) -> str:
    """Write the tables into a folder; the text of `from` in omop.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {table: list(rows) for table, rows in tables.items()}
    if layout["order"] == "shuffled":
        for rows in held.values():
            random.shuffle(rows)
    if layout.is_csv:
        return _write_csv(held, layout, folder)
    if layout["store"].startswith("duckdb"):
        return _write_duckdb(held, layout, folder)
    return _write_parquet(held, layout, folder)


def _write_csv(tables: Tables, layout: Layout, folder: Path) -> str:
    sign = "\t" if layout["delimiter"] == "tab" else layout["delimiter"]
    files = {}
    for table, rows in tables.items():
        columns = _columns(tables, table, layout)
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=sign)
        writer.writerow([_name(column, layout) for column in columns])
        writer.writerows([_spell(row.get(column), layout) or "" for column in columns] for row in rows)
        mark = b"\xef\xbb\xbf" if layout["byte order mark"] == "yes" else b""
        files[f"{table}.csv"] = mark + text.getvalue().encode()
    if layout["store"] == "csv in a zip":
        return f"{{csv: {_zip(files, folder)}}}"
    for name, content in files.items():
        if layout["store"] == "csv.gz":
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return "{csv: .}"


def _zip(files: Mapping[str, bytes], folder: Path) -> str:
    with zipfile.ZipFile(folder / "cdm.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return "cdm.zip"


def _type(column: str, rows: list[Row], layout: Layout) -> str:
    """int, bigint, text, date, timestamp, double or decimal."""
    cells = [row[column] for row in rows if row.get(column) is not None]
    if any(isinstance(cell, str) for cell in cells):
        return "text"
    if column.endswith("_date") or any(isinstance(cell, dt.date) for cell in cells):
        return layout["dates"] if layout["dates"] in ("date", "timestamp") else "text"
    if _is_id(column):
        wide = any(abs(cell) >= 2**31 for cell in cells)
        return (
            "bigint"
            if wide and layout["ids"] == "int"
            else "text"
            if layout["ids"] == "with a point"
            else layout["ids"]
        )
    return layout["numbers"]


def _cell(cell: Any, kind: str, layout: Layout) -> Any:
    if cell is None:
        return None
    if kind == "text":
        return str(_spell(cell, layout))
    if kind == "timestamp":
        return dt.datetime.combine(cell, dt.time())
    if kind == "decimal":
        return Decimal(repr(cell)).quantize(Decimal("0.00000001"))
    return float(cell) if kind == "double" else cell


_POLARS = {
    "int": polars.Int32, "bigint": polars.Int64, "text": polars.String, "date": polars.Date, "timestamp": polars.Datetime("us"),
    "double": polars.Float64, "decimal": polars.Decimal(18, 8),
}  # fmt: skip
_DUCKDB = {
    "int": "INTEGER", "bigint": "BIGINT", "text": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP", "double": "DOUBLE",
    "decimal": "DECIMAL(18,8)",
}  # fmt: skip


def _write_parquet(tables: Tables, layout: Layout, folder: Path) -> str:
    files = {}
    for table, rows in tables.items():
        types = {column: _type(column, rows, layout) for column in _columns(tables, table, layout)}
        columns = {
            _name(one, layout): polars.Series([_cell(row.get(one), kind, layout) for row in rows], dtype=_POLARS[kind])
            for one, kind in types.items()
        }
        frame = polars.DataFrame(columns)
        halves = [frame]
        if layout["store"] == "parquet in parts":
            halves = [frame[: len(frame) // 2], frame[len(frame) // 2 :]]
        for place, half in enumerate(halves):
            content = io.BytesIO()
            half.write_parquet(content)
            files[f"{table}.parquet" if len(halves) == 1 else f"{table}/part-{place}.parquet"] = content.getvalue()
    if layout["store"] == "parquet in a zip":
        return f"{{parquet: {_zip(files, folder)}}}"
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return "{parquet: .}"


def _write_duckdb(tables: Tables, layout: Layout, folder: Path) -> str:
    schema = "cdm" if layout["store"] == "duckdb in a schema" else "main"
    with duckdb.connect(str(folder / "omop.duckdb")) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for table, rows in tables.items():
            types = {column: _type(column, rows, layout) for column in _columns(tables, table, layout)}
            columns = ", ".join(f'"{_name(one, layout)}" {_DUCKDB[kind]}' for one, kind in types.items())
            connection.execute(f"CREATE TABLE {schema}.{table} ({columns})")
            if rows:
                cells = [[_cell(row.get(one), kind, layout) for one, kind in types.items()] for row in rows]
                connection.executemany(f"INSERT INTO {schema}.{table} VALUES ({', '.join('?' * len(types))})", cells)
    return f"{{duckdb: omop.duckdb, schema: {schema}}}"
