"""Questions: what a rule asks of a case besides values, answered before its values are chosen.

    answer(case_no, asked, truth, why)     grain: included case x way in which a question is asked
    answer_day(case_no, asked, day, truth, visited)   the days it rests on, relative to the index date, and whether each is a visit
    answer_back(case_no, asked, back, day, truth, why)   what is looked back for from each visit of a rule that is held, by its place in the rule
    answer_end_<asked>(case_no, low, high)  of a way whose window moves: the first and last day that may be its last

`asked` is the place among :func:`asked_of`; `why` is a code of ``caseseries.assessment.absent`` where the truth is NULL, else 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from caseseries.assessment.absent import words
from caseseries.assessment.assess import assess
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.tree import FreeOfEvent, HeldRule, LookedBack, Occurrence, Question, UnchangedDrug
from caseseries.response.free_of import answer_free_of
from caseseries.response.held_rule import answer_held, keep_fixed
from caseseries.response.occurrence import answer_occurrence
from caseseries.response.patient_is import answer_patient
from caseseries.response.unchanged import answer_unchanged
from caseseries.response.way import Asked, tables_of
from caseseries.response.window_end import answer_where_it_ends
from caseseries.verdict.trace import SeenBack, Stretch, Truth, seen_back, stretches

#: Why a question has no answer, the days it rests on, the ends of a window that moves, and what is looked back for from each visit.
Found = tuple[str, tuple[Stretch, ...], tuple[int, int | None] | None, tuple[SeenBack, ...]]


def asked(protocol: Protocol, spec: Spec, question: Question) -> Asked:
    """How a question is asked under one spec."""
    window = spec.windows.get(question.window)
    if not isinstance(question, HeldRule):
        return Asked(question, window)
    dose = spec.dose if any(slot.measure in protocol.doses for slot in question.tree.slots) else None
    others = tuple(spec.windows[slot.window] for slot in question.slots)
    return Asked(
        question, window, dose, others, tuple(asked(protocol, spec, inner) for inner in question.tree.questions)
    )


def asked_of(protocol: Protocol, plan: OutcomePlan) -> tuple[Asked, ...]:
    """Every way in which the questions of an outcome are asked, in order; those in a rule that is read on visit days before it."""
    return tuple(dict.fromkeys(asked(protocol, spec, question) for question in plan.questions for spec in plan.specs))


def answer_questions(engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan, *, dated: bool) -> None:
    """Keep ``answer`` and ``answer_day`` of an outcome, before its own values are chosen; nothing where it asks for values alone."""
    if not plan.questions:
        return
    ways = asked_of(protocol, plan)
    fixed = [place for place, way in enumerate(ways) if isinstance(way.question, HeldRule) and way.question.slots]
    if fixed:
        compiled = assess(engine, protocol, numbers, plan).compiled
        for place in fixed:
            spec = next(one for one in plan.specs if asked(protocol, one, ways[place].question) == ways[place])
            keep_fixed(engine, protocol, compiled, spec, place, ways[place])
    for place, way in enumerate(ways):
        answer = partial(_answer, engine, protocol, numbers, ways, place, dated)
        if way.window is not None and way.window.moves:
            answer_where_it_ends(engine, protocol, numbers, place, way, answer)
        else:
            answer(way)
    every = range(len(ways))
    answers = (f"SELECT case_no, {place} AS asked, truth, why FROM answer_{place}" for place in every)
    days = (f"SELECT case_no, {place} AS asked, day, truth, visited FROM answer_day_{place}" for place in every)
    engine.keep("answer", " UNION ALL ".join(answers))
    engine.keep("answer_day", " UNION ALL ".join(days))
    back = [
        f"SELECT case_no, {place} AS asked, back, day, truth, why FROM answer_back_{place}"
        for place in _backwards(ways)
    ]
    if back:
        engine.keep("answer_back", " UNION ALL ".join(back))
    kept = ("answer", "answer_day", "answer_back", "held_fixed")
    engine.forget(*(f"{table}_{place}" for table in kept for place in every))


def _backwards(ways: Sequence[Asked]) -> list[int]:
    """The places of the rules that look back from their visits."""
    return [place for place, way in enumerate(ways) if "answer_back" in tables_of(way.question)]


def _answer(
    engine: Engine, protocol: Protocol, numbers: Numbers, ways: Sequence[Asked], place: int, dated: bool, way: Asked
) -> None:
    """Keep ``answer_<place>`` and ``answer_day_<place>`` of the cases in ``included_case``, in a window that has the same days in each."""
    if isinstance(way.question, HeldRule):
        inner = tuple(ways.index(one) for one in way.inner)
        answer_held(engine, protocol, numbers, place, way, inner)
    elif isinstance(way.question, Occurrence):
        answer_occurrence(engine, protocol, numbers, place, way)
    elif isinstance(way.question, FreeOfEvent):
        answer_free_of(engine, protocol, numbers, place, way)
    elif isinstance(way.question, UnchangedDrug):
        answer_unchanged(engine, protocol, numbers, place, way)
    else:
        answer_patient(engine, numbers, place, way, dated=dated)


def answers_of(
    engine: Engine, protocol: Protocol, plan: OutcomePlan
) -> Mapping[tuple[int, int], Mapping[Question, Found]]:
    """Of cases that are shown, by case and spec: why each question has no answer, the days it rests on, and where its window ends."""
    if not plan.questions:
        return {}
    ways = asked_of(protocol, plan)
    specs: dict[int, list[Spec]] = {}
    for spec in plan.specs:
        for question in plan.questions:
            specs.setdefault(ways.index(asked(protocol, spec, question)), []).append(spec)
    days: dict[tuple[int, int], list[tuple[int, Truth]]] = {}
    for case_no, place, day, truth in engine.rows(
        "SELECT case_no, asked, day, truth FROM answer_day ORDER BY case_no, asked, day"
    ):
        days.setdefault((case_no, place), []).append((day, truth))
    ends = {
        (case_no, place): (low, high)
        for place, way in enumerate(ways)
        if way.window is not None and way.window.moves
        for case_no, low, high in engine.rows(f"SELECT case_no, low, high FROM answer_end_{place} ORDER BY case_no")
    }
    back = _looked_back(engine, ways)
    found: dict[tuple[int, int], dict[Question, Found]] = {}
    for case_no, place, why in engine.rows("SELECT case_no, asked, why FROM answer ORDER BY case_no, asked"):
        question = ways[place].question
        absent = f"{question.window} {question.named}: {words(why)}" if why else ""
        for spec in specs[place]:
            key = case_no, place
            told = absent, stretches(days.get(key, ())), ends.get(key), back.get(key, ())
            found.setdefault((case_no, spec.number), {})[question] = told
    return found


def _looked_back(engine: Engine, ways: Sequence[Asked]) -> dict[tuple[int, int], tuple[SeenBack, ...]]:
    """By case and way in which a held rule is asked: what was found by looking back from its visits."""
    if not _backwards(ways):
        return {}
    days: dict[tuple[int, int], dict[LookedBack, list[tuple[int, Truth, str]]]] = {}
    for case_no, place, number, day, truth, why in engine.rows(
        "SELECT case_no, asked, back, day, truth, why FROM answer_back ORDER BY case_no, asked, back, day"
    ):
        held = ways[place].question
        assert isinstance(held, HeldRule)
        one = held.tree.looked_back[number]
        days.setdefault((case_no, place), {}).setdefault(one, []).append((day, truth, words(why)))
    return {key: tuple(seen_back(one, read) for one, read in of_case.items()) for key, of_case in days.items()}
