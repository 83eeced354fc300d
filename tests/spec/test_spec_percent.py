"""The change of any measure in percent of the value before, on every implementation; 0 and less before have none."""

from __future__ import annotations

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.spec.valued import IMPLEMENTATIONS, broken, counts_of

from caseseries.protocol.check import check_made
from caseseries.report.exhibits.change import change_line, change_outcomes_table, change_sentence
from caseseries.summary.result import Result
from caseseries.verdict.numbers import MINUS

BASE = """
measures:
  ck: {quantity: CK, unit: U/L, better: low}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
"""
ROWS = """
    a | mmt | 0:50, 90:60
    a | ck | 0:200, 90:50
    a | prednisone | -10..50 20 mg; 51..95 5 mg
    b | mmt | 0:50, 90:51
    b | ck | 0:300, 90:400
    c | mmt | 0:0, 90:10
    c | ck | 0:0, 90:10
    d | mmt | 0:40, 90:44
    d | ck | 0:-4, 90:2
    e | mmt | 0:60
    e | ck | 0:<5, 90:3
    """
#: A window that a sheet can choose from.
SHEET = "after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}"
CASES = [
    pytest.param("ck: {change: ck, at: after, percent: yes}", ["-75", "100/3"], id="a number"),
    pytest.param("ck: {change: ck, at: after}", [], id="not asked for"),
    pytest.param(
        "ck: {change: ck, at: after, percent: yes, among: {value: mmt, at: baseline, at_most: 50 points}}",
        ["-75", "100/3"],
        id="of some cases",
    ),
    pytest.param(
        "ck: {change: mmt, at: after, percent: yes, among: {value: ck, at: baseline, at_most: 200 U/L}}",
        ["10", "20"],
        id="of some cases, another measure",
    ),
    pytest.param("ck: {change: mmt, from: after, at: later, percent: yes}", [], id="nobody later"),
    pytest.param("ck: {change: steroid, at: after, percent: yes}", ["75"], id="a dose falls"),
]


def told(outcomes: str, implementation: str, more: str = "", rows: str = ROWS) -> list[str]:
    study = protocol(
        f"{BASE}{more}windows: {{later: {{from: 200 days, to: 300 days, take: last}}, {SHEET}}}\noutcomes:\n  {outcomes}\n"
    )
    assert [] == [one.what for one in check_made(study).errors]
    found = []
    for (value,), n in counts_of(study, rows, implementation).section(
        "value", "ck", next(iter(study.changes.values())).change, "percent"
    ):
        found += [str(value) if isinstance(value, str) else f"{value / 1_000_000:g}"] * n
    return sorted(found)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("outcomes", "expected"), CASES)
def test_percents(outcomes: str, expected: list[str], implementation: str) -> None:
    assert sorted(expected) == told(outcomes, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_of_means_of_a_day(implementation: str) -> None:
    days = {"baseline": "from: -90 days, to: 0 days", "after": "from: 46 days, to: 134 days"}
    windows = ", ".join(f"{name}: {{{between}, take: last, same_day: mean}}" for name, between in days.items())
    mean = f"windows: {{{windows}}}\n"
    study = protocol(BASE + mean + "outcomes: {ck: {change: ck, at: after, percent: yes}}")
    rows = "a | ck | 0:1, 0:2, 0:4, 90:7, 90:8\na | mmt | 0:50, 90:60"
    found = counts_of(study, rows, implementation).counts
    assert 1 == found["value", "ck", "ck", "percent", "1550/7"]


STAGE, OF_SHEET = "caseseries.response.verdict_counts", "caseseries.response.value_counts"
REFERENCE = "caseseries.reference.expected_answers"
MUTANTS = [
    (STAGE, "exact_parts", "before > 0", "before != 0", "a number", "duckdb"),
    (STAGE, "exact_parts", 'percent == "decrease"', "percent", "a number", "duckdb"),
    (STAGE, "exact_parts", "/ before", "/ after", "a number", "counted"),
    (OF_SHEET, "_pairs", "percent_of(protocol, plan.name, after.measure)", '""', "a number", "counted"),
    ("caseseries.protocol.percent", "percent_of", "declared.percent", "True", "not asked for", "duckdb"),
    (REFERENCE, "_parts", "before > 0", "before", "a number", "reference"),
    (REFERENCE, "_pair", "-1 if dose", "1 if dose", "a dose falls", "reference"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name", "old", "new", "case", "who"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS]
)
def test_what_is_broken_turns_red(
    module: str, name: str, old: str, new: str, case: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (values,) = [one.values for one in CASES if one.id == case]
    broken(module, name, old, new, monkeypatch)
    try:
        found = told(str(values[0]), who)
    except Exception:  # also a query that no engine takes is red
        return
    assert sorted(values[1]) != found, f"{case} still holds"


def test_the_report_tells_them_and_whom_they_leave_out() -> None:
    study = protocol(
        BASE
        + "reporting: {p_values: yes}\noutcomes: {ck: {change: ck, at: after, percent: yes, paired_t: yes}, dose: {change: steroid, at: after}}"
    )
    run = analyse(study, chart(ROWS, study))
    table = change_outcomes_table(run)
    assert table is not None
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows if not row.heading}
    assert ["2", f"{MINUS}20.8 (76.6)", f"{MINUS}20.8 ({MINUS}47.9 to +6.3)", f"{MINUS}75.0 to +33.3", "", ""] == rows[
        "Change, % of baseline"
    ]
    notes = [note for note in table.footnotes if note.startswith("CK")]
    assert "CK: no percent for 2 cases with 0 or less at baseline." in notes
    (t,) = (note for note in notes if "paired t test" in note)
    assert t == (
        f"CK: P = .88, paired t test, two-sided, Student's t = {MINUS}0.16 with 3 degrees of freedom, mean change {MINUS}8.5 "
        f"(95 % CI {MINUS}173.7 to +156.7), changes taken as normal, not adjusted."
    )
    (ck, dose) = run.change_outcomes
    assert "; mean change −20.8 % of baseline (range −75.0 to +33.3; n = 2)" in change_line(run, ck)
    said = change_sentence(run, ck)
    assert (
        "the mean change was −20.8 % of baseline (range −75.0 to +33.3; n = 2), over the cases with a value above zero"
        in said
    )
    assert "mean decrease 75.0 % of baseline" in change_line(run, dose)
    assert isinstance(ck.change["t"], Result) and "paired_t" == ck.tests[-1].id.rpartition("/")[2]
    assert "mean_by_t" not in dose.change


def test_a_test_that_no_other_table_tells_is_told() -> None:
    """The same change stands behind a verdict, without the t test that is asked for the outcome by itself."""
    study = protocol(
        BASE
        + "reporting: {p_values: yes}\noutcomes: {response: {at: after, rule: {falls: ck, at_least: 1 U/L}}, "
        + "same: {change: mmt, at: after}, ck: {change: ck, at: after, paired_t: yes}}"
    )
    table = change_outcomes_table(analyse(study, chart(ROWS, study)))
    assert table is not None
    assert [note for note in table.footnotes if note.startswith("CK: ") and "paired t test" in note]
    without = protocol(
        BASE
        + "reporting: {p_values: yes}\noutcomes: {response: {at: after, rule: {falls: ck, at_least: 1 U/L}}, ck: {change: ck, at: after}}"
    )
    assert change_outcomes_table(analyse(without, chart(ROWS, without))) is None


def test_what_cannot_be_asked_for() -> None:
    grades = 'measures: {cells: {grades: ["0", "1+"], better: low}}\n'
    asked = protocol(
        grades
        + "outcomes: {cells: {change: cells, at: after, percent: yes, paired_t: yes}}\nreporting: {paired_t: yes}"
    )
    assert [
        "grades have no mean to test",
        "of grades there are steps, and no percent",
        "the paired t test gives a P value, and P values are off",
        "the paired t test gives a P value, and P values are off",
    ] == sorted(one.what for one in check_made(asked).errors)
