"""That outcomes were shown is noted, or said; locks are made one at a time and nothing unreadable is overwritten."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from caseseries.disk.held import held
from caseseries.disk.modes import new_file
from caseseries.errors import CaseSeriesError, ProtocolError
from caseseries.protocol.lock import lock, lock_file, status
from caseseries.protocol.shown import outcomes_shown, record_shown, shown_file, shown_to_this_user, unnoted

DAY, LATER = dt.date(2026, 3, 1), dt.date(2026, 3, 2)


@pytest.fixture
def protocol(project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "study").mkdir()
    return Path(shutil.copy(project_root / "examples" / "jdm-mmf" / "protocol.yaml", tmp_path / "study"))


@pytest.fixture
def unwritable(protocol: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the protocol as one that cannot be written: root may write anywhere, so the write is refused here."""
    from caseseries.disk import whole

    real = whole.new_file

    def refused(path: Path, *, readable: bool = False) -> object:
        if path.parent == protocol.parent:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, readable=readable)

    monkeypatch.setattr(whole, "new_file", refused)
    return protocol


def test_a_note_beside_the_protocol(protocol: Path) -> None:
    assert "beside the protocol" == record_shown(protocol, today=DAY)
    assert (DAY, None) == (outcomes_shown(protocol), shown_to_this_user(protocol))
    assert "after" == lock(protocol, reason="late", today=LATER).outcomes


def test_where_no_note_can_stand_a_later_lock_does_not_know(unwritable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "for this user only" == record_shown(unwritable, today=DAY)
    assert "for this user only" == record_shown(unwritable, today=LATER)
    assert (None, DAY) == (outcomes_shown(unwritable), shown_to_this_user(unwritable))
    monkeypatch.undo()
    monkeypatch.setenv("XDG_STATE_HOME", str(unwritable.parents[1] / "state"))
    assert "not known" == lock(unwritable, reason="later, writable again", today=LATER).outcomes
    assert "is not known" in status(unwritable).words


def test_where_no_note_can_stand_at_all_it_is_said(unwritable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(unwritable / "no folder"))
    assert "nowhere" == record_shown(unwritable, today=DAY)
    assert "it is noted nowhere" in unnoted("nowhere")


def test_a_user_without_a_home_has_no_note(unwritable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    assert ("nowhere", None) == (record_shown(unwritable, today=DAY), shown_to_this_user(unwritable))
    monkeypatch.setattr("caseseries.disk.whole.new_file", new_file)
    assert "before" == lock(unwritable, reason="in a container", today=DAY).outcomes


def test_a_run_says_that_it_could_not_note_it_and_so_does_its_report(
    project_root: Path, unwritable: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from caseseries.cli.main import main

    chart = tmp_path / "chart"
    shutil.copytree(project_root / "examples" / "jdm-mmf" / "chart", chart / "chart")
    written = (project_root / "examples" / "jdm-mmf" / "chart.yaml").read_text(encoding="utf-8")
    assert "invented: yes" in written
    (chart / "chart.yaml").write_text(written.replace("invented: yes", "invented: no"), encoding="utf-8")
    study = unwritable.read_text(encoding="utf-8").replace("invented: yes", "invented: no")
    unwritable.write_text(study, encoding="utf-8")
    assert 0 == main(["run", str(unwritable), str(chart / "chart.yaml"), "--out", str(tmp_path / "report")])
    assert "could not be noted beside the protocol" in capsys.readouterr().err
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "could not be noted beside the protocol" in page


LOCKING = """
import datetime, sys
from caseseries.protocol.lock import lock
from caseseries.errors import CaseSeriesError
try:
    lock(sys.argv[1], reason=sys.argv[2], today=datetime.date(2026, 3, 1))
    print("locked")
except CaseSeriesError as error:
    print(error.what)
"""


def test_of_several_locks_at_once_one_is_made(protocol: Path) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", LOCKING, str(protocol), f"reason {n}"], stdout=subprocess.PIPE, text=True
        )
        for n in range(4)
    ]
    said = [program.communicate(timeout=120)[0].strip() for program in programs]
    assert 1 == said.count("locked"), said
    assert 1 == len(json.loads(lock_file(protocol).read_text(encoding="utf-8"))["locks"])
    assert all(one == "locked" or "locked already" in one or "being written" in one for one in said), said


def test_a_lock_that_is_being_made_names_its_file_and_what_to_do(protocol: Path) -> None:
    place = lock_file(protocol).with_name(f".{lock_file(protocol).name}.held")
    with held(place), pytest.raises(CaseSeriesError) as wrong:
        lock(protocol, reason="x", today=DAY)
    assert (f"process {os.getpid()}", place.name) == (
        wrong.value.what.split(" by ")[1][:-1],
        wrong.value.where.split()[2][:-1],
    )
    assert "Run the command again" in wrong.value.do


@pytest.mark.parametrize("locks", ["{}", "[]", "null", '"none"', "0"])
def test_a_lock_file_without_a_lock_is_refused_and_not_overwritten(protocol: Path, locks: str) -> None:
    text = '{"schema": "caseseries.lock/1", "locks": ' + locks + "}"
    lock_file(protocol).write_text(text, encoding="utf-8")
    for call in (lambda: lock(protocol, reason="x", today=DAY), lambda: status(protocol)):
        with pytest.raises(ProtocolError, match="it holds no lock"):
            call()
    assert text == lock_file(protocol).read_text(encoding="utf-8")


def test_a_shown_note_that_cannot_be_read_is_refused(protocol: Path) -> None:
    shown_file(protocol).write_text('{"schema": "caseseries.shown/1"}', encoding="utf-8")
    with pytest.raises(ProtocolError, match="holds no date"):
        outcomes_shown(protocol)
