"""The limits of a median time in days, of which the upper one, or both, may not be there."""

from __future__ import annotations

from caseseries.report.exhibits.printed_numbers import absent, between_words, ci_text, plain
from caseseries.summary.result import Result


def median_from(median: Result, level: str) -> str:
    """The lower limit of a median that was not reached."""
    return f", {ci_text(level, f'from {plain(median.lower)} days')}" if median.lower is not None else ""


def median_ends(median: Result, level: str) -> str:
    """The interval in a sentence.

    >>> median_ends(Result("x", "", 40, 28, 91), "95"), median_ends(Result("x", "", 40, 28), "95")
    ('95 % CI 28 to 91', '95 % CI from 28, without an upper limit')
    """
    return median_limits(median) if median.lower is None else ci_text(level, median_limits(median))


def median_limits(median: Result) -> str:
    """The limits alone, for a column whose title says what they are; or why there are none."""
    if median.lower is None:
        return f"interval {absent(median.absent_because)}"
    if median.upper is None:
        return f"from {plain(median.lower)}, without an upper limit"
    return between_words(plain(median.lower), plain(median.upper))
