"""results.json of a population: every number for programs, decimals as strings, counts that are ranges as their two ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from caseseries.report.exhibits.numbers import machine
from caseseries.report.exhibits.sites import Site
from caseseries.report.files.results_parts import decimal, ending, flow, opening, result, schema_of, text_of
from caseseries.summary.model import Answers, ChangeSummary, Summary
from caseseries.summary.result import Count, Reason, Result

SCHEMA = "caseseries.population/1"


def schema() -> dict[str, Any]:
    """The published JSON Schema of a population's results.json.

    >>> schema()["properties"]["schema"]["const"]
    'caseseries.population/1'
    """
    return schema_of("population.schema.json")


def results_text(population: Summary, sites: Sequence[Site] = ()) -> str:
    """The whole file: keys in the order of the schema, two spaces, a line feed at the end."""
    return text_of(results(population, sites))


def results(population: Summary, sites: Sequence[Site] = ()) -> dict[str, Any]:
    """The file's content."""
    return {
        **opening(population, SCHEMA),
        "included": population.included,
        "patients": _count(population.patients),
        "sites": [
            {"label": site.label, "audience": site.audience, "included": site.cases, "smallest": site.smallest} for site in sites
        ],
        "limits": list(population.limits),
        "flow": flow(population.flow),
        "outcomes": [
            {
                "outcome": name,
                "answers": [_answers(found) for found in outcome.answers],
                "years": [_answers(found) for found in outcome.years],
                "grid": [
                    {
                        "spec": cell.spec, "reading": cell.reading, "windows": dict(cell.windows), "missing": cell.missing, "dose": cell.dose,
                        "varied": list(cell.varied), "yes": _count(cell.answers.yes), "no": _count(cell.answers.no),
                        "not_evaluable": _count(cell.answers.not_evaluable), "outside": _count(cell.answers.outside), "flips": _reasons(cell.flips),
                    }
                    for cell in outcome.grid
                ],
                "not_evaluable": _reasons(outcome.why.get(0, ())),
                "occurred": _reasons(outcome.occurred.get(0, ())),
                "decided": _reasons(outcome.decided.get(0, ())),
            }
            for name, outcome in population.outcomes.items()
        ],
        "changes": [_change(population, change) for change in _changes(population)],
        "spreads": {name: [[machine(value), n] for value, n in spread.counts()] for name, spread in population.spreads.items()},
        "results": [result(found) for found in _all(population)],
        "drugs": [
            {
                "drug": row.drug, "earlier": _count(row.earlier), "background": _count(row.background), "added": _count(row.added),
                "unclear": _count(row.unclear),
            }
            for row in population.drugs
        ],
        "not_charted": [
            {"kind": kind, "cases": found.cases, "patients": _count(found.patients), "because": list(found.because)}
            for kind, found in population.not_charted.items()
        ],
        "safety": _safety(population),
        "deaths": _deaths(population),
        "accounts": {table: {key: _count(n) for key, n in counts.items()} for table, counts in population.accounts.items()},
        "rows": [{"table": row.table, "status": row.status, "reason": row.reason, "n": _count(row.n)} for row in population.rows],
        "findings": [
            {"severity": found.severity, "rule": found.rule, "message": found.message, "n": _count(found.n)} for found in population.findings
        ],
        **ending(population),
    }  # fmt: skip


def _count(count: Count) -> int | list[int]:
    """A number, or the two ends between which it lies."""
    return count.low if count.exact is not None else [count.low, count.high]


def _reasons(found: Iterable[Reason]) -> list[dict[str, Any]]:
    return [{"reason": reason.words, "n": _count(reason.n)} for reason in found]


def _answers(found: Answers) -> dict[str, Any]:
    return {
        "spec": found.spec, "reading": found.reading, "year": found.year, "yes": _count(found.yes), "no": _count(found.no),
        "not_evaluable": _count(found.not_evaluable), "outside": _count(found.outside), "of_included": result(found.of_included),
        "of_evaluable": result(found.of_evaluable),
        "unplaced": dict(zip(("yes", "no", "not_evaluable"), map(_count, found.unplaced), strict=True)),
    }  # fmt: skip


def _changes(population: Summary) -> Iterable[ChangeSummary]:
    for outcome in population.outcomes.values():
        yield from outcome.changes
    yield from population.change_outcomes


def _change(population: Summary, change: ChangeSummary) -> dict[str, Any]:
    parts: tuple[Mapping[str, Result], ...] = (change.before, change.after, change.change, change.percent)
    tests = change.tests if population.protocol.reporting.p_values else ()
    return {
        "outcome": change.outcome, "measure": change.measure, "before": change.before_window, "after": change.after_window, "days": change.days,
        "n": change.n,
        "withheld": change.withheld,
        "absent": [{"window": window, "reason": reason, "n": n} for window, reason, n in change.absent],
        "results": [result(found) for part in parts for found in part.values()] + [result(test) for test in tests],
        "histogram": [[machine(one.low), machine(one.high), one.n] for one in change.spreads["change"].histogram()],
    }  # fmt: skip


def _all(population: Summary) -> Iterable[Result]:
    """Results that stand under no outcome and no change, in the order of the report."""
    yield from population.table_one
    yield from population.prior
    yield from population.follow_up.values()
    if population.safety is not None:
        yield from (population.safety.rate, population.safety.with_event, population.safety.with_any)


def _safety(population: Summary) -> dict[str, Any] | None:
    safety = population.safety
    if safety is None or population.nowhere("adverse events"):
        return None
    return {
        "events": _count(safety.events), "undated": _count(safety.undated), "patient_years": machine(safety.patient_years),
        "terms": [
            {
                "term": term.term, "events": _count(term.events), "patients": _count(term.patients), "rate": result(term.rate),
                "not_counted": _reasons(term.not_counted),
            }
            for term in safety.terms
        ],
        "monitoring": [
            {
                "measure": found.measure, "values": _count(found.values), "patients": _count(found.patients), "beyond": _count(found.beyond),
                "per_patient_year": decimal(found.per_patient_year), "bound": found.bound,
            }
            for found in safety.monitoring
        ],
    }  # fmt: skip


def _deaths(population: Summary) -> dict[str, Any] | None:
    deaths = population.deaths
    if deaths is None:
        return None
    return {
        "patients": deaths.patients, "died": deaths.died, "within_follow_up": _count(deaths.within),
        "results": [result(found) for found in (deaths.share, *deaths.days.values())],
        "days": [[machine(value), n] for value, n in deaths.spread.counts()],
    }  # fmt: skip
