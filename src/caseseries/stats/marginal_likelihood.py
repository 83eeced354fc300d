"""The likelihood of shares that vary between studies: binomial counts with a normal intercept on the log-odds scale.

For study i with x_i of n_i the marginal likelihood is the integral over z of Bin(x_i; n_i, expit(mu + tau z)) phi(z). It is summed over a fixed fine
grid of z (trapezoid rule), which for such integrands is exact to the last digits of a double: its step is set by the narrowest study and by tau.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AtPoint:
    """The log likelihood at one mu and tau, with its first derivatives (by mu, by tau) and second ones (mu mu, mu tau, tau tau)."""

    value: float
    slope: tuple[float, float]
    bend: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Marginal:
    """Counts and sizes of the studies."""

    counts: Sequence[int]
    sizes: Sequence[int]

    def at(self, mu: float, tau: float) -> AtPoint:
        """Everything that is read off at one point; tau is above 0."""
        parts = [_part(group, mu, tau) for group in self._groups()]
        value, by_mu, by_tau, mu_mu, mu_tau, tau_tau = (math.fsum(part[place] for part in parts) for place in range(6))
        return AtPoint(value, (by_mu, by_tau), (mu_mu, mu_tau, tau_tau))

    def _groups(self) -> list[list[tuple[int, int]]]:
        """Studies of about one size, which can share a grid."""
        groups: dict[int, list[tuple[int, int]]] = {}
        for x, n in zip(self.counts, self.sizes, strict=True):
            groups.setdefault(n.bit_length() // 4, []).append((x, n))
        return [groups[size] for size in sorted(groups)]

    def best_mu(self, tau: float, start: float) -> tuple[float, AtPoint]:
        """The mu of the highest likelihood at one tau, to nine digits, by Newton steps that are halved where they would go down."""
        mu, here = start, self.at(start, tau)
        for _ in range(200):
            move = -here.slope[0] / here.bend[0] if here.bend[0] < 0 else math.copysign(0.5, here.slope[0])
            move = max(-2.0, min(2.0, move))
            there = self.at(mu + move, tau)
            while there.value < here.value - 1e-12 * abs(here.value) and abs(move) > 1e-15:
                move /= 2
                there = self.at(mu + move, tau)
            mu, here = mu + move, there
            if abs(move) <= 1e-9 * max(1.0, abs(mu)):
                break
        return mu, here


def _part(group: Sequence[tuple[int, int]], mu: float, tau: float) -> tuple[float, ...]:
    """The log likelihood of some studies and its derivatives."""
    import numpy as np
    from scipy.special import expit, gammaln, log_expit, logsumexp

    x, n = (np.array(part, dtype=np.float64)[:, None] for part in zip(*group, strict=True))
    z, step = _nodes(group, mu, tau)
    eta = mu + tau * z[None, :]
    orders = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    logs = (
        orders + x * log_expit(eta) + (n - x) * log_expit(-eta) - z**2 / 2 - math.log(2 * math.pi) / 2 + math.log(step)
    )
    each = logsumexp(logs, axis=1, keepdims=True)
    weight = np.exp(logs - each)
    share = expit(eta)
    score = x - n * share
    bent = score**2 - n * share * (1 - share)

    def mean(what: Array) -> Array:
        return np.asarray((weight * what).sum(axis=1))

    by_mu, by_tau = mean(score), mean(score * z)
    return (
        float(each.sum()),
        float(by_mu.sum()),
        float(by_tau.sum()),
        float((mean(bent) - by_mu**2).sum()),
        float((mean(bent * z) - by_mu * by_tau).sum()),
        float((mean(bent * z**2) - by_tau**2).sum()),
    )


def _nodes(group: Sequence[tuple[int, int]], mu: float, tau: float) -> tuple[Array, float]:
    """Where z is looked at, and how far apart: finer than the narrowest study and than the nearest pole of the logistic function."""
    import numpy as np

    narrowest = 1 / math.sqrt(1 + tau**2 * max(n for _, n in group) / 4)
    step = min(0.1, 0.5 / tau, narrowest / 1.6)
    # Each study's most likely z lies between 0 and where its own share is.
    away = max(abs(math.log((x + 0.5) / (n - x + 0.5)) - mu) / tau for x, n in group)
    half = math.ceil((9 + min(away, 30.0)) / step)
    return np.arange(-half, half + 1, dtype=np.float64) * step, step
