"""Where every course is a case: what belongs to it ends where the next one begins, and what does not is said."""

from __future__ import annotations

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted

from caseseries.report.exhibits.methods import methods
from caseseries.study import Study
from caseseries.summary.model import Summary

STUDY = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 10 days}, per: course}
safety: {until_after_last_dose: 0 days}
"""
ROWS = """
1 | mycophenolate mofetil | 0..20 500 mg; 60..100 500 mg
1 | mmt | 0:50, 90:60, 150:61
1 | methotrexate | 70.. 10 mg
1 | azathioprine | 60.. 50 mg
1 | cyclosporine | 30..40 50 mg
1 | event: rash | 70
"""


def found(rows: str = ROWS, changes: str = "") -> Summary:
    study = protocol(STUDY + changes)
    return analyse(study, chart(rows, study))


def test_a_drug_begun_in_the_next_course_is_added_there_alone() -> None:
    roles = {(one.case_id, one.name): one.role for one in found().shown.drugs}
    assert {
        ("1/1", "ciclosporin"): "added", ("1/2", "ciclosporin"): "earlier",
        ("1/2", "azathioprine"): "background", ("1/2", "methotrexate"): "added",
    } == roles  # fmt: skip


def test_follow_up_ends_where_the_next_course_begins() -> None:
    assert [("1/1", 60), ("1/2", 90)] == [(one.case_id, one.observed_days) for one in found().shown.rows]


@pytest.mark.parametrize("washout", ["", ", washout: 50 days"])
def test_an_event_of_the_next_course_is_none_of_this_one(washout: str) -> None:
    study = protocol(STUDY.replace("restart_after: 10 days", f"restart_after: 10 days{washout}"))
    (event,) = analyse(study, chart(ROWS, study)).shown.events
    assert ("1/2", True) == (event.case_id, event.on_treatment) if not washout else ("1/1", False)
    if washout:
        assert ("1/1", "after the end of follow-up") == (event.case_id, event.why_not)


def test_values_from_after_the_next_course_began_are_found_and_said() -> None:
    summary = found()
    (told,) = [one for one in summary.shown.findings if one.rule == "next course"]
    assert ("warning", "1", "1/1") == (told.severity, told.patient, told.value)
    assert (
        "values from after the next course of the patient began lie in after (days 46 to 134): they count for both"
        == told.message
    )
    assert "the next course of the patient begins on day 60" == told.because
    cases = next(one.text for one in methods(summary) if one.label == "Cases")
    assert "A case is followed until the next course of its patient begins" in cases


def test_what_is_shown_of_a_case_is_counted_of_many() -> None:
    more = ROWS.replace("1 |", "2 |") + ROWS.replace("1 |", "3 |").replace("90:60, 150:61", "55:60, 190:61")
    study = protocol(
        STUDY
        + "outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}}, later: {change: mmt, at: after}}"
    )
    read = chart(ROWS + more, study)
    told = [one for one in analyse(study, read).findings if one.rule == "next course"]
    assert [2] == [one.n.exact for one in told]
    assert told == [one for one in counted(study, read).findings if one.rule == "next course"]
    told_again = [
        one["value"] for one in Study(study).check(read, show=0).table("findings") if one["rule"] == "next course"
    ]
    assert ["2 cases"] == told_again


def test_where_no_value_lies_behind_nothing_is_found() -> None:
    rows = ROWS.replace("90:60, 150:61", "55:60, 190:61")
    assert [] == [one for one in found(rows).shown.findings if one.rule == "next course"]
