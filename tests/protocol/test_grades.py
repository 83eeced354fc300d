"""Graded measures: what is refused, at which place, and what is said to do; thresholds, grades and the text that reads back."""

from __future__ import annotations

import pytest

from caseseries import parts
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.differences import plain
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import parse
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import Value
from caseseries.protocol.rule_form import improves, measure
from caseseries.protocol.schema import protocol_schema
from caseseries.protocol.specs import plan

TEXT = """\
study: a study
authors_knew: nothing
case: {index_date: {first_exposure: adalimumab}, per: patient}
include: [{value: cells, in: baseline, at_least: "0.5+"}]
measures:
  cells: {grades: ["0", "0.5+", "1+", "2+"], better: low, words: {trace: 0.5+}}
  course: {grades: [none, mild, severe], better: low}
  power: {grades: [0, 1, 2], better: high}
  score: {quantity: score, unit: points, better: high}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: best}
  after: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: best}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  response: {at: after, rule: {improves: cells, at_least: 2 steps}}
"""
RULE = "{improves: cells, at_least: 2 steps}"


def problems(old: str, new: str) -> tuple[Problem, ...]:
    assert old in TEXT
    with pytest.raises(ProtocolError) as refused:
        parse(TEXT.replace(old, new, 1), file="p.yaml")
    return refused.value.problems


def ruled(rule: str) -> Problem:
    (problem,) = problems(RULE, rule)
    assert 17 == problem.place.line
    return problem


@pytest.mark.parametrize(
    ("rule", "what", "found", "allowed", "do"),
    [
        ("{improves: cells, at_least: 2 points}", "the change of a graded measure is counted in whole steps", "2 points", "2 steps",
         "write so many steps between one grade and another"),
        ("{improves: cells, at_least: 2}", "the change of a graded measure is counted in whole steps", "2", "2 steps",
         "write so many steps between one grade and another"),
        ("{decrease: cells, at_least: 50 % of baseline}", "the change of a graded measure is counted in whole steps", "50 % of baseline",
         "2 steps", "write so many steps between one grade and another"),
        ("{gain: cells, at_least: 20 % of range}", "the change of a graded measure is counted in whole steps", "20 % of range", "2 steps",
         "write so many steps between one grade and another"),
        ("{gain: cells, at_least: 1.5 steps}", "the change of a graded measure is counted in whole steps", "1.5 steps", "2 steps",
         "write so many steps between one grade and another"),
        ("{gain: cells, at_least: 0 steps}", "a gain of nothing: a threshold is more than 0", "0 steps", "more than 0",
         "write the smallest change of cells that counts, such as at_least: 1 step"),
        ("{gain: cells, at_least: 4 steps}", "no value of cells (0 to 2+) can meet this", "4 steps", "",
         "write a threshold that can be met and missed, or mend the grades"),
        ("{gain: cells, at_least: trace}", "`at_least` in `rule` in outcome `response`: not a threshold", "trace",
         "4 points, 15 % of baseline, 20 % of range, or a number with the measure's unit", ""),
        ("{value: cells, at_most: 0.5}", "cells has no such grade", "0.5", "0, 0.5+, 1+, 2+", "write 0.5+"),
        ("{value: cells, at_most: 1}", "cells has no such grade", "1", "0, 0.5+, 1+, 2+", "write 1+"),
        ("{value: cells, at_most: trace}", "cells has no such grade", "trace", "0, 0.5+, 1+, 2+", "write one of its grades"),
        ("{value: course, at_most: mld}", "course has no such grade", "mld", "none, mild, severe", "write mild"),
        ("{value: cells, at_most: 0 points}", "cells is graded: it has no points and no percent", "0 points", "0, 0.5+, 1+, 2+",
         "write one of its grades"),
        ("{value: cells, at_most: 20 % of range}", "cells is graded: it has no points and no percent", "20 % of range", "0, 0.5+, 1+, 2+",
         "write one of its grades"),
        ("{value: cells, at_most: 2 steps}", "steps are those of a change, and this asks for a value", "2 steps", "0, 0.5+, 1+, 2+",
         "write one of its grades, or improves, gain or decrease"),
        ("{value: cells, at_most: 2+}", "every value of cells (0 to 2+) meets this", "2+", "",
         "write a threshold that can be met and missed, or mend the grades"),
        ("{value: cells, less_than: 0}", "no value of cells (0 to 2+) can meet this", "0", "",
         "write a threshold that can be met and missed, or mend the grades"),
        ("{gain: score, at_least: 2 steps}", "score is not measured in this unit", "steps", "points, % of baseline, % of range",
         "`steps` are those of a measure with `grades:`"),
        ("{value: score, at_least: high}", "not a threshold", "high",
         "4 points, 15 % of baseline, 20 % of range, or a number with the measure's unit", ""),
        ("{is: cells}", "`is` asks for a judgement, and this measure is graded", "cells", "none is declared", "use value, gain or decrease"),
    ],
)  # fmt: skip
def test_a_threshold_that_cannot_be_meant(rule: str, what: str, found: str, allowed: str, do: str) -> None:
    told = ruled(rule)
    assert (what, found, allowed, do) == (told.what, told.found, told.allowed, told.do)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('["0", "0.5+", "1+", "2+"]', '["0"]', 6, "a measure with grades has at least two"),
        ('["0", "0.5+", "1+", "2+"]', '["0", "0.5+", "0.5 +"]', 6, "two grades look the same"),
        ('["0", "0.5+", "1+", "2+"]', '["0", "0.5+", "50 %"]', 6, "not a grade"),
        ("trace: 0.5+", "trace: 0.5", 6, "a word means a grade that the measure has not"),
        ("trace: 0.5+", "1+: 0.5+", 6, "`1+` is a grade itself, and means another one here"),
        ("better: low, words", "better: none, words", 6, "not a possible `better` in measure `cells`"),
        ("take: last, same_day: best", "take: mean, components: nearest each, same_day: best", 11, "cells is graded, and grades have no mean"),
        ("take: last, same_day: best", "take: last, same_day: mean", 11, "cells is graded, and grades have no mean"),
        ("tie: earlier, same_day: best", "tie: mean, components: nearest each, same_day: best", 12, "cells is graded, and grades have no mean"),
        ("in: baseline, at_least: \"0.5+\"", "in: baseline, at_least: 1+, at_most: 0.5+", 4, "no value of cells lies in this range"),
        ("in: baseline, at_least: \"0.5+\"", "in: baseline, more_than: 0.5+, less_than: 1+", 4, "no value of cells lies in this range"),
        ("in: baseline, at_least: \"0.5+\"", "in: baseline, at_least: 3+", 4, "cells has no such grade"),
    ],
)  # fmt: skip
def test_a_measure_or_a_window_that_cannot_be_meant(old: str, new: str, line: int, what: str) -> None:
    (told,) = problems(old, new)
    assert line == told.place.line
    assert what in told.what


def test_a_mean_in_the_grid_is_refused_where_it_stands() -> None:
    grid = "robustness: {take: {after: [last, mean]}}\noutcomes:"
    text = TEXT.replace("outcomes:", grid).replace("tie: earlier", "tie: earlier, components: nearest each")
    with pytest.raises(ProtocolError) as refused:
        parse(text, file="p.yaml")
    (told,) = refused.value.problems
    assert ("cells is graded, and grades have no mean", "mean", "choose one of the values") == (
        told.what,
        told.found,
        told.do,
    )
    assert (16, "nearest, last, first, best, worst, highest, lowest") == (told.place.line, told.allowed)


def test_a_window_of_other_measures_may_take_a_mean() -> None:
    text = TEXT.replace(
        "partial_dates",
        "  other: {from: 10 days, to: 20 days, take: mean, same_day: mean, components: nearest each}\npartial_dates",
    )
    text = text.replace(RULE, f"{{any: [{RULE}, {{value: score, at: other, at_least: 2 points}}]}}")
    assert parse(text).protocol.measures["cells"]


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [
        ('{value: cells, at_most: "0.5+"}', 1),
        ("{value: cells, at_least: 1 +}", 2),
        ("{value: course, at_most: MILD}", 1),
        ("{value: power, at_least: 1}", 1),
        ("{value: power, at_least: '1.0'}", 1),
    ],
)
def test_a_grade_is_its_place_however_it_is_spaced_or_quoted(rule: str, threshold: int) -> None:
    found = parse(TEXT.replace(RULE, rule)).protocol
    (leaf,) = (node.leaf for node in plan(found, "response").primary.tree.leaves)
    assert leaf is not None
    assert (threshold, "points") == (leaf.threshold, leaf.basis)


def test_a_protocol_with_grades_reads_back_as_itself_and_shows_its_grades() -> None:
    rule = "{any: [{value: cells, at_most: 0.5+}, {value: course, at_most: mild}, {value: power, at_least: 1}]}"
    found = parse(TEXT.replace(RULE, rule)).protocol
    written = plain(found)
    assert ["0.5+", "mild", "1"] == [
        next(iter(part[key] for key in ("at_most", "at_least") if key in part))
        for part in written["outcomes"]["response"]["rule"]["any"]
    ]
    assert fingerprint(found) == fingerprint(Protocol.model_validate(written))


def test_grades_made_in_python_are_those_written() -> None:
    made = parts.Graded(grades=("0", "0.5+", "1+", "2+"), better="low", words={"trace": "0.5+"})
    assert parse(TEXT).protocol.measures["cells"] == made
    assert parse(TEXT).protocol.verdicts["response"].rule == (improves(measure("cells")) >= "2 steps")
    assert (
        Value(value="cells", at_most="0.5+")
        == parse(TEXT.replace(RULE, "{value: cells, at_most: 0.5+}")).protocol.verdicts["response"].rule
    )
    facts = measure_facts(parse(TEXT).protocol, "cells")
    assert ("grade", "steps", -1, ("0", "0.5+", "1+", "2+")) == (
        facts.kind,
        facts.change_unit,
        facts.sign,
        facts.grades,
    )


def test_the_schema_knows_grades() -> None:
    schema = protocol_schema()["$defs"]["Graded"]
    assert ["grades", "better"] == schema["required"]
    assert {"grades", "better", "words", "label"} == set(schema["properties"])
