"""What a chart says to the open questions of a protocol: how many rows each is about. No two points in time are joined, no outcome is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from caseseries import catalogue
from caseseries.chart.tables import Chart
from caseseries.errors import Problem
from caseseries.protocol.undecided import undecided
from caseseries.protocol.yaml import Document

#: Drugs that are listed for the question which of them is the study's.
_LISTED = 8


def protocol_effects(told: Sequence[Problem], written: Document, chart: Chart) -> list[Problem]:
    """The problems of a protocol, its questions with what the chart holds of them."""
    fields = {one.problem(written).place: one.field for one in undecided(written) if not one.key}
    found = []
    for problem in told:
        say = _SAID.get(fields.get(problem.place, "")) if problem.question else None
        words = say(chart) if say is not None else []
        found.append(replace(problem, answers=(*words, *problem.answers)))
    return found


def _drugs(chart: Chart) -> list[tuple[str, str]]:
    """The drugs of the catalogue that the chart holds, those of most patients first."""
    known = {one.key for one in catalogue.drugs()}
    patients: dict[str, set[str]] = {}
    for course in chart.courses:
        if course.taken and course.systemic and course.drug in known:
            patients.setdefault(course.drug, set()).add(course.patient)
    most = sorted(patients, key=lambda drug: (-len(patients[drug]), drug))[:_LISTED]
    return [(drug, f"taken by {len(patients[drug])} of {_some(len(chart.people), 'patient')}") for drug in most]


def _partial(chart: Chart) -> list[tuple[str, str]]:
    values = sum(one.low != one.high for one in chart.measurements)
    courses = sum(course.possible is not None for course in chart.courses)
    facts = sum(fact.low != fact.high for fact in chart.facts if fact.kind != "visit")
    said = f"{_some(values, 'value')}, {_some(courses, 'course')} and {_some(facts, 'event or diagnosis', 'events and diagnoses')} have such a date"
    return [("", said)]


def _same_day(chart: Chart) -> list[tuple[str, str]]:
    values: dict[tuple[str, str, int], set[object]] = {}
    for one in chart.measurements:
        if one.value is not None:
            values.setdefault((one.patient, one.measure, one.day), set()).add(one.value)
    doubled = sum(len(found) > 1 for found in values.values())
    return [("", f"{_some(doubled, 'time', 'times')} in this chart")]


def _deaths(chart: Chart) -> list[tuple[str, str]]:
    if "deaths" in chart.unknown():
        return [("", "deaths are not charted: this event is seen in nobody")]
    return [("", f"{_some(sum(fact.kind == 'death' for fact in chart.facts), 'death')} in this chart")]


def _pulses(chart: Chart) -> list[tuple[str, str]]:
    if not chart.courses:
        return [("", "the chart holds no course of a drug")]
    return [("", f"{_some(sum(course.pulse for course in chart.courses), 'pulse')} in this chart")]


def _stopped(chart: Chart) -> list[tuple[str, str]]:
    if not chart.courses:
        return [("", "the chart holds no course of a drug")]
    ended = sum(course.end is not None for course in chart.courses)
    return [("", f"{ended} of {_some(len(chart.courses), 'course')} of all drugs have a last day")]


def _graded(chart: Chart) -> list[tuple[str, str]]:
    events = [fact for fact in chart.facts if fact.kind == "event"]
    if not events:
        return [("", "the chart holds no adverse event")]
    return [
        ("", f"{sum(bool(fact.attribute('grade')) for fact in events)} of {_some(len(events), 'event')} have a grade")
    ]


def _some(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


#: Who says what the chart holds, by the name of the field.
_SAID: dict[str, Callable[[Chart], list[tuple[str, str]]]] = {
    "first_exposure": _drugs, "partial_dates": _partial, "same_day": _same_day, "death": _deaths, "pulse": _pulses,
    "drug stopped": _stopped, "grading": _graded,
}  # fmt: skip
