"""Events counted in windows: how many in how much patient-time, the rates side by side, and the patients in whom they fell or rose."""

from __future__ import annotations

from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.report.exhibits.count_words import count_cell, count_text
from caseseries.report.exhibits.describe import method_words
from caseseries.report.exhibits.p_values import p_words
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    absent,
    between_words,
    ci_text,
    ci_title,
    interval,
    number,
    plain,
    whole,
)
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, listed, planned
from caseseries.summary.event_count import NOT_CHARTED, EventCountSummary, EventSide
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.verdict.names import window_days

_PLACES = 2
#: What is told of these numbers where a patient may be several cases.
_TWICE = (
    "Every course is a case: an event, or a day, that lies in windows of two courses of one patient counts in both. The events "
    "and the time are those of courses, and may be more than those of the patients."
)
_ANSWERS = ("lower", "the same", "higher", "not known", "not observed in both")


def event_methods(summary: Summary) -> str:
    """How events are counted, for the Methods; empty where no outcome counts any."""
    found = list(summary.event_counts.values())
    if not found:
        return ""
    each = [f"{one.name} (events called {one.outcome.count}; {_windows(summary, one)})" for one in found]
    told = (
        f"Events were counted over all included cases for {listed(each)}: those that begin on an observed day of the window, two on one day "
        "as one, over the observed days of all cases together. Cases without an observed day there, and days that were not observed, count "
        "in neither. Rates per patient-year have exact Poisson intervals, which take the events of one patient as independent; they are "
        "not, so that these intervals are too narrow where few patients have many events."
    )
    told += f" {_TWICE}" if _per_course(summary) else ""
    if any(one.outcome.from_ is not None for one in found):
        told += (
            " The ratio of two rates has the exact interval for two independent times, which those of the same patients are not. Beside it "
            f"stand the {'cases (courses)' if _per_course(summary) else 'patients'} in whom the rate was lower, the same and higher, of those "
            "observed in both windows: that does not rest on it"
        )
        told += ", with the sign test." if summary.protocol.reporting.p_values else "."
    return told


def _per_course(summary: Summary) -> bool:
    """Whether a patient may be several cases."""
    return summary.protocol.case.per == "course"


def _windows(summary: Summary, one: EventCountSummary) -> str:
    return " and ".join(f"{name}, {window_days(summary.protocol.windows[name])}" for name in one.outcome.windows)


def event_words(summary: Summary, name: str) -> Paragraph:
    """How many events in how much time, the ratio, and how it was by patient; where every course is a case, by course."""
    found, level = summary.event_counts[name], summary.protocol.reporting.level
    if not _charted(summary, found):
        return Paragraph(f"{capital(name)}: {NOT_CHARTED}, so that there is no number and no rate.")
    told = [f"{capital(name)}: {listed([_side_words(one, level) for one in found.sides])}."]
    if found.ratio is not None:
        before, after = (one.window for one in found.sides)
        told.append(
            f"The rate in {after} was {_ratio_words(found.ratio, level)} times that in {before}."
            if found.ratio.estimate is not None
            else f"The ratio of both rates is {absent(found.ratio.absent_because)}{_ends(found.ratio, level)}."
        )
        told.append(_pair_words(summary, found))
    if found.not_charted:
        told.append(f"In {counted(found.not_charted, 'case')} such events were not charted: they count in no number.")
    if found.withheld:
        told.append(f"Sites with {counted(found.withheld, 'case')} told nothing of this.")
    return Paragraph(" ".join(told))


def _charted(summary: Summary, found: EventCountSummary) -> bool:
    return found.not_charted + found.withheld < summary.included or not summary.included


def _side_words(one: EventSide, level: str) -> str:
    years = plain(one.days / DAYS_PER_UNIT["year"])
    events = "event" if one.events.exact == 1 else "events"
    seen = f"{count_text(one.events)} {events} in {years} patient-years of {counted(one.cases, 'case')} observed in {one.window}"
    seen += f" (not observed there: {whole(one.not_observed)})" if one.not_observed else ""
    return f"{seen}, {rate_words(one.rate, level)}"


def rate_words(rate: Result, level: str) -> str:
    """A rate per patient-year with its interval, a range, or why there is none."""
    if rate.estimate is not None:
        return f"{number(rate.estimate, _PLACES)} per patient-year ({ci_text(level, interval(rate, _PLACES))})"
    if rate.lower is not None and rate.upper is not None:
        return f"{between_words(number(rate.lower, _PLACES), number(rate.upper, _PLACES))} per patient-year ({rate.absent_because})"
    return f"rate {absent(rate.absent_because)}"


def _ratio_words(ratio: Result, level: str) -> str:
    assert ratio.estimate is not None
    return f"{number(ratio.estimate, _PLACES)}{_ends(ratio, level)}"


def _ends(ratio: Result, level: str) -> str:
    if ratio.lower is None:
        return ""
    if ratio.upper is None:
        return f" ({ci_text(level, f'from {number(ratio.lower, _PLACES)}')}, without an upper limit)"
    return f" ({ci_text(level, interval(ratio, _PLACES))})"


def _pair_words(summary: Summary, found: EventCountSummary) -> str:
    compared = {answer: found.pairs.get(answer, 0) for answer in _ANSWERS}
    both = sum(n for answer, n in compared.items() if answer != "not observed in both")
    fell, same, rose = (whole(compared[answer]) for answer in ("lower", "the same", "higher"))
    told = f"Of {counted(both, 'case')} observed in both windows the rate was lower in {fell}, the same in {same} and higher in {rose}"
    told += (
        f"; in {whole(compared['not known'])} it is not known, because days of events are not"
        if compared["not known"]
        else ""
    )
    if summary.protocol.reporting.p_values and found.test is not None:
        told += f" ({p_words(found.test)}, sign test)"
    return f"{told}."


def event_table(summary: Summary, name: str) -> Table | None:
    """Events, cases, patient-time and rate of each window, the ratio, and the comparison by patient."""
    found, level = summary.event_counts[name], summary.protocol.reporting.level
    if not _charted(summary, found):
        return None
    windows = [one.window for one in found.sides]
    columns = (Column(""), *(Column(capital(window), "number") for window in windows))

    def row(label: str, cells: list[Cell], depth: int = 0) -> Row:
        return Row((Cell(label), *cells), depth)

    rows = [
        row("Cases observed", [Cell(whole(one.cases), one.cases) for one in found.sides]),
        row(
            "Included cases without an observed day",
            [Cell(whole(one.not_observed), one.not_observed) for one in found.sides],
        ),
        row("Cases with an event", [count_cell(one.with_one) for one in found.sides]),
        row("Events", [count_cell(one.events) for one in found.sides]),
        row(
            "Patient-years observed",
            [Cell(plain(one.days / DAYS_PER_UNIT["year"]), one.days / DAYS_PER_UNIT["year"]) for one in found.sides],
        ),
        row(f"Events per patient-year ({ci_title(level)})", [_rate_cell(one.rate) for one in found.sides]),
    ]
    notes = [f"Rates: {method_words(one.rate.method)}." for one in found.sides if one.rate.method][:1]
    notes.append("Events of one patient are not independent; the intervals take them as if.")
    notes += [_TWICE] if _per_course(summary) else []
    if found.ratio is not None:
        blank = [Cell("")] * (len(windows) - 1)
        printed = (
            absent(found.ratio.absent_because) if found.ratio.estimate is None else _ratio_words(found.ratio, level)
        )
        rows.append(row("Ratio of the rates", [*blank, Cell(printed).naming(found.ratio)]))
        of = "case (course)" if _per_course(summary) else "patient"
        rows.append(heading(f"Rate by {of}, in {windows[1]} against {windows[0]}"))
        for one in _ANSWERS:
            n = found.pairs.get(one, 0)
            if n or one in _ANSWERS[:3]:
                rows.append(row(capital(one), [*blank, Cell(whole(n), n)], 1))
        if found.ratio.method:
            same = "the two times are of the same patients, and it takes them as independent"
            notes.append(f"Ratio: {method_words(found.ratio.method)}; {same}.")
    return Table(
        f"events-{slug(name)}", f"{capital(name)}: events and rates", columns, tuple(rows), (*notes, *planned(summary))
    )


def _rate_cell(rate: Result) -> Cell:
    return Cell(_rate_words(rate)).naming(rate)


def _rate_words(rate: Result) -> str:
    if rate.estimate is not None:
        return f"{number(rate.estimate, _PLACES)} ({interval(rate, _PLACES) or NOT_ESTIMABLE})"
    if rate.lower is not None and rate.upper is not None:
        return f"{between_words(number(rate.lower, _PLACES), number(rate.upper, _PLACES))}"
    return absent(rate.absent_because)


def event_lines(summary: Summary) -> list[str]:
    """One line of each outcome for the headline."""
    lines, level = [], summary.protocol.reporting.level
    for name, found in summary.event_counts.items():
        if not _charted(summary, found):
            lines.append(f"{capital(name)}: {NOT_CHARTED}")
            continue
        told = "; ".join(f"{one.window}: {rate_words(one.rate, level)}" for one in found.sides)
        lines.append(f"{capital(name)}: {told}")
    return lines
