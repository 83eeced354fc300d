"""Events per person-time, with Garwood's exact Poisson interval or upper limit, also when there was no event."""

from __future__ import annotations

import math
from fractions import Fraction

from caseseries.stats.estimate import Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, whole_count

NO_PERSON_TIME = "no person-time was observed"


def poisson_rate(
    events: int,
    person_time: ExactNumber,
    *,
    per: ExactNumber = 1,
    level: ExactNumber | float = LEVEL_95,
    unit: str = "",
) -> Estimate:
    """How often events happened for the time patients were followed: events / person-time, with its interval.

    ``person_time`` and ``per`` are in one unit of time: ``per=100`` gives events per 100 of it. The limits of the
    expected count solve P(X >= events) = alpha/2 and P(X <= events) = alpha/2, X Poisson, alpha = 1 - level, and are
    divided by the person-time. Recurrences in one patient are not independent; the interval takes them as if.
    Raises ValueError when a number is negative or ``per`` is not above 0. No person-time: absent with the reason.

    Source: Garwood, Biometrika 1936;28:437-442. R: ``poisson.test``.

    >>> found = poisson_rate(3, "41.5", per=100)
    >>> float(found.estimate), round(found.lower, 3), round(found.upper, 3)
    (7.228915662650603, 1.491, 21.126)
    """
    events, exact = whole_count(events, "events"), exact_level(level)
    per_time, absent = _per_time(person_time, per)
    half_alpha = float((1 - exact) / 2)
    return Estimate(
        estimate=None if absent else events * per_time,
        lower=None if absent else _lower_count(events, half_alpha) * float(per_time),
        upper=None if absent else _upper_count(events, half_alpha) * float(per_time),
        n=events,
        level=exact,
        method="Garwood exact Poisson interval",
        convention="lower limit 0 when there is no event",
        source="Garwood, Biometrika 1936;28:437-442",
        unit=unit,
        absent_because=absent,
        interval_absent_because=absent,
    )


def poisson_rate_upper(
    events: int,
    person_time: ExactNumber,
    *,
    per: ExactNumber = 1,
    level: ExactNumber | float = LEVEL_95,
    unit: str = "",
) -> Estimate:
    """How often events happened, and how often at most: the one-sided exact upper limit, for no event -log(alpha) / person-time.

    The limit of the expected count solves P(X <= events) = alpha, X Poisson, alpha = 1 - level; the lower limit is 0 by choice. ``person_time``,
    ``per`` and what is raised are as in ``poisson_rate``. No person-time: absent with the reason.

    Source: Garwood, Biometrika 1936;28:437-442. R: ``poisson.test(alternative = "less")``.

    >>> found = poisson_rate_upper(0, "41.5", per=100)
    >>> found.lower, round(found.upper, 3)
    (0.0, 7.219)
    """
    events, exact = whole_count(events, "events"), exact_level(level)
    per_time, absent = _per_time(person_time, per)
    return Estimate(
        estimate=None if absent else events * per_time,
        lower=None if absent else 0.0,
        upper=None if absent else _upper_count(events, float(1 - exact)) * float(per_time),
        n=events,
        level=exact,
        method="Garwood exact Poisson upper limit, one-sided",
        convention="lower limit 0 by choice",
        source="Garwood, Biometrika 1936;28:437-442",
        unit=unit,
        absent_because=absent,
        interval_absent_because=absent,
    )


def _per_time(person_time: ExactNumber, per: ExactNumber) -> tuple[Fraction, str]:
    """What one event adds to the rate, or the reason why there is no rate."""
    time, scale = exact_number(person_time), exact_number(per)
    if time < 0 or scale <= 0:
        raise ValueError("person-time is 0 or more and per is above 0")
    return (scale / time, "") if time else (Fraction(0), NO_PERSON_TIME)


def _lower_count(events: int, tail: float) -> float:
    if events == 0:
        return 0.0
    from scipy.special import gammaincinv

    return float(gammaincinv(events, tail))


def _upper_count(events: int, tail: float) -> float:
    if events == 0:
        return -math.log(tail)
    from scipy.special import gammainccinv

    return float(gammainccinv(events + 1, tail))
