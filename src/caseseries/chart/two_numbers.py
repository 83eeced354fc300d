"""Cells that hold two numbers where one belongs."""

from __future__ import annotations

import re

#: A dose before and after a visit, a range, two readings: which of the two counts only a person knows.
_TWO_NUMBERS = re.compile(
    r"[<>]?\s?[0-9]+(?:[.,][0-9]+)?(?:\s?mg\S*)?\s*(?:-+>|→|=>|>|–|-|/|to|auf|bis|à|a)\s*[0-9]+(?:[.,][0-9]+)?(?:\s?mg\S*)?",
    re.IGNORECASE,
)


def holds_two_numbers(text: str) -> bool:
    """Whether a cell holds two numbers with a sign between, such as a dose that was changed.

    >>> [holds_two_numbers(text) for text in ("15 -> 12.5", "20 mg → 15 mg", "10-5", "20 to 15", "12.5", "900 /mm3", "5 mg")]
    [True, True, True, True, False, False, False]
    """
    return _TWO_NUMBERS.fullmatch(text.strip()) is not None
