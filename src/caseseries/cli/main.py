"""The command line: reads the words typed, runs one command, and turns every way to end into an exit code.

Nothing heavy is imported here: `caseseries --help` answers within 100 ms.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

from caseseries.cli.streams import UNHARMED, deliver, open_streams, tell

if TYPE_CHECKING:
    import argparse

    from caseseries.cli.screen import Screen


#: Exit codes, as docs/cli.md lists them.
DONE, MISTAKE, USAGE, DEFECT, INTERRUPTED, TERMINATED = 0, 1, 2, 70, 130, 143


class _Terminated(BaseException):
    """SIGTERM arrived; unwinds like Ctrl-C, so that temporary folders are removed."""

    #: Whether it did: a statement of the database that it stops ends as if by Ctrl-C.
    arrived = False


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done; 1 a mistake in the input, or what a command was asked to find; 2 the command was not understood; 70 a defect
    of this software; 130 Ctrl-C; 143 SIGTERM.
    """
    if argv is None:
        open_streams()
    arguments = _understood(argv)
    return arguments if isinstance(arguments, int) else _guarded(arguments)


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


def _stopped(stopped: BaseException) -> str:
    """How a signal ended the command."""
    outside = _Terminated.arrived or isinstance(stopped, _Terminated)
    how = "Stopped from outside (SIGTERM)." if outside else "Stopped by Ctrl-C."
    return f"{how} {UNHARMED}"


def _code(stopped: BaseException) -> int:
    return TERMINATED if _Terminated.arrived or isinstance(stopped, _Terminated) else INTERRUPTED


def _guarded(arguments: argparse.Namespace) -> int:
    from caseseries.cli.screen import Screen
    from caseseries.errors import CaseSeriesError

    screen = Screen.of(arguments)
    handled: dict[int, object] = {}
    try:
        _module(arguments)  # until it is loaded a signal ends the program at once: nothing was begun
        handled = _on_signals()
        return _command(arguments, screen)
    except CaseSeriesError as error:
        screen.failed(error)
        return error.exit_code
    except (KeyboardInterrupt, _Terminated) as stopped:
        screen.stopped(_stopped(stopped))
        return _code(stopped)
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
        screen.stopped(_stopped(error))
        return _code(error)
    finally:
        screen.progress.close()
        _restore(handled)


def _command(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the one command that was asked for."""
    if hasattr(arguments, "memory_limit"):
        from caseseries.cli.files import temporary_folder

        temporary_folder()
    code: int = _module(arguments).run(arguments, screen)
    deliver()
    return code


def _module(arguments: argparse.Namespace) -> ModuleType:
    import importlib

    return importlib.import_module(f"caseseries.cli.commands.{arguments.command}")


def _on_signals() -> dict[int, object]:
    """Let SIGTERM and Ctrl-C unwind the stack; outside the main thread signals belong to someone else."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(number: int, frame: object) -> NoReturn:
        _Terminated.arrived = True
        raise _Terminated

    _Terminated.arrived = False
    handled: dict[int, object] = {signal.SIGTERM: signal.signal(signal.SIGTERM, stop)}
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        handled[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    return handled


def _restore(handled: dict[int, object]) -> None:
    import signal

    for number, handler in handled.items():
        signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal itself returned
