"""The command line: reads the words typed, runs one command, and turns every way to end into an exit code.

Nothing heavy is imported here: `caseseries --help` answers within 100 ms.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

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
    from caseseries.cli.arguments import parser

    if argv is None:
        _plain_streams()
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as ended:  # argparse's own way to end after --help, --version and mistakes
        return ended.code if isinstance(ended.code, int) else USAGE
    return _guarded(arguments)


def _guarded(arguments: argparse.Namespace) -> int:
    from caseseries.cli.screen import UNHARMED, Screen
    from caseseries.errors import CaseSeriesError

    screen = Screen.of(arguments)
    handled = _on_terminate()
    try:
        return _command(arguments, screen)
    except CaseSeriesError as error:
        screen.failed(error)
        return error.exit_code
    except (KeyboardInterrupt, _Terminated) as stopped:
        if _Terminated.arrived or isinstance(stopped, _Terminated):
            screen.stopped(f"Stopped from outside (SIGTERM). {UNHARMED}")
            return TERMINATED
        screen.stopped(f"Stopped by Ctrl-C. {UNHARMED}")
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the flush at exit must find an open file
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
    finally:
        screen.progress.close()
        _restore(handled)


def _command(arguments: argparse.Namespace, screen: Screen) -> int:
    """Import the one command that was asked for, and run it."""
    import importlib

    if hasattr(arguments, "memory_limit"):
        from caseseries.cli.files import temporary_folder

        temporary_folder()
    module = importlib.import_module(f"caseseries.cli.commands.{arguments.command}")
    code: int = module.run(arguments, screen)
    sys.stdout.flush()
    return code


def _plain_streams() -> None:
    """A character that the terminal's encoding lacks is written as its code, and never stops a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _on_terminate() -> object:
    """Let SIGTERM unwind the stack; outside the main thread signals belong to someone else."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        return None

    def stop(number: int, frame: object) -> NoReturn:
        _Terminated.arrived = True
        raise _Terminated

    _Terminated.arrived = False
    return signal.signal(signal.SIGTERM, stop)


def _restore(handled: object) -> None:
    import signal

    if handled is not None:
        signal.signal(signal.SIGTERM, handled)  # type: ignore[arg-type]  # what signal.signal itself returned


if __name__ == "__main__":
    sys.exit(main())
