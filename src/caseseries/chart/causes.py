"""Findings as they are listed for a person: one cause is said once, with all of its cells and the line that mends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from caseseries.chart.tables import Finding
from caseseries.errors import Place
from caseseries.protocol.written import folded

#: Findings that say the same are listed one by one up to so many cells, and beyond as one with its rows.
MOST_ALIKE = 5
#: Rules of which one line of the chart description mends all cells, so that two are said as one already.
_ONE_LINE = frozenset({"code", "decimal mark", "date order", "date serial", "yes or no", "column"})
#: Rules whose cells each ask for an answer of their own: those of different words stand apart.
_BY_WORD = frozenset({"code", "choice: drugs that nobody knows"})
#: Columns and addresses that a line names.
_COLUMNS_NAMED, _PARTS_NAMED = 8, 40

#: What all dates of a column do not fit, and the rule of its cells that are refused in consequence; in the order that is proposed none would be.
_CONSEQUENCES = {"date order": "date"}
_OTHER_ROW = re.compile(r"\brow \d+")
_COUNTED = re.compile(r"(\d+) of the (\d+) (?=dates of this column)")


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: the finding that stands for all of its cells, how many there are, and what mends them (empty: nothing but the cells themselves)."""

    finding: Finding
    cells: int
    mend: str = ""


def causes(findings: Sequence[Finding]) -> tuple[Cause, ...]:
    """The findings by cause, in the order of the first of each.

    >>> many = [Finding("error", "date", "no date", Place("v.csv", row=row, column="seen"), value="x") for row in range(2, 12)]
    >>> [(one.finding.message, one.finding.place.row, one.finding.value, one.cells) for one in causes(many)]
    [('no date (10 rows: 2-11)', 2, 'x', 10)]
    >>> also = [replace(one, place=replace(one.place, column="left", file="w.csv")) for one in many]
    >>> [one.finding.message for one in causes([*many, *also])]
    ['no date (20 cells: v.csv, seen, rows 2-11; w.csv, left, rows 2-11)']
    """
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for one in _without_consequences(findings):
        alike.setdefault(_key(one), []).append(one)
    told: list[Cause] = []
    for same in alike.values():
        by_column: dict[tuple[str, ...], list[Finding]] = {}
        for one in same:
            by_column.setdefault((one.place.file, one.place.sheet, one.place.column), []).append(one)
        at_once = same[0].rule in _ONE_LINE and len(same) > 1
        if at_once or (len(same) > MOST_ALIKE and all(one.place.row is not None for one in same)):
            told.append(_together(same, len(by_column)))
        else:
            told += [Cause(one, 1, mend(one)) for one in same]
    return tuple(told)


def _key(one: Finding) -> tuple[str, ...]:
    message = _COUNTED.sub("N of the N ", _OTHER_ROW.sub("another row", one.message))
    word = folded(one.value) if one.rule in _BY_WORD else ""
    whole = "" if one.place.row is not None else "whole"
    # the words of a declared column and the days of declared visits are those of one column; an unknown column is one of one sheet
    own = one.rule in {"word", "range", "column", "category", "duplicate id", "unknown id"}
    where = (one.place.file, one.place.sheet, one.place.column, one.field) if own else ()
    return (one.severity, one.rule, message, one.allowed, word, whole, *where)


def _without_consequences(findings: Sequence[Finding]) -> list[Finding]:
    """Without the refused cells of a column that does not fit as a whole: it says how many they are."""
    whole = {
        (one.place.file, one.place.sheet, one.place.column, _CONSEQUENCES[one.rule])
        for one in findings
        if one.rule in _CONSEQUENCES and one.place.row is None and one.severity == "error"
    }
    return [
        one
        for one in findings
        if one.place.row is None or (one.place.file, one.place.sheet, one.place.column, one.rule) not in whole
    ]


def _together(same: Sequence[Finding], columns: int) -> Cause:
    first = min(same, key=lambda one: one.place.row or 0)
    values = list(dict.fromkeys(one.value for one in same if one.value))
    proposals = {one.proposal for one in same}
    rows = sorted({one.place.row for one in same if one.place.row is not None})
    place, said = first.place, _COUNTED.sub("", first.message)
    if counted := [match for one in same if (match := _COUNTED.search(one.message))]:
        wrong, every = (sum(int(match[part]) for match in counted) for part in (1, 2))
        said = _COUNTED.sub(f"{wrong} of the {every} ", first.message)
    if len({one.message for one in same}) > 1:
        said = _OTHER_ROW.sub("another row", said)
    if columns == 1 and rows:
        where = f"{len(rows)} rows: {ranges(rows)}"
    elif columns == 1:
        where = ""
    else:
        said = said.replace("dates of this column", "dates of these columns")
        files, sheets = {one.place.file for one in same}, {one.place.sheet for one in same}
        shared = Place(
            first.place.file if len(files) == 1 else "", first.place.sheet if len(files) == len(sheets) == 1 else ""
        )
        where = f"{f'{len(same)} cells' if rows else f'{columns} columns'}: {_addresses(same, shared)}"
        place = shared
    found = replace(
        first,
        place=place,
        message=f"{said} ({where})" if where else said,
        value=", ".join(values[:3]) + (", ..." if len(values) > 3 else ""),
        proposal=proposals.pop() if len(proposals) == 1 else "",
        because="; ".join(dict.fromkeys(one.because for one in same[:3] if one.because)),
    )
    return Cause(found, len(same), mend(first, several=columns > 1))


def _addresses(same: Sequence[Finding], shared: Place) -> str:
    """Where cells of several columns stand, column by column, without what they share."""
    by_column: dict[tuple[str, str, str], list[int]] = {}
    for one in same:
        key = (one.place.file, one.place.sheet, one.place.column)
        by_column.setdefault(key, []).extend([] if one.place.row is None else [one.place.row])
    parts = []
    for (file, sheet, column), rows in list(by_column.items())[:_COLUMNS_NAMED]:
        named = ["" if file == shared.file else file, "" if sheet == shared.sheet else sheet, column]
        at = f"row{'s' * (len(rows) > 1)} {ranges(sorted(set(rows)))}" if rows else ""
        parts.append(", ".join(part for part in (*named, at) if part))
    return "; ".join([*parts, *(["..."] if len(by_column) > _COLUMNS_NAMED else [])])


def ranges(rows: Sequence[int]) -> str:
    """Row numbers in short.

    >>> ranges([2, 3, 4, 7, 9, 10])
    '2-4, 7, 9-10'
    """
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    shown = [str(low) if low == high else f"{low}-{high}" for low, high in parts]
    return ", ".join([*shown[:_PARTS_NAMED], *(["..."] if len(shown) > _PARTS_NAMED else [])])


_TOP = "at the top of the chart description"


def mend(finding: Finding, *, several: bool = False) -> str:
    """The line of the chart description that mends a cause, and where it goes; empty where the cells themselves are to be corrected.

    >>> mend(Finding("error", "decimal mark", "not a number with a decimal point", Place("v.csv", row=3, column="crp"), field="crp"))
    'write `decimal: comma` at the top of the chart description, or for this column alone `{column: crp, decimal: comma}`'
    """
    header = _header(finding.place)
    alone = "for one column alone" if several else "for this column alone"

    def column(more: str) -> str:
        return f"{alone} `{{column: {'COLUMN' if several else header}, {more}}}`"

    rule = finding.rule
    if rule == "code":
        return f"write `missing: {{CODE: what it means}}` {_TOP}, with the code as the cells hold it, or {column('missing: {CODE: what it means}')}"
    if rule == "decimal mark":
        mark = "comma" if "decimal point" in finding.message else "point"
        return f"write `decimal: {mark}` {_TOP}, or {column(f'decimal: {mark}')}"
    if rule == "date order" and finding.proposal:
        return f"write `{finding.proposal}` {_TOP}, or {column(finding.proposal)}"
    if rule == "date order":
        return f"write `dates: day-month-year`, or month-day-year or year-month-day, {_TOP}, or {column('dates: day-month-year')}"
    if rule == "date serial":
        return f"write {column('serials: yes')}, or format the cells as dates"
    if rule == "yes or no":
        return (
            f"write `yes: [yes, true, WORD]` and `no: [no, false, WORD]` {_TOP}, with the words as the cells hold them"
        )
    if rule == "word":
        return f"add the word under `words` of this column: `{{column: {header}, words: {{WORD: what it means}}}}`"
    if rule == "category":
        return f"write the words in one way, or `{finding.field or 'sex'}: {{column: {header}, words: {{WORD: MEANING, OTHER: MEANING}}}}`"
    if rule == "measure" and "does not have" in finding.message:
        other = f"write `{finding.proposal}` under `measures` of this table, or " if finding.proposal else ""
        return f"{other}declare `{finding.field}` under `measures` of the protocol"
    if rule == "unit" and finding.proposal.startswith("unit:"):
        return f"write `{finding.field}: {{column: {header}, {finding.proposal}}}` if they are, or the unit that they are in"
    if rule == "unit" and "the `unit` of" in finding.message:
        return f"write one of these units in `{finding.field}: {{column: {header}, unit: UNIT}}` of this table"
    if rule == "column" and "there is no column" in finding.message:
        return "write the header as the file has it into this table of the chart description, or correct `header`, the row of the column names"
    if rule == "unknown id" and "nearly" in finding.message:
        return "write the id as it stands among the patients: case, spaces, hyphens and zeros count"
    if rule == "unknown id":
        return "correct the id, add the patient to the table of patients, or write `other_patients: out of scope` in this table"
    if rule == "no patient":
        skip = f"skip_rows: [{finding.place.row or 'ROW'}]"
        return f"write `{finding.proposal or skip}` in this table, or accept the id `as_found: yes`"
    if rule == "visit" and "nominal day" in finding.message:
        return "write `dated: yes` at the top of the chart description if these are dates, or leave the column out of the table"
    if rule == "future":
        return "correct the date; write `shifted_dates: yes` at the top of the chart description if dates were moved on purpose"
    return ""


def _header(place: Place) -> str:
    """The header of a column from its address: `mmt` from `C (mmt)`."""
    inside = re.fullmatch(r"[A-Z]{1,3} \((.*)\)", place.column)
    return inside[1] if inside else place.column or "COLUMN"
