"""Files for programs: formulas stay text, JSON keeps its schema, patient data stay in two private files."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries import report
from caseseries.report.files.csv_file import csv_text, guarded, patients_csv
from caseseries.report.files.results_file import results, schema
from caseseries.report.folder import files
from caseseries.summary.model import Summary
from caseseries.types import Style
from caseseries.verdict.number_style import STYLES


@pytest.fixture(scope="module")
def written(any_run: Summary) -> dict[str, bytes]:
    return files(any_run)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=x", "＝1", " =x", "\n=x"])
def test_a_text_that_would_be_a_formula_is_guarded(text: str) -> None:
    assert guarded(text).startswith("'")


def test_negative_numbers_are_left_alone() -> None:
    assert 'a,b\r\n-20,"x, ""y"""\r\n' == csv_text(["a", "b"], [[-20, 'x, "y"']])


def test_every_csv_is_rectangular_and_holds_no_formula(written: dict[str, bytes]) -> None:
    for name, data in written.items():
        if name.endswith(".csv"):
            text = data.decode("utf-8")
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            assert rows and 1 == len({len(row) for row in rows}), name
            assert text.endswith("\r\n")
            bad = [cell for row in rows for cell in row if _formula(cell)]
            assert [] == bad, name


def _formula(cell: str) -> bool:
    if cell.startswith(("=", "@", "\t")):
        return True
    if cell.startswith("+"):  # only as the tables print a change: a number, then a range or a bracket
        return re.fullmatch(r"\+[0-9.]+ (?:to [+−0-9.]+|\([+−–0-9. a-z]+\))(?: \([+−–0-9. a-z]+\))?", cell) is None
    if not cell.startswith("-"):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def test_results_keep_their_schema(any_run: Summary) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(results(any_run))


def test_the_schema_refuses_numbers_that_a_reader_would_round(series: Summary) -> None:
    found = results(series)
    found["results"][0]["estimate"] = 9.5
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema())


def test_decimals_are_strings(series: Summary) -> None:
    found = {result["id"]: result for result in results(series)["results"]}
    assert "10.625" == found["good response/0/mmt/change/mean"]["estimate"]


def test_result_ids_are_unique(any_run: Summary) -> None:
    ids = [result["id"] for result in results(any_run)["results"]]
    assert sorted(set(ids)) == sorted(ids)


def test_no_file_holds_words_for_undefined_numbers(written: dict[str, bytes]) -> None:
    texts = {name: data.decode() for name, data in written.items() if not name.endswith(".png")}
    assert [] == [name for name, text in texts.items() if re.search(r"\b(?:nan|inf|NaN|Infinity|Fraction)\b", text)]


def test_every_file_of_an_invented_chart_says_so(series: Summary) -> None:
    silent = [
        name
        for name, data in files(series).items()
        if not name.endswith(".png")
        and not name.startswith("references.")  # published papers alone, and nothing of the chart
        and b"Invented data" not in data
    ]
    assert [] == silent


def test_patients_csv_has_everyone_and_the_reason(series: Summary) -> None:
    rows = list(csv.DictReader(io.StringIO(files(series)["patients.csv"].decode())))
    assert [f"P{place}" for place in (*range(1, 9), 9, 10)] == list(dict.fromkeys(row["case"] for row in rows))
    p6 = next(row for row in rows if row["case"] == "P6" and row["reading"] == "as written")
    assert ("responder", "84", "74", "30") == (
        p6["verdict"],
        p6["assessed on day"],
        p6["mmt at baseline"],
        p6["steroid at baseline"],
    )
    assert (
        "Age below 18 years at the index date" == next(row for row in rows if row["case"] == "P9")["failed criterion"]
    )


def test_patients_csv_has_the_index_date_and_a_column_for_every_component_of_the_rule() -> None:
    study = protocol(
        """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  cmas: {quantity: function, unit: points, range: [0, 52], better: high}
outcomes:
  response:
    at: after
    rule: {all: [{gain: mmt, at_least: 4 points}, {gain: cmas, at_least: 3 points}]}
    readings: {strength alone: {gain: mmt, at_least: 4 points}}
"""
    )
    run = analyse(study, chart("a | mmt | 0:50, 90:60\na | cmas | 0:20, 90:21\nb | mmt | 0:50, 90:60", study))
    rows = list(csv.DictReader(io.StringIO(patients_csv(run))))
    strength = next(name for name in rows[0] if name.startswith("response: ") and "4 points" in name)
    function = next(name for name in rows[0] if name.startswith("response: ") and "3 points" in name)
    assert [(row["case"], row["reading"], row[strength], row[function], row["verdict"]) for row in rows] == [
        ("a", "as written", "yes", "no", "not met"),
        ("a", "strength alone", "yes", "", "met"),
        ("b", "as written", "yes", "not evaluable", "not evaluable"),
        ("b", "strength alone", "yes", "", "met"),
    ]
    assert ["0"] * 4 == [row["index day (planned)"] for row in rows]


def test_no_exhibit_and_no_other_file_has_the_index_date(series: Summary) -> None:
    rows = tuple(replace(case, index_date="2007-03-14") for case in series.shown.rows)
    dated = replace(series, cases=replace(series.shown, rows=rows))
    found = files(dated)
    assert b"2007-03-14" in found["patients.csv"]
    assert ["patients.csv"] == [name for name, data in found.items() if b"2007-03-14" in data]


def test_patient_data_are_readable_by_their_owner_only(series: Summary, tmp_path: Path) -> None:
    report.write(series, tmp_path / "results")
    modes = {
        name: stat.S_IMODE((tmp_path / "results" / name).stat().st_mode) for name in ("patients.csv", "findings.csv")
    }
    assert {"patients.csv": 0o600, "findings.csv": 0o600} == modes


def test_run_json_names_inputs_versions_and_every_other_file(runs: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "visits.csv").write_bytes(b"abc")
    report.write(runs.one_case(), tmp_path / "results", inputs=[tmp_path / "chart"], run_info={"command": "run"})
    run = json.loads((tmp_path / "results" / "run.json").read_text(encoding="utf-8"))
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert {"chart/visits.csv": digest} == run["inputs"] and {"command": "run"} == run["info"]
    assert {"audience": "internal", "style": "plain"} == run["report"]
    found = {
        str(path.relative_to(tmp_path / "results")) for path in (tmp_path / "results").rglob("*") if path.is_file()
    }
    assert found == {*run["files"], "run.json"}
    assert str(tmp_path) not in json.dumps(run)
    for style, told in ((STYLES["jama"], "jama"), (Style(to=" to "), " to ")):
        report.write(runs.one_case(), tmp_path / "results", inputs=[tmp_path / "chart"], run_info={}, style=style)
        written = json.loads((tmp_path / "results" / "run.json").read_text(encoding="utf-8"))["report"]["style"]
        assert told == (written if isinstance(written, str) else written["to"])


@pytest.mark.parametrize(
    "text",
    [
        "+10.6 (6.7)",
        "+11.0 (+7.0 to +14.5)",
        "+21.0 (not estimable)",
        "+21.0 (no interval)",
        "+3 to +11",
        "+1 (−2 to 3)",
    ],
)
def test_a_signed_number_with_brackets_is_no_formula(text: str) -> None:
    assert text == guarded(text)


@pytest.mark.parametrize(
    "text", ["+5", "+1+1", "+1 (SUM(A1))", "+A1", "-8", "+1 (cmd|'x'!A0)", "+ 1", "+1\n=2", "=1", "+1 (2)+3"]
)
def test_what_a_spreadsheet_could_compute_is_guarded(text: str) -> None:
    assert f"'{text}" == guarded(text)
