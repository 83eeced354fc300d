"""Starting files: what is suggested, what is left to decide, and that nothing runs before it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from caseseries.chart.description import load_description
from caseseries.errors import ChartError, OutputError, ProtocolError
from caseseries.form import new
from caseseries.protocol.choices import undeclared
from caseseries.protocol.load import load, parse
from caseseries.protocol.undecided import TO_DECIDE
from caseseries.source import read

PROTOCOL = [
    ("study: TO DECIDE", "study: A study"),
    ("authors_knew: TO DECIDE", "authors_knew: nothing"),
    ("first_exposure: TO DECIDE", "first_exposure: mycophenolate mofetil"),
    ("per: TO DECIDE", "per: patient"),
    ("mmt: {instrument: TO DECIDE}", "mmt: {instrument: MMT8}"),
    ("since: TO DECIDE", "since: index date"),
    *[(f"{event}: TO DECIDE", f"{event}: as observed") for event in
      ("drug stopped", "rescue added", "steroid raised above baseline", "death", "lost")],
    ("at_least: TO DECIDE", "at_least: 4 points"),
    ("grading: TO DECIDE", "grading: CTCAE v5.0"),
    ("ascertainment: TO DECIDE", "ascertainment: as recorded in the notes"),
]  # fmt: skip
CHART = [
    ("unit: TO DECIDE", "unit: U/L"),
    ("stop_means: TO DECIDE", "stop_means: last day taken"),
    ("blank_stop: TO DECIDE", "blank_stop: ongoing"),
    ("found: TO DECIDE", "found: chart found"),
    ("chart_missing: TO DECIDE", "chart_missing: chart missing"),
    ("excluded: TO DECIDE", "excluded: not a case"),
]


def decided(path: Path, pairs: list[tuple[str, str]]) -> str:
    text = path.read_text(encoding="utf-8")
    for old, answer in pairs:
        assert old in text, old
        text = text.replace(old, answer, 1)
    assert 1 == text.count(TO_DECIDE), "only the heading still speaks of it"
    return text


@pytest.mark.parametrize("source", ["chart", "chart.xlsx"])
def test_a_study_starts_from_its_chart_and_reads_it_once_everything_is_decided(
    project_root: Path, tmp_path: Path, source: str
):
    protocol_file, chart_file = new([project_root / "examples/jdm-mmf" / source], tmp_path / "study")
    with pytest.raises(ProtocolError):
        load(protocol_file)
    with pytest.raises(ChartError) as wrong:
        load_description(chart_file)
    assert [True] * len(CHART) == [problem.question for problem in wrong.value.problems]
    assert all(problem.place.line for problem in wrong.value.problems)

    protocol = parse(decided(protocol_file, PROTOCOL)).protocol
    chart_file.write_text(decided(chart_file, CHART), encoding="utf-8")
    started = read(protocol, chart_file)
    assert [] == [finding for finding in started.findings if finding.severity == "error"]
    declared = read(
        load(project_root / "examples/jdm-mmf/protocol.yaml").protocol, project_root / "examples/jdm-mmf/chart.yaml"
    )
    rename = {"physician global improvement": "improved"}

    def values(chart):
        return sorted(
            (one.patient, rename.get(one.measure, one.measure), one.day, one.value) for one in chart.measurements
        )

    assert values(declared) == values(started)
    assert [c.drug for c in declared.courses] == [c.drug for c in started.courses]


def test_nothing_to_look_at_gives_general_files(tmp_path: Path):
    protocol_file, chart_file = new([], tmp_path)
    for path, error, reader in ((protocol_file, ProtocolError, load), (chart_file, ChartError, load_description)):
        with pytest.raises(error):
            reader(path)


def test_what_exists_is_never_overwritten(tmp_path: Path):
    new([], tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OutputError, match="exists already"):
        new([], tmp_path)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def write(folder: Path, name: str, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return folder


@pytest.mark.parametrize(
    ("dates", "line"),
    [
        (["2008-01-02", "2008-04-01"], "dates: year-month-day   # suggested"),
        (["13/01/2008", "01/04/2008"], "dates: day-month-year   # suggested"),
        (["01/13/2008", "04/01/2008"], "dates: month-day-year   # suggested"),
        (["02/01/2008", "01/04/2008"], "dates: TO DECIDE   # more than one order is possible in visit_date"),
        (["13/01/2008", "01/13/2008"], "dates: TO DECIDE   # no order fits every date in visit_date"),
    ],
)
def test_the_order_of_dates_is_suggested_only_where_no_other_is_possible(tmp_path: Path, dates: list[str], line: str):
    rows = [["patient_id", "visit_date", "cmas"], ["P1", dates[0], "30"], ["P1", dates[1], "40"]]
    _, chart = new([write(tmp_path / "data", "visits.csv", rows)], tmp_path)
    assert line in chart.read_text()


def test_codes_commas_delimiters_and_encodings_that_were_seen_are_written_down(tmp_path: Path):
    rows = [
        ["patient_id", "visit_date", "cmas", "weight"],
        ["P1", "2008-01-02", "30,5", "ND"],
        ["P2", "2008-01-02", "ND", "20,5"],
        ["Zoé", "2008-01-03", "-999", "21"],
    ]
    _, chart = new([write(tmp_path / "data", "visits.csv", rows, ";", "cp1252")], tmp_path)
    text = chart.read_text()
    assert 'missing: {"-999": TO DECIDE, ND: TO DECIDE}' in text
    assert "decimal: comma   # suggested" in text
    assert 'delimiter: ";"   # suggested' in text
    assert "encoding: cp1252   # suggested" in text


@pytest.mark.parametrize(
    ("second", "asked"),
    [(("P1", "prednisone", "2008-02-02", ""), True), (("P2", "prednisone", "2008-02-02", ""), False),
     (("P1", "methotrexate", "2008-02-02", ""), False), (("P1", "prednisone", "2007-02-02", "2007-12-31"), False),
     (("P1", "prednisone", "2007-02-02", "2008-01-05"), True)],
)  # fmt: skip
def test_overlapping_courses_of_a_drug_are_a_choice_to_be_decided(
    tmp_path: Path, second: tuple[str, ...], asked: bool
) -> None:
    rows = [["patient_id", "drug", "start_date", "stop_date"], ["P1", "prednisone", "2008-01-02", ""], [*second]]
    write(tmp_path / "data", "visits.csv", [["patient_id", "date", "prednisone mg"], ["P1", "2008-01-02", "10"]])
    _, chart = new([write(tmp_path / "data", "drugs.csv", rows)], tmp_path)
    written = "    overlaps: TO DECIDE   # courses of one drug overlap" in chart.read_text(encoding="utf-8")
    assert asked == written


def test_drugs_that_nobody_knows_are_written_out_to_be_decided(tmp_path: Path):
    drugs = ["MMF", "Kortizolex", "omeprazole", "methotrexat", "TAC", "prednisolone acetate"]
    rows = [["patient_id", "drug", "start_date", "stop_date"], *(["P1", drug, "2008-01-02", ""] for drug in drugs)]
    _, chart = new([write(tmp_path / "data", "drugs.csv", rows)], tmp_path)
    lines = chart.read_text().split("\n")
    start = next(place for place, line in enumerate(lines) if line.startswith("    drugs:   # what each name is"))
    assert [
        "      Kortizolex: TO DECIDE",
        "      TAC: TO DECIDE   # perhaps tacrolimus or triamcinolone",
        "      methotrexat: TO DECIDE   # perhaps methotrexate",
    ] == lines[start + 1 : start + 4]
    assert not lines[start + 4].startswith("      ")


def test_a_chart_without_a_list_of_patients_takes_them_from_the_visits(tmp_path: Path):
    rows = [["patient_id", "visit_date", "cmas"], ["P1", "2008-01-02", "30"], ["P1", "2008-02-02", "30"]]
    _, chart = new([write(tmp_path / "data", "visits.csv", rows)], tmp_path)
    chart.write_text(chart.read_text().replace("start: TO DECIDE", "start: visit_date"))
    patients = load_description(chart).tables["patients"]
    assert ("visits.csv", "several", ("patient_id",)) == (patients.file, patients.rows_per_patient, patients.patient)


def test_a_chart_of_which_nothing_is_recognised_asks_for_the_list_of_patients(tmp_path: Path):
    _, chart = new([write(tmp_path / "data", "things.csv", [["colour", "shape"], ["red", "round"]])], tmp_path)
    text = chart.read_text()
    assert "no sheet or file was recognised as the list of patients" in text
    assert "Not recognised: things with the columns colour, shape" in text


def test_names_that_yaml_would_read_otherwise_are_quoted(tmp_path: Path):
    rows = [
        ["patient id", "sex", "born: when", "#", "yes, no"],
        ["P1", "F", "2000", "1", "2"],
        ["P2", "M", "2001", "2", "3"],
    ]
    _, chart = new([write(tmp_path / "data", "patients.csv", rows)], tmp_path)
    ignored = load_description(chart).tables["patients"].ignore
    assert ("born: when", "#", "yes, no") == ignored


def test_files_that_are_no_tables_are_named(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_bytes(b"\x1f\x8b\x08")
    (tmp_path / "data/b.csv").write_text('id,note\n1,"open')
    with pytest.raises(ChartError) as wrong:
        new([tmp_path / "data"], tmp_path)
    assert ["a.csv", "b.csv"] == [problem.place.file for problem in wrong.value.problems]
    with pytest.raises(ChartError, match="holds no CSV file"):
        new([tmp_path / "data" / ".." / "data2"] if (tmp_path / "data2").mkdir() is None else [], tmp_path)


@pytest.mark.parametrize(
    ("columns", "values", "rule"),
    [
        (["weight", "cmas"], [["30", "40"], ["31", "41"]], "      improves: cmas   # suggested\n      at_least: TO DECIDE"),
        (["weight"], [["30"], ["31"]], "      TO DECIDE: weight   # rises or falls: neither more nor less of it is always better\n      at_least"),
        (["better"], [["yes"], ["no"]], "      is: better   # suggested\n\n# No table"),
    ],
)  # fmt: skip
def test_the_rule_to_start_from_is_one_that_its_measure_allows(tmp_path: Path, columns, values, rule):
    rows = [["patient_id", "visit_date", *columns]] + [
        [f"P{number}", f"2008-01-{number:02}", *row] for number, row in enumerate(values * 3, 1)
    ]
    protocol, chart = new([write(tmp_path / "data", "visits.csv", rows)], tmp_path)
    assert rule in protocol.read_text()
    assert "in_order" not in chart.read_text()


def test_every_choice_is_written_out_and_marked(project_root: Path, tmp_path: Path):
    protocol, chart = new([project_root / "examples/jdm-mmf/chart"], tmp_path)
    marked = [
        line.split("   # suggested")[0].strip()
        for line in protocol.read_text().splitlines()
        if "   # suggested" in line
    ]
    for choice in (
        "restart_after: 60 days", "outside_courses: zero", "pulses: apart", "if_zero_baseline: not evaluable", "partial_dates: bounds",
        "take: last", "take: nearest", "tie: earlier", "p_values: no", 'level: "95"',
    ):  # fmt: skip
        assert 1 == marked.count(choice), choice
    for choice in ("same_day: not evaluable", "components: same visit"):
        assert 2 == marked.count(choice), choice
    decided_protocol = parse(decided(protocol, PROTOCOL)).protocol
    assert () == undeclared(decided_protocol)
    lines = [line.split("   # suggested")[0].strip() for line in chart.read_text().splitlines()]
    for line in (
        "reason: reason", "list: found_in", "date: screened_on",
        "steroid: {column: prednisone_mg_per_day, unit: mg/day, drug: prednisone}",
    ):  # fmt: skip
        assert line in lines, line


@pytest.mark.parametrize(
    ("column", "line"),
    [
        (
            "steroid dose",
            "{column: steroid dose, unit: TO DECIDE, drug: TO DECIDE}   # unit: mg/day or mg/kg/day; drug:",
        ),
        ("prednisolone", "{column: prednisolone, unit: TO DECIDE, drug: prednisolone}   # unit"),
        ("steroid mg per kg", "{column: steroid mg per kg, unit: mg/kg/day, drug: TO DECIDE}   # unit"),
    ],
)
def test_the_unit_and_the_drug_of_a_dose_written_at_visits_are_asked(tmp_path: Path, column: str, line: str):
    rows = [["patient_id", "visit_date", column], ["P1", "2008-01-02", "30"], ["P1", "2008-02-02", "20"]]
    protocol, chart = new([write(tmp_path / "data", "visits.csv", rows)], tmp_path)
    assert f"steroid: {line}" in chart.read_text()
    assert "outside_courses" not in protocol.read_text()  # it concerns drug rows


def test_a_screening_log_without_reasons_or_days_is_read_without(tmp_path: Path):
    rows = [
        ["person", "result", "screened_on"],
        ["P1", "found", "soon"],
        ["P2", "missing", "later"],
        ["P3", "found", "x"],
    ]
    _, chart = new([write(tmp_path / "data", "screening.csv", rows)], tmp_path)
    text = chart.read_text()
    assert ("reason:" in text, "    date:" in text, "list:" in text) == (False, False, False)
