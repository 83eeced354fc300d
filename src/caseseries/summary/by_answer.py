"""What the included cases are like by their answer to one outcome: the columns that Table 1 has on request beside that of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.response.by_answer import SECTION
from caseseries.stats.tally import Tally
from caseseries.summary.answer_groups import ANSWERS, AnswerGroup, TableOneBy
from caseseries.summary.characteristics import BaselineMeasure, table_one
from caseseries.summary.co_medication import prior
from caseseries.summary.result import Result
from caseseries.summary.tally_reader import TallyReader


def table_one_by(
    protocol: Protocol,
    tally: Tally,
    whole: TallyReader,
    told: Sequence[Result],
    baselines: Sequence[BaselineMeasure],
    included: int,
    level: Fraction,
) -> TableOneBy | None:
    """The characteristics by the answers to the outcome that the protocol names; None where it names none.

    `told` are the results of all cases, of which every group has one each; `whole` are the counts of all cases.
    """
    outcome = protocol.table_one_by
    if outcome is None:
        return None
    withheld = whole.withheld(SECTION)
    groups = tuple(
        group
        for answer in ANSWERS
        if (group := _group(protocol, tally, whole, told, baselines, outcome, answer, level)).n or answer in ANSWERS[:2]
    )
    ensure(sum(group.n for group in groups) + withheld == included, "every included case has one answer")
    if not withheld:
        for result in told:
            _adds_up(result, [group.results[result.id] for group in groups])
    return TableOneBy(outcome, groups if any(group.n for group in groups) or not withheld else (), withheld)


def _adds_up(whole: Result, parts: Sequence[Result]) -> None:
    """The cases that a number counts, and those it is of, are those of the groups together."""
    if whole.n is not None:
        ensure(sum(one.n or 0 for one in parts) == whole.n, f"the groups of {whole.id!r} add up")
    if whole.total is not None and whole.n is not None:
        ensure(sum(one.total or 0 for one in parts) == whole.total, f"the totals of {whole.id!r} add up")


def _group(
    protocol: Protocol,
    tally: Tally,
    whole: TallyReader,
    told: Sequence[Result],
    baselines: Sequence[BaselineMeasure],
    outcome: str,
    answer: str,
    level: Fraction,
) -> AnswerGroup:
    counts = TallyReader(Tally(dict(tally.section(SECTION, answer))))
    n = counts.exact("cases")
    lacking = {str(kind): cases.low for (kind,), cases in counts.under("not charted").items()}
    rows = (*table_one(counts, baselines, n, level, whole), *prior(protocol, counts, n, lacking, level))
    found = {row.id: row for row in rows}
    ensure(found.keys() >= {one.id for one in told}, "a group has every row of all cases")
    return AnswerGroup(answer, n, {one.id: _named(found[one.id], outcome, answer) for one in told})


def _named(result: Result, outcome: str, answer: str) -> Result:
    """`table1/age/mean` of all cases is `table1/by response/yes/age/mean` in this group."""
    where = f"table1/by {outcome}/{answer}/{result.id.removeprefix('table1/')}"
    return replace(result, id=where, label=f"{outcome} {answer}: {result.label}")
