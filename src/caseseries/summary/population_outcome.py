"""Outcomes of very many patients: answers under every spec, reasons, events, flips, changes, from counts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, change_plan, plan
from caseseries.response.respond import BASELINE
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE, UNPLACED
from caseseries.stats.tally import Key
from caseseries.summary.change import labelled, pairs_of
from caseseries.summary.model import Responders, Result
from caseseries.summary.population_model import (
    Answers,
    Count,
    PopulationCell,
    PopulationChange,
    PopulationOutcome,
    Reason,
)
from caseseries.summary.population_results import reasons, share
from caseseries.summary.population_spread import BINNED, Spread, described, typical_change
from caseseries.summary.population_told import Told
from caseseries.summary.responders import Counted, minimum_follow_up_of, responders_of, windows_of
from caseseries.summary.results import TESTS, change_tests, without_pairs
from caseseries.verdict.denominator import among_words
from caseseries.verdict.dose_days import dose_days

_ANSWERS = (*ANSWERS.values(), OUTSIDE)
_ALL = (*_ANSWERS, *UNPLACED.values())


def outcome(
    protocol: Protocol, told: Told, name: str, included: int, removed: int, level: Fraction
) -> PopulationOutcome:
    """One verdict outcome; `removed` are the cases that only a minimum follow-up excluded."""
    compiled = plan(protocol, name)
    measures = all_measures(protocol)
    answers = {spec.number: _answers(told, compiled, spec, included, level, measures) for spec in compiled.specs}
    head = answers[0]
    named = [spec for spec in compiled.specs if spec.role != "grid"]
    responders = [
        counted for spec in named if (counted := _responders(compiled, spec, answers[spec.number], level, measures))
    ]
    if removed and (exact := exact_counts(head)) is not None:
        responders.append(minimum_follow_up_of(compiled, exact, removed, level, measures))
    total = Count(included, included) if compiled.among is None else head.yes + head.no + head.not_evaluable
    why = {spec.number: _why(told, spec, answers[spec.number]) for spec in compiled.specs}
    return PopulationOutcome(
        plan=compiled,
        responders=tuple(responders),
        answers=tuple(answers[spec.number] for spec in named),
        years=_years(told, compiled, level, measures),
        grid=tuple(_cell(told, compiled, spec, answers[spec.number]) for spec in compiled.specs),
        why=why,
        decided={spec.number: reasons(told.under("decided", name, spec.number)) for spec in compiled.specs},
        occurred={spec.number: reasons(told.under("occurred", name, spec.number)) for spec in compiled.specs},
        changes=tuple(
            change(
                protocol,
                told,
                name,
                measures[measure],
                BASELINE,
                compiled.at,
                total,
                level,
                among_words(compiled, measures),
                dose_days(protocol, compiled, measure, (BASELINE, compiled.at)),
            )
            for measure in pairs_of(compiled.slots, compiled.at, BASELINE)
            if measures[measure].kind != "judgement"
        ),
    )


def change_outcome(protocol: Protocol, told: Told, name: str, included: int, level: Fraction) -> PopulationChange:
    """One change outcome."""
    compiled, measures = change_plan(protocol, name), all_measures(protocol)
    before, after = compiled.slots[:2]
    total, among = Count(included, included), among_words(compiled, measures)
    if among:
        total = told.under("answer", name, 0).get((0, ANSWERS[True]), Count(0, 0))
    days = dose_days(protocol, compiled, after.measure, (before.window, after.window))
    return change(protocol, told, name, measures[after.measure], before.window, after.window, total, level, among, days)


def _answers(
    told: Told, compiled: OutcomePlan, spec: Spec, included: int, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Answers:
    counts = dict.fromkeys(_ALL, Count(0, 0))
    for (_, answer), n in told.under("answer", spec.outcome, spec.number).items():
        counts[str(answer)] += n
    every = Count(0, 0)
    for n in counts.values():
        every += n
    ensure(every.low <= included <= every.high, "every included case has one answer under every spec")
    return _answered(compiled, spec, 0, counts, f"{spec.outcome}/{spec.number}", level, included, measures)


def _answered(
    compiled: OutcomePlan,
    spec: Spec,
    year: int,
    counts: dict[str, Count],
    prefix: str,
    level: Fraction,
    total: int | None,
    measures: Mapping[str, MeasureFacts],
) -> Answers:
    yes, no, unknown, outside = (counts[answer] for answer in _ANSWERS)
    unplaced = tuple(counts[answer] for answer in UNPLACED.values())
    inside = yes + no + unknown
    if total is not None:
        out = outside + unplaced[0] + unplaced[1] + unplaced[2]
        inside = Count(max(inside.low, total - out.high), min(inside.high, total - out.low))
    evaluable = yes + no
    among = among_words(compiled, measures)
    key, of = ("of_among", f"of the included {among}") if among else ("of_included", "of all included")
    of_evaluable = share(f"{prefix}/of_evaluable", f"of the evaluable {among}".strip(), yes, evaluable, level)
    return Answers(
        spec.number, spec.reading, year, yes, no, unknown, outside, share(f"{prefix}/{key}", of, yes, inside, level), of_evaluable,
        (unplaced[0], unplaced[1], unplaced[2]),
    )  # fmt: skip


def exact_counts(found: Answers) -> Counted | None:
    """The counts of one spec; None where one of them is a range."""
    exact = [count.exact for count in (found.yes, found.no, found.not_evaluable, found.outside, *found.unplaced)]
    known = [count for count in exact if count is not None]
    if len(known) < len(exact):
        return None
    yes, no, unknown, outside, *unplaced = known
    return Counted(yes, no, unknown, outside, (unplaced[0], unplaced[1], unplaced[2]))


def _responders(
    compiled: OutcomePlan, spec: Spec, found: Answers, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> Responders | None:
    exact = exact_counts(found)
    return None if exact is None else responders_of(compiled, spec, exact, level, measures)


def _years(
    told: Told, compiled: OutcomePlan, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> tuple[Answers, ...]:
    years: dict[int, dict[str, Count]] = {}
    for (year, answer), n in told.under("answer", compiled.name, 0).items():
        assert isinstance(year, int)
        years.setdefault(year, dict.fromkeys(_ALL, Count(0, 0)))[str(answer)] = n
    if not any(years):
        return ()
    return tuple(
        _answered(compiled, compiled.primary, year, counts, f"{compiled.name}/0/{year}", level, None, measures)
        for year, counts in sorted(years.items())
    )


def _why(told: Told, spec: Spec, found: Answers) -> tuple[Reason, ...]:
    listed = told.under("why", spec.outcome, spec.number)
    low, high = sum(n.low for n in listed.values()), sum(n.high for n in listed.values())
    ensure(low <= found.not_evaluable.high and found.not_evaluable.low <= high, "who is not evaluable has one reason")
    return reasons(listed)


def _cell(told: Told, compiled: OutcomePlan, spec: Spec, found: Answers) -> PopulationCell:
    flips: dict[Key, Count] = told.under("flip", compiled.name, spec.number)
    ensure(spec.number or not flips, "nobody flips against the protocol as written under it")
    return PopulationCell(
        spec.number, spec.reading, spec.role, windows_of(compiled, spec), spec.missing, spec.dose or "", found,
        reasons(flips), spec.varied,
    )  # fmt: skip


def change(
    protocol: Protocol,
    told: Told,
    name: str,
    facts: MeasureFacts,
    before_window: str,
    after_window: str,
    total: Count,
    level: Fraction,
    among: str = "",
    days: str = "",
) -> PopulationChange:
    """Before, after and change of one measure, over the cases with both values; `total` is the denominator of its outcome."""
    found = {part: told.spread("value", name, facts.name, part)[0] for part in ("before", "after", "change")}
    n = found["change"].n
    ensure(n == found["before"].n == found["after"].n, "a change has a value before and one after")
    absent = []
    for (window, reason), count in told.under("absent", name, facts.name).items():
        assert count.exact is not None, "reasons of absent values are told exactly or pooled"
        absent.append((str(window), str(reason), count.exact))
    withheld = found["change"].withheld
    known = n + sum(count for _, _, count in absent) + withheld
    ensure(total.exact is None or known == total.exact, "a case has both values or a reason")
    prefix, label, unit = f"{name}/0/{facts.name}", facts.name, facts.unit
    prefix, whose = f"{prefix}/among" if among else prefix, labelled(among, days)
    changes = described(f"{prefix}/change", f"{label}, change{whose}", found["change"], facts.change_unit)
    changes["hodges_lehmann"] = typical_change(
        f"{prefix}/change/hodges_lehmann",
        f"{label}, change, Hodges–Lehmann{whose}",
        found["change"],
        level,
        facts.change_unit,
    )
    percent: dict[str, Result] = {}
    if facts.kind == "dose":
        found["percent"] = told.spread("value", name, facts.name, "percent")[0]
        ensure(found["percent"].n <= n)
        percent = described(f"{prefix}/percent_decrease", f"{label}, percent decrease{whose}", found["percent"], "%")
    tests = _tests(prefix, f"{label}{whose}", found["change"]) if protocol.reporting.p_values else ()
    return PopulationChange(
        name, facts.name, before_window, after_window, n,
        without_pairs(described(f"{prefix}/before", f"{label}, before{whose}", found["before"], unit)),
        without_pairs(described(f"{prefix}/after", f"{label}, after{whose}", found["after"], unit)),
        without_pairs(changes), percent if n else without_pairs(percent),
        tuple(without_pairs({one.id: one for one in tests}).values()),
        tuple(sorted(absent, key=lambda row: (-row[2], row[:2]))), withheld, found, among, days,
    )  # fmt: skip


def _tests(prefix: str, label: str, changes: Spread) -> tuple[Result, ...]:
    if changes.lows == changes.highs:
        return change_tests(prefix, label, changes.lows)
    return tuple(
        Result(f"{prefix}/change/{key}", f"{label}, {words}", None, unit="p", absent_because=BINNED)
        for key, words, _ in TESTS
    )
