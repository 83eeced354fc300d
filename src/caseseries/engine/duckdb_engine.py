"""An embedded DuckDB that reads what it was given, loads no extension and never touches the network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.engine import failures
from caseseries.engine.connection import BATCH, Engine, path_text, quoted
from caseseries.engine.dialect import DUCKDB, Dialect
from caseseries.engine.memory import kibibytes
from caseseries.errors import EngineError

if TYPE_CHECKING:
    import duckdb

Answer = TypeVar("Answer")

#: Everything that could fetch code or scan a Python variable is off from the start (reliability.md, section 3); files are
#: shut off after those of the source were named.
HARDENED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


#: Rows handed over in one statement: each value takes a hundred bytes and more on the way.
AT_ONCE = 10_000


class DuckDB(Engine):
    """The embedded engine."""

    dialect: Dialect = DUCKDB

    def __init__(self, connection: duckdb.DuckDBPyConnection, spill: str, memory_limit: str) -> None:
        self._connection, self._spill = connection, spill
        self._memory_limit = self._in_force = memory_limit
        self._views: set[str] = set()
        self._asking = ThreadPoolExecutor(1, "caseseries-duckdb")

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement that returns nothing of interest."""
        self._execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, in the order the query states."""
        with words():
            return self._asked(lambda: self._connection.execute(sql, list(parameters)).fetchall())

    def batches(self, sql: str, size: int = BATCH, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a long result, at most `size` at a time; ask nothing else of the engine until the last has come."""
        with words():
            found = self._asked(lambda: self._connection.execute(sql, list(parameters)))
            while rows := found.fetchmany(size):
                yield rows

    def keep(self, name: str, query: str) -> None:
        """Keep the rows of a query as a temporary table of this session, replacing one of that name."""
        self._not_a_view(name)
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def view(self, name: str, query: str) -> None:
        """Give a query a name for this session; its rows are computed each time they are asked for."""
        if name not in self._views:
            self.forget(name)
            self._views.add(name)
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

    def _not_a_view(self, name: str) -> None:
        """Make room for a table where a view of that name stands."""
        if name in self._views:
            self._views.discard(name)
            self._execute(f"DROP VIEW IF EXISTS temp.{name}")

    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """Make a temporary table of these columns (name, type) and rows, replacing one of that name."""
        self._not_a_view(name)
        declared = ", ".join(f"{column} {kind}" for column, kind in columns)
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} ({declared})")
        unnested = ", ".join(f"unnest(?::{kind}[])" for _, kind in columns)
        left = iter(rows)
        while some := list(islice(left, AT_ONCE)):
            lists = [list(column) for column in zip(*some, strict=True)]
            self._execute(f"INSERT INTO {name} SELECT {unnested}", lists)

    def forget(self, *names: str) -> None:
        """Drop temporary tables that are not needed any more; one that is not there is passed over."""
        for name in names:
            self._not_a_view(name)
            self._execute(f"DROP TABLE IF EXISTS temp.{name}")

    def source(self, table: str) -> str:
        """SQL for a table of the attached file."""
        return f"source.{quoted(table)}"

    def _execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with words():
            self._asked(lambda: self._connection.execute(sql, list(parameters)))

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """Ask in a thread of its own: inside a statement DuckDB may look for Ctrl-C too late, or never."""
        if threading.current_thread() is not threading.main_thread():
            return ask()
        asked = self._asking.submit(ask)
        try:
            return asked.result()
        finally:  # where a signal's handler raised, the statement is still at work
            while not asked.done():
                self._connection.interrupt()
                wait([asked], timeout=0.05)

    def narrow(self, memory_limit: str) -> None:
        """Work within less memory from now on."""
        self._execute(f"SET memory_limit = '{kibibytes(memory_limit)}KiB'")
        self._in_force = memory_limit

    def widen(self) -> bool:
        """Work within the memory that the engine was opened with again; False where it does already."""
        if self._in_force == self._memory_limit:
            return False
        self.narrow(self._memory_limit)
        return True

    def close(self) -> None:
        """Close the connection and remove what it spilled to disk."""
        self._asking.shutdown()
        self._connection.close()
        remove_scratch(self._spill)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C be Ctrl-C: where a signal's handler raises, DuckDB gives its statement up and says RuntimeError instead."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as stopped:
        if str(stopped) != "Query interrupted":
            raise
        raise KeyboardInterrupt from None


@contextmanager
def words() -> Iterator[None]:
    """Say what DuckDB says in words that hold no value."""
    import duckdb

    try:
        with stoppable():
            yield
    except duckdb.OutOfMemoryException as stopped:
        # DuckDB says the same of its memory and of the largest size of its temporary folder.
        raise failures.out_of_memory("Give it more with --memory-limit") from stopped
    except duckdb.PermissionException:
        raise
    except duckdb.IOException as stopped:
        raise failures.disk_full("where temporary files go") from stopped
    except duckdb.OutOfRangeException as stopped:
        raise failures.too_large() from stopped
    except duckdb.ConversionException as stopped:
        raise failures.unreadable_value() from stopped
    except duckdb.Error as stopped:
        if type(stopped) is not duckdb.Error:
            raise
        raise failures.damaged() from stopped  # what takes a file apart knows no other kind


def _named_in_utf8(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            str(path.resolve()).encode()
        except UnicodeEncodeError:
            raise EngineError(
                "The database engine reads and writes only where the name is in UTF-8.",
                where=str(path).encode("utf-8", "backslashreplace").decode(),
                do="Rename the file or folder; for temporary files set TMPDIR to another one.",
            ) from None


def open_duckdb(
    memory_limit: str, threads: int, readable: Sequence[Path], attach: Path | None, writable: Path | None
) -> DuckDB:
    """Open the engine, then shut the door: see :func:`caseseries.engine.connect`."""
    import duckdb

    spill = str(make_scratch("spill"))
    try:
        _named_in_utf8([Path(spill), *readable, *(path for path in (attach, writable) if path is not None)])
    except BaseException:
        remove_scratch(spill)
        raise
    try:
        connection = duckdb.connect(
            ":memory:",
            config={
                **HARDENED,
                "threads": str(threads),
                "memory_limit": memory_limit,
                "temp_directory": spill,
                "max_temp_directory_size": "20GB",
            },
        )
    except BaseException:
        remove_scratch(spill)
        raise
    engine = DuckDB(connection, spill, memory_limit)
    try:
        if attach is not None:
            # The path cannot be a parameter of ATTACH.
            connection.execute(f"ATTACH {path_text(attach.resolve())} AS source (READ_ONLY)")
        allowed = [path.resolve() for path in readable] + ([writable.resolve()] if writable else [])
        folders = [f"{path}/" for path in allowed if path.is_dir()]
        files = [str(path) for path in allowed if not path.is_dir()]
        # DuckDB takes these lists only while it may still read any file; then the door is shut, and the lock kept.
        if files:
            connection.execute("SET allowed_paths = ?", [files])
        if folders:
            connection.execute("SET allowed_directories = ?", [folders])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "SET parquet_metadata_cache = true"
        )  # what the end of a file says of its columns is read once
        connection.execute("SET allowed_configs = ['memory_limit']")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as stopped:
        engine.close()
        raise EngineError(
            f"The database file {attach.name if attach else ''} cannot be opened.".replace("file  ", "file "),
            do="Look whether it is a DuckDB file of a version that this one reads, and whether another program has it open.",
        ) from stopped
    except BaseException:
        engine.close()
        raise
    return engine
