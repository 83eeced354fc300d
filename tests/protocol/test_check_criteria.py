"""Lines of `include` and `exclude` that ask for a value: what is refused, at which place, and what is told."""

from __future__ import annotations

import pytest
from tests.spec.small import protocol

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import Loaded, parse
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.schema import protocol_schema

TEXT = """\
study: a study
authors_knew: nothing
case: {index_date: {first_exposure: methotrexate}, per: patient}
include:
  - {LINE}
measures:
  score: {quantity: activity score, unit: points, better: low, range: [0, 100]}
  active: {judgement: active disease, since: last visit}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: mean}
  worst: {from: -60 days, to: 0 days, take: highest, same_day: highest, components: nearest each}
  month 6: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: mean}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  response: {at: month 6, rule: {improves: score, at_least: 10 points}}
"""


def loaded(line: str) -> Loaded:
    return parse(TEXT.replace("{LINE}", f"{{{line}}}"), file="p.yaml")


def mistake(line: str) -> Problem:
    with pytest.raises(ProtocolError) as refused:
        loaded(line)
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize(
    ("line", "column", "what", "found", "do"),
    [
        ("value: scor, in: baseline, at_least: 50 points", "13", "no measure has this name", "scor", "write score"),
        ("value: score, in: baselin, at_least: 50 points", "24", "no window has this name", "baselin", "write baseline"),
        ("value: score, in: baseline, at_least: 50", "44", "the threshold for score has no unit", "50",
         "write 50 points, if that is what is meant"),
        ("value: score, in: baseline, above: 50", "41", "the threshold for score has no unit", "50", "write 50 points, if that is what is meant"),
        ("value: score, in: baseline, below: 50 mg", "41", "score is not measured in this unit", "mg", ""),
        ("value: steroid, in: baseline, at_least: 10", "46", "the threshold for steroid has no unit", "10",
         "write 10 mg/day, if that is what is meant"),
        ("value: score, in: baseline, at_least: 101 points", "44", "no value of score (0 to 100) can meet this", "101 points",
         "write a threshold that can be met and missed, or mend the range"),
        ("value: score, in: baseline, at_least: 50 points, above: 20 points", "5",
         "item 1 of `include`: one comparison is needed, or a lower and an upper one for a range",
         "value: score, in: baseline, at_least: 50 points, above: 2...", "write for example at_least: 50 points"),
        ("value: score, in: baseline", "5", "item 1 of `include`: one comparison is needed, or a lower and an upper one for a range",
         "value: score, in: baseline", "write for example at_least: 50 points"),
        ("value: score, in: baseline, below: 50 points, less_than: 20 points", "41",
         "`below` in item 1 of `include`: `below` is another word for `less_than`", "50 points", ""),
        ("value: score, in: baseline, at_least: 50 % of baseline", "5",
         "item 1 of `include`: a value is not compared with percent of baseline",
         "value: score, in: baseline, at_least: 50 % of baseline", "use decrease or gain"),
        ("value: score, in: baseline, at_least: 50 points, below: 50 points", "5", "no value of score lies in this range",
         "50 points to 50 points", ""),
        ("value: score, in: baseline, above: 50 points, at_most: 20 points", "5", "no value of score lies in this range",
         "50 points to 20 points", ""),
        ("value: active, in: baseline, at_least: 1 points", "13", "a judgement is yes or no: `value` does not apply", "active",
         "write {is: active}"),
        ("is: score, in: baseline", "10", "`is` asks for a judgement, and this measure is a number", "score", "use value"),
        ("value: steroid, in: worst, at_least: 10 mg/day", "5",
         "in the window 'worst' only a dose from courses is taken, so `take: highest` names no day", "", ""),
        ("value: score, in: baseline, above: x", "41", "not a threshold", "x", ""),
        ("value: score, at_least: 50 points", "5", "`in` is missing in item 1 of `include`", "", ""),
    ],
)  # fmt: skip
def test_one_mistake_at_its_place(line: str, column: str, what: str, found: str, do: str) -> None:
    problem = mistake(line)
    assert (what, 5) == (problem.what, problem.place.line)
    assert column == problem.place.column
    assert (found, do) == (problem.found, problem.do)


@pytest.mark.parametrize(
    "line",
    [
        "value: score, in: baseline, at_least: 50 points, at_most: 50 points",
        "value: score, in: baseline, at_least: 20 points, below: 90 % of range",
        "value: steroid, in: baseline, more_than: 0 mg/day",
        "is: active, in: worst",
    ],
)
def test_what_can_be_meant_is_accepted(line: str) -> None:
    loaded(line)


def test_a_value_after_the_index_date_is_told() -> None:
    (told,) = loaded("value: score, in: month 6, at_least: 50 points").warnings
    assert "who is included depends on something after the index date" == told.what
    assert () == loaded("value: score, in: baseline, at_least: 50 points").warnings


def test_the_worst_judgement_needs_a_direction() -> None:
    text = TEXT.replace("{LINE}", "{is: active, in: worst}").replace("take: highest, ", "take: worst, ")
    with pytest.raises(ProtocolError) as refused:
        parse(text)
    assert "whether yes is the better answer is not declared" in refused.value.problems[0].what


def test_two_words_for_one_bound_are_one_protocol() -> None:
    above, more = (loaded(f"value: score, in: baseline, {word}: 50 points").protocol for word in ("above", "more_than"))
    assert fingerprint(above) == fingerprint(more)
    assert "A value of score of more than 50 points in the window baseline" == criterion_words(above.include[0])


@pytest.mark.parametrize(
    "line", ["value: mmt, in: baseline, at_least: 25 % of range, below: 60 points", "is: active, in: baseline"]
)
def test_a_line_is_written_and_read_back(line: str) -> None:
    study = protocol(
        f"measures: {{active: {{judgement: active disease, since: last visit}}}}\nexclude: [{{{line}, label: barred}}]\n"
    )
    again = Protocol.model_validate(study.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert study == again
    assert study == Protocol.model_validate(study.model_dump() | {"exclude": study.exclude})


def test_an_editor_knows_every_word() -> None:
    fields = protocol_schema()["$defs"]["ValueIn"]["properties"]
    assert ["label", "value", "in", "at_least", "more_than", "at_most", "less_than", "above", "below"] == list(fields)
