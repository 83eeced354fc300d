"""How long until an event, where some were not observed to the end: Kaplan-Meier, and the median with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.event_curve import NO_EVENT_YET, NOBODY_LEFT, CurveStep, EventCurve, log_log_limits
from caseseries.stats.event_times import Observed, event_times
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level

_SOURCE = "Kaplan & Meier, J Am Stat Assoc 1958;53:457-481"


@dataclass(frozen=True, slots=True, kw_only=True)
class KaplanMeier:
    """The share without the event over time, and the time by which half had it."""

    curve: EventCurve
    median: Estimate


def kaplan_meier(observed: Observed, *, level: ExactNumber | float = LEVEL_95, unit: str = "") -> KaplanMeier:
    """The share still without the event at each time, with a log-log band, and the median time with its interval.

    S(t) is the product of 1 - d/n over the times up to t with d events among n at risk, kept in whole numbers and
    rounded once. Whoever is censored at a time was at risk of the events at it. Greenwood's standard error of log S is
    sqrt(sum(d / (n (n - d)))), that of S is S times it; the band is symmetric on log(-log S) and absent where S is 1 or 0.

    The median is the first time with S <= 1/2; where S is exactly 1/2 and falls later, the middle between that time and
    the next fall. Its limits are the first times at which the lower and the upper band are at most 1/2 (Brookmeyer & Crowley); where
    the upper band never is, the upper limit is open and says so. Times are exact numbers in ``unit``, with the name of the event or
    ``CENSORED``. Raises ValueError for events of several names: these compete (``cumulative_incidence``).

    Sources: Kaplan & Meier, J Am Stat Assoc 1958;53:457-481; Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data,
    2nd ed. 2002, section 1.4 (log-log); Brookmeyer & Crowley, Biometrics 1982;38:29-41.
    R: ``print(survfit(Surv(time, event) ~ 1, conf.type = "log-log"))``.

    >>> found = kaplan_meier([(1, "flare"), (2, "flare"), (2, ""), (4, "flare"), (5, "flare")])
    >>> [(step.at_risk, round(step.value, 4)) for step in found.curve.steps]
    [(5, 0.8), (4, 0.6), (2, 0.3), (1, 0.0)]
    >>> found.median.estimate, found.median.lower, found.median.upper, found.median.upper_open_because
    (Fraction(4, 1), Fraction(1, 1), None, 'the upper band of the curve never falls to one half')
    """
    table, exact = event_times(observed), exact_level(level)
    if len(table.events) > 1:
        raise ValueError("the events have several names: they compete, see cumulative_incidence")
    steps, against_half = [], []
    alive = everybody = 1  # S is alive / everybody
    greenwood: list[float] = []
    for here in table.at_each("".join(table.events)):
        alive *= here.at_risk - here.events
        everybody *= here.at_risk
        if here.events and alive:
            greenwood.append(here.events / (here.at_risk * (here.at_risk - here.events)))
        log_error = math.sqrt(math.fsum(greenwood))
        why_not = NO_EVENT_YET if alive == everybody else "" if alive else NOBODY_LEFT
        lower, upper = (None, None) if why_not else _band(alive, everybody, log_error, exact)
        value = alive / everybody
        against_half.append((2 * alive > everybody) - (2 * alive < everybody))
        steps.append(
            CurveStep(
                time=here.time,
                at_risk=here.at_risk,
                events=here.events,
                competing=0,
                censored=here.censored,
                value=value,
                standard_error=None if why_not else value * log_error,
                lower=lower,
                upper=upper,
                no_band_because=why_not,
            )
        )
    curve = EventCurve(
        steps=tuple(steps),
        start=1.0,
        ended=not alive,
        n=table.n,
        level=exact,
        method="Kaplan-Meier estimate, Greenwood variance, pointwise log-log band",
        convention="censored at a time: at risk of the events at it; no band where the curve is 1 or 0",
        source=_SOURCE,
        unit=unit,
    )
    return KaplanMeier(curve=curve, median=_median(curve, against_half))


def _band(alive: int, everybody: int, log_error: float, level: Fraction) -> tuple[float, float]:
    # Near 1 the logarithm is taken of what is missing, which is not rounded to 1 - S.
    log = math.log(alive / everybody) if 2 * alive < everybody else math.log1p(-((everybody - alive) / everybody))
    low, high = log_log_limits(log, log_error, level)
    return math.exp(-high), math.exp(-low)


def _half_time(steps: Sequence[CurveStep], against_half: Sequence[int]) -> Fraction | None:
    """The first time at which the curve is at most one half (-1 below, 0 at it), or the middle of a stretch at it."""
    first = next((place for place, side in enumerate(against_half) if side <= 0), None)
    if first is None:
        return None
    below = next((place for place, side in enumerate(against_half) if side < 0), first)
    return steps[first].time if against_half[first] else (steps[first].time + steps[below].time) / 2


def _median(curve: EventCurve, against_half: Sequence[int]) -> Estimate:
    steps = curve.steps

    def limit(values: Sequence[float | None]) -> Fraction | None:
        return next(
            (step.time for step, share in zip(steps, values, strict=True) if share is not None and share <= 0.5), None
        )

    estimate = _half_time(steps, against_half)
    lower, upper = limit([step.lower for step in steps]), limit([step.upper for step in steps])
    absent = "" if estimate is not None else "the curve never falls to one half" if steps else NOTHING_OBSERVED
    no_interval = (
        ""
        if lower is not None
        else "the lower band of the curve never falls to one half"
        if steps
        else NOTHING_OBSERVED
    )
    return Estimate(
        estimate=estimate,
        lower=lower,
        upper=upper,
        n=curve.n,
        level=curve.level,
        method="median of the Kaplan-Meier estimate, interval by inverting the log-log band",
        convention="first time with S <= 1/2; the middle of the stretch where S is exactly 1/2 and falls later",
        source="Brookmeyer & Crowley, Biometrics 1982;38:29-41",
        unit=curve.unit,
        absent_because=absent,
        interval_absent_because=no_interval,
        upper_open_because=""
        if upper is not None or no_interval
        else "the upper band of the curve never falls to one half",
    )
