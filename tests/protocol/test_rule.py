"""Rules as written and as made in Python: the same objects, refused alike."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from caseseries.protocol.amount import Amount, amount
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.rule import All, AnyOf, Not, parse
from caseseries.protocol.rule_form import decrease, gain, improves, judged, measure, pct, worsens
from caseseries.protocol.tree import Slot, grow

MMT, CMAS, STEROID = measure("mmt"), measure("cmas"), measure("steroid")
FACTS = {
    "mmt": MeasureFacts("mmt", "number", "Manual muscle test", "points", Fraction(0), Fraction(80), 1),
    "ck": MeasureFacts("ck", "number", "Creatine kinase", "U/L", None, None, -1),
    "improved": MeasureFacts(
        "improved", "judgement", "physician global improvement", "yes/no", Fraction(0), Fraction(1), 1
    ),
}


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (judged("improved"), {"is": "improved"}),
        (gain(MMT) >= 4, {"gain": "mmt", "at_least": "4 points"}),
        (gain(MMT) > 4, {"gain": "mmt", "more_than": "4"}),
        (gain(MMT) <= 4, {"gain": "mmt", "at_most": "4 points"}),
        (gain(MMT) < 4, {"gain": "mmt", "less_than": "4 points"}),
        (decrease(STEROID) > pct(15), {"decrease": "steroid", "more_than": "15 % of baseline"}),
        (improves(CMAS) >= pct("12.5", "range"), {"improves": "cmas", "at_least": "12.5% of range"}),
        (worsens(CMAS) >= Fraction(1, 2), {"worsens": "cmas", "at_least": "0.5 points"}),
        (~judged("improved"), {"not": {"is": "improved"}}),
    ],
)
def test_python_and_the_written_form_are_one(made: Any, written: dict[str, Any]) -> None:
    assert parse(written) == made


def test_joining_is_flat_and_keeps_the_order() -> None:
    a, b, c = judged("a"), judged("b"), judged("c")
    assert All(all=(a, b, c)) == a & b & c == a & (b & c)
    assert AnyOf(any=(a, b, c)) == a | b | c
    assert AnyOf(any=(All(all=(a, b)), c)) == a & b | c
    assert Not(not_=All(all=(a, b))) == ~(a & b)


@pytest.mark.parametrize("wrong", [lambda a, b: a and b, lambda a, b: a or b, lambda a, b: not a, lambda a, b: bool(a)])
def test_a_rule_has_no_truth_of_its_own(wrong: Any) -> None:
    with pytest.raises(TypeError, match="neither true nor false by itself"):
        wrong(judged("a"), judged("b"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 points", Amount(value=Fraction(4), basis="points")),
        ("1 point", Amount(value=Fraction(1), basis="points")),
        ("-4", Amount(value=Fraction(-4), basis="points")),
        ("2.5 cm", Amount(value=Fraction(5, 2), basis="points", unit="cm")),
        ("15 % of baseline", Amount(value=Fraction(15), basis="baseline")),
        ("15% of  range", Amount(value=Fraction(15), basis="range")),
    ],
)
def test_amounts(text: str, expected: Amount) -> None:
    assert expected == amount(text)
    assert expected == amount(str(expected))


@pytest.mark.parametrize("text", ["", "four", "15 %", "15 % of last", "nan", None, True])
def test_no_amounts(text: object) -> None:
    with pytest.raises(ValueError, match=r"not a threshold|percent of what"):
        amount(text)


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"gain": "mmt"},
        {"gain": "mmt", "at_least": "4", "at_most": "9"},
        {"gain": "mmt", "decrease": "cmas", "at_least": "4"},
        {"all": []},
        {"any": []},
        {"of": [{"is": "a"}]},
        {"of": [{"is": "a"}], "at_least": "2"},
        {"of": [{"is": "a"}], "at_least": "1", "exactly": "1"},
        {"is": "a", "at_least": "4"},
        {"value": "mmt", "at_least": "15 % of baseline"},
        {"all": [{"is": "a"}], "any": [{"is": "b"}]},
        "improved",
        ["improved"],
    ],
)
def test_no_rules(written: Any) -> None:
    with pytest.raises(ValidationError):
        parse(written)


def test_a_rule_as_a_tree_numbers_every_node_before_its_children() -> None:
    rule = parse(
        {
            "all": [
                {"is": "improved"},
                {"any": [{"gain": "mmt", "at_least": "4"}, {"not": {"value": "ck", "at_most": "9"}}]},
            ]
        }
    )
    tree = grow(rule, "month 3", FACTS)
    assert [
        ("1", "all"),
        ("1.1", "leaf"),
        ("1.2", "any"),
        ("1.2.1", "leaf"),
        ("1.2.2", "not"),
        ("1.2.2.1", "leaf"),
    ] == [(node.id, node.kind) for node in tree.nodes]
    assert (
        Slot("improved", "month 3"),
        Slot("mmt", "baseline"),
        Slot("mmt", "month 3"),
        Slot("ck", "month 3"),
    ) == tree.slots


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        ({"gain": "ck", "at_least": "4"}, 1),
        ({"rises": "ck", "at_least": "4"}, 1),
        ({"decrease": "mmt", "at_least": "4"}, -1),
        ({"falls": "mmt", "at_least": "4"}, -1),
        ({"improves": "mmt", "at_least": "4"}, 1),
        ({"improves": "ck", "at_least": "4"}, -1),
        ({"worsens": "mmt", "at_least": "4"}, -1),
        ({"worsens": "ck", "at_least": "4"}, 1),
    ],
)
def test_which_way_a_change_counts(written: dict[str, Any], sign: int) -> None:
    (node,) = grow(parse(written), "month 3", FACTS).nodes
    assert node.leaf is not None
    assert sign == node.leaf.sign


def test_windows_other_than_the_usual_ones() -> None:
    (node,) = grow(parse({"gain": "mmt", "at_least": "4", "from": "start", "at": "year 1"}), "month 3", FACTS).nodes
    assert node.leaf is not None
    assert (Slot("mmt", "start"), Slot("mmt", "year 1")) == node.leaf.slots


@pytest.mark.parametrize("change", [gain, decrease, improves, worsens])
def test_a_change_of_a_bare_name_says_how_to_name_a_measure(change: Any) -> None:
    word = change.__name__
    with pytest.raises(TypeError) as caught:
        change("nope")
    assert f'{word} is of a measure: write {word}(measure("nope"))' == str(caught.value)


@pytest.mark.parametrize("other", [judged("improved"), 4, None])
def test_a_change_of_anything_else_is_refused_too(other: Any) -> None:
    with pytest.raises(TypeError, match=r'write gain\(measure\("name"\)\)'):
        gain(other)
