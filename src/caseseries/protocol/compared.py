"""A number that is compared with a threshold: at least, more than, at most, less than."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from caseseries.protocol.amount import Amount, AmountText
from caseseries.protocol.written import Written, mistake

Comparison = Literal["at_least", "more_than", "at_most", "less_than"]
COMPARISONS: tuple[Comparison, ...] = ("at_least", "more_than", "at_most", "less_than")


class Compared(Written):
    """Exactly one of the four comparisons, with its threshold."""

    at_least: AmountText | None = None
    more_than: AmountText | None = None
    at_most: AmountText | None = None
    less_than: AmountText | None = None

    @property
    def comparison(self) -> Comparison:
        """Which of the four comparisons is written."""
        return next(name for name in COMPARISONS if getattr(self, name) is not None)

    @property
    def threshold(self) -> Amount:
        """The amount it is compared with."""
        value: Amount = getattr(self, self.comparison)
        return value

    @model_validator(mode="after")
    def _one_comparison(self) -> Compared:
        if sum(getattr(self, name) is not None for name in COMPARISONS) != 1:
            raise mistake("exactly one comparison is needed", ", ".join(COMPARISONS))
        return self


def not_of_baseline(threshold: Amount) -> None:
    """Refuse a threshold of a value that only a change can have."""
    if threshold.basis == "baseline":
        raise mistake("a value is not compared with percent of baseline", "points, % of range", "use decrease or gain")
