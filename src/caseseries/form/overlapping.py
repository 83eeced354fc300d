"""Whether rows of a table of drugs overlap, as far as a first look at the file can tell."""

from __future__ import annotations

import datetime as dt

from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, read_date
from caseseries.chart.sheet import Raw, Shortened, blank, shown
from caseseries.form.found import TableGuess

#: The day after all days.
_NEVER = dt.date.max.toordinal()
_FIRST = dt.date(1970, 1, 1).toordinal()


def overlapping(one: TableGuess) -> bool:
    """Whether a row of a patient and a drug begins before the one before it ends, a blank end taken for no end.

    Where the order of a date is not known, each possible one is tried.
    """
    cells, roles = one.looked.cells, one.roles
    names = [roles.get(role, "") for role in ("patient", "drug", "start", "stop", "route")]
    patients, drugs, starts, stops, routes = (cells.get(name, (None,) * one.looked.rows) for name in names)
    column = one.looked.column(roles.get("start", ""))
    orders: tuple[DateOrder, ...] = column.orders if column is not None else ()
    for order in orders or ("year-month-day",):
        rows: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        for patient, drug, start, stop, route in zip(patients, drugs, starts, stops, routes, strict=True):
            first, last = _day(start, order), _NEVER if blank(stop) else _day(stop, order)
            if first is None or last is None:
                continue
            key = shown(patient).casefold(), shown(drug).casefold()
            rows.setdefault(key, []).append((first, last, "" if blank(route) else shown(route).casefold()))
        for courses in rows.values():
            courses.sort()
            for place, (first, _, route) in enumerate(courses):
                if any(end > first and (own == route or not own or not route) for _, end, own in courses[:place]):
                    return True
    return False


def _day(cell: Raw, order: DateOrder) -> int | None:
    """The day of a cell; None where it is none that is known to the day."""
    if isinstance(cell, dt.date | dt.datetime):
        return cell.toordinal()
    if blank(cell) or isinstance(cell, Shortened):
        return None
    found = read_date(shown(cell), order)
    return found.low + _FIRST if isinstance(found, Span) and not found.partial else None
