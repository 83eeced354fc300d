"""What is counted of an outcome with levels."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.brief import brief
from caseseries.protocol.specs import OutcomePlan
from caseseries.summary.result import Count, Result


@dataclass(frozen=True, slots=True)
class LevelCount:
    """The cases of one level, of all included and of those whose level is known; `perhaps` are further ones that may have it.

    `at_least` are those of this level or one before it, known as such even where the level is not; of the last level there is no share. Of a
    category it is that category alone, and `perhaps` are the cases of which its own rule has no answer.
    """

    name: str
    exactly: Count
    perhaps: Count
    of_included: Result
    of_evaluable: Result
    at_least: Count
    at_least_of_included: Result | None

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """The levels under one reading: the levels and the `not_evaluable` make the denominator `inside`."""

    reading: str
    inside: Count
    not_evaluable: Count
    outside: Count
    unplaced: Count
    levels: tuple[LevelCount, ...]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class LevelsSummary:
    """Everything that is counted of one outcome with levels, under the protocol as written first.

    `exactly` and `at_least` are its verdicts, by the place of the level; of those `at_least` everything is counted as of an outcome by itself.
    """

    name: str
    names: tuple[str, ...]
    good: bool | None
    readings: tuple[LevelCounts, ...]
    exactly: tuple[OutcomePlan, ...]
    at_least: tuple[OutcomePlan, ...]

    __repr__ = brief

    @property
    def ordered(self) -> bool:
        """Whether these are levels; categories have no order, and the last of their names is none of them."""
        return self.widest.part is None or self.widest.part.ordered

    @property
    def one(self) -> str:
        """What an answer is called: a level, or a category."""
        return "level" if self.ordered else "category"

    @property
    def widest(self) -> OutcomePlan:
        """The verdict that asks for any level but the last."""
        return self.at_least[-1]
