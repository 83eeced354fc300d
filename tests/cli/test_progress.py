"""Progress lines: one line on a terminal, plain lines elsewhere, none for short work."""

from __future__ import annotations

import io
import time

import pytest

from caseseries.cli import progress
from caseseries.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def wait_for(stream: io.StringIO, text: str) -> None:
    end = time.monotonic() + 5
    while text not in stream.getvalue() and time.monotonic() < end:
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "ON_TERMINAL", 0.02)
    monkeypatch.setattr(progress, "ELSEWHERE", (0.02, 0.02, 60))


def test_short_work_says_nothing() -> None:
    stream = io.StringIO()
    shown = Progress(stream)
    shown("reading", 8)
    shown.close()
    time.sleep(0.05)
    assert "" == stream.getvalue()


def test_plain_lines_off_a_terminal() -> None:
    stream = io.StringIO()
    shown = Progress(stream)
    shown("reading", 43_000)
    wait_for(stream, "still")
    shown.close()
    assert "reading (43,000 cases) ...\nreading (43,000 cases): still working ...\n" == stream.getvalue()


def test_one_line_that_is_removed_on_a_terminal() -> None:
    stream = Terminal()
    shown = Progress(stream)
    shown("selecting")
    wait_for(stream, "selecting")
    shown.close()
    assert "\r\x1b[Kselecting ...\r\x1b[K" == stream.getvalue()


def test_quiet() -> None:
    stream = Terminal()
    shown = Progress(stream, silent=True)
    shown("selecting")
    time.sleep(0.05)
    shown.close()
    assert "" == stream.getvalue()
