"""The order in which cases are printed: as a person counts them, P2 before P10."""

from __future__ import annotations

import re
from dataclasses import replace

from caseseries.summary.model import Summary

_PARTS = re.compile(r"[0-9]{1,18}|[^0-9]+|[0-9]+")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sorting key that compares runs of digits as numbers; equal keys mean equal names.

    >>> sorted(["P10", "P2", "10", "2", "P02"], key=natural)
    ['2', '10', 'P02', 'P2', 'P10']
    """
    parts = [
        (0, int(part), "") if part[0] in "0123456789" else (1, 0, part.casefold()) for part in _PARTS.findall(name)
    ]
    return (*parts, (2, 0, name))


def in_order(summary: Summary) -> Summary:
    """The same run with its cases in the order in which they are printed."""
    return replace(summary, cases=tuple(sorted(summary.cases, key=lambda case: natural(case.case_id))))
