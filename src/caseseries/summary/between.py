"""What happened between the index date and the assessment, in facts: which drug, which dose, on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol as Structure

from caseseries.chart.tables import Chart, Course, Measurement
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of, substance
from caseseries.protocol.intercurrent import EVENT_WORDS, restart_gaps
from caseseries.protocol.measures import measure_facts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.written import decimal_text
from caseseries.response.respond import BASELINE
from caseseries.summary.case_rows import death_days
from caseseries.summary.co_medication import drug_name
from caseseries.summary.from_reference import NotedDose, noted_dose
from caseseries.verdict.names import unit_text
from caseseries.verdict.numbers import MINUS, day_text, listed
from caseseries.verdict.trace import Absent, Verdict

#: The daily dose of a case as steps: first relative day, dose in mg/day; None from where it is not known.
Steps = Sequence[tuple[int, Fraction | None]]

#: What is absent where a code stands in place of a number.
NO_NUMBER: Absent = "recorded without a number"


class Followed(Structure):
    """A case with its days, as the cohort and the reference both have it."""

    @property
    def patient(self) -> str:
        """The patient's id."""

    @property
    def index(self) -> int | None:
        """The day of the index date."""

    @property
    def end_low(self) -> int | None:
        """The earliest day that may be the last of the study drug; None where it goes on."""

    @property
    def end_high(self) -> int | None:
        """The latest day that may be the last of the study drug; None where nothing bounds it."""

    @property
    def seen_end(self) -> int | None:
        """The last day on which anything is known of the patient."""


def of_case(
    protocol: Protocol, chart: Chart, case: Followed, verdict: Verdict, steps: Steps, spec: Spec | None = None
) -> Mapping[str, str]:
    """The facts of each intercurrent event of a verdict, in words with study days, by the event's name.

    `case` is of the cohort or of the reference, `chart` holds at least its patient's rows, `steps` are its daily doses, and `spec` is the
    reading in force, by default the protocol as written. An event whose facts the chart does not show has no entry.

    Such as ``{"rescue added": "azathioprine on day 40", "drug stopped": "last taken on day 60"}``.
    """
    if not verdict.events:
        return {}
    assert case.index is not None and case.seen_end is not None, "an included case has an index date"
    windows = protocol.windows if spec is None else spec.windows
    at, index = protocol.verdicts[verdict.outcome].at, case.index
    courses = sorted(
        (course for course in chart.courses if course.patient == case.patient and course.taken),
        key=lambda course: (course.start, course.drug, course.record),
    )
    told = {
        "death": _death(chart, case.patient, index),
        "lost": f"follow-up ended on {day_text(case.seen_end - index)}",
        "rescue": _rescue(protocol, courses, index, verdict.day, index + windows[at].to),
        "stopped": _stopped(case, index),
        "raised": _raised(protocol, chart, case, verdict, steps, spec),
        "pulse": _pulse(protocol, courses, index, verdict.day),
    }
    return {EVENT_WORDS[key]: words for key, words in told.items() if words and EVENT_WORDS[key] in verdict.events}


#: The words of missing codes, by patient and measure, each with its day.
Codes = Mapping[tuple[str, str], Sequence[tuple[int, str]]]


def codes_of(chart: Chart) -> Codes:
    """What was written in place of numbers, in the words that the chart description gives each code."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in chart.measurements:
        if row.value is None and row.missing:
            found.setdefault((row.patient, row.measure), []).append((row.day, row.missing))
    return found


def with_codes(codes: Codes, case: Followed, verdict: Verdict, spec: Spec) -> Verdict:
    """The verdict with the words of the code where a value is recorded without a number, for the sentence about it."""
    if case.index is None or not any(quantity.absent == NO_NUMBER for quantity in verdict.quantities):
        return verdict
    told = []
    for quantity in verdict.quantities:
        noted = ""
        if quantity.absent == NO_NUMBER:
            window = spec.windows[quantity.slot.window]
            rows = [(day - case.index, word) for day, word in codes.get((case.patient, quantity.slot.measure), ())]
            here = [
                word
                for day, word in rows
                if (day == quantity.day if quantity.day is not None else window.from_ <= day <= window.to)
            ]
            noted = ", ".join(sorted(set(here)))
        told.append(replace(quantity, noted=noted) if noted else quantity)
    return replace(verdict, quantities=tuple(told))


def _stopped(case: Followed, index: int) -> str:
    if case.end_low is None or case.end_high is None:
        return ""
    low, high = case.end_low - index, case.end_high - index
    if case.seen_end is None or case.end_high <= case.seen_end:
        return f"last taken {_day(low, high)}"
    until = f"until {day_text(high)}" if low == high else f"until some day from {day_text(low)} to {day_text(high)}"
    return f"recorded {until}, and observed until {day_text(case.seen_end - index)}"


def _day(low: int, high: int) -> str:
    """A day, or the days between which it lies."""
    return f"on {day_text(low)}" if low == high else f"between {day_text(low)} and {day_text(high)}"


def _death(chart: Chart, patient: str, index: int) -> str:
    known = death_days(chart).get(patient)
    return "" if known is None else _day(known[0] - index, known[1] - index)


def _rescue(protocol: Protocol, courses: Sequence[Course], index: int, assessed: int | None, last: int) -> str:
    """Each rescue drug begun, or begun anew, after the index date, with the first day."""
    start = protocol.case.index_date
    studied = drugs_of(protocol, start.first_exposure) if isinstance(start, FirstExposure) else frozenset[str]()
    named = frozenset[str]().union(*(drugs_of(protocol, drug) for drug in protocol.intercurrent.rescue.drugs))
    before = index + assessed if assessed is not None else last + 1
    longest = restart_gaps(protocol.intercurrent.rescue)[1]
    begun: dict[str, tuple[int, int]] = {}
    until: dict[str, int | None] = {}
    for course in sorted(courses, key=lambda one: one.ends.first_low):
        if course.drug not in named - studied:
            continue
        ends, form = course.ends, substance(protocol, course.drug)
        reached = until.get(form, ends.first_low - longest - 2)
        anew = reached is not None and ends.first_low - reached - 1 > longest
        if anew and index < ends.first_low and ends.first_high < before:
            begun.setdefault(course.drug, (ends.first_low - index, ends.first_high - index))
        until[form] = None if reached is None or ends.last_high is None else max(reached, ends.last_high)
    return listed([f"{drug_name(drug)} {_day(*days)}" for drug, days in begun.items()]) if begun else ""


def _pulse(protocol: Protocol, courses: Sequence[Course], index: int, assessed: int | None) -> str:
    """Each pulse on the assessment day or at most so many days before it."""
    if assessed is None:
        return ""
    until, since = index + assessed, index + assessed - (protocol.intercurrent.pulse.within or 0)
    given = [
        f"{drug_name(one.drug)} {_days(one, index)}"
        for one in courses
        if one.pulse and one.ends.first_high <= until and (one.ends.last_low is None or one.ends.last_low >= since)
    ]
    return listed(list(dict.fromkeys(given))) if given else ""


def _days(course: Course, index: int) -> str:
    first = course.start - index
    if course.end is None:
        return f"from {day_text(first)} on"
    if course.end == course.start:
        return f"on {day_text(first)}"
    return f"on days {first} to {course.end - index}".replace("-", MINUS)


def _raised(protocol: Protocol, chart: Chart, case: Followed, verdict: Verdict, steps: Steps, spec: Spec | None) -> str:
    """From which dose to which, and the day the first higher dose was given or recorded."""
    name = protocol.intercurrent.raised.dose or (next(iter(protocol.doses)) if len(protocol.doses) == 1 else "")
    days = [one.day for one in verdict.quantities if one.slot.window == BASELINE and one.day is not None]
    if not name or not days:
        return ""
    windows = protocol.windows if spec is None else spec.windows
    at = windows[protocol.verdicts[verdict.outcome].at]
    base, last = max(days), at.to if verdict.day is None else verdict.day
    if protocol.doses[name].source == "visits":
        unit = unit_text(measure_facts(protocol, name).unit)
        rows = _at_visits(chart, case, name)
        was = noted_dose(rows.get(base, []), windows[BASELINE].same_day)
        noted = [(day, noted_dose(of_day, at.same_day)) for day, of_day in sorted(rows.items()) if base < day <= last]
        above = next(((day, dose) for day, dose in noted if was and dose and dose.above(was)), None)
        if was is None or above is None or above[1] is None:
            return ""
        return f"from {_noted(was)} to {_noted(above[1])}{unit} on {day_text(above[0])}"
    if name != next(one for one, dose in protocol.doses.items() if dose.source == "courses"):
        return ""
    # The dose on a day is what was taken until the day before, so a step of that very day is a later one; and a
    # dose that was raised was known before, so that without an earlier step it was 0.
    # The same where no course was recorded before.
    before = next((dose for day, dose in reversed(steps) if day < base), None) or Fraction(0)
    higher = next(
        ((day, dose) for day, dose in steps if base <= day < last and dose is not None and dose > before), None
    )
    if higher is None:
        return ""
    return f"from {decimal_text(before)} to {decimal_text(higher[1])} mg/day on {day_text(higher[0])}"


def _noted(dose: NotedDose) -> str:
    """A dose written at a visit, or the doses between which it lies."""
    low = decimal_text(dose.low)
    if dose.high is None:
        return f"{'more than' if dose.low_open else 'at least'} {low}"
    high = decimal_text(dose.high)
    if dose.low == 0 and dose.high:
        return f"{'less than' if dose.high_open else 'at most'} {high}"
    return low if dose.low == dose.high else f"between {low} and {high}"


def _at_visits(chart: Chart, case: Followed, name: str) -> dict[int, list[Measurement]]:
    """The doses noted, by relative day."""
    assert case.index is not None
    by_day: dict[int, list[Measurement]] = {}
    for row in chart.measurements:
        if row.patient == case.patient and row.measure == name and row.value is not None:
            by_day.setdefault(row.day - case.index, []).append(row)
    return by_day
