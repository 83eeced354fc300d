"""A site whose counts were added to those of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["chart", "database"]


@dataclass(frozen=True, slots=True)
class Site:
    """A site whose counts were added: its label, who its counts were made for, its included cases, the least count that it told (1: every one),
    and what it read.
    """

    label: str
    audience: str
    cases: int
    smallest: int
    kept: SourceKind
