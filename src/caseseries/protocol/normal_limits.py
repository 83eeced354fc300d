"""Limits of normal that a protocol gives a measure, by sex and age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from types import MappingProxyType
from typing import Any, Literal

from caseseries.protocol.patient_is import AgeBounds
from caseseries.protocol.written import Number, Written, decimal_text, mistake

#: Ages in whole years that a limit may be of.
AGES = range(151)
#: The sexes as a chart holds them, by the words of a protocol.
SEXES: Mapping[str, str] = MappingProxyType({"female": "F", "male": "M"})


class NormalLimits(Written):
    """The lower and the upper limit of normal, in the unit of the measure; of one sex or age where they differ.

    The age is that on the day of the value, in whole years by calendar birthday. `source` says where the limits come from.
    """

    sex: Literal["female", "male"] | None = None
    age: AgeBounds | None = None
    lower: Number | None = None
    upper: Number | None = None
    source: str = ""

    @property
    def whom(self) -> frozenset[tuple[str, int]]:
        """The sexes (F, M) and ages in whole years whose limits these are."""
        least, below = (None, None) if self.age is None else (self.age.at_least, self.age.below)
        return _whom("" if self.sex is None else SEXES[self.sex], least, below)


@cache
def _whom(sex: str, least: Number | None, below: Number | None) -> frozenset[tuple[str, int]]:
    ages = [age for age in AGES if (least is None or age >= least) and (below is None or age < below)]
    return frozenset((one, age) for one in SEXES.values() if sex in {"", one} for age in ages)


def check_limits(limits: Sequence[NormalLimits]) -> None:
    """Refuse limits that say nothing, contradict each other, or of which two are of one patient."""
    for place, one in enumerate(limits):
        at = ("limits", str(place))
        given = {side: getattr(one, side) for side in ("lower", "upper") if getattr(one, side) is not None}
        if not given:
            raise mistake("no limit of normal is given", "lower, upper", at=at)
        for side, limit in given.items():
            if limit <= 0:
                raise mistake(
                    "a limit of normal of which multiples are asked is above 0", "more than 0", at=(*at, side)
                )
            if (limit * 10**6).denominator != 1:
                raise mistake("a limit of normal has at most six decimals", decimal_text(limit), at=(*at, side))
        if len(given) == 2 and given["lower"] >= given["upper"]:
            raise mistake("the lower limit of normal is not below the upper one", "lower < upper", at=at)
        if not one.whom:
            raise mistake("nobody has this age", "ages from 0 to 150 years", at=(*at, "age"))
    for (_, first), (place, second) in combinations(enumerate(limits), 2):
        if first.whom & second.whom:
            what = "two lines are limits of the same patients, and nobody can tell which holds"
            do = "give each a `sex` or an `age` of its own, such as {age: {at_least: 6 years, below: 18 years}}"
            raise mistake(what, do=do, at=("limits", str(place)))


def one_or_several(written: Any) -> Any:
    """Limits that are the same for everybody may stand without a list."""
    return [written] if isinstance(written, Mapping) else written
