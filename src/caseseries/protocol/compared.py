"""A number that is compared with a threshold: at least, more than, at most, less than."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from caseseries.protocol.amount import AMOUNTS, SIDES, Amount, AmountText
from caseseries.protocol.extremes import EXTREMES
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
    if threshold.basis in {"baseline", "nadir", "peak"}:
        what = f"a value is not compared with percent of {threshold.basis}"
        raise mistake(what, "points, % of range", "use decrease or gain")


def of_a_change(threshold: Amount, comparison: Comparison, since: str) -> None:
    """Refuse a threshold of a change that only a value can have, or a percent of something else than the value it starts from."""
    here = since if since in EXTREMES else "baseline"
    if threshold.basis in {"baseline", "nadir", "peak"} and threshold.basis != here:
        what = f"the change is from the {here}, and this is a percent of the {threshold.basis}"
        raise mistake(what, f"% of {here}", f"write `% of {here}`, or `from: {threshold.basis}`", at=(comparison,))
    if threshold.basis in SIDES:
        do = f"write {{value: ..., {comparison}: {threshold}}}"
        raise mistake("only a value is compared with a limit of normal, not a change", AMOUNTS, do, at=(comparison,))
    if threshold.basis == "grade":
        raise mistake("not a threshold", AMOUNTS, at=(comparison,))
