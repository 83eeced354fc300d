"""Databases in files: Parquet and CSV in a folder or ZIP, or one DuckDB file; the embedded engine may read those alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from caseseries.engine.connecting import connect
from caseseries.engine.connection import path_text, quoted
from caseseries.engine.machine import Machine
from caseseries.errors import EngineError
from caseseries.source.omop.cdm_tables import READ, VOCABULARY
from caseseries.source.omop.csv_text import csv_header
from caseseries.source.omop.description import Omop
from caseseries.source.omop.opened import Opened, Relation, declared_columns, related
from caseseries.source.omop.table_files import Unreadable, digests, stage, stop, tables_in, unpack


def open_files(described: Omop, base: Path, private: Path, machine: Machine, tables: Collection[str] = READ) -> Opened:
    """Open a folder or ZIP of Parquet or CSV files."""
    source, kind = described.from_, described.from_.kind
    assert source.folder is not None
    files = found_files(base / source.folder, kind, private, "tables", tables, about=("from", kind))
    if described.vocabulary is not None:
        other = found_files(base / described.vocabulary, kind, private, "vocabulary", tables, about=("vocabulary",))
        files = {**files, **{table: paths for table, paths in other.items() if table in VOCABULARY}}
    linked = private / "linked"
    linked.mkdir()
    staged, known = stage(files, kind, linked), digests(files)
    engine = connect(
        memory_limit=machine.memory_limit,
        threads=machine.threads,
        readable=[path for paths in files.values() for path in paths],
        writable=machine.writable,
    )
    opened = Opened(described, engine, {}, known, files, private)
    try:
        for table, paths in sorted(staged.items()):
            with opened.reading(table):
                if kind == "parquet":
                    relation = f"read_parquet({_listed(paths)})"
                    opened.relations[table] = related(
                        relation, declared_columns(engine.rows(f"DESCRIBE SELECT * FROM {relation}"))
                    )
                else:
                    opened.relations[table] = _csv(paths, files[table], source.delimiter)
    except BaseException:
        engine.close()
        raise
    return opened


def found_files(
    place: Path, kind: str, private: Path, name: str, tables: Collection[str] = READ, *, about: Sequence[str]
) -> dict[str, list[Path]]:
    """The files of each table in a folder or ZIP; a ZIP is unpacked into `private` / `name`. `about` is what of the description named it."""
    try:
        if place.is_file() and place.suffix.lower() == ".zip":
            unpacked = private / name
            unpacked.mkdir()
            return unpack(place, kind, unpacked, tables)
        if not place.is_dir():
            what = (
                "it is a file, and neither a folder nor a ZIP"
                if place.is_file()
                else "neither a folder nor a ZIP is there"
            )
            raise stop(what, place.name, "write its path relative to this file")
        return tables_in(place, kind, tables)
    except Unreadable as wrong:
        wrong.about = tuple(about)
        raise
    except OSError as wrong:
        raise stop(
            f"it cannot be read: {wrong.strerror or type(wrong).__name__}",
            place.name,
            "look at the rights of the folder and of what is in it",
            about=about,
        ) from None


def _listed(paths: Sequence[Path]) -> str:
    return f"[{', '.join(path_text(path) for path in paths)}]"


def _csv(staged: Sequence[Path], real: Sequence[Path], declared: str | None) -> Relation:
    """CSV files as text: every column under a name of our own, nothing sniffed; a row of another width stops the run."""
    shapes = {csv_header(path, declared) for path in real}
    if len(shapes) != 1:
        raise stop("the files of one table have different header rows", real[0].parent.name)
    names, sign = shapes.pop()
    every = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    quoted = "''" if sign == "\t" else "'\"'"
    relation = (
        f"read_csv({_listed(staged)}, columns={{{every}}}, header=true, auto_detect=false, delim='{sign}', quote={quoted}, "
        f"escape={quoted}, nullstr='', strict_mode=true, encoding='utf-8')"
    )
    return related(relation, [(name, f"c{place}", "text") for place, name in enumerate(names)])


def open_duckdb_file(
    described: Omop, base: Path, private: Path, machine: Machine, tables: Collection[str] = READ
) -> Opened:
    """Open a DuckDB file, which cannot be written."""
    source = described.from_
    assert source.duckdb is not None
    file = base / source.duckdb
    if not file.is_file():
        raise stop(
            "the DuckDB file is not there",
            source.duckdb,
            "write its path relative to this file",
            about=("from", "duckdb"),
        )
    _is_duckdb(file)
    known = digests({file.name: [file]})
    try:
        engine = connect(
            memory_limit=machine.memory_limit, threads=machine.threads, attach=file, writable=machine.writable
        )
    except EngineError as wrong:
        said = str(wrong.__cause__)
        if "orrupt" in said:  # a block of another checksum
            what, do = "the DuckDB file is damaged", "copy it again from where it came from"
        elif "lock on file" in said:
            what, do = "another program has the DuckDB file open for writing", "close it there, or name a copy"
        else:
            what = "it is no DuckDB file of a version that can be read"
            do = "write it again with the version of DuckDB that is installed here, or export its tables to Parquet"
        raise stop(what, file.name, do, about=("from", "duckdb")) from None
    opened = Opened(described, engine, {}, known, {}, private)
    try:
        rows = engine.rows(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_catalog = 'source' "
            "ORDER BY table_schema, table_name, ordinal_position"
        )
        opened.relations = in_schema(described, rows, source.schema_ or "main", "source.", tables)
        opened.schemas = schemas_with_persons(rows)
    except BaseException:
        engine.close()
        raise
    return opened


def _is_duckdb(file: Path) -> None:
    try:
        with file.open("rb") as raw:
            begins = raw.read(12)
    except OSError as wrong:
        what, do = f"it cannot be read: {wrong.strerror or type(wrong).__name__}", "look at the rights of the file"
        raise stop(what, file.name, do, about=("from", "duckdb")) from None
    if begins[8:] != b"DUCK":
        raise stop("it is no DuckDB file", file.name, "name the DuckDB file itself", about=("from", "duckdb"))


def schemas_with_persons(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The schemas that have a table person, from (schema, table, column, type)."""
    return tuple(sorted({row[0] for row in rows if row[1].lower() == "person"}))


def in_schema(
    described: Omop, rows: Sequence[Sequence[str]], main: str, catalog: str, tables: Collection[str] = READ
) -> dict[str, Relation]:
    """Those of the tables that are in one schema, and of that of the vocabulary where there is another, from (schema, table, column, type)."""
    columns_of: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, declared in rows:
        columns_of.setdefault((schema, table), []).append((column, declared))
    found: dict[str, Relation] = {}
    for (schema, table), declared_as in sorted(columns_of.items()):
        name = table.lower()
        wanted = described.vocabulary if described.vocabulary and name in VOCABULARY else main
        if name in tables and schema.lower() == wanted.lower():
            if name in found:
                raise stop(
                    f"two tables of the schema are both called {name}",
                    wanted,
                    "leave one of them there",
                    about=("from", "schema"),
                )
            found[name] = related(f"{catalog}{quoted(schema)}.{quoted(table)}", declared_columns(declared_as))
    return found
