"""One database engine for one run: embedded DuckDB, a Postgres server or Spark, behind the same few words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from caseseries.engine.dialect import Dialect

#: Rows handed over at a time where a result is too long to hold.
BATCH = 50_000


class Engine(ABC):
    """One connection. Rows go in by parameters (written ?) and come out as tuples; identifiers are only ever our own.

    Everything an engine makes is temporary and seen by this connection alone. Whole numbers come out as int, however wide.
    """

    dialect: Dialect

    @abstractmethod
    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, in the order the query states."""

    @abstractmethod
    def batches(self, sql: str, size: int = BATCH, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a long result, at most `size` at a time; ask nothing else of the engine until the last has come."""

    @abstractmethod
    def keep(self, name: str, query: str) -> None:
        """Keep the rows of a query as a temporary table of this session, replacing one of that name."""

    @abstractmethod
    def view(self, name: str, query: str) -> None:
        """Give a query a name for this session; its rows are computed each time they are asked for."""

    @abstractmethod
    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """Make a temporary table of these columns (name, type) and rows, replacing one of that name."""

    @abstractmethod
    def forget(self, *names: str) -> None:
        """Drop temporary tables that are not needed any more; one that is not there is passed over."""

    @abstractmethod
    def source(self, table: str) -> str:
        """SQL for a table of the source, which a temporary table of the same name does not hide."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection and remove what it wrote to disk; a second call does nothing."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement of embedded DuckDB that returns nothing of interest; only it writes files."""
        raise NotImplementedError(f"{self.dialect.name} makes temporary tables only")

    def narrow(self, memory_limit: str) -> None:  # noqa: B027  nothing to do is right for a server and a cluster
        """Work within less memory from now on, where the engine can be told so while it runs; no result depends on it."""

    def widen(self) -> bool:
        """Work within the memory that the engine was opened with again; False where it does already."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def quoted(name: str) -> str:
    """A name of the source as an SQL identifier.

    >>> quoted('cdm "2"')
    '"cdm ""2\"""'
    """
    return '"' + name.replace('"', '""') + '"'


def path_text(path: Path) -> str:
    """A path of a file as SQL text, whatever letters it has.

    >>> path_text(Path("o'brien/range 1.parquet"))
    "'o''brien/range 1.parquet'"
    """
    return "'" + str(path).replace("'", "''") + "'"


def connect(
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    readable: Sequence[Path] = (),
    attach: Path | None = None,
    writable: Path | None = None,
) -> Engine:
    """Open an embedded DuckDB for one run, which can read `readable`, write to `writable`, and reach nothing else.

    `readable` are files, and folders with all they hold; `attach` is a DuckDB file, whose tables are read as those of
    `source` and cannot be written. Spilled rows are patient data: the folder for them is readable by the user alone and
    removed at the end.

    Raises:
        EngineError: a file cannot be opened.

    >>> with connect() as engine:
    ...     engine.rows("SELECT 1 + 1")
    [(2,)]
    """
    from caseseries.engine.duckdb_engine import open_duckdb

    return open_duckdb(memory_limit, threads, readable, attach, writable)


def connect_postgres(conninfo: str = "", schema: str = "public", *, memory_limit: str = "256MB") -> Engine:
    """Open a session of a Postgres server; the right to SELECT, and to make temporary tables, is all it needs.

    `conninfo` is what libpq takes, `host=... dbname=... user=...` or `postgresql://...`; a password is better kept in a
    password file or in PGPASSWORD. `schema` holds the tables of the source. Every statement that reads the source runs in
    a read-only transaction. `memory_limit` is for one step of a query (work_mem).

    Raises:
        EngineError: psycopg is not installed, or the server cannot be reached.
    """
    from caseseries.engine.postgres_engine import open_postgres

    return open_postgres(conninfo, schema, memory_limit)


def connect_spark(
    master: str | None = None,
    *,
    schema: str = "",
    threads: int = 2,
    memory_limit: str = "2GB",
    settings: Mapping[str, str] | None = None,
    small: bool = False,
) -> Engine:
    """Open a Spark session of its own: on this machine, or on the cluster of which `master` is the URL.

    `schema` (`catalog.database` or `database`) holds the tables of the source. `memory_limit` is that of the driver, which
    on this machine does all the work. `settings` are further settings of Spark (`spark.executor.memory`, say). On this
    machine nothing listens beyond loopback, and what Spark writes to disk goes to a folder that only the user can read,
    removed at the end. `small` says that all rows together are few: they then stay with the driver. One process has one such
    session at a time.

    Raises:
        EngineError: pyspark or Java is not installed, the session does not start, or another one is open.
    """
    from caseseries.engine.spark_engine import open_spark

    return open_spark(master, schema, threads, memory_limit, settings or {}, small)
