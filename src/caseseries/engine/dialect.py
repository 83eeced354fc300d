"""The few words in which SQL engines differ; every statement is otherwise one text for all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """Names of types and functions of one engine.

    `wide` is a whole-number type of at least 38 digits: decisions are made by multiplying whole numbers, never by dividing.
    `text` is the type of character strings, `double` that of binary floats (only ever used to read a source).
    """

    name: str
    wide: str
    text: str
    double: str
    dated: str
    numbered: str
    division: str
    common: str
    shifted: str

    def date(self, day: str) -> str:
        """SQL for the calendar date of a day number (days since 1970-01-01).

        >>> DUCKDB.date("f.index_day")
        "(DATE '1970-01-01' + f.index_day)"
        """
        return self.dated.format(day=day)

    def day(self, date: str) -> str:
        """SQL for the day number (days since 1970-01-01) of a calendar date.

        >>> SPARK.day("birth")
        'unix_date(birth)'
        """
        return self.numbered.format(date=date)

    def divide(self, number: str, by: str) -> str:
        """SQL for the quotient of two wide whole numbers where it is known to be whole."""
        return self.division.format(number=number, by=by)

    def shift(self, number: str, bits: int) -> str:
        """SQL for a BIGINT of 0 or more without its lowest bits.

        >>> DUCKDB.shift("packed", 2), SPARK.shift("packed", 2)
        ('(packed >> 2)', 'shiftright(packed, 2)')
        """
        return self.shifted.format(number=number, bits=bits)

    def gcd(self, one: str, other: str) -> str:
        """SQL for the greatest common divisor of two wide whole numbers, 0 where both are 0."""
        return self.common.format(one=one, other=other)


DUCKDB = Dialect(
    name="duckdb",
    wide="HUGEINT",
    text="VARCHAR",
    double="DOUBLE",
    dated="(DATE '1970-01-01' + {day})",
    numbered="({date} - DATE '1970-01-01')",
    division="({number} // {by})",
    # What DuckDB does in 64 bits is many times faster than in 128.
    common=(
        "CASE WHEN greatest(abs({one}), abs({other})) < 9000000000000000000 "
        "THEN CAST(gcd(CAST({one} AS BIGINT), CAST({other} AS BIGINT)) AS HUGEINT) ELSE gcd({one}, {other}) END"
    ),
    shifted="({number} >> {bits})",
)

POSTGRES = Dialect(
    name="postgres",
    wide="NUMERIC",
    text="TEXT",
    double="DOUBLE PRECISION",
    dated="(DATE '1970-01-01' + {day})",
    numbered="({date} - DATE '1970-01-01')",
    division="div({number}, {by})",
    common="gcd({one}, {other})",
    shifted="({number} >> {bits})",
)

# Spark has no greatest common divisor. Euclid's steps are folded over a list as long as he can ever need: less than five
# for each digit of the smaller number (Lame 1844).
_WIDE = "DECIMAL(38, 0)"
_EUCLID = (
    "aggregate(sequence(1, 5 * length(CAST(least(abs({one}), abs({other})) AS STRING)) + 1), "
    f"named_struct('a', CAST(abs({{one}}) AS {_WIDE}), 'b', CAST(abs({{other}}) AS {_WIDE})), "
    "(pair, step) -> CASE WHEN pair.b = 0 THEN pair "
    f"ELSE named_struct('a', pair.b, 'b', CAST(pair.a % pair.b AS {_WIDE})) END, "
    "pair -> pair.a)"
)

SPARK = Dialect(
    name="spark",
    wide=_WIDE,
    text="STRING",
    double="DOUBLE",
    dated="date_add(DATE '1970-01-01', {day})",
    numbered="unix_date({date})",
    division=f"CAST({{number}} / {{by}} AS {_WIDE})",
    common=f"CASE WHEN abs({{one}}) = 1 OR abs({{other}}) = 1 THEN CAST(1 AS {_WIDE}) ELSE {_EUCLID} END",
    shifted="shiftright({number}, {bits})",
)
