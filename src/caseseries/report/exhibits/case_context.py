"""What stands beside the values of each case: earlier drugs, the dose of the study drug, how long it was taken, adverse events."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.measures import ingredients
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.report.exhibits.charted import NONE_RECORDED, NOT_CHARTED, only_words
from caseseries.report.exhibits.printed_blocks import Cell, Column
from caseseries.report.exhibits.printed_numbers import number
from caseseries.report.exhibits.safety import when_words
from caseseries.report.exhibits.words import capital
from caseseries.summary.cases import AdverseEvent, CaseRow, StudyDrug
from caseseries.summary.model import Summary

#: Why there is no dose of the study drug on a day.
NOT_KNOWN, NONE_THEN = "not known", "none on that day"


def before(summary: Summary) -> tuple[Column, ...]:
    """The columns before the values: earlier drugs where they were charted, the dose of the study drug where there is one."""
    found = [] if summary.nowhere("other drugs") else [Column("Earlier and background drugs")]
    return (*found, *([Column("Study drug, as written")] if _dosed(summary) else []))


def before_cells(summary: Summary, case: CaseRow, at: int | None, shown: Collection[str]) -> tuple[Cell, ...]:
    """The cells below those columns; the dose on day `at`, where the case was assessed, else that of the index date.

    `shown` are the measures whose values the table has: a drug whose dose is one of them is not named again.
    """
    found = [] if summary.nowhere("other drugs") else [Cell(_earlier(summary, case, shown))]
    return (*found, *([Cell(_dose(summary, case, 0 if at is None else at))] if _dosed(summary) else []))


def after(summary: Summary) -> tuple[Column, ...]:
    """The columns after the verdict: how long the study drug was taken, and adverse events, where they were charted."""
    found = [Column("On drug, months", "number")] if _studied(summary) else []
    return (*found, *([Column(_events_title(summary))] if _events(summary) else []))


def after_cells(summary: Summary, case: CaseRow) -> tuple[Cell, ...]:
    """The cells below those columns."""
    found = [_months(case)] if _studied(summary) else []
    return (*found, *([Cell(_of_case(summary, case))] if _events(summary) else []))


def notes(summary: Summary) -> list[str]:
    """What the columns mean."""
    told = []
    if not summary.nowhere("other drugs"):
        told.append(
            "Earlier and background drugs: begun before the index date, in the order begun; in brackets those of which that is not known. "
            f"A drug whose daily dose has a column of its own is told there alone.{only_words(summary, 'other drugs')}"
        )
    if _dosed(summary):
        told.append("Study drug: the dose on the day of assessment, without one on the index date.")
    if _studied(summary):
        told.append("On drug: to the last day of it within follow-up; +, still taken then. A month is 30.4375 days.")
    if _events(summary):
        told.append(
            f"{_events_title(summary)}: with their grade; possible ones in brackets.{only_words(summary, 'adverse events')}"
        )
    return told


def _studied(summary: Summary) -> bool:
    return isinstance(summary.protocol.case.index_date, FirstExposure) and bool(summary.shown.study_drug)


def _dosed(summary: Summary) -> bool:
    return _studied(summary) and any(course.dose_text for course in summary.shown.study_drug)


def _events(summary: Summary) -> bool:
    return summary.safety is not None and not summary.nowhere("adverse events")


def _events_title(summary: Summary) -> str:
    return f"Adverse events {when_words(summary.protocol)}"


def _earlier(summary: Summary, case: CaseRow, shown: Collection[str]) -> str:
    """The other drugs begun before the index date, each once; those whose dose is shown are told by its values."""
    doses = (dose for name, dose in summary.protocol.doses.items() if name in shown)
    dosed = {drug for dose in doses for drug in ingredients(summary.protocol, dose.daily_dose)}
    own = [use for use in summary.shown.drugs if use.case_id == case.case_id and use.drug not in dosed]

    def named(*roles: str) -> dict[str, None]:
        uses = sorted((use for use in own if use.role in roles), key=lambda use: (use.start, use.name))
        return dict.fromkeys(use.name for use in uses)

    sure = named("earlier", "background")
    perhaps = [f"({name})" for name in named("unclear") if name not in sure]
    return ", ".join([*sure, *perhaps]) or NONE_RECORDED


def _dose(summary: Summary, case: CaseRow, at: int) -> str:
    """The dose as written of the courses of one day, that there was none, or that it is not known which."""
    own = [course for course in summary.shown.study_drug if course.case_id == case.case_id]
    on = [_covers(course, at) for course in own]
    if not own or None in on:
        return NOT_KNOWN
    doses = dict.fromkeys(_written(course) for course, taken in zip(own, on, strict=True) if taken)
    return " + ".join(doses) or NONE_THEN


def _covers(course: StudyDrug, at: int) -> bool | None:
    """Whether a day belongs to a course; None where its first or last day leaves that open."""
    ends = course.possible
    if ends is None:
        return course.start <= at and (course.end is None or at <= course.end)
    if at < ends.first_low or (ends.last_low is not None and ends.last_high is not None and at > ends.last_high):
        return False
    sure = at >= ends.first_high and (ends.last_low is None or at <= ends.last_low)
    return True if sure else None


def _written(course: StudyDrug) -> str:
    return without_dates(course.dose_text) or "not recorded"


def _months(case: CaseRow) -> Cell:
    """The months on the drug; with a plus where it was still taken, so that no program takes it for a length."""
    if case.on_drug_days is None:
        return Cell("not known")
    months = Fraction(case.on_drug_days) / DAYS_PER_UNIT["month"]
    told = number(months, 1)
    return Cell(f"{told}+") if case.ongoing else Cell(told, months)


def _of_case(summary: Summary, case: CaseRow) -> str:
    """The adverse events of one case that lie on treatment, and in brackets those that may."""
    own = [event for event in summary.shown.events if event.case_id == case.case_id]
    told = dict.fromkeys(_event(event) for event in own if event.status == "on treatment")
    perhaps = dict.fromkeys(
        f"({_event(event)})" for event in own if event.status in {"possibly on treatment", "undated"}
    )
    return "; ".join([*told, *perhaps]) or (NOT_CHARTED if summary.nowhere("adverse events") else NONE_RECORDED)


def _event(event: AdverseEvent) -> str:
    grade = f", grade {event.grade}" if event.grade else ""
    return f"{capital(without_dates(event.term))}{grade}"
