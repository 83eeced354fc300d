"""A curve over time that steps where events happen, with its band; how one is read at any time."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

from caseseries.stats.estimate import NOTHING_OBSERVED, Estimate
from caseseries.stats.exact import ExactNumber, exact_number

NO_EVENT_YET = "no event was seen yet: the log-log band starts with the first"
NOBODY_LEFT = "nobody is left without the event: the log-log band ends before"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveStep:
    """What was seen at one time, and the curve from this time to the next.

    ``at_risk`` were observed up to this time without an event before it. ``value`` is a share; its
    ``standard_error`` and the pointwise limits ``lower`` and ``upper`` are absent together, with the reason ``no_band_because``.
    """

    time: Fraction
    at_risk: int
    events: int
    competing: int
    censored: int
    value: float
    standard_error: float | None
    lower: float | None
    upper: float | None
    no_band_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCurve:
    """A step function of time from ``start`` at time 0: one step for each time with an event or a censoring.

    ``ended`` tells that nobody is left without any event after the last step, so that the curve is known from there on.
    """

    steps: tuple[CurveStep, ...]
    start: float
    ended: bool
    n: int
    level: Fraction
    method: str
    convention: str
    source: str
    unit: str = ""

    @property
    def events(self) -> int:
        """How many had the event."""
        return sum(step.events for step in self.steps)

    def at_risk(self, time: ExactNumber) -> int:
        """How many were observed up to this time without an event before it: the numbers below a figure."""
        place = bisect_left(self.steps, exact_number(time), key=lambda step: step.time)
        return self.steps[place].at_risk if place < len(self.steps) else 0

    def at(self, time: ExactNumber) -> Estimate:
        """The curve at a time with its pointwise limits; absent after the last time observed, unless nobody was left.

        Raises ValueError for a negative time.
        """
        exact = exact_number(time)
        if exact < 0:
            raise ValueError("a time to an event is 0 or more")
        step = self._last_step(exact)
        beyond = not self.steps or (exact > self.steps[-1].time and not self.ended)
        absent = "" if not beyond else "nobody was observed for so long" if self.steps else NOTHING_OBSERVED
        return Estimate(
            estimate=None if absent else step.value if step else self.start,
            lower=step.lower if step and not absent else None,
            upper=step.upper if step and not absent else None,
            n=self.n,
            level=self.level,
            method=self.method,
            convention=self.convention,
            source=self.source,
            absent_because=absent,
            interval_absent_because=absent or (step.no_band_because if step else NO_EVENT_YET),
        )

    def _last_step(self, time: Fraction) -> CurveStep | None:
        place = bisect_right(self.steps, time, key=lambda step: step.time)
        return self.steps[place - 1] if place else None


def log_log_limits(survival_log: float, log_error: float, level: Fraction) -> tuple[float, float]:
    """The limits of -log S: symmetric on the scale of log(-log S), so that S stays between 0 and 1.

    ``survival_log`` is log S, below 0, and ``log_error`` its standard error. With a = -log S and z the normal quantile
    the limits are a exp(-z se / a) and a exp(z se / a).

    >>> [round(limit, 6) for limit in log_log_limits(-0.5, 0.1, Fraction(95, 100))]
    [0.337854, 0.739964]
    """
    hazard = -survival_log
    spread = math.exp(NormalDist().inv_cdf(float(1 - (1 - level) / 2)) * log_error / hazard)
    return hazard / spread, hazard * spread
