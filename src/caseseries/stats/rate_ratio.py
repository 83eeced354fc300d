"""Two rates side by side: their ratio with its exact interval, and the test of equal rates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import Estimate, HypothesisTest
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, whole_count
from caseseries.stats.proportion import clopper_pearson, clopper_pearson_upper
from caseseries.stats.random_signs import above_zero
from caseseries.stats.rate import NO_PERSON_TIME

NO_EVENT = "no event was seen in either time"
NO_SECOND_EVENT = "no event was seen in the second time, so that the ratio has no bound above"


@dataclass(frozen=True, slots=True)
class Followed:
    """A number of events and the person-time in which they were seen; both are 0 or more."""

    events: int
    person_time: ExactNumber

    def __post_init__(self) -> None:
        whole_count(self.events, "events")
        if exact_number(self.person_time) < 0:
            raise ValueError("person-time is 0 or more")


def rate_ratio(first: Followed, second: Followed, *, level: ExactNumber | float = LEVEL_95) -> Estimate:
    """How many times as often events happened in the first time as in the second, with the exact central interval.

    Given all x + y events, x is binomial with the chance c = r s/(r s + t), s and t the person-times and r the ratio of rates; the
    limits of r are those of Clopper and Pearson for c, turned into c t/((1 - c) s). The two times are taken as independent; of the
    same patients before and after they are not. No event in the first: ratio and lower limit are 0. None in the second: the ratio is
    absent and the upper limit open. None in either, or no person-time in one: absent with the reason. ``n`` is x + y.

    Sources: Clopper & Pearson, Biometrika 1934;26:404-413; Lehmann & Romano, Testing Statistical Hypotheses, 3rd ed. 2005, section 4.5.
    R: ``poisson.test(c(x, y), c(s, t))$conf.int``, ``rateratio.test::rateratio.test``.

    >>> found = rate_ratio(Followed(2, "10.5"), Followed(9, 12))
    >>> found.estimate, round(found.lower, 4), round(found.upper, 4)
    (Fraction(16, 63), 0.0267, 1.227)
    >>> found = rate_ratio(Followed(4, 10), Followed(0, 10))
    >>> found.estimate, round(found.lower, 4), found.upper
    (None, 0.6601, None)
    """
    exact, times, absent = exact_level(level), _time_ratio(first, second), _absent(first, second)
    lower = upper = estimate = None
    if not absent:
        lower = _least_odds(first.events, second.events, exact) * float(times)
        if second.events:
            upper = float(times) / _least_odds(second.events, first.events, exact)
            estimate = Fraction(first.events, second.events) * times
    return Estimate(
        estimate=estimate,
        lower=lower,
        upper=upper,
        n=first.events + second.events,
        level=exact,
        method="ratio of two Poisson rates, exact central interval",
        convention="lower limit 0 without an event in the first time, upper limit open without one in the second",
        source="Clopper & Pearson, Biometrika 1934;26:404-413",
        absent_because=absent or ("" if second.events else NO_SECOND_EVENT),
        interval_absent_because=absent,
        upper_open_because="" if absent or second.events else NO_SECOND_EVENT,
    )


def rate_ratio_test(first: Followed, second: Followed) -> HypothesisTest:
    """Are the two rates equal? The exact central test, two-sided: p is at most alpha where the interval of ``rate_ratio`` leaves out 1.

    The statistic is x, the events of the first time; p = min(1, 2 min(P(X <= x), P(X >= x))) with X binomial(x + y, s/(s + t)).
    ``poisson.test`` of R adds the less likely counts instead, which does not match the interval. No event in either, or no person-time
    in one: absent with the reason.

    Source: Lehmann & Romano, Testing Statistical Hypotheses, 3rd ed. 2005, section 4.5. R: ``rateratio.test::rateratio.test``.

    >>> round(rate_ratio_test(Followed(2, "10.5"), Followed(9, 12)).p, 6)
    0.104739
    """
    absent, n = _absent(first, second), first.events + second.events
    p = None
    if not absent:
        from scipy.special import betainc

        time, other = exact_number(first.person_time), exact_number(second.person_time)
        chance, rest = float(time / (time + other)), float(other / (time + other))
        x, y = first.events, second.events
        at_least = float(betainc(x, y + 1, chance)) if x else 1.0
        at_most = float(betainc(y, x + 1, rest)) if y else 1.0
        p = above_zero(min(1.0, 2 * min(at_least, at_most)))
    return HypothesisTest(
        statistic=None if absent else Fraction(first.events),
        p=p,
        n=n,
        n_used=n,
        method="test of two equal Poisson rates, two-sided, exact central",
        convention="twice the smaller tail, at most 1",
        source="Lehmann & Romano, Testing Statistical Hypotheses, 3rd ed. 2005, section 4.5",
        absent_because=absent,
    )


def _least_odds(events: int, others: int, level: Fraction) -> float:
    """The lower limit of c/(1 - c), the odds of ``events`` against ``others``, one of them at least 1."""
    share = clopper_pearson(events, events + others, level=level).lower
    # The limit of what is left is found by itself: 1 - c would lose its digits near 0.
    rest = clopper_pearson_upper(others, events + others, level=(1 + level) / 2).upper
    assert share is not None and rest is not None
    return float(share) / float(rest)


def _time_ratio(first: Followed, second: Followed) -> Fraction:
    """The second person-time as a multiple of the first; 0 where there is none."""
    time = exact_number(first.person_time)
    return exact_number(second.person_time) / time if time else Fraction(0)


def _absent(first: Followed, second: Followed) -> str:
    if not exact_number(first.person_time) or not exact_number(second.person_time):
        return NO_PERSON_TIME
    return "" if first.events + second.events else NO_EVENT
