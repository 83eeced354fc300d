"""Derived measures: what is refused, at which place, and what is said to do; what Python makes and reads back."""

from __future__ import annotations

from fractions import Fraction

import pytest

from caseseries import parts
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.derived import denominator, derived_measures, is_ratio, recorded_parts
from caseseries.protocol.differences import plain
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import parse
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.schema import protocol_schema

TEXT = """\
study: a study
authors_knew: nothing
case: {index_date: {first_exposure: adalimumab}, per: patient}
measures:
  tender: {quantity: tender joints, unit: joints, better: low}
  swollen: {quantity: swollen joints, unit: joints, better: low}
  global: {quantity: global, unit: cm, better: low}
  weight: {instrument: weight}
  flare: {judgement: flare, since: index date, better: no}
  cells: {grades: ["0", "1+"], better: low}
  steroid: {daily_dose: prednisone, as: mg/day, source: courses, outside_courses: zero}
  joints: {sum: [tender, swollen], unit: joints, better: low, range: [0, 56]}
  score: {weighted: {joints: 1, global: "0.5"}, unit: points, better: low}
  excess: {difference: [tender, swollen], unit: joints, better: none}
  share: {ratio: [tender, joints], unit: x, better: low}
  volume: {per_kg: global, weight: weight, unit: cm/kg, better: none}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: best}
  after: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: best}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  response: {at: after, rule: {improves: score, at_least: 20 % of baseline}}
"""
RULE = "{improves: score, at_least: 20 % of baseline}"


def problems(old: str, new: str) -> tuple[Problem, ...]:
    assert old in TEXT
    with pytest.raises(ProtocolError) as refused:
        parse(TEXT.replace(old, new, 1), file="p.yaml")
    return refused.value.problems


def test_the_protocol_is_accepted() -> None:
    assert parse(TEXT).protocol.measures["joints"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "do"),
    [
        ("[tender, swollen], unit: joints, better: low, range", "[tender, swolen], unit: joints, better: low, range", 12,
         "no measure has this name", "write swollen"),
        ("sum: [tender, swollen]", "sum: [tender]", 12, "a sum has at least two parts", ""),
        ("sum: [tender, swollen]", "sum: [tender, tender]", 12, "one part stands twice", "write `weighted:` with a weight of 2"),
        ("sum: [tender, swollen]", "sum: [tender, flare]", 12, "flare: a judgement is yes or no", "name measures that are numbers"),
        ("weighted: {joints: 1", "weighted: {cells: 1", 13, "cells: grades have no sum and no ratio", "name measures that are numbers"),
        ("weighted: {joints: 1", "weighted: {steroid: 1", 13, "a daily dose is no part of a derived measure",
         "ask for the dose in the rule, beside the derived measure"),
        ("weighted: {joints: 1", "weighted: {joints: 0", 13, "a weight is not 0", "leave the part out"),
        ("weighted: {joints: 1, global: \"0.5\"}", "weighted: {}", 13, "a weighted sum has at least one part", ""),
        ("sum: [tender, swollen]", "sum: [tender, global]", 12, "parts in joints and cm do not make a sum in joints",
         "write `weighted: {part: weight}` with weights that bring them into one unit"),
        ("unit: joints, better: none}", "unit: points, better: none}", 14, "parts in joints do not make a difference in points",
         "write `unit: joints`, or weights"),
        ("unit: x, better: low", "unit: '%', better: low", 15, "a ratio is a plain number, and no percent",
         "for percent: `weighted: {RATIO: 100}` of this measure"),
        ("weight: weight, unit: cm/kg", "weight: tender, unit: cm/kg", 16, "the weight must be a measure in kg", "for example {instrument: weight}"),
        ("unit: cm/kg", "unit: cm", 16, "a measure per kg has a unit per kg", "write `unit: cm/kg`"),
        ("range: [0, 56]", "range: [56, 0]", 12, "the range ends before it begins", ""),
        ("take: last, same_day: best", "take: last, same_day: mean", 18, "share is a ratio, and no mean of ratios is taken",
         "choose one of the values"),
        ("outcomes:", "safety: {until_after_last_dose: 30 days, monitored: [{measure: joints, above: 3}]}\noutcomes:", 23,
         "a derived measure is not monitored", "monitor its parts"),
        ("as: mg/day, source: courses", "as: mg/kg/day, source: courses, weight: joints, weight_within: 9 days", 11,
         "the weight of a daily dose is a measure that is recorded", "name the measure of the weight itself"),
        ("outcomes:", "concepts: {joints: {ids: [1]}, tender: {ids: [1]}, swollen: {ids: [2]}, global: {ids: [3]}}\noutcomes:", 23,
         "a derived measure has no rows of its own", "give its parts concept sets"),
    ],
)  # fmt: skip
def test_a_derived_measure_that_cannot_be_meant(old: str, new: str, line: int, what: str, do: str) -> None:
    text = TEXT.replace(RULE, "{decrease: share, at_least: 0.5 x}") if "ratios" in what else TEXT
    with pytest.raises(ProtocolError) as refused:
        assert old in text
        parse(text.replace(old, new, 1), file="p.yaml")
    told = [one for one in refused.value.problems if what in one.what]
    assert told, [one.what for one in refused.value.problems]
    assert line == told[0].place.line
    assert do in told[0].do


def test_a_circle_is_told_and_nothing_runs_in_it() -> None:
    told = problems("sum: [tender, swollen]", "sum: [tender, score]")
    assert [(12, "the measure is made of itself"), (13, "the measure is made of itself")] == [
        (one.place.line, one.what) for one in told
    ]
    assert not is_ratio({"a": parts.Sum(sum=("a", "b"), unit="x", better="low")}, "a")


def test_a_measure_of_no_kind_is_told_which_there_are() -> None:
    (told,) = problems(
        "{sum: [tender, swollen], unit: joints, better: low, range: [0, 56]}", "{summ: [tender, swollen]}"
    )
    assert "difference, ratio, per_kg" in told.allowed


def test_what_is_computed_and_from_what() -> None:
    protocol = parse(TEXT).protocol
    of = derived_measures(protocol.measures)
    assert ("tender", "swollen", "global") == recorded_parts(of["score"])
    assert [1, 2, 1, None, None] == [denominator(one) for one in of.values()]
    facts = measure_facts(protocol, "joints")
    assert ("number", "joints", -1, Fraction(56), ("tender", "swollen"), False) == (
        facts.kind, facts.unit, facts.sign, facts.width, facts.parts, facts.ratio,
    )  # fmt: skip
    assert measure_facts(protocol, "share").ratio


def test_a_percent_of_range_needs_a_range() -> None:
    (told,) = problems(RULE, "{value: score, at_most: 20 % of range}")
    assert "range" in told.what
    assert parse(TEXT.replace(RULE, "{value: joints, at_most: 20 % of range}")).protocol


def test_made_in_python_they_are_those_written() -> None:
    found = parse(TEXT).protocol
    made = {
        "joints": parts.Sum(sum=("tender", "swollen"), unit="joints", better="low", range=(Fraction(0), Fraction(56))),
        "score": parts.Weighted(
            weighted={"joints": Fraction(1), "global": Fraction("0.5")}, unit="points", better="low"
        ),
        "excess": parts.Difference(difference=("tender", "swollen"), unit="joints", better="none"),
        "share": parts.Ratio(ratio=("tender", "joints"), unit="x", better="low"),
        "volume": parts.PerKg(per_kg="global", weight="weight", unit="cm/kg", better="none"),
    }
    assert made == {name: found.measures[name] for name in made}
    again = Protocol.model_validate(plain(found))
    assert fingerprint(found) == fingerprint(again)
    assert found.model_copy(update={"measures": {**found.measures, **made}}) == found


def test_the_schema_knows_them() -> None:
    schema = protocol_schema()["$defs"]
    assert ["unit", "better", "sum"] == schema["Sum"]["required"]
    assert {"Sum", "Weighted", "Difference", "Ratio", "PerKg"} <= schema.keys()
