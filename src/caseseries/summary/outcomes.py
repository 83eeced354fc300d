"""Verdict outcomes from counts: answers under every spec, reasons, events, flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import BASELINE, OutcomePlan, Spec, pairs_of
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE, UNPLACED
from caseseries.stats.tally import Key
from caseseries.summary.model import Answers, Cell, OutcomeSummary, Responders
from caseseries.summary.paired_changes import change
from caseseries.summary.responders import Counted, minimum_follow_up_of, responders_of, windows_of, windows_read
from caseseries.summary.result import NONE, Count, Reason
from caseseries.summary.shares import reasons, share
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.denominator import among_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.summed_days import summed_days

_ANSWERS = (*ANSWERS.values(), OUTSIDE)
_ALL = (*_ANSWERS, *UNPLACED.values())


def outcome(
    protocol: Protocol, reader: TallyReader, compiled: OutcomePlan, included: int, removed: int, level: Fraction
) -> OutcomeSummary:
    """One verdict outcome; `removed` are the cases that only a minimum follow-up excluded."""
    name, measures = compiled.name, all_measures(protocol)
    answers = {spec.number: _answers(reader, compiled, spec, included, level, measures) for spec in compiled.specs}
    head = answers[0]
    named = [spec for spec in compiled.specs if spec.role != "grid"]
    responders = [
        counted for spec in named if (counted := _responders(compiled, spec, answers[spec.number], level, measures))
    ]
    if removed and (exact := exact_counts(head)) is not None:
        responders.append(minimum_follow_up_of(compiled, exact, removed, level, measures))
    total = Count.of(included) if compiled.among is None else head.yes + head.no + head.not_evaluable
    windows = windows_read(compiled)
    why = {spec.number: _why(reader, spec, answers[spec.number]) for spec in compiled.specs}
    return OutcomeSummary(
        plan=compiled,
        responders=tuple(responders),
        answers=tuple(answers[spec.number] for spec in named),
        years=_years(reader, compiled, level, measures),
        grid=tuple(_cell(reader, compiled, spec, answers[spec.number], windows) for spec in compiled.specs),
        why=why,
        decided={spec.number: reasons(reader.under("decided", name, spec.number)) for spec in compiled.specs},
        occurred={spec.number: reasons(reader.under("occurred", name, spec.number)) for spec in compiled.specs},
        changes=tuple(
            change(
                protocol,
                reader,
                name,
                measures[measure],
                BASELINE,
                compiled.at,
                total,
                level,
                among_words(compiled, measures),
                dose_days(protocol, compiled, measure, (BASELINE, compiled.at))
                or summed_days(protocol, compiled, measure, (BASELINE, compiled.at)),
            )
            # The verdicts on the levels of one outcome rest on the same values: those changes are told once.
            for measure in (
                pairs_of(compiled.slots, compiled.at, BASELINE) if compiled.part is None or compiled.part.widest else []
            )
            if measures[measure].kind != "judgement"
        ),
    )


def _answers(
    reader: TallyReader,
    compiled: OutcomePlan,
    spec: Spec,
    included: int,
    level: Fraction,
    measures: Mapping[str, MeasureFacts],
) -> Answers:
    counts = dict.fromkeys(_ALL, NONE)
    for (_, answer), n in reader.under("answer", spec.outcome, spec.number).items():
        counts[str(answer)] += n
    every = NONE
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
        spec.number,
        spec.reading,
        year,
        yes,
        no,
        unknown,
        outside,
        share(f"{prefix}/{key}", of, yes, inside, level),
        of_evaluable,
        (unplaced[0], unplaced[1], unplaced[2]),
    )


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
    reader: TallyReader, compiled: OutcomePlan, level: Fraction, measures: Mapping[str, MeasureFacts]
) -> tuple[Answers, ...]:
    years: dict[int, dict[str, Count]] = {}
    for (year, answer), n in reader.under("answer", compiled.name, 0).items():
        assert isinstance(year, int)
        years.setdefault(year, dict.fromkeys(_ALL, NONE))[str(answer)] = n
    if not any(years):
        return ()
    return tuple(
        _answered(compiled, compiled.primary, year, counts, f"{compiled.name}/0/{year}", level, None, measures)
        for year, counts in sorted(years.items())
    )


def _why(reader: TallyReader, spec: Spec, found: Answers) -> tuple[Reason, ...]:
    listed = reader.under("why", spec.outcome, spec.number)
    low, high = sum(n.low for n in listed.values()), sum(n.high for n in listed.values())
    ensure(low <= found.not_evaluable.high and found.not_evaluable.low <= high, "who is not evaluable has one reason")
    return reasons(listed)


def _cell(reader: TallyReader, compiled: OutcomePlan, spec: Spec, found: Answers, windows: Sequence[str]) -> Cell:
    flips: dict[Key, Count] = reader.under("flip", compiled.name, spec.number)
    ensure(spec.number or not flips, "nobody flips against the protocol as written under it")
    return Cell(
        spec.number,
        spec.reading,
        spec.role,
        windows_of(windows, spec),
        spec.missing,
        spec.dose or "",
        found,
        reasons(flips),
        spec.varied,
    )
