"""Derived measures: what a sum, a difference and a ratio of one day are, and when they are not, from both sides of every boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.spec.small import (
    IMPLEMENTATIONS,
    Spec,
    answers,
    chart,
    check_answers,
    on_every_engine,
    open_choices,
    protocol,
)

MEASURES = """
measures:
  mmt: "~"
  a: {quantity: a, unit: points, better: low}
  b: {quantity: b, unit: points, better: low}
  c: {quantity: c, unit: points, better: low}
  w: {quantity: weight, unit: kg, better: none}
  limited: {quantity: limited, unit: points, better: low, censored: limit}
  total: {sum: [a, b], unit: points, better: low}
  scored: {weighted: {a: 1, b: 2, c: 4}, unit: points, range: [0, 21], better: low}
  halves: {weighted: {a: "0.5", b: "0.5"}, unit: points, better: low}
  gap: {difference: [a, b], unit: points, better: low}
  ratio: {ratio: [a, b], unit: x, better: low}
  percent: {weighted: {ratio: 100}, unit: "%", better: low}
  relative: {ratio: [gap, b], unit: x, better: low}
  dose per kg: {per_kg: a, weight: w, unit: points/kg, better: low}
  both: {sum: [total, gap], unit: points, better: low}
  with limit: {sum: [a, limited], unit: points, better: low}
"""


def rule(written: str, after: str = "take: nearest") -> str:
    return (
        f"{MEASURES}\nwindows:\n  baseline: {{from: -90 days, to: 0 days, take: last}}\n"
        f"  after: {{from: 46 days, to: 134 days, target: 90 days, {after}}}\noutcomes: {{response: {{at: after, rule: {written}}}}}"
    )


def value(
    name: str, measure: str, rows: str, answer: str, after: str = "take: nearest", least: str = "0 points"
) -> Spec:
    return Spec(f"derived: {name}", rule(f"{{value: {measure}, more_than: {least}}}", after), rows, {"1": answer})


EACH, WORST = "take: nearest, components: nearest each", "take: nearest, same_day: worst"
LEAST = "take: nearest, same_day: lowest"
HIGHEST, LOWEST = (f"take: {take}, components: nearest each" for take in ("highest", "lowest"))
NONE = "recorded without a number"
COMPUTED = [
    value("a sum", "total", "1 | a | 90:5\n1 | b | 90:2", "after total 7 @90"),
    value("a weighted sum", "scored", "1 | a | 90:3\n1 | b | 90:1\n1 | c | 90:2", "after scored 13 @90"),
    value("weights with decimals", "halves", "1 | a | 90:3.000001\n1 | b | 90:1.000001", "after halves 2.000001 @90"),
    value("a difference", "gap", "1 | a | 90:3\n1 | b | 90:5", "after gap -2 @90"),
    value("a derived part", "both", "1 | a | 90:3\n1 | b | 90:5", "after both 6 @90"),
    value("a ratio in percent", "percent", "1 | a | 90:3\n1 | b | 90:8", "after percent 37.5 @90"),
    value("a part that stands twice in a ratio", "relative", "1 | a | 90:6\n1 | b | 90:4", "after relative 0.5 @90", least="0 x"),
    value("by a number below 0", "ratio", "1 | a | 90:6\n1 | b | 90:-4", "after ratio -1.5 @90", least="0 x"),
    value("per kg", "dose per kg", "1 | a | 90:6\n1 | w | 90:48", "after dose per kg 0.125 @90", least="0 points/kg"),
]  # fmt: skip
EXACT = [
    Spec("derived: a half of a millionth counts", rule("{value: halves, more_than: 2 points}"),
         "1 | a | 90:3.000001\n1 | b | 90:1\n2 | a | 90:3\n2 | b | 90:1", {"1": "yes", "2": "no"}),
    *[
    Spec(f"derived: a third, {words}", rule(f"{{value: ratio, {word}: 0.333333 x}}"), f"1 | a | 90:{a}\n1 | b | 90:{b}", {"1": answer})
    for words, word, a, b, answer in [
        ("is above what it is rounded to", "more_than", 1, 3, "yes"),
        ("is not at most what it is rounded to", "at_most", 1, 3, "no"),
        ("just so", "at_most", "0.333333", 1, "yes"),
    ]],
]  # fmt: skip
EXACT += [
    Spec(
        f"derived: a fall of a ratio by a half, {words}",
        rule("{decrease: ratio, at_least: 50 % of baseline}"),
        f"1 | a | 0:2, 90:{after}\n1 | b | 0:3, 90:3",
        {"1": answer},
    )
    for words, after, answer in [("just so", 1, "yes"), ("a millionth less", "1.000001", "no")]
]  # fmt: skip
EXACT += [
    Spec(
        f"derived: percent of range, {words}",
        rule("{value: scored, at_most: 20 % of range}"),
        f"1 | a | 90:{a}\n1 | b | 90:1\n1 | c | 90:0",
        {"1": answer},
    )
    for words, a, answer in [("just so", "2.2", "yes"), ("more", "2.3", "no")]
]  # fmt: skip
MISSING = [
    value("a part is missing", "total", "1 | a | 90:5", f"not evaluable: after total: {NONE}"),
    value("a part is missing in the whole window, beside a time without any", "total", "1 | a | 30:5\n1 | b | 30:5",
          "not evaluable: after total: no visit in window"),
    value("a part missing, observed for some of it", "total", "1 | observed | -100..100\n1 | a | 90:5", f"not evaluable: after total: {NONE}"),
    Spec("derived: a part is missing, and another measure was recorded",
         rule("{all: [{value: total, more_than: 0 points}, {value: c, more_than: 0 points}]}"), "1 | a | 80:5\n1 | c | 100:5",
         {"1": "after total not recorded at this visit @100"}),
    value("a part is missing, each by itself", "total", "1 | a | 90:5", f"not evaluable: after total: {NONE}", EACH),
    value("a part has a missing code", "total", "1 | a | 90:5\n1 | b | 90:ND", f"not evaluable: after total: {NONE}", EACH),
    value("the nearest day is incomplete", "total", "1 | a | 90:5, 80:4\n1 | b | 80:1", "after total 5 @80"),
    value("each part on a day of its own", "total", "1 | a | 90:5\n1 | b | 91:1", f"not evaluable: after total: {NONE}", EACH),
    value("a number counts beside a missing code", "total", "1 | a | 90:5\n1 | b | 90:ND, 90:1", "after total 6 @90"),
    value("over zero", "ratio", "1 | a | 90:5\n1 | b | 90:0", f"not evaluable: after ratio: {NONE}", EACH, "0 x"),
    value("beyond its range", "scored", "1 | a | 90:22\n1 | b | 90:0\n1 | c | 90:0", f"not evaluable: after scored: {NONE}", EACH),
    value("at the end of its range", "scored", "1 | a | 90:21\n1 | b | 90:0\n1 | c | 90:0", "after scored 21 @90", EACH),
    Spec(
        "derived: the visit is one of a part",
        rule("{all: [{value: total, more_than: 0 points}, {value: a, more_than: 0 points}]}"),
        "1 | a | 90:5, 80:4\n1 | b | 80:1",
        {"1": f"not evaluable: after total: {NONE}; after a 5 @90"},
    ),
]  # fmt: skip
SEVERAL = [
    value("the worst of a day", "total", "1 | a | 90:5, 90:3\n1 | b | 90:2, 90:1", "after total 7 @90", WORST),
    value("the lowest of a ratio", "ratio", "1 | a | 90:6, 90:3\n1 | b | 90:2, 90:4", "after ratio 0.75 @90", LEAST, "0 x"),
    value("a part that stands twice has one value at a time", "relative", "1 | a | 90:6\n1 | b | 90:2, 90:4", "after relative 2 @90", WORST, "0 x"),
    value("the mean of a day", "total", "1 | a | 90:5, 90:4\n1 | b | 90:2", "after total 6.5 @90", "take: nearest, same_day: mean"),
    value("different values that are not settled", "total", "1 | a | 90:5, 90:4\n1 | b | 90:2",
          "not evaluable: after total: different values on one day", "take: nearest, same_day: not evaluable"),
    value("different parts of one sum", "total", "1 | a | 90:5, 90:4\n1 | b | 90:2", "after total 7 @90", WORST),
    value("one of two values is over zero", "ratio", "1 | a | 90:5\n1 | b | 90:0, 90:2", f"not evaluable: after ratio: {NONE}",
          "take: nearest, same_day: worst, components: nearest each", "0 x"),
    value("the highest ratio of days", "ratio", "1 | a | 80:1, 90:2\n1 | b | 80:3, 90:7", "after ratio 0.333333 @80", HIGHEST, "0 x"),
    value("ratios less than a millionth apart", "ratio", "1 | a | 80:0.333333, 90:1\n1 | b | 80:1, 90:3", "assessed @90", HIGHEST, "0 x"),
    value("the lowest ratio of days", "ratio", "1 | a | 80:1, 90:2\n1 | b | 80:3, 90:7", "after ratio 0.285714 @90", LOWEST, "0 x"),
    value("the mean of days", "halves", "1 | a | 80:1, 90:2\n1 | b | 80:3, 90:7", "after halves 3.25 @90", "take: mean, components: nearest each"),
]  # fmt: skip
BOUNDS = [
    Spec(f"derived: {words}", rule(written), rows, {"1": answer})
    for words, written, rows, answer in [
        ("a sum with a limit decides", "{value: total, at_most: 8 points}", "1 | a | 90:<5\n1 | b | 90:3", "yes"),
        ("a sum with a limit that does not decide", "{value: total, at_most: 7 points}", "1 | a | 90:<5\n1 | b | 90:3",
         "not evaluable: after total: censored"),
        ("two limits are added", "{value: total, less_than: 8 points}", "1 | a | 90:<5\n1 | b | 90:<=3", "yes"),
        ("two limits that may be reached", "{value: total, less_than: 8 points}", "1 | a | 90:<=5\n1 | b | 90:<=3",
         "not evaluable: after total: censored"),
        ("what is taken away turns round", "{value: gap, at_least: 2 points}", "1 | a | 90:5\n1 | b | 90:<=3", "yes"),
        ("limits in both directions", "{value: total, at_most: 100 points}", "1 | a | 90:<5\n1 | b | 90:>3", f"not evaluable: after total: {NONE}"),
        ("a ratio of a limit", "{value: ratio, at_most: 2.5 x}", "1 | a | 90:<5\n1 | b | 90:2", "yes"),
        ("a ratio over a limit", "{value: ratio, at_most: 100 x}", "1 | a | 90:5\n1 | b | 90:>2", f"not evaluable: after ratio: {NONE}"),
        ("a part whose limit counts", "{value: with limit, at_least: 8 points}", "1 | a | 90:3\n1 | limited | 90:<5", "yes"),
    ]
]  # fmt: skip
BOUNDS = [
    replace(one, changes=one.changes.replace("take: nearest}", "take: nearest, components: nearest each}"))
    for one in BOUNDS
]
ELSEWHERE = [
    Spec(
        "derived: held on two visits, an incomplete day is a visit and not known",
        rule("{held: {value: total, at_most: 5 points}, in: after, on: 2 visits}"),
        "1 | a | 80:2, 90:9, 100:3\n1 | b | 80:3, 100:1\n2 | a | 80:2, 90:9\n2 | b | 80:3",
        {"1": "yes", "2": "not evaluable: after visits: not known on some day"},
    ),
    Spec(
        "derived: an incomplete day is not known, whether a visit was recorded or not",
        rule("{held: {value: total, at_most: 5 points}, in: after, on: every visit}"),
        "1 | a | 80:2, 90:9\n1 | b | 80:3\n1 | visit | 80, 90\n2 | a | 80:2, 90:9\n2 | b | 80:3",
        {"1": "not evaluable: after visits: not known on some day", "2": "not evaluable: after visits: not known on some day"},
    ),
    Spec(
        "derived: a criterion",
        rule("{value: total, at_most: 5 points}") + "\ninclude: [{value: total, in: baseline, at_least: 6 points}]",
        "1 | a | 0:5, 90:1\n1 | b | 0:1, 90:1\n2 | a | 0:5, 90:1\n2 | b | 0:0.9, 90:1\n3 | a | 0:9",
        {"1": "yes",
         "2": "excluded: A value of total of at least 6 points in the window baseline",
         "3": "excluded undetermined: A value of total of at least 6 points in the window baseline"},
    ),
    Spec(
        "derived: recorded",
        rule("{value: a, at_most: 5 points}") + "\ninclude: [{recorded: total, in: baseline}]",
        "1 | a | 0:5, 90:1\n1 | b | 0:1\n2 | a | 0:5, 90:1",
        {"1": "yes", "2": "excluded: A value of total in the window baseline"},
    ),
]  # fmt: skip
SPECS = [*COMPUTED, *EXACT, *MISSING, *SEVERAL, *BOUNDS, *ELSEWHERE]


@on_every_engine(SPECS)
def test_derived_measures(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_different_values_of_a_part_ask_for_a_choice(implementation: str) -> None:
    study = protocol(rule("{value: total, more_than: 0 points}"))
    assert ["same_day 1: after total"] == open_choices(study, "1 | a | 90:5, 90:4\n1 | b | 90:2", implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_of_a_day_that_is_not_known_the_parts_are_of_one_row(implementation: str) -> None:
    study = protocol(rule("{value: total, more_than: 0 points}", EACH) + "\npartial_dates: bounds")
    apart = chart("1 | a | 80~100@90:5\n1 | b | 80~100@90:2", study)
    one_row = replace(apart, measurements=tuple(replace(row, row_id=7) for row in apart.measurements))
    check_answers(study, answers(study, apart, implementation), {"1": f"not evaluable: after total: {NONE}"})
    check_answers(study, answers(study, one_row, implementation), {"1": "after total 7 @90"})


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_too_many_values_of_one_day_are_not_used(implementation: str) -> None:
    study = protocol(
        rule("{value: scored, more_than: 0 points}", "take: nearest, same_day: worst, components: nearest each")
    )
    several = ", ".join(f"90:{number / 1000}" for number in range(1, 11))
    rows = f"1 | a | {several}\n1 | b | {several}\n1 | c | {several}"
    check_answers(study, answers(study, rows, implementation), {"1": "after scored 0.07 @90"})
    check_answers(study, answers(study, f"{rows}, 90:5", implementation), {"1": f"not evaluable: after scored: {NONE}"})
