"""A time to an event: how it was defined, how the times ended, by when half had it, the share by each day, and every case."""

from __future__ import annotations

from caseseries.protocol.specs import Spec, counted_from, looked_for_in, time_plan
from caseseries.protocol.time_to import NOT_AT_RISK, Ending, TimeToOutcome
from caseseries.protocol.tree import HeldRule
from caseseries.report.exhibits.count_words import count_cell, count_text
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.median_days import median_ends, median_from, median_limits
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    ci_text,
    ci_title,
    number,
    percent_ends,
    percent_interval,
    plain,
    whole,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, day, listed, planned
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Reason, Result
from caseseries.summary.time_to import COMPETING, EVENT, NOBODY, TimeSummary
from caseseries.verdict.denominator import denominator_words
from caseseries.verdict.names import window_days
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.numbers import day_text
from caseseries.verdict.rule_text import describe_days, describe_read
from caseseries.verdict.time_to import event_of, time_name, time_sentence

#: How a time ended, in tables and sentences.
ENDED: dict[Ending, str] = {
    "event": "event",
    "death": "died",
    "drug stopped": "stopped the study drug",
    "end of window": "followed to the end of the window",
    "data cutoff": "at the data cut-off",
    "lost": "lost to follow-up",
}
_COMPETES: dict[Ending, str] = {"death": "death", "drug stopped": "stopping the study drug"}


def sought(summary: Summary, name: str) -> str:
    """What is looked for, in words: the rule, or the event by its name."""
    outcome = summary.protocol.times[name]
    if outcome.stop:
        return f"the first day without {outcome.stop}"
    held = looked_for_in(time_plan(summary.protocol, name).primary.tree)
    if not isinstance(held, HeldRule):
        return f"the {'first ' if outcome.start is None else ''}{outcome.event} on record{'' if outcome.start is None else ' that follows'}"
    return _first_visit(summary, held, outcome.lasting, outcome.gap)


def begins(summary: Summary, name: str) -> str:
    """What the time counts from, in words."""
    start, held = summary.protocol.times[name].start, counted_from(time_plan(summary.protocol, name).primary.tree)
    if start is None or held is None:
        return "the index date"
    return _first_visit(summary, held, start.lasting, start.gap, start.in_)


def _first_visit(summary: Summary, held: HeldRule, lasting: int | None, gap: int | None, within: str = "") -> str:
    rule = describe_read(held, summary.measures)
    where = f" within {window_days(summary.protocol.windows[within])}" if within else ""
    if lasting is not None and gap is not None:
        apart = f"on visits at most {counted(gap, 'day')} apart"
        return (
            f"the first visit{where} by which this had been seen for {counted(lasting, 'day')} or more, {apart}: {rule}"
        )
    return f"the first visit{where} on which this was seen: {rule}"


def counts_from(outcome: TimeToOutcome) -> str:
    """Where the time begins, in short."""
    return "the index date" if outcome.start is None else "the start"


def time_methods(summary: Summary) -> str:
    """How each time was counted, for the Methods; empty where there is none."""
    return " ".join(_method(summary, name) for name in summary.times)


def _method(summary: Summary, name: str) -> str:
    outcome = summary.protocol.times[name]
    window = summary.protocol.windows[outcome.in_]
    if outcome.start is None:
        told = f"{time_name(name)} was counted in whole days from the index date to {sought(summary, name)}."
    else:
        told = f"{time_name(name)} was counted in whole days. Its start is {begins(summary, name)}. It ends with {sought(summary, name)}."
        told += (
            " Cases in which the start was not met on any visit, or only after the time had ended, have no time and are counted apart, and so are "
            "those of which it is not known whether it was met. Where that was not known on some visit before the start, it may have begun earlier; "
            "these are counted."
        )
    if outcome.good is not None:
        told += f" {capital(name)} is {'wanted' if outcome.good else 'not wanted'}."
    if outcome.among is not None:
        told += f" It was looked for among {denominator_words(summary.times[name].plan, summary.measures)}; the others have no time."
    for reading, spec in _readings(summary.times[name]):
        held = looked_for_in(spec.tree)
        if isinstance(held, HeldRule):
            told += f" Read otherwise ({reading}): {_first_visit(summary, held, outcome.lasting, outcome.gap)}."
    if outcome.stop:
        told += (
            f" It was looked for to {day_text(window.to)}. Whoever was still on the drug on the last day that is known of them was censored then. "
            "Where the last day of the drug is not known there is no time. Whoever died on the first day without the drug died on it."
        )
        if outcome.start is not None:
            told += " Cases in which the drug had been stopped by the start have no time."
    elif outcome.event:
        told += f" It was looked for on {window_days(window)}."
        if outcome.start is not None:
            told += " One before the start does not count, and cases that had one on its day have no time."
        elif window.from_ <= 0:
            told += " Cases in which it had begun by the index date have no time to it."
    else:
        told += (
            f" Every visit was read on {describe_days(window)}. The time used is the day on which it was first seen; it came about after the "
            "last day on which it surely was not so, and these two days stand with every case. A visit of which it is not known counts as no visit."
        )
        if window.from_ <= 0 or outcome.start is not None:
            told += (
                f" The last visit up to {counts_from(outcome)} says whether it was so already, and such cases have no time; nor have those of which "
                "that is not known."
            )
        else:
            told += " Every case counts as without it on the index date."
        if summary.protocol.partial_dates == "bounds":
            told += (
                " Where a value that is read, or a recorded visit, with a date that is not known to the day may be of a day before it was seen, or "
                "before the time ended, there is no time."
            )
    hides = [_COMPETES[one] for one in ("death", "drug stopped") if one in outcome.censored]
    hidden = listed(["the end of follow-up", "the data cut-off", "the end of the window", *hides], "or")
    where = "by" if outcome.dated else "on the last day before on which it surely was not so, by"
    without = "the drug was not stopped" if outcome.stop else "it was not seen"
    told += f" Cases in which {without} were censored {where} {hidden}, whichever came first."
    if outcome.competing:
        told += f" {capital(listed(_COMPETES[one] for one in outcome.competing))} before it"
        told += f" {'are competing events' if len(outcome.competing) > 1 else 'is a competing event'}."
    if (outcome.stop or "drug stopped" in outcome.competing) and summary.kept != "database":
        told += f" A recorded last day of the drug counts{'' if summary.kept == 'chart' else ' in charts'} also where nothing later is recorded."
    told += " On one day the event counts before"
    told += " a competing event, and both before" if outcome.competing else ""
    told += " a censoring."
    if summary.protocol.period.data_cutoff is None or not summary.dated:
        told += " No data cut-off is declared, so that whoever was not seen to the end of the window counts as lost."
    return told


def _readings(found: TimeSummary) -> list[tuple[str, Spec]]:
    """The other readings, each with the spec that is otherwise as written."""
    return [(one.spec.reading, one.spec) for one in found.again if one.spec.role == "reading"]


def called(found: TimeSummary) -> str:
    """What is looked for, with whether that is not wanted."""
    event = event_of(found.name)
    return f"{event} (unwanted)" if found.outcome.good is False else event


def time_words(summary: Summary, name: str) -> Paragraph:
    """How many had it, what became of the others, and by when."""
    found = summary.times[name]
    if not found.n:
        return Paragraph(f"{time_name(name)}: {_nobody(found)}.")
    told = f"Of {counted(summary.included - found.withheld, 'included case')}, {whole(found.n)} {'was' if found.n == 1 else 'were'} at risk"
    told += f" ({_without(found)})" if found.without else ""
    told += f". {capital(called(found))} came in {_had(found, why=False)}"
    others = [
        f"{whole(n)} {ENDED[one]}{' before' if one in found.outcome.competing else ''}"
        for one, n in found.endings.items()
        if one in found.outcome.competing
    ]
    told += f"; {listed(others)}" if others else ""
    censored = sum(found.censored.values())
    if censored:
        parts = listed(f"{whole(n)} {ENDED[one]}" for one, n in found.censored.items())
        told += f"; {whole(censored)} {'was' if censored == 1 else 'were'} censored ({parts})"
    told += f". {_median_words(summary, found)}"
    shares = [f"{_share(one, summary.protocol.reporting.level)} by day {at}" for one, at in _shares(found)]
    if shares:
        of_these = ", of the cases with a time," if _not_known(found) else ""
        told += f" The share who had it{of_these} was {listed(shares)}."
    unread = sum(found.unread.values())
    if unread:
        told += (
            f" In {counted(unread, 'case')} it was not known on some visit since it was last surely not so, "
            "so that it may have come about earlier than it was seen, or unseen."
        )
    unclear = sum(found.unclear.values())
    if unclear:
        told += f" In {counted(unclear, 'case')} it was not known on some visit before the start whether it had begun, so that it may be longer."
    if found.withheld:
        told += f" Sites with {counted(found.withheld, 'case')} told nothing of this."
    if "death" in {*found.outcome.competing, *found.outcome.censored} and "deaths" in summary.not_charted:
        told += " Deaths were not charted by every source: whoever died there stands among the censored."
    return Paragraph(told)


def _nobody(found: TimeSummary) -> str:
    if found.withheld and not found.without:
        return "not told by any site"
    return f"{NOBODY} ({_without(found)})" if found.without else NOBODY


def _without(found: TimeSummary) -> str:
    return "; ".join(
        f"{one.words} in {count_text(one.n)}"
        if one.words in NOT_AT_RISK
        else f"not evaluable in {count_text(one.n)}: {one.words}"
        for one in found.without
    )


def _not_known(found: TimeSummary) -> list[Reason]:
    """Why cases have no time of which nobody knows whether they had the event."""
    return [one for one in found.without if one.words not in NOT_AT_RISK]


def _had(found: TimeSummary, *, why: bool = True) -> str:
    """How many had the event of those with a time, and how many others may have had it, with the reason unless it was told before."""
    if not (unknown := _not_known(found)):
        return f"{whole(found.events)} of {whole(found.n)}"
    total = sum((one.n for one in unknown), NONE)
    verb = "has" if total.high == 1 else "have"
    told = f"{whole(found.events)} of the {counted(found.n, 'case')} with a time; {count_text(total)} {verb} none and may have had it"
    if not why:
        return told
    reasons = (
        unknown[0].words if len(unknown) == 1 else "; ".join(f"{one.words}: {count_text(one.n)}" for one in unknown)
    )
    return f"{told} ({reasons})"


def _median_words(summary: Summary, found: TimeSummary) -> str:
    median, level = found.median, summary.protocol.reporting.level
    if median.absent_because == COMPETING:
        return "No median is given, because other events compete."
    if median.estimate is None:
        return f"The median time is {absent(median.absent_because)}{median_from(median, level)}."
    return f"The median time was {plain(median.estimate)} days ({median_ends(median, level)})."


def median_text(summary: Summary, name: str) -> str:
    """One line for the headline: how many had it, and by when half had."""
    found = summary.times[name]
    if not found.n:
        return _nobody(found)
    told = _had(found)
    if found.median.absent_because == COMPETING:
        shares = [f"{_share(one, summary.protocol.reporting.level)} by day {at}" for one, at in _shares(found)]
        return f"{told}; {'; '.join(shares)}" if shares else told
    return f"{told}; {_median_words(summary, found).rstrip('.').removeprefix('The ')}"


def _shares(found: TimeSummary) -> list[tuple[Result, int]]:
    return list(zip(found.shares, found.outcome.times, strict=True))


def _share(result: Result, level: str) -> str:
    if result.estimate is None:
        return absent(result.absent_because)
    ends = percent_ends(result)
    return with_percent(number(100 * result.estimate)) + (f" ({ci_text(level, ends)})" if ends else "")


def time_table(summary: Summary, name: str) -> Table:
    """How the times ended, the median, and the share at the named days."""
    found, level = summary.times[name], summary.protocol.reporting.level
    outcome = found.outcome
    rows = [Row((Cell("Included cases"), _n(summary.included), Cell(""))), *_timeless(found)]
    if found.withheld:
        rows.append(Row((Cell("Of sites that told nothing"), _n(found.withheld), Cell("")), 1))
    rows.append(Row((Cell(f"At risk after {counts_from(outcome)}", strong=True), _n(found.n), Cell(""))))
    rows.append(Row((Cell(capital(called(found))), _n(found.events), Cell("")), 1))
    for one in outcome.competing:
        rows.append(Row((Cell(f"{capital(ENDED[one])} before (competes)"), _n(found.endings.get(one, 0)), Cell("")), 1))
    rows.append(Row((Cell("Censored"), _n(sum(found.censored.values())), Cell("")), 1))
    rows += [Row((Cell(capital(ENDED[one])), _n(n), Cell("")), 2) for one, n in found.censored.items()]
    median = found.median
    if median.absent_because != COMPETING and found.n:
        printed = absent(median.absent_because) + median_from(median, level)
        if median.estimate is not None:
            printed = f"{plain(median.estimate)} ({median_limits(median)})"
        rows.append(Row((Cell("Median time, days"), Cell(""), Cell(printed).naming(median))))
    if found.shares and found.n:
        rows.append(heading("Share who had it, %; still at risk on that day"))
        for share, at in _shares(found):
            ends = percent_interval(share)
            printed = absent(share.absent_because)
            if share.estimate is not None:
                printed = f"{number(100 * share.estimate)} ({ends or NOT_ESTIMABLE})"
            rows.append(Row((Cell(f"By day {at}"), _n(found.curve.at_risk(at)), Cell(printed).naming(share)), 1))
    columns = (Column(""), Column("n", "number"), Column(f"Estimate ({ci_title(level)})", "number"))
    return Table(f"time-{slug(name)}", time_name(name), columns, tuple(rows), _notes(summary, found))


def _n(n: int) -> Cell:
    return Cell(whole(n), n)


def _timeless(found: TimeSummary) -> list[Row]:
    total = NONE
    for one in found.without:
        total += one.n
    if not found.without:
        return []
    rows = [Row((Cell("Without a time"), count_cell(total), Cell("")), 1)]
    return rows + [
        Row(
            (
                Cell(one.words if one.words in NOT_AT_RISK else f"not evaluable: {one.words}"),
                count_cell(one.n),
                Cell(""),
            ),
            2,
        )
        for one in found.without
    ]


def _notes(summary: Summary, found: TimeSummary) -> tuple[str, ...]:
    notes = []
    if found.median.method:
        notes.append(f"Median: {method_words(found.median.method)}.")
    if found.shares:
        notes.append(
            f"Shares: {method_words(found.curve.method)}."
            + (
                ""
                if found.outcome.competing
                else " Nothing competes, so that this is one minus the Kaplan–Meier estimate."
            )
        )
    if found.unread:
        parts = [f"{whole(n)} {'with the event' if one == EVENT else ENDED[one]}" for one, n in found.unread.items()]
        notes.append(f"Not known on some visit before: {listed(parts)}.")
    if found.unclear:
        parts = [f"{whole(n)} {'with the event' if one == EVENT else ENDED[one]}" for one, n in found.unclear.items()]
        notes.append(f"Not known on some visit before the start: {listed(parts)}.")
    if found.outcome.among is not None:
        notes.append(f"Denominator: {denominator_words(found.plan, summary.measures)}.")
    if not found.outcome.dated:
        notes.append(
            "The time is the day on which it was first seen; the interval in which it came about stands with every case."
        )
    return (*notes, *planned(summary))


def times_table(summary: Summary, name: str) -> Table:
    """Every included case: how its time ended, the day, the interval, and the sentence."""
    found = summary.times[name]
    of_rule, rows = found.outcome.start is not None, []
    for one in summary.shown.times[name]:
        ended = one.because or "" if one.ending is None else called(found) if one.ending == EVENT else ENDED[one.ending]
        interval = "" if one.since is None or one.day is None else f"{plain(one.since)}, {plain(one.day)}"
        begun = (
            (Cell(day(one.start), one.start), Cell("" if one.days is None else whole(one.days), one.days))
            if of_rule
            else ()
        )
        rows.append(
            Row(
                (
                    Cell(one.case_id),
                    Cell(capital(ended)),
                    *begun,
                    Cell(day(one.day), one.day),
                    Cell(f"({interval}]" if interval else ""),
                    Cell(time_sentence(one, found.outcome)),
                )
            )
        )
    columns = (
        Column("Case"),
        Column("Ended by"),
        *((Column("Start, day", "number"), Column("Time, days", "number")) if of_rule else ()),
        Column("End, day" if of_rule else "Day", "number"),
        Column("Came about in", "number"),
        Column("What became of it", "sentences"),
    )
    notes = (
        ("Came about in: after the first day, which is not in it, and by the second.",)
        if not found.outcome.dated
        else ()
    )
    if of_rule:
        notes = (*notes, "Days of start and end are counted from the index date.")
    return Table(
        f"times-{slug(name)}", f"{time_name(name)}, every case", columns, tuple(rows), (*notes, *planned(summary))
    )
