"""Times to an event or to censoring, as how often each was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from caseseries.stats.exact import ExactNumber, exact_number, whole_count

CENSORED = ""
"""What stands in place of an event's name where observation ended without one."""


@dataclass(frozen=True, slots=True)
class AtTime:
    """What happened at one time to those still observed: ``at_risk`` had no event and were not censored before it."""

    time: Fraction
    at_risk: int
    events: int
    competing: int
    censored: int


@dataclass(frozen=True, slots=True)
class EventTimes:
    """How often each time was seen with each event: (time, event, count) in ascending order, every count 1 or more.

    A time is 0 or more, in any one unit; ``CENSORED`` (no text) is the event of whoever had none.
    """

    counts: tuple[tuple[Fraction, str, int], ...]

    @classmethod
    def of(cls, table: Mapping[tuple[ExactNumber, str], int]) -> EventTimes:
        """The table (time, event) -> count; a count of 0 is left out.

        Raises ValueError for a negative time or count, TypeError for a time that is not exact.

        >>> EventTimes.of({("2.5", "relapse"): 1, (4, CENSORED): 3}).n
        4
        """
        seen: Counter[tuple[Fraction, str]] = Counter()
        for (time, event), count in table.items():
            seen[exact_number(time), event] += whole_count(count, "a frequency")
        if any(time < 0 for time, _ in seen):
            raise ValueError("a time to an event is 0 or more")
        return cls(tuple((time, event, seen[time, event]) for time, event in sorted(seen) if seen[time, event]))

    @property
    def n(self) -> int:
        """How many were observed."""
        return sum(count for _, _, count in self.counts)

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events that were seen, in alphabetical order."""
        return tuple(sorted({event for _, event, _ in self.counts} - {CENSORED}))

    def at_each(self, name: str) -> Iterator[AtTime]:
        """Each different time: the events of this name, those of any other, and the censored.

        Whoever is censored at a time was at risk of the events at it.
        """
        at_risk = self.n
        for time, rows in groupby(self.counts, key=lambda row: row[0]):
            here = {event: count for _, event, count in rows}
            censored, own = here.pop(CENSORED, 0), here.pop(name, 0)
            found = AtTime(time, at_risk, own, sum(here.values()), censored)
            yield found
            at_risk -= found.events + found.competing + found.censored


Observed = Iterable[tuple[ExactNumber, str]] | EventTimes
"""A time with its event (``CENSORED`` where there was none) for each observed, in any order, or how often each was seen."""


def event_times(observed: Observed) -> EventTimes:
    """How often each time was seen with each event; what is a table already stays as it is. Floats are refused (TypeError).

    >>> event_times([(2, "relapse"), ("2.0", "relapse"), (1, CENSORED)]).counts
    ((Fraction(1, 1), '', 1), (Fraction(2, 1), 'relapse', 2))
    """
    if isinstance(observed, EventTimes):
        return observed
    return EventTimes.of(Counter((exact_number(time), event) for time, event in observed))
