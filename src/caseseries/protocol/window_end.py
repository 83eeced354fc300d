"""Where a window ends that has not the same days in every case: with an event, or after a length that the patient's own past gives."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from pydantic import Field, model_validator

from caseseries.protocol.written import Days, Number, Written, mistake


class PastLength(Written):
    """A length of time from the patient's own past: so many times the longest time between two events next to each other in an earlier window.

    `at_least` is the shortest it may be, as in "three times the longest interval between seizures, and at least a year". A length is known only where
    every day of the earlier window was seen, each event has an exact day, and there are two or more.
    """

    longest_between: str
    in_: str = Field(alias="in")
    times: Number = Fraction(1)
    at_least: Days | None = None

    @model_validator(mode="after")
    def _check(self) -> PastLength:
        if self.times <= 0:
            raise mistake("not a number of times", "more than 0", at=("times",))
        if self.at_least is not None and self.at_least < 1:
            raise mistake("not a length of time", "1 day or more", at=("at_least",))
        return self

    @property
    def shortest(self) -> int:
        """How many days it is at least, whatever the past was."""
        return self.at_least or 1

    def days(self, longest: int) -> int:
        """How many days it is where the longest time between two events was `longest` days; a part of a day is a whole one.

        >>> PastLength(longest_between="seizure", in_="before", times=Fraction("1.5"), at_least=30).days(25)
        38
        """
        return max(self.shortest, ceil(self.times * longest))
