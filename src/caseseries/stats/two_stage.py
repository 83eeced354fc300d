"""A study in one arm that stops early when too few respond: Simon's optimal and minimax designs of two stages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from caseseries.stats.design_rule import NEAR, Asked, NoDesign, asked, chance
from caseseries.stats.exact import ExactNumber

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TwoStageKind = Literal["optimal", "minimax"]

METHOD = "Simon two-stage design"
CONVENTION = "stops early only when too few respond; of the second boundaries that keep the power the largest"
SOURCE = "Simon, Control Clin Trials 1989;10:1-10"

#: Beyond so many patients nothing is searched.
MOST = 400

#: The first search stops at so many; the next at twice as many.
_TABLES = 60


@dataclass(frozen=True, slots=True)
class TwoStage:
    """`n1` patients; with at most `r1` responders the study stops. Else up to `n` patients; the treatment is promising with more than `r` of them.

    `actual_alpha` and `actual_power` are exact; `early` and `early_alternative` are the chance to stop after the first stage when the true
    share is the null, or the alternative; `expected` and `expected_alternative` the mean number of patients then.
    """

    asked: Asked
    kind: TwoStageKind
    r1: int
    n1: int
    r: int
    n: int
    actual_alpha: Fraction
    actual_power: Fraction
    early: Fraction
    early_alternative: Fraction
    expected: Fraction
    expected_alternative: Fraction
    method: str = METHOD
    convention: str = CONVENTION
    source: str = SOURCE

    @property
    def ways(self) -> tuple[int, ...]:
        """In how many orders y responders among n patients pass both stages, for y from 0 to n."""
        return _ways(self.r1, self.n1, self.r, self.n)


@dataclass(frozen=True, slots=True)
class TwoStages:
    """Both designs for the same question."""

    optimal: TwoStage
    minimax: TwoStage


def two_stage(
    null: ExactNumber | float,
    alternative: ExactNumber | float,
    *,
    alpha: ExactNumber | float = Fraction(1, 20),
    power: ExactNumber | float = Fraction(4, 5),
    most: int = MOST,
) -> TwoStages | NoDesign:
    """The two-stage designs with the smallest expected number of patients under the null (optimal), and with the smallest n (minimax).

    A design is promising with more than r1 of n1 and more than r of n. Every r1 and n1 is tried with the largest r that keeps the power, as Simon
    did; of equal n the minimax design is the one with the smallest expected number. The search for the optimal one goes on until no larger
    study can expect fewer. No design, with the reason, where the alternative is not above the null or the search goes beyond ``most``
    patients. Raises ValueError for numbers that are no shares.

    Source: Simon, Control Clin Trials 1989;10:1-10. R: ``clinfun::ph2simon``.

    >>> found = two_stage("0.10", "0.30")
    >>> [(one.r1, one.n1, one.r, one.n, round(float(one.expected), 2)) for one in (found.optimal, found.minimax)]
    [(1, 10, 5, 29, 15.01), (1, 15, 5, 25, 19.51)]
    """
    wanted = asked(null, alternative, alpha, power)
    return NoDesign(wanted.refused) if wanted.refused else _designs(wanted, most)


@lru_cache(maxsize=256)
def _designs(wanted: Asked, most: int) -> TwoStages | NoDesign:
    tables = min(_TABLES, most)
    while True:  # small studies need small tables
        found = _searched(wanted, tables)
        if found is not None or tables == most:
            return found or NoDesign(f"the search goes beyond {most} patients")
        tables = min(2 * tables, most)


def _searched(wanted: Asked, most: int) -> TwoStages | None:
    """Both designs; None where the search for them goes beyond `most`."""
    search = _Search(wanted, most)
    minimax = optimal = None
    for n in range(2, most + 1):
        if not search.possible(n):
            continue
        limit = math.inf if optimal is None else optimal[0]
        firsts = search.firsts(n, limit)
        if optimal is not None and minimax is not None and not firsts:
            # The bound rises with n: no larger study can expect fewer.
            return TwoStages(_described(wanted, "optimal", optimal[1:]), _described(wanted, "minimax", minimax[1:]))
        for n1 in firsts:
            for found in search.pair(n1, n, limit if minimax is not None else math.inf):
                if optimal is None or found[0] < optimal[0] - NEAR:
                    optimal, limit = found, found[0]
        if minimax is None:
            minimax = optimal
    return None


Found = tuple[float, int, int, int, int]
"""The expected number of patients under the null, then r1, n1, r, n."""


class _Search:
    """Binomial tables of both shares, and what they rule out."""

    def __init__(self, wanted: Asked, most: int) -> None:
        import numpy as np
        from scipy.special import bdtrc, gammaln, xlogy

        self.wanted, self.most = wanted, most
        self.alpha, self.miss = float(wanted.alpha), float(1 - wanted.power)
        counts = np.arange(most + 1)
        self.mass: list[Array] = []
        self.above: list[Array] = []
        sizes, inside = counts[:, None], counts[None, :] <= counts[:, None]
        count = np.minimum(counts[None, :], sizes)
        orders = gammaln(sizes + 1) - gammaln(count + 1) - gammaln(sizes - count + 1)
        for share in (float(wanted.null), float(wanted.alternative)):
            logs = orders + xlogy(count, share) + xlogy(sizes - count, 1 - share)
            self.mass.append(np.where(inside, np.exp(logs), 0.0))
            self.above.append(np.where(inside, bdtrc(count, sizes, share), 0.0))
        # With n1 patients the first boundary r1 may lose at most 1 - power; what it then stops of the null is the most that any can.
        allowed = 1 - self.above[1] <= self.miss + NEAR
        self.boundary = allowed.cumprod(axis=1).sum(axis=1) - 1
        self.stopped = np.where(
            self.boundary >= 0,
            1 - np.take_along_axis(self.above[0], np.maximum(self.boundary, 0)[:, None], 1)[:, 0],
            0.0,
        )

    def possible(self, n: int) -> bool:
        """Whether the best randomised test of n patients keeps both error rates (Neyman and Pearson); no design of n patients can do more."""
        above0, above1 = self.above[0][n], self.above[1][n]
        c = int((above0 > self.alpha).sum())  # the first boundary that is strict enough
        before = above0[c - 1] if c else 1.0
        weight = (self.alpha - above0[c]) / (before - above0[c])
        reached = above1[c] + weight * ((above1[c - 1] if c else 1.0) - above1[c])
        return bool(reached >= 1 - self.miss - NEAR)

    def firsts(self, n: int, limit: float) -> list[int]:
        """First stages with which n patients could expect fewer than `limit`."""
        return [n1 for n1 in range(1, n) if n1 + (1 - self.stopped[n1]) * (n - n1) < limit - NEAR]

    def pair(self, n1: int, n: int, limit: float) -> Iterator[Found]:
        """Every first boundary of a first stage that has a second one, with fewer expected than `limit`."""
        import numpy as np

        highest = int(self.boundary[n1])
        if highest < 0:
            return
        n2 = n - n1
        last = int((self.above[1][n] >= 1 - self.miss - NEAR).sum()) - 1  # one stage alone keeps the power up to here
        if last < 0:
            return
        x, r = np.arange(n1 + 1)[:, None], np.arange(last + 1)[None, :]
        left = r - x
        passed = []
        for mass, above in zip(self.mass, self.above, strict=True):
            enough = np.where(left < 0, 1.0, above[n2][np.clip(left, 0, n2)])
            each = mass[n1][: n1 + 1, None] * enough
            # Row r1: the sum over x > r1.
            passed.append(each[::-1].cumsum(axis=0)[::-1][1:])
        null, alternative = (rows[: highest + 1] for rows in passed)
        for r1 in range(min(highest, n1 - 1), -1, -1):
            expected = n1 + float(self.above[0][n1][r1]) * n2
            if expected >= limit - NEAR:
                return  # a lower boundary stops fewer
            second = self._second(null[r1], alternative[r1], r1, n1, n)
            if second is not None:
                yield expected, r1, n1, second, n
                return

    def _second(self, null: Array, alternative: Array, r1: int, n1: int, n: int) -> int | None:
        """The largest r at or above r1 that keeps the power, if it keeps alpha too."""
        for r in range(len(null) - 1, r1 - 1, -1):
            if alternative[r] < 1 - self.miss - NEAR:
                continue
            if alternative[r] < 1 - self.miss + NEAR and self._exactly(r1, n1, r, n, 1) < self.wanted.power:
                continue
            if abs(null[r] - self.alpha) < NEAR:
                return r if self._exactly(r1, n1, r, n, 0) <= self.wanted.alpha else None
            return r if null[r] < self.alpha else None
        return None

    def _exactly(self, r1: int, n1: int, r: int, n: int, which: int) -> Fraction:
        return chance(_ways(r1, n1, r, n), self.wanted.alternative if which else self.wanted.null)


def _ways(r1: int, n1: int, r: int, n: int) -> tuple[int, ...]:
    n2 = n - n1
    return tuple(
        sum(math.comb(n1, x) * math.comb(n2, y - x) for x in range(max(r1 + 1, y - n2), min(n1, y) + 1)) if y > r else 0
        for y in range(n + 1)
    )


def _described(wanted: Asked, kind: TwoStageKind, found: tuple[int, int, int, int]) -> TwoStage:
    r1, n1, r, n = found
    ways = _ways(r1, n1, r, n)
    stops = tuple(math.comb(n1, x) if x <= r1 else 0 for x in range(n1 + 1))
    early, later = chance(stops, wanted.null), chance(stops, wanted.alternative)
    return TwoStage(
        wanted,
        kind,
        r1,
        n1,
        r,
        n,
        actual_alpha=chance(ways, wanted.null),
        actual_power=chance(ways, wanted.alternative),
        early=early,
        early_alternative=later,
        expected=n1 + (1 - early) * (n - n1),
        expected_alternative=n1 + (1 - later) * (n - n1),
    )
