"""The commands on the example study: what they print, what they leave, how they end."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from caseseries.cli.main import main
from caseseries.cli.progress import Progress
from caseseries.study import Study

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def example(project_root: Path, tmp_path: Path) -> Path:
    """A copy of the example study, to be changed."""
    copy = tmp_path / "study"
    shutil.copytree(project_root / "examples" / "jdm-mmf", copy)
    return copy


@pytest.fixture
def files(example: Path) -> list[str]:
    return [str(example / "protocol.yaml"), str(example / "chart.yaml")]


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def answer(capsys: Capture) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_check_of_a_protocol_alone(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", files[0]])
    assert "no mistakes" in capsys.readouterr().out


def test_check_lists_every_mistake_of_the_protocol(example: Path, files: list[str], capsys: Capture) -> None:
    spoil(example / "protocol.yaml", "take: last", "take: lst")
    spoil(example / "protocol.yaml", "instrument: CMAS", "instrument: CMSA")
    assert 1 == main(["check", files[0]])
    printed = capsys.readouterr().err
    assert "protocol.yaml has 2 mistakes." in printed
    assert "last" in printed and "CMAS" in printed
    assert "Traceback" not in printed


def test_check_says_what_became_of_every_row_and_who_is_eligible(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *files])
    printed = capsys.readouterr()
    assert "visits     43 read  43 used  0 out of scope  0 refused" in printed.out
    assert "Eligible: 8 of 8" in printed.out
    assert "P1" not in printed.out
    assert "--values" in printed.err


def test_check_shows_no_outcome(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *files, "--values"])
    printed = capsys.readouterr().out.casefold()
    assert "p1, p2" in printed
    assert [] == [word for word in ("respon", "6 of 8", "75 %", "+21") if word in printed]


def test_check_names_the_reason_of_an_exclusion(example: Path, files: list[str], capsys: Capture) -> None:
    spoil(example / "protocol.yaml", "below: 18 years", "below: 9 years")
    assert 0 == main(["check", *files, "--values"])
    printed = capsys.readouterr().out
    assert "excluded: Age below 9 years at the index date: P" in printed


def test_check_gives_each_cell_its_address_and_masks_it(example: Path, files: list[str], capsys: Capture) -> None:
    spoil(example / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,580,")
    assert 1 == main(["check", *files])
    printed = capsys.readouterr()
    assert "visits.csv, row " in printed.out and "column mmt" in printed.out
    assert "580" not in printed.out + printed.err
    assert "cannot be read as it is described" in printed.err
    assert "Eligible" not in printed.out
    assert 1 == main(["check", *files, "--values"])
    assert "580" in capsys.readouterr().out


def test_check_as_json(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *files, "--json"])
    told = answer(capsys)
    assert {"read": 43, "used": 43, "out of scope": 0, "refused": 0} == told["rows"]["visits"]
    assert (True, 8, [], None) == (told["ok"], told["eligible"], told["questions"], told["annotated"])
    assert {None} == {case["case"] for case in told["cases"]}


def test_check_as_json_with_values(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *files, "--json", "--values"])
    assert [f"P{number}" for number in range(1, 9)] == [case["case"] for case in answer(capsys)["cases"]]


def test_a_needed_choice_is_listed_case_by_case(example: Path, files: list[str], capsys: Capture) -> None:
    spoil(example / "protocol.yaml", "target: 91 days, take: nearest, tie: earlier", "target: 88 days, take: nearest")
    spoil(example / "chart" / "visits.csv", "P1,2007-04-17", "P1,2007-05-29")  # day 85; another stands on day 91
    assert 1 == main(["check", *files])
    printed = capsys.readouterr()
    assert "Eligible: 8 of 8" in printed.out
    assert "Mistakes: none. Questions: 1." in printed.out and "tie" in printed.out
    assert "P1" not in printed.out + printed.err
    assert 1 == main(["check", *files, "--json", "--values"])
    told = answer(capsys)
    assert (False, 8) == (told["ok"], told["eligible"])
    assert any("P1" in problem["found"] for problem in told["questions"])


def test_annotate_makes_a_copy_with_comments(example: Path, files: list[str], tmp_path: Path, capsys: Capture) -> None:
    spoil(example / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,580,")
    before = (example / "chart" / "visits.csv").read_bytes()
    copy = tmp_path / "marked.xlsx"
    assert 1 == main(["check", *files, "--annotate", str(copy), "--json"])
    assert answer(capsys)["annotated"] >= 1
    book = openpyxl.load_workbook(copy)
    comments = [cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment]
    assert any("80" in comment for comment in comments)
    assert before == (example / "chart" / "visits.csv").read_bytes()
    assert [copy.name] == [path.name for path in tmp_path.iterdir() if path.is_file()]


@pytest.mark.parametrize(
    ("name", "said"), [("there.xlsx", "already"), ("copy.csv", "ending in .xlsx"), ("no/x.xlsx", "no such folder")]
)
def test_annotate_overwrites_nothing(name: str, said: str, files: list[str], tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    assert 1 == main(["check", *files, "--annotate", str(tmp_path / name)])
    assert said in capsys.readouterr().err
    assert b"mine" == (tmp_path / "there.xlsx").read_bytes()


def test_run_writes_the_report_and_prints_the_headline(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "results"
    assert 0 == main(["run", *files, "--out", str(out)])
    printed = capsys.readouterr()
    assert "Good response: 6 of 8" in printed.out
    assert "Invented data" in printed.out
    assert "report.html" in printed.err
    assert {"report.html", "results.json", "run.json", "patients.csv", "findings.csv"} <= {
        path.name for path in out.iterdir()
    }
    assert 0 == main(["run", *files, "--out", str(out)])  # an earlier run's folder is replaced


def test_run_as_json(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    assert 0 == main(["run", *files, "--out", str(tmp_path / "results"), "--json"])
    told = answer(capsys)
    first = told["outcomes"]["good response"][0]
    assert ("as written", 6, 2, 0) == (
        first["reading"],
        first["responders"],
        first["non_responders"],
        first["not_evaluable"],
    )
    assert (8, True) == (told["included"], told["invented"])


def test_run_says_how_many_warnings_the_data_have(project_root: Path, tmp_path: Path, capsys: Capture) -> None:
    study = project_root / "examples" / "rtx-sle"
    files = [str(study / "protocol.yaml"), str(study / "chart.yaml"), "--out", str(tmp_path / "results")]
    assert 0 == main(["run", *files])
    assert "The data have 11 warnings (doubtful cell: 11), see findings.csv" in capsys.readouterr().out.splitlines()
    assert 0 == main(["run", *files, "--json"])
    assert 11 == answer(capsys)["warnings"]


def test_run_refuses_a_folder_that_is_not_its_own(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine", encoding="utf-8")
    assert 1 == main(["run", *files, "--out", str(mine)])
    assert ["thesis.txt"] == [path.name for path in mine.iterdir()]
    assert str(mine) in capsys.readouterr().err


def test_run_leaves_nothing_when_the_chart_is_wrong(example: Path, files: list[str], tmp_path: Path) -> None:
    spoil(example / "chart" / "visits.csv", "P2,2007-04-03,58,", "P2,2007-04-03,580,")
    assert 1 == main(["run", *files, "--out", str(tmp_path / "results")])
    assert ["study"] == [path.name for path in tmp_path.iterdir()]


def test_a_file_that_is_not_there(tmp_path: Path, capsys: Capture) -> None:
    assert 1 == main(["run", str(tmp_path / "no.yaml"), str(tmp_path / "no.yaml"), "--out", str(tmp_path / "r")])
    assert "no.yaml" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_files_in_the_wrong_order_are_recognised(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    assert 1 == main(["run", *reversed(files), "--out", str(tmp_path / "results")])
    printed = capsys.readouterr().err
    assert "Name the protocol first" in printed
    assert 3 == printed.count("\n")


@pytest.mark.parametrize("out", ["chart", "."])
def test_results_never_replace_the_chart(example: Path, files: list[str], capsys: Capture, out: str) -> None:
    assert 1 == main(["run", *files, "--out", str(example / out)])
    assert not (example / "chart" / "results").exists()


def test_too_little_memory_is_said_in_a_line(files: list[str], tmp_path: Path, capsys: Capture) -> None:
    assert 1 == main(["run", *files, "--out", str(tmp_path / "results"), "--memory-limit", "1MB"])
    assert "--memory-limit" in capsys.readouterr().err


def test_explain_tells_one_patient(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["explain", "P6", *files])
    printed = capsys.readouterr().out
    assert "prednisone 30 → 24 mg/day, 20 % lower (more than 15 % needed)" in " ".join(printed.split())
    assert "visits.csv, row 32, column mmt; passed over: 72 on day −19 (not the last)" in " ".join(printed.split())
    assert "invented" in printed


WEAK = "with CMAS less than 35 points at baseline"
OUTSIDE = f"outside: not among cases {WEAK}"
NOT_KNOWN = f"not known whether among cases {WEAK}"
SENTENCES = {
    "P3": f"Outside: not among cases {WEAK}. The rule alone says good response: physician judged improved; ",
    "P4": f"Not known whether among cases {WEAK}: CMAS not recorded at the visit taken for baseline. The rule alone says not evaluable: ",
}


@pytest.fixture
def limited(example: Path, files: list[str]) -> list[str]:
    """The example limited to the weak: P1 is among them, P3 is not, of P4 it is not known."""
    among = "    among: {value: cmas, at: baseline, less_than: 35 points}\n    rule:\n"
    spoil(example / "protocol.yaml", "    rule:\n", among)
    spoil(example / "chart" / "visits.csv", "P4,2007-12-27,60,34,", "P4,2007-12-27,60,,")
    text = (example / "protocol.yaml").read_text(encoding="utf-8")
    (example / "protocol.yaml").write_text(text.partition("robustness:")[0], encoding="utf-8")  # one cell is enough
    return files


def test_an_explanation_says_who_is_outside_the_denominator(limited: list[str]) -> None:
    found = Study.load(limited[0]).run(limited[1])
    told = {patient: one for patient in ("P1", "P3", "P4") for one in found.explain(patient)}
    assert {"P1": "", "P3": OUTSIDE, "P4": NOT_KNOWN} == {patient: one.outside for patient, one in told.items()}
    assert told["P1"].sentence.startswith("Good response at day 91: ")
    for patient, sentence in SENTENCES.items():
        assert told[patient].sentence.startswith(sentence)
        looked_at = {(one.quantity.slot.measure, one.quantity.slot.window) for one in told[patient].rests_on}
        assert ("cmas", "baseline") in looked_at


@pytest.mark.parametrize("patient", ["P3", "P4"], ids=["outside", "not known"])
def test_explain_says_who_is_outside_the_denominator(limited: list[str], capsys: Capture, patient: str) -> None:
    assert 0 == main(["explain", patient, *limited])
    assert SENTENCES[patient] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("patient", "verdict"), [("P3", OUTSIDE), ("P4", NOT_KNOWN)], ids=["outside", "not known"])
def test_explain_as_json_says_who_is_outside(limited: list[str], capsys: Capture, patient: str, verdict: str) -> None:
    assert 0 == main(["explain", patient, *limited, "--json", "--no-values"])
    (one,) = answer(capsys)["explained"]
    assert (True, verdict, None) == (one["included"], one["verdict"], one["sentence"])


def test_explain_reads_the_patient_from_standard_input(
    files: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0 == main(["explain", "P6", *files])
    named = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO("P6\n"))
    assert 0 == main(["explain", "-", *files])
    assert named == capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert 1 == main(["explain", "-", *files])
    assert "No patient was named." in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("\ufeffP6\r\n"))  # as one shell begins what it hands on
    assert 0 == main(["explain", "-", *files])
    assert named == capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"P\xf6\n"), "utf-8"))
    assert 1 == main(["explain", "-", *files])
    assert "standard input holds cannot be read as text.\na patient's id on a line" in capsys.readouterr().err


def test_what_shows_patients_is_its_owners_alone(files: list[str], tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert 0 == main(["check", *files, "--annotate", str(tmp_path / "marked.xlsx")])
        assert 0 == main(["new", str(Path(files[1]).parent / "chart.xlsx"), "--out", str(tmp_path / "new")])
        assert 0 == main(["run", *files, "--out", str(tmp_path / "report")])
        assert 0 == main(["run", *files, "--out", str(tmp_path / "shared"), "--readable"])
    finally:
        os.umask(before)
    made = [path for name in ("marked.xlsx", "new", "report", "shared") for path in
            [tmp_path / name, *(tmp_path / name).rglob("*")]]  # fmt: skip
    open_to_others = {str(path.relative_to(tmp_path)) for path in made if path.stat().st_mode & 0o077}
    assert {name for name in open_to_others if not name.startswith("shared")} == set()
    assert {"shared", "shared/report.html"} <= open_to_others
    assert set() == open_to_others & {"shared/patients.csv", "shared/findings.csv"}


def test_explain_finds_the_study_in_this_folder(
    files: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(files[0]).parent)
    assert 0 == main(["explain", "P6"])
    assert "Good response at day 84: physician judged improved" in capsys.readouterr().out


def test_explain_without_values_tells_answers_only(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["explain", "P6", *files, "--no-values"])
    printed = capsys.readouterr()
    assert "1.2.1.1  no" in printed.out
    assert [] == [value for value in ("30", "24", "74", "P6") if value in printed.out]


def test_explain_as_json(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["explain", "P8", *files, "--json", "--values", "--reading", "dose alone suffices"])
    (told,) = answer(capsys)["explained"]
    assert ("P8", "yes", "dose alone suffices") == (told["case"], told["verdict"], told["reading"])
    after = next(value for value in told["values"] if (value["measure"], value["window"]) == ("steroid", "month 3"))
    assert "83/2" == after["value"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["P99"], "nobody of that id"),
        (["P1", "--outcome", "cure"], "There are: good response."),
        (["P1", "--reading", "lenient"], "as written, scores and dose both needed"),
    ],
)
def test_explain_what_is_not_there(words: list[str], said: str, files: list[str], capsys: Capture) -> None:
    assert 1 == main(["explain", words[0], *files, *words[1:]])
    printed = capsys.readouterr().err
    assert said in printed
    assert "P99" not in printed


def test_demo_leaves_a_report_and_a_copy_of_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["demo", "--out", "first"])
    assert {"first", "first-study"} == {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "first-study" / "chart" / "visits.csv").is_file()
    changed = tmp_path / "first-study" / "protocol.yaml"
    changed.write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert 0 == main(["demo", "--out", "first"])
    assert "left as it is" in capsys.readouterr().err.replace("was left as it is", "left as it is")
    assert "mine" == changed.read_text(encoding="utf-8")


def test_the_catalogue_shows_an_entry_with_its_source(capsys: Capture) -> None:
    assert 0 == main(["catalogue", "cmas"])
    printed = capsys.readouterr().out
    assert "0 to 52 points, higher is better" in printed
    assert "10.1002/art.20179" in printed and "reliability" in printed


def test_the_catalogue_suggests(capsys: Capture) -> None:
    assert 1 == main(["catalogue", "CMSA"])
    assert "CMAS" in capsys.readouterr().err


def test_the_catalogue_as_json(capsys: Capture) -> None:
    assert 0 == main(["catalogue", "CMAS", "--json"])
    (entry,) = answer(capsys)["entries"]
    assert ("52", "high") == (entry["maximum"], entry["better"])


@pytest.mark.parametrize(("name", "identity"), [("protocol", "caseseries.protocol/1"), ("chart", "caseseries.chart/1")])
def test_the_example_fits_its_schema(name: str, identity: str, project_root: Path, capsys: Capture) -> None:
    import jsonschema

    from caseseries.protocol.yaml import read

    assert 0 == main(["schema", name])
    schema = answer(capsys)
    assert identity == schema["$id"]
    data = read(project_root / "examples" / "jdm-mmf" / f"{name}.yaml").data
    jsonschema.Draft202012Validator(schema).validate(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**data, "studdy": "x"})


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("stage", ["reading the chart", "assessing good response", "writing the report"])
def test_a_run_that_is_stopped_leaves_nothing(
    number: signal.Signals,
    code: int,
    stage: str,
    files: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    def stop(self: Progress, begun: str, rows: int | None = None) -> None:
        if begun == stage:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Progress, "__call__", stop)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert code == main(["run", *files, "--out", str(tmp_path / "results")])
    assert 1 == capsys.readouterr().err.count("\n")
    assert ["study"] == [path.name for path in tmp_path.iterdir()]


def test_a_gap_in_the_study_drug_has_its_row(example: Path, files: list[str], capsys: Capture) -> None:
    spoil(example / "protocol.yaml", ", restart_after: 60 days", "")
    drugs = example / "chart" / "drugs.csv"
    spoil(drugs, "P1,mycophenolate mofetil,2007-03-19,,500", "P1,mycophenolate mofetil,2007-03-19,2007-08-01,500")
    lines = drugs.read_text(encoding="utf-8").rstrip("\n").split("\n")
    drugs.write_text(
        "\n".join([*lines, "P1,mycophenolate mofetil,2007-09-01,,500,mg,twice daily,oral,\n"]), encoding="utf-8"
    )
    assert 1 == main(["check", *files])
    printed = capsys.readouterr()
    assert f"drugs.csv, row {len(lines) + 1}: a gap between two courses" in printed.out
    assert "P1" not in printed.out + printed.err
    assert 1 == main(["check", *files, "--values"])
    assert "a gap between two courses (found 'P1')" in capsys.readouterr().out


def test_check_tells_every_word_that_is_read_only_where_values_are_shown(files: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *files, "--values"])
    printed = capsys.readouterr().out
    assert "  patients, sex: F (5) = female; M (3) = male\n" in printed
    assert "  drugs, route: oral (70) = oral, systemic; " in printed
    assert 0 == main(["check", *files, "--no-values"])
    printed = capsys.readouterr().out
    assert "  patients, sex: 2 different words\n" in printed
    assert "female" not in printed and "hydroxychloroquine" not in printed


def test_words_are_in_the_answer_for_programs(files: list[str], capsys: Capture) -> None:
    main(["check", *files, "--json", "--values"])
    words = json.loads(capsys.readouterr().out)["words"]
    drug = {
        "table": "drugs",
        "column": "drug",
        "field": "drug",
        "word": "prednisone",
        "meaning": "prednisone",
        "count": 55,
    }
    assert drug in words
    assert {"reason", "stop reason"} <= {one["field"] for one in words}
