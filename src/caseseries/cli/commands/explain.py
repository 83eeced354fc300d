"""`caseseries explain`: why one patient is, or is not, a responder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from caseseries.cli.files import load_study
from caseseries.cli.screen import Screen, columns, place
from caseseries.cli.streams import tell
from caseseries.errors import CaseSeriesError
from caseseries.protocol.grades import told_grade
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.protocol.written import decimal_text
from caseseries.study import Results
from caseseries.summary.derived import PartOfValue
from caseseries.summary.explain import Explanation, Rested
from caseseries.summary.explain_grades import GradeExplained, SeenValue
from caseseries.summary.frames import ANSWERS
from caseseries.verdict.numbers import bounded, day_text

#: Characters of standard input that are looked at: more is no id.
_LONGEST = 10_000


def run(arguments: argparse.Namespace, screen: Screen) -> int:
    """Run the study and tell one patient's verdicts."""
    study = load_study(arguments.protocol)
    patient = asked() if arguments.patient == "-" else arguments.patient
    screen.progress("reading the rows")
    results = study.run(
        study.read_patient(arguments.chart, patient),
        memory_limit=arguments.memory_limit,
        threads=arguments.threads,
        progress=screen.progress,
    )
    told = results.explain(patient, outcome=arguments.outcome, reading=arguments.reading or AS_WRITTEN)
    for one in told:
        _tell(one, results, screen)
    grades = results.explain_grades(patient) if arguments.outcome is None else ()
    _tell_grades(grades, results, screen)
    if not screen.values:
        screen.advise("What cells hold is not shown here; --values shows it.")
    screen.answer(
        explained=[_as_json(one, results.summary.measures, values=screen.values) for one in told],
        graded=[grade_json(one, values=screen.values) for one in grades],
    )
    return 0


def asked() -> str:
    """The id from standard input: a word on the command line stands in the list of processes and in the shell's history.

    Raises:
        CaseSeriesError: nothing was given, or nothing that can be read.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        tell("Which patient?")
    try:
        given = (sys.stdin.readline(_LONGEST) if sys.stdin is not None else "").strip().removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise CaseSeriesError(
            "What standard input holds cannot be read as text.",
            expected=f"a patient's id on a line, in the encoding {sys.stdin.encoding}",
            do="Write it in this encoding, or type it when asked.",
        ) from None
    if not given:
        raise CaseSeriesError(
            "No patient was named.", do="Write the id on a line of standard input, or in place of the -."
        )
    return given


def _tell(one: Explanation, results: Results, screen: Screen) -> None:
    heading = f"{one.outcome}, {one.reading}" + (" (invented data)" if results.summary.invented else "")
    screen.say(heading)
    if one.verdict is None:
        dated = one.time is not None or one.spells is not None
        screen.say(f"  {answer_words(one) if dated and not screen.values else one.sentence}\n")
        if one.trace and screen.values:
            screen.say("The visits")
            screen.say("\n".join(f"  {line}" for line in one.trace) + "\n")
        if one.rests_on and screen.values:
            screen.say(columns([value_line(rested, results.summary.measures) for rested in one.rests_on]) + "\n")
        return
    if not screen.values:
        screen.say(f"  {answer_words(one)}\n")
        screen.say(columns([(node.node, ANSWERS[node.truth], node.absent) for node in one.verdict.trace]))
        screen.say()
        return
    screen.say(columns([("", one.sentence)], indent=0))
    if one.stratum:
        screen.say(f"Counted under: {one.stratum}")
    screen.say("\nThe rule")
    screen.say("\n".join(f"  {line}" for line in one.trace))
    screen.say("\nThe values")
    screen.say(columns([value_line(rested, results.summary.measures) for rested in one.rests_on]))
    screen.say()


def _tell_grades(grades: Sequence[GradeExplained], results: Results, screen: Screen) -> None:
    if not grades:
        return
    screen.say("Laboratory grades" + (" (invented data)" if results.summary.invented else ""))
    for one in grades:
        if not screen.values:
            screen.say(f"  {one.term}, CTCAE {one.grade.version}")
            continue
        screen.say(columns([("", one.sentence)], indent=0))
        rows = [("worst", one.seen), ("before", one.before)]
        told = columns([(what, seen_line(seen)) for what, seen in rows if seen is not None])
        if told:
            screen.say(told)
    screen.say()


def seen_line(seen: SeenValue) -> str:
    """A laboratory value with its cell, and its limits of normal with theirs."""
    value = bounded(seen.value.censor, decimal_text(seen.value.value))
    limits = (
        f"{one.side} limit of normal {decimal_text(one.limit)} ({str(one.place) or 'declared, or of several rows'})"
        for one in seen.limits
    )
    return "; ".join((f"{value} {seen.unit} ({seen.place})", *limits))


def grade_json(one: GradeExplained, *, values: bool) -> dict[str, Any]:
    """A laboratory grade for programs; only its term where values are not shown."""
    answer: dict[str, Any] = {
        "term": one.term,
        "version": one.grade.version,
        "case": one.case.case_id if values else None,
    }
    if not values:
        return answer
    return answer | {
        "worst": one.grade.worst,
        "words": one.words or None,
        "because": one.grade.none or None,
        "worse_than_before": one.grade.emergent or None,
        "later": one.grade.fate or None,
        "sentence": one.sentence,
        "seen": _seen_json(one.seen),
        "before": _seen_json(one.before),
        "not_graded": one.grade.ungraded,
        "perhaps_on_treatment": one.grade.perhaps,
        "may_be_grade": one.grade.reach,
    }


def _seen_json(seen: SeenValue | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    limits = [{"side": one.side, "limit": str(one.limit), "place": place(one.place)} for one in seen.limits]
    return {
        "value": bounded(seen.value.censor, decimal_text(seen.value.value)),
        "unit": seen.unit,
        "days": [seen.value.low, seen.value.high],
        "place": place(seen.place),
        "limits_of_normal": limits,
    }


def answer_words(one: Explanation) -> str:
    """The answer, the level, how a time ended, or the states of its spells in order; empty for a case that was not included."""
    if one.spells is not None:
        return one.spells.because or "; ".join(spell.state for spell in one.spells.spells) or "no spell"
    if one.time is not None:
        return one.time.ending or one.time.because or ""
    return "" if one.verdict is None else one.outside or one.level or ANSWERS[one.verdict.truth]


def value_line(rested: Rested, measures: Mapping[str, MeasureFacts]) -> tuple[str, str, str, str]:
    """One value as a line: what it is of, the value, its day, its cell and what was passed over for it."""
    found, facts = rested.quantity, measures[rested.quantity.slot.measure]
    value = f"absent: {found.absent}"
    if found.limit is not None:
        value = f"{bounded(found.bound, _written(found.limit, facts))} {facts.unit}"
    if found.value is not None:
        value = (
            _written(found.value, facts)
            if facts.kind in {"judgement", "grade"}
            else f"{_written(found.value, facts)} {facts.unit}"
        )
    day = "" if found.day is None else day_text(found.day)
    passed = "; ".join(
        f"{bounded(one.bound, _written(one.value, facts))} on {day_text(one.day)} ({one.why})" for one in rested.passed
    )
    computed = (
        "added up from the courses" if facts.kind == "dose" else "computed from its parts" if facts.parts else "a mean"
    )
    if found.days is not None:
        taken = "mean" if rested.averaged else "sum"
        computed = f"a {taken} of {found.days} day{'' if found.days == 1 else 's'}"
    if facts.counted:
        computed = "counted from the events" + (f" of {found.days} observed days" if found.days is not None else "")
    where = str(rested.place) or (computed if found.value is not None else "")
    limits = [
        f"{one.side} limit of normal {_written(one.limit, facts)} {facts.unit}, {str(one.place) or 'declared, or of several rows'}"
        for one in rested.limits
    ]
    parts = "; ".join(_part(one) for one in rested.parts)
    without = "; ".join(f"{why} on {day_text(day)}" for day, why in rested.incomplete)
    told = (
        where,
        *limits,
        parts,
        f"passed over: {passed}" if passed else "",
        f"not computed: {without}" if without else "",
    )
    detail = "; ".join(part for part in told if part)
    return f"{found.slot.measure} at {found.slot.window}", value, day, detail


def _part(one: PartOfValue) -> str:
    """A part of a derived value, such as `tender 5 joints (visits.csv, row 4, column tender)`."""
    value = "without a number" if one.value is None else f"{bounded(one.bound, decimal_text(one.value))} {one.unit}"
    if one.value is not None and one.unit == "yes/no":
        value = "yes" if one.value == 1 else "no"
    return f"{one.measure} {value} ({one.place})"


def _written(value: Fraction, facts: MeasureFacts) -> str:
    if facts.kind == "judgement":
        return "yes" if value == 1 else "no"
    return told_grade(facts.grades, value) if facts.grades else decimal_text(value)


def _as_json(one: Explanation, measures: Mapping[str, MeasureFacts], *, values: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "case": one.case.case_id if values else None,
        "outcome": one.outcome,
        "reading": one.reading,
        "included": one.case.status == "included",
        "verdict": answer_words(one) or None,
        "sentence": one.sentence
        if values or (one.verdict is None and one.time is None and one.spells is None)
        else None,
    }
    if one.spells is not None and values:
        answer["spells"] = [asdict(spell) | {"days": spell.days} for spell in one.spells.spells]
        answer["visits"] = [{"day": day, "state": state} for day, state in one.spells.visits]
    told = [value_json(rested, measures[rested.quantity.slot.measure].grades) for rested in one.rests_on]
    if one.verdict is None:
        return answer | ({"values": told if values else None} if told else {})
    return answer | {
        "decided_by": one.verdict.decided_by or None,
        "stratum": (one.stratum or None) if values else None,
        "trace": [
            {"node": node.node, "answer": ANSWERS[node.truth], "absent_because": node.absent or None}
            for node in one.verdict.trace
        ],
        "values": told if values else None,
    }


def value_json(rested: Rested, grades: Sequence[str] = ()) -> dict[str, Any]:
    """One value for programs: a limit has no value, and a bound that keeps its sign; one of the `grades` is told as such."""
    found = rested.quantity
    return {
        "measure": found.slot.measure,
        "window": found.slot.window,
        "value": _exact(found.value, grades),
        "bound": f"{found.bound}{decimal_text(found.limit)}" if found.limit is not None else None,
        "day": found.day,
        "absent_because": found.absent or None,
        "place": place(rested.place),
        "parts": [
            {
                "measure": one.measure,
                "value": None if one.bound or one.value is None else str(one.value),
                "bound": f"{one.bound}{decimal_text(one.value)}" if one.bound and one.value is not None else None,
                "unit": one.unit,
                "place": place(one.place),
            }
            for one in rested.parts
        ],
        "not_computed": [{"day": day, "because": why} for day, why in rested.incomplete],
        "limits_of_normal": [
            {"side": one.side, "limit": _exact(one.limit, grades), "place": place(one.place)} for one in rested.limits
        ],
        "passed_over": [
            {
                "value": None if one.bound else _exact(one.value, grades),
                "bound": f"{one.bound}{decimal_text(one.value)}" if one.bound else None,
                "day": one.day,
                "place": place(one.place),
                "because": one.why,
            }
            for one in rested.passed
        ],
    }


def _exact(value: Fraction | None, grades: Sequence[str]) -> str | None:
    return None if value is None else told_grade(grades, value) if grades else str(value)
