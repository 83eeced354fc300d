"""A dose that two outcomes read on different days says its days wherever it is printed."""

from __future__ import annotations

from fractions import Fraction

from tests.spec.small import analyse, chart, protocol

from caseseries.report.exhibits.change import change_outcomes_table, change_table, changes_words, dose_days_words
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.methods import methods
from caseseries.summary.model import Summary

STUDY = """
measures:
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not met, outside_courses: zero}
outcomes:
  response: {at: after, rule: {all: [{gain: mmt, at_least: 4 points}, {falls: steroid, at_least: 10 % of baseline}]}}
  taper: {change: steroid, at: after}
"""
ROWS = "1 | mmt | -10:50, 80:60\n1 | prednisone | -60..-5 30 mg; -4..84 20 mg; 85..200 10 mg\n1 | visit | 200"
VISITS, FIXED = "on the days of the visits", "on day 0 and on day 90"


def found() -> Summary:
    study = protocol(STUDY)
    return analyse(study, chart(ROWS, study))


def test_the_verdict_reads_the_dose_at_its_visits_and_the_change_on_fixed_days() -> None:
    summary = found()
    (behind,) = [one for one in summary.outcomes["response"].changes if one.measure == "steroid"]
    (alone,) = summary.change_outcomes
    assert [(VISITS, -10), (FIXED, -10)] == [(one.days, one.change["mean"].estimate) for one in (behind, alone)]
    assert [(30, 20), (20, 10)] == [
        (one.before["mean"].estimate, one.after["mean"].estimate) for one in (behind, alone)
    ]
    assert [f"steroid, change ({days}), mean" for days in (VISITS, FIXED)] == [
        one.change["mean"].label for one in (behind, alone)
    ]
    assert Fraction(50) == alone.percent["mean"].estimate
    assert f"steroid, percent decrease ({FIXED}), mean" == alone.percent["mean"].label


def test_table_headline_sentence_methods_and_captions_say_the_days() -> None:
    summary = found()
    told = headline(summary)
    assert f"Prednisone, {VISITS}: mean change" in told and f"Prednisone, {FIXED}: mean change" in told
    for table, days in ((change_table(summary, "response"), VISITS), (change_outcomes_table(summary), FIXED)):
        assert table is not None
        assert any(days in row.cells[0].text for row in table.rows)
    words = changes_words(summary, "response")
    assert words is not None and f"Prednisone, {VISITS}, fell by a mean of 10" in words.text
    outcomes = next(one.text for one in methods(summary) if one.label == "Outcomes")
    assert f"The daily dose (prednisone mg/day) was read {VISITS}." in outcomes
    assert f"the daily dose (prednisone mg/day) (read {FIXED}) from baseline to after" in outcomes
    assert f"Prednisone: the dose {VISITS}." == dose_days_words(summary, summary.outcomes["response"].changes)


def test_of_a_window_without_an_end_the_last_day_is_said() -> None:
    study = protocol(STUDY + "windows: {after: {from: 46 days, to: end, take: last}}\n")
    (alone,) = analyse(study, chart(ROWS, study)).change_outcomes
    assert "on day 0 and on the last day of after" == alone.days
