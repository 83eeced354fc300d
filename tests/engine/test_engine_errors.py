"""What the database engine may run into is said in words, without a query and without a cell."""

from __future__ import annotations

import duckdb
import pytest

from caseseries.engine import connect
from caseseries.engine.duckdb_engine import DuckDB
from caseseries.errors import EngineError


def test_a_number_beyond_38_digits_is_said() -> None:
    with connect() as engine, pytest.raises(EngineError, match="too large to be compared exactly"):
        engine.rows("SELECT CAST('170141183460469231731687303715884105727' AS HUGEINT) + 1")


def test_too_little_memory_is_said() -> None:
    with connect(memory_limit="1MB") as engine, pytest.raises(EngineError, match="ran out of memory"):
        engine.rows("SELECT list(n || 'a long text that fills the memory') FROM range(10000000) AS r(n)")


def test_a_full_disk_is_said() -> None:
    class Full:
        """Stands for a connection whose temporary files have no room."""

        def execute(self, *_: object) -> None:
            raise duckdb.IOException("IO Error: patient P1: no space left on device")

    with pytest.raises(EngineError, match="could not write its temporary files") as wrong:
        DuckDB(Full(), "", "1GB").rows("SELECT 1")
    assert "P1" not in str(wrong.value)
