"""The cumulative dose of one case over a window."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class CaseExposure:
    """A daily dose added up over every day of a window, in mg or mg/kg of the unit of the dose.

    `total` is None where the dose of some day is not known, `because` that of the earliest such day; `known` is the sum over the `days` on which
    it is known. `above` are the days with a dose above the limit, for certain and at most; None without a limit. `pulses` are the courses of
    pulses begun in the window, for certain and at most; None where pulses are in the dose. Where there may be more that nobody could tell, there
    is no most of them, and `untold` says why.
    """

    case_id: str
    dose: str
    window: str
    total: Fraction | None
    known: Fraction
    days: int
    because: str
    above: tuple[int, int] | None
    pulses: tuple[int, int | None] | None
    untold: str = ""
