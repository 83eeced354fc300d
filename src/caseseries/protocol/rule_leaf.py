"""The comparisons that a response rule is made of: a judgement, a change from one window to another, a value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from caseseries.protocol.compared import Compared, not_of_baseline, of_a_change
from caseseries.protocol.rule_base import RuleBase
from caseseries.protocol.written import mistake

Direction = Literal["gain", "decrease", "rises", "falls", "improves", "worsens"]
DIRECTIONS: tuple[Direction, ...] = ("gain", "decrease", "rises", "falls", "improves", "worsens")


class Is(RuleBase):
    """A judgement was yes at the assessment."""

    is_: str = Field(alias="is")
    at: str | None = None


class Change(RuleBase, Compared):
    """A change from one window to another: upward, downward, or in the direction the catalogue gives the measure."""

    gain: str | None = None
    decrease: str | None = None
    rises: str | None = None
    falls: str | None = None
    improves: str | None = None
    worsens: str | None = None
    from_: str = Field(default="baseline", alias="from")
    at: str | None = None

    @property
    def direction(self) -> Direction:
        """Which of the six words is written."""
        return next(word for word in DIRECTIONS if getattr(self, word) is not None)

    @property
    def measure(self) -> str:
        """The measure whose change is meant."""
        return str(getattr(self, self.direction))

    @model_validator(mode="after")
    def _one_direction(self) -> Change:
        if sum(getattr(self, word) is not None for word in DIRECTIONS) != 1:
            raise mistake("exactly one direction is needed", ", ".join(DIRECTIONS))
        of_a_change(self.threshold, self.comparison, self.from_)
        return self


class Value(RuleBase, Compared):
    """A value at the assessment, whatever it was before (`{value: cmas, at_least: 48 points}`, `{value: cells, at_most: 0.5+}`)."""

    value: str
    at: str | None = None

    @model_validator(mode="after")
    def _not_of_baseline(self) -> Value:
        not_of_baseline(self.threshold)
        return self


class IsIfMeasured(Is):
    """A judgement that is left out of the count where it was not made."""

    if_not_measured: Literal["skip"]


class ChangeIfMeasured(Change):
    """A change that is left out of the count where a value of it was not measured."""

    if_not_measured: Literal["skip"]


class ValueIfMeasured(Value):
    """A value that is left out of the count where it was not measured."""

    if_not_measured: Literal["skip"]


MAY_BE_LEFT_OUT = (IsIfMeasured, ChangeIfMeasured, ValueIfMeasured)
