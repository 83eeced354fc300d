"""Nodes of a rule: as written and as made in Python, the messages for each mistake, and one threshold changed in them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError
from tests.spec.small import BASE

from caseseries import each, gain, if_measured, judged, measure, parts, pct, when
from caseseries.errors import ProtocolError
from caseseries.protocol import Loaded, Protocol
from caseseries.protocol import parse as parse_protocol
from caseseries.protocol.changed_threshold import changed_threshold
from caseseries.protocol.check import check_made
from caseseries.protocol.choices import undeclared
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.rule import parse, parts_of
from caseseries.protocol.schema import protocol_schema
from caseseries.protocol.yaml import read

MEASURES = """measures:
  ck: {quantity: enzyme, unit: U/L, better: low}
  improved: {judgement: improved, since: index date}
  dose: {daily_dose: prednisone, as: mg/day, source: courses}
"""
MMT, CK = measure("mmt"), measure("ck")
SKIP = {"if_not_measured": "skip"}


def text(rule: str) -> str:
    """A protocol with this rule, on line 20 of it."""
    written = BASE.replace("rule: {gain: mmt, at_least: 4 points}", f"rule: {rule}").replace("measures:\n", MEASURES)
    return f"invented: yes{written}"


def loaded(rule: str) -> Loaded:
    return parse_protocol(text(rule), file="p.yaml")


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (
            judged("improved") & each([MMT, CK], lambda one: gain(one) >= 4),
            {"all": [{"is": "improved"}, {"each": ["mmt", "ck"], "rule": {"gain": "each", "at_least": "4 points"}}]},
        ),
        (
            when(judged("improved"), then=gain(MMT) >= 4, otherwise=~(gain(MMT) > pct(20))),
            {
                "when": {"is": "improved"},
                "then": {"gain": "mmt", "at_least": "4 points"},
                "otherwise": {"not": {"gain": "mmt", "more_than": "20 % of baseline"}},
            },
        ),
        (
            parts.CountOfMeasured(
                at_least=2,
                skipped="in proportion",
                of=(
                    if_measured(judged("improved")),
                    if_measured(gain(MMT) >= 4),
                    if_measured(parts.Value(value="ck", at_most="9")),
                ),
            ),
            {
                "at_least": "2",
                "skipped": "in proportion",
                "of": [
                    {"is": "improved"} | SKIP,
                    {"gain": "mmt", "at_least": "4"} | SKIP,
                    {"value": "ck", "at_most": "9"} | SKIP,
                ],
            },
        ),
        (
            parts.CountOfMeasured(
                at_least=1, skipped="keep count", of=(each([MMT, CK], lambda one: if_measured(gain(one) >= 4)),)
            ),
            {
                "at_least": "1",
                "skipped": "keep count",
                "of": [{"each": ["mmt", "ck"], "rule": {"gain": "each", "at_least": "4 points"} | SKIP}],
            },
        ),
    ],
)
def test_python_and_the_written_form_are_one(made: Any, written: dict[str, Any]) -> None:
    assert parse(written) == made == parse(made.model_dump(mode="json", by_alias=True, exclude_none=True))


def test_each_is_so_many_parts_in_its_place() -> None:
    rule = parse(
        {
            "any": [
                {"is": "a"},
                {
                    "each": ["b", "c"],
                    "rule": {"all": [{"is": "each"}, {"value": "each", "at": "each", "at_most": "9"}]},
                },
            ]
        }
    )
    second = {"all": [{"is": "c"}, {"value": "c", "at": "each", "at_most": "9"}]}  # a window is no measure
    assert (
        parse({"is": "a"}),
        parse({"all": [{"is": "b"}, {"value": "b", "at": "each", "at_most": "9"}]}),
        parse(second),
    ) == parts_of(rule)


MISTAKES = {
    "{all: [{each: [mmt, ck], rule: {gain: each, at_least: 2 U/L}}]}": "mmt is not measured in this unit",
    "{all: [{each: [mmt, ckk], rule: {gain: each, at_least: 2 points}}]}": "no measure has this name (found 'ckk'; allowed: ck, improved, "
    "dose, mmt). Write ck.",
    "{all: [{each: [mmt, improved], rule: {gain: each, at_least: 2 points}}]}": "a judgement is yes or no: `gain` does not apply (found "
    "'improved'",
    "{all: [{each: [mmt, ck], rule: {is: each}}]}": "`is` asks for a judgement, and this measure is a number (found 'ck'",
    "{all: [{each: [ck, mmt], rule: {improves: each, at_least: 90 points}}]}": "no value of mmt (0 to 80) can meet this",
    "{all: [{each: [ck, mmt], rule: {any: [{gain: each, at_least: 2}]}}]}": "the threshold for mmt has no unit",
    "{each: [mmt, ck], rule: {gain: each, at_least: 2 points}}": "`each` stands for several parts, so it stands in a list",
    "{not: {each: [mmt, ck], rule: {gain: each, at_least: 2 points}}}": "`each` stands for several parts, so it stands in a list",
    "{all: [{each: [], rule: {gain: each, at_least: 2 points}}]}": "`each` in item 1 of `all` in outcome `response`: too few items",
    "{all: [{each: [mmt, mmt], rule: {gain: each, at_least: 2 points}}]}": "mmt is named twice",
    "{all: [{each: [mmt, ck], rule: {gain: mmt, at_least: 2 points}}]}": "the rule does not name `each`",
    "{all: [{each: [mmt], rule: {any: [{each: [ck], rule: {is: each}}, {is: each}]}}]}": "the rule of `each` holds another `each`",
    "{all: [{each: [mmt, ck], rul: {gain: each, at_least: 2 points}}]}": "`rul` is not known in item 1 of `all`",
    "{at_least: 3, of: [{each: [mmt, ck], rule: {gain: each, at_least: 2 points}}]}": "the count is larger than the number of parts "
    "(found '3'; allowed: 0 to 2)",
    "{when: {is: improved}, then: {gain: mmt, at_least: 2 points}}": "`otherwise` is missing in `rule` in outcome `response`",
    "{when: {is: mmt}, then: {is: improved}, otherwise: {is: improved}}": "`is` asks for a judgement, and this measure is a number",
    "{when: {is: improved}, then: {gain: mmt, at_least: 81 points}, otherwise: {is: improved}}": "no value of mmt (0 to 80) can meet this",
    "{when: {is: improved}, then: {is: improved}, otherwise: {gain: ck, at_least: 3 cm}}": "ck is not measured in this unit",
    "{when: {is: improved}, then: {is: improved, if_not_measured: skip}, otherwise: {is: improved}}": "`if_not_measured` belongs to a "
    "comparison in the list of `at_least … of` with `skipped`",
    "{is: improved, if_not_measured: skip}": "`if_not_measured` belongs to a comparison in the list of `at_least … of` with `skipped`",
    "{all: [{is: improved, if_not_measured: skip}]}": "Add `skipped: keep count` or `skipped: in proportion` beside `at_least` and `of`.",
    "{any: [{each: [improved], rule: {is: each, if_not_measured: skip}}]}": "`if_not_measured` belongs to a comparison",
    "{at_least: 1, of: [{is: improved, if_not_measured: skip}]}": "which says how many of the others are needed",
    "{at_least: 1, skipped: keep count, of: [{any: [{is: improved}], if_not_measured: skip}]}": "`if_not_measured` belongs to a comparison",
    "{at_least: 1, skipped: keep, of: [{is: improved, if_not_measured: skip}]}": "allowed: keep count, in proportion",
    "{at_most: 1, skipped: keep count, of: [{is: improved, if_not_measured: skip}]}": "parts are left out only where at least one is needed",
    "{at_least: 0, skipped: keep count, of: [{is: improved, if_not_measured: skip}]}": "parts are left out only where at least one is needed",
    "{at_least: 1, skipped: keep count, of: [{is: improved}]}": "no part says that it may be left out",
    "{at_least: 1, skipped: keep count, of: [{is: improved, if_not_measured: leave}]}": "(found 'leave'; allowed: skip)",
    "{at_least: 1, skipped: keep count, of: [{gain: mmt, at_least: 2 cm, if_not_measured: skip}]}": "mmt is not measured in this unit",
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_mistake_is_told_at_its_place(rule: str) -> None:
    with pytest.raises(ProtocolError) as told:
        loaded(rule)
    lines = [line for line in str(told.value).splitlines() if MISTAKES[rule] in line]
    assert len(lines) == 1 and lines[0].startswith("  p.yaml:20, column"), str(told.value)


@pytest.mark.parametrize(
    "rule",
    [
        "{all: [{each: [mmt, ck], rule: {gain: each, at_least: 20 % of baseline}}]}",
        "{at_least: 1, skipped: in proportion, of: [{each: [mmt, ck], rule: {gain: each, at_least: 2 points, if_not_measured: skip}}]}",
        "{when: {value: ck, at: baseline, at_least: 20 U/L}, then: {is: improved}, otherwise: {gain: mmt, at_least: 2 points}}",
    ],
)
def test_what_is_written_is_accepted_everywhere(rule: str) -> None:
    assert () == tuple(check_made(loaded(rule).protocol).errors)
    jsonschema.validate(read(text(rule)).data, protocol_schema())


def test_an_editor_refuses_a_part_that_says_skip_in_other_words() -> None:
    wrong = text("{at_least: 1, skipped: keep count, of: [{is: improved, if_not_measured: leave}]}")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(read(wrong).data, protocol_schema())


def test_a_percent_of_a_dose_below_a_node_asks_for_its_zero() -> None:
    asks = "measures > dose > if_zero_baseline"
    percent = "{all: [{each: [ck, dose], rule: {decrease: each, at_least: 20 % of baseline}}]}"
    within = f"{{when: {{is: improved}}, then: {percent}, otherwise: {{is: improved}}}}"
    assert [True, False] == [
        any(one.name == asks for one in undeclared(loaded(rule).protocol)) for rule in (within, "{is: improved}")
    ]


def test_a_threshold_of_one_measure_is_changed_where_each_is_written_out() -> None:
    study = loaded(
        "{all: [{each: [mmt, ck], rule: {gain: each, at_least: 2 points}}, {each: [ck], rule: {gain: each, at_least: 9 U/L}}]}"
    ).protocol
    changed = changed_threshold(study, "response", "mmt", {"at_least": "3 points"})
    assert changed.verdicts["response"].rule == parse(
        {
            "all": [
                {"gain": "mmt", "at_least": "3 points"},
                {"gain": "ck", "at_least": "2 points"},
                {"each": ["ck"], "rule": {"gain": "each", "at_least": "9 U/L"}},
            ]
        }
    )


@pytest.mark.parametrize("side", ["when", "then", "otherwise"])
def test_a_threshold_is_changed_within_a_condition(side: str) -> None:
    sides = {"when": 2, "then": 3, "otherwise": 4}
    study = loaded(
        f"{{{', '.join(f'{name}: {{gain: mmt, at_least: {points} points}}' for name, points in sides.items())}}}"
    ).protocol
    changed = changed_threshold(study, "response", "mmt", {"at_least": "9 points"}, was=f"{sides[side]} points")
    expected = {name: {"gain": "mmt", "at_least": f"{points} points"} for name, points in (sides | {side: 9}).items()}
    assert changed.verdicts["response"].rule == parse(expected)


def test_a_threshold_of_a_part_that_may_be_left_out_is_changed() -> None:
    written = "{at_least: 1, skipped: keep count, of: [{gain: mmt, at_least: 2 points, if_not_measured: skip}, {is: improved}]}"
    changed = changed_threshold(loaded(written).protocol, "response", "mmt", {"more_than": "3 points"})
    assert changed.verdicts["response"].rule == parse(
        {
            "at_least": "1",
            "skipped": "keep count",
            "of": [{"gain": "mmt", "more_than": "3 points"} | SKIP, {"is": "improved"}],
        }
    )


def test_a_rule_that_is_no_measure_of_each_is_refused_in_python() -> None:
    with pytest.raises(ValidationError, match="does not name `each`"):
        each([MMT, CK], lambda one: gain(MMT) >= 4)


LINES = {
    "{any: [{value: mmt, at_least: 2 cm}, {is: improved}], in: baseline}": "mmt is not measured in this unit",
    "{all: [{each: [mmt, ckk], rule: {value: each, at_least: 2 points}}], in: baseline}": "no measure has this name (found 'ckk'",
    "{all: [{value: mmt, at_least: 2 points}], in: basline}": "no window has this name (found 'basline'",
    "{all: [{value: mmt, at_least: 2 points}]}": "`in` is missing in item 1 of `include`",
    "{any: [{gain: mmt, at_least: 2 points}], in: baseline}": "a line asks for values, and a change is between two windows",
    "{all: [{value: mmt, at: baseline, at_least: 2 points}], in: baseline}": "every value of a line is of its window",
    "{at_least: 3, of: [{is: improved}], in: baseline}": "the count is larger than the number of parts (found '3'; allowed: 0 to 1)",
    "{at_least: 1, of: [{is: improved, if_not_measured: skip}], in: baseline}": "`if_not_measured` belongs to a comparison",
    "{not: {is: improved}, in: baseline}": "not a criterion",
    "{any: [{value: dose, at_least: 10 mg/day}], in: baseline}": "",
}


@pytest.mark.parametrize("line", LINES)
def test_a_mistake_in_a_line_is_told_at_its_place(line: str) -> None:
    written = text("{gain: mmt, at_least: 2 points}") + f"include: [{line}]\n"
    if not LINES[line]:
        assert () == parse_protocol(written, file="p.yaml").warnings
        return
    with pytest.raises(ProtocolError) as told:
        parse_protocol(written, file="p.yaml")
    lines = [one for one in str(told.value).splitlines() if LINES[line] in one]
    assert len(lines) == 1 and lines[0].startswith("  p.yaml:21, column"), str(told.value)


NAMED = {
    "{any: [{value: mmt, less_than: 60 points}, {is: improved}], in: baseline}": "Mmt less than 60 points or judged as improved",
    "{all: [{each: [mmt, ck], rule: {value: each, at_least: 2 points}}], in: baseline}": "Mmt at least 2 points and ck at least 2 points",
    "{all: [{not: {is: improved}}, {any: [{is: improved}, {value: mmt, at_most: 9 points}]}], in: baseline}": "Not (judged as improved) and "
    "(judged as improved or mmt at most 9 points)",
    "{at_least: 1, skipped: keep count, of: [{value: mmt, at_least: 2 points, if_not_measured: skip}, {is: improved}], in: baseline}": "At "
    "least 1 of these 2 (keep count): mmt, where measured, at least 2 points; judged as improved",
    "{exactly: 1, of: [{is: improved}, {value: mmt, at_least: 2 points}], in: baseline}": "Exactly 1 of these 2: judged as improved; mmt at "
    "least 2 points",
    "{all: [{when: {is: improved}, then: {value: mmt, at_least: 9 points}, otherwise: {value: ck, at_least: 9 U/L}}], in: baseline}": "Where "
    "judged as improved: mmt at least 9 points; otherwise: ck at least 9 U/L",
}


@pytest.mark.parametrize("line", NAMED)
def test_a_line_that_is_a_rule(line: str) -> None:
    written = text("{gain: mmt, at_least: 2 points}") + f"include: [{line}]\n"
    found = parse_protocol(written, file="p.yaml").protocol
    assert f"{NAMED[line]} in the window baseline" == criterion_words(found.include[0])
    assert found == Protocol.model_validate(found.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert () == tuple(check_made(found).errors)
    jsonschema.validate(read(written).data, protocol_schema())


def test_a_line_that_is_a_rule_made_in_python() -> None:
    made = parts.AnyIn(in_="baseline", any=(judged("improved"), parts.Value(value="mmt", at_most="9 points")))
    written = (
        text("{gain: mmt, at_least: 2 points}")
        + "include: [{in: baseline, any: [{is: improved}, {value: mmt, at_most: 9 points}]}]\n"
    )
    assert made == parse_protocol(written, file="p.yaml").protocol.include[0]
