"""An embedded DuckDB that reads no file, loads no extension and never touches the network."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from caseseries.engine.dialect import DUCKDB, Dialect
from caseseries.errors import EngineError

if TYPE_CHECKING:
    import duckdb

#: Everything that could read a file, fetch code or scan a Python variable is off (reliability.md, section 3).
HARDENED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


class Engine:
    """One connection. Rows go in by parameters and come out as tuples; identifiers are only ever our own."""

    dialect: Dialect = DUCKDB

    def __init__(self, connection: duckdb.DuckDBPyConnection, spill: str) -> None:
        self._connection, self._spill = connection, spill

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement that returns nothing of interest."""
        self._execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, in the order the query states."""
        return self._execute(sql, parameters).fetchall()

    def keep(self, name: str, query: str) -> None:
        """Keep the rows of a query as a temporary table of this session, replacing one of that name."""
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def view(self, name: str, query: str) -> None:
        """Give a query a name for this session; its rows are computed each time they are asked for."""
        self.run(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
        """Make a temporary table of these columns (name, type) and rows, replacing one of that name."""
        declared = ", ".join(f"{column} {kind}" for column, kind in columns)
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} ({declared})")
        if rows:
            unnested = ", ".join(f"unnest(?::{kind}[])" for _, kind in columns)
            self.run(f"INSERT INTO {name} SELECT {unnested}", [list(column) for column in zip(*rows, strict=True)])

    def _execute(self, sql: str, parameters: Sequence[Any]) -> duckdb.DuckDBPyConnection:
        import duckdb

        try:
            return self._connection.execute(sql, list(parameters))
        except duckdb.OutOfMemoryException as stopped:
            raise EngineError(
                "The database engine ran out of memory.",
                do="Give it more with --memory-limit, or free disk space for its temporary files.",
            ) from stopped
        except duckdb.IOException as stopped:
            raise EngineError(
                "The database engine could not write its temporary files.", do="Free disk space and run again."
            ) from stopped
        except duckdb.OutOfRangeException as stopped:
            raise EngineError(
                "A number is too large to be compared exactly.",
                do="Look for a value with far too many digits; nothing was decided.",
            ) from stopped

    def close(self) -> None:
        """Close the connection and remove what it spilled to disk."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    *, memory_limit: str = "1GB", threads: int = 2, readable: Sequence[Path] = (), writable: Path | None = None
) -> Engine:
    """Open an embedded engine for one run; the files in `readable` are all that its SQL can read, but for those in the folder
    `writable`, where it may also write.

    Spilled rows are patient data: the folder for them is readable by the user alone and removed at the end.

    >>> with connect() as engine:
    ...     engine.rows("SELECT 1 + 1")
    [(2,)]
    """
    import duckdb

    spill = tempfile.mkdtemp(prefix="caseseries-")
    Path(spill).chmod(0o700)
    connection = duckdb.connect(
        ":memory:",
        config={
            **{name: value for name, value in HARDENED.items() if name != "enable_external_access"},
            "threads": str(threads),
            "memory_limit": memory_limit,
            "temp_directory": spill,
            "max_temp_directory_size": "20GB",
        },
    )
    # DuckDB takes the list of files only while it may still read any; then the door is shut, and the lock kept.
    if readable:
        connection.execute("SET allowed_paths = ?", [[str(path.resolve()) for path in readable]])
    if writable is not None:
        connection.execute("SET allowed_directories = ?", [[str(writable.resolve())]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return Engine(connection, spill)
