"""Means, legends and signatures below a table are no patients: refused with their address, or left out by `last_row`."""

from __future__ import annotations

import pytest

from caseseries.form.new import new

FULL = {"number": "1,F\n2,M\n3,F\n", "mixed": "P1,F\nP2,M\nP3,F\n", "word": "Anna,F\nBob,M\nMax,F\n"}
ALONE = "source: data\ndates: year-month-day\ntables:\n  patients: {kind: patients, file: alone.csv, patient: id, sex: sex}\n"


@pytest.fixture
def people(tmp_path, small_protocol):
    from caseseries.source import read

    def made(rows: str, more: str = "", table: str = ""):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data/alone.csv").write_text(f"id,sex,n\n{rows}")
        text = ALONE.replace("sex: sex}", f"sex: sex{table}}}")
        (tmp_path / "chart.yaml").write_text(text + more)
        return read(small_protocol, tmp_path / "chart.yaml")

    return made


def refused(chart):
    return [
        (one.place.row, one.place.column, one.value, one.proposal) for one in chart.findings if one.rule == "no patient"
    ]


BELOW = ["Mean,,2.5", "SD,,1", "n = 3,,", "Mittelwert,,3", "Total: 3,,", "Legend: F female,,", "Max (range),,3"]


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("line", BELOW)
def test_a_line_below_the_table_is_no_patient(people, kind, line):
    rows = "".join(f"{one},{number}\n" for number, one in enumerate(FULL[kind].split()))
    chart = people(f"{rows}{line}\n")
    assert [(5, "id", line.split(",")[0], "last_row: 4")] == refused(chart)
    assert 3 == len(chart.people)
    assert [] == refused(people(f"{rows}{line}\n", table=", last_row: 4"))


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("line", ["Max,,3", "MAX,,", "Min,,1", "Min:,,1", "Mean Smith,,3"])
def test_a_word_that_may_be_a_name_is_neither_a_patient_nor_dropped_in_silence(people, kind, line):
    rows = "".join(f"{one.replace('Max', 'Eva')},{number}\n" for number, one in enumerate(FULL[kind].split()))
    name = line.split(",")[0]
    chart = people(f"{rows}{line}\n")
    assert ([(5, "id", name, "last_row: 4")], 3) == (refused(chart), len(chart.people))
    assert any(one.severity == "error" for one in chart.findings if one.rule == "no patient")
    accept = f"accept: [{{file: alone.csv, row: 5, column: id, found: '{name}', as_found: yes, by: A, on: 2026-01-01, because: a name}}]\n"
    chart = people(f"{rows}{line}\n", accept)
    assert ([], 4) == (refused(chart), len(chart.people))


@pytest.mark.parametrize(
    "rows",
    [
        "Max,F,1\nEva,M,2\nBob,F,3\n",
        "Eva,M,2\nMax,,1\nBob,F,3\n",
        "Eva,M,2\nBob,F,3\nMax,M,1\n",
        "P1,M,2\nP2,F,3\nMax,M,1\n",
    ],
)
def test_a_patient_called_max_is_one_among_others_or_beside_a_word(people, rows):
    chart = people(rows)
    assert ([], 3) == (refused(chart), len(chart.people))


def test_two_words_that_may_be_names_below_a_table_of_numbers_are_both_told(people):
    assert [4, 5] == [row for row, *_ in refused(people("Eva,1,2\nBob,2,3\nMin,1,2\nMax,2,3\n"))]


@pytest.mark.parametrize("line", ["* P3 moved away,,", "Dr. A. Name,,", "see file,,", "1 = mild,,"])
def test_a_remark_below_ids_with_digits_is_no_patient(people, line):
    assert [5] == [row for row, *_ in refused(people(f"P1,F,1\nP2,M,2\nP3,F,3\n{line}\n"))]


REMARKS = [
    "last updated 2020-05-01 by KM",
    "*lost",
    "6 patients",
    "Last updated by Dr. KM",
    "6",
    "see file",
    "F = female",
    "(moved)",
]


@pytest.mark.parametrize("names", ["Anna,,\nBob,,\nEva,,\n", "Anna Ost,,\nBob West,,\nEva Maria Nord,,\n"])
@pytest.mark.parametrize("line", REMARKS)
def test_a_remark_below_a_list_of_nothing_but_names_is_no_patient(people, names, line):
    assert [(5, "id", line, "last_row: 4")] == refused(people(f"{names}{line},,\n"))


@pytest.mark.parametrize("line", REMARKS)
def test_a_remark_below_names_in_a_row_that_holds_less_is_no_patient(people, line):
    assert [5] == [row for row, *_ in refused(people(f"Anna,F,1\nBob,M,2\nEva,F,3\n{line},,3\n"))]
    assert [] == refused(people(f"Anna,F,1\nBob,M,2\nEva,F,3\n{line},F,3\n"))


@pytest.mark.parametrize(
    "names",
    ["Anna,,\nBob 2,,\nEva,,\n", "Anna,,\nEva Maria,,\nJean-Luc,,\nO'Neil,,\n", "a,,\nb,,\n", "KM 1,,\nKM 2,,\n"],
)
def test_names_of_every_kind_are_patients(people, names):
    assert [] == refused(people(names))


def test_a_row_with_nothing_but_an_id_is_no_patient_where_others_hold_more(people):
    assert [(4, "id", "P3", "last_row: 3")] == refused(people("P1,F,1\nP2,M,2\nP3,,\n"))
    assert [] == refused(people("P1,,\nP2,,\nP3,F,\n"))


def test_text_among_numbers_is_no_patient_wherever_it_stands(people):
    assert [3] == [row for row, *_ in refused(people("1,F,1\nEF,M,2\n3,F,3\n"))]
    assert [] == refused(people("1,F,1\n2b,M,2\n3-1,F,3\n"))


def test_an_id_that_is_one_may_be_accepted(people):
    accept = "accept: [{file: alone.csv, row: 3, column: id, found: EF, as_found: yes, by: A, on: 2026-01-01, because: initials}]\n"
    chart = people("1,F,1\nEF,M,2\n3,F,3\n", accept)
    assert ([], 3) == (refused(chart), len(chart.people))


def test_all_rows_below_are_told_at_once(people):
    chart = people("1,F,1\n2,M,2\nMean,,1.5\nSD,,0.7\nF = female; M = male,,\nsigned: A. Name,,\n")
    assert [4, 5, 6, 7] == [row for row, *_ in refused(chart)]


@pytest.mark.parametrize(("file", "line", "row"), [
    ("visits.csv", "Mean,,36,175,,15\n", 6), ("drugs.csv", "Total,,,,,,,\n", 6), ("visits.csv", "ND = not done,,,,,\n", 6),
])  # fmt: skip
@pytest.mark.parametrize("others", ["refused", "out of scope"])
def test_rows_below_any_table_are_refused(chart_of, file, line, row, others):
    name = file.removesuffix(".csv")
    from tests.source.conftest import FILES

    chart = chart_of(
        {file: (FILES[file], FILES[file] + line)}, (f"file: {file}\n", f"file: {file}\n    other_patients: {others}\n")
    )
    assert [(row, "id", line.split(",")[0], f"last_row: {row - 1}")] == refused(chart)
    assert 1 == chart.account()[name]["refused"]


def test_rows_below_the_screening_log_are_refused(chart_of):
    table = "  log: {kind: screening, file: log.csv, patient: id, result: result, found: [in], excluded: [out]}\n"
    log = "id,result\nP1,in\nP2,in\nP7,out\nTotal,in\n"
    assert [(5, "id", "Total", "last_row: 4")] == refused(chart_of(chart=("", table), add={"log.csv": log}))


def test_new_proposes_where_the_table_ends(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "patients.csv").write_text(
        "patient,sex,born\n1,F,2001-01-01\n2,M,2002-02-02\n3,F,2003-03-03\n,,\nMean,,\nF = female,,\n"
    )
    _, chart = new([folder / "patients.csv"], tmp_path / "out")
    assert "    last_row: 4   # suggested" in chart.read_text()
