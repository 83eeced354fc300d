"""Several drugs or events in one cell: which signs stand between them, and what the parts are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from caseseries.form.column_look import Column
from caseseries.form.drug_columns import drug_of
from caseseries.form.heading import plain, says, words

_SIGNS = (",", ";", "+", "/", "\n")
#: What stands behind a name: years, months, brackets.
_BEHIND = re.compile(r"\(.*?\)|\b(since|from|until|seit|bis|depuis|desde|hasta)\b.*|\d{1,2}[./]\d{4}.*|\b\d{4}\b.*")
_EARLIER = words(
    "previous prior earlier before past history vor vorherige fruhere vorbehandlung vortherapie anterieur anterieurs previo previos"
)
_DRUGS = re.compile(
    r"drugs?|treatments?|therap(y|ies|ie|ien)|medications?|dmards?|immunosuppress\w*|medikamente?|behandlung|vorbehandlung|vortherapien?|traitements?|tratamientos?"
)
_NONE = words("none no nil keine kein aucun aucune ninguno ninguna nein non -")


def parts_of(cell: str, signs: Sequence[str]) -> list[str]:
    """The names in a cell, without years and remarks in brackets.

    >>> parts_of("MTX 2006-2007, IVIG (2 x), none", [","])
    ['MTX', 'IVIG']
    """
    bare = _BEHIND.sub("", cell) if not signs else cell
    parts = re.split("|".join(map(re.escape, signs)), bare) if signs else [bare]
    named = [" ".join(_BEHIND.sub("", part).split()).strip(" -") for part in parts]
    return [part for part in named if part and plain(part) not in _NONE]


def signs_between(cells: Sequence[str]) -> tuple[str, ...]:
    """The signs that stand between the words of some cells."""
    bare = [re.sub(r"\(.*?\)", "", cell) for cell in cells]
    return tuple(sign for sign in _SIGNS if any(sign in cell.strip(sign + " ") for cell in bare))


def signs_of_drugs(names: Sequence[str]) -> tuple[str, ...]:
    """The signs between several drugs of a cell; none where no cell holds several that somebody knows.

    >>> signs_of_drugs(["MTX + IVIG", "MTX"]), signs_of_drugs(["IV/SC rituximab", "MTX"])
    (('+',), ())
    """
    found = []
    for sign in signs_between(names):
        several = [parts_of(name, [sign]) for name in names if sign in name and not drug_of(name)]
        if any(len(parts) > 1 and all(drug_of(part) for part in parts) for parts in several):
            found.append(sign)
    return tuple(found)


def is_earlier(heading: str) -> bool:
    """Whether a heading speaks of earlier drugs.

    >>> is_earlier("Previous treatment"), is_earlier("Vortherapien"), is_earlier("Other drugs")
    (True, True, False)
    """
    said = plain(heading).split()
    return any(word in _EARLIER or re.fullmatch(r"vor(therapien?|behandlung(en)?)", word) for word in said)


def drugs_in_words(column: Column) -> tuple[str, ...]:
    """The signs between the drugs of a column of drugs in words, such as earlier ones; none where it is no such column.

    >>> from caseseries.form.column_look import column_profile
    >>> drugs_in_words(column_profile("Previous treatment", ["MTX, IVIG", "MTX 2006", "none", "azathioprine"]))
    (',',)
    """
    if column.kind not in {"words", "text"} or says(column.name, "note"):
        return ()
    if not any(_DRUGS.fullmatch(word) for word in plain(column.name).split()):
        return ()
    signs = signs_between(column.names)
    if not is_earlier(column.name) and not signs_of_drugs(column.names):
        return ()
    named = [part for cell in column.names for part in parts_of(cell, signs)]
    known = sum(bool(drug_of(part)) for part in named)
    return (signs or (",",)) if named and 2 * known >= len(named) else ()
