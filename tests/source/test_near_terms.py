"""A diagnosis or event written nearly as one that the protocol asks for stops the run; every word of a column that is read is told."""

import pytest

from caseseries.source.terms import is_near

INCLUDE = ("measures:", "include: [{diagnosis: juvenile dermatomyositis, by: index date}]\nmeasures:")
TERMS = "    diagnoses: [{diagnosis: diagnosis, date: diagnosed}]\n"
EVENTS = "  events:\n    kind: events\n    file: events.csv\n    patient: id\n    event: event\n    date: date\n"
INDEX = (
    "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}",
    "case: {index_date: {first_event: biopsy}, per: patient}",
)


def diagnosed(first, second):
    return {
        "patients.csv": (
            "2000-05-01,JDM,2007-01-02\nP2,M,1999-02,JDM",
            f"2000-05-01,{first},2007-01-02\nP2,M,1999-02,{second}",
        )
    }


def told(errors):
    return [(one.rule, one.value, one.place.row, one.proposal) for one in errors]


@pytest.mark.parametrize(
    "written",
    [
        "juvenile dermatomyosits", "dermatomyosits", "Juvenile-dermatomyositis", "JDM", "juvenile dermatomyositis (probable)",
        "dermatomyositis", "dermatomyositis juvenile", "juvnile dermatomyositis", "Juvénile dermatomyositis",
    ],
)  # fmt: skip
def test_a_near_miss_of_a_diagnosis_that_is_asked_for_stops_the_run(chart_of, errors_of, written):
    chart = chart_of(diagnosed(written, "juvenile dermatomyositis"), protocol=INCLUDE)
    assert [("diagnosis", written, 2, "juvenile dermatomyositis")] == told(errors_of(chart))


@pytest.mark.parametrize(
    "written", ["systemic lupus erythematosus", "polymyositis", "juvenile arthritis", "Juvenile  Dermatomyositis"]
)
def test_another_diagnosis_and_the_same_one_are_silent(chart_of, errors_of, written):
    assert [] == errors_of(chart_of(diagnosed(written, "juvenile dermatomyositis"), protocol=INCLUDE))


def test_each_name_is_told_once_with_its_rows_and_nothing_is_said_where_none_is_asked(chart_of, errors_of):
    (one,) = errors_of(chart_of(protocol=INCLUDE))
    assert "it stands in 2 rows: 2, 3" in one.message and "JDM" not in one.message
    assert [] == errors_of(chart_of())


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("{jdm: juvenile dermatomyositis}", "juvenile dermatomyositis"),
        ("{JDM: none of these}", "JDM"),
        ("{JDM: JDM}", "JDM"),
    ],
)
def test_terms_of_the_table_say_what_a_name_means(chart_of, errors_of, terms, expected):
    chart = chart_of(protocol=INCLUDE, chart=(TERMS, f"{TERMS}    terms: {terms}\n"))
    assert [] == errors_of(chart)
    assert [expected] * 2 == [fact.term for fact in chart.facts if fact.kind == "diagnosis"]


def test_an_index_event_is_looked_for_among_diagnoses_and_events(chart_of, errors_of):
    events = {"events.csv": "id,event,date\nP1,biopsi,2008-01-05\nP2,biopsy,2008-01-06\nP2,nausea,2008-01-06\n"}
    chart = chart_of(chart=("", EVENTS), protocol=INDEX, add=events)
    assert [("event", "biopsi", 2, "biopsy")] == told(errors_of(chart))
    again = chart_of(diagnosed("muscle biopsy", "JDM"), protocol=INDEX)
    assert [("diagnosis", "muscle biopsy", 2, "biopsy")] == told(errors_of(again))


@pytest.mark.parametrize(
    ("written", "asked", "near"),
    [
        ("type 1 diabetes", "type 2 diabetes", False),
        ("ILD 2008", "ILD", True),
        ("ILD (05/2008)", "ILD", True),
        ("rash (grade 3)", "rash", True),
        ("type 2 diabetes (2008)", "type 2 diabetes", True),
        ("lupus nephritis class 3", "lupus nephritis class 4", False),
        ("SLE", "systemic lupus erythematosus", True),
        ("JIA", "juvenile dermatomyositis", False),
        ("DM", "dermatomyositis", True),
        ("PM", "dermatomyositis", False),
        ("flare", "flares", True),
        ("", "flare", False),
        ("???", "flare", False),
        ("x" * 5000, "flare", False),
    ],
)
def test_what_is_near(written, asked, near):
    assert near is is_near(written, asked)


def test_every_word_is_told_with_its_count_and_what_it_was_taken_for(chart_of):
    spoil = {
        "drugs.csv": (
            "P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po",
            "P2,MMF,2008-02-02,2008-12-31,500,g/week,now and then,cream",
        )
    }
    found = {(one.column, one.word): (one.meaning, one.count) for one in chart_of(spoil, protocol=INCLUDE).words}
    assert {
        ("drug", "MMF"): ("mycophenolate mofetil", 2),
        ("drug", "prednisone"): ("prednisone", 2),
        ("unit", "mg"): ("1 mg", 3),
        ("unit", "g/week"): ("1000 mg, 1/7 a day", 1),
        ("often", "twice daily"): ("2 a day", 1),
        ("often", "once daily"): ("1 a day", 2),
        ("often", "now and then"): ("no daily amount", 1),
        ("route", "oral"): ("oral, systemic", 3),
        ("route", "cream"): ("topical, not systemic", 1),
        ("sex", "F"): ("F", 1),
        ("sex", "M"): ("M", 1),
        ("diagnosis", "JDM"): ("JDM, which is not asked for", 2),
        ("better", "yes"): ("yes", 1),
        ("better", "no"): ("no", 1),
        ("ck", "ND"): ("missing: not done", 1),
    } == found


def test_a_name_that_denies_the_one_asked_for_is_not_offered_as_it(chart_of, errors_of):
    chart = chart_of(diagnosed("no juvenile dermatomyositis", "juvenile dermatomyositis"), protocol=INCLUDE)
    (one,) = errors_of(chart)
    assert ("diagnosis", "no juvenile dermatomyositis", 2, "") == told([one])[0]
    assert "denies" in one.message and one.allowed.startswith("none of these")
