"""Dose schedules in words: administrations per day as an exact fraction, and the units a dose is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal, cast

from caseseries.catalogue.instrument import unit_fold
from caseseries.catalogue.raw import exact, read
from caseseries.catalogue.source import Source, cite
from caseseries.catalogue.words import CatalogueMiss, Index

__all__ = ["DoseUnit", "Schedule", "dose_unit", "dose_units", "frequency", "schedule", "schedules"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a dose is taken; ``per_day`` is absent where no daily amount is defined (as needed, single dose)."""

    key: str
    per_day: Fraction | None
    aliases: tuple[str, ...]
    note: str
    source: Source


@dataclass(frozen=True, slots=True)
class DoseUnit:
    """A unit of amount: ``mg`` milligrams in one of it, to be multiplied by kg, by m2, or by nothing."""

    key: str
    mg: Fraction
    per: Literal["", "kg", "m2"]
    aliases: tuple[str, ...]


HOURS_PER_DAY, DAYS_PER_WEEK = 24, 7
PERIODS = {
    "hour": ("h", "hr", "hrs", "hour", "hours", "hourly"),
    "day": ("d", "day", "days", "daily"),
    "week": ("w", "wk", "wks", "week", "weeks", "weekly"),
    "month": ("month", "months", "monthly"),
}
PERIOD_OF = {word: period for period, words in PERIODS.items() for word in words}
NUMBER = r"([1-9][0-9]{0,2})"

EVERY = re.compile(rf"(?:every|each|q) ?{NUMBER}[ -]?([a-z]+)")
HOURLY = re.compile(rf"{NUMBER}[ -]?(hourly)")
TIMES = re.compile(rf"{NUMBER} ?(?:(?:x|×|times?|doses?) ?(?:/|a |per |each |every )?|/ ?|per |a )([a-z]+)")
DAILY = re.compile(rf"{NUMBER} (daily)")
DAYS_OF_WEEK = re.compile(r"([1-7]) days? (?:(?:/ ?|a |per |each )week|(?:of|out of) 7(?: days)?)")


def frequency(text: str) -> Fraction | None:
    """Administrations per day meant by a schedule in words; absent for `as needed` and for a single dose.

    Raises:
        CatalogueMiss: the words are not a known schedule, or are read both ways (bi-weekly).

    >>> frequency("twice daily"), frequency("b.i.d."), frequency("alternate days"), frequency("every 4 weeks")
    (Fraction(2, 1), Fraction(2, 1), Fraction(1, 2), Fraction(1, 28))
    >>> frequency("q8h"), frequency("3 times a week"), frequency("as needed")
    (Fraction(3, 1), Fraction(3, 7), None)
    """
    return schedule(text).per_day


@lru_cache(maxsize=1024)
def schedule(text: str) -> Schedule:
    """The schedule meant by the words, with its source; see :func:`frequency`."""
    try:
        return _schedules()[_index().key(text)]
    except CatalogueMiss:
        counted = _counted(" ".join(text.casefold().strip(" .").split()))
        if counted is None:
            raise
        return Schedule(text, counted[0], (), "", counted[1])


def schedules() -> tuple[Schedule, ...]:
    """Every schedule with a name of its own, in the order of the data file."""
    return tuple(_schedules().values())


def dose_unit(text: str) -> DoseUnit:
    """The unit a dose is written in.

    Raises:
        CatalogueMiss: the message lists the accepted units.

    >>> dose_unit("g/kg").mg, dose_unit("g/kg").per
    (Fraction(1000, 1), 'kg')
    """
    wanted = unit_fold(text)
    for unit in dose_units():
        if wanted in map(unit_fold, (unit.key, *unit.aliases)):
            return unit
    raise CatalogueMiss("unit of dose", text, expected=f"accepted: {', '.join(unit.key for unit in dose_units())}")


@cache
def dose_units() -> tuple[DoseUnit, ...]:
    """Every accepted unit of dose."""
    rows = read("frequencies")["dose_units"].items()
    return tuple(
        DoseUnit(key, exact(row["mg"]), cast(Literal["", "kg", "m2"], row["per"]), tuple(row["aliases"]))
        for key, row in rows
    )


def _counted(text: str) -> tuple[Fraction, Source] | None:
    """Schedules that say a number, such as `every 10 days`; absent when the words are not of such a form."""
    plain = cite("arithmetic [derived]")
    if match := DAYS_OF_WEEK.fullmatch(text):
        return Fraction(int(match[1]), DAYS_PER_WEEK), plain
    spaced = EVERY.fullmatch(text) or HOURLY.fullmatch(text)
    match = spaced or TIMES.fullmatch(text) or DAILY.fullmatch(text)
    if match is None or match[2] not in PERIOD_OF:
        return None
    count, period = int(match[1]), PERIOD_OF[match[2]]
    per_day = 1 / (count * _days(period)) if spaced else count / _days(period)
    return per_day, cite(read("frequencies")["month"]["source"]) if period == "month" else plain


def _days(period: str) -> Fraction:
    days = {"hour": Fraction(1, HOURS_PER_DAY), "day": Fraction(1), "week": Fraction(DAYS_PER_WEEK)}
    return exact(read("frequencies")["month"]["days"]) if period == "month" else days[period]


@cache
def _schedules() -> dict[str, Schedule]:
    raw = read("frequencies")
    return {entry["key"]: _schedule({**raw["defaults"], **entry}) for entry in raw["schedule"]}


@cache
def _index() -> Index:
    names = [(entry.key, entry.aliases) for entry in schedules()]
    return Index.of("schedule", names, read("frequencies")["unclear"])


def _schedule(raw: dict[str, Any]) -> Schedule:
    per_day = None
    if "per_day" in raw:
        per_day = exact(raw["per_day"])
    elif "per_month" in raw:
        per_day = exact(raw["per_month"]) / _days("month")
    return Schedule(raw["key"], per_day, tuple(raw["aliases"]), raw.get("note", ""), cite(raw["source"]))
