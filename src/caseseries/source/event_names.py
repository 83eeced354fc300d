"""Names of events that say another thing than an event: yes, a denial, a doubt, a date."""

from __future__ import annotations

import re

#: Words that say that something happened, and not what.
_YES = frozenset(("yes", "y", "ja", "j", "oui", "si", "sí", "true", "wahr", "vrai", "x", "+", "positive", "present"))
#: Words that say that all was well. Some are short for an event as well (RAS: aphthous stomatitis), so that a person decides.
_WELL = frozenset((
    "well tolerated", "tolerated well", "tolerated", "well-tolerated", "good tolerance", "good tolerability", "tolerability good", "well",
    "fine", "good", "ok", "okay", "o.k", "normal", "stable", "unremarkable", "uneventful", "asymptomatic", "nad", "wnl",
    "nothing to report", "nothing reported", "nihil", "0 ae", "0 aes", "gut vertragen", "vertragen", "gute verträglichkeit",
    "verträglichkeit gut", "gut", "unauffällig", "o.b", "stabil", "bien toléré", "bien tolérée", "bonne tolérance", "tolérance bonne",
    "toléré", "ras", "r.a.s", "rien à signaler", "bien", "bien tolerado", "bien tolerada", "buena tolerancia", "sin novedad",
    "ben tollerato",
))  # fmt: skip
_DENIES = re.compile(
    r"(?:no|not|without|denies|denied|never|kein(?:e|en|er)?|nicht|ohne|pas|aucune?|sans|sin|ning[uú]n[oa]?|nessun[oa]?)\b"
    r"|.*[:=]\s*(?:no|none|nein|non|0)$",
    re.IGNORECASE,
)
_NON = re.compile(r"non[\s-]", re.IGNORECASE)
_DATED = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}(?:-\d{2}){0,2})\b")


def says_yes(term: str) -> bool:
    """Whether the name of an event says that it happened, and not what.

    >>> [says_yes(one) for one in ("yes", "Ja", "x", "rash")]
    [True, True, True, False]
    """
    return term.strip().casefold() in _YES


def says_well(term: str) -> bool:
    """Whether the name of an event says that all was well, which is no event, or only the short form of one.

    >>> [says_well(one) for one in ("Well tolerated", "gut  vertragen", "o. B.", "RAS", "rash", "poorly tolerated")]
    [True, True, True, True, False, False]
    """
    plain = "".join(term.split()).casefold().rstrip(".!")
    return plain in {"".join(one.split()) for one in _WELL}


def denies(term: str) -> bool:
    """Whether a name says that a thing is not so, so that the thing is no reading of it.

    >>> [denies(one) for one in ("no flare", "flare: none", "non-polyarticular", "keine Arthritis", "nodular rash", "flare")]
    [True, True, True, True, False, False]
    """
    return bool(_DENIES.match(term.strip()) or _NON.match(term.strip()))


def doubt_of(term: str) -> str:
    """What else the name of an event may say than what happened; empty where nothing looks so.

    >>> doubt_of("no fever"), doubt_of("fever: no") == doubt_of("no fever"), doubt_of("rash")
    ('the name of an event denies it; it is counted as an event all the same', True, '')
    >>> doubt_of("rash?"), doubt_of("rash 2009-03-01")
    ('a question mark stands in the name of an event, which counts as if it were certain', 'a date in the name of an event is not read')
    """
    if _DENIES.match(term.strip()):
        return "the name of an event denies it; it is counted as an event all the same"
    if "?" in term:
        return "a question mark stands in the name of an event, which counts as if it were certain"
    return "a date in the name of an event is not read" if _DATED.search(term) else ""
