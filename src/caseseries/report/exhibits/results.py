"""The Results paragraphs and the headline: every number in them is drawn from the run's results."""

from __future__ import annotations

from caseseries.report.exhibits.change import change_sentence, reasons_without, shown
from caseseries.report.exhibits.count_words import (
    answer_words,
    count_spelled,
    count_text,
    evaluable,
    of_words,
    percent_text,
    unplaced,
)
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.not_evaluable import reasons_words
from caseseries.report.exhibits.numbers import share_in_words, whole
from caseseries.report.exhibits.responders import of_removed, reading_name, readings
from caseseries.report.exhibits.robustness import robustness_words
from caseseries.report.exhibits.selection import (
    boxes,
    in_sentence,
    nobody_words,
    people_words,
    persons_words,
    reason_words,
    removed,
    screening_words,
)
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.model import OutcomeSummary, Responders, Summary
from caseseries.summary.result import Count
from caseseries.verdict.denominator import denominator_words

#: Up to so many included cases a figure that gives each of them a line, a bar or a row of its own can be read.
MOST_LINES, MOST_ROWS, MOST_TIMELINES = 400, 120, 60

#: Said on every page, figure and file of a run over an invented chart.
INVENTED = "Invented data: no row describes a real patient"


def primary(outcome: OutcomeSummary) -> Responders | None:
    """The responders of the protocol as written."""
    return next(iter(readings(outcome)), None)


def patients_words(summary: Summary) -> Paragraph:
    """How many were found, excluded and included, who they are, and how they had been treated."""
    included, gone = summary.included, [(reason_words(summary, why), n) for why, n in removed(summary)]
    excluded = sum(n for _, n in gone)
    if not boxes(summary):
        told = f"{counted(included, 'case was', 'cases were')} included"
    elif included and not excluded:
        told = f"{'The case' if included == 1 else f'All {whole(included)} cases'} found {'was' if included == 1 else 'were'} included"
    else:
        told = f"Of {counted(included + excluded, 'case')} found, {whole(included)} {'was' if included == 1 else 'were'} included"
        reasons = "; ".join(f"{in_sentence(reason)}, n = {whole(n)}" for reason, n in gone)
        told += f" and {whole(excluded)} excluded ({reasons})" if excluded else ""
    prior = [
        f"{result.label.removesuffix(' before the index date')} in {share_in_words(result.n, result.total)}"
        for result in summary.prior
        if result.n is not None and result.total
    ]
    people = people_words(summary)
    told += f": {people}." if people else "."
    if not boxes(summary):
        told += " How many were looked at, and why others were not included, was not told."
    told = " ".join(part for part in (persons_words(summary), screening_words(summary), told) if part)
    if prior:
        told += f" Treatments before the index date were {listed(prior)}."
    return Paragraph(told)


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
        told += f" ({percent_text(head.not_evaluable, head.inside.exact)} %)" if head.inside.exact else ""
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
    if len(reasons) < 2:
        return ""
    told = reasons_words(summary, reasons[0].words, outcome.plan.at)
    return f" The most frequent reason was: {told} ({count_text(reasons[0].n)})."


def changes_words(summary: Summary, name: str) -> Paragraph | None:
    """The changes behind one outcome."""
    changes = shown(summary, summary.outcomes[name].changes)
    told = [change_sentence(summary, change, why=reasons_without(summary, change)) for change in changes]
    return Paragraph(" ".join(told), "Change") if told else None


def not_drawn_words(summary: Summary) -> Paragraph | None:
    """That figures of single cases are left out where there are too many of them; nothing where cases are only counted."""
    n = summary.included
    if summary.cases is None or n <= MOST_TIMELINES:
        return None
    left = ["a timeline for each case"]
    left += ["the doses and the follow-up of every case"] if n > MOST_ROWS else []
    left += ["a line or a bar for every change"] if n > MOST_LINES else []
    return Paragraph(
        f"With {counted(n, 'case')} {listed(left)} cannot be read and {'is' if len(left) == 1 else 'are'} not drawn. "
        "The values and days of every case are in patients.csv, and `caseseries explain` tells each of them."
    )


def robustness_paragraph(summary: Summary, name: str) -> Paragraph | None:
    """How far the headline depends on choices."""
    told = robustness_words(summary.outcomes[name])
    return Paragraph(f"{told} These cells are not probabilities.") if told else None
