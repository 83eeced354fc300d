"""Files that are missing, change, or lie outside the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.chart.opened import Opened
from caseseries.disk.hashes import digest
from caseseries.errors import ChartError
from caseseries.source import read


def test_every_missing_file_is_reported_at_once(chart_of, tmp_path: Path, small_protocol):
    chart_of()
    (tmp_path / "data/visits.csv").unlink()
    (tmp_path / "data/drugs.csv").unlink()
    with pytest.raises(ChartError) as wrong:
        read(small_protocol, tmp_path / "chart.yaml")
    assert {"chart.yaml"} == {problem.place.file for problem in wrong.value.problems}
    said = [(problem.what, problem.allowed) for problem in wrong.value.problems]
    assert {
        (f"there is no file {name}.csv in the folder data, which table '{name}' names", "patients.csv") for name in ("visits", "drugs")
    } == set(said)  # fmt: skip


def test_the_nearest_file_and_the_nearest_source_are_named(chart_of):
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("file: visits.csv", "file: visit.csv"))
    assert "write `file: visits.csv`" == wrong.value.problems[0].do
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("source: data", "source: dta"))
    assert wrong.value.problems[0].do.startswith("write `source: data`, or check `source`")


def test_the_description_and_what_is_no_source_are_not_named_for_it(chart_of, tmp_path: Path):
    (tmp_path / "chart.csv.tmp").write_text("")
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("source: data", "source: chart"))
    assert wrong.value.problems[0].do.startswith("check `source`")
    (tmp_path / "visits.csv").write_text("id\n")
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("source: data", "source: chart"))
    assert wrong.value.problems[0].do.startswith("write `source: .`, or check `source`")


def test_a_missing_source_or_description_is_reported(chart_of, tmp_path: Path, small_protocol):
    with pytest.raises(ChartError, match="the source is not there"):
        chart_of(chart=("source: data", "source: date"))
    with pytest.raises(ChartError, match="cannot be read"):
        read(small_protocol, tmp_path / "nothing.yaml")


@pytest.mark.parametrize("name", ["../visits.csv", "/visits.csv", "sub/visits.csv", "..\\\\visits.csv", ".hidden"])
def test_a_table_names_a_file_of_the_source_folder_only(chart_of, name):
    with pytest.raises(ChartError, match="without a path"):
        chart_of(chart=("file: visits.csv", f'file: "{name}"'))


def test_a_file_that_changes_while_it_is_read_is_an_error(chart_of, tmp_path: Path, small_protocol, monkeypatch):
    chart_of()
    verify = Opened.verify

    def changed(self: Opened) -> None:
        with (tmp_path / "data/visits.csv").open("a") as stream:
            stream.write("P1,2008-06-01,41,150,yes,10\n")
        verify(self)

    monkeypatch.setattr(Opened, "verify", changed)
    with pytest.raises(ChartError, match="changed while it was being read"):
        read(small_protocol, tmp_path / "chart.yaml")


def test_every_input_is_hashed(chart_of, tmp_path: Path):
    chart = chart_of()
    assert ["chart.yaml", "drugs.csv", "patients.csv", "visits.csv"] == sorted(chart.inputs)
    assert digest((tmp_path / "data/visits.csv").read_bytes()) == chart.inputs["visits.csv"]


def test_a_description_reports_every_mistake_with_its_line(chart_of):
    with pytest.raises(ChartError) as wrong:
        chart_of(chart=("dates: year-month-day", "dates: ymd\ndecimals: point"))
    assert ["chart.yaml:3", "chart.yaml:4"] == [str(problem.place).split(",")[0] for problem in wrong.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    kind: visits", "    kind: visit", "kind"),
        ("sex: sex", "sex: {value: F, column: sex}", "one of the two"),
        ("cmas: cmas", "cmas: {column: cmas, part: 1}", "belong together"),
        ("cmas: cmas", "cmas: {column: cmas, split: /, part: 3}", "no such part"),
        ("    date: date", "    date: {column: date, year: y}", "one of them"),
        ("    file: visits.csv", "    file: visits.csv\n    header: 0", "counted from 1"),
        ("missing: {ND", "yes: [Y]\nno: [y]\nmissing: {ND", "yes and no"),
    ],
)
def test_descriptions_that_say_two_things_are_refused(chart_of, old, new, what):
    with pytest.raises(ChartError, match=what):
        chart_of(chart=(old, new))


def test_a_description_without_patients_is_refused(tmp_path: Path, small_protocol):
    (tmp_path / "chart.yaml").write_text(
        "source: data\ntables:\n  v: {kind: deaths, file: d.csv, patient: id, date: died}\n"
    )
    with pytest.raises(ChartError, match="no table lists the patients"):
        read(small_protocol, tmp_path / "chart.yaml")
