"""Adverse events on treatment and days at risk: the reference, day by day, and the stages on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest
from tests.generate.studies import every_study
from tests.spec.small import IMPLEMENTATIONS, chart, protocol
from tests.spec.stages import one_engine

from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.reference import oracle
from caseseries.reference.adverse import at_risk, events_of
from caseseries.reference.record import indexed
from caseseries.response import answer_criteria
from caseseries.safety import follow

#: For each case its days at risk, for certain and at most, and each event with why it does not count as on treatment.
Told = tuple[dict[str, tuple[int, int]], dict[tuple[str, str], str]]


def by_reference(study: Protocol, read: Chart) -> Told:
    found = indexed(study, read)
    cases = [case for case in oracle.cases(study, read) if case.included]
    risks = {case.case_id: at_risk(found, case) for case in cases}
    days = {case_id: (risk.days, risk.most) for case_id, risk in risks.items()}
    return days, _reasons((case.case_id, fact.term, why) for case in cases for fact, why in events_of(found, case))


def by_stages(study: Protocol, read: Chart, engine: str) -> Told:
    running = one_engine(engine)
    found = follow(running, study, select(running, study, read, answer_criteria))
    terms = {fact.record: fact.term for fact in read.facts}
    days = {case_id: (least, found.most_days[case_id]) for case_id, least in found.days_at_risk.items()}
    return days, _reasons((one.case_id, terms[one.record], one.why_not) for one in found.events)


def _reasons(events: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Of each case and term why its events are none; of several that differ all of them, how often each."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for case_id, term, why in events:
        found.setdefault((case_id, term), Counter())[why] += 1
    return {
        key: next(iter(whys)) if whys.total() == 1 else "; ".join(f"{n} {why}" for why, n in sorted(whys.items()))
        for key, whys in found.items()
    }


def told(study: Protocol, rows: str, implementation: str) -> Told:
    read = chart(rows, study)
    return by_reference(study, read) if implementation == "reference" else by_stages(study, read, implementation)


@dataclass(frozen=True)
class Spec:
    name: str
    rows: str
    days: dict[str, int]
    events: dict[tuple[str, str], str]
    per: str = "patient"
    restart_after: str = "100 days"
    index: str = ""
    most: dict[str, int] = field(default_factory=dict)


LATE, POSSIBLE = "more than 30 days after the last dose", "date not exact, so it may be on treatment or not"
BEFORE, AFTER = "before the index date", "after the end of follow-up"
MMF = "a | mycophenolate mofetil | "

SPECS = [
    Spec("the event that makes the case is none, a later one of its name is", "a | event: relapse | 0, 20\na | event: fever | 0\na | visit | 90",
         {"a": 90}, {("a", "relapse"): "", ("a", "fever"): ""}, index="first_event: relapse"),
    Spec("days of a dose of 0 are off treatment",
         MMF + "0..10 500 mg; 11..99 0 mg; 100..110 500 mg\na | visit | 110\na | event: e40 | 40\n"
         "a | event: e41 | 41", {"a": 51}, {("a", "e40"): "", ("a", "e41"): LATE}),
    Spec("a gap that the episode bridges is off treatment once the lag is over",
         MMF + "0..50 500 mg; 117..150 500 mg\na | visit | 400\na | event: e80 | 80\na | event: e81 | 81\na | event: e86 | 86\n"
         "a | event: e116 | 116\na | event: e117 | 117\na | event: e180 | 180\na | event: e181 | 181",
         {"a": 180 - 36},
         {("a", "e80"): "", ("a", "e81"): LATE, ("a", "e86"): LATE, ("a", "e116"): LATE, ("a", "e117"): "", ("a", "e180"): "",
          ("a", "e181"): LATE}),
    Spec("a gap no longer than the lag is on treatment", MMF + "0..50 500 mg; 81..150 500 mg\na | visit | 400\na | event: e | 70",
         {"a": 180}, {("a", "e"): ""}),
    Spec("one day off treatment is one day less", MMF + "0..50 500 mg; 82..150 500 mg\na | visit | 400\na | event: e | 81",
         {"a": 179}, {("a", "e"): LATE}),
    Spec("courses that overlap count a day once", MMF + "0..50 500 mg; 20..60 500 mg; 100..110 500 mg\na | visit | 400",
         {"a": 140 - 9}, {}),
    Spec("an ongoing course lasts to the end of follow-up", MMF + "0..10 500 mg; 60.. 500 mg\na | visit | 100\na | event: e | 41",
         {"a": 100 - 19}, {("a", "e"): LATE}),
    Spec("a course after the end of follow-up is no treatment in it", MMF + "0..10 500 mg; 100..110 500 mg\na | visit | 60",
         {"a": 40}, {}),
    Spec("a later episode is another case, or none", MMF + "0..10 500 mg; 300..310 500 mg\na | visit | 400\na | event: e | 305",
         {"a": 40}, {("a", "e"): LATE}),
    Spec("a later episode is a case of its own per course",
         MMF + "0..10 500 mg; 30..40 500 mg\na | visit | 400\na | event: e | 29\na | event: f | 30",
         {"a/1": 30, "a/2": 40}, {("a/1", "e"): "", ("a/2", "f"): ""}, per="course", restart_after="10 days"),
    Spec("without courses the whole follow-up is at risk", "a | diagnosis: flare | 0\na | visit | 90\na | event: e | 90\na | event: f | -1",
         {"a": 90}, {("a", "e"): "", ("a", "f"): BEFORE}, index="first_event: flare"),
    Spec("a month around the index date may be on treatment", MMF + "0.. 500 mg\na | visit | 90\na | event: e | -14~16@1",
         {"a": 90}, {("a", "e"): POSSIBLE}),
    Spec("a month wholly on treatment is on it", MMF + "0.. 500 mg\na | visit | 90\na | event: e | 10~40@25", {"a": 90}, {("a", "e"): ""}),
    Spec("a month wholly before the index date is before it", MMF + "0.. 500 mg\na | visit | 90\na | event: e | -31~-1@-16",
         {"a": 90}, {("a", "e"): BEFORE}),
    Spec("a month across the end of the lag", MMF + "0..50 500 mg\na | visit | 190\na | event: e | 70~100@85\na | event: f | 81~110@95",
         {"a": 80}, {("a", "e"): POSSIBLE, ("a", "f"): LATE}),
    Spec("a month across a gap off treatment", MMF + "0..50 500 mg; 90..150 500 mg\na | visit | 400\na | event: e | 75~95@85",
         {"a": 180 - 9}, {("a", "e"): POSSIBLE}),
    Spec("no date", MMF + "0.. 500 mg\na | visit | 90\na | event: e |", {"a": 90}, {("a", "e"): "no date"}),
    Spec("a death in a month ends the time at risk somewhere in it", MMF + "0.. 500 mg\na | visit | 50\na | death | 60~90",
         {"a": 60}, {}, most={"a": 90}),
    Spec("a course that ended in a month", MMF + "0..40~70 500 mg\na | visit | 400\na | event: e | 80\na | event: f | 70\na | event: g | 101",
         {"a": 70}, {("a", "e"): POSSIBLE, ("a", "f"): "", ("a", "g"): LATE}, most={"a": 100}),
    Spec("after the end of follow-up, that is after the death", MMF + "0.. 500 mg\na | death | 60\na | event: e | 61",
         {"a": 60}, {("a", "e"): AFTER}),
]  # fmt: skip


def declared(spec: Spec) -> Protocol:
    index = spec.index or f"first_exposure: mycophenolate mofetil, restart_after: {spec.restart_after}"
    return protocol(
        f"case: {{index_date: {{{index}}}, per: {spec.per}}}\npartial_dates: bounds\nsafety: {{until_after_last_dose: 30 days}}"
    )


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_on_treatment_follows_the_days_taken(spec: Spec, implementation: str) -> None:
    days = {case_id: (least, spec.most.get(case_id, least)) for case_id, least in spec.days.items()}
    assert (days, spec.events) == told(declared(spec), spec.rows, implementation)


def drawn(hold: Callable[[Protocol, Chart], None], lag: str) -> Callable[[Protocol, Chart], None]:
    def asked(study: Protocol, read: Chart) -> None:
        hold(study.model_copy(update={"safety": Safety.model_validate({"until_after_last_dose": lag})}), read)

    return asked


@pytest.mark.parametrize("lag", ["0 days", "30 days"])
def test_the_stages_and_the_reference_agree_on_drawn_charts(lag: str) -> None:
    def hold(study: Protocol, read: Chart) -> None:
        try:
            stages = by_stages(study, read, "duckdb")
        except ChoiceNeeded:
            return
        assert by_reference(study, read) == stages

    every_study(drawn(hold, lag), runs=2, studies_per_run=5)
