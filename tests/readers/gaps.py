"""Defects that are read as another number without a word today, and why; one that is mended must leave this list."""

from __future__ import annotations

GAPS: dict[str, str] = {}
