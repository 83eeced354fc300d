"""Spells in the states of an outcome, from counts: in how many cases each state was seen, its spells, their days, and what followed what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.spell_plan import spell_plan
from caseseries.protocol.spells import SPELL_ENDS, SpellEnd, SpellsOutcome
from caseseries.stats.frequency import Frequencies
from caseseries.summary.result import Count, Reason, Result
from caseseries.summary.result_rows import description
from caseseries.summary.shares import share
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.spells import CaseSpells, spells_sentence

#: Why a share is a range.
NOT_ON_EVERY_VISIT = "of some cases the state is not known on every visit"
#: The columns of a table of spells, one row each.
SPELL = (
    "case_id", "outcome", "state", "first", "last", "days", "visits", "ended", "then", "visits_read", "not_known", "because", "sentence",
)  # fmt: skip
#: What is told of how long spells were.
LENGTHS = ("median", "minimum", "maximum")
#: The columns of a table of states.
STATE = (
    "outcome", "state", "yes", "no", "not_evaluable", "seen", "seen.lower", "seen.upper", "seen.absent_because", "spells", "days", *LENGTHS,
    "ended", "then",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StateSummary:
    """One state: the cases in which it was surely seen (`yes`), surely not, or of which that is not known; `seen` is the share of all of them, a
    range without an interval where it is not known of some.

    `spells` are its spells in all cases, `ended` how they ended, `days` the days from the first visit of a spell to its last, of all spells
    together, and `lengths` the median, least and most of one spell. `then` counts the states that followed it on the next visit.
    """

    state: str
    yes: int
    no: int
    not_evaluable: int
    seen: Result
    spells: int
    ended: Mapping[SpellEnd, int]
    days: int
    lengths: Mapping[str, Result]
    then: Mapping[str, int]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class SpellsSummary:
    """Everything that is counted of one outcome of spells.

    `n` are the cases whose visits were read, `without` the others by reason, and `withheld` cases of sites that told nothing of it. `measures` are
    those that its rules read.
    """

    name: str
    outcome: SpellsOutcome
    plan: OutcomePlan
    n: int
    without: tuple[Reason, ...]
    withheld: int
    states: tuple[StateSummary, ...]
    measures: tuple[str, ...] = ()

    __repr__ = brief

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number with its interval, or that describes."""
        return tuple(one for state in self.states for one in (state.seen, *state.lengths.values()))


def spells_summary(protocol: Protocol, reader: TallyReader, name: str, included: int, level: Fraction) -> SpellsSummary:
    """One outcome of spells."""
    outcome, plan = protocol.spells[name], spell_plan(protocol, name)
    without = tuple(Reason(str(why), n) for (why,), n in reader.under("no spells", name).items())
    withheld = reader.withheld("spells", name)
    n = included - withheld - sum(one.n.low for one in without)
    states = tuple(_state(reader, name, state, outcome, n, level) for state in outcome.states)
    measures = tuple(dict.fromkeys(slot.measure for slot in plan.measured))
    return SpellsSummary(name, outcome, plan, n, without, withheld, states, measures)


def _state(reader: TallyReader, name: str, state: str, outcome: SpellsOutcome, n: int, level: Fraction) -> StateSummary:
    yes, no, unknown = (reader.exact("spells", name, state, answer) for answer in ("yes", "no", "not evaluable"))
    ensure(yes + no + unknown == n, "every case whose visits were read was in a state, was not, or it is not known")
    ended: dict[SpellEnd, int] = dict.fromkeys(SPELL_ENDS, 0)
    lengths: dict[int, int] = {}
    for (how, days), found in reader.under("spell", name, state).items():
        ending = next(one for one in SPELL_ENDS if one == how)
        ended[ending] += found.low
        lengths[int(days)] = lengths.get(int(days), 0) + found.low
    then = {other: reader.exact("spell then", name, state, other) for other in outcome.states if other != state}
    ensure(sum(then.values()) == ended["another state"], "what a spell was followed by is a state")
    at, label = f"{name}/spells/{state.replace('/', ' or ')}", f"{name}, {state}"
    told = description(f"{at}/days", f"{label}, days of a spell", Frequencies.of(lengths, 1), "days")
    return StateSummary(
        state,
        yes,
        no,
        unknown,
        share(f"{at}/seen", f"{label}, seen", Count(yes, yes + unknown), Count.of(n), level, why=NOT_ON_EVERY_VISIT),
        sum(lengths.values()),
        {ending: count for ending, count in ended.items() if count},
        sum(days * count for days, count in lengths.items()),
        {part: told[part] for part in LENGTHS},
        then,
    )


def state_rows(found: SpellsSummary) -> Iterator[dict[str, Any]]:
    """One row per state: in how many cases it was seen, its spells and their days, how they ended and what followed."""
    for one in found.states:
        counts = (one.yes, one.no, one.not_evaluable, one.seen.estimate, one.seen.lower, one.seen.upper)
        lengths = (one.lengths[part].estimate for part in LENGTHS)
        sides = ("; ".join(f"{word}: {n}" for word, n in side.items()) for side in (one.ended, one.then))
        told = (found.name, one.state, *counts, one.seen.absent_because, one.spells, one.days, *lengths, *sides)
        yield dict(zip(STATE, told, strict=True))


def spell_rows(name: str, spelled: Iterable[CaseSpells]) -> Iterator[dict[str, Any]]:
    """One row per spell of the included cases; of a case without any one row that says why."""
    for one in spelled:
        unknown = sum(state is None for _, state in one.visits)
        read = (None, None) if one.because is not None else (len(one.visits), unknown)
        sentence = spells_sentence(one)
        for spell in one.spells:
            told = (spell.state, spell.first, spell.last, spell.days, spell.visits, spell.ended, spell.then or None)
            yield dict(zip(SPELL, (one.case_id, name, *told, *read, None, sentence), strict=True))
        if not one.spells:
            none = (*[None] * 7, *read, one.because or "no spell", sentence)
            yield dict(zip(SPELL, (one.case_id, name, *none), strict=True))
