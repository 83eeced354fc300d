"""The line of the chart description that names what a finding is about: a column that is not there, a measure, its unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from caseseries.chart.tables import Finding
from caseseries.protocol.yaml import Document, Loc

#: Rules about what a table declares; their findings have the header row as their place.
_DECLARED = frozenset({"column", "measure", "unit"})


def with_lines(findings: Sequence[Finding], described: Document) -> tuple[Finding, ...]:
    """The findings; those about a declaration with its line in the message.

    >>> from caseseries.errors import Place
    >>> from caseseries.protocol.yaml import read
    >>> written = read("tables:\\n  visits: {file: v.csv, measures: {mmt: MMT8}}", file="chart.yaml")
    >>> missing = Finding("error", "column", "there is no column 'MMT8'", Place("v.csv", row=1), field="MMT8")
    >>> with_lines([missing], written)[0].message
    "there is no column 'MMT8' (chart.yaml:2)"
    """
    tables = described.data.get("tables")
    found = []
    for one in findings:
        lines: set[int] = set()
        if one.severity != "note" and one.rule in _DECLARED and one.field and isinstance(tables, dict):
            for name, table in tables.items():
                if (
                    isinstance(table, dict)
                    and one.place.sheet == table.get("sheet", "")
                    and table.get("file", one.place.file) == one.place.file
                ):
                    for loc, key in _named(table, one.field, ("tables", name), by_key=one.rule != "column"):
                        line = described.locate(loc, key=key).line
                        lines |= set() if line is None else {line}
        where = f" ({described.file}:{', '.join(map(str, sorted(lines)))})" if lines else ""
        found.append(replace(one, message=one.message + where) if where else one)
    return tuple(found)


def _named(data: Any, wanted: str, loc: Loc, *, by_key: bool) -> Iterator[tuple[Loc, bool]]:
    """Where a name stands below: as the name of a measure, or as the header of a column."""
    if isinstance(data, dict):
        for name, value in data.items():
            if by_key and name == wanted:
                yield (*loc, name), True
            else:
                yield from _named(value, wanted, (*loc, name), by_key=by_key)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _named(value, wanted, (*loc, number), by_key=by_key)
    elif not by_key and isinstance(data, str) and " ".join(data.split()) == wanted:
        yield loc, False
