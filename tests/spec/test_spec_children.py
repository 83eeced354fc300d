"""Six children whose before and after values other tools read in four different ways."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, check, open_choices, protocol

CHILDREN = """
    1 | mmt | -40:60, -5:62, 60:70, 85:72, 120:75
    2 | mmt | -10:50, 5:51, 92:58
    3 | mmt | -20:55, 0:56, 90:ND
    4 | mmt | -30:66
    5 | mmt | -3:40, -3:44, 88:50, 92:54
    6 | mmt | 200:70
"""
OTHER_CHILDREN = "\n".join(line for line in CHILDREN.splitlines() if not line.strip().startswith("5"))


def windows(same_day: str = "", tie: str = "") -> str:
    same_day = f", same_day: {same_day}" if same_day else ""
    tie = f", tie: {tie}" if tie else ""
    return f"""
windows:
  baseline: {{from: -90 days, to: 0 days, take: last{same_day}}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest{tie}}}
"""


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_five_children_need_no_further_rule(implementation: str) -> None:
    check(
        protocol(windows()),
        OTHER_CHILDREN,
        {
            "1": "yes; baseline mmt 62 @-5; after mmt 72 @85",
            "2": "yes; baseline mmt 50 @-10; after mmt 58 @92",
            "3": "not evaluable: after mmt: no visit in window; baseline mmt 56 @0",
            "4": "not evaluable: after mmt: no visit in window; baseline mmt 66 @-30",
            "6": "not evaluable: baseline mmt: no visit in window; not assessed",
        },
        implementation,
    )


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("same_day", "tie", "needed"),
    [
        ("", "", ["same_day 5: baseline mmt", "tie 5: after"]),
        ("", "earlier", ["same_day 5: baseline mmt"]),
        ("lowest", "", ["tie 5: after"]),
        ("lowest", "later", []),
    ],
)
def test_the_fifth_child_is_refused_until_both_rules_are_declared(
    same_day: str, tie: str, needed: list[str], implementation: str
) -> None:
    assert needed == open_choices(protocol(windows(same_day, tie)), CHILDREN, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("tie", "after"), [("earlier", "50 @88"), ("later", "54 @92")])
@pytest.mark.parametrize(
    ("same_day", "before"),
    [("lowest", "40"), ("worst", "40"), ("highest", "44"), ("best", "44"), ("mean", "42")],
)
def test_the_fifth_child_as_declared(same_day: str, before: str, tie: str, after: str, implementation: str) -> None:
    expected = {"5": f"yes; baseline mmt {before} @-3; after mmt {after}"}
    check(protocol(windows(same_day, tie)), CHILDREN, expected, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_the_fifth_child_may_be_declared_not_evaluable(implementation: str) -> None:
    expected = {"5": "not evaluable: baseline mmt: different values on one day; after mmt 54 @92"}
    check(protocol(windows("not evaluable", "later")), CHILDREN, expected, implementation)
