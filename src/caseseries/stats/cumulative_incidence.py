"""How many had an event by a time, where another event can come first: the Aalen-Johansen estimate."""

from __future__ import annotations

import math

from caseseries.stats.event_curve import NO_EVENT_YET, NOBODY_LEFT, CurveStep, EventCurve, log_log_limits
from caseseries.stats.event_times import CENSORED, Observed, event_times
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level


def cumulative_incidence(
    observed: Observed, event: str, *, level: ExactNumber | float = LEVEL_95, unit: str = ""
) -> EventCurve:
    """The share who had ``event`` by each time, where events of any other name make it impossible, with a log-log band.

    F(t) is the sum over times up to t of S d/n: S the share without any event just before, d the events of this name among n at risk.
    F and S are kept in whole numbers and rounded once. Ties are taken together; whoever is censored at a time was at risk of the events at it.

    The variance is the Greenwood type (multinomial increments, the delta method): with h = d/n, g the same for every event and V the
    variances of (S, F) just before, var S = (1 - g)^2 V_S + S^2 g (1 - g)/n, cov = (1 - g)(V_SF + h V_S) - S^2 h (1 - g)/n and
    var F = V_F + 2 h V_SF + h^2 V_S + S^2 h (1 - h)/n. The band is symmetric on log(-log(1 - F)), so that with one kind of event it is that of
    ``kaplan_meier`` turned over; it is absent where F is 0 or 1. Raises ValueError where ``event`` is ``CENSORED``.

    Sources: Aalen & Johansen, Scand J Stat 1978;5:141-150; Andersen, Borgan, Gill & Keiding, Statistical Models Based on Counting
    Processes, 1993, section IV.4 (variance). R: ``etm::etmCIF`` with ``ci.fun = "cloglog"``; ``survival::survfit`` and ``cmprsk::cuminc`` have
    the same estimate with other variances.

    >>> found = cumulative_incidence([(1, "flare"), (2, "death"), (3, "flare"), (3, ""), (4, "")], "flare")
    >>> [(step.at_risk, step.events, step.competing, round(step.value, 4)) for step in found.steps]
    [(5, 1, 0, 0.2), (4, 0, 1, 0.2), (3, 1, 0, 0.4), (1, 0, 0, 0.4)]
    """
    table, exact = event_times(observed), exact_level(level)
    if event == CENSORED:
        raise ValueError("to be censored is no event")
    steps = []
    free, had, everybody = 1, 0, 1  # S is free / everybody, F is had / everybody
    free_variance = covariance = had_variance = 0.0
    for here in table.at_each(event):
        before = free / everybody
        n, own, every = here.at_risk, here.events, here.events + here.competing
        hazard, kept, noise = own / n, (n - every) / n, before**2 / n
        had_variance += hazard * (2 * covariance + hazard * free_variance) + noise * hazard * ((n - own) / n)
        covariance = kept * (covariance + hazard * free_variance - noise * hazard)
        free_variance = kept * (kept * free_variance + noise * (every / n))
        had = had * n + free * own
        free, everybody = free * (n - every), everybody * n
        value, others = had / everybody, (everybody - had) / everybody
        error = math.sqrt(max(0.0, had_variance))
        why_not = NO_EVENT_YET if not had else NOBODY_LEFT if had == everybody else ""
        lower = upper = None
        if not why_not:
            log = math.log1p(-value) if 2 * had < everybody else math.log(others)
            lower, upper = (-math.expm1(-limit) for limit in log_log_limits(log, error / others, exact))
        steps.append(
            CurveStep(
                time=here.time,
                at_risk=n,
                events=own,
                competing=here.competing,
                censored=here.censored,
                value=value,
                standard_error=None if why_not else error,
                lower=lower,
                upper=upper,
                no_band_because=why_not,
            )
        )
    return EventCurve(
        steps=tuple(steps),
        start=0.0,
        ended=not free,
        n=table.n,
        level=exact,
        method="Aalen-Johansen estimate, Greenwood-type variance, pointwise log-log band of 1 - F",
        convention="censored at a time: at risk of the events at it; no band where the curve is 0 or 1",
        source="Aalen & Johansen, Scand J Stat 1978;5:141-150",
        unit=unit,
    )
