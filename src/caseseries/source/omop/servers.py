"""Databases on a server: a schema of Postgres, a Spark catalogue, or Parquet files that Spark reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from caseseries.engine.connecting import connect_postgres, connect_spark
from caseseries.engine.connection import Engine
from caseseries.engine.machine import Machine
from caseseries.engine.spark_engine import UNREADABLE_FILE
from caseseries.errors import EngineError
from caseseries.source.omop.cdm_tables import READ, TABLES, VOCABULARY
from caseseries.source.omop.description import Omop
from caseseries.source.omop.embedded import found_files, in_schema, schemas_with_persons
from caseseries.source.omop.opened import Opened, declared_columns, related
from caseseries.source.omop.table_files import digests, stop


def open_postgres(described: Omop, private: Path, machine: Machine, tables: Collection[str] = READ) -> Opened:
    """Open a session of the server; the password comes from PGPASSWORD, a password file or a service file."""
    source = described.from_
    schema = source.schema_ or "public"
    engine = connect_postgres(source.postgres or "", schema, memory_limit=machine.memory_limit)
    opened = Opened(described, engine, {}, {}, {}, private)
    try:
        rows = engine.rows(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY table_schema, table_name, ordinal_position"
        )
        opened.relations = in_schema(described, rows, schema, "", tables)
        opened.schemas = schemas_with_persons(rows)
        _allowed(opened, engine, schema, schema_declared=source.schema_ is not None)
    except BaseException:
        engine.close()
        raise
    return opened


_SCHEMAS = "SELECT nspname, has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE lower(nspname) = lower(?)"
_DENIED = """
SELECT DISTINCT lower(c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE lower(n.nspname) = lower(?) AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT has_any_column_privilege(c.oid, 'SELECT')
"""


def _allowed(opened: Opened, engine: Engine, schema: str, *, schema_declared: bool) -> None:
    """Tell a schema that is not there from one that may not be used; tables that may not be read are noted."""
    for name in dict.fromkeys([schema, *([opened.description.vocabulary] if opened.description.vocabulary else [])]):
        about = ("from", "schema" if schema_declared else "postgres") if name == schema else ("vocabulary",)
        found = engine.rows(_SCHEMAS, [name])
        if not found:
            others = ", ".join(opened.schemas)
            do = (
                f"name one that is there; a table person is in: {others}"
                if others
                else "look at its name and at dbname"
            )
            raise stop("the database has no such schema", name, do, about=about)
        if not any(may for _, may in found):
            raise stop("permission denied for the schema", name, "grant USAGE on it to the role", about=about)
        denied = {table for (table,) in engine.rows(_DENIED, [name]) if table in TABLES}
        if name != schema:
            denied &= set(VOCABULARY)
        opened.denied |= denied - set(opened.relations)


def open_spark(described: Omop, base: Path, private: Path, machine: Machine, tables: Collection[str] = READ) -> Opened:
    """Open a Spark session over a database of its catalogue, or over a folder or ZIP of Parquet files."""
    source = described.from_.spark
    assert source is not None
    engine = connect_spark(
        machine.master, schema=source.database or "", threads=machine.threads, memory_limit=machine.memory_limit
    )
    try:
        return over_spark(engine, described, base, private, tables)
    except BaseException:
        engine.close()
        raise


def over_spark(engine: Engine, described: Omop, base: Path, private: Path, tables: Collection[str] = READ) -> Opened:
    """The tables of a catalogue, or of a folder or ZIP of Parquet files, over a Spark session that is open."""
    source = described.from_.spark
    assert source is not None
    files: dict[str, list[Path]] = {}
    if source.parquet is not None:
        about = ("from", "spark", "parquet")
        files = found_files(base / source.parquet, "parquet", private, "tables", tables, about=about)
        if described.vocabulary is not None:
            place = base / described.vocabulary
            other = found_files(place, "parquet", private, "vocabulary", tables, about=("vocabulary",))
            files = {**files, **{table: paths for table, paths in other.items() if table in VOCABULARY}}
    opened = Opened(described, engine, {}, digests(files), files, private)
    if source.parquet is not None:
        relations = {table: _linked(table, paths, private) for table, paths in sorted(files.items())}
    else:
        relations = _in_catalogue(described, engine, source.database or "", tables)
    for table, relation in relations.items():
        try:
            rows = engine.rows(f"DESCRIBE QUERY SELECT * FROM {relation}")
        except EngineError as wrong:
            if wrong.what != UNREADABLE_FILE:
                raise
            what = "a file of the table is no Parquet file, or it is damaged"
            raise stop(what, table, wrong.do.rstrip("."), about=("from", "spark", "parquet")) from wrong
        opened.relations[table] = related(relation, declared_columns(rows, "`"))
    return opened


def _linked(table: str, paths: Sequence[Path], private: Path) -> str:
    """The files of a table under a folder of our own, which Spark reads as one."""
    folder = private / "linked" / table
    folder.mkdir(parents=True)
    for number, path in enumerate(paths):
        (folder / f"part-{number}.parquet").symlink_to(path.resolve())
    return f"parquet.`{folder}`"


def _in_catalogue(described: Omop, engine: Engine, database: str, tables: Collection[str]) -> dict[str, str]:
    found = {}
    for schema in dict.fromkeys([database, *([described.vocabulary] if described.vocabulary else [])]):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", schema):
            raise stop(
                "the name of a Spark database is letters, digits and _",
                schema,
                "write it without dots",
                about=("vocabulary",),
            )
        for row in engine.rows(f"SHOW TABLES IN {schema}"):
            table = str(row[1]).lower()
            if table in tables and (schema == database or table in VOCABULARY):
                found[table] = f"`{schema}`.`{table}`"
    return found
