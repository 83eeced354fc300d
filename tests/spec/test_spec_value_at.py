"""Values at one time, on every implementation: which value of which case, in which group, and why others have none."""

from __future__ import annotations

import pytest
from tests.spec.small import protocol
from tests.spec.valued import IMPLEMENTATIONS, broken, counts_of

from caseseries.protocol.protocol import Protocol

BASE = """
measures:
  ki67: {quantity: Ki-67, unit: points, range: [0, 100], better: low}
  active: {judgement: active, since: index date}
  cells: {grades: ["0", "0.5+", "1+", "2+"], better: low}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
windows: {after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}}
"""
ROWS = """
    a | mmt | 0:50, 90:60
    a | ki67 | -20:90, 0:30, 90:5
    a | active | 0:yes
    a | cells | 90:1+
    a | prednisone | -10..50 20 mg
    b | mmt | 0:50, 90:51
    b | ki67 | 0:<5
    b | active | 0:no
    b | cells | 90:<1+
    c | mmt | 0:50
    c | ki67 | 0:20
    c | cells | 90:2+
    c | prednisone | -10..5 10 mg x3
    d | mmt | 0:40, 90:70
    d | ki67 | 0:55.5
    d | active | 0:ND
    e | mmt | 0:60, 90:60
    e | ki67 | 90:40
    """
#: Reasons in short.
SHORT = {"no visit in window": "no visit", "no course recorded": "no course"}


def told(study: Protocol, rows: str, implementation: str) -> dict[str, list[str]]:
    """By outcome and answer (`ki yes`), the values and the reasons, each as often as it was counted."""
    found: dict[str, list[str]] = {}
    for key, n in counts_of(study, rows, implementation).section():
        if key[0] == "described":
            value = int(key[4]) / 1_000_000 if isinstance(key[4], int) else key[4]
            found.setdefault(f"{key[1]} {key[2]}".strip(), []).extend(
                [f"{value:g}" if isinstance(value, float) else str(value)] * n
            )
        elif key[0] == "described absent":
            found.setdefault(f"{key[1]} {key[2]}".strip(), []).extend([str(key[3])] * n)
    return found


CASES = [
    pytest.param(
        "ki: {describe: ki67, at: baseline}",
        {
            "ki yes": ["30", "55.5"],
            "ki no": ["no visit", "censored"],
            "ki not evaluable": ["20"],
        },
        id="a number by the verdict",
    ),
    pytest.param(
        "ki: {describe: ki67, at: baseline}\n  response: ~",
        {"ki": ["20", "30", "55.5", "censored", "no visit"]},
        id="without a verdict",
    ),
    pytest.param(
        "ki: {describe: ki67, at: baseline, among: {value: mmt, at: baseline, at_most: 50 points}}",
        {"ki yes": ["30", "55.5"], "ki no": ["censored"], "ki not evaluable": ["20"]},
        id="of some cases",
    ),
    pytest.param(
        "strength: {describe: mmt, at: baseline, among: {value: ki67, at: baseline, at_most: 30 points}}",
        {"strength yes": ["50"], "strength no": ["50"], "strength not evaluable": ["50"]},
        id="membership not known",
    ),
    pytest.param(
        "act: {describe: active, at: baseline}",
        {"act yes": ["1", "no visit"], "act no": ["0", "no visit"], "act not evaluable": ["no visit"]},
        id="a judgement",
    ),
    pytest.param(
        "dose: {describe: steroid, at: baseline}",
        {"dose yes": ["20", "no course"], "dose no": ["no course"] * 2, "dose not evaluable": ["30"]},
        id="a dose",
    ),
    pytest.param(
        "response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: ki67, at: baseline, at_least: 25 points}}\n"
        "  late: {describe: mmt, at: after}",
        {
            "late yes": ["60", "70"],
            "late outside": ["51", "no visit"],
            "late denominator not known": ["60"],
        },
        id="outside the denominator of the verdict",
    ),
    pytest.param(
        "response: {at: after, rule: {gain: mmt, at_least: 4 points}, readings: {none: {gain: mmt, at_least: 40 points}}}\n"
        "  late: {describe: mmt, at: after}",
        {"late yes": ["60", "70"], "late no": ["51", "60"], "late not evaluable": ["no visit"]},
        id="a reading that answers otherwise",
    ),
    pytest.param(
        "ki: {describe: ki67, at: after, among: {value: mmt, at: baseline, less_than: 60 points}}",
        {"ki yes": ["5", "no visit"], "ki no": ["no visit"], "ki not evaluable": ["no visit"]},
        id="another window",
    ),
]


def told_in_short(outcomes: str, implementation: str) -> dict[str, list[str]]:
    found = told(protocol(f"{BASE}outcomes:\n  {outcomes}\n"), ROWS, implementation)
    return {key: sorted(SHORT.get(value, value) for value in values) for key, values in found.items()}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("outcomes", "expected"), CASES)
def test_values(outcomes: str, expected: dict[str, list[str]], implementation: str) -> None:
    assert {key: sorted(values) for key, values in expected.items()} == told_in_short(outcomes, implementation)


STAGE, REFERENCE, GROUPS = (
    "caseseries.response.value_at",
    "caseseries.reference.expected_answers",
    "caseseries.response.agreement_counts",
)
MUTANTS = [
    (STAGE, "value_tally", 'where.append("m.truth")', "pass", "of some cases"),
    (STAGE, "value_tally", "if why:", "if False:", "a number by the verdict"),
    (STAGE, "value_tally", "m.truth", "coalesce(m.truth, TRUE)", "membership not known"),
    (STAGE, "ANSWER_BESIDE", "WHEN NOT inside THEN 'outside'", "WHEN FALSE THEN ''", "outside the denominator of the verdict"),
    (STAGE, "ANSWER_BESIDE", "WHEN inside IS NULL THEN 'denominator not known'", "WHEN FALSE THEN ''", "outside the denominator of the verdict"),
    (STAGE, "ANSWER_BESIDE", "spec = 0", "spec = 0 AND truth", "a number by the verdict"),
    (REFERENCE, "_described", "if member is not True:", "if member is False:", "membership not known"),
    (REFERENCE, "_described", "if found.value is None:", "if not found.value:", "a judgement"),
    (REFERENCE, "_described", "first[0]", "first[max(first)]", "a reading that answers otherwise"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (values,) = [one.values for one in CASES if one.id == case]
    broken(module, name, old, new, monkeypatch)
    try:
        found = told_in_short(str(values[0]), "reference" if module == REFERENCE else "duckdb")
    except Exception:  # also a query that no engine takes is red
        return
    assert {key: sorted(expected) for key, expected in dict(values[1]).items()} != found, f"{case} still holds"
