"""One case on one page: what was measured, what was taken, what happened, on one axis of days."""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.personal_words import without_dates
from caseseries.report.exhibits.adverse_events import day_words
from caseseries.report.exhibits.every_case import classes, primary_verdicts
from caseseries.report.exhibits.printed_numbers import plain
from caseseries.report.exhibits.words import band_text, capital, day, placed, study_drug_name, with_unit
from caseseries.report.figures.axis import (
    DRUG_LIGHT,
    EVENT,
    FAINT,
    HAIR,
    INK,
    SOFT,
    Scale,
    class_mark,
    padded,
    tick_places,
    ticks,
    time_axis,
    time_ticks,
    value_label,
    value_ticks,
)
from caseseries.report.figures.scene import LEAST, Anchor, Area, Group, Label, Line, Mark, Scene, box
from caseseries.report.figures.taper import UNKNOWN, _path, _visible, courses, highest, told
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.summary.cases import CaseRow, Point
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name

_LEFT, _EDGE, _LANE, _BAR = 168.0, 20.0, 52.0, 17.0
_BLUE = "#0072B2"


def timeline_scene(summary: Summary, case: CaseRow) -> Scene | None:
    """Lanes of measures, dose, drugs and events; None for a case without any day."""
    if case.observed_days is None:
        return None
    points = [point for point in summary.shown.points if point.case_id == case.case_id]
    used = _measures(summary, points)
    scene = Scene(0)
    first = _first_day(summary, points, case)
    across = Scale(Fraction(first), Fraction(max(case.observed_days, first + 1)), _LEFT, scene.width - _EDGE)
    y = _title(scene, summary, case)
    top = y
    lanes = Scene(0)
    for name in used:
        y = _values(lanes, summary, [point for point in points if point.measure == name], name, y, across)
    y = _dose(lanes, summary, case, y, across)
    y = _drugs(lanes, summary, case, y, across)
    y = _events(lanes, summary, case, y, across)
    _windows(scene, summary, across, top, y)
    zero = across(0)
    scene.line((zero, top), (zero, y), stroke=INK, width=1, dash=(3, 2))
    scene.add(*lanes.items)
    time_axis(scene, across, y + 4, time_ticks(first, case.observed_days, 8))
    scene.height = y + 46
    return scene


def _first_day(summary: Summary, points: list[Point], case: CaseRow) -> int:
    """Enough before the index date to see the baseline; older history is cut with an arrow."""
    days = [point.day for point in points if point.day >= -180]
    return min([*days, -30]) - 10


def _title(scene: Scene, summary: Summary, case: CaseRow) -> float:
    parts = [
        case.sex,
        f"{case.age_years} years"
        if case.age_years is not None
        else case.age_band and f"{band_text(case.age_band)} years",
    ]
    told = ", ".join(part for part in parts if part)
    name = fit(case.case_id, 300, 12, bold=True)
    scene.label(12, 18, name, size=12, bold=True)
    scene.label(12 + text_width(name, 12, bold=True) + 10, 18, told, size=LEAST, color=SOFT)
    judged = classes(summary).get(case.case_id)
    if judged is not None:
        answer, at = judged
        words = f"{capital(next(iter(summary.outcomes)))}: {answer}" + (f", day {day(at)}" if at is not None else "")
        scene.label(scene.width - _EDGE, 18, words, size=LEAST, anchor="end")
        scene.add(class_mark(answer, scene.width - _EDGE - text_width(words, LEAST) - 11, 14.5, 4.2))
    return 50.0


def _measures(summary: Summary, points: list[Point]) -> list[str]:
    """The measures of the outcomes first, then monitored counts; at most six, only those with values."""
    asked = [slot.measure for outcome in summary.outcomes.values() for slot in outcome.plan.slots]
    asked += [change.measure for change in summary.change_outcomes]
    asked += [measure for times in summary.times.values() for measure in times.measures]
    asked += [measure for spelled in summary.spells.values() for measure in spelled.measures]
    if summary.protocol.safety is not None:
        asked += [found.measure for found in summary.protocol.safety.monitored]
    present = {point.measure for point in points}
    numbers = [name for name in dict.fromkeys(asked) if name in present and summary.measures[name].kind != "judgement"]
    return numbers[:6]


def _lane_name(scene: Scene, text: str, y: float, detail: str = "") -> None:
    lines = wrap(text, _LEFT - 46, LEAST, bold=True)[:2]
    for place, line in enumerate(lines):
        scene.label(
            12, y + 12.5 * (place + 1 - len(lines)), fit(line, _LEFT - 46, LEAST, bold=True), size=LEAST, bold=True
        )
    if detail:
        scene.label(12, y + 13, fit(detail, _LEFT - 46, LEAST), size=LEAST, color=SOFT)


def _values(scene: Scene, summary: Summary, points: list[Point], name: str, y: float, across: Scale) -> float:
    facts = summary.measures[name]
    detail = with_unit(facts).removeprefix(short_name(facts)).removeprefix(", ")
    _lane_name(scene, capital(short_name(facts)), y + 26, detail)
    shown = [point for point in points if point.day >= across.low and point.day <= across.high]
    if not shown:
        return y + _LANE
    low, high = padded(
        [Fraction(0), Fraction(len(facts.grades) - 1)] if facts.grades else [point.value for point in shown]
    )
    up = Scale(low, high, y + _LANE - 10, y + 14)
    marks = (value_ticks(low, high, facts.grades, 2) or [low])[:3]
    for value in marks:
        scene.line((across.start, up(value)), (across.end, up(value)), stroke=HAIR, width=0.7)
        label = value_label(value, tick_places(marks), facts.grades)
        scene.label(across.start - 6, up(value) + 3.3, label, size=LEAST, anchor="end", color=SOFT)
    if len(shown) > 1:
        scene.add(Line(tuple((across(point.day), up(point.value)) for point in shown), FAINT, 1.2))
    for point in shown:
        x, at = across(point.day), up(point.value)
        printed = value_label(point.value, 2, facts.grades)
        told = f"{short_name(facts)} {printed} on day {day(point.day)}{f', taken for {point.chosen}' if point.chosen else ''}"
        mark = Mark(
            x,
            at,
            "circle",
            _BLUE if point.chosen else "#ffffff",
            _BLUE if point.chosen else SOFT,
            3.8 if point.chosen else 2.6,
        )
        scene.add(Group(told, (mark,)))
        if point.chosen:
            # Beside the dashed line of the index date rather than on it.
            aside = point.day <= 0 and across(0) - x < 14
            where: tuple[float, float, Anchor] = (x - 4, at - 3.5, "end") if aside else (x, at - 6.5, "middle")
            scene.add(Label(where[0], where[1], printed, LEAST, where[2], _BLUE, bold=True))
    return y + _LANE


def _dose(scene: Scene, summary: Summary, case: CaseRow, y: float, across: Scale) -> float:
    known = courses(summary).get(case.case_id)
    if known is None:
        return y
    steps, end = known
    first = int(across.low)
    shown = _visible(steps, first, end)
    if not shown:
        return y
    dose = next(iter(summary.protocol.doses.values()), None)
    _lane_name(scene, capital(dose.daily_dose) if dose else "Dose", y + 26, dose.as_ if dose else "")
    high = highest(shown)
    up = Scale(Fraction(0), high * Fraction(6, 5), y + _LANE - 8, y + 10)
    marks = ticks(Fraction(0), high, 2)[:3]
    for value in marks:
        scene.line((across.start, up(value)), (across.end, up(value)), stroke=HAIR, width=0.7)
        scene.label(
            across.start - 6, up(value) + 3.3, plain(value, tick_places(marks)), size=LEAST, anchor="end", color=SOFT
        )
    scene.add(Group(told(shown), tuple(Line(part, INK, 1.7) for part in _path(shown, end, across, up))))
    for place, (start, amount) in enumerate(shown):
        until = shown[place + 1][0] if place + 1 < len(shown) else max(end, start)
        x0, x1 = across(start), across(until)
        if amount is None and text_width(UNKNOWN, LEAST) < x1 - x0 - 4:
            scene.label((x0 + x1) / 2, up(high / 2) + 3, UNKNOWN, size=LEAST, anchor="middle", color=SOFT)
    return y + _LANE


def _drugs(scene: Scene, summary: Summary, case: CaseRow, y: float, across: Scale) -> float:
    y += 6
    own = [course for course in summary.shown.study_drug if course.case_id == case.case_id]
    bars = [(course.start, course.end, without_dates(course.dose_text), True) for course in own]
    lanes: dict[str, list[tuple[int, int | None, str, bool]]] = {study_drug_name(summary): bars} if bars else {}
    drawn = {dose.daily_dose.casefold() for dose in summary.protocol.doses.values()}
    for use in summary.shown.drugs:
        if drawn & {name.casefold() for name in use.groups}:
            continue  # its dose has a lane of its own
        if use.case_id == case.case_id and (use.end is None or use.end >= across.low):
            lanes.setdefault(capital(use.name), []).append((use.start, use.end, without_dates(use.stop_reason), False))
    for name, found in lanes.items():
        scene.label(12, y + 11, fit(name, _LEFT - 24, LEAST), size=LEAST)
        for start, end, text, study in found:
            _bar(scene, (start, end, text), y, across, DRUG_LIGHT if study else "#cfe6f6", study=study)
        y += _BAR
    return y + 4


def _bar(scene: Scene, course: tuple[int, int | None, str], y: float, across: Scale, fill: str, *, study: bool) -> None:
    start, end, text = course
    low, high = int(across.low), int(across.high)
    x0, x1 = across(max(start, low)), across(min(end if end is not None else high, high))
    parts: list[Area | Line] = [Area(box(x0, y + 3, max(x1 - x0, 1.5), 10), fill)]
    if start < low:
        parts.append(Area(((x0 - 7, y + 8), (x0, y + 3), (x0, y + 13)), fill))
    if end is None or end > high:
        parts.append(Area(((x1 + 7, y + 8), (x1, y + 3), (x1, y + 13)), fill))
    until = "ongoing" if end is None else f"to day {day(end)}"
    scene.add(Group(f"day {day(start)} {until}{f': {text}' if text else ''}", tuple(parts)))
    if study and text and text_width(text, LEAST) < x1 - x0 - 6:
        scene.label(x0 + 4, y + 11.2, text, size=LEAST)


def _events(scene: Scene, summary: Summary, case: CaseRow, y: float, across: Scale) -> float:
    own = [event for event in summary.shown.events if event.case_id == case.case_id]
    shown = [event for event in own if event.day is not None and event.day >= across.low]
    told = [without_dates(event.term) for event in own if event.day is None]
    undated = f"without a date: {', '.join(told)}" if told else ""
    aside = "not charted" if "adverse events" in summary.not_charted else undated
    if not shown and not aside:
        return y
    scene.label(12, y + 12, "Adverse events", size=LEAST)
    if aside:
        zero, x = across(0), _LEFT
        if zero - x < min(text_width(aside, LEAST), across.end - zero) + 6:
            x = zero + 6  # beside the line of the index date rather than across it
        scene.label(x, y + 11.6, fit(aside, scene.width - x - _EDGE, LEAST), size=LEAST, color=SOFT)
        y += _BAR
    ends: list[float] = []
    for event in sorted(shown, key=lambda found: (found.day or 0, found.term)):
        x = across(min(event.day or 0, int(across.high)))
        term = capital(without_dates(event.term)) + (f", grade {event.grade}" if event.grade else "")
        text = fit(term, 220, LEAST)
        row = next((place for place, end in enumerate(ends) if end < x - 8), len(ends))
        if row == len(ends):
            ends.append(0)
        flip = x + 10 + text_width(text, LEAST) > scene.width - 4
        ends[row] = x + 10 if flip else x + 12 + text_width(text, LEAST)
        at = y + 8 + row * _BAR
        fill = EVENT if event.on_treatment else "#ffffff"
        scene.add(Group(f"{term}, day {day_words(event)}", (Mark(x, at, "triangle", fill, EVENT, 4.4, 1.2),)))
        scene.label(x - 9 if flip else x + 9, at + 3.6, text, size=LEAST, anchor="end" if flip else "start")
    return y + _BAR * len(ends) + 4


def _windows(scene: Scene, summary: Summary, across: Scale, top: float, bottom: float) -> None:
    taken = dict.fromkeys(slot.window for outcome in summary.outcomes.values() for slot in outcome.plan.slots)
    names = [name for name in taken if name in summary.protocol.windows]
    free = [0.0, 0.0]  # where the names end that stand just above the lanes, and in a row above these
    for name in sorted(names, key=lambda window: (summary.protocol.windows[window].from_, window)):
        window = summary.protocol.windows[name]
        start, end = max(Fraction(window.from_), across.low), min(Fraction(window.to), across.high)
        if start > end:
            continue
        x0, x1 = across(start), across(end)
        scene.add(Area(box(x0, top, max(x1 - x0, 1.5), bottom - top), "#f0f3f6"))
        text = fit(capital(name), 110, LEAST)
        half = text_width(text, LEAST) / 2
        last = scene.width - 4 - half
        wanted = min((x0 + x1) / 2, last)
        row = min(range(len(free)), key=lambda place: (max(free[place] + 6 + half - wanted, 0), place))
        x = max(wanted, free[row] + 6 + half)
        if x > last:
            continue  # no room: the window is shaded without its name
        scene.label(x, top - 3 - 13 * row, text, size=LEAST, anchor="middle", color=SOFT)
        free[row] = x + half


def timeline_alt(summary: Summary, case: CaseRow) -> str:
    """The case in words."""
    parts = []
    points = [point for point in summary.shown.points if point.case_id == case.case_id]
    for name in _measures(summary, points):
        grades = summary.measures[name].grades
        of_measure = [point for point in points if point.measure == name]
        told = ", ".join(f"{value_label(point.value, 2, grades)} on day {day(point.day)}" for point in of_measure)
        parts.append(f"{short_name(summary.measures[name])}: {told}")
    for outcome_name, outcome in list(summary.outcomes.items())[:1]:
        verdict = primary_verdicts(summary.shown.outcomes[outcome_name]).get(case.case_id)
        if verdict is not None:
            parts.append(f"{outcome_name}: {placed(verdict, outcome.plan, summary.measures)}")
    parts += [
        f"{without_dates(event.term)} {'without a date' if event.day is None else f'on day {day_words(event)}'}"
        for event in summary.shown.events
        if event.case_id == case.case_id
    ]
    if "adverse events" in summary.not_charted:
        parts.append("adverse events: not charted")
    return f"Timeline of case {case.case_id}. {'. '.join(parts)}."
