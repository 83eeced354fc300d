"""What a design of a study asks for, and how often a rule of it is met: shared by studies of one stage and of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.exact import ExactNumber, exact_level, exact_number

#: Below this distance a tail and its limit are compared as whole numbers, so that rounding decides nothing.
NEAR = 1e-10

NOT_ABOVE = "the alternative is not above the null"


@dataclass(frozen=True, slots=True)
class NoDesign:
    """That there is no design, and why."""

    because: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a design must keep: the largest chance of calling a treatment promising whose true share is `null` (`alpha`, one-sided), and
    the least chance of calling one promising whose true share is `alternative` (`power`)."""

    null: Fraction
    alternative: Fraction
    alpha: Fraction
    power: Fraction

    @property
    def refused(self) -> str:
        """Why nothing can be designed; empty where something can."""
        return "" if self.alternative > self.null else NOT_ABOVE


def asked(
    null: ExactNumber | float, alternative: ExactNumber | float, alpha: ExactNumber | float, power: ExactNumber | float
) -> Asked:
    """The four numbers, checked; a float means the decimal it prints as.

    Raises ValueError for a null, alpha or power that does not lie between 0 and 1, an alternative that is no share, and a power that does
    not exceed alpha.

    >>> asked("0.3", 0.5, "0.05", "0.8").alternative
    Fraction(1, 2)
    """
    shares = []
    for name, value in (("null", null), ("alternative", alternative)):
        exact = Fraction(repr(value)) if isinstance(value, float) else exact_number(value)
        if not 0 <= exact <= 1 or (name == "null" and exact in {0, 1}):
            raise ValueError(f"the {name} is a share of patients between 0 and 1")
        shares.append(exact)
    size, sure = exact_level(alpha), exact_level(power)
    if sure <= size:
        raise ValueError("the power is more than alpha")
    return Asked(shares[0], shares[1], size, sure)


def chance(ways: Sequence[int], share: Fraction) -> Fraction:
    """How often a rule is met: the sum over y of ways[y] share^y (1 - share)^(n - y), exactly, n = len(ways) - 1.

    ``ways[y]`` is in how many orders y responders among n patients meet it.

    >>> chance((0, 0, 1), Fraction(1, 2))
    Fraction(1, 4)
    """
    above, below = share.numerator, share.denominator
    n, total, power = len(ways) - 1, 0, 1
    for y, count in enumerate(ways):  # Horner from the last patient: no power is made twice
        total = total * (below - above) + count * power
        power *= above if y < n else 1
    return Fraction(total, below**n)
