"""The program as a person starts it: same input, same bytes, whatever the machine's settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLAIN = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
OTHER = {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}


def run(study: Path, out: Path, settings: dict[str, str], *options: str) -> dict[str, bytes]:
    """Every file of the results folder but run.json, which may differ."""
    tool = str(Path(sys.executable).parent / "caseseries")
    words = [tool, "run", str(study / "protocol.yaml"), str(study / "chart.yaml"), "--out", str(out), *options]
    done = subprocess.run(words, env={**os.environ, **settings}, capture_output=True, text=True)
    assert (0, "") == (done.returncode, "".join(line for line in done.stderr.splitlines() if "Error" in line))
    assert "6 of 8" in done.stdout
    found = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    del found["run.json"]
    return found


@pytest.mark.slow
def test_locale_time_zone_hash_seed_and_threads_change_nothing(project_root: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(project_root / "examples" / "jdm-mmf", study)
    first = run(study, tmp_path / "first", PLAIN)
    assert first == run(study, tmp_path / "second", OTHER, "--threads", "1")
    assert len(first) > 20


@pytest.mark.long
def test_no_warning_is_raised_on_the_way(tmp_path: Path) -> None:
    out = tmp_path / "report"
    words = [sys.executable, "-W", "error", "-m", "caseseries", "demo", "--out", str(out)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    assert {"report", "report-study"} == {path.name for path in tmp_path.iterdir()}
