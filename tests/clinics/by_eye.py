"""Tables that are written as they are looked at: cells between bars, a row a line."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from tests.form.started import Rows


def table(text: str) -> Rows:
    """The rows of a table; numbers and days written year-month-day are cells of their kind, what stands in quotes or looks otherwise is text.

    >>> table("id | born | CRP | note\\n P1 | 2001-02-03 | 12.5 | '12,5'")
    [['id', 'born', 'CRP', 'note'], ['P1', datetime.date(2001, 2, 3), 12.5, '12,5']]
    """
    return [[_cell(cell.strip()) for cell in line.split("|")] for line in text.rstrip().lstrip("\n").split("\n")]


def texts(text: str) -> Rows:
    """The rows of a table of which every cell is text, as in a CSV file."""
    return [[cell.strip() for cell in line.split("|")] for line in text.rstrip().lstrip("\n").split("\n")]


def _cell(text: str) -> Any:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return dt.date.fromisoformat(text)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text.strip("'") or None
