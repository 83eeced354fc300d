"""What only a whole column shows: dates that a spreadsheet changed in half of the cells, and percentages among plain numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, get_args

from caseseries.chart.cells import NumberReader, Quantity, is_percent
from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, read_date
from caseseries.chart.refusal import Refusal
from caseseries.chart.sheet import Formatted, Raw, Shortened, blank, shown

#: How a cell with a date is written: kept as a date, or its signs (2008-05-03, 3/5/2008, 03-May-2008), without the time of day.
_ISO = re.compile(r"\d{4}-\d{1,2}-(\d{1,2})(?:[ T].*)?")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{2}|\d{4})(?: .*)?")
_NAMED = re.compile(r"(?:(\d{1,2})[ .-]*[^\W\d_]{3,10}|[^\W\d_]{3,10}[ .]+(\d{1,2}),?)[ .-]*(?:\d{4}|\d{2})")

Pattern = Literal["", "half converted", "no year"]


def _form(raw: Raw) -> tuple[str, int, int] | None:
    """How a date is written, its day where that is plain, and the larger of day and month where it is not."""
    if isinstance(raw, str):
        return _form_of_text(raw)
    return ("date", raw.day, 0) if isinstance(raw, dt.datetime | dt.date) else None


@lru_cache(maxsize=1 << 16)
def _form_of_text(raw: str) -> tuple[str, int, int] | None:
    text = shown(raw)
    if found := _ISO.fullmatch(text):
        return "year first", int(found[1]), 0
    if found := _NAMED.fullmatch(text):
        return "month in words", int(found[1] or found[2]), 0
    if found := _NUMERIC.fullmatch(text):
        return f"with {found[2]} and {len(found[4])} digits of the year", 0, max(int(found[1]), int(found[3]))
    return None


def date_pattern(cells: Iterable[Raw]) -> tuple[Pattern, int, int]:
    """Whether a column looks half converted, with the number of cells that were and that were not.

    A spreadsheet that expects day/month turns 3/5/2008, written month/day, into the 3rd of May, and leaves 3/25/2008 as text: no day
    above 12 among the cells of one form, none but those above 12 among the others.

    >>> date_pattern([dt.date(2008, 5, 3), "3/25/2008", "4/13/2008"]), date_pattern([dt.date(2008, 5, 3), "3/4/2008"])
    (('half converted', 1, 2), ('', 0, 0))
    >>> date_pattern(["2008-05-03", "2008-04-02", "25/03/2008"]), date_pattern(["03.05.2008", "3/25/2008"])
    (('half converted', 2, 1), ('half converted', 1, 1))
    """
    found = list(cells)
    without_year = sum(isinstance(raw, Shortened) and raw.hides == "year" for raw in found)
    if without_year:
        return "no year", without_year, len(found) - without_year
    forms: dict[str, list[tuple[int, int]]] = {}
    for raw in found:
        form = _form(raw)
        if form is not None:
            forms.setdefault(form[0], []).append(form[1:])
    left = {form for form, parts in forms.items() if all(larger > 12 for _, larger in parts)}
    changed = {form for form, parts in forms.items() if all(day <= 12 and larger <= 12 for day, larger in parts)}
    if not left or not changed or set(forms) - left - changed:
        return "", 0, 0
    return "half converted", sum(len(forms[form]) for form in changed), sum(len(forms[form]) for form in left)


def order_of_all(
    cells: Iterable[Raw], order: DateOrder | None, hundred: int | None = None
) -> tuple[DateOrder, int, int] | None:
    """Another order in which every date written as text can be read, where at least two do not stand in the declared one.

    The order, how many do not stand in the declared one, and how many there are; None where there is no such order, or several.

    >>> order_of_all(["03/25/2008", "03/26/2008", "01/02/2008"], "day-month-year")
    ('month-day-year', 2, 3)
    """
    texts = [shown(raw) for raw in cells if isinstance(raw, str) and not blank(raw)]
    if order is None:
        return None
    wrong = sum(isinstance(read_date(text, order, hundred), Refusal) for text in texts)
    if wrong < 2:
        return None
    others: list[DateOrder] = [
        one
        for one in get_args(DateOrder)
        if one != order and all(isinstance(read_date(text, one, hundred), Span) for text in texts)
    ]
    return (others[0], wrong, len(texts)) if len(others) == 1 else None


def holds_percentages(cells: Sequence[Raw]) -> bool:
    """Whether some cell is formatted as a percentage, so that a plain 0.62 beside it may be 62 %."""
    return any(isinstance(raw, Formatted) and raw.unit == "%" and raw.scale == 100 for raw in cells)


def look_like_parts_of_one(cells: Sequence[Raw], unit: str) -> bool:
    """Whether the numbers of a column in % are all between 0 and 1 and not all whole: fractions of one, probably.

    >>> look_like_parts_of_one(["0.62", "0.7"], "%"), look_like_parts_of_one(["0.62", "7"], "%"), look_like_parts_of_one(["0", "1"], "%")
    (True, False, False)
    """
    if not is_percent(unit):
        return False
    reader = NumberReader({})
    numbers = [read.value for raw in cells if isinstance(read := reader.read(raw), Quantity)]
    return (
        bool(numbers)
        and all(0 <= number <= 1 for number in numbers)
        and any(number.denominator > 1 for number in numbers)
    )
