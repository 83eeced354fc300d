"""How large an input may be; larger ones are refused before they are read, and while they are unpacked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, counts of rows and columns of one table, characters of one cell.

    `ratio` is how many times a zip member may grow when unpacked. A workbook of the largest size takes about a minute.
    """

    file: int = 200_000_000
    unpacked: int = 600_000_000
    ratio: int = 200
    members: int = 2_000
    rows: int = 1_048_576
    columns: int = 2_000
    cell: int = 2_000_000
