"""How long a patient was observed, and how long on the drug."""

from __future__ import annotations

from caseseries.chart.tables import day_number
from caseseries.reference.record import Indexed, PatientRows


def death_day(rows: PatientRows) -> int | None:
    """The day of death, where one is recorded with its day."""
    return min((fact.start for fact in rows.facts_of("death") if fact.start is not None), default=None)


def follow_up_end(study: Indexed, rows: PatientRows, index: int) -> int:
    """The last day on which anything is known of the patient: the death, or else the latest row or visit.

    Never after the data cut-off and never before the index day.
    """
    end = death_day(rows)
    if end is None:
        seen = [row.day for of_measure in rows.measurements.values() for row in of_measure]
        seen += [fact.start for fact in rows.facts if fact.kind in {"visit", "event"} and fact.start is not None]
        end = max(seen, default=index)
    cutoff = study.protocol.period.data_cutoff
    if cutoff is not None and study.chart.dated:
        end = min(end, day_number(cutoff))
    return max(end, index)
