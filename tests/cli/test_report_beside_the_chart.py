"""A report may lie in the folder of the chart's own files, and is never taken for one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from caseseries.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def flat(project_root: Path, tmp_path: Path) -> Path:
    """The example with its files, protocol and description in one folder."""
    folder = tmp_path / "study"
    shutil.copytree(project_root / "examples" / "jdm-mmf" / "chart", folder)
    for name in ("protocol.yaml", "chart.yaml"):
        text = (project_root / "examples" / "jdm-mmf" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("source: chart", "source: ."), encoding="utf-8")
    return folder


def test_a_report_inside_the_source_folder(flat: Path, capsys: Capture) -> None:
    files = [str(flat / "protocol.yaml"), str(flat / "chart.yaml")]
    before = (flat / "patients.csv").read_bytes()
    for _ in range(2):  # the second run replaces the first one's report
        assert 0 == main(["run", *files, "--out", str(flat / "results"), "-q"])
    assert before == (flat / "patients.csv").read_bytes()
    assert 0 == main(["check", *files, "-q"])
    assert "Eligible: 8 of 8" in capsys.readouterr().out


@pytest.mark.parametrize("out", [".", ".."])
def test_a_report_never_replaces_the_chart(flat: Path, out: str, capsys: Capture) -> None:
    files = [str(flat / "protocol.yaml"), str(flat / "chart.yaml")]
    assert 1 == main(["run", *files, "--out", str(flat / out), "-q"])
    assert (flat / "patients.csv").is_file()


def test_the_folder_of_a_report_is_no_source(flat: Path, capsys: Capture) -> None:
    files = [str(flat / "protocol.yaml"), str(flat / "chart.yaml")]
    assert 0 == main(["run", *files, "--out", str(flat / "results"), "-q"])
    text = (flat / "chart.yaml").read_text(encoding="utf-8")
    (flat / "chart.yaml").write_text(text.replace("source: .", "source: results"), encoding="utf-8")
    capsys.readouterr()
    assert 1 == main(["check", *files, "-q"])
    assert "the source is the folder of a report" in capsys.readouterr().err
