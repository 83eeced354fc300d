"""Which column of a table plays which part: the id, the date, the drug, the event; by its heading and by what it holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from caseseries.chart.columns import FIRST_YEAR
from caseseries.chart.sheet import blank, shown
from caseseries.form.column_look import Column
from caseseries.form.heading import all_said, plain, says, words
from caseseries.form.measure_names import known
from caseseries.form.profile import Looked
from caseseries.form.visit_words import visit_in

_DATES = frozenset(["date"])
_WORDS = frozenset(["words", "text", "yes or no"])
#: What a column must hold to play a part. An empty column may be the last day of a drug, or a death.
_HOLDS: dict[str, frozenset[str]] = {
    "sex": frozenset(["words", "text", "number", "yes or no"]),
    "birth": frozenset(["date", "text", "words"]),
    "birth year": frozenset(["number"]),
    "birth month": frozenset(["number", "words", "text"]),
    "birth day": frozenset(["number"]),
    "death": _DATES,
    "drug": _WORDS,
    "start": _DATES,
    "stop": frozenset(["date", "empty"]),
    "until": frozenset(["date", "empty"]),
    "dose": frozenset(["number", "words", "text"]),
    "unit": _WORDS,
    "frequency": frozenset(["number", "words", "text"]),
    "route": _WORDS,
    "stop_reason": frozenset(["words", "text", "empty"]),
    "event": frozenset(["words", "text"]),
    "grade": frozenset(["number", "words", "text"]),
    "pulse": _WORDS,
    "serious": _WORDS,
    "outcome": _WORDS,
    "attributed_to": _WORDS,
    "action": _WORDS,
    "diagnosis": _WORDS,
    "diagnosis date": _DATES,
    "date": _DATES,
    "screened": _DATES,
    "measure": _WORDS,
    "value": frozenset(["number", "words", "text", "pair"]),
    "age": frozenset(["number"]),
}


#: Different words that a column of sex holds at most, each spelling counted.
MOST_SEXES = 8
_CALENDAR = frozenset(["date", "start", "stop", "birth"])
#: The numbers under which a spreadsheet keeps the days of 1954 to 2064.
_SERIALS = (20_000, 60_000)


def is_serial(column: Column) -> bool:
    """Whether the numbers of a column may be those under which a spreadsheet keeps dates."""
    if column.kind != "number" or not column.ends:
        return False
    low, high = column.ends[0]
    return _SERIALS[0] <= low and high <= _SERIALS[1]


def _is_year(column: Column) -> bool:
    return column.kind == "number" and bool(column.ends) and column.ends[0][0] >= 1900 and column.ends[0][1] <= 2100


def roles_of(looked: Looked) -> dict[str, str]:
    """The first column for each part that its heading and its cells allow."""
    found: dict[str, str] = {}
    for column in looked.columns:
        name = column.name.split(" / ")[-1]
        for what in all_said(name):
            holds = column.kind in _HOLDS.get(what, {column.kind}) or (
                what in _CALENDAR and bool(looked.sheet) and is_serial(column)
            )
            if what == "sex" and column.different > MOST_SEXES:
                continue
            if what not in found and what != "patient" and holds:
                found[what] = column.name
    for column in looked.columns:
        if "birth" not in found and says(column.name, "birth") and _is_year(column):
            found.setdefault("birth year", column.name)
    if patient := _named_id(looked):
        found["patient"] = patient
    return found


#: Headings of columns that count the time from the index date.
_COUNTS = {
    "day": words("day days tag jour dia studientag"),
    "week": words("week weeks woche semaine semana"),
    "month": words("month months monat mois mes"),
    "year": words("year years jahr annee ano"),
}


def counted_time(looked: Looked) -> tuple[str, str]:
    """The column of a table of visits that counts days, weeks, months or years, and which; empty where there is none.

    Years of the calendar are none.
    """
    for unit, said in _COUNTS.items():
        for column in looked.columns:
            named = set(plain(column.name).split()) - {"study", "visit", "nominal"}
            if column.kind == "number" and named and named <= said and column.ends and column.ends[0][1] < FIRST_YEAR:
                return column.name, unit
    return "", ""


def only_date(looked: Looked, roles: Mapping[str, str]) -> str:
    """The only column of dates that plays no other part; empty where there are none or several."""
    taken = set(roles.values())
    left = [column.name for column in looked.columns if column.kind == "date" and column.name not in taken]
    return left[0] if len(left) == 1 else ""


def _named_id(looked: Looked) -> str:
    """The column whose heading says that it is the id; not one that says the same on every row."""
    candidates = [
        column
        for column in looked.columns
        if says(column.name.split(" / ")[-1], "patient")
        and column.kind not in {"date", "empty", "yes or no"}
        and not (column.different == 1 and column.filled > 3)
    ]
    sure = [column for column in candidates if len(plain(column.name).split()) > 1 or "id" in plain(column.name)]
    return (sure or candidates or [Column("", "empty", 0, 0)])[0].name


def nearly_unique(column: Column) -> bool:
    """Whether a column holds nearly as many different texts as it has cells."""
    return column.filled > 1 and 10 * column.different >= 9 * column.filled


def unnamed_id(looked: Looked, ids: Collection[str]) -> str:
    """The column of ids where no heading names one: it holds the ids of other tables, or is the first and nearly unique; else empty."""
    for column in looked.columns:
        cells = [shown(cell).casefold() for cell in looked.cells.get(column.name, ()) if not blank(cell)]
        if ids and cells and 10 * sum(cell in ids for cell in cells) >= 9 * len(cells):
            return column.name
    first = looked.columns[0] if looked.columns else None
    if first is None or first.kind not in {"words", "text", "number"} or all_said(first.name):
        return ""
    return first.name if nearly_unique(first) and not _is_value(first) else ""


def _is_value(column: Column) -> bool:
    return visit_in(column.name) is not None or (
        column.kind == "number" and known(plain(column.name), column) is not None
    )


def ids_of(looked: Looked, column: str) -> set[str]:
    """The ids that stand in a column, case ignored."""
    return {shown(cell).casefold() for cell in looked.cells.get(column, ()) if not blank(cell)}


def once(looked: Looked, patient: str) -> bool:
    """Whether each patient has a row, or nearly; without a column of ids, whether no other table can tell."""
    column = looked.column(patient)
    return looked.rows > 0 if column is None else nearly_unique(column) or column.filled <= 1
