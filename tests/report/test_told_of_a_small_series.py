"""What a report says of a judgement that is asked to be no, of the lost where deaths were not charted, and of words of one patient."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.files.csv_file import table_csv
from caseseries.study import Results, Study

PROTOCOL = """
study: Fever
invented: yes
case: {index_date: {first_exposure: anakinra, restart_after: 30 days}, per: patient}
measures:
  fever: {judgement: fever, since: last visit, better: no}
  z: {quantity: joints, unit: joints, better: low}
windows:
  baseline: {from: -14 days, to: 0 days, take: last}
  month 3: {from: 60 days, to: 120 days, take: last}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: as observed, lost: not evaluable}
outcomes:
  response: {good: yes, at: month 3, by: site, rule: {all: [{not: {is: fever}}, {value: z, at_most: 3 joints}]}}
"""
CHART = """
source: .
invented: yes
dates: year-month-day
tables:
  patients: {kind: patients, file: p.csv, patient: id, sex: {column: sex, words: {F: female, M: male}}, age: age,
    attributes: {site: site, rash: rash, weight: weight}}
  visits: {kind: visits, file: v.csv, patient: id, date: date, measures: {fever: fever, z: {column: z, unit: joints}}}
  drugs: {kind: drugs, file: d.csv, patient: id, drug: drug, start: start, stop: stop, stop_means: last day taken, blank_stop: ongoing}
"""
PATIENTS = """id,sex,age,site,rash,weight
A1,F,5,North,yes,21
A2,M,6,North,no,22
A3,F,7,Uniqueville,no,24
A4,F,8,North,no,28
"""
VISITS = "id,date,fever,z\n" + "".join(
    f"{one},2020-01-01,,5\n" + (f"{one},2020-03-31,{fever},1\n" if fever else "")
    for one, fever in (("A1", "yes"), ("A2", "no"), ("A3", ""), ("A4", "no"))
)
DRUGS = "id,drug,start,stop\n" + "".join(f"A{n},anakinra,2020-01-01,\n" for n in range(1, 5))


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("fever")
    texts = {"protocol.yaml": PROTOCOL, "chart.yaml": CHART, "p.csv": PATIENTS, "v.csv": VISITS, "d.csv": DRUGS}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


def page(series: Results, out: Path, audience: str = "internal") -> str:
    series.write(out, audience=audience)
    return (out / "report.html").read_text(encoding="utf-8")


def test_a_judgement_that_was_yes_is_not_called_no(series: Results, tmp_path: Path) -> None:
    text = page(series, tmp_path / "out")
    assert "In the non-responder what was measured would have sufficed; only the judgement stood against it." in text
    assert "only the judgement was no" not in text


def test_the_lost_are_not_said_to_count_for_nothing(series: Results, tmp_path: Path) -> None:
    text = page(series, tmp_path / "out")
    assert (
        "Deaths were not charted: no table of the chart could hold deaths; whoever died stands among those lost to follow-up"
        in text
    )
    assert "take no account of loss" not in text


def test_a_word_of_one_patient_stands_nowhere_in_a_report_for_a_journal(series: Results, tmp_path: Path) -> None:
    assert "Uniqueville" in page(series, tmp_path / "inside")
    text = page(series, tmp_path / "out", "journal")
    held = [
        path.name for path in (tmp_path / "out").rglob("*") if path.is_file() and b"Uniqueville" in path.read_bytes()
    ]
    assert [] == held
    assert "Weight" in text  # a number is described, and yes is a word of nobody's own
    assert "Rash" in text


def test_an_indented_row_of_a_file_belongs_to_what_it_stands_below() -> None:
    rows = (
        Row((Cell("Age"), Cell("8"))),
        Row((Cell("Unknown"), Cell("1")), 1),
        heading("Sex"),
        Row((Cell("Female"), Cell("5")), 1),
        Row((Cell("DAS"), Cell("3.1"))),
        Row((Cell("Unknown"), Cell("2")), 1),
    )
    table = Table("table-1", "Cases", (Column("Characteristic"), Column("n", "number")), rows, ())
    read = list(csv.DictReader(io.StringIO(table_csv(table))))
    assert [("", "Age"), ("Age", "Unknown"), ("Sex", "Female"), ("", "DAS"), ("DAS", "Unknown")] == [
        (row["group"], row["Characteristic"]) for row in read
    ]
