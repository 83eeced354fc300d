"""What is certain about the days of a course: yes, no, or not known (None), over every day on which it may have begun and ended; ages."""

from __future__ import annotations

import datetime as dt

from caseseries.chart.tables import Course
from caseseries.verdict.trace import Truth


def agreed(*answers: bool) -> Truth:
    """What every possible day answers; not known where they differ.

    >>> agreed(True, True), agreed(True, False)
    (True, None)
    """
    return answers[0] if len(set(answers)) == 1 else None


def negation(answer: Truth) -> Truth:
    """Kleene's not."""
    return None if answer is None else not answer


def both(one: Truth, other: Truth) -> Truth:
    """Kleene's and.

    >>> both(True, None), both(None, False)
    (None, False)
    """
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(answers: list[Truth]) -> Truth:
    """Kleene's or; of nothing: no.

    >>> either([False, None]), either([None, True]), either([])
    (None, True, False)
    """
    return True if True in answers else None if None in answers else False


def begun_by(course: Course, day: int) -> Truth:
    """Whether the course had begun by that day."""
    low, high = course.ends.first_low, course.ends.first_high
    return True if high <= day else None if low <= day else False


def lasts_to(course: Course, day: int) -> Truth:
    """Whether the course was still taken on that day or later."""
    low, high = course.ends.last_low, course.ends.last_high
    if low is None or low >= day:
        return True
    return None if high is None or high >= day else False


def taken_on(course: Course, day: int) -> Truth:
    """Whether the course covers that day."""
    return both(begun_by(course, day), lasts_to(course, day))


def counts_on_arrival(course: Course, day: int) -> Truth:
    """Whether the course counts in the dose of a day: begun before it, and taken at least to the day before."""
    return both(begun_by(course, day - 1), lasts_to(course, day - 1))


def whole_years(birth: dt.date, day: dt.date) -> int:
    """Age in whole years by birthday; born on 29 February, a year is complete on 1 March in other years.

    >>> whole_years(dt.date(2000, 2, 29), dt.date(2018, 2, 28)), whole_years(dt.date(2000, 2, 29), dt.date(2018, 3, 1))
    (17, 18)
    """
    before_birthday = (day.month, day.day) < (birth.month, birth.day)
    return day.year - birth.year - before_birthday
