"""The cases of a run as tables, from what the stages say of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from caseseries.chart.natural import natural
from caseseries.chart.of_patient import each_patient
from caseseries.chart.tables import Chart
from caseseries.cohort.other_drugs import OtherDrug
from caseseries.cohort.select import Cohort
from caseseries.errors import ensure
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE, OutcomePlan, pairs_of
from caseseries.protocol.tree import Slot
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.response.verdict_counts import FLIPS
from caseseries.safety.follow import Safety
from caseseries.summary.between import codes_of, of_case, with_codes
from caseseries.summary.case_drugs import drug_uses, study_courses
from caseseries.summary.case_events import adverse_events, beyond
from caseseries.summary.case_levels import Telling, level_sentences
from caseseries.summary.case_rows import case_rows
from caseseries.summary.cases import Cases, OutcomeCases
from caseseries.summary.from_reference import with_derived
from caseseries.summary.pivotal import pivotal
from caseseries.summary.series import at_visits, before_index, points
from caseseries.verdict.narrator import Told, sentence_of
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.told_again import ToldAgain
from caseseries.verdict.trace import Quantity, Truth, Verdict

#: The daily dose of each included case as steps: first relative day, dose in mg/day; None from where it is not known.
Steps = Mapping[str, tuple[tuple[int, Fraction | None], ...]]
#: Cases and the values chosen for them, by slot.
Chosen = Sequence[tuple[str, Mapping[Slot, Quantity]]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One verdict outcome after the stages: its plan, verdicts by spec, and how many met it at other thresholds."""

    plan: OutcomePlan
    verdicts: Mapping[int, tuple[Verdict, ...]]
    thresholds: ThresholdCounts | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One outcome without a rule after the stages: its plan, the values chosen, by case, and who belongs to its denominator."""

    plan: OutcomePlan
    chosen: Chosen
    inside: Mapping[str, Truth]


def case_tables(
    protocol: Protocol,
    chart: Chart,
    cohort: Cohort,
    answered: Sequence[Answered],
    changed: Sequence[Changed],
    safety: Safety,
    drugs: Sequence[OtherDrug],
    steps: Steps,
    begun: Mapping[str, frozenset[int]] = {},
    times: Mapping[str, tuple[CaseTime, ...]] = {},
    spells: Mapping[str, tuple[CaseSpells, ...]] = {},
) -> Cases:
    """Everything that is told of single cases."""
    measures = all_measures(protocol)
    alone = each_patient(chart, {case.patient for case in cohort.included}) if answered else {}
    derived = with_derived(protocol, chart)
    codes, included = codes_of(derived), {case.case_id: case for case in cohort.included}

    def telling(plan: OutcomePlan, verdict: Verdict) -> Told:
        case, spec = included[verdict.case_id], plan.primary
        between = of_case(protocol, alone[case.patient], case, verdict, steps.get(case.case_id, ()), spec)
        return Told(spec.tree, with_codes(codes, case, verdict, spec), measures, protocol, spec, between)

    outcomes = {one.plan.name: _outcome(protocol, chart, cohort, one, steps, begun, telling) for one in answered}
    levels = {
        name: level_sentences(
            name,
            declared,
            {one.plan.name: (one.plan, one.verdicts[0]) for one in answered},
            telling,
        )
        for name, declared in protocol.levels.items()
    }
    primary = answered[0].plan if answered else None
    verdicts = answered[0].verdicts[0] if answered else ()
    series = points(cohort, derived, verdicts, measures)
    index = protocol.case.index_date
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset[str]()
    names = pairs_of(primary.slots, primary.at, BASELINE) if primary else []
    without: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for one in answered:
        inside = [verdict for verdict in one.verdicts[0] if verdict.inside is True]
        chosen = [(verdict.case_id, {quantity.slot: quantity for quantity in verdict.quantities}) for verdict in inside]
        for name in pairs_of(one.plan.slots, one.plan.at, BASELINE):
            without[one.plan.name, name] = _without_change(chosen, (Slot(name, BASELINE), Slot(name, one.plan.at)))
    for other in changed:
        those = [(case_id, found) for case_id, found in other.chosen if other.inside[case_id] is True]
        values = other.plan.values
        without[other.plan.name, values[-1].measure] = _without_change(those, values)
    return Cases(
        rows=case_rows(protocol, cohort, chart),
        outcomes=outcomes,
        levels=levels,
        without_change=without,
        drugs=drug_uses(protocol, chart, drugs),
        study_drug=study_courses(cohort, chart, studied),
        events=adverse_events(cohort, chart, safety),
        beyond=beyond(protocol, safety),
        pre_index=before_index(
            series,
            verdicts,
            measures,
            [name for name in names if measures[name].kind == "number"],
            BASELINE,
            protocol.windows[BASELINE] if names else None,
        ),
        points=series,
        doses=tuple(sorted(steps.items(), key=lambda item: natural(item[0]))),
        findings=chart.findings,
        source_rows=chart.rows,
        times=times,
        spells=spells,
        graded=safety.graded,
        exposure=safety.exposure,
    )


def _outcome(
    protocol: Protocol,
    chart: Chart,
    cohort: Cohort,
    one: Answered,
    steps: Steps,
    begun: Mapping[str, frozenset[int]],
    telling: Telling,
) -> OutcomeCases:
    plan, measures = one.plan, all_measures(protocol)
    primary = one.verdicts[0]
    ensure([verdict.case_id for verdict in primary] == [case.case_id for case in cohort.included])
    inside = [verdict for verdict in primary if verdict.inside is True]
    # Of a dose that is added up from courses every day is known; where none is, what was written at visits is all there is.
    written = next(iter(protocol.doses), "") if all(one.source == "visits" for one in protocol.doses.values()) else ""
    before = {verdict.case_id: verdict.truth for verdict in primary}
    counted = {number: [one for one in verdicts if one.inside is True] for number, verdicts in one.verdicts.items()}
    return OutcomeCases(
        verdicts=one.verdicts,
        flips={
            number: tuple(
                (verdict.case_id, f"{FLIPS[before[verdict.case_id]]} → {FLIPS[verdict.truth]}")
                for verdict in verdicts
                if verdict.truth is not before[verdict.case_id]
            )
            for number, verdicts in counted.items()
        },
        mean_changes=_mean_changes(plan, measures, counted),
        pivotal=pivotal(
            protocol,
            plan.primary.tree,
            inside,
            measures,
            steps,
            begun,
            at_visits(cohort, chart, written) if written else {},
            measures[written].unit if written else "",
        ),
        sentences=ToldAgain(
            {
                verdict.case_id: partial(sentence_of, telling(plan, verdict))
                for verdict in (primary if plan.part is None or plan.part.kind == "at least" else ())
            }
        ),
        thresholds=one.thresholds,
    )


def _without_change(chosen: Chosen, slots: Sequence[Slot]) -> tuple[tuple[str, str], ...]:
    """The cases without a change (or without the value at one time), each with the first value that is absent and why."""
    found = []
    for case_id, values in chosen:
        missing = next((values[slot] for slot in slots if values[slot].value is None), None)
        if missing is not None:
            found.append((case_id, f"{missing.slot.window} {missing.slot.measure}: {missing.absent}"))
    return tuple(found)


def _mean_changes(
    plan: OutcomePlan, measures: Mapping[str, MeasureFacts], counted: Mapping[int, Sequence[Verdict]]
) -> dict[int, dict[str, Fraction | None]]:
    """The mean change of each compared measure under every spec; of specs that chose the same values it is computed once."""
    found: dict[int, dict[str, Fraction | None]] = {number: {} for number in counted}
    for name in pairs_of(plan.slots, plan.at, BASELINE):
        if measures[name].grades:
            continue
        dose = measures[name].kind == "dose"
        before, after = plan.slots.index(Slot(name, BASELINE)), plan.slots.index(Slot(name, plan.at))
        once: dict[tuple[tuple[int, int], ...], Fraction | None] = {}
        for number, verdicts in counted.items():
            pairs = [(verdict.quantities[before], verdict.quantities[after]) for verdict in verdicts]
            key = tuple((id(first), id(last)) for first, last in pairs)
            if key not in once:
                once[key] = _mean_change(pairs, percent=dose)
            found[number][f"{name} percent decrease" if dose else f"{name} change"] = once[key]
    return found


def _mean_change(pairs: Iterable[tuple[Quantity, Quantity]], *, percent: bool) -> Fraction | None:
    changes = []
    for first, last in pairs:
        before, after = first.value, last.value
        if before is None or after is None or (percent and before <= 0):
            continue
        changes.append(100 * (before - after) / before if percent else after - before)
    return sum(changes, Fraction(0)) / len(changes) if changes else None
