"""Why a candidate value was passed over: one wording for every engine.

The chosen row has the empty reason. Where the value is a mean or a sum, every row that entered it was chosen.
"""

from __future__ import annotations

from typing import Final

#: The row that was chosen, or one of those that entered the mean.
CHOSEN: Final = ""
#: The same value on the same day as a row with a smaller record.
IDENTICAL: Final = "identical duplicate"
#: Another value of the same day was picked by `same_day`.
OTHER_VALUE: Final = "same day: other value"
#: The values of this day differ, and no rule picks one.
DIFFERENT: Final = "same day: different values"
#: Another day of the window holds different values, so that no day can be compared with it.
UNSETTLED: Final = "another day holds different values"
#: Part of the possible dates of the row lies outside the window.
EDGE: Final = "partial date at the edge of the window"
#: Another row of the measure may or may not lie in the window.
BESIDE_EDGE: Final = "another row has a partial date at the edge of the window"
#: The measure was not recorded on the chosen visit day, only on this one.
OTHER_VISIT: Final = "other day chosen as the visit"
#: The window asks for more days with a value.
FEW_DAYS: Final = "too few days recorded"
#: The days without an entry are not known to be days of 0: they lie after the end of follow-up, or before the known history.
BLANK: Final = "days without an entry not known"
#: Of a date that is known in part it is not known whether it is a day of its own, or lies in the window.
NO_DAY: Final = "days with an entry not known"
#: The window asks for the best, worst or mean of days of which some were not observed.
UNOBSERVED: Final = "window leaves observed time"
FURTHER: Final = "further from the target"
TIE_LATER: Final = "tie: later day"
TIE_EARLIER: Final = "tie: earlier day"
TIE_WORSE: Final = "tie: not the better value"
TIE_BETTER: Final = "tie: not the worse value"
TIE_OPEN: Final = "tie: no rule declared"
#: By `take`, for a row of a day that was not taken.
NOT_TAKEN: Final = {
    "nearest": FURTHER,
    "first": "not the first",
    "last": "not the last",
    "best": "not the best",
    "worst": "not the worst",
    "highest": "not the highest",
    "lowest": "not the lowest",
}
