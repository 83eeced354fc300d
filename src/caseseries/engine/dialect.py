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
    epoch: str
    division: str
    common: str

    def date(self, day: str) -> str:
        """SQL for the calendar date of a day number (days since 1970-01-01)."""
        return f"({self.epoch} + {day})"

    def divide(self, number: str, by: str) -> str:
        """SQL for the quotient of two wide whole numbers where it is known to be whole."""
        return self.division.format(number=number, by=by)

    def gcd(self, one: str, other: str) -> str:
        """SQL for the greatest common divisor of two wide whole numbers."""
        return self.common.format(one=one, other=other)


DUCKDB = Dialect(
    name="duckdb",
    wide="HUGEINT",
    text="VARCHAR",
    double="DOUBLE",
    epoch="DATE '1970-01-01'",
    division="({number} // {by})",
    common="gcd({one}, {other})",
)
