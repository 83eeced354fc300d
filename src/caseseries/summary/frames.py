"""The finished run as plain tables, for data frames and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints

from caseseries.chart.tables import Finding, SourceRow
from caseseries.errors import ensure
from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.summary.case_levels import deciding, outside_of_cases, possible_levels
from caseseries.summary.cases import AdverseEvent, CaseRow, Cases, DrugUse, Pivotal, Point
from caseseries.summary.every_result import every_result
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import (
    Cell,
    ChangeSummary,
    DrugCount,
    FindingCount,
    OutcomeSummary,
    Responders,
    RowCount,
    Summary,
)
from caseseries.summary.result import Count, Reason, Result
from caseseries.summary.spells import SPELL, STATE, spell_rows, state_rows
from caseseries.summary.spread import Spread
from caseseries.summary.time_to import EVENT, TimeSummary
from caseseries.summary.trajectory import Slope
from caseseries.summary.value_at import ValueGroup, ValueSummary
from caseseries.verdict.denominator import outside_words
from caseseries.verdict.lab_grades import CaseGrade
from caseseries.verdict.time_to import CaseTime, time_sentence
from caseseries.verdict.trace import Quantity

#: The tables that a run has where its cases are shown, in the order of the report; and those that it always has.
OF_CASES = (
    "cases", "verdicts", "levels", "times", "spells", "chosen", "pivotal", "drugs", "doses", "events", "lab_grades", "values", "findings", "rows",
)  # fmt: skip
OF_COUNTS = (
    "responders", "curves", "changes", "values_at", "trajectories", "states", "results", "grid", "drug_counts", "finding_counts", "row_counts",
)  # fmt: skip
TABLES = (*OF_CASES, *OF_COUNTS)

ANSWERS = {True: "yes", False: "no", None: "not evaluable"}

_VERDICT = ("case_id", "outcome", "reading", "verdict", "day", "decided_by", "absent_because")
_LEVEL = (
    "case_id", "outcome", "reading", "level", "possible", "by_rule", "day", "decided_by", "absent_because", "sentence",
)  # fmt: skip
_CHOSEN = ("case_id", "outcome", "reading", "measure", "window", "value", "day", "absent_because", "bound", "limit")
_RESULT = (
    "id", "label", "estimate", "lower", "upper", "n", "total", "unit", "method", "absent_because",
)  # fmt: skip
_TIME = ("case_id", "outcome", "ended", "start", "unclear", "day", "days", "since", "unread", "because", "sentence")
_CURVE = ("outcome", "event", "day", "at_risk", "events", "competing", "censored", "share", "lower", "upper")
_VALUE_AT = ("outcome", "measure", "window", "group", "n", "total")
_DOSE = ("case_id", "measure", "day", "dose", "unit")
_GRID = (
    "outcome", "spec", "reading", "windows", "missing", "dose", "yes", "not_evaluable", "total", "flips", "primary", "varied",
)  # fmt: skip


def table(summary: Summary, name: str) -> list[dict[str, Any]]:
    """One of :data:`TABLES` as plain rows, each with every one of its :func:`columns`: numbers are floats, what is undefined is None."""
    return _whole(_rows(summary, name), columns(summary, name))


def columns(summary: Summary, name: str) -> tuple[str, ...]:
    """The columns of a table, also of one without rows: those that it always has, then those of its measures."""
    found = dict.fromkeys(_always(name))
    last = []
    if name == "verdicts":
        slots = (slot for one in summary.outcomes.values() for slot in one.plan.slots)
        found |= dict.fromkeys(f"{slot.measure} at {slot.window}" for slot in slots)
        last = ["sentence"]
    for row in _rows(summary, name):
        found |= dict.fromkeys(key for key in row if key not in last)
    return (*found, *last)


def _whole(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: row.get(name) for name in names} for row in rows]


#: Table -> columns before those of its rows, and what a row is.
_SHAPES: Mapping[str, tuple[tuple[str, ...], type | None]] = {
    "cases": ((), CaseRow), "verdicts": (_VERDICT, None), "levels": (_LEVEL, None), "times": (_TIME, None), "spells": (SPELL, None),
    "chosen": (_CHOSEN, None),
    "responders": ((), Responders),
    "curves": (_CURVE, None), "changes": ((), ChangeSummary), "values_at": (_VALUE_AT, None), "trajectories": (("outcome", "measure"), Slope),
    "states": (STATE, None), "results": (_RESULT, None), "grid": (_GRID, None), "pivotal": (("outcome",), Pivotal),
    "drugs": ((), DrugUse), "doses": (_DOSE, None), "events": ((), AdverseEvent), "lab_grades": ((), CaseGrade), "values": ((), Point),
    "findings": ((), Finding),
    "rows": ((), SourceRow), "drug_counts": ((), DrugCount), "finding_counts": ((), FindingCount), "row_counts": ((), RowCount),
}  # fmt: skip


def _always(name: str) -> tuple[str, ...]:
    before, kind = _SHAPES[name]
    return (*before, *(columns_of(kind) if kind is not None else ()), *(("status",) if name == "events" else ()))


def _rows(summary: Summary, name: str) -> list[dict[str, Any]]:
    if name in OF_CASES:
        ensure(summary.cases is not None, "a table of cases of a run that only counts them")
        return list(_of_cases(summary, summary.cases, name)) if summary.cases is not None else []
    outcomes = summary.outcomes.values()
    match name:
        case "responders":
            return [flat(row) for outcome in outcomes for row in outcome.responders]
        case "curves":
            return [row for found in summary.times.values() for row in _curves(found)]
        case "changes":
            return [flat(row) for row in summary.changes]
        case "trajectories":
            of = [(found, slope) for found in summary.trajectories for slope in found.slopes]
            return [{"outcome": found.outcome, "measure": found.measure, **flat(slope)} for found, slope in of]
        case "states":
            return [flat(row) for found in summary.spells.values() for row in state_rows(found)]
        case "values_at":
            return [_value_at(found, group) for found in summary.values_at for group in found.groups]
        case "results":
            return [
                flat({name: getattr(row, name) for name in _RESULT}) | ({"words": row.words} if row.words else {})
                for row in every_result(summary)
            ]
        case "grid":
            return [_grid(summary, outcome, row) for outcome in outcomes for row in outcome.grid]
        case "drug_counts":
            return [flat(row) for row in summary.drugs]
        case "finding_counts":
            return [flat(row) for row in summary.findings]
    ensure(name == "row_counts", "a table that TABLES does not name")
    return [flat(row) for row in summary.rows]


def _of_cases(summary: Summary, cases: Cases, name: str) -> Iterable[dict[str, Any]]:
    outcomes = summary.outcomes.values()
    match name:
        case "cases":
            return map(flat, cases.rows)
        case "verdicts":
            return (row for outcome in outcomes for row in _verdicts(outcome, summary, cases))
        case "levels":
            return (row for found in summary.levels.values() for row in _levels(found, cases, summary.measures))
        case "times":
            return (row for name, found in summary.times.items() for row in _times(found, cases.times[name]))
        case "spells":
            return (row for name in summary.spells for row in spell_rows(name, cases.spells[name]))
        case "chosen":
            return (row for outcome in outcomes for row in _chosen(summary, outcome, cases))
        case "pivotal":
            return (
                {"outcome": name, **flat(row)}
                for name, one in cases.outcomes.items()
                if name in summary.outcomes
                for row in one.pivotal
            )
        case "drugs":
            return map(flat, cases.drugs)
        case "doses":
            return _doses(summary, cases)
        case "events":
            return ({**flat(row), "status": row.status} for row in cases.events)
        case "lab_grades":
            return map(flat, cases.graded)
        case "values":
            return (flat(row) | _grade(summary, row.measure, row.value) for row in cases.points)
        case "findings":
            return map(flat, cases.findings)
    ensure(name == "rows", "a table that TABLES does not name")
    return map(flat, cases.source_rows)


def _grid(summary: Summary, outcome: OutcomeSummary, cell: Cell) -> dict[str, Any]:
    """One cell of the grid; where cases are shown with its mean changes."""
    found = cell.answers
    told = {
        "outcome": outcome.plan.name,
        "spec": cell.spec,
        "reading": cell.reading,
        "windows": cell.windows,
        "missing": cell.missing,
        "dose": cell.dose,
        "yes": found.yes,
        "not_evaluable": found.not_evaluable,
        "total": found.inside,
        "flips": cell.flips,
        "primary": cell.primary,
        "varied": cell.varied,
    }
    if summary.cases is not None:
        told["changes"] = summary.cases.outcomes[outcome.plan.name].mean_changes[cell.spec]
    return flat(told)


def _verdicts(outcome: OutcomeSummary, summary: Summary, cases: Cases) -> Iterator[dict[str, Any]]:
    """One row per included case and reading, with the values it rests on."""
    shown = cases.outcomes[outcome.plan.name]
    for spec in outcome.plan.specs:
        if spec.role == "grid":
            continue
        for verdict in shown.verdicts[spec.number]:
            yield {
                "case_id": verdict.case_id,
                "outcome": verdict.outcome,
                "reading": spec.reading,
                "verdict": outside_words(verdict, outcome.plan, summary.measures) or ANSWERS[verdict.truth],
                "day": verdict.day,
                "decided_by": verdict.decided_by if verdict.inside is True else "",
                "absent_because": verdict.absent if verdict.inside is True else verdict.outside_because,
                **flat(
                    {f"{one.slot.measure} at {one.slot.window}": _value(summary, one) for one in verdict.quantities}
                ),
                "sentence": shown.sentences[verdict.case_id] if spec.primary else None,
            }


def _value(summary: Summary, one: Quantity) -> Fraction | str | None:
    grades = summary.measures[one.slot.measure].grades
    return told_grade(grades, one.value) if grades and one.value is not None else one.value


def _levels(found: LevelsSummary, cases: Cases, measures: Mapping[str, MeasureFacts]) -> Iterator[dict[str, Any]]:
    """One row per included case and reading: its level, those still possible, and those that the rules alone leave.

    A case that does not count in the denominator has no level, and none is possible: in its place stands what its verdict is called.
    """
    for counts in found.readings:
        places = possible_levels(found, cases, counts.reading)
        by_rule = possible_levels(found, cases, counts.reading, by_rule=True)
        why = deciding(found, cases, counts.reading)
        outside = outside_of_cases(found, cases, counts.reading, measures)
        for case, left in places.items():
            yield {
                "case_id": case,
                "outcome": found.name,
                "reading": counts.reading,
                "level": outside[case] or (found.names[left[0]] if len(left) == 1 else None),
                "possible": "" if outside[case] else "; ".join(found.names[place] for place in left),
                "by_rule": "; ".join(found.names[place] for place in by_rule[case]),
                "day": why[case].day,
                "decided_by": why[case].decided_by if why[case].inside is True else "",
                "absent_because": why[case].absent if why[case].inside is True else why[case].outside_because,
                "sentence": cases.levels[found.name][case] if counts.reading == AS_WRITTEN else None,
            }


def _times(found: TimeSummary, times: Iterable[CaseTime]) -> Iterator[dict[str, Any]]:
    """One row per included case: how its time ended and on which day, or why there is none."""
    for one in times:
        begun = (one.start, one.unclear, one.day, one.days)
        told = (one.case_id, found.name, one.ending, *begun, one.since, one.unread, one.because)
        yield flat(dict(zip(_TIME, (*told, time_sentence(one, found.outcome)), strict=True)))


def _curves(found: TimeSummary) -> Iterator[dict[str, Any]]:
    """One row per day with an event or a censoring, of the event and of each that competes."""
    for event, curve in ((EVENT, found.curve), *found.others.items()):
        for step in curve.steps:
            told = (int(step.time), step.at_risk, step.events, step.competing, step.censored)
            yield dict(zip(_CURVE, (found.name, event, *told, step.value, step.lower, step.upper), strict=True))


def _value_at(found: ValueSummary, group: ValueGroup) -> dict[str, Any]:
    """One group of cases with the description of its values, and why others have none."""
    told = dict(
        zip(_VALUE_AT, (found.outcome, found.measure, found.window, group.words, group.n, group.total), strict=True)
    )
    yes = {"yes": group.yes} if group.yes is not None else {}
    return flat({**told, **group.results, **yes, "absent": group.absent})


def _doses(summary: Summary, cases: Cases) -> Iterator[dict[str, Any]]:
    """One row per included case and change of its daily dose: the dose from that day on, of the first daily dose from courses."""
    measure, unit = next(
        ((name, one.as_) for name, one in summary.protocol.doses.items() if one.source == "courses"), ("", "")
    )
    for case_id, steps in cases.doses:
        for day, dose in steps:
            yield flat(dict(zip(_DOSE, (case_id, measure, day, dose, unit), strict=True)))


def _grade(summary: Summary, measure: str, value: Fraction | None) -> dict[str, Any]:
    """The grade beside its place, of a graded measure; nothing of others."""
    grades = summary.measures[measure].grades
    return {"grade": None if value is None else told_grade(grades, value)} if grades else {}


def _chosen(summary: Summary, outcome: OutcomeSummary, cases: Cases) -> Iterator[dict[str, Any]]:
    """One row per included case, reading, measure and window: the value that was chosen there, or why it is absent."""
    for spec in outcome.plan.specs:
        if spec.role == "grid":
            continue
        for verdict in cases.outcomes[outcome.plan.name].verdicts[spec.number]:
            for one in verdict.quantities:
                yield flat(
                    {
                        "case_id": verdict.case_id,
                        "outcome": verdict.outcome,
                        "reading": spec.reading,
                        "measure": one.slot.measure,
                        "window": one.slot.window,
                        "value": one.value,
                        "day": one.day,
                        "absent_because": one.absent,
                        "bound": one.bound,
                        "limit": one.limit,
                    }
                ) | _grade(summary, one.slot.measure, one.value)


def flat(row: Any, before: str = "") -> dict[str, Any]:
    """A frozen value or a mapping as one plain row; what stands inside it gets the outer name in front.

    A result becomes its estimate, its lower and upper limit, and why it is absent.

    >>> flat({"n": 8, "mean": Fraction(85, 8), "of": {"yes": 6}, "names": ("a", "b")})
    {'n': 8, 'mean': 10.625, 'of.yes': 6, 'names': 'a; b'}
    """
    is_value = is_dataclass(row) and not isinstance(row, type)
    named = {one.name: getattr(row, one.name) for one in fields(row)} if is_value else dict(row)
    kind: Any = type(row)
    inside = _inside(kind) if is_value else {}
    plain: dict[str, Any] = {}
    for name, value in named.items():
        key = f"{before}{name}"
        if isinstance(value, Fraction):
            plain[key] = float(value)
        elif isinstance(value, Count):
            plain[key] = value.low if value.exact is not None else str(value)
        elif isinstance(value, Mapping) and any(isinstance(part, Spread) for part in value.values()):
            continue  # every single value of the cases: its description stands beside it
        elif isinstance(value, Result):
            plain[key] = None if value.estimate is None else float(value.estimate)
            plain |= flat({"lower": value.lower, "upper": value.upper}, f"{key}.")
            plain[f"{key}.absent_because"] = value.absent_because
        elif is_dataclass(value) or isinstance(value, Mapping):
            plain |= flat(value, f"{key}.")
        elif value is None and name in inside:
            plain |= dict.fromkeys(f"{key}.{one}" for one in columns_of(inside[name]))
        elif isinstance(value, tuple):
            plain[key] = "; ".join(_text(part) for part in value)
        else:
            plain[key] = value
    return plain


@cache
def _inside(kind: Any) -> Mapping[str, type]:
    """The fields of a frozen value that hold another one, or None in its place."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        for one in get_args(hint) if isinstance(hint, UnionType) else (hint,):
            if isinstance(one, type) and is_dataclass(one):
                found[name] = one
    return found


@cache
def columns_of(kind: Any) -> tuple[str, ...]:
    """The columns that :func:`flat` makes of a frozen value of this kind, but for those of its mappings.

    >>> columns_of(Pivotal)
    ('kind', 'case_id', 'detail')
    """
    hints, inside, found = get_type_hints(kind), _inside(kind), []
    for one in fields(kind):
        held = inside.get(one.name)
        if held is Count:
            found.append(one.name)
        elif held is Result:
            found += [f"{one.name}{part}" for part in ("", ".lower", ".upper", ".absent_because")]
        elif held is not None:
            found += [f"{one.name}.{part}" for part in columns_of(held)]
        elif getattr(hints[one.name], "__origin__", None) is not Mapping:
            found.append(one.name)
    return tuple(found)


def _text(part: Any) -> str:
    """One entry of a list: a pair as `name: value`, a result as its limits."""
    if isinstance(part, Reason):
        return f"{part.words}: {part.n}"
    if isinstance(part, Result):
        return f"{part.method}: {part.lower} to {part.upper}"
    return ": ".join(map(str, part)) if isinstance(part, tuple) else str(part)
