"""One comparison of a rule: the value or the change that it rests on, and with what it is compared."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from caseseries.protocol.amount import Basis
from caseseries.protocol.extremes import ends_at
from caseseries.protocol.rule import Comparison, Direction
from caseseries.protocol.zero_baseline import IfZero

#: The window of a value that is read on each visit day of a rule that is held; no window of a protocol has this name.
EACH_VISIT = "each visit: day"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one value: a measure in a window."""

    measure: str
    window: str

    @property
    def daily(self) -> bool:
        """Whether it is of the visit day on which a held rule is read, or up to it."""
        return EACH_VISIT in (self.window, ends_at(self.window))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison that rests on one value, or on the change between two.

    For a change the compared number is `sign` times (value at `after` minus value at `before`), in points, in percent of the
    value at `before`, or in percent of `width`. For a value it is the value at `after`, less `minimum` where in percent of range.
    `low` and `high` are the ends beyond which the measure has no value, where it has any. `bounds` says that a value may be known only as
    above or below a limit, and then decides where every possible value agrees. `grades` are the words of a graded measure: values and the
    threshold of a value are their places, and that of a change is in steps. `if_zero` is what a percent of a value of 0 before is.
    """

    kind: Literal["is", "change", "value"]
    word: Direction | Literal["is", "value"]
    after: Slot
    before: Slot | None = None
    sign: int = 1
    comparison: Comparison = "at_least"
    threshold: Fraction = Fraction(0)
    basis: Basis = "points"
    width: Fraction | None = None
    minimum: Fraction | None = None
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    bounds: bool = False
    grades: tuple[str, ...] = ()
    if_zero: IfZero | None = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The values it rests on, the earlier first."""
        return (self.after,) if self.before is None else (self.before, self.after)

    @property
    def little(self) -> bool:
        """Whether a change of nothing meets it: it may be no more than so much."""
        return self.comparison in {"at_most", "less_than"}
