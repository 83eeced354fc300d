"""The spells of one case in the states of an outcome, and the sentence that tells them.

The stages and the oracle both return it, and must return the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, get_args

from caseseries.protocol.spells import SpellEnd
from caseseries.protocol.time_to import OUTSIDE
from caseseries.verdict.numbers import day_text

#: Why a case has no spells though nobody can say that it was in none of the states.
Spelless = Literal["outside the denominator", "denominator not known", "date not exact", "no visit in window"]

#: The reasons by their number in the engine, which counts from 1.
SPELLESS: Final[tuple[Spelless, ...]] = get_args(Spelless)


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of visits in one state: the first and the last day on which it was seen, on how many visits, how it ended, and the state `then`."""

    state: str
    first: int
    last: int
    visits: int
    ended: SpellEnd
    then: str = ""

    @property
    def days(self) -> int:
        """The days from the first on which it was seen to the last; 0 of a state that was seen once."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class CaseSpells:
    """The spells of one case in their order, or `because` of what there are none.

    `visits` are the days that were read, each with its state: empty where it was in none, None where that is not known. `perhaps` are the states
    that were not seen for certain and may be those of such a day.
    """

    case_id: str
    spells: tuple[Spell, ...] = ()
    visits: tuple[tuple[int, str | None], ...] = ()
    perhaps: tuple[str, ...] = ()
    because: Spelless | None = None

    def seen(self, state: str) -> bool | None:
        """Whether the case was seen in a state; None where that is not known."""
        if any(one.state == state for one in self.spells):
            return True
        return None if self.because is not None or state in self.perhaps else False


_ENDED: dict[SpellEnd, str] = {
    "another state": "then {then}",
    "no state": "then none of the states",
    "not known": "then not known",
    "gap": "the next visit of it was too far away",
    "between visits": "not so between two visits",
    "end of window": "followed to the end of the window",
    "no later visit": "no later visit",
}


def spell_text(one: Spell) -> str:
    """One spell in short.

    >>> spell_text(Spell("remission", 30, 120, 4, "another state", "relapse"))
    'remission, day 30 to day 120 (4 visits), then relapse'
    >>> spell_text(Spell("relapse", 150, 150, 1, "no later visit"))
    'relapse, day 150 (1 visit), no later visit'
    """
    days = day_text(one.first) + ("" if one.first == one.last else f" to {day_text(one.last)}")
    visits = f"{one.visits} {'visit' if one.visits == 1 else 'visits'}"
    return f"{one.state}, {days} ({visits}), {_ENDED[one.ended].format(then=one.then)}"


def spells_sentence(found: CaseSpells) -> str:
    """What became of one case, in a sentence.

    >>> spells_sentence(CaseSpells("a", (Spell("well", 0, 60, 2, "no state"),), ((0, "well"), (60, "well"), (90, ""))))
    'Well, day 0 to day 60 (2 visits), then none of the states. Of 3 visits 1 was in none of the states.'
    >>> spells_sentence(CaseSpells("b", because="no visit in window"))
    'Not evaluable: no visit in window.'
    """
    if found.because == OUTSIDE:
        return "Not counted: outside the denominator of this outcome."
    if found.because is not None:
        return f"Not evaluable: {found.because}."
    told = "; ".join(map(spell_text, found.spells))
    sentences = [f"{told[:1].upper()}{told[1:]}."] if told else []
    sides = (("", "in none of the states"), (None, "not known"))
    counted = [(sum(state == side for _, state in found.visits), words) for side, words in sides]
    beside = " and ".join(f"{n} {'was' if n == 1 else 'were'} {words}" for n, words in counted if n)
    if beside:
        n = len(found.visits)
        sentences.append(f"Of {n} {'visit' if n == 1 else 'visits'} {beside}.")
    return " ".join(sentences)


def visit_lines(found: CaseSpells) -> tuple[str, ...]:
    """The visits that were read, neighbours of one state together.

    >>> visit_lines(CaseSpells("a", visits=((0, "well"), (60, "well"), (90, ""), (120, None))))
    ('day 0 to day 60 (2 visits): well', 'day 90: none of the states', 'day 120: not known')
    """
    told = []
    for state, days in groupby(found.visits, key=lambda one: one[1]):
        read = [day for day, _ in days]
        last = f" to {day_text(read[-1])} ({len(read)} visits)" if len(read) > 1 else ""
        words = "not known" if state is None else state or "none of the states"
        told.append(f"{day_text(read[0])}{last}: {words}")
    return tuple(told)
