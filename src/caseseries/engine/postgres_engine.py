"""A session of a Postgres server that reads its source in read-only transactions and makes temporary tables only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from caseseries.engine import failures
from caseseries.engine.connection import BATCH, Engine, quoted
from caseseries.engine.dialect import POSTGRES, Dialect
from caseseries.engine.memory import kibibytes
from caseseries.errors import EngineError

if TYPE_CHECKING:
    import psycopg

#: What a session is, whatever the server's or the role's defaults.
_SESSION = """
SET default_transaction_read_only = on;
SET TimeZone = 'UTC';
SET client_min_messages = error;
SET DateStyle = 'ISO, YMD';
SET client_encoding = 'UTF8';
SET statement_timeout = 0;
SET idle_session_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET jit = off;
SET temp_buffers = '64MB'
"""

_VIEWS = "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'v'"


class Postgres(Engine):
    """A server, seen through one session."""

    dialect: Dialect = POSTGRES

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], schema: str) -> None:
        self._connection, self._schema = connection, schema
        self._views: dict[str, str] = {}

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, in the order the query states."""
        with words():
            return self._connection.execute(*_written(sql, parameters)).fetchall()

    def batches(self, sql: str, size: int = BATCH, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a long result, at most `size` at a time; ask nothing else of the engine until the last has come."""
        with words(), self._connection.transaction(), self._connection.cursor("caseseries_rows") as cursor:
            cursor.execute(*_written(sql, parameters))
            while rows := cursor.fetchmany(size):
                yield rows

    def keep(self, name: str, query: str) -> None:
        """Keep the rows of a query as a temporary table of this session, replacing one of that name."""
        # Postgres makes no temporary table in a read-only transaction, but fills one. So the table is made empty, and the
        # query, which may read the source, runs read-only.
        self._make(name, f"CREATE TEMP TABLE {name}__new AS {query} WITH NO DATA")
        # Statistics are never gathered for a temporary table unless the session asks for them.
        fill = f"INSERT INTO pg_temp.{name}__new {query}; ANALYZE pg_temp.{name}__new"
        self._send(f"BEGIN READ ONLY; {self._joins(query)}{fill}; COMMIT; {_replace(name)}")
        self._make_views_again()

    def view(self, name: str, query: str) -> None:
        """Give a query a name for this session; its rows are computed each time they are asked for."""
        if self._views.pop(name, None) is None:
            self.forget(name)
        # A view that stands on this one goes with it and is made anew.
        self._send(_declared(f"DROP VIEW IF EXISTS pg_temp.{name} CASCADE", f"CREATE TEMP VIEW {name} AS {query}"))
        self._make_views_again()
        self._views[name] = query

    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """Make a temporary table of these columns (name, type) and rows, replacing one of that name."""
        declared = ", ".join(f"{column} {kind}" for column, kind in columns)
        self._make(name, f"CREATE TEMP TABLE {name}__new ({declared})")
        if rows:
            with (
                words(),
                self._connection.cursor() as cursor,
                cursor.copy(f"COPY pg_temp.{name}__new FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        self._send(f"BEGIN READ ONLY; ANALYZE pg_temp.{name}__new; COMMIT; {_replace(name)}")
        self._make_views_again()

    def forget(self, *names: str) -> None:
        """Drop temporary tables; one that is not there is passed over."""
        drops = [
            f"DROP {'TABLE' if self._views.pop(name, None) is None else 'VIEW'} IF EXISTS pg_temp.{name} CASCADE"
            for name in names
        ]
        self._send(_declared(*drops))
        self._make_views_again()

    def source(self, table: str) -> str:
        """SQL for a table of the source's schema."""
        return f"{quoted(self._schema)}.{quoted(table)}"

    def _joins(self, query: str) -> str:
        """Temporary tables have no index, so that looking rows up one by one reads all of them each time.

        The server does so where it expects few rows, and what a step makes of another it cannot know. Tables of the source
        have indexes: where a query reads them, the server chooses.
        """
        if any(f"{schema}." in query for schema in (self._schema, quoted(self._schema))):
            return ""
        return "SET LOCAL enable_nestloop = off; "

    def _make(self, name: str, statement: str) -> None:
        if self._views.pop(name, None) is not None:
            self._send(_declared(f"DROP VIEW IF EXISTS pg_temp.{name} CASCADE"))
        self._send(_declared(f"DROP TABLE IF EXISTS pg_temp.{name}__new", statement))

    def _make_views_again(self) -> None:
        """Views go with a table or view below them: those are made anew, and one that no longer can be is forgotten."""
        import psycopg

        there = {name for (name,) in self.rows(_VIEWS)} if self._views else set()
        gone = {name: query for name, query in self._views.items() if name not in there}
        while gone:
            left = {}
            for name, query in gone.items():
                try:
                    self._send(_declared(f"CREATE TEMP VIEW {name} AS {query}"))
                except (EngineError, psycopg.ProgrammingError):
                    left[name] = query
            if len(left) == len(gone):
                for name in left:
                    del self._views[name]
                return
            gone = left

    def _send(self, statements: str) -> None:
        import psycopg

        try:
            with words():
                self._connection.execute(statements)
        except BaseException:
            with suppress(psycopg.Error):  # where the session is gone, there is nothing to roll back
                self._connection.rollback()
            raise

    def close(self) -> None:
        """Close the session; the server drops its temporary tables."""
        self._connection.close()


def _declared(*statements: str) -> str:
    """What makes, drops or renames something temporary, as one transaction that may."""
    return "; ".join(("BEGIN READ WRITE", *statements, "COMMIT"))


def _replace(name: str) -> str:
    drop, rename = f"DROP TABLE IF EXISTS pg_temp.{name} CASCADE", f"ALTER TABLE pg_temp.{name}__new RENAME TO {name}"
    return _declared(drop, rename)


def _written(sql: str, parameters: Sequence[Any]) -> tuple[Any, Sequence[Any] | None]:
    """A statement with its parameters as psycopg writes them; without any it is sent as it stands."""
    return (sql.replace("%", "%%").replace("?", "%s"), parameters) if parameters else (sql, None)


@contextmanager
def words() -> Iterator[None]:
    """Say what Postgres says in words that hold no value."""
    import psycopg
    from psycopg import errors

    try:
        yield
    except (errors.InsufficientPrivilege, errors.UndefinedTable, errors.InvalidSchemaName) as stopped:
        # These messages name tables and schemas, never values.
        raise EngineError(
            f"The Postgres server refused: {stopped.diag.message_primary or 'no such table'}.",
            do="Grant SELECT on the tables of the source and USAGE on their schema, or name another schema.",
        ) from stopped
    except errors.ReadOnlySqlTransaction as stopped:
        raise EngineError(
            "The Postgres server lets no temporary table be made.",
            do="A standby makes none: name its primary server, or a copy that takes temporary tables.",
        ) from stopped
    except errors.NumericValueOutOfRange as stopped:
        raise failures.too_large() from stopped
    except errors.DataError as stopped:
        raise failures.unreadable_value() from stopped
    except errors.DiskFull as stopped:
        raise failures.disk_full("on the server") from stopped
    except errors.ConfigurationLimitExceeded as stopped:
        raise EngineError(
            "The Postgres server stopped at its limit for temporary files.",
            do="Let its administrator raise temp_file_limit, or run on fewer patients at a time.",
        ) from stopped
    except errors.OutOfMemory as stopped:
        raise failures.out_of_memory("Give the server more, or run on fewer patients at a time") from stopped
    except errors.QueryCanceled as stopped:
        raise EngineError(
            "The Postgres server cancelled a query.", do="Ask its administrator for a longer time, then run again."
        ) from stopped
    except psycopg.InternalError as stopped:
        raise EngineError(
            f"The Postgres server stopped with an error of its own (SQLSTATE {stopped.sqlstate or 'unknown'}).",
            do="Look at its log, then run again; nothing was written.",
        ) from stopped
    except psycopg.OperationalError as stopped:
        raise failures.connection_lost(
            "The connection to the Postgres server was lost.", "Look whether the server is up, then run again."
        ) from stopped


#: What a server or its client says where no session is opened (in English, as libpq does and most servers), and what is said
#: of it; the first that fits. Their own words are not repeated: they name the user and the host.
_REFUSALS: tuple[tuple[str, str, str], ...] = (
    (r"definition of service .* not found", "The Postgres service is not defined.",
     "Look at its name, and at ~/.pg_service.conf or the file that PGSERVICEFILE names."),
    (r"database .* does not exist", "The Postgres server has no such database.", "Look at dbname."),
    (r"role .* does not exist", "The Postgres server has no such role.", "Look at user, or let its administrator make the role."),
    (r"no password supplied", "The Postgres server wants a password, and none was given.",
     "Set PGPASSWORD, or write it to ~/.pgpass or a service file."),
    (r"password authentication failed|authentication failed for user|Ident authentication|Peer authentication",
     "The Postgres server refused the role or its password.",
     "Look at user, and at the password in PGPASSWORD, ~/.pgpass or the service file."),
    (r"no pg_hba\.conf entry", "The Postgres server does not let this role into this database from this machine.",
     "Look at user and dbname, or let its administrator add a line to pg_hba.conf."),
    (r"permission denied for database", "The role may not connect to this database of the Postgres server.",
     "Let its administrator grant CONNECT on the database."),
    (r"is not permitted to log in", "The role may not log in to the Postgres server.", "Name another user."),
    (r"too many (clients|connections)|remaining connection slots", "The Postgres server takes no further connection.",
     "Wait, or let its administrator raise max_connections."),
    (r"the database system is (starting up|shutting down|in recovery)", "The Postgres server is starting or stopping.", "Run again later."),
    (r"could not translate host name|failed to resolve host|Name or service not known",
     "The Postgres server cannot be reached: no host of that name is known.", "Look at host."),
    (r"Connection refused|No such file or directory|No route to host|Network is unreachable",
     "The Postgres server cannot be reached: nothing answers there.", "Look whether it is up, and at host and port."),
    (r"timeout expired|timed out", "The Postgres server cannot be reached: it did not answer in time.",
     "Look at host and port, and whether a firewall stands between."),
    (r"SSL|certificate", "The Postgres server and this machine agree on no secure connection.", "Look at sslmode and sslrootcert."),
    (r"invalid (integer value|port|sslmode|connection option)", "The connection string of the Postgres server cannot be read.",
     "Write it as host=... dbname=... user=..., or postgresql://user@host/dbname."),
)  # fmt: skip


def _not_opened(message: str) -> EngineError:
    for pattern, what, do in _REFUSALS:
        if re.search(pattern, message, re.IGNORECASE):
            return EngineError(what, do=do)
    return EngineError(
        "The Postgres server cannot be reached, or refused the user.",
        do="Look whether it is up, and at host, port, dbname and user; a password goes to PGPASSWORD or ~/.pgpass.",
    )


def open_postgres(conninfo: str, schema: str, memory_limit: str) -> Postgres:
    """Open a session: see :func:`caseseries.engine.connect_postgres`."""
    try:
        import psycopg
        from psycopg.types.numeric import NumericLoader
    except ImportError as missing:
        raise failures.not_installed("psycopg", "postgres") from missing

    memory = kibibytes(memory_limit)

    class WholeLoader(NumericLoader):
        """numeric as int where it is a whole number."""

        def load(self, data: Any) -> Any:
            """The number that was sent as text."""
            written = bytes(data)
            return int(written) if written.lstrip(b"-").isdigit() else super().load(data)

    try:
        connection = psycopg.connect(conninfo, autocommit=True, application_name="caseseries", connect_timeout=20)
    except psycopg.ProgrammingError as stopped:
        # What was written may hold a password: it is not repeated, and neither is what was said of it.
        raise EngineError(
            "The connection string of the Postgres server cannot be read.",
            do="Write it as host=... dbname=... user=..., or postgresql://user@host/dbname.",
        ) from stopped
    except psycopg.OperationalError as stopped:
        raise _not_opened(str(stopped)) from stopped
    connection.adapters.register_loader("numeric", WholeLoader)
    engine = Postgres(connection, schema)
    try:
        with words():
            connection.execute(_SESSION)
            connection.execute("SELECT set_config('work_mem', %s, false)", (f"{memory}kB",))
            # Temporary tables first: those of the source are always named with their schema.
            connection.execute("SELECT set_config('search_path', %s, false)", (f"pg_temp, {quoted(schema)}",))
    except BaseException:
        engine.close()
        raise
    return engine
