"""Opening a database: its files are linked into a private folder, and the engine is allowed to read those alone."""

from __future__ import annotations

import csv
import gzip
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from caseseries.engine.connection import Engine, connect
from caseseries.source.omop import columns
from caseseries.source.omop.columns import Stored, stored
from caseseries.source.omop.description import Omop, load_omop
from caseseries.source.omop.files import digests, sha256, stage, stop, tables_in, unpack
from caseseries.source.omop.model import TABLES, VOCABULARY

_SIGNS = {",": ",", ";": ";", "tab": "\t", "|": "|"}


@dataclass(frozen=True, slots=True)
class Relation:
    """One table as it is stored: SQL that names it, and for each column that is read how it is called and stored."""

    sql: str
    columns: Mapping[str, tuple[str, Stored]]


@dataclass(slots=True)
class Opened:
    """A database that can be asked. Close it, or use it in a `with`: what was unpacked is removed then.

    `relations` are the tables that are there, `inputs` the hash of each file, `files` where each table's files really are.
    """

    description: Omop
    engine: Engine
    relations: dict[str, Relation]
    inputs: Mapping[str, str]
    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    private: Path | None = None

    def close(self) -> None:
        """Close the engine and remove what was unpacked."""
        self.engine.close()
        if self.private is not None:
            shutil.rmtree(self.private, ignore_errors=True)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def has(self, table: str) -> bool:
        """Whether the database has the table."""
        return table in self.relations

    def column(self, table: str, name: str) -> str:
        """SQL for a column as it is read: a whole number, a day number, a float, or a text; empty where there is no such column."""
        dialect, kind = self.engine.dialect, TABLES[table][name]
        found = self.relations[table].columns.get(name)
        if found is None:
            types = {"id": "BIGINT", "date": "INT", "number": dialect.double, "text": dialect.text}
            return f"CAST(NULL AS {types[kind]})"
        quoted, how = found
        match kind:
            case "id":
                return columns.whole(dialect, how, quoted)
            case "date":
                return columns.day(dialect, how, quoted)
            case "number":
                return columns.number(dialect, how, quoted)
        return columns.text(how, quoted, dialect)

    def refused(self, table: str, name: str) -> str:
        """SQL for: the column holds something that cannot be read."""
        dialect, kind = self.engine.dialect, TABLES[table][name]
        found = self.relations[table].columns.get(name)
        if found is None:
            return "FALSE"
        quoted, how = found
        if kind == "date":
            return columns.day_refused(dialect, how, quoted)
        if kind == "number":
            return columns.number_refused(dialect, how, quoted)
        if how == "whole":
            return "FALSE"
        return f"({columns.is_there(how, quoted)} AND ({columns.whole(dialect, how, quoted)}) IS NULL)"

    def query(self, table: str, *names: str) -> str:
        """A query for columns of a table as they are read; `name!` asks whether the column holds something unreadable."""
        parts = [
            f"{self.refused(table, name[:-1])} AS {name[:-1]}_refused" if name.endswith("!") else f"{self.column(table, name)} AS {name}"
            for name in names
        ]  # fmt: skip
        return f"SELECT {', '.join(parts)} FROM {self.relations[table].sql}"

    @contextmanager
    def reading(self, table: str) -> Iterator[None]:
        """Turn an engine's complaint about a file into an error that holds nothing of its content."""
        import duckdb

        try:
            yield
        except (
            duckdb.InvalidInputException,
            duckdb.ConversionException,
            duckdb.SerializationException,
            duckdb.HTTPException,
        ):
            raise stop("a file of the table is damaged, or a row has other columns than the header", table) from None


def opened_omop(path: Path, *, memory_limit: str = "1GB", threads: int = 2, writable: Path | None = None) -> Opened:
    """Open the database that an `omop.yaml` describes. Paths in it are relative to the file.

    Raises:
        ChartError: the description is wrong, a file is not there, cannot be read, or there is no person table.
        EngineError: the server cannot be reached.
    """
    described = load_omop(path)
    return open_described(
        described,
        path.parent,
        memory_limit=memory_limit,
        threads=threads,
        inputs={path.name: sha256(path)},
        writable=writable,
    )


def open_described(
    described: Omop,
    base: Path,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    inputs: Mapping[str, str] | None = None,
    writable: Path | None = None,
) -> Opened:
    """The same for a description made in Python; `base` is where its relative paths begin."""
    private = Path(tempfile.mkdtemp(prefix="caseseries-omop-"))
    private.chmod(0o700)
    try:
        opened = _open(described, base, private, memory_limit, threads, writable)
        opened.inputs = {**(inputs or {}), **opened.inputs}
        if not opened.has("person"):
            opened.engine.close()
            raise stop(
                "there is no table person",
                described.from_.folder or "",
                "name the folder or schema that holds the tables",
            )
        return opened
    except BaseException:
        shutil.rmtree(private, ignore_errors=True)
        raise


def _open(described: Omop, base: Path, private: Path, memory_limit: str, threads: int, writable: Path | None) -> Opened:
    source = described.from_
    if source.kind in ("parquet", "csv"):
        return _files(described, base, private, memory_limit, threads, writable)
    if source.kind == "duckdb":
        return _duckdb(described, base, private, memory_limit, threads, writable)
    raise stop(f"{source.kind} is not available yet")


def _files(
    described: Omop, base: Path, private: Path, memory_limit: str, threads: int, writable: Path | None
) -> Opened:
    source, kind = described.from_, described.from_.kind
    assert source.folder is not None
    files = _found(base / source.folder, kind, private, "tables")
    if described.vocabulary is not None:
        other = _found(base / described.vocabulary, kind, private, "vocabulary")
        files = {**files, **{table: paths for table, paths in other.items() if table in VOCABULARY}}
    linked = private / "linked"
    linked.mkdir()
    staged = stage(files, kind, linked)
    engine = connect(
        memory_limit=memory_limit,
        threads=threads,
        readable=[path for paths in files.values() for path in paths],
        writable=writable,
    )
    opened = Opened(described, engine, {}, digests(files), files, private)
    try:
        for table, paths in sorted(staged.items()):
            with opened.reading(table):
                if kind == "parquet":
                    relation = f"read_parquet({_listed(paths)})"
                    opened.relations[table] = Relation(relation, _described(engine, relation))
                else:
                    opened.relations[table] = _csv(paths, files[table], source.delimiter)
    except BaseException:
        engine.close()
        raise
    return opened


def _found(place: Path, kind: str, private: Path, name: str) -> dict[str, list[Path]]:
    try:
        if place.is_file() and place.suffix.lower() == ".zip":
            unpacked = private / name
            unpacked.mkdir()
            return unpack(place, kind, unpacked)
        if not place.is_dir():
            raise stop("neither a folder nor a ZIP is there", place.name, "write its path relative to the description")
        return tables_in(place, kind)
    except OSError as wrong:
        raise stop(f"it cannot be read: {wrong.strerror or type(wrong).__name__}", place.name) from None


def _listed(paths: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"


def _described(engine: Engine, relation: str) -> dict[str, tuple[str, Stored]]:
    rows = engine.rows(f"DESCRIBE SELECT * FROM {relation}")
    return _known([(str(row[0]), str(row[1])) for row in rows])


def _known(rows: Sequence[tuple[str, str]]) -> dict[str, tuple[str, Stored]]:
    """Columns that are read, by their name in the model; the name as stored is the same but for the case of its letters."""
    wanted = {name for table in TABLES.values() for name in table}
    found: dict[str, tuple[str, Stored]] = {}
    for name, declared in rows:
        if name.isascii() and name.lower() in wanted:
            found.setdefault(name.lower(), (f'"{name}"', stored(declared)))
    return found


def _csv(staged: Sequence[Path], real: Sequence[Path], declared: str | None) -> Relation:
    """CSV files as text: every column under a name of our own, nothing sniffed; a row of another width stops the run."""
    shapes = {_header(path, declared) for path in real}
    if len(shapes) != 1:
        raise stop("the files of one table have different header rows", real[0].parent.name)
    names, sign = shapes.pop()
    every = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    quoted = "''" if sign == "\t" else "'\"'"
    relation = (
        f"read_csv({_listed(staged)}, columns={{{every}}}, header=true, auto_detect=false, delim='{sign}', quote={quoted}, "
        f"escape={quoted}, nullstr='', strict_mode=true, encoding='utf-8', max_line_size=20000000)"
    )
    wanted = {name for table in TABLES.values() for name in table}
    found: dict[str, tuple[str, Stored]] = {}
    for place, name in enumerate(names):
        if name in wanted:
            found.setdefault(name, (f"c{place}", "text"))
    return Relation(relation, found)


def _header(path: Path, declared: str | None) -> tuple[tuple[str, ...], str]:
    try:
        raw = gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")
        with raw:
            line = raw.readline(1_000_000).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError):
        raise stop("the file is no CSV file in UTF-8, or it is damaged", path.name) from None
    sign = _SIGNS[declared] if declared else max(",;\t|", key=line.count)
    cells = next(csv.reader([line.rstrip("\r\n")], delimiter=sign), [])
    return tuple(cell.strip().lower() for cell in cells), sign


def _duckdb(
    described: Omop, base: Path, private: Path, memory_limit: str, threads: int, writable: Path | None
) -> Opened:
    source = described.from_
    assert source.duckdb is not None
    file = base / source.duckdb
    if not file.is_file():
        raise stop("the DuckDB file is not there", file.name, "write its path relative to the description")
    link = private / "source.duckdb"
    link.symlink_to(file.resolve())
    wal = file.resolve().with_name(f"{file.resolve().name}.wal")
    engine = connect(memory_limit=memory_limit, threads=threads, readable=[file, wal], writable=writable)
    opened = Opened(described, engine, {}, digests({"duckdb": [file]}), {}, private)
    try:
        _attach(engine, link)
        main = source.schema_ or "main"
        for table in TABLES:
            schema = described.vocabulary if table in VOCABULARY and described.vocabulary else main
            stored_as = engine.rows(
                "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'cdm' AND lower(table_schema) = ? AND lower(table_name) = ?",
                [schema.lower(), table],
            )
            if stored_as:
                relation = f'cdm."{schema}".{table}'
                opened.relations[table] = Relation(relation, _described(engine, relation))
    except BaseException:
        engine.close()
        raise
    return opened


def _attach(engine: Engine, link: Path) -> None:
    import duckdb

    try:
        engine.rows(f"ATTACH '{link!s}' AS cdm (READ_ONLY)")
    except duckdb.Error:
        raise stop("it is no DuckDB file of a version that can be read", link.name) from None
