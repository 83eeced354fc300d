"""Databases on a server: a schema of Postgres, a Spark catalogue, or Parquet files that Spark reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from caseseries.engine.connection import Engine, connect_postgres, connect_spark
from caseseries.engine.machine import Machine
from caseseries.source.omop.description import Omop
from caseseries.source.omop.embedded import found_files, in_schema
from caseseries.source.omop.files import digests, stop
from caseseries.source.omop.model import TABLES, VOCABULARY
from caseseries.source.omop.opened import Opened, Relation, known_columns


def open_postgres(described: Omop, private: Path, machine: Machine) -> Opened:
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
        opened.relations = in_schema(described, rows, schema, "")
    except BaseException:
        engine.close()
        raise
    return opened


def open_spark(described: Omop, base: Path, private: Path, machine: Machine) -> Opened:
    """Open a Spark session over a database of its catalogue, or over a folder or ZIP of Parquet files."""
    source = described.from_.spark
    assert source is not None
    engine = connect_spark(
        machine.master, schema=source.database or "", threads=machine.threads, memory_limit=machine.memory_limit
    )
    try:
        return over_spark(engine, described, base, private)
    except BaseException:
        engine.close()
        raise


def over_spark(engine: Engine, described: Omop, base: Path, private: Path) -> Opened:
    """The same over a session that is open."""
    source = described.from_.spark
    assert source is not None
    files: dict[str, list[Path]] = {}
    if source.parquet is not None:
        files = found_files(base / source.parquet, "parquet", private, "tables")
        if described.vocabulary is not None:
            other = found_files(base / described.vocabulary, "parquet", private, "vocabulary")
            files = {**files, **{table: paths for table, paths in other.items() if table in VOCABULARY}}
    opened = Opened(described, engine, {}, digests(files), files, private)
    if source.parquet is not None:
        relations = {table: _linked(table, paths, private) for table, paths in sorted(files.items())}
    else:
        relations = _in_catalogue(described, engine, source.database or "")
    for table, relation in relations.items():
        rows = engine.rows(f"DESCRIBE QUERY SELECT * FROM {relation}")
        found = known_columns([(str(row[0]), str(row[1])) for row in rows], "`")
        opened.relations[table] = Relation(relation, found)
    return opened


def _linked(table: str, paths: Sequence[Path], private: Path) -> str:
    """The files of a table under a folder of our own, which Spark reads as one."""
    folder = private / "linked" / table
    folder.mkdir(parents=True)
    for number, path in enumerate(paths):
        (folder / f"part-{number}.parquet").symlink_to(path.resolve())
    return f"parquet.`{folder}`"


def _in_catalogue(described: Omop, engine: Engine, database: str) -> dict[str, str]:
    found = {}
    for schema in dict.fromkeys([database, *([described.vocabulary] if described.vocabulary else [])]):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", schema):
            raise stop("the name of a Spark database is letters, digits and _", do="write it without dots")
        for row in engine.rows(f"SHOW TABLES IN {schema}"):
            table = str(row[1]).lower()
            if table in TABLES and (schema == database or table in VOCABULARY):
                found[table] = f"`{schema}`.`{table}`"
    return found
