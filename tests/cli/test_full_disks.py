"""A disk without room: what exists is said, and what was begun is removed."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from caseseries.cli.commands import demo
from caseseries.cli.commands import run as run_command
from caseseries.cli.main import main
from caseseries.errors import OutputError
from caseseries.invent import write
from caseseries.stats.tally import Tally
from caseseries.study.work import Range, Work

Capture = pytest.CaptureFixture[str]
FULL = OSError(errno.ENOSPC, "No space left on device")


def full(*arguments: object, **more: object) -> NoReturn:
    raise FULL


def test_the_report_stands_where_the_counts_cannot_be_written(
    project_root: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(project_root / "examples" / "omop-demo", tmp_path / "s", ignore=shutil.ignore_patterns("cdm"))
    write(tmp_path / "s" / "cdm", patients=300)

    def unwritten(path: Path, text: str) -> NoReturn:
        raise OutputError(
            "The file could not be written: No space left on device.", where=str(path), do="Nothing was changed."
        )

    monkeypatch.setattr(run_command, "write_text", unwritten)
    files = [str(tmp_path / "s" / "protocol.yaml"), str(tmp_path / "s" / "omop.yaml")]
    out, counts = tmp_path / "results", tmp_path / "site.counts"
    assert 1 == main(["run", *files, "--out", str(out), "--export", str(counts), "--export-for", "own-site"])
    said = capsys.readouterr().err
    assert f"The report is complete and stands in {out}." in said and "Nothing was changed" not in said
    assert (out / "report.html").exists() and not counts.exists()


def test_demo_leaves_no_study_that_was_begun(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwritten(*arguments: object, **more: object) -> NoReturn:
        raise OutputError("The database cannot be written.", do="Free disk space, or choose another folder.")

    monkeypatch.setattr("caseseries.invent.write", unwritten)
    assert 1 == main(["demo", "--omop", "--out", str(tmp_path / "d")])
    assert (
        f"{tmp_path / 'd-study' / 'cdm'}\nFree disk space, or choose another folder. Nothing is left"
        in capsys.readouterr().err
    )
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("omop", [[], ["--omop"]])
def test_demo_leaves_no_copy_that_was_begun(
    omop: list[str], tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(source: Path, copy: Path, **more: object) -> NoReturn:
        copy.mkdir()
        raise FULL

    monkeypatch.setattr(demo.shutil, "copytree", half)
    assert 1 == main(["demo", *omop, "--out", str(tmp_path / "d")])
    said = capsys.readouterr().err
    assert "The study's files could not be copied: No space left on device." in said
    assert not (tmp_path / "d-study").exists()
    assert omop or ("The report is complete" in said and (tmp_path / "d" / "report.html").exists())


def test_demo_refuses_the_folder_of_another_study(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "d-study").mkdir()
    (tmp_path / "d-study" / "chart.yaml").write_text("")
    assert 1 == main(["demo", "--omop", "--out", str(tmp_path / "d")])
    assert "holds no study of a database" in capsys.readouterr().err
    assert ["chart.yaml"] == [path.name for path in (tmp_path / "d-study").iterdir()]


def test_a_full_work_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(tmp_path, kept=True)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="The work folder cannot be written: No space left on device") as wrong:
        work.claim({"protocol": "a"}, [Range(1, None, None)])
    assert str(tmp_path) == wrong.value.where
    work.unfinished_parquet(Range(1, None, None)).touch()
    with pytest.raises(OutputError, match="The work folder cannot be written"):
        work.finish(Range(1, None, None), Tally())


def test_a_folder_for_temporary_files_that_is_not_there_is_refused(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    assert 1 == main(["demo", "--out", str(tmp_path / "d")])
    said = capsys.readouterr().err
    assert f"No such file or directory.\nTMPDIR={tmp_path / 'nowhere'}\nFree space there, or set TMPDIR" in said
    assert not (tmp_path / "d").exists()
    assert 0 == main(["schema", "protocol"])
