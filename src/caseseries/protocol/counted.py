"""Counts: how many events of a name begin in a window, or how many per so many observed days."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from caseseries.protocol.derived import Better
from caseseries.protocol.written import Days, Written, mistake
from caseseries.protocol.zero_baseline import IfZero


class Counted(Written):
    """Events, diagnoses or both of the name `count` that begin in a window, as `occurs` reads them: `{count: exacerbation, better: low}`.

    Without `per` it is their number, known where every day of the window was observed. `per: 28 days` makes it a rate over the observed days; the
    window says with `recorded` how many of these it takes at least, else all of its days. Two on one day are one. `label` is how the report calls it.
    `if_zero_baseline` says what a percent of no events before is; without it, not evaluable.
    """

    count: str
    per: Days | None = None
    label: str = ""
    better: Better = "none"
    if_zero_baseline: IfZero | None = None

    @model_validator(mode="after")
    def _check(self) -> Counted:
        if self.per is not None and self.per < 1:
            raise mistake("a rate is per 1 day or more", "per: 28 days", at=("per",))
        return self

    @property
    def unit(self) -> str:
        """What is counted, per how many days."""
        return "events" if self.per is None else f"events per {self.per} day{'' if self.per == 1 else 's'}"


def counts_taken(measures: Any) -> bool:
    """Whether some measure is a count."""
    return any(isinstance(one, Counted) for one in measures.values())
