"""Graded measures in words: medians and ranges as grades, changes in steps, and how many cases have each grade."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.report.exhibits.describe import count
from caseseries.report.exhibits.printed_numbers import absent, range_words, whole
from caseseries.report.exhibits.words import capital
from caseseries.summary.model import ChangeSummary
from caseseries.summary.result import Result
from caseseries.summary.result_rows import NO_PAIR
from caseseries.verdict.names import short_name


def graded_change(change: ChangeSummary, why: str = "") -> str:
    """`a median of 2+ at baseline and of 0 at month 6; median change −2 steps (range −4 to 0; n = 8)`; `why` is what is absent."""
    median = change.change["median"]
    if not median.words:
        because = (
            f"{NO_PAIR.removesuffix(' (n = 0)')}: {why}"
            if why and median.absent_because == NO_PAIR
            else median.absent_because
        )
        return f"change {absent(because)}"
    before, after = (_at_median(results["median"]) for results in (change.before, change.after))
    told = f"a median {before} at {change.before_window} and {after} at {change.after_window}; "
    told += f"median change {_in_steps(median)}"
    ends = _ends(change.change, count(change.change))
    return f"{told} ({'; '.join(part for part in (ends, f'n = {whole(count(change.change))}') if part)})"


def _at_median(median: Result) -> str:
    return median.words if median.words.startswith("between ") else f"of {median.words}"


def _in_steps(median: Result) -> str:
    return f"{median.words} step{'' if median.words[1:] == '1' else 's'}"


def _ends(results: Mapping[str, Result], n: int) -> str:
    low, high = results["minimum"].words, results["maximum"].words
    return range_words(low, high, n) if low and high else ""


def grade_notes(change: ChangeSummary, facts: MeasureFacts) -> list[str]:
    """How many cases have each grade before and after; nothing of measures that are no grades, or where sites told bins."""
    spreads = [(change.before_window, change.spreads["before"]), (change.after_window, change.spreads["after"])]
    if not facts.grades or not change.n or any(spread.lows != spread.highs for _, spread in spreads):
        return []
    told = []
    for window, spread in spreads:
        counts = dict(spread.counts())
        each = [f"{told_grade(facts.grades, place)} in {whole(n)}" for place, n in sorted(counts.items())]
        told.append(f"at {window} {', '.join(each)}")
    return [
        f"{capital(short_name(facts))} is graded, so that it has no mean; of the cases with both values {'; '.join(told)}."
    ]
