"""An outcome that counts events: how many begin on the observed days of a window, over all cases, and against another window."""

from __future__ import annotations

from pydantic import Field, model_validator

from caseseries.protocol.written import Written, mistake


class EventCountOutcome(Written):
    """Events or diagnoses of the name `count` that begin on the observed days of the window `at`, over all included cases, with their rate.

    With `from` those of another window stand beside it, with the ratio of the rates and the patients in whom the rate fell, stayed and rose.
    """

    count: str
    at: str
    from_: str | None = Field(default=None, alias="from")

    @model_validator(mode="after")
    def _check(self) -> EventCountOutcome:
        if self.from_ == self.at:
            raise mistake("a window is compared with itself", do="name two different windows", at=("from",))
        return self

    @property
    def windows(self) -> tuple[str, ...]:
        """The windows whose events are counted, the earlier first."""
        return (self.at,) if self.from_ is None else (self.from_, self.at)
