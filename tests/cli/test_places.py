"""Where a run on a database may write: refused before any work, and nothing that is there is lost."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from caseseries.cli.main import main
from caseseries.engine.connection import connect

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
        ["--export", "study/cdm/a.counts", "--audience", "own-site"],
        ["--export", "same", "--audience", "own-site", "--patients-out", "same"],
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
