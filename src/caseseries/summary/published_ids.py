"""The ids and labels of numbers as they leave the program: in results.json, on the page, and in what is traced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from caseseries.summary.dateless_names import dateless_names
from caseseries.summary.model import Summary
from caseseries.summary.result import Result

_OF_TERMS, _LIMIT = ("safety/rate/", "safety/with_event/"), "/upper limit"


def names_of_events(summary: Summary) -> Mapping[str, str]:
    """What adverse events are called there: without the dates that a chart may have written into their names."""
    return dateless_names(term.term for term in (summary.safety.terms if summary.safety is not None else ()))


def published(found: Result, names: Mapping[str, str]) -> Result:
    """A result as it is told: that of an adverse event under its name without dates, in its id and its label.

    >>> found = published(Result("safety/rate/rash 2009-03-14", "rash 2009-03-14", None), {"rash 2009-03-14": "rash [date]"})
    >>> found.id, found.label
    ('safety/rate/rash [date]', 'rash [date]')
    """
    prefix = next((one for one in _OF_TERMS if found.id.startswith(one)), "")
    tail = _LIMIT if found.id.endswith(_LIMIT) else ""
    term = found.id.removeprefix(prefix).removesuffix(tail)
    if not prefix or names.get(term, term) == term:
        return found
    return replace(found, id=f"{prefix}{names[term]}{tail}", label=found.label.replace(term, names[term]))
