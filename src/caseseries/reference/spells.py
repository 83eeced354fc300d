"""The spells of one case: its visits walked one after the other, each with the state that it was in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caseseries.protocol.specs import OutcomePlan, Spec, visit_measure
from caseseries.protocol.spell_plan import states_of
from caseseries.protocol.spells import SpellEnd
from caseseries.reference.case import CaseAnswer
from caseseries.reference.follow_up import index_period
from caseseries.reference.held_rule import Read, read_days
from caseseries.reference.questions import answers
from caseseries.reference.record import Indexed
from caseseries.reference.time_days import partial_spans
from caseseries.reference.time_stops import seen_to
from caseseries.stats.tally import Tally
from caseseries.verdict.spells import CaseSpells, Spell
from caseseries.verdict.trace import Truth

_ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}


def spells_of(study: Indexed, case: CaseAnswer, plan: OutcomePlan, spec: Spec) -> CaseSpells:
    """The spells of one included case that belongs to the outcome."""
    outcome, states = study.protocol.spells[plan.name], states_of(plan)
    window = spec.windows[outcome.in_]
    if any(low <= window.to and high >= window.from_ for low, high in partial_spans(study, case, states[0])):
        return CaseSpells(case.case_id, because="date not exact")
    days: list[dict[int, Read]] = []
    for held in states:
        read = read_days(study, case, plan, spec, held, answers(study, case, plan, spec, held.tree))
        days.append({one.day: one for one in read if _followed(study, case, plan, one.day)})
    on_visits = [day for day, one in sorted(days[0].items()) if one.visited]
    if not on_visits:
        return CaseSpells(case.case_id, because="no visit in window")
    visits = [(day, _state(outcome.states, [of_state[day] for of_state in days])) for day in on_visits]
    spells = _spells(outcome.gap, outcome.states, days, visits)
    if spells and spells[-1].last == visits[-1][0]:
        last = spells[-1]
        near = (
            window.to - last.last <= outcome.gap
        )  # of an end further away nobody can say that the spell went on to it
        ended: SpellEnd = "end of window" if near and seen_to(case) >= window.to else "no later visit"
        spells[-1] = Spell(last.state, last.first, last.last, last.visits, ended)
    perhaps = [
        name
        for name, of_state in zip(outcome.states, days, strict=True)
        if any(of_state[day].truth is None for day in on_visits) and not any(one.state == name for one in spells)
    ]
    return CaseSpells(case.case_id, tuple(spells), tuple(visits), tuple(perhaps))


def _followed(study: Indexed, case: CaseAnswer, plan: OutcomePlan, day: int) -> bool:
    """Whether a day was followed: of doses alone every day of the window is read, and nobody was seen on those after follow-up or before it."""
    assert case.index is not None
    if any(visit_measure(study.protocol, slot.measure) for held in states_of(plan) for slot in held.daily):
        return True
    period = index_period(study.patients[case.patient], case.index)
    return day <= seen_to(case) and (period is None or case.index + day >= period[0])


def _state(names: Sequence[str], of_day: Sequence[Read]) -> str | None:
    """The state of a day, empty where it is none of them, None where that is not known."""
    truths = [one.truth for one in of_day]
    if True in truths:
        return names[truths.index(True)]
    return None if None in truths else ""


def _spells(
    gap: int, names: Sequence[str], days: Sequence[dict[int, Read]], visits: Sequence[tuple[int, str | None]]
) -> list[Spell]:
    """The runs of visits in one state, the last of them as though a further visit came."""
    found: list[Spell] = []
    open_one: Spell | None = None
    for day, state in visits:
        if open_one is not None:
            ended = _ended(gap, dict(zip(names, days, strict=True))[open_one.state], open_one, day, state)
            if ended is None:
                open_one = Spell(open_one.state, open_one.first, day, open_one.visits + 1, "no later visit")
                continue
            then = state if ended == "another state" and state else ""
            found.append(Spell(open_one.state, open_one.first, open_one.last, open_one.visits, ended, then))
        open_one = Spell(state, day, day, 1, "no later visit") if state else None
    return found if open_one is None else [*found, open_one]


def _ended(gap: int, of_state: dict[int, Read], one: Spell, day: int, state: str | None) -> SpellEnd | None:
    """How a spell ended before the visit of this day; None where it goes on."""
    if state is None:
        return "not known"
    if not state:
        return "no state"
    if state != one.state:
        return "another state"
    if day - one.last > gap:
        return "gap"
    between = {of_state[other].truth for other in range(one.last + 1, day) if other in of_state}
    if False in between:
        return "between visits"
    return "not known" if between else None


def count_spells(counts: Tally, name: str, states: Sequence[str], found: Iterable[CaseSpells]) -> None:
    """Count the spells of all cases: in how many each state was seen, the spells of it, and what followed what."""
    for one in found:
        if one.because is not None:
            counts.add(("no spells", name, one.because))
            continue
        for state in states:
            counts.add(("spells", name, state, _ANSWERS[one.seen(state)]))
        for spell in one.spells:
            counts.add(("spell", name, spell.state, spell.ended, spell.days))
            if spell.then:
                counts.add(("spell then", name, spell.state, spell.then))
