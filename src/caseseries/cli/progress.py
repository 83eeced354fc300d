"""What is being done, on stderr, when it takes long enough to wonder."""

from __future__ import annotations

import threading
from typing import TextIO

#: Seconds until a stage is named on a terminal.
ON_TERMINAL = 0.3

#: Seconds until a stage is named elsewhere, then until it is named again, and after each further time.
ELSEWHERE = (2.0, 10.0, 60.0)


class Progress:
    """Call it with each stage that begins, and the number of cases it works on where known.

    On a terminal one line is rewritten and removed at the end. Elsewhere, such as a log, a stage that takes longer
    than 2 s is written as a plain line of its own. It never says what a row holds.
    """

    def __init__(self, stream: TextIO, *, silent: bool = False) -> None:
        self._stream, self._silent = stream, silent
        self._terminal = not silent and stream.isatty()
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()
        self._stage = 0
        self._line_open = False

    def __call__(self, stage: str, rows: int | None = None) -> None:
        """A stage begins; the one before it has ended."""
        self.close()
        if not self._silent:
            with self._lock:
                self._stage += 1
                self._wait(f"{stage} ({rows:,} cases)" if rows is not None else stage, self._stage, 0)

    def _wait(self, text: str, stage: int, turn: int) -> None:
        seconds = ON_TERMINAL if self._terminal else ELSEWHERE[min(turn, len(ELSEWHERE) - 1)]
        self._timer = threading.Timer(seconds, self._show, (text, stage, turn))
        self._timer.daemon = True
        self._timer.start()

    def _show(self, text: str, stage: int, turn: int) -> None:
        with self._lock:
            if self._timer is None or stage != self._stage:  # it ended while this thread was waiting
                return
            if self._terminal:
                self._line_open = self._write(f"\r\x1b[K{text} ...")
            elif self._write(f"{text} ...\n" if turn == 0 else f"{text}: still working ...\n"):
                self._wait(text, stage, turn + 1)

    def close(self) -> None:
        """Forget the stage, and clear its line on a terminal."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._line_open:
                self._write("\r\x1b[K")
                self._line_open = False

    def _write(self, text: str) -> bool:
        """Whether it could be written; a stream that is full or gone is left alone from then on."""
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._silent = True
        return not self._silent
