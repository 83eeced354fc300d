"""The smallest parts of what a run has found: one number with its interval, a count, a reason, a box of the flow diagram."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | float


@dataclass(frozen=True, slots=True)
class Result:
    """One number of the report. Grain: one estimate. `id` is stable: `outcome/spec/quantity`.

    `estimate`, `lower`, `upper` are None where undefined, and `absent_because` says why. `words` is how it is printed where a number would not
    say it: a grade, or between which two grades or steps it lies.
    """

    id: str
    label: str
    estimate: Number | None
    lower: Number | None = None
    upper: Number | None = None
    n: int | None = None
    total: int | None = None
    unit: str = ""
    method: str = ""
    absent_because: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """A number of cases; where it is known only as a range, it lies from `low` to `high`.

    >>> str(Count(7, 7)), str(Count(41, 44)), Count(7, 7).exact, Count(1, 4).exact
    ('7', '41–44', 7, None)
    """

    low: int
    high: int

    @classmethod
    def of(cls, n: int) -> Count:
        """A number that is known.

        >>> Count.of(7)
        Count(low=7, high=7)
        """
        return cls(n, n)

    @property
    def exact(self) -> int | None:
        """The number where it is known."""
        return self.low if self.low == self.high else None

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


#: Nobody and nothing.
NONE = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason or an event with the number of cases it applies to."""

    words: str
    n: Count


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the flow diagram. `removed` are the side boxes: reason and number of patients (or courses).

    A box of an `outcome` is a branch from the included: `n` its denominator, `parts` its answers, which add up to n; nobody who is not
    evaluable is removed. Those outside the denominator, or of whom that is not known, are.
    """

    label: str
    n: int
    removed: tuple[tuple[str, int], ...] = ()
    outcome: str = ""
    parts: tuple[tuple[str, int], ...] = ()
