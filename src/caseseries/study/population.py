"""The line for many patients: one range of them at a time, counted in the engine, and the counts added up.

No patient is ever held here: what leaves the engine is a :class:`~caseseries.stats.tally.Tally` and a part of patients.parquet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol as Shape

from caseseries import cohort, safety
from caseseries.assessment import assess, open_counts
from caseseries.chart.store import Numbers
from caseseries.cohort.index import count_gaps
from caseseries.engine.connection import Engine
from caseseries.errors import ChoiceNeeded, Problem
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, change_plan, plan
from caseseries.response import change_tally, settle, tally
from caseseries.response.choices import CHOICE_WORDS
from caseseries.stats.tally import Tally
from caseseries.study.line import Progress
from caseseries.study.patients import keep_outcome, write_range
from caseseries.study.work import Range, Work

#: The section of open choices: (kind, where) and the number of cases that raise it.
OPEN = "open"


class Source(Shape):
    """What the line asks of a database: tables of the engine, for one range of patients."""

    numbers: Numbers

    def history(self, low: int | None, high: int | None) -> None:
        """Make person, observed, course and fact for the patients from `low` to `high`."""

    def values(self, of: str | None) -> None:
        """Make measurement, for the patients of one table only."""

    def told(self) -> Tally:
        """Rows and findings of the range that was loaded last: sections rows and finding."""


@dataclass(frozen=True, slots=True)
class Plans:
    """The outcomes of a protocol compiled, verdicts before changes."""

    verdicts: tuple[OutcomePlan, ...]
    changes: tuple[OutcomePlan, ...]


def plans_of(protocol: Protocol) -> Plans:
    """Compile every outcome that is evaluated."""
    return Plans(
        tuple(plan(protocol, name) for name in protocol.verdicts),
        tuple(change_plan(protocol, name) for name in protocol.changes),
    )


def count_ranges(
    engine: Engine, protocol: Protocol, source: Source, ranges: Sequence[Range], work: Work, *, progress: Progress
) -> Tally:
    """The counts of all ranges; those that `work` has finished already are read, not run again.

    Raises:
        ChoiceNeeded: the data raise a choice that the protocol does not make, with the number of cases; no outcome is shown then.
    """
    plans, total = plans_of(protocol), Tally()
    for part in ranges:
        counts = work.finished(part)
        if counts is None:
            where = f" (range {part.number} of {len(ranges)})" if len(ranges) > 1 else ""
            counts = _count(engine, protocol, source, part, plans, work, where=where, progress=progress)
            work.finish(part, counts)
        total.merge(counts)
    _require_choices(total)
    return total


def _count(
    engine: Engine,
    protocol: Protocol,
    source: Source,
    part: Range,
    plans: Plans,
    work: Work,
    *,
    where: str,
    progress: Progress,
) -> Tally:
    numbers = source.numbers
    progress(f"reading who took what and when{where}", None)
    source.history(part.low, part.high)
    early = cohort.needs_values(protocol)
    if early:
        source.values(None)
    progress(f"selecting the cohort{where}", None)
    cohort.find(engine, protocol, numbers, dated=True)
    counts = cohort.tally(engine, protocol, numbers, dated=True)
    counts.add((OPEN, "restart_after", "study drug"), count_gaps(engine, protocol))
    ((included,),) = engine.rows("SELECT count(*) FROM included_case")
    if not early:
        progress(f"reading values{where}", int(included))
        source.values("included_case")
    counts.merge(source.told())
    for place, outcome in enumerate(plans.verdicts):
        progress(f"assessing {outcome.name}{where}", int(included))
        compiled = assess(engine, protocol, numbers, outcome, records=False).compiled
        settle(engine, protocol, numbers, compiled)
        counts.merge(tally(engine, protocol, compiled, dated=True))
        _add_open(counts, open_counts(engine, protocol, compiled))
        keep_outcome(engine, protocol, compiled, place)
    for outcome in plans.changes:
        progress(f"assessing {outcome.name}{where}", int(included))
        compiled = assess(engine, protocol, numbers, outcome, records=False).compiled
        counts.merge(change_tally(engine, protocol, compiled))
        _add_open(counts, open_counts(engine, protocol, compiled))
    progress(f"safety{where}", int(included))
    counts.merge(safety.tally(engine, protocol, numbers))
    write_range(engine, plans.verdicts, work.unfinished_parquet(part))
    return counts


def _add_open(counts: Tally, found: Mapping[tuple[str, str], int]) -> None:
    for (choice, where), n in found.items():
        counts.add((OPEN, choice, where), n)


def _require_choices(total: Tally) -> None:
    """Stop where a choice is open: how many cases raise it is told, and which protocol line makes it."""
    needed = [(str(choice), str(where), n) for (choice, where), n in total.section(OPEN)]
    if needed:
        raise ChoiceNeeded(
            f"The data raise {len(needed)} choice(s) that the protocol does not make.",
            [
                Problem(f"{CHOICE_WORDS[choice][0]} ({where}): {n} case(s)", do=CHOICE_WORDS[choice][1])
                for choice, where, n in needed
            ],
            do="Nothing was decided and no outcome was shown.",
        )
