"""How many responded, in a paragraph."""

from __future__ import annotations

from caseseries.report.exhibits.count_words import (
    answer_words,
    count_spelled,
    count_text,
    evaluable,
    of_words,
    percent_told,
    unplaced,
)
from caseseries.report.exhibits.not_evaluable import reasons_words
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import share_in_words
from caseseries.report.exhibits.responders import of_removed, reading_name
from caseseries.report.exhibits.selection import nobody_words
from caseseries.report.exhibits.words import capital, listed
from caseseries.summary.model import OutcomeSummary, Summary
from caseseries.summary.result import Count
from caseseries.verdict.denominator import denominator_words


def response_words(summary: Summary, name: str) -> Paragraph:
    """The headline, its other denominators, and the other readings."""
    outcome = summary.outcomes[name]
    head, level = outcome.answers[0], summary.protocol.reporting.level
    if not head.inside.high:
        return Paragraph(f"{capital(name)}: {answer_words(head, level, nobody_words(summary))}.")
    of = denominator_words(outcome.plan, summary.measures)
    told = f"{capital(name)} was seen in {answer_words(head, level)} of {of}."
    if head.not_evaluable.high:
        told += f" {count_spelled(head.not_evaluable, 'case was', 'cases were')} not evaluable"
        told += f" ({percent_told(head.not_evaluable, head.inside.exact)})" if head.inside.exact else ""
        if evaluable(head).exact is not None:
            told += f"; of the evaluable, {of_words(head.yes, evaluable(head))} {'responded' if outcome.plan.good else 'met it'}"
        told += "."
        told += _first_reason(summary, outcome)
    else:
        told += " All were evaluable."
    if head.outside.high:
        told += f" {count_spelled(head.outside, 'case lies', 'cases lie')} outside the denominator of this outcome."
    unsure = unplaced(head)
    if unsure.high:
        told += (
            f" Of {count_text(unsure)} {'case' if unsure.exact == 1 else 'cases'} it is not known whether "
            f"{'it belongs' if unsure.exact == 1 else 'they belong'} to it."
        )
    others = [
        (answers.reading, of_words(answers.yes, answers.inside), answers.not_evaluable)
        for answers in outcome.answers[1:]
    ]
    others += [
        (
            found.reading,
            share_in_words(found.yes, found.yes + found.no + found.not_evaluable),
            Count.of(found.not_evaluable),
        )
        for found in of_removed(outcome)
    ]
    if others:
        in_other_ways = [
            f"{share} under “{reading_name(reading).lower()}”{f' ({count_text(lost)} not evaluable)' if lost.high else ''}"
            for reading, share, lost in others
        ]
        told += f" Read in other ways, the same rule was met in {listed(in_other_ways)}."
    return Paragraph(told)


def _first_reason(summary: Summary, outcome: OutcomeSummary) -> str:
    """The most frequent reason of the not evaluable, where they have more than one; the table lists all of them."""
    reasons = outcome.why.get(0, ())
    if len(reasons) < 2 or reasons[1].n.high >= reasons[0].n.low:
        return ""  # none is the most frequent
    told = reasons_words(summary, reasons[0].words, outcome.plan.at)
    return f" The most frequent reason was: {told} ({count_text(reasons[0].n)})."


def nothing_declared(summary: Summary) -> Paragraph | None:
    """That the protocol asks for nothing before and after."""
    declared = (summary.outcomes, summary.change_outcomes, summary.values_at, summary.trajectories, summary.times)
    if any(declared) or summary.spells:
        return None
    return Paragraph(
        "The protocol declares no outcome before and after; this run tells who was treated and their safety."
    )
