"""What a reader must know before any number: what a database lacks, what sites did not tell; nothing is said of the chart of one place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import of_charts, of_database
from caseseries.report.exhibits.sites_table import sites_words
from caseseries.report.exhibits.words import capital, counted, listed, measure_name, value_name
from caseseries.summary.coarsen import AT_THE_SITE
from caseseries.summary.model import FindingCount, Summary

#: Findings that say what a source lacks; they are told near the top whatever their severity.
LACKING = ("table", "no value", "no row", "concept set", "descendants", "pulse")
#: A finding about a whole source, whichever its kind.
EMPTY_WINDOW = "empty window"
#: So many findings stand above the first number of a page.
MOST_NOTICES = 8
#: So many of one kind are told one by one.
MOST_OF_A_KIND = 3
#: The tables of a database that hold values.
VALUES = ("measurement", "observation")
_TOLD_ROWS = re.compile(r": (\d+) rows?$")


def valueless(summary: Summary) -> tuple[str, ...]:
    """The measures of a database that a change rests on and of which no included case has both values of any change."""
    if of_charts(summary) or not summary.included:
        return ()
    told = {one.measure for one in summary.changes if one.n or one.withheld}
    return tuple(dict.fromkeys(one.measure for one in summary.changes if one.measure not in told))


def without_values(summary: Summary) -> list[str]:
    """Sentences on the measures that :func:`valueless` names."""
    empty = valueless(summary)
    if not empty:
        return []
    used = sum(summary.accounts[table]["used"].high for table in VALUES if table in summary.accounts)
    blank = sum(_rows(found) for found in summary.findings if found.rule == "no value")
    every = _all_missing(summary, empty)
    return [missing_words([value_name(summary.measures, name) for name in empty], used, blank, every=every)]


def _rows(found: FindingCount) -> int:
    """How many rows a finding is about; of a database whose cases are shown its words say so."""
    told = _TOLD_ROWS.search(found.message)
    return int(told[1]) if told else found.n.low


def _all_missing(summary: Summary, empty: Collection[str]) -> bool:
    """Whether every measured number that a change rests on is among those without values; doses are not measured."""
    measured = {one.measure for one in summary.changes if summary.measures[one.measure].kind in {"number", "grade"}}
    return bool(measured) and measured <= {*empty}


def missing_words(names: list[str], used: int, blank: int, *, every: bool) -> str:
    """That measures have no values: in the whole source, where all rows that were used are without one, or in the cases.

    >>> missing_words(["haemoglobin"], 95, 95, every=True)
    'No measurement of this source that the protocol asks for has a value (95 rows without one): nothing can be said about before and after.'
    >>> missing_words(["CK"], 95, 9, every=False)
    'No included case has a value of CK both before and after, so its change is not shown.'
    """
    if every and used <= blank:
        rows = f" ({whole(blank)} rows without one)" if blank else ""
        return f"No measurement of this source that the protocol asks for has a value{rows}: nothing can be said about before and after."
    return f"No included case has a value of {listed(names)} both before and after, so its change is not shown."


def notices(summary: Summary) -> tuple[str, ...]:
    """What must be known before any number is read, in plain words: what a database lacks, what sites did not tell.

    Findings of charts are about cells and stand elsewhere, but for numbers that were rounded when they were converted; where charts and databases
    were read, those are told that are about a whole source.
    """
    if of_charts(summary):
        return (sites_words(summary), *summary.limits) if summary.sites else tuple(_rounded(summary))
    loud = [
        one
        for one in summary.findings
        if one.rule != "no value"
        and (one.rule in (*LACKING, EMPTY_WINDOW) or (one.severity != "note" and of_database(summary)))
    ]
    ordered = sorted(loud, key=lambda one: (one.severity != "error", one.n.exact != 1, one.rule, one.message))
    return (
        *([told] if (told := sites_words(summary)) else []),
        *summary.limits,
        *without_values(summary),
        *shortened([(one.rule, _sentence(summary, one)) for one in ordered]),
    )


def loud_words(summary: Summary) -> list[str]:
    """What of it the terminal says too: measures without any value, names of the protocol without any row."""
    if of_charts(summary):
        return [*without_values(summary), *_rounded(summary)]
    found = [one for one in summary.findings if one.rule == "no row"]
    return [*without_values(summary), *shortened([(one.rule, _sentence(summary, one)) for one in found])]


def _rounded(summary: Summary) -> list[str]:
    """That numbers of a chart were rounded when they were converted, on which verdicts may hang."""
    found = [one for one in summary.findings if one.rule == "rounded" and one.severity == "warning"]
    return shortened([(one.rule, _sentence(summary, one)) for one in found])


def empty_windows(summary: Summary) -> list[str]:
    """Sentences on the windows in which no included case has a value; of several sites, at how many of them."""
    return [_sentence(summary, one).rstrip(".") for one in summary.findings if one.rule == EMPTY_WINDOW]


def _sentence(summary: Summary, found: FindingCount) -> str:
    message = told_of(summary.measures, found.message.rstrip("."))
    if found.message == AT_THE_SITE:
        message = f"{capital(found.rule)}: {found.message}"
    elif found.rule == EMPTY_WINDOW and summary.sites:
        return f"At {count_text(found.n)} of {counted(len(summary.sites), 'site')} {found.message}."
    return f"{message}." if found.n.exact == 1 else f"{message} ({count_text(found.n)})."


def told_of(measures: Mapping[str, MeasureFacts], message: str) -> str:
    """A finding as a sentence: a measure at its beginning has the name that it is printed under (`alt: ...` is `ALT: ...`)."""
    name, colon, rest = message.partition(": ")
    return f"{capital(measure_name(measures, name))}: {rest}" if colon and name in measures else capital(message)


def shortened(told: Sequence[tuple[str, str]]) -> list[str]:
    """Sentences by rule, of many by one rule only the first, and at most so many in all.

    >>> shortened([("table", "No death."), *(("concept set", f"{name}: nothing.") for name in "ABCDE")])
    ['No death.', 'A: nothing. And 4 more of this kind, under “The data read”.']
    """
    by_rule: dict[str, list[str]] = {}
    for rule, sentence in told:
        by_rule.setdefault(rule, []).append(sentence)
    found: list[str] = []
    for sentences in by_rule.values():
        if len(sentences) <= MOST_OF_A_KIND:
            found += sentences
        else:
            found.append(f"{sentences[0]} And {len(sentences) - 1} more of this kind, under “The data read”.")
    if len(found) <= MOST_NOTICES:
        return found
    rest = len(found) - MOST_NOTICES + 1
    return [*found[: MOST_NOTICES - 1], f"{rest} further findings stand under “The data read”."]


def paragraphs(summary: Summary) -> list[Paragraph]:
    """Sentences on measures without values, where the tables of changes would stand."""
    return [Paragraph(told) for told in without_values(summary)]
