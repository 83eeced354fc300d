"""The chart of a spec as tables that a person reads: the values by day, and beside them what else is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args

from tools.manual.markdown import paragraphs, table

from caseseries.chart.tables import FactKind
from caseseries.protocol.measures import MeasureFacts
from caseseries.verdict.names import short_name

#: Columns of values that fit on a page.
MOST_COLUMNS = 8

_TIMES = {"1": "once a day", "2": "twice a day", "1/7": "once a week", "1/2": "every other day"}
_COUNT = {"complete": "everything before the index date is known", "open": "not said how far back the chart goes"}


@dataclass
class _Chart:
    """What the lines say: values by patient, measure and day; and other things by patient."""

    values: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    patients: dict[str, list[str]] = field(default_factory=dict)
    everybody: list[str] = field(default_factory=list)


def chart_tables(rows: str, measures: dict[str, MeasureFacts]) -> str:
    """The chart written as lines of `patient | what | rows`, as Markdown."""
    read = _read(rows, measures)
    head, body = _values(read, measures)
    others = [[patient, "; ".join(things)] for patient, things in read.patients.items() if things]
    without = [patient for patient in read.patients if not any(key[0] == patient for key in read.values)]
    empty = [patient for patient in without if not read.patients[patient]]
    return paragraphs(
        table(head, body) if body else "",
        table(["patient", "also recorded" if body else "recorded"], others) if others else "",
        "A blank cell, or a dash: not recorded."
        if any(cell in {"", "–"} or "–" in cell.split() for row in body for cell in row)
        else "",
        f"Nothing is recorded of patient {', '.join(empty)}." if empty else "",
        " ".join(f"{one[:1].upper()}{one[1:]}." for one in read.everybody),
    )


def _values(read: _Chart, measures: dict[str, MeasureFacts]) -> tuple[list[str], list[list[str]]]:
    """The table of values: one line a patient where that fits, else one for each of his measures."""
    days = sorted({day for cells in read.values.values() for day in cells}, key=_order)
    exact = all(re.fullmatch(r"-?\d+", day) for day in days)
    names = list(dict.fromkeys(measure for _, measure in read.values))
    columns = [
        (measure, day)
        for measure in names
        for day in days
        if any(day in cells for (_, other), cells in read.values.items() if other == measure)
    ]
    if exact and len(columns) <= MOST_COLUMNS:
        patients = dict.fromkeys(patient for patient, _ in read.values)
        body = [
            [patient, *(read.values.get((patient, measure), {}).get(day, "") for measure, day in columns)]
            for patient in patients
        ]
        return ["patient", *(f"{_name(measures[measure])}, {_day(day)}" for measure, day in columns)], body
    if exact and len(days) <= 2:
        return _by_measure(read, names, days, measures)
    of = [[patient, _name(measures[measure])] for patient, measure in read.values]
    if exact and len(days) <= MOST_COLUMNS - 1:
        cells_of = [[cells.get(day, "") for day in days] for cells in read.values.values()]
        head = ["patient", "measure", *map(_day, days)]
    else:
        cells_of = [
            ["; ".join(f"{_day(day)}: {cells[day]}" for day in sorted(cells, key=_order))]
            for cells in read.values.values()
        ]
        head = ["patient", "measure", "recorded"]
    return head, [[*first, *cells] for first, cells in zip(of, cells_of, strict=True)]


def _by_measure(
    read: _Chart, names: list[str], days: list[str], measures: dict[str, MeasureFacts]
) -> tuple[list[str], list[list[str]]]:
    """Before and after of many measures: a line for each measure, a column for each patient."""
    patients = dict.fromkeys(patient for patient, _ in read.values)
    body = [
        [_name(measures[name]), *(_before_after(read.values.get((patient, name), {}), days) for patient in patients)]
        for name in names
    ]
    return [" → ".join(map(_day, days)), *(f"patient {patient}" for patient in patients)], body


def _before_after(cells: dict[str, str], days: list[str]) -> str:
    """Such as `20 → 16`, with a dash for what is not recorded."""
    return " → ".join(cells.get(day, "–") for day in days) if cells else ""


def _read(rows: str, measures: dict[str, MeasureFacts]) -> _Chart:
    read = _Chart()
    for line in rows.strip().splitlines():
        patient, what, written = (part.strip() for part in (line.strip() + " |  | ").split("|")[:3])
        kind, _, term = (part.strip() for part in what.partition(":"))
        if what == "history":
            read.everybody.append(_COUNT[written])
            continue
        if what in {"not charted", "only other drugs"}:
            read.everybody.append(f"{what}: {written}")
            continue
        things = read.patients.setdefault(patient, [])
        if what in measures:
            cells = read.values.setdefault((patient, what), {})
            for cell in written.split(","):
                day, _, value = cell.strip().rpartition(":")
                cells[day] = f"{cells[day]} and {_value(value)}" if day in cells else _value(value)
        elif kind in get_args(FactKind):
            things.append(_fact(kind, term, written))
        elif what == "observed":
            things.append(f"observed {_between(written)}")
        elif what == "known from":
            things.append(f"history known from {_day(written)}")
        elif kind == "unread":
            things.append(f"a row of {term or 'a drug'} that could not be used, {_between(written)}")
        elif kind == "attribute":
            things.append(f"{term}: {written}")
        elif what in {"age", "sex", "born"}:
            things.append(f"{what} {written}")
        elif written:
            things.extend(_course(what, one.strip()) for one in written.split(";"))
    return read


def _name(facts: MeasureFacts) -> str:
    unit = facts.unit.removeprefix("prednisone ")
    unit = "" if facts.kind in {"judgement", "grade"} or unit == "points" else f" ({unit})"
    return f"{short_name(facts)}{unit}"


def _order(day: str) -> tuple[float, str]:
    first = re.match(r"-?\d+", day)
    return (float(first[0]) if first else 0.0, day)


def _day(day: str) -> str:
    if found := re.fullmatch(r"(.+)~([^@]+)(?:@.+)?", day):
        return f"some day from {found[1]} to {found[2]}".replace("-", "−") if not _dated(day) else day
    return day if _dated(day) else f"day {day}".replace("-", "−")


def _dated(day: str) -> bool:
    return bool(re.search(r"\d{4}-\d\d-\d\d", day))


def _value(written: str) -> str:
    found = re.fullmatch(r"([^\[]*)\[(.*)\]", written)
    value = found[1] if found else written
    if re.fullmatch(r"[A-Z]{2,}", value):
        value = f"*{value}*"
    value = value.replace("<=", "≤").replace(">=", "≥")
    if not found:
        return value
    low, _, high = found[2].partition("..")
    normal = f"{low}–{high}" if low and high else f"up to {high}" if high else f"from {low}"
    return f"{value} (normal {normal})"


def _between(written: str) -> str:
    start, _, end = written.partition("..")
    return f"{_day(start) if start else 'from the beginning'} to {_day(end) if end else 'no known end'}"


def _fact(kind: str, term: str, written: str) -> str:
    called = {"event": term, "visit": "a visit", "never": f"never took {term}", "screening": f"screened: {term}"}
    name = called.get(kind, f"{kind} {term}".strip())
    days = [_day(day.strip()) for day in written.split(",") if day.strip()]
    if kind in {"never", "screening"} and not days:
        return name
    return f"{name}, {' and '.join(days) if days else 'day not known'}"


def _course(drug: str, written: str) -> str:
    when, *words = written.split()
    start, _, end = when.partition("..")
    dose = [word for word in words if not re.fullmatch(r"x[\d/]+", word)]
    times = next((word[1:] for word in words if re.fullmatch(r"x[\d/]+", word)), "")
    often = _TIMES.get(times, f"{times} times a day") if times and start != end else ""
    told = " ".join([*dose, often]).strip()
    return f"{drug} {_days(start, end)}{f', {told}' if told else ''}"


def _days(start: str, end: str) -> str:
    """The days of a course."""
    if start == end:
        return f"on {_day(start)}"
    first = f"from {_day(start)}"
    if not end:
        return f"{first} on"
    if end == "?":
        return f"{first}, last day not known"
    last = f"to {_day(end.removesuffix('~')).removeprefix('day ')}"
    return f"{first} {last}{', and perhaps on' if end.endswith('~') else ''}"
