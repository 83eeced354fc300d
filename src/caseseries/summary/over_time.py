"""One outcome at several time points: who met it at any of them, and when first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.summary.result import Result
from caseseries.summary.result_rows import proportion
from caseseries.summary.tally_reader import TallyReader
from caseseries.verdict.over_time import Ever, ever, first_met


@dataclass(frozen=True, slots=True)
class OverTime:
    """Of one outcome at the time points `points` (names of verdicts, the earliest first) the rows of answers, and the best of each case.

    `rows` has a number of cases for each row of letters (:data:`caseseries.verdict.over_time.LETTERS`). `ever` counts cases by the best answer: yes
    at any time point, no where it is no at every one at which the case counts. `first` counts those with yes by the place of the first time point at
    which they had it, and `earlier` those of them that may have had it before. `of_included` is of all cases that are known to belong to some time
    point, `of_evaluable` of those with yes or no. No site tells these counts as ranges: it tells them whole or not at all,
    and `withheld` counts the included cases of those that told nothing.
    """

    name: str
    points: tuple[str, ...]
    rows: Mapping[str, int]
    ever: Mapping[Ever, int]
    first: tuple[int, ...]
    earlier: tuple[int, ...]
    of_included: Result
    of_evaluable: Result
    withheld: int = 0

    __repr__ = brief

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number with its interval."""
        return (self.of_included, self.of_evaluable)


def over_time(protocol: Protocol, reader: TallyReader, level: Fraction) -> tuple[OverTime, ...]:
    """Every outcome at several time points; one that sites did not tell is left out."""
    found = []
    for name, points in protocol.over_time.items():
        told, withheld = reader.under("over time", name), reader.withheld("over time")
        if told or not withheld:
            ensure(all(n.exact is not None for n in told.values()), "rows of answers are never told as ranges")
            rows = {str(row): n.high for (row,), n in told.items()}
            found.append(replace(_over_time(name, points, rows, level), withheld=withheld))
    return tuple(found)


def _over_time(name: str, points: tuple[str, ...], rows: Mapping[str, int], level: Fraction) -> OverTime:
    best: dict[Ever, int] = {}
    first, earlier = [0] * len(points), [0] * len(points)
    for row, n in rows.items():
        best[ever(row)] = best.get(ever(row), 0) + n
        met = first_met(row)
        if met is not None:
            first[met[0]] += n
            earlier[met[0]] += n if met[1] else 0
    yes, no, unknown = (best.get(one, 0) for one in ("yes", "no", "not evaluable"))
    at = f"{name}/over time/ever"
    return OverTime(
        name,
        points,
        rows,
        best,
        tuple(first),
        tuple(earlier),
        proportion(f"{at} of included", f"{name} at any time point, of included", yes, yes + no + unknown, level),
        proportion(f"{at} of evaluable", f"{name} at any time point, of evaluable", yes, yes + no, level),
    )
