"""The time of one case to an event, how it ended, and the sentence that says so.

The stages and the oracle both return it, and must return the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from caseseries.protocol.time_to import AT_INDEX, Ending, TimeToOutcome
from caseseries.verdict.numbers import day_text

#: Why a case has no time.
Timeless = Literal[
    "already at the index date",
    "no visit by the index date",
    "not known at the index date",
    "no follow-up after the index date",
    "no visit after the index date",
    "not known on any visit",
    "day of death not known",
    "last day of the drug not known",
    "date not exact",
    "not charted",
    "before the known history",
]

#: The reasons by their number in the engine, which counts from 1.
TIMELESS: Final[tuple[Timeless, ...]] = get_args(Timeless)


@dataclass(frozen=True, slots=True)
class CaseTime:
    """The time of one case: `ending` is how it ended, on which `day` after the index date; or there is none, `because` of something.

    An event that a rule says came after the day `since` (the last on which the rule surely did not hold, or the index date) and by `day`, on which
    it was first seen. `unread` says that on some day between it was not known.
    """

    case_id: str
    ending: Ending | None
    day: int | None
    since: int | None = None
    unread: bool = False
    because: Timeless | None = None

    @property
    def at_risk(self) -> bool:
        """Whether the case has a time."""
        return self.ending is not None


def time_sentence(found: CaseTime, outcome: TimeToOutcome) -> str:
    """What became of one case, in a sentence.

    >>> made = TimeToOutcome(time_to="flare", in_="follow-up", competing=("death",))
    >>> time_sentence(CaseTime("a", "event", 40), made)
    'It came on day 40.'
    >>> time_sentence(CaseTime("b", "lost", 31), made)
    'Not seen to day 31; then follow-up ended.'
    """
    if found.because == AT_INDEX:
        return "It had come by the index date, so that there is no time to it."
    if found.ending is None:
        return f"Not evaluable: {found.because}."
    assert found.day is not None
    told = _with_day(found, outcome, found.day)
    if found.unread:
        told = f"{told[:-1]}; on some visit before, it was not known."
    return told


def _with_day(found: CaseTime, outcome: TimeToOutcome, day: int) -> str:
    when = day_text(day)
    if found.ending == "event":
        if outcome.event:
            return f"It came on {when}."
        since = "the index date" if found.since == 0 else day_text(found.since or 0)
        return f"First seen on {when}; it came after {since}."
    if found.ending in outcome.competing:
        what = "the patient had died" if found.ending == "death" else "the drug was stopped"
        return f"Not seen before {when}, by which {what}."
    after = {
        "death": "then the patient died",
        "drug stopped": "then the drug was stopped",
        "end of window": "the window ends",
        "data cutoff": "then comes the data cut-off",
        "lost": "then follow-up ended",
    }[found.ending or "lost"]
    return f"Not seen to {when}; {after}."
