"""Two verdicts side by side: the table of their answers, percent agreement, kappa and AC1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from caseseries import stats
from caseseries.brief import brief
from caseseries.errors import ensure
from caseseries.protocol.protocol import Protocol
from caseseries.summary.result import NONE, Count, Result
from caseseries.summary.result_rows import of_estimate, proportion
from caseseries.summary.tally_reader import TallyReader

#: The answers that are compared: both known, in the denominator of both.
COMPARED = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The answers of two outcomes, and how far they agree where both are yes or no.

    `counts` has a number of cases for each answer of the first and of the second: yes, no, not evaluable, outside, or `denominator not
    known`. The results rest on the cases with yes or no in both. No site tells these counts as ranges: it tells them whole or not at
    all, and `withheld` counts the included cases of those that told nothing.
    """

    first: str
    second: str
    counts: Mapping[tuple[str, str], Count]
    same: Result
    kappa: Result
    ac1: Result
    withheld: int = 0

    __repr__ = brief

    @property
    def results(self) -> tuple[Result, ...]:
        """Every number with its interval."""
        return (self.same, self.kappa, self.ac1)


def agreements(protocol: Protocol, reader: TallyReader, level: Fraction) -> tuple[Agreement, ...]:
    """Every pair that the protocol names; one that sites did not tell is left out."""
    found = []
    for first, second in protocol.reporting.agree:
        counts = {
            (str(one), str(other)): n for (one, other), n in reader.under("agreement", first, second).items() if n.high
        }
        withheld = reader.withheld("agreement")
        if counts or not withheld:
            found.append(replace(_agreement(first, second, counts, level), withheld=withheld))
    return tuple(found)


def _agreement(first: str, second: str, counts: Mapping[tuple[str, str], Count], level: Fraction) -> Agreement:
    compared = {(one, other): counts.get((one, other), NONE) for one in COMPARED for other in COMPARED}
    ensure(all(n.exact is not None for n in compared.values()), "a table of two answers is never told as ranges")
    pairs = {key: n.high for key, n in compared.items()}
    at = f"agree/{first}/{second}"
    same, n = sum(pairs[one, one] for one in COMPARED), sum(pairs.values())
    return Agreement(
        first,
        second,
        counts,
        proportion(f"{at}/same", f"{first} and {second}, same answer", same, n, level),
        of_estimate(f"{at}/kappa", f"{first} and {second}, kappa", stats.cohen_kappa(pairs, COMPARED, level=level)),
        of_estimate(f"{at}/AC1", f"{first} and {second}, AC1", stats.gwet_ac1(pairs, COMPARED, level=level)),
    )
