"""Thresholds that are multiples of a limit of normal, and the limits of a measure: what is refused, where, and what is said to do."""

from __future__ import annotations

from fractions import Fraction

import pytest

from caseseries import parts
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.amount import amount
from caseseries.protocol.changed_threshold import changed_threshold
from caseseries.protocol.differences import plain
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.load import parse
from caseseries.protocol.schema import protocol_schema

TEXT = """\
study: a study
authors_knew: nothing
case: {index_date: {first_exposure: adalimumab}, per: patient}
measures:
  ck: {quantity: creatine kinase, unit: U/L, better: low}
  ldh: {instrument: LDH}
  cells: {grades: ["0", "0.5+", "1+"], better: low}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero}
  better: {judgement: better, since: index date}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: best}
  after: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: best}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  response: {at: after, rule: {value: ck, at_most: 1 x ULN}}
"""
RULE = "{value: ck, at_most: 1 x ULN}"
CK = "{quantity: creatine kinase, unit: U/L, better: low}"


def problem(old: str, new: str) -> Problem:
    assert old in TEXT
    with pytest.raises(ProtocolError) as refused:
        parse(TEXT.replace(old, new, 1), file="p.yaml")
    (found,) = refused.value.problems
    return found


@pytest.mark.parametrize(
    ("rule", "what", "do"),
    [
        ("{value: ck, at_most: 0 x ULN}", "a multiple of a limit of normal is more than 0", ""),
        ("{value: ck, at_most: -1 x LLN}", "a multiple of a limit of normal is more than 0", ""),
        ("{value: ck, at_most: ULN}", "not a threshold", "write 1 x ULN"),
        ("{value: ck, at_most: 1 x UNL}", "ck is not measured in this unit", ""),
        ("{value: ck, at_most: 1 ULN}", "ck is not measured in this unit", ""),
        ("{value: cells, at_most: 1 x ULN}", "cells is a graded measure, and has no limit of normal", "compare a number that a laboratory measures"),
        ("{value: dose, at_most: 1 x ULN}", "dose is a daily dose, and has no limit of normal", "compare a number that a laboratory measures"),
        ("{decrease: ck, at_least: 1 x ULN}", "only a value is compared with a limit of normal, not a change",
         "write {value: ..., at_least: 1 x ULN}"),
    ],
)  # fmt: skip
def test_what_is_no_multiple_of_a_limit(rule: str, what: str, do: str) -> None:
    found = problem(RULE, rule)
    assert found.what.endswith(what)
    assert (do, 17) == (found.do, found.place.line)


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        ("{lower: 190, upper: 30}", "the lower limit of normal is not below the upper one"),
        ("{lower: 30, upper: 30}", "the lower limit of normal is not below the upper one"),
        ("{upper: 0}", "a limit of normal of which multiples are asked is above 0"),
        ("{lower: -2, upper: 3}", "a limit of normal of which multiples are asked is above 0"),
        ("{upper: 0.0000001}", "a limit of normal has at most six decimals"),
        ("{sex: female}", "no limit of normal is given"),
        ("[{sex: female, upper: 150}, {upper: 190}]", "two lines are limits of the same patients, and nobody can tell which holds"),
        ("[{age: {below: 6 years}, upper: 250}, {age: {at_least: 5 years}, upper: 190}]",
         "two lines are limits of the same patients, and nobody can tell which holds"),
        ("{age: {at_least: 6 years, below: 6 years}, upper: 250}", "nobody has this age"),
    ],
)  # fmt: skip
def test_what_are_no_limits(limits: str, what: str) -> None:
    found = problem(CK, CK.replace("better: low", f"better: low, limits: {limits}"))
    assert found.what.endswith(what)
    assert 5 == found.place.line


def test_limits_are_written_alone_or_as_a_list() -> None:
    alone, listed = (
        parse(TEXT.replace(CK, CK.replace("low}", f"low, limits: {one}}}"))).protocol
        for one in ("{upper: 190}", "[{upper: 190}]")
    )
    assert alone.measures["ck"] == listed.measures["ck"]
    assert (Fraction(190),) == tuple(one.upper for one in alone.measures["ck"].limits)


def test_a_multiple_reads_back_and_can_be_changed() -> None:
    protocol = parse(TEXT).protocol
    assert {"ck"} == limited_measures(protocol)
    assert "1 x ULN" == plain(protocol)["outcomes"]["response"]["rule"]["at_most"]
    changed = changed_threshold(protocol, "response", "ck", {"at_most": "2 × uln"})
    assert changed.outcomes["response"].rule == parts.Value(value="ck", at_most="2 x ULN")
    assert amount("1.5x LLN") == amount("1.5 × lln") != amount("1.5 x ULN")


def test_limits_asked_for_anywhere_are_found() -> None:
    where = [
        (
            "rule: {value: ck, at_most: 1 x ULN}",
            "rule: {held: {not: {value: ck, at_most: 1 x ULN}}, in: after, on: every visit}",
        ),
        (
            "rule: {value: ck, at_most: 1 x ULN}",
            "rule: {value: ck, at_most: 5 U/L}, readings: {other: {value: ck, at_most: 1 x ULN}}",
        ),
        (
            "rule: {value: ck, at_most: 1 x ULN}",
            "rule: {value: ck, at_most: 5 U/L}, among: {value: ck, at: baseline, more_than: 1 x ULN}",
        ),
        ("rule: {value: ck, at_most: 1 x ULN}", "levels: {good: {value: ck, at_most: 1 x ULN}, none: otherwise}"),
    ]
    for old, new in where:
        assert {"ck"} == limited_measures(parse(TEXT.replace(old, new)).protocol), new
    line = "include: [{value: ldh, in: baseline, above: 1 x ULN}]\nmeasures:"
    assert {"ck", "ldh"} == limited_measures(parse(TEXT.replace("measures:", line, 1)).protocol)
    assert frozenset() == limited_measures(parse(TEXT.replace("1 x ULN", "5 U/L")).protocol)


def test_the_schema_says_what_limits_are() -> None:
    assert {"sex", "age", "lower", "upper", "source"} == set(protocol_schema()["$defs"]["NormalLimits"]["properties"])
    written = protocol_schema()["$defs"]["Custom"]["properties"]["limits"]["anyOf"]
    assert ["#/$defs/NormalLimits", "array"] == [one.get("$ref", one.get("type")) for one in written]
