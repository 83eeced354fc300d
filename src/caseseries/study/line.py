"""The line: chart, cohort, assessment, response and safety, summary."""

from __future__ import annotations

from collections.abc import Callable

from caseseries import response
from caseseries.assessment import assess, dose_steps, open_choices
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, other_drugs, prior_use, select
from caseseries.engine.connecting import connect
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import change_plan, plan
from caseseries.response import (
    answer_criteria,
    chosen_values,
    members,
    open_criteria,
    open_histories,
    respond,
    restarts,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.safety import follow
from caseseries.study import empty_windows, next_courses
from caseseries.summary import Answered, Changed, summarise
from caseseries.summary.model import Summary

#: Told each stage as it begins, with the number of cases it works on where that is known.
Progress = Callable[[str, int | None], None]


def unwatched(stage: str, rows: int | None = None) -> None:
    """Progress that nobody watches."""


def included_days(cohort: Cohort) -> list[tuple[str, int]]:
    """The patient and the index day of every included case."""
    return [(case.patient, case.index) for case in cohort.included if case.index is not None]


def analyse(
    protocol: Protocol,
    chart: Chart,
    *,
    memory_limit: str = "1GB",
    threads: int = 2,
    progress: Progress = unwatched,
) -> Summary:
    """The line: chart, cohort, assessment, response and safety, summary.

    Raises:
        ChoiceNeeded: the data raise a choice that the protocol does not make; nothing is decided then.
        EngineError: the database engine ran out of memory or disk.
    """
    with connect(memory_limit=memory_limit, threads=threads) as engine:
        progress(f"selecting the cohort of {len(chart.people):,} patients", None)
        cohort = select(engine, protocol, chart, answer_criteria)
        chart = empty_windows.told(protocol, chart, included_days(cohort))
        chart = next_courses.told(protocol, chart, cohort)
        answered, changed = [], []
        needed = [*open_histories(engine, protocol, cohort), *open_criteria(engine, protocol, cohort)]
        for name in protocol.verdicts:
            progress(f"assessing {name}", len(cohort.included))
            outcome = plan(protocol, name)
            assessments = assess(engine, protocol, cohort, outcome)
            verdicts = respond(engine, protocol, cohort, assessments)
            needed += [*open_choices(engine, protocol, cohort, assessments.compiled)]
            primary = values_of(verdicts[0])
            needed += [*zero_baselines(protocol, outcome, primary), *uncovered_days(protocol, primary)]
            needed += restarts(engine, protocol, cohort)
            answered.append(Answered(outcome, verdicts))
        for name in protocol.changes:
            assessments = assess(engine, protocol, cohort, change_plan(protocol, name))
            needed += [*open_choices(engine, protocol, cohort, assessments.compiled)]
            values = chosen_values(engine, protocol, cohort, assessments)
            needed += [*zero_baselines(protocol, assessments.compiled.plan, values), *uncovered_days(protocol, values)]
            inside = members(engine, protocol, cohort, assessments)
            changed.append(Changed(assessments.compiled.plan, values, inside))
        response.require_choices(needed)
        progress("safety and other drugs", len(cohort.included))
        safety = follow(engine, protocol, cohort)
        drugs, prior = other_drugs(engine, protocol, cohort), prior_use(engine, protocol, cohort)
        steps = dose_steps(engine, protocol, cohort)
    progress("summarising", None)
    return summarise(protocol, chart, cohort, answered, changed, safety, drugs, prior, steps.steps, steps.begun)
