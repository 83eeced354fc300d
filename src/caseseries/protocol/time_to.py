"""How long until a rule is first seen to hold, or an event begins; and how the time of a case ends without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Discriminator, Field, Tag, model_validator

from caseseries.protocol.rule import Held, Rule, RuleBase
from caseseries.protocol.written import Days, Written, YesNo, mistake

#: What may end the time of a case before the event does: it makes the event impossible, or hides it.
Stop = Literal["death", "drug stopped"]
#: What nobody sees beyond.
Censoring = Literal["lost", "data cutoff", "death", "drug stopped"]
Ending = Literal["event", "death", "drug stopped", "end of window", "data cutoff", "lost"]

STOPS: Final[tuple[Stop, ...]] = get_args(Stop)
#: The ways in which the time of a case ends; on one day the one that stands first counts.
ENDINGS: Final[tuple[Ending, ...]] = get_args(Ending)
#: What is censored where the protocol says nothing else.
UNSEEN: Final[tuple[Censoring, ...]] = ("lost", "data cutoff")

#: Why a case has no time though the answer is known: what is looked for had come about by the index date, or by the start; what the time counts
#: from was never seen, or only after the time had ended.
AT_INDEX: Final = "already at the index date"
AT_START: Final = "already at the start"
NOT_BEGUN: Final = "the start was not met"
BEGUN_LATE: Final = "the time ended before the start was met"
OUTSIDE: Final = "outside the denominator"
NOT_AT_RISK: Final = (OUTSIDE, AT_INDEX, AT_START, NOT_BEGUN, BEGUN_LATE)

INDEX_DATE: Final = "index date"


@dataclass(frozen=True, slots=True)
class Start:
    """From when a time counts: the first visit day of a window on which a rule holds, or by which it has held for so long."""

    rule: RuleBase
    in_: str
    lasting: int | None = None
    gap: int | None = None


class StudyDrugStopped(Written):
    """The first day without the study drug, named as the index date names it (`{stop: mycophenolate mofetil}`)."""

    stop: str


def _rule_or_name(value: Any) -> str:
    if isinstance(value, StudyDrugStopped) or (isinstance(value, dict) and "stop" in value):
        return "stop"
    return "rule" if isinstance(value, dict | RuleBase) else "event"


def _rule_or_index(value: Any) -> str:
    return "rule" if isinstance(value, dict | RuleBase) else "index date"


class TimeToOutcome(Written):
    """The days from the index date until a rule is first seen to hold, an event of a name begins, or the study drug is stopped, in a window.

    With another rule in `after` the time counts from the first visit day of the window on which that is seen to hold, and with
    `{held: RULE, in: WINDOW, lasting: 90 days, gap: 45 days}` from the first by which it has held for so long.
    The rule is read on each visit day of the window, as one that is held. `competing` are what makes it impossible before it came, and
    `censored` what hides whether it came; a case that is not seen to the end of the window is lost, or ends at the data cut-off. With `lasting` the
    day is the first on which the rule has held for so long, on visits no two of which are further apart than `gap`. `times` are the days at which
    the share who had it is told. `among` limits it to cases for which another rule holds, `readings` are other rules for what is looked for, reported
    beside it, and `good` says whether that is wanted.
    """

    time_to: Annotated[
        Annotated[str, Tag("event")] | Annotated[StudyDrugStopped, Tag("stop")] | Annotated[Rule, Tag("rule")],
        Discriminator(_rule_or_name),
    ]
    after: Annotated[
        Annotated[Literal["index date"], Tag("index date")] | Annotated[Rule, Tag("rule")],
        Discriminator(_rule_or_index),
    ] = INDEX_DATE
    in_: str = Field(alias="in")
    censored: tuple[Censoring, ...] = UNSEEN
    competing: tuple[Stop, ...] = ()
    lasting: Days | None = None
    gap: Days | None = None
    times: tuple[Days, ...] = ()
    good: YesNo | None = None
    among: Rule | None = None
    readings: dict[str, Rule] = {}

    @property
    def event(self) -> str:
        """The name of the event or diagnosis; empty where a rule is looked for."""
        return self.time_to if isinstance(self.time_to, str) else ""

    @property
    def stop(self) -> str:
        """The study drug, where its end is looked for; else empty."""
        return self.time_to.stop if isinstance(self.time_to, StudyDrugStopped) else ""

    @property
    def dated(self) -> bool:
        """Whether what is looked for has a day of its own, and is not read on visits: an event, or the end of the drug."""
        return isinstance(self.time_to, str | StudyDrugStopped)

    @property
    def start(self) -> Start | None:
        """What the time counts from; None where that is the index date."""
        if isinstance(self.after, str):
            return None
        if isinstance(self.after, Held):
            return Start(self.after.held, self.after.in_, self.after.lasting, self.after.gap)
        return Start(self.after, self.in_)

    @property
    def rules(self) -> tuple[RuleBase, ...]:
        """Every rule of it: what is looked for under every reading, what the time counts from, and who belongs to it."""
        found = () if isinstance(self.time_to, str | StudyDrugStopped) else (self.time_to,)
        start = () if self.start is None else (self.start.rule,)
        return (*found, *self.readings.values(), *start, *(() if self.among is None else (self.among,)))

    @model_validator(mode="after")
    def _check(self) -> TimeToOutcome:
        for field in ("censored", "competing"):
            written = getattr(self, field)
            if len(set(written)) < len(written):
                raise mistake("the same word twice", do="write it once", at=(field,))
        for word in UNSEEN:
            if word not in self.censored:
                allowed = ", ".join((*UNSEEN, *STOPS))
                raise mistake(f"a case that ends in `{word}` has no other ending", allowed, "name it", at=("censored",))
        both = sorted(set(self.competing) & set(self.censored))
        if both:
            what = f"{both[0]} competes or is censored, not both"
            raise mistake(what, do="leave it out of one of the two", at=("competing",))
        if "death" not in (*self.competing, *self.censored):
            do = "write `competing: [death]`, or, if the dead are to count like those who were lost, `death` under `censored`"
            raise mistake("what a death means is not said", "competing, censored", do)
        self._check_length()
        if self.dated and self.readings:
            do = "declare another outcome for another event, or ask for both by rules"
            what = "the end of the drug" if self.stop else "an event that is looked for by its name"
            raise mistake(f"{what} has no other reading", do=do, at=("readings",))
        for field in ("censored", "competing"):
            if self.stop and "drug stopped" in getattr(self, field):
                raise mistake(
                    "this is what the time waits for", "lost, data cutoff, death", "leave it out", at=(field,)
                )
        if isinstance(self.after, Held) and self.after.lasting is None and self.after.on != "1 visits":
            do = "write `on: 1 visit`, or how long it must have held by `lasting` and `gap`"
            raise mistake("a time begins on one day", "1 visit", do, at=("after", "on"))
        if list(self.times) != sorted(set(self.times)):
            raise mistake("these days are not in order", "each day once, the earliest first", at=("times",))
        return self

    def _check_length(self) -> None:
        """For how long a rule must have held, and how far apart its visits may be, are said together; an event lasts no time."""
        for name, other in (("lasting", "gap"), ("gap", "lasting")):
            length = getattr(self, name)
            if length is not None and self.dated:
                raise mistake(
                    f"{'the end of a drug' if self.stop else 'an event'} has a day and no length",
                    do=f"leave `{name}` out",
                    at=(name,),
                )
            if length is not None and length < 1:
                raise mistake("not a length of time", "1 day or more", at=(name,))
            if length is not None and getattr(self, other) is None:
                do = "write `lasting: 28 days, gap: 45 days`: for how long, and the longest time between two visits of it"
                raise mistake(f"`{name}` without `{other}`", "both", do, at=(name,))
