"""What lies on disk: held by one process, cleared when its process is gone, whole, and its owner's alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from caseseries.disk.held import Held, held, is_held
from caseseries.disk.modes import make_folder, new_file
from caseseries.disk.scratch import clear_dead, make_scratch, remove_scratch
from caseseries.disk.whole import write_new, write_whole

ANOTHER = """
import sys, time
from caseseries.disk.scratch import make_scratch
folder = make_scratch("work")
(folder / "patients.parquet").write_text("a patient")
print(folder, flush=True)
time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def another_process(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    env = {**os.environ, "TMPDIR": str(folder)}
    program = subprocess.Popen([sys.executable, "-c", ANOTHER], stdout=subprocess.PIPE, text=True, env=env)
    assert program.stdout is not None
    return program, Path(program.stdout.readline().strip())


def test_what_a_killed_process_left_is_removed_at_the_next_start(temporary: Path) -> None:
    program, folder = another_process(temporary)
    clear_dead()
    assert (folder / "patients.parquet").exists()  # it lives
    program.send_signal(signal.SIGKILL)
    program.communicate(timeout=60)
    assert folder.exists()
    own = make_scratch("spill")
    assert [own.name] == [path.name for path in temporary.iterdir()]
    remove_scratch(own)
    assert [] == list(temporary.iterdir())


def test_a_folder_that_is_being_made_or_is_not_ours_stays(temporary: Path) -> None:
    new = temporary / "caseseries-work-abc"
    old = temporary / "caseseries-spill-abc"
    for folder in (new, old):
        folder.mkdir()
    (temporary / "caseseries-crash-abc.txt").write_text("a crash report")
    (temporary / "caseseries-link-abc").symlink_to(temporary / "elsewhere")
    os.utime(old, (1, 1))
    clear_dead()
    assert ["caseseries-crash-abc.txt", "caseseries-link-abc", "caseseries-work-abc"] == sorted(
        path.name for path in temporary.iterdir()
    )


def test_a_folder_of_another_user_stays_however_dead_its_process(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, folder = another_process(temporary)
    program.kill()
    program.communicate(timeout=60)
    old = temporary / "caseseries-spill-abc"
    old.mkdir()
    os.utime(old, (1, 1))
    me = os.getuid()
    with monkeypatch.context() as patched:
        if me == 0:
            for one in (folder, old):
                os.chown(one, 65534, -1)
        else:  # only the system's owner gives a folder away: to us they are somebody else's
            patched.setattr(os, "getuid", lambda: me + 1)
        clear_dead()
    assert {folder.name, old.name} == {path.name for path in temporary.iterdir()}
    if me == 0:
        for one in (folder, old):
            os.chown(one, me, -1)
        os.utime(old, (1, 1))
    assert (folder / "patients.parquet").exists()
    clear_dead()
    assert [] == list(temporary.iterdir())


@pytest.mark.slow
def test_a_run_that_was_killed_leaves_a_folder_that_the_next_start_of_the_program_clears(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory, project_root: Path
) -> None:
    study = tmp_path_factory.mktemp("study") / "jdm-mmf"
    shutil.copytree(project_root / "examples" / "jdm-mmf", study)
    words = [str(study / "protocol.yaml"), str(study / "chart.yaml")]
    env = {**os.environ, "TMPDIR": str(temporary)}
    run = [sys.executable, "-m", "caseseries", "run", *words, "--out", str(study / "out")]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as program:
        try:
            while program.poll() is None and not list(temporary.glob("caseseries-*/.alive")):
                time.sleep(0.005)
        finally:
            program.kill()
    assert -signal.SIGKILL == program.returncode  # it was at work
    left = [path.name for path in temporary.iterdir()]
    assert ["caseseries-spill-"] == [name[: len("caseseries-spill-")] for name in left]
    check = [sys.executable, "-m", "caseseries", "check", *words]
    subprocess.run(check, env=env, check=True, capture_output=True, timeout=60)
    assert [] == list(temporary.iterdir())
    assert not (study / "out").exists()


def test_a_scratch_folder_is_its_owners_alone(temporary: Path) -> None:
    before = os.umask(0)
    try:
        folder = make_scratch("work")
    finally:
        os.umask(before)
    assert [0o700, 0o600] == [path.stat().st_mode & 0o777 for path in (folder, folder / ".alive")]
    remove_scratch(folder)


def test_a_file_is_held_by_one_and_let_go_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "held"
    with held(file):
        assert is_held(file)
        with pytest.raises(Held) as other, held(file):
            pass
        assert os.getpid() == other.value.process
    assert (False, False) == (is_held(file), file.exists())


def test_a_file_that_somebody_wrote_is_no_hold(tmp_path: Path) -> None:
    file = tmp_path / "held"
    file.write_text("1\n")
    with held(file):
        assert f"{os.getpid()}\n" == file.read_text()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_folders_above_have_the_mode_too(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_folder(tmp_path / "a" / "b")
        make_folder(tmp_path / "a" / "c" / "d", readable=True)
        make_folder(tmp_path / "a" / "b", exist_ok=True, readable=True)
    finally:
        os.umask(before)
    names = ("a", "a/b", "a/c", "a/c/d")
    assert [0o700, 0o700, 0o755, 0o755] == [(tmp_path / name).stat().st_mode & 0o777 for name in names]
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "a")


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_a_file_has_the_mode_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        new_file(tmp_path / "own").close()
        new_file(tmp_path / "shown", readable=True).close()
    finally:
        os.umask(before)
    assert [0o600, 0o644] == [(tmp_path / name).stat().st_mode & 0o777 for name in ("own", "shown")]


def test_files_that_belong_together_are_all_there_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {tmp_path / "protocol.yaml": b"one", tmp_path / "chart.yaml": b"two"}
    real, written = os.fsync, []

    def full_at_the_second(handle: int) -> None:
        written.append(handle)
        if len(written) == 3:  # a file, its folder, a file
            raise OSError(28, "No space left on device")
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_at_the_second)
        with pytest.raises(OSError, match="No space"):
            write_new(files)
    assert [] == list(tmp_path.iterdir())
    write_new(files)
    assert files == {path: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plan.json"
    write_whole(file, "first")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            write_whole(file, "second")
    assert ("first", [file]) == (file.read_text(), list(tmp_path.iterdir()))
    write_whole(file, "second")
    assert ("second", 0o600) == (file.read_text(), file.stat().st_mode & 0o777)
