"""Schedules that name days of the week, in English, German, French and Spanish: on how many different days of a week."""

from __future__ import annotations

import re

__all__ = ["days_named"]

DAYS_PER_WEEK = 7

#: The days from Monday on, each with its whole words and its short ones, without accents.
WHOLE = {
    "English": "monday mondays|tuesday tuesdays|wednesday wednesdays|thursday thursdays|friday fridays|saturday saturdays|sunday sundays",
    "German": "montag montags|dienstag dienstags|mittwoch mittwochs|donnerstag donnerstags|freitag freitags|"
    "samstag samstags sonnabend sonnabends|sonntag sonntags",
    "French": "lundi lundis|mardi mardis|mercredi mercredis|jeudi jeudis|vendredi vendredis|samedi samedis|dimanche dimanches",
    "Spanish": "lunes|martes|miercoles|jueves|viernes|sabado sabados|domingo domingos",
}
SHORT = {
    "English": "mon mons|tue tues|wed weds|thu thur thurs|fri fris|sat sats|sun suns",
    "German": "mo|di|mi|do|fr|sa|so",
    "French": "lun|mar|mer|jeu|ven|sam|dim",
    "Spanish": "lun|mar|mie|jue|vie|sab|dom",
}
#: A short word alone is a day in English only: `mo` may be a month, `di`, `do`, `mar` other words.
ALONE = "English"

LED_BY = re.compile(r"(?:on|every|am|jeden|von|le|les|chaque|du|el|los|cada|de) (?=[a-z])")
LISTED = re.compile(r" ?[/,+&] ?| and | und | et | y | ")
RANGED = re.compile(r" to | through | thru | bis | au | a ")
HYPHEN = re.compile(r" ?[-–] ?")
LETTERS = {"mwf": 3, "m/w/f": 3, "m-w-f": 3, "m,w,f": 3}


def days_named(text: str) -> int | None:
    """How many different days of the week a text names, in small letters without accents; None where it says something else.

    Two days with a hyphen between them are a list or a range, so that they count only where both are the same or the range is Monday to Friday.

    >>> days_named("mon/wed/fri"), days_named("montags und donnerstags"), days_named("monday to friday"), days_named("mon-fri")
    (3, 2, 5, 5)
    >>> days_named("mon-thu"), days_named("mo"), days_named("mon/mon"), days_named("daily")
    (None, None, None, None)
    """
    if text in LETTERS:
        return LETTERS[text]
    plain = LED_BY.sub("", text, count=1) if LED_BY.match(text) else text
    for language in WHOLE:
        if (found := _in_language(plain, language)) is not None:
            return found
    return None


def _in_language(text: str, language: str) -> int | None:
    for split, ranged in ((RANGED, True), (HYPHEN, False), (LISTED, False)):
        words = split.split(text)
        days = [_day(word, language, alone=len(words) == 1) for word in words]
        numbers = [day for day in days if day is not None]
        if len(numbers) < len(days) or (len(words) == 1 and split is not LISTED):
            continue
        if split is LISTED or (split is HYPHEN and len(numbers) > 2):
            return len(numbers) if len(set(numbers)) == len(numbers) else None
        if len(numbers) != 2:
            return None
        between = (numbers[1] - numbers[0]) % DAYS_PER_WEEK + 1
        certain = ranged or between == 2 or numbers == [0, 4]
        return between if certain and numbers[0] != numbers[1] else None
    return None


def _day(word: str, language: str, *, alone: bool) -> int | None:
    """The number of a day from Monday, 0, on."""
    kinds = (WHOLE,) if alone and language != ALONE else (WHOLE, SHORT)
    for kind in kinds:
        for number, names in enumerate(kind[language].split("|")):
            if word.rstrip(".") in names.split():
                return number
    return None
