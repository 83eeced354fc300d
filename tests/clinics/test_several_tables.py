"""Charts of several tables, tabs, workbooks or rows per patient, held against what was worked out by hand in several_tables.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.clinics.answers import answered, changed, verdicts
from tests.clinics.by_eye import table, texts
from tests.clinics.several_tables import german, long_export, registry, still, tab_per_child, workbook_per_child
from tests.form.started import folder, started, workbook

import caseseries as cs


def test_german_files_with_semicolons_and_decimal_commas(tmp_path: Path):
    study = answered(german(tmp_path / "chart"), tmp_path, 9, at_least="0.5 points")
    assert {"11": "yes", "12": "no", "13": "yes", "14": "no"} == verdicts(study)
    changes = study.changes()
    assert (3, -0.375) == changes["chaq", "month 3"] and (4, -0.4375) == changes["chaq", "month 6"]
    assert (3, 0.5) == changes["grosse", "month 3"] and (4, 1.625) == changes["grosse", "month 6"]
    assert "first_exposure: etanercept   # suggested: 4 of 4 patients took it" in study.protocol_text
    events = [(fact.patient, fact.term) for fact in study.results.chart.facts if fact.kind == "event"]
    assert [("11", "Kopfschmerz"), ("13", "Rötung")] == sorted(events)
    assert ["female", "male", "female", "male"] == [person.sex for person in study.results.chart.people]


@pytest.mark.parametrize(("chart", "name"), [(tab_per_child, "chart.xlsx"), (workbook_per_child, "chart")])
def test_a_tab_or_a_workbook_for_each_child_with_the_first_day_of_the_drug_above(
    tmp_path: Path, chart: Callable[[Path], Path], name: str
):
    study = answered(chart(tmp_path / name), tmp_path, 6, unit="points", better="low", at_least="50 % of baseline")
    assert {"Anna": "yes", "Ben": "no", "Carla": "yes", "Dora": "yes", "Emil": "no"} == verdicts(study)
    assert {
        ("jadas10", "month 3"): (4, -6.0), ("jadas10", "month 6"): (5, -8.7), ("crp", "month 3"): (4, -13.25), ("crp", "month 6"): (5, -17.0),
    } == study.changes()  # fmt: skip
    begun = {course.patient: course.start for course in study.results.chart.courses}
    assert (dt.date(2015, 5, 18) - dt.date(1970, 1, 1)).days == begun["Carla"]  # not the visit a week before
    assert 5 == len(study.results.chart.courses)


def test_a_long_export_with_each_id_once(tmp_path: Path):
    study = answered(long_export(tmp_path / "chart"), tmp_path, 7, at_least="4 points")
    assert {"L1": "yes", "L2": "no", "L3": "yes", "L4": "yes"} == verdicts(study)
    assert {("sledai", "month 6"): (4, -4.5), ("c3", "month 6"): (3, pytest.approx(25.0))} == study.changes()


@pytest.mark.parametrize("repeated", [False, True])
def test_a_registry_export_with_sas_dates_and_names(tmp_path: Path, repeated: bool):
    source = registry(tmp_path / "chart", repeated=repeated)
    study = answered(source, tmp_path, 6, unit="points", better="low", at_least="75 % of baseline")
    assert {"S1": "yes", "S2": "no", "S3": "yes", "S4": "not evaluable"} == verdicts(study)
    assert {
        ("pasi", "month 1"): (3, pytest.approx(-13 / 3)), ("pasi", "month 3"): (3, pytest.approx(-49.45 / 3)),
    } == study.changes()  # fmt: skip
    assert {"birth: BRTHDTC", "start: TRTSDT", "date: VISITDT"} <= {
        line.split("   #")[0].strip() for line in study.chart_text.split("\n")
    }


def test_still_disease_judged_by_crp_and_steroid(tmp_path: Path):
    study = answered(still(tmp_path / "chart.xlsx"), tmp_path, 5, at_least="50 % of baseline")
    rule = "      improves: crp   # suggested\n      at_least: 50 % of baseline   # such as 20 % of baseline, or so many mg/L\n"
    both = "      all: [{value: crp, less_than: 10 mg/L}, {decrease: steroid, at_least: 50 % of baseline}]\n"
    changed(study, "protocol", (rule, both))
    assert {"ST1": "yes", "ST2": "no", "ST3": "no", "ST4": "yes", "ST5": "not evaluable", "ST6": "no"} == verdicts(
        study
    )
    assert {
        ("crp", "month 3"): (5, pytest.approx(-90.82)), ("steroid", "month 3"): (4, -23.125),
        ("ferritin", "month 3"): (6, pytest.approx(-20960 / 6)),
    } == study.changes()  # fmt: skip


def test_a_table_of_side_effects_with_a_first_and_a_last_day_is_no_table_of_drugs(tmp_path: Path):
    visits = table("""
        ID | date       | XSI
        P1 | 2012-01-10 | 20
        P1 | 2012-04-10 | 10
    """)
    events = table("""
        ID | side effect | start      | end
        P1 | rash        | 2012-02-01 | 2012-02-03
    """)
    study = started(workbook(tmp_path / "chart.xlsx", Visits=visits, AEs=events), tmp_path / "study")
    assert "date: start" in study.chart_text and "until: end" in study.chart_text
    assert 1 == study.chart_text.count("kind: drugs")  # of which the first day is asked
    assert "start" in study.asked


def test_a_first_day_on_one_of_several_rows_of_each_patient(tmp_path: Path):
    rows = texts("""
        id | start      | visit date | XSI
        A  | 2012-01-10 | 2012-01-10 | 20
        A  |            | 2012-04-10 | 10
        B  | 2012-02-10 | 2012-02-10 | 20
        B  |            | 2012-05-10 | 18
        C  |            | 2012-02-10 | 20
    """)
    study = started(folder(tmp_path / "two", chart=rows[:5]), tmp_path / "study")
    assert "blank_start: not taken   # suggested: it stands on one row of each patient" in study.chart_text
    study = started(folder(tmp_path / "three", chart=rows), tmp_path / "other")
    assert "blank_start" in study.asked  # C may never have taken it


def test_a_tab_for_each_child_with_a_table_of_two_columns(tmp_path: Path):
    """`Sex | F` is as wide as the table below it; day 0 is that of methotrexate. XSI 20, 10 and 20, 18: mean change -6."""
    pages = {
        name: table(f"""
            Sex              | {sex}
            DOB              | 01.02.2003
            MTX start        | {mtx}
            Prednisone start | {steroid}

            Date             | XSI
            {mtx}            | 20
            {later}          | {after}
        """)
        for name, sex, mtx, steroid, later, after in (
            ("Ada", "F", "15.03.2010", "01.03.2010", "16.06.2010", 10), ("Bo", "M", "20.03.2010", "", "21.06.2010", 18),
        )
    }  # fmt: skip
    source = workbook(tmp_path / "chart.xlsx", **pages)
    study = answered(source, tmp_path, 7, unit="points", better="low", at_least="50 % of baseline")
    assert {"Ada": "yes", "Bo": "no"} == verdicts(study)
    assert {("xsi", "month 3"): (2, -6.0)} == study.changes()
    begun = sorted((course.patient, course.drug) for course in study.results.chart.courses)
    assert [("Ada", "methotrexate"), ("Ada", "prednisone"), ("Bo", "methotrexate")] == begun


def test_the_first_day_of_a_named_drug_on_rows_of_visits(tmp_path: Path):
    rows = table("""
        id | visit date | MTX start  | XSI
        P1 | 2010-01-04 | 2010-01-15 | 20
        P1 | 2010-04-15 |            | 10
        P2 | 2010-01-11 | 2010-01-20 | 20
        P2 | 2010-04-20 |            | 18
    """)
    study = answered(
        workbook(tmp_path / "chart.xlsx", S=rows), tmp_path, 6, unit="points", better="low", at_least="5 points"
    )
    assert {"P1": "yes", "P2": "no"} == verdicts(study)
    assert {14624, 14629} == {course.start for course in study.results.chart.courses}  # 15 and 20 January 2010


def test_a_column_of_doses_of_which_some_cells_are_no_numbers_is_not_left_out(tmp_path: Path):
    """A spreadsheet makes a day of 10-5, and a word is no dose: both are refused at their cells, and the column is not passed over."""
    rows = table("""
        id | visit date | MTX start  | prednisone (mg/day)
        P1 | 2010-01-15 | 2010-01-15 | 2010-05-10
        P1 | 2010-04-15 |            | stopped
        P2 | 2010-01-15 | 2010-01-15 | 10
        P2 | 2010-04-15 |            | 5
    """)
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    study.answer(
        study="x",
        authors_knew="x",
        lost="not evaluable",
        at_least="5 mg/day",
        steroid_raised_above_baseline="as observed",
    )
    with pytest.raises(cs.CaseSeriesError) as stopped:
        study.results  # noqa: B018
    assert [2, 3] == [one.place.row for one in stopped.value.problems if one.place is not None]


@pytest.mark.xfail(strict=True, reason="names of CDISC for tests, results and drugs are not known to `new`")
def test_a_laboratory_export_with_names_of_cdisc(tmp_path: Path):
    labs = texts("""
        USUBJID | LBTEST | LBORRES | LBORRESU | LBDTC
        A       | CRP    | 20      | mg/L     | 2010-01-15
        A       | CRP    | 4       | mg/L     | 2010-04-15
        B       | CRP    | 30      | mg/L     | 2010-01-15
        B       | CRP    | 25      | mg/L     | 2010-04-15
    """)
    drugs = texts("""
        USUBJID | EXTRT        | EXSTDTC    | EXENDTC
        A       | methotrexate | 2010-01-15 |
        B       | methotrexate | 2010-01-15 | 2010-05-01
    """)
    study = started(folder(tmp_path / "chart", lb=labs, ex=drugs), tmp_path / "study")
    assert "kind: long" in study.chart_text and "drug: EXTRT" in study.chart_text
