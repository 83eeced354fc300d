"""What a day without an entry of a diary is, and how events are counted, as the Methods say it."""

from __future__ import annotations

from collections.abc import Collection

from caseseries.protocol.counted import Counted
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.specs import valued_plan
from caseseries.protocol.written import in_words
from caseseries.report.exhibits.words import capital, listed, measure_name
from caseseries.summary.model import Summary


def blank_words(summary: Summary, used: Collection[str]) -> str:
    """A sentence on measures of which days without an entry are days of 0, and one on sums of days; empty where there is none."""
    blank = [name for name, facts in summary.measures.items() if facts.blank_zero and name in used]
    told = ""
    if blank:
        names = listed([measure_name(summary.measures, name) for name in blank])
        told = (
            f" {capital(names)}: where days are added up or averaged, an observed day without an entry counted as 0, as this protocol declares; "
            "not so of patients without any entry, of days after the end of follow-up or before the known history, and of days with a code in "
            "place of a number."
        )
    fewer = [name for name in _of_values(summary) if summary.protocol.windows[name].recorded is not None]
    if fewer:
        told += (
            f" A sum at {listed(fewer)} is that of the days with a value, which may be fewer than those of the window: a day without a value "
            "is not known, and adds nothing."
        )
    return told


def _of_values(summary: Summary) -> list[str]:
    """The windows in which values are added up; of a window of events alone all are counted."""
    protocol = summary.protocol
    plans = [outcome.plan for outcome in summary.outcomes.values()]
    plans += [valued_plan(protocol, name) for name in protocol.valued]
    taken = {(slot.measure, slot.window) for plan in plans for slot in plan.slots}
    taken |= {
        (measure, one.in_)
        for one in (*protocol.include, *protocol.exclude)
        if isinstance(one, OfValue)
        for measure in one.measures
    }
    values = {window for measure, window in taken if not summary.measures[measure].counted}
    return [name for name, one in protocol.windows.items() if one.take == "sum" and name in values]


def count_words(summary: Summary, used: Collection[str]) -> str:
    """How events are counted, a sentence for each measure that does; empty where there is none."""
    told: list[str] = []
    for name, one in summary.protocol.measures.items():
        if not (isinstance(one, Counted) and name in used):
            continue
        what = f"events called {one.count} that begin in a window"
        rate = "" if one.per is None else f" per {in_words(one.per).removeprefix('1 ')}"
        which = "their number" if told and what in told[-1] else f"the number of {what}"
        days = f"{which}{rate.replace(' day', ' observed day')}"
        told.append(f"{measure_name(summary.measures, name)} is {days}")
    if not told:
        return ""
    return (
        f" {capital('; '.join(told))}. Events of one day are one. A number is known where every day of the window was observed, a rate where as many "
        "days were as the window asks for (all, where it asks for none); none recorded is none there alone. A day of an event that is not known "
        "exactly leaves a range, which decides where all of it decides alike."
    )
