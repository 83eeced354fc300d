"""Recorded ages against dates of birth: where both stand, the date of birth counts, and an age that it does not give is told."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

from caseseries.chart.described import PatientsTable
from caseseries.chart.tables import calendar_date
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.written import folded
from caseseries.source.records import Records
from caseseries.source.row import Row
from caseseries.source.table import TableReading


def check_ages(records: Records, rows: Mapping[int, tuple[TableReading, Row]]) -> None:
    """A warning for each recorded age that is not the one at the index date by birth, in whole years or to the nearest."""
    if not records.dated:
        return
    index = _index_days(records)
    for person in records.people.values():
        if person.age is None or person.birth_low is None or person.birth_high is None or person.patient not in index:
            continue
        first, last = index[person.patient]
        youngest, oldest = _years(person.birth_high, first), _years(person.birth_low, last)
        reading, row = rows[person.row_id]
        table = reading.table
        assert isinstance(table, PatientsTable) and table.age is not None
        decision = reading.decided(row, table.age.column)
        if youngest <= floor(person.age) <= oldest + 1 or (decision is not None and decision.as_found):
            continue
        what = "the recorded age is not the age at the index date by the date of birth; the date of birth counts"
        said = str(youngest) if youngest == oldest else f"{youngest} to {oldest}"
        reading.look(
            row,
            "contradiction",
            what,
            table.age.column,
            field="age",
            allowed="the age at the index date, or another birth",
            proposal=said,
        )


def _index_days(records: Records) -> dict[str, tuple[int, int]]:
    """The days from the earliest to the latest that can be an index date of a patient; several only where every course is a case."""
    case, found = records.protocol.case, dict[str, list[tuple[int, int]]]()
    if isinstance(case.index_date, FirstExposure):
        study = drugs_of(records.protocol, case.index_date.first_exposure)
        for course in records.courses:
            if course.taken and course.drug in study:
                found.setdefault(course.patient, []).append((course.ends.first_low, course.ends.first_high))
    elif isinstance(case.index_date, FirstEvent):
        for fact in records.facts:
            named = fact.kind in {"diagnosis", "event"} and folded(fact.term) == folded(case.index_date.first_event)
            if named and fact.low is not None and fact.high is not None:
                found.setdefault(fact.patient, []).append((fact.low, fact.high))
    ends = max if case.per == "course" else min
    return {patient: (min(low for low, _ in days), ends(high for _, high in days)) for patient, days in found.items()}


def _years(birth: int, day: int) -> int:
    """Completed years between two days, by calendar birthday.

    >>> _years(0, 365), _years(0, 364), _years(59, 365 + 59)
    (1, 0, 1)
    """
    born, then = calendar_date(birth), calendar_date(day)
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day))
