"""Published tables and messy sheets, read from where they are kept."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.form import new
from caseseries.protocol.load import load, parse
from caseseries.source import read


@pytest.fixture(scope="module")
def lupus(project_root: Path):
    folder = project_root / "examples/rtx-sle"
    return read(load(folder / "protocol.yaml").protocol, folder / "chart.yaml")


def changes(chart, measure: str) -> dict[str, Fraction]:
    day = {(one.patient, one.day): one.value for one in chart.measurements if one.measure == measure}
    return {person.patient: day[person.patient, 731] - day[person.patient, 0] for person in chart.people}


def test_the_lupus_table_has_its_ten_patients_and_no_error(lupus):
    assert (10, False, False) == (len(lupus.people), lupus.dated, lupus.invented)
    assert {"warning": 11} == {"warning": len(lupus.findings)}
    assert {"doubtful cell"} == {finding.rule for finding in lupus.findings}


@pytest.mark.parametrize(
    ("measure", "key"), [("sledai", "sledai_2y"), ("bilag", "bilag_2y"), ("steroid", "cs_dose_mg_2y")]
)
def test_the_lupus_changes_are_those_computed_by_r(lupus, shared_data: Path, measure: str, key: str):
    expected = json.loads((shared_data / "ipd-rtx-sle-jrheum/reference-r.json").read_text())[f"iwata2011_{key}"]
    found = sorted(changes(lupus, measure).values())
    assert (Fraction(str(expected["change_mean"])), Fraction(str(expected["change_min"])), Fraction(str(expected["change_max"]))) == (
        sum(found) / 10, found[0], found[-1],
    )  # fmt: skip


def test_the_lupus_relapses_are_marked(lupus):
    assert ["6", "9"] == [
        person.patient for person in lupus.people if dict(person.attributes)["values taken at relapse"] == "yes"
    ]


def test_the_copied_table_is_the_shared_one(project_root: Path, shared_data: Path):
    copied = project_root / "examples/rtx-sle/chart/patients.csv"
    assert (shared_data / "ipd-rtx-sle-jrheum/patients.csv").read_bytes() == copied.read_bytes()


STILL = """source: {folder}
dated: no
tables:
  patients: {{kind: patients, file: patients_steroid.csv, patient: patient, ignore: [prednisone_mg_day_baseline, prednisone_mg_day_reduced_to]}}
  visits:
    kind: visits
    file: patients_long.csv
    patient: patient
    date: {{column: timepoint, days: {{baseline: 0 days, month6: 6 months, year1: 1 year}}}}
    measures: {{das28: das28}}
"""


def test_visits_by_label_stand_on_their_nominal_days(shared_data: Path, small_protocol, tmp_path: Path):
    (tmp_path / "chart.yaml").write_text(STILL.format(folder=shared_data / "ipd-rtx-still-3pt"))
    protocol = small_protocol.model_copy(update={"measures": {"das28": parse_measure("{instrument: DAS28}")}})
    chart = stop_on_errors(read(protocol, tmp_path / "chart.yaml"))
    assert [0, 183, 365] * 3 == [one.day for one in chart.measurements]
    assert [Fraction("6.31"), Fraction("4.62"), Fraction("5.20")] == [
        one.value for one in chart.measurements if one.patient == "1"
    ]


def parse_measure(text: str):
    from pydantic import TypeAdapter

    from caseseries.protocol.measure import Measure
    from caseseries.protocol.yaml import read as read_yaml

    return TypeAdapter(Measure).validate_python(read_yaml(f"m: {text}").data["m"])


# --- The messy sheet: from `new` to a clean run ---------------------------------------------------------------------

DECIDED_PROTOCOL = [
    ("study: TO DECIDE", "study: Blood pressure"),
    ("authors_knew: TO DECIDE", "authors_knew: nothing"),
    ("unit: TO DECIDE", "unit: beats/min"),
    ("lost: TO DECIDE", "lost: not evaluable"),
    (
        "      TO DECIDE: systolic blood pressure   # rises or falls: neither more nor less of it is always better\n      at_least: TO DECIDE",
        "      falls: systolic blood pressure\n      at_least: 10 points",
    ),
]
DECIDED_CHART = [("nominal_day: TO DECIDE", "nominal_day: 45 days"), ("nominal_day: TO DECIDE", "nominal_day: 91 days")]
WHITE = (
    "race: Race ",
    "race: {column: Race, words: {White: White, Caucasian: White, Black: Black, Asian: Asian, Other: Other}} ",
)
ORDER = "in_order: [[diastolic blood pressure, systolic blood pressure]]   # suggested"
ACCEPT = """accept:
  - {sheet: Sheet1, row: 8, column: pat_id, found: 3, read_as: 3b, by: A. B., on: 2020-01-01, because: "born in 1977, another person"}
  - {sheet: Sheet1, row: 14, column: pat_id, found: 8, read_as: 8b, by: A. B., on: 2020-01-01, because: "born in 1967, another person"}
  - {sheet: Sheet1, row: 11, column: Visit 2 / BP, found: 172/194, read_as: 172/94, by: A. B., on: 2020-01-01, because: slip of the pen}
"""


def replaced(text: str, pairs: list[tuple[str, str]]) -> str:
    for old, new_text in pairs:
        assert old in text, old
        text = text.replace(old, new_text, 1)
    return text


def test_the_messy_sheet_from_new_to_a_clean_run(shared_data: Path, tmp_path: Path):
    protocol_file, chart_file = new([shared_data / "messy-sheets/messy_bp.xlsx"], tmp_path)
    protocol = parse(replaced(protocol_file.read_text(), DECIDED_PROTOCOL)).protocol
    decided = replaced(chart_file.read_text(), DECIDED_CHART)
    assert "TO DECIDE must" in decided
    assert ORDER in decided
    chart_file.write_text(decided)

    first = read(protocol, chart_file)
    errors = [
        (f.rule, f.place.row, f.place.column, f.value, f.proposal) for f in first.findings if f.severity == "error"
    ]
    assert [
        ("duplicate id", 8, "A (pat_id)", "3", ""),
        ("order", 11, "J (Visit 2 / BP)", "172/194", ""),
        ("duplicate id", 14, "A (pat_id)", "8", ""),
    ] == errors
    spelt = [(f.place.row, f.value, f.proposal) for f in first.findings if f.rule == "category"]
    assert [(20, "WHITE", "White"), (21, "WHITE", "White")] == spelt

    chart_file.write_text(replaced(decided, [WHITE]) + ACCEPT)
    clean = stop_on_errors(read(protocol, chart_file))
    assert [] == [finding for finding in clean.findings if finding.severity == "warning"]
    assert (20, {"Asian", "Black", "Other", "White"}) == (
        len(clean.people),
        {dict(person.attributes)["race"] for person in clean.people},
    )
    assert ["1", "2", "3", "3b", "4"] == [person.patient for person in clean.people][:5]
    assert 180 == len(clean.measurements)
    assert {0, 45, 91} == {one.day for one in clean.measurements}
    pressures = {one.measure: one.value for one in clean.measurements if (one.patient, one.day) == ("6", 45)}
    assert {"systolic blood pressure": 172, "diastolic blood pressure": 94, "hr": 62} == pressures


def test_the_starting_chart_of_the_messy_sheet_is_refused_until_it_is_decided(
    shared_data: Path, tmp_path: Path, small_protocol
):
    from caseseries.errors import ChartError, ProtocolError

    protocol_file, chart_file = new([shared_data / "messy-sheets/messy_bp.xlsx"], tmp_path)
    with pytest.raises(ChartError) as wrong:
        read(small_protocol, chart_file)
    assert [True] * 2 == [problem.question for problem in wrong.value.problems]
    with pytest.raises(ProtocolError):
        load(protocol_file)
