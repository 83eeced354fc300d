"""From sections to one self-contained HTML page."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from caseseries import __version__
from caseseries.report.exhibits.abstract import abstract
from caseseries.report.exhibits.cannot_show import IN_SHORT
from caseseries.report.exhibits.charted import unseen_words
from caseseries.report.exhibits.findings import findings_words
from caseseries.report.exhibits.headline import head_results, heads
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.notices import empty_windows, notices
from caseseries.report.exhibits.printed_blocks import Block, Column, Figure, Section, Table, of_layer
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import of_charts
from caseseries.report.exhibits.words import capital, days_words, seen
from caseseries.summary.model import Kept, ReadBy, Summary

if TYPE_CHECKING:
    from jinja2 import Environment


@functools.cache
def _environment() -> Environment:
    # Imported here: the command line must start without it.
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        return value if isinstance(value, Markup) or not isinstance(value, str) else _kept_together(seen(value))

    folder = resources.files("caseseries.report.page")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"kind": _kind, "spanners": spanners, "Markup": Markup}
    return environment


_TOGETHER = re.compile(r"(?<=\d) (?=%)|(?<=\bn) (?== \d)|(?<=\bn =) (?=\d)")


def _kept_together(text: str) -> str:
    """A number and its percent sign, and `n = 8`, stay on one line."""
    return _TOGETHER.sub("\u00a0", text)


def _kind(block: Any) -> str:
    return type(block).__name__


def spanners(table: Table) -> list[list[tuple[str, int]]]:
    """The rows of headings above the column titles: (text, number of columns), equal neighbours joined."""
    depth = max((len(column.over) for column in table.columns), default=0)
    found: list[list[tuple[str, int]]] = []
    for level in range(depth):
        line: list[tuple[str, int]] = []
        before: tuple[str, ...] | None = None
        for column in table.columns:
            path = _path(column, depth)[: level + 1]
            if line and path == before and path[-1]:
                line[-1] = (line[-1][0], line[-1][1] + 1)
            else:
                line.append((path[-1], 1))
            before = path
        found.append(line)
    return found


def _path(column: Column, depth: int) -> tuple[str, ...]:
    return (*([""] * (depth - len(column.over))), *column.over)


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the sections of a page, for every kind of run.

    `heads` are the outcomes with their headline and `named` the ids of its numbers, `abstract` the structured abstract, `strips` the answers of every
    case at a glance, `notices` what a reader must know before any number, `audience` who it is for;
    `prints` are fingerprints by name.
    """

    study: str
    citation: str
    kind: str
    heads: tuple[tuple[str, str], ...]
    abstract: tuple[Block, ...]
    in_short: str
    invented: str
    prints: tuple[tuple[str, str], ...]
    print_note: str
    made_from: str
    notices: tuple[str, ...] = ()
    strips: tuple[Figure, ...] = ()
    audience: str = ""
    named: tuple[tuple[str, ...], ...] = ()


_READ: dict[Kept, str] = {
    "chart": "retrospective chart review",
    "database": "routine data",
    "both": "retrospective chart review and routine data",
}


#: Who the report is for, in the line above its title and on every page.
_FOR: dict[ReadBy, str] = {
    "internal": "internal: for those who hold the data",
    "journal": "for a journal",
    "public": "for the public",
}


def front(summary: Summary, strips: Iterable[Figure] = ()) -> Front:
    """What stands before the sections; `strips` are figures of single outcomes."""
    sites = bool(summary.sites)
    return Front(
        summary.protocol.study,
        summary.protocol.citation,
        f"Treatment case series · {_READ[summary.kept]}{' · several sites' if sites else ''} · {_FOR[summary.audience]}",
        heads(summary),
        abstract(summary),
        IN_SHORT,
        INVENTED if summary.invented else "",
        tuple(summary.fingerprints.items()),
        f"Ages are in years and {days_words(summary)} are counted from the index date (day 0).",
        f"the protocol and {'the counts of the sites' if sites else 'chart' if summary.kept == 'chart' else 'source'}",
        _before_reading(summary),
        tuple(strips),
        capital(_FOR[summary.audience]),
        tuple(tuple(one.id for one in results) for results in head_results(summary)),
    )


def _before_reading(summary: Summary) -> tuple[str, ...]:
    """What a reader must know before any number, of every kind of run."""
    empty = empty_windows(summary) if of_charts(summary) else []
    told = (*empty, unseen_words(summary), findings_words(summary))
    return (*_made_for(summary), *notices(summary), *(f"{one}." for one in told if one))


def _made_for(summary: Summary) -> tuple[str, ...]:
    """Who the report is for and what was changed for them; nothing of one for those who hold the data."""
    if summary.audience == "internal":
        return ()
    who = "a journal" if summary.audience == "journal" else "the public"
    return (f"This report was made for {who}: {'; '.join(summary.changed)}.",)


#: Tables with more rows than this stand on the page with their first rows only.
LONG, FIRST = 200, 50


def page(front: Front, sections: Iterable[Section]) -> str:
    """The whole page; of a table with very many rows the first, and where all of them are."""
    return _render("page.html.j2", front, tuple(shortened(section) for section in sections))


def shortened(section: Section) -> Section:
    """The section with the first rows only of a table with very many, and a note that says where all of them are."""
    blocks = tuple(
        _first(block) if isinstance(block, Table) and len(block.rows) > LONG else block for block in section.blocks
    )
    return replace(section, blocks=blocks)


def _first(table: Table) -> Table:
    """The table with its first rows; headings that would stand over nothing are left out."""
    rows = list(table.rows[:FIRST])
    while rows and rows[-1].heading:
        rows.pop()
    shown, every = (sum(not row.heading for row in part) for part in (rows, table.rows))
    note = f"The first {whole(shown)} of {whole(every)} rows. All of them are in tables/{table.stem}.csv."
    return replace(table, rows=tuple(rows), footnotes=(note, *table.footnotes))


def notebook(front: Front, sections: Iterable[Section]) -> str:
    """The headline box and the first tables, for a notebook cell, which is saved with its file: none of single patients."""
    shown = [
        block
        for section in sections
        for block in section.blocks
        if isinstance(block, Table) and block.key.startswith(("responders", "change"))
    ]
    kept = Section("notebook", "", tuple(table.numbered(str(place)) for place, table in enumerate(shown, 1)))
    return _render("notebook.html.j2", front, (kept,))


def _render(template: str, front: Front, sections: tuple[Section, ...]) -> str:
    from markupsafe import Markup

    sheet = "notebook.css" if template.startswith("notebook") else "style.css"
    style = resources.files("caseseries.report.page").joinpath(sheet).read_text(encoding="utf-8")
    return (
        _environment()
        .get_template(template)
        .render(
            front=front,
            sections=sections,
            article=of_layer(sections, "article"),
            supplement=of_layer(sections, "supplement"),
            heads=front.heads,
            strips=front.strips,
            in_short=front.in_short,
            invented=front.invented,
            notices=front.notices,
            style=Markup(style),
            version=__version__,
        )
    )
