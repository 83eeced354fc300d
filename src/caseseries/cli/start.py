"""Where the program starts: a signal that arrives while it is still being loaded ends it as it would later.

Only the command itself imports this module; importing caseseries changes no handler. What is imported before the handlers
stand is small and there already, because Python itself answers a signal until then: with a traceback.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal itself takes longer to load than all the rest here
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

#: SIGHUP is not known everywhere.
_WORDS = {
    getattr(_signal, name, 0): words
    for name, words in (
        ("SIGHUP", b"Stopped because the terminal was closed (SIGHUP)"),
        ("SIGINT", b"Stopped by Ctrl-C"),
        ("SIGTERM", b"Stopped from outside (SIGTERM)"),
    )
}


def _end(number: int, frame: FrameType | None) -> None:
    """End at once: nothing was begun, so nothing is left to tidy."""
    try:
        os.write(2, _WORDS[number] + b" before anything was begun.\n")
    finally:
        os._exit(128 + number)


for _number in _WORDS:
    if _number and _signal.getsignal(_number) != _signal.SIG_IGN:  # what runs in the background may ignore Ctrl-C
        _signal.signal(_number, _end)

from caseseries.cli.main import main  # noqa: E402 - what loading takes is what the handlers are for

__all__ = ["main"]
