"""Who stands behind the numbers of Table 1 by the answer to an outcome: of the cases behind a number of all cases, those of the group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caseseries.response.verdict_counts import ANSWERS, OUTSIDE
from caseseries.summary.answer_groups import AnswerGroup
from caseseries.summary.behind import TracedCase
from caseseries.summary.behind_number import Behind
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.model import Summary
from caseseries.summary.value_at import NOT_KNOWN
from caseseries.verdict.trace import Verdict


def behind_by_answer(summary: Summary, whole: Sequence[Behind]) -> Iterator[Behind]:
    """Each number of each group; `whole` are those of all included cases."""
    by = summary.table_one_by
    if by is not None:
        for group in by.groups:
            for one in whole:
                if one.result.id in group.results:
                    yield _of_group(by.outcome, group, one)


def _of_group(outcome: str, group: AnswerGroup, whole: Behind) -> Behind:
    find = whole.find

    def of_group(rows: ChartRows) -> Iterator[TracedCase]:
        verdicts = rows.cases.outcomes[outcome].verdicts[0]
        inside = {one.case_id for one in verdicts if answer_of(one) == group.answer}
        assert find is not None
        return (one for one in find(rows) if one.case_id in inside)

    told = f"{whole.told}; of the cases whose answer to {outcome} is {group.answer}"
    return Behind(group.results[whole.result.id], told, None if find is None else of_group, whole.again, whole.grain)


def answer_of(verdict: Verdict) -> str:
    """What a case counts under: its answer, or that it is outside the denominator, or that this is not known."""
    return ANSWERS[verdict.truth] if verdict.inside else OUTSIDE if verdict.inside is False else NOT_KNOWN
