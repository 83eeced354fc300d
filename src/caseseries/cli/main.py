"""The command line: reads the words typed, runs one command, and turns every way to end into an exit code.

Nothing heavy is imported here: `caseseries --help` answers within 100 ms.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from caseseries.cli.streams import UNHARMED, deliver, open_streams, tell

if TYPE_CHECKING:
    import argparse

    from caseseries.cli.screen import Screen


#: Exit codes, as docs/cli.md lists them.
DONE, MISTAKE, USAGE, DEFECT, HUNG_UP, INTERRUPTED, TERMINATED = 0, 1, 2, 70, 129, 130, 143

#: Seconds in which a further signal changes nothing: what the first one began, tidying up, is then done.
TIDYING = 5.0


class _Stopped(BaseException):
    """A signal from outside arrived; unwinds like Ctrl-C, so that temporary folders are removed."""


class _Arrived:
    """The signal that arrived first, and when: a statement of the database that it stops ends as if by Ctrl-C."""

    code = 0
    at = 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done; 1 a mistake in the input, or what a command was asked to find; 2 the command was not understood; 70 a defect
    of this software; 129 the terminal was closed; 130 Ctrl-C; 143 SIGTERM.
    """
    if argv is None:
        open_streams()
    arguments = _understood(argv)
    return arguments if isinstance(arguments, int) else _guarded(arguments, last=argv is None)


def _understood(argv: Sequence[str] | None) -> argparse.Namespace | int:
    """The words typed; a code where they are all that was asked for, as after --help, or are not understood."""
    from caseseries.cli.arguments import parser

    try:
        try:
            return parser().parse_args(argv)
        except SystemExit as ended:  # argparse's own way to end
            deliver()
            return ended.code if isinstance(ended.code, int) else USAGE
    except BrokenPipeError:
        return DONE
    except OSError as failed:
        tell(f"The answer could not be written: {failed.strerror or 'the system refused'}.")
        return MISTAKE


#: How a command ended by a signal, by its exit code.
_HOW = {
    HUNG_UP: "Stopped because the terminal was closed (SIGHUP).",
    INTERRUPTED: "Stopped by Ctrl-C.",
    TERMINATED: "Stopped from outside (SIGTERM).",
}


def _guarded(arguments: argparse.Namespace, *, last: bool) -> int:
    """Run the command, whatever happens; `last` where the process ends with it."""
    import gc

    from caseseries.cli.screen import Screen

    if (
        last
    ):  # nearly all that a short run makes lasts: looking through it every 700 values takes a twentieth of the time
        gc.set_threshold(20_000, 20, 20)
    screen = Screen.of(arguments)
    handled: dict[int, object] = {}
    try:
        _module(arguments)  # until it is loaded a signal ends the program at once: nothing was begun
        handled = _on_signals()
        try:
            return _ended(arguments, screen)
        finally:
            screen.progress.close()
    except (KeyboardInterrupt, _Stopped):  # while it was being told how the command ended
        return _Arrived.code or INTERRUPTED
    finally:
        _restore(handled, last=last)


def _ended(arguments: argparse.Namespace, screen: Screen) -> int:
    from caseseries.errors import CaseSeriesError

    try:
        return _command(arguments, screen)
    except CaseSeriesError as error:
        screen.failed(error)
        return error.exit_code
    except (KeyboardInterrupt, _Stopped):
        return _by_signal(screen)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        return DONE
    except MemoryError:
        screen.stopped(f"The machine ran out of memory. {UNHARMED} Close other programs and run again.")
        return MISTAKE
    except OSError as error:
        if os.environ.get("CASESERIES_DEBUG") == "1":
            raise
        where = f"{error.filename}: " if error.filename else ""
        screen.stopped(f"{where}{error.strerror or 'the system refused to read or write'}. {UNHARMED}")
        return MISTAKE
    except Exception as error:
        if os.environ.get("CASESERIES_DEBUG") == "1":
            raise
        from caseseries.cli.crash import report

        screen.stopped(report(error, arguments.command))
        return DEFECT
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust makes of a signal that arrives inside it
            raise
        return _by_signal(screen)


def _by_signal(screen: Screen) -> int:
    code = _Arrived.code or INTERRUPTED
    screen.stopped(f"{_HOW[code]} {UNHARMED}")
    return code


def _command(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the one command that was asked for."""
    if hasattr(arguments, "memory_limit"):
        from caseseries.cli.files import temporary_folder

        temporary_folder()
    try:
        code: int = _module(arguments).run(arguments, screen)
        deliver()
    except Exception as error:
        if _Arrived.code:  # what a library made of the signal that unwound it: a failed import, a broken call
            raise _Stopped from error
        raise
    return code


def _module(arguments: argparse.Namespace) -> ModuleType:
    import importlib

    return importlib.import_module(f"caseseries.cli.commands.{arguments.command}")


def _on_signals() -> dict[int, object]:
    """Let signals unwind the stack; outside the main thread they belong to someone else, and so does one that is ignored, as by nohup."""
    import signal
    import threading
    import time

    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(number: int, frame: object) -> None:
        if _Arrived.code and time.monotonic() - _Arrived.at < TIDYING:
            return
        _Arrived.code, _Arrived.at = 128 + number, time.monotonic()
        raise KeyboardInterrupt if number == signal.SIGINT else _Stopped

    _Arrived.code = 0
    named = [getattr(signal, name, None) for name in ("SIGHUP", "SIGINT", "SIGTERM")]
    return {
        number: signal.signal(number, stop)
        for number in named
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN
    }


def _restore(handled: dict[int, object], *, last: bool) -> None:
    """Give signals back; where the process ends with this command nothing is left for them to stop."""
    import signal

    for number, handler in handled.items():
        signal.signal(number, signal.SIG_IGN if last else handler)  # type: ignore[arg-type]  # what signal.signal itself returned
