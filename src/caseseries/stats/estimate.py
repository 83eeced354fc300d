"""What a statistic returns: the number with its interval, or no number and the reason.

An undefined number is never nan, 0 or an exception. It is ``None`` beside a sentence that a report can print.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Real = Fraction | float
"""An exact fraction where arithmetic allows it, a finite float where a root or an inverse function is needed."""

TestKind = Literal["exact", "Monte Carlo", "approximate"]
"""How a p value was found: counted, from random sign patterns, or by a normal distribution."""

NOTHING_OBSERVED = "nothing was observed (n = 0)"


def _present_or_explained(name: str, value: Real | None, because: str) -> None:
    if (value is None) != bool(because):
        raise ValueError(f"{name} is either a number or absent with a reason")
    if value is not None and not math.isfinite(value):
        raise ValueError(f"{name} is not finite")


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number, or the reason why there is none.

    >>> Statistic(None, "one value has no spread").absent_because
    'one value has no spread'
    """

    value: Real | None
    absent_because: str = ""

    def __post_init__(self) -> None:
        _present_or_explained("a statistic", self.value, self.absent_because)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its confidence interval, how both were obtained, or why one is absent.

    ``n`` is the count it rests on (patients; events for a rate). ``level`` is the level asked for and
    ``achieved_level`` the one reached where the method can only reach certain levels. ``lower`` and ``upper`` are
    present together or absent together, unless the data set no upper limit: then ``lower`` stands alone, and
    ``upper_open_because`` says why. A one-sided limit has the natural bound on its other side and says so in
    ``method``. ``convention`` is the rule for zeros, ties or boundaries; ``source`` the paper.

    Raises ValueError when a number is missing without a reason, or is not finite: that is our mistake.
    """

    estimate: Real | None
    lower: Real | None
    upper: Real | None
    n: int
    level: Fraction
    method: str
    convention: str
    source: str
    unit: str = ""
    achieved_level: float | None = None
    absent_because: str = ""
    interval_absent_because: str = ""
    upper_open_because: str = ""

    def __post_init__(self) -> None:
        _present_or_explained("an estimate", self.estimate, self.absent_because)
        _present_or_explained("a lower limit", self.lower, self.interval_absent_because)
        _present_or_explained("an upper limit", self.upper, self.interval_absent_because or self.upper_open_because)
        if self.interval_absent_because and self.upper_open_because:
            raise ValueError("an open upper limit stands above a lower one")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("the lower limit is above the upper one")


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisTest:
    """A two-sided p value with its statistic and method, or why there is none.

    ``n`` is the number of differences given, ``n_used`` the number that decide (not zero). ``kind`` is
    ``exact``, or, where the exact distribution was too large, what was used instead; ``method`` says it in full.
    """

    statistic: Fraction | None
    p: float | None
    n: int
    n_used: int
    method: str
    convention: str
    source: str
    kind: TestKind = "exact"
    absent_because: str = ""

    @property
    def exact(self) -> bool:
        """Whether p was counted."""
        return self.kind == "exact"

    def __post_init__(self) -> None:
        _present_or_explained("a test statistic", self.statistic, self.absent_because)
        _present_or_explained("a p value", self.p, self.absent_because)
        if self.p is not None and not 0 < self.p <= 1:
            raise ValueError("a p value lies above 0 and at most at 1")
