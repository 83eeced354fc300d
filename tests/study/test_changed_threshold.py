"""A threshold of a rule changed in one call: a new study, checked as if it had been written so."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import caseseries as cs
from caseseries.protocol.load import parse
from caseseries.protocol.rule import COMPARISONS


@pytest.fixture(scope="module")
def folder(project_root: Path) -> Path:
    return project_root / "examples" / "jdm-mmf"


@pytest.fixture(scope="module")
def study(folder: Path) -> cs.Study:
    return cs.Study.load(folder / "protocol.yaml")


def written(folder: Path, old: str, new: str) -> cs.Protocol:
    text = (folder / "protocol.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    return parse(text.replace(old, new)).protocol


def test_it_is_the_study_that_would_have_been_written(study: cs.Study, folder: Path) -> None:
    text = (folder / "protocol.yaml").read_text(encoding="utf-8")
    rule = text[text.index("outcomes:") :]
    assert "more_than: 15 % of baseline" in rule
    other = study.with_threshold("good response", "steroid", more_than="30 % of baseline")
    first = text.index("more_than: 15 % of baseline")
    same = parse(
        f"{text[:first]}more_than: 30 % of baseline{text[first + len('more_than: 15 % of baseline') :]}"
    ).protocol
    assert same.outcomes["good response"].rule == other.protocol.outcomes["good response"].rule  # type: ignore[union-attr]  # a verdict
    assert cs.Study(same).fingerprint == other.fingerprint
    assert study.fingerprint != other.fingerprint
    assert (None, "", ()) == (other.file, other.locked, other.suggested)
    assert study.protocol == cs.Study.load(folder / "protocol.yaml").protocol


def test_it_changes_the_verdicts(study: cs.Study, folder: Path) -> None:
    chart = study.read(folder / "chart.yaml")
    rows = [
        cs.Study.run(one, chart).responders["good response"][0].yes
        for one in (study, study.with_threshold("good response", "steroid", more_than=cs.pct(60)))
    ]
    assert rows[0] > rows[1]


ONE = """
study: One
case: {index_date: {first_exposure: methotrexate}, per: patient}
measures: {mmt: {instrument: MMT8}, crp: {instrument: CRP}}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 1 day, to: 180 days, take: last}
intercurrent:
  {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
   steroid raised above baseline: as observed, pulse: as observed}
outcomes:
  one: {at: after, rule: {gain: mmt, at_least: 10 points}, readings: {stricter: {gain: mmt, at_least: 20 points}}}
  many:
    at: after
    rule:
      any:
        - all: [{gain: mmt, at_least: 10 points}, {decrease: crp, at_least: 20 % of baseline}]
        - all: [{gain: mmt, at_least: 10 points}, {not: {value: crp, more_than: 5 mg/L}}]
        - {at_least: 1, of: [{gain: mmt, at_least: 30 points}]}
  lower: {at: after, change: crp, from: baseline}
"""


@pytest.fixture
def one() -> cs.Study:
    return cs.Study(parse(ONE).protocol)


def rule(study: cs.Study, outcome: str, reading: str | None = None) -> Any:
    found = study.protocol.verdicts[outcome]
    return (found.rule if reading is None else found.readings[reading]).model_dump(by_alias=True, exclude_none=True)


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_each_comparison(one: cs.Study, comparison: str) -> None:
    given: dict[str, Any] = {comparison: "12 points"}
    assert {"gain": "mmt", "from": "baseline", comparison: "12 points"} == rule(
        one.with_threshold("one", **given), "one"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(12, "12 points"), (12.5, "12.5 points"), ("12.5 points", "12.5 points"), (Fraction(25, 2), "12.5 points"), ("20 % of range", "20 % of range"),
     (cs.pct(20, of="range"), "20 % of range")],
)  # fmt: skip
def test_each_way_to_give_a_threshold(one: cs.Study, value: Any, expected: str) -> None:
    assert expected == rule(one.with_threshold("one", at_least=value), "one")["at_least"]


def test_a_reading(one: cs.Study) -> None:
    other = one.with_threshold("one", reading="stricter", at_least="25 points")
    assert ("25 points", "10 points") == (rule(other, "one", "stricter")["at_least"], rule(other, "one")["at_least"])


def test_equal_thresholds_are_changed_together_and_others_are_not(one: cs.Study) -> None:
    other = rule(one.with_threshold("many", "mmt", was="10 points", at_least="12 points"), "many")
    assert ["12 points", "12 points", "30 points"] == [
        other["any"][0]["all"][0]["at_least"], other["any"][1]["all"][0]["at_least"], other["any"][2]["of"][0]["at_least"],
    ]  # fmt: skip
    other = rule(one.with_threshold("many", "mmt", was=30, at_least="40 points"), "many")
    assert ["10 points", "40 points"] == [other["any"][0]["all"][0]["at_least"], other["any"][2]["of"][0]["at_least"]]
    other = rule(one.with_threshold("many", "crp", was="5 mg/L", more_than="6 mg/L"), "many")
    assert "6 mg/L" == other["any"][1]["all"][1]["not"]["more_than"]


WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("no such outcome", ("two",), {"at_least": 1}, "there is no verdict 'two' (allowed: one, many)"),
    ("a change", ("lower",), {"at_least": 1}, "there is no verdict 'lower'"),
    ("no such reading", ("one",), {"at_least": 1, "reading": "x"}, "there is no reading 'x' of 'one' (allowed: stricter)"),
    ("no such measure", ("one", "crp"), {"at_least": 1}, "no such threshold of 'crp' (allowed: {gain: mmt, from: baseline, at_least: 10 points})"),
    ("several", ("many", "mmt"), {"at_least": 1}, "several thresholds of 'mmt'"),
    ("several measures", ("many",), {"at_least": 1}, "several thresholds"),
    ("it was another", ("many", "mmt"), {"at_least": 1, "was": "11 points"}, "no such threshold of 'mmt'"),
    ("it was none", ("many", "mmt"), {"at_least": 1, "was": "lots"}, "`was` is no threshold"),
    ("nothing given", ("one",), {}, "exactly one comparison is needed"),
    ("two given", ("one",), {"at_least": 1, "at_most": 2}, "exactly one comparison is needed"),
    ("percent of what", ("one",), {"at_least": "30 %"}, "percent of what is not said"),
    ("no threshold", ("one",), {"at_least": "much"}, "not a threshold"),
    ("true", ("one",), {"at_least": True}, "not a threshold"),
    ("another unit", ("one",), {"at_least": "3 kg"}, "kg"),
    ("a bare number of a measure with a unit", ("many", "crp"), {"more_than": 6, "was": "5 mg/L"}, "unit"),
    ("a value in percent of baseline", ("many", "crp"), {"more_than": "6 % of baseline", "was": "5 mg/L"}, "not compared with percent of baseline"),
    ("out of reach", ("one",), {"at_least": "500 points"}, "500"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "named", "said"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_refused(one: cs.Study, arguments: tuple[Any, ...], named: dict[str, Any], said: str) -> None:
    before = one.fingerprint
    with pytest.raises(cs.ProtocolError) as caught:
        one.with_threshold(*arguments, **named)
    assert said in str(caught.value)
    assert before == one.fingerprint
