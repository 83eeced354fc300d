"""One database engine for one run: embedded DuckDB, a Postgres server or Spark, behind the same few words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
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
