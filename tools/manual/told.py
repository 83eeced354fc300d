"""What the reference says of each patient of a spec, in the words of `caseseries explain`.

That the stages say the same on every engine is tested for each spec (tests/spec/test_spec_published.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.spec.small import chart
from tests.spec.spec_file import excluded
from tools.manual.spec_text import SpecText

from caseseries.chart.tables import Chart
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, plan, time_plan
from caseseries.protocol.spell_plan import spell_plan
from caseseries.reference.case import CaseAnswer
from caseseries.reference.oracle import case_spells, case_time, cases, verdict
from caseseries.summary.between import Codes, codes_of, of_case, with_codes
from caseseries.summary.case_levels import under
from caseseries.summary.explain import not_included
from caseseries.summary.from_reference import with_derived
from caseseries.verdict.level_sentence import level_labels, level_sentence, level_words, possible
from caseseries.verdict.narrator import Told, sentence_of
from caseseries.verdict.spells import spells_sentence, visit_lines
from caseseries.verdict.time_to import CaseTime, time_sentence
from caseseries.verdict.trace import Verdict
from caseseries.verdict.trace_lines import EVENT, trace_lines

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
ANSWERS = {True: "yes", False: "no", None: "not evaluable"}


@dataclass(frozen=True)
class Answer:
    """One answer about one case: that in a word, the sentence, and the rule part by part."""

    outcome: str
    reading: str
    word: str
    sentence: str
    trace: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """The outcome, or its reading."""
        return self.reading or self.outcome


@dataclass
class CaseTold:
    """Everything that is said of one case."""

    case_id: str
    answers: list[Answer] = field(default_factory=list)


@dataclass
class _Study:
    """A spec about to be answered."""

    protocol: Protocol
    chart: Chart
    measures: Mapping[str, MeasureFacts]
    codes: Codes

    def told(self, outcome: OutcomePlan, spec: Spec, case: CaseAnswer) -> tuple[Verdict, Told]:
        """One verdict, about to be told."""
        found = verdict(self.protocol, self.chart, case, outcome, spec)
        between = of_case(self.protocol, self.chart, case, found, (), spec)
        noted = with_codes(self.codes, case, found, spec)
        return found, Told(spec.tree, noted, self.measures, self.protocol, spec, between)


def all_told(spec: SpecText) -> list[CaseTold]:
    """By case, each outcome as `explain` tells it."""
    protocol = spec.declared
    table = chart(spec.written["chart"], protocol)
    asked = _Study(protocol, table, all_measures(protocol), codes_of(with_derived(protocol, table)))
    plans = [plan(protocol, name) for name in protocol.verdicts]
    found = []
    for case in cases(protocol, table):
        told = CaseTold(case.case_id)
        found.append(told)
        if not case.included:
            told_why = not_included(protocol, case.failed, undetermined=case.undetermined)
            word = "could not be determined" if case.undetermined else "not included"
            told.answers.append(Answer("", "", word, told_why))
            assert excluded(case)
            continue
        for outcome in plans:
            if outcome.part is None or outcome.part.widest:
                told.answers += [_answer(asked, outcome, one, case) for one in outcome.specs if one.role != "grid"]
        for name in protocol.times:
            told.answers.append(_time(protocol, table, name, case))
        for name in protocol.spells:
            spelled = case_spells(protocol, table, case, spell_plan(protocol, name))
            word = "; ".join(one.state for one in spelled.spells) or spelled.because or "no spell"
            told.answers.append(Answer(name, "", word, f"{name}: {spells_sentence(spelled)}", visit_lines(spelled)))
    return found


def _answer(asked: _Study, outcome: OutcomePlan, spec: Spec, case: CaseAnswer) -> Answer:
    reading = "" if spec.primary else spec.reading
    found, told = asked.told(outcome, spec, case)
    word, sentence, labels = ANSWERS[found.truth], sentence_of(told), dict[str, str]()
    if found.inside is not True:
        word = "outside" if found.inside is False else "not known whether inside"
    if outcome.part is not None:
        declared = asked.protocol.levels[outcome.outcome]
        sides = [
            [asked.told(one, under(one, spec.reading), case) for one in (plan(asked.protocol, name) for name in names)]
            for names in (declared.exactly(outcome.outcome), declared.at_least(outcome.outcome))
        ]
        exactly, at_least = ([one[1] for one in side] for side in sides)
        sentence, labels = level_sentence(outcome.outcome, exactly, at_least), level_labels(outcome)
        word = level_words(outcome.part.names, possible([one[0] for one in sides[0]]), outcome.part.one)
        labels[EVENT] = word
    lines = trace_lines(spec.tree, told.verdict, asked.measures, asked.protocol, spec, told.between, labels)
    return Answer(outcome.outcome, reading, word, sentence, tuple(lines))


def _time(protocol: Protocol, table: Chart, name: str, case: CaseAnswer) -> Answer:
    found: CaseTime = case_time(protocol, table, case, time_plan(protocol, name))
    declared = protocol.times[name]
    word = f"{found.ending}, {_day_of(found)}" if found.ending else "no time"
    return Answer(name, "", word, f"Time to {name}: {time_sentence(found, declared)}")


def _day_of(found: CaseTime) -> str:
    """The day on which a time ended, and that from which it counts where it is not the index date."""
    assert found.day is not None
    return f"day {found.day}" + (f" (from day {found.start})" if found.start else "")


def days_counted(spec: SpecText) -> str:
    """From which day of the chart the answers count, where that is another day than 0 for some case."""
    protocol = spec.declared
    table = chart(spec.written["chart"], protocol)
    found = {case.case_id: case.index for case in cases(protocol, table) if case.index is not None}
    if not any(found.values()):
        return ""
    told = "Days of a sentence count from the index date, day 0"
    if _DATE.search(spec.written["chart"]):
        return f"{told}."
    return f"{told}: {', '.join(f'day {day} of the chart for {case}' for case, day in found.items())}."
