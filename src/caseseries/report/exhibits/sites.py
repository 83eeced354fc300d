"""The sites whose counts were added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.report.exhibits.model import Cell, Column, Row, Table
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.words import counted, listed


@dataclass(frozen=True, slots=True)
class Site:
    """One site of a combined report: for whom its counts were made, its included cases, the least count that it told."""

    label: str
    audience: str
    cases: int
    smallest: int


def sites_table(sites: Sequence[Site]) -> Table | None:
    """The sites whose counts were added up."""
    if not sites:
        return None
    rows = tuple(
        Row((Cell(site.label), Cell(whole(site.cases), site.cases), Cell(site.audience), Cell(_hidden(site))))
        for site in sites
    )
    columns = (Column("Site"), Column("Included cases", "number"), Column("Counts made for"), Column("Small counts"))
    notes = ("No patient row left a site; the counts were added up.",)
    return Table("sites", "Sites", columns, rows, notes)


def sites_words(sites: Sequence[Site]) -> str:
    """Which sites were added up, with their cases."""
    labels = listed(f"{site.label} ({whole(site.cases)})" for site in sites)
    return (
        f"Counts of {counted(len(sites), 'site')} were added up: {labels} included cases. No patient rows were at hand."
    )


def _hidden(site: Site) -> str:
    return "all told" if site.smallest <= 1 else f"below {site.smallest} not told"
