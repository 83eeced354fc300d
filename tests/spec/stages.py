"""What the SQL stages answer, in the terms of the specs."""

from __future__ import annotations

from tests.engine import servers

from caseseries.assessment import assess, open_choices
from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.cohort.select import Cohort
from caseseries.engine import Engine, connect, connect_postgres
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan, time_plan, valued_plan
from caseseries.protocol.spell_plan import ruled_plans, spell_plan
from caseseries.reference.case import CaseAnswer
from caseseries.reference.open_choices import NeededChoice
from caseseries.response import (
    among,
    answer_criteria,
    answer_questions,
    chosen_values,
    find_spells,
    find_times,
    open_criteria,
    open_histories,
    respond,
    restarts,
    spells_by_case,
    times_of,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.settle import lay_out
from caseseries.safety import follow
from caseseries.verdict.lab_grades import CaseGrade
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import Truth, Verdict

ORDER = ("restart_after", "history", "same_day", "tie", "if_zero_baseline", "outside_courses", "rescue_restart")

Found = tuple[
    dict[str, CaseAnswer],
    dict[tuple[str, str, int], Verdict],
    dict[tuple[str, str, int], tuple[Truth, str]],
    list[NeededChoice],
]


_OPEN: dict[str, Engine] = {}


def one_engine(name: str = "duckdb") -> Engine:
    """One engine of each kind for all specs: every table is made anew by each of them."""
    if name == "spark":
        return servers.spark()
    if name not in _OPEN:
        _OPEN[name] = connect_postgres(servers.postgres().conninfo(), "cdm") if name == "postgres" else connect()
    return _OPEN[name]


def selected(study: Protocol, chart: Chart, engine: str | Engine = "duckdb") -> Cohort | ChoiceNeeded:
    """The cases, for whoever asks several things about them one after the other; or that it is not known who is a case."""
    try:
        return select(one_engine(engine) if isinstance(engine, str) else engine, study, chart, answer_criteria)
    except ChoiceNeeded as waiting:
        return waiting


def times_by_stages(
    study: Protocol, chart: Chart, engine: str | Engine = "duckdb", cohort: Cohort | ChoiceNeeded | None = None
) -> dict[tuple[str, str, int], CaseTime]:
    """The time of every included case to each event, by case, outcome and spec; none while it is not known who is a case."""
    engine = one_engine(engine) if isinstance(engine, str) else engine
    cohort = selected(study, chart, engine) if cohort is None else cohort
    if isinstance(cohort, ChoiceNeeded):
        return {}
    found = {}
    for name in study.times:
        outcome = time_plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=chart.dated)
        if outcome.slots or outcome.among is not None:
            lay_out(engine, study, assess(engine, study, cohort, outcome).compiled)
        for spec in outcome.specs:
            find_times(engine, study, cohort.numbers, outcome, spec, dated=chart.dated)
            found |= {(one.case_id, name, spec.number): one for one in times_of(engine, cohort)}
    return found


def spells_by_stages(
    study: Protocol, chart: Chart, engine: str | Engine = "duckdb", cohort: Cohort | ChoiceNeeded | None = None
) -> dict[tuple[str, str], CaseSpells]:
    """The spells of every included case, by case and outcome; none while it is not known who is a case."""
    engine = one_engine(engine) if isinstance(engine, str) else engine
    cohort = selected(study, chart, engine) if cohort is None else cohort
    found: dict[tuple[str, str], CaseSpells] = {}
    for name in () if isinstance(cohort, ChoiceNeeded) else study.spells:
        assert not isinstance(cohort, ChoiceNeeded)
        outcome = spell_plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=chart.dated)
        if outcome.slots or outcome.among is not None:
            lay_out(engine, study, assess(engine, study, cohort, outcome).compiled)
        find_spells(engine, study, cohort.numbers, outcome)
        found |= {(one.case_id, name): one for one in spells_by_case(engine, cohort, study, outcome)}
    return found


def grades_by_stages(
    study: Protocol, chart: Chart, engine: str | Engine = "duckdb", cohort: Cohort | ChoiceNeeded | None = None
) -> tuple[CaseGrade, ...]:
    """The worst laboratory grades of every included case; none while it is not known who is a case."""
    engine = one_engine(engine) if isinstance(engine, str) else engine
    cohort = selected(study, chart, engine) if cohort is None else cohort
    return () if isinstance(cohort, ChoiceNeeded) else follow(engine, study, cohort).graded


def stop() -> None:
    """Close the engines; the Spark session belongs to the servers of the tests."""
    while _OPEN:
        _OPEN.popitem()[1].close()


def by_stages(
    study: Protocol, chart: Chart, engine: str | Engine = "duckdb", cohort: Cohort | ChoiceNeeded | None = None
) -> Found:
    """Cases, verdicts, denominators and open choices by the stages on one engine."""
    engine = one_engine(engine) if isinstance(engine, str) else engine
    cohort = selected(study, chart, engine) if cohort is None else cohort
    if isinstance(cohort, ChoiceNeeded):
        index = study.case.index_date
        assert isinstance(index, FirstExposure)
        return {}, {}, {}, [NeededChoice("restart_after", one.found, index.first_exposure) for one in cohort.problems]
    cases = {
        case.case_id: CaseAnswer(
            case.case_id, case.patient, case.episode, case.index, case.episode_end, case.ongoing,
            "included" if case.included else "excluded", case.failed, case.undetermined, case.follow_end, case.on_drug_end,
            case.end_low, case.end_high, case.follow_high, case.on_drug_low, case.on_drug_high,
            case.seen_end, case.seen_high,
        )
        for case in cohort.cases
    }  # fmt: skip
    verdicts: dict[tuple[str, str, int], Verdict] = {}
    within: dict[tuple[str, str, int], tuple[Truth, str]] = {}
    asked = (*open_histories(engine, study, cohort), *open_criteria(engine, study, cohort))
    needed = {NeededChoice(one.choice, one.case_id, one.where) for one in asked}
    for name in study.verdicts:
        outcome = plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=chart.dated)
        assessments = assess(engine, study, cohort, outcome)
        found = respond(engine, study, cohort, assessments)
        inside = among(engine, study, outcome, found, cohort)
        primary = values_of(found[0])
        for one in (
            *open_choices(engine, study, cohort, assessments.compiled),
            *zero_baselines(study, outcome, primary),
            *uncovered_days(study, primary),
            *restarts(engine, study, cohort),
        ):
            needed.add(NeededChoice(one.choice, one.case_id, one.where))
        for number, of_spec in found.items():
            for verdict in of_spec:
                verdicts[verdict.case_id, name, number] = verdict
                within[verdict.case_id, name, number] = inside[number][verdict.case_id]
    for name in study.valued:
        outcome = valued_plan(study, name)
        answer_questions(engine, study, cohort.numbers, outcome, dated=chart.dated)
        assessments = assess(engine, study, cohort, outcome)
        values = chosen_values(engine, study, cohort, assessments)
        for one in (
            *open_choices(engine, study, cohort, assessments.compiled),
            *zero_baselines(study, outcome, values),
            *uncovered_days(study, values),
        ):
            needed.add(NeededChoice(one.choice, one.case_id, one.where))
    for outcome in ruled_plans(study):
        if outcome.slots:
            answer_questions(engine, study, cohort.numbers, outcome, dated=chart.dated)
            assessments = assess(engine, study, cohort, outcome)
            values = chosen_values(engine, study, cohort, assessments)
            for one in (
                *open_choices(engine, study, cohort, assessments.compiled),
                *uncovered_days(study, values),
            ):
                needed.add(NeededChoice(one.choice, one.case_id, one.where))
    return (
        cases,
        verdicts,
        within,
        sorted(needed, key=lambda one: (ORDER.index(one.choice), natural(one.id), one.where)),
    )
