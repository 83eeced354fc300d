"""Follow-up of everyone: how long, how long on the drug, the response, the events, what is ongoing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from caseseries.chart.personal_words import without_dates
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.every_case import classes
from caseseries.report.exhibits.words import capital, counted, day, listed, small, study_drug_name
from caseseries.report.figures.axis import (
    DRUG,
    DRUG_LIGHT,
    EVENT,
    FAINT,
    INK,
    OTHER,
    SOFT,
    Scale,
    class_entries,
    class_mark,
    legend,
    time_axis,
    time_ticks,
)
from caseseries.report.figures.scene import LEAST, Area, Group, Item, Line, Mark, Scene, box
from caseseries.report.figures.taper import drawn_dose
from caseseries.report.figures.text_width import fit
from caseseries.summary.cases import CaseRow
from caseseries.summary.model import Summary

_ROW = 24.0
#: The colour of the time without glucocorticoid (Okabe-Ito).
FREE = "#CC79A7"
#: So much room a reason needs beside its lane.
_LEAST_ROOM = 60.0


def swimmer_scene(summary: Summary) -> Scene | None:
    """One lane a case, the longest follow-up on top; None where nobody was followed."""
    followed = sorted(
        (case for case in summary.shown.included if case.observed_days is not None),
        key=lambda case: -(case.observed_days or 0),  # equal ones stay in the order of the cases
    )
    if not followed:
        return None
    longest = max(case.observed_days or 0 for case in followed)
    row = _ROW if len(followed) <= 20 else 17.0
    scene = Scene(0)
    left, right, top = 92.0, scene.width - 26, 12.0
    across = Scale(Fraction(0), Fraction(max(longest, 1)), left, right)
    bottom = top + row * len(followed) + 4
    months = time_ticks(0, longest)
    for value in months.days:
        scene.line((across(value), top), (across(value), bottom), stroke="#edf0f2", width=0.8)
    groups = classes(summary)
    for place, case in enumerate(followed):
        y = top + row * (place + 0.5)
        scene.label(left - 8, y + 3.6, fit(case.case_id, left - 16, LEAST), size=LEAST, anchor="end")
        _lane(scene, summary, case, groups.get(case.case_id, ("not evaluable", None)), y, row, across)
    time_axis(scene, across, bottom, months)
    entries = _entries(summary, [groups.get(case.case_id, ("not evaluable", None))[0] for case in followed])
    scene.height = legend(scene, bottom + 54, entries) - 2
    return scene


def _lane(
    scene: Scene, summary: Summary, case: CaseRow, judged: tuple[str, int | None], y: float, row: float, across: Scale
) -> None:
    observed = case.observed_days or 0
    thick = row * 0.5
    told = f"{case.case_id}: observed {counted(observed, 'day')}"
    if case.on_drug_days is not None:
        told += f", on drug {counted(case.on_drug_days, 'day')}{', ongoing' if case.ongoing else ''}"
    parts: list[Item] = [Line(((across(0), y), (across(observed), y)), FAINT, 1.6)]
    for course in summary.shown.study_drug:
        if course.case_id == case.case_id:
            start, end = max(course.start, 0), observed if course.end is None else min(course.end + 1, observed)
            if start <= end:
                x = across(start)
                parts.append(Area(box(x, y - thick / 2, max(across(end) - x, 1.5), thick), DRUG_LIGHT))
    for use in summary.shown.drugs:
        if use.case_id == case.case_id and use.role == "added" and use.start <= observed:
            end = observed if use.end is None else min(use.end, observed)
            parts.append(Line(((across(use.start), y + thick / 2 + 2), (across(end), y + thick / 2 + 2)), OTHER, 2.4))
    parts += [
        Line(((across(day_), y - 3), (across(day_), y + 3)), INK, 0.7)
        for day_ in _visits(summary, case)
        if day_ <= observed
    ]
    for first, last in _steroid_free(summary, case, observed):
        parts.append(Line(((across(first), y - thick / 2 - 2.5), (across(last), y - thick / 2 - 2.5)), FREE, 2))
    if case.ongoing:
        x = across(observed)
        parts.append(Area(((x + 11, y), (x + 3, y - 5), (x + 3, y + 5)), DRUG))
        parts.append(Line(((x, y), (x + 4, y)), DRUG, 2))
    elif case.on_drug_days is not None:  # of a case without courses nobody said whether the drug goes on
        parts.append(Line(((across(observed), y - 5), (across(observed), y + 5)), SOFT, 1.6))
    scene.add(Group(told, tuple(parts)))
    room, why = scene.width - 10 - across(observed) - 8, _stopped(summary, case)
    if why and room > _LEAST_ROOM:
        scene.label(across(observed) + 8, y + 3.4, fit(why, room, LEAST), size=LEAST, color=SOFT)
    for event in summary.shown.events if summary.safety is not None else ():
        if event.case_id == case.case_id and event.day is not None and 0 <= event.day <= observed:
            if event.status not in {"on treatment", "possibly on treatment"}:
                continue
            sure = event.on_treatment
            mark = Mark(
                across(event.day), y, "triangle", EVENT if sure else "#ffffff", "#ffffff" if sure else EVENT, 5, 0.8
            )
            scene.add(Group(f"{case.case_id}, day {day(event.day)}: {without_dates(event.term)}", (mark,)))
    name, at = judged
    if at is not None and at <= observed:
        scene.add(Group(f"{case.case_id}, day {day(at)}: {name}", (class_mark(name, across(at), y, 4.6),)))


def _visits(summary: Summary, case: CaseRow) -> list[int]:
    """The days from the index date on with a recorded value."""
    return sorted({point.day for point in summary.shown.points if point.case_id == case.case_id and point.day >= 0})


def _free(summary: Summary) -> str:
    """What is said of a dose of 0."""
    dose = drawn_dose(summary)
    return f"Dose of {dose.daily_dose} 0" if dose is not None else ""


def _steroid_free(summary: Summary, case: CaseRow, observed: int) -> list[tuple[int, int]]:
    """From which day to which within follow-up the daily dose was 0 for certain."""
    steps = next((steps for case_id, steps in summary.shown.doses if case_id == case.case_id), ())
    found = []
    for place, (start, dose) in enumerate(steps):
        end = steps[place + 1][0] if place + 1 < len(steps) else observed
        first, last = max(start, 0), min(end, observed)
        if dose == 0 and first < last:
            found.append((first, last))
    return found


def _stopped(summary: Summary, case: CaseRow) -> str:
    """Why the last course of the study drug was stopped, of a case that is no longer on it; empty where that is not recorded."""
    own = [course for course in summary.shown.study_drug if course.case_id == case.case_id]
    if case.ongoing or case.on_drug_days is None or not own:
        return ""
    return without_dates(max(own, key=lambda course: course.start).stop_reason)


def _entries(summary: Summary, groups: list[str]) -> list[tuple[str, Callable[[Scene, float, float], None]]]:
    found: list[tuple[str, Callable[[Scene, float, float], None]]] = []
    if summary.outcomes:
        found += class_entries(groups)
    if summary.shown.study_drug:
        found.append((study_drug_name(summary), lambda scene, x, y: scene.rectangle(x - 9, y - 5, 18, 10, DRUG_LIGHT)))
    found.append(("Observed", lambda scene, x, y: scene.line((x - 9, y), (x + 9, y), stroke=FAINT, width=1.6)))
    if any(_visits(summary, case) for case in summary.shown.included):
        found.append(("Visit", lambda scene, x, y: scene.line((x, y - 3), (x, y + 3), stroke=INK, width=0.7)))
    if any(_steroid_free(summary, case, case.observed_days or 0) for case in summary.shown.included):
        free = _free(summary)
        found.append((free, lambda scene, x, y: scene.line((x - 9, y), (x + 9, y), stroke=FREE, width=2)))
    if any(case.ongoing for case in summary.shown.included):
        found.append(("Ongoing at the end", _ongoing))
    if any(not case.ongoing and case.on_drug_days is not None for case in summary.shown.included):
        found.append(
            ("Not on it at the end", lambda scene, x, y: scene.line((x, y - 5), (x, y + 5), stroke=SOFT, width=1.6))
        )
    if any(use.role == "added" for use in summary.shown.drugs):
        found.append(
            ("Another drug added", lambda scene, x, y: scene.line((x - 9, y), (x + 9, y), stroke=OTHER, width=2.4))
        )
    if summary.nowhere("adverse events"):
        found.append(("Adverse events: not charted", lambda scene, x, y: None))
    elif summary.safety is not None:
        found.append(
            (
                f"Adverse event on treatment ({count_text(summary.safety.events)})",
                lambda scene, x, y: scene.add(Mark(x, y, "triangle", EVENT, "#ffffff", 5, 0.8)),
            )
        )
        if summary.safety.undated.high:
            found.append((f"Without a date, not drawn: {count_text(summary.safety.undated)}", lambda scene, x, y: None))
    return found


def _ongoing(scene: Scene, x: float, y: float) -> None:
    scene.line((x - 8, y), (x - 1, y), stroke=DRUG, width=2)
    scene.add(Area(((x + 7, y), (x - 1, y - 5), (x - 1, y + 5)), DRUG))


def swimmer_alt(summary: Summary) -> str:
    """Every lane in words."""
    groups = classes(summary)
    parts = []
    for case in summary.shown.included:
        if case.observed_days is None:
            continue
        told = f"{case.case_id} observed {counted(case.observed_days, 'day')}"
        if case.on_drug_days is not None:
            told += f", on drug {case.on_drug_days}{' and ongoing' if case.ongoing else ''}"
            told += f" (stopped: {why})" if (why := _stopped(summary, case)) else ""
        if free := _steroid_free(summary, case, case.observed_days):
            told += f", {small(_free(summary))} from day {listed(day(first) for first, _ in free)}"
        name, at = groups.get(case.case_id, ("", None))
        told += f", {name}" + (f" on day {day(at)}" if at is not None else "") if name else ""
        parts.append(told)
    events = [
        f"{event.case_id} {without_dates(event.term)} on day {day(event.day)}"
        for event in (summary.shown.events if summary.safety is not None else ())
        if event.on_treatment and event.day is not None
    ]
    tail = f" Adverse events on treatment: {'; '.join(events)}." if events else ""
    if summary.nowhere("adverse events"):
        tail = " Adverse events were not charted."
    return f"Follow-up of every case from the index date. {capital('; '.join(parts))}.{tail}"
