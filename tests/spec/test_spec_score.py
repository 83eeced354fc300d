"""Points added up: a sum with unknown parts is a range, and answers where both of its ends do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import ge, gt, le, lt

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, protocol
from tests.spec.test_spec_nodes import every, filled, part

WORTH = (Fraction("7.5"), Fraction(10), Fraction("2.5"))
SAYS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": ge,
    "more_than": gt,
    "at_most": le,
    "less_than": lt,
}


def score(comparison: str, limit: str) -> str:
    parts = ", ".join(
        f"{{rule: {part(name)}, points: {float(worth)}}}" for name, worth in zip("abc", WORTH, strict=True)
    )
    return f"{{score: [{parts}], {comparison}: {limit}}}"


def total(ways: list[bool]) -> Fraction:
    return sum((worth for worth, met in zip(WORTH, ways, strict=True) if met), Fraction(0))


def summed(comparison: str, limit: str) -> Spec:
    says = SAYS[comparison]
    return every(
        f"{comparison} {limit}",
        score(comparison, limit),
        lambda pattern: filled(pattern, lambda ways: says(total(ways), Fraction(limit))),
    )


#: Limits on a sum that can come out, and between two.
SUMS = [summed(comparison, limit) for comparison in SAYS for limit in ("10", "12.5", "11")]

BANDS = """
measures:
  a: {quantity: a, unit: points, range: [0, 10], better: low}
  b: {quantity: b, unit: points, range: [0, 10], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, take: last, same_day: not evaluable, components: nearest each}
"""


def banded(name: str, rule: str, rows: str, answer: str) -> Spec:
    return Spec(name, f"{BANDS}\noutcomes: {{response: {{at: after, rule: {rule}}}}}", rows, {"1": answer})


IMPROVED = (
    "{improves: a, points: {more_than 5 % of range: 7.5, more than 15 % of range: 15, more_than 25 % of range: 17.5, "
    "more_than 90 % of range: 20}}"
)
LOW = "{value: b, points: {less_than 8 points: 1, less_than 5 points: 3, at_most 2 points: 6}}"


def reaches(points: str, rows: str) -> list[Spec]:
    """The sum is exactly so many points: at least so many, and not more."""
    found = []
    for comparison, answer in (("at_least", "rule yes"), ("more_than", "rule no")):
        rule = f"{{score: [{IMPROVED}, {{rule: {{value: b, at_least: 0 points}}, points: 1}}], {comparison}: {points}}}"
        found.append(banded(f"{rows}: {comparison} {points}", rule, rows, answer))
    return found


EDGES = [
    *reaches("1", "1 | a | 0:8, 90:7.5\n1 | b | 90:5"),  # 5 % is not more than 5 %
    *reaches("8.5", "1 | a | 0:8, 90:7.49\n1 | b | 90:5"),
    *reaches("8.5", "1 | a | 0:8, 90:6.5\n1 | b | 90:5"),
    *reaches("16", "1 | a | 0:8, 90:6.49\n1 | b | 90:5"),
    *reaches("16", "1 | a | 0:8, 90:5.5\n1 | b | 90:5"),
    *reaches("18.5", "1 | a | 0:8, 90:5.49\n1 | b | 90:5"),
    *reaches("1", "1 | a | 0:5, 90:9\n1 | b | 90:5"),  # worse: nothing is taken away
]
DOWNWARD = [
    banded(f"{value}: {points}", f"{{score: [{LOW}], at_least: {points}}}", f"1 | b | 90:{value}", answer)
    for value, points, answer in [
        ("8", "1", "rule no"),
        ("7.9", "1", "rule yes"),
        ("5", "2", "rule no"),
        ("4.9", "3", "rule yes"),
        ("2.1", "4", "rule no"),
        ("2", "6", "rule yes"),
    ]
]
BOTH = f"{{score: [{IMPROVED}, {LOW}], at_least: 13}}"
UNKNOWN = [
    banded("one part is enough", BOTH, "1 | a | 0:8, 90:6", "rule yes"),
    banded("the other could bring it there", BOTH, "1 | a | 0:8, 90:7",
           "not evaluable: after b: no value in window"),
    banded("the other could not bring it there", BOTH, "1 | a | 0:8, 90:8", "rule no"),
    banded("nothing is known", BOTH, "1 | visit | 90", "rule not evaluable"),
    banded("a bound that lies within one band", BOTH, "1 | a | 0:8, 90:7\n1 | b | 90:<2", "rule yes"),
    banded("a bound that spans two bands", BOTH, "1 | a | 0:8, 90:7\n1 | b | 90:<4", "rule not evaluable"),
    banded("a bound that spans two bands that are both enough", BOTH, "1 | a | 0:8, 90:5\n1 | b | 90:<4", "rule yes"),
    banded("a judgement of the range at its end", f"{{not: {BOTH}}}", "1 | a | 0:8, 90:8", "rule yes"),
]  # fmt: skip
SPECS = [*SUMS, *EDGES, *DOWNWARD, *UNKNOWN]


@on_every_engine(SPECS)
def test_scores(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("comparison", "expected"), [("at_least", False), ("at_most", True)])
def test_what_is_not_known_counts_against_what_is_wanted(implementation: str, comparison: str, expected: bool) -> None:
    """Under `missing: not met` a part that is not known gives no points towards a sum that must be high, and all towards one that must be low."""
    rule = f"{{score: [{IMPROVED}, {LOW}], {comparison}: 8}}"
    study = f"{BANDS}\noutcomes: {{response: {{at: after, rule: {rule}}}}}\nrobustness: {{missing: [not met]}}"
    told = answers(protocol(study), "1 | a | 0:8, 90:7", implementation)
    assert [expected if comparison == "at_least" else False] == [
        one.rule_truth for (_, _, spec), one in told.verdicts.items() if spec
    ]
