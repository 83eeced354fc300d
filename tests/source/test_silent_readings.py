"""Cells that were read as something else without a word; each was found by the drawn files of tests/readers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from caseseries.errors import ChartError
from caseseries.source import read


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize("written", ["2008-00-01", "2008-04-00", "2008-00-00"])
def test_a_zero_is_no_unknown_month_or_day(chart_of, errors_of, address_of, written):
    (wrong,) = errors_of(chart_of({"visits.csv": ("2008-04-01", written)}))
    assert ("visits.csv", 3, "date", written) == address_of(wrong)


PARTS = "    birth: born\n", "    birth: {year: y, month: m, day: d}\n"


@pytest.mark.parametrize(
    ("row", "column"), [("<1999,5,3", "y"), ("1999,0,3", "y"), ("1999,5,0", "y"), ("1999,5,<3", "d")]
)
def test_a_bound_or_a_zero_is_no_part_of_a_date(chart_of, errors_of, row, column):
    files = {"patients.csv": f"id,sex,y,m,d,diagnosis,diagnosed\nP1,F,2000,5,1,JDM,\nP2,M,{row},JDM,\n"}
    (wrong,) = errors_of(chart_of(chart=PARTS, add=files))
    assert ("patients.csv", 3, column) == (wrong.place.file, wrong.place.row, wrong.place.column)


def test_a_day_whose_month_is_not_known_is_known_to_the_year(chart_of, errors_of):
    files = {"patients.csv": "id,sex,y,m,d,diagnosis,diagnosed\nP1,F,2000,5,1,JDM,\nP2,M,1999,,3,JDM,\n"}
    chart = chart_of(chart=PARTS, protocol=("study: Small", "study: Small\npartial_dates: bounds"), add=files)
    assert [] == errors_of(chart)
    assert (day("1999-01-01"), day("1999-12-31")) == (chart.people[1].birth_low, chart.people[1].birth_high)


@pytest.mark.parametrize(
    "twin", ["\u04201", "P\u200b1", "\uff301"], ids=["Cyrillic", "a space of no width", "full width"]
)
def test_a_patient_in_letters_that_look_alike_is_no_second_one(chart_of, errors_of, address_of, twin):
    (wrong,) = errors_of(
        chart_of(
            {
                "patients.csv": (
                    "P2,M,1999-02,JDM,2007-03-04",
                    f"P2,M,1999-02-01,JDM,2007-03-04\n{twin},F,2000-05-01,JDM,",
                )
            }
        )
    )
    assert ("duplicate id", "patients.csv", 4, "id") == (wrong.rule, *address_of(wrong)[:3])


def test_the_letter_o_behind_a_digit_is_no_second_patient(chart_of, errors_of):
    (wrong,) = errors_of(
        chart_of(
            {
                "patients.csv": (
                    "P2,M,1999-02,JDM,2007-03-04",
                    "P2,M,1999-02-01,JDM,2007-03-04\nP10,F,,JDM,\nP1O,F,,JDM,",
                )
            }
        )
    )
    assert ("duplicate id", 5, "P10") == (wrong.rule, wrong.place.row, wrong.proposal)


def test_a_code_for_the_last_day_is_not_still_taken(chart_of, errors_of):
    chart = chart_of({"drugs.csv": ("2008-02-01,20", "UNK,20")})
    assert [] == errors_of(chart)
    (course,) = (one for one in chart.courses if one.start == day("2007-12-01"))
    assert (day("2007-12-01"), day("2007-12-01"), day("2007-12-01"), None) == (
        course.ends.first_low, course.ends.first_high, course.ends.last_low, course.ends.last_high,
    )  # fmt: skip
    (told,) = (finding for finding in chart.findings if "recorded as missing" in finding.message)
    assert ("warning", "drugs.csv", 3, "stop", "UNK") == (
        told.severity,
        told.place.file,
        told.place.row,
        told.place.column,
        told.value,
    )


LONG = """  values:
    kind: long
    file: long.csv
    patient: id
    date: date
    measure: what
    value: result
    unit: unit
    measures: {CK: ck, CMAS: cmas}
"""


def test_a_value_without_its_unit_is_refused_in_a_table_with_a_column_of_units(chart_of, errors_of, address_of):
    rows = {
        "long.csv": "id,date,what,result,unit\nP1,2008-02-01,CK,3.5,ukat/L\n"
        "P1,2008-03-01,CK,200,\nP1,2008-03-02,CK,ND,\nP1,2008-03-01,CMAS,30,\n"
    }
    (wrong,) = errors_of(chart_of(chart=("", LONG), add=rows))
    assert ("unit", "long.csv", 3, "unit", "") == (wrong.rule, *address_of(wrong))
    declared = chart_of(chart=("", LONG.replace("value: result", "value: {column: result, unit: U/L}")), add=rows)
    assert [] == errors_of(declared)
    assert {Fraction(210), Fraction(200)} <= {one.value for one in declared.measurements if one.measure == "ck"}


def test_utf_8_is_not_read_as_another_encoding(chart_of):
    files = {"patients.csv": "id,sex,born,diagnosis,diagnosed\nP1,F,2000-05-01,sclérodermie,\nP2,M,,JDM,\n"}
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("dates:", "encoding: cp1252\ndates:"), add=files)
    (problem,) = wrong.value.problems
    assert ("patients.csv", 2) == (problem.place.file, problem.place.line)
    assert "in UTF-8, and not in cp1252" in problem.what
    read = chart_of(
        chart=("dates:", "encoding: cp1252\ndates:"), add={"patients.csv": files["patients.csv"].encode("cp1252")}
    )
    assert "sclérodermie" in {fact.term for fact in read.facts}


def test_a_course_written_twice_is_counted_once_however_well_its_days_are_known(chart_of, errors_of):
    row = "P1,methotrexate,2008-02,2008-03,15,mg,weekly,oral"
    chart = chart_of(
        {"drugs.csv": ("P2,MMF", f"{row}\n{row}\nP2,MMF")},
        protocol=("study: Small", "study: Small\npartial_dates: bounds"),
    )
    assert [] == errors_of(chart)
    assert 1 == sum(course.drug == "methotrexate" for course in chart.courses)
    assert [6] == [finding.place.row for finding in chart.findings if finding.rule == "duplicate row"]


def test_a_drug_that_was_never_taken_and_was_is_told(chart_of, errors_of):
    files = {"patients.csv": "id,sex,born,diagnosis,diagnosed,nostero\nP1,F,2000-05-01,JDM,,yes\nP2,M,,JDM,,yes\n"}
    chart = chart_of(
        chart=("    birth: born\n", "    birth: born\n    never: {systemic glucocorticoids: nostero}\n"), add=files
    )
    assert [] == errors_of(chart)
    (told,) = (finding for finding in chart.findings if finding.rule == "never taken")
    assert ("patients.csv", 2, "nostero") == (told.place.file, told.place.row, told.place.column)


def test_the_delimiter_is_found_in_a_heading_with_a_line_break_and_before_any_kind_of_line_end(chart_of, errors_of):
    text = (
        'id;sex;born;"diag\nnosis";diagnosed\nP1;F;2000-05-01;"JDM, early";2007-01-02\nP2;M;1999-02-01;JDM;2007-03-04\n'
    )
    for line_end in ("\n", "\r", "\r\n"):
        chart = chart_of(
            chart=("diagnosis: diagnosis", "diagnosis: diag nosis"), add={"patients.csv": text.replace("\n", line_end)}
        )
        assert [] == errors_of(chart)
        assert {"JDM", "JDM, early"} == {fact.term for fact in chart.facts if fact.kind == "diagnosis"}


def test_a_cell_beyond_the_end_of_a_table_names_no_column(chart_of):
    text = "id,sex,born,diagnosis,diagnosed\nP1,F,2000-05-01,JDM,2007-01-02\nP2,M,1999-02-01,JDM,2007-03-04\n,,,,,a note,here\n"
    chart = chart_of(chart=("    birth: born\n", "    birth: born\n    last_row: 3\n"), add={"patients.csv": text})
    assert [] == [finding for finding in chart.findings if "without a name" in finding.message]


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("MMF,2008-01-02", "MMF?,2008-01-02", "drug"),
        ("twice daily", "twice daily?", "often"),
        ("twice daily,oral", "twice daily,PO?", "route"),
    ],
)
def test_a_question_mark_in_a_word_of_a_course_is_told(chart_of, errors_of, old, new, column):
    chart = chart_of({"drugs.csv": (old, new)})
    assert [] == errors_of(chart)
    (told,) = (finding for finding in chart.findings if finding.rule == "doubt")
    assert ("warning", "drugs.csv", 2, column) == (told.severity, told.place.file, told.place.row, told.place.column)


def found(chart, rule):
    return [
        (one.severity, one.place.file, one.place.row, one.place.column) for one in chart.findings if one.rule == rule
    ]


EVENTS = "  events: {kind: events, file: events.csv, patient: id, event: event, date: date}\n"


def test_a_letter_with_its_mark_beside_it_is_the_same_letter(chart_of, errors_of):
    rows = "id,event,date\nP1,Fièvre,2008-02-01\nP1,Fie\u0300vre,2008-03-01\n"
    chart = chart_of(chart=("", EVENTS), add={"events.csv": rows})
    assert [] == errors_of(chart)
    assert ["Fièvre", "Fièvre"] == [fact.term for fact in chart.facts if fact.kind == "event"]


@pytest.mark.parametrize("word", ["FiÃ¨vre", "Fi\ufffdvre"])
def test_a_word_that_lost_its_letters_is_told(chart_of, errors_of, word):
    chart = chart_of(chart=("", EVENTS), add={"events.csv": f"id,event,date\nP1,{word},2008-02-01\n"})
    assert ([], [("warning", "events.csv", 2, "event")]) == (errors_of(chart), found(chart, "letters"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("first_row: 3", [("warning", "visits.csv", 2, "id")]),
        ("last_row: 3", [("warning", "visits.csv", 4, "id")]),
        ("skip_rows: [2]", [("note", "visits.csv", 2, "id")]),
        ("last_row: 5", []),
    ],
)
def test_rows_of_patients_that_are_left_out_are_told(chart_of, line, told):
    chart = chart_of(chart=("    file: visits.csv\n", f"    file: visits.csv\n    {line}\n"))
    assert told == found(chart, "left out")


def test_a_patient_below_the_last_row_is_told(chart_of, errors_of):
    chart = chart_of(chart=("    file: patients.csv\n", "    file: patients.csv\n    last_row: 3\n"),
                     add={"patients.csv": "id,sex,born,diagnosis,diagnosed\nP1,F,,,\nP2,M,,,\nP3,F,,,\nMean,2,,,\nF female,x,,,\n"})  # fmt: skip
    assert ([], [("warning", "patients.csv", 4, "id")]) == (errors_of(chart), found(chart, "left out"))


def test_the_heading_once_more_is_no_patient(chart_of, errors_of, address_of):
    (wrong,) = errors_of(
        chart_of(
            add={"patients.csv": "id,sex,born,diagnosis,diagnosed\nP1,F,,,\nid,sex,born,diagnosis,diagnosed\nP2,M,,,\n"}
        )
    )
    assert ("patients.csv", 3, "id", "id") == address_of(wrong)


@pytest.mark.parametrize("time", ["25:61", "24:01", "12:60", "99:99:99"])
def test_a_time_that_is_none_makes_no_date(chart_of, errors_of, address_of, time):
    (wrong,) = errors_of(chart_of({"visits.csv": ("2008-04-01", f"2008-04-01 {time}")}))
    assert ("visits.csv", 3, "date", f"2008-04-01 {time}") == address_of(wrong)


STACKED = "id,sex,born,diagnosis,diagnosed\nP1,F,,,\nP2,M,,,\n\nid,date,cmas,ck,better\nP1,2008-01-01,30,200,\nP1,2008-04-01,4O,150,\n"
BOTH = """
  patients: {kind: patients, file: all.csv, last_row: 3, patient: id, sex: sex}
  visits: {kind: visits, file: all.csv, header: 5, patient: id, date: date, measures: {cmas: cmas}}
accept: [{file: all.csv, row: 7, column: cmas, found: 4O, read_as: "40", by: Dr A, on: 2016-03-01, because: letter}]
"""


def test_a_decision_about_a_cell_concerns_the_table_of_its_row(tmp_path, small_protocol, errors_of):
    (tmp_path / "all.csv").write_text(STACKED.replace("sex,born,diagnosis", "sex,born,cmas"))
    (tmp_path / "chart.yaml").write_text(f"source: .\ndates: year-month-day\ndelimiter: ','\ntables:{BOTH}")
    chart = read(small_protocol, tmp_path / "chart.yaml")
    assert [] == errors_of(chart)
    assert [30, 40] == [row.value for row in chart.measurements]


def test_a_date_that_means_still_taken_stands_in_any_order(chart_of, errors_of):
    chart = chart_of(
        {"drugs.csv": ("2008-12-31", "31.12.2099")},
        chart=("    blank_stop: ongoing", "    blank_stop: ongoing\n    ongoing: [31.12.2099, 30.12.2099]"),
        add={"drugs.csv": "id,drug,start,stop,dose,unit,often,route\nP1,MMF,2008-01-02,31.12.2099,500,mg,bd,po\n"
             "P2,MMF,2008-02-02,30.12.2099,500,mg,bd,po\n"},
    )  # fmt: skip
    assert [] == errors_of(chart)
    assert [None, None] == [course.end for course in chart.courses]


@pytest.mark.parametrize(("declared", "cell"), [
    ("missing: {'999': not done}", "999.0"), ("words: {'1': '10', '2': '20'}", "2.0"), ("words: {'1': '10', '2': '20'}", "02"),
])  # fmt: skip
def test_a_code_or_a_word_written_as_another_number_is_no_value(chart_of, declared: str, cell: str) -> None:
    column = f"ck: {{column: ck, unit: U/L, {declared}}}"
    chart = chart_of({"visits.csv": ("40,150", f"40,{cell}")}, ("ck: {column: ck, unit: U/L}", column))
    assert [("visits.csv", 3, "ck")] == [
        (one.place.file, one.place.row, one.place.column) for one in chart.findings if one.severity == "error"
    ]
