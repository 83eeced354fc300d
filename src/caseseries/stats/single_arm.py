"""How many patients a study in one arm needs: the exact single-stage design of A'Hern."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from caseseries.stats.design_rule import NEAR, Asked, NoDesign, asked, chance
from caseseries.stats.exact import ExactNumber

METHOD = "exact single-stage design, one-sided binomial test"
CONVENTION = "the smallest number of patients at which both error rates are kept; a larger one may have less power"
SOURCE = "A'Hern, Stat Med 2001;20:859-866"

#: Beyond so many patients nothing is searched.
MOST = 5000


@dataclass(frozen=True, slots=True)
class SingleArm:
    """A study of `n` patients that calls the treatment promising when at least `r` respond.

    `actual_alpha` and `actual_power` are exact: the chance of at least r of n when the true share is the null, or the alternative.
    """

    asked: Asked
    n: int
    r: int
    actual_alpha: Fraction
    actual_power: Fraction
    method: str = METHOD
    convention: str = CONVENTION
    source: str = SOURCE

    @property
    def ways(self) -> tuple[int, ...]:
        """In how many orders y responders among n patients are enough, for y from 0 to n."""
        return _ways(self.n, self.r)


def single_arm(
    null: ExactNumber | float,
    alternative: ExactNumber | float,
    *,
    alpha: ExactNumber | float = Fraction(1, 20),
    power: ExactNumber | float = Fraction(4, 5),
    most: int = MOST,
) -> SingleArm | NoDesign:
    """The smallest n, with the smallest r, such that P(X >= r | null) <= alpha and P(X >= r | alternative) >= power, X binomial(n).

    Shares between 0 and 1, alpha one-sided. No design, with the reason, where the alternative is not above the null or more than ``most``
    patients are needed. Raises ValueError for numbers that are no shares.

    Source: A'Hern, Stat Med 2001;20:859-866. R: ``clinfun::ph2single``.

    >>> found = single_arm("0.10", "0.20")
    >>> found.n, found.r, round(float(found.actual_alpha), 4), round(float(found.actual_power), 4)
    (78, 13, 0.0453, 0.8082)
    >>> single_arm("0.3", "0.3").because
    'the alternative is not above the null'
    """
    wanted = asked(null, alternative, alpha, power)
    if wanted.refused:
        return NoDesign(wanted.refused)
    n = _first(wanted, most)
    if n is None:
        return NoDesign(f"more than {most} patients are needed")
    r = _least(wanted.null, wanted.alpha, most)[n - 1]
    ways = _ways(n, r)
    return SingleArm(wanted, n, r, chance(ways, wanted.null), chance(ways, wanted.alternative))


def _ways(n: int, r: int) -> tuple[int, ...]:
    return tuple(math.comb(n, y) if y >= r else 0 for y in range(n + 1))


@lru_cache(maxsize=8)
def _least(null: Fraction, alpha: Fraction, most: int) -> tuple[int, ...]:
    """For each n from 1 the smallest r with P(X >= r | null) <= alpha; n + 1 where not even n of n are few enough by chance."""
    from scipy.special import betainc

    found, r, share, limit = [], 1, float(null), float(alpha)
    for n in range(1, most + 1):
        while r <= n:
            tail = float(betainc(r, n - r + 1, share))
            if abs(tail - limit) < NEAR:
                exact = chance(_ways(n, r), null)
                tail = 0.0 if exact <= alpha else 1.0
            if tail <= limit:
                break
            r += 1
        found.append(r)
    return tuple(found)


def _first(wanted: Asked, most: int) -> int | None:
    """The smallest n whose power is enough."""
    import numpy as np
    from scipy.special import betainc

    n = np.arange(1, most + 1)
    r = np.array(_least(wanted.null, wanted.alpha, most))
    can = r <= n
    reached = np.where(can, betainc(np.minimum(r, n), n - np.minimum(r, n) + 1, float(wanted.alternative)), 0.0)
    for place in np.flatnonzero(can & (reached > float(wanted.power) - NEAR)):
        if reached[place] > float(wanted.power) + NEAR:
            return int(n[place])
        if chance(_ways(int(n[place]), int(r[place])), wanted.alternative) >= wanted.power:
            return int(n[place])
    return None
