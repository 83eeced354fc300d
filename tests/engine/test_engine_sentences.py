"""What cannot be made to happen on every machine is said all the same; where Spark holds its rows changes no answer."""

from __future__ import annotations

import builtins
import logging
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
from pyspark.core.context import SparkContext
from pyspark.errors import AnalysisException, SparkRuntimeException
from pyspark.sql import SparkSession

from caseseries.engine import connect_postgres, connect_spark, postgres_engine, spark_engine
from caseseries.engine.spark_engine import Held, Spark, _not_of_py4j
from caseseries.errors import EngineError


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        (psycopg.errors.DiskFull("patient Mona"), "Free disk space on the server"),
        (psycopg.errors.OutOfMemory("patient Mona"), "ran out of memory"),
        (psycopg.errors.NumericValueOutOfRange("patient Mona"), "A number is too large"),
        (psycopg.errors.ReadOnlySqlTransaction("patient Mona"), "lets no temporary table be made"),
        (psycopg.errors.DataCorrupted("patient Mona"), "an error of its own \\(SQLSTATE XX001\\)"),
    ],
)
def test_what_a_server_may_say(stopped: Exception, said: str) -> None:
    with pytest.raises(EngineError, match=said) as wrong, postgres_engine.words():
        raise stopped
    assert "Mona" not in str(wrong.value)


class Ended:
    """Stands for the process of Java that ended with a code, or runs on."""

    def __init__(self, code: int | None) -> None:
        self.code = code

    def wait(self, timeout: float) -> int:
        if self.code is None:
            raise subprocess.TimeoutExpired("java", timeout)
        return self.code


@pytest.mark.parametrize(
    ("stopped", "code", "said"),
    [
        (Py4JNetworkError("Mona"), None, "Spark went away"),
        (Py4JNetworkError("Mona"), 137, "Spark went away"),
        (ConnectionRefusedError("Mona"), 52, "ran out of memory"),
        (Py4JError("an error without Java's own words: Mona"), 1, "Spark went away"),
        (Py4JError("Job 3 cancelled because SparkContext was shut down"), 52, "ran out of memory"),
        (Py4JError("java.lang.OutOfMemoryError: Mona"), None, "ran out of memory"),
        (Py4JError("java.io.IOException: No space left on device"), None, "Free disk space where Spark"),
        (Py4JError("org.apache.hadoop.security.AccessControlException: Mona"), None, "may not read a table"),
        (Py4JError("Checkpoint block rdd_3_0 not found!"), None, "lost a worker"),
        (
            AnalysisException("[UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY] Mona"),
            None,
            "no Parquet file, or it is damaged",
        ),
        (SparkRuntimeException("Mona"), None, r"an error of its own \(SparkRuntimeException\)"),
        (AnalysisException("[TABLE_OR_VIEW_NOT_FOUND] `cdm`.`visit`"), None, "no such table"),
    ],
)
def test_what_spark_may_say(stopped: Exception, code: int | None, said: str) -> None:
    with pytest.raises(EngineError, match=said) as wrong, spark_engine.words(Ended(code)):
        raise stopped
    assert "Mona" not in str(wrong.value)


class OfJava(Py4JJavaError):
    """An exception of Java, without a Java that could say more of it."""

    def __init__(self) -> None:
        Exception.__init__(self)

    def __str__(self) -> str:
        return "An error occurred while calling o41.sql.\n: org.apache.spark.SparkException: Mona\n\tat org.apache"


def test_an_exception_of_java_is_named_and_not_repeated() -> None:
    said = r"an error of its own \(org.apache.spark.SparkException\)"
    with pytest.raises(EngineError, match=said) as wrong, spark_engine.words(Ended(None)):
        raise OfJava
    assert "Mona" not in str(wrong.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('FATAL:  database "cdm" does not exist', "has no such database"),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen: Mona", "cannot be reached, or refused the user"),
    ],
)
def test_a_session_that_is_not_opened(said: str, told: str) -> None:
    wrong = postgres_engine._not_opened(said)
    assert told in wrong.what and "Mona" not in str(wrong)


def test_a_defect_of_our_own_is_not_explained_away() -> None:
    with pytest.raises(AnalysisException), spark_engine.words(Ended(None)):
        raise AnalysisException("[UNRESOLVED_COLUMN] a column of ours")


@pytest.mark.parametrize(("connect", "package"), [(connect_postgres, "psycopg"), (connect_spark, "pyspark")])
def test_a_client_that_is_not_installed(connect: Any, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("psycopg", "pyspark", "py4j"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        EngineError, match=rf"The package {package} is not installed\.\nInstall it: pip install"
    ) as wrong:
        connect()
    assert "caseseries[" in str(wrong.value)


@pytest.mark.parametrize("connect", [connect_postgres, connect_spark])
def test_what_is_no_amount_of_memory(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SparkContext, "_active_spark_context", None)
    with pytest.raises(EngineError, match="'much' is no amount of memory"):
        connect(memory_limit="much")


@pytest.mark.parametrize(("much", "kept"), [("256MB", "256MB"), ("1.5 GiB", "1536MB"), ("64k", "64kB")])
def test_memory_of_a_step_on_a_server(postgres: Any, much: str, kept: str) -> None:
    with connect_postgres(postgres.conninfo(), "cdm", memory_limit=much) as engine:
        assert [(kept,)] == engine.rows("SELECT current_setting('work_mem')")


def test_rows_of_temporary_tables_are_not_looked_up_one_by_one(postgres: Any) -> None:
    with postgres.owner() as owner:
        owner.execute("CREATE TABLE cdm.looked_up AS SELECT 1 AS n")
    try:
        with connect_postgres(postgres.conninfo(), "cdm") as engine:
            asked = "SELECT current_setting('enable_nestloop') AS chosen"
            engine.keep("own", asked)
            engine.keep("of_source", f"{asked} FROM {engine.source('looked_up')}")
            assert [("off",), ("on",)] == engine.rows("SELECT chosen FROM own UNION ALL SELECT chosen FROM of_source")
            assert [("on",)] == engine.rows(asked)
    finally:
        with postgres.owner() as owner:
            owner.execute("DROP TABLE cdm.looked_up")


def test_a_server_that_refuses_the_settings_of_a_session(postgres: Any) -> None:
    with pytest.raises(EngineError):
        connect_postgres(postgres.conninfo(), "cdm", memory_limit="9999999GB")


def test_only_embedded_duckdb_runs_other_statements(postgres: Any) -> None:
    with connect_postgres(postgres.conninfo(), "cdm") as engine, pytest.raises(NotImplementedError, match="postgres"):
        engine.run("COPY cdm.person TO PROGRAM 'true'")


@pytest.mark.parametrize("stopped", [RuntimeError("Mona"), KeyboardInterrupt()])
def test_java_that_does_not_start(stopped: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(*_: object) -> None:
        raise stopped

    # The session of the other tests is put aside, and back at the end.
    for name in ("_active_spark_context", "_gateway", "_jvm"):
        monkeypatch.setattr(SparkContext, name, None)
    monkeypatch.setattr(SparkSession, "_instantiatedSession", None)
    monkeypatch.setattr("pyspark.java_gateway.launch_gateway", launch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises((EngineError, KeyboardInterrupt)) as wrong:
        connect_spark("spark://cluster:7077")
    assert isinstance(wrong.value, KeyboardInterrupt) or "at the URL of the master" in str(wrong.value)
    assert "Mona" not in str(wrong.value)
    assert [] == list(tmp_path.iterdir())


def held(spark: Any, folder: Path, how: Held) -> Spark:
    return Spark(spark._session, spark._java, "cdm.own", folder, lambda: None, how)


@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("how", ["driver", "files", "executors"])
def test_where_spark_holds_rows_changes_no_answer(
    spark: Any, how: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_engine, "SMALL", 2)
    with held(spark, tmp_path, how) as engine:
        wide = engine.dialect.wide
        rows = [(1, "x'y", 10**37, True), (2, None, None, None), (3, "", -1, False)]
        engine.table("thing", [("a", "INT"), ("t", "STRING"), ("w", wide), ("f", "BOOLEAN")], rows)
        assert rows == engine.rows("SELECT a, t, w, f FROM thing ORDER BY a")
        for _ in range(3):
            engine.keep("thing", f"SELECT a + 1 AS a, CAST(w * 2 AS {wide}) AS w FROM thing")
        assert [(4, 8 * 10**37), (5, None), (6, -8)] == engine.rows("SELECT a, w FROM thing ORDER BY a")
        # What was replaced is gone.
        assert {"driver": 0, "files": 1, "executors": 0}[how] == len(list(tmp_path.iterdir()))
    assert "`cdm`.`own`.`person`" == engine.source("person")


@pytest.mark.xdist_group("spark")
def test_queries_that_spark_compiles_give_the_same_answers(spark: Any, tmp_path: Path) -> None:
    """The tests' session compiles nothing; a user's does."""
    settings = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "CODEGEN_ONLY"}
    before = {name: spark._session.conf.get(name) for name in settings}
    try:
        for name, value in settings.items():
            spark._session.conf.set(name, value)
        engine = held(spark, tmp_path, "files")
        wide = engine.dialect.wide
        engine.table("pair", [("a", wide), ("b", wide)], [(84, -36), (10**37, 3 * 10**36), (0, 0)])
        engine.keep("found", f"SELECT a, {engine.dialect.gcd('a', 'b')} AS g FROM pair")
        assert [(0, 0), (84, 12), (10**37, 10**36)] == engine.rows("SELECT a, g FROM found ORDER BY a")
        assert [(10,)] == engine.rows(f"SELECT {engine.dialect.divide('a', 'g')} AS q FROM found WHERE a = {10**37}")
    finally:
        for name, value in before.items():
            spark._session.conf.set(name, value)


def test_where_java_went_away_py4j_writes_nothing_to_the_log_of_the_program() -> None:
    def of(path: str) -> logging.LogRecord:
        return logging.LogRecord("root", logging.ERROR, path, 1, "Exception while sending command.", None, None)

    assert [False, True] == [_not_of_py4j(of(path)) for path in ("packages/py4j/java_gateway.py", "study/run.py")]
