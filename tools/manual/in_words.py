"""The windows and the rules of a spec as the Methods of a report say them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.manual.markdown import paragraphs
from tools.manual.spec_text import SpecText

from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.outcome import Several, VerdictOutcome
from caseseries.protocol.spells import SpellsOutcome
from caseseries.protocol.time_to import TimeToOutcome
from caseseries.protocol.tree import EACH_VISIT, HeldRule, grow
from caseseries.verdict.rule_text import describe_read, describe_rule, describe_window


def in_words(one: SpecText) -> str:
    """A list of the windows and of every outcome."""
    declared, measures = one.declared, all_measures(one.declared)
    said = [f"- *{name}*: {describe_window(window)}" for name, window in declared.windows.items() if _named(one, name)]
    for name, outcome in declared.outcomes.items():
        if isinstance(outcome, VerdictOutcome | Several):
            for called, words in _rules(name, outcome, measures).items():
                said.append(f"- **{called}**: {words.removeprefix(f'{called}: ')}")
            if outcome.among is not None:
                said.append(f"- asked only of cases with {describe_rule(outcome.among, measures, at=outcome.at)}")
        elif isinstance(outcome, TimeToOutcome):
            said.append(f"- **{name}**: {_time(outcome, measures)}")
        elif isinstance(outcome, SpellsOutcome):
            states = (
                f"{state} ({describe_rule(rule, measures, at=EACH_VISIT)})" for state, rule in outcome.spells.items()
            )
            said.append(f"- **{name}**: on each visit the first that holds of {', '.join(states)}")
    return paragraphs("In words, as the Methods of a report say it:", "\n".join(said)) if said else ""


def _time(outcome: TimeToOutcome, measures: Mapping[str, MeasureFacts]) -> str:
    """From what to what days are counted."""

    def visit(rule: object, window: str) -> str:
        return f"first visit with {describe_read(HeldRule(grow(rule, EACH_VISIT, measures), window, 1), measures)}"

    since = "" if outcome.start is None else f" from the {visit(outcome.start.rule, outcome.start.in_)}"
    if outcome.stop:
        return f"days{since} to the first day without {outcome.stop}"
    return f"days{since} to the {f'first {outcome.event}' if outcome.event else visit(outcome.time_to, outcome.in_)}"


def _rules(name: str, outcome: VerdictOutcome | Several, measures: Mapping[str, MeasureFacts]) -> dict[str, str]:
    """By outcome, level and reading, the rule in words."""
    if isinstance(outcome, VerdictOutcome):
        rules = {name: outcome.rule, **outcome.readings}
        return _shortened({called: describe_rule(rule, measures, at=outcome.at) for called, rule in rules.items()})
    found = {}
    for reading, levels in outcome.ways.items():
        called = f"{name}, {reading}" if reading else name
        for level, rule in zip(outcome.names[:-1], levels, strict=True):
            found[f"{called} {level}"] = describe_rule(rule, measures, at=outcome.at)
    return found | {f"{name} {outcome.names[-1]}": "all others"}


def _shortened(told: dict[str, str]) -> dict[str, str]:
    """The points of a score written out once, where several rules compare the same sum."""
    seen = ""
    found = {}
    for called, words in told.items():
        head, _, how = words.partition(" points: ")
        found[called] = f"{head} points, counted as above" if how and how == seen else words
        seen = seen or how
    return found


def _named(one: SpecText, window: str) -> bool:
    """Whether a window is of this spec: declared by it, or named by its outcomes; the base protocol has two."""
    text = one.protocol()
    return bool(re.search(rf"(?<![\w]){re.escape(window)}(?![\w])", text)) or (
        window == "baseline" and bool(re.search(r"\b(gain|decrease|rises|falls|improves|worsens|change):", text))
    )
