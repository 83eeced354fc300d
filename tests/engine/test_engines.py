"""What every engine does alike: embedded DuckDB, a Postgres server as a user who may only SELECT, Spark."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from tests.spec.stages import one_engine

from caseseries.engine import Engine, connect
from caseseries.errors import EngineError

ENGINES = ["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.xdist_group("spark"))]

#: Text that would end a literal or a line, or pass for nothing.
TEXTS = ["", " ", "a'b\"c", "a\\nb\tc\n", "null", "NULL", "\\N", "{}", "?", "%s", "ä\U0001f600"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    return one_engine(request.param)


def test_rows_come_out_as_they_went_in(engine: Engine) -> None:
    wide, text, double = engine.dialect.wide, engine.dialect.text, engine.dialect.double
    rows = [
        (1, -(2**63), 10**38 - 1, "x", True, 0.5, -1),
        (2, 2**63 - 1, -(10**38) + 1, None, False, 1e300, None),
        (3, None, None, "", None, None, 2**31 - 1),
    ]
    kinds = [
        ("a", "INT"),
        ("b", "BIGINT"),
        ("w", wide),
        ("t", text),
        ("f", "BOOLEAN"),
        ("d", double),
        ('"first"', "INT"),
    ]
    engine.table("thing", [(name.strip('"'), kind) for name, kind in kinds], rows)
    assert rows == engine.rows('SELECT a, b, w, t, f, d, "first" FROM thing ORDER BY a')
    assert [int, int, int] == [type(cell) for cell in engine.rows("SELECT a, b, w FROM thing WHERE a = 1")[0]]


def test_no_text_is_read_as_anything_else(engine: Engine) -> None:
    engine.table("said", [("n", "INT"), ("t", engine.dialect.text)], list(enumerate(TEXTS)))
    assert TEXTS == [text for (text,) in engine.rows("SELECT t FROM said ORDER BY n")]
    for number, text in enumerate(TEXTS):
        assert [(number,)] == engine.rows("SELECT n FROM said WHERE t = ?", [text])


def test_a_table_is_replaced_with_other_columns(engine: Engine) -> None:
    engine.table("thing", [("a", "INT")], [(1,)])
    engine.table("thing", [("b", "BIGINT"), ("c", "BOOLEAN")], [])
    assert [] == engine.rows("SELECT b, c FROM thing")
    engine.keep("thing", "SELECT 2 AS d")
    assert [(2,)] == engine.rows("SELECT d FROM thing")


def test_a_query_may_keep_its_rows_under_the_name_that_it_reads(engine: Engine) -> None:
    engine.table("thing", [("a", "BIGINT")], [(1,), (2,)])
    for _ in range(3):
        engine.keep("thing", "SELECT a + 1 AS a FROM thing")
    assert [(4,), (5,)] == engine.rows("SELECT a FROM thing ORDER BY a")


def test_a_view_follows_the_tables_below_it(engine: Engine) -> None:
    engine.table("thing", [("a", "BIGINT")], [(1,)])
    engine.view("one_more", "SELECT a + 1 AS a FROM thing")
    engine.view("two_more", "SELECT a + 1 AS a FROM one_more")
    engine.keep("thing", "SELECT CAST(10 AS BIGINT) AS a")
    assert [(12,)] == engine.rows("SELECT a FROM two_more")
    engine.table("thing", [("a", "BIGINT")], [(20,)])
    engine.view("one_more", "SELECT a + 100 AS a FROM thing")
    assert [(121,)] == engine.rows("SELECT a FROM two_more")


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_hold_all_rows_in_order(engine: Engine, size: int) -> None:
    rows = [(number,) for number in range(5)]
    engine.table("thing", [("a", "INT")], rows)
    batches = list(engine.batches("SELECT a FROM thing WHERE a >= ? ORDER BY a", size, [0]))
    assert rows == [row for batch in batches for row in batch]
    assert {size} >= {len(batch) for batch in batches[:-1]}
    assert [] == list(engine.batches("SELECT a FROM thing WHERE a < 0", size))


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (84, 36, 12), (84, -36, 12), (1, 10**37, 1), (0, 5, 5), (5, 0, 5), (0, 0, 0), (10**37, 10**37, 10**37),
        (2 * 10**37, 3 * 10**37, 10**37), (89, 55, 1),
        # Neighbours in Fibonacci's series ask for the most steps.
        (59425114757512643212875125, 36726740705505779255899443, 1),
    ],
)  # fmt: skip
def test_greatest_common_divisor(engine: Engine, one: int, other: int, common: int) -> None:
    engine.table("pair", [("a", engine.dialect.wide), ("b", engine.dialect.wide)], [(one, other)])
    assert [(common,)] == engine.rows(f"SELECT {engine.dialect.gcd('a', 'b')} AS g FROM pair")


@pytest.mark.parametrize(("number", "by"), [(84, 12), (-84, 12), (0, 7), (10**31, 10**4), (9 * 10**30, 3)])
def test_whole_quotients(engine: Engine, number: int, by: int) -> None:
    engine.table("pair", [("a", engine.dialect.wide), ("b", engine.dialect.wide)], [(number, by)])
    assert [(number // by,)] == engine.rows(f"SELECT {engine.dialect.divide('a', 'b')} AS q FROM pair")


@pytest.mark.parametrize("day", [-719162, -1, 0, 59, 10957, 11016, 2932896])
def test_days_and_dates(engine: Engine, day: int) -> None:
    engine.table("dated", [("day", "INT")], [(day,)])
    date = engine.dialect.date("day")
    assert [(day,)] == engine.rows(f"SELECT {engine.dialect.day(date)} AS n FROM dated")


def test_parts_of_a_date(engine: Engine) -> None:
    engine.table("dated", [("day", "INT")], [(11016,)])
    date = engine.dialect.date("day")
    parts = ", ".join(f"CAST(extract({part} FROM {date}) AS INT) AS {part}_" for part in ("YEAR", "MONTH", "DAY"))
    assert [(2000, 2, 29)] == engine.rows(f"SELECT {parts} FROM dated")


def test_wide_products_and_sums_are_exact(engine: Engine) -> None:
    wide = engine.dialect.wide
    engine.table("pair", [("a", wide), ("b", wide), ("n", "BIGINT")], [(10**19 - 1, 10**19 - 1, 3), (1, 1, 2**62)])
    assert [((10**19 - 1) ** 2 + 1, 2**62 + 3)] == engine.rows(
        f"SELECT CAST(sum(a * b) AS {wide}) AS s, CAST(sum(CAST(n AS {wide})) AS {wide}) AS n FROM pair"
    )
    assert [(3 * (10**19 - 1),)] == engine.rows("SELECT a * n AS p FROM pair WHERE n = 3")


@pytest.mark.parametrize("name", ["duckdb", pytest.param("spark", marks=pytest.mark.xdist_group("spark"))])
def test_a_number_too_large_is_said_and_not_rounded(name: str) -> None:
    engine = one_engine(name)  # Postgres has no widest number
    wide = engine.dialect.wide
    engine.table("large", [("a", wide)], [(10**37,), (10**37,)])
    for sql in ("SELECT a * a AS x FROM large", "SELECT CAST(sum(a * 9) AS " + wide + ") AS x FROM large"):
        with pytest.raises(EngineError, match="A number is too large to be compared exactly"):
            engine.rows(sql)


def test_nulls_and_order(engine: Engine) -> None:
    engine.table("thing", [("a", "INT"), ("b", "INT")], [(1, None), (2, 5), (3, 4)])
    assert [(3, 4), (2, 5), (1, None)] == engine.rows("SELECT a, b FROM thing ORDER BY b NULLS LAST")
    assert [(7, 1)] == engine.rows("SELECT greatest(7, b) AS g, least(1, b) AS l FROM thing WHERE a = 1")


def test_a_text_that_is_no_number_is_said_without_it(engine: Engine) -> None:
    engine.table("said", [("t", engine.dialect.text)], [("patient Mona",)])
    with pytest.raises(EngineError, match="not of the type") as wrong:
        engine.rows("SELECT CAST(t AS INT) AS n FROM said")
    assert "Mona" not in str(wrong.value)
    engine.table("said", [("t", engine.dialect.text)], [("7",)])
    assert [(7,)] == engine.rows("SELECT CAST(t AS INT) AS n FROM said")


def test_a_kept_table_stays_as_it_was_when_its_query_fails(engine: Engine) -> None:
    engine.table("thing", [("t", engine.dialect.text)], [("one",)])
    with pytest.raises(EngineError):
        engine.keep("thing", "SELECT CAST(t AS INT) AS t FROM thing")
    assert [("one",)] == engine.rows("SELECT t FROM thing")
    engine.keep("thing", "SELECT 1 AS n")
    assert [(1,)] == engine.rows("SELECT n FROM thing")


def test_what_is_forgotten_can_be_made_again(engine: Engine) -> None:
    engine.table("thing", [("a", "INT")], [(1,)])
    engine.forget("thing", "never_made")
    with pytest.raises((EngineError, duckdb.Error)):
        engine.rows("SELECT a FROM thing")
    engine.keep("thing", "SELECT 2 AS b")
    assert [(2,)] == engine.rows("SELECT b FROM thing")


def test_one_name_is_a_table_then_a_view_then_a_table(engine: Engine) -> None:
    for _ in range(2):
        engine.table("thing", [("a", "INT")], [(1,)])
        engine.keep("other", "SELECT a + 1 AS a FROM thing")
        assert [(2,)] == engine.rows("SELECT a FROM other")
        engine.view("other", "SELECT a + 2 AS a FROM thing")
        assert [(3,)] == engine.rows("SELECT a FROM other")
        engine.keep("other", "SELECT 4 AS a")
        engine.view("other", "SELECT 5 AS a")
        engine.table("other", [("a", "INT")], [(6,)])
        assert [(6,)] == engine.rows("SELECT a FROM other")
        engine.view("other", "SELECT 7 AS a")
        engine.forget("other")
        with pytest.raises((EngineError, duckdb.Error)):
            engine.rows("SELECT a FROM other")


def test_duckdb_works_within_less_memory_when_it_is_told_so_and_changes_nothing_else() -> None:
    with connect(memory_limit="500MB", threads=1) as engine:
        engine.narrow("90MB")
        assert engine.rows("SELECT current_setting('memory_limit'), current_setting('threads')") == [("90.0 MiB", 1)]
        with pytest.raises(Exception, match="locked"):
            engine.rows("SET threads = 2")
