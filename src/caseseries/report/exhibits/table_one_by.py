"""The columns that Table 1 has on request: what each characteristic is among the cases with each answer to one outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from caseseries.report.exhibits.describe import count, median_iqr
from caseseries.report.exhibits.finer_shares import share_finely
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, numbers
from caseseries.report.exhibits.printed_numbers import EN_DASH, share, whole
from caseseries.report.exhibits.words import capital, counted, listed
from caseseries.summary.answer_groups import AnswerGroup
from caseseries.summary.model import Summary
from caseseries.summary.result import Result
from caseseries.verdict.names import short_name
from caseseries.verdict.number_style import style_in_force
from caseseries.verdict.wanted import counted_as

_TRUTHS = {"yes": True, "no": False}
_OTHERS = {
    "not evaluable": "Not evaluable",
    "outside": "Outside the denominator",
    "denominator not known": "Not known whether in the denominator",
}

#: Results of one row or several by their part, as they are of one group.
Found = Mapping[str, Result]


def groups_of(summary: Summary) -> tuple[AnswerGroup, ...]:
    """The groups that have a column; none where the protocol does not ask for them, or nothing is told of them."""
    return () if summary.table_one_by is None else summary.table_one_by.groups


def group_columns(summary: Summary, values: str) -> tuple[Column, ...]:
    """A column for each group, headed by how many cases it has; `values` says what stands in their cells."""
    if summary.table_one_by is None or not groups_of(summary):
        return ()
    outcome = summary.table_one_by.outcome
    titles = [f"{_called(summary, outcome, group)} (n = {whole(group.n)})" for group in groups_of(summary)]
    return numbers(*titles, over=(f"By {outcome}: {values}",))


def _called(summary: Summary, outcome: str, group: AnswerGroup) -> str:
    if group.answer in _OTHERS:
        return _OTHERS[group.answer]
    return capital(counted_as(_TRUTHS[group.answer], summary.protocol.verdicts[outcome].good))


def with_groups(summary: Summary, row: Row, found: Found, told: Callable[[Found], Cell]) -> Row:
    """The row of all cases with a cell for each group; `found` are the results of all cases that it prints, and `told` makes a cell of those of one
    group."""
    cells = (told({part: group.results[one.id] for part, one in found.items()}) for group in groups_of(summary))
    return replace(row, cells=(*row.cells, *cells))


def count_of_group(found: Found, *, finely: bool = False) -> Cell:
    """n/N (%) of one group; a dash where it is known of nobody."""
    (result,) = found.values()
    if not result.total or result.n is None:
        return Cell(EN_DASH).naming(result)
    return Cell((share_finely if finely else share)(result.n, result.total)).naming(result)


def median_of_group(found: Found, decimals: int) -> Cell:
    """Median (IQR) of one group, with the decimals of all cases; a dash where nobody has a value."""
    return median_iqr(found, decimals) if count(found) else Cell(EN_DASH).naming(*found.values())


def group_notes(summary: Summary) -> Iterator[str]:
    """What the columns are, that nothing compares them, and of whom they are not told."""
    by = summary.table_one_by
    if by is None:
        return
    if not by.groups:
        yield f"Columns by {by.outcome} are not told, because small numbers would follow from the difference of two of them."
        return
    whole = not by.withheld
    evaluable = {group.answer for group in by.groups} == set(_TRUTHS)
    everybody = " Every case was evaluable." * (whole and evaluable and summary.included > 0)
    yield (
        f"By {by.outcome}: under the protocol as written{'; the columns add up to all included cases' * whole}.{everybody} "
        f"The columns describe and test nothing: no {style_in_force().p} value stands beside them, since groups of a case series differ by chance, "
        "and in more than the outcome."
    )
    if _known_of_nobody(summary):
        yield f"{EN_DASH}, known of no case of the column."
    names = _of_the_rule(summary, by.outcome)
    if names:
        part = "is a part" if len(names) == 1 else "are parts"
        yield f"{capital(listed(names))} {part} of the rule, so that the columns may differ at baseline for that reason alone."
    if by.withheld:
        yield f"Sites with {counted(by.withheld, 'included case')} told nothing by {by.outcome}: its columns are of the others."


def _known_of_nobody(summary: Summary) -> bool:
    """Whether some number is known of no case of a column."""
    every = [result for group in groups_of(summary) for result in group.results.values()]
    shares = any(not result.total for result in every if result.unit == "proportion")
    return shares or any(not result.n for result in every if result.id.endswith("/median"))


def _of_the_rule(summary: Summary, outcome: str) -> list[str]:
    """The measures of which Table 1 has the baseline and that the rule compares."""
    told = {one.id.removeprefix("table1/baseline/").rpartition("/")[0] for one in summary.table_one}
    compared = dict.fromkeys(slot.measure for slot in summary.outcomes[outcome].plan.measured)
    return list(dict.fromkeys(short_name(summary.measures[name]) for name in compared if name in told))
