"""How long a patient was observed, and how long on the drug."""

from __future__ import annotations

from caseseries.chart.tables import Fact, day_number
from caseseries.reference.record import Indexed, PatientRows


def death_days(rows: PatientRows) -> tuple[int, int] | None:
    """The earliest and the latest possible day of death, where one is recorded with its day.

    In a chart nobody died before the last day on which they were certainly seen.
    """
    dated = [fact for fact in rows.facts_of("death") if fact.start is not None]
    if not dated:
        return None
    low, high = min(earliest(fact) for fact in dated), min(latest(fact) for fact in dated)
    seen = seen_days(rows)[0] if rows.observed is None else None
    return (low if seen is None else min(high, max(low, seen))), high


def seen_days(rows: PatientRows) -> tuple[int | None, int | None]:
    """The earliest and the latest day that may be that of the last value, visit or event; a missing code observes nobody."""
    measured = [row for of_measure in rows.measurements.values() for row in of_measure if row.value is not None]
    facts = [fact for fact in rows.facts if fact.kind in {"visit", "event"} and fact.start is not None]
    low = max([*(row.low for row in measured), *(earliest(fact) for fact in facts)], default=None)
    high = max([*(row.high for row in measured), *(latest(fact) for fact in facts)], default=None)
    return low, high


def index_period(rows: PatientRows, index: int) -> tuple[int, int] | None:
    """The observed period (first and last day) that holds the index day, if there is one."""
    holding = [(first, last) for first, last in rows.observed or () if first <= index <= last]
    return holding[0] if holding else None


def leaves_observed_time(study: Indexed, rows: PatientRows, index: int, first: int, last: int) -> bool:
    """Whether some day from `first` to `last` was not observed: before the index period, or after it, a death or the data cut-off."""
    period = index_period(rows, index)
    if period is None:
        return False
    died = death_days(rows)
    end, _ = follow_up_ends(study, rows, index)
    return first < period[0] or last > (end if died is None else min(end, died[0]))


def follow_up_ends(study: Indexed, rows: PatientRows, index: int) -> tuple[int, int]:
    """The earliest and the latest day that may be the last on which anything is known of the patient.

    That is the death, or else the latest value, visit or event. Where observed time is known, it is the last day of the index period, or the death
    if that is earlier. Never after the data cut-off and never before the index day.
    """
    died = death_days(rows)
    if rows.observed is not None:
        period = index_period(rows, index)
        last = index if period is None else period[1]
        ends = (last, last) if died is None or period is None else (min(last, died[0]), min(last, died[1]))
    else:
        low, high = seen_days(rows)
        ends = (index if low is None else low, index if high is None else high) if died is None else died
    cutoff = study.protocol.period.data_cutoff
    if cutoff is not None and study.chart.dated:
        ends = min(ends[0], day_number(cutoff)), min(ends[1], day_number(cutoff))
    return max(ends[0], index), max(ends[1], index)


def earliest(fact: Fact) -> int:
    """The earliest possible day of a fact that has a day."""
    assert fact.start is not None
    return fact.start if fact.low is None else fact.low


def latest(fact: Fact) -> int:
    """The latest possible day of a fact that has a day."""
    assert fact.start is not None
    return fact.start if fact.high is None else fact.high
