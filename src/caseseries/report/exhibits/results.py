"""The Results paragraphs and the headline: every number in them is drawn from the run's results."""

from __future__ import annotations

from caseseries.report.exhibits.change import change_sentence, reasons_without
from caseseries.report.exhibits.model import Paragraph
from caseseries.report.exhibits.numbers import share_in_words
from caseseries.report.exhibits.responders import headline_words, reading_name, readings
from caseseries.report.exhibits.robustness import robustness_words
from caseseries.report.exhibits.selection import (
    UNDETERMINED,
    database_words,
    in_sentence,
    nobody_words,
    people_words,
    reason_words,
    screening_words,
)
from caseseries.report.exhibits.source import valueless
from caseseries.report.exhibits.words import capital, counted, listed, spelled
from caseseries.summary.model import OutcomeSummary, Responders, Summary

#: Up to so many included cases a figure that gives each of them a line, a bar or a row of its own can be read.
MOST_LINES, MOST_ROWS, MOST_TIMELINES = 400, 120, 60

#: Said on every page, figure and file of a run over an invented chart.
INVENTED = "Invented data: no row describes a real patient"


def primary(outcome: OutcomeSummary) -> Responders | None:
    """The responders of the protocol as written."""
    return next(iter(readings(outcome)), None)


def patients_words(summary: Summary) -> Paragraph:
    """How many were found, excluded and included, and who they are."""
    included, excluded = summary.included, len(summary.shown.rows) - summary.included
    told = (
        f"Of {counted(len(summary.shown.rows), 'case')} found, {included} {'was' if included == 1 else 'were'} included"
    )
    if included and not excluded:
        told = f"{'The case' if included == 1 else f'All {included} cases'} found {'was' if included == 1 else 'were'} included"
    if excluded:
        reasons: dict[str, int] = {}
        for case in summary.shown.rows:
            if case.status == "excluded":
                told_as = case.failed_criterion + (UNDETERMINED if case.undetermined else "")
                why = reason_words(summary, told_as)
                reasons[why] = reasons.get(why, 0) + 1
        told += f" and {excluded} excluded ({'; '.join(f'{in_sentence(reason)}, n = {n}' for reason, n in reasons.items())})"
    prior = [
        f"{result.label.removesuffix(' before the index date')} in {share_in_words(result.n, result.total)}"
        for result in summary.prior
        if result.n is not None and result.total
    ]
    people = people_words(summary)
    told += f": {people}." if people else "."
    for before in (screening_words(summary), database_words(summary)):
        told = f"{before} {told}" if before else told
    if prior:
        told += f" Treatments before the index date were {listed(prior)}."
    return Paragraph(told)


def response_words(summary: Summary, name: str) -> Paragraph:
    """The headline, its other denominators, and the other readings."""
    outcome = summary.outcomes[name]
    found = primary(outcome)
    if found is None:
        return Paragraph(f"{capital(name)} was not computed.")
    level = summary.protocol.reporting.level
    told = (
        f"{capital(name)} was seen in {headline_words(found, level)} of {found.denominator}."
        if found.of_included.total
        else f"{capital(name)}: {headline_words(found, level, nobody_words(summary))}."
    )
    if found.not_evaluable:
        told += f" {spelled(found.not_evaluable, 'case was', 'cases were')} not evaluable"
        if found.of_evaluable.n is not None and found.of_evaluable.total is not None:
            told += (
                f"; of the evaluable, {share_in_words(found.of_evaluable.n, found.of_evaluable.total)} {_did(outcome)}"
            )
        told += "."
    elif found.of_included.total:
        told += " All were evaluable."
    if found.outside:
        told += f" {spelled(found.outside, 'case lies', 'cases lie')} outside the denominator of this outcome."
    if found.unplaced:
        told += f" Of {counted(found.unplaced, 'case')} it is not known whether {'it belongs' if found.unplaced == 1 else 'they belong'} to it."
    others = [
        f"{share_in_words(other.of_included.n, other.of_included.total)} under “{reading_name(other).lower()}”"
        f"{f' ({other.not_evaluable} not evaluable)' if other.not_evaluable else ''}"
        for other in readings(outcome)[1:]
        if other.of_included.n is not None and other.of_included.total is not None
    ]
    if others:
        told += f" Read in other ways, the same rule was met in {listed(others)}."
    return Paragraph(told)


def _did(outcome: OutcomeSummary) -> str:
    return "responded" if outcome.plan.good else "met it"


def changes_words(summary: Summary, name: str) -> Paragraph | None:
    """The changes behind one outcome."""
    empty = valueless(summary)
    found = [change for change in summary.outcomes[name].changes if change.spec == 0 and change.measure not in empty]
    if not found:
        return None
    return Paragraph(
        " ".join(change_sentence(summary, change, why=reasons_without(summary, change)) for change in found), "Change"
    )


def not_drawn_words(summary: Summary) -> Paragraph | None:
    """That figures of single cases are left out where there are too many of them."""
    n = summary.included
    if n <= MOST_TIMELINES:
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
