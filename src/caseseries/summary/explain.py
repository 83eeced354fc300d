"""Why one case has its verdict: the sentence, every part of the rule, the cells it rests on, the values passed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from caseseries.chart.tables import Bound, Chart
from caseseries.errors import Place
from caseseries.protocol.amount import SIDES
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import AS_WRITTEN, OutcomePlan, Spec, valued_plan
from caseseries.protocol.tree import Tree
from caseseries.summary.between import codes_of, of_case, with_codes
from caseseries.summary.case_levels import under
from caseseries.summary.cases import CaseRow, Cases
from caseseries.summary.compare import disagreement, same_spells, same_time, same_verdict
from caseseries.summary.derived import PartOfValue, incomplete_days, parts_of_value
from caseseries.summary.from_reference import (
    Candidate,
    CaseAnswer,
    answer_of,
    candidates_of,
    events_of,
    stratum_words,
    values_of,
    with_derived,
)
from caseseries.summary.model import Summary
from caseseries.verdict.denominator import outside_words
from caseseries.verdict.level_sentence import level_labels, level_sentence, level_words, possible
from caseseries.verdict.names import why_absent
from caseseries.verdict.narrator import Told, sentence_of
from caseseries.verdict.spells import CaseSpells, spells_sentence, visit_lines
from caseseries.verdict.time_to import CaseTime, time_name, time_sentence
from caseseries.verdict.trace import Quantity, Verdict
from caseseries.verdict.trace_lines import EVENT, trace_lines


@dataclass(frozen=True, slots=True)
class Passed:
    """A recorded value that was not taken: its day relative to the index date, its cell, and why not.

    With a `bound` (`<`, `<=`, `>`, `>=`) the value is only known to be below or above it.
    """

    value: Fraction
    day: int
    place: Place
    why: str
    bound: Bound = ""


@dataclass(frozen=True, slots=True)
class Normally:
    """A limit of normal that a value was compared with: `lower` or `upper`, and its cell; no place where it is that of the protocol."""

    side: Literal["lower", "upper"]
    limit: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class Rested:
    """A value that a verdict rests on, its cell, the values that were passed over for it, and the limits of normal it was compared with.

    The place is empty for a dose added up from courses, for a mean (`averaged`, where the window takes one) and for a derived value, whose
    `parts` have their cells; `incomplete` are the days of the window on which a part of it was missing, each with what was.
    """

    quantity: Quantity
    place: Place
    passed: tuple[Passed, ...]
    parts: tuple[PartOfValue, ...] = ()
    incomplete: tuple[tuple[int, str], ...] = ()
    limits: tuple[Normally, ...] = ()
    averaged: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one case has its verdict under one spec; `verdict` is None for a case that was not included.

    `outside` says why the case is outside the outcome's denominator, or that this is not known. Of an outcome with levels `level` is the
    level, or those still possible, in words, and the verdict is that on any level but the last. Of a time to an event there is no verdict but the
    `time`; of spells the `spells`, with the visits that were read as `trace`. `stratum` is under what the case is counted, where the outcome
    tells its answers apart.
    """

    case: CaseRow
    outcome: str
    reading: str
    verdict: Verdict | None
    sentence: str
    trace: tuple[str, ...] = ()
    rests_on: tuple[Rested, ...] = ()
    outside: str = ""
    level: str = ""
    time: CaseTime | None = None
    stratum: str = ""
    spells: CaseSpells | None = None

    def __repr__(self) -> str:
        """Which outcome and reading it is about; the patient and the sentence stand in `case` and `sentence`."""
        return f"<Explanation of {self.outcome!r}, {self.reading}: {len(self.trace)} lines of trace>"


def explain(
    summary: Summary, cases: Cases, chart: Chart, case: CaseRow, outcome: OutcomePlan, spec: Spec
) -> Explanation:
    """Explain one case; the verdict, of an outcome with levels every one on a level, is computed again by the reference.

    Raises:
        Disagreement: the stages and the reference differ.
    """
    name = outcome.outcome
    if case.status == "excluded":
        return _left_out(summary, case, name, spec.reading)
    protocol = summary.protocol
    answer, derived = answer_of(protocol, chart, case.case_id), with_derived(protocol, chart)
    codes, index = codes_of(derived), answer.index
    assert index is not None, "an included case has an index date"

    def telling(plan: OutcomePlan, under: Spec) -> tuple[Verdict, Told]:
        (found,) = (one for one in cases.outcomes[plan.name].verdicts[under.number] if one.case_id == case.case_id)
        if not same_verdict(protocol, chart, plan, under, found):
            raise disagreement(f"a verdict on {plan.name!r}, {under.reading}")
        between = of_case(protocol, chart, answer, found, dict(cases.doses).get(case.case_id, ()), under)
        noted = with_codes(codes, answer, found, under)
        return found, Told(under.tree, noted, summary.measures, protocol, under, between)

    verdict, told = telling(outcome, spec)
    sentence, level, labels = sentence_of(told), "", dict[str, str]()
    if outcome.part is not None:
        levels = summary.levels[name]
        exactly, at_least = (
            [telling(plan, under(plan, spec.reading))[1] for plan in side] for side in (levels.exactly, levels.at_least)
        )
        sentence, labels = level_sentence(name, exactly, at_least), level_labels(outcome)
        level = level_words(levels.names, possible([one.verdict for one in exactly]), levels.one)
        labels[EVENT] = level
    trace = trace_lines(spec.tree, told.verdict, summary.measures, protocol, spec, told.between, labels)
    asked = {*spec.tree.slots, *(outcome.among.slots if outcome.among is not None else ())}
    rests_on = [
        rested(summary, chart, derived, answer, outcome, spec, quantity)
        for quantity in verdict.quantities
        if quantity.slot in asked
    ]
    by = protocol.verdicts[outcome.name].by
    stratum = "" if by is None else stratum_words(protocol, chart, answer.patient, by)
    outside = outside_words(verdict, outcome, summary.measures)
    return Explanation(
        case, name, spec.reading, verdict, sentence, tuple(trace), tuple(rests_on), outside, level, stratum=stratum
    )


def explain_time(summary: Summary, cases: Cases, chart: Chart, case: CaseRow, name: str) -> Explanation:
    """Explain the time of one case to an event; the reference computes it again.

    Raises:
        Disagreement: the stages and the reference differ.
    """
    if case.status == "excluded":
        return _left_out(summary, case, name, AS_WRITTEN)
    (found,) = (one for one in cases.times[name] if one.case_id == case.case_id)
    if not same_time(summary.protocol, chart, name, found):
        raise disagreement(f"a time to {name!r}")
    sentence = f"{time_name(name)}: {time_sentence(found, summary.times[name].outcome)}"
    return Explanation(case, name, AS_WRITTEN, None, sentence, time=found)


def explain_spells(summary: Summary, cases: Cases, chart: Chart, case: CaseRow, name: str) -> Explanation:
    """Explain the spells of one case; the reference finds them again.

    Raises:
        Disagreement: the stages and the reference differ.
    """
    if case.status == "excluded":
        return _left_out(summary, case, name, AS_WRITTEN)
    (found,) = (one for one in cases.spells[name] if one.case_id == case.case_id)
    if not same_spells(summary.protocol, chart, name, found):
        raise disagreement(f"the spells of {name!r}")
    sentence = f"{name}: {spells_sentence(found)}"
    return Explanation(case, name, AS_WRITTEN, None, sentence, visit_lines(found), spells=found)


def explain_events(summary: Summary, chart: Chart, case: CaseRow, name: str) -> Explanation:
    """How many events of one case count in an outcome that counts them over all cases, as the reference finds them."""
    if case.status == "excluded":
        return _left_out(summary, case, name, AS_WRITTEN)
    event, found = summary.protocol.event_counts[name].count, events_of(summary.protocol, chart, case.case_id, name)
    if found is None:
        return Explanation(case, name, AS_WRITTEN, None, f"{name}: events called {event} were not charted.")
    sides = []
    for one in found:
        n = str(one.surely) if one.surely == one.perhaps else f"{one.surely} to {one.perhaps}"
        days = f"{one.days} observed day{'' if one.days == 1 else 's'}"
        sides.append(f"{n} in {days} of {one.window}" if one.days else f"no day of {one.window} was observed")
    return Explanation(case, name, AS_WRITTEN, None, f"{name}, events called {event}: {'; '.join(sides)}.")


def explain_values(summary: Summary, chart: Chart, case: CaseRow, name: str) -> Explanation:
    """The values of one case that an outcome without a rule tells (a change, a value at one time), as the reference finds them."""
    if case.status == "excluded":
        return _left_out(summary, case, name, AS_WRITTEN)
    protocol, plan = summary.protocol, valued_plan(summary.protocol, name)
    answer, derived = answer_of(protocol, chart, case.case_id), with_derived(protocol, chart)
    values, inside = values_of(protocol, chart, answer, plan)
    if inside is False:
        return Explanation(case, name, AS_WRITTEN, None, f"{name}: outside the denominator of this outcome.")
    if inside is None:
        told = f"{name}: whether the case belongs to the denominator of this outcome is not known."
        return Explanation(case, name, AS_WRITTEN, None, told)
    absent = [
        why_absent(one.absent, summary.measures[one.slot.measure], one.slot.window, plan.primary.windows, one.day)
        for one in values
        if one.value is None
    ]
    told = (
        f"{name}: not evaluable: {'; '.join(dict.fromkeys(absent))}." if absent else f"{name}: values, and no verdict."
    )
    rests_on = tuple(rested(summary, chart, derived, answer, plan, plan.primary, one) for one in values)
    return Explanation(case, name, AS_WRITTEN, None, told, rests_on=rests_on)


def explain_line(summary: Summary, case: CaseRow, name: str) -> Explanation:
    """That a line over the values of all cases answers nothing of one."""
    if case.status == "excluded":
        return _left_out(summary, case, name, AS_WRITTEN)
    return Explanation(
        case,
        name,
        AS_WRITTEN,
        None,
        f"{name}: one line through the values of all cases; no case has an answer of its own.",
    )


def rested(
    summary: Summary,
    chart: Chart,
    derived: Chart,
    answer: CaseAnswer,
    outcome: OutcomePlan,
    spec: Spec,
    quantity: Quantity,
) -> Rested:
    """A value with its cell, what was passed over for it, its parts and its limits of normal."""
    protocol, index = summary.protocol, answer.index
    assert index is not None, "an included case has an index date"
    trees = [spec.tree, *([outcome.among] if outcome.among is not None else [])]
    return Rested(
        quantity,
        cell(chart, quantity.record),
        _passed(chart, candidates_of(protocol, chart, answer, outcome, spec, quantity.slot)),
        parts_of_value(
            protocol,
            chart,
            answer.patient,
            index,
            quantity,
            lambda record: cell(chart, record),
            lambda part: summary.measures[part].unit,
        ),
        incomplete_days(derived, answer.patient, index, quantity.slot.measure, spec.windows[quantity.slot.window])
        if summary.measures[quantity.slot.measure].parts
        else (),
        _limits(chart, quantity, trees),
        spec.windows[quantity.slot.window].take == "mean",
    )


def _left_out(summary: Summary, case: CaseRow, name: str, reading: str) -> Explanation:
    said = not_included(summary.protocol, case.failed_criterion, undetermined=case.undetermined)
    return Explanation(case, name, reading, None, said)


def not_included(protocol: Protocol, failed: str, *, undetermined: bool) -> str:
    """Why a case is none: a line of `include` that is not met, one of `exclude` that is, or what comes before both.

    >>> from caseseries.protocol.eligibility import Patients
    >>> listed = Patients(patients=("P3",), reason="transferred")
    >>> study = Protocol.model_construct(include=(), exclude=(listed,))
    >>> not_included(study, "Listed patients: transferred", undetermined=False)
    'Not included: Listed patients: transferred (a criterion of `exclude` that is met).'
    >>> not_included(study, "washout", undetermined=True)
    'Not included: washout, which is not recorded well enough to say.'
    """
    lines = (("include", protocol.include, "is not met"), ("exclude", protocol.exclude, "is met"))
    of = [(part, said) for part, every, said in lines if failed in map(criterion_words, every)]
    if len(of) == 1:
        ((part, said),) = of
        what = "of which it is not known whether it is met" if undetermined else f"that {said}"
        return f"Not included: {failed} (a criterion of `{part}` {what})."
    doubt = ", which is not recorded well enough to say" if undetermined else ""
    return f"Not included: {failed}{doubt}."


def _passed(chart: Chart, candidates: Sequence[Candidate]) -> tuple[Passed, ...]:
    return tuple(
        Passed(one.value, one.day, cell(chart, one.record), one.lost, one.censor) for one in candidates if one.lost
    )


def _limits(chart: Chart, quantity: Quantity, trees: Sequence[Tree]) -> tuple[Normally, ...]:
    """The limits of normal that the comparisons of these trees hold a value against."""
    leaves = [node.leaf for tree in trees for node in tree.leaves if node.leaf and node.leaf.after == quantity.slot]
    found = []
    for side in dict.fromkeys(SIDES[leaf.basis] for leaf in leaves if leaf.basis in SIDES):
        limit = None if quantity.normal is None else quantity.normal.of(side)[0]
        if limit is not None:
            found.append(Normally(side, limit, cell_of_limit(chart, quantity.record, side, limit)))
    return tuple(found)


def cell_of_limit(chart: Chart, record: int | None, side: Literal["lower", "upper"], limit: Fraction) -> Place:
    """The cell of a limit of normal that stands with a value; none where it is another row's or the protocol's."""
    measured = next((row for row in chart.measurements if row.record == record), None)
    if measured is None or getattr(measured, side) != limit:
        return Place()
    return cell(chart, record, getattr(measured, f"{side}_column"))


def cell(chart: Chart, record: int | None, column: str = "") -> Place:
    """Where a value stands, in its own column or another of its row; nowhere where the source did not list its rows."""
    if record is None or record < 0:  # a derived value has no cell of its own
        return Place()
    measured = next(row for row in chart.measurements if row.record == record)
    row = next((row for row in chart.rows if row.row_id == measured.row_id), None)
    return Place() if row is None else Place(row.file, row.sheet, row.row, column or measured.column)
