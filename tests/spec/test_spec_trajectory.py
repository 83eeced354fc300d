"""Trajectories on every implementation: which days count, what is left out, and the slope that R's model gives from the same values."""

from __future__ import annotations

from fractions import Fraction

import jsonschema
import pytest
from tests.spec.small import analyse, chart, protocol
from tests.spec.valued import IMPLEMENTATIONS, broken, counts_of
from tests.summary.counting import counted

from caseseries.protocol.check import check_made
from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.trajectory import trajectories_table
from caseseries.report.files.results_file import results, schema
from caseseries.stats import random_intercept
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.frames import table
from caseseries.summary.trajectory import sums_of

WINDOWS = """windows:
  course: {from: 1 days, to: 400 days, take: last, same_day: SAME}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}
  past: {from: -400 days, to: 0 days, take: last, same_day: SAME}
"""
OUTCOMES = "outcomes: {slope: {trajectory: mmt, in: course, pre_index: past}}\n"
ROWS = """
    a | mmt | -100:48, 0:50, 1:60, 180:66, 180:68, 300:<50, 400:70, 401:10
    b | mmt | -200:52, 0:50, 90:51, 120:55
    b | visit | 150
    c | mmt | 0:50, 60:52, 60:52, 200:60, 210:ND
    d | mmt | 0:40, 90:70, 150:72
    e | mmt | 30:60, 60:61, 90:64
    f | mmt | 30:60
    g | visit | 50
    """
#: What counts of each case in the window after the index date: day and value.
VALUES = {
    "a": [(1, 60), (180, 67), (400, 70)],
    "b": [(90, 51), (120, 55)],
    "c": [(60, 52), (200, 60)],
    "d": [(90, 70), (150, 72)],
    "e": [(30, 60), (60, 61), (90, 64)],
    "f": [(30, 60)],
}


def study(same_day: str = "mean", more: str = "") -> Protocol:
    return protocol(WINDOWS.replace("SAME", same_day) + OUTCOMES + more)


def sums(values: dict[str, list[tuple[int, int]]]) -> dict[tuple[str, int], int]:
    """The counts that these values make."""
    found: dict[tuple[str, int], int] = {}
    for of_case in values.values():
        n, t, y = len(of_case), sum(day for day, _ in of_case), sum(value for _, value in of_case) * 1_000_000
        parts = {
            "t": t, "y": y, "t t": t * t, "t y": t * y, "y y": y * y, "tt": sum(day * day for day, _ in of_case),
            "ty": sum(day * value for day, value in of_case) * 1_000_000, "yy": sum(value * value for _, value in of_case) * 10**12,
        }  # fmt: skip
        found["cases", n] = found.get(("cases", n), 0) + 1
        for what, size in parts.items():
            key = (f"{what} {'+' if size > 0 else '-'}", n)
            found[key] = found.get(key, 0) + abs(size)
    return {key: n for key, n in found.items() if n}


def told(counts: Tally, window: str) -> dict[tuple[str, int], int]:
    return {(str(what), int(days)): n for (what, days), n in counts.section("trajectory", "slope", window)}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_which_days_count(implementation: str) -> None:
    counts = counts_of(study(), ROWS, implementation)
    assert sums(VALUES) == told(counts, "course")
    before = {"a": [(-100, 48), (0, 50)], "b": [(-200, 52), (0, 50)], "c": [(0, 50)], "d": [(0, 40)]}
    assert sums(before) == told(counts, "past")
    assert [(("course", "censored"), 1)] == list(counts.section("trajectory absent", "slope"))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_different_values_of_a_day_and_dates_that_are_not_known(implementation: str) -> None:
    rows = "a | mmt | 10:60, 20:61, 20:63, 30~60@45:64, 90:66, 401~420@410:9\na | visit | 35\nb | mmt | 10:-2, 30:-1.5"
    counts = counts_of(study("not evaluable", "partial_dates: bounds\n"), rows, implementation)
    found = told(counts, "course")
    # a counts on the days 10 and 90, b on two days below 0; a visit without a value is no day, whatever a partial date may be
    assert 2 == found["cases", 2]
    assert 1 == counts.counts["trajectory absent", "slope", "course", "different values on one day"]
    assert 1 == counts.counts["trajectory absent", "slope", "course", "partial date at the edge of the window"]
    assert 3_500_000 == found["y -", 2] and 65_000_000 == found["ty -", 2]


def test_the_slope_is_that_of_the_values() -> None:
    run = analyse(study(), chart(ROWS, study()))
    ((before, after),) = (found.slopes for found in run.trajectories)
    rows = [
        (case, [Fraction(day) / Fraction("30.4375")], value)
        for case, of_case in VALUES.items()
        for day, value in of_case
    ]
    expected = random_intercept(rows)
    assert expected.effects[1].estimate.estimate == after.per_month.estimate
    assert (expected.effects[1].estimate.lower, expected.effects[1].p.value) == (
        after.per_month.lower,
        after.p.estimate,
    )
    assert expected.effects[1].degrees_of_freedom.value == after.degrees_of_freedom.estimate
    assert expected.between_variance.value == pytest.approx(float(after.between.estimate or 0) ** 2)
    assert (6, 5, 13) == (after.cases, after.repeated, after.days)
    assert "fewer than 5 cases have values on two days or more" == before.per_month.absent_because
    assert (4, 2, None) == (before.cases, before.repeated, before.per_month.estimate)


def test_nobody_has_a_value_or_all_lie_on_a_line() -> None:
    none = analyse(study(), chart("a | visit | 10", study())).trajectories[0].slopes[1]
    assert (0, "nothing was observed (n = 0)") == (none.cases, none.per_month.absent_because)
    rows = "\n".join(f"{place} | mmt | 10:{place}, 20:{place + 1}" for place in range(6))
    line = analyse(study(), chart(rows, study())).trajectories[0].slopes[1]
    assert line.per_month.absent_because.startswith("within groups the values lie on the lines")
    assert (0, {}) == (sums_of({}).n, sums_of({}).groups)


def test_the_report_tells_them() -> None:
    run = analyse(study(more="reporting: {p_values: yes}\n"), chart(ROWS, study()))
    found = trajectories_table(run)
    assert found is not None
    rows = [[cell.text for cell in row.cells] for row in found.rows]
    assert ["Mmt, points (0–80)"] == rows[0]
    why = "not estimable (fewer than 5 cases have values on two days or more)"
    assert ["Past (days −400 to 0)", "4", "2", "6", why, "", "", "", ""] == rows[1]
    assert ["Course (days 1–400)", "6", "5", "13"] == rows[2][:4]
    notes = " ".join(found.footnotes)
    assert (
        "Of 7 included cases. Slope: linear model with random intercept, REML, Satterthwaite degrees of freedom"
        in notes
    )
    assert (
        "Mmt, course: 1 day left out: mmt known only as above or below a limit in the window course (days 1 to 400) (1)."
        in notes
    )
    assert "points per month (5 cases with two days or more, 13 days)" in headline(run)
    told = " ".join(block.text for block in methods(run))
    assert "a random intercept for each case" in told and "a date that is not known to the day" not in told
    written = results(run)
    jsonschema.validate(written, schema())
    assert [4, 6] == [one["cases"] for one in written["trajectories"][0]["slopes"]]
    assert ["past", "course"] == [row["window"] for row in table(run, "trajectories")]
    assert run.trajectories == counted(run.protocol, chart(ROWS, study())).trajectories


def test_sums_of_products_stay_at_the_site() -> None:
    rows = "\n".join(f"p{place} | mmt | 0:50, 10:{40 + place % 7}, 90:{50 + place % 5}" for place in range(30))
    counts = counts_of(study(), rows, "counted")
    out = aggregate(study(), counts, audience="network")
    assert 30 == out.counts["withheld", "trajectory", "slope"] and not list(out.section("trajectory"))
    assert counts == aggregate(study(), counts, audience="own site")


STAGE, REFERENCE = "caseseries.response.trajectory", "caseseries.reference.trajectory"
MUTANTS = [
    (STAGE, "_OF_CASE", "WHERE absent = 0 ", ""),
    (STAGE, "_OF_CASE", "* day) AS tt", ") AS tt"),
    (STAGE, "trajectory_tally", "< 0 THEN -", "< 0 THEN "),
    (STAGE, "trajectory_tally", ", visits=False", ""),
    (STAGE, "trajectory_tally", 'engine.keep("included_case", "SELECT * FROM held_whole")', "pass"),
    (REFERENCE, "values_by_day", "window.from_ <= day <= window.to", "window.from_ < day <= window.to"),
    (REFERENCE, "values_by_day", "window.from_ <= day <= window.to", "window.from_ <= day < window.to"),
    (REFERENCE, "values_by_day", "if row.value is not None", "if row"),
    (REFERENCE, "_sums", "t * y", "t * t"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "old", "new"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS])
def test_what_is_broken_turns_red(module: str, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(module, name, old, new, monkeypatch)
    with pytest.raises(Exception):  # noqa: B017  also a query that no engine takes is red
        test_which_days_count("reference" if module == REFERENCE else "duckdb")


def test_what_cannot_be_meant() -> None:
    wrong = protocol(
        "measures: {judged: {judgement: judged, since: index date}}\n"
        "windows: {open: {from: -10 days, to: 50 days, take: last}, late: {from: 20 days, to: 50 days, take: last, same_day: mean}}\n"
        "outcomes: {one: {trajectory: judged, in: open}, two: {trajectory: mmt, in: late, pre_index: open}}"
    )
    assert [
        "a line over time needs numbers recorded at visits, and this is a judgement",
        "one value may count before the index date and after it",
        "this window goes on after the index date",
        "two different values of one day need a rule: the window 'open' has no `same_day`",
        "two different values of one day need a rule: the window 'open' has no `same_day`",
    ] == sorted(one.what for one in check_made(wrong).errors)
