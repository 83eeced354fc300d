"""`caseseries lock`: fixed once, with a reason; later changes show."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from caseseries.cli.main import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def protocol(project_root: Path, tmp_path: Path) -> Path:
    """The example's protocol with every choice made."""
    file = tmp_path / "protocol.yaml"
    shutil.copy(project_root / "examples" / "jdm-mmf" / "protocol.yaml", file)
    return file


def test_lock_and_status(protocol: Path, capsys: Capture) -> None:
    assert 0 == main(["lock", str(protocol), "--status"])
    assert "Not locked." in capsys.readouterr().out
    assert 0 == main(["lock", str(protocol), "--reason", "before the charts were read"])
    printed = capsys.readouterr().out
    assert "before this software showed outcomes" in printed
    assert "prespecified" not in printed
    assert 0 == main(["lock", str(protocol), "--status"])
    assert "As it was locked." in capsys.readouterr().out


def test_a_change_after_the_lock_shows_and_ends_with_1(protocol: Path, capsys: Capture) -> None:
    assert 0 == main(["lock", str(protocol), "--reason", "first"])
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(text.replace("more_than: 15 % of baseline", "more_than: 10 % of baseline"), encoding="utf-8")
    capsys.readouterr()
    assert 1 == main(["lock", str(protocol), "--status", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ("changed since", False) == (told["state"], told["ok"])
    assert any("15 % of baseline → 10 % of baseline" in line for line in told["deviations"])


@pytest.mark.parametrize("words", [[], ["--reason", "x", "--status"], ["--reason", " "]])
def test_a_lock_needs_a_reason(words: list[str], protocol: Path, capsys: Capture) -> None:
    assert 1 == main(["lock", str(protocol), *words])
    assert "eason" in capsys.readouterr().err
    assert [protocol.name] == [path.name for path in protocol.parent.iterdir()]


def test_the_report_says_when_the_protocol_was_fixed(protocol: Path, project_root: Path) -> None:
    from caseseries.study import Study

    main(["lock", str(protocol), "--reason", "before"])
    locked = Study.load(protocol)
    assert "before this software showed outcomes" in locked.locked
    summary = locked.run(project_root / "examples" / "jdm-mmf" / "chart.yaml").summary
    assert locked.locked == summary.locked
    assert not protocol.with_suffix(".shown.json").exists()  # invented rows are nobody's outcomes
