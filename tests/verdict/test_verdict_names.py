"""What things are called: measures, judgements, windows, numbers."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest

from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.window import Window
from caseseries.protocol.written import OPEN_END, OPEN_START
from caseseries.verdict import day_text, judged, listed, short_name, shown, signed, unit_text, window_days
from caseseries.verdict.names import why_absent


def facts(name: str, label: str, kind: str = "number", unit: str = "points") -> MeasureFacts:
    return MeasureFacts(name, kind, label, unit, None, None, 0)


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("mmt", "Manual muscle test, 8 groups, dominant side", "MMT"),
        ("mmt8", "Manual muscle test, 8 groups, dominant side", "MMT8"),
        ("cmas", "Childhood Myositis Assessment Scale", "CMAS"),
        ("das", "Disease Activity Score of juvenile dermatomyositis, total", "DAS"),
        ("ck", "Creatine kinase", "CK"),
        ("CK", "Creatine kinase", "CK"),
        ("crp", "CRP in serum", "CRP"),
        ("pain", "Pain, visual analogue scale", "pain"),
        ("pav", "Pain, visual analogue scale", "pav"),  # not the first letters in order
        ("p", "Pain, visual analogue scale", "p"),
        ("m m t", "Manual muscle test", "m m t"),
        ("HbA1c", "Glycated haemoglobin", "HbA1c"),
        ("hba1c", "Glycated haemoglobin (HbA1c)", "HbA1c"),
        ("alt", "Alanine aminotransferase", "ALT"),
        ("iua", "Iron uptake", "iua"),
    ],
)
def test_names_of_measures(name: str, label: str, expected: str) -> None:
    assert expected == short_name(facts(name, label))


def test_names_of_doses() -> None:
    assert "prednisone" == short_name(facts("steroid", "systemic glucocorticoids", "dose", "prednisone mg/day"))
    assert "mtx" == short_name(facts("mtx", "methotrexate", "dose", "mg/day"))


@pytest.mark.parametrize(
    ("name", "label", "yes", "no"),
    [
        (
            "improved",
            "physician global improvement",
            "physician judged improved",
            "the physician did not judge improved",
        ),
        ("better", "Parent opinion", "parent judged better", "the parent did not judge better"),
        ("opinion", "physician opinion", "physician opinion: yes", "physician opinion: no"),
        ("much improved", "physician opinion", "physician opinion: yes", "physician opinion: no"),
        ("improved", "rash in the notes", "rash in the notes: yes", "rash in the notes: no"),
    ],
)
def test_judgements(name: str, label: str, yes: str, no: str) -> None:
    found = facts(name, label, "judgement", "yes/no")
    assert (yes, no) == (judged(found, yes=True), judged(found, yes=False))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-20, 0, "days −20 to 0"),
        (0, 0, "day 0"),
        (-1, -1, "day −1"),
        (OPEN_START, 0, "any day up to day 0"),
        (1, OPEN_END, "from day 1 on"),
        (OPEN_START, OPEN_END, "any day"),
    ],
)
def test_days_of_windows(start: int, end: int, expected: str) -> None:
    assert expected == window_days(Window(from_=start, to=end, take="last"))


def test_units() -> None:
    assert ["", "", "", " mg/day", " mg/kg/day", " U/L"] == [
        unit_text(unit) for unit in ("points", "", "yes/no", "prednisone mg/day", "mg/kg/day", "U/L")
    ]


@pytest.mark.parametrize(
    ("value", "places", "others", "expected"),
    [
        ("15", 1, ["15"], "15"),
        ("15.04", 1, ["15"], "15.04"),
        ("14.96", 1, ["15"], "14.96"),
        ("15.00000004", 1, ["15"], "15.00000004"),
        ("40/3", 1, [], "13.3"),
        ("1.005", 2, [], "1.01"),  # a half goes up
        ("-0.04", 1, ["0"], "−0.04"),
        ("-0.04", 1, [], "−0.04"),  # below a tenth two digits are kept: nothing is printed as none
        ("0.0249", 2, [], "0.025"),
        ("0.000361", 2, [], "0.00036"),
        ("0", 2, [], "0"),
    ],
)
def test_numbers_stay_on_their_side(value: str, places: int, others: list[str], expected: str) -> None:
    assert expected == shown(Fraction(value), places, *map(Fraction, others))


def test_signs_days_and_lists() -> None:
    assert ["+0", "+4", "−4"] == [signed(Fraction(value), 2) for value in (0, 4, -4)]
    assert ["day 0", "day −7"] == [day_text(0), day_text(-7)]
    assert ["a", "a or b", "a, b or c"] == [listed(parts, "or") for parts in (["a"], ["a", "b"], ["a", "b", "c"])]


def test_doses_are_never_told_together(told: SimpleNamespace) -> None:
    rule = {
        "all": [
            {"falls": "steroid", "at_least": "5"},
            {"falls": "steroid", "at_least": "5", "from": "month 3", "at": "baseline"},
        ]
    }
    spec = told.primary(protocol := told.example(outcomes={"tapered": {"at": "month 3", "rule": rule}}))
    values = {("steroid", "baseline"): ("30", 0), ("steroid", "month 3"): ("20", 84)}
    assert (
        "Not tapered at day 84: prednisone (since month 3 at baseline) 20 → 30 mg/day (+10; a fall of at least 5 mg/day needed). "
        "Met: prednisone 30 → 20 mg/day, 33.3 % lower."
    ) == told.say(protocol, spec, told.verdict(spec, values, 84))


def test_a_judgement_without_an_answer_is_noted_without_a_yes_or_no() -> None:
    told = why_absent("recorded without a number", facts("improved", "improved", "judgement"), "month 3", {}, 90)
    assert told == "improved noted without a yes or no at the visit of day 90"
