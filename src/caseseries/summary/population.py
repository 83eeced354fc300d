"""The results of very many patients, from a tally: no patient is at hand any more, and every account is asserted."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import all_measures
from caseseries.protocol.outcome import PendingOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.stats.tally import Tally
from caseseries.summary.population_cohort import (
    deaths,
    dose_before,
    drugs,
    flow,
    follow_up,
    prior,
    removed_by_minimum_follow_up,
    spreads,
    table_one,
)
from caseseries.summary.population_model import Count, FindingCount, NotCharted, Population, RowCount
from caseseries.summary.population_outcome import change_outcome, exact_counts, outcome
from caseseries.summary.population_safety import safety
from caseseries.summary.population_told import Told
from caseseries.summary.responders import branch

_SEVERITIES = ("error", "warning", "note")


def population(
    protocol: Protocol,
    tally: Tally,
    *,
    dated: bool,
    invented: bool,
    found: str = "Persons found",
    limits: tuple[str, ...] = (),
) -> Population:
    """Everything the report of a population prints, from the counts of all ranges of patients or of all sites.

    The same numbers as `summarise` gives where both can: exact ones to the last digit. `found` labels the first box of the
    flow; `limits` are sentences on what sites did not tell, to which those found in the tally are added.

    An account that does not balance is an AssertionError: a mistake of the stages, never of the data.
    """
    told = Told(tally)
    level = Fraction(int(protocol.reporting.level), 100)
    included = told.exact("cases", "", "")
    # An included case is decided: it met every criterion.
    ensure(not told.count("cases", "", "undetermined").high)
    patients = told.count("patients")
    ensure(
        patients.exact == included if protocol.case.per == "patient" else patients.low <= included,
        "whose cases these are",
    )
    removed = removed_by_minimum_follow_up(protocol, told)
    lacking = not_charted(told)
    outcomes = {name: outcome(protocol, told, name, included, removed, level) for name in protocol.verdicts}
    heads = [(one.plan, exact_counts(one.answers[0])) for one in outcomes.values()]
    branches = [branch(compiled, counted) for compiled, counted in heads if counted is not None]
    spread, unknown = spreads(told, included)
    alone = tuple(change_outcome(protocol, told, name, included, level) for name in protocol.changes)
    dose = dose_before(protocol, [*(change for one in outcomes.values() for change in one.changes), *alone])
    return Population(
        protocol=protocol,
        measures=all_measures(protocol),
        invented=protocol.invented or invented,
        dated=dated,
        included=included,
        patients=patients,
        flow=flow(protocol, told, branches, found),
        outcomes=outcomes,
        change_outcomes=alone,
        table_one=table_one(told, spread, unknown, dose, included, level),
        follow_up=follow_up(spread),
        spreads=spread,
        drugs=drugs(protocol, told, included),
        prior=prior(protocol, told, included, lacking, level),
        safety=safety(protocol, told, patients, lacking.get("adverse events"), level),
        deaths=deaths(told, patients, lacking.get("deaths"), level),
        not_charted=lacking,
        findings=_findings(told),
        rows=tuple(
            RowCount(str(table), str(status), str(reason), n)
            for (table, status, reason), n in told.under("rows").items()
        ),
        accounts=_accounts(told),
        limits=(*limits, *_limits(told)),
        pending=tuple(name for name, one in protocol.outcomes.items() if isinstance(one, PendingOutcome)),
    )


def not_charted(told: Told) -> Mapping[str, NotCharted]:
    """The kinds of fact that some or all sources could not tell, with how many cases and patients these have."""
    because: dict[str, list[str]] = {}
    for kind, why in told.under("not charted because"):
        because.setdefault(str(kind), []).append(str(why))
    return {
        kind: NotCharted(
            told.exact("not charted", kind, "cases"),
            told.count("not charted", kind, "patients"),
            tuple(sorted(reasons)),
        )
        for kind, reasons in because.items()
    }


def _findings(told: Told) -> tuple[FindingCount, ...]:
    """Errors before warnings before notes, then by rule and message."""
    found = [
        FindingCount(str(severity), str(rule), str(message), n)
        for (severity, rule, message), n in told.under("finding").items()
    ]
    return tuple(sorted(found, key=lambda one: (_SEVERITIES.index(one.severity), one.rule, one.message)))


def _accounts(told: Told) -> Mapping[str, Mapping[str, Count]]:
    """Rows per table: read = used + out of scope + refused."""
    accounts: dict[str, dict[str, Count]] = {}
    for (table, status, _), n in told.under("rows").items():
        account = accounts.setdefault(
            str(table), dict.fromkeys(("read", "used", "out of scope", "refused"), Count(0, 0))
        )
        account["read"] += n
        account[str(status)] += n
    return accounts


def _limits(told: Told) -> tuple[str, ...]:
    sentences = []
    if told.ranges:
        sentences.append(
            f"{told.ranges} counts of sites are told only as ranges, because they or their neighbours are small."
        )
    for prefix, n in sorted(told.not_told().items(), key=str):
        what = " ".join(str(part) for part in prefix)
        sentences.append(f"Of {n} included cases sites told nothing of: {what}.")
    return tuple(sentences)
