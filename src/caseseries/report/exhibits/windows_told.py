"""In which windows an outcome takes its values, reads its visits, and looks for events: the sentences of the Methods."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.protocol.protocol import Protocol
from caseseries.protocol.tree import FreeOfEvent, HeldRule, Occurrence, Tree, UnchangedDrug
from caseseries.protocol.visits_read import reads_visits
from caseseries.summary.model import Summary
from caseseries.verdict.names import window_days
from caseseries.verdict.numbers import listed
from caseseries.verdict.question_words import fact_words
from caseseries.verdict.rule_text import describe_days, describe_window


def windows_of(summary: Summary, tree: Tree, at: str) -> list[str]:
    """The windows of the protocol that an outcome asks for, the earlier ones first."""
    asked = dict.fromkeys([*(slot.window for slot in tree.slots), *(one.window for one in tree.questions), at])
    windows = summary.protocol.windows
    return sorted((one for one in asked if one in windows), key=lambda one: (windows[one].from_, one))


def windows_told(summary: Summary, tree: Tree, at: str) -> str:
    """What is taken, looked for and read in each of them; each sentence begins with a blank."""
    protocol, windows = summary.protocol, windows_of(summary, tree, at)
    valued, held = _valued(tree), {one.window for one in tree.held}
    taken = [f"{window} ({_taken(summary, tree, window)})" for window in windows if window in valued]
    told = f" Values were taken at {' and at '.join(taken)}." if taken else ""
    told += _looked_for(protocol, tree, windows) + looked_back_told(protocol, tree.held)
    if at not in {*valued, *(one.window for one in tree.questions)}:
        told += f" It was judged at {at} ({describe_window(protocol.windows[at])})."
    if held:
        read = [f"{window} ({describe_days(protocol.windows[window])})" for window in windows if window in held]
        told += f" Every visit was read in {' and in '.join(read)}. A visit of which the rule is not known is neither yes nor no."
    return told


def one_visit_told(summary: Summary, tree: Tree) -> str:
    """That the measures of a window come from one visit, where some window of values says so."""
    windows = [summary.protocol.windows.get(one) for one in _valued(tree)]
    same = any(window is not None and window.components == "same visit" for window in windows)
    return " The measures of one window come from one visit." if same else ""


def _valued(tree: Tree) -> set[str]:
    return {slot.window for slot in tree.slots}


def _taken(summary: Summary, tree: Tree, window: str) -> str:
    """The days of a window and what is taken of them; of events alone all are counted, whatever it takes of values."""
    here = {slot.measure for slot in tree.slots if slot.window == window}
    if here and all(summary.measures[measure].counted for measure in here):
        return f"{window_days(summary.protocol.windows[window])}, whose events are counted"
    return describe_window(summary.protocol.windows[window])


def _looked_for(protocol: Protocol, tree: Tree, windows: Sequence[str]) -> str:
    """In which windows events, and changes of drugs, were looked for."""
    told = ""
    for kinds, what in (((Occurrence, FreeOfEvent), "Events"), ((UnchangedDrug,), "Changes of drugs")):
        asked = {one.window for one in tree.questions if isinstance(one, kinds)}
        days = [f"{window} ({window_days(protocol.windows[window])})" for window in windows if window in asked]
        told += f" {what} were looked for in {' and in '.join(days)}." if days else ""
    return told


def looked_back_told(protocol: Protocol, rules: Sequence[HeldRule]) -> str:
    """Which events were looked back for from each visit of rules that are held; empty where there are none, else it begins with a blank."""
    told = ""
    for held in rules:
        sought = [fact_words(one) for one in held.tree.looked_back]
        day = "visit" if reads_visits(protocol, held) else "day"
        told += f" From each {day} in {held.window} was looked back for {listed(sought)}." if sought else ""
    return told
