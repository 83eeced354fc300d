"""An event that begins in a window, so many times."""

from __future__ import annotations

from pydantic import Field, model_validator

from caseseries.protocol.written import Count, Days, Written, mistake


class EventIn(Written):
    """An event or diagnosis of the name `occurs` that begins in a window, on `times` different days or more.

    In a rule that is read visit by visit it may be looked back for from each visit: on the day of the visit or in so many days before it (`since`).
    """

    occurs: str
    in_: str | None = Field(default=None, alias="in")
    since: Days | None = None
    times: Count = 1

    @model_validator(mode="after")
    def _some(self) -> EventIn:
        if (self.in_ is None) is (self.since is None):
            what = "nothing says on which days the event is looked for"
            if self.in_ is not None:
                what = "a window has days of its own, and `since` is looked back from each visit"
            do = "write `in` with a window; where the rule is read visit by visit, or `since` with a number of days"
            raise mistake(what, "one of in, since", do, at=() if self.in_ is None else ("since",))
        if self.since is not None and self.since < 1:
            raise mistake("not a length of time", "1 day or more", at=("since",))
        if self.times < 1:
            do = "write {not: {occurs: ...}}"
            raise mistake("an event that occurs no times is written with `not`", "1 or more", do, at=("times",))
        return self
