"""Adverse events on treatment, person-time and monitoring, at their boundaries."""

from __future__ import annotations

from fractions import Fraction

from tests.spec.small import analyse, chart, protocol

from caseseries.report.exhibits.event_rates import monitoring_table
from caseseries.report.exhibits.safety import monitoring_words
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.safety_summary import SafetySummary

SAFETY = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: patient}
safety: {until_after_last_dose: 30 days, monitored: [{measure: mmt, below: 45}]}
"""


def run(rows: str, per: str = "patient") -> Summary:
    study = protocol(SAFETY.replace("per: patient", f"per: {per}"))
    return analyse(study, chart(rows, study))


def safety(rows: str, per: str = "patient") -> SafetySummary:
    found = run(rows, per).safety
    assert found is not None
    return found


def test_on_treatment_from_day_0_until_the_lag_after_the_last_dose() -> None:
    found = run("""
a | mycophenolate mofetil | 0..100 500 mg x2
a | mmt | 0:50, 90:60, 400:60
a | event: before | -1
a | event: first day | 0
a | event: last day | 130
a | event: late | 131
a | event: undated |
""")
    assert found.safety is not None
    assert {
        "before": "before the index date",
        "first day": "",
        "last day": "",
        "late": "more than 30 days after the last dose",
        "undated": "no date",
    } == {one.term: one.why_not for one in found.shown.events}
    assert Fraction(130) / Fraction("365.25") == found.safety.patient_years
    assert found.safety.rate.estimate == 2 * 100 / found.safety.patient_years


def test_person_time_ends_with_follow_up() -> None:
    assert (
        Fraction(90) / Fraction("365.25")
        == safety("a | mycophenolate mofetil | 0.. 500 mg x2\na | mmt | 0:50, 90:60").patient_years
    )


def test_no_event_has_an_upper_limit_and_no_person_time_has_none() -> None:
    found = safety("a | mycophenolate mofetil | 0.. 500 mg x2\na | mmt | 0:50, 90:60")
    assert (0, 0) == (found.rate.estimate, found.rate.lower)
    assert found.rate.upper is not None and found.rate.upper > 0
    assert safety("a | mycophenolate mofetil | 0.. 500 mg x2\na | mmt | 0:50").rate.estimate is None


def test_drugs_taken_on_the_day_of_the_event() -> None:
    found = run("""
a | mycophenolate mofetil | 0.. 500 mg x2
a | methotrexate | -50..20 15 mg x1/7
a | prednisone | 21..40 15 mg x1
a | mmt | 0:50, 90:60
a | event: fall | 20
""")
    assert ("methotrexate",) == found.shown.events[0].concurrent


def test_how_it_was_looked_for() -> None:
    rows = "a | mycophenolate mofetil | 0.. 500 mg x2\na | mmt | -5:30, 0:50, 40:44, 41:45, 90:<45"
    (found,), (beyond,) = safety(rows).monitoring, run(rows).shown.beyond
    assert (Count.of(4), Count.of(1), Count.of(2)) == (found.values, found.patients, found.beyond)
    # 45 itself is not below 45, <45 is
    assert [("a", 40, 40, Fraction(44), ""), ("a", 90, 90, Fraction(45), "<")] == [
        (one.case_id, one.low, one.high, one.value, one.censor) for one in beyond.values
    ]
    assert "below 45" == found.bound == beyond.bound


def test_a_value_that_may_be_on_treatment_makes_a_range() -> None:
    rows = """
a | mycophenolate mofetil | 0..10
a | visit | 100
a | mmt | -3~0:40, 5:50, 6:44, 39~45:<45, 39~46:60, 41~50:40
b | mycophenolate mofetil | 0..10
b | visit | 100
b | mmt | 40~41:60
"""
    found = run(rows)
    (seen,) = safety(rows).monitoring
    assert (Count(2, 6), Count(1, 2), Count(1, 3)) == (seen.values, seen.patients, seen.beyond)
    assert seen.per_patient_year is None
    (beyond,) = found.shown.beyond
    assert [(-3, 0, ""), (39, 45, "<")] == [(one.low, one.high, one.censor) for one in beyond.perhaps]
    table = monitoring_table(found)
    assert table is not None
    assert ["Mmt, points", "2–6", "1–2/2 (50–100)", "not estimable", "below 45"] == [
        cell.text for cell in table.rows[0].cells
    ][:5]
    assert "Values on treatment: 2–6 of mmt." in monitoring_words(found)


def test_what_may_be_of_the_next_course_may_be_on_treatment() -> None:
    rows = """
a | mycophenolate mofetil | 0..10; 100..
a | visit | 200
a | mmt | 60~100:40, 60~99:40
a | event: fever | 60~100, 60~99
"""
    found = run(rows, "course")
    possible = "date not exact, so it may be on treatment or not"
    assert {("a/1", 100, possible), ("a/1", 99, "more than 30 days after the last dose")} == {
        (one.case_id, one.high, one.why_not) for one in found.shown.events
    }
    (seen,) = safety(rows, "course").monitoring
    assert (Count(0, 1), Count(0, 1), Count(0, 1)) == (seen.values, seen.patients, seen.beyond)


def test_several_courses_of_one_patient_count_no_event_and_no_day_twice() -> None:
    found = run(
        """
a | mycophenolate mofetil | 0..50 500 mg x2; 61..100 500 mg x2
a | mmt | 0:50, 40:44, 70:44, 200:60
a | event: before | -1
a | event: first course | 60
a | event: second course | 61
b | mycophenolate mofetil | 0.. 500 mg x2
b | mmt | 0:50, 100:60
""",
        "course",
    )
    assert found.safety is not None
    assert [("before", "a/1", False), ("first course", "a/1", True), ("second course", "a/2", True)] == [
        (one.term, one.case_id, one.on_treatment) for one in found.shown.events
    ]
    assert Fraction(61 + (130 - 61) + 100) / Fraction("365.25") == found.safety.patient_years
    assert (1, 2) == (found.safety.with_event.n, found.safety.with_event.total)
    assert [("a/1", 40, 44), ("a/2", 9, 44)] == [
        (one.case_id, one.low, int(one.value)) for one in found.shown.beyond[0].values
    ]
