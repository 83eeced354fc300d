"""How numbers are printed: half up, a true minus, an en dash in ranges, and words where there is no number.

Percentages are whole while the denominator is below 100, as AMA style asks; the headline interval keeps one decimal
because its ends are exact and are compared with other papers. So it is in the style `plain`; percent signs, intervals, ranges and P follow the
style in force (:mod:`caseseries.verdict.number_style`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from caseseries.protocol.written import zeros
from caseseries.summary.result import Number, Result
from caseseries.verdict.number_style import PLAIN, style_in_force, with_percent

MINUS, EN_DASH = "−", "–"
NOT_ESTIMABLE = "not estimable"

#: From here on thousands are set apart by commas; numbers of four digits are not, as in journals.
GROUPED = 10_000


def exact(value: Number | int) -> Fraction:
    """The number as a fraction; a float means the shortest decimal it prints as.

    >>> exact(0.35)
    Fraction(7, 20)
    """
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def rounded(value: Number | int, places: int) -> Decimal:
    """The number at so many decimals, a half away from zero.

    >>> rounded(Fraction(85, 8), 1), rounded(2.675, 2), rounded(Fraction(-1, 2), 0)
    (Decimal('10.6'), Decimal('2.68'), Decimal('-1'))
    """
    scaled = abs(exact(value)) * 10**places
    whole = int(scaled + Fraction(1, 2))
    # Written out: arithmetic of decimals would round to 28 digits, and a row of a database may have a number of 19.
    return Decimal(f"{whole if value >= 0 else -whole}E{-places}")


def number(value: Number | int, places: int = 1, *, signed: bool = False) -> str:
    """A number with a fixed number of decimals and a true minus; never minus zero; thousands set apart from 10,000 on.

    >>> number(Fraction(85, 8)), number(Fraction(-1, 100)), number(7, 0, signed=True), number(Fraction(-41, 2))
    ('10.6', '0.0', '+7', '−20.5')
    >>> number(9999, 0), number(-412345.25)
    ('9999', '−412,345.3')
    """
    decimal = rounded(value, places)
    size = decimal.copy_abs()
    text = f"{size:,f}" if size >= GROUPED else f"{size:f}"
    if not decimal:
        return text
    return f"{MINUS if decimal < 0 else '+' if signed else ''}{text}"


def whole(n: int) -> str:
    """A count as it is printed.

    >>> whole(2034), whole(412034)
    ('2034', '412,034')
    """
    return number(n, 0)


def plain(value: Number | int, places: int = 2, *, signed: bool = False) -> str:
    """A recorded value: its own decimals, at most so many, without trailing zeros; a value below a tenth keeps two digits.

    >>> plain(Fraction(83, 2)), plain(Fraction(20)), plain(Fraction(-20, 3)), plain(0, signed=True)
    ('41.5', '20', '−6.67', '0')
    >>> plain(Fraction(4, 1000)), plain(Fraction(-1, 300), 1)
    ('0.004', '−0.0033')
    """
    text = number(value, max(places, zeros(value) + 2) if zeros(value) else places, signed=signed)
    return text.rstrip("0").rstrip(".") if "." in text else text


def alike(values: Sequence[Number | int], places: int = 2, *, signed: bool = False) -> tuple[str, ...]:
    """Recorded values of one line, all with the decimals that the finest of them has, at most so many.

    >>> alike([0, 21], signed=True), alike([Fraction(-6, 10), Fraction(-2, 10)], signed=True), alike([10, Fraction(83, 2)])
    (('0', '+21'), ('−0.6', '−0.2'), ('10.0', '41.5'))
    """
    every = [exact(value) for value in values]
    largest = max(every, key=abs, default=Fraction(0))
    most = max(places, zeros(largest) + 2) if zeros(largest) else places
    needed = (at for at in range(most) if all((value * 10**at).denominator == 1 for value in every))
    at = next(needed, most)
    return tuple(number(value, at, signed=signed) for value in every)


def years_text(least: Number, most: Number) -> str:
    """Patient-years at risk, wherever they are printed: the least to the most where days are not known.

    >>> years_text(Fraction(25, 3), Fraction(25, 3)), years_text(8, 9)
    ('8.3', '8.0–9.0')
    """
    return extremes(number(least), number(most))


def per_year_text(value: Number) -> str:
    """How often something was done in a year: one decimal, and below one two digits.

    >>> per_year_text(Fraction(73, 10)), per_year_text(Fraction(1, 4)), per_year_text(Fraction(1, 300))
    ('7.3', '0.25', '0.0033')
    """
    return number(value, zeros(value) + 2 if value and value < 1 else 1)


def rate_places(rate: Result) -> int:
    """Decimals of a rate and its interval: one, and more where a smaller rate would be printed as 0 or as one of its own ends.

    >>> found = [Result("x", "", *ends) for ends in ((12.4, 0.3, 69.6), (1.23, 1.21, 1.25), (0.0024, 0.0001, 0.01), (0, None, 0.02))]
    >>> [rate_places(rate) for rate in found]
    [1, 2, 4, 2]
    """
    least = zeros(rate.estimate) + 2 if rate.estimate and rate.estimate < 1 else 1
    told = {exact(end) for end in (rate.lower, rate.estimate, rate.upper) if end is not None}
    return next((at for at in range(least, 9) if len({number(end, at) for end in told}) == len(told)), least)


def machine(value: Number | int, places: int = 12) -> str:
    """A number for programs: ASCII, a decimal point, no exponent; twelve decimals, more where a number below a millionth needs them.

    A number that is not 0 is never written as 0: it keeps at least six significant digits.

    >>> machine(Fraction(1, 3)), machine(Fraction(-41, 2)), machine(0.349141), machine(6)
    ('0.333333333333', '-20.5', '0.349141', '6')
    >>> machine(-9189614625913805678)
    '-9189614625913805678'
    >>> machine(3.4567891e-15)
    '0.00000000000000345679'
    """
    text = f"{rounded(value, max(places, zeros(value) + 6)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def span(low: str, high: str) -> str:
    """A range: an en dash or what the style has, and the word `to` where a minus sign would stand beside it.

    >>> span("34.9", "96.8"), span("−4", "12")
    ('34.9–96.8', '−4 to 12')
    """
    return f"{low} to {high}" if MINUS in low + high or "+" in low + high else f"{low}{style_in_force().to}{high}"


def between_words(low: str, high: str) -> str:
    """A range with the word `to`, of limits that a sentence names one by one; in a style with a sign of its own in ranges, with that.

    >>> between_words("28", "91")
    '28 to 91'
    """
    return span(low, high) if style_in_force().to != PLAIN.to else f"{low} to {high}"


def joined_words() -> str:
    """What joins the two ends of a range, as a footnote says it.

    >>> joined_words()
    'a dash'
    """
    return {"–": "a dash", "-": "a hyphen"}.get(style_in_force().to, "“to”")


def extremes(low: str, high: str) -> str:
    """The smallest to the largest value; one value where they are the same.

    >>> extremes("+3", "+3"), extremes("3", "11")
    ('+3', '3–11')
    """
    return low if low == high else span(low, high)


def range_words(low: str, high: str, n: int | None) -> str:
    """The range in a sentence; nothing for a single value, which has none.

    >>> range_words("−4", "12", 8), range_words("24.0", "24.0", 10), range_words("+3", "+3", 1)
    ('range −4 to 12', 'all 24.0', '')
    """
    if n == 1:
        return ""
    return f"all {low}" if low == high else f"range {span(low, high)}"


def percent(n: int, total: int, *, finely: bool = False) -> str:
    """n of total in percent: whole below 100 (or where the style says) unless `finely`, else with one decimal; some are never printed as none, nor
    nearly all as all.

    >>> percent(6, 8), percent(1, 3), percent(25, 200), percent(157, 382838), percent(9999, 10000)
    ('75', '33', '12.5', '<0.1', '>99.9')
    """
    share = Fraction(100 * n, total)
    if total < style_in_force().tenths_from and not finely:
        return _whole_percent(share)
    if 0 < share < Fraction(1, 20):
        return "<0.1"
    return ">99.9" if Fraction(1999, 20) <= share < 100 else number(share)


def _whole_percent(share: Fraction) -> str:
    """Whole, and of more than 200 cases, which a style may ask, 1 of them is not 0."""
    if 0 < share < Fraction(1, 2):
        return "<1"
    return ">99" if Fraction(199, 2) <= share < 100 else number(share, 0)


def share(n: int, total: int) -> str:
    """n/N (%), or n/0 without a percentage.

    >>> share(14, 22), share(0, 0), share(12000, 48000)
    ('14/22 (64)', '0/0', '12,000/48,000 (25.0)')
    """
    counts = f"{whole(n)}/{whole(total)}"
    return f"{counts} ({percent(n, total)})" if total else counts


def share_in_words(n: int, total: int) -> str:
    """n of N (%), for sentences.

    >>> share_in_words(6, 8), share_in_words(0, 0)
    ('6 of 8 (75 %)', '0 of 0')
    """
    counts = f"{whole(n)} of {whole(total)}"
    return f"{counts} ({with_percent(percent(n, total))})" if total else counts


def percent_interval(result: Result) -> str:
    """The interval of a proportion in percent with one decimal (or as the style says), without signs, for a column in %; empty where there is none.

    >>> percent_interval(Result("x", "", Fraction(3, 4), 0.349141, 0.968146))
    '34.9–96.8'
    """
    limits = _limits_of(result)
    return span(*limits) if limits else ""


def percent_range(result: Result) -> str:
    """The interval of a proportion with its sign, for sentences where it stands by itself.

    >>> percent_range(Result("x", "", Fraction(3, 4), 0.349141, 0.968146))
    '34.9–96.8 %'
    """
    limits = _limits_of(result)
    return percent_span(*limits) if limits else ""


def percent_ends(result: Result) -> str:
    """The interval of a proportion for sentences where the share with its sign stands before it: signs where the style has one at either end.

    >>> percent_ends(Result("x", "", Fraction(3, 4), 0.349141, 0.968146))
    '34.9–96.8'
    """
    limits = _limits_of(result)
    return ends_span(*limits) if limits else ""


def percent_span(low: str, high: str) -> str:
    """A range in percent with its sign.

    >>> percent_span("13", "50"), percent_span("−4", "12")
    ('13–50 %', '−4 to 12 %')
    """
    return (
        span(with_percent(low), with_percent(high)) if style_in_force().percent_twice else with_percent(span(low, high))
    )


def ends_span(low: str, high: str) -> str:
    """The ends of an interval in percent behind a share with its sign: with signs where the style has one at either end.

    >>> ends_span("34.9", "96.8")
    '34.9–96.8'
    """
    return percent_span(low, high) if style_in_force().percent_twice else span(low, high)


def percent_limits(low: Number, high: Number, total: int | None) -> tuple[str, str]:
    """The ends of an interval in percent: one decimal, or none of so few cases as the style says.

    A decimal stays where a whole number would say 0 or 100 of what is neither.

    >>> percent_limits(34.9141, 96.8146, 8)
    ('34.9', '96.8')
    """
    ends = exact(low), exact(high)
    few = total is not None and total < style_in_force().limit_tenths_from
    places = 0 if few and all(end in {0, 100} or 0 < rounded(end, 0) < 100 for end in ends) else 1
    return number(ends[0], places), number(ends[1], places)


def _limits_of(result: Result) -> tuple[str, str] | None:
    if result.lower is None or result.upper is None:
        return None
    return percent_limits(exact(result.lower) * 100, exact(result.upper) * 100, result.total)


def ci_title(level: str) -> str:
    """What an interval is called in the title of a column.

    >>> ci_title("95")
    '95 % CI'
    """
    return f"{with_percent(level)} CI"


def ci_text(level: str, ends: str) -> str:
    """An interval in a sentence: what it is, and its ends.

    >>> ci_text("95", "34.9–96.8")
    '95 % CI 34.9–96.8'
    """
    return f"{ci_title(level)}{style_in_force().before_ends}{ends}"


def interval(result: Result, places: int = 1, *, signed: bool = False) -> str:
    """The interval of an estimate at its own scale; empty where there is none."""
    if result.lower is None or result.upper is None:
        return ""
    return span(number(result.lower, places, signed=signed), number(result.upper, places, signed=signed))


def rate_interval(rate: Result) -> str:
    """The interval of a rate, with the decimals of the rate; empty where there is none.

    >>> rate_interval(Result("x", "", 12.4, 0.3, 69.6)), rate_interval(Result("x", "", 1.0, 0.991, 1.009))
    ('0.3–69.6', '0.99–1.01')
    """
    return interval(rate, rate_places(rate))


def rate_text(rate: Result, level: str) -> str:
    """A rate in a sentence, of few and of very many cases alike; of a range its two ends, empty where there is neither.

    >>> rate_text(Result("x", "", 12.4, 0.3, 69.6), "95"), rate_text(Result("x", "", None, 1.5, 3.0), "95")
    ('12.4 per 100 patient-years, 95 % CI 0.3–69.6', '1.5–3.0 per 100 patient-years')
    """
    between = rate_interval(rate)
    if rate.estimate is None:
        return f"{between} per 100 patient-years" if between else ""
    told = f"{number(rate.estimate, rate_places(rate))} per 100 patient-years"
    return f"{told}, {ci_text(level, between)}" if between else told


def absent(reason: str) -> str:
    """What stands in the place of a number that does not exist.

    >>> absent("one value has no standard deviation"), absent(""), absent("adverse events were not charted")
    ('not estimable (one value has no standard deviation)', 'not estimable', 'not charted')
    """
    if reason.endswith(" not charted"):
        return "not charted"
    reason = reason.removesuffix(" (n = 0)")
    return f"{NOT_ESTIMABLE} ({reason})" if reason else NOT_ESTIMABLE


def places_for(values: Iterable[Number | None]) -> int:
    """Decimals for means and medians of some values: one, none from 200 on, two for small decimals, more for smaller ones.

    Values that lie close together need more than their size says: 249.6 to 250.2.

    >>> places_for([Fraction(51), Fraction(83, 2)]), places_for([Fraction("0.35"), Fraction("1.2")]), places_for([792])
    (1, 2, 0)
    >>> places_for([Fraction("249.6"), Fraction("250.2")]), places_for([Fraction("-0.02"), Fraction("0.03")])
    (2, 3)
    """
    present = [exact(value) for value in values if value is not None]
    if not present:
        return 1
    decimals = any(value.denominator != 1 for value in present)
    apart = max(present) - min(present)
    sizes = [max(abs(value) for value in present), *([10 * apart] if apart else [])]
    return max(_places(size, decimals) for size in sizes)


def _places(size: Fraction, decimals: bool) -> int:
    if size >= 200:
        return 0
    if not decimals or size >= 10:
        return 1
    return 2 + zeros(size)
