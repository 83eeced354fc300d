"""Where the program starts: a signal that arrives while it is still being loaded ends it as it would later.

Only the command itself imports this module; importing caseseries changes no handler.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Final

_WORDS: Final = {signal.SIGINT: b"Stopped by Ctrl-C", signal.SIGTERM: b"Stopped from outside (SIGTERM)"}


def _end(number: int, frame: FrameType | None) -> None:
    """End at once: nothing was begun, so nothing is left to tidy."""
    try:
        os.write(2, _WORDS[signal.Signals(number)] + b" before anything was begun.\n")
    finally:
        os._exit(128 + number)


for _number in _WORDS:
    if signal.getsignal(_number) is not signal.SIG_IGN:  # what runs in the background may ignore Ctrl-C
        signal.signal(_number, _end)

from caseseries.cli.main import main  # noqa: E402 - what loading takes is what the handlers are for

__all__ = ["main"]
