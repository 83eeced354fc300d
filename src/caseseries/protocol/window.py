"""Windows: on which days a value may have been taken, and which one is chosen."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pydantic import Field, model_validator

from caseseries.protocol.window_end import PastLength
from caseseries.protocol.written import OPEN_END, OPEN_START, Days, Written, YesNo, in_words, mistake

Take = Literal["nearest", "last", "first", "best", "worst", "highest", "lowest", "mean", "sum"]
Tie = Literal["earlier", "later", "better", "worse", "mean"]
SameDay = Literal["best", "worst", "highest", "lowest", "mean", "not evaluable"]
Components = Literal["same visit", "nearest each"]

#: What takes a day, whatever its value; so that a whole visit can be taken.
DAY_TAKES: Final[tuple[Take, ...]] = ("nearest", "last", "first")
#: What takes a value of all days of the window, or makes one.
VALUE_TAKES: Final[tuple[Take, ...]] = tuple(take for take in get_args(Take) if take not in DAY_TAKES)


class Window(Written):
    """Days around the index date (day 0), both ends included, and how one value is chosen among them.

    `tie` settles two days equally near the target, `same_day` two different values on one day. Both may be left
    out until the data raise the question; then the run stops once and lists every case.

    `components` says whether the measures of one outcome must come from the same visit (one day is chosen, and
    what was not recorded that day is absent) or are each taken by themselves.

    `recorded` is the least number of days with a value that a mean, a highest or lowest, a best or worst of the window rests on, as of a diary;
    of fewer it is not evaluable, for days without an entry are not known and not 0. A `sum` without `recorded` needs a value on every day of the
    window; with it, it is the sum of the recorded days, which is told with how many they are.

    Two windows of one outcome that share days are refused unless one of them says `overlap: yes`: one value could count in both.

    With `until` the window of a case ends on the day on which the first event or diagnosis of that name begins in it, that day included, and with
    `length` after so many days as the patient's own past gives; `to` is then the last day that it may have. Such a window is for what a rule asks
    besides values: what occurs or is held in it, what it is free of.
    """

    from_: Days = Field(alias="from")
    to: Days
    target: Days | None = None
    take: Take
    tie: Tie | None = None
    same_day: SameDay | None = None
    components: Components = "same visit"
    overlap: YesNo = False
    recorded: Days | None = None
    until: str | None = None
    length: PastLength | None = None

    @model_validator(mode="after")
    def _check(self) -> Window:
        if self.from_ > self.to:
            raise mistake("the window ends before it begins", "from <= to", "exchange `from` and `to`", at=("to",))
        if self.until is not None and self.length is not None:
            raise mistake("a window ends with an event or after a length, not both", do="leave one out", at=("until",))
        if self.recorded is not None and self.take in DAY_TAKES:
            what = "one day is taken, so that no number of days is asked for"
            raise mistake(what, ", ".join(VALUE_TAKES), "leave it out", at=("recorded",))
        if self.recorded is not None and not 1 <= self.recorded <= self.to - self.from_ + 1:
            most = self.to - self.from_ + 1
            raise mistake("so many days the window has not", f"1 to {most} days", at=("recorded",))
        if self.take == "sum" and (self.from_ <= OPEN_START or self.to >= OPEN_END):
            raise mistake(
                "a sum is of days that are told, and this window is open", "a first and a last day", at=("take",)
            )
        if self.take == "nearest" and self.target is None:
            raise mistake(
                "`take: nearest` needs a `target`", "target: a day inside the window, such as 91 days", at=("take",)
            )
        if self.target is not None and not self.from_ <= self.target <= self.to:
            raise mistake(
                "the target lies outside the window", f"{in_words(self.from_)} to {in_words(self.to)}", at=("target",)
            )
        return self

    @property
    def days(self) -> int:
        """How many days it has; of one that moves, at most."""
        return int(self.to - self.from_ + 1)

    @property
    def moves(self) -> bool:
        """Whether its last day differs from case to case."""
        return self.until is not None or self.length is not None

    @property
    def least(self) -> int | None:
        """How many days with a value it needs at least; None where one is enough. A sum needs all of them unless it says otherwise."""
        return self.days if self.take == "sum" and self.recorded is None else self.recorded
