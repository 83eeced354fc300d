"""One number by itself, outside a table: rounded as a reader expects it, with its interval."""

from __future__ import annotations

from caseseries.report.exhibits.p_values import p_words
from caseseries.report.exhibits.printed_numbers import (
    absent,
    ci_text,
    exact,
    interval,
    number,
    percent_ends,
    percent_span,
    places_for,
    plain,
    rate_text,
    span,
)
from caseseries.summary.result import Result
from caseseries.verdict.number_style import with_percent


def printed_result(result: Result, level: str) -> str:
    """A number with its interval and unit, or why there is none.

    >>> from fractions import Fraction
    >>> printed_result(Result("x", "", Fraction(3, 4), 0.349141, 0.968146, 6, 8, "proportion"), "95")
    '75.0 % (95 % CI 34.9–96.8)'
    >>> printed_result(Result("x", "", Fraction(85, 8), n=8, unit="points"), "95")
    '10.6 points'
    >>> printed_result(Result("x", "", None, absent_because="no case has both values (n = 0)"), "95")
    'not estimable (no case has both values)'
    """
    if result.words:
        return result.words
    if result.unit == "p":
        return p_words(result)
    if result.unit == "events per 100 patient-years" and (told := rate_text(result, level)):
        return told
    share = result.unit == "proportion"
    unit = f" {result.unit}" if result.unit and result.unit not in {"count", "proportion"} else ""
    if result.estimate is None:
        if result.lower is None or result.upper is None:
            return absent(result.absent_because)
        low, high = (plain(exact(one) * (100 if share else 1), 1) for one in (result.lower, result.upper))
        return f"between {percent_span(low, high) if share else f'{span(low, high)}{unit}'} ({result.absent_because})"
    if share:
        between = percent_ends(result)
        told = with_percent(number(exact(result.estimate) * 100))
    else:
        decimals = places_for((result.estimate, result.lower, result.upper))
        between = interval(result, decimals)
        told = number(result.estimate, decimals) if result.unit != "count" else plain(result.estimate)
    return f"{told}{unit}" + (f" ({ci_text(level, between)})" if between else "")
