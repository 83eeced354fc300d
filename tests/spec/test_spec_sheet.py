"""The sheet, which chooses the values of all outcomes in one pass, gives the verdicts, days, reasons and counts of the general way."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.generate.studies import every_study
from tests.spec.mutating import break_it
from tests.spec.small import Spec, chart, protocol
from tests.spec.stages import one_engine
from tests.spec.test_mutants import Mutant
from tests.spec.test_spec_bounds import SPECS as BOUNDS
from tests.spec.test_spec_observed import SPECS as OBSERVED
from tests.spec.test_spec_tally import SPECS, check_rows, counted, counted_change
from tests.spec.test_spec_zero_baseline import SPECS as FROM_ZERO

from caseseries.assessment import assess, open_choices, sheet_packing
from caseseries.assessment.absent import words
from caseseries.assessment.outcome_sheet import compile_sheet, fits, lay_sheet, open_on_sheet
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.errors import ChoiceNeeded, Defect, EngineError
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan, valued_plan
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import Window
from caseseries.reference import oracle
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
from caseseries.response.value_counts import count_values, open_doses
from caseseries.response.verdict_counts import count_members
from caseseries.stats.tally import Tally
from caseseries.study import Study

#: How many studies were laid out, so that a test which never meets one cannot pass.
laid: list[str] = []


def check(study: Protocol, table: Chart, engine_name: str = "duckdb") -> None:
    """Every verdict, count and open choice of one study, from its sheet where it has one, as the general way and the reference have them."""
    engine = one_engine(engine_name)
    plans = [*(plan(study, name) for name in study.verdicts), *(valued_plan(study, name) for name in study.changes)]
    if not fits(study, plans):
        return
    try:
        cohort = select(engine, study, table, answer_criteria)
    except ChoiceNeeded:
        return
    expected, asked, verdicts_of = Tally(), {}, {}
    cases = {case.case_id: case for case in oracle.cases(study, table)}
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
            waiting = sum((one.choice, one.where) == place for one in needed)
            asked[place] = max(waiting, asked.get(place, 0))
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
            waiting = sum((one.choice, one.where) == place for one in needed)
            asked[place] = max(waiting, asked.get(place, 0))
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
                    by_hand = oracle.verdict(study, table, cases[one.case_id], outcome, outcome.specs[spec])
                    assert (by_hand.truth, by_hand.rule_truth, by_hand.absent, by_hand.events, by_hand.day) == told
                    assert by_hand.inside == within
            assert rows == {}
            check_rows(engine, study, cohort, compiled, verdicts[0], inside[0])
        if outcome.among is not None:
            limited[outcome.name] = f"member_{len(limited)}"
            keep_members(engine, study, compiled, limited[outcome.name])
            if outcome.name not in verdicts_of:
                found.merge(count_members(engine, outcome, limited[outcome.name]))
        for place, waiting in open_doses(engine, study, compiled).items():
            open_now[place] = max(waiting, open_now.get(place, 0))
    found.merge(count_values(engine, study, laid_out, limited))
    assert list(expected.lines()) == list(found.lines())
    assert asked == open_now


@pytest.mark.parametrize("spec", [*SPECS, *BOUNDS, *FROM_ZERO], ids=lambda spec: spec.name)
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


def _simpler(window: Window) -> dict[str, str | None]:
    take = window.take if window.take in {"nearest", "first", "last"} else "last"
    tie = window.tie if window.tie in {"earlier", "later"} else "later"
    return {"take": take, "tie": tie, "recorded": None}


def test_a_few_drawn_studies_from_a_sheet() -> None:
    laid.clear()
    every_study(simply, runs=4, studies_per_run=4)
    assert laid


@pytest.mark.long
def test_many_drawn_studies_from_a_sheet() -> None:
    laid.clear()
    every_study(simply, runs=6, first=100)
    assert len(laid) > 5


#: Two measures in two windows. `both` reads the measures at one visit, the others one of them each, and two outcomes ask for cmas after.
TWO = """
measures:
  mmt: {{quantity: strength, unit: points, range: [0, 80], better: high}}
  cmas: {{quantity: function, unit: points, range: [0, 52], better: high{censored}}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: {take}{same_day}, components: {components}}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: {tie}{same_day}, components: {components}}}
outcomes:
  response: {{at: after, rule: {{gain: mmt, at_least: 4 points}}}}
  both: {{at: after, rule: {{any: [{{gain: mmt, at_least: 4 points}}, {{gain: cmas, more_than: 4 points}}]}}}}
  strength: {{change: mmt, at: after}}
  function: {{change: cmas, at: after}}
"""
TWO_ROWS = """
1 | mmt | -90:50, 46:60
2 | mmt | 0:50, 134:60
3 | mmt | -5:50, 80:60, 100:70
4 | mmt | -5:50, 90:60, 90:70, 90:71, 91:1
5 | mmt | -5:50, -5:51, -5:50, 90:60
6 | mmt | -5:50
7 | mmt | -5:50, -9:20, 85:60, 200:61
8 | mmt | -5:50, 90:ND
9 | mmt | -5:50, 95:60, 84:10
10 | mmt | -91:50, 135:60
11 | mmt | -5:50, 80:60, 100:70
11 | cmas | -5:20, 80:30, 100:40
12 | mmt | -5:50, -9:40
12 | visit | 95, 80, 60
13 | mmt | -5:50, -5:60, 90:60
13 | cmas | -5:20, 90:ND, 91:5
14 | mmt | -5:50, 80:60, 89:ND
14 | cmas | -5:10, 89:50, 90:ND
15 | mmt | -5:50, -7:40, 80:60, 89:61
15 | cmas | -7:11, 91:50, 91:ND
15 | visit | -5, 90
16 | mmt | -5:50, -5:<50, 90:60, 90:>61
16 | cmas | -5:10, -5:10, 90:<50, 90:>=14, 90:20
17 | mmt | -5:<=50, 90:>60
17 | cmas | -5:<10, -5:<=11, -5:12, 90:20
18 | cmas | -5:10, -5:<10, 90:>14, 90:>=15, 90:15
19 | mmt | 91:3
20 | visit | -3, 90
21 | mmt | -5:50, -5:51, 90:50
21 | cmas | -3:50, 90:<20, 90:>=14, 90:20
"""
SAME_DAYS = ["best", "worst", "highest", "lowest", "mean", "not evaluable", ""]


def two(
    components: str, take: str = "last", tie: str = "earlier", same_day: str = "best", *, censored: str = ""
) -> Protocol:
    words = f", same_day: {same_day}" if same_day else ""
    return protocol(TWO.format(components=components, take=take, tie=tie, same_day=words, censored=censored))


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize("components", ["nearest each", "same visit"])
@pytest.mark.parametrize(("take", "tie"), [("last", "earlier"), ("first", "later")])
@pytest.mark.parametrize("same_day", SAME_DAYS)
def test_every_simple_window(components: str, take: str, tie: str, same_day: str) -> None:
    for censored in ("", ", censored: limit"):
        study = two(components, take, tie, same_day, censored=censored)
        laid.clear()
        check(study, chart(TWO_ROWS, study))
        assert laid


@pytest.mark.parametrize("components", ["nearest each", "same visit"])
@pytest.mark.parametrize("same_day", ["mean", "worst"])
def test_a_sheet_in_postgres(components: str, same_day: str) -> None:
    study = two(components, same_day=same_day)
    laid.clear()
    check(study, chart(TWO_ROWS, study), "postgres")
    assert laid


@pytest.mark.long
@pytest.mark.xdist_group("spark")
def test_a_sheet_in_spark() -> None:
    """Of visits and means, which the small database of the other tests on Spark does not ask for."""
    study = two("same visit", same_day="mean")
    check(study, chart(TWO_ROWS, study), "spark")


def test_a_visit_read_by_eye() -> None:
    study = two("same visit", tie="later", same_day="mean")
    engine, table = one_engine(), chart(TWO_ROWS, study)
    cohort = select(engine, study, table)
    one = compile_sheet(engine, study, cohort.numbers, [plan(study, "both")])
    assert lay_sheet(engine, study, one)
    compiled = one.compiled["both"]
    spec = compiled.plan.primary
    mmt, cmas = (compiled.choice(study, spec, Slot(name, "after")) for name in ("mmt", "cmas"))
    columns = f"n{mmt}, d{mmt}, a{mmt}, n{cmas}, d{cmas}, a{cmas}, day{compiled.variant(spec, 'after')}"
    rows = engine.rows(f"SELECT w.case_no, {columns} FROM case_wide AS w JOIN case_day AS d ON d.case_no = w.case_no")
    names = {case.number: case.case_id for case in cohort.included}
    found = {
        names[case_no]: (
            Fraction(int(n), int(d)) if a == 0 else words(a), Fraction(int(m), int(e)) if b == 0 else words(b), day
        )
        for case_no, n, d, a, m, e, b, day in rows
    }  # fmt: skip
    assert (Fraction(60 + 70 + 71, 3), "not recorded at this visit", 90) == found["4"]
    assert (70, 40, 100) == found["11"]
    assert ("not recorded at this visit", "not recorded at this visit", 95) == found["12"]
    assert (60, "recorded without a number", 90) == found["13"]
    assert ("recorded without a number", 50, 89) == found["14"]
    assert ("not recorded at this visit", 50, 91) == found["15"]
    assert ("censored", "censored", 90) == found["16"]
    assert ("no visit in window", "no visit in window", None) == found["6"]


def test_a_value_that_cannot_be_packed_goes_the_general_way() -> None:
    study = two("nearest each")
    engine = one_engine()
    largest = 2 ** (sheet_packing.VALUE_BITS - 1) // 1_000_000
    for value, packed in ((largest, True), (largest + 1, False), (-largest, True), (-largest - 1, False)):
        table = chart(f"1 | mmt | -5:50, 90:{value}", study)
        numbers = select(engine, study, table).numbers
        one = compile_sheet(engine, study, numbers, [plan(study, "response")])
        assert packed is lay_sheet(engine, study, one)


def test_measures_of_which_no_row_was_read_have_visits_of_their_own() -> None:
    study = two("same visit")
    check(study, chart("1 | mmt | -5:50, 90:60\n1 | visit | 91", study))
    check(study, chart("1 | visit | -5, 91", study))


PACKING, VALUES, VISITS, MEANS, SHEET = (
    f"caseseries.assessment.{name}"
    for name in ("sheet_packing", "sheet_values", "sheet_visits", "sheet_means", "outcome_sheet")
)  # fmt: skip

#: Parts of the sheet, each broken in its own way.
BROKEN = [
    (Mutant("nearest is furthest", PACKING, "order", "2 * abs(", "9999 - 2 * abs(", []), "visit, mean"),
    (Mutant("the later of two days", PACKING, "order", "rel < {target}", "rel > {target}", []), "visit, mean"),
    (Mutant("last is first", PACKING, "order", "{window.to} - rel", "rel + 500", []), "visit, mean"),
    (Mutant("a day is counted from the other side", PACKING, "day_of", "{target} {odd}", "{target} {even}", []), "visit, mean"),
    (Mutant("rows of another period", PACKING, "near", "{seen}", "", []), "a value of another period is none"),
    (Mutant("the lower is best", VALUES, "_upward", "> 0) == (", "> 0) != (", []), "visit, best"),
    (Mutant("every window leaves observed time", VALUES, "_leaves", '"FALSE"', '"TRUE"', []), "visit, mean"),
    (Mutant("no window leaves", VALUES, "_leaves", "> seen_last", "> 99999", []), "a supply that ends before the last day of observation"),
    (Mutant("different values are one", VALUES, "_absent", "differs(window)", "'FALSE'", []), "visit, open"),
    (Mutant("a limit counts", VALUES, "_limits", "THEN {CODES[name]}", "THEN 0", []), "visit, mean"),
    (Mutant("a lower limit is an upper one", VALUES, "_limit_of_mean", "THEN {absent}", "THEN {absent and 20}", []), "visit, mean"),
    (Mutant("limits of both kinds are one", VALUES, "_limit_of_mean", "{CODES['censored']}", "20", []), "visit, mean"),
    (Mutant("a limit that counts does not", VALUES, "_limit_of_mean", "THEN 0 ELSE", "THEN {CODES['censored']} ELSE", []), "visit, limits"),
    (Mutant("no visit is no value", VALUES, "_absent_at_visit", "CODES['no_visit']", "CODES['no_value']", []), "visit, mean"),
    (Mutant("a value of another day", VALUES, "_absent_at_visit", "WHEN NOT {there}", "WHEN p{window} IS NULL", []), "visit, mean"),
    (Mutant("blank is not recorded", VALUES, "_absent_at_visit", "z{number} = 1", "FALSE", []), "visit, mean"),
    (Mutant("the sum is the mean", VALUES, "_value", "coalesce(c{number}, 1)", "1", []), "visit, mean"),
    (Mutant("the lowest is the mean", VALUES, "_value", "coalesce(s{number}, {value})", "{value}", []), "visit, mean"),
    (Mutant("a blank of any day", VISITS, "without_number", "= {way.visit(number)}", "> 0", []), "visit, mean"),
    (Mutant("a blank is a value", VISITS, "without_number", "r.value IS NULL", "r.value IS NOT NULL", []), "visit, mean"),
    (Mutant("a blank makes a visit", VISITS, "lay_visits", "p{window} <> {EMPTY}", "TRUE", []), "visit, mean"),
    (Mutant("a visit without values is none", VISITS, "lay_visits", "f.kind = 'visit'", "f.kind = 'none'", []), "visit, mean"),
    (Mutant("visits on record come first", VISITS, "lay_visits", "coalesce(w.{one}, f.w{window})", "least(w.{one}, f.w{window})", []), "visit, mean"),
    (Mutant("visits of another period", VISITS, "lay_visits", '{seen(numbers, "f")}', "", []), "a visit of another period is none"),
    (Mutant("the visit of another group", VISITS, "Way.visit", "enumerate(self.groups)", "enumerate(self.groups[::-1])", []), "visit, mean"),
    (Mutant("equal values count twice", MEANS, "lay_means", "SELECT DISTINCT", "SELECT", []), "visit, mean"),
    (Mutant("the mean of all days", MEANS, "lay_means", "= o{number}", ">= o{number}", []), "visit, mean"),
    (Mutant("the mean of values alone", MEANS, "lay_means", "rel, value, code,", "rel, value, max(code) OVER () AS code,", []), "visit, mean"),
    (Mutant("one visit for every outcome", SHEET, "_ways", "set(group) & set(together)", "set(group) == set(together)", []), "visit, mean"),
    (Mutant("a mean is a whole number", SHEET, "compile_sheet", '!= "mean"', '!= "none"', []), "visit, mean"),
    (Mutant("the fewest that wait", SHEET, "open_on_sheet", "max(n, ", "min(n, ", []), "visit, open"),
]  # fmt: skip


def broken(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break one part, in every module that uses it."""
    if "." in mutant.name:
        of, name = mutant.name.split(".")
        owner = getattr(importlib.import_module(mutant.module), of)
        source = textwrap.dedent(inspect.getsource(getattr(owner, name)))
        assert mutant.old in source
        scope: dict[str, Any] = {}
        exec(source.replace(mutant.old, mutant.new), scope)  # our own source, changed by the list above
        monkeypatch.setattr(owner, name, scope[name])
        return
    break_it(monkeypatch, mutant.module, mutant.name, mutant.old, mutant.new, here=__name__)


#: Studies on the charts by hand, and specs of observed time: in one of them each broken part shows.
SHOWN_IN = {
    "visit, mean": ("same visit", "last", "later", "mean"),
    "visit, limits": ("same visit", "last", "later", "mean", ", censored: limit"),
    "visit, open": ("same visit", "last", "earlier", ""),
    "visit, best": ("same visit", "first", "earlier", "best"),
}


def holds(where: str) -> bool:
    """Whether the sheet still does what it must."""
    try:
        if where in SHOWN_IN:
            components, take, tie, same_day, *censored = SHOWN_IN[where]
            study = two(components, take, tie, same_day, censored="".join(censored))
            check(study, chart(TWO_ROWS, study))
        for spec in OBSERVED:
            if spec.name == where:
                study = protocol(spec.changes, spec.base)
                simply(study, chart(spec.rows, study))
    except (AssertionError, Defect, EngineError):
        return False
    return True


@pytest.mark.parametrize(("mutant", "where"), BROKEN, ids=lambda one: one.what if isinstance(one, Mutant) else "")
def test_a_broken_sheet_is_noticed(mutant: Mutant, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(mutant, monkeypatch)
    assert not holds(where), f"{mutant.what}: {where} still holds"


@pytest.mark.parametrize("where", dict.fromkeys(where for _, where in BROKEN))
def test_nothing_is_noticed_where_nothing_is_broken(where: str) -> None:
    assert where in SHOWN_IN or where in {spec.name for spec in OBSERVED}
    assert holds(where)


def test_an_example_is_laid_out_alike(project_root: Path) -> None:
    study = Study.load(project_root / "examples" / "rtx-sle" / "protocol.yaml")
    check(study.protocol, study.read(project_root / "examples" / "rtx-sle" / "chart.yaml"))
