"""Numbers as they were written: 1.2 is twelve tenths, not the nearest binary fraction."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

ExactNumber = Fraction | Decimal | int | str
"""A number that carries no binary rounding; text is plain decimal notation or a fraction: '2', '-0.35', '1/3'."""

LEVEL_95 = Fraction(95, 100)
"""The confidence level used where none is asked for."""

# Written out because Fraction() also takes '1_000', other scripts' digits and '1e400'.
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+|/0*[1-9][0-9]*)?")


def exact_number(value: ExactNumber) -> Fraction:
    """The number exactly as written, as a fraction.

    Floats are refused: 0.1 + 0.2 is not 0.3 there, so ties and zeros between patients would be lost.
    Raises TypeError for a type that is not exact and ValueError for text that is not a plain number; neither
    message repeats the value.

    >>> exact_number("2.3") - exact_number("1.2")
    Fraction(11, 10)
    """
    if isinstance(value, str):
        if not _PLAIN.fullmatch(value):
            raise ValueError("not a plain decimal number")
        return Fraction(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("not a finite number")
        return Fraction(value)
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    raise TypeError(f"an exact number is needed (Fraction, Decimal, int or text), not {type(value).__name__}")


def exact_numbers(values: Iterable[ExactNumber]) -> list[Fraction]:
    """Every number exactly as written, in ascending order, so that no result depends on the order of rows.

    >>> exact_numbers(["1.5", -2, "0.25"])
    [Fraction(-2, 1), Fraction(1, 4), Fraction(3, 2)]
    """
    return sorted(exact_number(value) for value in values)


def exact_level(level: ExactNumber | float) -> Fraction:
    """A confidence level strictly between 0 and 1; a float means the decimal it prints as, so 0.95 is 95/100.

    >>> exact_level(0.95)
    Fraction(19, 20)
    """
    exact = Fraction(repr(level)) if isinstance(level, float) else exact_number(level)
    if not 0 < exact < 1:
        raise ValueError("a confidence level lies between 0 and 1")
    return exact


def whole_count(value: int, name: str) -> int:
    """A count of patients or events, checked: a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a whole number, not {type(value).__name__}")
    if value < 0:
        raise ValueError(f"{name} is 0 or more")
    return value


def square_root(value: Fraction) -> float:
    """The float nearest to the square root of a fraction, not of the fraction's nearest float.

    >>> square_root(Fraction(9, 4))
    1.5
    """
    # Scaled so that the whole-number root keeps at least 64 bits, more than a float's 53.
    bits = max(0, 128 - value.numerator.bit_length() + value.denominator.bit_length())
    half = (bits + 1) // 2
    root = math.isqrt((value.numerator << 2 * half) // value.denominator)
    return float(Fraction(root, 1 << half))
