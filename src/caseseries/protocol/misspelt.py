"""A section whose name is misspelt, read under the name that was meant, so that it does not hide its own mistakes."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.catalogue import nearest
from caseseries.errors import Problem
from caseseries.protocol.yaml import Document


def respelt(document: Document, sections: Iterable[str]) -> tuple[Document, list[Problem]]:
    """The file with each misspelt section under the nearest name that the file lacks, and a mistake for each of them.

    Every value keeps its place. A section with no near name stays as it is, and is refused with the rest.

    >>> from caseseries.protocol.yaml import read
    >>> meant, (problem,) = respelt(read("windoes: {month 3: {take: lats}}", file="p.yaml"), ["measures", "windows"])
    >>> meant.data, str(meant.locate(("windows", "month 3")))
    ({'windows': {'month 3': {'take': 'lats'}}}, 'p.yaml:1, column 20')
    >>> problem.describe()
    "p.yaml:1, column 1: `windoes` is not known; did you mean `windows`? (found 'windoes'; allowed: measures, windows)"
    """
    known = list(sections)
    meant: dict[str, str] = {}
    for name in document.data:
        absent = [one for one in known if one not in document.data and one not in meant.values()]
        if name not in known and (near := nearest(name, absent, 1)):
            meant[name] = near[0]
    if not meant:
        return document, []
    data = {meant.get(name, name): value for name, value in document.data.items()}
    moved = {
        (meant[str(loc[0])], *loc[1:]): spot for loc, spot in document.spots.items() if loc and str(loc[0]) in meant
    }
    problems = [
        Problem(
            f"`{name}` is not known; did you mean `{near}`?",
            document.locate((name,), key=True),
            name,
            ", ".join(known),
        )
        for name, near in meant.items()
    ]
    return Document(document.file, data, {**document.spots, **moved}), problems
