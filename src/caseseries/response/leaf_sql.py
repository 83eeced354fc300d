"""A comparison as SQL: yes, no, or NULL; of values known as above or below a limit, where all that they may be agree.

Values arrive as pairs ``v<slot>_num, v<slot>_den`` named by the slot's place in the plan, limits of normal as whole millionths ``v<slot>_upper``,
``v<slot>_lower`` with ``v<slot>_upper_why``, ``v<slot>_lower_why`` (:data:`NORMAL`); comparisons multiply whole numbers, so a
fall of exactly 20 % is exactly 20 % on every engine.

Of values that are known to be small (:class:`Known`) there is ``v<slot>_num`` alone, in millionths. A comparison of such values is one of a sum, each
value times a whole number, with another whole number; where these numbers and the largest values cannot pass 64 bits it is made in 64 bits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from caseseries.assessment.absent import BOUNDS, CODES
from caseseries.assessment.sheet_packing import VALUE_BITS
from caseseries.chart.store import MILLIONTH
from caseseries.engine.dialect import Dialect
from caseseries.protocol.amount import SIDES
from caseseries.protocol.tree import Leaf, Slot

#: What no small value passes either way, in millionths: the least that does not fit on a sheet.
SMALL = 2 ** (VALUE_BITS - 1)

#: The codes of values that were not measured (:data:`caseseries.verdict.trace.NOT_MEASURED`).
NOT_MEASURED = ", ".join(str(CODES[name]) for name in ("no_visit", "no_value", "not_at_visit", "no_number"))

#: The columns of the limits of normal of a slot that is compared with them, and of a row of ``normal_limit``.
NORMAL = ("lower", "upper", "lower_why", "upper_why")

#: The columns of what is known of a count that is not known exactly, and of a row of ``count_range``: between least/parts and most/parts.
RANGE = ("least", "most", "parts")

OPERATORS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beforehand of the values in the slots, by the places of these.

    The values of `small` are whole millionths of at most :data:`SMALL` either way. `bounds` are the codes of values known only as below or
    above a limit that occur in a slot; a slot that is not there may have any. Slots that are `counted` have a range (:data:`RANGE`).
    """

    small: frozenset[int] = frozenset()
    bounds: Mapping[int, frozenset[int]] = field(default_factory=dict)
    counted: frozenset[int] = frozenset()


#: Where nothing is known beforehand.
UNKNOWN = Known()


@dataclass(frozen=True, slots=True)
class _Values:
    """SQL for the values of the slots, as wide whole numbers."""

    known: Known
    wide: str

    def num(self, place: int) -> str:
        return f"CAST(v{place}_num AS {self.wide})" if place in self.known.small else f"v{place}_num"

    def den(self, place: int) -> str:
        return f"CAST({MILLIONTH} AS {self.wide})" if place in self.known.small else f"v{place}_den"

    def whole(self, number: int) -> str:
        return f"CAST({number} AS {self.wide})"

    def codes(self, place: int) -> tuple[int, ...]:
        """0, and the codes of bounds that may occur."""
        occur = self.known.bounds.get(place)
        return (0, *(code for code in BOUNDS if occur is None or code in occur))


def leaf_sql(leaf: Leaf, slots: Sequence[Slot], dialect: Dialect, known: Known = UNKNOWN) -> str:
    """The answer of a leaf, NULL where a value is absent; of bounds, where every possible value agrees."""
    places, values = [slots.index(slot) for slot in leaf.slots], _Values(known, dialect.wide)
    exact = _exact(leaf, slots, values)
    if not leaf.bounds:
        return exact
    present = " AND ".join(f"v{place}_absent = 0" for place in places)
    cases = [f"WHEN {present} THEN {exact}"]
    if known.counted.issuperset(places):
        return f"(CASE {' '.join([*cases, *_of_counts(leaf, places, values)])} END)"
    for codes in itertools.product(*(values.codes(place) for place in places)):
        if any(codes):
            condition = " AND ".join(f"v{place}_absent = {code}" for place, code in zip(places, codes, strict=True))
            cases.append(f"WHEN {condition} THEN {_of_bounds(leaf, places, codes, values)}")
    return f"(CASE {' '.join(cases)} END)"


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a value: SQL for its numerator and denominator, and whether the value never reaches it."""

    num: str
    den: str
    open_: bool = False


def _of_counts(leaf: Leaf, places: Sequence[int], values: _Values) -> Iterator[str]:
    """The cases in which a count lies between two numbers, or is at least one."""
    for ended in itertools.product((True, False), repeat=len(places)):
        known: list[str] = []
        spans: list[tuple[_End | None, _End | None]] = []
        for place, end in zip(places, ended, strict=True):
            known.append(f"v{place}_least IS NOT NULL AND v{place}_most IS {'NOT ' * end}NULL")
            parts, wide = f"CAST(v{place}_parts AS {values.wide})", values.wide
            low, high = (_End(f"CAST(v{place}_{name} AS {wide})", parts) for name in ("least", "most"))
            spans.append((low, high if end else None))
        yield f"WHEN {' AND '.join(known)} THEN {_of_spans(leaf, places, spans, [], values)}"


def _of_bounds(leaf: Leaf, places: Sequence[int], codes: Sequence[int], values: _Values) -> str:
    """The answer where some of the values are below (`<`, `<=`) or above (`>`, `>=`) a limit: TRUE and FALSE only where all they may be agree.

    What is compared is a sum of the values, each times a number, so it is least and greatest at their ends.
    """

    def fixed(at: Fraction | None) -> _End | None:
        return None if at is None else _End(values.whole(at.numerator), values.whole(at.denominator))

    spans: list[tuple[_End | None, _End | None]] = []
    agreeing = []
    for place, code in zip(places, codes, strict=True):
        bound = BOUNDS.get(code, "")
        here = _End(values.num(place), values.den(place), open_=bound in {"<", ">"})
        low = fixed(leaf.low) if bound.startswith("<") else here
        high = fixed(leaf.high) if bound.startswith(">") else here
        span = (low, high)
        spans.append(span)
        if code and low is not None and high is not None:  # a bound beyond the range of the measure leaves no value
            before = "<" if low.open_ or high.open_ else "<="
            agreeing.append(f"{low.num} * {high.den} {before} {high.num} * {low.den}")
    return _of_spans(leaf, places, spans, agreeing, values)


def _of_spans(
    leaf: Leaf,
    places: Sequence[int],
    spans: list[tuple[_End | None, _End | None]],
    agreeing: list[str],
    values: _Values,
) -> str:
    """The answer where each value lies between two ends (None: there is none) and all of `agreeing` holds."""
    if side := SIDES.get(leaf.basis):
        limit = _End(f"CAST(v{places[0]}_{side} AS {values.wide})", values.whole(MILLIONTH))
        spans.append((limit, limit))
    if leaf.kind != "value" and leaf.basis == "baseline":
        return _of_percent(leaf, spans, agreeing, values)
    sure, never = _sides(leaf, spans, values)
    possible = " AND ".join(agreeing) or "TRUE"
    return f"CASE WHEN {possible} AND {sure} THEN TRUE WHEN {possible} AND {never} THEN FALSE END"


def _sides(leaf: Leaf, spans: Sequence[tuple[_End | None, _End | None]], values: _Values) -> tuple[str, str]:
    """SQL for whether the comparison holds wherever the values lie, and whether it does nowhere."""
    numbers, threshold = _sum(leaf)
    least = [span[0 if number > 0 else 1] for number, span in zip(numbers, spans, strict=True)]
    most = [span[1 if number > 0 else 0] for number, span in zip(numbers, spans, strict=True)]
    up, strictly = leaf.comparison in {"at_least", "more_than"}, leaf.comparison in {"more_than", "less_than"}
    first, second = (least, most) if up else (most, least)
    sure = _side(numbers, first, threshold, ">" if up else "<", strictly=strictly, whole=values.whole)
    never = _side(numbers, second, threshold, "<" if up else ">", strictly=not strictly, whole=values.whole)
    return sure, never


def _of_percent(leaf: Leaf, spans: list[tuple[_End | None, _End | None]], agreeing: list[str], values: _Values) -> str:
    """The answer in percent of a value before that is never below 0; where it may be 0, if that answers as every value above it does."""
    (low, high), after = spans
    if low is None:
        return "CAST(NULL AS BOOLEAN)"
    sure, never = _sides(leaf, spans, values)
    above = " AND ".join([*agreeing, f"{low.num} {'>=' if low.open_ else '>'} 0"])
    cases = [f"WHEN {above} AND {sure} THEN TRUE WHEN {above} AND {never} THEN FALSE"]
    if leaf.if_zero in {"not met", "any rise counts"} and not low.open_:
        held, failed = ("FALSE", "TRUE") if leaf.if_zero == "not met" else _rise(leaf, *after)
        sure, never = _sides(leaf, [(_End(low.num, low.den, open_=True), high), after], values)
        alone = "FALSE" if high is None else f"{high.num} = 0"
        zero = " AND ".join([*agreeing, f"{low.num} = 0"])
        cases.append(
            f"WHEN {zero} AND {held} AND ({alone} OR {sure}) THEN TRUE "
            f"WHEN {zero} AND {failed} AND ({alone} OR {never}) THEN FALSE"
        )
    return f"CASE {' '.join(cases)} END"


def _rise(leaf: Leaf, low: _End | None, high: _End | None) -> tuple[str, str]:
    """SQL for whether a change from 0 is met wherever the value after lies, and whether nowhere, where any rise counts."""
    if (
        leaf.sign < 0
    ):  # a value that stands still or rises falls by nothing; of one below 0 nobody can tell by what percent it fell
        yes, no = "FALSE", "FALSE" if low is None else f"{low.num} >= 0"
    else:
        yes = "FALSE" if low is None else f"{low.num} {'>=' if low.open_ else '>'} 0"
        no = "FALSE" if high is None else f"{high.num} <= 0"
    return (no, yes) if leaf.little else (yes, no)


def _sum(leaf: Leaf) -> tuple[list[Fraction], Fraction]:
    """A comparison as that of a sum: by what each value is multiplied, before and after, and with what the sum is compared.

    Of a percent of baseline it holds where the value before is above 0.
    """
    width = leaf.width or Fraction(0)
    if leaf.basis in SIDES:  # the limit of normal is the second of two
        return [Fraction(1), -leaf.threshold], Fraction(0)
    if leaf.kind == "value":
        of_range = (leaf.minimum or Fraction(0)) + leaf.threshold * width / 100
        return [Fraction(1)], of_range if leaf.basis == "range" else leaf.threshold
    sign = Fraction(leaf.sign)
    if leaf.basis == "baseline":
        return [-100 * sign - leaf.threshold, 100 * sign], Fraction(0)
    return [-sign, sign], leaf.threshold * width / 100 if leaf.basis == "range" else leaf.threshold


def _side(
    numbers: Sequence[Fraction],
    ends: Sequence[_End | None],
    threshold: Fraction,
    side: str,
    *,
    strictly: bool,
    whole: Callable[[int], str],
) -> str:
    """SQL for whether the sum, up to these ends of its values, lies on one side (`>`, `<`) of the threshold, or on it where not `strictly`.

    A sum that only comes near its end is beyond the threshold where the end is on it.
    """
    used = [(number, end) for number, end in zip(numbers, ends, strict=True) if number]
    if any(end is None for _, end in used):
        return "FALSE"
    known = [(number, end) for number, end in used if end is not None]
    operator = side if strictly and not any(end.open_ for _, end in known) else f"{side}="
    common = lcm(threshold.denominator, *(number.denominator for number, _ in known))
    dens = [end.den for _, end in known]
    terms = [
        " * ".join([whole(int(number * common)), end.num, *(den for place, den in enumerate(dens) if place != here)])
        for here, (number, end) in enumerate(known)
    ]
    right = " * ".join([whole(int(threshold * common)), *dens])
    return f"({' + '.join(terms)} {operator} {right})"


def _in_64_bits(leaf: Leaf, places: Sequence[int]) -> str | None:
    """The answer of a leaf whose values are all small, in 64 bits; None where a product or the sum might pass them."""
    numbers, threshold = _sum(leaf)
    common = lcm((threshold * MILLIONTH).denominator, *(number.denominator for number in numbers))
    factors, limit = [int(number * common) for number in numbers], int(threshold * MILLIONTH * common)
    if max(sum(map(abs, factors)) * SMALL, abs(limit)) >= 2**63:
        return None
    summed = " + ".join(f"({factor}) * v{place}_num" for factor, place in zip(factors, places, strict=True))
    compared = f"{summed} {OPERATORS[leaf.comparison]} {limit}"
    if leaf.kind == "value" or leaf.basis != "baseline":
        return f"({compared})"
    before, after = (f"v{place}_num" for place in places)
    at_zero = _from_zero(leaf, after)
    return f"(CASE WHEN {before} IS NULL OR {after} IS NULL OR {before} < 0 THEN NULL WHEN {before} = 0 THEN {at_zero} ELSE {compared} END)"


def _from_zero(leaf: Leaf, after: str) -> str:
    """The answer in percent of a value of 0 before, by the value after."""
    if leaf.if_zero == "not met":
        return "FALSE"
    if leaf.if_zero != "any rise counts":
        return "NULL"
    yes, no = ("FALSE", "TRUE") if leaf.little else ("TRUE", "FALSE")
    if leaf.sign > 0:
        return f"CASE WHEN {after} > 0 THEN {yes} ELSE {no} END"
    return f"CASE WHEN {after} >= 0 THEN {no} END"


def _exact(leaf: Leaf, slots: Sequence[Slot], values: _Values) -> str:
    """The answer of a leaf whose values are numbers, NULL where one is absent."""

    def pair(slot: Slot) -> tuple[str, str]:
        place = slots.index(slot)
        return values.num(place), values.den(place)

    def whole(number: int) -> str:
        return f"CAST({number} AS {values.wide})"

    order = [slots.index(slot) for slot in (leaf.before, leaf.after) if slot is not None]
    if leaf.kind != "is" and values.known.small.issuperset(order):
        quick = _in_64_bits(leaf, order)
        if quick is not None:
            return quick
    after_num, after_den = pair(leaf.after)
    if leaf.kind == "is":
        return f"({after_num} = {after_den})"
    operator = OPERATORS[leaf.comparison]
    threshold_num, threshold_den = whole(leaf.threshold.numerator), whole(leaf.threshold.denominator)
    width = leaf.width or Fraction(1)
    width_num, width_den = whole(width.numerator), whole(width.denominator)
    if side := SIDES.get(leaf.basis):
        limit = f"CAST(v{slots.index(leaf.after)}_{side} AS {values.wide})"
        return (
            f"({after_num} * {threshold_den} * {whole(MILLIONTH)} {operator} {threshold_num} * {limit} * {after_den})"
        )
    if leaf.kind == "value":
        if leaf.basis == "points":
            return f"({after_num} * {threshold_den} {operator} {threshold_num} * {after_den})"
        least = leaf.minimum or Fraction(0)
        above = f"({after_num} * {whole(least.denominator)} - {whole(least.numerator)} * {after_den})"
        return (
            f"(100 * {above} * {threshold_den} * {width_den} {operator} "
            f"{threshold_num} * {width_num} * {after_den} * {whole(least.denominator)})"
        )
    assert leaf.before is not None
    before_num, before_den = pair(leaf.before)
    change = f"({leaf.sign} * ({after_num} * {before_den} - {before_num} * {after_den}))"
    if leaf.basis == "points":
        return f"({change} * {threshold_den} {operator} {threshold_num} * {after_den} * {before_den})"
    if leaf.basis == "range":
        return f"(100 * {change} * {threshold_den} * {width_den} {operator} {threshold_num} * {width_num} * {after_den} * {before_den})"
    at_zero = _from_zero(leaf, after_num)
    return (
        f"(CASE WHEN {before_num} IS NULL OR {after_num} IS NULL OR {before_num} < 0 THEN NULL WHEN {before_num} = 0 THEN {at_zero} "
        f"ELSE 100 * {change} * {threshold_den} {operator} {threshold_num} * {before_num} * {after_den} END)"
    )


def left_out_sql(leaf: Leaf, answer: str, slots: Sequence[Slot]) -> str:
    """1 where a part that may be left out of its count is: it has no answer, and a value it rests on was not measured."""
    absent = " OR ".join(f"v{slots.index(slot)}_absent IN ({NOT_MEASURED})" for slot in leaf.slots)
    return f"(CASE WHEN ({answer}) IS NULL AND ({absent}) THEN 1 ELSE 0 END)"


def reason_sql(leaf: Leaf, slots: Sequence[Slot]) -> str:
    """Why a leaf could not be answered: the slot and the code of the first value that is absent, 0 where none is."""
    places = [slots.index(slot) for slot in leaf.slots]
    cases = [f"WHEN v{place}_absent <> 0 THEN {100 * place} + v{place}_absent" for place in places]
    if side := SIDES.get(leaf.basis):
        cases.append(f"WHEN v{places[0]}_{side}_why <> 0 THEN {100 * places[0]} + v{places[0]}_{side}_why")
    if leaf.basis == "baseline" and leaf.before is not None:
        place = slots.index(leaf.before)
        cases.append(f"WHEN v{place}_num < 0 THEN {100 * place + CODES['negative']}")
        if leaf.if_zero != "not met":
            cases.append(f"WHEN v{place}_num = 0 THEN {100 * place + CODES['zero']}")
    return f"CASE {' '.join(cases)} ELSE 0 END"
