"""How far from the first day of the study drug the values of a chart lie, where a first look at the file tells."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.sheet import blank, shown
from caseseries.form.found import TableGuess
from caseseries.form.outline import Outline


def days_from_start(out: Outline) -> list[list[int]]:
    """For each patient with a known first day of the study drug, the days of the values, counted from it."""
    first: dict[str, int] = {}
    for row in out.rows:
        if row.start is not None and (not out.drug or out.drug in (row.drug, row.written)):
            first[row.patient] = min(row.start, first.get(row.patient, row.start))
    if not out.drug and len({row.written for row in out.rows}) != 1:
        return []
    days: dict[str, list[int]] = {patient: [] for patient in first}
    for one in out.guesses:
        for patient, day in _dated_rows(one, out):
            if patient in first:
                days[patient].append(day - first[patient])
    return [sorted(found) for found in days.values() if found]


def _dated_rows(one: TableGuess, out: Outline) -> list[tuple[str, int]]:
    cells = one.looked.cells
    patients = cells.get(one.roles.get("patient", ""), ())
    columns: Sequence[tuple[str, list[str]]]
    if one.kind == "side by side":
        columns = [(visit.date, [measure.column for measure in visit.measures]) for visit in one.visits if visit.date]
    elif one.kind == "visits" and one.roles.get("date"):
        columns = [(one.roles["date"], [measure.column for measure in one.measures])]
    elif one.kind == "long" and one.roles.get("date"):
        columns = [(one.roles["date"], [one.roles["value"]])]
    else:
        return []
    found = []
    for date, values in columns:
        for at, patient in enumerate(patients):
            day = out.days.day(date, cells[date][at])
            if day is not None and any(not blank(cells[column][at]) for column in values if column in cells):
                found.append((shown(patient).casefold(), day))
    return found
