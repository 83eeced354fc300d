"""The line: chart, cohort, assessment, response and safety, summary."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from caseseries import response
from caseseries.assessment import assess, dose_steps, open_choices
from caseseries.chart.row_counts import count_attributes, count_attributes_by
from caseseries.chart.tables import Chart
from caseseries.cohort import Cohort, other_drugs, select
from caseseries.cohort import tally as cohort_tally
from caseseries.engine.connecting import connect
from caseseries.protocol.plans import plans_of
from caseseries.protocol.protocol import Protocol
from caseseries.response import (
    answer_criteria,
    answer_questions,
    chosen_values,
    find_spells,
    find_times,
    members,
    open_criteria,
    open_histories,
    respond,
    restarts,
    settle,
    spell_tally,
    spells_by_case,
    time_tally,
    times_of,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.agreement_counts import count_agreement, keep_beside
from caseseries.response.baseline import baselines, count_baselines, measures_of
from caseseries.response.by_answer import count_by_answer, keep_answers
from caseseries.response.event_count import count_events
from caseseries.response.settle import lay_out
from caseseries.response.strata_counts import count_strata
from caseseries.response.threshold_counts import count_thresholds
from caseseries.response.trajectory import trajectory_tally
from caseseries.response.value_at import forget_group, keep_group, value_tally
from caseseries.safety import follow
from caseseries.safety import tally as safety_tally
from caseseries.stats.tally import Tally
from caseseries.study import charted_totals, empty_windows, next_courses
from caseseries.study.account import Account, of_chart
from caseseries.summary import Answered, Changed, Summary, case_tables, summarise
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime

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
    account: Account = of_chart,
) -> tuple[Tally, Summary]:
    """The line for cases that are shown one by one: chart, cohort, assessment, response and safety, summary; and the counts of it.

    `account` counts what became of the rows.

    Raises:
        ChoiceNeeded: the data raise a choice that the protocol does not make; nothing is decided then.
        ProtocolError: two categories of one outcome hold at once.
        EngineError: the database engine ran out of memory or disk.
    """
    plans = plans_of(protocol)
    own = baselines(protocol, plans.all)
    with connect(memory_limit=memory_limit, threads=threads) as engine:
        progress(f"selecting the cohort of {len(chart.people):,} patients", None)
        cohort = select(engine, protocol, chart, answer_criteria)
        chart = charted_totals.told(engine, protocol, cohort.numbers, chart)
        chart = empty_windows.told(protocol, chart, included_days(cohort))
        chart = next_courses.told(protocol, chart, cohort)
        counts = cohort_tally(engine, protocol, cohort.numbers, dated=chart.dated)
        counts.merge(count_attributes(engine, chart, cohort.numbers))
        answered, changed, times = [], [], dict[str, tuple[CaseTime, ...]]()
        spells = dict[str, tuple[CaseSpells, ...]]()
        needed = [*open_histories(engine, protocol, cohort), *open_criteria(engine, protocol, cohort)]
        for outcome in plans.verdicts:
            progress(f"assessing {outcome.name}", len(cohort.included))
            answer_questions(engine, protocol, cohort.numbers, outcome, dated=chart.dated)
            assessments = assess(engine, protocol, cohort, outcome)
            compiled = assessments.compiled
            settled = settle(engine, protocol, cohort.numbers, compiled)
            counts.merge(response.tally(engine, protocol, compiled, dated=chart.dated, exact=True))
            counts.merge(count_baselines(engine, protocol, compiled, own[outcome.name], None, exact=True))
            keep_beside(engine, protocol, outcome.name)
            keep_group(engine, protocol, outcome.name)
            keep_answers(engine, protocol, outcome.name)
            counts.merge(count_strata(engine, protocol, cohort.numbers, outcome.name))
            verdicts = respond(engine, protocol, cohort, assessments, settled)
            needed += [*open_choices(engine, protocol, cohort, compiled)]
            primary = values_of(verdicts[0])
            needed += [*zero_baselines(protocol, outcome, primary), *uncovered_days(protocol, primary)]
            needed += restarts(engine, protocol, cohort)
            thresholds = count_thresholds(engine, protocol, cohort.numbers, compiled)
            answered.append(Answered(outcome, verdicts, thresholds))
        counts.merge(count_agreement(engine, protocol))
        for outcome in plans.valued:
            answer_questions(engine, protocol, cohort.numbers, outcome, dated=chart.dated)
            assessments = assess(engine, protocol, cohort, outcome)
            compiled = assessments.compiled
            needed += [*open_choices(engine, protocol, cohort, compiled)]
            values = chosen_values(engine, protocol, cohort, assessments)
            needed += [*zero_baselines(protocol, compiled.plan, values), *uncovered_days(protocol, values)]
            inside = members(engine, protocol, cohort, assessments)
            count = response.change_tally if outcome.name in protocol.changes else value_tally
            counts.merge(count(engine, protocol, compiled, exact=True))
            counts.merge(count_baselines(engine, protocol, compiled, own[outcome.name], None, exact=True))
            changed.append(Changed(compiled.plan, values, inside))
        forget_group(engine, protocol)
        for outcome in (*plans.times, *plans.spells):
            answer_questions(engine, protocol, cohort.numbers, outcome, dated=chart.dated)
            valued = bool(outcome.slots) or outcome.among is not None
            if valued:
                assessments = assess(engine, protocol, cohort, outcome)
                compiled = assessments.compiled
                lay_out(engine, protocol, compiled)
            if outcome.name in protocol.spells:
                find_spells(engine, protocol, cohort.numbers, outcome)
                counts.merge(spell_tally(engine, protocol, outcome))
                spells[outcome.name] = spells_by_case(engine, cohort, protocol, outcome)
            for spec in outcome.specs if outcome.name in protocol.times else ():
                find_times(engine, protocol, cohort.numbers, outcome, spec, dated=chart.dated)
                counts.merge(time_tally(engine, outcome, spec))
                if spec.primary:
                    times[outcome.name] = times_of(engine, cohort)
            if not valued:
                continue
            needed += [*open_choices(engine, protocol, cohort, compiled)]
            values = chosen_values(engine, protocol, cohort, assessments)
            needed += [*zero_baselines(protocol, outcome, values), *uncovered_days(protocol, values)]
            counts.merge(count_baselines(engine, protocol, compiled, own[outcome.name], None, exact=True))
        for outcome in plans.trajectories:
            counts.merge(trajectory_tally(engine, protocol, cohort.numbers, outcome))
        response.require_choices(needed)
        response.require_exclusive(
            (one.plan, (verdict for spec in one.plan.specs for verdict in one.verdicts[spec.number]))
            for one in answered
        )
        counts.merge(count_events(engine, protocol, cohort.numbers))
        attributes = partial(count_attributes_by, engine, chart, cohort.numbers)
        counts.merge(count_by_answer(engine, protocol, cohort.numbers, attributes, measures_of(own), exact=True))
        progress("safety and other drugs", len(cohort.included))
        counts.merge(safety_tally(engine, protocol, cohort.numbers))
        safety = follow(engine, protocol, cohort)
        drugs = other_drugs(engine, protocol, cohort)
        steps = dose_steps(engine, protocol, cohort)
    counts.merge(account(protocol, chart, cohort, counts))
    progress("summarising", None)
    return counts, summarise(
        protocol,
        counts,
        kept="database" if "person" in chart.counted else "chart",
        dated=chart.dated,
        invented=chart.invented,
        relative=chart.relative,
        only=chart.only,
        cases=case_tables(
            protocol, chart, cohort, answered, changed, safety, drugs, steps.steps, steps.begun, times, spells
        ),
    )
