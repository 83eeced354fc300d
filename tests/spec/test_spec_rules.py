"""Rules: thresholds decided exactly, and unknown is not no."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, on_every_engine, open_choices, protocol

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  vas: {quantity: global activity, unit: cm, range: [2, 10], better: low}
  ck: {quantity: enzyme, unit: U/L, better: none}
  improved: {judgement: improved, since: index date}
  dose: {daily_dose: prednisone, as: mg/day, source: visits, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, take: last}
"""


def rule(written: str, missing: str = "") -> str:
    grid = f"\nrobustness: {{missing: [{missing}]}}" if missing else ""
    return f"{MEASURES}\noutcomes: {{response: {{at: after, rule: {written}}}}}{grid}"


def change(measure: str, before: str, later: str) -> str:
    return f"1 | {measure} | 0:{before}, 90:{later}"


def leaf(name: str, written: str, measure: str, before: str, later: str, answer: str) -> Spec:
    return Spec(name, rule(written), change(measure, before, later), {"1": answer})


THRESHOLDS = [
    leaf("at least, exactly met", "{gain: mmt, at_least: 4 points}", "mmt", "50", "54", "yes"),
    leaf("more than, exactly met", "{gain: mmt, more_than: 4 points}", "mmt", "50", "54", "no"),
    leaf("at most, exactly met", "{gain: mmt, at_most: 4 points}", "mmt", "50", "54", "yes"),
    leaf("less than, exactly met", "{gain: mmt, less_than: 4 points}", "mmt", "50", "54", "no"),
    leaf("a loss is no gain", "{gain: mmt, at_least: 4 points}", "mmt", "54", "50", "no"),
    leaf("exactly 20 % down", "{decrease: vas, at_least: 20 % of baseline}", "vas", "2.3", "1.84", "yes"),
    leaf("exactly 20 % down is not more", "{decrease: vas, more_than: 20 % of baseline}", "vas", "2.3", "1.84", "no"),
    leaf("a hair less", "{decrease: vas, at_least: 20 % of baseline}", "vas", "2.3", "1.840001", "no"),
    leaf("exactly 15 % of 50", "{decrease: dose, more_than: 15 % of baseline}", "dose", "50", "42.5", "no"),
    leaf("more than 15 % of 50", "{decrease: dose, more_than: 15 % of baseline}", "dose", "50", "42.4", "yes"),
    leaf("a third is exact", "{decrease: ck, at_least: 33.333333333 % of baseline}", "ck", "3", "2", "yes"),
    leaf("0.1 + 0.2 is 0.3", "{gain: ck, at_least: 0.3 points}", "ck", "0.1", "0.4", "yes"),
    leaf("20 % of the range of 8", "{improves: vas, at_least: 20 % of range}", "vas", "9", "7.4", "yes"),
    leaf("less than 20 % of range", "{improves: vas, at_least: 20 % of range}", "vas", "9", "7.41", "no"),
    leaf("lower improves", "{improves: vas, at_least: 1 points}", "vas", "5", "4", "yes"),
    leaf("higher worsens", "{worsens: vas, at_least: 1 points}", "vas", "5", "6", "yes"),
    leaf("higher improves", "{improves: mmt, at_least: 1 points}", "mmt", "5", "6", "yes"),
    leaf("rises", "{rises: ck, more_than: 100 % of baseline}", "ck", "5", "10", "no"),
    leaf("falls", "{falls: ck, at_least: 50 % of baseline}", "ck", "10", "5", "yes"),
    leaf("a value", "{value: mmt, at_least: 78}", "mmt", "5", "78", "yes"),
    leaf("a value in % of range counts from its lower end", "{value: vas, at_least: 50 % of range}", "vas", "5", "6", "yes"),
    leaf("a value just below", "{value: vas, at_least: 50 % of range}", "vas", "5", "5.99", "no"),
    leaf("is, yes", "{is: improved}", "improved", "no", "yes", "yes"),
    leaf("is, no", "{is: improved}", "improved", "yes", "no", "no"),
    leaf(
        "zero baseline", "{rises: ck, at_least: 10 % of baseline}", "ck", "0", "5",
        "not evaluable: baseline ck: zero baseline",
    ),
    leaf(
        "negative baseline", "{rises: ck, at_least: 10 % of baseline}", "ck", "-1", "5",
        "not evaluable: baseline ck: negative baseline",
    ),
    leaf(
        "zero dose, not evaluable", "{decrease: dose, more_than: 15 % of baseline}", "dose", "0", "0",
        "not evaluable: baseline dose: zero baseline",
    ),
    leaf("points from zero are fine", "{rises: ck, at_least: 5 points}", "ck", "0", "5", "yes"),
    Spec(
        "zero dose, not met",
        MEASURES.replace("if_zero_baseline: not evaluable", "if_zero_baseline: not met")
        + "\noutcomes: {response: {at: after, rule: {not: {decrease: dose, more_than: 15 % of baseline}}}}",
        change("dose", "0", "0"),
        {"1": "yes"},
    ),
    Spec(
        "from and at another window",
        MEASURES + """
  later: {from: 150 days, to: 200 days, take: last}
outcomes: {response: {at: after, rule: {gain: mmt, from: after, at: later, at_least: 4 points}}}
""",
        "1 | mmt | 0:1, 90:50, 180:54", {"1": "yes; after mmt 50 @90; later mmt 54 @180"},
    ),
]  # fmt: skip

# Three judgements: y yes, n no, ? not recorded.
THREE = """
measures:
  a: {judgement: a, since: index date}
  b: {judgement: b, since: index date}
  c: {judgement: c, since: index date}
windows: {after: {from: 46 days, to: 134 days, take: last, components: nearest each}}
"""
PARTS = "[{is: a}, {is: b}, {is: c}]"
TRUTH = {
    "all": ["yyy yes", "yyn no", "y?y ?", "n?? no", "??? ?"],
    "any": ["nnn no", "nny yes", "n?n ?", "y?? yes", "??? ?"],
    "at_least: 2": ["yyn yes", "ynn no", "yy? yes", "y?n ?", "nn? no", "??n ?", "y?? ?"],
    "at_least: 0": ["nnn yes", "??? yes"],
    "at_most: 1": ["yyn no", "ynn yes", "yy? no", "y?n ?", "nn? yes", "n?? ?"],
    "exactly: 1": ["ynn yes", "yyn no", "nnn no", "y?n ?", "n?n ?", "yy? no", "??? ?"],
    "exactly: 3": ["yyy yes", "yy? ?", "ny? no"],
}


def three(kind: str, row: str) -> Spec:
    written = f"{{{kind}: {PARTS}}}" if kind in {"all", "any"} else f"{{{kind}, of: {PARTS}}}"
    pattern, answer = row.split()
    rows = "1 | a |\n"
    for name, letter in zip("abc", pattern, strict=True):
        if letter != "?":
            rows += f"1 | {name} | 90:{'yes' if letter == 'y' else 'no'}\n"
    expected = {"yes": "rule yes", "no": "rule no", "?": "rule not evaluable"}[answer]
    changes = f"{THREE}\noutcomes: {{response: {{at: after, rule: {written}}}}}"
    return Spec(f"{kind} {row}", changes, rows.replace("1 | a |\n", "1 | visit | 1\n"), {"1": expected})


KLEENE = [three(kind, row) for kind, rows in TRUTH.items() for row in rows]
KLEENE += [
    Spec(
        f"not {word}",
        f"{THREE}\noutcomes: {{response: {{at: after, rule: {{not: {{is: a}}}}}}}}",
        f"1 | visit | 1\n{row}", {"1": f"rule {answer}"},
    )
    for word, row, answer in [("yes", "1 | a | 90:yes", "no"), ("no", "1 | a | 90:no", "yes"), ("unknown", "", "not evaluable")]
]  # fmt: skip

UNRECORDED = "[{rises: ck, at_least: 4 points}, {falls: mmt, at_least: 4 points}]"
ONE_MET = "[{rises: ck, at_least: 4 points}, {gain: mmt, at_least: 4 points}]"


def unrecorded(name: str, written: str, answer: str) -> Spec:
    """A rule of which `ck` was not recorded, where what is missing counts as not met."""
    return Spec(f"missing {name}", rule(written, missing="not met"), "1 | mmt | 0:50, 90:54", {"1": answer}, cell=1)


MISSING = [
    Spec(
        "a missing part does not spoil a settled answer",
        rule("{any: [{gain: mmt, at_least: 4 points}, {gain: ck, at_least: 4 points}]}"),
        "1 | mmt | 0:50, 90:54", {"1": "yes"},
    ),
    Spec(
        "missing counted as not met",
        rule("{all: [{gain: mmt, at_least: 4 points}, {not: {gain: ck, at_least: 4 points}}]}", missing="not met"),
        "1 | mmt | 0:50, 90:54", {"1": "no"}, cell=1,
    ),
    Spec(
        "a zero baseline is missing too",
        rule("{all: [{gain: mmt, at_least: 4 points}, {rises: ck, at_least: 4 % of baseline}]}", missing="not met"),
        "1 | mmt | 0:50, 90:54\n1 | ck | 0:0, 90:1", {"1": "no"}, cell=1,
    ),
    unrecorded("under two nots", "{not: {not: {gain: ck, at_least: 4 points}}}", "no"),
    unrecorded("counted against at most", f"{{at_most: 0, of: {UNRECORDED}}}", "no"),
    unrecorded("where at most allows it", f"{{at_most: 1, of: {UNRECORDED}}}", "yes"),
    unrecorded("below exactly, where it decides", f"{{exactly: 1, of: {ONE_MET}}}", "no; rule no"),
    unrecorded("below not exactly, where it decides", f"{{not: {{exactly: 2, of: {ONE_MET}}}}}", "no; rule no"),
    unrecorded("below exactly, where it does not matter", f"{{exactly: 0, of: {ONE_MET}}}", "no"),
    unrecorded("of an outcome that is not wanted", "{rises: ck, at_least: 4 points}, good: no", "yes; rule yes"),
    unrecorded("under a not of one that is not wanted", "{not: {falls: ck, at_least: 4 points}}, good: no", "yes"),
    unrecorded("below exactly of one that is not wanted", f"{{exactly: 1, of: {ONE_MET}}}, good: no", "yes; rule yes"),
]  # fmt: skip


@on_every_engine([*THRESHOLDS, *KLEENE, *MISSING])
def test_rules(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_what_is_missing_of_a_denominator_stays_not_known(implementation: str) -> None:
    from tests.spec.small import answers

    study = protocol(
        rule("{gain: mmt, at_least: 4 points}, among: {value: ck, at: baseline, at_most: 9 U/L}", missing="not met")
    )
    found = answers(study, "1 | mmt | 0:50, 90:54", implementation).among
    assert (None, "baseline ck: not recorded at this visit") == found["1", "response", 1] == found["1", "response", 0]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_reasons_are_joined_in_the_order_of_the_rule(implementation: str) -> None:
    from tests.spec.small import answers

    study = protocol(
        rule("{all: [{gain: ck, at_least: 1 points}, {gain: mmt, at_least: 1 points}, {value: ck, at_most: 9}]}")
    )
    found = answers(study, "1 | mmt | 0:50\n1 | dose | 90:5", implementation).verdicts["1", "response", 0]
    reasons = "baseline ck: not recorded at this visit; after mmt: no visit in window; after ck: no visit in window"
    assert reasons == found.absent


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "needed"),
    [
        ("0:0, 90:5", ["if_zero_baseline 1: dose"]),
        ("0:5, 90:0", []),
        ("0:0", []),
    ],
)
def test_a_zero_dose_asks_for_its_rule(rows: str, needed: list[str], implementation: str) -> None:
    changes = rule("{decrease: dose, more_than: 15 % of baseline}").replace(", if_zero_baseline: not evaluable", "")
    assert needed == open_choices(protocol(changes), f"1 | dose | {rows}", implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_reading_asks_for_the_zero_rule_as_well(implementation: str) -> None:
    changes = (
        MEASURES.replace(", if_zero_baseline: not evaluable", "")
        + """
outcomes:
  response:
    at: after
    rule: {gain: mmt, at_least: 4 points}
    readings: {by dose: {decrease: dose, more_than: 15 % of baseline}}
"""
    )
    rows = "1 | dose | 0:0, 90:5"
    assert ["if_zero_baseline 1: dose"] == open_choices(protocol(changes), rows, implementation)


AMONG_DOSE = "among: {decrease: dose, more_than: 15 % of baseline}"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    "outcome",
    [
        f"{{at: after, rule: {{gain: mmt, at_least: 4 points}}, {AMONG_DOSE}}}",
        f"{{change: mmt, from: baseline, at: after, {AMONG_DOSE}}}",
    ],
)
@pytest.mark.parametrize(
    ("rows", "needed"), [("0:0, 90:5", ["if_zero_baseline 1: dose"]), ("0:5, 90:0", []), ("0:0", [])]
)
def test_a_denominator_asks_for_the_zero_rule_as_well(
    rows: str, needed: list[str], outcome: str, implementation: str
) -> None:
    changes = MEASURES.replace(", if_zero_baseline: not evaluable", "") + f"outcomes: {{response: {outcome}}}\n"
    assert needed == open_choices(protocol(changes), f"1 | dose | {rows}\n1 | mmt | 0:50, 90:60", implementation)


COURSES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  ck: {quantity: enzyme, unit: U/L, better: none}
  steroid: {daily_dose: prednisone, as: mg/day, if_zero_baseline: not evaluable}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, components: nearest each}
outcomes: {response: {change: mmt, from: baseline, at: after, among: {any: [{value: ck, at_most: 9 U/L}, {value: steroid, at_most: 5 mg/day}]}}}
"""


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "needed"),
    [
        ("1 | ck | 90:5, 90:6", ["same_day 1: after ck"]),
        ("1 | ck | 88:5, 92:5", ["tie 1: after ck"]),
        ("1 | prednisone | -100..10 20 mg x1", ["outside_courses 1: steroid"]),
        ("1 | prednisone | -100..200 20 mg x1", []),
        ("1 | ck | 90:5", []),
    ],
)
def test_the_denominator_of_a_change_asks_for_its_choices(rows: str, needed: list[str], implementation: str) -> None:
    assert needed == open_choices(protocol(COURSES), f"1 | mmt | 0:50, 90:60\n{rows}", implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_change_of_a_dose_asks_for_its_days_outside_courses(implementation: str) -> None:
    changes = (
        COURSES[: COURSES.index("outcomes")] + "outcomes: {response: {change: steroid, from: baseline, at: after}}\n"
    )
    rows = "1 | mmt | 0:50, 90:60\n1 | prednisone | -100..10 20 mg x1"
    assert ["outside_courses 1: steroid"] == open_choices(protocol(changes), rows, implementation)
