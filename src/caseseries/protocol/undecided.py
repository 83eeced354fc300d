"""The words that a starting file leaves where a person must decide, and where they still stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caseseries.errors import Problem
from caseseries.protocol.yaml import Document, Loc

#: Stands where a person must decide; it is never taken for an answer.
TO_DECIDE = "TO DECIDE"
LEFT = "this is left for you to decide"


def undecided(document: Document) -> list[Problem]:
    """Every place of a file where `TO DECIDE` still stands, as a value or as a name.

    >>> from caseseries.protocol.yaml import read
    >>> [str(problem.place) for problem in undecided(read("dates: TO DECIDE", file="chart.yaml"))]
    ['chart.yaml:1, column 8']
    """
    do = "write what the comment beside it asks for"
    return [Problem(LEFT, document.locate(loc, key=key), TO_DECIDE, do=do) for loc, key in _places(document.data, ())]


def without_consequences(problems: list[Problem], left: list[Problem]) -> list[Problem]:
    """The problems, those that only repeat that a place is still to be decided replaced by that sentence."""
    places = {problem.place for problem in left}
    return [
        *left,
        *(problem for problem in problems if problem.place not in places and TO_DECIDE not in str(problem.found or "")),
    ]


def _places(data: Any, loc: Loc) -> Iterator[tuple[Loc, bool]]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == TO_DECIDE:
                yield (*loc, name), True
            yield from _places(value, (*loc, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _places(value, (*loc, number))
    elif data == TO_DECIDE:
        yield loc, False
