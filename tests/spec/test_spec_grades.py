"""Grades: only their order and the steps between them count, from both sides of every boundary."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

MEASURES = """
measures:
  mmt: "~"
  right: {grades: ["0", "0.5+", "1+", "2+", "3+", "4+"], better: low}
  left: {grades: ["0", "0.5+", "1+", "2+", "3+", "4+"], better: low, words: {trace: "0.5+"}}
  course: {grades: [none, mild, moderate, severe], better: low}
  power: {grades: ["0", "1", "2", "3", "4", "5"], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, take: last}
"""


def rule(written: str) -> str:
    return f"{MEASURES}\noutcomes: {{response: {{at: after, rule: {written}}}}}"


def step(name: str, written: str, measure: str, before: str, later: str, answer: str) -> Spec:
    return Spec(f"grades: {name}", rule(written), f"1 | {measure} | 0:{before}, 90:{later}", {"1": answer})


DOWN, UP = "{decrease: right, at_least: 2 steps}", "{gain: right, at_least: 2 steps}"
STEPS = [
    step("two steps down, past the half grade", DOWN, "right", "2+", "0.5+", "yes"),
    step("one step down", DOWN, "right", "2+", "1+", "no"),
    step("0.5+ is a step of its own", DOWN, "right", "1+", "0", "yes"),
    step("from 0.5+ there is one step only", DOWN, "right", "0.5+", "0", "no"),
    step("more than one step is two", "{decrease: right, more_than: 1 step}", "right", "4+", "2+", "yes"),
    step("more than one step is not one", "{decrease: right, more_than: 1 step}", "right", "4+", "3+", "no"),
    step("a rise is no decrease", DOWN, "right", "0", "2+", "no"),
    step("two steps up", UP, "right", "0", "1+", "yes"),
    step("one step up", UP, "right", "0", "0.5+", "no"),
    step("lower improves", "{improves: right, at_least: 2 steps}", "right", "3+", "1+", "yes"),
    step("higher does not improve what is better low", "{improves: right, at_least: 2 steps}", "right", "1+", "3+", "no"),
    step("higher worsens", "{worsens: right, at_least: 2 steps}", "right", "1+", "3+", "yes"),
    step("higher improves what is better high", "{improves: power, at_least: 1 step}", "power", "3", "4", "yes"),
    step("lower does not", "{improves: power, at_least: 1 step}", "power", "4", "3", "no"),
    step("at most one step, and just one", "{worsens: right, at_most: 1 step}", "right", "1+", "2+", "yes"),
    step("at most one step, and two", "{worsens: right, at_most: 1 step}", "right", "1+", "3+", "no"),
]  # fmt: skip
VALUES = [
    step("at most 0.5+, and just so", '{value: right, at_most: "0.5+"}', "right", "4+", "0.5+", "yes"),
    step("at most 0.5+, and the next", '{value: right, at_most: "0.5+"}', "right", "4+", "1+", "no"),
    step("less than 0.5+ is 0", '{value: right, less_than: "0.5+"}', "right", "4+", "0", "yes"),
    step("less than 0.5+ is not 0.5+", '{value: right, less_than: "0.5+"}', "right", "4+", "0.5+", "no"),
    step("at least 3+, and just so", '{value: right, at_least: "3+"}', "right", "0", "3+", "yes"),
    step("at least 3+, and the one before", '{value: right, at_least: "3+"}', "right", "0", "2+", "no"),
    step("more than 0", "{value: right, more_than: 0}", "right", "0", "0.5+", "yes"),
    step("more than 0 is not 0", "{value: right, more_than: 0}", "right", "0", "0", "no"),
    step("at most a word", "{value: course, at_most: Moderate}", "course", "severe", "moderate", "yes"),
    step("at most a word, and the next", "{value: course, at_most: moderate}", "course", "mild", "severe", "no"),
    step("a grade that is a number is that grade", "{value: power, at_least: 3}", "power", "0", "3", "yes"),
    step("and not its neighbour", "{value: power, at_least: 3}", "power", "0", "2", "no"),
]


def eye(name: str) -> str:
    """The two-step rule: in an eye that was affected two steps less, or none."""
    affected = f"{{value: {name}, at: baseline, at_most: 0}}"
    return f"{{any: [{affected}, {{improves: {name}, at_least: 2 steps}}, {{value: {name}, at_most: 0}}]}}"


def sun(name: str, right: str, left: str, answer: str) -> Spec:
    rows = "".join(
        f"1 | {which} | 0:{pair.split()[0]}, 90:{pair.split()[1]}\n"
        for which, pair in (("right", right), ("left", left))
    )
    return Spec(f"two-step rule: {name}", rule(f"{{all: [{eye('right')}, {eye('left')}]}}"), rows, {"1": answer})


SUN = [
    sun("two steps in both eyes", "4+ 2+", "2+ 0.5+", "yes"),
    sun("one step in one of them", "4+ 2+", "2+ 1+", "no"),
    sun("to 0 in one step", "0.5+ 0", "4+ 2+", "yes"),
    sun("one step, and not to 0", "1+ 0.5+", "0 0", "no"),
    sun("an eye that was quiet does not count", "4+ 2+", "0 4+", "yes"),
    sun("an eye that was not quiet does", "4+ 2+", "0.5+ 4+", "no"),
    sun("one eye not known after", "4+ 2+", "2+ ND", "not evaluable: after left: recorded without a number"),
    sun("one eye not known before, but at 0 after", "4+ 2+", "ND 0", "yes"),
]
TAKES = [
    Spec(
        f"grades: the {words}", rule("{value: right, at_most: 0}") .replace("after: {from: 46 days, to: 134 days, take: last}",
        f"after: {{from: 46 days, to: 134 days, target: 90 days, components: nearest each, {take}}}"),
        f"1 | right | 0:4+, {rows}", {"1": f"after right {place} @{day}"},
    )
    for words, take, rows, place, day in [
        ("best is the lowest", "take: best", "60:2+, 90:0.5+, 120:1+", 1, 90),
        ("worst is the highest", "take: worst", "60:2+, 90:0.5+, 120:1+", 3, 60),
        ("highest", "take: highest", "60:2+, 90:0.5+, 120:1+", 3, 60),
        ("better of two equally near", "take: nearest, tie: better", "80:2+, 100:0.5+", 1, 100),
        ("worse of two equally near", "take: nearest, tie: worse", "80:2+, 100:0.5+", 3, 80),
        ("better of one day", "take: last, same_day: best", "90:2+, 90:0.5+", 1, 90),
        ("worse of one day", "take: last, same_day: worst", "90:2+, 90:0.5+", 3, 90),
    ]
]  # fmt: skip
ELIGIBLE = [
    Spec(
        f"grades: included by a grade, {words}",
        rule('{value: right, at_most: 0}') + '\ninclude: [{value: right, in: baseline, at_least: "1+", below: "4+"}]',
        f"1 | right | 0:{grade}, 90:0", {"1": answer},
    )
    for words, grade, answer in [
        ("just so", "1+", "yes"),
        ("one below", "0.5+", "excluded: A value of right of at least 1+ and less than 4+ in the window baseline"),
        ("at the end that is left out", "4+", "excluded: A value of right of at least 1+ and less than 4+ in the window baseline"),
    ]
]  # fmt: skip

SPECS = [*STEPS, *VALUES, *SUN, *TAKES, *ELIGIBLE]


@on_every_engine(SPECS)
def test_grades(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
