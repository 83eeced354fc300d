"""Grades: ordered words of which only the order and the steps between them exist. Inside, a grade is its place, from 0."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.protocol.amount import Amount, value_amount
from caseseries.protocol.written import folded

#: The unit of a value of a graded measure, and of a change of one.
GRADE, STEPS = "grade", "steps"


def grade_place(grades: Sequence[str], written: Amount | str) -> int | None:
    """The place of a grade, from 0; None where the measure has no such grade. Case and spacing are ignored.

    >>> grade_place(["0", "0.5+", "1+"], "0.5+"), grade_place(["none", "Mild"], "mild"), grade_place(["0", "1+"], "1")
    (1, 1, None)
    """
    try:
        wanted = grade_key(written)
    except ValueError:
        return None
    return next((place for place, grade in enumerate(grades) if grade_key(grade) == wanted), None)


def grade_key(written: Amount | str) -> tuple[Fraction, str, str]:
    """What is compared of a grade: as a threshold reads it, so that a grade is the same word in a rule and in its measure.

    Raises:
        ValueError: a percent, which is no grade.
    """
    read = value_amount(written) if isinstance(written, str) else written
    return read.value, read.basis, folded(read.unit)


def told_grade(grades: Sequence[str], value: Fraction | float) -> str:
    """The grade at a place. The bins in which a site told values may end beyond the first or last grade, where no value is.

    >>> told_grade(["0", "0.5+", "1+"], Fraction(2)), told_grade(["0", "0.5+", "1+"], 9)
    ('1+', '1+')
    """
    place = min(max(Fraction(value), Fraction(0)), Fraction(len(grades) - 1))
    ensure(place.denominator == 1, "a grade is a whole place")
    return grades[int(place)]
