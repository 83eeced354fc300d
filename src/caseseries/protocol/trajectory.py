"""A trajectory: how fast a measure changed over all the days of a window, and before the index date."""

from __future__ import annotations

from pydantic import Field

from caseseries.protocol.written import Written


class TrajectoryOutcome(Written):
    """The slope of a measure over the values of all days of a window, by a straight line in cases that each have their own level.

    `pre_index` is another window, before the index date, of which the slope is told beside it.
    """

    trajectory: str
    in_: str = Field(alias="in")
    pre_index: str | None = None

    @property
    def windows(self) -> tuple[str, ...]:
        """The windows of which a slope is told, that before the index date first."""
        return (self.in_,) if self.pre_index is None else (self.pre_index, self.in_)
