"""A database that is open: its engine, its tables, and each column as it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from caseseries.catalogue.lookup import slips_between
from caseseries.disk.scratch import remove_scratch
from caseseries.engine.connection import Engine
from caseseries.errors import Damaged, Place
from caseseries.protocol.yaml import Document
from caseseries.source.omop import column_sql
from caseseries.source.omop.cdm_tables import REQUIRED, TABLES
from caseseries.source.omop.column_sql import Stored, stored
from caseseries.source.omop.csv_text import csv_fault
from caseseries.source.omop.description import Omop
from caseseries.source.omop.table_files import Unreadable, stop


@dataclass(frozen=True, slots=True)
class Relation:
    """One table as it is stored: SQL that names it, for each column that is read how it is called and stored, and the names of the others.

    `doubled` are columns that are read of which there are two.
    """

    sql: str
    columns: Mapping[str, tuple[str, Stored]]
    others: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


@dataclass(slots=True)
class Opened:
    """A database that can be asked. Close it, or use it in a `with`: what was unpacked is removed then.

    `relations` are the tables that are there, `inputs` the hash of each file, `files` where each table's files really are. `denied`
    are tables that are there and may not be read, `schemas` those of a server or DuckDB file that hold a table person. `written` is the
    file of the description: a mistake found while it is asked gets its line.
    """

    description: Omop
    engine: Engine
    relations: dict[str, Relation]
    inputs: Mapping[str, str]
    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    private: Path | None = None
    denied: frozenset[str] = frozenset()
    schemas: tuple[str, ...] = ()
    written: Document | None = None

    def close(self) -> None:
        """Close the engine and remove what was unpacked."""
        self.engine.close()
        if self.private is not None:
            remove_scratch(self.private)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, Damaged) and not error.where and self.written is not None:
            named = self.description.from_
            error.stands(f"{line_of(self.written, ('from', named.kind))}: {named.folder}")
        if isinstance(error, Unreadable) and self.written is not None and error.problems[0].place.line is None:
            raise error.at(line_of(self.written, error.about)) from error.__cause__

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
                return column_sql.whole(dialect, how, quoted)
            case "date":
                return column_sql.day(dialect, how, quoted)
            case "number":
                return column_sql.number(dialect, how, quoted)
        return column_sql.text(how, quoted, dialect)

    def refused(self, table: str, name: str) -> str:
        """SQL for: the column holds something that cannot be read."""
        dialect, kind = self.engine.dialect, TABLES[table][name]
        found = self.relations[table].columns.get(name)
        if found is None:
            return "FALSE"
        quoted, how = found
        if kind == "date":
            return column_sql.day_refused(dialect, how, quoted)
        if kind == "number":
            return column_sql.number_refused(dialect, how, quoted)
        if how == "whole":
            return "FALSE"
        return f"({column_sql.is_there(how, quoted)} AND ({column_sql.whole(dialect, how, quoted)}) IS NULL)"

    def query(self, table: str, *names: str) -> str:
        """A query for columns of a table as they are read; `name!` asks whether the column holds something unreadable."""
        parts = [
            f"{self.refused(table, name[:-1])} AS {name[:-1]}_refused"
            if name.endswith("!")
            else f"{self.column(table, name)} AS {name}"
            for name in names
        ]
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
            Damaged,
        ):
            names = [path.name for path in self.files.get(table, ())]
            file = names[0] if len(names) == 1 else table
            about, source = ("from", self.description.from_.kind), self.description.from_
            faults = (csv_fault(path, source.delimiter) for path in self.files.get(table, ()) if source.kind == "csv")
            if fault := next((one for one in faults if one is not None), None):
                raise Unreadable(fault, about) from None
            raise stop(
                "a file of the table is damaged, or a row has other columns than the header", file, about=about
            ) from None


def line_of(written: Document, about: Sequence[str]) -> Place:
    """The line of a description at which a value stands, or what is nearest around it."""
    found = written.locate(("omop", *about))
    return Place(found.file, line=found.line)


def related(sql: str, rows: Iterable[tuple[str, str, Stored]]) -> Relation:
    """A table of columns (name, SQL that names it, how it is stored); those of the model are read, letters may be of any case.

    >>> related("person", [("PERSON_ID", "c0", "whole"), ("race_source_value", "c1", "text")])
    Relation(sql='person', columns={'person_id': ('c0', 'whole')}, others=('race_source_value',), doubled=())
    """
    wanted = {name for table in TABLES.values() for name in table}
    found: dict[str, tuple[str, Stored]] = {}
    others, doubled = [], []
    for written, called, kind in rows:
        name = written.lower()
        if not (name.isascii() and name in wanted):
            others.append(name)
        elif name in found:
            doubled.append(name)
        else:
            found[name] = called, kind
    return Relation(sql, found, tuple(others), tuple(doubled))


def declared_columns(rows: Iterable[Sequence[object]], mark: str = '"') -> list[tuple[str, str, Stored]]:
    """The columns of :func:`related` from what a database says of them, (name, declared type)."""
    return [(str(name), f"{mark}{name}{mark}", stored(str(declared))) for name, declared, *_ in rows]


def need_columns(opened: Opened) -> None:
    """Stop where a table lacks a column that makes its rows what they are, or holds one twice or under nearly its name.

    A column that is not there is read as empty: nothing would look wrong.

    Raises:
        ChartError: with the columns.
    """
    wrong = []
    for table, relation in sorted(opened.relations.items()):
        lacking = [name for name in TABLES[table] if name not in relation.columns]
        near = [
            (name, other) for name in lacking for other in relation.others if slips_between(name, other, 2) is not None
        ]
        spelt = {name for name, _ in near}
        wrong += [f"{table} has {other} for {name}" for name, other in near]
        wrong += [
            f"{table} has two columns {name}" for name in dict.fromkeys(relation.doubled) if name in TABLES[table]
        ]
        wrong += [f"{table} has no {name}" for name in lacking if name in REQUIRED.get(table, ()) and name not in spelt]
    if wrong:
        named = opened.description.from_
        do = "give each column that is read its name in the common data model, once"
        raise stop(
            f"{', '.join(wrong)}: the column would be read as empty", named.folder or "", do, about=("from", named.kind)
        )
