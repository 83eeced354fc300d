"""Numbers as they are read: exact where short, and never rounded onto or over a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.protocol.grades import told_grade
from caseseries.protocol.written import decimal_text

#: Decimal places at which rounding stops even if two numbers still look alike.
MOST_PLACES = 9

MINUS = "−"


def shown(value: Fraction, places: int, *others: Fraction) -> str:
    """A number with at most `places` decimals, or as many more as it takes to stay on its side of `others`; one below a tenth keeps two digits.

    >>> shown(Fraction(20), 1), shown(Fraction(83, 2), 2), shown(Fraction(-4), 2)
    ('20', '41.5', '−4')
    >>> shown(Fraction("15.04"), 1), shown(Fraction("15.04"), 1, Fraction(15))
    ('15', '15.04')
    >>> shown(Fraction("0.0249"), 2), shown(Fraction("-0.002"), 2), shown(Fraction("0.014"), 2, Fraction("0.0141"))
    ('0.025', '−0.002', '0.014')
    """
    for wide in range(_two_digits(value, places), MOST_PLACES):
        text = decimal_text(value, wide)
        if all(_side(Fraction(text), other) == _side(value, other) for other in others):
            return text.replace("-", MINUS)
    return decimal_text(value, MOST_PLACES).replace("-", MINUS)


def value_text(grades: Sequence[str], value: Fraction, places: int, *others: Fraction) -> str:
    """A value of a measure as :func:`shown` gives it, or as its grade where the measure has `grades`.

    >>> value_text((), Fraction(41, 2), 2), value_text(("0", "0.5+", "1+"), Fraction(1), 2)
    ('20.5', '0.5+')
    """
    return told_grade(grades, value) if grades else shown(value, places, *others)


def signed(value: Fraction, places: int, *others: Fraction) -> str:
    """A number as :func:`shown` gives it, with its sign; no change is `+0`.

    >>> signed(Fraction(21), 2), signed(Fraction(0), 2), signed(Fraction("-2.5"), 2)
    ('+21', '+0', '−2.5')
    """
    text = shown(value, places, *others)
    return text if text.startswith(MINUS) else f"+{text}"


def bounded(bound: str, limit: str) -> str:
    """A value known only as above or below a limit, as it is read; files for programs keep `>=` and `<=`.

    >>> bounded(">=", "8"), bounded("<=", "0.5"), bounded("<", "5")
    ('≥8', '≤0.5', '<5')
    """
    return {">=": "≥", "<=": "≤"}.get(bound, bound) + limit


def day_text(day: int) -> str:
    """A day relative to the index date.

    >>> day_text(84), day_text(-7)
    ('day 84', 'day −7')
    """
    return f"day {str(day).replace('-', MINUS)}"


def listed(parts: list[str], last: str = "and") -> str:
    """Parts as they are read aloud.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def _two_digits(value: Fraction, places: int) -> int:
    """So many decimals, or as many more as it takes to show two digits of a number below a tenth: a value is never printed as none."""
    if not 0 < abs(value) < Fraction(1, 10):
        return places
    return next((one for one in range(places, MOST_PLACES) if abs(value) * 10 ** (one - 1) >= 1), MOST_PLACES)


def _side(value: Fraction, other: Fraction) -> int:
    return (value > other) - (value < other)
