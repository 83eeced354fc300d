"""Files that were cut off, tables written for other ids or another order of dates, and odd signs: each said once, with its address."""

from __future__ import annotations

import pytest
from tests.source.conftest import FILES

from caseseries.chart.causes import causes
from caseseries.chart.findings import problems, stop_on_errors
from caseseries.errors import ChartError


def told(chart, rule):
    return [(one.severity, one.place.file, one.place.row, one.patient) for one in chart.findings if one.rule == rule]


@pytest.mark.parametrize("file", FILES)
def test_a_file_without_a_line_break_at_its_end_is_noted_at_its_last_row(chart_of, errors_of, file):
    chart = chart_of(add={file: FILES[file].removesuffix("\n")})
    last = FILES[file].strip().rsplit("\n", 1)[1].split(",")[0]
    assert ([], [("note", file, FILES[file].count("\n"), last)]) == (errors_of(chart), told(chart, "cut off"))
    assert [] == told(chart_of(), "cut off")


@pytest.mark.parametrize("blanks", [" ", ",", "  , ,"])
def test_a_file_cut_in_the_first_cells_of_its_last_row_which_are_blank_is_noted(chart_of, errors_of, blanks):
    chart = chart_of(add={"drugs.csv": FILES["drugs.csv"] + blanks})
    assert [("note", "drugs.csv", FILES["drugs.csv"].count("\n"))] == [one[:3] for one in told(chart, "cut off")]


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_file_cut_in_its_last_row_stops_or_warns(chart_of, errors_of, cut):
    text = FILES["drugs.csv"].replace("bd,po", "bd,oral").removesuffix("\n")[:-cut]
    chart = chart_of(add={"drugs.csv": text})
    severities = [severity for severity, *_ in told(chart, "cut off")]
    assert ["warning"] == severities or errors_of(chart)
    assert 5 == told(chart, "cut off")[0][2]


def test_a_row_cut_between_its_cells_is_refused_and_told(chart_of, errors_of):
    chart = chart_of(add={"visits.csv": FILES["visits.csv"].removesuffix("50,no,\n")})
    assert [("row", 5)] == [(one.rule, one.place.row) for one in errors_of(chart)]
    assert [("warning", "visits.csv", 5)] == [one[:3] for one in told(chart, "cut off")]


def test_rows_that_end_with_one_of_the_patients_are_told(chart_of):
    more = "".join(f"P{number},M,1999-02,JDM,2007-03-04\n" for number in range(3, 7))
    visits = "".join(f"P{number},2008-05-01,36,50,no,\n" for number in range(3, 6))
    chart = chart_of(add={"patients.csv": FILES["patients.csv"] + more, "visits.csv": FILES["visits.csv"] + visits})
    assert [("note", "visits.csv", 8, "P5")] == told(chart, "cut off")
    gap = chart_of(
        add={
            "patients.csv": FILES["patients.csv"] + more,
            "visits.csv": FILES["visits.csv"] + visits.replace("P3", "P4", 1),
        }
    )
    assert [] == told(gap, "cut off")


def test_without_any_patient_the_cause_is_said_once(chart_of, errors_of):
    chart = chart_of(add={"patients.csv": FILES["patients.csv"].split("\n")[0] + "\n"})
    assert [("no patients", "patients.csv", 1)] == [
        (one.rule, one.place.file, one.place.row) for one in errors_of(chart)
    ]
    assert 8 == sum(row.status == "refused" for row in chart.rows)


def test_a_table_with_ids_of_another_kind_is_told_with_how_they_are_written(chart_of):
    chart = chart_of(add={"drugs.csv": FILES["drugs.csv"].replace("\nP", "\nX-P")})
    (one,) = [one for one in chart.findings if one.rule == "unknown id" and one.severity == "warning"]
    assert "none of the 4 ids of this table is one of the patients" in one.message
    assert one.allowed.endswith("such as A9")


def test_many_cells_refused_for_one_reason_are_listed_together_with_their_rows(chart_of, errors_of):
    rows = "".join(f"P1,2008-01-{day:02},x{day},,,\n" for day in range(5, 19))
    chart = chart_of(add={"visits.csv": FILES["visits.csv"] + rows})
    assert 14 == len(errors_of(chart))
    (one,) = problems(errors_of(chart))
    assert ("not a number (14 rows: 6-19)", 6, "x5, x6, x7, ...") == (one.what, one.place.row, one.found)
    assert 14 + len(chart.findings) - len(errors_of(chart)) >= len(causes(chart.findings))
    with pytest.raises(ChartError):
        stop_on_errors(chart)


def test_dates_in_another_order_are_one_cause(chart_of, errors_of):
    turned = (
        FILES["visits.csv"]
        .replace("2008-01-01", "01/25/2008")
        .replace("2008-04-01", "04/13/2008")
        .replace("2008-02-01", "02/14/2008")
    )
    chart = chart_of(add={"visits.csv": turned.replace("2008-05-01", "05/02/2008")})
    (one,) = [one for one in errors_of(chart) if one.rule == "date order"]
    assert ("dates: month-day-year", "date") == (one.proposal, one.place.column)
    assert "4 of the 4 dates" in one.message


# --- Odd signs and sizes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x07", "\x85", "\u2028", "\n"])
def test_an_id_with_a_control_character_is_refused(chart_of, errors_of, sign):
    text = FILES["patients.csv"].replace("P2", f'"P{sign}2"')
    wrong = [one for one in errors_of(chart_of(add={"patients.csv": text})) if one.place.file == "patients.csv"]
    assert ["the id holds a line break or another control character"] == [one.message for one in wrong]


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u3000"])
def test_any_space_around_an_id_is_noted(chart_of, errors_of, space):
    chart = chart_of({"visits.csv": ("P2,2008-05", f"P2{space},2008-05")})
    assert ([], ["spaces around the id are left out"]) == (
        errors_of(chart),
        [one.message for one in chart.findings if one.rule == "id"],
    )


@pytest.mark.parametrize(
    ("written", "rule"), [(">52", "range"), ("<0", "range"), (">51", ""), ("<52", ""), ("<1", ""), (">53", "range")]
)
def test_a_bound_beyond_which_a_scale_holds_nothing_is_out_of_range(chart_of, errors_of, written, rule):
    chart = chart_of({"visits.csv": ("P1,2008-01-01,30", f"P1,2008-01-01,{written}")})
    assert [rule] * bool(rule) == [one.rule for one in errors_of(chart)]


def test_a_very_long_note_is_read(chart_of, errors_of):
    table = "  remarks: {kind: events, file: e.csv, patient: id, event: what, attributes: {note: note}}\n"
    chart = chart_of(chart=("", table), add={"e.csv": f'id,what,note\nP1,rash,"{"long, " * 40_000}"\n'})
    assert ([], 240_000) == (
        errors_of(chart),
        sum(len(value) + 1 for one in chart.facts for name, value in one.attributes if name == "note"),
    )


def test_a_number_of_401_digits_is_not_printed_whole(chart_of, errors_of):
    (wrong,) = problems(errors_of(chart_of({"visits.csv": ("P1,2008-01-01,30", f"P1,2008-01-01,{'9' * 401}")})))
    assert f"found '{'9' * 40}... (401 characters)'" in wrong.describe(values=True)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("https://example.org/chart.xlsx", "web address"),
        ("../elsewhere", "not there"),
        ('"da\\u0000ta"', "control character|cannot be read"),
        ("nowhere", "not there"),
    ],
)
def test_a_source_that_is_not_there_is_named_with_its_line_and_the_folder(chart_of, source, said):
    with pytest.raises(ChartError, match=said) as wrong:
        chart_of(chart=("source: data", f"source: {source}"))
    (problem,) = wrong.value.problems
    assert ("chart.yaml", 2) == (problem.place.file, problem.place.line)


@pytest.mark.parametrize("file", ["../visits.csv", "sub/visits.csv", "https://example.org/v.csv", ".hidden"])
def test_a_file_with_a_path_is_refused_at_its_line(chart_of, file):
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("file: visits.csv", f"file: {file}"))
    (problem,) = wrong.value.problems
    assert ("chart.yaml", 15, file) == (problem.place.file, problem.place.line, problem.found)
