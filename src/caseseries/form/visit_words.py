"""Which visit a heading or a label speaks of: before, after, month 3, visit 2; in English, German, French and Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from caseseries.form.heading import plain, words

#: Units of time by the words they are written with. Single letters stand right before or behind a number only.
_UNITS: dict[str, str] = {
    "day": "days?|tage?n?|jours?|dias?",
    "week": "weeks?|wks?|wochen?|semaines?|semanas?|sem|wo",
    "month": "months?|mths?|mons?|mo|monate?n?|mois|mes(?:es)?",
    "year": "years?|yrs?|jahre?n?|ans?|annees?|anos?",
}
#: `J` is a day in French before a number (J7) and a year in German behind it (1J).
_BEFORE = {"day": "d|j", "week": "w|s", "month": "m", "year": "y"}
_BEHIND = {"day": "d", "week": "w", "month": "m", "year": "y|j"}
_LONG = {
    "day": "day|tag|jour|dia",
    "week": "week|woche|semaine|semana",
    "month": "month|monat|mois|mes",
    "year": "year|jahr",
}
_BASELINE = (
    "(?:at )?(?:baseline|base line|basal|bl|initial(?:e|ly)?|inicial|pre|before|prior|vorher|vor|zu beginn|ausgangswert|ausgangs|avant|antes|"
    "admission|aufnahme|inclusion|einschluss|entry|first|erste[rs]?|enrol?ment|basis)"
)
_LAST = (
    "(?:at )?(?:last|final(?:e)?|latest|letzte[rsmn]?|abschluss|dernier(?:e)?|ultim[oa]|current|now|aktuell|end|ende)"
)
_AFTER = "(?:at )?(?:post|after|follow up|followup|fup|fu|nachher|nach|danach|verlauf|kontrolle|apres|suivi|despues|seguimiento)"
_PLAIN_BASELINE = words("baseline base bl basal basis")
#: What may follow `before` and `after` without changing them.
_OF_WHAT = r"(?: (?:of )?(?:the )?(?:treatment|therapy|therapie|behandlung|traitement|tratamiento|drug|tx|rx|visit|value|wert))?"
_FILLS = words(
    "at after post nach apres bei zu a los las despues de des du le la later of follow up followup fu visit visite "
    "visita besuch of the value"
)
_VISIT = (
    "visits?|vis|besuche?|visiten?|visitas?|v|time ?points?|time|zeitpunkt|"
    "temps|tiempo|t|follow up|followup|fup|fu|consultation|consulta|kontrolle|bilan"
)
#: A time before something, or within which something was asked for: it says no visit that many days after the first.
_TIME_BEFORE = re.compile(
    r"(?:^| )(?:before|prior|pre|previous|preceding|ago|last|past|vor|vorher|letzte[rsmn]?|vergangene[rsmn]?|avant|derniere?s?|antes|"
    r"previo|ultim[oa]s?)(?= |$)"
)
#: A number below zero, with a decimal mark, or one of two: -3 months, M1.5, 3-6 months, week 2-4, +/- 2.
_NO_PLAIN_NUMBER = re.compile(r"(?:^|[\s(\[_])[-−–]\s?\d|\d[.,]\d|\d\s?[-−–/]\s?\d|\+\s?/?\s?-|±")
#: The day of a visit before the drug; what is called so is day 0 unless it says otherwise.
BASELINE = ("baseline", 0)
AFTER, LAST = ("after", 0), ("last", 0)


@dataclass(frozen=True, slots=True)
class VisitNamed:
    """A visit that a heading names: its `label` as written, what is left of the heading, and its planned time.

    `key` is a unit and a number: ("month", 3), ("visit", 2), or ("baseline", 0) and ("after", 0).
    """

    key: tuple[str, int]
    label: str
    stem: str

    @property
    def nominal(self) -> str:
        """The planned day from the index date, such as `3 months`; empty where the name does not say it.

        >>> visit_in("CRP M3").nominal, visit_in("crp_before").nominal, visit_in("CRP visit 2").nominal
        ('3 months', '0 days', '')
        """
        unit, number = self.key
        if self.key == BASELINE:
            return "0 days"
        if unit not in _UNITS:
            return ""
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


@cache
def visit_in(name: str) -> VisitNamed | None:
    """The visit that a heading names, where it names one.

    >>> [visit_in(name).key for name in ("DAY2GFR`", "score_3m", "Gewicht nach 6 Monaten", "J7", "Weight Follow-up", "FU2")]
    [('day', 2), ('month', 3), ('month', 6), ('day', 7), ('after', 0), ('visit', 2)]
    >>> visit_in("MMT8 baseline").stem, visit_in("score_vorher").stem, visit_in("MMT8"), visit_in("complement C3")
    ('mmt8', 'score', None, None)

    A time before something is none that `new` could put on a day after the first, and neither is a number that is not plain.

    >>> [visit_in(name) for name in ("CRP -3 months", "score 3 months before", "pain last 7 days", "CRP 1.5 months", "first follow-up")]
    [None, None, None, None, None]
    """
    text = plain(name)
    for pattern, unit in _timed():
        if match := pattern.search(text):
            if _TIME_BEFORE.search(
                f"{text[: match.start('whole')]} {text[match.end('whole') :]}"
            ) or _NO_PLAIN_NUMBER.search(name):
                return None
            return _made(text, match, unit, int(match["n"]))
    ordinal = re.search(rf"(?:^| )(?P<whole>(?:{_VISIT}) ?(?:no )?(?P<n>\d{{1,2}}))(?= |$)", text)
    base = re.search(rf"(?:^| )(?P<whole>{_BASELINE}{_OF_WHAT})(?= |$)", text)
    after = re.search(rf"(?:^| )(?P<whole>{_AFTER}{_OF_WHAT})(?= |$)", text)
    last = re.search(rf"(?:^| )(?P<whole>{_LAST}{_OF_WHAT})(?= |$)", text)
    if base and after and (after.end() <= base.start("whole") or base.end() <= after.start("whole")):
        return None  # `first follow-up`, `first visit after`, `before and after`
    if base:
        return _made(text, base, "baseline", 0)
    if ordinal:
        number = int(ordinal["n"])
        follow = re.match(r"f", ordinal["whole"])
        return _made(text, ordinal, "visit", number + (1 if follow and number == 0 else 0))
    if last:
        return _made(text, last, "last", 0)
    if after:
        return _made(text, after, "after", 0)
    return None


def same_visit(one: VisitNamed, other: VisitNamed) -> bool:
    """Whether two headings speak of one visit for certain: `admission` and `before` are both before the drug, and may be two days.

    >>> named = [visit_in(name) for name in ("CRP before", "date before", "admission date", "CRP M0", "date baseline", "date_M3", "3 months CRP")]
    >>> same_visit(named[0], named[1]), same_visit(named[0], named[2]), same_visit(named[3], named[4]), same_visit(named[5], named[6])
    (True, False, True, True)
    """
    if one.key != other.key:
        return False
    return one.key[0] not in {"baseline", "after", "last"} or _first_word(one.label) == _first_word(other.label)


def _first_word(label: str) -> str:
    word = plain(label).split()[0]
    return "baseline" if word in _PLAIN_BASELINE or re.search(r"(?:^|\D)0$", plain(label)) else word


def _made(text: str, match: re.Match[str], unit: str, number: int) -> VisitNamed:
    rest = f"{text[: match.start('whole')]} {text[match.end('whole') :]}".split()
    left = [word for word in rest if word not in _FILLS]
    key = BASELINE if number == 0 else (unit, number)
    if unit in {"after", "last"}:
        key = (unit, 0)
    return VisitNamed(key, match["whole"].strip(), " ".join(left))


@cache
def _timed() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for unit, long in _UNITS.items():
        found += [
            (re.compile(rf"(?:^| )(?P<whole>(?:(?:{long}) ?|(?:{_BEFORE[unit]}))(?P<n>\d{{1,3}}))(?= |$)"), unit),
            (re.compile(rf"(?:^| )(?P<whole>(?P<n>\d{{1,3}})(?: ?(?:{long})|(?:{_BEHIND[unit]})))(?= |$)"), unit),
            (re.compile(rf"(?:^|\b)(?P<whole>(?:{_LONG[unit]}) ?(?P<n>\d{{1,3}}))(?=[a-z])"), unit),
        ]
    return tuple(found)
