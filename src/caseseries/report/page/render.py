"""From sections to one self-contained HTML page."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

from caseseries import __version__
from caseseries.report.exhibits.cannot_show import IN_SHORT
from caseseries.report.exhibits.model import Column, Figure, Paragraph, Section, Table
from caseseries.report.exhibits.responders import headline_words
from caseseries.report.exhibits.results import INVENTED, headline_lines, primary
from caseseries.report.exhibits.words import capital, seen
from caseseries.summary.model import Summary

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


def page(summary: Summary, sections: Iterable[Section]) -> str:
    """The whole page."""
    return _render("page.html.j2", summary, tuple(sections))


def notebook(summary: Summary, sections: Iterable[Section]) -> str:
    """The headline box and the first tables, for a notebook cell; its styles touch nothing outside."""
    shown = [
        block
        for section in sections
        if section.key in {"response", "cases"}
        for block in section.blocks
        if isinstance(block, Table) and block.key.startswith(("responders", "change", "patients"))
    ]
    return _render(
        "notebook.html.j2",
        summary,
        (Section("notebook", "", tuple(table.numbered(place) for place, table in enumerate(shown, 1))),),
    )


def _render(template: str, summary: Summary, sections: tuple[Section, ...]) -> str:
    level = summary.protocol.reporting.level
    heads = [
        (capital(name), headline_words(found, level))
        for name, outcome in summary.outcomes.items()
        if (found := primary(outcome)) is not None
    ]
    lines = [line for line in headline_lines(summary) if not any(line.startswith(f"{name}: ") for name, _ in heads)]
    from markupsafe import Markup

    sheet = "notebook.css" if template.startswith("notebook") else "style.css"
    style = resources.files("caseseries.report.page").joinpath(sheet).read_text(encoding="utf-8")
    return _environment().get_template(template).render(
        summary=summary, sections=sections, heads=heads, lines=[capital(line.strip()) for line in lines], in_short=IN_SHORT,
        invented=INVENTED if summary.invented else "", style=Markup(style), version=__version__,
        figures=[block for section in sections for block in section.blocks if isinstance(block, Figure)],
        paragraphs=[block for section in sections for block in section.blocks if isinstance(block, Paragraph)],
    )  # fmt: skip
