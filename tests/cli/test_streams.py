"""Streams that are closed, full or gone, and signals from the first line on: a study ends as it would otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
CALL = f'"{sys.executable}" -m caseseries'


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command of the shell, which alone can close a stream before the program starts."""
    return subprocess.run(["sh", "-c", command], cwd=cwd, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_report_is_written_whole_whatever_stream_is_closed(tmp_path: Path, closed: str) -> None:
    done = shell(f"{CALL} demo --out report {closed}", tmp_path)
    assert (0, False) == (done.returncode, "Traceback" in done.stderr)
    assert "</html>" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    files = [path for path in (tmp_path / "report").rglob("*") if path.is_file()]
    # Nothing that was printed ended in a file: each holds what run.json says.
    hashes = json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))["files"]
    names = [str(path.relative_to(tmp_path / "report")) for path in files if path.name != "run.json"]
    assert hashes == {name: sha256((tmp_path / "report" / name).read_bytes()).hexdigest() for name in names}


@needs_full
def test_a_full_screen_for_messages_stops_nothing(tmp_path: Path) -> None:
    done = shell(f"{CALL} demo --out report 2>/dev/full", tmp_path)
    assert (0, True) == (done.returncode, "Good response: 6 of 8" in done.stdout)
    assert (tmp_path / "report" / "run.json").exists()
    wrong = shell(f"{CALL} check nothing.yaml nothing.yaml 2>/dev/full", tmp_path)
    assert 1 == wrong.returncode


@needs_full
@pytest.mark.parametrize("command", ["--help", "--version", "run --help", "catalogue prednisone"])
def test_an_answer_that_cannot_be_delivered_is_no_success(tmp_path: Path, command: str) -> None:
    done = shell(f"{CALL} {command} >/dev/full", tmp_path)
    assert (1, False) == (done.returncode, "Traceback" in done.stderr)
    assert "space" in done.stderr


@needs_full
def test_a_full_place_for_the_answer_leaves_the_report(tmp_path: Path) -> None:
    done = shell(f"{CALL} demo --out report >/dev/full", tmp_path)
    assert (1, True) == (done.returncode, (tmp_path / "report" / "run.json").exists())
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_mistake(tmp_path: Path) -> None:
    done = shell(f"{CALL} --help | head -c 5", tmp_path)
    assert ("usage"[:5], "") == (done.stdout, done.stderr)


STARTING = """
import os, signal, sys
import caseseries.cli.start as start
print("loaded", flush=True)
signal.pause()
"""


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_before_the_command_begins(number: signal.Signals, code: int) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", STARTING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert "loaded\n" == program.stdout.readline()
    program.send_signal(number)
    assert ("before anything was begun", code) == (
        program.communicate(timeout=60)[1].strip()[-26:-1],
        program.returncode,
    )


def test_importing_the_package_changes_no_handler() -> None:
    code = (
        "import signal; before = [signal.getsignal(n) for n in (2, 15)]; import caseseries, caseseries.cli.main; "
        "caseseries.Study; print(before == [signal.getsignal(n) for n in (2, 15)])"
    )
    assert "True\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout


LOADED_BEFORE = """
import _signal, sys
before = set(sys.modules)
def first(*handler):
    print(*sorted(set(sys.modules) - before))
    sys.exit()
_signal.signal = first
import caseseries.cli.start
"""


def test_the_handlers_stand_before_anything_of_weight_is_loaded() -> None:
    """Until then Python answers a signal, with a traceback."""
    loaded = subprocess.run([sys.executable, "-c", LOADED_BEFORE], capture_output=True, text=True).stdout.split()
    assert {"caseseries", "caseseries.cli", "caseseries.cli.start"} == set(loaded) - {"__future__"}


ENDED = """
import os, signal, sys
sys.argv = ["caseseries", "schema", "protocol"]
from caseseries.cli.start import main
code = main()
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    os.kill(os.getpid(), number)
sys.exit(code)
"""


def test_a_signal_after_the_end_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True)
    assert (0, "", True) == (done.returncode, done.stderr, done.stdout.startswith("{"))


REPLACED = """
import os, signal, sys
import caseseries.cli.main as main
class Loading:
    @staticmethod
    def run(arguments, screen):
        try:
            os.kill(os.getpid(), int(sys.argv[2]))
            signal.pause()
        except BaseException:
            raise {what}("a library's word for what ended it")
main._module = lambda arguments: Loading
sys.exit(main.main(["schema", "protocol"]))
"""


@pytest.mark.parametrize("what", ["ImportError", "SystemError", "OSError", "MemoryError"])
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_that_a_library_makes_another_error_of(number: signal.Signals, code: int, what: str) -> None:
    """A module that was being loaded, or a call into C, may answer an exception that it did not expect by one of its own."""
    program = [sys.executable, "-c", REPLACED.format(what=what), "-", str(int(number))]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60)
    assert (code, True) == (done.returncode, done.stderr.startswith("Stopped")), done.stderr


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_at_any_time_ends_without_a_traceback(
    project_root: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """From when the program is loaded on; what Python does before that is not ours, and ends by the signal itself."""
    study = [str(project_root / "examples" / "jdm-mmf" / name) for name in ("protocol.yaml", "chart.yaml")]
    loud = "import os, sys; from caseseries.cli.start import main; os.write(1, b'x'); sys.exit(main())"
    ends = set()
    for milliseconds in (0, 5, 20, 40, 80, 150, 300, 600, 1000):
        program = subprocess.Popen(
            [sys.executable, "-c", loud, "run", *study, "--out", "report"], cwd=tmp_path, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert program.stdout is not None
        program.stdout.read(1)
        time.sleep(milliseconds / 1000)
        program.send_signal(number)
        told = program.communicate(timeout=120)[1].decode()
        assert "Traceback" not in told
        ends.add(program.returncode)
        assert program.returncode in (0, code), told
        assert (tmp_path / "report").exists() == (tmp_path / "report" / "run.json").exists()
    assert code in ends
