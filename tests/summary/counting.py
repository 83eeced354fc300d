"""A small study counted in plain Python into the tally that the stages make by SQL for large ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.chart.tables import Chart, calendar_date
from caseseries.cohort.unseen import unseen_events
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import change_plan
from caseseries.protocol.tree import Slot
from caseseries.protocol.written import folded
from caseseries.reference import oracle
from caseseries.reference.adverse import at_risk
from caseseries.reference.record import indexed
from caseseries.response.respond import BASELINE
from caseseries.response.verdict_counts import PERCENT, QUOTIENT
from caseseries.stats.tally import Tally
from caseseries.summary.change import pairs_of
from caseseries.summary.model import Summary
from caseseries.verdict.trace import Quantity, Truth

ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}
WORDS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}


def millionths(value: Fraction, step: int = 1) -> int:
    """The nearest whole number of millionths that is a multiple of the step, a half away from zero."""
    whole = int(abs(value) * 1_000_000 / step + Fraction(1, 2)) * step
    return whole if value >= 0 else -whole


def tally_of(protocol: Protocol, chart: Chart, summary: Summary, patients: frozenset[str] | None = None) -> Tally:
    """The tally of these patients of a finished small study, all of them by default; rows and findings go with all."""
    tally = Tally()
    answers = {case.case_id: case for case in oracle.cases(protocol, chart)}
    mine = {case.case_id for case in summary.cases if patients is None or case.patient in patients}
    tally.add(("persons",), len({case.patient for case in summary.cases if case.case_id in mine}))
    for case in summary.cases:
        if case.case_id in mine:
            tally.add(("cases", case.failed_criterion, "undetermined" if case.undetermined else ""))
    for case in summary.included:
        if case.case_id in mine:
            tally.add(("age", -1 if case.age_years is None else case.age_years))
            tally.add(("sex", case.sex))
            assert case.observed_days is not None
            tally.add(("observed", case.observed_days))
            tally.add(("on drug", -1 if case.on_drug_days is None else case.on_drug_days))
            tally.add(("duration", -1 if case.disease_duration_days is None else case.disease_duration_days))
    count_deaths(tally, summary, mine)
    count_not_charted(tally, summary, mine, database="person" in chart.counted)
    for name in summary.outcomes:
        _verdicts(tally, protocol, chart, summary, name, mine)
    for name in protocol.changes:
        plan = change_plan(protocol, name)
        for case_id in sorted(mine):
            if answers[case_id].included:
                study = indexed(protocol, chart)
                pair = [oracle.quantity(study, answers[case_id], plan, plan.primary, slot) for slot in plan.slots[:2]]
                if plan.among is not None:
                    member = oracle.among(protocol, chart, answers[case_id], plan, plan.primary)[0]
                    told = {True: "yes", False: "outside", None: "unplaced not evaluable"}[member]
                    tally.add(("answer", name, 0, 0, told))
                    if member is not True:
                        continue
                _change(tally, summary, name, pair[1].slot.measure, pair)
    _safety(tally, protocol, chart, summary, mine)
    for use in summary.drugs:
        if use.case_id in mine:
            tally.add(("drug", use.drug, use.role))
    for group in protocol.prior_groups:
        before = {use.case_id for use in summary.drugs if group in use.groups and use.start < 0}
        tally.add(("prior", group), len(before & mine))
    if patients is None:
        _rows(tally, summary)
    return tally


def count_deaths(tally: Tally, summary: Summary, mine: set[str]) -> None:
    """Each patient once, by the last case before the death; of several cases the last says how long the patient was followed."""
    cases = {
        case.patient: [one for one in summary.included if one.patient == case.patient] for case in summary.included
    }
    for found in cases.values():
        if found[0].case_id not in mine:
            continue
        tally.add(("patients",))
        if "deaths" in summary.not_charted:
            continue
        if found[0].death_day is None:
            tally.add(("no death",))
            continue
        days = [case.death_day for case in found if case.death_day is not None]
        before = [day for day in days if day >= 0]
        tally.add(("deaths", min(before) if before else max(days)))
        assert found[-1].death_day is not None and found[-1].observed_days is not None
        tally.add(("deaths within",), int(found[-1].death_day <= found[-1].observed_days))


def count_not_charted(tally: Tally, summary: Summary, mine: set[str], *, database: bool = False) -> None:
    """The kinds of fact that the source could not tell, with how many of these cases and patients it has."""
    cases = [case for case in summary.included if case.case_id in mine]
    for kind, why in summary.not_charted.items():
        tally.add(("not charted", kind, "cases"), len(cases))
        tally.add(("not charted", kind, "patients"), len({case.patient for case in cases}))
        tally.add(("not charted because", kind, why), len(cases))
    told = unseen_events(summary.protocol, summary.not_charted, summary.only, database=database)
    lacking = {f"event: {event}": why for event, why in told.items()}
    for what, why in lacking.items():
        tally.add(("not charted", what, "cases"), len(cases))
        tally.add(("not charted", what, "patients"), len({case.patient for case in cases}))
        tally.add(("not charted because", what, why), len(cases))


def _rows(tally: Tally, summary: Summary) -> None:
    for row in summary.rows:
        tally.add(("rows", row.table, row.status, row.reason))
    for finding in summary.findings:
        tally.add(("finding", finding.severity, finding.rule, finding.message))


def _verdicts(tally: Tally, protocol: Protocol, chart: Chart, summary: Summary, name: str, mine: set[str]) -> None:
    found = summary.outcomes[name]
    answers = {case.case_id: case for case in oracle.cases(protocol, chart)}
    primary = {verdict.case_id: verdict.truth for verdict in found.verdicts[0]}
    for spec in found.plan.specs:
        for verdict in found.verdicts[spec.number]:
            if verdict.case_id not in mine:
                continue
            case = answers[verdict.case_id]
            assert case.index is not None
            year = calendar_date(case.index).year if chart.dated and not spec.number else 0
            member = oracle.among(protocol, chart, case, found.plan, spec)[0]
            inside, told = member is True, ANSWERS[verdict.truth]
            placed = told if inside else "outside" if member is False else f"unplaced {told}"
            tally.add(("answer", name, spec.number, year, placed))
            if not inside:
                continue
            if verdict.truth is None:
                tally.add(("why", name, spec.number, verdict.absent))
            if verdict.decided_by:
                tally.add(("decided", name, spec.number, verdict.decided_by))
            for event in verdict.events:
                tally.add(("occurred", name, spec.number, event))
            if verdict.truth is not primary[verdict.case_id]:
                tally.add(("flip", name, spec.number, WORDS[primary[verdict.case_id]], WORDS[verdict.truth]))
    for measure in pairs_of(found.plan.slots, found.plan.at, BASELINE):
        if summary.measures[measure].kind != "judgement":
            for verdict in found.verdicts[0]:
                if verdict.case_id in mine and verdict.inside is True:
                    values = {quantity.slot: quantity for quantity in verdict.quantities}
                    _change(
                        tally, summary, name, measure,
                        [values[Slot(measure, BASELINE)], values[Slot(measure, found.plan.at)]],
                    )  # fmt: skip


def _change(tally: Tally, summary: Summary, outcome: str, measure: str, pair: Sequence[Quantity]) -> None:
    before, after = pair
    if before.value is None or after.value is None:
        missing = before if before.value is None else after
        tally.add(("absent", outcome, measure, missing.slot.window, missing.absent))
        return
    parts = {"before": before.value, "after": after.value, "change": after.value - before.value}
    if summary.measures[measure].kind == "dose" and before.value > 0:
        parts["percent"] = 100 * (before.value - after.value) / before.value
    for part, value in parts.items():
        tally.add(
            (
                "value",
                outcome,
                measure,
                part,
                millionths(
                    value, PERCENT if part == "percent" else QUOTIENT if summary.measures[measure].kind == "dose" else 1
                ),
            )
        )


def _safety(tally: Tally, protocol: Protocol, chart: Chart, summary: Summary, mine: set[str]) -> None:
    if summary.safety is None or protocol.safety is None:
        return
    study = indexed(protocol, chart)
    for case in oracle.cases(protocol, chart):
        if case.case_id in mine and case.included:
            risk = at_risk(study, case)
            tally.add(("days at risk",), risk.days)
            tally.add(("days perhaps at risk",), risk.most - risk.days)
            if "adverse events" in summary.not_charted:
                tally.add(("not charted", "adverse events", "days"), risk.days)
                tally.add(("not charted", "adverse events", "days perhaps"), risk.most - risk.days)
    if mine >= {case.case_id for case in summary.cases}:
        for seen in summary.safety.monitoring:
            tally.add(("monitored", seen.measure, "values"), seen.values)
            tally.add(("monitored", seen.measure, "patients"), seen.patients)
            tally.add(("monitored", seen.measure, "beyond"), len(seen.beyond))
    if "adverse events" in summary.not_charted:
        return
    with_event: dict[str, set[str]] = {"": set()}
    patient_of = {case.case_id: case.patient for case in summary.included}
    for event in summary.safety.events:
        if event.case_id in mine:
            tally.add(("adverse", folded(event.term), event.why_not))
            if event.on_treatment:
                with_event[""].add(patient_of[event.case_id])
                with_event.setdefault(folded(event.term), set()).add(patient_of[event.case_id])
    for term, people in with_event.items():
        tally.add(("adverse patients", term), len(people))
    tally.add(
        ("adverse patients any",),
        len({patient_of[event.case_id] for event in summary.safety.events if event.case_id in mine}),
    )
