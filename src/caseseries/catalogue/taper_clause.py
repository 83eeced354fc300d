"""The clauses of a taper in one cell: a dose with the time for which it is taken, a fall by an amount at an interval, a word for the end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from caseseries.catalogue.dose_schedule import PERIOD_OF, dose_unit, schedule
from caseseries.catalogue.lookup import CatalogueMiss

__all__ = ["Fall", "TaperStep", "UnclearTaper", "clauses_of", "dose_of", "fall_of", "is_end", "like_taper", "unclear"]


class UnclearTaper(ValueError):
    """Why a text is no taper that is read in one way; it holds nothing of the text."""


@dataclass(frozen=True, slots=True)
class TaperStep:
    """One dose of a taper: ``amount`` of an administration in ``unit``, taken ``frequency``; both texts, empty where the cell does not say them.

    ``days`` is how long it is taken; None for a last dose that goes on. ``per_day`` is how often a day, by unit or frequency, if said.
    """

    amount: Fraction
    unit: str
    frequency: str
    per_day: Fraction | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall by an amount every so many days; ``target`` is the dose at which it ends, with its own time, ``end`` a word that it ends at none."""

    amount: Fraction
    unit: str
    every: int
    loose: bool
    target: TaperStep | None
    end: bool


def clauses_of(text: str, *, comma: bool) -> list[str]:
    """The clauses of a text in small letters without accents; `to 10 mg` behind a fall belongs to it.

    >>> clauses_of("40 mg (2 wk), then reduce by 5 mg each week, to 10 mg", comma=False)
    ['40 mg 2 wk', 'reduce by 5 mg each week to 10 mg']
    """
    return _joined(_clauses(_plain(text, comma=comma)))


def is_end(clause: str) -> bool:
    """Whether a clause says that the drug is not taken any more.

    >>> is_end("stop"), is_end("0 mg"), is_end("10 mg")
    (True, True, False)
    """
    return re.fullmatch(_END, clause) is not None


def like_taper(text: str) -> bool:
    """Whether a text that is no number seems to mean a taper, so that the forms that are read are worth naming.

    >>> [like_taper(one) for one in ("taper over 6 weeks", "reduce slowly", "40 mg 2 wk, 30 mg 2 wk", "20-40 mg", "40 mg 2 wk", "unknown")]
    [True, True, True, False, False, False]
    """
    plain = _without_accents(text)
    numbers = re.findall(r"[0-9]+", plain)
    lasting = any(word in _LENGTHS for word in re.findall(r"[a-z]+", plain))
    return re.search(_LIKE, plain) is not None or (
        len(numbers) > 1 and lasting and re.search("[,;\n]", plain) is not None
    )


# The forms are compiled when the first taper is read.

#: Words of a length of time; `daily` and the like say how often.
_LENGTHS = {
    word: period
    for word, period in PERIOD_OF.items()
    if period in {"day", "week", "month"} and not re.search("ly$|lich|tagl|taegl|tgl|wochentl", word)
}
_DAYS = {"day": 1, "week": 7}
_PERIOD = "(?:" + "|".join(sorted(_LENGTHS, key=lambda word: (-len(word), word))) + r")\b\.?"
NUMBERS = {
    word: n
    for n, words in enumerate(
        ("one", "two|zwei", "three|drei", "four|vier", "five", "six|sechs", "seven", "eight|acht"), 1
    )
    for word in words.split("|")
}
_WHOLE = rf"(?:[1-9][0-9]{{0,2}}|{'|'.join(NUMBERS)})"
_AMOUNT = r"(?P<amount>[0-9]+(?:\.[0-9]{1,6})?) ?(?P<words>[^0-9. ](?:.*?[^ ])??)??"
_LASTS = rf"(?:(?:x|×|for|fur|pendant|durante) ?)?(?P<n>{_WHOLE})(?: ?|-)(?P<period>{_PERIOD})"
_HOLD = (rf"{_AMOUNT} ?{_LASTS}", rf"{_LASTS}:? {_AMOUNT}", _AMOUNT)
_EACH = "each|every|jede|jeden|alle|q"
_PER = "/|per|pro|a"
_INTERVAL = (
    rf"(?P<interval>(?:{_EACH}) ?(?:(?P<often>{_WHOLE}|other|second) ?)?(?P<span>{_PERIOD})"
    rf"|(?P<loose>(?:{_PER}) ?(?P<of>{_PERIOD})|weekly|wochentlich)|fortnightly|every fortnight|each fortnight)"
)
_LESS = "less|weniger"
_DOWN = (
    "(?:(?:the )?dose )?"
    "(?:reduce[sd]?|reducing|reduction|decrease[sd]?|decreasing|taper(?:ed|ing)?|wean(?:ed|ing)?|lower(?:ed|ing)?)"
    "(?: the dose| dose)?"
)
_SENKEN = "reduzieren|reduziert|reduktion|senken|verringern|ausschleichen"
_FALL = (
    rf"{_AMOUNT} (?:{_LESS}) ?{_INTERVAL}",
    rf"{_AMOUNT} ?{_INTERVAL} (?:{_LESS})",
    rf"{_INTERVAL} {_AMOUNT} (?:{_LESS})",
    rf"{_DOWN} by {_AMOUNT} ?{_INTERVAL}",
    rf"{_DOWN} {_INTERVAL} by {_AMOUNT}",
    rf"{_INTERVAL} um {_AMOUNT} (?:{_SENKEN}|weniger)",
    rf"um {_AMOUNT} ?{_INTERVAL} (?:{_SENKEN})",
    rf"(?:{_SENKEN}) um {_AMOUNT} ?{_INTERVAL}",
    rf"(?:{_SENKEN}) {_INTERVAL} um {_AMOUNT}",
)
_TARGET = r"(?:down )?(?:to|until|bis auf|bis|auf) (?P<target>.+)"
_FALLING = rf"\b(?:{_LESS}|by|um|{_SENKEN}|{_DOWN})\b"
_END = (
    r"(?:and |und )?(?:stop|stopp|stopped|off|discontinue|discontinued|cease|nil|zero|null|absetzen|abgesetzt|arret)"
    r"|0(?:\.0+)?(?: ?mg(?:/kg)?(?:/day|/d| daily)?)?"
)
_THEN = r"(?:and |und |et )?(?:then|followed by|afterwards|dann|danach|anschliessend|puis|ensuite|luego|despues)\b:?"
#: Signs that names of units and frequencies are compared without, and that change what is said: `od ~2 weeks` is no 2 weeks.
_SIGNS = r"[^\w/.' -]|(?:^| )[-.]+(?: |$)|[-/]$"
_SEPARATOR = rf" ?(?:[,;] ?|-> ?|→ ?|\n ?)?{_THEN} ?| ?(?:[,;\n]|->|→) ?(?:(?:and|und) )?| (?:and |und )?(?={_DOWN} )| and (?=stop|off)"
_LIKE = (
    r"\b(?:then|dann|danach|puis|taper\w*|wean\w*|reduc\w*|reduz\w*|decreas\w*|step(?:ped)? down|ausschleich\w*"
    rf"|{_LESS}|stop|followed by)\b|->|→"
)


def unclear(why: str) -> NoReturn:
    """Refuse a text, with the reason."""
    raise UnclearTaper(why)


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _plain(text: str, *, comma: bool) -> str:
    """Small letters without accents and brackets, single spaces, decimals with a point."""
    plain = _without_accents(text).replace("×", "x")
    if re.search(r"[0-9]\.[0-9]" if comma else r"[0-9],[0-9]", plain):
        unclear("a number is not written with the decimal mark of the column")
    if comma:
        plain = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", plain)
    lines = [" ".join(line.replace("(", " ").replace(")", " ").split()) for line in plain.splitlines()]
    return re.sub(r" (?=[,;])", "", "\n".join(line for line in lines if line)).strip(" .;,")


def _clauses(plain: str) -> list[str]:
    found = [clause.strip(" .") for clause in re.split(_SEPARATOR, plain)]
    if not all(found):
        unclear("a part of the text is no dose with its time, no fall by an amount at an interval and no end")
    return found


def _joined(clauses: list[str]) -> list[str]:
    """The clauses; `to 10 mg` behind a fall belongs to it."""
    found: list[str] = []
    for clause in clauses:
        if found and re.fullmatch(_TARGET, clause) and re.search(_FALLING, found[-1]):
            found[-1] = f"{found[-1]} {clause}"
        else:
            found.append(clause)
    return found


def dose_of(clause: str) -> TaperStep | None:
    """The dose of a clause with its time; None where it is none.

    >>> dose_of("40 mg/day for 2 wk")
    TaperStep(amount=Fraction(40, 1), unit='mg/day', frequency='', per_day=Fraction(1, 1), days=14)
    """
    for form in _HOLD:
        if match := re.fullmatch(form, clause):
            said = _said(match["words"] or "")
            if said is not None:
                lasts = match.groupdict()
                days = _length(lasts["n"], lasts["period"]) if "n" in lasts else None
                return TaperStep(Fraction(match["amount"]), *said, days)
    return None


def fall_of(clause: str) -> Fall | None:
    """The fall of a clause; None where it is none.

    >>> fall_of("5 mg less every 2 weeks").every
    14
    """
    for form in _FALL:
        bare = re.fullmatch(form, clause)
        rest = None
        if bare is None and (cut := re.search(r" (?=(?:down )?(?:to|until|bis auf|bis|auf) )", clause)):
            bare, rest = re.fullmatch(form, clause[: cut.start()]), re.fullmatch(_TARGET, clause[cut.end() :])
            if rest is None:
                continue
        if bare is None:
            continue
        said = _said(bare["words"] or "")
        if said is None or said[1] or said[2] not in {None, Fraction(1)}:
            continue
        if not Fraction(bare["amount"]):
            unclear("a fall by nothing")
        target, end = None, False
        if rest is not None:
            end = is_end(rest["target"])
            target = None if end else dose_of(rest["target"])
            if not end and target is None:
                unclear("the dose to which the fall leads is not read")
        return Fall(Fraction(bare["amount"]), said[0], _every(bare), bare["loose"] is not None, target, end)
    return None


def _every(match: re.Match[str]) -> int:
    """The days of an interval; a day must be said as `each day`, since `5 mg/day less` may be a dose of a day."""
    if "fortnight" in match["interval"]:
        return 14
    if match["loose"] is not None:
        if match["of"] is not None and _LENGTHS[match["of"].rstrip(".")] == "day":
            unclear("it is not said whether the fall is each day or of the dose of a day")
        return _length("1", match["of"] or "week")
    often = {"other": "2", "second": "2", None: "1"}.get(match["often"], match["often"])
    return _length(often or "1", match["span"])


def _length(n: str, period: str) -> int:
    word = _LENGTHS[period.rstrip(".")]
    if word == "month":
        unclear("a month has no certain number of days")
    return int(NUMBERS.get(n, n)) * _DAYS[word]


def _said(words: str) -> tuple[str, str, Fraction | None] | None:
    """Unit, frequency and administrations a day of the words behind an amount; None where they are none."""
    if not words:
        return "", "", None
    if re.search(_SIGNS, words):
        return None
    places = [len(words), *(place for place, sign in enumerate(words) if sign == " "), 0]
    for place in places:
        unit, often = words[:place].strip(), words[place:].strip()
        try:
            of_unit = dose_unit(unit).per_day if unit else None
            per_day = schedule(often).per_day if often else None
        except CatalogueMiss:
            continue
        if (often and per_day is None) or (of_unit is not None and per_day is not None):
            return None
        return unit, often, per_day if of_unit is None else of_unit
    return None
