"""The answers of the included cases and their values before and after, counted from the verdicts of the oracle (as written and its readings)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries.chart.tables import Chart, calendar_date
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE, OutcomePlan, pairs_of, plan, time_plan, valued_plan
from caseseries.protocol.spell_plan import ruled_plans, spell_plan
from caseseries.protocol.tree import Slot
from caseseries.reference.case import CaseAnswer
from caseseries.reference.event_count import count_events
from caseseries.reference.expected_by_answer import Owned, baseline_key, count_by_answer
from caseseries.reference.oracle import among, case_spells, case_time
from caseseries.reference.quantity import quantity
from caseseries.reference.record import Indexed
from caseseries.reference.spells import count_spells
from caseseries.reference.stratum import stratum_of
from caseseries.reference.trajectory import count_trajectories
from caseseries.stats.tally import Tally, value_key
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import Quantity, Truth, Verdict

_ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}
_FLIPS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}

#: By outcome and spec, the verdict of each included case.
Verdicts = Mapping[str, Mapping[int, Mapping[str, Verdict]]]


_LETTER = {"yes": "y", "no": "n", "not evaluable": "?", "outside": "o", "denominator not known": "u"}


def count_answers(counts: Tally, study: Indexed, included: Sequence[CaseAnswer], verdicts: Verdicts) -> None:
    """Count answers, reasons and events, then values and baselines, of verdict outcomes and of changes."""
    protocol, chart = study.protocol, study.chart
    owned: Owned = {}
    for name in protocol.verdicts:
        outcome = plan(protocol, name)
        _answers(counts, chart, outcome, verdicts[name], included)
        _values(counts, protocol, outcome, verdicts[name][0])
        for slot in outcome.slots:
            if slot.window == BASELINE:
                values = {case: _of(one, slot) for case, one in verdicts[name][0].items()}
                _baseline(counts, protocol, owned, slot, values)
    for first, second in protocol.reporting.agree:
        for one in included:
            pair = (_beside(verdicts[name][0][one.case_id]) for name in (first, second))
            counts.add(("agreement", first, second, *pair))
    for name, points in protocol.over_time.items():
        for one in included:
            row = (_beside(verdicts[point][0][one.case_id]) for point in points)
            counts.add(("over time", name, "".join(_LETTER[answer] for answer in row)))
    for name, declared in protocol.verdicts.items():
        if declared.by is not None and (declared.part is None or declared.part.kind == "at least"):
            for one in included:
                stratum = stratum_of(study, declared.by, study.patients[one.patient].person)
                counts.add(("stratum", name, *stratum, _beside(verdicts[name][0][one.case_id])))
    _times(counts, study, included)
    for name, spelled in protocol.spells.items():
        of_name = spell_plan(protocol, name)
        of_cases = (case_spells(protocol, chart, one, of_name) for one in included)
        count_spells(counts, name, spelled.states, of_cases)
    count_events(counts, study, included)
    for name in protocol.changes:
        _change(counts, study, valued_plan(protocol, name), included, owned)
    count_trajectories(counts, study, included)
    for name in protocol.described:
        _described(counts, study, valued_plan(protocol, name), included, next(iter(verdicts.values()), None))
    _baselines_by_day(counts, study, included, owned)
    if (asked := protocol.table_one_by) is not None:
        count_by_answer(
            counts, study, included, {case: _beside(one) for case, one in verdicts[asked][0].items()}, owned
        )


def _answers(
    counts: Tally,
    chart: Chart,
    outcome: OutcomePlan,
    verdicts: Mapping[int, Mapping[str, Verdict]],
    included: Sequence[CaseAnswer],
) -> None:
    for number, of_cases in verdicts.items():
        for one in included:
            verdict, primary = of_cases[one.case_id], verdicts[0][one.case_id]
            assert one.index is not None
            year = calendar_date(one.index).year if chart.dated and not number else 0
            counts.add(("answer", outcome.name, number, year, _placed(verdict.truth, verdict.inside)))
            if verdict.inside is not True:
                continue
            if verdict.truth is None:
                counts.add(("why", outcome.name, number, verdict.absent))
            if verdict.decided_by:
                counts.add(("decided", outcome.name, number, verdict.decided_by))
            for event in verdict.events:
                counts.add(("occurred", outcome.name, number, event))
            if verdict.truth is not primary.truth:
                counts.add(("flip", outcome.name, number, _FLIPS[primary.truth], _FLIPS[verdict.truth]))


def _placed(truth: Truth, inside: Truth) -> str:
    if inside is False:
        return "outside"
    return _ANSWERS[truth] if inside else f"unplaced {_ANSWERS[truth]}"


def _beside(verdict: Verdict) -> str:
    """The answer of a case in a table of two outcomes."""
    if verdict.inside is not True:
        return "outside" if verdict.inside is False else "denominator not known"
    return _ANSWERS[verdict.truth]


def _of(verdict: Verdict, slot: Slot) -> Quantity:
    return next(one for one in verdict.quantities if one.slot == slot)


def _values(counts: Tally, protocol: Protocol, outcome: OutcomePlan, verdicts: Mapping[str, Verdict]) -> None:
    for measure in pairs_of(outcome.slots, outcome.at, BASELINE):
        if all_measures(protocol)[measure].kind != "judgement":
            for verdict in verdicts.values():
                if verdict.inside is True:
                    pair = _of(verdict, Slot(measure, BASELINE)), _of(verdict, Slot(measure, outcome.at))
                    _pair(counts, protocol, outcome.name, measure, pair)


def _pair(counts: Tally, protocol: Protocol, outcome: str, measure: str, pair: tuple[Quantity, Quantity]) -> None:
    before, after = pair
    if before.value is None or after.value is None:
        missing = before if before.value is None else after
        counts.add(("absent", outcome, measure, missing.slot.window, missing.absent))
        return
    declared = protocol.changes.get(outcome)
    dose = all_measures(protocol)[measure].kind == "dose"
    percent = -1 if dose else int(declared is not None and declared.percent)
    for part, value in _parts(before.value, after.value, percent):
        counts.add(("value", outcome, measure, part, value_key(value)))


def _parts(before: Fraction, after: Fraction, percent: int) -> Iterator[tuple[str, Fraction]]:
    yield from (("before", before), ("after", after), ("change", after - before))
    if percent and before > 0:  # of a dose a fall counts, of another measure a rise
        yield "percent", percent * (after / before - 1) * 100


def _baseline(counts: Tally, protocol: Protocol, owned: Owned, slot: Slot, values: Mapping[str, Quantity]) -> None:
    """The baseline of a measure, of every included case, where it is the first outcome that compares it."""
    if slot.measure in owned or all_measures(protocol)[slot.measure].kind == "judgement":
        return
    owned[slot.measure] = values
    for one in values.values():
        counts.add(baseline_key(slot.measure, one))


def _times(counts: Tally, study: Indexed, included: Sequence[CaseAnswer]) -> None:
    """How the time of each case to each event ended, on which day, or why it has none."""
    for name in study.protocol.times:
        plan = time_plan(study.protocol, name)
        for one in included:
            for spec in plan.specs[1:]:
                _time_again(counts, name, spec.number, case_time(study.protocol, study.chart, one, plan, spec))
            found = case_time(study.protocol, study.chart, one, plan)
            if found.ending is None:
                counts.add(("no time", name, str(found.because)))
                continue
            assert found.days is not None
            counts.add(("time", name, found.ending, found.days))
            if found.unread:
                counts.add(("time unread", name, found.ending))
            if found.unclear:
                counts.add(("time unclear", name, found.ending))


def _time_again(counts: Tally, name: str, spec: int, found: CaseTime) -> None:
    """A time under another reading, or in another cell of the grid."""
    if found.ending is None:
        counts.add(("no time again", name, spec, str(found.because)))
    else:
        assert found.days is not None
        counts.add(("time again", name, spec, found.ending, found.days))


def _baselines_by_day(counts: Tally, study: Indexed, included: Sequence[CaseAnswer], owned: Owned) -> None:
    for outcome in ruled_plans(study.protocol):
        for slot in outcome.slots:
            if slot.window == BASELINE:
                values = {one.case_id: quantity(study, one, outcome, outcome.primary, slot) for one in included}
                _baseline(counts, study.protocol, owned, slot, values)


def _change(counts: Tally, study: Indexed, outcome: OutcomePlan, included: Sequence[CaseAnswer], owned: Owned) -> None:
    protocol, (before, after) = study.protocol, outcome.values
    firsts: dict[str, Quantity] = {}
    for one in included:
        pair = tuple(quantity(study, one, outcome, outcome.primary, slot) for slot in (before, after))
        firsts[one.case_id] = pair[0]
        if outcome.among is not None:
            member = among(protocol, study.chart, one, outcome, outcome.primary)[0]
            counts.add(("answer", outcome.name, 0, 0, _placed(member, member)))
            if member is not True:
                continue
        _pair(counts, protocol, outcome.name, after.measure, (pair[0], pair[1]))
    _baseline(counts, protocol, owned, before, firsts)


def _described(
    counts: Tally,
    study: Indexed,
    outcome: OutcomePlan,
    included: Sequence[CaseAnswer],
    first: Mapping[int, Mapping[str, Verdict]] | None,
) -> None:
    """The value of each case by its answer to the first verdict, or why it has none."""
    (slot,) = outcome.values
    for one in included:
        if outcome.among is not None:
            member = among(study.protocol, study.chart, one, outcome, outcome.primary)[0]
            counts.add(("answer", outcome.name, 0, 0, _placed(member, member)))
            if member is not True:
                continue
        answer = "" if first is None else _beside(first[0][one.case_id])
        found = quantity(study, one, outcome, outcome.primary, slot)
        if found.value is None:
            counts.add(("described absent", outcome.name, answer, found.absent))
        else:
            counts.add(("described", outcome.name, answer, slot.measure, value_key(found.value)))
