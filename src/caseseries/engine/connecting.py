"""Opening an engine: an embedded DuckDB, a session of a Postgres server, or Spark. What only one of them needs is imported when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from caseseries.engine.connection import Engine


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
