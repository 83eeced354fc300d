"""The time of one case to an event, how it ended, and the sentence that says so.

The stages and the oracle both return it, and must return the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from caseseries.protocol.time_to import AT_INDEX, AT_START, BEGUN_LATE, NOT_BEGUN, OUTSIDE, Ending, TimeToOutcome
from caseseries.verdict.numbers import day_text

#: Why a case has no time.
Timeless = Literal[
    "outside the denominator",
    "denominator not known",
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
    "already at the start",
    "the start was not met",
    "the time ended before the start was met",
    "not known whether the start was met",
    "no visit on which the start could be met",
    "no visit by the start",
    "not known at the start",
    "no follow-up after the start",
    "no visit after the start",
]

_TO = "time to "

#: The reasons by their number in the engine, which counts from 1.
TIMELESS: Final[tuple[Timeless, ...]] = get_args(Timeless)


def event_of(name: str) -> str:
    """What a time goes to, by the name of the time.

    >>> event_of("relapse"), event_of("Time to first relapse")
    ('relapse', 'first relapse')
    """
    return name[len(_TO) :] if name.casefold().startswith(_TO) and name[len(_TO) :].strip() else name


def time_name(name: str) -> str:
    """The name of a time as a title: it says once that it is a time.

    >>> time_name("relapse"), time_name("time to first relapse")
    ('Time to relapse', 'Time to first relapse')
    """
    return f"Time to {event_of(name)}"


@dataclass(frozen=True, slots=True)
class CaseTime:
    """The time of one case: `ending` is how it ended, on which `day` after the index date; or there is none, `because` of something.

    An event that a rule says came after the day `since` (the last on which the rule surely did not hold, or that of the start) and by `day`, on which
    it was first seen. `unread` says that on some day between it was not known. The time counts from the day `start` (0: the index date), None
    where what it counts from was not seen; `unclear` says that on some visit before that was not known, so that it may have begun earlier.
    """

    case_id: str
    ending: Ending | None
    day: int | None
    since: int | None = None
    unread: bool = False
    because: Timeless | None = None
    start: int | None = 0
    unclear: bool = False

    @property
    def days(self) -> int | None:
        """How long the time is, in days from its start."""
        return None if self.ending is None or self.day is None or self.start is None else self.day - self.start

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
    started = _started(found, outcome)
    if found.because in _KNOWN:
        return started + _KNOWN[found.because]
    if found.ending is None:
        return f"{started}Not evaluable: {found.because}."
    assert found.day is not None
    told = _with_day(found, outcome, found.day)
    if found.unread:
        told = f"{told[:-1]}; on some visit before, it was not known."
    return started + told


_KNOWN: dict[str | None, str] = {
    OUTSIDE: "Not counted: outside the denominator of this outcome.",
    AT_INDEX: "It had come by the index date, so that there is no time to it.",
    AT_START: "It had come by then, so that there is no time to it.",
    NOT_BEGUN: "What it counts from was not seen on any visit, so that there is no time to it.",
    BEGUN_LATE: "Its time ended before what it counts from was seen, so that there is none.",
}


def _started(found: CaseTime, outcome: TimeToOutcome) -> str:
    """From which day a time counts that does not count from the index date."""
    if outcome.start is None or found.start is None:
        return ""
    doubt = "; on some visit before, it was not known whether it had begun" if found.unclear else ""
    return f"Counted from {day_text(found.start)}{doubt}. "


def _with_day(found: CaseTime, outcome: TimeToOutcome, day: int) -> str:
    when = day_text(day)
    after_start = "" if outcome.start is None or found.days is None else f", {_so_many(found.days)} after the start"
    if outcome.stop and found.ending == "event":
        return f"The drug was stopped: {when}{after_start} is the first day without it."
    if found.ending == "event":
        if outcome.event:
            return f"It came on {when}{after_start}."
        since = "the index date" if found.since == 0 and outcome.start is None else day_text(found.since or 0)
        return f"First seen on {when}{after_start}; it came after {since}."
    if found.ending in outcome.competing:
        what = "the patient had died" if found.ending == "death" else "the drug was stopped"
        return f"{'Not stopped' if outcome.stop else 'Not seen'} before {when}{after_start}, by which {what}."
    after = {
        "death": "then the patient died",
        "drug stopped": "then the drug was stopped",
        "end of window": "the window ends",
        "data cutoff": "then comes the data cut-off",
        "lost": "then follow-up ended",
    }[found.ending or "lost"]
    return f"{'On the drug' if outcome.stop else 'Not seen'} to {when}{after_start}; {after}."


def _so_many(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"
