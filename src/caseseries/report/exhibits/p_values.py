"""P values as they are printed, in tables and in sentences."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

from caseseries.report.exhibits.printed_numbers import absent, exact, number, rounded
from caseseries.summary.result import Number, Result
from caseseries.verdict.number_style import style_in_force


def p_value(value: Number) -> str:
    """A p value: two digits, three below .01 (or where the style says), never .000; without a leading zero, as AMA prints it.

    >>> p_value(0.0312), p_value(0.0078), p_value(0.0001), p_value(0.5), p_value(0.996)
    ('.03', '.008', '<.001', '.50', '>.99')
    """
    found, style = exact(value), style_in_force()
    if found < Fraction(1, 1000):
        told = "<0.001"
    elif found > Fraction(99, 100):
        told = ">0.99"
    else:
        # .0095 to .01 would print as .010; two digits then suffice.
        three = rounded(found, 3) <= style.p_three_to
        below = style.p_shows_below_05 and found < Fraction(1, 20) and rounded(found, 2) == Decimal("0.05")
        # Of one just below .05 as many digits as show that it is.
        shown = next(at for at in itertools.count(3) if rounded(found, at) < Decimal("0.05")) if below else 3
        told = number(found, shown if three or below else 2)
    return told if style.p_zero else told.replace("0.", ".", 1)


def p_compared(value: Number) -> str:
    """The letter of a p value with what it is to the number that is printed.

    >>> p_compared(0.0312), p_compared(0.0001)
    ('P = .03', 'P < .001')
    """
    told, style = p_value(value), style_in_force()
    sign, size = (told[0], told[1:]) if told[0] in "<>" else ("=", told)
    return f"{style.p} {sign} {size}" if style.p_spaced else f"{style.p}{sign}{size}"


def p_words(test: Result) -> str:
    """The p value of a test in a sentence, with what it is to the number that is printed, or why there is none.

    >>> [p_words(Result("x", "", found)) for found in (0.0312, 0.0001, 0.996)]
    ['P = .03', 'P < .001', 'P > .99']
    >>> p_words(Result("x", "", None, absent_because="no pairs"))
    'P not estimable (no pairs)'
    """
    if test.estimate is None:
        return f"{style_in_force().p} {absent(test.absent_because)}"
    return p_compared(test.estimate)
