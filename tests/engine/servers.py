"""A Postgres server and a Spark session of the tests' own: started when first asked for, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest

from caseseries.engine import Engine, connect_spark

_USERS = """
CREATE ROLE reader LOGIN;
CREATE SCHEMA cdm;
GRANT USAGE ON SCHEMA cdm TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA cdm GRANT SELECT ON TABLES TO reader
"""


class Postgres:
    """A server on a socket in a folder of its own; `owner` may do all, `reader` may only SELECT from the schema `cdm`."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cs-pg-"))
        # Postgres refuses to run as root; Debian's package brings a user for it.
        other: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        data = self.folder / "data"
        # A server whose language sorts text otherwise than by its bytes: no answer may depend on that.
        subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-U", "owner", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=sv"],
            check=True, capture_output=True, cwd=self.folder, **other,
        )  # fmt: skip
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.folder), "fsync": "off", "full_page_writes": "off",
            "synchronous_commit": "off", "shared_buffers": "64MB", "logging_collector": "off", "autovacuum": "off",
        }  # fmt: skip
        written = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", data, *written],
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **other,
            )  # fmt: skip
        with self._first() as connection:
            connection.execute(_USERS)

    def _first(self) -> psycopg.Connection[Any]:
        until = time.monotonic() + 60
        while True:
            try:
                return self.owner()
            except psycopg.OperationalError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def conninfo(self, user: str = "reader") -> str:
        """Where the server is, for psycopg and for the engine."""
        return f"host={self.folder} user={user} dbname=postgres"

    def owner(self) -> psycopg.Connection[Any]:
        """A connection that may do all."""
        return psycopg.connect(self.conninfo("owner"), autocommit=True)

    def stop(self) -> None:
        """Stop the server, which loses what it holds and shall, and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true its tests may not be skipped")
    pytest.skip(reason)


@cache
def postgres() -> Postgres:
    """The server of this test process."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (str(installed[-1]) if installed else None)
    if found is None:
        _absent("no Postgres server is installed (Debian: postgresql-15)")
    return Postgres(Path(found).parent)


@cache
def spark() -> Engine:
    """The Spark session of this test process; on small charts compiling each query would take most of the time."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        _absent("no Java is installed (Debian: openjdk-17-jre-headless)")
    return connect_spark(
        memory_limit="1GB",
        small=True,
        settings={
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.shuffle.partitions": "1",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        },
    )


def stop() -> None:
    """Stop whatever was started."""
    if postgres.cache_info().currsize:
        postgres().stop()
        postgres.cache_clear()
    if spark.cache_info().currsize:
        spark().close()
        spark.cache_clear()
