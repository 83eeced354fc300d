"""On which visit days of a window a rule must hold: every one, so many, or a run of them for so long."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from caseseries.protocol.written import Days, Written, YesNo, mistake

EVERY_VISIT = "every visit"

_TIMES = re.compile(r"(\d+) visits?")


def _on(written: Any) -> Any:
    """`every visit` or `2 visits`, with single spaces."""
    plain = " ".join(str(written).split())
    found = _TIMES.fullmatch(plain)
    if plain != EVERY_VISIT and (found is None or int(found[1]) < 1):
        raise mistake("not visits that are counted", "every visit, 2 visits, 3 visits, ...")
    return plain if found is None else f"{int(found[1])} visits"


class OnVisits(Written):
    """The visit days of a window on which a rule is read, and on which of them it must hold.

    `on: every visit`: on all, at least one. `on: 2 visits`: on so many different days, each at least `apart` after the one before; with
    `consecutive: yes` there is no visit between them on which it does not hold. `lasting`: a run of visit days on all of which it holds,
    from the first to the last at least so long, no two neighbours further apart than `gap`.
    """

    in_: str = Field(alias="in")
    on: (
        Annotated[
            str, BeforeValidator(_on), WithJsonSchema({"type": "string", "examples": ["every visit", "2 visits"]})
        ]
        | None
    ) = None
    apart: Days | None = None
    consecutive: YesNo = False
    lasting: Days | None = None
    gap: Days | None = None

    @property
    def times(self) -> int:
        """On how many visits it must hold; 0 where that is not counted."""
        found = _TIMES.fullmatch(self.on or "")
        return int(found[1]) if found else 0

    @model_validator(mode="after")
    def _check(self) -> OnVisits:
        if (self.on is None) is (self.lasting is None):
            raise mistake(
                "on which visits it must hold, is said in one way", "on: every visit, on: 2 visits, or lasting: 28 days"
            )
        if self.times < 2:
            for name, given in (("apart", self.apart is not None), ("consecutive", self.consecutive)):
                if given:
                    raise mistake(
                        f"`{name}` is said of several visits", "on: 2 visits or more", f"leave `{name}` out", at=(name,)
                    )
        if self.lasting is None and self.gap is not None:
            raise mistake("`gap` is said of a run of visits", "lasting: 28 days", "leave `gap` out", at=("gap",))
        if self.lasting is not None and self.gap is None:
            do = "write the longest time between two visits of a run, such as `gap: 45 days`"
            raise mistake(
                "a run of visits needs to know how far apart two of them may be", "gap: 45 days", do, at=("lasting",)
            )
        for name in ("apart", "lasting", "gap"):
            length = getattr(self, name)
            if length is not None and length < 1:
                raise mistake("not a length of time", "1 day or more", at=(name,))
        return self


class ForSoLong(Written):
    """A stretch of so many days somewhere in a window, without an event or on which a rule does not hold.

    For an event every day of the stretch was seen. For a rule the stretch is from a visit day to another, on all of which it is no, no two neighbours
    further apart than `gap`: the same as `held` of its contrary, `lasting` so long.
    """

    for_: Days = Field(alias="for")
    in_: str = Field(alias="in")
    gap: Days | None = None

    @model_validator(mode="after")
    def _check_stretch(self) -> ForSoLong:
        for name, length in (("for", self.for_), ("gap", self.gap)):
            if length is not None and length < 1:
                raise mistake("not a length of time", "1 day or more", at=(name,))
        event = isinstance(getattr(self, "free_of", ""), str)
        if event and self.gap is not None:
            raise mistake("`gap` is said of a rule that is read on visits", "a rule", "leave `gap` out", at=("gap",))
        if not event and self.gap is None:
            do = "write the longest time between two visits of a stretch, such as `gap: 45 days`"
            what = "a stretch of visits needs to know how far apart two of them may be"
            raise mistake(what, "gap: 45 days", do, at=("for",))
        return self
