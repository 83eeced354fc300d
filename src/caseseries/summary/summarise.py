"""Summarise: everything a report prints, from the counts of a run; every account is asserted.

Whoever counted them: one range of patients or many, one site or several. Where cases are few enough to be shown they stand beside the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import get_args

from caseseries.chart.tables import Kind
from caseseries.errors import ensure
from caseseries.protocol.measures import all_measures
from caseseries.protocol.outcome import PendingOutcome
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import plan, valued_plan
from caseseries.safety.follow import Status
from caseseries.safety.follow import status as status_of
from caseseries.stats.tally import Tally
from caseseries.summary.agreement import agreements
from caseseries.summary.by_answer import table_one_by
from caseseries.summary.cases import Cases
from caseseries.summary.characteristics import baseline_measures, deaths, follow_up, spreads, table_one
from caseseries.summary.co_medication import drugs, prior
from caseseries.summary.event_count import event_count
from caseseries.summary.exposure import exposures
from caseseries.summary.flow_steps import SCREENED, flow, not_told_of_minimum_follow_up, removed_by_minimum_follow_up
from caseseries.summary.lab_grades import lab_grades
from caseseries.summary.level_counts import branch_of_levels, levels_of
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import FindingCount, Kept, NotCharted, OutcomeSummary, RowCount, Site, Summary
from caseseries.summary.outcomes import exact_counts, outcome
from caseseries.summary.over_time import over_time
from caseseries.summary.paired_changes import change_outcome
from caseseries.summary.rates import safety
from caseseries.summary.responders import branch
from caseseries.summary.result import NONE, Count, FlowStep
from caseseries.summary.spells import spells_summary
from caseseries.summary.strata import strata
from caseseries.summary.tally_reader import TallyReader
from caseseries.summary.time_to import time_summary
from caseseries.summary.trajectory import trajectory_summary
from caseseries.summary.value_at import value_summary

_SEVERITIES = ("error", "warning", "note")

#: The first box of the flow diagram, of one source and of several.
FOUND: Mapping[Kept, tuple[str, str]] = {
    "chart": ("Charts found", "Charts found at the sites"),
    "database": ("Persons in the database", "Persons in the databases"),
    "both": ("", "Persons in charts and databases"),
}


def summarise(
    protocol: Protocol,
    tally: Tally,
    *,
    kept: Kept,
    dated: bool,
    invented: bool,
    relative: tuple[str, ...] = (),
    sites: tuple[Site, ...] = (),
    limits: tuple[str, ...] = (),
    only: Mapping[Kind, tuple[str, ...]] = {},
    cases: Cases | None = None,
) -> Summary:
    """Everything a report prints, from the counts of all ranges of patients or of all sites.

    `sites` are those whose counts were added up; `limits` are sentences on what sites did not tell, to which
    those found in the tally are added; `relative` tells on which days counted from the index date rows stand; `only` names the words of a
    kind that the source could tell where it could not tell others.

    An account that does not balance is an AssertionError: a mistake of the stages, never of the data.
    """
    reader = TallyReader(tally)
    level = Fraction(int(protocol.reporting.level), 100)
    measures = all_measures(protocol)
    included = reader.exact("cases", "", "")
    # An included case is decided: it met every criterion.
    ensure(not reader.count("cases", "", "undetermined").high)
    patients = reader.count("patients")
    ensure(
        patients.exact == included if protocol.case.per == "patient" else patients.low <= included,
        "whose cases these are",
    )
    removed = removed_by_minimum_follow_up(protocol, reader)
    lacking = not_charted(reader)
    every = {
        name: outcome(protocol, reader, plan(protocol, name), included, removed, level) for name in protocol.verdicts
    }
    levels = {name: levels_of(name, declared, every, measures, level) for name, declared in protocol.levels.items()}
    outcomes = {name: one for name, one in every.items() if one.plan.part is None or one.plan.part.kind == "at least"}
    steps = flow(protocol, reader, _branches(outcomes, levels), FOUND[kept][bool(sites)], sites=bool(sites))
    if reader.under("screened") and steps[0].label != SCREENED:
        limits = (
            *limits,
            "Some sites kept a log of the screened and others did not, so the flow does not begin with them.",
        )
    if not_told := not_told_of_minimum_follow_up(protocol, reader):
        limits = (*limits, not_told)
    spread, _ = spreads(reader, included)
    measured = baseline_measures(protocol)
    characteristics = table_one(reader, measured, included, level)
    earlier = prior(protocol, reader, included, {kind: one.cases for kind, one in lacking.items()}, level)
    return Summary(
        protocol=protocol,
        measures=measures,
        kept=kept,
        invented=protocol.invented or invented,
        dated=dated,
        relative=relative or (() if dated else ("planned days",)),
        included=included,
        patients=patients,
        flow=steps,
        outcomes=outcomes,
        levels=levels,
        agreements=agreements(protocol, reader, level),
        over_time=over_time(protocol, reader, level),
        strata=strata(protocol, reader, every, level),
        change_outcomes=tuple(
            change_outcome(protocol, reader, valued_plan(protocol, name), included, level) for name in protocol.changes
        ),
        trajectories=tuple(
            trajectory_summary(protocol, reader, name, included, level) for name in protocol.trajectories
        ),
        values_at=tuple(
            value_summary(protocol, reader, valued_plan(protocol, name), included, level) for name in protocol.described
        ),
        times={name: time_summary(protocol, reader, name, included, level) for name in protocol.times},
        spells={name: spells_summary(protocol, reader, name, included, level) for name in protocol.spells},
        event_counts={name: event_count(protocol, reader, name, level) for name in protocol.event_counts},
        table_one=characteristics,
        table_one_by=table_one_by(protocol, tally, reader, (*characteristics, *earlier), measured, included, level),
        follow_up=follow_up(spread),
        spreads=spread,
        drugs=drugs(protocol, reader, included),
        prior=earlier,
        safety=safety(protocol, reader, patients, lacking.get("adverse events"), level),
        adverse_events=_adverse_events(reader),
        graded=lab_grades(protocol, reader, included, level),
        exposures=exposures(protocol, reader, included),
        deaths=deaths(reader, patients, lacking.get("deaths"), level),
        not_charted=lacking,
        findings=_findings(reader),
        rows=tuple(
            RowCount(str(table), str(status), str(reason), n)
            for (table, status, reason), n in reader.under("rows").items()
        ),
        accounts=_accounts(reader),
        limits=(*limits, *_limits(reader)),
        pending=tuple(name for name, one in protocol.outcomes.items() if isinstance(one, PendingOutcome)),
        cases=cases,
        sites=sites,
        only=only,
    )


def _branches(outcomes: Mapping[str, OutcomeSummary], levels: Mapping[str, LevelsSummary]) -> list[FlowStep]:
    """The box of each outcome in the flow diagram, one for all its levels."""
    found: list[FlowStep | None] = []
    for one in outcomes.values():
        if one.plan.part is None:
            counted = exact_counts(one.answers[0])
            found.append(branch(one.plan, counted) if counted is not None else None)
        elif one.plan.part.widest:
            found.append(branch_of_levels(levels[one.plan.outcome]))
    return [step for step in found if step is not None]


def _adverse_events(reader: TallyReader) -> dict[Status, Count]:
    """The charted adverse events of the included cases by what is known of them."""
    found: dict[Status, Count] = dict.fromkeys(get_args(Status), NONE)
    for (_, why_not), n in reader.under("adverse").items():
        found[status_of(str(why_not))] += n
    return found


def not_charted(reader: TallyReader) -> Mapping[str, NotCharted]:
    """The kinds of fact that some or all sources could not tell, with how many cases and patients these have; of sources without a case only where
    no source has one."""
    because: dict[str, list[str]] = {}
    nobody = not reader.exact("cases", "", "")
    for kind, why in reader.under("not charted because"):
        if nobody or reader.exact("not charted", kind, "cases"):
            because.setdefault(str(kind), []).append(str(why))
    return {
        kind: NotCharted(
            reader.exact("not charted", kind, "cases"),
            reader.count("not charted", kind, "patients"),
            tuple(sorted(reasons)),
        )
        for kind, reasons in because.items()
    }


def _findings(reader: TallyReader) -> tuple[FindingCount, ...]:
    """Errors before warnings before notes, then by rule and message."""
    found = [
        FindingCount(str(severity), str(rule), str(message), n)
        for (severity, rule, message), n in reader.under("finding").items()
    ]
    return tuple(sorted(found, key=lambda one: (_SEVERITIES.index(one.severity), one.rule, one.message)))


def _accounts(reader: TallyReader) -> Mapping[str, Mapping[str, Count]]:
    """Rows per table: read = used + out of scope + refused."""
    accounts: dict[str, dict[str, Count]] = {}
    for (table, status, _), n in reader.under("rows").items():
        account = accounts.setdefault(str(table), dict.fromkeys(("read", "used", "out of scope", "refused"), NONE))
        account["read"] += n
        account[str(status)] += n
    return accounts


def _limits(reader: TallyReader) -> tuple[str, ...]:
    sentences = []
    if reader.ranges:
        sentences.append(
            f"{reader.ranges} counts of sites are told only as ranges, because they or their neighbours are small."
        )
    for prefix, n in sorted(reader.not_told().items(), key=str):
        what = " ".join(str(part) for part in prefix)
        sentences.append(f"Of {n} included cases sites told nothing of: {what}.")
    return tuple(sentences)
