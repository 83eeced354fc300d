"""The same facts in another order or layout are the same chart."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.protocol.load import load
from caseseries.source import read

EXAMPLE = Path("examples/jdm-mmf")


def tables(chart):
    rows = tuple(replace(row, row=0, file="", sheet="") for row in chart.rows)
    return rows, chart.people, chart.measurements, chart.courses, chart.facts


@pytest.fixture(scope="module")
def protocol(project_root: Path):
    return load(project_root / EXAMPLE / "protocol.yaml").protocol


@pytest.fixture(scope="module")
def chart(project_root: Path, protocol):
    return read(protocol, project_root / EXAMPLE / "chart.yaml")


def test_the_example_chart_is_read_without_error(chart):
    assert [] == [finding for finding in chart.findings if finding.severity != "note"]
    assert (8, True, True) == (len(chart.people), chart.invented, chart.dated)
    assert {"drugs": 77, "events": 3, "patients": 8, "screening": 11, "visits": 43} == {
        n: a["used"] for n, a in chart.account().items()
    }
    assert {"found": 8, "chart missing": 1, "excluded": 2} == {
        term: sum(fact.term == term for fact in chart.facts if fact.kind == "screening")
        for term in ("found", "chart missing", "excluded")
    }


def test_rows_and_columns_in_another_order_give_the_same_tables(project_root: Path, protocol, chart, tmp_path: Path):
    draw = random.Random(7)
    (tmp_path / "chart").mkdir()
    for file in sorted((project_root / EXAMPLE / "chart").glob("*.csv")):
        header, *rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
        columns = list(range(len(header)))
        draw.shuffle(columns)
        draw.shuffle(rows)
        with (tmp_path / "chart" / file.name).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([row[column] for column in columns] for row in [header, *rows])
    (tmp_path / "chart.yaml").write_bytes((project_root / EXAMPLE / "chart.yaml").read_bytes())
    assert tables(chart) == tables(read(protocol, tmp_path / "chart.yaml"))


def test_a_file_split_in_two_gives_the_same_records(project_root: Path, protocol, chart, tmp_path: Path):
    (tmp_path / "chart").mkdir()
    for file in (project_root / EXAMPLE / "chart").glob("*.csv"):
        (tmp_path / "chart" / file.name).write_bytes(file.read_bytes())
    lines = (tmp_path / "chart/visits.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "chart/visits.csv").write_text("".join(lines[:20]), encoding="utf-8")
    (tmp_path / "chart/later.csv").write_text("".join(lines[:1] + lines[20:]), encoding="utf-8")
    text = (project_root / EXAMPLE / "chart.yaml").read_text(encoding="utf-8")
    visits = text[text.index("  visits:") : text.index("  drugs:")]
    second = visits.replace("  visits:", "  later visits:", 1).replace("visits.csv", "later.csv")
    (tmp_path / "chart.yaml").write_text(text.replace(visits, visits + second), encoding="utf-8")
    split = read(protocol, tmp_path / "chart.yaml")

    def contents(one):
        return [
            [replace(record, row_id=0) for record in table]
            for table in (one.people, one.measurements, one.courses, one.facts)
        ]

    assert contents(chart) == contents(split)


def test_a_long_table_with_two_units_gives_the_values_of_a_wide_one(chart_of, errors_of):
    wide = chart_of()
    lines = ["id,date,what,result,unit"]
    for one in wide.measurements:
        day = {"2008-01-01": 13879, "2008-04-01": 13970, "2008-02-01": 13910, "2008-05-01": 14000}
        date = next(text for text, number in day.items() if number == one.day)
        written = "ND" if one.missing else f"{one.censor}{one.value}"
        if one.measure == "ck":
            in_other_unit = one.patient == "P1"
            number = f"{one.censor}{float(one.value / 60):.6f}" if in_other_unit and one.value is not None else written
            lines.append(f"{one.patient},{date},CK,{number},{'ukat/L' if in_other_unit else 'U/L'}")
        elif one.measure == "cmas":
            lines.append(f"{one.patient},{date},CMAS,{written},")
        else:
            lines.append(f"{one.patient},{date},better,{'yes' if one.value else 'no'},")
    lines.append("P1,2008-01-01,mood,fine,")
    table = """  visits:
    kind: long
    file: long.csv
    patient: id
    date: date
    measure: what
    value: result
    unit: unit
    measures: {CK: ck, CMAS: cmas, better: improved}
    other: [mood]
"""
    from_long = chart_of(chart=(_visits_block(), table), add={"long.csv": "\n".join(lines) + "\n"})
    assert [] == errors_of(from_long)

    def values(chart):
        return [
            (one.patient, one.measure, one.day, round(one.value or Fraction(), 3), one.censor, one.missing)
            for one in chart.measurements
        ]

    assert values(wide) == values(from_long)
    assert {"read": 11, "used": 10, "out of scope": 1, "refused": 0} == from_long.account()["visits"]
    assert ["U/L, ukat/L"] == [finding.value for finding in from_long.findings if "several units" in finding.message]


@pytest.mark.parametrize(
    ("test", "unit", "result"), [("CK", "U/L", "200"), ("pred", "mg/day", "20"), ("kg", "kg", "30")]
)
def test_a_value_of_a_long_table_without_its_unit_is_refused(chart_of, errors_of, test: str, unit: str, result: str):
    table = """  visits:
    kind: long
    file: long.csv
    patient: id
    date: date
    measure: what
    value: result
    unit: unit
    measures: {CK: ck, pred: steroid, kg: weight}
"""
    weight = ("  cmas: {instrument: CMAS}", "  cmas: {instrument: CMAS}\n  weight: {instrument: weight}")
    lines = f"id,date,what,result,unit\nP1,2008-01-01,{test},{result},{unit}\nP1,2008-04-01,{test},{result},\n"
    read = chart_of(chart=(_visits_block(), table), add={"long.csv": lines}, protocol=weight)
    (wrong,) = errors_of(read)
    assert ("long.csv", 3, "unit") == (wrong.place.file, wrong.place.row, wrong.place.column)
    assert {"read": 2, "used": 1, "out of scope": 0, "refused": 1} == read.account()["visits"]


def _visits_block() -> str:
    return """  visits:
    kind: visits
    file: visits.csv
    patient: id
    date: date
    measures: {cmas: cmas, ck: {column: ck, unit: U/L}, improved: better, steroid: pred}
"""


def test_ids_in_two_columns_are_joined(small_protocol, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/p.csv").write_text("site,no,sex\nA,1,F\nA,2,M\nB,1,F\n")
    (tmp_path / "chart.yaml").write_text(
        "source: data\ntables:\n  patients: {kind: patients, file: p.csv, patient: [site, no], sex: sex}\n"
    )
    assert ["A-1", "A-2", "B-1"] == [person.patient for person in read(small_protocol, tmp_path / "chart.yaml").people]


def test_patients_stand_in_natural_order(small_protocol, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/p.csv").write_text("id\nP10\nP2\nP1\n")
    (tmp_path / "chart.yaml").write_text(
        "source: data\ntables:\n  patients: {kind: patients, file: p.csv, patient: id}\n"
    )
    assert ["P1", "P2", "P10"] == [person.patient for person in read(small_protocol, tmp_path / "chart.yaml").people]
