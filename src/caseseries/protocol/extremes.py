"""The nadir and the peak: the lowest and the highest value since the baseline visit, up to the visit judged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from caseseries.protocol.window import Take, Window

Extreme = Literal["nadir", "peak"]

#: What stands for a window under `from`, and which value is taken.
EXTREMES: Mapping[str, Take] = MappingProxyType({"nadir": "lowest", "peak": "highest"})

#: The window in which it begins: on the day of the value that is taken there.
BEGINS = "baseline"
_UP_TO = " up to "


def extreme_window(word: str, at: str) -> str:
    """The name of the days up to a value in the window `at`, from which the nadir or peak is taken.

    >>> extreme_window("nadir", "month 3")
    'nadir up to month 3'
    """
    return f"{word}{_UP_TO}{at}"


def extreme_of(window: str) -> str:
    """Which of both a window stands for; empty for any other.

    >>> extreme_of("nadir up to month 3"), extreme_of("month 3")
    ('nadir', '')
    """
    return next((word for word in EXTREMES if window.startswith(f"{word}{_UP_TO}")), "")


def ends_at(window: str) -> str:
    """The window of the value up to which a nadir or peak is looked for.

    >>> ends_at("peak up to month 3")
    'month 3'
    """
    return window.partition(_UP_TO)[2]


class Stretch(Window):
    """The days from the value of one window to that of another; `from` and `to` are the most that they may be."""

    since: Window
    up_to: Window


def stretch(word: str, since: Window, until: Window) -> Stretch:
    """The days of a nadir or peak, with two values of one day settled as in the window it ends at."""
    return Stretch(
        from_=min(since.from_, until.from_),
        to=max(since.to, until.to),
        take=EXTREMES[word],
        same_day=until.same_day,
        components="nearest each",
        since=since,
        up_to=until,
    )
