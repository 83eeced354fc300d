"""Rare protocols: own drugs and groups, odd windows, large grids; each is read, warned of or refused in words."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.errors import ProtocolError
from caseseries.protocol.choices import defaults, in_force, undeclared
from caseseries.protocol.differences import differences
from caseseries.protocol.dose_units import one_unit
from caseseries.protocol.draft import in_circle
from caseseries.protocol.load import Loaded, parse
from caseseries.protocol.lock import lock, lock_file, outcomes_shown, shown_file, status
from caseseries.protocol.measures import equivalence, ingredient, ingredients
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan
from caseseries.protocol.window import Window
from caseseries.protocol.written import date
from caseseries.protocol.yaml import read

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "jdm-mmf" / "protocol.yaml"
OWN = """
drugs: {newdrug: {aliases: [ND-1], groups: [our tablets]}}
drug_groups: {ours: [ND-1, methotrexate]}
equivalences: {newdrug: 10}
"""


def made(*changes: tuple[str, str], more: str = "") -> Loaded:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text + more)


def mistakes(*changes: tuple[str, str], more: str = "") -> list[str]:
    with pytest.raises(ProtocolError) as wrong:
        made(*changes, more=more)
    return [problem.what for problem in wrong.value.problems]


def test_own_drugs_and_groups_stand_before_the_catalogue() -> None:
    protocol = made(more=OWN).protocol
    assert {"newdrug", "methotrexate"} == ingredients(protocol, " OURS ")
    assert {"newdrug"} == ingredients(protocol, "nd-1") == ingredients(protocol, "our tablets")
    assert ("newdrug", "methotrexate", None) == tuple(
        ingredient(protocol, written) for written in ("ND-1", "MTX", "no such drug")
    )


def test_own_equivalences_stand_before_the_catalogue() -> None:
    protocol = made(more=OWN).protocol
    assert (Fraction(1, 2), Fraction(1), None) == tuple(
        equivalence(protocol, drug) for drug in ("newdrug", "prednisone", "methotrexate")
    )


def test_a_group_named_twice_on_the_way_is_looked_at_once() -> None:
    groups = {"a": ["b", "b", "c"], "b": ["c"], "c": ["d"]}
    assert not in_circle(groups, "a")
    assert in_circle({**groups, "c": ["A"]}, "a")


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ({"from": "3 days", "to": "2 days", "take": "last"}, "ends before it begins"),
        ({"from": "2 days", "to": "3 days", "take": "nearest"}, "needs a `target`"),
        ({"from": "2 days", "to": "3 days", "take": "nearest", "target": "4 days"}, "lies outside the window"),
        ({"from": "2 days", "to": "3 days", "take": "last", "target": "1 day"}, "lies outside the window"),
    ],
)
def test_a_window_made_in_python_is_checked_too(written: dict[str, str], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Window.model_validate(written)


@pytest.mark.parametrize("target", ["2 days", "3 days"])
def test_a_target_on_the_edge_lies_inside(target: str) -> None:
    window = Window.model_validate({"from": "2 days", "to": "3 days", "take": "nearest", "target": target})
    assert window.from_ <= window.target <= window.to


def test_a_date_may_be_a_date() -> None:
    assert dt.date(2005, 1, 1) == date(dt.date(2005, 1, 1))


def test_an_empty_list_of_patients_is_a_mistake() -> None:
    assert ["the list of patients is empty"] == mistakes(
        ("include:", "include:\n  - {patients: [], reason: chosen by hand}")
    )


def test_daily_doses_of_several_units_stand_side_by_side_where_the_grid_varies_none() -> None:
    other = "measures:\n  other: {daily_dose: prednisone, as: mg/day, if_zero_baseline: not evaluable}"
    told = "the robustness grid varies the unit of all daily doses, and these have different ones side by side"
    assert told in mistakes(("measures:", other))
    named = ("  steroid raised above baseline: non-responder", "  steroid raised above baseline: as observed")
    protocol = made(("measures:", other), named, ("  dose: [prednisone mg/kg/day]", "")).protocol
    assert (None, 2) == (one_unit(protocol), len(protocol.doses))


def test_an_equivalence_of_nothing_is_a_mistake() -> None:
    assert ["the milligrams equal to prednisone 5 mg are more than 0"] == mistakes(
        more="equivalences: {deflazacort: 0}\n"
    )
    assert 1 == len(mistakes(more="equivalences: {deflazacort: a little}\n"))
    assert made(more="equivalences: {deflazacort: 6.5}\n").protocol.equivalences


def test_a_very_large_grid_is_pointed_out() -> None:
    widths = ", ".join(f"{{from: {60 - n} days, to: 121 days}}" for n in range(20))
    found = made(("month 3: [{from: 61 days, to: 121 days}]", f"month 3: [{widths}]")).warnings
    assert ["the grid of one outcome has 2016 cells"] == [one.what for one in found if "grid" in one.what]


def test_a_change_outcome_without_a_baseline_window_says_from_where() -> None:
    gone = [("  baseline: {from", "  before: {from"), ("    baseline: [first]", "    before: [first]")]
    outcome = "  more strength: {change: mmt, at: month 3}\n\nsafety:"
    found = mistakes(*gone, ("\nsafety:", outcome))
    assert 13 == found.count("the change starts from the window 'baseline', which is not declared")
    declared = mistakes(*gone, ("\nsafety:", outcome.replace("at:", "from: before, at:")))
    assert 12 == declared.count("the change starts from the window 'baseline', which is not declared")


def test_three_bounds_are_no_range() -> None:
    assert ["`range` in measure `cmas`: too many items"] == mistakes(
        ("{instrument: CMAS}", "{instrument: CMAS, range: [0, 5, 52]}")
    )


def test_what_is_declared_is_no_default() -> None:
    written = made(("\nsafety:", "\nreporting: {p_values: no, level: 95}\n\nsafety:")).protocol
    assert not {"reporting > p_values", "reporting > level", "safety > grading"} & {
        choice.name for choice in defaults(written)
    }
    ungraded = made(("  grading: CTCAE v5.0\n", "")).protocol
    assert "safety > grading" in {choice.name for choice in defaults(ungraded)}


def test_a_washout_is_a_choice_in_force() -> None:
    protocol = made(("restart_after: 60 days", "restart_after: 60 days, washout: 90 days")).protocol
    assert ("case > index_date > washout", "90 days") in in_force(protocol)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("{at_least: 1, of: [{is: improved}, {decrease: steroid, more_than: 15 % of baseline}]}", True),
        ("{at_least: 1, of: [{is: improved}, {decrease: steroid, more_than: 5 points}]}", False),
    ],
)
def test_percent_of_zero_is_open_inside_a_count_too(rule: str, asked: bool) -> None:
    data = dict(read(EXAMPLE).data)
    steroid = {name: value for name, value in data["measures"]["steroid"].items() if name != "if_zero_baseline"}
    protocol = Protocol.model_validate(
        {
            **data,
            "measures": {**data["measures"], "steroid": steroid},
            "outcomes": {
                "strength": {"change": "mmt", "at": "month 3"},
                "response": {"at": "month 3", "rule": read(f"rule: {rule}").data["rule"]},
            },
        }
    )
    assert asked is ("measures > steroid > if_zero_baseline" in {one.name for one in undeclared(protocol)})


def test_differences_of_lists_and_yes_or_no_are_told_in_words() -> None:
    before = made().protocol
    after = made(
        ("consecutive: yes", "consecutive: no"), ("sources: [pharmacy list, clinic register]", "sources: []")
    ).protocol
    told = differences(before, after)
    assert "case_finding > consecutive: yes → no" in told
    assert "case_finding > sources: without pharmacy list" in told
    regrouped = differences(made(more="drug_groups: {ours: [methotrexate]}\n").protocol, before)
    assert ("drug_groups > ours: [methotrexate] → not there",) == regrouped


def test_an_age_may_have_either_bound_alone() -> None:
    assert "Age at least 18 years at the index date" == criterion_words(
        made(("{below: 18 years}", "{at_least: 18 years}")).protocol.include[1]
    )


def test_readings_beside_the_grid_stand_under_the_protocol_as_written() -> None:
    protocol = made(("robustness:\n", "robustness:\n  readings: no\n")).protocol
    specs = plan(protocol, "good response").specs
    (name,) = {spec.outcome for spec in specs}
    assert "good response" == name
    alone = [spec for spec in specs if spec.reading != "as written"]
    assert 3 == len(alone)
    assert {("reading",)} == {spec.varied for spec in alone}
    assert list(range(len(specs))) == [spec.number for spec in specs]
    assert all(spec.windows == specs[0].windows and spec.missing == specs[0].missing for spec in alone)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "protocol.yaml"
    path.write_bytes(EXAMPLE.read_bytes())
    lock(path, reason="before the charts were read", today=dt.date(2024, 5, 1))
    return path


def edited(path: Path, **fields: object) -> None:
    content = json.loads(lock_file(path).read_text(encoding="utf-8"))
    content["locks"][0] |= fields
    lock_file(path).write_text(json.dumps(content), encoding="utf-8")


def test_a_lock_of_another_version_that_fits_no_more_is_said(locked: Path) -> None:
    edited(locked, protocol={"study": "of another time"}, version="0.0.1")
    with pytest.raises(ProtocolError, match=r"locked by version 0\.0\.1 is not one of this version"):
        status(locked)


def test_a_lock_with_an_unknown_word_is_refused(locked: Path) -> None:
    edited(locked, outcomes="perhaps")
    with pytest.raises(ProtocolError, match=r"protocol\.lock\.json"):
        status(locked)


def test_a_lock_that_does_not_know_says_so(locked: Path) -> None:
    edited(locked, outcomes="not known")
    (found,) = status(locked).locks
    assert "2024-05-01; whether this software had shown outcomes by then is not known" == found.words


def test_a_record_that_is_no_text_or_no_file_is_refused(locked: Path) -> None:
    lock_file(locked).write_bytes(b"\xff\xfe{")
    with pytest.raises(ProtocolError, match="the file cannot be read"):
        status(locked)
    shown_file(locked).mkdir()
    with pytest.raises(ProtocolError, match="the file cannot be read"):
        outcomes_shown(locked)


def test_an_outcome_that_waits_may_stand_beside_others() -> None:
    found = made(("safety:\n", "  flare:\n    {time_to: flare, pending: yes}\n\nsafety:\n")).protocol
    assert ["good response", "flare"] == list(found.outcomes)


@pytest.mark.parametrize("odd", ["some days", "x", "-"])
def test_a_width_of_the_grid_that_is_no_days_is_one_mistake(odd: str) -> None:
    assert ["`from` in item 1 of window `month 3` in `robustness`: not a length of time"] == mistakes(
        ("{from: 61 days, to: 121 days}", f"{{from: '{odd}', to: 121 days}}")
    )
