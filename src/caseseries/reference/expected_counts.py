"""What the engine counts, counted in plain Python from the answers of the oracle, one case at a time: for every small run to be compared with.

The keys are those that the rooms from ``cohort`` to ``safety`` state; :data:`SECTIONS` are those that are counted here. Of outcomes the rule as
written and its readings count, no further cell of the grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries.chart.tables import Chart, Fact, Person, calendar_date
from caseseries.protocol.eligibility import Diagnosis
from caseseries.protocol.measures import all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE, OutcomePlan, change_plan, pairs_of, plan
from caseseries.protocol.tree import Slot
from caseseries.reference.adverse import at_risk, events_of
from caseseries.reference.case import CaseAnswer
from caseseries.reference.oracle import among
from caseseries.reference.quantity import quantity
from caseseries.reference.record import folded, indexed
from caseseries.stats.tally import Key, Tally, value_key
from caseseries.verdict.trace import Quantity, Truth, Verdict

#: The sections that are counted here.
SECTIONS = frozenset(
    (
        "persons", "cases", "patients", "age", "sex", "observed", "on drug", "duration", "answer", "why", "decided", "occurred", "flip",
        "value", "absent", "baseline", "baseline absent", "days at risk", "days perhaps at risk", "adverse", "adverse patients",
        "adverse patients any", "adverse patients perhaps",
    )
)  # fmt: skip

#: Those about adverse events.
ADVERSE = frozenset(("adverse", "adverse patients", "adverse patients any", "adverse patients perhaps"))

_ANSWERS: dict[Truth, str] = {True: "yes", False: "no", None: "not evaluable"}
_FLIPS: dict[Truth, str] = {True: "responder", False: "non-responder", None: "not evaluable"}
#: What :func:`caseseries.reference.adverse.events_of` says of an event that may be on treatment or not.
_POSSIBLE = "date not exact, so it may be on treatment or not"

#: By outcome and spec, the verdict of each included case.
Verdicts = Mapping[str, Mapping[int, Mapping[str, Verdict]]]


def tally(protocol: Protocol, chart: Chart, answers: Sequence[CaseAnswer], verdicts: Verdicts) -> Tally:
    """Count who was found, what the cases are like, their answers and values, and adverse events over time at risk."""
    counts = Tally()
    included = [one for one in answers if one.included]
    counts.add(("persons",), len(chart.people))
    counts.add(("patients",), len({one.patient for one in included}))
    for one in answers:
        counts.add(("cases", one.failed, "undetermined" if one.undetermined else ""))
    _people(counts, protocol, chart, included)
    owned: set[str] = set()
    for name in protocol.verdicts:
        outcome = plan(protocol, name)
        _answers(counts, chart, outcome, verdicts[name], included)
        _values(counts, protocol, outcome, verdicts[name][0])
        for slot in outcome.slots:
            if slot.window == BASELINE:
                values = [_of(one, slot) for one in verdicts[name][0].values()]
                _baseline(counts, protocol, owned, slot, values)
    for name in protocol.changes:
        _change(counts, protocol, chart, change_plan(protocol, name), included, owned)
    _safety(counts, protocol, chart, included)
    return counts


def compared(counts: Tally, protocol: Protocol, *, every_person: bool) -> Tally:
    """Of a run's counts those that are compared; without the persons whom a source only counted (`every_person` is False), and without
    adverse events where the protocol declares no safety."""
    kept = Tally()
    sections = SECTIONS if protocol.safety is not None else SECTIONS - ADVERSE
    for key, n in counts.counts.items():
        if key[0] in sections and (every_person or key[0] not in {"persons", "cases"} or key[:2] == ("cases", "")):
            kept.add(key, n)
    return kept


def without_grid(counts: Tally, protocol: Protocol) -> Tally:
    """The same without the further cells of the robustness grid."""
    grids = {
        (name, spec.number) for name in protocol.verdicts for spec in plan(protocol, name).specs if spec.role == "grid"
    }
    kept = Tally()
    for key, n in counts.counts.items():
        if key[0] not in {"answer", "why", "decided", "occurred", "flip"} or (key[1], key[2]) not in grids:
            kept.add(key, n)
    return kept


def _people(counts: Tally, protocol: Protocol, chart: Chart, included: Sequence[CaseAnswer]) -> None:
    people = {person.patient: person for person in chart.people}
    diagnosed: dict[str, list[Fact]] = {}
    asked = {folded(one.diagnosis) for one in protocol.include if isinstance(one, Diagnosis)}
    for fact in chart.facts:
        if fact.kind == "diagnosis" and fact.start is not None and (not asked or folded(fact.term) in asked):
            diagnosed.setdefault(fact.patient, []).append(fact)
    for one in included:
        assert one.index is not None and one.follow_end is not None
        person = people[one.patient]
        age = _age(person, one.index, dated=chart.dated)
        counts.add(("age", -1 if age is None else age))
        counts.add(("sex", person.sex))
        counts.add(("observed", one.follow_end - one.index))
        counts.add(("on drug", -1 if one.on_drug_end is None else one.on_drug_end - one.index))
        since = _since(diagnosed.get(one.patient, []), one.index)
        counts.add(("duration", -1 if since is None else since))


def _age(person: Person, index: int, *, dated: bool) -> int | None:
    """Completed years at the index date, where all possible birth days agree; else what was recorded."""
    if not dated or person.birth_low is None or person.birth_high is None:
        return None if person.age is None else int(person.age)
    then = calendar_date(index)
    ages = set()
    for born in map(calendar_date, (person.birth_low, person.birth_high)):
        ages.add(then.year - born.year - ((then.month, then.day) < (born.month, born.day)))
    return ages.pop() if len(ages) == 1 else None


def _since(diagnoses: Sequence[Fact], index: int) -> int | None:
    """Days from the first diagnosis to the index date; None where its day is not known, or lies after it."""
    if not diagnoses:
        return None
    low = min(one.start if one.low is None else one.low for one in diagnoses if one.start is not None)
    high = min(one.start if one.high is None else one.high for one in diagnoses if one.start is not None)
    first = min(one.start for one in diagnoses if one.start is not None)
    return index - first if low == high and first <= index else None


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
    for part, value in _parts(before.value, after.value, dose=all_measures(protocol)[measure].kind == "dose"):
        counts.add(("value", outcome, measure, part, value_key(value)))


def _parts(before: Fraction, after: Fraction, *, dose: bool) -> Iterator[tuple[str, Fraction]]:
    yield from (("before", before), ("after", after), ("change", after - before))
    if dose and before > 0:
        yield "percent", (before - after) / before * 100


def _baseline(counts: Tally, protocol: Protocol, owned: set[str], slot: Slot, values: Sequence[Quantity]) -> None:
    """The baseline of a measure, of every included case, where it is the first outcome that compares it."""
    if slot.measure in owned or all_measures(protocol)[slot.measure].kind == "judgement":
        return
    owned.add(slot.measure)
    for one in values:
        key: Key = ("baseline absent", slot.measure, one.absent)
        counts.add(key if one.value is None else ("baseline", slot.measure, value_key(one.value)))


def _change(
    counts: Tally,
    protocol: Protocol,
    chart: Chart,
    outcome: OutcomePlan,
    included: Sequence[CaseAnswer],
    owned: set[str],
) -> None:
    study, (before, after) = indexed(protocol, chart), outcome.slots[:2]
    firsts = []
    for one in included:
        pair = tuple(quantity(study, one, outcome, outcome.primary, slot) for slot in (before, after))
        firsts.append(pair[0])
        if outcome.among is not None:
            member = among(protocol, chart, one, outcome, outcome.primary)[0]
            counts.add(("answer", outcome.name, 0, 0, _placed(member, member)))
            if member is not True:
                continue
        _pair(counts, protocol, outcome.name, after.measure, (pair[0], pair[1]))
    _baseline(counts, protocol, owned, before, firsts)


def _safety(counts: Tally, protocol: Protocol, chart: Chart, included: Sequence[CaseAnswer]) -> None:
    if protocol.safety is None:
        return
    study = indexed(protocol, chart)
    charted = "adverse events" not in chart.unknown()
    certain: dict[str, set[str]] = {"": set()}
    at_most: dict[str, set[str]] = {"": set()}
    any_event: set[str] = set()
    for one in included:
        risk = at_risk(study, one)
        counts.add(("days at risk",), risk.days)
        counts.add(("days perhaps at risk",), risk.most - risk.days)
        for fact, why_not in events_of(study, one) if charted else ():
            counts.add(("adverse", folded(fact.term), why_not))
            any_event.add(one.patient)
            for held, whys in ((certain, ("",)), (at_most, ("", _POSSIBLE))):
                if why_not in whys:
                    for term in ("", folded(fact.term)):
                        held.setdefault(term, set()).add(one.patient)
    for term, people in at_most.items():
        counts.add(("adverse patients", term), len(certain.get(term, ())))
        counts.add(("adverse patients perhaps", term), len(people) - len(certain.get(term, ())))
    counts.add(("adverse patients any",), len(any_event))
