"""The run in a few lines: each outcome with its headline, its other denominators and readings, changes, follow-up, adverse events."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.report.exhibits.cannot_show import IN_SHORT
from caseseries.report.exhibits.change import change_line, reasons_without, shown
from caseseries.report.exhibits.charted import unseen_words
from caseseries.report.exhibits.count_words import (
    answer_words,
    best,
    count_text,
    evaluable,
    of_words,
    unplaced,
    worst,
)
from caseseries.report.exhibits.event_count import event_lines
from caseseries.report.exhibits.findings import findings_words
from caseseries.report.exhibits.follow_up import lengths_words
from caseseries.report.exhibits.included import INVENTED
from caseseries.report.exhibits.levels import at_least_words, in_order, readings_words, shares_words
from caseseries.report.exhibits.notices import empty_windows, loud_words
from caseseries.report.exhibits.printed_numbers import rate_text, whole
from caseseries.report.exhibits.responders import of_removed
from caseseries.report.exhibits.safety import patient_years, when_words
from caseseries.report.exhibits.selection import nobody_words, of_charts, people_words, several_courses
from caseseries.report.exhibits.spells import spell_lines
from caseseries.report.exhibits.time_to import called, median_text
from caseseries.report.exhibits.trajectory import trajectory_lines
from caseseries.report.exhibits.value_at import value_at_lines
from caseseries.report.exhibits.words import capital, seen
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.summary.result import NONE, Count, Result
from caseseries.verdict.denominator import denominator_words

#: So many changes stand in the headline; all of them are in the tables.
MOST_CHANGES = 8

#: From so many cases on a share is told in percent too.
PERCENT = 100


def heads(summary: Summary) -> tuple[tuple[str, str], ...]:
    """Each outcome with its headline."""
    level, told = summary.protocol.reporting.level, []
    for name, outcome, found in in_order(summary):
        if found is None:
            text = answer_words(outcome.answers[0], level, nobody_words(summary))
        else:
            text = shares_words(summary, found)
        of = f" of {denominator_words(outcome.plan, summary.measures)}" if outcome.plan.among is not None else ""
        told.append((capital(name), text + of))
    return tuple(told)


def head_results(summary: Summary) -> tuple[tuple[Result, ...], ...]:
    """The numbers of each headline, in the order of the headlines: one share, or that of every level."""
    return tuple(
        (outcome.answers[0].of_included,)
        if found is None
        else tuple(one.of_included for one in found.readings[0].levels)
        for _, outcome, found in in_order(summary)
    )


def lines(summary: Summary) -> tuple[str, ...]:
    """The rest of the headline box: denominators, readings, changes, follow-up, safety, findings; each line names its outcome."""
    several, told = len(heads(summary)) > 1, empty_windows(summary) if of_charts(summary) else []
    people = _people(summary)
    told += [people] if people else []
    changes = _changes(summary)
    for name, outcome, found in in_order(summary):
        own = _answers(outcome) if found is None else _levels(summary, found)
        told += [f"{capital(name)}: {line}" if several else capital(line) for line in own]
        told += changes.pop(name if found is None else outcome.plan.name)
    told += [line for own in changes.values() for line in own]
    return (*told, *_rest(summary))


def headline(summary: Summary) -> str:
    """The run in a few lines, for the terminal; what belongs to an outcome is set in under it."""
    told = [f"{INVENTED}."] if summary.invented else []
    told += [*loud_words(summary), *empty_windows(summary)]
    people = _people(summary)
    changes = _changes(summary)
    for (name, outcome, found), (title, text) in zip(in_order(summary), heads(summary), strict=True):
        answers = _answers(outcome) if found is None else _levels(summary, found)
        own = [*([people] if people else []), *answers, *changes.pop(name if found is None else outcome.plan.name)]
        told += [f"{title}: {text}", *(f"  {line}" for line in own)]
        people = ""
    told += [people] if people else []
    told += [line for own in changes.values() for line in own]
    return "\n".join(seen(line) for line in (*told, *_rest(summary), IN_SHORT))


def _people(summary: Summary) -> str:
    """Whose the courses are, where a case is one."""
    people = people_words(summary) if summary.included else ""
    dependent = ": courses of one patient are not independent" if several_courses(summary) else ""
    return f"{people}{dependent}" if people else ""


def _of(count: Count, total: Count) -> str:
    """`6 of 8`, and of many `131,685 of 225,875 (58.3 %)`."""
    return of_words(count, total) if total.low >= PERCENT else f"{count_text(count)} of {count_text(total)}"


def _answers(outcome: OutcomeSummary) -> list[str]:
    """The other denominators of one outcome, and its other readings; nothing of nobody."""
    head = outcome.answers[0]
    if not head.inside.high:
        return []
    told = [f"of the evaluable {_of(head.yes, evaluable(head))}", f"not evaluable {count_text(head.not_evaluable)}"]
    told += [f"outside {count_text(head.outside)}"] if head.outside.high else []
    told += [f"membership not known {count_text(unplaced(head))}"] if unplaced(head).high else []
    if head.not_evaluable.high or unplaced(head).high:
        told.append(extremes_words(outcome))
    others = "; ".join(_readings(outcome))
    return [", ".join(told), *([f"other readings: {others}"] if others else [])]


def _levels(summary: Summary, found: LevelsSummary) -> list[str]:
    """At least each level, those of whom it is not known, and the other readings; nothing of nobody."""
    counts = found.readings[0]
    if not counts.inside.high:
        return []
    told = [f"not evaluable {count_text(counts.not_evaluable)}"]
    told += [f"outside {count_text(counts.outside)}"] if counts.outside.high else []
    told += [f"membership not known {count_text(counts.unplaced)}"] if counts.unplaced.high else []
    at_least, others = at_least_words(summary, found), "; ".join(readings_words(found))
    return [
        *([at_least] if at_least else []),
        ", ".join(told),
        *([f"other readings: {others}"] if others else []),
    ]


def extremes_words(outcome: OutcomeSummary) -> str:
    """The worst and the best case; of an outcome that is not wanted the other way round."""
    head, good = outcome.answers[0], outcome.plan.good
    (first, of_first), (second, of_second) = (best(head), worst(head)) if good is False else (worst(head), best(head))
    names = ("worst case", "best case") if good is not None else ("lowest", "highest")
    of = "" if of_first == of_second else f" of {count_text(of_first)}"
    return f"{names[0]} {count_text(first)}{of}, {names[1]} {count_text(second)} of {count_text(of_second)}"


def _readings(outcome: OutcomeSummary) -> Iterator[str]:
    """The answers under the other readings, with how many are not evaluable: a count alone would count them as non-responders."""
    counts = [(one.reading, one.yes, one.inside, one.not_evaluable) for one in outcome.answers[1:]]
    counts += [
        (one.reading, Count.of(one.yes), Count.of(one.yes + one.no + one.not_evaluable), Count.of(one.not_evaluable))
        for one in of_removed(outcome)
    ]
    for reading, yes, total, unknown in counts:
        left = f", {count_text(unknown)} not evaluable" if unknown.high else ""
        yield f"{reading.lower()} {_of(yes, total)}{left}"


def _changes(summary: Summary) -> dict[str, list[str]]:
    """The lines of changes by outcome, under "" those declared by themselves: each once, and of very many the first."""
    several = several_windows(summary)
    own = [(name, change) for name, outcome in summary.outcomes.items() for change in shown(summary, outcome.changes)]
    own += [("", change) for change in shown(summary, summary.change_outcomes)]
    found: dict[str, list[str]] = {name: [] for name in (*summary.outcomes, "")}
    told: set[str] = set()
    left = 0
    for name, change in own:
        why = reasons_without(summary, change)
        line = change_line(summary, change, windows=change.measure in several, why=why)
        if line in told:
            continue
        if len(told) < MOST_CHANGES:
            told.add(line)
            found[name].append(line)
        else:
            left += 1
    found[""] += [f"{left} further changes: see Response"] if left else []
    return found


def several_windows(summary: Summary) -> set[str]:
    """The measures whose change is told between different windows, so that each line must say between which."""
    windows: dict[str, set[tuple[str, str]]] = {}
    for change in summary.changes:
        windows.setdefault(change.measure, set()).add((change.before_window, change.after_window))
    return {measure for measure, found in windows.items() if len(found) > 1}


def _rest(summary: Summary) -> Iterator[str]:
    """Included cases where no headline counts them, follow-up, events the verdicts take no account of, adverse events, findings."""
    yield from value_at_lines(summary)
    yield from trajectory_lines(summary)
    yield from event_lines(summary)
    yield from spell_lines(summary)
    for name in summary.times:
        yield f"Time to {called(summary.times[name])}: {median_text(summary, name)}"
    if all(outcome.plan.among is not None for outcome in summary.outcomes.values()):
        yield f"Cases included: {whole(summary.included)}"
    if summary.included:
        yield lengths_words(summary).text.rstrip(".")
        yield from filter(None, (unseen_words(summary), _safety_line(summary)))
    findings = findings_words(summary)
    if findings:
        yield findings


def _safety_line(summary: Summary) -> str:
    """Adverse events in one line: how many on treatment and how many not dated, charted ones alone, or that they were not charted."""
    safety = summary.safety
    if summary.nowhere("adverse events"):
        return f"Adverse events: not charted ({'; '.join(summary.not_charted['adverse events'].because)})"
    if safety is None:
        charted = sum(summary.adverse_events.values(), NONE)
        told = f"{count_text(charted)} charted" if charted.high else "none charted"
        return f"Adverse events: {told}; the protocol declares no safety, so there is no rate"
    # Events without a date may lie on treatment: a rate that leaves them out stands in the section on safety, with that said.
    rate = "" if safety.undated.high else rate_text(safety.rate, summary.protocol.reporting.level)
    undated = f"; {count_text(safety.undated)} without a date" if safety.undated.high else ""
    how = "with a date" if undated else "recorded"
    told = f"Adverse events {when_words(summary.protocol)}: {count_text(safety.events)} {how} in {patient_years(safety)} patient-years"
    return f"{told}{f' ({rate})' if rate else ''}{undated}"
