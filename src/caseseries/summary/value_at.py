"""Values at one time from counts: of all cases of the denominator, and by the answer of the first verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.response.verdict_counts import ANSWERS, OUTSIDE
from caseseries.summary.grade_results import PLACE, of_grades
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.result_rows import proportion
from caseseries.summary.spread import Spread, described
from caseseries.summary.tally_reader import EVERY, TallyReader
from caseseries.verdict.denominator import among_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.summed_days import summed_days
from caseseries.verdict.trace import Truth
from caseseries.verdict.wanted import answered

#: Why there is no description: values may have been there all the same, as limits.
NO_VALUE = "no case has a value (n = 0)"

#: Whether the denominator of the verdict has a case is not known.
NOT_KNOWN = "denominator not known"


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """The values of all cases of the denominator (`answer` empty), or of those with one answer to the first verdict.

    `n` cases have a value; `absent` counts those without by the reason; `results` describe the values (of grades by their order, of
    judgements nothing). `yes` is the share of a judgement that was yes among those with a value. `withheld` are cases of sites that told nothing.
    """

    answer: str
    words: str
    n: int
    absent: tuple[tuple[str, int], ...]
    results: Mapping[str, Result]
    yes: Result | None
    values: Spread
    withheld: int = 0

    __repr__ = brief

    @property
    def total(self) -> int:
        """All cases of the group, with a value or without, of sites that told of them."""
        return self.n + sum(n for _, n in self.absent)


@dataclass(frozen=True, slots=True)
class ValueSummary:
    """A value at one time, by group, all cases first. `verdict` is the verdict by whose answers the groups are told; empty where there is none.

    `among` names the cases it is limited to (`with ...`); `days` says on which day a dose from courses is read, or over how many a value
    is added up. `not_apart` are cases of sites that told all of theirs together, and no group.
    """

    outcome: str
    measure: str
    window: str
    groups: tuple[ValueGroup, ...]
    verdict: str
    among: str = ""
    days: str = ""
    not_apart: int = 0

    __repr__ = brief

    @property
    def all(self) -> ValueGroup:
        """All cases of the denominator."""
        return self.groups[0]


def value_summary(
    protocol: Protocol, reader: TallyReader, compiled: OutcomePlan, included: int, level: Fraction
) -> ValueSummary:
    """One outcome that describes a measure."""
    name, measures = compiled.name, all_measures(protocol)
    (slot,) = compiled.values
    facts, among = measures[slot.measure], among_words(compiled, measures)
    total = reader.under("answer", name, 0).get((0, ANSWERS[True]), NONE) if among else Count.of(included)
    days = dose_days(protocol, compiled, slot.measure, (slot.window,))
    days = days or summed_days(protocol, compiled, slot.measure, (slot.window,))
    verdict = next(iter(protocol.verdicts), "")
    told = (f" ({'; '.join(part for part in (among, days) if part)})") if among or days else ""
    label, prefix = f"{facts.name} at {slot.window}{told}", f"{name}/0/{facts.name}"
    answers = (*_ORDER, EVERY) if verdict else ("", EVERY)
    reasons = {answer: _reasons(reader, name, answer) for answer in answers}
    absent: dict[str, int] = {}
    for of_answer in reasons.values():
        for reason, n in of_answer.items():
            absent[reason] = absent.get(reason, 0) + n
    withheld = reader.withheld("described", name)
    everybody = _group(
        ("", "all"), reader.spread_under("described", name), absent, facts, label, f"{prefix}/all", level
    )
    everybody = replace(everybody, withheld=withheld)
    ensure(
        total.exact is None or everybody.total + everybody.withheld == total.exact, "a case has its value or a reason"
    )
    together = reader.spread("described", name, EVERY, facts.name)[0].n + sum(reasons[EVERY].values())
    groups = []
    for answer in _ORDER if verdict and not together and not withheld else ():
        words, values = group_words(protocol, verdict, answer), reader.spread("described", name, answer, facts.name)[0]
        if values.n or reasons[answer] or answer in _ALWAYS:
            whose = f"{label}, {words}"
            groups.append(_group((answer, words), values, reasons[answer], facts, whose, f"{prefix}/{answer}", level))
    return ValueSummary(name, facts.name, slot.window, (everybody, *groups), verdict, among, days, together)


#: The answers of a verdict in the order of a table, and those that have a row even where nobody gave them.
_ORDER = (*ANSWERS.values(), OUTSIDE, NOT_KNOWN)
_ALWAYS = frozenset(ANSWERS.values())


def group_words(protocol: Protocol, verdict: str, answer: str) -> str:
    """What the cases with an answer to a verdict are called: `responder`; of a level `EULAR response at least moderate: yes`.

    `answer` is one of yes, no, not evaluable, outside, denominator not known.
    """
    outcome = protocol.verdicts[verdict]
    truths: dict[str, Truth] = {told: truth for truth, told in ANSWERS.items()}
    if answer not in truths:
        return f"outside the denominator of {verdict}" if answer == OUTSIDE else f"{verdict}: denominator not known"
    return f"{verdict}: {answer}" if outcome.part is not None else answered(truths[answer], outcome.good)


def _reasons(reader: TallyReader, name: str, answer: str) -> dict[str, int]:
    found = {}
    for (reason,), count in reader.under("described absent", name, answer).items():
        assert count.exact is not None, "reasons of absent values are told exactly or pooled"
        found[str(reason)] = count.exact
    return found


def _group(
    told: tuple[str, str],
    values: Spread,
    absent: Mapping[str, int],
    facts: MeasureFacts,
    label: str,
    prefix: str,
    level: Fraction,
) -> ValueGroup:
    results, yes = dict[str, Result](), None
    if facts.kind == "judgement":
        counts = dict(values.counts())
        yes = proportion(f"{prefix}/yes", f"{label}, yes", counts.get(Fraction(1), 0), values.n, level)
    elif facts.grades:
        results = of_grades(described(prefix, label, values, PLACE), values, facts.grades)
    else:
        results = described(prefix, label, values, facts.unit)
    reasons = tuple(sorted(absent.items(), key=lambda row: (-row[1], row[0])))
    if not values.n:  # there may have been limits
        results = {key: replace(one, absent_because=NO_VALUE) for key, one in results.items()}
    return ValueGroup(*told, values.n, reasons, results, yes, values)
