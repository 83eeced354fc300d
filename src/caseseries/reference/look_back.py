"""From when on the history of a case is known: over the days before, what is not recorded is not known to be absent."""

from __future__ import annotations

from caseseries import catalogue
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.eligibility import AnyCriterion, ConcurrentDrug, Diagnosis, ObservedBefore, PriorDrug
from caseseries.reference.follow_up import index_period
from caseseries.reference.record import Indexed, PatientRows


def covers(study: Indexed, rows: PatientRows, index: int, days: int | None) -> bool:
    """Whether the history covers so many days before the index date; None are all days there ever were."""
    history, since = study.chart.history, rows.person.known_from
    if history == "since":
        return since is not None and days is not None and since <= index - days
    if history != "" or rows.observed is None:
        return True
    period = index_period(rows, index)
    if period is None:
        return False
    born = rows.person.birth_low
    if born is not None and period[0] <= born:
        return True
    return days is not None and period[0] <= index - days


def supply_known(study: Indexed, rows: PatientRows, index: int, day: int) -> bool:
    """Whether a supply of a drug taken on a day would be on record, in a database: collected before observation began it is not.

    `index` is a day of the period of observation that counts. A chart's list of drugs tells of the day itself.
    """
    return study.chart.history != "" or covers(study, rows, index, supply_days() - (day - index))


def supply_days() -> int:
    """How long a supply of a drug usually lasts at most."""
    return int(catalogue.constant("longest usual supply of a drug").value or 0)


def reach_of(study: Indexed, criterion: AnyCriterion) -> int | None:
    """How many days before the index date must be known to say that a criterion finds nothing; None are all there ever were.

    A line without `within` looks back as far as anything is known; how far that must be, the protocol says with `observed_before`.
    """
    if isinstance(criterion, ConcurrentDrug):
        return supply_days()
    assert isinstance(criterion, PriorDrug | Diagnosis)
    if criterion.within is not None:
        return criterion.within
    demanded = [one.observed_before for one in study.protocol.include if isinstance(one, ObservedBefore)]
    return max(demanded) if demanded else None


def asks_history(study: Indexed, criterion: AnyCriterion) -> bool:
    """Whether the chart leaves open what its history covers, and this criterion rests on it."""
    looks_back = isinstance(criterion, PriorDrug) or (isinstance(criterion, Diagnosis) and criterion.within is not None)
    return study.chart.history == "open" and looks_back


def washout_of(study: Indexed) -> int | None:
    """The washout, where one is declared."""
    index_date = study.protocol.case.index_date
    return index_date.washout if isinstance(index_date, FirstExposure) else None
