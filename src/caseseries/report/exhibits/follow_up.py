"""Follow-up, which is two numbers: observed, and on the study drug."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from caseseries.report.exhibits.charted import NOT_CHARTED
from caseseries.report.exhibits.describe import count, grouped, known, one
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    extremes,
    number,
    plain,
    range_words,
    whole,
)
from caseseries.report.exhibits.words import capital, days_words, listed, planned
from caseseries.summary.cases import CaseRow
from caseseries.summary.model import Kept, Summary
from caseseries.summary.result import Number, Result

QUARTILES = ("lower_quartile", "upper_quartile")
EXTREMES = ("minimum", "maximum")

#: How far a case of a chart was observed.
IN_A_CHART = "Observed: from the index date to the last day anything was recorded, or the data cut-off. "

#: How far a person of a database was observed.
IN_A_DATABASE = (
    "Observed: from the index date to the end of the observation period that holds it, the death or the data cut-off. "
)

#: How far a case was observed where some sites read charts and others databases.
IN_BOTH = (
    "Observed: from the index date, in a chart to the last day anything was recorded, or the data cut-off, in a database to the end of the "
    "observation period that holds it, the death or the data cut-off. "
)
_OBSERVED: dict[Kept, str] = {"chart": IN_A_CHART, "database": IN_A_DATABASE, "both": IN_BOTH}


def lengths_words(summary: Summary) -> Paragraph:
    """Both follow-ups in a sentence."""
    found = grouped(summary.follow_up)
    parts, drug = [], ""
    for quantity, words in (("observed", "observed"), ("on_drug", "on the study drug")):
        if quantity in found and not count(found[quantity]) and _not_known(summary, quantity) == NOT_CHARTED:
            drug = f"; the time on the study drug is {NOT_CHARTED}"
        elif quantity in found:
            parts.append(f"{words} for {_length(found[quantity])}")
    if not any(count(found[quantity]) for quantity in found):
        return Paragraph("Follow-up is not estimable.")
    cases = "The case was" if max(count(one) for one in found.values()) == 1 else "Cases were"
    planned_days = "" if summary.dated else f", in {days_words(summary)}"
    if summary.dated and "planned days" in summary.relative:
        planned_days = ", visits without a date on their planned (nominal) day"
    return Paragraph(f"{cases} {listed(parts)}{planned_days}{drug}.")


def _length(parts: Mapping[str, Result]) -> str:
    """`a median of 9.2 months (range 6.0–26.0)`."""
    median = parts.get("median")
    printed = "" if median is None else known(median, 1)
    if median is None or not printed:
        return f"a time that is {absent(median.absent_because if median is not None else '')}"
    if count(parts) == 1:
        return f"{printed} {median.unit}"
    low, high = _end(parts, "minimum", "lower"), _end(parts, "maximum", "upper")
    told = f"a median of {printed} {median.unit}"
    return told if low is None or high is None else f"{told} ({range_words(number(low), number(high), count(parts))})"


def _end(parts: Mapping[str, Result], name: str, side: Literal["lower", "upper"]) -> Number | None:
    """The smallest or largest value; of binned values the outer end of the outermost bin."""
    found = parts.get(name)
    if found is None:
        return None
    return found.estimate if found.estimate is not None else getattr(found, side)


def follow_up_table(summary: Summary) -> Table:
    """Observed and on-drug follow-up: cases, median, quartiles, range."""
    rows = []
    units = {result.unit for result in summary.follow_up.values() if result.unit}
    for quantity, parts in grouped(summary.follow_up).items():
        n = count(parts)
        median = one(parts, "median", 1) if n else Cell(_not_known(summary, quantity)).naming(parts.get("median"))
        cells = (Cell(whole(n), n), median, _ends(parts, *QUARTILES), _ends(parts, *EXTREMES))
        rows.append(Row((Cell(capital(quantity.replace("_", " "))), *cells)))
    columns = (
        Column(f"Follow-up, {listed(sorted(units))}" if units else "Follow-up"),
        Column("n", "number"),
        Column("Median", "number"),
        Column("IQR", "number"),
        Column("Range", "number"),
    )
    notes = (
        f"{_OBSERVED[summary.kept]}On drug: to the last day of the study drug within it.",
        "IQR, interquartile range. A month is 30.4375 days.",
        *planned(summary),
    )
    return Table("follow-up", "Follow-up of the included cases", columns, tuple(rows), notes)


def _not_known(summary: Summary, quantity: str) -> str:
    """What stands where no case has a length: of cases that were observed and have no course, the time on the drug is not charted."""
    observed = summary.follow_up.get("observed/median")
    return NOT_CHARTED if quantity == "on_drug" and observed is not None and observed.n else NOT_ESTIMABLE


def _ends(parts: Mapping[str, Result], low: str, high: str) -> Cell:
    if low not in parts or high not in parts:
        return Cell("")
    low_end, high_end = _end(parts, low, "lower"), _end(parts, high, "upper")
    if low_end is None or high_end is None:
        return Cell("–").naming(parts[low], parts[high])
    return Cell(extremes(number(low_end), number(high_end))).naming(parts[low], parts[high])


def cases_table(summary: Summary) -> Table | None:
    """Follow-up of each included case; how long one took a drug that it took is not known where its last day is not.

    Nothing where cases are only counted.
    """
    if summary.cases is None:
        return None
    taken = {course.case_id for course in summary.cases.study_drug}
    rows = [
        Row(
            (
                Cell(case.case_id),
                _number(case.observed_days),
                _number(case.on_drug_days),
                Cell(_still_taken(case, taken)),
                _number(case.disease_duration_days),
            )
        )
        for case in summary.cases.included
    ]
    columns = (
        Column("Case"),
        Column("Observed, d", "number"),
        Column("On drug, d", "number"),
        Column("Still taken at the end"),
        Column("From diagnosis to index, d", "number"),
    )
    return Table(
        "follow-up-cases",
        "Follow-up of each included case",
        columns,
        tuple(rows),
        (f"d, {days_words(summary)}.",),
    )


def _still_taken(case: CaseRow, taken: Collection[str]) -> str:
    if case.on_drug_days is None:
        return "not known" if case.case_id in taken else NOT_CHARTED
    return "yes" if case.ongoing else "no"


def _number(days: int | None) -> Cell:
    return Cell("–") if days is None else Cell(plain(days), days)
