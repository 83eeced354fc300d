"""Nodes of a rule: one rule for several measures, a rule by a condition, and parts of a count that are left out where not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from math import ceil

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, protocol

MEASURES = """
measures:
  a: {quantity: a, unit: points, range: [0, 10], better: high}
  b: {quantity: b, unit: points, range: [0, 10], better: high}
  c: {quantity: c, unit: points, range: [0, 10], better: high}
  e: {quantity: e, unit: points, range: [0, 10], better: high}
  f: {quantity: f, unit: points, range: [0, 10], better: high}
  g: {quantity: g, unit: points, range: [0, 10], better: high}
  dose: {daily_dose: prednisone, as: mg/day, source: courses, outside_courses: not evaluable, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, take: last, same_day: not evaluable, components: nearest each}
"""
#: y yes and n no of `at_least: 5`; m not measured; u measured and known only as below 9, which does not decide.
VALUES = {"y": "7", "n": "3", "u": "<9"}
ANSWER = {True: "rule yes", False: "rule no", None: "rule not evaluable"}
Truth = bool | None


def rule(written: str, more: str = "") -> str:
    return f"{MEASURES}\noutcomes: {{response: {{at: after, rule: {written}}}}}{more}"


def part(name: str, more: str = "") -> str:
    return f"{{value: {name}, at_least: 5 points{more}}}"


SKIP = ", if_not_measured: skip"


def chart(patterns: Iterable[str], names: str = "abc") -> str:
    rows = ""
    for pattern in patterns:
        rows += f"{pattern} | visit | 1\n"
        for name, letter in zip(names, pattern, strict=True):
            rows += f"{pattern} | {name} | 90:{VALUES[letter]}\n" if letter != "m" else ""
    return rows


def every(name: str, written: str, expected: Callable[[str], Truth], letters: str = "ynmu", names: str = "abc") -> Spec:
    """A rule about every way in which its parts may come out: one patient each."""
    patterns = ["".join(drawn) for drawn in product(letters, repeat=len(names))]
    return Spec(name, rule(written), chart(patterns, names), {one: ANSWER[expected(one)] for one in patterns})


def filled(pattern: str, says: Callable[[list[bool]], bool], unknown: str = "mu") -> Truth:
    """The answer that every way of filling in the unknown gives; None where two ways give different ones."""
    ways = product(*([True, False] if letter in unknown else [letter == "y"] for letter in pattern))
    given = {says(list(way)) for way in ways}
    return given.pop() if len(given) == 1 else None


def by_condition(pattern: str) -> Truth:
    return filled(pattern, lambda way: way[1] if way[0] else way[2])


def counted(k: int, restated: str, may_be_left_out: str = "abc") -> Callable[[str], Truth]:
    """A count of three parts of which some are left out where not measured."""

    def answer(pattern: str) -> Truth:
        held = [
            letter for name, letter in zip("abc", pattern, strict=True) if letter != "m" or name not in may_be_left_out
        ]
        needed = ceil(k * len(held) / 3) if restated == "in proportion" else k
        return filled("".join(held), lambda way: sum(way) >= needed) if held else None

    return answer


def count(k: int, restated: str, may_be_left_out: str = "abc") -> str:
    parts = ", ".join(part(name, SKIP if name in may_be_left_out else "") for name in "abc")
    return f"{{at_least: {k}, skipped: {restated}, of: [{parts}]}}"


WHEN = f"{{when: {part('a')}, then: {part('b')}, otherwise: {part('c')}}}"
CONDITIONS = [
    every("a rule by a condition", WHEN, by_condition),
    every(
        "not a rule by a condition",
        f"{{not: {WHEN}}}",
        lambda one: {True: False, False: True, None: None}[by_condition(one)],
    ),
    every(
        "a condition of parts, and parts by it",
        f"{{when: {{any: [{part('a')}, {part('b')}]}}, then: {{not: {part('c')}}}, otherwise: {part('e')}}}",
        lambda one: filled(one, lambda way: not way[2] if way[0] or way[1] else way[3]),
        "ynm",
        "abce",
    ),
]

#: The value at baseline sets the limit: 2 points from below 5, 1 point from there.
BY_BASELINE = "{when: {value: a, at: baseline, at_least: 5 points}, then: {gain: a, at_least: 1 points}, otherwise: {gain: a, at_least: 2 points}}"
BASELINES = [
    Spec(f"a limit by baseline, {name}", rule(BY_BASELINE), f"1 | a | {rows}", {"1": answer})
    for name, rows, answer in (
        ("just reached", "0:5, 90:6", "yes"),
        ("just not reached", "0:4.999999, 90:6", "no"),
        ("the other limit", "0:4.999999, 90:6.999999", "yes"),
        ("no baseline", "90:6", "not evaluable: baseline a: no value in window"),
    )
]

COUNTS = [
    every(
        f"at least {k} of 3, {restated}, {parts} may be left out",
        count(k, restated, parts),
        counted(k, restated, parts),
    )
    for k in (1, 2, 3)
    for restated in ("keep count", "in proportion")
    for parts in ("abc", "b")
]

TWO_OF_THREE = count(2, "in proportion")


def unknown(name: str, rows: str, more: str, answer: str) -> Spec:
    """a and b are yes and no; the third part has no answer for one reason or another, and one of the other two is needed, or both."""
    written = f"{{at_least: 2, skipped: in proportion, of: [{part('a')}, {part('b')}, {more}]}}"
    return Spec(name, rule(written), f"1 | a | 90:7\n1 | b | 90:3\n{rows}", {"1": answer})


#: Of a yes, a no and a part that is left out 2 are needed (4/3, rounded up), so no; where the part stays, it may yet be yes.
REASONS = [
    unknown("no value is not measured", "", part("c", SKIP), "rule no"),
    unknown("nothing at the visit is not measured", "1 | visit | 90", part("c", SKIP), "rule no"),
    unknown("a code for a missing value is not measured", "1 | c | 90:ND", part("c", SKIP), "rule no"),
    unknown("a bound was measured", "1 | c | 90:<9", part("c", SKIP), "rule not evaluable"),
    unknown("two values on one day were measured", "1 | c | 90:3, 90:7", part("c", SKIP), "rule not evaluable"),
    unknown(
        "a percent of zero was measured",
        "1 | c | 0:0, 90:7",
        "{gain: c, at_least: 20 % of baseline" + SKIP + "}",
        "rule not evaluable",
    ),
    unknown(
        "a change without its baseline was not measured",
        "1 | c | 90:7",
        "{gain: c, at_least: 2 points" + SKIP + "}",
        "rule no",
    ),
    unknown(
        "a change from a bound to nothing was not measured",
        "1 | c | 0:<9",
        "{gain: c, at_least: 2 points" + SKIP + "}",
        "rule no",
    ),
    unknown("a dose that is not known stays", "", "{value: dose, at_most: 5 mg/day" + SKIP + "}", "rule not evaluable"),
]

SIX = "abcefg"
SHARES = [
    Spec(
        f"3 of 6, {restated}, {held} measured, {yes} met",
        rule(f"{{at_least: 3, skipped: {restated}, of: [{', '.join(part(name, SKIP) for name in SIX)}]}}"),
        "1 | visit | 1\n" + "".join(f"1 | {name} | 90:{7 if place < yes else 3}\n" for place, name in enumerate(SIX[:held])),
        {"1": ANSWER[answer]},
    )
    for restated, held, yes, answer in (
        ("in proportion", 5, 3, True), ("in proportion", 5, 2, False), ("in proportion", 4, 2, True), ("in proportion", 4, 1, False),
        ("in proportion", 3, 2, True), ("in proportion", 3, 1, False), ("in proportion", 1, 1, True), ("in proportion", 0, 0, None),
        ("keep count", 5, 3, True), ("keep count", 4, 2, False), ("keep count", 2, 2, False), ("keep count", 0, 0, None),
    )
]  # fmt: skip

EACH = "{each: [a, b, c], rule: {value: each, at_least: 5 points}}"
WRITTEN_OUT = ", ".join(part(name) for name in "abc")
SEVERAL = [
    every("each in all", f"{{all: [{EACH}]}}", lambda one: filled(one, all)),
    every("each in any", f"{{any: [{EACH}]}}", lambda one: filled(one, any)),
    every("each counts one part per measure", f"{{at_least: 2, of: [{EACH}]}}", lambda one: filled(one, lambda way: sum(way) >= 2)),
    every("each under not", f"{{not: {{any: [{EACH}]}}}}", lambda one: filled(one, lambda way: not any(way))),
    every("each in its place among others", f"{{all: [{{not: {part('a')}}}, {EACH.replace('a, ', '')}]}}",
          lambda one: filled(one, lambda way: not way[0] and way[1] and way[2])),
    every("each, left out where not measured", f"{{at_least: 2, skipped: in proportion, of: [{EACH.replace('points', 'points' + SKIP)}]}}",
          counted(2, "in proportion")),
    every("each of a rule of parts", "{all: [{each: [a, b, c], rule: {not: {value: each, at_least: 5 points}}}]}",
          lambda one: filled(one, lambda way: not any(way))),
]  # fmt: skip


def against(name: str, written: str, pattern: str, answer: str) -> Spec:
    """A rule where what is missing counts as what makes the outcome less likely."""
    more = "\nrobustness: {missing: [not met]}"
    return Spec(f"missing {name}", rule(written, more), chart([pattern]), {pattern: answer}, cell=1)


MISSING = [
    against("in a condition whose rules agree", WHEN, "myy", "rule yes"),
    against("in a condition that decides", WHEN, "myn", "rule no"),
    against("in a condition that decides, of one that is not wanted", f"{WHEN}, good: no", "myn", "rule yes"),
    against("in the rule that applies", WHEN, "ymy", "rule no"),
    against("in the rule that applies, under a not", f"{{not: {WHEN}}}", "ymy", "rule no"),
    against("in the rule that does not apply", WHEN, "yym", "rule yes"),
    against("is left out of no count", TWO_OF_THREE, "ymm", "rule no"),
    against("is met in no count of one that is not wanted", f"{TWO_OF_THREE}, good: no", "nmm", "rule yes"),
]

SPECS = [*CONDITIONS, *BASELINES, *COUNTS, *REASONS, *SHARES, *SEVERAL, *MISSING]


@on_every_engine(SPECS)
def test_nodes(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_each_is_the_rule_written_out(implementation: str) -> None:
    patterns = ["yny", "mny", "uuy", "mmm"]
    short, long = (
        answers(protocol(rule(f"{{at_least: 2, of: [{parts}]}}")), chart(patterns), implementation).verdicts
        for parts in (EACH, WRITTEN_OUT)
    )
    assert [one.trace for one in long.values()] == [one.trace for one in short.values()] != []
