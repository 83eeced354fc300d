"""An event that begins in a window, so many times."""

from __future__ import annotations

from pydantic import Field, model_validator

from caseseries.protocol.written import Count, Written, mistake


class EventIn(Written):
    """An event or diagnosis of the name `occurs` that begins in a window, on `times` different days or more."""

    occurs: str
    in_: str = Field(alias="in")
    times: Count = 1

    @model_validator(mode="after")
    def _some(self) -> EventIn:
        if self.times < 1:
            do = "write {not: {occurs: ...}}"
            raise mistake("an event that occurs no times is written with `not`", "1 or more", do, at=("times",))
        return self
