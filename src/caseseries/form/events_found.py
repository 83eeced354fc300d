"""Adverse events on a patient's row: a column of side effects in words, or a column of yes and no for each."""

from __future__ import annotations

import re
from collections.abc import Collection

from caseseries.form.column_look import Column
from caseseries.form.found import TableGuess
from caseseries.form.heading import plain
from caseseries.form.profile import Looked
from caseseries.form.several import signs_between

_WORDS = (
    r"(adverse (events?|effects?|reactions?)|ae|aes|side effects?|nebenwirkung(en)?|uaw|komplikation(en)?|effets? (indesirables?|secondaires?)|"
    r"efectos? (adversos?|secundarios?)|complications?|toxicity)"
)
_EVENT = re.compile(rf"\b{_WORDS}\b")
_ONE_OF_THEM = re.compile(rf"{_WORDS} (?P<name>.+)")
_ABOUT = re.compile(r"\b(grade|grad|serious|outcome|date|datum|fecha|any|y n|yes no)\b")


def about_events(title: str) -> bool:
    """Whether the name of a sheet or file says that it holds adverse events.

    >>> about_events("Nebenwirkungen"), about_events("side_effects"), about_events("MMF")
    (True, True, False)
    """
    return _EVENT.search(plain(title)) is not None


def events_on_row(looked: Looked, roles: dict[str, str], used: Collection[str]) -> list[TableGuess]:
    """The tables of events that the columns of a sheet with a row per patient make."""
    said = [column for column in looked.columns if column.name not in used and _EVENT.search(plain(column.name))]
    found = []
    if beside := {name: column.name for column in said if column.kind == "yes or no" and (name := _named(column))}:
        found.append(TableGuess("side effects", "events", looked, {"patient": roles["patient"]}, happened=beside))
    words = next((column for column in said if column.kind in {"words", "text"} and not _about(column)), None)
    if words is not None:
        date = next((column.name for column in said if column.kind == "date"), "")
        own = {"patient": roles["patient"], "event": words.name, **({"date": date} if date else {})}
        found.append(TableGuess("events", "events", looked, own, separated=signs_between(words.names)))
    return found


def _about(column: Column) -> bool:
    return _ABOUT.search(plain(column.name)) is not None


def _named(column: Column) -> str:
    """The event of which a column says whether it happened: `rash` of `AE rash` and of `Side effects / rash`; empty where it names none."""
    upper, _, lower = column.name.rpartition(" / ")
    if upper and _EVENT.search(plain(upper)):
        return lower
    match = _ONE_OF_THEM.fullmatch(plain(column.name))
    return "" if match is None or _about(column) else match["name"]
