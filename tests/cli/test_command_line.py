"""Every way in and every way out of the command line, without a study."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from caseseries import __version__
from caseseries.cli import main as entry
from caseseries.cli.arguments import parser
from caseseries.cli.main import main
from caseseries.cli.screen import Screen
from caseseries.errors import CaseSeriesError, Disagreement, Place, Problem, ProtocolError

SECRET = "secret-cell-4711"


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(action.choices)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make every command raise this."""

    def install(error: BaseException) -> None:
        def command(arguments: argparse.Namespace, screen: Screen) -> int:
            raise error

        monkeypatch.setattr(entry, "_command", command)

    return install


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--version"])
    assert f"caseseries {__version__}\n" == capsys.readouterr().out


def test_help_of_the_program_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(["--help"])
    printed = capsys.readouterr().out
    assert [] == [name for name in commands() if f"\n    {name} " not in printed]


@pytest.mark.parametrize("name", sorted(commands()))
def test_help_of_each_command_has_examples_that_are_understood(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    import shlex

    assert 0 == main([name, "--help"])
    examples = [line.strip() for line in capsys.readouterr().out.split("examples:\n")[1].splitlines()]
    assert examples
    for example in examples:
        words = shlex.split(example.split(" > ")[0])
        assert "caseseries" == words[0]
        assert name == parser().parse_args(words[1:]).command


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "arguments are required: COMMAND"),
        (["rnu"], "did you mean 'run'?"),
        (["run", "protocol.yaml"], "arguments are required: CHART"),
        (["run", "a", "b", "--thread", "2"], "unrecognized arguments: --thread 2"),
        (["run", "a", "b", "--threads", "0"], "a whole number from 1 to 1024 is expected"),
        (["run", "a", "b", "--memory-limit", "lots"], "a size with its unit is expected"),
        (["schema", "protocl"], "did you mean 'protocol'?"),
    ],
)
def test_what_is_not_understood_ends_with_2(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == main(argv)
    printed = capsys.readouterr()
    assert "" == printed.out
    assert said in printed.err
    assert "--help" in printed.err


def test_the_manual_names_every_command_and_option(project_root: Path) -> None:
    manual = (project_root / "docs" / "cli.md").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0].strip("` "): part for part in manual.split("\n## ")[1:]}
    shared = sections["Options of every command"]
    missing = []
    for name, command in commands().items():
        section = sections.get(f"caseseries {name}", "")
        if not section:
            missing.append(name)
        for action in command._actions:
            for option in action.option_strings or [action.metavar or action.dest]:
                if f"`{option}" not in section + shared:
                    missing.append(f"{name} {option}")
    assert [] == missing


def test_the_manual_names_every_exit_code(project_root: Path) -> None:
    manual = (project_root / "docs" / "cli.md").read_text(encoding="utf-8")
    codes = (entry.DONE, entry.MISTAKE, entry.USAGE, entry.DEFECT, entry.HUNG_UP, entry.INTERRUPTED, entry.TERMINATED)
    assert [] == [code for code in codes if f"| {code} |" not in manual]


def test_a_mistake_ends_with_1_and_four_lines_at_most(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(CaseSeriesError("The folder is not empty.", where="results", do="Give another --out."))
    assert 1 == main(["run", "p", "c"])
    assert "The folder is not empty.\nresults\nGive another --out.\n" == capsys.readouterr().err


PRIVATE = ProtocolError(
    "Two cells cannot be read.",
    [
        Problem(
            "not a number", Place("visits.csv", row=3, column="mmt"), SECRET, "0 to 80", "correct it", private=True
        ),
        Problem("not a take rule", Place("protocol.yaml", line=9), "nearst", "nearest, last"),
    ],
)


def test_chart_cells_are_not_shown_off_a_terminal(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(PRIVATE)
    assert 1 == main(["check", "p"])
    printed = capsys.readouterr().err
    assert SECRET not in printed
    assert "visits.csv, row 3, column mmt: not a number (allowed: 0 to 80). Correct it." in printed
    assert "found 'nearst'" in printed
    assert "--values shows it" in printed


def test_chart_cells_are_shown_when_asked_for(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(PRIVATE)
    assert 1 == main(["check", "p", "--values"])
    assert f"found '{SECRET}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("terminal", "flags", "shown"), [(True, [], True), (True, ["--no-values"], False), (False, [], False)]
)
def test_values_stand_on_a_terminal_only(
    terminal: bool,
    flags: list[str],
    shown: bool,
    failing: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(PRIVATE)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    main(["check", "p", *flags])
    assert shown == (SECRET in capsys.readouterr().err)


def test_json_in_a_pipe_holds_no_values_even_beside_a_terminal(
    failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(PRIVATE)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main(["check", "p", "--json"])
    assert SECRET not in capsys.readouterr().out


def test_a_disagreement_is_a_defect(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(Disagreement("The stages and the reference gave different answers.", where="verdicts: 1 of 8"))
    assert 70 == main(["run", "p", "c"])
    assert "1 of 8" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "found"), [([], None), (["--values"], SECRET)])
def test_json_lists_every_problem(
    flags: list[str], found: str | None, failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(PRIVATE)
    assert 1 == main(["check", "p", "--json", *flags])
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    assert "" == printed.err
    assert ("caseseries.cli/1", "check", False) == (answer["schema"], answer["command"], answer["ok"])
    first, second = answer["problems"]
    assert {"file": "visits.csv", "row": 3, "column": "mmt"} == first["place"]
    assert found == first["found"]
    assert "nearst" == second["found"]


def test_a_long_list_is_cut_and_says_so(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ProtocolError("Much is wrong.", [Problem(f"mistake {number}") for number in range(60)]))
    main(["check", "p"])
    printed = capsys.readouterr().err
    assert "mistake 49" in printed and "mistake 50" not in printed
    assert "and 10 more" in printed


def test_a_cell_cannot_steer_the_terminal(
    failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ProtocolError("\x1b[2Jbad \u202ename", [Problem("x\x07")]))
    main(["check", "p"])
    printed = capsys.readouterr().err
    assert [] == [letter for letter in "\x1b\x07\u202e" if letter in printed]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyboardInterrupt(), 130),
        (MemoryError(), 1),
        (PermissionError(13, "denied", "f"), 1),
    ],
)
def test_ways_to_stop(
    error: BaseException, code: int, failing: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(error)
    assert code == main(["run", "p", "c"])
    printed = capsys.readouterr()
    assert 1 == printed.err.count("\n")
    assert "" == printed.out


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_ends_the_command_and_a_second_one_does_not_keep_it_from_tidying(
    number: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tidied = []

    def command(arguments: argparse.Namespace, screen: Screen) -> int:
        try:
            os.kill(os.getpid(), number)
            time.sleep(60)
        finally:
            for again in (signal.SIGINT, number, signal.SIGTERM):
                os.kill(os.getpid(), again)
            tidied.append(True)
        return 0

    monkeypatch.setattr(entry, "_command", command)
    assert (code, [True]) == (main(["check", "p"]), tidied)
    assert 1 == capsys.readouterr().err.count("\n")


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_while_the_end_is_told_is_no_traceback(
    number: int, code: int, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(screen: Screen, error: CaseSeriesError) -> None:
        os.kill(os.getpid(), number)
        time.sleep(60)

    failing(CaseSeriesError("The folder is not empty."))
    monkeypatch.setattr(Screen, "failed", failed)
    before = signal.getsignal(number)
    assert (code, before) == (main(["check", "p"]), signal.getsignal(number))


def test_a_signal_is_heeded_again_where_the_first_one_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "TIDYING", 0.0)

    def command(arguments: argparse.Namespace, screen: Screen) -> int:
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(60)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
        return 0

    monkeypatch.setattr(entry, "_command", command)
    assert 130 == main(["check", "p"])


def test_a_defect_leaves_a_report_without_values(
    failing: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    failing(ValueError(f"cannot convert {SECRET}"))
    assert 70 == main(["run", "p", "c"])
    printed = capsys.readouterr().err
    (left,) = tmp_path.iterdir()
    assert 1 == printed.count("\n")
    assert str(left) in printed and "ValueError" in printed
    text = left.read_text(encoding="utf-8")
    assert SECRET not in printed + text
    assert "error: ValueError" in text and __version__ in text
    assert 0o600 == left.stat().st_mode & 0o777


def test_the_traceback_is_there_for_developers(
    failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASESERIES_DEBUG", "1")
    failing(ValueError("x"))
    with pytest.raises(ValueError):
        main(["run", "p", "c"])


WAITING = """
import sys, time
from caseseries.cli import main as entry
def command(arguments, screen):
    try:
        print("ready", flush=True)
        time.sleep(30)
    finally:
        print("cleaned", flush=True)
entry._command = command
sys.exit(entry.main(["run", "p", "c"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_unwind_and_end(number: signal.Signals, code: int) -> None:
    started = subprocess.Popen(
        [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert "ready\n" == started.stdout.readline()
    time.sleep(0.05)
    os.kill(started.pid, number)
    out, err = started.communicate(timeout=20)
    assert (code, "cleaned\n", 1) == (started.returncode, out, err.count("\n"))


IN_A_STATEMENT = """
import os, signal, sys, threading
import caseseries.cli.main as entry
from caseseries.engine import connect
def command(arguments, screen):
    with connect() as engine:
        threading.Timer(0.5, os.kill, (os.getpid(), int(sys.argv[1]))).start()
        engine.keep("long", "SELECT count(*) AS n FROM range(1000000000000) AS r(n) WHERE n % 7 = 3")
entry._command = command
sys.exit(entry.main(["run", "p", "c"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_stop_a_long_statement(number: signal.Signals, code: int, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", IN_A_STATEMENT, str(int(number))],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert (code, 1) == (told.returncode, told.stderr.count("\n")), told.stderr
    assert [] == list(tmp_path.iterdir())


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    tool = [sys.executable, "-m", "caseseries", "catalogue", "--json"]
    started = subprocess.Popen(tool, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdout is not None and started.stderr is not None
    started.stdout.read(10)
    started.stdout.close()
    assert b"" == started.stderr.read()
    assert 0 == started.wait(timeout=20)
    started.stderr.close()


def test_an_ascii_terminal_stops_nothing() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    tool = [sys.executable, "-m", "caseseries", "catalogue", "--json"]
    assert 0 == subprocess.run(tool, env=environment, capture_output=True).returncode
