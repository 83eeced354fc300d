"""Why each candidate row was passed over, in the fixed words."""

from __future__ import annotations

import pytest
from tests.spec.small import chart, protocol

from caseseries.protocol.specs import plan
from caseseries.protocol.tree import Slot
from caseseries.reference.oracle import candidates, cases

EACH = ", components: nearest each"
BY_DAY = [
    ("take: nearest, tie: earlier", "90:1, 91:2", {"90:1": "", "91:2": "further from the target"}),
    ("take: nearest, tie: earlier", "88:1, 92:2", {"88:1": "", "92:2": "tie: later day"}),
    ("take: nearest, tie: later", "88:1, 92:2", {"88:1": "tie: earlier day", "92:2": ""}),
    ("take: nearest", "88:1, 92:2, 100:3", {"88:1": "tie: no rule declared", "92:2": "tie: no rule declared",
                                            "100:3": "further from the target"}),
    ("take: last", "88:1, 92:2", {"88:1": "not the last", "92:2": ""}),
    ("take: first", "88:1, 92:2", {"88:1": "", "92:2": "not the first"}),
    ("take: last", "88:1, 88:1, 92:2, 92:2", {"88:1": "not the last identical duplicate", "92:2": " identical duplicate"}),
    ("take: last, same_day: best", "92:2, 92:3", {"92:2": "same day: other value", "92:3": ""}),
    ("take: last, same_day: mean", "92:2, 92:3", {"92:2": "", "92:3": ""}),
    ("take: last, same_day: not evaluable", "88:1, 92:2, 92:3",
     {"88:1": "not the last", "92:2": "same day: different values", "92:3": "same day: different values"}),
    ("take: first, same_day: best", "88:1, 92:2, 92:3",
     {"88:1": "", "92:2": "not the first", "92:3": "not the first"}),
]  # fmt: skip
BY_VALUE = [
    ("take: nearest, tie: better", "88:1, 92:2", {"88:1": "tie: not the better value", "92:2": ""}),
    ("take: nearest, tie: worse", "88:1, 92:2", {"88:1": "", "92:2": "tie: not the worse value"}),
    ("take: nearest, tie: mean", "88:1, 92:2, 95:3", {"88:1": "", "92:2": "", "95:3": "further from the target"}),
    ("take: nearest, tie: better, same_day: not evaluable", "88:1, 92:2, 92:3",
     {"88:1": "another day holds different values", "92:2": "same day: different values",
      "92:3": "same day: different values"}),
    ("take: best", "88:1, 92:2", {"88:1": "not the best", "92:2": ""}),
    ("take: worst", "88:1, 92:2", {"88:1": "", "92:2": "not the worst"}),
    ("take: highest", "88:1, 92:2", {"88:1": "not the highest", "92:2": ""}),
    ("take: lowest", "88:1, 92:2", {"88:1": "", "92:2": "not the lowest"}),
    ("take: best", "88:2, 92:2", {"88:2": "", "92:2": "not the best"}),
    ("take: mean", "88:1, 92:2, 92:2", {"88:1": "", "92:2": " identical duplicate"}),
    ("take: best, same_day: worst", "88:1, 92:2, 92:3", {"88:1": "not the best", "92:2": "", "92:3": "same day: other value"}),
    ("take: worst, same_day: worst", "88:1, 92:2, 92:3",
     {"88:1": "", "92:2": "not the worst", "92:3": "same day: other value"}),
    ("take: best, same_day: not evaluable", "88:1, 92:2, 92:3",
     {"88:1": "another day holds different values", "92:2": "same day: different values",
      "92:3": "same day: different values"}),
]  # fmt: skip


def lost(window: str, rows: str, more: str = "", extra: str = "") -> dict[str, str]:
    """The words for each row `day:value`; those of equal rows follow one another."""
    study = protocol(f"windows: {{after: {{from: 46 days, to: 134 days, target: 90 days, {window}}}}}\n{more}")
    table = chart(f"1 | mmt | {rows}\n{extra}", study)
    (case,) = cases(study, table)
    outcome = plan(study, "response")
    found: dict[str, list[str]] = {}
    for row in candidates(study, table, case, outcome, outcome.primary, Slot("mmt", "after")):
        found.setdefault(f"{row.day}:{row.censor}{row.value}", []).append(row.lost)
    return {row: " ".join(words) for row, words in found.items()}


@pytest.mark.parametrize(
    ("window", "rows", "expected"), [*BY_DAY, *((w + EACH, r, e) for w, r, e in [*BY_DAY, *BY_VALUE])]
)
def test_words(window: str, rows: str, expected: dict[str, str]) -> None:
    assert expected == lost(window, rows)


def test_a_row_of_another_visit() -> None:
    more = """
measures: {cmas: {quantity: function, unit: points, better: high}}
outcomes: {response: {at: after, rule: {any: [{value: mmt, at_least: 1}, {value: cmas, at_least: 1}]}}}
"""
    window = "take: nearest, tie: earlier"
    assert {"88:1": "other day chosen as the visit"} == lost(window, "88:1", more, "1 | cmas | 90:5")
    assert {"88:1": "", "95:2": "further from the target"} == lost(window, "88:1, 95:2", more, "1 | cmas | 93:5")


def test_partial_dates() -> None:
    words = lost("take: last", "90:1, 130~140@133:2", "partial_dates: bounds")
    beside = "another row has a partial date at the edge of the window"
    assert {"90:1": beside, "133:2": "partial date at the edge of the window"} == words


def test_a_censored_row_may_be_chosen() -> None:
    assert {"88:1": "not the last", "92:<2": ""} == lost("take: last", "88:1, 92:<2")


def test_a_dose_from_courses_has_no_candidates() -> None:
    study = protocol("""
measures: {mmt: ~, dose: {daily_dose: prednisone, as: mg/day}}
outcomes: {response: {at: after, rule: {value: dose, at_most: 5}}}
""")
    table = chart("1 | prednisone | -5.. 10 mg\n1 | visit | 200", study)
    (case,) = cases(study, table)
    outcome = plan(study, "response")
    assert () == candidates(study, table, case, outcome, outcome.primary, Slot("dose", "after"))
