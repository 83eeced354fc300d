"""Of how many days a sum, a mean or a rate is, and what is known of a count, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.verdict.numbers import bounded, listed, shown, value_text
from caseseries.verdict.trace import Quantity


def days_words(values: Iterable[Quantity | None], length: int, *, counted: bool, averaged: bool = False) -> str:
    """Of how many days sums, means or rates are: ` (sums of 28 and 26 of 28 days)`; nothing where they are none of them.

    `length` is of how many days they could be; 0 where nobody asked for so many, as of visits in a window of a year.
    """
    days = [str(value.days) for value in values if value is not None and value.days is not None]
    if not days:
        return ""
    kind = "mean" if averaged else "sum"
    kind = "observed on" if counted else f"{kind} of" if len(days) == 1 else f"{kind}s of"
    of = f" of {length} days" if length else " day" if days[-1] == "1" else " days"
    return f" ({kind} {listed(list(dict.fromkeys(days)))}{of})"


def limit_words(quantity: Quantity, grades: Sequence[str], places: int) -> str:
    """What is known of a value that is no number: one of its ends, or of a count both; empty where nothing is."""
    if quantity.limit is None:
        return ""
    limit = value_text(grades, quantity.limit, places)
    return bounded(quantity.bound, limit) if quantity.most is None else f"{limit} to {shown(quantity.most, places)}"
