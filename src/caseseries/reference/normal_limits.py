"""The limits of normal of one value: those of the rows that give it, else those of the protocol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

from caseseries.chart.tables import Measurement, calendar_date
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.measure import limits_of
from caseseries.protocol.normal_limits import AGES, SEXES
from caseseries.protocol.window import Window
from caseseries.reference.contenders import by_day
from caseseries.reference.days import whole_years
from caseseries.reference.record import Indexed, sex_of
from caseseries.reference.window import Candidates, Chosen, candidates_in
from caseseries.verdict.trace import Normal

NO_LOWER: Final = "no lower limit of normal"
NO_UPPER: Final = "no upper limit of normal"
DIFFERENT: Final = "different limits of normal"
#: Why there is no limit where it hangs on what is not known of the patient.
UNKNOWN: Final = {
    frozenset({"sex"}): "limit of normal by a sex that is not known",
    frozenset({"age"}): "limit of normal by an age that is not known",
    frozenset({"sex", "age"}): "limit of normal by a sex and an age that are not known",
}
_Side = Literal["lower", "upper"]


def normal_limits(
    study: Indexed, patient: str, index: int, measure: str, window: Window, chosen: Chosen
) -> Normal | None:
    """The limits of the value that was chosen; None where there is no number, or no rule asks for limits of the measure.

    A number has the limits of the rows of its day that hold it. A mean, and a bound, has those on which all rows agree that entered it.
    """
    if "limited" not in study.memo:
        study.memo["limited"] = limited_measures(study.protocol)
    known = chosen.value if chosen.value is not None else chosen.limit
    if measure not in study.memo["limited"] or known is None or chosen.day is None:
        return None
    rows = study.patients[patient]
    found = candidates_in(study, rows, index, measure, window)
    giving = _giving(found, index, window, chosen)
    return agreed_limits(study, giving)


def agreed_limits(study: Indexed, giving: Sequence[Measurement]) -> Normal:
    """The limits on which all rows agree that give a value."""
    lower, no_lower = _agreed([_limit(study, row, "lower") for row in giving], NO_LOWER)
    upper, no_upper = _agreed([_limit(study, row, "upper") for row in giving], NO_UPPER)
    return Normal(lower, upper, no_lower, no_upper)


def _giving(found: Candidates, index: int, window: Window, chosen: Chosen) -> tuple[Measurement, ...]:
    """The rows that give the value."""
    assert chosen.day is not None
    bound, together = chosen.value is None, window.components == "nearest each"
    if together and (window.take in {"mean", "sum"} or (bound and not by_day(window))):
        return found.rows
    settled = window.tie == "mean" or (bound and window.tie in {"better", "worse"})
    if together and window.take == "nearest" and settled:
        assert window.target is not None
        target = index + window.target
        return tuple(row for row in found.rows if abs(row.day - target) == abs(chosen.day - target))
    that_day = found.on(chosen.day)
    if bound or window.same_day == "mean":
        return that_day
    return tuple(row for row in that_day if row.value == chosen.value)


def _agreed(limits: Sequence[Fraction | frozenset[str] | None], none: str) -> tuple[Fraction | None, str]:
    """The limit that all rows have, or why there is none: a row without one, then one whose limit hangs on what is not known of the patient."""
    if None in limits:
        return None, none
    unknown = frozenset[str]().union(*(one for one in limits if isinstance(one, frozenset)))
    if unknown:
        return None, UNKNOWN[unknown]
    different = {one for one in limits if isinstance(one, Fraction)}
    return (different.pop(), "") if len(different) == 1 else (None, DIFFERENT)


def _limit(study: Indexed, row: Measurement, side: _Side) -> Fraction | frozenset[str] | None:
    """The limit of one row, or None; where that hangs on them, of what is not known of the patient: `sex`, `age`."""
    own: Fraction | None = getattr(row, side)
    if own is not None and own > 0:
        return own
    declared = limits_of(study.protocol.measures[row.measure])
    possible: dict[tuple[str, int], Fraction | None] = {
        whom: next((getattr(one, side) for one in declared if whom in one.whom), None) for whom in _whom(study, row)
    }
    if len(set(possible.values())) < 2:
        return next(iter(possible.values()), None)
    of_sex, of_age = defaultdict[str, set[Fraction | None]](set), defaultdict[int, set[Fraction | None]](set)
    for (sex, age), one in possible.items():
        of_sex[sex].add(one)
        of_age[age].add(one)
    by_sex = any(len(found) > 1 for found in of_age.values())
    by_age = any(len(found) > 1 for found in of_sex.values())
    return frozenset(["sex"] * by_sex + ["age"] * by_age)


def _whom(study: Indexed, row: Measurement) -> Iterator[tuple[str, int]]:
    """Every sex and age in whole years that the patient may have had on the day of the row."""
    person = study.patients[row.patient].person
    ages = list(AGES)
    if person.birth_low is not None and person.birth_high is not None:
        oldest, youngest = (
            whole_years(calendar_date(day), calendar_date(row.day)) for day in (person.birth_low, person.birth_high)
        )
        ages = [age for age in AGES if youngest <= age <= oldest]
    for sex in SEXES.values():
        if sex_of(study, person) in {"", sex}:
            yield from ((sex, age) for age in ages)
