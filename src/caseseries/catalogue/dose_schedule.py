"""Dose schedules in words: administrations per day as an exact fraction, and the units a dose is written in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal, cast

from caseseries.catalogue.citation import Source, cite
from caseseries.catalogue.instrument import unit_fold
from caseseries.catalogue.lookup import CatalogueMiss, Index, fold
from caseseries.catalogue.raw import exact, read
from caseseries.catalogue.weekday import days_named

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
    """A unit of amount: ``mg`` milligrams in one of it, to be multiplied by kg, by m2, or by nothing.

    ``per_day`` is there where the unit says of what time the amount is: 1 in mg/day, 1/7 in mg/week, whatever the schedule.
    """

    key: str
    mg: Fraction
    per: Literal["", "kg", "m2"]
    aliases: tuple[str, ...]
    per_day: Fraction | None = None


HOURS_PER_DAY, DAYS_PER_WEEK = 24, 7
#: Words of a length of time in English, German, French and Spanish, without accents. A single j is a year in one language and a day in
#: another, and stands for a day behind `fois` only.
PERIODS = {
    "hour": ("h", "hr", "hrs", "hour", "hours", "hourly", "std", "stunde", "stunden", "heure", "heures", "hora", "horas"),
    "day": ("d", "day", "days", "daily", "tag", "tage", "tagen", "taglich", "taeglich", "tagl", "taegl", "tgl", "jour", "jours", "dia", "dias"),
    "week": (
        "w", "wk", "wks", "week", "weeks", "weekly", "woche", "wochen", "wochentlich", "woechentlich", "wochentl", "semaine", "semaines",
        "wo", "sem", "semana", "semanas",
    ),
    "month": ("month", "months", "monthly", "mo", "mos", "monat", "monate", "monatlich", "mois", "mes", "meses"),
}  # fmt: skip
PERIOD_OF = {word: period for period, words in PERIODS.items() for word in words}
NUMBER = r"([1-9][0-9]{0,2})"

EVERY = re.compile(rf"(?:every|each|q|alle|tous les|toutes les|cada|c/) ?{NUMBER}[ -]?([a-z]+)")
HOURLY = re.compile(rf"{NUMBER}[ -]?(?:hourly|stundlich|stuendlich|stdl)")
_COUNTED = "x|×|times?|doses?|mal|fois|prises?|vez|veces|tomas?"
_OF_EACH = "/ ?|a |per |each |every |pro |am |in der |die |par |al |a la |por |cada "
TIMES = re.compile(rf"{NUMBER} ?(?:(?:{_COUNTED}) ?({_OF_EACH})?|(/ ?|per |a ))([a-z]+)")
FOIS = re.compile(rf"{NUMBER} ?(?:fois|prises?) ?(?:/ ?|par )j")
DAILY = re.compile(rf"{NUMBER} (daily)")
DAYS_OF_WEEK = re.compile(r"([1-7]) days? ?(?:(?:/ ?|a |per |each )(?:week|wk)|(?:of|out of) 7(?: days)?)")
#: `every third day`, `jeden 3. Tag`
ORDINALS = {
    **dict.fromkeys(("2nd", "second", "2.", "zweiten", "zweite"), 2),
    **dict.fromkeys(("3rd", "third", "3.", "dritten", "dritte"), 3),
    **dict.fromkeys(("4th", "fourth", "4.", "vierten", "vierte"), 4),
}  # fmt: skip
EVERY_NTH = re.compile(r"(?:every|each|jeden|jede) ([a-z0-9]+\.?) (day|week|month|tag|woche|monat)")
#: `4 doses weekly` may be four doses, a week apart, or four in each week.
DOSES_APART = re.compile(r"[0-9]+ ?(?:doses?|prises?|tomas?) (?:weekly|monthly|wochentlich|monatlich)")
#: Weeks between two doses that are more than the days of a week, so that they cannot be times a week.
WEEKS_APART = re.compile(r"(8|10|12|16|24|26)[ -]?weekly")
DIGITS = re.compile(r"[0-9]+")
NUMBER_IN_WORDS = re.compile(r"([a-z]+) ?(?:(?:times?|doses?|days?|per|a)(?![a-z])|/)")
PATTERN = re.compile(r"([01])(?: ?[-–] ?([01]))(?: ?[-–] ?([01]))(?: ?[-–] ?([01]))?")


def frequency(text: str) -> Fraction | None:
    """Administrations per day meant by a schedule in words; absent for `as needed` and for a single dose.

    Raises:
        CatalogueMiss: the words are not a known schedule, or are read both ways (bi-weekly).

    >>> frequency("twice daily"), frequency("b.i.d."), frequency("alternate days"), frequency("every 4 weeks")
    (Fraction(2, 1), Fraction(2, 1), Fraction(1, 2), Fraction(1, 28))
    >>> frequency("q8h"), frequency("3 times a week"), frequency("as needed")
    (Fraction(3, 1), Fraction(3, 7), None)
    >>> frequency("1x tägl."), frequency("2 fois/j"), frequency("cada 8 h"), frequency("morgens und abends")
    (Fraction(1, 1), Fraction(2, 1), Fraction(3, 1), Fraction(2, 1))
    """
    return schedule(text).per_day


@lru_cache(maxsize=1024)
def schedule(text: str) -> Schedule:
    """The schedule meant by the words, with its source; see :func:`frequency`."""
    try:
        found = _schedules()[_index().key(text)]
        if _digits(text) in _digits_of_names()[fold(text)]:
            return found
        miss = CatalogueMiss("schedule", text)  # `1-4-weekly` is not `14-weekly`
    except CatalogueMiss as unknown:
        miss = unknown
    counted = _counted(_plain(text))
    if counted is None:
        raise miss
    return Schedule(text, counted[0], (), "", counted[1])


def schedules() -> tuple[Schedule, ...]:
    """Every schedule with a name of its own, in the order of the data file."""
    return tuple(_schedules().values())


@lru_cache(maxsize=1 << 10)
def dose_unit(text: str) -> DoseUnit:
    """The unit a dose is written in.

    Raises:
        CatalogueMiss: the message lists the accepted units.

    >>> dose_unit("g/kg").mg, dose_unit("g/kg").per
    (Fraction(1000, 1), 'kg')
    >>> dose_unit("mg/kg/day").per, dose_unit("mg/kg/day").per_day, dose_unit("mg/week").per_day
    ('kg', Fraction(1, 1), Fraction(1, 7))
    """
    plain, per_day = _span(text)
    for unit in dose_units():
        if unit_fold(plain) in map(unit_fold, (unit.key, *unit.aliases)):
            return unit if per_day is None else replace(unit, per_day=per_day)
    raise CatalogueMiss("unit of dose", text, expected=f"accepted: {', '.join(unit.key for unit in dose_units())}")


def _span(text: str) -> tuple[str, Fraction | None]:
    """A unit without the words that say of what time the amount is, and how often that is a day."""
    folded = " ".join(text.casefold().split())
    for words, per_day in sorted(read("frequencies")["dose_spans"].items(), key=lambda row: -len(row[0])):
        if folded.endswith(words) or ("/" in words and unit_fold(folded).endswith(unit_fold(words))):
            cut = folded[: -len(words)] if folded.endswith(words) else unit_fold(folded)[: -len(unit_fold(words))]
            return cut, exact(per_day) if per_day else None
    return text, None


@cache
def dose_units() -> tuple[DoseUnit, ...]:
    """Every accepted unit of dose."""
    rows = read("frequencies")["dose_units"].items()
    return tuple(
        DoseUnit(key, exact(row["mg"]), cast(Literal["", "kg", "m2"], row["per"]), tuple(row["aliases"]))
        for key, row in rows
    )


def _digits(text: str) -> tuple[str, ...]:
    """The whole numbers of a text, one by one, which folding would write together."""
    return tuple(DIGITS.findall(text))


@cache
def _digits_of_names() -> dict[str, frozenset[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for entry in schedules():
        for name in (entry.key, *entry.aliases):
            found.setdefault(fold(name), set()).add(_digits(name))
    return {name: frozenset(digits) for name, digits in found.items()}


def _plain(text: str) -> str:
    """Small letters without accents, single spaces, and no full stop at the end."""
    letters = unicodedata.normalize("NFD", " ".join(text.casefold().strip(" .").split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _counted(text: str) -> tuple[Fraction, Source] | None:
    """Schedules that say a number, such as `every 10 days`; absent when the words are not of such a form."""
    plain = cite("arithmetic [derived]")
    if (days := days_named(text)) is not None:
        return Fraction(days, DAYS_PER_WEEK), plain
    if match := PATTERN.fullmatch(text):  # morning, noon, evening, night
        taken = sum(part == "1" for part in match.groups())
        return (Fraction(taken), plain) if taken else None
    text = _in_figures(text)
    if DOSES_APART.fullmatch(text):
        return None
    if (match := EVERY_NTH.fullmatch(text)) and match[1] in ORDINALS:
        return 1 / (ORDINALS[match[1]] * _days(PERIOD_OF[match[2]])), _source_of(PERIOD_OF[match[2]])
    if match := DAYS_OF_WEEK.fullmatch(text):
        return Fraction(int(match[1]), DAYS_PER_WEEK), plain
    if match := WEEKS_APART.fullmatch(text):
        return 1 / (int(match[1]) * _days("week")), plain
    if match := HOURLY.fullmatch(text):
        return 1 / (int(match[1]) * _days("hour")), plain
    if match := FOIS.fullmatch(text):
        return Fraction(int(match[1])), plain
    spaced, times = EVERY.fullmatch(text), TIMES.fullmatch(text)
    match = spaced or times or DAILY.fullmatch(text)
    if match is None or match[match.re.groups] not in PERIOD_OF:
        return None
    word = match[match.re.groups]
    if times and word == "mo" and not (times[2] or times[3]):
        return None  # `1x Mo` is once on Mondays elsewhere
    count, period = int(match[1]), PERIOD_OF[word]
    per_day = 1 / (count * _days(period)) if spaced else count / _days(period)
    return per_day, _source_of(period)


def _source_of(period: str) -> Source:
    return cite(read("frequencies")["month"]["source"] if period == "month" else "arithmetic [derived]")


def _in_figures(text: str) -> str:
    """A number in words before `times`, `days` or `per` as a figure: `three times/day` is `3 times/day`."""
    match = NUMBER_IN_WORDS.match(text)
    numbers = read("frequencies")["numbers"]
    return f"{numbers[match[1]]}{text[match.end(1) :]}" if match and match[1] in numbers else text


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
