"""REDCap exports: the forms of a project as tables, each trap of the export either right, refused with its address, or counted."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.source.conftest import PROTOCOL
from tests.source.redcap_maker import field, of_chart, project

from caseseries.chart.described_redcap import RedcapProject
from caseseries.chart.redcap_dictionary import read_dictionary
from caseseries.chart.redcap_export import forms_of_export
from caseseries.chart.redcap_logic import Asked, parsed, shown_by
from caseseries.chart.redcap_rows import Told
from caseseries.errors import ChartError
from caseseries.protocol.load import parse
from caseseries.source import read
from caseseries.study import Study

DICTIONARY = [
    field("record_id", "base", label="Record ID"),
    field("sex", "base", "radio", "Sex", choices="1, <b>Female</b> | 2, Male | 9, Other, or not told"),
    field("born", "base", label="Date of birth", validation="date_dmy", identifier="y"),
    field("diagnosis", "base", "dropdown", "Diagnosis", choices="J, juvenile dermatomyositis | S, SLE, or lupus"),
    field("features", "base", "checkbox", "Features", choices="1, rash | 2, calcinosis | -3, none of these"),
    field("visit_date", "visit", label="Visit date", validation="date_dmy"),
    field("cmas", "visit", label="CMAS", validation="integer", least="0", most="52"),
    field("asked_ck", "visit", "yesno", "Was CK measured?"),
    field("ck", "visit", label="CK", validation="number_1dp_comma_decimal", logic="[asked_ck] = '1'"),
    field("better", "visit", "yesno", "Improved?"),
    field("pred", "dose", label="Prednisone"),
    field("drug", "drugs", "dropdown", "Drug", choices="1, mycophenolate mofetil | 2, prednisone"),
    field("start", "drugs", label="Start", validation="date_ymd"),
    field("stop", "drugs", label="Stop", validation="date_ymd"),
]
HEADER = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,born,diagnosis,features___1,features___2,features____3,"
    "base_complete,visit_date,cmas,asked_ck,ck,better,visit_complete,pred,dose_complete,drug,start,stop,drugs_complete\n"
)
DATA = (
    HEADER
    + """1,baseline_arm_1,,,1,2000-05-01,J,1,0,0,2,2008-01-01,30,1,"200,5",,2,20,2,,,,
1,baseline_arm_1,drugs,1,,,,,,,,,,,,,,,,1,2008-01-02,,2
1,baseline_arm_1,drugs,2,,,,,,,,,,,,,,,,2,2007-12-01,2008-02-01,2
1,month_3_arm_1,,,,,,,,,,2008-04-01,40,0,,1,1,10,2,,,,
2,baseline_arm_2,,,2,1999-02-03,J,0,0,0,0,2008-02-01,35,1,ND,,2,,0,,,,
2,baseline_arm_2,drugs,1,,,,,,,,,,,,,,,,1,2008-02-02,2008-12-31,0
2,month_3_arm_2,,,,,,,,,,2008-05-01,36,1,"150,0",0,2,,0,,,,
"""
)
CHART = """
source: export
dates: year-month-day
missing: {ND: not done}
redcap: {data: data.csv, dictionary: dictionary.csv}
tables:
  patients:
    kind: patients
    sheet: base
    patient: record_id
    sex: {column: sex, words: {Female: female, Male: male}}
    birth: born
    diagnoses: [{diagnosis: {column: diagnosis, words: {juvenile dermatomyositis: JDM, "SLE, or lupus": SLE}}}]
    attributes: {calcinosis: features___2, rash: features___1}
  visits:
    kind: visits
    sheet: visit
    patient: record_id
    date: visit_date
    measures: {cmas: cmas, ck: {column: ck, unit: U/L}, improved: better, steroid: {column: pred, unit: mg/day, drug: prednisone}}
  drugs:
    kind: drugs
    sheet: drugs
    patient: record_id
    drug: drug
    start: start
    stop: stop
    stop_means: last day taken
    blank_stop: ongoing
"""


@pytest.fixture
def redcap(tmp_path: Path):
    """Read the project, its texts replaced."""

    def made(data=("", ""), chart=("", ""), dictionary=DICTIONARY):
        assert data[0] in DATA and chart[0] in CHART
        project(tmp_path / "export", dictionary, DATA.replace(*data) if data[0] else DATA)
        (tmp_path / "chart.yaml").write_text(CHART.replace(*chart) if chart[0] else CHART, encoding="utf-8")
        return read(parse(PROTOCOL).protocol, tmp_path / "chart.yaml")

    return made


def changed(name: str, **more: str) -> list[dict[str, str]]:
    """The dictionary with one field written anew."""
    return [
        one if one["Variable / Field Name"] != name else field(name, one["Form Name"], **more) for one in DICTIONARY
    ]


def errors(chart) -> list[tuple[str, int | None, str]]:
    return [(one.message, one.place.row, one.place.column) for one in chart.findings if one.severity == "error"]


def told(chart, rule: str) -> list[str]:
    return [one.message for one in chart.findings if one.rule == rule]


def values(chart, measure: str) -> list[tuple[str, float | None, str]]:
    return [
        (one.patient, None if one.value is None else float(one.value), one.missing)
        for one in chart.measurements
        if one.measure == measure
    ]


def test_forms_events_and_repeats_are_read(redcap) -> None:
    chart = redcap()
    assert [] == errors(chart)
    assert [("1", "female"), ("2", "male")] == [(one.patient, one.sex) for one in chart.people]
    assert [("1", 30, ""), ("1", 40, ""), ("2", 35, ""), ("2", 36, "")] == values(chart, "cmas")
    assert [("1", "mycophenolate mofetil"), ("1", "prednisone"), ("2", "mycophenolate mofetil")] == sorted(
        (one.patient, one.drug) for one in chart.courses
    )
    assert {"JDM"} == {one.term for one in chart.facts if one.kind == "diagnosis"}


def test_what_stands_in_another_form_of_the_same_event_is_at_hand(redcap) -> None:
    elsewhere = [one | {"Form Name": "dose"} if one["Variable / Field Name"] == "cmas" else one for one in DICTIONARY]
    chart = redcap(dictionary=elsewhere)
    assert [30, 40, 35, 36] == [value for _, value, _ in values(chart, "cmas")]
    assert [] == [one.message for one in chart.findings if "nothing reads" in one.message and "pred" in one.message]


def test_a_decimal_comma_is_one_only_where_the_dictionary_says_so(redcap) -> None:
    assert [("1", 200.5, ""), ("1", None, "not asked"), ("2", None, "not done"), ("2", 150, "")] == values(
        redcap(), "ck"
    )
    refused = redcap(dictionary=changed("ck", label="CK", validation="number_1dp"))
    assert ("not a number with a decimal point", 2, "ck") in errors(refused)


def test_a_field_that_is_not_asked_is_told_apart_from_one_that_is_missing(redcap) -> None:
    assert ["1 blank cells of ck stand where its form does not ask it"] == told(redcap(), "not asked")


def test_only_rows_of_its_own_form_are_asked_for_a_field(redcap) -> None:
    # the baseline row says that CK was not measured; the rows of drugs, and a row whose visit was never filled in, say nothing of CK
    chart = redcap(data=('2008-01-01,30,1,"200,5"', "2008-01-01,30,0,"))
    assert ["2 blank cells of ck stand where its form does not ask it"] == told(chart, "not asked")


def test_logic_over_events_is_not_known_where_events_have_labels(redcap) -> None:
    ck = changed("ck", label="CK", validation="number_1dp_comma_decimal", logic="[baseline_arm_1][asked_ck] = '1'")
    assert [] == told(redcap(dictionary=ck, data=("2,month_3_arm_2", "2,month_3_arm_1")), "not asked")[1:]
    events = DATA.replace("baseline_arm_1", "Baseline (Arm 1: A)").replace("month_3_arm_1", "Month 3 (Arm 1: A)")
    assert [] == told(redcap(dictionary=ck, data=(DATA, events)), "not asked")


def test_a_choice_without_words_is_its_code(redcap) -> None:
    pictures = changed("sex", kind="radio", label="Sex", choices='1, <img src="f.png"> | 2, ')
    book = [one for one in pictures if one["Variable / Field Name"] == "sex"]
    assert ["2"] == list(_choices(book).values())[1:]


def _choices(rows) -> dict[str, str]:
    text = (
        ",".join(f'"{name}"' for name in rows[0])
        + "\n"
        + "\n".join(",".join('"' + one.replace('"', '""') + '"' for one in row.values()) for row in rows)
    )
    return dict(read_dictionary(text.encode(), "dictionary.csv")[0].fields["sex"].choices)


def test_a_decision_about_a_cell_is_one_of_the_row_of_the_export(redcap) -> None:
    accept = """accept:
  - {sheet: visit, row: 5, column: cmas, found: 4O, read_as: 40, by: me, on: 2026-01-31, because: letter O}
"""
    chart = redcap(data=("2008-04-01,40", "2008-04-01,4O"), chart=("tables:\n", accept + "tables:\n"))
    assert [] == errors(chart)
    assert ("1", 40, "") in values(chart, "cmas")


def test_a_value_that_the_form_would_not_show_is_a_warning_with_its_cell(redcap) -> None:
    chart = redcap(data=("40,0,,1,1", '40,0,"90,0",1,1'))
    assert [
        ("a value stands in a field that its form does not show here: it may be left from an earlier answer", 5, "ck")
    ] == [(one.message, one.place.row, one.place.column) for one in chart.findings if one.rule == "branching logic"]


def test_logic_that_is_not_understood_is_said(redcap) -> None:
    ck = changed("ck", label="CK", validation="number_1dp_comma_decimal", logic="datediff([visit_date],'today','d')>3")
    assert ["branching logic that is not understood: of this field it is not known where it was asked"] == told(
        redcap(dictionary=ck), "branching logic"
    )


def test_boxes_say_no_only_where_one_is_ticked(redcap) -> None:
    attributes = {one.patient: dict(one.attributes) for one in redcap().people}
    assert {"rash": "yes", "calcinosis": "no"} == attributes["1"]
    assert {} == {name: word for name, word in attributes["2"].items() if word}
    declared = redcap(chart=("dictionary: dictionary.csv}", "dictionary: dictionary.csv, nothing_ticked: 'no'}"))
    assert {"rash": "no", "calcinosis": "no"} == dict(declared.people[1].attributes)
    assert ["in 1 row no box of features is ticked, which is read as not recorded"] == told(redcap(), "boxes")


def test_a_box_of_a_missing_code_takes_all_boxes_of_the_field_with_it(redcap, tmp_path) -> None:
    text = DATA.replace("features____3", "features____3,features___nd").replace(
        ",0,0,0,0,2008-02-01", ",0,0,0,1,0,2008-02-01"
    )
    text = "\n".join(
        line if n in (0, 5) or not line else ",".join([*line.split(",")[:10], "", *line.split(",")[10:]])
        for n, line in enumerate(text.split("\n"))
    )
    project(tmp_path / "export", DICTIONARY, text)
    (tmp_path / "chart.yaml").write_text(CHART, encoding="utf-8")
    chart = read(parse(PROTOCOL).protocol, tmp_path / "chart.yaml")
    assert [] == errors(chart)
    assert {"rash": "", "calcinosis": ""} == {"rash": "", "calcinosis": ""} | dict(chart.people[1].attributes)
    assert [] == told(chart, "boxes")


@pytest.mark.parametrize(
    ("data", "what", "row", "column"),
    [
        (("1,baseline_arm_1,,,1,", "1,baseline_arm_1,,,7,"), "none of the choices that the dictionary gives this field", 2, "sex"),
        (("1,baseline_arm_1,drugs,2", "1,baseline_arm_1,drugs,1"), "the record, event and instance of row 3 once more", 4, "record_id"),
        (("1,baseline_arm_1,drugs,2", ",baseline_arm_1,drugs,2"), "the row says of no record", 4, "record_id"),
        (("1,baseline_arm_1,drugs,2", "1,baseline_arm_1,pills,2"), "the dictionary has no form of this name", 4, "redcap_repeat_instrument"),
        (("drugs,1,,,,,,,,,,,", "drugs,1,,,,,,,,,12,,"), "a value stands in the row of another form (drugs)", 3, "cmas"),
        (("J,1,0,0,2", "J,1,x,0,2"), "a box is ticked (1) or not (0)", 2, "features___2"),
        (("2008-04-01,40", "2008-04-01,4O"), "a number with words behind it", 5, "cmas"),
        (("2008-04-01,40", "01/04/2008,40"), "not a date written year-month-day", 5, "visit_date"),
        (('"150,0",0,2,,0,,,,\n', '"150,0",0,2,,0,,,\n'), "the row has fewer cells than the header", 8, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_address(redcap, data, what, row, column) -> None:
    found = [(message.split(";")[0], at, name) for message, at, name in errors(redcap(data=data))]
    assert (row, column) in [(at, name) for _, at, name in found], found
    assert any(message.startswith(what) and (at, name) == (row, column) for message, at, name in found), found


def test_an_address_says_event_and_instance(redcap) -> None:
    chart = redcap(data=("2,2007-12-01", "2,2007-13-01"))
    assert ["data.csv, sheet drugs, row 4, column start, event baseline_arm_1, instance 2"] == [
        str(one.place) for one in chart.findings if one.severity == "error"
    ]


def test_a_value_beyond_the_range_of_the_dictionary_is_a_warning(redcap) -> None:
    chart = redcap(dictionary=changed("cmas", label="CMAS", validation="integer", least="0", most="39"))
    assert [("1", 5, "cmas", "40", "0 to 39")] == [
        (one.patient, one.place.row, one.place.column, one.value, one.allowed)
        for one in chart.findings
        if one.rule == "range"
    ]


def test_forms_without_values_and_forms_not_complete_are_counted(redcap) -> None:
    chart = redcap(
        data=(
            "1,baseline_arm_1,drugs,2,,,,,,,,,,,,,,,,2,2007-12-01,2008-02-01,2",
            "1,baseline_arm_1,drugs,2,,,,,,,,,,,,,,,,,,,2",
        )
    )
    assert [] == errors(chart)
    assert ["1 row of this form hold nothing but its status, and are not read"] == told(chart, "empty form")
    assert "rows that hold values and are not marked as complete are read: 1 incomplete" in told(chart, "form status")


def labelled() -> str:
    """The export with labels for codes."""
    rows = list(csv.reader(DATA.splitlines()))
    choices = {
        "sex": {"1": "Female", "2": "Male"}, "diagnosis": {"J": "juvenile dermatomyositis"},
        "drug": {"1": "mycophenolate mofetil", "2": "prednisone"},
        "asked_ck": {"1": "Yes", "0": "No"}, "better": {"1": "Yes", "0": "No"},
    }  # fmt: skip
    status, box = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}, {"0": "Unchecked", "1": "Checked"}
    lines = [rows[0]]
    for row in rows[1:]:
        named = zip(rows[0], row, strict=True)
        lines.append(
            [
                (status if name.endswith("_complete") else box if "___" in name else choices.get(name, {})).get(
                    cell, cell
                )
                for name, cell in named
            ]
        )
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in lines) + "\n"


def test_labels_are_read_as_codes_are(redcap) -> None:
    codes, labels = redcap(), redcap(data=(DATA, labelled()))
    assert (codes.people, codes.measurements, codes.courses, codes.facts) == (
        labels.people,
        labels.measurements,
        labels.courses,
        labels.facts,
    )


def test_headers_of_labels_are_read_as_names_are(redcap) -> None:
    names = DATA.splitlines()[0]
    header = (
        "Record ID,Event Name,Repeat Instrument,Repeat Instance,Sex,Date of birth,Diagnosis,Features (choice=rash),"
        "Features (choice=calcinosis),Features (choice=none of these),Complete?,Visit date,CMAS,Was CK measured?,CK,Improved?,Complete?,Prednisone,"
        "Complete?,Drug,Start,Stop,Complete?"
    )
    assert redcap().measurements == redcap(data=(names, header)).measurements
    with pytest.raises(ChartError) as wrong:
        redcap(data=(names, header.replace("Prednisone,Complete?", "Prednisone,Done")))
    assert "4 fields have one label, and 3 of them are in the export" in str(wrong.value.problems[0].describe())


def test_codes_that_are_labels_of_other_choices_are_asked_about(redcap) -> None:
    swapped = changed("sex", kind="radio", label="Sex", choices="1, 2 | 2, 1")
    simple = [one for one in swapped if one["Form Name"] == "base" and one["Field Type"] in ("text", "radio")]
    data = "record_id,sex,born\n1,1,2000-05-01\n"
    with pytest.raises(ChartError) as wrong:
        redcap(data=(DATA, data), dictionary=simple)
    assert "codes as well as labels of other choices" in wrong.value.problems[0].what


# --- Double entry -----------------------------------------------------------------------------------------------------


def doubled(change: tuple[str, str] = ("", "")) -> str:
    header, *lines = DATA.splitlines()
    again = [line.replace("1,", "1--2,", 1) for line in lines if line.startswith("1,")]
    text = "\n".join(again)
    assert change[0] in text
    first = [line.replace("1,", "1--1,", 1) if line.startswith("1,") else line for line in lines]
    return "\n".join([header, *first, text.replace(*change, 1) if change[0] else text]) + "\n"


@pytest.mark.parametrize(("which", "cmas"), [("first", 40), ("second", 44)])
def test_one_of_two_readings_counts_as_declared(redcap, which: str, cmas: int) -> None:
    chart = redcap(
        data=(DATA, doubled(("2008-04-01,40", "2008-04-01,44"))),
        chart=("dictionary: dictionary.csv}", f"dictionary: dictionary.csv, double_entry: {which}}}"),
    )
    assert ["1", "2"] == [one.patient for one in chart.people]
    assert ("1", cmas, "") in values(chart, "cmas")
    assert [f"1 records with two readings, of which the {which} counts"] == told(chart, "double entry")


def test_two_readings_are_never_two_patients(redcap) -> None:
    with pytest.raises(ChartError) as wrong:
        redcap(data=(DATA, doubled()))
    assert wrong.value.problems[0].question
    assert "1 records were entered twice" in wrong.value.problems[0].what


def test_readings_that_differ_are_refused_at_the_cell_and_only_where_it_is_read(redcap) -> None:
    both = ("dictionary: dictionary.csv}", "dictionary: dictionary.csv, double_entry: both}")
    assert [] == errors(redcap(data=(DATA, doubled()), chart=both))
    differ = redcap(data=(DATA, doubled(("2008-04-01,40", "2008-04-01,44"))), chart=both)
    assert [("the two readings differ (rows 5 and 12)", 5, "cmas")] == errors(differ)
    header, *lines = doubled().splitlines()
    alone = "\n".join([header, *[line for line in lines if not line.startswith("1--2,month_3")]]) + "\n"
    assert ("a row that only one of the two readings has", 5, "") in errors(redcap(data=(DATA, alone), chart=both))


def test_choices_and_boxes_in_which_readings_differ_say_so(redcap) -> None:
    both = ("dictionary: dictionary.csv}", "dictionary: dictionary.csv, double_entry: both}")
    differ = doubled(("1--2,baseline_arm_1,,,1,2000-05-01,J,1,0", "1--2,baseline_arm_1,,,2,2000-05-01,J,0,0"))
    found = {(column, message.split(" (")[0]) for message, _, column in errors(redcap(data=(DATA, differ), chart=both))}
    assert {"sex", "features___1"} >= {column for column, _ in found} >= {"sex"}
    assert {"the two readings differ"} == {message for _, message in found}


def test_a_form_of_boxes_that_was_saved_without_a_tick_says_no_where_that_is_declared(tmp_path: Path) -> None:
    book = [
        field("record_id", "base"),
        field("sex", "base"),
        field("signs", "boxes", "checkbox", choices="1, rash | 2, ulcer"),
    ]
    text = "record_id,sex,base_complete,signs___1,signs___2,boxes_complete\n1,F,2,0,0,2\n2,M,2,0,0,0\n"
    folder = project(tmp_path, book, text)
    dictionary, _ = read_dictionary((folder / "dictionary.csv").read_bytes(), "dictionary.csv")
    for declared, rows in (("no", [2]), ("not recorded", [])):
        of = RedcapProject(data="data.csv", dictionary="dictionary.csv", nothing_ticked=declared)
        sheets, _ = forms_of_export(text.encode(), "data.csv", of, dictionary, Told(frozenset()))
        assert rows == [row for row in sheets["boxes"].rows if row > 1]


# --- Dictionaries and files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more", "what"),
    [
        ("sex", {"kind": "radio", "choices": "1 Female | 2, Male"}, "a choice has no code"),
        ("sex", {"kind": "radio", "choices": "1, Female | 1, Male"}, "two choices have one code"),
        ("sex", {"kind": "radio"}, "the field has no choices"),
        ("sex", {"kind": "list", "choices": "1, Female"}, "not a type of field"),
        (
            "features",
            {"kind": "checkbox", "choices": "A, rash | a, calcinosis"},
            "two choices or fields have one column",
        ),
    ],
)
def test_a_dictionary_that_cannot_be_right_is_refused_with_its_row(redcap, name, more, what) -> None:
    with pytest.raises(ChartError) as wrong:
        redcap(dictionary=changed(name, **more))
    place = wrong.value.problems[0].place
    row = 2 + [one["Variable / Field Name"] for one in DICTIONARY].index(name)
    assert (what, "dictionary.csv", row) == (wrong.value.problems[0].what[: len(what)], place.file, place.row)


def test_the_dictionary_of_another_project_is_refused(redcap) -> None:
    other = [field("study_id", "base"), *DICTIONARY[1:]]
    with pytest.raises(ChartError) as wrong:
        redcap(dictionary=other)
    assert "there is no column 'study_id'" in wrong.value.problems[0].what


def test_a_form_that_is_not_there_is_told_with_the_nearest(redcap) -> None:
    with pytest.raises(ChartError) as wrong:
        redcap(chart=("sheet: visit\n", "sheet: visits\n"))
    assert "there is no sheet 'visits'" in wrong.value.problems[0].what
    assert "visit" in wrong.value.problems[0].allowed


def test_headings_of_the_interface_for_programs_are_read_too(redcap, tmp_path: Path) -> None:
    redcap()
    text = (tmp_path / "export/dictionary.csv").read_text()
    names = (
        "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
        "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier,branching_logic,required_field,"
        "custom_alignment,question_number,matrix_group_name,matrix_ranking,field_annotation"
    )
    again, _ = read_dictionary((names + "\n" + text.split("\n", 1)[1]).encode(), "dictionary.csv")
    assert read_dictionary(text.encode(), "dictionary.csv")[0] == again


@pytest.mark.parametrize(
    ("logic", "answer"),
    [
        ("[a] = '1' and [b] = '2'", True),
        ("[a] = '1' and ([b] = '1' or [c(2)] = '1')", True),
        ("[a] <> '1'", False),
        ("[n] > 5", True),
        ("[n] > 10.5", False),
        ("[blank] < 5", False),
        ("[blank] = ''", True),
        ("not ([a] = '1')", False),
        ("[first][a] = '3'", True),
        ("[nowhere] = '1' or [a] = '1'", True),
        ("[nowhere] = '1' and [a] = '1'", None),
        ("[day] > '2024-01-01'", True),
    ],
)
def test_branching_logic(logic: str, answer: bool | None) -> None:
    held = {"a": "1", "b": "2", "n": "9", "blank": "", "day": "2024-02-01"}

    def holds(asked: Asked) -> str | None:
        if asked.event:
            return {"a": "3"}.get(asked.name)
        return "1" if asked == Asked("c", "2") else held.get(asked.name)

    read = parsed(logic)
    assert read is not None
    assert answer is shown_by(read, holds)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "[a] =", "[a] = '1' and", "sum([a],[b]) > 1", "[a] + 1 = 2", "", "[a] = '1' [b] = '2'"]
)
def test_logic_that_is_none_ends_at_once(text: str) -> None:
    assert parsed(text) is None


# --- Real projects and the published example -----------------------------------------------------------------------------


#: How many rows each form fills, counted by a few lines of their own below.
PROJECTS = (
    "arm-multiple-delete", "clinical-trial-1", "longitudinal", "multilevel-model-1", "redcapAPI-offline", "repeating-instruments",
    "repeating-instruments-sparse", "validation-types-1", "vignette-repeating",
)  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_the_projects_of_others_have_the_rows_that_an_independent_count_finds(shared_data: Path, name: str) -> None:
    folder = shared_data / "redcap" / name
    book, data = (
        next(folder.glob("*ictionary.csv")),
        next(iter([*folder.glob("data.csv"), *folder.glob("*Records.csv")])),
    )
    dictionary, noticed = read_dictionary(book.read_bytes(), book.name)
    declared = RedcapProject(data=data.name, dictionary=book.name)
    sheets, found = forms_of_export(data.read_bytes(), data.name, declared, dictionary, Told(frozenset()))
    with book.open(newline="", encoding="utf-8-sig") as stream:
        fields = [row for row in csv.DictReader(stream) if row["Field Type"] != "descriptive"][1:]
    with data.open(newline="", encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    expected: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for row in rows:
        for form in {one["Form Name"] for one in fields}:
            if row.get("redcap_repeat_instrument") not in (None, "", form):
                continue
            own = [one for one in fields if one["Form Name"] == form]
            plain = [row.get(one["Variable / Field Name"], "") for one in own if one["Field Type"] != "checkbox"]
            boxes = [
                text
                for one in own
                if one["Field Type"] == "checkbox"
                for column, text in row.items()
                if column.startswith(f"{one['Variable / Field Name']}___")
            ]
            if any(plain) or "1" in boxes:
                expected[form] += 1
                cells[form] += sum(map(bool, plain))
    assert dict(expected) == {form: len(sheet.rows) - 1 for form, sheet in sheets.items() if len(sheet.rows) > 1}
    text_fields = {one["Variable / Field Name"]: one["Form Name"] for one in fields if one["Field Type"] != "checkbox"}
    read_cells: Counter[str] = Counter()
    for form, sheet in sheets.items():
        own = [at for at, column in enumerate(sheet.rows[1]) if text_fields.get(str(column)) == form]
        read_cells[form] += sum(bool(cells[at]) for row, cells in sheet.rows.items() if row > 1 for at in own)
    assert +cells == +read_cells
    assert [] == [one for one in (*noticed, *found) if one.severity == "error"]


@pytest.mark.parametrize("labels", [False, True])
def test_the_published_example_gives_the_same_results_from_redcap(
    project_root: Path, tmp_path: Path, labels: bool
) -> None:
    example = project_root / "examples/jdm-mmf"

    def words(table: str, column: str) -> list[str]:
        with (example / "chart" / table).open(newline="", encoding="utf-8") as stream:
            return list(dict.fromkeys(row[column] for row in csv.DictReader(stream) if row[column]))

    coded = {
        "sex": ["F", "M"], "physician_global_improvement": ["yes", "no"], "serious": ["yes", "no"], "outcome": words("events.csv", "outcome"),
    } | {column: words("drugs.csv", column) for column in ("drug", "unit", "route", "frequency")}  # fmt: skip
    of_chart(example / "chart", tmp_path / "export", coded, labels=labels)
    shutil.copy(example / "chart/screening.csv", tmp_path / "export")
    text = (example / "chart.yaml").read_text(encoding="utf-8")
    text = text.replace("source: chart", "source: export\nredcap: {data: data.csv, dictionary: dictionary.csv}")
    for form in ("patients", "visits", "drugs", "events"):
        text = text.replace(f"file: {form}.csv", f"sheet: {form}")
    text = text.replace("patient: patient_id", "patient: record_id").replace("10e9_per_L}", "10e9_per_L}".lower())
    (tmp_path / "chart.yaml").write_text(
        text.replace("neutrophils_10e9_per_L", "neutrophils_10e9_per_l"), encoding="utf-8"
    )

    def results(chart: Path, out: str) -> dict[str, object]:
        Study.load(example / "protocol.yaml").run(chart).write(tmp_path / out)
        read = json.loads((tmp_path / out / "results.json").read_text(encoding="utf-8"))
        assert read["fingerprints"].pop("chart")
        return read  # type: ignore[no-any-return]

    assert results(example / "chart.yaml", "plain") == results(tmp_path / "chart.yaml", "redcap")
