"""The order in which patients stand everywhere, as a person counts them: P2 before P10."""

from __future__ import annotations

import re
from functools import lru_cache

#: Longer runs of digits are compared in pieces: Python refuses to make numbers of more than some thousand digits.
_RUNS = re.compile(r"[0-9]{1,18}|[^0-9]+")


@lru_cache(maxsize=1 << 16)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which runs of digits are compared as numbers; equal keys mean equal texts.

    >>> sorted(["P10", "P2", "p1", "10", "2", "P02"], key=natural)
    ['2', '10', 'P02', 'P2', 'P10', 'p1']
    """
    return tuple((0, int(run), run) if run[0] in "0123456789" else (1, 0, run) for run in _RUNS.findall(text))
