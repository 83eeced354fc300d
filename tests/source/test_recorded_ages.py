"""A recorded age beside a date of birth: the date counts, and another age is told with its cell."""

import pytest
from tests.source.conftest import CHART

PATIENTS = "id,sex,born,diagnosis,diagnosed\nP1,F,2000-05-01,JDM,2007-01-02\nP2,M,1999-02,JDM,2007-03-04\n"
AGE = "    birth: born\n", "    birth: born\n    age: age\n"


def told(chart):
    return [
        (f.severity, f.place.row, f.place.column, f.value, f.proposal)
        for f in chart.findings
        if f.rule == "contradiction" and "the date of birth counts" in f.message
    ]


def ages(first="", second="", born="2000-05-01"):
    return {
        "patients.csv": (
            PATIENTS,
            f"id,sex,born,diagnosis,diagnosed,age\nP1,F,{born},JDM,2007-01-02,{first}\nP2,M,1999-02,JDM,2007-03-04,{second}\n",
        )
    }


@pytest.mark.parametrize(
    ("first", "born", "said"),
    [
        ("20", "2000-05-01", "7"), ("6", "2000-05-01", "7"), ("9", "2000-05-01", "7"), ("7", "2000-05-01", ""), ("7.9", "2000-05-01", ""),
        ("8", "2000-05-01", ""), ("", "2000-05-01", ""), ("7", "2000", ""), ("10", "2000", "7 to 8"), ("6", "2000", "7 to 8"), ("20", "", ""),
    ],
)  # fmt: skip
def test_an_age_that_birth_does_not_give_is_told(chart_of, first, born, said):
    chart = chart_of(
        ages(first, born=born), chart=AGE, protocol=("study: Small", "study: Small\npartial_dates: bounds")
    )
    assert ([("warning", 2, "age", first, said)] if said else []) == told(chart)


def test_courses_that_are_cases_have_several_ages(chart_of):
    spoil = {**ages("9"), "drugs.csv": ("P2,MMF", "P1,MMF,2009-06-02,,500,mg,twice daily,oral\nP2,MMF")}
    bounds = "study: Small", "study: Small\npartial_dates: bounds"
    assert 1 == len(told(chart_of(spoil, chart=AGE, protocol=bounds)))
    text = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}"
    assert [] == told(
        chart_of(
            {**spoil},
            chart=AGE,
            protocol=(text, text.replace("per: patient", "per: course") + "\npartial_dates: bounds"),
        )
    )


def test_the_first_event_is_an_index_date_too(chart_of):
    text = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}"
    event = "case: {index_date: {first_event: JDM}, per: patient}\npartial_dates: bounds"
    assert [("warning", 2, "age", "8", "6")] == told(chart_of(ages("8"), chart=AGE, protocol=(text, event)))


def test_an_age_may_be_accepted_as_found(chart_of):
    accept = "accept: [{file: patients.csv, row: 2, column: age, found: '20', as_found: yes, by: A. B., on: 2020-01-01, because: why}]\n"
    upto = CHART[CHART.index("dates:") : CHART.index(AGE[0]) + len(AGE[0])]
    bounds = "study: Small", "study: Small\npartial_dates: bounds"
    for more, count in (("", 1), (accept, 0)):
        chart = chart_of(ages("20"), chart=(upto, more + upto + "    age: age\n"), protocol=bounds)
        assert count == len(told(chart))
