"""Verdicts settled in the engine, and their counts, against the verdicts listed case by case."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.generate.stacking import for_all, stacked, stacks
from tests.generate.studies import every_study
from tests.spec.small import Spec, chart, protocol
from tests.spec.stages import one_engine
from tests.spec.test_spec_dose import SPECS as DOSES
from tests.spec.test_spec_observed import SPECS as OBSERVED
from tests.spec.test_spec_windows import SPECS as WINDOWS

from caseseries import Study
from caseseries.assessment import assess, open_choices, open_counts
from caseseries.assessment.compile import Compiled
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, select
from caseseries.engine import Engine
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.measures import all_measures
from caseseries.protocol.percent import percent_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, pairs_of, plan, valued_plan
from caseseries.protocol.tree import Slot
from caseseries.reference.open_choices import choices_needed
from caseseries.response import (
    among,
    answer_criteria,
    answer_questions,
    change_tally,
    chosen_values,
    members,
    respond,
    settle,
    tally,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.settle import event_names, reason_words, why_not_evaluable
from caseseries.response.verdict_counts import PERCENT, QUOTIENT
from caseseries.stats.tally import Tally
from caseseries.study.patients_file import keep_outcome
from caseseries.verdict.trace import Quantity, Verdict

ANSWERS = {True: "yes", False: "no", None: "not evaluable"}
WORDS = {True: "responder", False: "non-responder", None: "not evaluable"}


def millionths(value: Fraction, step: int = 1) -> int:
    """The nearest whole number of millionths that is a multiple of the step, a half away from zero."""
    whole = int(abs(value) * 1_000_000 / step + Fraction(1, 2)) * step
    return whole if value >= 0 else -whole


def counted_values(
    counts: Tally, study: Protocol, outcome: str, before: Slot, after: Slot, chosen: list[dict[Slot, Quantity]]
) -> None:
    dose = all_measures(study)[after.measure].kind == "dose"
    for values in chosen:
        one, other = values[before], values[after]
        if one.value is None or other.value is None:
            missing = one if one.value is None else other
            counts.add(("absent", outcome, after.measure, missing.slot.window, missing.absent))
            continue
        parts = {"before": one.value, "after": other.value, "change": other.value - one.value}
        way = percent_of(study, outcome, after.measure)
        if way and one.value > 0:
            fell = 100 * (one.value - other.value) / one.value
            parts["percent"] = fell if way == "decrease" else -fell
        for part, value in parts.items():
            counts.add(
                (
                    "value",
                    outcome,
                    after.measure,
                    part,
                    millionths(value, PERCENT if part == "percent" else QUOTIENT if dose else 1),
                )
            )


def counted(
    study: Protocol,
    table: Chart,
    cohort: Cohort,
    outcome: OutcomePlan,
    verdicts: dict[int, tuple[Verdict, ...]],
    inside: dict[int, dict[str, tuple[bool | None, str]]],
) -> Tally:
    """The counts of verdicts, one by one."""
    import datetime as dt

    counts, name = Tally(), outcome.name
    primary = {verdict.case_id: verdict for verdict in verdicts[0]}
    index = {case.case_id: case.index for case in cohort.included}
    for number, found in verdicts.items():
        for verdict in found:
            day = index[verdict.case_id]
            assert day is not None
            year = (dt.date(1970, 1, 1) + dt.timedelta(days=day)).year if table.dated and number == 0 else 0
            membership = inside[number][verdict.case_id][0]
            within = membership is True
            told = ANSWERS[verdict.truth]
            placed = told if within else "outside" if membership is False else f"unplaced {told}"
            counts.add(("answer", name, number, year, placed))
            if not within:
                continue
            if verdict.truth is None:
                counts.add(("why", name, number, verdict.absent))
            if verdict.decided_by:
                counts.add(("decided", name, number, verdict.decided_by))
            for event in verdict.events:
                counts.add(("occurred", name, number, event))
            before = primary[verdict.case_id].truth
            if before is not verdict.truth:
                counts.add(("flip", name, number, WORDS[before], WORDS[verdict.truth]))
    for measure in pairs_of(outcome.slots, outcome.at, "baseline"):
        if all_measures(study)[measure].kind != "judgement":
            members = [verdict for verdict in verdicts[0] if inside[0][verdict.case_id][0] is True]
            chosen = [{quantity.slot: quantity for quantity in verdict.quantities} for verdict in members]
            counted_values(counts, study, name, Slot(measure, "baseline"), Slot(measure, outcome.at), chosen)
    return counts


def counted_change(
    study: Protocol,
    outcome: OutcomePlan,
    chosen: list[tuple[str, dict[Slot, Quantity]]],
    inside: dict[str, bool | None],
) -> Tally:
    """The counts of one change outcome: of the cases in its denominator, and how many these are where it has its own."""
    counts = Tally()
    before, after = outcome.values
    counted_values(
        counts, study, outcome.name, before, after, [values for case, values in chosen if inside[case] is True]
    )
    if outcome.among is not None:
        for case, _ in chosen:
            told = {True: "yes", False: "outside", None: "unplaced not evaluable"}[inside[case]]
            counts.add(("answer", outcome.name, 0, 0, told))
    return counts


def check(study: Protocol, table: Chart) -> None:
    """Every verdict and every count of one study."""
    engine = one_engine()
    try:
        cohort = select(engine, study, table, answer_criteria)
    except ChoiceNeeded:
        return
    names = {case.number: case.case_id for case in cohort.included}
    for name in study.verdicts:
        outcome = plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=table.dated)
        assessments = assess(engine, study, cohort, outcome)
        verdicts = respond(engine, study, cohort, assessments)
        inside = among(engine, study, outcome, verdicts, cohort)
        needed = [
            *open_choices(engine, study, cohort, assessments.compiled),
            *zero_baselines(study, outcome, values_of(verdicts[0])),
            *uncovered_days(study, values_of(verdicts[0])),
        ]
        expected = counted(study, table, cohort, outcome, verdicts, inside)
        compiled = assess(engine, study, cohort.numbers, outcome).compiled
        settle(engine, study, cohort.numbers, compiled)
        rows = {
            (names[case_no], number): found
            for case_no, number, *found in engine.rows(
                "SELECT case_no, spec, truth, rule_truth, decided, events, day, inside, why, among_why FROM verdict"
            )
        }
        for number, of_spec in verdicts.items():
            for verdict in of_spec:
                truth, rule, decided, events, day, within, why, among_why = rows.pop((verdict.case_id, number))
                absent = why_not_evaluable(outcome, decided, why) if truth is None else ""
                told = (verdict.truth, verdict.rule_truth, verdict.absent, verdict.events, verdict.day)
                assert told == (truth, rule, absent, event_names(events), day)
                open_leaves = reason_words(outcome.slots, among_why) if among_why else ""
                assert inside[number][verdict.case_id] == (within, open_leaves)
        assert rows == {}
        check_rows(engine, study, cohort, compiled, verdicts[0], inside[0])
        found_counts = tally(engine, study, compiled, dated=table.dated)
        assert list(expected.lines()) == list(found_counts.lines())
        kinds = {(one.choice, one.where) for one in needed}
        asked = {pair: sum((one.choice, one.where) == pair for one in needed) for pair in kinds}
        assert asked == open_counts(engine, study, compiled)
    for name in study.changes:
        outcome = valued_plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=table.dated)
        assessments = assess(engine, study, cohort, outcome)
        expected = counted_change(
            study,
            outcome,
            chosen_values(engine, study, cohort, assessments),
            members(engine, study, cohort, assessments),
        )
        compiled = assess(engine, study, cohort.numbers, outcome).compiled
        assert list(expected.lines()) == list(change_tally(engine, study, compiled).lines())


def check_rows(
    engine: Engine,
    study: Protocol,
    cohort: Cohort,
    compiled: Compiled,
    verdicts: tuple[Verdict, ...],
    inside: dict[str, tuple[bool | None, str]],
) -> None:
    """The rows of every patient that are kept of the outcome settled last."""
    keep_outcome(engine, study, compiled, 0)
    rows = {case_no: row for case_no, *row in engine.rows("SELECT * FROM patient_0")}
    numbers = {case.case_id: case.number for case in cohort.included}
    for verdict in verdicts:
        within, missing = inside[verdict.case_id]
        answer, because, decided_by, day, *values = rows.pop(numbers[verdict.case_id])
        assert answer == (
            ANSWERS[verdict.truth] if within else "outside" if within is False else "denominator not known"
        )
        assert (because or "") == (verdict.absent if within else missing)
        assert (decided_by or "") == (verdict.decided_by if within else "")
        assert day == verdict.day
        exact = {quantity.slot: quantity.value for quantity in verdict.quantities}
        part = (
            compiled.plan.part
        )  # of an outcome with levels the values stand once, beside the verdict on any but the last
        chosen = [exact[slot] for slot in (compiled.plan.slots if part is None or part.widest else ())]
        assert values == [None if value is None else millionths(value) for value in chosen]
    assert rows == {}


def test_counts_of_a_few_drawn_studies() -> None:
    every_study(check, runs=2, studies_per_run=2)


@pytest.mark.long
def test_counts_of_many_drawn_studies() -> None:
    every_study(check, runs=4, first=100)


@pytest.mark.parametrize("example", ["jdm-mmf"])
def test_counts_of_an_example(example: str, request: pytest.FixtureRequest) -> None:
    folder = Path(__file__).parents[2] / "examples" / example
    study = Study.load(folder / "protocol.yaml")
    check(study.protocol, study.read(folder / "chart.yaml"))


def test_means_of_many_values_of_one_day_are_counted_exactly() -> None:
    study = protocol("windows: {after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, same_day: mean}}")
    check(study, chart("1 | mmt | -5:50, 90:60, 90:61, 90:63\n2 | mmt | -5:50, 90:10\n3 | mmt | -5:0, 90:80", study))


def test_cases_outside_the_denominator_say_what_kept_it_open() -> None:
    outcome = """
intercurrent: {death: not evaluable}
outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: mmt, at: baseline, less_than: 60}}}
"""
    study = protocol(outcome)
    rows = """
inside | mmt | -5:59, 90:70
unknown | mmt | -5:59
dead | mmt | -5:59, 90:70
dead | death | 80
outside | mmt | -5:60
outside | death | 80
open | mmt | 90:70
open | death | 80
"""
    table = chart(rows, study)
    check(study, table)
    engine = one_engine()
    cohort = select(engine, study, table)
    compiled = assess(engine, study, cohort.numbers, plan(study, "response")).compiled
    settle(engine, study, cohort.numbers, compiled)
    keep_outcome(engine, study, compiled, 0)
    names = {case.number: case.case_id for case in cohort.included}
    assert {
        "inside": ("yes", None, None),
        "unknown": ("not evaluable", "after mmt: no visit in window", None),
        "dead": ("not evaluable", "event: death", "death"),
        "outside": ("outside", None, None),
        "open": ("denominator not known", "baseline mmt: no visit in window", None),
    } == {
        names[case_no]: tuple(told)
        for case_no, *told in engine.rows("SELECT case_no, answer, because, decided_by FROM patient_0")
    }


def test_reasons_are_told_once_each_in_the_order_of_the_rule() -> None:
    slots = (Slot("mmt", "after"), Slot("mmt", "baseline"))
    assert "baseline mmt: no value in window; after mmt: censored" == reason_words(slots, "107,8,0,107")


#: A verdict and a change that are limited to some cases, beside ones that are not; one case is outside, of one it is not known.
LIMITED = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: function, unit: points, range: [0, 52], better: high}
  steroid: {daily_dose: prednisone, as: mg/day, outside_courses: zero, if_zero_baseline: not met}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier, components: nearest each}
outcomes:
  response:
    at: after
    rule: {any: [{gain: mmt, at_least: 4 points}, {decrease: steroid, at_least: 20 % of baseline}]}
    among: {value: cmas, at: baseline, less_than: 48 points}
  everybody: {at: after, rule: {gain: mmt, at_least: 4 points}}
  strength of the weak: {change: mmt, at: after, among: {value: cmas, at: baseline, less_than: 48 points}}
  strength: {change: mmt, at: after}
  dose of the weak: {change: steroid, at: after, among: {value: cmas, at: baseline, less_than: 48 points}}
"""
LIMITED_ROWS = """
a | mmt | -5:50, 90:60
a | cmas | -5:40
a | prednisone | -50..40 20 mg x1; 41..200 10 mg x1
b | mmt | -5:50, 90:51
b | cmas | -5:40
c | mmt | -5:50, 90:70
c | cmas | -5:50
d | mmt | -5:50, 90:70
e | mmt | -5:50, 90:50
f | mmt | -5:50
g | cmas | -5:30
"""

SPECS = [*WINDOWS, *OBSERVED, *DOSES, Spec("limited to some cases", LIMITED, LIMITED_ROWS, {"a": "yes"})]


def test_a_change_under_a_verdict_has_the_denominator_of_the_verdict() -> None:
    study = protocol(LIMITED)
    engine, table = one_engine(), chart(LIMITED_ROWS, study)
    cohort = select(engine, study, table)
    compiled = assess(engine, study, cohort.numbers, plan(study, "response")).compiled
    settle(engine, study, cohort.numbers, compiled)
    found = tally(engine, study, compiled, dated=True)
    assert {10_000_000: 1, 1_000_000: 1} == {
        key[-1]: n for key, n in found.counts.items() if key[:4] == ("value", "response", "mmt", "change")
    }
    assert {"yes": 1, "not evaluable": 2, "outside": 1, "unplaced yes": 1, "unplaced not evaluable": 2} == {
        key[-1]: n for key, n in found.counts.items() if key[:2] == ("answer", "response")
    }
    compiled = assess(engine, study, cohort.numbers, valued_plan(study, "strength of the weak")).compiled
    found = change_tally(engine, study, compiled)
    assert 2 == sum(n for key, n in found.counts.items() if key[3:4] == ("change",))
    assert {"yes": 3, "outside": 1, "unplaced not evaluable": 3} == {
        key[-1]: n for key, n in found.counts.items() if key[0] == "answer"
    }


@pytest.mark.long(but_every=12)
@pytest.mark.parametrize("specs", stacks(SPECS), ids=lambda specs: f"{specs[0].name} and {len(specs) - 1} more")
def test_specs_are_counted_alike(specs: list[Spec]) -> None:
    """Charts under one protocol are counted as one; a chart that leaves open who is a case has nothing to count."""
    study = protocol(specs[0].changes, specs[0].base)
    charts = [chart(spec.rows, study) for spec in specs]
    kept = [one for one in charts if "restart_after" not in {need.choice for need in choices_needed(study, one)}]
    if kept:
        check(for_all(study, len(kept)), stacked(kept))
    assert kept or len(specs) == 1
