"""`caseseries new`: files to start from, and nothing overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from caseseries.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def example(project_root: Path) -> Path:
    return project_root / "examples" / "jdm-mmf"


@pytest.mark.parametrize("source", ["chart", "chart.xlsx", None])
def test_both_files_are_written_and_say_what_is_to_decide(
    source: str | None, example: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "study"
    assert 0 == main(["new", *([str(example / source)] if source else []), "--out", str(out)])
    assert {"protocol.yaml", "chart.yaml"} == {path.name for path in out.iterdir()}
    assert "caseseries check" in capsys.readouterr().err
    assert 1 == main(["check", str(out / "protocol.yaml")])
    assert "TO DECIDE" in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "chart.yaml").write_text("mine", encoding="utf-8")
    assert 1 == main(["new", "--out", str(tmp_path)])
    assert "exists already" in capsys.readouterr().err
    assert ["chart.yaml"] == [path.name for path in tmp_path.iterdir()]


def test_an_empty_workbook_for_a_protocol(example: Path, tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "empty.xlsx"
    command = ["new", "--template", str(target), "--protocol", str(example / "protocol.yaml"), "--json"]
    assert 0 == main(command)
    told = json.loads(capsys.readouterr().out)
    assert str(target) == told["template"]
    assert Path(told["chart"]).is_file()
    assert len(openpyxl.load_workbook(target).sheetnames) > 2
    assert 1 == main(command)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Add --out FOLDER"),
        (["--template", "empty.xlsx"], "--protocol protocol.yaml"),
        (["--template", "empty.csv", "--protocol", "p.yaml"], ".xlsx"),
        (["no-such.xlsx", "--out", "study"], "no-such.xlsx"),
    ],
)
def test_what_cannot_be_made(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: Path, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_bytes((example / "protocol.yaml").read_bytes())
    assert 1 == main(["new", *words])
    assert said in capsys.readouterr().err
    assert ["p.yaml"] == [path.name for path in tmp_path.iterdir()]
