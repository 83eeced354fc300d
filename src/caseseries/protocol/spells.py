"""Spells: in which of several states a case was on each visit of a window, told as runs of visits in one state."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from caseseries.protocol.levels import any_of, of_each
from caseseries.protocol.rule import All, Not, Rule, RuleBase
from caseseries.protocol.written import Days, Written, mistake

#: How a spell ended: by what was seen on the next visit; the next visit of the same state is too far away; between the two its rule surely did not
#: hold (a dose is read on every day); there is no next visit, and follow-up reaches the end of the window or does not.
SpellEnd = Literal["another state", "no state", "not known", "gap", "between visits", "end of window", "no later visit"]

#: The ways in which a spell ends.
SPELL_ENDS: Final[tuple[SpellEnd, ...]] = get_args(SpellEnd)


class SpellsOutcome(Written):
    """The states of a case (remission, relapse), read on each visit day of a window in the order written: the first that holds is that of the day.

    A spell is a run of visit days in one state, no two neighbours further apart than `gap`. `among` limits the outcome to cases for which another
    rule holds.
    """

    #: The mapping of which the order decides, and so counts in the fingerprint.
    order_counts: ClassVar[tuple[str, ...]] = ("spells",)

    spells: Annotated[dict[str, Rule], BeforeValidator(of_each)]
    in_: str = Field(alias="in")
    gap: Days
    among: Rule | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the states, in the order in which they are tried."""
        return tuple(self.spells)

    @property
    def exactly(self) -> tuple[Any, ...]:
        """For each state the rule that it is the state of the day: its own, and none of those before it."""
        rules = list(self.spells.values())
        return (
            *rules[:1],
            *(
                All.model_construct(all=(Not.model_construct(not_=any_of(rules[:place])), rule))
                for place, rule in enumerate(rules)
                if place
            ),
        )

    @property
    def rules(self) -> tuple[RuleBase, ...]:
        """Every rule of it: of each state, and who belongs to it."""
        return (*self.spells.values(), *(() if self.among is None else (self.among,)))

    @model_validator(mode="before")
    @classmethod
    def _said(cls, written: Any) -> Any:
        """How far apart two visits of a spell may be is a choice that nobody else can make."""
        if isinstance(written, dict) and "gap" not in written:
            do = "write `gap: 120 days`: two visits of one state that are further apart are not one spell"
            raise mistake("how far apart two visits of a spell may be is not said", "gap", do)
        return written

    @model_validator(mode="after")
    def _check(self) -> SpellsOutcome:
        if not self.spells:
            raise mistake("no state is named", "NAME: RULE, NAME: RULE, ...", "name one or more", at=("spells",))
        if self.gap < 1:
            raise mistake("not a length of time", "1 day or more", at=("gap",))
        return self
