"""Look-backs: what is not recorded before the index date is absent only over the days that the history covers."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries import catalogue
from caseseries.chart.store import Numbers
from caseseries.cohort.index import NEVER_ENDS
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.eligibility import ConcurrentDrug, Diagnosis, ObservedBefore, PriorDrug
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol

#: The constant that says from how long before a day a drug may still be taken on it.
SUPPLY = "longest usual supply of a drug"


@dataclass(frozen=True, slots=True)
class LookBack:
    """One part of the protocol that counts what is not recorded before the index date as absent.

    `place` is its place among the criteria (None: the washout), `days` how far back the history must reach (None: to birth; where a line
    says no `within`, the protocol's `observed_before`). `asked` says that a chart which does not say what its history covers must do so first.
    """

    place: int | None
    days: int | None
    words: str
    asked: bool = True


def look_backs(protocol: Protocol) -> tuple[LookBack, ...]:
    """Every look-back of the protocol, in the order in which they are decided."""
    found, index = [], protocol.case.index_date
    demanded = max((one.observed_before for one in protocol.include if isinstance(one, ObservedBefore)), default=None)
    if isinstance(index, FirstExposure) and index.washout is not None:
        found.append(LookBack(None, int(index.washout), "washout"))
    for place, criterion in enumerate((*protocol.include, *protocol.exclude)):
        words = criterion_words(criterion)
        if isinstance(criterion, PriorDrug):
            found.append(LookBack(place, demanded if criterion.within is None else criterion.within, words))
        elif isinstance(criterion, ConcurrentDrug):
            # A chart's list of drugs tells of the index date itself; a database only of supplies collected before it.
            found.append(LookBack(place, int(catalogue.constant(SUPPLY).value or 0), words, asked=False))
        elif isinstance(criterion, Diagnosis):
            days = demanded if criterion.within is None else criterion.within
            found.append(LookBack(place, days, words, asked=criterion.within is not None))
    return tuple(found)


def open_look_backs(protocol: Protocol, numbers: Numbers) -> tuple[LookBack, ...]:
    """The look-backs that a chart leaves open, because it does not say what its history covers."""
    return tuple(one for one in look_backs(protocol) if one.asked) if numbers.history == "open" else ()


def known_from(numbers: Numbers) -> str:
    """SQL for the first day that the history of a case ``f`` of a person ``p`` covers; NULL for all of it."""
    if numbers.history == "since":
        return f"coalesce(p.known_from, {NEVER_ENDS})"
    if numbers.history == "" and numbers.observed:
        # Whoever was observed since birth has no earlier history.
        return "CASE WHEN f.observed_first <= p.birth_low THEN NULL ELSE f.observed_first END"
    return "CAST(NULL AS INT)"


def with_history(numbers: Numbers, case: str) -> str:
    """SQL that joins to the rows of included cases, called `case`, as ``h.known_from`` the first day that their history covers."""
    first = f"SELECT f.case_no, {known_from(numbers)} AS known_from FROM included_case AS f JOIN person AS p ON p.patient = f.patient"
    return f"JOIN ({first}) AS h ON h.case_no = {case}.case_no"


def not_covered(days: int | None) -> str:
    """SQL for: the history, from ``known_from`` of case ``f`` on, leaves out some of so many days before the index date."""
    return "f.known_from IS NOT NULL" if days is None else f"coalesce(f.known_from > f.index_day - {int(days)}, FALSE)"


def uncovered(numbers: Numbers, low: str) -> str:
    """SQL for whether a chart's history of case ``k``, known from day ``h.known_from``, leaves out some of the days from `low` (relative) on."""
    if numbers.observed:
        return "FALSE"
    late = "TRUE" if numbers.history == "open" else f"coalesce(h.known_from > k.index_day + {low}, FALSE)"
    return f"({low} < 0 AND {late})"


def supply_not_known(numbers: Numbers, day: str) -> str | None:
    """SQL for: whether a drug is taken on a day (relative) of case ``k`` of person ``p`` would not be on record, in a database.

    A supply collected before observation began may still be taken. None where every supply is on record.
    """
    if numbers.history != "" or not numbers.observed:
        return None
    days = int(catalogue.constant(SUPPLY).value or 0)
    return (
        f"coalesce(CASE WHEN k.observed_first <= p.birth_low THEN NULL ELSE k.observed_first END "
        f"> k.index_day + {day} - {days}, FALSE)"
    )


def open_history(engine: Engine, protocol: Protocol, numbers: Numbers) -> list[tuple[int, str]]:
    """The cases (by number) and look-backs that find nothing, in a chart that does not say what its history covers; needs ``judged``."""
    found = []
    for place, one in enumerate(open_look_backs(protocol, numbers)):
        cases = engine.rows(f"SELECT case_no FROM judged WHERE open_{place} ORDER BY case_no")
        found += [(int(case_no), one.words) for (case_no,) in cases]
    return found
