"""Summarise: everything the stages found, as the frozen tables a report prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart
from caseseries.cohort.other_drugs import OtherDrug
from caseseries.cohort.select import Cohort
from caseseries.cohort.unseen import untold_drugs
from caseseries.errors import ensure
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.measures import all_measures
from caseseries.protocol.outcome import PendingOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.protocol.tree import Slot
from caseseries.response.respond import BASELINE
from caseseries.safety.follow import Safety
from caseseries.summary.between import codes_of, of_case, with_codes
from caseseries.summary.change import Chosen, pairs_of, summarise_change
from caseseries.summary.harm import adverse_events, summarise_safety
from caseseries.summary.model import ChangeSummary, OutcomeSummary, Summary
from caseseries.summary.patients import (
    case_rows,
    drug_uses,
    flow,
    follow_up,
    prior_share,
    removed_by_minimum_follow_up,
    study_courses,
    table_one,
)
from caseseries.summary.pivotal import pivotal
from caseseries.summary.responders import Counted, branch, count_responders, grid_cell, minimum_follow_up_reading
from caseseries.summary.series import at_visits, before_index, points
from caseseries.verdict.denominator import among_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.narrator import sentence
from caseseries.verdict.trace import Truth, Verdict

#: The daily dose of each included case as steps: first relative day, dose in mg/day; None from where it is not known.
Steps = Mapping[str, tuple[tuple[int, Fraction | None], ...]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One verdict outcome after the stages: its plan, and verdicts by spec."""

    plan: OutcomePlan
    verdicts: Mapping[int, tuple[Verdict, ...]]


@dataclass(frozen=True, slots=True)
class Changed:
    """One change outcome after the stages: its plan, the values chosen, by case, and who belongs to its denominator."""

    plan: OutcomePlan
    chosen: Chosen
    inside: Mapping[str, Truth]


def summarise(
    protocol: Protocol,
    chart: Chart,
    cohort: Cohort,
    answered: Sequence[Answered],
    changed: Sequence[Changed],
    safety: Safety,
    drugs: Sequence[OtherDrug],
    prior: Mapping[str, Sequence[str]],
    steps: Steps,
    begun: Mapping[str, frozenset[int]] = {},
) -> Summary:
    """Counts, changes, grid, pivotal components and safety; every account that must balance is asserted here."""
    level = Fraction(int(protocol.reporting.level), 100)
    measures = all_measures(protocol)
    rows = case_rows(cohort, chart)
    included = [row for row in rows if row.status == "included"]
    outcomes = {one.plan.name: _outcome(protocol, chart, cohort, one, level, steps, begun) for one in answered}
    primary = next(iter(outcomes.values()), None)
    verdicts = primary.verdicts[0] if primary else ()
    series = points(cohort, chart, verdicts)
    index = protocol.case.index_date
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset[str]()
    names = pairs_of(primary.plan.slots, primary.plan.at, BASELINE) if primary else []
    dose_name = next(iter(protocol.doses), "")
    doses = {
        verdict.case_id: quantity.value
        for verdict in verdicts
        for quantity in verdict.quantities
        if quantity.slot == Slot(dose_name, BASELINE)
    }
    events, not_charted = adverse_events(cohort, chart, safety), chart.unknown()
    accounts = chart.account()
    for account in accounts.values():
        ensure(account["read"] == account["used"] + account["out of scope"] + account["refused"])
    return Summary(
        protocol=protocol,
        measures=measures,
        invented=protocol.invented or chart.invented,
        dated=chart.dated,
        relative=chart.relative or (() if chart.dated else ("planned days",)),
        flow=flow(protocol, cohort, chart, [branch(one.plan, Counted.of(one.verdicts[0])) for one in answered]),
        cases=rows,
        outcomes=outcomes,
        change_outcomes=tuple(_changed(protocol, one, level) for one in changed),
        drugs=drug_uses(protocol, chart, drugs),
        study_drug=study_courses(cohort, chart, studied),
        prior=tuple(
            prior_share(
                group,
                len(cases),
                len(included),
                level,
                charted=not untold_drugs(protocol, not_charted, chart.only, group),
            )
            for group, cases in prior.items()
        ),
        follow_up=follow_up(included),
        table_one=table_one(included, doses, measures[dose_name].unit if dose_name else "", level),
        safety=summarise_safety(protocol, cohort, safety, events, level, not_charted.get("adverse events")),
        charted_events=events,
        not_charted=not_charted,
        only=chart.only,
        pre_index=before_index(
            series,
            verdicts,
            measures,
            [name for name in names if measures[name].kind == "number"],
            BASELINE,
            int(protocol.windows[BASELINE].from_) if names else 0,
        ),
        points=series,
        doses=tuple(sorted(steps.items(), key=lambda item: natural(item[0]))),
        findings=chart.findings,
        rows=chart.rows,
        accounts=accounts,
        suggested=(),
        unnoted="",
        choices=(),
        fingerprints={},
        locked="",
        deviations=(),
        pending=tuple(name for name, outcome in protocol.outcomes.items() if isinstance(outcome, PendingOutcome)),
    )


def _outcome(
    protocol: Protocol,
    chart: Chart,
    cohort: Cohort,
    one: Answered,
    level: Fraction,
    steps: Steps,
    begun: Mapping[str, frozenset[int]],
) -> OutcomeSummary:
    plan, measures, codes = one.plan, all_measures(protocol), codes_of(chart)
    primary = one.verdicts[0]
    ensure([verdict.case_id for verdict in primary] == [case.case_id for case in cohort.included])
    responders = [
        count_responders(plan, spec, one.verdicts[spec.number], level, measures)
        for spec in plan.specs
        if spec.role != "grid"
    ]
    for counted in responders:
        ensure(counted.yes + counted.no + counted.not_evaluable + counted.outside + counted.unplaced == len(primary))
    removed = removed_by_minimum_follow_up(protocol, cohort)
    if removed:
        responders.append(minimum_follow_up_reading(plan, primary, len(removed), level, measures))
    inside = [verdict for verdict in primary if verdict.inside is True]
    chosen = [(verdict.case_id, {quantity.slot: quantity for quantity in verdict.quantities}) for verdict in inside]
    changes = tuple(
        summarise_change(
            plan.name,
            0,
            measures[name],
            BASELINE,
            plan.at,
            chosen,
            level,
            protocol.reporting.p_values,
            among_words(plan, measures),
            dose_days(protocol, plan, name, (BASELINE, plan.at)),
        )
        for name in pairs_of(plan.slots, plan.at, BASELINE)
        if measures[name].kind != "judgement"
    )
    # Of a dose that is added up from courses every day is known; where none is, what was written at visits is all there is.
    written = next(iter(protocol.doses), "") if all(one.source == "visits" for one in protocol.doses.values()) else ""
    grid = tuple(grid_cell(plan, spec, one.verdicts[spec.number], primary, measures) for spec in plan.specs)
    return OutcomeSummary(
        plan,
        one.verdicts,
        tuple(responders),
        changes,
        grid,
        pivotal(
            protocol,
            plan.primary.tree,
            inside,
            measures,
            steps,
            begun,
            at_visits(cohort, chart, written) if written else {},
            measures[written].unit if written else "",
        ),
        {
            verdict.case_id: sentence(
                plan.primary.tree,
                with_codes(codes, case, verdict, plan.primary),
                measures,
                protocol,
                plan.primary,
                of_case(protocol, chart, case, verdict, steps.get(verdict.case_id, ()), plan.primary),
            )
            for verdict, case in zip(primary, cohort.included, strict=True)
        },
    )


def _changed(protocol: Protocol, one: Changed, level: Fraction) -> ChangeSummary:
    before, after = one.plan.slots[:2]
    measures = all_measures(protocol)
    chosen = [(case_id, values) for case_id, values in one.chosen if one.inside[case_id] is True]
    return summarise_change(
        one.plan.name, 0, measures[after.measure], before.window, after.window, chosen, level, protocol.reporting.p_values,
        among_words(one.plan, measures), dose_days(protocol, one.plan, after.measure, (before.window, after.window)),
    )  # fmt: skip
