"""The sheet, which chooses the values of all outcomes in one pass, gives the verdicts, days, reasons and counts of the general way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.generate.studies import every_study
from tests.spec.small import Spec, chart, protocol
from tests.spec.stages import one_engine
from tests.spec.test_spec_bounds import SPECS as BOUNDS
from tests.spec.test_spec_observed import SPECS as OBSERVED
from tests.spec.test_spec_tally import SPECS, check_rows, counted, counted_change

from caseseries.assessment import assess, open_choices, sheet_values
from caseseries.assessment.sheet import compile_sheet, fits, lay_sheet, open_on_sheet
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.errors import ChoiceNeeded, Defect
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import change_plan, plan
from caseseries.protocol.window import Window
from caseseries.response import (
    among,
    answer_criteria,
    chosen_values,
    members,
    respond,
    settle,
    tally,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.raised import ask_series, lay_series
from caseseries.response.settle import BASELINE, event_names, keep_members, why_not_evaluable
from caseseries.response.tally import count_members
from caseseries.response.values import count_values, open_doses
from caseseries.stats.tally import Tally
from caseseries.study import Study

#: How many studies were laid out, so that a test which never meets one cannot pass.
laid: list[str] = []


def check(study: Protocol, table: Chart) -> None:
    """Every verdict, count and open choice of one study, from its sheet where it has one."""
    engine = one_engine()
    plans = [*(plan(study, name) for name in study.verdicts), *(change_plan(study, name) for name in study.changes)]
    if not fits(study, plans):
        return
    try:
        cohort = select(engine, study, table, answer_criteria)
    except ChoiceNeeded:
        return
    expected, asked, verdicts_of = Tally(), {}, {}
    for outcome in plans[: len(study.verdicts)]:
        assessments = assess(engine, study, cohort, outcome)
        verdicts = respond(engine, study, cohort, assessments)
        inside = among(engine, study, outcome, verdicts, cohort)
        verdicts_of[outcome.name] = (verdicts, inside)
        expected.merge(counted(study, table, cohort, outcome, verdicts, inside))
        needed = [
            *open_choices(engine, study, cohort, assessments.compiled),
            *zero_baselines(study, outcome, values_of(verdicts[0])),
            *uncovered_days(study, values_of(verdicts[0])),
        ]
        for place in {(one.choice, one.where) for one in needed}:
            cases = sum((one.choice, one.where) == place for one in needed)
            asked[place] = max(cases, asked.get(place, 0))
    for outcome in plans[len(study.verdicts) :]:
        assessments = assess(engine, study, cohort, outcome)
        chosen, inside_of = (
            chosen_values(engine, study, cohort, assessments),
            members(engine, study, cohort, assessments),
        )
        expected.merge(counted_change(study, outcome, chosen, inside_of))
        needed = [
            *open_choices(engine, study, cohort, assessments.compiled),
            *zero_baselines(study, outcome, chosen),
            *uncovered_days(study, chosen),
        ]
        for place in {(one.choice, one.where) for one in needed}:
            cases = sum((one.choice, one.where) == place for one in needed)
            asked[place] = max(cases, asked.get(place, 0))
    laid_out = compile_sheet(engine, study, cohort.numbers, plans)
    base = [number for variant, number in laid_out.variants.items() if variant.name == BASELINE]
    days = [day for variant in laid_out.variants for day in (variant.window.from_, variant.window.to)]
    series = ask_series(engine, study, cohort.numbers, base, min(days), max(days)) if study.verdicts else ""
    assert lay_sheet(engine, study, laid_out, series)
    laid.append(study.study)
    if study.verdicts:
        lay_series(engine, study, cohort.numbers)
    found, open_now = Tally(), dict(open_on_sheet(engine, study, laid_out))
    names = {case.number: case.case_id for case in cohort.included}
    limited: dict[str, str] = {}
    for outcome in plans:
        compiled = laid_out.compiled[outcome.name]
        if outcome.name in verdicts_of:
            settle(engine, study, cohort.numbers, compiled)
            found.merge(tally(engine, study, compiled, dated=table.dated))
            query = "SELECT case_no, spec, truth, rule_truth, decided, events, day, inside, why FROM verdict"
            rows = {(names[case_no], spec): tuple(told) for case_no, spec, *told in engine.rows(query)}
            verdicts, inside = verdicts_of[outcome.name]
            for spec, of_spec in verdicts.items():
                for one in of_spec:
                    truth, rule, decided, events, day, within, why = rows.pop((one.case_id, spec))
                    absent = why_not_evaluable(outcome, decided, why) if truth is None else ""
                    told = (truth, rule, absent, event_names(events), day)
                    assert (one.truth, one.rule_truth, one.absent, one.events, one.day) == told
                    assert inside[spec][one.case_id][0] == within
            assert rows == {}
            check_rows(engine, study, cohort, compiled, verdicts[0], inside[0])
        if outcome.among is not None:
            limited[outcome.name] = f"member_{len(limited)}"
            keep_members(engine, study, compiled, limited[outcome.name])
            if outcome.name not in verdicts_of:
                found.merge(count_members(engine, outcome, limited[outcome.name]))
        for place, cases in open_doses(engine, study, compiled).items():
            open_now[place] = max(cases, open_now.get(place, 0))
    found.merge(count_values(engine, study, laid_out, limited))
    assert list(expected.lines()) == list(found.lines())
    assert asked == open_now


@pytest.mark.parametrize("spec", [*SPECS, *BOUNDS], ids=lambda spec: spec.name)
def test_specs_from_a_sheet(spec: Spec) -> None:
    study = protocol(spec.changes, spec.base)
    check(study, chart(spec.rows, study))


def simply(study: Protocol, table: Chart) -> None:
    """The same study with windows that a sheet can choose for; one that still has no sheet is left alone."""
    windows = {name: window.model_copy(update=_simpler(window)) for name, window in study.windows.items()}
    takes = {
        name: tuple(take for take in takes if take in {"nearest", "first", "last"})
        for name, takes in study.robustness.take.items()
    }
    robustness = study.robustness.model_copy(update={"take": takes})
    check(study.model_copy(update={"windows": windows, "robustness": robustness}), table)


def _simpler(window: Window) -> dict[str, str]:
    same_day = "highest" if window.same_day == "mean" else window.same_day
    take = window.take if window.take in {"nearest", "first", "last"} else "last"
    tie = window.tie if window.tie in {"earlier", "later"} else "later"
    return {"components": "nearest each", "take": take, "tie": tie, "same_day": same_day}


def test_a_few_drawn_studies_from_a_sheet() -> None:
    laid.clear()
    every_study(simply, runs=4, studies_per_run=4)
    assert laid


@pytest.mark.long
def test_many_drawn_studies_from_a_sheet() -> None:
    laid.clear()
    every_study(simply, runs=6, first=100)
    assert len(laid) > 5


WINDOWS = """
windows:
  baseline: {{from: -90 days, to: 0 days, take: {take}, same_day: {same_day}, components: nearest each}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: {tie}, same_day: {same_day}, components: nearest each}}
"""
ROWS = """
1 | mmt | -90:50, 46:60
2 | mmt | 0:50, 134:60
3 | mmt | -5:50, 80:60, 100:70
4 | mmt | -5:50, 90:60, 90:70
5 | mmt | -5:50, -5:51, 90:60
6 | mmt | -5:50
7 | mmt | -5:50, -9:20, 85:60, 200:61
8 | mmt | -5:50, 90:ND
9 | mmt | -5:50, 95:60, 84:10
10 | mmt | -91:50, 135:60
"""


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize("take", ["last", "first"])
@pytest.mark.parametrize("tie", ["earlier", "later"])
@pytest.mark.parametrize("same_day", ["best", "worst", "highest", "lowest", "not evaluable"])
def test_every_simple_window(take: str, tie: str, same_day: str) -> None:
    study = protocol(WINDOWS.format(take=take, tie=tie, same_day=same_day))
    laid.clear()
    check(study, chart(ROWS, study))
    assert laid


def test_a_value_that_cannot_be_packed_goes_the_general_way() -> None:
    study = protocol(WINDOWS.format(take="last", tie="earlier", same_day="best"))
    engine = one_engine()
    largest = 2 ** (sheet_values.VALUE_BITS - 1) // 1_000_000
    for value, packed in ((largest, True), (largest + 1, False), (-largest, True), (-largest - 1, False)):
        table = chart(f"1 | mmt | -5:50, 90:{value}", study)
        numbers = select(engine, study, table).numbers
        one = compile_sheet(engine, study, numbers, [plan(study, "response")])
        assert packed is lay_sheet(engine, study, one)


#: Parts of the sheet, each broken in its own way.
BROKEN = [
    ("_order", lambda window: "(0 * rel)"),
    ("_upward", lambda protocol, numbers, window: "1"),
    ("_leaves", lambda numbers, window: "TRUE"),
    ("_PICKS", ()),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN, ids=lambda part: part if isinstance(part, str) else "")
def test_a_broken_sheet_is_noticed(name: str, broken: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_values, name, broken)
    study = protocol(WINDOWS.format(take="last", tie="earlier", same_day="best"))
    observed = [spec for spec in OBSERVED if spec.name]
    with pytest.raises((AssertionError, Defect)):
        check(study, chart(ROWS, study))
        for spec in observed:
            simply(protocol(spec.changes, spec.base), chart(spec.rows, protocol(spec.changes, spec.base)))


def test_an_example_is_laid_out_alike(project_root: Path) -> None:
    study = Study.load(project_root / "examples" / "rtx-sle" / "protocol.yaml")
    check(study.protocol, study.read(project_root / "examples" / "rtx-sle" / "chart.yaml"))
