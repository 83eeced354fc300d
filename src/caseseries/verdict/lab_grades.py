"""The worst laboratory grade of one case, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

#: Why a case has no grade, and why a value has none.
NO_VALUE: Final = "no value on treatment"
NONE_CERTAIN: Final = "no value certainly on treatment"
NONE_GRADABLE: Final = "no value could be graded"
#: Of a case with a grade: some other value could not be graded, or may be on treatment.
PARTLY: Final = "with other values that could not be graded, or may be on treatment"
#: Of a value: some of the days that it may have are on treatment, or perhaps.
PERHAPS: Final = "date or treatment not exact, so it may be on treatment or not"
ONLY_A_LIMIT: Final = "known only as above or below a number"
NO_NORMAL: Final = "no limit of normal, or several"
NO_BASELINE: Final = "no value before the index date that decides"

#: Whether the worst grade is worse than the grade before the index date.
Emergent = Literal["yes", "no", "not known", ""]
#: What became of it: after the last value as bad one is lower; later values are as bad, with a lower one between or without; there is no later one;
#: it is not known; and of grade 0 nothing is said.
Fate = Literal["transient", "recurrent", "persistent", "no later value", "not known", ""]


@dataclass(frozen=True, slots=True)
class GradedValue:
    """One laboratory value; days relative to the index date, in the unit of the measure.

    `low` and `high` are the days between which it lies, `censor` its sign where it is known only as a limit, `lower` and `upper` the limits of
    normal that hold for it, `record` finds its row.
    """

    low: int
    high: int
    value: Fraction
    censor: str
    lower: Fraction | None
    upper: Fraction | None
    record: int


@dataclass(frozen=True, slots=True)
class CaseGrade:
    """The worst grade of one case among its gradable values on treatment after the index date, by one measure and version.

    `worst` is None where there is none, and `none` says why. `emergent` says whether it is worse than the grade `before`, whose two ends
    differ where it is not known. `seen` is the first value of that grade, `baseline` the one value before the index date (None where there
    are several or none). `ungraded` counts the values on treatment that could not be graded, `perhaps` those that may be on treatment or not,
    which are in no worst grade; `reach` is the highest grade worse than before that any value may have, both of these too, 0 where none may.
    """

    case_id: str
    measure: str
    version: str
    worst: int | None
    none: str
    emergent: Emergent
    fate: Fate
    seen: GradedValue | None
    baseline: GradedValue | None
    before: tuple[int, int]
    ungraded: int
    perhaps: int
    reach: int
