"""Attributes that a protocol asks for against those of the chart: what is not there, or written nearly so, decides nothing in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from caseseries import catalogue
from caseseries.chart.cells import USUAL_CODES
from caseseries.chart.columns import TextColumn
from caseseries.chart.described import PatientsTable
from caseseries.chart.header import place_of
from caseseries.chart.known_words import known_attributes
from caseseries.chart.personal_words import private_attributes
from caseseries.chart.sexes import meaning
from caseseries.chart.tables import Severity
from caseseries.errors import Place
from caseseries.protocol.asked_attributes import AskedAttribute, asked_attributes, asks_for_sex
from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import folded
from caseseries.source.drug_names import rows_told
from caseseries.source.event_names import denies
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading
from caseseries.source.terms import is_near
from caseseries.summary.attributes import MOST_LEVELS

#: The rules of these findings.
ASKED, SEX = "asked attribute", "asked sex"
#: Usual codes for a missing value that a patient may as well have: antibodies `none`.
_MAY_BE_MEANT = frozenset(("none", "nil"))
#: Letters of which one may be a slip of the pen.
_SHORT = 4
#: Words that a finding lists beside its message.
_LISTED = 12

_Found = dict[str, list[tuple[TableReading, Row, str]]]


def tell_asked_attributes(readings: Sequence[TableReading], records: Records) -> None:
    """An error for each attribute that no table keeps, that tells who a patient is, or of which a word is not there or written nearly so."""
    tables = [reading for reading in readings if isinstance(reading.table, PatientsTable)]
    kept = dict.fromkeys(name for one in tables for name in _attributes(one))
    private = private_attributes(records.people.values())
    for asked in asked_attributes(records.protocol):
        if asked.name not in kept:
            near = catalogue.nearest(asked.name, list(kept), 1)
            what = f"the protocol asks for the attribute {asked.name}, and no table of patients keeps it"
            allowed = ", ".join(kept) or "none is kept; `attributes: {NAME: COLUMN}` of the table of patients keeps one"
            proposal = near[0] if near else ""
            records.findings.add(
                "error", ASKED, what, _table(tables), field=asked.name, allowed=allowed, proposal=proposal
            )
        elif asked.name in private:
            what = (
                f"the protocol asks for the attribute {asked.name}, which tells who a patient is: no rule rests on it"
            )
            records.findings.add(
                "error", ASKED, what, _column(tables, asked.name), field=asked.name, allowed="words that describe"
            )
        else:
            _words(tables, records, asked)
    if asks_for_sex(records.protocol):
        _sexes(tables, records)


def _attributes(reading: TableReading) -> dict[str, TextColumn]:
    return reading.table.attributes if isinstance(reading.table, PatientsTable) else {}


def _table(tables: Sequence[TableReading]) -> Place:
    return place_of(tables[0].sheet, tables[0].table.header[-1]) if tables else Place()


def _column(tables: Sequence[TableReading], name: str) -> Place:
    for reading in tables:
        column = _attributes(reading).get(name)
        place = reading.column_place(column.column) if column is not None and column.column is not None else None
        if place is not None:
            return place
    return _table(tables)


def _words(tables: Sequence[TableReading], records: Records, asked: AskedAttribute) -> None:
    """Words that the column does not explain and that are nearly one asked for, or often a code; then those asked for that nobody has."""
    found, explained = _found(tables, records, asked.name), set[str]()
    for reading in tables:
        column = _attributes(reading).get(asked.name)
        if column is not None:
            explained |= {folded(meant) for meant in (column.words or {}).values()}
            explained |= {folded(column.value)} if column.value else set()
    for word, rows in found.items():
        if word in asked.words or word in explained:
            continue
        open_rows = [one for one in rows if not _as_found(*one)]
        if not open_rows:
            continue
        if word in USUAL_CODES - _MAY_BE_MEANT:
            what = (
                "a word that is often a code for a missing value is a word of an attribute that the protocol asks for"
            )
            allowed = "`missing` of the column, the table or the chart, which says what the code means; or `words` of the column"
            _tell(records, open_rows, asked.name, what, allowed)
            continue
        near = next((one for one in asked.words.values() if _is_near(word, one)), None)
        if near is not None:
            what = f"this word of {asked.name} is nearly one that the protocol asks for"
            allowed = f"{near}; or `words` of the column, which says what each word means"
            _tell(records, open_rows, asked.name, what, allowed, "" if denies(word) else near)
    if asked.every:
        _strata(tables, records, asked, found, explained)
    for word, written in asked.words.items():
        if word in found or word in explained:
            continue
        what = f"the protocol asks for the {asked.name} {written}, and no patient of the chart has this word"
        allowed = "a word of the column; a word that nobody has is declared by `words` of the column, which says what each word means"
        records.findings.add(
            "error",
            ASKED,
            what,
            _column(tables, asked.name),
            field=asked.name,
            value=", ".join([*list(found)[:_LISTED], *(["..."] if len(found) > _LISTED else [])]),
            allowed=allowed,
        )


def _strata(
    tables: Sequence[TableReading], records: Records, asked: AskedAttribute, found: _Found, explained: set[str]
) -> None:
    """Too many words to be strata, and words of which one may be a slip for another."""
    if len(found) > MOST_LEVELS:
        what = f"the protocol tells answers apart by {asked.name}, and this column holds {len(found)} different words"
        allowed = f"at most {MOST_LEVELS}; `of: [WORD, WORD]` names those that are strata, the others are one; `words` of the column joins words"
        records.findings.add("error", ASKED, what, _column(tables, asked.name), field=asked.name, allowed=allowed)
        return
    words = sorted(found, key=lambda word: (-len(found[word]), word))
    for place, word in enumerate(words):
        near = next((one for one in words[:place] if _is_near(word, one)), None)
        open_rows = [one for one in found[word] if not _as_found(*one)]
        if near is not None and word not in explained and open_rows:
            what = f"this word of {asked.name} is nearly another one of the column, and each is a stratum"
            allowed = "the words as they are meant; `words` of the column, which says what each word means"
            _tell(records, open_rows, asked.name, what, allowed, severity="warning")


def _is_near(written: str, asked: str) -> bool:
    """Whether a word may be meant by another one; words of an attribute are few and short, so that one slip of the pen is enough.

    >>> _is_near("acut", "acute"), _is_near("type 1", "type 2"), _is_near("late", "acute")
    (True, False, False)
    """
    if is_near(written, asked):
        return True
    if re.findall(r"\d+", written) != re.findall(r"\d+", asked) or min(len(written), len(asked)) < _SHORT:
        return False
    return catalogue.slips_between(catalogue.fold(written), catalogue.fold(asked), 1) is not None


def _found(tables: Sequence[TableReading], records: Records, name: str) -> _Found:
    """The words of an attribute of the patients, as they are compared, with their rows."""
    found: _Found = {}
    for reading in tables:
        column = _attributes(reading).get(name)
        for row in reading.rows if column is not None else ():
            person = records.people.get(row.patient)
            if person is not None and person.row_id == row.row_id and name in (words := known_attributes(person)):
                assert column is not None
                found.setdefault(words[name], []).append((reading, row, column.column or ""))
    return found


def _as_found(reading: TableReading, row: Row, column: str) -> bool:
    decision = reading.decided(row, column) if column else None
    return decision is not None and bool(decision.as_found)


def _tell(
    records: Records,
    rows: list[tuple[TableReading, Row, str]],
    name: str,
    what: str,
    allowed: str,
    proposal: str = "",
    severity: Severity = "error",
) -> None:
    reading, row, column = rows[0]
    records.findings.add(
        severity,
        ASKED,
        f"{what}; it stands in {rows_told(rows)}",
        reading.place(row, column),
        field=name,
        value=reading.shown(row, column),
        allowed=allowed,
        proposal=proposal,
    )


def _sexes(tables: Sequence[TableReading], records: Records) -> None:
    """A warning for each word of sex that is none of the two, or may be either, where rules rest on it."""
    words = {person.sex for person in records.people.values()}
    for word in sorted(words - {""}):
        if says_unknown(word) or meaning(word, words):
            continue
        for reading in tables:
            assert isinstance(reading.table, PatientsTable)
            column = reading.table.sex.column if reading.table.sex is not None else None
            rows = [
                (reading, row, column or "")
                for row in reading.rows
                if (person := records.people.get(row.patient)) is not None
                and person.row_id == row.row_id
                and person.sex == word
            ]
            if rows:
                what = "of this word of sex it is not known whether it is female or male, so that rules that ask for it take it as not known"
                records.findings.add(
                    "warning",
                    SEX,
                    f"{what}; it stands in {rows_told(rows)}",
                    reading.place(rows[0][1], column),
                    field="sex",
                    value=reading.shown(rows[0][1], column),
                    allowed="`words` of the column: {WORD: female, WORD: male}",
                )
                break
