"""results.json: every number of the report for programs, whether cases are shown or counted.

Decimals are strings, counts that are ranges their two ends, what is undefined null with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caseseries.chart.personal_words import without_dates
from caseseries.report.exhibits.charted import unseen
from caseseries.report.exhibits.printed_numbers import machine
from caseseries.report.exhibits.time_to import begins
from caseseries.report.exhibits.times_again import choices_of
from caseseries.report.files.results_parts import (
    count,
    decimal,
    ending,
    events_counted,
    flow,
    opening,
    reasons,
    result,
    schema_of,
    text_of,
)
from caseseries.report.files.results_safety import exposed, graded, safety
from caseseries.report.files.results_values import by_answer, spelled, thresholds, trajectory, value_at
from caseseries.summary.every_result import every_result
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import Answers, Cell, ChangeSummary, OutcomeSummary, Responders, Summary
from caseseries.summary.over_time import OverTime
from caseseries.summary.published_ids import names_of_events, published
from caseseries.summary.result import NONE
from caseseries.summary.time_to import TimeSummary
from caseseries.verdict.denominator import denominator_words
from caseseries.verdict.rule_text import describe_rule

SCHEMA = "caseseries.results/2"


def schema() -> dict[str, Any]:
    """The published JSON Schema of results.json.

    >>> schema()["properties"]["schema"]["const"]
    'caseseries.results/2'
    """
    return schema_of("results.schema.json")


def results_text(summary: Summary) -> str:
    """The whole file: keys in the order of the schema, two spaces, a line feed at the end."""
    return text_of(results(summary))


def results(summary: Summary) -> dict[str, Any]:
    """The file's content; `cases` alone depends on whether cases are shown."""
    names = names_of_events(summary)
    return {
        **opening(summary, SCHEMA),
        "kept": summary.kept,
        "included": summary.included,
        "patients": count(summary.patients),
        "sites": [
            {
                "label": site.label,
                "audience": site.audience,
                "included": site.cases,
                "smallest": site.smallest,
                "kept": site.kept,
            }
            for site in summary.sites
        ],
        "limits": list(summary.limits),
        "flow": flow(summary.flow),
        "responders": [
            _responders(found, outcome.plan.good)
            for outcome in summary.outcomes.values()
            for found in outcome.responders
        ],
        "outcomes": [_outcome(summary, name, outcome) for name, outcome in summary.outcomes.items()],
        **({"levels": [_levels(found) for found in summary.levels.values()]} if summary.levels else {}),
        **({"over_time": [_over_time(found) for found in summary.over_time]} if summary.over_time else {}),
        **({"times": [_time(summary, found) for found in summary.times.values()]} if summary.times else {}),
        **({"spells": [spelled(found, summary) for found in summary.spells.values()]} if summary.spells else {}),
        **(
            {"event_counts": [events_counted(found) for found in summary.event_counts.values()]}
            if summary.event_counts
            else {}
        ),
        **({"table_one_by": by_answer(summary.table_one_by)} if summary.table_one_by is not None else {}),
        "changes": [_change(change) for change in summary.changes],
        **({"trajectories": [trajectory(found) for found in summary.trajectories]} if summary.trajectories else {}),
        **({"values_at": [value_at(found) for found in summary.values_at]} if summary.values_at else {}),
        "spreads": {
            name: [[machine(value), n] for value, n in spread.counts()] for name, spread in summary.spreads.items()
        },
        "results": [result(published(found, names)) for found in every_result(summary)],
        "drugs": [
            {
                "drug": without_dates(row.drug),
                "earlier": count(row.earlier),
                "background": count(row.background),
                "added": count(row.added),
                "unclear": count(row.unclear),
            }
            for row in summary.drugs
        ],
        "not_charted": [
            {"kind": kind, "cases": found.cases, "patients": count(found.patients), "because": list(found.because)}
            for kind, found in summary.not_charted.items()
        ],
        "events_not_told": unseen(summary),
        "adverse_events": None
        if summary.nowhere("adverse events")
        else {
            "charted": count(sum(summary.adverse_events.values(), NONE)),
            **{state.replace(" ", "_"): count(n) for state, n in summary.adverse_events.items()},
        },
        "safety": None
        if summary.safety is None or summary.nowhere("adverse events")
        else safety(summary.safety, names),
        **({"graded": [graded(found) for found in summary.graded]} if summary.graded else {}),
        **({"exposures": [exposed(found) for found in summary.exposures]} if summary.exposures else {}),
        "deaths": _deaths(summary),
        "accounts": {table: {key: count(n) for key, n in counts.items()} for table, counts in summary.accounts.items()},
        "rows": [
            {"table": row.table, "status": row.status, "reason": row.reason, "n": count(row.n)} for row in summary.rows
        ],
        "findings": [
            {"severity": found.severity, "rule": found.rule, "message": found.message, "n": count(found.n)}
            for found in summary.findings
        ],
        "cases": _cases(summary),
        **ending(summary),
    }


def _responders(found: Responders, good: bool | None) -> dict[str, Any]:
    return {
        "outcome": found.outcome,
        "spec": found.spec,
        "reading": found.reading,
        "yes": found.yes,
        "no": found.no,
        "not_evaluable": found.not_evaluable,
        "outside": found.outside,
        "of_included": result(found.of_included),
        "of_evaluable": result(found.of_evaluable),
        "worst_case": result(found.worst_case),
        "best_case": result(found.best_case),
        "unplaced": found.unplaced,
        "denominator": found.denominator,
        "good": good,
    }


def _outcome(summary: Summary, name: str, outcome: OutcomeSummary) -> dict[str, Any]:
    plan = outcome.plan
    return {
        "outcome": name,
        "rule": describe_rule(plan.primary.tree, summary.measures, at=plan.at),
        "answers": [_answers(found) for found in outcome.answers],
        "years": [_answers(found) for found in outcome.years],
        "grid": [_cell(cell) for cell in outcome.grid],
        "not_evaluable": reasons(outcome.why.get(0, ())),
        "occurred": reasons(outcome.occurred.get(0, ())),
        "decided": reasons(outcome.decided.get(0, ())),
    }


def _answers(found: Answers) -> dict[str, Any]:
    return {
        "spec": found.spec,
        "reading": found.reading,
        "year": found.year,
        "yes": count(found.yes),
        "no": count(found.no),
        "not_evaluable": count(found.not_evaluable),
        "outside": count(found.outside),
        "of_included": result(found.of_included),
        "of_evaluable": result(found.of_evaluable),
        "unplaced": dict(zip(("yes", "no", "not_evaluable"), map(count, found.unplaced), strict=True)),
    }


def _levels(found: LevelsSummary) -> dict[str, Any]:
    return {
        "outcome": found.name,
        "good": found.good,
        "ordered": found.ordered,
        "at_least": {plan.part.name: plan.name for plan in found.at_least if plan.part is not None and found.ordered},
        "readings": [
            {
                "reading": counts.reading,
                "included": count(counts.inside),
                "not_evaluable": count(counts.not_evaluable),
                "outside": count(counts.outside),
                "unplaced": count(counts.unplaced),
                "levels": [
                    {
                        "level": one.name,
                        "n": count(one.exactly),
                        "may_have_it": count(one.perhaps),
                        "of_included": result(one.of_included),
                        "of_evaluable": result(one.of_evaluable),
                        "at_least": count(one.at_least) if found.ordered else None,
                    }
                    for one in counts.levels
                ],
            }
            for counts in found.readings
        ],
    }


def _over_time(found: OverTime) -> dict[str, Any]:
    return {
        "outcome": found.name,
        "points": list(found.points),
        "rows": dict(found.rows),
        "ever": dict(found.ever),
        "first_met": dict(zip(found.points, found.first, strict=True)),
        "may_have_met_before": dict(zip(found.points, found.earlier, strict=True)),
        "of_included": result(found.of_included),
        "of_evaluable": result(found.of_evaluable),
        "withheld": found.withheld,
    }


def _time(summary: Summary, found: TimeSummary) -> dict[str, Any]:
    return {
        "outcome": found.name,
        "event": found.outcome.event or None,
        "stop": found.outcome.stop or None,
        "good": found.outcome.good,
        "counted_from": begins(summary, found.name),
        "denominator": denominator_words(found.plan, summary.measures),
        "competing": list(found.outcome.competing),
        "at_risk": found.n,
        "endings": dict(found.endings),
        "without": reasons(found.without),
        "not_known_before": dict(found.unread),
        "may_have_begun_earlier": dict(found.unclear),
        "withheld": found.withheld,
        "median": result(found.median),
        "shares": [{"day": day, **result(one)} for day, one in zip(found.outcome.times, found.shares, strict=True)],
        "method": found.curve.method,
        "again": [
            {
                "choices": choices_of(found, one.spec),
                "events": one.events,
                "at_risk": one.n,
                "without": reasons(one.without),
                "median": result(one.median),
                "shares": [
                    {"day": day, **result(share)} for day, share in zip(found.outcome.times, one.shares, strict=True)
                ],
            }
            for one in found.again
        ],
        "curve": [
            {
                "day": int(step.time),
                "at_risk": step.at_risk,
                "events": step.events,
                "competing": step.competing,
                "censored": step.censored,
                "share": decimal(step.value),
                "lower": decimal(step.lower),
                "upper": decimal(step.upper),
            }
            for step in found.curve.steps
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    answers = cell.answers
    return {
        "spec": cell.spec,
        "primary": cell.primary,
        "reading": cell.reading,
        "windows": dict(cell.windows),
        "missing": cell.missing,
        "dose": cell.dose,
        "varied": list(cell.varied),
        "yes": count(answers.yes),
        "no": count(answers.no),
        "not_evaluable": count(answers.not_evaluable),
        "outside": count(answers.outside),
        "flips": reasons(cell.flips),
    }


def _change(change: ChangeSummary) -> dict[str, Any]:
    return {
        "outcome": change.outcome,
        "measure": change.measure,
        "before": change.before_window,
        "after": change.after_window,
        "days": change.days,
        "n": change.n,
        "withheld": change.withheld,
        "absent": [{"window": window, "reason": reason, "n": n} for window, reason, n in change.absent],
        "histogram": [[machine(one.low), machine(one.high), one.n] for one in change.spreads["change"].histogram()],
    }


def _deaths(summary: Summary) -> dict[str, Any] | None:
    deaths = summary.deaths
    if deaths is None:
        return None
    return {
        "patients": deaths.patients,
        "died": deaths.died,
        "within_follow_up": count(deaths.within),
        "days": [[machine(value), n] for value, n in deaths.spread.counts()],
    }


def _cases(summary: Summary) -> dict[str, Any] | None:
    """What only cases that are shown one by one can tell; no case itself: these stand in patients.csv. None where they are counted."""
    shown = summary.cases
    if shown is None:
        return None
    return {
        "shown": len(shown.rows),
        "mean_changes": [
            {"outcome": name, "spec": spec, "means": {key: decimal(value) for key, value in means.items()}}
            for name, outcome in shown.outcomes.items()
            if name in summary.outcomes
            for spec, means in outcome.mean_changes.items()
        ],
        "pivotal": [
            {"outcome": name, "kind": kind, "cases": len({one.case_id for one in outcome.pivotal if one.kind == kind})}
            for name, outcome in shown.outcomes.items()
            if name in summary.outcomes
            for kind in _kinds(one.kind for one in outcome.pivotal)
        ],
        "before_index": [{"measure": measure, "told": told} for measure, told in shown.pre_index],
        "thresholds": thresholds(summary),
    }


def _kinds(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
