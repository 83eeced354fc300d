"""Counts and shares of a population in words; what a site told only as a range stays one."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.report.exhibits.model import Cell
from caseseries.report.exhibits.numbers import EN_DASH, NOT_ESTIMABLE, extremes, percent, percent_interval, span, whole
from caseseries.report.exhibits.words import absence, listed
from caseseries.summary.model import Answers, Summary
from caseseries.summary.result import Count, Result
from caseseries.verdict.names import event_words, short_name


def count_text(count: Count) -> str:
    """A count, or the two ends between which it lies.

    >>> count_text(Count(12034, 12034)), count_text(Count(1, 4))
    ('12,034', '1–4')
    """
    return whole(count.low) if count.exact is not None else span(whole(count.low), whole(count.high))


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


def share_words(count: Count, total: int) -> str:
    """n of N (%), for sentences.

    >>> share_words(Count(271000, 271000), 400000), share_words(Count(1, 4), 8)
    ('271,000 of 400,000 (67.8 %)', '1–4 of 8 (13–50 %)')
    """
    told = f"{count_text(count)} of {whole(total)}"
    if not total:
        return told
    if count.exact is not None:
        return f"{told} ({percent(count.exact, total)} %)"
    return f"{told} ({span(percent(count.low, total), percent(min(count.high, total), total))} %)"


def inside(found: Answers) -> Count:
    """The cases in the denominator of an outcome."""
    return found.yes + found.no + found.not_evaluable


def unplaced(found: Answers) -> Count:
    """The cases of which it is not known whether they belong to the denominator."""
    yes, no, unknown = found.unplaced
    return yes + no + unknown


def worst(found: Answers) -> tuple[Count, Count]:
    """The responders and the denominator of the worst case: not evaluable as non-responders, not placed as lowers the share."""
    return found.yes, inside(found) + found.unplaced[1] + found.unplaced[2]


def best(found: Answers) -> tuple[Count, Count]:
    """The responders and the denominator of the best case."""
    with_yes, _, with_unknown = found.unplaced
    return found.yes + found.not_evaluable + with_yes + with_unknown, inside(found) + with_yes + with_unknown


def evaluable(found: Answers) -> Count:
    """The cases with an answer."""
    return found.yes + found.no


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


def ends_text(result: Result, count: Count) -> str:
    """The interval of a proportion; of a range of counts nothing, because its interval is not known."""
    return (percent_interval(result) or NOT_ESTIMABLE) if count.exact is not None else NOT_ESTIMABLE


def answer_words(found: Answers, level: str, nobody: str = "") -> str:
    """The headline of one outcome: `131,685 of 382,838 (34.4 %, 95 % CI 34.2–34.5)`; `nobody` says why no case was included."""
    total, yes = inside(found), found.yes
    if yes.exact is None or total.exact is None:
        ends = percent_interval(found.of_included)
        told = f"{count_text(yes)} of {count_text(total)}"
        return f"{told} ({ends} %, a range because small counts were not told)" if ends else told
    if not total.exact:
        return f"0 of 0 ({NOT_ESTIMABLE}: {nobody or 'no case is in this denominator'})"
    ends = percent_interval(found.of_included)
    interval = f", {level} % CI {ends}" if ends else ", interval not estimable"
    return f"{whole(yes.exact)} of {whole(total.exact)} ({percent(yes.exact, total.exact)} %{interval})"


def reasons_words(population: Summary, text: str, at: str) -> str:
    """Why a case is not evaluable: every `window measure: code` of it in words.

    `at` is the window in which the outcome is assessed.
    """
    if text.startswith("event: "):
        return f"decided by an event: {event_text(population, text.removeprefix('event: '), at)}"
    if text.startswith("event not known: "):
        return f"not known whether this happened: {event_text(population, text.removeprefix('event not known: '), at)}"
    gathered: dict[tuple[str, str], list[str]] = {}
    for part in dict.fromkeys(text.split("; ")):
        where, _, code = part.rpartition(": ")
        window, name = _slot(population, where)
        gathered.setdefault((window, code) if name else (part, ""), []).append(name or part)
    return "; ".join(_together(population, window, code, names) for (window, code), names in gathered.items())


def _slot(population: Summary, where: str) -> tuple[str, str]:
    """Window and measure of `window measure`; no measure where it is something else."""
    for window in population.protocol.windows:
        name = where.removeprefix(f"{window} ")
        if where.startswith(f"{window} ") and name in population.measures:
            return window, name
    return where, ""


def _together(population: Summary, window: str, code: str, names: Sequence[str]) -> str:
    """One reason that several measures of one window share, as one."""
    if not code:
        return window
    measures, windows = population.measures, population.protocol.windows
    told = [absence(f"{window} {name}: {code}", measures, windows) for name in names]
    first = short_name(measures[names[0]])
    if len(names) == 1 or first not in told[0]:
        return "; ".join(dict.fromkeys(told))
    return told[0].replace(first, listed([short_name(measures[name]) for name in names]), 1)


def event_text(population: Summary, text: str, at: str) -> str:
    """Intercurrent events as something that happened; several that occurred together are joined."""
    return "; ".join(event_words(event, population.protocol, at) for event in text.split("; "))
