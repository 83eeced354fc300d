"""The sites whose counts were added up."""

from __future__ import annotations

from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.words import counted, listed
from caseseries.summary.model import Site, SourceKind, Summary

_READ: dict[SourceKind, str] = {"chart": "charts", "database": "database"}


def sites_table(summary: Summary) -> Table | None:
    """The sites whose counts were added up; nothing for one source."""
    if not summary.sites:
        return None
    rows = tuple(
        Row(
            (
                Cell(site.label),
                Cell(_READ[site.kept]),
                Cell(whole(site.cases), site.cases),
                Cell(site.audience),
                Cell(_hidden(site)),
            )
        )
        for site in summary.sites
    )
    columns = (
        Column("Site"),
        Column("Read"),
        Column("Included cases", "number"),
        Column("Counts made for"),
        Column("Small counts"),
    )
    notes = ("No patient row left a site; the counts were added up.",)
    return Table("sites", "Sites", columns, rows, notes)


def sites_words(summary: Summary) -> str:
    """Which sites were added up, with their cases; empty for one source."""
    if not summary.sites:
        return ""
    labels = listed(f"{site.label} ({whole(site.cases)})" for site in summary.sites)
    many = counted(len(summary.sites), "site")
    told = f"Counts of {many} were added up: {labels} included cases. No patient rows were at hand."
    if summary.kept != "both":
        return told
    charts = listed(site.label for site in summary.sites if site.kept == "chart")
    databases = listed(site.label for site in summary.sites if site.kept == "database")
    return f"{told} Charts were read at {charts}, a database at {databases}: what is recorded, and how, differs between the two."


def _hidden(site: Site) -> str:
    return "all told" if site.smallest <= 1 else f"below {site.smallest} not told"
