"""How many patients an interval of a given width needs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.design_rule import NEAR, NoDesign
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number
from caseseries.stats.proportion import clopper_pearson

METHOD = "exact interval of a proportion (Clopper-Pearson) of a given half width"
CONVENTION = "half of the interval from its lower to its upper limit, for the whole number of responders nearest to the expected share, half up"
SOURCE = "Clopper & Pearson, Biometrika 1934;26:404-413"

#: Beyond so many patients nothing is searched.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class PrecisionSize:
    """`n` patients: with `count` responders, the expected share, the interval is `lower` to `upper`, no wider than asked for."""

    expected: Fraction
    half_width: Fraction
    level: Fraction
    n: int
    count: int
    lower: float
    upper: float
    method: str = METHOD
    convention: str = CONVENTION
    source: str = SOURCE


def precision_size(
    expected: ExactNumber | float,
    half_width: ExactNumber | float,
    *,
    level: ExactNumber | float = LEVEL_95,
    most: int = MOST,
) -> PrecisionSize | NoDesign:
    """The number of patients from which on the exact interval is no wider than asked for, if the expected share responds.

    It is the smallest n such that for it, and for every larger one up to ``most``, (upper - lower)/2 <= ``half_width``: the limits are those of the
    whole number of responders nearest to n times ``expected``. No design, with the reason, where more than ``most`` are needed. Raises
    ValueError for an expected share outside 0 to 1, and a half width that is not above 0 and below 1/2.

    Source: Clopper & Pearson, Biometrika 1934;26:404-413. R: ``binom.test``, n by n.

    >>> found = precision_size("0.75", "0.15")
    >>> found.n, found.count, round(found.lower, 3), round(found.upper, 3)
    (37, 28, 0.588, 0.882)
    """
    import numpy as np
    from scipy.special import betaincinv

    share, half = (
        Fraction(repr(value)) if isinstance(value, float) else exact_number(value) for value in (expected, half_width)
    )
    if not 0 <= share <= 1:
        raise ValueError("the expected share lies between 0 and 1")
    if not 0 < half < Fraction(1, 2):
        raise ValueError("the half width lies between 0 and 1/2")
    exact = exact_level(level)
    tail = float((1 - exact) / 2)
    n = np.arange(1, most + 1)
    counts = np.array([_nearest(share, size) for size in range(1, most + 1)])
    below = np.where(counts > 0, betaincinv(np.maximum(counts, 1), n - np.maximum(counts, 1) + 1, tail), 0.0)
    missing = n - counts
    above = 1 - np.where(missing > 0, betaincinv(np.maximum(missing, 1), n - np.maximum(missing, 1) + 1, tail), 0.0)
    wide = np.flatnonzero((above - below) / 2 > float(half) + NEAR)
    size = int(wide[-1]) + 2 if len(wide) else 1
    if size > most:
        return NoDesign(f"more than {most} patients are needed")
    found = clopper_pearson(_nearest(share, size), size, level=exact)
    assert found.lower is not None and found.upper is not None
    return PrecisionSize(share, half, exact, size, _nearest(share, size), float(found.lower), float(found.upper))


def _nearest(share: Fraction, n: int) -> int:
    return (2 * n * share.numerator + share.denominator) // (2 * share.denominator)
