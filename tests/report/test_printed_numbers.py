"""How numbers are printed: boundaries, signs, and what has no number."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted

from caseseries import report
from caseseries.cli.commands.explain import value_json, value_line
from caseseries.errors import Place
from caseseries.report.exhibits import methods
from caseseries.report.exhibits.change import change_line, change_sentence, change_table
from caseseries.report.exhibits.describe import mean_sd, places
from caseseries.report.exhibits.every_case import patients_table
from caseseries.report.exhibits.p_values import p_value
from caseseries.report.exhibits.printed_numbers import (
    absent,
    machine,
    number,
    percent,
    plain,
    rate_text,
    share,
    share_in_words,
    span,
)
from caseseries.report.figures.axis import tick_places, ticks
from caseseries.report.figures.intervals import Share, share_words
from caseseries.report.figures.waterfall import bars, waterfall_alt
from caseseries.report.files.results_file import results
from caseseries.report.files.results_parts import result
from caseseries.summary import explain
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.result_rows import change_tests, description
from caseseries.summary.shares import rate
from caseseries.summary.spread import described, spread, typical_change


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (Fraction(1, 4), 1, "0.3"),  # a half goes up where round() goes to even
        (Fraction(-1, 4), 1, "−0.3"),
        (Fraction(-1, 100), 1, "0.0"),  # never minus zero
        (0.5, 0, "1"),
        (2.675, 2, "2.68"),  # the decimal as printed, not the binary neighbour
        (Fraction(85, 8), 1, "10.6"),
        (1e21, 0, "1,000,000,000,000,000,000,000"),
    ],
)
def test_a_half_goes_away_from_zero(value: Fraction | float, places: int, printed: str) -> None:
    assert printed == number(value, places)


def test_percent_is_whole_below_a_hundred_and_has_a_decimal_from_there() -> None:
    assert ["75", "1", "99", "12.5", "100"] == [
        percent(*pair) for pair in ((6, 8), (1, 99), (98, 99), (25, 200), (8, 8))
    ]


def test_nothing_of_nothing_has_no_percentage() -> None:
    assert "0/0" == share(0, 0)


def test_a_range_never_puts_a_dash_beside_a_minus() -> None:
    assert ("3–11", "−20 to 0", "0 to +21") == (span("3", "11"), span("−20", "0"), span("0", "+21"))


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.00099, "<.001"), (0.001, ".001"), (0.0094, ".009"), (0.0099, ".01"), (0.05, ".05"), (1.0, ">.99")],
)
def test_p_values_are_never_zero(p: float, printed: str) -> None:
    assert printed == p_value(p)


def test_what_is_undefined_says_why() -> None:
    assert "not estimable (one value has no standard deviation)" == absent("one value has no standard deviation")


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6), st.integers(0, 6))
def test_rounding_is_off_by_at_most_a_half(value: Fraction, places: int) -> None:
    printed = Fraction(number(value, places).replace("−", "-").replace(",", ""))
    assert abs(printed - value) * 2 <= Fraction(1, 10**places)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6))
def test_numbers_for_programs_are_plain_ascii(value: Fraction) -> None:
    text = machine(value)
    assert text.isascii() and not set(text) - set("-.0123456789") and Fraction(text) - value < Fraction(1, 10**12)


@pytest.mark.parametrize("value", [0.0078125**9, 2.0**-1000, 5e-13, Fraction(1, 3 * 10**20), -4e-14])
def test_no_number_for_programs_is_written_as_zero(value: Fraction | float) -> None:
    text = machine(value)
    assert abs(float(text) / float(value) - 1) < 1e-5 and "e" not in text


def test_a_p_value_below_every_decimal_stands_in_the_file_and_in_words() -> None:
    found = change_tests("x", "CMAS", [Fraction(k, 3) for k in range(1, 101)])
    for test in found:
        written = result(test)
        assert test.estimate == 2.0**-99
        assert written["estimate"] != "0" and abs(float(written["estimate"]) / 2.0**-99 - 1) < 1e-5
        assert "<.001" == p_value(test.estimate)


def test_a_test_says_whether_it_was_counted_drawn_or_approximated() -> None:
    few = [(-1) ** k * (k + 1) for k in range(12)]
    wide = [(-1) ** (k % 3 == 0) * (10**9 + 7919 * k * k) for k in range(60)]
    many = [1 + k % 5 for k in range(1200)]
    labels = {
        name: [test.label for test in change_tests("x", "CMAS", values)]
        for name, values in (("few", few), ("wide", wide), ("many", many))
    }
    assert labels == {
        "few": ["CMAS, exact signed rank test", "CMAS, exact sign-flip test", "CMAS, exact sign test"],
        "wide": ["CMAS, exact signed rank test", "CMAS, Monte Carlo sign-flip test", "CMAS, exact sign test"],
        "many": ["CMAS, approximate signed rank test", "CMAS, approximate sign-flip test", "CMAS, exact sign test"],
    }


def test_only_quartiles_name_a_type_of_quantile() -> None:
    found = description("x", "CMAS", [Fraction(1), Fraction(2), Fraction(4)], "points")
    assert {"lower_quartile", "upper_quartile"} == {
        key for key, part in found.items() if "quantile type" in part.method
    }


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_recorded_values_keep_their_decimals(value: object) -> None:
    written = Fraction(str(value))
    assert written == Fraction(plain(written).replace("−", "-"))


SODIUM = """
measures:
  sodium: {quantity: sodium, unit: mmol/L, better: low}
outcomes:
  response: {at: after, rule: {decrease: sodium, at_least: 0.1 mmol/L}}
"""


def small_changes() -> Summary:
    """Three cases whose values around 250 move by 0.2, 0.5 and 0.6."""
    study = protocol(SODIUM)
    rows = "a | sodium | 0:250.4, 90:250.2\nb | sodium | 0:249.9, 90:249.4\nc | sodium | 0:251.0, 90:250.4"
    return analyse(study, chart(rows, study))


def test_a_change_has_the_decimals_of_its_own_precision_and_not_those_of_the_level() -> None:
    """The changes around 250 were printed as 0 with an SD of 0."""
    run = small_changes()
    (found,) = run.outcomes["response"].changes
    assert (
        "Sodium: mean change −0.43 mmol/L (range −0.60 to −0.20; n = 3), Hodges–Lehmann −0.45 "
        "(no 95 % CI: too few values, n = 3)"
    ) == change_line(run, found)
    table = change_table(run, "response")
    assert table is not None
    cells = {row.cells[0].text: [cell.text for cell in row.cells[2:5]] for row in table.rows if not row.heading}
    assert cells == {
        "Baseline": ["250.4 (0.6)", "250.4 (250.2–250.7)", "249.9–251.0"],
        "After": ["250.0 (0.5)", "250.2 (249.8–250.3)", "249.4–250.4"],
        "Change": ["−0.43 (0.21)", "−0.50 (−0.55 to −0.35)", "−0.60 to −0.20"],
    }
    drawn = waterfall_alt(bars(run, "response"), good=None)
    assert "a −0.2 (met)" in drawn and "c −0.6 (met)" in drawn


def test_few_and_many_print_a_change_alike() -> None:
    run = small_changes()
    (few,) = run.outcomes["response"].changes
    millionths = spread({-200_000: 1, -500_000: 1, -600_000: 1})
    changes = described("x", "sodium, change", millionths, "mmol/L")
    changes["hodges_lehmann"] = typical_change("x/hodges_lehmann", "sodium", millionths, Fraction(95, 100), "mmol/L")
    many = replace(few, change=changes)
    assert change_line(run, few) == change_line(run, many)
    assert change_sentence(run, few) == change_sentence(run, many)


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        (["-0.2", "-0.6"], "−0.40 (0.28)"),
        (["0.004", "0.009"], "+0.0065 (0.0035)"),
        (["0", "21"], "+10.5 (14.8)"),
        (["300", "420"], "+360 (85)"),
        ([*["0"] * 998, "1", "1"], "0.00 (0.04)"),
    ],
)
def test_means_and_spreads_keep_the_digits_that_tell_them_apart(values: list[str], printed: str) -> None:
    found = description("x", "x", [Fraction(value) for value in values], "points")
    assert printed == mean_sd(found, places(found), signed=True).text


def test_ticks_of_an_axis_are_told_apart() -> None:
    marks = ticks(Fraction("249.99"), Fraction("250.01"), 4)
    printed = [plain(mark, tick_places(marks)) for mark in marks]
    assert len(set(printed)) == len(printed) > 2


def test_a_percent_decrease_has_the_number_of_its_own_cases() -> None:
    study = protocol(
        "measures:\n  steroid:\n    {daily_dose: systemic glucocorticoids, as: prednisone mg/day, "
        "outside_courses: zero, if_zero_baseline: not evaluable}\n"
        "outcomes:\n  response: {at: after, rule: {decrease: steroid, more_than: 15 % of baseline}}\n"
    )
    rows = "a | prednisone | -100..10 20 mg x1; 11.. 10 mg x1\nb | prednisone | -100..10 40 mg x1; 11.. 10 mg x1\nc | prednisone | 30.. 10 mg x1\n"
    rows += "a | visit | 90\nb | visit | 90\nc | visit | 90"
    run = analyse(study, chart(rows, study))
    (found,) = run.outcomes["response"].changes
    assert change_line(run, found).endswith("mean decrease 62.5 % of baseline (range 50.0–75.0; n = 2)")
    assert change_sentence(run, found).endswith(
        "the mean decrease was 62.5 % of baseline (range 50.0–75.0; n = 2), over the cases with a dose above zero at baseline."
    )


def test_the_number_of_a_row_of_a_database_is_written_whole() -> None:
    assert ("9223372036854775807", "-123456789012345678901234567890.5") == (
        machine(2**63 - 1),
        machine(Fraction("-123456789012345678901234567890.5")),
    )
    assert "1,234,567,890,123,456,789,012,345,678,901.5" == number(Fraction("1234567890123456789012345678901.5"))


@pytest.mark.parametrize(
    ("events", "days", "told"),
    [
        (1, 2922, "12.5 per 100 patient-years, 95 % CI 0.3–69.6"),
        (4889, 164_995_000, "1.08 per 100 patient-years, 95 % CI 1.05–1.11"),
        (3, 36_525_000, "0.0030 per 100 patient-years, 95 % CI 0.0006–0.0088"),
        (0, 36_525_000, "0.000 per 100 patient-years, 95 % CI 0.000–0.004"),
        (4889, 1_000, "178,570.7 per 100 patient-years, 95 % CI 173,599.9–183,647.8"),
    ],
)
def test_a_rate_has_as_many_decimals_as_tell_it_from_nothing_and_from_its_ends(
    events: int, days: int, told: str
) -> None:
    """Of few cases a rate had one decimal and of very many two, so that both printed a rare event as 0."""
    found = rate("x", "x", Count(events, events), Count(days, days), Fraction(95, 100))
    assert told == rate_text(found, "95")


def test_percentages_are_rounded_once_wherever_they_stand() -> None:
    """One of eight was 12.5 % in a figure and 13 % beside it."""
    assert "1 of 8 (13 %)" == share_in_words(1, 8) == share_words(Share("x", 1, 8, Fraction(25, 2), None, None))
    assert "1 of 200 (0.5 %)" == share_words(Share("x", 1, 200, Fraction(1, 2), None, None))


def test_one_line_has_one_number_of_decimals() -> None:
    """The mean had one decimal and the range those of the recorded values: −2.9 (range −10.00 to +0.25)."""
    study = protocol(SODIUM)
    values = {"a": ("20", "20.25"), "b": ("30", "20"), "c": ("21", "22"), "d": ("20", "18")}
    rows = "\n".join(f"{case} | sodium | 0:{before}, 90:{after}" for case, (before, after) in values.items())
    (found,) = analyse(study, chart(rows, study)).outcomes["response"].changes
    run = analyse(study, chart(rows, study))
    assert "mean change −2.7 mmol/L (range −10.0 to +1.0; n = 4)" in change_line(run, found)
    table = change_table(run, "response")
    assert table is not None
    for row in table.rows:
        decimals = {
            len(text.partition(".")[2])
            for cell in row.cells[2:]
            for text in re.findall(r"[0-9]+(?:\.[0-9]+)?", cell.text)
        }
        assert len(decimals) < 2, [cell.text for cell in row.cells]


@pytest.mark.parametrize(("written", "printed"), [("<=5", "≤5"), (">=5", "≥5"), ("<5", "<5"), (">5", ">5")])
def test_a_value_known_as_a_limit_is_printed_with_its_sign(written: str, printed: str) -> None:
    study = protocol(SODIUM)
    run = analyse(study, chart(f"a | sodium | 0:400, 90:{written}", study))
    table = patients_table(run, "response")
    assert f"400 → {printed}" in [cell.text for cell in table.rows[0].cells]
    assert f"{printed} mmol/L" in run.shown.outcomes["response"].sentences["a"]


COURSES = SODIUM + "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: course}\n"


@pytest.mark.parametrize(
    ("second", "line", "methods_say"),
    [
        ("b", "  2 courses in 2 patients, one each", "no patient is included with more than one."),
        (
            "a",
            "  2 courses in 1 patient: courses of one patient are not independent",
            "courses of one patient are not independent",
        ),
    ],
)
def test_courses_are_called_dependent_only_where_a_patient_has_several(
    second: str, line: str, methods_say: str
) -> None:
    study = protocol(COURSES)
    rows = "a | mycophenolate mofetil | 0..150 500 mg x2\na | sodium | 0:250, 90:249\n"
    if second == "a":
        rows += "a | mycophenolate mofetil | 400..600 500 mg x2\na | sodium | 400:250, 490:249"
    else:
        rows += "b | mycophenolate mofetil | 0..150 500 mg x2\nb | sodium | 0:250, 90:249"
    run = analyse(study, chart(rows, study))
    assert line in report.headline(run).splitlines()
    assert methods_say in " ".join(one.text for one in methods.methods(run))


def test_a_headline_of_nobody_says_why_nobody_could_be_judged() -> None:
    """Where each case was left out because of its history, `0 of 0` told nothing of it."""
    washout = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days, washout: 365 days}, per: patient}\n"
    study = protocol(SODIUM + washout)
    rows = "".join(
        f"{one} | mycophenolate mofetil | 0..150 500 mg x2\n{one} | known from | -10\n{one} | sodium | 0:250, 90:249\n"
        for one in "ab"
    )
    why = "no case was included; of 2 cases it could not be decided whether they belong (washout, n = 2), because"
    why += " too little is known of the time before the index date"
    run = analyse(study, chart(rows, study))
    assert f"Response: 0 of 0 (not estimable: {why})" in report.headline(run).splitlines()


def test_a_limit_that_was_passed_over_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`explain` told `>=300` as 300."""
    study = protocol(SODIUM)
    charted = chart("a | sodium | -20:>=300, 0:250, 90:240", study)
    summary = analyse(study, charted)
    outcome = summary.outcomes["response"].plan
    monkeypatch.setattr(explain, "cell", lambda *_: Place())  # such a chart has no rows
    found = explain.explain(summary, summary.shown, charted, summary.shown.included[0], outcome, outcome.primary)
    (rested,) = (one for one in found.rests_on if one.passed)
    shown = value_json(rested)["passed_over"][0]
    assert (None, ">=300") == (shown["value"], shown["bound"])
    assert "passed over: ≥300 on day −20" in " ".join(value_line(rested, summary.measures))


VITAL = """
measures: {fvc: {quantity: vital capacity, unit: '%', better: high}}
outcomes:
  response: {at: after, rule: {gain: fvc, at_least: 5 points}}
  a tenth of it: {at: after, rule: {gain: fvc, at_least: 10 % of baseline}}
"""
VITAL_ROWS = "a | fvc | 0:50, 90:60\nb | fvc | 0:50, 90:51\nc | fvc | 0:60, 90:55\nd | fvc | 0:50, 90:70"


def test_a_change_of_a_measure_in_percent_is_in_percentage_points_wherever_it_stands() -> None:
    """A change from 50 % to 55 % was printed as 5 %, as is one by 5 % of baseline."""
    study = protocol(VITAL)
    read = chart(VITAL_ROWS, study)
    few = analyse(study, read)
    for run in (few, counted(study, read)):
        found, table = run.outcomes["response"].changes[0], change_table(run, "response")
        assert "mean change +6.5 percentage points (range −5.0 to +20.0; n = 4)" in change_line(run, found)
        assert "rose by a mean of 6.5 percentage points (range −5.0 to +20.0; n = 4)" in change_sentence(run, found)
        assert table is not None
        assert ["Fvc, %", "Baseline", "After", "Change, percentage points"] == [row.cells[0].text for row in table.rows]
    units = {row["id"]: row["unit"] for row in results(few)["results"]}
    assert ("%", "%", "percentage points", "percentage points") == tuple(
        units[f"response/0/fvc/{part}"]
        for part in ("before/mean", "after/mean", "change/mean", "change/hodges_lehmann")
    )
    of = {key: unit for key, unit in units.items() if key.startswith("response/0/fvc/")}
    assert {"%", "percentage points"} == set(of.values())
    assert {"percentage points"} == {unit for key, unit in of.items() if "/change/" in key}


def test_percent_of_baseline_and_percentage_points_are_told_apart_in_figures() -> None:
    study = protocol(VITAL)
    run = analyse(study, chart(VITAL_ROWS, study))
    points, tenth = (waterfall_alt(bars(run, name), good=None) for name in ("response", "a tenth of it"))
    assert "Fvc, percentage points, needed at least 5 percentage points: d +20 (met), a +10 (met)" in points
    assert "Fvc, % of baseline, needed at least 10 % of baseline: d +40 (met), a +20 (met)" in tenth


TWICE = """
windows:
  later: {from: 135 days, to: 200 days, take: last}
outcomes:
  response: {at: later, rule: {all: [{gain: mmt, at_least: 4 points, at: after}, {gain: mmt, at_least: 4 points}]}}
"""


def test_a_change_that_is_asked_for_in_two_windows_has_two_panels() -> None:
    study = protocol(TWICE)
    drawn = waterfall_alt(bars(analyse(study, chart("a | mmt | 0:50, 90:54, 180:60", study)), "response"), good=None)
    assert "baseline to after, points, needed at least 4 points: a +4 (met)" in drawn
    assert "baseline to later, points, needed at least 4 points: a +10 (met)" in drawn


def test_methods_state_the_type_of_quartile_and_that_percentages_may_not_add_up() -> None:
    study = protocol(SODIUM)
    rows = "\n".join(f"{case} | sodium | 0:250, 90:{250 - 2 * (case in 'abcde')}" for case in "abcdefgh")
    read = chart(rows, study)
    shares = [share_in_words(n, 8) for n in (5, 3)]
    assert ["5 of 8 (63 %)", "3 of 8 (38 %)"] == shares  # 101 %
    for told in (methods.methods(analyse(study, read)), methods.methods(counted(study, read))):
        text = " ".join(block.text for block in told)
        assert "quartiles are of type 7 (the default of R and Excel; Hyndman and Fan 1996)" in text
        assert "rounded once, from the exact value, a half away from zero" in text
        assert "percentages may not add up to 100." in text


def test_a_test_that_was_drawn_says_monte_carlo_and_its_id_says_nothing_else() -> None:
    wide = [(-1) ** (k % 3 == 0) * (10**9 + 7919 * k * k) for k in range(60)]
    found = {test.id: test for test in change_tests("x", "CMAS", wide)}
    assert ["x/change/signed_rank", "x/change/sign_flip", "x/change/sign"] == list(found)
    drawn = found["x/change/sign_flip"]
    assert "CMAS, Monte Carlo sign-flip test" == drawn.label
    written = result(drawn)
    assert "Monte Carlo" in written["label"] and "Monte Carlo" in written["method"]
    assert [] == [text for text in (written["id"], written["label"], written["method"]) if "exact" in text]
