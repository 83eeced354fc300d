"""Opening a database: whatever its description names, what comes out can be asked in the same words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from caseseries.disk.hashes import digest_of_file
from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.engine.machine import Machine
from caseseries.errors import EngineError
from caseseries.source.omop.cdm_tables import READ
from caseseries.source.omop.description import Omop
from caseseries.source.omop.description import described as written
from caseseries.source.omop.embedded import open_duckdb_file, open_files
from caseseries.source.omop.opened import Opened, line_of, need_columns
from caseseries.source.omop.servers import open_postgres, open_spark
from caseseries.source.omop.table_files import Unreadable, stop

DEFAULT = Machine()


def opened_omop(path: Path, machine: Machine = DEFAULT, tables: Collection[str] = READ) -> Opened:
    """Open the database that an `omop.yaml` describes, as far as these tables. Paths in it are relative to the file.

    Raises:
        ChartError: the description is wrong, a file is not there, cannot be read, or there is no person table.
        EngineError: the server cannot be reached.
    """
    description, document = written(path)
    try:
        opened = open_described(
            description, path.parent, machine, inputs={path.name: digest_of_file(path)}, tables=tables
        )
    except Unreadable as wrong:
        raise wrong.at(line_of(document, wrong.about)) from wrong.__cause__
    except EngineError as wrong:
        if not wrong.where:
            wrong.stands(str(line_of(document, ("from", description.from_.kind))))
        raise
    opened.written = document
    return opened


def open_described(
    described: Omop,
    base: Path,
    machine: Machine = DEFAULT,
    *,
    inputs: Mapping[str, str] | None = None,
    tables: Collection[str] = READ,
) -> Opened:
    """Open the database that a description made in Python describes, as far as these tables; `base` is where its relative paths begin."""
    private = make_scratch("omop")
    try:
        opened = _open(described, base, private, machine, tables)
        opened.inputs = {**(inputs or {}), **opened.inputs}
        if not opened.has("person"):
            opened.engine.close()
            raise _no_person(opened)
        try:
            need_columns(opened)
        except Unreadable:
            opened.engine.close()
            raise
        return opened
    except BaseException:
        remove_scratch(private)
        raise


def _no_person(opened: Opened) -> Unreadable:
    source, there = opened.description.from_, sorted(opened.relations)
    about = ("from", "schema") if source.schema_ else ("from", source.kind)
    if "person" in opened.denied:
        what = "permission denied for table person"
        return stop(
            what, source.schema_ or "public", "grant SELECT on the tables of the schema to the role", about=about
        )
    do = "name the folder or schema that holds the tables"
    if source.kind in ("parquet", "csv"):
        do = f"name the folder with person.{source.kind}, in it or in a folder person"
    elsewhere = ", ".join(opened.schemas)
    if elsewhere:
        do = f"write `schema: {opened.schemas[0]}`; a table person is in: {elsewhere}"
    what = f"there is no table person, only {', '.join(there)}" if there else "there is no table person, nor any other"
    return stop(what, source.folder or source.schema_ or "public", do, about=about)


def _open(described: Omop, base: Path, private: Path, machine: Machine, tables: Collection[str]) -> Opened:
    source = described.from_
    if machine.master is not None and source.kind != "spark":
        raise stop(
            "a Spark master is named, and this database is not read by Spark",
            do="leave out --master",
            about=("from", source.kind),
        )
    if source.kind in ("parquet", "csv"):
        return open_files(described, base, private, machine, tables)
    if source.kind == "duckdb":
        return open_duckdb_file(described, base, private, machine, tables)
    if source.kind == "postgres":
        return open_postgres(described, private, machine, tables)
    return open_spark(described, base, private, machine, tables)
