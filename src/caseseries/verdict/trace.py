"""What a verdict rests on: the values, the truth of every node, the events between, the answer.

The stages and the oracle both return these, and must return the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from caseseries.chart.tables import Bound
from caseseries.protocol.tree import LookedBack, Slot

Truth = bool | None

#: Why a value is absent. Codes, so that every engine says the same; the narrator words them.
Absent = Literal[
    "",
    "no visit in window",
    "no value in window",
    "not recorded at this visit",
    "recorded without a number",
    "censored",
    "different values on one day",
    "two days equally near",
    "partial date at the edge of the window",
    "no course recorded",
    "between courses",
    "dose not recorded",
    "no equivalence",
    "no weight",
    "after the end of follow-up",
    "window leaves observed time",
    "zero baseline",
    "negative baseline",
    "days of a course not known",
    "a drug row not used",
    "supply before observation not known",
    "not known on some day",
    "too few visits",
    "not recorded",
    "not charted",
    "before the known history",
    "date not exact",
    "no lower limit of normal",
    "no upper limit of normal",
    "different limits of normal",
    "limit of normal by a sex that is not known",
    "limit of normal by an age that is not known",
    "limit of normal by a sex and an age that are not known",
    "too few days recorded",
    "doses in different units",
    "last day of the window not known",
    "length of the window not known",
    "fewer than two events before",
    "longer than the window may be",
]


#: With these nothing was measured, or no number noted. A value known only as a bound, or not certain, was measured.
NOT_MEASURED: Final[frozenset[str]] = frozenset(
    ("no visit in window", "no value in window", "not recorded at this visit", "recorded without a number")
)


@dataclass(frozen=True, slots=True)
class Normal:
    """The limits of normal of one value, in its unit; `no_lower` and `no_upper` say why there is none."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    no_lower: str = ""
    no_upper: str = ""

    def of(self, side: Literal["lower", "upper"]) -> tuple[Fraction | None, str]:
        """One of them, and why there is none.

        >>> Normal(None, Fraction(190), "no lower limit of normal").of("upper")
        (Fraction(190, 1), '')
        """
        return (self.lower, self.no_lower) if side == "lower" else (self.upper, self.no_upper)


@dataclass(frozen=True, slots=True)
class Quantity:
    """The value chosen for one slot of one case: exact, with its day relative to the index date and the row it stands in.

    `record` is None for doses added up from courses and for means. Absent values say why. Of a value known only as above or below a
    limit (absent: censored) `bound` is `<`, `<=`, `>` or `>=` and `limit` the number; both are empty where different bounds entered a
    mean. `noted` is what was written in place of a number, in the words of its code; it is filled for a sentence only. `normal` are the limits
    of normal of a measure that some rule compares with them, where there is a number. `days` is of how many days a sum,
    a mean or a rate is. Of a count that is not known exactly `limit` is the least that it may be, and `most` the most, where there is one.
    """

    slot: Slot
    value: Fraction | None
    day: int | None
    record: int | None
    absent: str = ""
    bound: Bound = ""
    limit: Fraction | None = None
    noted: str = ""
    normal: Normal | None = None
    days: int | None = None
    most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring days, relative to the index date, on which a rule had the same answer: the first, the last, and how many were read."""

    first: int
    last: int
    read: int
    truth: Truth


def stretches(days: Iterable[tuple[int, Truth]]) -> tuple[Stretch, ...]:
    """Days with their answers, in order, as stretches.

    >>> stretches([(30, True), (60, True), (90, None)])
    (Stretch(first=30, last=60, read=2, truth=True), Stretch(first=90, last=90, read=1, truth=None))
    """
    found: list[Stretch] = []
    for day, truth in days:
        if found and found[-1].truth is truth:
            found[-1] = replace(found[-1], last=day, read=found[-1].read + 1)
        else:
            found.append(Stretch(day, day, 1, truth))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class SeenBack:
    """What was found by looking back from each visit: the answers on them, and why there is none on some (codes, each once, in order)."""

    asked: LookedBack
    days: tuple[Stretch, ...]
    why: tuple[str, ...] = ()


def seen_back(asked: LookedBack, read: Iterable[tuple[int, Truth, str]]) -> SeenBack:
    """What was looked back for, from its answer on each visit day, in order, and why there is none."""
    every = list(read)
    why = dict.fromkeys(why for _, _, why in every if why)
    return SeenBack(asked, stretches((day, truth) for day, truth, _ in every), tuple(why))


@dataclass(frozen=True, slots=True)
class NodeTruth:
    """The answer of one node; a leaf that is not evaluable says which value was absent and why (`window measure: code`).

    Of a rule that is read on visit days `days` says what it was on them, `absent` which visits were not enough (`window visits: code`).
    Of a question in a window whose last day differs from case to case `ends` are the first and the last day that may be its last; the second is None
    where it may be longer than the window is allowed to be, and there are none where the window has the same days in every case.
    `back` is what was looked back for from each visit of a rule that is read on visit days.
    """

    node: str
    truth: Truth
    absent: str = ""
    days: tuple[Stretch, ...] = ()
    ends: tuple[int, int | None] | None = None
    back: tuple[SeenBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case under one spec.

    `rule_truth` is the rule's own answer; `truth` the answer after intercurrent events, of which `events` lists all that occurred
    and `decided_by` names the one that decided ('' where the rule did). `unsure` lists those of which it is not known whether they
    occurred; where the answer depends on one, it is not evaluable, and `absent` says `event not known: ` and which. `day` is the
    assessment day. `inside` says whether the case belongs to the denominator of the outcome (its rule `among`; always without one),
    `outside_because` which values are absent where that is not known.
    """

    case_id: str
    outcome: str
    spec: int
    truth: Truth
    rule_truth: Truth
    absent: str
    decided_by: str
    events: tuple[str, ...]
    day: int | None
    quantities: tuple[Quantity, ...]
    trace: tuple[NodeTruth, ...]
    inside: Truth = True
    outside_because: str = ""
    unsure: tuple[str, ...] = ()
