"""The results folder is complete or absent, and never destroys what no run wrote."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from caseseries.disk.held import held
from caseseries.errors import OutputError
from caseseries.report import bundle, refuse


def with_run(**files: bytes) -> dict[str, bytes]:
    """Files and the run.json that lists them, as a run writes it."""
    named = {name.replace("__", "/").replace("_", "."): data for name, data in files.items()}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in named.items()}
    return {**named, "run.json": json.dumps({"schema": "caseseries.run/1", "files": hashes}).encode()}


OLD = with_run(report_html=b"old", tables__1_csv=b"old")
NEW = with_run(report_html=b"new", figures__1_svg=b"new", patients_csv=b"new")


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
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdin is not None and other.stdout is not None
    assert b"held\n" == other.stdout.readline()
    with pytest.raises(OutputError, match=rf"process {other.pid}\.[^$]*\.results\.caseseries\.lock"):
        bundle.write_folder(out, NEW)
    assert not out.exists() and lock.exists()
    other.communicate(b"\n", timeout=60)
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


def test_the_number_of_a_dead_run_that_another_program_has_now_stops_nobody(out: Path) -> None:
    out.with_name(".results.caseseries.lock").write_text(f"{os.getppid()}\n")
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


def test_while_a_run_is_between_its_renames_another_puts_nothing_back(out: Path) -> None:
    bundle.write_folder(out, OLD)
    out.rename(out.with_name(".results.caseseries-old"))
    with held(out.with_name(".results.caseseries.lock")):
        refuse(out)
    assert not out.exists()


def test_a_report_that_lost_a_file_is_never_put_back(out: Path) -> None:
    bundle.write_folder(out, OLD)
    (out / "tables" / "1.csv").unlink()
    out.rename(out.with_name(".results.caseseries-old"))
    refuse(out)
    assert not out.exists()
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("notes.docx", "notes.docx"),
        ("tables/mine.csv", "tables/mine.csv"),
        ("mine/a.txt", "mine/"),
        ("report.html", "report.html"),
    ],
)
def test_a_file_of_the_users_in_an_earlier_report_is_not_replaced(out: Path, name: str, named: str) -> None:
    bundle.write_folder(out, OLD)
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("my own words")
    for refused in (lambda: refuse(out), lambda: bundle.write_folder(out, NEW)):
        with pytest.raises(OutputError, match="not as an earlier run wrote them") as wrong:
            refused()
        assert named in wrong.value.where
    assert "my own words" == (out / name).read_text()


def test_what_a_system_leaves_in_a_folder_and_what_the_user_removed_stop_nothing(out: Path) -> None:
    bundle.write_folder(out, OLD)
    (out / ".DS_Store").write_text("x")
    (out / "tables" / "1.csv").unlink()
    bundle.write_folder(out, NEW)
    assert NEW == content(out)


@pytest.mark.parametrize(("place", "why"), [("/", "name of its own"), (".", "lie in each other")])
def test_a_folder_without_a_name_of_its_own_is_refused(
    place: str, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for refused in (lambda: refuse(Path(place), inputs=[tmp_path / "x.xlsx"]),
                    lambda: bundle.write_folder(Path(place), NEW, inputs=[tmp_path / "x.xlsx"])):  # fmt: skip
        with pytest.raises(OutputError, match=why):
            refused()


def modes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder.parent)): oct(path.stat().st_mode & 0o777) for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize(("readable", "file", "folder"), [(False, "0o600", "0o700"), (True, "0o644", "0o755")])
def test_a_report_is_its_owners_alone_unless_the_user_says_otherwise(
    out: Path, umask: int, readable: bool, file: str, folder: str
) -> None:
    before = os.umask(umask)
    try:
        bundle.write_folder(out, NEW, readable=readable)
    finally:
        os.umask(before)
    assert {
        "results": folder, "results/figures": folder, "results/report.html": file, "results/figures/1.svg": file,
        "results/run.json": file, "results/patients.csv": "0o600",
    } == modes(out)  # fmt: skip


def test_ctrl_c_while_an_earlier_report_is_removed_leaves_nothing_hidden(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle.write_folder(out, OLD)
    real, calls = shutil.rmtree, []

    def interrupted(*args: Any, **named: Any) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise KeyboardInterrupt
        real(*args, **named)

    monkeypatch.setattr(bundle.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


def test_a_lock_without_a_process_is_taken_over(out: Path) -> None:
    out.with_name(".results.caseseries.lock").write_text("")
    bundle.write_folder(out, NEW)
    assert (NEW, []) == (content(out), beside(out))


CALLS = ("open", "fsync", "mkdir", "replace")


def test_a_name_beside_which_nothing_can_stand_is_refused_before_any_work(out: Path) -> None:
    refuse(out.parent / ("a" * 200))
    for length in (230, 255, 300):
        with pytest.raises(OutputError, match="name of the results folder is too long"):
            refuse(out.parent / ("a" * length))


def test_a_lock_that_another_user_left_is_named(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = out.parent / ".results.caseseries.lock"
    lock.write_text("4711\n")
    real = os.open

    def denied(path: Any, *more: Any, **named: Any) -> int:
        if Path(path) == lock:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *more, **named)

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(OutputError, match="A run of another user is writing") as wrong:
        bundle.write_folder(out, NEW)
    assert lock.name in wrong.value.where


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


HOLD = """
import sys
from pathlib import Path
from caseseries.disk.held import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

KILL = """
import json, os, signal, sys
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
for name in ("open", "fsync", "mkdir", "unlink", "rmdir"):
    setattr(os, name, counting(getattr(os, name)))
Path.replace = counting(Path.replace)
bundle.write_folder(Path(sys.argv[1]), {name: bytes.fromhex(data) for name, data in json.loads(sys.argv[3]).items()})
"""


@pytest.mark.long
def test_killed_at_any_call_the_next_run_finds_before_or_after(out: Path) -> None:
    new = json.dumps({name: data.hex() for name, data in NEW.items()})
    for calls in range(1, 90):
        bundle.write_folder(out, OLD)
        command = [sys.executable, "-c", KILL, str(out), str(calls), new]
        done = subprocess.run(command, capture_output=True, check=False)
        refuse(out)  # puts back what was left between the renames
        assert content(out) in (OLD, NEW), calls
        bundle.write_folder(out, NEW)
        assert (NEW, []) == (content(out), beside(out)), calls
        if done.returncode == 0:
            return
    pytest.fail("the run makes more calls than were tried")
