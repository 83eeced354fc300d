"""Columns that hold the courses of drugs beside each other on a patient's row: `MMF start`, `MMF stop`, `Beginn Rituximab`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from caseseries import catalogue
from caseseries.form.column_look import Column
from caseseries.form.found import CourseGuess
from caseseries.form.heading import plain, words
from caseseries.form.profile import Looked

_START = words(
    "start started begin began begun beginn begonnen ab seit debut inicio desde from since first commenced "
    "initiation initiated startdatum beginndatum therapiebeginn"
)
_STOP = words(
    "stop stopped end ended ende bis until fin arret hasta suspension discontinued discontinuation abgesetzt "
    "absetzen absetzdatum last to enddatum termino stopp therapieende"
)
_FILL = words(
    "date datum fecha of de der des du d la le el del the rx dose given day tag jour dia prescription am on "
    "infusion injection 1st 1 erste"
)
_GENERIC = words(
    "treatment therapy therapie traitement tratamiento drug medication study behandlung medikament medicament "
    "farmaco studienmedikation"
)
#: What begins and ends without being a drug.
_NO_DRUG = words(
    "disease symptom symptoms illness follow up observation rash fever krankheit symptome maladie enfermedad "
    "pregnancy hospital admission visit diagnosis diagnose birth event ae effect nebenwirkung effet efecto period "
    "flare relapse"
)


@dataclass(frozen=True, slots=True)
class _Read:
    column: str
    side: str
    name: str


def drug_of(words: str) -> str:
    """The ingredient or class that words name for certain; empty where they name none.

    >>> drug_of("MMF"), drug_of("biologics"), drug_of("TAC"), drug_of("rash")
    ('mycophenolate mofetil', 'biologics', '', '')
    """
    try:
        return catalogue.written_drug(words).drug.key
    except catalogue.CatalogueMiss:
        return catalogue.drug_class(words)


def courses_beside(looked: Looked, taken: Collection[str]) -> tuple[CourseGuess, ...]:
    """The drugs whose first and last days stand in columns of their own, in the order of the columns."""
    read = [one for column in looked.columns if column.name not in taken and (one := _read(column)) is not None]
    starts = {plain(one.name): one for one in read if one.side == "start"}
    stops = {plain(one.name): one for one in read if one.side == "stop"}
    found: list[CourseGuess] = []
    known = any(_may_be_drug(one.name, paired=False) for key, one in starts.items() if key)
    for key, one in starts.items():
        if key and not _may_be_drug(one.name, paired=key in stops and not known):
            continue
        found.append(CourseGuess(one.name, drug_of(one.name), one.column, stops[key].column if key in stops else ""))
    if len(found) == 1 and not found[0].stop and "" in stops:
        found = [replace(found[0], stop=stops[""].column)]
    return tuple(one for one in found if one.name or len(found) == 1)


def is_course_day(column: Column) -> bool:
    """Whether a column of dates is for certain about a course: it names a drug, or the treatment."""
    read = _read(column)
    return read is not None and bool(
        _GENERIC.intersection(plain(column.name).split()) or (read.name and drug_of(read.name))
    )


def _may_be_drug(name: str, *, paired: bool) -> bool:
    if drug_of(name) or catalogue.other_medicine(name) or catalogue.names_several(name):
        return True
    return paired or bool(catalogue.meant_drugs(name))


def _read(column: Column) -> _Read | None:
    """What a column of dates says of a course: its first or its last day, and of which drug (empty: of the only one)."""
    if column.kind not in {"date", "empty"}:
        return None
    upper, _, lower = column.name.rpartition(" / ")
    whole = f"{upper} {lower}" if drug_of(upper) or catalogue.names_several(upper) else lower
    words = [word for word in re.split(r"[\s_./()\[\]:-]+", whole) if word]
    folded = [plain(word) for word in words]
    joined = plain(column.name).split()
    if _NO_DRUG.intersection(joined):
        return None
    side = "stop" if _STOP.intersection(joined) else "start" if _START.intersection(joined) else ""
    if not side and column.kind == "empty":
        return None
    left = [word for word, fold in zip(words, folded, strict=True) if not set(fold.split()) <= _START | _STOP | _FILL]
    named = [word for word in left if not set(plain(word).split()) <= _GENERIC]
    if not side:  # a date that is called after a drug is the day on which it was begun
        name = " ".join(named)
        return _Read(column.name, "start", name) if name and drug_of(name) and len(joined) > len(named) else None
    return _Read(column.name, side, " ".join(named))


def drug_in(texts: Sequence[str]) -> str:
    """The only drug that titles and names of files name; empty where they name none or several.

    >>> drug_in(["Tocilizumab in Still's disease", "Sheet1"]), drug_in(["MMF and MTX"])
    ('tocilizumab', '')
    """
    found = {
        drug
        for text in texts
        for word in re.split(r"[\s_./()\[\]:,;-]+", text)
        if len(word) > 2 and (drug := drug_of(word)) and drug in {one.key for one in catalogue.drugs()}
    }
    return found.pop() if len(found) == 1 else ""
