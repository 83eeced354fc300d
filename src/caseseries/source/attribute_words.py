"""What stands among the words of a patient's attributes that would be counted as something it is not: codes, and words among numbers."""

from __future__ import annotations

from caseseries.chart.cells import USUAL_CODES
from caseseries.chart.described import PatientsTable
from caseseries.protocol.unknown_words import says_unknown
from caseseries.source.row import Row
from caseseries.source.table import TableReading
from caseseries.summary.attributes import is_number

#: Usual codes for a missing value that may as well be what was found: antibodies `none`, a test `-`.
_MAY_BE_MEANT = frozenset(("none", "nil", "-", "unknown"))
#: Different whole numbers of one digit, so few that they may be codes for words.
_FEW = 6


def tell_attribute_words(reading: TableReading) -> None:
    """Warn of words that Table 1 would count as a kind of their own, or for which it would not describe a column of numbers."""
    table = reading.table
    assert isinstance(table, PatientsTable)
    columns = {"sex": table.sex, **table.attributes}
    for name, column in columns.items():
        if column is None or column.words is not None or column.column not in reading.positions:
            continue
        codes = reading.codes(column.missing)
        cells = [
            (one, row, word)
            for one in reading.siblings or (reading,)
            for row in one.rows
            if (word := " ".join(one.shown(row, column.column).split())) and word.casefold() not in codes
        ]
        kept = []
        for one, row, word in cells:
            if word.casefold() in USUAL_CODES - _MAY_BE_MEANT:
                one.look(
                    row,
                    "attribute",
                    "a word that is often a code for a missing value is counted as a value",
                    column.column,
                    field=name,
                    allowed="`missing` of the column, the table or the chart, which says what the code means",
                )
            elif not says_unknown(word):
                kept.append((one, row, word))
            elif word.casefold() != "unknown":
                one.look(
                    row,
                    "attribute",
                    "a word that says that it is not known, or was not recorded, is taken as blank",
                    column.column,
                    field=name,
                    allowed="`words` of the column, where it means something else",
                    severity="note",
                )
        if name != "sex":
            _numbers(name, column.column or "", kept)


def _numbers(name: str, column: str, cells: list[tuple[TableReading, Row, str]]) -> None:
    words = [word for _, _, word in cells]
    numbers = [word for word in words if is_number([word, "2"])]
    if is_number(words):
        few = set(words)
        if len(few) <= _FEW < len(words) and all(word.isdecimal() and len(word) == 1 for word in few):
            one, row, _ = cells[0]
            one.look(
                row,
                "attribute",
                "whole numbers of few kinds are described by mean and median: are they codes?",
                column,
                field=name,
                allowed="`words` of the column, which says what each number means; then they are counted",
                severity="note",
            )
    elif 2 * len(numbers) > len(words) and not set(words) <= {"0", "1"}:
        found = [cell for cell in cells if not is_number([cell[2], "2"])] or cells[:1]
        for one, row, _ in found:
            one.look(
                row,
                "attribute",
                "not a number as the others of its column are, so that the numbers are not described",
                column,
                field=name,
                allowed="a number as the others are written, a code under `missing`, or blank",
            )
