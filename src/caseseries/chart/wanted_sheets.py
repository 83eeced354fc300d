"""The sheets that a description names among those of a file: those that are not there, and those that nobody names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caseseries.catalogue.lookup import nearest
from caseseries.chart.sheet import Sheet
from caseseries.chart.tables import Finding
from caseseries.errors import Place, Problem


def missing_sheets(wanted: Sequence[str] | None, names: Sequence[str], file: str) -> list[Problem]:
    """A problem for each wanted sheet that is not among the names, with the nearest."""
    missing = []
    for name in wanted or ():
        if name not in names:
            near = nearest(name, names)
            allowed = f"nearest: {', '.join(near)}" if near else f"sheets: {', '.join(names)}"
            do = f"write `sheet: {near[0]}`" if near else "write one of them under `sheet`"
            missing.append(Problem(f"there is no sheet {name!r}", Place(file, sheet=name), allowed=allowed, do=do))
    return missing


def with_unread(
    sheets: dict[str, Sheet], wanted: Sequence[str] | None, names: Sequence[str], file: str
) -> dict[str, Sheet]:
    """The sheets, the first with a note of those that no table names."""
    unread = [name for name in names if wanted is not None and name not in wanted]
    if unread and sheets:
        first = next(iter(sheets))
        what = "sheets that no table names are not read"  # a sheet may have the name of a patient
        note = Finding("note", "sheet", what, Place(file), value=", ".join(unread))
        sheets[first] = replace(sheets[first], findings=(*sheets[first].findings, note))
    return sheets
