"""Comparisons of values that are known only as above or below a limit: yes or no where every possible value agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.protocol.amount import SIDES
from caseseries.protocol.tree import Leaf
from caseseries.verdict.trace import Quantity, Truth


@dataclass(frozen=True, slots=True)
class End:
    """One end of the possible values; `at` is None where there is none, `open_` says that it is not reached itself."""

    at: Fraction | None
    open_: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The possible values: one, those below or above a limit, or all."""

    low: End
    high: End

    @property
    def empty(self) -> bool:
        """Whether no value lies between the ends: what was written contradicts the range of the measure."""
        low, high = self.low.at, self.high.at
        return (
            low is not None
            and high is not None
            and (low > high or (low == high and (self.low.open_ or self.high.open_)))
        )


def span_of(quantity: Quantity, leaf: Leaf) -> Span | None:
    """The values a quantity may have; None where nothing is known of it."""
    if quantity.value is not None:
        return Span(End(quantity.value), End(quantity.value))
    if quantity.limit is None:
        return None
    limit = End(quantity.limit, open_=quantity.bound in {"<", ">"})
    return (
        Span(End(leaf.low), limit)
        if quantity.bound.startswith("<")
        else Span(limit, End(leaf.high if quantity.most is None else quantity.most))
    )


def decided(leaf: Leaf, quantities: Sequence[Quantity]) -> Truth:
    """The answer of a comparison on its values (the earlier first), one of which is only a bound.

    What is compared is a sum of the values, each times a number, with a number; the sum is least and greatest at the ends of the values. A
    percent of baseline needs a baseline of which no possible value is below 0; where it may be 0, what the measure declares of that and every value
    above 0 have to agree.
    """
    spans = [span_of(quantity, leaf) for quantity in quantities]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or any(span.empty for span in known):
        return None
    if side := SIDES.get(leaf.basis):
        normal = quantities[0].normal
        edge = None if normal is None else normal.of(side)[0]
        return None if edge is None else _compared(leaf, [(Fraction(1), known[0])], leaf.threshold * edge)
    if leaf.kind == "value":
        least = (leaf.minimum or Fraction(0)) + leaf.threshold * (leaf.width or 0) / 100
        return _compared(leaf, [(Fraction(1), known[0])], least if leaf.basis == "range" else leaf.threshold)
    if leaf.kind != "change":
        return None
    before, after = known
    sign = Fraction(leaf.sign)
    if leaf.basis == "baseline":
        low = before.low.at
        if low is None or low < 0:
            return None
        above = Span(End(low, open_=before.low.open_ or low == 0), before.high)
        weights = 100 * sign, -100 * sign - leaf.threshold
        answer = None if above.empty else _compared(leaf, [(weights[0], after), (weights[1], above)], Fraction(0))
        if low > 0 or before.low.open_:
            return answer
        of_zero = _of_zero(leaf, after)
        return of_zero if above.empty or of_zero is answer else None
    threshold = leaf.threshold * (leaf.width or 0) / 100 if leaf.basis == "range" else leaf.threshold
    return _compared(leaf, [(sign, after), (-sign, before)], threshold)


def _of_zero(leaf: Leaf, after: Span) -> Truth:
    """The answer in percent of a value of 0 before, where every possible value after agrees."""
    if leaf.if_zero == "not met":
        return False
    if leaf.if_zero != "any rise counts":
        return None
    rises, stays_or_falls = _above(after.low, Fraction(0), strictly=True), _below(after.high, Fraction(0))
    if leaf.sign < 0:  # what falls from 0 falls by a percent that nobody can tell
        return leaf.little if _above(after.low, Fraction(0)) else None
    return not leaf.little if rises else leaf.little if stays_or_falls else None


def _compared(leaf: Leaf, terms: Sequence[tuple[Fraction, Span]], threshold: Fraction) -> Truth:
    least = _sum([(number, span.low if number > 0 else span.high) for number, span in terms if number])
    most = _sum([(number, span.high if number > 0 else span.low) for number, span in terms if number])
    if leaf.comparison == "at_least":
        return True if _above(least, threshold) else False if _below(most, threshold, strictly=True) else None
    if leaf.comparison == "more_than":
        return True if _above(least, threshold, strictly=True) else False if _below(most, threshold) else None
    if leaf.comparison == "at_most":
        return True if _below(most, threshold) else False if _above(least, threshold, strictly=True) else None
    return True if _below(most, threshold, strictly=True) else False if _above(least, threshold) else None


def _sum(ends: Sequence[tuple[Fraction, End]]) -> End:
    total, open_ = Fraction(0), False
    for number, end in ends:
        if end.at is None:
            return End(None)
        total, open_ = total + number * end.at, open_ or end.open_
    return End(total, open_)


def _above(least: End, threshold: Fraction, *, strictly: bool = False) -> bool:
    """Whether every value from this end up is at least (or more than) the threshold."""
    if least.at is None:
        return False
    return least.at > threshold or (least.at == threshold and (not strictly or least.open_))


def _below(most: End, threshold: Fraction, *, strictly: bool = False) -> bool:
    """Whether every value up to this end is at most (or less than) the threshold."""
    if most.at is None:
        return False
    return most.at < threshold or (most.at == threshold and (not strictly or most.open_))
