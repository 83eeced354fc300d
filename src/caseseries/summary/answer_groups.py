"""The cases of a run by their answer to one outcome, with one number each for every number of Table 1."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.brief import brief
from caseseries.summary.result import Result

#: The answers in the order of their columns; the first two have one even where nobody has that answer.
ANSWERS = ("yes", "no", "not evaluable", "outside", "denominator not known")


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """The cases with one answer (`yes`, `no`, `not evaluable`, `outside` the denominator, or `denominator not known`): how many, and one result
    for each of all cases, by the id of that one."""

    answer: str
    n: int
    results: dict[str, Result]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class TableOneBy:
    """Table 1 by the answers to `outcome`. `groups` hold every case once, but for the `withheld` of sites that told nothing of it."""

    outcome: str
    groups: tuple[AnswerGroup, ...]
    withheld: int

    __repr__ = brief

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number, group by group."""
        return tuple(result for group in self.groups for result in group.results.values())
