"""Two answers for each, of one list of categories, as how often each pair was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.stats.estimate import Estimate
from caseseries.stats.exact import LEVEL_95, ExactNumber, whole_count
from caseseries.stats.proportion import ProportionMethod, proportion

Pairs = Iterable[tuple[str, str]] | Mapping[tuple[str, str], int]
"""A first and a second answer for each, in any order, or how often each pair was seen."""


@dataclass(frozen=True, slots=True)
class PairedAnswers:
    """The square table of two answers: ``counts[i][j]`` had category i first and category j second.

    The categories are those of the codebook in its order, whether or not each was used: leaving out one that nobody used would
    change weights and what chance alone agrees on.
    """

    categories: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, pairs: Pairs, categories: Sequence[str]) -> PairedAnswers:
        """The table of the pairs. Raises ValueError for an answer that is no category, and for a category named twice.

        >>> PairedAnswers.of([("yes", "yes"), ("no", "yes")], ["yes", "no"]).counts
        ((1, 0), (1, 0))
        """
        names = tuple(categories)
        if len(set(names)) < len(names):
            raise ValueError("a category is named twice")
        seen = Counter(pairs)
        if any(answer not in names for pair in seen for answer in pair):
            raise ValueError("an answer is none of the categories")
        return cls(names, tuple(tuple(whole_count(seen[a, b], "a frequency") for b in names) for a in names))

    @property
    def n(self) -> int:
        """How many have both answers."""
        return sum(map(sum, self.counts))

    @property
    def same(self) -> int:
        """How many have the same answer twice."""
        return sum(row[place] for place, row in enumerate(self.counts))

    def shares(self) -> list[list[Fraction]]:
        """Each count as a share of all; there is at least one."""
        return [[Fraction(count, self.n) for count in row] for row in self.counts]


def percent_agreement(
    pairs: Pairs,
    categories: Sequence[str],
    *,
    method: ProportionMethod = "clopper_pearson",
    level: ExactNumber | float = LEVEL_95,
) -> Estimate:
    """The share with the same answer twice, with an interval for a proportion. R: ``binom.test``.

    >>> percent_agreement([("yes", "yes"), ("no", "yes")], ["yes", "no"]).estimate
    Fraction(1, 2)
    """
    table = PairedAnswers.of(pairs, categories)
    return proportion(table.same, table.n, method=method, level=level)
