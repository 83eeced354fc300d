"""Who the patients are where their rows are those of visits, where an id stands once for several rows, or where no table lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from caseseries.chart.sheet import Raw, blank, shown
from caseseries.form.column_look import column_profile
from caseseries.form.found import TableGuess
from caseseries.form.profile import Looked
from caseseries.form.roles import ids_of, once

#: Parts of which one column at least stands in a list of patients.
DEMOGRAPHIC = ("sex", "birth", "birth year", "age")


def filled_down(looked: Looked, roles: Mapping[str, str]) -> Looked:
    """The table with each id on all rows of its block, where it stands on the first alone; the table as it is where ids stand on every row.

    A few ids that are missing make no blocks, nor do rows without an id that say of a patient what the first row of a block says.
    """
    patient = roles["patient"]
    cells = looked.cells.get(patient, ())
    named = [shown(cell) for cell in cells if not blank(cell)]
    gaps = len(cells) - len(named)
    if not named or blank(cells[0]) or 3 * gaps < len(cells) or len(set(named)) < len(named):
        return looked
    for role in ("sex", "birth", "age"):
        said = looked.cells.get(roles.get(role, ""), ())
        if any(blank(who) and not blank(text) for who, text in zip(cells, said, strict=False)):
            return looked
    filled: list[Raw] = []
    for cell in cells:
        filled.append(filled[-1] if blank(cell) else cell)
    columns = tuple(column_profile(patient, filled) if column.name == patient else column for column in looked.columns)
    return replace(looked, columns=columns, cells={**looked.cells, patient: tuple(filled)}, same_as_above=(patient,))


def one_list_of_patients(found: Sequence[TableGuess]) -> list[TableGuess]:
    """Of tables that list the same patients the one with a row for each, or else the first; taken from the rows of visits where none does."""
    lists = sorted((one for one in found if one.kind == "patients"), key=lambda one: one.several_rows)
    known: set[str] = set()
    dropped = []
    for one in lists:
        ids = ids_of(one.looked, one.roles.get("patient", ""))
        if known and ids and 10 * len(ids & known) >= 9 * len(ids):
            dropped.append(one)
        known |= ids
    kept = [one for one in found if one not in dropped]
    if lists or not kept:
        return kept
    for kind in ("side by side", "visits", "long", "drugs"):
        for one in kept:
            if one.kind == kind and one.roles.get("patient"):
                several = not once(one.looked, one.roles["patient"])
                return [TableGuess("patients", "patients", one.looked, one.roles, several_rows=several), *kept]
    return kept


def same_in_all_rows(looked: Looked, patient: str, column: str) -> bool:
    """Whether a column says the same of a patient in every row in which it says anything."""
    said: dict[str, str] = {}
    for who, cell in zip(looked.cells.get(patient, ()), looked.cells.get(column, ()), strict=False):
        if not blank(cell) and said.setdefault(shown(who).casefold(), text := shown(cell)) != text:
            return False
    return True
