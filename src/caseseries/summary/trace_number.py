"""Every number of a report traced: what it was computed from, the cases behind it and their cells, held against the number itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction

from caseseries.chart.tables import Chart
from caseseries.errors import Disagreement
from caseseries.summary.behind import Traced
from caseseries.summary.behind_by_answer import behind_by_answer
from caseseries.summary.behind_days import behind_days
from caseseries.summary.behind_number import Behind
from caseseries.summary.behind_people import behind_people
from caseseries.summary.behind_safety import behind_safety
from caseseries.summary.behind_values import behind_values
from caseseries.summary.behind_verdicts import behind_verdicts
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.compare import disagreement
from caseseries.summary.model import Summary
from caseseries.summary.published_ids import names_of_events, published
from caseseries.summary.result import Number, Result

#: Why no case stands behind a number of a run that only counted them.
COUNTED = (
    "This run counted its cases in the source and holds none of them, so that the cases behind this number cannot be listed. Run the study on the "
    "patients in question alone, or look into patients.parquet, which `run` writes beside the report, and `explain` one of them."
)
#: So many ids are proposed in place of one that is none.
MOST_NEAR = 3
#: Where all ids are.
HOW_TO_LIST = "`caseseries trace --list` lists all ids with their labels, and in Python `results.numbers` holds them."
#: Why there is no case behind a number that is computed from others.
FROM_RESULTS = "It is computed from other numbers, which can be traced."
#: Why there is no case behind a number of a run that has none.
NOBODY = "No case is behind it: none is included, or none is of this kind."
#: How far two numbers may lie apart that were computed from the same values on two ways.
_APART = 1e-9


def numbers_behind(summary: Summary) -> Mapping[str, Behind]:
    """By its id, as results.json names it, every number that can be traced, in the order of the report."""
    level = Fraction(int(summary.protocol.reporting.level), 100)
    found, names = dict[str, Behind](), names_of_events(summary)
    for behind in _every(summary, level):
        told = published(behind.result, names)
        found.setdefault(told.id, replace(behind, result=told))
    return found


def near_ids(given: str, ids: Sequence[str]) -> str:
    """A sentence with the ids that may have been meant: those that hold what was given, or are spelt alike; empty where there are none.

    >>> near_ids("age/mean", ["table1/age/mean", "table1/age/sd"]), near_ids("zz", ["table1/age/sd"])
    ('Did you mean table1/age/mean? ', '')
    """
    asked = given.casefold().strip()
    holding = [one for one in ids if asked and asked in one.casefold()]
    by_fold = {one.casefold(): one for one in ids}
    near = holding or [by_fold[one] for one in get_close_matches(asked, list(by_fold), MOST_NEAR, 0.6)]
    return f"Did you mean {' or '.join(near[:MOST_NEAR])}? " if near else ""


def _every(summary: Summary, level: Fraction) -> Iterator[Behind]:
    people = list(behind_people(summary, level))
    values = list(behind_values(summary, level))
    described = [one for one in people if one.result.id.startswith(("table1/", "prior/"))]
    described += [one for one in values if one.result.id.startswith("table1/")]
    yield from described
    yield from behind_by_answer(summary, described)
    yield from behind_verdicts(summary, level)
    yield from values
    yield from behind_days(summary, level)
    yield from people
    yield from behind_safety(summary, level)


def trace_number(summary: Summary, chart: Chart | None, behind: Behind) -> Traced:
    """The cases behind one number with their cells. The number is counted again from them, and must come out the same.

    Raises:
        Disagreement: the cases do not make the number, a defect of this software.
    """
    if behind.find is None:
        why = FROM_RESULTS if behind.results else behind.result.absent_because
        return Traced(behind.result, behind.told, results=behind.results, not_shown=why)
    if summary.cases is None or chart is None:
        return Traced(behind.result, behind.told, grain=behind.grain, not_shown=COUNTED)
    cases = tuple(behind.find(ChartRows(summary, summary.cases, chart)))
    again = behind.again(cases)
    if again is not None and not same_number(behind.result, again):
        raise _differ(behind.result)
    return Traced(behind.result, behind.told, cases, behind.grain, not_shown="" if cases else NOBODY)


def _differ(result: Result) -> Disagreement:
    return disagreement(f"the number {result.id!r}, counted again from its cases")


def same_number(one: Result, other: Result) -> bool:
    """Whether two results are one number: estimate, interval, n, total and words.

    >>> from dataclasses import replace
    >>> one = Result("x", "x", Fraction(1, 3), n=1, total=3)
    >>> same_number(one, replace(one, label="y", estimate=1 / 3)), same_number(one, replace(one, n=2))
    (True, False)
    >>> same_number(one, replace(one, estimate=Fraction(333333333333, 10**12)))
    False
    """
    told = ((one.estimate, other.estimate), (one.lower, other.lower), (one.upper, other.upper))
    return all(_same(*pair) for pair in told) and (one.n, one.total, one.words) == (other.n, other.total, other.words)


def _same(one: Number | None, other: Number | None) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    return abs(float(one) - float(other)) <= _APART * max(1.0, abs(float(one)))
