"""A check of one range of patients after another: rows, findings, who is a case and why not, and the choices that the data raise.

As in :mod:`caseseries.study.count_range`, as far as a check needs it. No rule is evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from caseseries.assessment import assess
from caseseries.assessment.open_choices import open_counts
from caseseries.assessment.outcome_sheet import compile_sheet, fits, lay_sheet, open_on_sheet
from caseseries.engine.connection import Engine
from caseseries.errors import InputError
from caseseries.protocol.plans import Plans, plans_of
from caseseries.protocol.protocol import Protocol
from caseseries.response.value_counts import open_doses
from caseseries.stats.tally import Tally
from caseseries.study.count_range import OPEN, find_cases, require_choices, require_readable
from caseseries.study.line import Progress
from caseseries.study.ranges import LARGE, within_memory
from caseseries.study.sources import Source
from caseseries.study.work import Range


def check_ranges(protocol: Protocol, source: Source, ranges: Sequence[Range], *, progress: Progress) -> Tally:
    """The counts of a check, with the choices that the data raise under ``open``."""
    engine, total, plans = source.engine, Tally(), plans_of(protocol)
    for part in ranges:
        where = f" (range {part.number} of {len(ranges)})" if len(ranges) > 1 else ""
        check = partial(_check_range, engine, protocol, source, part, plans, where, progress)
        total.merge(within_memory(engine, check))
        engine.forget(*LARGE)
    return total


def stops_of(total: Tally) -> InputError | None:
    """What keeps a study from running, of counts that are whole."""
    for require in (require_readable, require_choices):
        try:
            require(total)
        except InputError as found:
            return found
    return None


def without_undecided_cases(total: Tally) -> Tally:
    """The counts without those of persons and cases, while `restart_after` must be settled: there are no cases then."""
    if any(choice == "restart_after" for (choice, _), _ in total.section(OPEN)):
        return Tally({key: n for key, n in total.counts.items() if key[0] not in {"persons", "cases"}})
    return total


def _check_range(
    engine: Engine, protocol: Protocol, source: Source, part: Range, plans: Plans, where: str, progress: Progress
) -> Tally:
    laid = fits(protocol, plans.all)
    counts, near = find_cases(engine, protocol, source, part, repeated=laid, where=where, progress=progress)
    progress(f"looking for open choices{where}", None)
    for (choice, place), n in _opened(engine, protocol, source, plans, near, laid=laid).items():
        counts.add((OPEN, choice, place), n)
    return counts


def _opened(
    engine: Engine, protocol: Protocol, source: Source, plans: Plans, near: str, *, laid: bool
) -> dict[tuple[str, str], int]:
    """How many cases ask for each choice; the same place in two outcomes is one choice, raised by the cases of that with more."""
    numbers = source.numbers
    sheet = compile_sheet(engine, protocol, numbers, plans.all) if laid else None
    if sheet is not None and not lay_sheet(engine, protocol, sheet):
        sheet = None
        source.values(near)  # again, for the general way reads equal rows once
    opened: dict[tuple[str, str], int] = dict(open_on_sheet(engine, protocol, sheet)) if sheet is not None else {}
    for outcome in plans.all:
        by_day = protocol.times | protocol.spells | protocol.trajectories
        if not outcome.slots and outcome.among is None and outcome.name in by_day:
            continue  # nothing is chosen
        if sheet is not None:
            found = open_doses(engine, protocol, sheet.compiled[outcome.name])
        else:
            compiled = assess(engine, protocol, numbers, outcome).compiled
            found = open_counts(engine, protocol, compiled)
        for where, n in found.items():
            opened[where] = max(n, opened.get(where, 0))
    return opened
