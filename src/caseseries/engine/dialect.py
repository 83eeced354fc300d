"""The few words in which SQL engines differ; every statement is otherwise one text for all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """Names of types and functions of one engine.

    `wide` is a whole-number type of at least 38 digits: decisions are made by multiplying whole numbers, never by dividing.
    """

    name: str
    wide: str
    epoch: str

    def date(self, day: str) -> str:
        """SQL for the calendar date of a day number (days since 1970-01-01)."""
        return f"({self.epoch} + {day})"


DUCKDB = Dialect(name="duckdb", wide="HUGEINT", epoch="DATE '1970-01-01'")
