"""What the oracle counts is what the engine counts, section by section; one count that is wrong anywhere stops the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from tests.generate.studies import every_study
from tests.spec.small import analyse_with_counts, chart, protocol

from caseseries.chart.tables import Chart, Fact, Kind, SourceRow
from caseseries.errors import ChoiceNeeded, Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Safety
from caseseries.stats.tally import Key, Tally
from caseseries.study import Study
from caseseries.summary.cases import Cases
from caseseries.summary.compare import compare

COURSES = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days, washout: 60 days}, per: course}\n"
SAFETY = "safety: {until_after_last_dose: 60 days, events: [fever, rash], monitored: [{measure: mmt, below: 45}]}\n"
Run = tuple[Protocol, Chart, Tally, Cases]


def run(study: Protocol, read: Chart) -> Run:
    counts, summary = analyse_with_counts(study, read)
    return study, read, counts, summary.shown


def ran(changes: str, rows: str) -> Tally:
    """The counts of a small study, after they were compared."""
    study = protocol(changes)
    found = run(study, chart(rows, study))
    compare(*found[:2], found[3], found[2])
    return found[2]


SAFE = Safety.model_validate(
    {
        "until_after_last_dose": "30 days",
        "events": ["fever", "rash"],
        "monitored": [
            {"measure": "strength", "below": "54", "above": "60"},
            {"measure": "enzyme", "below": "2.3"},
            {"measure": "strength", "above": "47.5"},
        ],
    }
)


def hold(study: Protocol, read: Chart) -> None:
    """The study with safety and groups of earlier drugs, of a chart that could not tell everything: engine and oracle count the same."""
    draw = Random(len(read.measurements))
    study = study.model_copy(
        update={
            "prior_groups": ("conventional immunosuppressants", "biologics", "mycophenolate mofetil"),
            "safety": SAFE if draw.random() < 0.8 else None,
        }
    )
    unknown: dict[Kind, str] = {kind: "nobody looked" for kind in get_args(Kind) if draw.random() < 0.15}
    held = {fact.term for fact in read.facts if fact.kind == "event"}  # what a chart holds it could tell
    events = ("Fever", *sorted(held - {"Fever"}))
    only: dict[Kind, tuple[str, ...]] = {"other drugs": ("IVIG", "rituximab"), "adverse events": events}
    read = replace(read, not_charted=unknown, only={kind: only[kind] for kind in only if draw.random() < 0.2})
    try:
        found = run(study, read)
    except ChoiceNeeded:
        return
    compare(study, read, found[3], found[2])


def test_drawn_studies_are_counted_alike() -> None:
    every_study(hold, runs=1, first=40, studies_per_run=4)


@pytest.mark.long
def test_many_drawn_studies_are_counted_alike() -> None:
    every_study(hold, runs=12, first=50)


ROWS = """
    a | mycophenolate mofetil | 0..100; 200..
    a | mmt | -40:40, -5:50, 45:44, 85:72, 210:40
    a | IVIG | -60..-20
    a | azathioprine | 30..
    a | event: fever | 20 [drug withdrawn; serious: yes; grade: 4]
    a | death | 300
    b | mycophenolate mofetil | 10..
    b | mmt | -5:50, 85:51
    b | event: rash | 5~300
    b | death | 300~310
    c | mycophenolate mofetil | 10~20..
    d | mycophenolate mofetil | 10..
    d | mmt | 100:<60
    e | mmt | 10:60
    """


@pytest.fixture(scope="module")
def everything(project_root: Path) -> tuple[Run, ...]:
    """Runs whose tallies have every section between them."""
    written = (
        "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: course}\n"
        "intercurrent: {death: non-responder, drug stopped: non-responder}\n"
        "prior_groups: [IVIG]\nsafety: {until_after_last_dose: 20 days, monitored: [{measure: mmt, below: 45}]}\n"
        "outcomes:\n"
        "  response: {at: after, rule: {gain: mmt, at_least: 4 points}, readings: {lower: {gain: mmt, at_least: 1 points}}}\n"
    )
    study = protocol(written)
    read = chart(ROWS, study)
    people = tuple(replace(one, attributes=(("onset", one.patient),)) for one in read.people)
    log = (Fact(90, 0, "x", "screening", "", None, None, None), Fact(91, 0, "a", "screening", "", None, None, None))
    rows = (SourceRow(1, "chart.csv", "", 2, "visits", "", "used"),)
    full = replace(read, people=people, facts=(*read.facts, *log), rows=rows)
    example = Study.load(project_root / "examples" / "rtx-sle" / "protocol.yaml")
    told = example.read(project_root / "examples" / "rtx-sle" / "chart.yaml")
    return run(study, full), run(example.protocol, told)


def sections(runs: tuple[Run, ...]) -> Iterator[tuple[Key, Run]]:
    """One key of each section that is compared, with a run that has it."""
    told: dict[str | int, None] = {}
    for found in runs:
        for key in found[2].counts:
            if key[0] not in told:
                told[key[0]] = None
                yield key, found


def test_runs_of_every_section_are_counted_alike(everything: tuple[Run, ...]) -> None:
    for study, read, counts, cases in everything:
        compare(study, read, cases, counts)


#: Every section that the rooms from `chart` to `safety` state of a run whose cases are shown.
SECTIONS = {
    "rows", "finding", "screened", "attribute", "not charted", "not charted because", "persons", "cases", "patients", "age", "sex",
    "observed", "on drug", "duration", "no death", "deaths", "deaths between two days", "deaths within", "drug", "prior", "answer", "why",
    "decided", "occurred", "flip", "value", "absent", "baseline", "baseline absent", "days at risk", "days perhaps at risk", "adverse",
    "adverse patients", "adverse patients perhaps", "adverse patients any", "monitored",
    "led to stopping", "led to stopping patients", "led to stopping patients perhaps", "serious", "serious patients", "serious patients perhaps",
    "grade 3 or more", "grade 3 or more patients", "grade 3 or more patients perhaps",
}  # fmt: skip


def test_one_count_that_is_wrong_stops_the_run_whatever_its_section(everything: tuple[Run, ...]) -> None:
    seen = set()
    for key, (study, read, counts, cases) in sections(everything):
        seen.add(key[0])
        more, less = Tally(counts.counts), Tally({one: n - (one == key) for one, n in counts.counts.items()})
        more.add(key)
        for wrong in (more, less):
            with pytest.raises(Disagreement, match=f"counts of '{key[0]}': 1"):
                compare(study, read, cases, wrong)
    assert SECTIONS == seen


@pytest.mark.parametrize(
    ("rule", "n", "rows"),
    [
        ("empty window", 2, "a | mycophenolate mofetil | 0..\na | visit | 200"),
        ("empty window", 1, "a | mycophenolate mofetil | 0..\na | mmt | 30~46:40, -91:40, 135:50"),
        ("next course", 1, "a | mycophenolate mofetil | 0..30; 80..\na | mmt | 0:40, 81:40"),
        ("next course", 0, "a | mycophenolate mofetil | 0..30; 80..\na | mmt | 0:40, 80:40, 135:40"),
    ],
)
def test_warnings_that_rest_on_the_cases_are_counted_again(rule: str, n: int, rows: str) -> None:
    study = protocol(COURSES)
    _, read, counts, cases = run(study, chart(rows, study))
    compare(study, read, cases, counts)
    assert n == counts.total("finding", "warning", rule)
    wrong = Tally(counts.counts)
    wrong.add(("finding", "warning", rule, "once more"))
    with pytest.raises(Disagreement, match="counts of 'finding': 1"):
        compare(study, read, cases, wrong)


def test_a_section_that_nobody_counts_again_stops_the_run(everything: tuple[Run, ...]) -> None:
    study, read, counts, cases = everything[0]
    more = Tally(counts.counts)
    more.add(("a new section", "a"))
    with pytest.raises(Disagreement, match="counts of 'a new section': 1"):
        compare(study, read, cases, more)


def test_equal_rows_of_a_chart_are_one_monitored_value() -> None:
    counts = ran(COURSES + SAFETY, "a | mycophenolate mofetil | 0..10\na | mmt | 5:40, 5:40, 5:41, 6:40")
    assert [3, 3] == [counts.total("monitored", "mmt", part) for part in ("values", "beyond below 45")]


def test_a_value_is_counted_up_to_the_next_case_as_an_event_is() -> None:
    """On the day on which a course begins that is no case, because the washout excludes it, the case before is on treatment."""
    rows = "a | mycophenolate mofetil | 0..10; 45..60\na | mmt | 45:40\na | event: fever | 45\na | visit | 100"
    counts = ran(COURSES + SAFETY, rows)
    assert [("", 1), ("washout", 1)] == [(str(failed), n) for (failed, _), n in counts.section("cases")]
    assert (1, 1) == (counts.total("monitored", "mmt", "values"), counts.total("adverse", "fever", ""))
    both = ran(COURSES.replace(", washout: 60 days", "") + SAFETY, rows)
    assert (1, 1) == (both.total("monitored", "mmt", "values"), both.total("adverse", "fever", ""))


@pytest.mark.parametrize(
    ("course", "role"),
    [
        ("95~105..110", "unclear"),
        ("95~100..110", "added"),
        ("101..110", ""),
        ("-5~5..20", "unclear"),
        ("0~100..", "unclear"),
    ],
)
def test_a_drug_that_may_have_begun_after_the_end_of_follow_up_has_no_certain_role(course: str, role: str) -> None:
    counts = ran("", f"a | visit | 100\na | IVIG | {course}")
    assert ([role] if role else []) == [one for (_, one), _ in counts.section("drug")]


def test_an_event_that_is_declared_twice_is_one_that_could_not_be_told() -> None:
    study = protocol(COURSES + SAFETY.replace("rash", "Fever"))
    read = replace(chart("a | mycophenolate mofetil | 0..\na | visit | 100", study), only={"adverse events": ("rash",)})
    _, _, counts, cases = run(study, replace(read, not_charted={}))
    compare(study, replace(read, not_charted={}), cases, counts)
    assert [1, 1, 100] == [
        counts.total("not charted", "adverse events: fever", part) for part in ("cases", "patients", "days")
    ]
