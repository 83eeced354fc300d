"""A Spark session of its own: on this machine with nothing to set up, on a cluster with its URL."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import count
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import TYPE_CHECKING, Any, Literal

from caseseries.disk.scratch import make_scratch, remove_scratch
from caseseries.engine import failures
from caseseries.engine.connection import BATCH, Engine
from caseseries.engine.dialect import SPARK, Dialect
from caseseries.engine.memory import kibibytes
from caseseries.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: How numbers, names and days are read is the same on every machine and cluster.
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",  # wide products keep 38 digits; more than that raises
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",  # its messages quote the values they stumble over
    "spark.sql.maxPlanStringLength": "10000",
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
}
_ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.parquet.compression.codec": "lz4",
}


#: A table handed over with at most this many rows stays in the driver, where it costs no file and hardly a job.
SMALL = 20_000

#: Where kept rows are held. In the driver, if all are few. On this machine in Parquet files of the private folder: Spark then
#: knows how much there is and plans the next step by it. On a cluster, of which no more than the URL is known, by the executors;
#: a lost executor then ends the run. (A data frame that is only cached drags all that led to it into each later plan, which
#: within thirty steps is too much for the driver.)
Held = Literal["driver", "files", "executors"]


class Spark(Engine):
    """Spark, seen through one session."""

    dialect: Dialect = SPARK

    def __init__(
        self, session: SparkSession, java: Popen[bytes], schema: str, folder: Path, stop: Callable[[], None], held: Held
    ) -> None:
        self._session, self._java, self._schema = session, java, schema
        self._folder, self._stop, self._held = folder, stop, held
        self._kept: dict[str, Path] = {}
        self._number = count()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, in the order the query states."""
        with words(self._java):
            found = self._session.sql(sql, args=list(parameters) or None)
            whole = _whole_columns(found)
            return [_plain(row, whole) for row in found.collect()]

    def batches(self, sql: str, size: int = BATCH, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a long result, at most `size` at a time; one partition is held at a time."""
        with words(self._java):
            found = self._session.sql(sql, args=list(parameters) or None)
            whole = _whole_columns(found)
            batch: list[tuple[Any, ...]] = []
            for row in found.toLocalIterator():
                batch.append(_plain(row, whole))
                if len(batch) == size:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def keep(self, name: str, query: str) -> None:
        """Keep the rows of a query for this session, replacing those of that name."""
        with words(self._java):
            self._hold(name, self._session.sql(query), self._held)

    def view(self, name: str, query: str) -> None:
        """Give a query a name for this session; its rows are computed each time they are asked for."""
        with words(self._java):
            # In SQL, and not from a data frame: Spark then looks anew at what the view names when it is asked.
            self._session.sql(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
        self._remove(name)

    def table(self, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """Make a temporary table of these columns (name, type) and rows, replacing one of that name."""
        from pyspark.sql.types import DecimalType, StructType

        rows = list(rows)
        few = len(rows) <= SMALL
        with words(self._java):
            declared = StructType.fromDDL(", ".join(f"{column} {kind}" for column, kind in columns))
            assert isinstance(declared, StructType)
            if few:
                # One text for all rows, which Java reads, instead of a call for each cell. It is a value, never SQL.
                text = json.dumps([dict(zip(declared.names, row, strict=True)) for row in rows])
                kind = f"array<{declared.simpleString()}>"
                frame = self._session.sql("SELECT inline(from_json(?, ?, map('mode', 'FAILFAST')))", args=[text, kind])
            else:
                wide = [place for place, field in enumerate(declared) if isinstance(field.dataType, DecimalType)]
                frame = self._session.createDataFrame([_exact(row, wide) for row in rows], declared)
            self._hold(name, frame, "driver" if few else self._held)

    def forget(self, *names: str) -> None:
        """Drop temporary tables; one that is not there is passed over."""
        with words(self._java):
            for name in names:
                self._session.catalog.dropTempView(name)
                self._remove(name)

    def source(self, table: str) -> str:
        """SQL for a table of the source's database."""
        return ".".join(f"`{part.replace('`', '``')}`" for part in (*self._schema.split("."), table) if part)

    def _hold(self, name: str, frame: DataFrame, held: Held) -> None:
        from pyspark.sql.classic.dataframe import DataFrame

        path = None
        if held == "driver":
            there = frame._jdf.collectAsList()
            frame = DataFrame(self._session._jsparkSession.createDataFrame(there, frame._jdf.schema()), self._session)
        elif held == "files":
            path = self._folder / f"{name}-{next(self._number)}"
            frame.write.parquet(str(path))
            frame = self._session.read.schema(frame.schema).parquet(str(path))
        else:
            frame = frame.localCheckpoint(eager=True)
        frame.createOrReplaceTempView(name)
        self._remove(name)
        if path is not None:
            self._kept[name] = path

    def _remove(self, name: str) -> None:
        if name in self._kept:
            shutil.rmtree(self._kept.pop(name), ignore_errors=True)

    def close(self) -> None:
        """Stop the session and remove what it wrote to disk."""
        self._stop()


def _exact(row: Sequence[Any], wide: list[int]) -> tuple[Any, ...]:
    cells = list(row)
    for place in wide:
        if cells[place] is not None:
            cells[place] = Decimal(cells[place])
    return tuple(cells)


def _whole_columns(frame: DataFrame) -> list[int]:
    from pyspark.sql.types import DecimalType

    return [
        place
        for place, field in enumerate(frame.schema.fields)
        if isinstance(field.dataType, DecimalType) and field.dataType.scale == 0
    ]


def _plain(row: Sequence[Any], whole: list[int]) -> tuple[Any, ...]:
    if not whole:
        return tuple(row)
    cells = list(row)
    for place in whole:
        if cells[place] is not None:
            cells[place] = int(cells[place])
    return tuple(cells)


@contextmanager
def words(java: Popen[bytes]) -> Iterator[None]:
    """Say what Spark says in words that hold no value."""
    from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JNetworkError, ConnectionError) as stopped:
        raise _gone(java) from stopped
    except (PySparkException, Py4JError) as stopped:
        sentence = _sentence(stopped, java)
        if sentence is None and isinstance(stopped, Py4JError) and not isinstance(stopped, Py4JJavaError):
            sentence = _gone(java)
        sentence = sentence or _of_its_own(stopped)
        if sentence is None:
            raise
        raise sentence from stopped


def unreadable_file() -> EngineError:
    """A file is not of its kind."""
    return EngineError(UNREADABLE_FILE, do="Look for a file that was cut off, or that has the name of another kind.")


UNREADABLE_FILE = "Spark cannot read a file of the source: it is no Parquet file, or it is damaged."


def _of_its_own(stopped: BaseException) -> EngineError | None:
    """An error that is known by its name alone; None where a statement was wrong, which is a defect of ours."""
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    if isinstance(stopped, AnalysisException | ParseException):
        return None
    if isinstance(stopped, PySparkException):
        name = stopped.getCondition() or type(stopped).__name__
    else:  # The name of a class is not a value; the message behind it may be one.
        java = re.search(r"^: ([\w.$]+)", str(stopped), re.MULTILINE)
        name = java[1] if java else type(stopped).__name__
    return EngineError(
        f"Spark stopped with an error of its own ({name}). The source was only read, and no results were written.",
        do="Look at the log of the cluster, or run again with more memory.",
    )


def _not_of_py4j(record: logging.LogRecord) -> bool:
    """Whether a line of the log is none of py4j, which writes to that of the whole program; what went wrong is raised as well."""
    return Path(record.pathname).parent.name != "py4j"


#: With this code Java ends itself where Spark found no more memory.
_OUT_OF_MEMORY = 52


def _gone(java: Popen[bytes]) -> EngineError:
    with suppress(TimeoutExpired):
        if java.wait(timeout=10) == _OUT_OF_MEMORY:
            return failures.out_of_memory("Give it more with --memory-limit")
    return failures.connection_lost("Spark went away.", "Look whether it was stopped, then run again.")


#: What Spark's message has in it, and what is said; the first that fits.
_SENTENCES: tuple[tuple[str, Callable[[], EngineError]], ...] = (
    (r"OutOfMemoryError|SparkOutOfMemory|UNABLE_TO_ACQUIRE_MEMORY|GC overhead", lambda: failures.out_of_memory(
        "Give it more with --memory-limit")),
    (r"No space left on device|Disk quota exceeded", lambda: failures.disk_full("where Spark puts temporary files")),
    (r"NUMERIC_VALUE_OUT_OF_RANGE|ARITHMETIC_OVERFLOW|CAST_OVERFLOW", failures.too_large),
    (r"CAST_INVALID_INPUT|CANNOT_PARSE_TIMESTAMP|DATETIME_OVERFLOW", failures.unreadable_value),
    (r"UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY|CANNOT_READ_FILE|FAILED_READ_FILE|UNABLE_TO_INFER_SCHEMA|not a Parquet file", unreadable_file),
    (r"TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|PATH_NOT_FOUND", lambda: EngineError(
        "Spark knows no such table of the source.", do="Look at the names of catalog and database, and of the tables.")),
    (r"AccessControlException|Permission denied|INSUFFICIENT_PERMISSIONS", lambda: EngineError(
        "Spark may not read a table of the source.", do="Ask for the right to read its tables.")),
    (r"ExecutorLostFailure|Checkpoint block|FetchFailed|worker lost|Worker.*(lost|removed)|executor .* exited", lambda:
        failures.connection_lost("Spark lost a worker, and with it rows of this run.", "Look at the cluster, then run again.")),
)  # fmt: skip


_ENDED = r"SparkContext was shut down|stopped SparkContext|SparkContext has been shutdown|Connection refused"


def _sentence(stopped: BaseException, java: Popen[bytes]) -> EngineError | None:
    message = str(stopped)
    if re.search(_ENDED, message):
        return _gone(java)
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, message):
            return sentence()
    return None


def open_spark(
    master: str | None, schema: str, threads: int, memory_limit: str, settings: Mapping[str, str], small: bool
) -> Spark:
    """Open a session: see :func:`caseseries.engine.connect_spark`."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.conf import SparkConf
        from pyspark.core.context import SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise failures.not_installed("pyspark", "spark") from missing
    java = Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else shutil.which("java")
    if java is None or not Path(java).is_file():
        raise EngineError("Spark needs Java, and none is found.", do="Install Java 17, or set JAVA_HOME to its folder.")
    if SparkContext._active_spark_context is not None:
        raise EngineError(
            "This process has a Spark session open already.", do="Close it, or run in a process of its own."
        )
    master = master or f"local[{threads}]"
    local = re.match(r"local(\[|$)", master) is not None
    memory = f"{kibibytes(memory_limit)}k"
    folder = make_scratch("spark")
    values = {
        **_MEANING,
        **(_ON_THIS_MACHINE if local else {}),
        **({"spark.sql.shuffle.partitions": str(threads), "spark.default.parallelism": str(threads)} if local else {}),
        "spark.master": master,
        "spark.app.name": "caseseries",
        "spark.driver.memory": memory,
        **({"spark.local.dir": str(folder)} if local else {}),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.artifact.isolation.enabled": "false",
        **settings,
    }
    conf = SparkConf(loadDefaults=False)
    for key, value in values.items():
        conf.set(key, value)
    gateway: Any = None
    context: SparkContext | None = None

    def stop() -> None:
        for end in (context.stop if context else None, gateway.shutdown if gateway else None):
            if end is not None:
                with suppress(Py4JError, OSError):  # it may be gone
                    end()
        if gateway is not None:
            gateway.proc.stdin.close()
            gateway.proc.wait(timeout=60)
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
        SparkSession._instantiatedSession = None
        remove_scratch(folder)

    # pyspark writes each error, with the values in it, to the screen as JSON, and py4j the place in its code where Java went away.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    logging.getLogger().addFilter(_not_of_py4j)
    try:
        # What Java prints would quote values of the source; it goes to the private folder and away with it.
        with (folder / "java.log").open("wb") as log:
            gateway = launch_gateway(conf, {"stderr": log, "stdout": log})  # type: ignore[no-untyped-call]  # pyspark leaves it untyped
        context = SparkContext(conf=conf, gateway=gateway)
        session = SparkSession(context)
    except Exception as stopped:
        stop()
        raise EngineError(
            f"Spark does not start{'' if local else ' on the master that was named'}.",
            do="Look whether Java is version 17 or 21" + ("." if local else ", and at the URL of the master."),
        ) from stopped
    except BaseException:
        stop()
        raise
    return Spark(session, gateway.proc, schema, folder, stop, "driver" if small else "files" if local else "executors")
