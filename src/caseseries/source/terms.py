"""Diagnoses and events of a chart against those that the protocol asks for: a name written nearly so decides nothing in silence."""

from __future__ import annotations

import re

from caseseries import catalogue
from caseseries.chart.described import DiagnosesTable, EventsTable, PatientsTable
from caseseries.protocol.case import FirstEvent
from caseseries.protocol.concepts import terms
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.source.drug_names import NONE_OF_THESE, rows_told
from caseseries.source.event_names import denies
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading

_WORD = re.compile(r"\w+")
_CAPITALS = re.compile(r"(?<![^\W_])[jc]?([A-Z]{2,})(?![^\W_])")
#: A date or a year, which a name may have behind it.
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]){0,2}(?:19|20)\d{2}(?:-\d{2}){0,2}(?!\d)")
#: Letters that an abbreviation has at most.
ABBREVIATED = 5


def asked_for(protocol: Protocol, kind: str) -> tuple[str, ...]:
    """The names of diagnoses or events that the protocol asks for; an index event may be recorded as either."""
    found = [name for one, name in terms(protocol) if one == kind]
    index = protocol.case.index_date
    if isinstance(index, FirstEvent):
        found.append(index.first_event)
    return tuple(dict.fromkeys(found))


def term_of(reading: TableReading, records: Records, row: Row, column: str | None, kind: str, written: str) -> str:
    """What a diagnosis or event is called: as `terms` of the table says, else as written.

    A name that is written nearly as one asked for is kept among `records.near_terms`, once for each name, until all tables are read.
    """
    table = reading.table
    assert isinstance(table, PatientsTable | EventsTable | DiagnosesTable)
    if folded(written) in map(folded, table.terms):
        found = meant(table, written)
        reading.means(row, column, found)
        return found
    decision = reading.decided(row, column) if column else None
    asked = asked_for(records.protocol, kind)
    if folded(written) in {folded(name) for name in asked}:
        return written
    if decision is None or not decision.as_found:
        for name in asked:
            if is_near(written, name):
                records.near_terms.setdefault((kind, folded(written), name), []).append((reading, row, column or ""))
    if asked:
        reading.means(row, column, f"{written}, which is not asked for")
    return written


def meant(table: PatientsTable | EventsTable | DiagnosesTable, written: str) -> str:
    """What a word is called: as `terms` of the table says, else as written."""
    meaning = {folded(word): meaning for word, meaning in table.terms.items()}.get(folded(written))
    return written if meaning is None or folded(meaning) in {folded(NONE_OF_THESE), "none"} else meaning


def tell_near_terms(records: Records) -> None:
    """An error for each name that is written nearly as one asked for, with its rows."""
    for (kind, _, name), found in records.near_terms.items():
        rows = [(reading, row, column) for reading, row, column in found if row.is_used()]
        if not rows:
            continue
        reading, row, column = rows[0]
        what = f"this {kind} is written nearly as one that the protocol asks for; it stands in {rows_told(rows)}"
        denied = denies(reading.shown(row, column))
        if denied:
            what = (
                f"this {kind} denies one that the protocol asks for, and is none of it; it stands in {rows_told(rows)}"
            )
        allowed = f"{NONE_OF_THESE if denied else name}; or `terms` of the table says what it means, which may be {NONE_OF_THESE}"
        reading.findings.add(
            "error",
            kind,
            what,
            reading.place(row, column),
            field=kind,
            value=reading.shown(row, column),
            allowed=allowed,
            proposal="" if denied else name,
        )


def is_near(written: str, asked: str) -> bool:
    """Whether a name that is not the one asked for may be meant by it: misspelt, shortened, or with more or fewer words.

    >>> is_near("juvenile dermatomyosits", "Juvenile dermatomyositis"), is_near("JDM", "juvenile dermatomyositis")
    (True, True)
    >>> is_near("dermatomyosits", "juvenile dermatomyositis"), is_near("juvenile arthritis", "juvenile dermatomyositis")
    (True, False)
    >>> is_near("probable dermatomyositis", "dermatomyositis"), is_near("polymyositis", "dermatomyositis")
    (True, False)
    >>> is_near("possible SLE", "systemic lupus erythematosus"), is_near("JIA overlap", "systemic lupus erythematosus")
    (True, False)
    >>> is_near("ILD (2008)", "ILD"), is_near("type 2 diabetes 05/2008", "type 2 diabetes"), is_near("grade 2 rash", "rash")
    (True, True, True)
    >>> is_near("type 1 diabetes", "type 2 diabetes"), is_near("dermatomyositis", "Dermatomyositis ")
    (False, False)
    """
    one, other = catalogue.fold(written[:LONGEST]), catalogue.fold(asked[:LONGEST])
    if folded(written) == folded(asked) or not one or not other:
        return False
    if one == other:
        return True
    plain = _DATE.sub(" ", written)
    if re.search(r"\d", asked):
        if sorted(re.findall(r"\d+", plain)) != sorted(re.findall(r"\d+", asked)):
            return False
    else:
        plain = re.sub(r"\d+", " ", plain)  # ILD 2008, ILD (grade 2): a name without numbers may be meant all the same
    if plain != written:
        return catalogue.fold(plain) == other or is_near(plain, asked)
    words, wanted = _words(written), _words(asked)
    if _within(words, wanted) or _within(wanted, words) or _abbreviates(one, asked) or _abbreviates(other, written):
        return True
    if any(_abbreviates(catalogue.fold(part), asked) for part in _capitals(written)):
        return True
    return catalogue.slips_between(one, other, catalogue.slips_allowed(one, other)) is not None


#: Characters of a name that are compared.
LONGEST = 120


def _words(name: str) -> set[str]:
    return {word for word in map(catalogue.fold, _WORD.findall(name[:LONGEST])) if word}


def _within(words: set[str], others: set[str]) -> bool:
    """Whether every word is among the others, misspelt or not."""

    def there(word: str) -> bool:
        return word in others or any(
            catalogue.slips_between(word, one, catalogue.slips_allowed(word, one)) is not None for one in others
        )

    return all(there(word) for word in words)


def _abbreviates(short: str, name: str) -> bool:
    """Whether a few letters stand in a name in their order, the first of each of its words among them."""
    parts = [part for part in map(catalogue.fold, _WORD.findall(name[:LONGEST])) if part]
    if not 2 <= len(short) <= ABBREVIATED or len("".join(parts)) <= ABBREVIATED:
        return False
    rest = iter(short)
    letter = next(rest, "")
    for part in parts:
        if letter != part[0]:
            return False
        letter = next(rest, "")
        for one in part[1:]:
            if letter and letter == one and (letter != _next_initial(parts, part)):
                letter = next(rest, "")
    return not letter


def _capitals(name: str) -> list[str]:
    """The words in capitals, without a small j or c before them that says juvenile or childhood onset.

    >>> _capitals("possible SLE"), _capitals("jSLE/JDM overlap")
    (['SLE'], ['SLE', 'JDM'])
    """
    return _CAPITALS.findall(name[:LONGEST])


def _next_initial(parts: list[str], part: str) -> str:
    """The first letter of the word behind, which an abbreviation takes there."""
    place = parts.index(part) + 1
    return parts[place][0] if place < len(parts) else ""
