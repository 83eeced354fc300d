"""Adverse events that led to stopping the study drug: what is not recorded is never no."""

from __future__ import annotations

import inspect
from fractions import Fraction
from itertools import product

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.spec.stages import one_engine
from tests.summary.simulated import simulated, study

from caseseries.chart.action_taken import ACTION_WORDS, action_of
from caseseries.chart.event_questions import GRADE_3, SERIOUS, SERIOUS_WORDS, STOPPING, EventQuestion, serious_of
from caseseries.chart.tables import Fact
from caseseries.cohort import select
from caseseries.reference import expected_safety, oracle
from caseseries.reference.record import indexed
from caseseries.report.exhibits.adverse_events import events_table
from caseseries.report.exhibits.event_rates import rate_table
from caseseries.report.exhibits.safety import safety_words
from caseseries.response import answer_criteria
from caseseries.safety import event_counts
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.safety_summary import ToldOfEvents
from caseseries.summary.summarise import summarise
from caseseries.summary.tally_reader import TallyReader
from caseseries.summary.told_of_events import told_of_events

STUDY = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: patient}
safety: {until_after_last_dose: 30 days}
"""
TWO = "a | mycophenolate mofetil | 0..100\na | visit | 300\nb | mycophenolate mofetil | 0..100\nb | visit | 300\n"


def run(events: str, written: str = STUDY) -> Summary:
    declared = protocol(written)
    return analyse(declared, chart(TWO + events, declared))


def stopping(events: str) -> ToldOfEvents:
    found = run(events).safety
    told = None if found is None else found.told_of(STOPPING)
    assert told is not None
    return told


def by_reference(events: str) -> ToldOfEvents:
    """The same from what the reference counts."""
    declared, counts = protocol(STUDY), Tally()
    read = chart(TWO + events, declared)
    included = [one for one in oracle.cases(declared, read) if one.included]
    expected_safety.count_safety(counts, indexed(declared, read), included)
    told = told_of_events(declared, TallyReader(counts), Count.of(2), Fraction(19, 20))
    return next(one for one in told if one.question == STOPPING)


def counts(found: ToldOfEvents) -> tuple[tuple[int, int], ...]:
    """Led to stopping, recorded, not known, not recorded, patients: each from the least to the most."""
    each = (found.events, found.recorded, found.not_known, found.not_recorded, found.patients)
    return tuple((one.low, one.high) for one in each)


def exact(*n: int) -> tuple[tuple[int, int], ...]:
    return tuple((one, one) for one in n)


#: The events, and what is counted of them.
CASES = {
    "withdrawn": ("a | event: rash | 20 [DRUG WITHDRAWN]", exact(1, 1, 0, 0, 1)),
    "interrupted is not stopped": ("a | event: rash | 20 [drug interrupted]", exact(0, 1, 0, 0, 0)),
    "not applicable is not stopped": ("a | event: rash | 20 [Not  applicable]", exact(0, 1, 0, 0, 0)),
    "two of one patient": ("a | event: rash | 20 [stopped]\na | event: fever | 20 [stopped]", exact(2, 2, 0, 0, 1)),
    "two that are equal": ("a | event: rash | 20 [stopped]\na | event: rash | 20 [stopped]", exact(2, 2, 0, 0, 1)),
    "one in each": ("a | event: rash | 20 [stopped]\nb | event: rash | 20 [none]", exact(1, 2, 0, 0, 1)),
    "not recorded is not no": (
        "a | event: rash | 20 [stopped]\nb | event: rash | 20",
        ((1, 1), (1, 1), (0, 0), (1, 1), (1, 2)),
    ),
    "a patient with one that did and one of which it is not recorded counts once": (
        "a | event: rash | 20 [stopped], 30",
        ((1, 1), (1, 1), (0, 0), (1, 1), (1, 1)),
    ),
    "unknown is not no": (
        "a | event: rash | 20 [unknown]\nb | event: rash | 20 [reduced]",
        ((0, 0), (1, 1), (1, 1), (0, 0), (0, 1)),
    ),
    "a word that nobody knows is not no": (
        "a | event: rash | 20 [yes]\nb | event: rash | 20 [reduced]",
        ((0, 0), (1, 1), (1, 1), (0, 0), (0, 1)),
    ),
    "not on treatment": ("a | event: rash | 131 [stopped], -1 [stopped]", exact(0, 0, 0, 0, 0)),
    "the last day on treatment": ("a | event: rash | 130 [stopped]", exact(1, 1, 0, 0, 1)),
    "undated": ("a | event: rash | [stopped]", exact(0, 0, 0, 0, 0)),
    "possibly on treatment": (
        "a | event: rash | 130~131 [stopped]",
        ((0, 1), (0, 1), (0, 0), (0, 0), (0, 1)),
    ),
    "possibly on treatment, not stopped": (
        "a | event: rash | 130~131 [continued]\nb | event: rash | 20 [stopped]",
        ((1, 1), (1, 2), (0, 0), (0, 0), (1, 1)),
    ),
    "possibly on treatment, not recorded": (
        "a | event: rash | 130~131\nb | event: rash | 20 [stopped]",
        ((1, 1), (1, 1), (0, 0), (0, 1), (1, 2)),
    ),
    "no event": ("", exact(0, 0, 0, 0, 0)),
}


@pytest.mark.parametrize(("events", "expected"), CASES.values(), ids=CASES)
def test_what_is_counted(events: str, expected: tuple[tuple[int, int], ...]) -> None:
    assert expected == counts(stopping(events)) == counts(by_reference(events))


def test_no_word_says_two_things() -> None:
    words = [word for own in ACTION_WORDS.values() for word in own]
    assert len(words) == len(set(words))
    assert {"stopped"} == {action_of(word.upper()) for word in ACTION_WORDS["stopped"]}
    assert {"not stopped"} == {action_of(f" {word} ") for word in ACTION_WORDS["not stopped"]}


def test_the_share_of_patients_has_an_interval_only_where_all_is_known() -> None:
    known = stopping("a | event: rash | 20 [stopped]\nb | event: rash | 20 [none]").share
    assert (1, 2, Fraction(1, 2), "Clopper-Pearson exact interval") == (
        known.n,
        known.total,
        known.estimate,
        known.method,
    )
    partly = stopping("a | event: rash | 20 [stopped]\nb | event: rash | 20").share
    assert (None, Fraction(1, 2), Fraction(1)) == (partly.estimate, partly.lower, partly.upper)
    assert "of some events it is not known whether they led to stopping the study drug" == partly.absent_because
    nothing = stopping("a | event: rash | 20").share
    assert (None, None) == (nothing.estimate, nothing.upper)
    assert "whether an event led to stopping the study drug is not recorded" == nothing.absent_because
    perhaps = stopping("a | event: rash | 130~131 [stopped]").share
    assert "events whose date is not exact may lie on treatment or not" == perhaps.absent_because


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            "a | event: rash | 20",
            "Whether an event led to stopping the study drug, was serious or was of grade 3 or more is not recorded.",
        ),
        (
            "a | event: rash | 20 [serious: yes; stopped]",
            "Led to stopping the study drug: 1 of 1 event of which it is recorded, in 1 of 2 (50 %) of the patients. Serious: 1 of 1 event of "
            "which it is recorded, in 1 of 2 (50 %) of the patients. Whether an event was of grade 3 or more is not recorded.",
        ),
        (
            "a | event: rash | 20 [grade: 4]\nb | event: rash | 20 [grade: 2], 30 [grade: severe]",
            "Grade 3 or more: 1 of 2 events of which it is recorded (of 1 what is written does not say it), in 1–2 of 2 (50–100 %) of the "
            "patients.",
        ),
        (
            "a | event: rash | 20 [hm], 21",
            "Whether an event led to stopping the study drug is not known: of 1 it is not recorded, of 1 what is written does not say it.",
        ),
        (
            "a | event: rash | 20 [stopped]",
            "Led to stopping the study drug: 1 of 1 event of which it is recorded, in 1 of 2 (50 %) of the patients.",
        ),
        (
            "a | event: rash | 20 [stopped]\nb | event: rash | 20 [no]",
            "Led to stopping the study drug: 1 of 2 events of which it is recorded, in 1 of 2 (50 %) of the patients.",
        ),
        (
            "a | event: rash | 20 [stopped]\nb | event: rash | 20 [no], 21, 22 [hm]",
            "Led to stopping the study drug: 1 of 2 events of which it is recorded (of 1 it is not recorded, of 1 what is written does not "
            "say it), in 1–2 of 2 (50–100 %) of the patients.",
        ),
    ],
)
def test_what_is_told(events: str, told: str) -> None:
    assert told in safety_words(run(events)).text


def of_question(events: str, question: EventQuestion, written: str = STUDY) -> ToldOfEvents | None:
    found = run(events, written).safety
    assert found is not None
    return found.told_of(question)


#: What is written, and whether it says that an event was serious, or of grade 3 or more.
WRITTEN = [
    (SERIOUS, "serious", "Y", "yes"), (SERIOUS, "serious", "Hospitalization", "yes"), (SERIOUS, "serious", "nein", "no"),
    (SERIOUS, "serious", "Non-Serious", "no"), (SERIOUS, "serious", "unknown", "not known"), (SERIOUS, "serious", "perhaps", "not known"),
    (GRADE_3, "grade", "3", "yes"), (GRADE_3, "grade", "Grade 2", "no"), (GRADE_3, "grade", "G 5", "yes"), (GRADE_3, "grade", "0", "no"),
    (GRADE_3, "grade", "2-3", "not known"), (GRADE_3, "grade", "3/4", "yes"), (GRADE_3, "grade", "1 to 2", "no"),
    (GRADE_3, "grade", ">=3", "yes"), (GRADE_3, "grade", ">= 2", "not known"), (GRADE_3, "grade", "≤2", "no"),
    (GRADE_3, "grade", "<=3", "not known"), (GRADE_3, "grade", "severe", "not known"), (GRADE_3, "grade", "1-2-3", "not known"),
    (GRADE_3, "grade", "III", "yes"), (GRADE_3, "grade", "ii", "no"), (GRADE_3, "grade", "3.0", "yes"), (GRADE_3, "grade", "2.0", "no"),
    (GRADE_3, "grade", "3 (severe)", "yes"), (GRADE_3, "grade", "2.5", "not known"), (GRADE_3, "grade", "CTCAE grade 4", "yes"),
    (GRADE_3, "grade", "not recorded", "not known"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "field", "word", "answer"), WRITTEN, ids=[f"{one[1]} {one[2]}" for one in WRITTEN]
)
def test_what_is_written_is_counted_alike_by_engine_and_reference(
    question: EventQuestion, field: str, word: str, answer: str
) -> None:
    events = f"a | event: rash | 20 [{field}: {word}]"
    found, counts_, declared = of_question(events, question), Tally(), protocol(STUDY)
    assert found is not None
    asked = {"yes": (1, 1, 0, 1, 1), "no": (0, 1, 0, 0, 0), "not known": (0, 0, 1, 0, 1)}[answer]
    assert asked == (
        found.events.high,
        found.recorded.high,
        found.not_known.high,
        found.patients.low,
        found.patients.high,
    )
    read = chart(TWO + events, declared)
    included = [one for one in oracle.cases(declared, read) if one.included]
    expected_safety.count_safety(counts_, indexed(declared, read), included)
    assert {(answer, ""): 1} == dict(counts_.section(question.name))


def test_each_question_has_its_own_answer_of_one_event() -> None:
    events = "a | event: rash | 20 [serious: no; grade: 3; stopped], 130~131 [serious: yes]\nb | event: rash | 20 [serious: no; grade: 1; none]"
    answers = [of_question(events, one) for one in (STOPPING, SERIOUS, GRADE_3)]
    assert [((1, 1), (1, 1)), ((0, 1), (0, 1)), ((1, 1), (1, 1))] == [
        ((one.events.low, one.events.high), (one.patients.low, one.patients.high)) for one in answers if one is not None
    ]


def test_a_grade_of_another_scale_is_not_asked_for_and_seriousness_without_a_drug_is() -> None:
    other = STUDY.replace("safety: {", "safety: {grading: WHO grades 0-4, ")
    assert of_question("a | event: rash | 20 [grade: 3]", GRADE_3, other) is None
    ctcae = STUDY.replace("safety: {", "safety: {grading: CTCAE v5.0, ")
    assert of_question("a | event: rash | 20 [grade: 3]", GRADE_3, ctcae) is not None
    by_event = STUDY.replace("{first_exposure: mycophenolate mofetil, restart_after: 0 days}", "{first_event: relapse}")
    found = of_question("a | event: relapse | 0\na | event: rash | 20 [serious: yes]", SERIOUS, by_event)
    assert found is not None and Count.of(1) == found.events


def test_no_word_of_seriousness_says_two_things() -> None:
    assert not SERIOUS_WORDS["yes"] & SERIOUS_WORDS["no"]
    assert {"yes"} == {serious_of(word.upper()) for word in SERIOUS_WORDS["yes"]}


def test_nothing_is_told_where_no_event_is_on_treatment_or_no_drug_is_studied() -> None:
    assert "stopping" not in safety_words(run("a | event: rash | -5 [stopped]")).text
    by_event = STUDY.replace("{first_exposure: mycophenolate mofetil, restart_after: 0 days}", "{first_event: relapse}")
    found = run("a | event: relapse | 0\na | event: rash | 20 [stopped]", by_event)
    assert found.safety is not None and found.safety.told_of(STOPPING) is None
    assert "stopping" not in safety_words(found).text


def test_the_tables() -> None:
    found = run("a | event: rash | 20 [stopped]\nb | event: rash | 20 [no], 140")
    events, rates = events_table(found), rate_table(found)
    assert events is not None and rates is not None
    place = [column.title for column in events.columns].index("Action taken with the study drug")
    assert ["stopped", "no", "not recorded"] == [row.cells[place].text for row in events.rows]
    assert ["Led to stopping the study drug", "1", "1/2 (50)", "1.3–98.7", "", ""] == [
        cell.text for cell in next(row.cells for row in rates.rows if row.cells[0].text.startswith("Led to"))
    ]
    assert "Led to stopping the study drug: of 2 events it is recorded." in rates.footnotes
    without = events_table(run("a | event: rash | 20"))
    assert without is not None
    assert not any(column.title.startswith("Action") for column in without.columns)


#: Module, name, what is broken, what it becomes.
MUTANTS = [
    (event_counts, "_TOLD", "LEFT JOIN", "JOIN"),
    (event_counts, "_TOLD", "'not recorded'", "'no'"),
    (event_counts, "_TOLD", "IN ('', ", "IN ("),
    (event_counts, "_CERTAIN_PATIENTS", "why_not = '' AND ", ""),
    (event_counts, "_CERTAIN_PATIENTS", "DISTINCT ", ""),
    (event_counts, "_MOST_PATIENTS", "answer <> 'no'", "answer = 'yes'"),
    (expected_safety, "_action", '"not recorded"', '"no"'),
    (expected_safety, "_action", 'else "not known"', 'else "no"'),
    (expected_safety, "_told", 'answer == "yes" and not why_not', 'answer == "yes"'),
    (expected_safety, "_told", 'answer != "no"', 'answer == "yes"'),
]  # fmt: skip


def _held(module: object) -> bool:
    asked = stopping if module is event_counts else by_reference
    return all(expected == counts(asked(events)) for events, expected in CASES.values())


@pytest.mark.parametrize(("module", "name", "old", "new"), MUTANTS, ids=[f"{one[1]}: {one[2]}" for one in MUTANTS])
def test_what_is_broken_turns_red(
    module: object, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = getattr(module, name)
    source = present if isinstance(present, str) else inspect.getsource(present)
    assert old in source, "nothing to break"
    changed: object = source.replace(old, new)
    if not isinstance(present, str):
        scope = dict(vars(module))
        exec(str(changed), scope)  # our own source, changed by the list above
        changed = scope[name]
    monkeypatch.setattr(module, name, changed)
    try:
        held = _held(module)
    except ValueError:  # a count below 0
        return
    assert not held, "every case still holds"


def test_counts_of_one_event_add_up() -> None:
    found = stopping("a | event: rash | 20 [stopped]\nb | event: rash | 20 [no], 21, 22 [hm]")
    assert Count.of(4) == found.recorded + found.not_known + found.not_recorded


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_every_engine_counts_it_as_the_reference_does(engine: str) -> None:
    declared = protocol(STUDY)
    read = chart(
        f"{TWO}a | event: rash | 20 [stopped; serious: y; grade: 3], 130~131 [grade: 4], 22 [hm; serious: hm]\n"
        "b | event: rash | 20 [no; grade: 2], 30",
        declared,
    )
    running = one_engine(engine)
    found = event_counts.tally(running, declared, select(running, declared, read, answer_criteria).numbers)
    expected = Tally()
    included = [one for one in oracle.cases(declared, read) if one.included]
    expected_safety.count_safety(expected, indexed(declared, read), included)
    sections = [
        f"{one.name}{of}" for one in (STOPPING, SERIOUS, GRADE_3) for of in ("", " patients", " patients perhaps")
    ]
    for section in sections:
        assert sorted(expected.section(section)) == sorted(found.section(section)) != []


def test_the_network_is_told_nothing_of_it_and_a_run_says_so() -> None:
    counted = simulated(400, 1)
    counted.add(("led to stopping", "yes", ""), 2)
    counted.add(("led to stopping patients",), 2)
    counted.add(("serious", "yes", ""), 2)
    counted.add(("serious patients",), 2)
    told = aggregate(study(), counted, audience="network")
    assert not [key for key in told.counts if str(key[0]).startswith(("led to stopping", "serious"))]
    found = summarise(study(), told, kept="database", dated=True, invented=True)
    assert found.safety is not None and found.safety.told_of(STOPPING) is None
    told_nothing = [one for one in found.limits if "told nothing of" in one]
    assert all(any(word in one for one in told_nothing) for word in ("led to stopping", "serious")), told_nothing
    own = summarise(
        study(), aggregate(study(), counted, audience="own site"), kept="database", dated=True, invented=True
    )
    assert own.safety is not None and (told_own := own.safety.told_of(STOPPING)) is not None
    assert Count.of(2) == told_own.patients


def test_every_way_of_writing_a_grade_is_read_alike_by_engine_and_reference() -> None:
    """Each has its own text, and a difference would stop a run."""
    before = ["", "Grade ", "grade", "G", "g.", "Grad ", "CTCAE ", "CTCAE", "CTCAE grade ", "ctcae v5 ", ".", "Gr. "]
    plain = [
        "3",
        "2",
        "III",
        "vi",
        "3.0",
        "2,0",
        "2.5",
        "2-3",
        "3/4",
        "1 to 2",
        ">=3",
        "<= 3",
        ">2",
        "3-4-5",
        "severe",
        "3.0-4.0",
        "",
        "3+",
        "i-ii",
    ]
    behind = ["", " (severe)", "(mild)", " (sévère)", " ()", " ( )", " (2)", " severe", "."]
    found = set()
    for written in map("".join, product(before, plain, behind)):
        event = Fact(1, 1, "a", "event", "rash", 1, 1, 1, attributes=(("grade", written),))
        answer = GRADE_3.answer(written)
        assert expected_safety._severe(event) == answer, written
        found.add(answer)
    assert {"yes", "no", "not known", "not recorded"} == found
