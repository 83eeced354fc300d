"""Dagher et al. 2012 (doi 10.1007/s00296-010-1653-5): the invented chart must give the published totals and every other choice.

The expected figures are those of the abstract and of the table in examples/jdm-mmf/README.md.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from caseseries.protocol.tree import Slot
from caseseries.study import Results, Study
from caseseries.summary.cases import MonitoredValue, OutcomeCases
from caseseries.summary.model import Cell, OutcomeSummary

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"


@cache
def results(chart: str = "chart.yaml") -> Results:
    return Study.load(EXAMPLE / "protocol.yaml").run(EXAMPLE / chart)


def outcome() -> OutcomeSummary:
    return results().summary.outcomes["good response"]


def cases() -> OutcomeCases:
    return results().summary.shown.outcomes["good response"]


def test_six_of_eight_with_the_exact_interval() -> None:
    head = outcome().responders[0]
    assert (6, 2, 0) == (head.yes, head.no, head.not_evaluable)
    assert Fraction(3, 4) == head.of_included.estimate
    assert head.of_included.lower is not None and head.of_included.upper is not None
    assert (0.349, 0.968) == (round(float(head.of_included.lower), 3), round(float(head.of_included.upper), 3))


def test_readings_of_the_and_or() -> None:
    assert {
        "as written": 6,
        "scores and dose both needed": 3,
        "dose alone suffices": 7,
        "judgement not asked": 8,
    } == {one.reading: one.yes for one in outcome().responders}


@pytest.mark.parametrize(
    ("measure", "part", "value"),
    [
        ("mmt", "mean", Fraction("10.625")),
        ("mmt", "minimum", Fraction(0)),
        ("mmt", "maximum", Fraction(21)),
        ("cmas", "mean", Fraction(7)),
        ("cmas", "minimum", Fraction(3)),
        ("cmas", "maximum", Fraction(11)),
    ],
)
def test_changes(measure: str, part: str, value: Fraction) -> None:
    (change,) = [one for one in outcome().changes if one.measure == measure]
    assert value == change.change[part].estimate
    assert 8 == change.n


def test_taper() -> None:
    (steroid,) = [one for one in outcome().changes if one.measure == "steroid"]
    assert [18, 0, 50] == [steroid.percent[part].estimate for part in ("mean", "minimum", "maximum")]


def test_prior_immunosuppressant_follow_up_and_safety() -> None:
    summary = results().summary
    prior = {one.id: (one.n, one.total) for one in summary.prior}
    assert (7, 8) == prior["prior/conventional immunosuppressants"]
    longest = summary.follow_up["observed/maximum"].estimate
    assert longest is not None and 26 == round(longest)
    events = summary.shown.events
    (event,) = [one for one in events if one.on_treatment]
    assert ("P2", "neutropenia", 29, 50, "resolved") == (event.case_id, event.term, event.day, event.end, event.outcome)
    assert "methotrexate" in event.concurrent
    assert {"P1": "before the index date", "P5": "before the index date"} == {
        one.case_id: one.why_not for one in events if not one.on_treatment
    }
    (neutrophils,) = summary.shown.beyond
    assert (MonitoredValue("P2", 29, 29, Fraction("1.1")),) == neutrophils.values
    assert () == neutrophils.perhaps
    assert summary.safety is not None
    (counted,) = summary.safety.monitoring
    assert (1, 1) == (summary.safety.events.exact, counted.beyond.exact)


def test_every_row_of_the_expected_table() -> None:
    rows = {
        verdict.case_id: [
            next(q for q in verdict.quantities if q.slot == Slot(measure, window))
            for measure, window in (
                ("mmt", "baseline"), ("mmt", "month 3"), ("cmas", "baseline"), ("cmas", "month 3"),
                ("steroid", "baseline"), ("steroid", "month 3"),
            )
        ]
        for verdict in cases().verdicts[0]
    }  # fmt: skip
    told = {case: (found[0].day, found[1].day, *(q.value for q in found)) for case, found in rows.items()}
    assert {
        "P1": (-7, 91, 51, 72, 27, 38, 40, 20),
        "P2": (-13, 92, 58, 74, 33, 42, 20, 15),
        "P3": (-3, 88, 62, 76, 36, 44, 25, 20),
        "P4": (-18, 93, 60, 72, 34, 42, 10, 10),
        "P5": (-6, 99, 66, 76, 38, 45, 25, 22),
        "P6": (0, 84, 74, 74, 45, 48, 30, 24),
        "P7": (-10, 95, 64, 72, 35, 41, 15, 15),
        "P8": (-20, 81, 70, 74, 41, 45, 50, Fraction("41.5")),
    } == told
    assert {"P1": True, "P2": True, "P3": True, "P4": True, "P5": True, "P6": True, "P7": False, "P8": False} == {
        verdict.case_id: verdict.truth for verdict in cases().verdicts[0]
    }


def cell(take_before: str, take_after: str, dose: str = "prednisone mg/day") -> Cell:
    windows = {"baseline": f"-20 days to 0 days, {take_before}", "month 3": f"75 days to 105 days, {take_after}"}
    (found,) = [
        one
        for one in outcome().grid
        if dict(one.windows) == windows
        and one.reading == "as written"
        and one.missing == "not evaluable"
        and one.dose == dose
    ]
    return found


@pytest.mark.parametrize(
    ("take_before", "take_after", "mmt", "cmas", "taper"),
    [
        ("last", "nearest", "10.625", "7", "18"),
        ("last", "first", "10.125", "6.75", "16.4375"),
        ("last", "last", "10.75", "7.25", "19.25"),
        ("first", "nearest", "10.875", "7.25", "18"),
    ],
)
def test_every_other_choice_comes_out_of_the_grid(
    take_before: str, take_after: str, mmt: str, cmas: str, taper: str
) -> None:
    assert {
        "mmt change": Fraction(mmt),
        "cmas change": Fraction(cmas),
        "steroid percent decrease": Fraction(taper),
    } == cases().mean_changes[cell(take_before, take_after).spec]


def test_taper_per_kilogram() -> None:
    found = cell("last", "nearest", "prednisone mg/kg/day")
    taper = cases().mean_changes[found.spec]["steroid percent decrease"]
    assert taper is not None
    assert "19.4" == f"{float(taper):.1f}"
    assert () == found.flips
    by_case = {verdict.case_id: verdict for verdict in cases().verdicts[found.spec]}
    percent = {}
    for case in ("P5", "P8"):
        before, after = (
            next(q.value for q in by_case[case].quantities if q.slot == Slot("steroid", window))
            for window in ("baseline", "month 3")
        )
        assert before is not None and after is not None
        percent[case] = f"{float(100 * (before - after) / before):.1f}"
    assert {"P5": "13.4", "P8": "17.9"} == percent


def test_who_flips() -> None:
    readings = [one for one in outcome().grid if one.varied == ("reading",)]
    flips = {one.reading: {case for case, _ in cases().flips[one.spec]} for one in readings}
    assert {
        "scores and dose both needed": {"P4", "P5", "P6"},
        "dose alone suffices": {"P8"},
        "judgement not asked": {"P7", "P8"},
    } == flips
    assert {reading: len(who) for reading, who in flips.items()} == {
        one.reading: sum(reason.n.low for reason in one.flips) for one in readings
    }


def test_the_workbook_gives_the_same_run() -> None:
    csv, workbook = results().summary, results("chart-workbook.yaml").summary
    assert (
        csv.shown.outcomes["good response"].verdicts[0][0].trace
        == workbook.shown.outcomes["good response"].verdicts[0][0].trace
    )
    assert [one.of_included for one in csv.outcomes["good response"].responders] == [
        one.of_included for one in workbook.outcomes["good response"].responders
    ]
    assert csv.shown.rows == workbook.shown.rows
    assert csv.shown.doses == workbook.shown.doses


def test_sentences() -> None:
    assert (
        "Good response at day 84: physician judged improved; prednisone 30 → 24 mg/day, 20 % lower (more than 15 % "
        "needed). Scores alone would not have sufficed: MMT +0, CMAS +3."
    ) == cases().sentences["P6"]
