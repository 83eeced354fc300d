"""The results folder is complete or absent, and never destroys what no run wrote."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from caseseries.errors import OutputError
from caseseries.report import bundle, refuse

RUN = b'{"schema": "caseseries.run/1"}'
OLD = {"report.html": b"old", "tables/1.csv": b"old", "run.json": RUN}
NEW = {"report.html": b"new", "figures/1.svg": b"new", "patients.csv": b"new", "run.json": RUN}


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path.name != folder.name)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    place = tmp_path / "home" / "results"
    place.parent.mkdir()
    return place


def test_an_earlier_run_is_replaced_as_a_whole(out: Path) -> None:
    bundle.write_folder(out, OLD)
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


def test_an_empty_folder_is_taken(out: Path) -> None:
    out.mkdir()
    bundle.write_folder(out, NEW)
    assert NEW == content(out)


@pytest.mark.parametrize("name", ["thesis.docx", "run.json", ".hidden"])
def test_a_folder_that_no_run_wrote_is_refused(out: Path, name: str) -> None:
    out.mkdir()
    (out / name).write_text('{"schema": "somebody else"}')
    with pytest.raises(OutputError, match="no earlier run wrote"):
        bundle.write_folder(out, NEW)
    assert {name: b'{"schema": "somebody else"}'} == content(out)


def test_a_file_in_its_place_is_refused(out: Path) -> None:
    out.write_text("x")
    with pytest.raises(OutputError, match="A file stands"):
        refuse(out)


def test_a_symlink_is_refused_even_to_an_earlier_run(out: Path) -> None:
    bundle.write_folder(out.with_name("real"), OLD)
    out.symlink_to(out.with_name("real"))
    with pytest.raises(OutputError, match="symlink"):
        refuse(out)


def test_no_parent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        refuse(tmp_path / "no" / "results")


def test_a_read_only_parent_is_refused(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere, so the answer is given here
    with pytest.raises(OutputError, match="read-only"):
        refuse(out)


@pytest.mark.parametrize("place", ["chart", "chart/results", "."])
def test_inside_or_around_an_input_folder_is_refused(out: Path, place: str) -> None:
    chart = out.parent / "chart"
    chart.mkdir()
    (chart / "visits.csv").write_text("x")
    with pytest.raises(OutputError, match="lie in each other"):
        refuse(out.parent / place if place != "." else out.parent, inputs=[chart])


def test_beside_the_input_file_is_fine(out: Path) -> None:
    chart = out.parent / "chart.xlsx"
    chart.write_text("x")
    refuse(out, inputs=[chart])


def test_leftovers_of_a_killed_run_are_cleared(out: Path) -> None:
    (out.parent / ".results.caseseries-new-99999").mkdir()
    (out.parent / ".results.caseseries-new-99999" / "half.html").write_text("x")
    (out.parent / ".results.caseseries.lock").write_text("999999999")
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


def test_an_earlier_run_left_between_the_renames_comes_back(out: Path) -> None:
    bundle.write_folder(out, OLD)
    out.rename(out.with_name(".results.caseseries-old"))
    refuse(out)
    assert (OLD, []) == (content(out), beside(out))


def test_two_runs_do_not_write_one_folder(out: Path) -> None:
    lock = out.with_name(".results.caseseries.lock")
    lock.write_text(str(os.getppid()))
    with pytest.raises(OutputError, match=f"process {os.getppid()}"):
        bundle.write_folder(out, NEW)
    assert not out.exists() and lock.exists()


def test_a_lock_without_a_process_is_taken_over(out: Path) -> None:
    out.with_name(".results.caseseries.lock").write_text("")
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


CALLS = ("open", "fsync", "mkdir", "replace")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("earlier", [False, True])
def test_a_fault_at_any_call_leaves_before_or_after(
    out: Path, monkeypatch: pytest.MonkeyPatch, call: str, earlier: bool
) -> None:
    before = OLD if earlier else None
    for failing in range(1, 60):
        if earlier:
            bundle.write_folder(out, OLD)
        counted = {"n": 0}
        owner: Any = Path if call == "replace" else os
        real = getattr(owner, call)

        def faulty(
            *args: Any, _failing: int = failing, _counted: dict[str, int] = counted, _real: Any = real, **named: Any
        ) -> Any:
            _counted["n"] += 1
            if _counted["n"] == _failing:
                raise OSError(errno.ENOSPC, "No space left on device", "disk")
            return _real(*args, **named)

        with monkeypatch.context() as patched:
            patched.setattr(owner, call, faulty)
            try:
                bundle.write_folder(out, NEW)
                failed = False
            except OutputError as error:
                failed = True
                assert "No space left on device" in str(error)
        found = content(out) if out.exists() else None
        assert found == (before if failed else NEW), (call, failing)
        assert all(name.startswith(".results.caseseries") for name in beside(out)), (call, failing)
        if counted["n"] < failing:
            assert not failed
            return
        bundle.write_folder(out, NEW)  # clears whatever could not be removed
        assert (NEW, []) == (content(out), beside(out)), (call, failing)
        if not earlier:
            shutil.rmtree(out)
    pytest.fail(f"{call} is called more often than was tried")


KILL = """
import os, signal, sys
from pathlib import Path
from caseseries.report import bundle
left = int(sys.argv[2])
def counting(real):
    def call(*args, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)
    return call
os.open, os.fsync, os.mkdir, Path.replace = map(counting, (os.open, os.fsync, os.mkdir, Path.replace))
new = {"report.html": b"new", "figures/1.svg": b"new", "patients.csv": b"new", "run.json": b'{"schema": "caseseries.run/1"}'}
bundle.write_folder(Path(sys.argv[1]), new)
"""


@pytest.mark.slow
def test_killed_at_any_call_the_next_run_finds_before_or_after(out: Path) -> None:
    for calls in range(1, 60):
        bundle.write_folder(out, OLD)
        done = subprocess.run([sys.executable, "-c", KILL, str(out), str(calls)], capture_output=True, check=False)
        refuse(out)  # puts back what was left between the renames
        assert content(out) in (OLD, NEW), calls
        bundle.write_folder(out, NEW)
        assert (NEW, []) == (content(out), beside(out)), calls
        if done.returncode == 0:
            return
    pytest.fail("the run makes more calls than were tried")
