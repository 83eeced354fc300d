"""The Results paragraphs on who was included and what is not drawn; what is said of every run over invented data."""

from __future__ import annotations

from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import (
    boxes,
    in_sentence,
    people_words,
    persons_words,
    reason_words,
    removed,
    screening_words,
)
from caseseries.report.exhibits.words import counted
from caseseries.summary.model import Summary

#: Up to so many included cases a figure that gives each of them a line, a bar or a row of its own can be read; more are drawn as distributions.
MOST_DRAWN = 60

#: Said on every page, figure and file of a run over an invented chart.
INVENTED = "Invented data: no row describes a real patient"


def patients_words(summary: Summary) -> Paragraph:
    """How many were found, excluded and included. Who they are and how they had been treated stands in Table 1."""
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
    people = people_words(summary)
    told += f": {people}." if people else "."
    if not boxes(summary):
        told += " How many were looked at, and why others were not included, was not told."
    told = " ".join(part for part in (persons_words(summary), screening_words(summary), told) if part)
    return Paragraph(told)


def not_drawn_words(summary: Summary) -> Paragraph | None:
    """That figures of single cases are left out where there are too many of them; nothing where cases are only counted."""
    n = summary.included
    if summary.cases is None or n <= MOST_DRAWN:
        return None
    return Paragraph(
        f"With {counted(n, 'case')} a timeline for each case, the doses and the follow-up of every case, and a line or a bar for every change "
        "cannot be read and are not drawn. The values and days of every case are in patients.csv, and `caseseries explain` tells each of them."
    )
