"""Before, after and change of each measure, over the cases with both values, from counts."""

from __future__ import annotations

from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.measures import MeasureFacts, all_measures
from caseseries.protocol.percent import percent_of
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.response.verdict_counts import ANSWERS
from caseseries.summary.grade_results import PLACE, of_grades, of_steps
from caseseries.summary.model import ChangeSummary
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.result_rows import TESTS, change_tests, paired_t_rows, without_pairs
from caseseries.summary.spread import BINNED, Spread, described, typical_change
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.denominator import among_words
from caseseries.verdict.dose_days import dose_days
from caseseries.verdict.summed_days import summed_days


def change_outcome(
    protocol: Protocol, reader: TallyReader, compiled: OutcomePlan, included: int, level: Fraction
) -> ChangeSummary:
    """One change outcome."""
    name, measures = compiled.name, all_measures(protocol)
    before, after = compiled.values
    total, among = Count.of(included), among_words(compiled, measures)
    if among:
        total = reader.under("answer", name, 0).get((0, ANSWERS[True]), NONE)
    read = (before.window, after.window)
    days = dose_days(protocol, compiled, after.measure, read) or summed_days(protocol, compiled, after.measure, read)
    return change(
        protocol, reader, name, measures[after.measure], before.window, after.window, total, level, among, days
    )


def change(
    protocol: Protocol,
    reader: TallyReader,
    name: str,
    facts: MeasureFacts,
    before_window: str,
    after_window: str,
    total: Count,
    level: Fraction,
    among: str = "",
    days: str = "",
) -> ChangeSummary:
    """Before, after and change of one measure, over the cases with both values; `total` is the denominator of its outcome.

    Change is after minus before, of grades in steps and without means; of doses also the percent decrease from baseline, of others the
    percent change where it is declared. `among` names the
    denominator where it is not all included (`with ...`), `days` says on which days a dose is read, or over
    how many a value is added up.
    """
    found = {part: reader.spread("value", name, facts.name, part)[0] for part in ("before", "after", "change")}
    n = found["change"].n
    ensure(n == found["before"].n == found["after"].n, "a change has a value before and one after")
    absent = []
    for (window, reason), count in reader.under("absent", name, facts.name).items():
        assert count.exact is not None, "reasons of absent values are told exactly or pooled"
        absent.append((str(window), str(reason), count.exact))
    withheld = found["change"].withheld
    known = n + sum(count for _, _, count in absent) + withheld
    ensure(total.exact is None or known == total.exact, "a case has both values or a reason")
    prefix, label, unit = f"{name}/0/{facts.name}", facts.name, PLACE if facts.grades else facts.unit
    prefix, whose = f"{prefix}/among" if among else prefix, labelled(among, days)
    changes = described(f"{prefix}/change", f"{label}, change{whose}", found["change"], facts.change_unit)
    if not facts.grades:
        changes["hodges_lehmann"] = typical_change(
            f"{prefix}/change/hodges_lehmann",
            f"{label}, change, Hodges–Lehmann{whose}",
            found["change"],
            level,
            facts.change_unit,
        )
    percent: dict[str, Result] = {}
    if way := percent_of(protocol, name, facts.name):
        found["percent"] = reader.spread("value", name, facts.name, "percent")[0]
        ensure(found["percent"].n <= n)
        percent = described(f"{prefix}/percent_{way}", f"{label}, percent {way}{whose}", found["percent"], "%")
    tests = _tests(prefix, f"{label}{whose}", found["change"]) if protocol.reporting.p_values else ()
    declared = protocol.changes.get(name)
    if tests and not facts.grades and (protocol.reporting.paired_t or (declared is not None and declared.paired_t)):
        of_t = paired_t_rows(f"{prefix}/change", f"{label}{whose}", found["change"].moments, level, facts.change_unit)
        changes |= {key: of_t[key] for key in ("mean_by_t", "t")}
        tests = (*tests, of_t["paired_t"])
    before = described(f"{prefix}/before", f"{label}, before{whose}", found["before"], unit)
    after = described(f"{prefix}/after", f"{label}, after{whose}", found["after"], unit)
    if facts.grades:
        before = of_grades(before, found["before"], facts.grades)
        after = of_grades(after, found["after"], facts.grades)
        changes, tests = of_steps(changes, found["change"]), tuple(test for test in tests if test.id.endswith("/sign"))
    return ChangeSummary(
        name,
        facts.name,
        before_window,
        after_window,
        n,
        without_pairs(before),
        without_pairs(after),
        without_pairs(changes),
        percent if n else without_pairs(percent),
        tuple(without_pairs({one.id: one for one in tests}).values()),
        tuple(sorted(absent, key=lambda row: (-row[2], row[:2]))),
        withheld,
        found,
        among,
        days,
    )


def _tests(prefix: str, label: str, changes: Spread) -> tuple[Result, ...]:
    if changes.lows == changes.highs:
        return change_tests(prefix, label, changes.lows)
    return tuple(
        Result(f"{prefix}/change/{key}", f"{label}, {words}", None, unit="p", absent_because=BINNED)
        for key, words, _ in TESTS
    )


def labelled(among: str, days: str) -> str:
    """What stands behind the label of a change: whose it is, and on which days its dose is read or over how many it is added up.

    >>> labelled("", ""), labelled("with CK", "on day 0 and on day 91")
    ('', ' (with CK; on day 0 and on day 91)')
    """
    return f" ({'; '.join(part for part in (among, days) if part)})" if among or days else ""
