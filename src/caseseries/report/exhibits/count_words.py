"""Counts and shares in words; what sites told only as a range stays one."""

from __future__ import annotations

from collections.abc import Iterable

from caseseries.report.exhibits.printed_blocks import Cell
from caseseries.report.exhibits.printed_numbers import (
    EN_DASH,
    NOT_ESTIMABLE,
    ci_text,
    extremes,
    joined_words,
    percent,
    percent_ends,
    percent_interval,
    percent_range,
    percent_span,
    span,
    whole,
)
from caseseries.report.exhibits.words import spelled
from caseseries.summary.model import Answers
from caseseries.summary.result import Count, Result
from caseseries.verdict.number_style import with_percent


def count_text(count: Count) -> str:
    """A count, or the two ends between which it lies.

    >>> count_text(Count(12034, 12034)), count_text(Count(1, 4))
    ('12,034', '1–4')
    """
    return whole(count.low) if count.exact is not None else span(whole(count.low), whole(count.high))


def count_spelled(count: Count, one: str, many: str) -> str:
    """A count with its noun as a sentence begins with it.

    >>> count_spelled(Count(2, 2), "case was", "cases were"), count_spelled(Count(1, 4), "case was", "cases were")
    ('Two cases were', '1–4 cases were')
    """
    return f"{count_text(count)} {many}" if count.exact is None else spelled(count.exact, one, many)


def count_cell(count: Count) -> Cell:
    """A count as a cell; a range has no single value."""
    return Cell(count_text(count), count.exact)


def share_text(count: Count, total: int) -> str:
    """n/N (%), or the range of both.

    >>> share_text(Count(3, 3), 4), share_text(Count(1, 4), 100), share_text(Count(0, 0), 0)
    ('3/4 (75)', '1–4/100 (1.0–4.0)', '0/0')
    """
    told = f"{count_text(count)}/{whole(total)}"
    if not total:
        return told
    if count.exact is not None:
        return f"{told} ({percent(count.exact, total)})"
    return f"{told} ({span(percent(count.low, total), percent(min(count.high, total), total))})"


def percent_text(count: Count, total: int) -> str:
    """The percentage alone, or the range of it.

    >>> percent_text(Count(3, 3), 400), percent_text(Count(1, 4), 100), percent_text(Count(0, 0), 0)
    ('0.8', '1.0–4.0', '–')
    """
    if not total:
        return EN_DASH
    return extremes(percent(count.low, total), percent(min(count.high, total), total))


def percent_told(count: Count, total: int) -> str:
    """The percentage with its sign, or the range of it, for sentences.

    >>> percent_told(Count(3, 3), 400), percent_told(Count(1, 4), 100)
    ('0.8 %', '1.0–4.0 %')
    """
    low, high = (percent(one, total) for one in (count.low, min(count.high, total)))
    return with_percent(low) if low == high else percent_span(low, high)


def share_words(count: Count, total: int) -> str:
    """n of N (%), for sentences.

    >>> share_words(Count(271000, 271000), 400000), share_words(Count(1, 4), 8)
    ('271,000 of 400,000 (67.8 %)', '1–4 of 8 (13–50 %)')
    """
    told = f"{count_text(count)} of {whole(total)}"
    if not total:
        return told
    if count.exact is not None:
        return f"{told} ({with_percent(percent(count.exact, total))})"
    return f"{told} ({percent_span(percent(count.low, total), percent(min(count.high, total), total))})"


def unplaced(answers: Answers) -> Count:
    """The cases of which it is not known whether they belong to the denominator."""
    yes, no, unknown = answers.unplaced
    return yes + no + unknown


def worst(answers: Answers) -> tuple[Count, Count]:
    """The responders and the denominator of the worst case: not evaluable as non-responders, not placed as lowers the share."""
    return answers.yes, answers.inside + answers.unplaced[1] + answers.unplaced[2]


def best(answers: Answers) -> tuple[Count, Count]:
    """The responders and the denominator of the best case."""
    with_yes, _, with_unknown = answers.unplaced
    return answers.yes + answers.not_evaluable + with_yes + with_unknown, answers.inside + with_yes + with_unknown


def evaluable(answers: Answers) -> Count:
    """The cases with an answer."""
    return answers.yes + answers.no


def of_text(count: Count, total: Count) -> str:
    """n/N (%) where N may be a range too."""
    if total.exact is not None:
        return share_text(count, total.exact)
    return f"{count_text(count)}/{count_text(total)}"


def of_words(count: Count, total: Count) -> str:
    """n of N (%) where N may be a range too, for sentences."""
    if total.exact is not None:
        return share_words(count, total.exact)
    return f"{count_text(count)} of {count_text(total)}"


def ends_text(result: Result) -> str:
    """The interval of a proportion; not the ends between which a proportion of ranges lies, which has no interval.

    >>> ends_text(Result("x", "", 0.75, 0.349141, 0.968146)), ends_text(Result("x", "", None, 0.01, 0.04))
    ('34.9–96.8', 'not estimable')
    """
    return (percent_interval(result) if result.estimate is not None else "") or NOT_ESTIMABLE


def range_notes(counts: Iterable[Count]) -> list[str]:
    """The footnote of a table in which some of these counts are ranges."""
    if all(count.exact is not None for count in counts):
        return []
    return [
        f"Two numbers joined by {joined_words()} are the ends of a range: a site did not tell its small counts. Ranges have no interval."
    ]


def answer_words(answers: Answers, level: str, nobody: str = "") -> str:
    """The headline of one outcome: `131,685 of 382,838 (34.4 %, 95 % CI 34.2–34.5)`; `nobody` says why no case was included."""
    return interval_words(answers.yes, answers.inside, answers.of_included, level, nobody)


def interval_words(yes: Count, total: Count, share: Result, level: str, nobody: str = "") -> str:
    """A count of a total with its percentage and interval; `nobody` says why the total is 0."""
    if yes.exact is None or total.exact is None:
        ends = percent_range(share)
        told = f"{count_text(yes)} of {count_text(total)}"
        return f"{told} ({ends}, a range because small counts were not told)" if ends else told
    if not total.exact:
        return f"0 of 0 ({NOT_ESTIMABLE}: {nobody or 'no case is in this denominator'})"
    ends = percent_ends(share)
    interval = f", {ci_text(level, ends)}" if ends else ", interval not estimable"
    return f"{whole(yes.exact)} of {whole(total.exact)} ({with_percent(percent(yes.exact, total.exact))}{interval})"
