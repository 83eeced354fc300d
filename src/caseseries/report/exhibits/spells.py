"""Spells in states: how they were told apart, in how many cases each state was seen, its spells, what followed what, and every case."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.protocol.spell_plan import spell_plan, states_of
from caseseries.protocol.spells import SPELL_ENDS, SpellEnd
from caseseries.protocol.tree import EACH_VISIT
from caseseries.report.exhibits.count_words import count_text, ends_text
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table
from caseseries.report.exhibits.printed_numbers import (
    EN_DASH,
    absent,
    ci_text,
    ci_title,
    percent,
    percent_ends,
    percent_span,
    plain,
    share,
    share_in_words,
    span,
    whole,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, day, planned
from caseseries.summary.model import Summary
from caseseries.summary.spells import SpellsSummary, StateSummary
from caseseries.verdict.denominator import denominator_words
from caseseries.verdict.rule_text import describe_days, describe_rule
from caseseries.verdict.spells import spells_sentence

#: How a spell ended, in tables; the state that followed stands in a column of its own.
_ENDED: dict[SpellEnd, str] = {
    "another state": "another state",
    "no state": "none of the states",
    "not known": "not known",
    "gap": "next visit too far away",
    "between visits": "not so between two visits",
    "end of window": "followed to the end of the window",
    "no later visit": "no later visit",
}


def spell_methods(summary: Summary) -> str:
    """How spells were told, for the Methods; empty where there are none."""
    return " ".join(_method(summary, name) for name in summary.spells)


def _method(summary: Summary, name: str) -> str:
    outcome, plan = summary.protocol.spells[name], spell_plan(summary.protocol, name)
    window = summary.protocol.windows[outcome.in_]
    rules = "; ".join(f"{state}: {_own(summary, name, place)}" for place, state in enumerate(outcome.states))
    several = len(outcome.states) > 1
    read = "states were" if several else "state was"
    kinds = {summary.measures[slot.measure].kind for held in states_of(plan) for slot in held.daily}
    on = "day, here called a visit," if kinds == {"dose"} else "visit"
    told = f"For {name} the {read} read on every {on} on {describe_days(window)} ({rules})."
    if several:
        told += (
            " The first in this order that held is the state of the visit; where it is not known whether one before it "
            "held, neither is the state."
        )
    told += (
        f" A spell is a run of visits in one state, no two neighbours more than {counted(outcome.gap, 'day')} apart, with no visit between "
        "on which the case was in another state or in none, or on which that is not known. Its days are counted from the first visit on which it was "
        "seen to the last, so that a state seen once has 0 days, and the time to the next visit belongs to none. In how many cases a state was seen "
        "is told of all whose visits were read; where it is not known of some, as a range without an interval."
    )
    if "dose" in kinds and len(kinds) > 1:
        told += (
            " A dose from courses was read on every day: one between two visits on which the state surely was not, or is "
            "not known, ends a spell."
        )
    if summary.protocol.partial_dates == "bounds":
        told += " A case with a value or a recorded visit whose date is not known to the day and may lie in these days has no spells."
    if outcome.among is not None:
        told += f" Spells were looked for among {denominator_words(plan, summary.measures)}."
    if summary.protocol.case.per == "course":
        told += (
            " Every course is a case: a visit that lies in these days of two courses of one patient counts for both."
        )
    return told


def _own(summary: Summary, name: str, place: int) -> str:
    """The rule of a state as it is declared, without the states before it."""
    rules = list(summary.protocol.spells[name].spells.values())
    return describe_rule(rules[place], summary.measures, at=EACH_VISIT)


def spell_words(summary: Summary, name: str) -> Paragraph:
    """In how many cases each state was seen, and how many spells of it there were."""
    found, level = summary.spells[name], summary.protocol.reporting.level
    if not found.n:
        return Paragraph(f"{capital(name)}: {_nobody(found)}.")
    read = f"the visits of {whole(found.n)} were read" if found.n > 1 else "the visits of 1 were read"
    told = f"{capital(name)}: of {counted(summary.included - found.withheld, 'included case')} {read}"
    told += f" ({_without(found)})" if found.without else ""
    told += f". {'. '.join(capital(_seen_words(one, level)) for one in found.states)}."
    if found.withheld:
        told += f" Sites with {counted(found.withheld, 'case')} told nothing of this."
    return Paragraph(told)


def _seen_words(one: StateSummary, level: str) -> str:
    n, ends = one.yes + one.no + one.not_evaluable, percent_ends(one.seen)
    if not one.not_evaluable:
        told = f"{one.state} was seen in {share_in_words(one.yes, n)}{f', {ci_text(level, ends)}' if ends else ''}"
    else:
        most = one.yes + one.not_evaluable
        numbers, shares = span(whole(one.yes), whole(most)), percent_span(percent(one.yes, n), percent(most, n))
        told = f"{one.state} was seen in {numbers} of {whole(n)} ({shares}; not known of {whole(one.not_evaluable)})"
    if one.spells:
        told += f": {counted(one.spells, 'spell')}, {counted(one.days, 'day')} together"
    return told


def _seen_cell(one: StateSummary) -> Cell:
    """In how many of all cases whose visits were read a state was seen; from the least to the most where it is not known of some."""
    n, most = one.yes + one.no + one.not_evaluable, one.yes + one.not_evaluable
    if not one.not_evaluable:
        return Cell(share(one.yes, n))
    numbers, shares = span(whole(one.yes), whole(most)), span(percent(one.yes, n), percent(most, n))
    return Cell(f"{numbers}/{whole(n)} ({shares})")


def _nobody(found: SpellsSummary) -> str:
    if found.withheld and not found.without:
        return "not told by any site"
    return "the visits of no case could be read" + (f" ({_without(found)})" if found.without else "")


def _without(found: SpellsSummary) -> str:
    return "; ".join(f"{one.words} in {count_text(one.n)}" for one in found.without)


def spell_lines(summary: Summary) -> Iterator[str]:
    """Each state as a line of the headline."""
    for name, found in summary.spells.items():
        for one in found.states if found.n else ():
            yield f"{capital(name)}: {_seen_words(one, summary.protocol.reporting.level)}"
        if not found.n:
            yield f"{capital(name)}: {_nobody(found)}"


def states_table(summary: Summary, name: str) -> Table:
    """Each state: in how many cases it was seen, its spells and their days."""
    found, level = summary.spells[name], summary.protocol.reporting.level
    columns = (
        Column("State"),
        Column("Seen in, n/N (%)", "number"),
        Column(f"{ci_title(level)}, %", "number"),
        Column("Not known", "number"),
        Column("Spells", "number"),
        Column("Days in it", "number"),
        Column("Days of a spell, median (range)", "number"),
    )
    rows = tuple(
        Row(
            (
                Cell(capital(one.state)),
                _seen_cell(one).naming(one.seen),
                Cell(EN_DASH if one.not_evaluable else ends_text(one.seen)).naming(one.seen),
                _n(one.not_evaluable),
                _n(one.spells),
                _n(one.days),
                Cell(_length(one)).naming(*one.lengths.values()),
            )
        )
        for one in found.states
    )
    cases = f"Of {counted(summary.included, 'included case')} the visits of {whole(found.n)} were read"
    unknown = "a range where it is not known of some whether they were in the state"
    notes = [f"{cases}{f' ({_without(found)})' if found.without else ''}. N: those cases; {unknown}."]
    notes.append("Days are counted from the first visit of a spell to its last: a state that was seen once has 0 days.")
    if found.n:
        methods = dict.fromkeys(one.seen.method for one in found.states if not one.not_evaluable)
        notes += [f"Interval: {method_words(method)}." for method in methods]
    if found.outcome.among is not None:
        notes.append(f"Denominator: {denominator_words(found.plan, summary.measures)}.")
    if found.withheld:
        notes.append(f"Sites with {counted(found.withheld, 'case')} told nothing.")
    return Table(f"states-{slug(name)}", f"States of {name}", columns, rows, (*notes, *planned(summary)))


def _length(one: StateSummary) -> str:
    median, least, most = (one.lengths[part] for part in ("median", "minimum", "maximum"))
    if median.estimate is None or least.estimate is None or most.estimate is None:
        return EN_DASH if not one.spells else absent(median.absent_because)
    return f"{plain(median.estimate)} ({span(plain(least.estimate), plain(most.estimate))})"


def _n(n: int) -> Cell:
    return Cell(whole(n), n)


def following_table(summary: Summary, name: str) -> Table | None:
    """How the spells of each state ended: from one state to which, or how else; None where there are none."""
    found = summary.spells[name]
    if not any(one.spells for one in found.states):
        return None
    ends = [end for end in SPELL_ENDS if end != "another state"]
    columns = (
        Column("Spells of"),
        Column("n", "number"),
        *(Column(f"then {one.state}", "number") for one in found.states if len(found.states) > 1),
        *(Column(_ENDED[end], "number") for end in ends),
    )
    rows = tuple(
        Row(
            (
                Cell(capital(one.state)),
                _n(one.spells),
                *(
                    Cell(EN_DASH) if other.state == one.state else _n(one.then[other.state])
                    for other in found.states
                    if len(found.states) > 1
                ),
                *(_n(one.ended.get(end, 0)) for end in ends),
            )
        )
        for one in found.states
    )
    notes = (
        "Then: on the next visit, however long after. "
        f"Next visit too far away: of the same state, more than {counted(found.outcome.gap, 'day')} after. "
        "Followed to the end of the window: that is no further from the last visit than two visits of a spell may be. "
        "No later visit: none in the window, and its end is further away, or follow-up ended before it.",
    )
    return Table(f"following-{slug(name)}", f"What followed the spells of {name}", columns, rows, notes)


def spells_table(summary: Summary, name: str) -> Table:
    """Every included case with its spells, one row each; of a case without any, why."""
    rows = []
    for one in summary.shown.spells[name]:
        for place, spell in enumerate(one.spells):
            told = f"then {spell.then}" if spell.then else _ENDED[spell.ended]
            rows.append(
                Row(
                    (
                        Cell(one.case_id),
                        Cell(capital(spell.state)),
                        Cell(day(spell.first), spell.first),
                        Cell(day(spell.last), spell.last),
                        _n(spell.days),
                        _n(spell.visits),
                        Cell(capital(told)),
                        Cell(spells_sentence(one) if not place else ""),
                    )
                )
            )
        if not one.spells:
            blank = (Cell(""),) * 5
            rows.append(Row((Cell(one.case_id), Cell(EN_DASH), *blank, Cell(spells_sentence(one)))))
    columns = (
        Column("Case"),
        Column("State"),
        Column("First seen, day", "number"),
        Column("Last seen, day", "number"),
        Column("Days", "number"),
        Column("Visits", "number"),
        Column("Ended by"),
        Column("The case", "sentences"),
    )
    return Table(f"spells-{slug(name)}", f"Spells of {name}, every case", columns, tuple(rows), planned(summary))
