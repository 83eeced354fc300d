"""Rules and windows as a Methods section says them, and what a verdict rests on."""

from __future__ import annotations

import re
from fractions import Fraction
from types import SimpleNamespace
from typing import get_args

import pytest

from caseseries.form.start_windows import WindowPlan, window_lines
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.rule import parse
from caseseries.protocol.window import Take, Window
from caseseries.verdict import describe_rule, describe_window, rests_on_judgement_alone

DOSE = "a decrease of more than 15 % of baseline in the daily dose of systemic glucocorticoids"
SCORES = "a gain of at least 4 points on both MMT and CMAS"


def test_the_rule_of_the_example(told: SimpleNamespace) -> None:
    protocol = told.example()
    outcome, measures = protocol.verdicts["good response"], all_measures(protocol)
    assert f"physician global improvement, and either {SCORES} or {DOSE}" == describe_rule(
        outcome.rule, measures, at="month 3"
    )
    assert [
        f"physician global improvement, {SCORES}, and {DOSE}",
        f"either (physician global improvement and {SCORES}) or {DOSE}",
        f"either {SCORES} or {DOSE}",
    ] == [describe_rule(reading, measures, at="month 3") for reading in outcome.readings.values()]
    assert describe_rule(outcome.rule, measures, at="month 3") == describe_rule(told.primary(protocol).tree, measures)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"gain": "mmt", "at_least": "1"}, "a gain of at least 1 point on MMT"),
        ({"worsens": "ck", "more_than": "20 % of baseline"}, "a worsening of more than 20 % of baseline in CK"),
        ({"value": "cmas", "at_least": "80 % of range"}, "CMAS at least 80 % of the range"),
        ({"value": "ck", "less_than": "150 U/L"}, "CK less than 150 U/L"),
        (
            {"falls": "steroid", "at_least": "5 mg/day"},
            "a fall of at least 5 mg/day in the daily dose of systemic glucocorticoids",
        ),
        ({"is": "improved", "at": "baseline"}, "physician global improvement at baseline"),
        (
            {"gain": "mmt", "at_least": "4", "from": "month 3", "at": "baseline"},
            "a gain of at least 4 points on MMT since month 3 at baseline",
        ),
        ({"not": {"is": "improved"}}, "not (physician global improvement)"),
        (
            {"any": [{"is": "improved"}, {"gain": "mmt", "at_least": "4"}, {"gain": "cmas", "at_least": "4"}]},
            "any of physician global improvement, a gain of at least 4 points on MMT or a gain of at least 4 points on CMAS",
        ),
        (
            {"exactly": "1", "of": [{"gain": "mmt", "at_least": "4"}, {"gain": "cmas", "at_least": "4"}]},
            "exactly 1 of these 2: a gain of at least 4 points on MMT, CMAS",
        ),
    ],
)
def test_parts_of_rules(told: SimpleNamespace, rule: dict[str, object], expected: str) -> None:
    assert expected == describe_rule(parse(rule), all_measures(told.example()), at="month 3")


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"from": "start", "to": "0 days", "take": "last"}, "any day up to day 0, the last visit"),
        ({"from": "0 days", "to": "0 days", "take": "first"}, "day 0, the first visit"),
        (
            {
                "from": "75 days",
                "to": "105 days",
                "take": "nearest",
                "target": "91 days",
                "components": "nearest each",
                "same_day": "mean",
            },
            "days 75 to 105, for each measure the value nearest day 91; of different values on one day the mean is taken",
        ),
    ],
)
def test_windows(window: dict[str, str], expected: str) -> None:
    assert expected == describe_window(Window.model_validate(window))


def test_every_take_has_words_of_its_own() -> None:
    """For the Methods, and for the windows of a protocol to start from."""
    told = {
        describe_window(Window(from_=0, to=9, target=5, take=take, components="nearest each"))
        for take in get_args(Take)
    }
    assert len(told) == len(get_args(Take))
    (line,) = [one for one in window_lines(WindowPlan("after", "1 day", "end", {"take": "last"})) if "take:" in one]
    assert set(get_args(Take)) <= set(re.findall(r"\w+", line.partition("#")[2]))


@pytest.mark.parametrize(
    ("improved", "mmt_after", "alone"),
    [
        ("0", "70", True),  # the score sufficed, the judgement refused it
        ("0", "60", False),  # neither: turning the judgement would not help
        ("1", "70", False),  # both were needed
        ("1", "60", False),
    ],
)
def test_a_verdict_resting_on_the_judgement_alone(
    told: SimpleNamespace, improved: str, mmt_after: str, alone: bool
) -> None:
    rule = {"all": [{"is": "improved"}, {"gain": "mmt", "at_least": "4 points"}]}
    spec = told.primary(told.example(outcomes={"good response": {"at": "month 3", "rule": rule}}))
    values = {
        ("improved", "month 3"): (improved, 90),
        ("mmt", "baseline"): ("60", 0),
        ("mmt", "month 3"): (mmt_after, 90),
    }
    assert alone is rests_on_judgement_alone(spec.tree, told.verdict(spec, values, 90))


def test_percent_points_and_percent_of_baseline_are_told_apart() -> None:
    """A measure in percent: 5 points of it, 5 percent of where it began, and 5 percent of its range."""
    fev1 = {"fev1": MeasureFacts("fev1", "number", "FEV1 % predicted", "%", Fraction(15), Fraction(160), 1)}
    said = {
        written: describe_rule(parse({"improves": "fev1", "at_least": written}), fev1, at="after")
        for written in ("5 points", "5 % of baseline", "5 % of range")
    }
    assert {
        "5 points": "an improvement of at least 5 percentage points in FEV1",
        "5 % of baseline": "an improvement of at least 5 % of baseline in FEV1",
        "5 % of range": "an improvement of at least 5 % of the range in FEV1",
    } == said
    assert "FEV1 at least 80 %" == describe_rule(parse({"value": "fev1", "at_least": "80 points"}), fev1, at="after")
