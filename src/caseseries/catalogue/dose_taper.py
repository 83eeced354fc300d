"""A taper written in one cell: doses one after the other, each for so many days, as exact steps; what is read in two ways is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from caseseries.catalogue.dose_schedule import dose_unit
from caseseries.catalogue.listing import words_of
from caseseries.catalogue.taper_clause import Fall, TaperStep, clauses_of, dose_of, fall_of, is_end, unclear
from caseseries.catalogue.weekday import days_named

__all__ = ["Taper", "taper", "taper_forms"]


def taper_forms() -> str:
    """The forms that are read, for messages."""
    return (
        "a list such as `40 mg 2 weeks, 30 mg 14 days, then 10 mg`, or a fall such as `40 mg 2 weeks, then 5 mg less each week` or "
        "`reduce by 5 mg every 2 weeks to 10 mg`; lengths in days or weeks; `then stop` where it ended"
    )


@dataclass(frozen=True, slots=True)
class Taper:
    """Doses one after the other.

    ``stops``: the drug is not taken after the last step, by a word for it or because the dose fell to 0. ``open_ended``: the text says how the
    dose falls and not how far, so that a last day of the row may cut it short. ``falls``: amounts were subtracted from a dose.
    """

    steps: tuple[TaperStep, ...]
    stops: bool
    open_ended: bool = False
    falls: bool = False

    @property
    def days(self) -> int | None:
        """How many days all steps last; None where the last goes on."""
        lengths = [step.days for step in self.steps]
        return None if None in lengths else sum(length or 0 for length in lengths)

    def told(self) -> str:
        """The steps in one line.

        >>> taper("40 mg 2 wk, then 20 mg less each week").told()
        '40 mg for 14 days, 20 mg for 7 days, then stopped'
        """
        found = []
        for step in self.steps:
            dose = " ".join(part for part in (words_of(step.amount), step.unit, step.frequency) if part)
            found.append(dose if step.days is None else f"{dose} for {step.days} day{'' if step.days == 1 else 's'}")
        return ", ".join(found) + (", then stopped" if self.stops else "")


@lru_cache(maxsize=1 << 10)
def taper(text: str, *, comma: bool = False) -> Taper:
    """The steps of a taper; ``comma``: the decimal mark is a comma.

    A fall without an end runs down to the last dose above 0, and ends there only where the next would be exactly 0 or a word says so.

    Raises:
        UnclearTaper: the text is no such list, or is read in more than one way.

    >>> [(step.amount, step.days) for step in taper("40 mg x 2 weeks, 30 mg x 10 days, then 7.5 mg").steps]
    [(Fraction(40, 1), 14), (Fraction(30, 1), 10), (Fraction(15, 2), None)]
    >>> taper("40 mg 2 wk, then 5 mg less each week").days, taper("40 mg daily, reduce by 5 mg every week (to 10 mg)").days
    (63, None)
    """
    if len(text) > LONGEST:
        unclear("the text is too long for a taper")
    clauses = clauses_of(text, comma=comma)
    if len(clauses) < 2:
        unclear("one dose and its time are no taper")
    return _Reading().of(clauses)


LONGEST = 400
MOST_STEPS = 200
#: `40 mg in the morning 2 weeks, 20 mg at night 2 weeks` may be one after the other or both on each day.
_TIME_OF_DAY = (
    r"morn|noon|even|night|noct|bed|mane|nacht|morgen|abend|mittag|fruh|matin|soir|midi|coucher|manana|noche|acostar"
    r"|\b(?:[ap]m|q[ap]m|hs|qhs|om|qn)\b"
)


class _Reading:
    """Puts the clauses of one text together."""

    def __init__(self) -> None:
        self.steps: list[TaperStep] = []
        self.pending: Fall | None = None
        self.stops = self.falls = self.open_ended = self.ended = False

    def of(self, clauses: list[str]) -> Taper:
        """The taper of all clauses."""
        for clause in clauses:
            if self.ended:
                unclear("something is written behind the end of the taper")
            self._clause(clause)
        if self.pending is not None:
            self._run_down(self.pending)
        self.steps = _of_one_kind(self.steps)
        times = {step.frequency for step in self.steps}
        if len(times) > 1 and any(re.search(_TIME_OF_DAY, one) or days_named(one) for one in times):
            unclear(
                "it is not said whether doses of different days or times of the day follow each other or are taken together"
            )
        return Taper(tuple(self.steps), self.stops, self.open_ended, self.falls)

    def _clause(self, clause: str) -> None:
        if is_end(clause):
            self._end()
        elif (fall := fall_of(clause)) is not None:
            self._fall(fall)
        elif (hold := dose_of(clause)) is not None:
            self._hold(hold)
        else:
            unclear("a part of the text is no dose with its time, no fall by an amount at an interval and no end")

    def _hold(self, step: TaperStep) -> None:
        if self.pending is not None:
            unclear("a fall that does not say to which dose stands before another dose")
        if self.steps and self.steps[-1].days is None:
            unclear("a dose that does not say for how long stands before another dose")
        if step.amount == 0:
            unclear("a dose of 0 stands within the taper")
        self.steps.append(step)

    def _fall(self, fall: Fall) -> None:
        if not self.steps:
            unclear("a fall without a dose before it")
        if self.pending is not None:
            unclear("a fall that does not say to which dose stands before another fall")
        above = self.steps[-1]
        if above.days is None:  # the first dose of a fall lasts as long as the others
            if len(self.steps) > 1 and self.falls:
                unclear("it is not said for how long the dose is taken to which the first fall leads")
            self.steps[-1] = above = replace(above, days=fall.every)
        if not _same_amount(above.unit, fall.unit):
            unclear("the fall is in another unit than the dose")
        if above.per_day is not None and (above.per_day > 1 or (fall.loose and above.per_day != 1)):
            unclear("it is not said whether the fall is of a dose or of a day")
        self.falls = True
        if fall.target is None and not fall.end:
            self.pending = fall
            return
        self._down(fall, Fraction(0) if fall.target is None else fall.target.amount)
        if fall.target is None:
            self.stops = self.ended = True
            return
        if self.steps[-1].amount - fall.amount != fall.target.amount:
            unclear("the falls do not lead to the dose that is named")
        if not _same_amount(above.unit, fall.target.unit):
            unclear("the fall is in another unit than the dose")
        last = replace(above, amount=fall.target.amount, days=fall.target.days)
        if fall.target.per_day not in {None, above.per_day}:
            unclear("the dose to which the fall leads is taken at other times than that before it")
        self.steps.append(last)

    def _down(self, fall: Fall, to: Fraction) -> None:
        """Every dose of a fall that is above the one to which it leads."""
        above = self.steps[-1]
        if to >= above.amount:
            unclear("the fall leads to no smaller dose")
        if fall.amount > above.amount:
            unclear("the fall is larger than the dose")
        dose = above.amount - fall.amount
        while dose > to:
            self.steps.append(replace(above, amount=dose, days=fall.every))
            dose -= fall.amount
            if len(self.steps) > MOST_STEPS:
                unclear("the taper has too many steps")

    def _run_down(self, fall: Fall) -> None:
        """A fall of which nothing says how far it goes."""
        self._down(fall, Fraction(0))
        self.stops = self.steps[-1].amount == fall.amount
        self.open_ended = True

    def _end(self) -> None:
        if self.pending is not None:
            self._down(self.pending, Fraction(0))
            self.pending = None
        elif not self.steps or self.steps[-1].days is None:
            unclear("it is not said for how long the last dose is taken before the end")
        self.stops = self.ended = True


def _same_amount(one: str, other: str) -> bool:
    """Whether two units are one, whatever time they say; one that is not written is the other."""
    if not one or not other:
        return True
    first, second = dose_unit(one), dose_unit(other)
    return (first.mg, first.per) == (second.mg, second.per)


def _of_one_kind(steps: list[TaperStep]) -> list[TaperStep]:
    """The steps in one unit; one that does not say how often is taken as the one before it, where that is once a day."""
    unit = next((step.unit for step in steps if step.unit), "")
    found: list[TaperStep] = []
    for step in steps:
        if not _same_amount(unit, step.unit):
            unclear("the doses are in different units")
        before = found[-1] if found else None
        if before is not None and step.per_day != before.per_day and _at_an_interval(step.per_day):
            unclear("it is not said whether an amount each week is a dose or a fall")
        if step.per_day is None and before is not None and before.per_day is not None:
            if before.per_day != 1:
                unclear("it is not said how often the dose is taken that follows one which is not taken once a day")
            found.append(replace(step, unit=before.unit, frequency=before.frequency, per_day=before.per_day))
            continue
        found.append(replace(step, unit=step.unit or _plain_unit(unit)))
    return found


def _at_an_interval(per_day: Fraction | None) -> bool:
    """Whether a dose is taken once in a week or another number of days; `then 5 mg each week` may leave out the word `less`."""
    return per_day is not None and per_day.numerator == 1 and per_day.denominator > 2


def _plain_unit(unit: str) -> str:
    """A unit without the time that it says."""
    return dose_unit(unit).key if unit else ""
