"""How long a patient was observed, and how long on the drug."""

from __future__ import annotations

from caseseries.chart.tables import day_number
from caseseries.reference.record import Indexed, PatientRows


def death_day(rows: PatientRows) -> int | None:
    """The day of death, where one is recorded with its day."""
    return min((fact.start for fact in rows.facts_of("death") if fact.start is not None), default=None)


def index_period(rows: PatientRows, index: int) -> tuple[int, int] | None:
    """The observed period (first and last day) that holds the index day, if there is one."""
    holding = [(first, last) for first, last in rows.observed or () if first <= index <= last]
    return holding[0] if holding else None


def leaves_observed_time(study: Indexed, rows: PatientRows, index: int, first: int, last: int) -> bool:
    """Whether some day from `first` to `last` was not observed: before the index period, or after it, a death or the data cut-off."""
    period = index_period(rows, index)
    if period is None:
        return False
    died = death_day(rows)
    end = follow_up_end(study, rows, index)
    return first < period[0] or last > (end if died is None else min(end, died))


def follow_up_end(study: Indexed, rows: PatientRows, index: int) -> int:
    """The last day on which anything is known of the patient: the death, or else the latest value, visit or event.

    Where observed time is known, it is the last day of the index period, or the death if that is earlier. Never after the
    data cut-off and never before the index day.
    """
    end = death_day(rows)
    if rows.observed is not None:
        period = index_period(rows, index)
        last = index if period is None else period[1]
        end = last if end is None or period is None else min(end, last)
    elif end is None:
        seen = [row.day for of_measure in rows.measurements.values() for row in of_measure if row.value is not None]
        seen += [fact.start for fact in rows.facts if fact.kind in {"visit", "event"} and fact.start is not None]
        end = max(seen, default=index)
    cutoff = study.protocol.period.data_cutoff
    if cutoff is not None and study.chart.dated:
        end = min(end, day_number(cutoff))
    return max(end, index)
