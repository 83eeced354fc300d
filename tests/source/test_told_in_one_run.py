"""What would be silent in a run, or come only after another mistake is mended, is told by the first `check`."""

from __future__ import annotations

import pytest
from tests.source.conftest import CHART

from caseseries.source.silent import NOBODY, UNREAD_DRUG

IGNORED = ("    date: date\n    measures", "    date: date\n    ignore: mtx_start\n    measures")
HEADER = "id,drug,start,stop,dose,unit,often,route"
TABLE = CHART[CHART.index("  drugs:\n") :]


def drugs(row):
    return {"drugs.csv": f"{HEADER}\n{row}\nP2,MMF,2008-02-02,,500,mg,twice daily,oral\n"}


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("P1,MMF,2008-13-05,2008-14-01,500,mg,twice daily,oral", {"start", "stop"}),
        ("P1,urbanol,2008-13-05,,500,mg,twice daily,oral", {"start", "drug"}),
        ("P1,MMF,2008-03-05,2008-01-01,-500,mg,twice daily,oral", {"stop", "dose"}),
    ],
    ids=["both days", "a drug that nobody knows", "days and dose"],
)
def test_a_mistake_in_a_drug_row_hides_no_other(chart_of, errors_of, row, columns):
    wrong = errors_of(chart_of(add=drugs(row)))
    assert columns == {one.place.column for one in wrong if one.place.file == "drugs.csv"}


def test_a_study_drug_without_a_table_of_drugs(chart_of):
    (said,) = [one for one in chart_of(chart=(TABLE, "")).findings if one.rule == NOBODY]
    assert "no table of drugs is declared: nobody can be a case" in said.message


def test_a_study_drug_of_which_there_is_no_row(chart_of):
    chart = chart_of(add={"drugs.csv": f"{HEADER}\nP1,methotrexate,2007-01-05,,15,mg,once weekly,oral\n"})
    (said,) = [one for one in chart.findings if one.rule == NOBODY]
    assert ("warning", "of the drugs there: methotrexate") == (said.severity, said.allowed)


@pytest.mark.parametrize(("event", "told"), [("JDM", 0), ("relapse", 1)])
def test_an_index_event_that_no_row_holds(chart_of, event, told):
    index = ("first_exposure: mycophenolate mofetil, restart_after: 60 days", f"first_event: {event}")
    assert told == len([one for one in chart_of(protocol=index).findings if one.rule == NOBODY])


@pytest.mark.parametrize(("chart", "why"), [(("", ""), "nothing reads it"), (IGNORED, "`ignore` leaves it out")])
def test_a_column_of_first_days_that_nothing_reads(chart_of, chart, why):
    visits = "id,date,cmas,ck,better,pred,mtx_start\nP1,2008-01-01,30,100,yes,20,2006-01-01\nP2,2008-02-01,30,100,yes,20,2006-02-01\n"
    (said,) = [one for one in chart_of(chart=chart, add={"visits.csv": visits}).findings if one.rule == UNREAD_DRUG]
    assert ("mtx_start", "warning") == (said.place.column, said.severity)
    assert f"2 dates of a drug, and {why}" in said.message


def test_doses_at_visits_without_any_course_are_one_line_and_propose_no_zero(chart_of):
    chart = chart_of(add={"drugs.csv": f"{HEADER}\nP1,MMF,2008-01-02,,500,mg,twice daily,oral\n"})
    said = [one for one in chart.findings if one.rule == "dose" and one.place.file == "visits.csv"]
    assert ["doses are written at 2 visits, and the drug rows hold no course of systemic glucocorticoids"] == [
        one.message.partition(";")[0] for one in said
    ]
    assert {""} == {one.proposal for one in said}


def test_a_lower_case_word_beside_another_is_told(chart_of):
    (said,) = [one for one in chart_of({"patients.csv": ("P2,M,", "P2,f,")}).findings if one.rule == "category"]
    assert ("f", "sex") == (said.value, said.place.column)
