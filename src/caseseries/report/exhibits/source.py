"""What a database lacks, in plain words, for a series whose cases are shown one by one; nothing is said of a chart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from caseseries.chart.tables import Finding
from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.numbers import whole
from caseseries.report.exhibits.run import Finished
from caseseries.report.exhibits.selection import of_database
from caseseries.report.exhibits.words import capital, listed, measure_name
from caseseries.summary.model import ChangeSummary, Summary

#: Findings that say what a source lacks; they are told near the top whatever their severity.
LACKING = ("table", "no value", "no row", "concept set", "descendants", "pulse")
#: So many findings stand above the first number of a page.
MOST_NOTICES = 8
#: So many of one kind are told one by one.
MOST_OF_A_KIND = 3
#: The tables of a database that hold values.
VALUES = ("measurement", "observation")
_ROWS = re.compile(r": (\d+) rows?$")


def valueless(summary: Summary) -> tuple[str, ...]:
    """The measures of a database of which no included case has both values, and which a change rests on."""
    if not of_database(summary) or not summary.included:
        return ()
    return tuple(dict.fromkeys(change.measure for change in _changes(summary) if not change.n))


def _changes(summary: Summary) -> tuple[ChangeSummary, ...]:
    behind = [change for outcome in summary.outcomes.values() for change in outcome.changes]
    return tuple(change for change in (*behind, *summary.change_outcomes) if change.spec == 0)


def without_values(summary: Summary) -> list[str]:
    """Sentences on the measures that :func:`valueless` names."""
    empty = valueless(summary)
    if not empty:
        return []
    used = sum(summary.accounts.get(table, {}).get("used", 0) for table in VALUES)
    blank = sum(_rows(finding) for finding in summary.findings if finding.rule == "no value")
    every = all_values_missing(summary, empty, {change.measure for change in _changes(summary)})
    return [missing_words([value_name(summary.measures, name) for name in empty], used, blank, every=every)]


def value_name(measures: Mapping[str, MeasureFacts], name: str) -> str:
    """What there is no value of: a dose is told as one, since `prednisone` alone reads as the drug."""
    facts = measures[name]
    return f"the daily dose ({facts.unit})" if facts.kind == "dose" else measure_name(measures, name)


def all_values_missing(run: Finished, empty: Iterable[str], asked: Iterable[str]) -> bool:
    """Whether every measured number that a change rests on is among those without values; doses are not measured."""
    measured = {name for name in asked if run.measures[name].kind == "number"}
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


def _rows(finding: Finding) -> int:
    found = _ROWS.search(finding.message)
    return int(found[1]) if found else 0


def notices(summary: Summary) -> tuple[str, ...]:
    """What must be known before any number is read; nothing for a chart."""
    if not of_database(summary):
        return ()
    loud = [found for found in summary.findings if found.severity != "note" or found.rule in LACKING]
    told = [
        (found.rule, f"{told_of(summary.measures, found.message.rstrip('.'))}.")
        for found in loud
        if found.rule != "no value"
    ]
    return (*without_values(summary), *shortened(told))


def loud_words(summary: Summary) -> list[str]:
    """What of it the terminal says too: measures without any value, names of the protocol without any row."""
    found = [(finding.rule, finding.message) for finding in summary.findings] if of_database(summary) else []
    return [*without_values(summary), *no_rows(summary.measures, found)]


def told_of(measures: Mapping[str, MeasureFacts], message: str) -> str:
    """A finding as a sentence: a measure at its beginning has the name that it is printed under (`alt: ...` is `ALT: ...`)."""
    name, colon, rest = message.partition(": ")
    return f"{capital(measure_name(measures, name))}: {rest}" if colon and name in measures else capital(message)


def no_rows(measures: Mapping[str, MeasureFacts], findings: Iterable[tuple[str, str]]) -> list[str]:
    """Names without any row, from (rule, message).

    >>> no_rows({}, [("no row", "drug x: no row of drug_exposure has one of its concepts (7)"), ("unit", "ck: refused")])
    ['Drug x: no row of drug_exposure has one of its concepts (7).']
    """
    return shortened(
        [(rule, f"{told_of(measures, message.rstrip('.'))}.") for rule, message in findings if rule == "no row"]
    )


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
    """The same about values, where the tables of changes would stand."""
    return [Paragraph(told) for told in without_values(summary)]
