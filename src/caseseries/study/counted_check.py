"""Checking a study on very many patients: the counted way as far as a check needs it, and no outcome.

Rows, findings, who is a case and why not, and the choices that the data raise: of one range of patients at a time, as in
:mod:`caseseries.study.population`. No rule is evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from caseseries.assessment import assess
from caseseries.assessment.choices import open_counts
from caseseries.assessment.sheet import compile_sheet, fits, lay_sheet, open_on_sheet
from caseseries.brief import on_screen
from caseseries.engine.connection import Engine
from caseseries.errors import InputError, shortened
from caseseries.protocol.concepts import folded
from caseseries.protocol.protocol import Protocol
from caseseries.response.values import open_doses
from caseseries.source.omop.cited import first_cited
from caseseries.source.omop.left_out import left_out
from caseseries.source.omop.needed import unmatched
from caseseries.source.omop.source import OmopSource
from caseseries.stats.tally import Tally
from caseseries.study.empty_windows import told_counts
from caseseries.study.line import Progress
from caseseries.study.population import (
    OPEN,
    Plans,
    count_others,
    find_cases,
    plans_of,
    require_choices,
    require_readable,
)
from caseseries.study.ranges import LARGE, within_memory
from caseseries.study.work import Range

if TYPE_CHECKING:
    from caseseries.study.study import Study


@dataclass(frozen=True, slots=True)
class CountedCheck:
    """What became of the rows of a database, how many are cases and why others are none, and what keeps the study from running.

    `tally` has the sections rows, finding, persons and cases. The last two are missing while `restart_after` must be settled.
    """

    study: Study
    tally: Tally
    stops: InputError | None = None

    def __repr__(self) -> str:
        """What keeps the study from running, and how many counts there are; none of them."""
        stops = "" if self.stops is None else f"; the study cannot be run: {self.stops.what}"
        return on_screen(
            f"<CountedCheck {shortened(self.study.protocol.study)!r}: {len(self.tally.counts):,} counts{stops}>"
        )

    @property
    def has_cohort(self) -> bool:
        """Whether there are cases."""
        return any(True for _ in self.tally.section("persons"))

    @property
    def unseen(self) -> Mapping[str, str]:
        """The intercurrent events that decide something and could be seen in nobody, each with why."""
        found = {str(what): str(why) for (what, why), _ in self.tally.section("not charted because")}
        return {what.removeprefix("event: "): why for what, why in found.items() if what.startswith("event: ")}


def count_check(study: Study, source: OmopSource, ranges: Sequence[Range], *, progress: Progress) -> CountedCheck:
    """Check one database range by range."""
    total, plans = Tally(), plans_of(study.protocol)
    for part in ranges:
        where = f" (range {part.number} of {len(ranges)})" if len(ranges) > 1 else ""
        check = partial(_check_range, source.engine, study.protocol, source, part, plans, where, progress)
        total.merge(within_memory(source.engine, check))
        source.engine.forget(*LARGE)
    total.merge(count_others(study.protocol, source, total))
    total.merge(source.findings + unmatched(source) + left_out(source))
    total.merge(source.unasked(total))
    total, _ = first_cited(told_counts(study.protocol, total))
    stops: InputError | None = None
    for require in (require_readable, require_choices):
        try:
            require(total)
        except InputError as found:
            stops = stops or found
    if any(choice == "restart_after" for (choice, _), _ in total.section(OPEN)):
        total = Tally({key: n for key, n in total.counts.items() if key[0] not in {"persons", "cases"}})
    return CountedCheck(study, total, stops)


def counted_names(tally: Tally) -> set[tuple[str, str]]:
    """The names of the protocol (kind, key) of which the counts show a row."""
    seen = {("measure", str(prefix[2])) for prefix, _ in tally.tables() if prefix[:1] == ("value",)}
    seen |= {("measure", str(measure)) for (measure, what), _ in tally.section("monitored") if what == "values"}
    seen |= {("drug", str(drug)) for (drug, *_), _ in tally.section("drug")}
    return seen | {("event", folded(str(term))) for (term, *_), _ in tally.section("adverse") if term}


def _check_range(
    engine: Engine, protocol: Protocol, source: OmopSource, part: Range, plans: Plans, where: str, progress: Progress
) -> Tally:
    laid = fits(protocol, plans.all)
    counts, near = find_cases(engine, protocol, source, part, repeated=laid, where=where, progress=progress)
    progress(f"looking for open choices{where}", None)
    for (choice, place), n in _opened(engine, protocol, source, plans, near, laid=laid).items():
        counts.add((OPEN, choice, place), n)
    return counts


def _opened(
    engine: Engine, protocol: Protocol, source: OmopSource, plans: Plans, near: str, *, laid: bool
) -> dict[tuple[str, str], int]:
    """How many cases ask for each choice; the same place in two outcomes is one choice, raised by the cases of that with more."""
    numbers = source.numbers
    sheet = compile_sheet(engine, protocol, numbers, plans.all) if laid else None
    if sheet is not None and not lay_sheet(engine, protocol, sheet):
        sheet = None
        source.values(near)  # again, for the general way reads equal rows once
    opened: dict[tuple[str, str], int] = dict(open_on_sheet(engine, protocol, sheet)) if sheet is not None else {}
    for outcome in plans.all:
        if sheet is not None:
            found = open_doses(engine, protocol, sheet.compiled[outcome.name])
        else:
            compiled = assess(engine, protocol, numbers, outcome, records=False).compiled
            found = open_counts(engine, protocol, compiled)
        for where, n in found.items():
            opened[where] = max(n, opened.get(where, 0))
    return opened
