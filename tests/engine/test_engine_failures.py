"""Engines that are stopped for real: one clear error without a value of the source, nothing half-made, the source untouched."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from caseseries.engine import connect, connect_postgres, connect_spark
from caseseries.engine.duckdb_engine import DuckDB
from caseseries.errors import EngineError

HEAVY = "SELECT n, repeat('patient Mona ', 20) || n AS t FROM range(3000000) AS r(n) ORDER BY t DESC"


def digest(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.parquet"))}


# --- embedded DuckDB


def test_memory_and_the_folder_for_what_does_not_fit_are_both_full(tmp_path: Path) -> None:
    settings = {
        "memory_limit": "60MB",
        "temp_directory": str(tmp_path),
        "max_temp_directory_size": "10MB",
        "threads": "1",
    }
    with DuckDB(duckdb.connect(":memory:", config=settings), str(tmp_path / "none"), "60MB") as engine:
        engine.keep("thing", "SELECT 1 AS n")
        with pytest.raises(EngineError, match="ran out of memory") as wrong:
            engine.keep("thing", HEAVY)
        assert "Mona" not in str(wrong.value)
        assert [(1,)] == engine.rows("SELECT n FROM thing")


FULL_DISK = """
import resource, signal, sys
from caseseries.engine import connect
from caseseries.errors import EngineError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
with connect(memory_limit="60MB", threads=1) as engine:
    try:
        engine.keep("thing", sys.argv[1])
    except EngineError as wrong:
        print(wrong)
"""


def test_no_room_on_the_disk() -> None:
    told = subprocess.run([sys.executable, "-c", FULL_DISK, HEAVY], capture_output=True, text=True, timeout=900)
    assert "could not write its temporary files" in told.stdout, told.stderr
    assert "Mona" not in told.stdout + told.stderr


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A folder with a DuckDB file, a Parquet file, and a link out of it."""
    for name in ("source", "elsewhere", "out"):
        (tmp_path / name).mkdir()
    with duckdb.connect(str(tmp_path / "source" / "it's.duckdb")) as made:
        made.execute("CREATE TABLE person AS SELECT 7 AS person_id")
        for name in ("source", "elsewhere"):
            made.execute(f"COPY person TO '{tmp_path / name / 'person.parquet'}'")
    (tmp_path / "source" / "link").symlink_to(tmp_path / "elsewhere")
    return tmp_path


def test_an_attached_file_is_read_and_not_written(stored: Path) -> None:
    before = digest(stored)
    with connect(attach=stored / "source" / "it's.duckdb") as engine:
        engine.keep("person", "SELECT 1 AS person_id")
        assert [(7,)] == engine.rows(f"SELECT person_id FROM {engine.source('person')}")
        for sql in (
            "INSERT INTO source.person VALUES (8)",
            "DROP TABLE source.person",
            "CREATE TABLE source.x (a INT)",
        ):
            with pytest.raises(duckdb.Error):
                engine.run(sql)
    with connect(attach=stored / "source" / "it's.duckdb") as engine:
        assert [(7,)] == engine.rows("SELECT person_id FROM source.person")
    assert before == digest(stored)


def test_nothing_but_the_named_files_and_folders_is_read(stored: Path) -> None:
    inside, outside = stored / "source" / "person.parquet", stored / "elsewhere" / "person.parquet"
    with connect(readable=[stored / "source"], writable=stored / "out") as engine:
        assert [(7,)] == engine.rows(f"SELECT person_id FROM '{inside}'")
        engine.run(f"COPY (SELECT 1 AS a) TO '{stored / 'out' / 'a.parquet'}'")
        refused = [
            outside,
            stored / "source" / ".." / "elsewhere" / "person.parquet",
            stored / "source" / "link" / "person.parquet",
        ]
        for path in refused:
            with pytest.raises(duckdb.PermissionException):
                engine.rows(f"SELECT person_id FROM '{path}'")
        with pytest.raises(duckdb.PermissionException):
            engine.run(f"COPY (SELECT 1 AS a) TO '{stored / 'a.parquet'}'")
        with pytest.raises(duckdb.Error, match="locked"):
            engine.run("SET enable_external_access = true")
    with connect(readable=[inside]) as engine, pytest.raises(duckdb.PermissionException):
        engine.rows(f"SELECT person_id FROM '{outside}'")


def test_what_is_no_database_file_is_said(stored: Path) -> None:
    wrong = stored / "wrong.duckdb"
    wrong.write_text("patient Mona")
    for path in (wrong, stored / "absent.duckdb"):
        with pytest.raises(EngineError, match=rf"{path.name} cannot be opened") as said:
            connect(attach=path)
        assert "Mona" not in str(said.value)


# --- Postgres


@pytest.fixture
def source(postgres: Any) -> Iterator[Any]:
    """A table that the reader may read, and one that it may not."""
    with postgres.owner() as owner:
        owner.execute("CREATE TABLE cdm.visit AS SELECT n, 'patient Mona' AS note FROM generate_series(1, 1000) AS n")
        owner.execute("CREATE TABLE cdm.locked (a INT); REVOKE ALL ON cdm.locked FROM reader")
        yield postgres
        owner.execute("DROP TABLE cdm.visit, cdm.locked")


def state(postgres: Any) -> list[Any]:
    """What the source holds, and how many temporary tables are left on the server once its sessions have ended."""
    with postgres.owner() as owner:
        found = owner.execute("SELECT count(*), sum(hashtext(CAST(v AS text))) FROM cdm.visit AS v").fetchone()
        tables = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'cdm'::regnamespace ORDER BY 1"
        ).fetchall()
        return [found, tables]


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(EngineError, match="cannot be reached") as wrong:
        connect_postgres("host=/nowhere user=ana password=hush")
    assert "hush" not in str(wrong.value)


def test_a_connection_string_that_says_nothing_is_not_repeated() -> None:
    with pytest.raises(EngineError, match="cannot be read") as wrong:
        connect_postgres("host=here passwort=hush")
    assert "hush" not in str(wrong.value)


def test_a_table_without_the_right_to_read_and_one_that_is_not_there(source: Any) -> None:
    with connect_postgres(source.conninfo(), "cdm") as engine:
        with pytest.raises(EngineError, match="permission denied for table locked"):
            engine.keep("mine", f"SELECT * FROM {engine.source('locked')}")
        with pytest.raises(EngineError, match=r"cdm.absent"):
            engine.rows(f"SELECT * FROM {engine.source('absent')}")
        engine.keep("mine", f"SELECT n FROM {engine.source('visit')} WHERE n = 1")
        assert [(1,)] == engine.rows("SELECT n FROM mine")


def test_not_even_the_owner_writes_to_the_source(source: Any) -> None:
    before = state(source)
    with connect_postgres(source.conninfo("owner"), "cdm") as engine:
        for sql in ("DELETE FROM cdm.visit RETURNING n", "INSERT INTO cdm.visit VALUES (0, '') RETURNING n"):
            with pytest.raises(EngineError):
                engine.rows(sql)
        with pytest.raises((EngineError, psycopg.Error)):
            engine.keep("mine", "WITH gone AS (DELETE FROM cdm.visit RETURNING n) SELECT n FROM gone")
        engine.keep(
            "visit", f"SELECT n FROM {engine.source('visit')}"
        )  # hides the source's table in this session alone
    assert before == state(source)


def _end(postgres: Any, how: str) -> None:
    """End what the reader runs, once it runs for a moment."""
    with postgres.owner() as owner:
        for _ in range(400):
            found = owner.execute(
                f"SELECT {how}(pid) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active' "
                "AND query LIKE '%generate_series%' AND now() - query_start > interval '0.3 s'"
            ).fetchall()
            if found:
                return
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("pg_terminate_backend", "connection to the Postgres server was lost"),
        ("pg_cancel_backend", "cancelled a query"),
    ],
)
def test_a_run_that_is_cut_short(source: Any, how: str, said: str) -> None:
    before = state(source)
    ending = threading.Thread(target=_end, args=(source, how))
    with connect_postgres(source.conninfo(), "cdm") as engine:
        engine.keep("mine", "SELECT 1 AS n")
        ending.start()
        with pytest.raises(EngineError, match=said) as wrong:
            engine.keep(
                "mine", "SELECT a.n, v.note FROM generate_series(1, 400000000) AS a(n) CROSS JOIN cdm.visit AS v"
            )
        assert "Mona" not in str(wrong.value)
        if how == "pg_cancel_backend":
            assert [(1,)] == engine.rows("SELECT n FROM mine")
        else:
            with pytest.raises(EngineError, match="was lost"):
                engine.rows("SELECT n FROM mine")
    ending.join()
    assert before == state(source)


def test_a_server_that_gives_no_more_room(source: Any) -> None:
    with source.owner() as owner:
        owner.execute("ALTER ROLE reader SET temp_file_limit = '1MB'")
        try:
            with (
                connect_postgres(source.conninfo(), "cdm", memory_limit="64kB") as engine,
                pytest.raises(EngineError, match="limit for temporary files"),
            ):
                engine.rows("SELECT n FROM generate_series(1, 300000) AS a(n) ORDER BY n DESC")
        finally:
            owner.execute("ALTER ROLE reader RESET temp_file_limit")


# --- Spark


def test_spark_without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for home in (None, "/nowhere"):
        monkeypatch.delenv("JAVA_HOME", raising=False)
        if home:
            monkeypatch.setenv("JAVA_HOME", home)
        with pytest.raises(EngineError, match="Spark needs Java, and none is found"):
            connect_spark()


@pytest.mark.long
@pytest.mark.xdist_group("spark")
def test_a_second_spark_session_of_one_process_is_refused(spark: Any) -> None:
    with pytest.raises(EngineError, match="has a Spark session open already"):
        connect_spark()
    assert [(1,)] == spark.rows("SELECT 1 AS n")


STOPPED = """
import os, signal, sys, tempfile, threading
from pathlib import Path
from caseseries.engine import connect_spark
from caseseries.errors import EngineError
how, memory, source, temporary = sys.argv[1:]
tempfile.tempdir = temporary
quick = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
with connect_spark(memory_limit=memory, threads=1, settings=quick) as engine:
    engine.keep("mine", f"SELECT * FROM parquet.`{source}`")
    java = Path("/proc", str(engine._session.sparkContext._gateway.proc.pid))
    sockets = {os.readlink(path) for path in (java / "fd").iterdir()}
    for kind in ("tcp", "tcp6"):
        for line in (java / "net" / kind).read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in sockets:
                print("listens", cells[1].split(":")[0])
    # In large pieces, so that the memory is full at once and not only after Java has long looked for more.
    query = "SELECT collect_list(repeat(string(id), 20000000)) AS all_of_it FROM range(100)"
    if how == "kill":
        query = "SELECT sum(a.id * b.id) AS s FROM range(10000000) AS a CROSS JOIN range(1000000) AS b"
        process = engine._session.sparkContext._gateway.proc.pid
        threading.Timer(1, os.kill, (process, signal.SIGKILL)).start()
    try:
        engine.keep("mine", query)
    except EngineError as wrong:
        print("said", wrong)
print("left", sorted(path.name for path in Path(temporary).iterdir()))
"""


@pytest.mark.long
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize(
    ("how", "memory", "said"),
    [("kill", "600MB", "said Spark went away."), ("memory", "600MB", "said The database engine ran out of memory.")],
)
def test_spark_that_is_killed_or_out_of_memory(how: str, memory: str, said: str, stored: Path) -> None:
    before, temporary = digest(stored), stored / "temporary"
    temporary.mkdir()
    told = subprocess.run(
        [sys.executable, "-c", STOPPED, how, memory, str(stored / "source" / "person.parquet"), str(temporary)],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert said in told.stdout, told.stdout + told.stderr
    assert "left []" in told.stdout
    # 127.0.0.1 as the kernel writes it, in IPv4 and within IPv6
    assert {"0100007F", "0000000000000000FFFF00000100007F"} >= set(re.findall(r"listens (\w+)", told.stdout)) > set()
    assert "Traceback" not in told.stderr
    assert before == digest(stored)


LOST = """
import os, signal, sys
from pathlib import Path
from caseseries.engine import connect_spark
from caseseries.errors import EngineError
own = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.executor.memory": "500m",
       "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "spark.sql.shuffle.partitions": "1",
       "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
with connect_spark("local-cluster[1,1,600]", memory_limit="600MB", settings=own) as engine:
    engine.keep("mine", f"SELECT * FROM parquet.`{sys.argv[1]}`")
    print("held", engine.rows("SELECT * FROM mine"))
    java = engine._session.sparkContext._gateway.proc.pid
    for path in Path("/proc").glob("[0-9]*"):
        parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
        if parent == java and b"CoarseGrainedExecutorBackend" in (path / "cmdline").read_bytes():
            print("killed")
            os.kill(int(path.name), signal.SIGKILL)
    try:
        print(engine.rows("SELECT sum(person_id) AS s FROM mine"))
    except EngineError as wrong:
        print("said", wrong)
"""


@pytest.mark.long
@pytest.mark.xdist_group("spark")
def test_a_spark_worker_that_is_killed(stored: Path) -> None:
    before = digest(stored)
    told = subprocess.run(
        [sys.executable, "-c", LOST, str(stored / "source" / "person.parquet")],
        capture_output=True, text=True, timeout=900, cwd=stored,
    )  # fmt: skip
    assert "held [(7,)]\nkilled\n" in told.stdout, told.stdout + told.stderr
    assert "said Spark lost a worker" in told.stdout, told.stdout + told.stderr
    assert before == digest(stored)
