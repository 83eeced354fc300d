"""What is said of a sheet that a spreadsheet program does not show as a whole: it is read, hidden rows and columns too."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from caseseries.chart.tables import Finding
from caseseries.errors import Place


def hidden_notes(place: Place, *, sheet: bool, rows: Collection[int], columns: Iterable[str]) -> list[Finding]:
    """The findings of a hidden sheet, hidden rows that hold something, and hidden columns by their letters."""
    findings = []
    if sheet:
        findings.append(Finding("note", "hidden", "the sheet is hidden; it is read", place))
    if rows:
        listed = ", ".join(map(str, sorted(rows)[:30])) + (", ..." if len(rows) > 30 else "")
        what = f"hidden or filtered rows are read ({len(rows)}): {listed}"
        findings.append(
            Finding("warning", "hidden", what, place, allowed="rows that are shown; `skip_rows` leaves rows out")
        )
    if letters := sorted(columns):
        findings.append(Finding("note", "hidden", f"hidden columns: {', '.join(letters)}", place))
    return findings


def from_1904_note(file: str) -> Finding:
    """What is said of a workbook whose plain numbers count days from 1904."""
    what = "the workbook counts days from 1904; plain numbers that are read as dates count from there"
    return Finding("note", "date", what, Place(file))
