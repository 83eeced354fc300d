"""From what a database stores to what is read: each column as one SQL expression, whatever type it has there.

Whole numbers stay as they are, so that an engine can skip what does not match. Text is never cast on trust: what is not written
as a whole number, a number or an ISO date is empty, and where it matters a second column says that something was there.
"""

from __future__ import annotations

from typing import Literal

from caseseries.engine.dialect import Dialect

Stored = Literal["whole", "decimal", "double", "single", "date", "timestamp", "text"]

#: Dates outside are refused: nobody recorded them.
EARLIEST, LATEST = "DATE '1900-01-01'", "DATE '2399-12-31'"
#: The largest value (either way) of which a millionth is still told apart from the next.
LARGEST = "1000000000000"

_WHOLE = "-?[0-9]{1,18}"
_WHOLE_AS_DECIMAL = "-?[0-9]{1,15}[.]0+"
_LONG = "-?[0-9]{19}"
_NUMBER = "[+-]?([0-9]{1,15}([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?"
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
_DAY = (
    "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE = f"({_LEAP}|{_DAY})([ T]00:00(:00([.]0+)?)?)?"


def stored(declared: str) -> Stored:
    """What kind of type a database says a column has.

    >>> stored("BIGINT"), stored("numeric(18,3)"), stored("timestamp without time zone"), stored("character varying(50)")
    ('whole', 'decimal', 'timestamp', 'text')
    """
    name = declared.strip().lower()
    if name in {"double", "double precision", "float8"}:
        return "double"
    if name in {"float", "real", "float4"}:
        return "single"
    if name.startswith(("decimal", "numeric")):
        return "decimal"
    if name.startswith("timestamp"):
        return "timestamp"
    if name == "date":
        return "date"
    whole = (
        "tinyint",
        "smallint",
        "integer",
        "int",
        "bigint",
        "long",
        "hugeint",
        "utinyint",
        "usmallint",
        "uinteger",
        "ubigint",
        "short",
        "byte",
    )
    return "whole" if name in whole else "text"


def matches(dialect: Dialect, column: str, pattern: str) -> str:
    """SQL for: the whole text matches the pattern."""
    if dialect.name == "duckdb":
        return f"regexp_full_match({column}, '{pattern}')"
    operator = "~" if dialect.name == "postgres" else "RLIKE"
    return f"({column} {operator} '^({pattern})$')"


def is_there(kind: Stored, column: str) -> str:
    """SQL for: something is written in the column."""
    return f"(trim({column}) <> '')" if kind == "text" else f"({column} IS NOT NULL)"


def whole(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL for a whole number of 64 bits, empty where there is none."""
    if kind == "whole":
        return column
    if kind in ("decimal", "double", "single"):
        inside = f"{_finite(dialect, kind, column)}{column} BETWEEN -9007199254740992 AND 9007199254740992 AND {column} = floor({column})"
        return f"CASE WHEN {inside} THEN CAST({column} AS BIGINT) END"
    if kind != "text":
        return "CAST(NULL AS BIGINT)"
    bare = f"trim({column})"
    wide = f"CAST({bare} AS {dialect.wide})"
    fits = (
        f"{wide} BETWEEN CAST(-9223372036854775807 AS {dialect.wide}) AND CAST(9223372036854775807 AS {dialect.wide})"
    )
    return (
        f"CASE WHEN {matches(dialect, bare, _WHOLE)} THEN CAST({bare} AS BIGINT) "
        f"WHEN {matches(dialect, bare, _LONG)} THEN CASE WHEN {fits} THEN CAST({bare} AS BIGINT) END "
        f"WHEN {matches(dialect, bare, _WHOLE_AS_DECIMAL)} THEN CAST(CAST({bare} AS {dialect.double}) AS BIGINT) END"
    )


def _finite(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL that comes before a comparison of a float, so that NaN does not pass.

    Parquet leaves NaN out of the least and the greatest value of a column, and DuckDB answers from these, so that a NaN lies between any two numbers
    (and `isnan` is false of it).
    """
    return f"isfinite({column}) AND " if dialect.name == "duckdb" and kind in ("single", "double") else ""


def number(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL for a binary float, empty where nothing is written, where it is not a number, and where it is beyond all limits."""
    if kind == "single":
        # The shortest decimal that the short float stands for: 36.6, not 36.599998.
        cast = f"CAST(CAST({column} AS {dialect.text}) AS {dialect.double})"
    elif kind == "text":
        bare = f"trim({column})"
        cast = f"CASE WHEN {matches(dialect, bare, _NUMBER)} THEN CAST({bare} AS {dialect.double}) END"
    elif kind in ("whole", "decimal", "double"):
        cast = f"CAST({column} AS {dialect.double})"
    else:
        return f"CAST(NULL AS {dialect.double})"
    return f"CASE WHEN {_finite(dialect, kind, cast)}{cast} BETWEEN -{LARGEST} AND {LARGEST} THEN {cast} END"


def number_refused(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL for: something is written that is no usable number; NaN and its spellings count as nothing written."""
    if kind in ("date", "timestamp"):
        return "TRUE"
    if kind in ("whole", "decimal"):
        return f"({column} NOT BETWEEN -{LARGEST} AND {LARGEST})"
    if kind in ("single", "double"):
        # NaN is above every number on all engines, unless what Parquet says of the column answers; its text is the same everywhere but for the case.
        beyond = f"CASE WHEN {column} > {LARGEST} THEN lower(CAST({column} AS {dialect.text})) <> 'nan' ELSE FALSE END"
        return f"({column} < -{LARGEST} OR {beyond})"
    nothing = f"lower(trim(CAST({column} AS {dialect.text}))) IN ('nan', '')"
    return f"({is_there(kind, column)} AND NOT ({nothing}) AND ({number(dialect, kind, column)}) IS NULL)"


def day(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL for a day number, empty where there is no date between 1900 and 2399."""
    if kind == "date":
        date = column
    elif kind == "timestamp":
        date = f"CAST({column} AS DATE)"
    elif kind == "text":
        bare = f"trim({column})"
        date = f"CASE WHEN {matches(dialect, bare, _DATE)} THEN CAST(substr({bare}, 1, 10) AS DATE) END"
    else:
        return "CAST(NULL AS INT)"
    return f"CASE WHEN {date} BETWEEN {EARLIEST} AND {LATEST} THEN CAST({dialect.day(date)} AS INT) END"


def day_refused(dialect: Dialect, kind: Stored, column: str) -> str:
    """SQL for: something is written that is no date between 1900 and 2399."""
    if kind == "date":
        return f"({column} < {EARLIEST} OR {column} > {LATEST})"
    return f"({is_there(kind, column)} AND ({day(dialect, kind, column)}) IS NULL)"


def text(kind: Stored, column: str, dialect: Dialect) -> str:
    """SQL for a text without outer spaces."""
    return f"trim({column})" if kind == "text" else f"CAST({column} AS {dialect.text})"
