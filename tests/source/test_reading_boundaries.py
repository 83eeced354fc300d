"""Boundaries of the checks: the last case that passes beside the first that does not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from caseseries.chart.header import header_names
from caseseries.chart.limits import Limits
from caseseries.chart.sheet import Merged, Sheet
from caseseries.chart.tables import calendar_date, day_number
from caseseries.chart.workbook import read_workbook
from caseseries.source import read


def test_a_visit_on_the_day_of_birth_is_possible_and_one_the_day_before_is_not(chart_of, errors_of):
    line = "P1,2008-01-01,30"
    assert [] == errors_of(chart_of({"visits.csv": (line, "P1,2000-05-01,30")}))
    assert ["before birth"] == [w.rule for w in errors_of(chart_of({"visits.csv": (line, "P1,2000-04-30,30")}))]


def test_a_partial_birth_date_allows_every_day_it_can_mean(chart_of, errors_of):
    line = "P2,2008-02-01,35"
    assert [] == errors_of(chart_of({"visits.csv": (line, "P2,1999-02-01,35")}))
    assert ["before birth"] == [w.rule for w in errors_of(chart_of({"visits.csv": (line, "P2,1999-01-31,35")}))]


@pytest.mark.parametrize(("dose", "pulse"), [("10", True), ("9.9", False)])
def test_the_pulse_threshold_by_weight(chart_of, dose: str, pulse: bool):
    line = "P2,MMF,2008-02-02,2008-12-31,500,mg,bd,po"
    chart = chart_of({"drugs.csv": (line, f"P2,methylprednisolone,2008-02-02,2008-02-04,{dose},mg/kg,once daily,iv")})
    assert [pulse] == [course.pulse for course in chart.courses if course.patient == "P2"]


@pytest.mark.parametrize(("last", "wrong"), [("2008-02-02", []), ("2008-02-01", ["course"])])
def test_a_course_of_one_day_is_possible(chart_of, errors_of, last: str, wrong: list[str]):
    assert wrong == [
        w.rule for w in errors_of(chart_of({"drugs.csv": ("2008-02-02,2008-12-31", f"2008-02-02,{last}")}))
    ]


@pytest.mark.parametrize(("stop", "overlaps"), [("2008-02-01", 0), ("2008-02-02", 1)])
def test_courses_overlap_from_one_common_day_on(chart_of, stop: str, overlaps: int):
    chart = chart_of({"drugs.csv": ("2007-12-01,2008-02-01", f"2007-12-01,{stop}")})
    assert overlaps == sum(finding.rule == "choice: overlaps" for finding in chart.findings)


def test_a_partial_visit_date_is_not_held_against_the_drug_rows(chart_of):
    chart = chart_of({"visits.csv": ("P1,2008-01-01", "P1,2008-02")}, protocol=("", "partial_dates: bounds\n"))
    assert [] == [finding for finding in chart.findings if finding.rule == "dose"]


def test_a_code_declared_for_the_table_and_the_column_is_meant(chart_of, errors_of):
    line = "    measures: {cmas: cmas,"
    table = '    missing: {"52": unknown}\n    measures: {cmas: cmas,'
    assert {"cmas", "ck", "steroid"} == {
        wrong.field for wrong in errors_of(chart_of(chart=(line, table))) if wrong.rule == "code"
    }
    column = table.replace("cmas: cmas", 'cmas: {column: cmas, missing: {"52": unknown}}')
    assert {"ck", "steroid"} == {
        wrong.field for wrong in errors_of(chart_of(chart=(line, column))) if wrong.rule == "code"
    }


def test_rows_of_a_patient_whose_own_row_is_refused_are_read_for_mistakes_and_not_used(chart_of, errors_of):
    chart = chart_of(
        {"patients.csv": ("2000-05-01", "2000-05-32"), "visits.csv": ("P1,2008-01-01,30", "P1,2008-01-01,3O")}
    )
    assert [("patients.csv", 2), ("visits.csv", 2)] == [(w.place.file, w.place.row) for w in errors_of(chart)]
    assert {"P2"} == {one.patient for one in (*chart.people, *chart.measurements, *chart.courses, *chart.facts)}
    assert {"visits": 2, "drugs": 3, "patients": 1} == {
        name: account["refused"] for name, account in chart.account().items()
    }


@pytest.mark.parametrize("twin", ["P01", "p1", "P-1", "P 1", "P1.0", "Ｐ1"])
def test_ids_that_are_nearly_the_same_are_refused(chart_of, errors_of, twin: str):
    (wrong,) = [w for w in errors_of(chart_of({"patients.csv": ("P2,M", f"{twin},M")})) if w.rule == "duplicate id"]
    assert (3, twin, "P1") == (wrong.place.row, wrong.value, wrong.proposal)


@pytest.mark.parametrize("other", ["P11", "P1b", "Q1", "1", "P"])
def test_ids_that_are_only_similar_are_two_patients(chart_of, errors_of, other: str):
    chart = chart_of({"patients.csv": ("P2,M", f"{other},M")})
    assert [] == [wrong for wrong in errors_of(chart) if wrong.rule == "duplicate id"]


def test_nearly_equal_ids_may_be_accepted_as_two_patients(chart_of, errors_of):
    decision = "accept:\n  - {file: patients.csv, row: 3, column: id, found: P01, as_found: yes, by: A. B., on: 2020-01-01, because: two people}\n"
    chart = chart_of({"patients.csv": ("P2,M", "P01,M")}, chart=("", decision))
    assert [] == [wrong for wrong in errors_of(chart) if wrong.rule == "duplicate id"]


EVENTS = """  events: {kind: events, file: events.csv, patient: id, event: event, date: date, until: until}
  drugs:
"""


@pytest.mark.parametrize(("until", "wrong"), [("2008-03-01", []), ("2008-02-29", ["event"]), ("2008-03", [])])
def test_an_event_may_end_on_the_day_it_begins(chart_of, errors_of, until: str, wrong: list[str]):
    chart = chart_of(
        chart=("  drugs:\n", EVENTS),
        protocol=("", "partial_dates: bounds\n"),
        add={"events.csv": f"id,event,date,until\nP1,rash,2008-03-01,{until}\n"},
    )
    assert wrong == [w.rule for w in errors_of(chart)]


def test_an_event_without_a_date_is_kept_and_one_without_a_name_is_not(chart_of, errors_of):
    chart = chart_of(
        chart=("  drugs:\n", EVENTS), add={"events.csv": "id,event,date,until\nP1,rash,,\nP1,,2008-03-01,\n"}
    )
    assert [("events.csv", 3)] == [(w.place.file, w.place.row) for w in errors_of(chart)]
    assert [("rash", None)] == [(fact.term, fact.start) for fact in chart.facts if fact.kind == "event"]


SCREENING = """  screening:
    {kind: screening, file: screening.csv, patient: id, result: result, found: found, chart_missing: missing, excluded: [no drug, other]}
  drugs:
"""


def screened(chart_of, rows: str):
    return chart_of(chart=("  drugs:\n", SCREENING), add={"screening.csv": f"id,result\n{rows}"})


def test_the_screening_log_says_what_became_of_everyone(chart_of, errors_of):
    chart = screened(chart_of, "P1,found\nP2,Found\nS3,missing\nS4,no drug\n")
    assert [] == errors_of(chart)
    assert [("P1", "found", ""), ("P2", "found", ""), ("S3", "chart missing", ""), ("S4", "excluded", "no drug")] == [
        (fact.patient, fact.term, fact.attribute("reason")) for fact in chart.facts if fact.kind == "screening"
    ]


@pytest.mark.parametrize(
    ("rows", "row", "rule"),
    [
        ("P1,found\nP2,found\nS3,found\n", 4, "screening"),
        ("P1,found\nP2,missing\n", 3, "screening"),
        ("P1,found\nP2,lost\n", 3, "screening"),
        ("P1,found\nP1,found\nP2,found\n", 3, "duplicate id"),
    ],
)
def test_a_screening_log_that_contradicts_the_patients_is_refused(chart_of, errors_of, rows: str, row: int, rule: str):
    (wrong,) = errors_of(screened(chart_of, rows))
    assert (rule, "screening.csv", row) == (wrong.rule, wrong.place.file, wrong.place.row)


def test_a_patient_who_is_not_in_the_screening_log_is_pointed_out(chart_of):
    chart = screened(chart_of, "P1,found\n")
    assert ["P2"] == [f.patient for f in chart.findings if f.rule == "screening" and f.severity == "warning"]


UNDATED = """source: data
dated: no
in_order: [[cmas, ck]]
tables:
  patients: {kind: patients, file: p.csv, patient: id, age: age, never: {systemic glucocorticoids: never}}
  visits: {kind: visits, file: v.csv, patient: id, date: day, measures: {cmas: cmas, ck: {column: ck, unit: U/L}}}
"""


def undated(tmp_path: Path, protocol, people: str, visits: str):
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data/p.csv").write_text(f"id,age,never\n{people}")
    (tmp_path / "data/v.csv").write_text(f"id,day,cmas,ck\n{visits}")
    (tmp_path / "chart.yaml").write_text(UNDATED)
    return read(protocol, tmp_path / "chart.yaml")


@pytest.mark.parametrize(
    ("age", "wrong"), [("0", []), ("130", []), ("8.5", []), ("-1", ["range"]), ("131", ["range"]), ("<5", ["range"])]
)
def test_ages_are_years_of_a_life(tmp_path: Path, small_protocol, errors_of, age: str, wrong: list[str]):
    assert wrong == [w.rule for w in errors_of(undated(tmp_path, small_protocol, f"P1,{age},\n", ""))]


def test_undated_visits_and_what_was_never_taken(tmp_path: Path, small_protocol, errors_of):
    chart = undated(tmp_path, small_protocol, "P1,8.5,yes\nP2,9,no\n", "P1,-7,10,\nP1,91,,200\n")
    assert [] == errors_of(chart)
    assert ([-7, 91], Fraction(17, 2), False) == (
        sorted(one.day for one in chart.measurements),
        chart.people[0].age,
        chart.dated,
    )
    assert [("P1", "systemic glucocorticoids")] == [
        (fact.patient, fact.term) for fact in chart.facts if fact.kind == "never"
    ]


@pytest.mark.parametrize(("pair", "wrong"), [("29,30", []), ("30,30", ["order"]), ("31,30", ["order"])])
def test_two_measures_of_a_row_in_order(tmp_path: Path, small_protocol, errors_of, pair: str, wrong: list[str]):
    assert wrong == [w.rule for w in errors_of(undated(tmp_path, small_protocol, "P1,8,\n", f"P1,0,{pair}\n"))]


def test_an_upper_header_covers_its_merged_block_and_no_more(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append([None, "Visit 1", None, None])
    book.active.append(["id", "BP", "HR", "note"])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "book.xlsx")
    sheets, _ = read_workbook((tmp_path / "book.xlsx").read_bytes(), "book.xlsx", None, Limits())
    assert ["id", "Visit 1 / BP", "Visit 1 / HR", "note"] == header_names(sheets["Sheet"], (1, 2))
    plain = Sheet("v.csv", "", {1: ["", "Visit 1", "", "Visit 2"], 2: ["id", "BP", "HR", "BP"]})
    assert ["id", "Visit 1 / BP", "Visit 1 / HR", "Visit 2 / BP"] == header_names(plain, (1, 2))
    assert Merged(1, 1, 2, 3).holds(1, 3) and not Merged(1, 1, 2, 3).holds(1, 4)


@pytest.mark.parametrize(
    ("policy", "more", "ends"),
    [
        ("bounds", "", ("2008-02-02", "2008-02-02", "2008-07-01", "2008-07-31")),
        ("bounds", "first day without", ("2008-02-02", "2008-02-02", "2008-06-30", "2008-07-30")),
        ("earliest", "", ("2008-02-02", "2008-02-02", "2008-07-01", "2008-07-01")),
        ("middle", "", ("2008-02-02", "2008-02-02", "2008-07-16", "2008-07-16")),
        ("latest", "", ("2008-02-02", "2008-02-02", "2008-07-31", "2008-07-31")),
    ],
)
def test_a_course_stopped_in_a_month_keeps_each_day_of_it_under_bounds(chart_of, errors_of, policy, more, ends):
    means = ("stop_means: last day taken", f"stop_means: {more or 'last day taken'}")
    chart = chart_of(
        {"drugs.csv": ("2008-02-02,,10", "2008-02-02,2008-07,10")}, means, ("", f"partial_dates: {policy}\n")
    )
    (course,) = (one for one in chart.courses if one.amount == 10)
    assert [] == errors_of(chart)
    days = (course.ends.first_low, course.ends.first_high, course.ends.last_low, course.ends.last_high)
    assert ends == tuple(str(calendar_date(day)) for day in days if day is not None)


@pytest.mark.parametrize("means", ["last day taken", "first day without"])
@pytest.mark.parametrize(
    ("policy", "start", "stop", "first", "last"),
    [
        ("earliest", "2008-03", "2008-03-10", "2008-03-01", "2008-03-10"),
        ("middle", "2008-02", "2008-02-10", "2008-02-05", "2008-02-10"),
        ("latest", "2008-02", "2008-02-10", "2008-02-10", "2008-02-10"),
        ("middle", "2008-02", "2008-03-10", "2008-02-15", "2008-03-10"),
        ("earliest", "2008-09-01", "2008", "2008-09-01", "2008-09-01"),
        ("middle", "2008-09-01", "2008", "2008-09-01", "2008-10-31"),
        ("latest", "2008-09-01", "2008", "2008-09-01", "2008-12-31"),
        ("middle", "2008-09", "2008", "2008-09-15", "2008-10-31"),
        ("middle", "2008-03-31", "2008-03", "2008-03-31", "2008-03-31"),
    ],
)
def test_a_day_that_stands_for_a_month_is_one_that_the_other_end_leaves_possible(
    chart_of, errors_of, policy, start, stop, first, last, means
):
    """The last day taken is the day before the written one where that is the first day without."""
    shift = means != "last day taken"
    written = stop if not shift or len(stop) < 10 else str(calendar_date(day_number(date.fromisoformat(stop)) + 1))
    chart = chart_of(
        {"drugs.csv": ("2008-02-02,,10", f"{start},{written},10")},
        ("stop_means: last day taken", f"stop_means: {means}"),
        ("", f"partial_dates: {policy}\n"),
    )
    (course,) = (one for one in chart.courses if one.amount == 10)
    assert [] == errors_of(chart)
    days = [str(calendar_date(day)) for day in (course.ends.first_low, course.ends.last_low) if day is not None]
    assert course.ends.first_low == course.ends.first_high and course.ends.last_low == course.ends.last_high
    if len(stop) == 10 or not shift:
        assert [first, last] == days
    else:
        assert first == days[0] <= days[1]


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        # A first day lies no later than the last possible day of the course, a last day no earlier than the first possible one.
        ("2008-02,2008-02-20", ("2008-02-01", "2008-02-20", "2008-02-20", "2008-02-20")),
        ("2008-02-10,2008-02", ("2008-02-10", "2008-02-10", "2008-02-10", "2008-02-29")),
        ("2008-02,2008-02", ("2008-02-01", "2008-02-29", "2008-02-01", "2008-02-29")),
        ("2008-02,2008-01", ()),
    ],
)
def test_both_ends_of_a_course_may_be_known_in_part(chart_of, errors_of, written, ends):
    chart = chart_of(
        {"drugs.csv": ("2008-02-02,,10", f"{written},10")},
        ("blank_stop: ongoing", "blank_stop: ongoing"),
        ("", "partial_dates: bounds\n"),
    )
    found = [one.ends for one in chart.courses if one.amount == 10]
    assert ([] if ends else ["course"]) == [wrong.rule for wrong in errors_of(chart)]
    days = [(one.first_low, one.first_high, one.last_low, one.last_high) for one in found]
    assert ([ends] if ends else []) == [
        tuple(str(calendar_date(day)) for day in one if day is not None) for one in days
    ]


@pytest.mark.parametrize(
    ("drugs", "wrong"),
    [
        ("MMF,2008-01-02,2008-07", []),  # the last day of the study drug may be known in part
        ("MMF,2008-01,", ["partial date"]),
        ("MMF,2008-01-02,,500,mg,bd,po\nP1,MMF,2008-03,", []),  # a later dose does not move the index date
        ("MMF,2008-01-01,,500,mg,bd,po\nP1,MMF,2008-01,", []),
        ("MMF,2008-01-02,,500,mg,bd,po\nP1,MMF,2008-01,", ["partial date"]),
    ],
)
def test_a_date_of_the_study_drug_is_refused_where_the_index_date_rests_on_it(chart_of, errors_of, drugs, wrong):
    chart = chart_of({"drugs.csv": ("MMF,2008-01-02,", drugs)}, protocol=("", "partial_dates: bounds\n"))
    assert wrong == [one.rule for one in errors_of(chart)]


@pytest.mark.parametrize(("day", "wrong"), [("2007-01", ["partial date"]), ("2007-01-02", [])])
def test_a_date_of_the_index_event_is_refused_where_the_index_date_rests_on_it(chart_of, errors_of, day, wrong):
    old = "{first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}"
    new = "{first_event: JDM}, per: patient}\npartial_dates: bounds"
    chart = chart_of({"patients.csv": ("JDM,2007-01-02", f"JDM,{day}")}, protocol=(old, new))
    assert wrong == [one.rule for one in errors_of(chart)]
