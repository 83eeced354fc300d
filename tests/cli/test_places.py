"""Where a run on a database may write: refused before any work, and nothing that is there is lost."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from caseseries.cli.main import main
from caseseries.engine.connecting import connect

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def study(project_root: Path, tmp_path: Path) -> Path:
    """A study whose database cannot even be opened: what is refused is refused before."""
    folder = tmp_path / "study"
    shutil.copytree(project_root / "examples" / "omop-demo", folder, ignore=shutil.ignore_patterns("cdm"))
    (folder / "cdm").mkdir()
    (folder / "cdm" / "person.parquet").write_bytes(b"patients")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "options",
    [
        ["--out", "study/cdm/death"],
        ["--patients-out", "study/cdm/person.parquet"],
        ["--patients-out", "study/cdm/death.parquet"],
        ["--patients-out", "study/omop.yaml"],
        ["--patients-out", "out/patients.parquet"],
        ["--work", "study/cdm/work"],
        ["--work", "out"],
        ["--work", "out/work"],
        ["--work", "work", "--patients-out", "work/patients.parquet"],
        ["--export", "study/cdm/a.counts", "--export-for", "own-site"],
        ["--export", "same", "--export-for", "own-site", "--patients-out", "same"],
    ],
)
def test_what_is_read_and_what_is_written_stay_apart(
    study: Path, options: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.parent)
    before = files(study.parent)
    out = [] if "--out" in options else ["--out", "out"]
    assert 1 == main(["run", "study/protocol.yaml", "study/omop.yaml", *options, *out])
    said = capsys.readouterr().err
    assert "lie in each other" in said
    assert before == files(study.parent)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("study/chart/visits.csv", "--export and the input lie in each other"),
        ("study/protocol.yaml", "--export and the input lie in each other"),
        ("out/a.counts", "--out and --export lie in each other"),
        ("letter.txt", "A file of another kind has that name"),
        ("nowhere/a.counts", "There is no such folder"),
    ],
)
def test_counts_of_a_chart_are_written_over_nothing_else(
    project_root: Path, tmp_path: Path, place: str, told: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(project_root / "examples" / "jdm-mmf", tmp_path / "study")
    (tmp_path / "letter.txt").write_text("dear")
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    given = ["run", "study/protocol.yaml", "study/chart.yaml", "--out", "out"]
    assert 1 == main([*given, "--export", place, "--export-for", "own-site"])
    assert told in capsys.readouterr().err
    assert before == files(tmp_path)


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_too_few_cases_to_export_are_told_and_the_report_stands(
    project_root: Path, tmp_path: Path, how: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(project_root / "examples" / "jdm-mmf", tmp_path / "study")
    (tmp_path / "a.counts").write_text("caseseries counts, format 4\n")
    monkeypatch.chdir(tmp_path)
    given = ["run", "study/protocol.yaml", "study/chart.yaml", "--out", "out", *how]
    assert 1 == main([*given, "--export", "a.counts", "--export-for", "network"])
    printed = capsys.readouterr()
    said = " ".join(map(str, json.loads(printed.out)["error"].values())) if how else printed.err
    assert "Fewer than 20 cases are included: too few to tell other sites anything of them." in said
    assert "The report is complete and stands in out. Nothing was exported. Lower the smallest count" in said
    assert how or "Good response: 6 of 8" in printed.out
    assert (tmp_path / "out" / "report.html").exists() and (tmp_path / "out" / "results.json").exists()
    assert "caseseries counts, format 4\n" == (tmp_path / "a.counts").read_text()


@pytest.mark.parametrize("kind", ["letter", "other table", "folder", "link"])
def test_patients_replace_only_patients(study: Path, kind: str, capsys: Capture) -> None:
    place = study.parent / "them.parquet"
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(study.parent / "elsewhere")
    elif kind == "letter":
        place.write_text("dear")
    else:
        parquet(place, "1 AS person_id, 2 AS episode")
    before = files(study.parent)
    where = [str(study / name) for name in ("protocol.yaml", "omop.yaml")]
    out = str(study.parent / "out")
    assert 1 == main(["run", *where, "--out", out, "--patients-out", str(place)])
    assert "A file of another kind stands where the patients should go." in capsys.readouterr().err
    assert before == files(study.parent)
    if kind == "other table":
        parquet(place, "1 AS patient, 2 AS episode, 'yes' AS good_response")
        assert 1 == main(["run", *where, "--out", out, "--patients-out", str(place)])
        assert "person.parquet" in capsys.readouterr().err  # now it comes to the database


def parquet(file: Path, columns: str) -> None:
    with connect(writable=file.parent) as engine:
        engine.run(f"COPY (SELECT {columns}) TO '{file}' (FORMAT parquet)")


LATIN = b"f\xfcr".decode("utf-8", "surrogateescape")


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 are possible on Linux alone")
def test_names_that_are_not_utf8(
    project_root: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a drive written by another system has them: read where that can be, else refused with the name."""
    example = project_root / "examples" / "jdm-mmf"
    study = Path(shutil.copytree(example, tmp_path / LATIN, ignore=shutil.ignore_patterns("results")))
    chart = study / "chart.yaml"
    chart = chart.rename(study / f"{LATIN}.yaml")
    assert 0 == main(["run", str(study / "protocol.yaml"), str(chart), "--out", str(tmp_path / f"out {LATIN}")])
    written = json.loads((tmp_path / f"out {LATIN}" / "run.json").read_text(encoding="utf-8"))
    assert f"{LATIN}.yaml" in written["inputs"]
    (study / "chart" / "visits.csv").rename(study / "chart" / f"{LATIN}.csv")
    assert 1 == main(["new", str(study / "chart"), "--out", str(tmp_path / "new")])
    assert "is not in UTF-8, and cannot stand in chart.yaml" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    monkeypatch.setenv("TMPDIR", str(study))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert 1 == main(
        ["run", str(example / "protocol.yaml"), str(example / "chart.yaml"), "--out", str(tmp_path / "no")]
    )
    said = capsys.readouterr().err
    assert "only where the name is in UTF-8" in said and "set TMPDIR" in said
    assert not (tmp_path / "no").exists() and not list(study.glob("caseseries-*"))


def test_that_another_studys_report_was_replaced_is_said(project_root: Path, tmp_path: Path, capsys: Capture) -> None:
    example = project_root / "examples" / "jdm-mmf"
    other = tmp_path / "other.yaml"
    text = (example / "protocol.yaml").read_text(encoding="utf-8")
    name = next(line for line in text.splitlines() if line.startswith("study: ")).removeprefix("study: ")
    other.write_text(text.replace(f"study: {name}", "study: Another question"), encoding="utf-8")
    said = []
    for protocol in (other, other, example / "protocol.yaml"):
        assert 0 == main(["run", str(protocol), str(example / "chart.yaml"), "--out", str(tmp_path / "out")])
        said.append("stood in" in (err := capsys.readouterr().err))
    assert [False, False, True] == said
    assert f"The report of another study stood in {tmp_path / 'out'} and was replaced: Another question" in err


#: More persons than are shown one by one, each with a pressure before the drug and after it.
PERSONS = range(1, 2002)
CDM = {
    "person": ("person_id,gender_concept_id,year_of_birth", "{n},8532,1980"),
    "observation_period": (
        "observation_period_id,person_id,observation_period_start_date,observation_period_end_date",
        "{n},{n},2018-01-01,2021-12-31",
    ),
    "drug_exposure": (
        "drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date",
        "{n},{n},1125315,2020-01-01,2020-06-30",
    ),
    "measurement": (
        "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id",
        "{n},{n},3004249,2019-12-20,150,8876",
    ),
}
COUNTED = """
study: Pressure
invented: yes
case: {index_date: {first_exposure: acetaminophen, restart_after: 30 days}, per: patient}
drugs: {acetaminophen: {}}
measures: {pressure: {instrument: systolic blood pressure}}
windows: {baseline: {from: -90 days, to: 0 days, take: last}, after: {from: 60 days, to: 120 days, take: last}}
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes: {lower: {at: after, rule: {decrease: pressure, at_least: 10 mmHg}}}
concepts: {acetaminophen: {ids: [1125315]}}
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A finished run of a study that is counted, with its work folder; the words of the command."""
    folder = tmp_path_factory.mktemp("counted")
    (folder / "cdm").mkdir()
    for name, (header, row) in CDM.items():
        rows = "".join(f"{row.format(n=n)}\n" for n in PERSONS)
        (folder / "cdm" / f"{name}.csv").write_text(f"{header}\n{rows}")
    (folder / "omop.yaml").write_text('omop: {cdm: "5.4", from: {csv: cdm}, invented: yes}\n')
    (folder / "protocol.yaml").write_text(COUNTED)
    words = ["run", str(folder / "protocol.yaml"), str(folder / "omop.yaml")]
    assert 0 == main([*words, "--work", str(folder / "work"), "--out", str(folder / "out")])
    return words


@pytest.mark.parametrize(
    ("file", "keep", "blamed"),
    [
        ("plan.json", 0, "plan.json"),
        ("plan.json", 20, "plan.json"),
        ("range-00001.tally", 0, "range-00001.tally"),
        ("range-00001.tally", 100, "range-00001.tally"),
        ("range-00001.parquet", 100, "range-00001.tally"),
    ],
    ids=["an empty plan", "a cut plan", "an empty part", "a cut part", "cut patients"],
)
def test_a_damaged_work_folder_is_a_refusal_with_its_file(
    counted: list[str], tmp_path: Path, capsys: Capture, file: str, keep: int, blamed: str
) -> None:
    work = tmp_path / "work"
    shutil.copytree(Path(counted[1]).parent / "work", work)
    whole = (work / file).read_bytes()
    assert keep < len(whole)
    (work / file).write_bytes(whole[:keep])
    assert 1 == main([*counted, "--work", str(work), "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert "The work folder cannot be gone on from: " in said and "Remove the work folder and run again" in said
    assert f"\n{work / blamed}\n" in said and "Traceback" not in said
    assert not (tmp_path / "out").exists() and whole[:keep] == (work / file).read_bytes()


def test_the_root_of_the_disk_is_no_results_folder(study: Path, capsys: Capture) -> None:
    root = Path(study.anchor)
    before = sorted(root.iterdir())
    assert 1 == main(["run", str(study / "protocol.yaml"), str(study / "omop.yaml"), "--out", str(root)])
    said = capsys.readouterr().err
    assert f"The results folder needs a name of its own.\n{root}\n" in said and "Traceback" not in said
    assert before == sorted(root.iterdir())
