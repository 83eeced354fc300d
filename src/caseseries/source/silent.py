"""What a run would pass over without a word: an index date that nobody can have, and a column with the first days of a drug that nothing reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import get_args

from caseseries import catalogue
from caseseries.chart.columns import DateOrder
from caseseries.chart.dates import Span, read_date
from caseseries.chart.described import DiagnosesTable, DrugsTable, EventsTable, PatientsTable
from caseseries.chart.header import place_of
from caseseries.chart.sheet import Raw, Shortened, blank, shown
from caseseries.errors import Place
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drug_uses, drugs_of
from caseseries.protocol.written import folded
from caseseries.source.records import Records
from caseseries.source.table import TableReading

#: The rules of these findings.
NOBODY, UNREAD_DRUG = "no index date", "unread drug"
#: Drugs or terms that a finding lists.
_LISTED = 8
_PARTS = re.compile(r"[^A-Za-z0-9]+")
_BEGINS = re.compile(r"start|begin|began|begun|initiat|first", re.IGNORECASE)
_OF_A_DRUG = re.compile(r"\brx|drug|treat|therap|medic|infus|dose", re.IGNORECASE)


def tell_nobody(readings: Sequence[TableReading], records: Records) -> None:
    """A warning where nobody can have an index date, whatever else the chart holds."""
    index = records.protocol.case.index_date
    tables = {type(reading.table) for reading in readings}
    if isinstance(index, FirstExposure):
        study, named = drugs_of(records.protocol, index.first_exposure), index.first_exposure
        what = f"the index date is the first day of {named}"
        if DrugsTable not in tables:
            _nobody(
                records,
                f"{what}, and no table of drugs is declared",
                "a table of kind: drugs, with drug, start, stop_means and blank_stop",
            )
        elif not any(course.drug in study and course.taken for course in records.courses):
            known = {one.key for one in catalogue.drugs()}
            there = sorted({course.drug for course in records.courses} & known)
            _nobody(
                records, f"{what}, and no row that is used is a course of it", f"of the drugs there: {_some(there)}"
            )
    elif isinstance(index, FirstEvent):
        held = any(
            fact.kind in {"diagnosis", "event"} and folded(fact.term) == folded(index.first_event)
            for fact in records.facts
        )
        could = any(table in tables for table in (EventsTable, DiagnosesTable)) or any(
            isinstance(reading.table, PatientsTable) and reading.table.diagnoses for reading in readings
        )
        what = f"the index date is the first {index.first_event}"
        if not could:
            _nobody(
                records,
                f"{what}, and no table of events or diagnoses is declared",
                "a table of kind: events or diagnoses",
            )
        elif not held:
            _nobody(
                records,
                f"{what}, and no row that is used says so",
                "the name as the chart writes it; `terms` of a table for other names",
            )


def _nobody(records: Records, what: str, allowed: str) -> None:
    records.findings.add(
        "warning", NOBODY, f"{what}: nobody can be a case", Place(), field="index date", allowed=allowed
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join([*names[:_LISTED], *(["..."] if len(names) > _LISTED else [])]) or "none that the catalogue knows"


def tell_unread_drugs(readings: Sequence[TableReading], records: Records) -> None:
    """A warning for each column of dates whose header names a drug and that no table reads, also where `ignore` leaves it out."""
    if not drug_uses(records.protocol):
        return
    by_sheet: dict[tuple[str, str], list[TableReading]] = {}
    for reading in readings:
        by_sheet.setdefault((reading.sheet.file, reading.sheet.name), []).append(reading)
    counted: dict[tuple[str, str], tuple[int, int]] = {}  # of all sheets of a table
    for together in by_sheet.values():
        used = {header for reading in together for header in reading.used}
        first = together[0]
        for header in filter(names_a_drug, sorted(set(first.positions) - used)):
            if (first.name, header) not in counted:
                cells = first.cells(header)
                counted[first.name, header] = sum(map(_is_date, cells)), sum(not blank(raw) for raw in cells)
            dates, filled = counted[first.name, header]
            if dates and 2 * dates >= filled:
                ignored = any(header in reading.table.ignore for reading in together)
                why = "`ignore` leaves it out" if ignored else "nothing reads it"
                what = f"this column holds {dates} date{'s' * (dates != 1)} of a drug, and {why}"
                place = place_of(first.sheet, None, first.positions[header], header)
                allowed = "a table of kind: drugs on the same rows, with this column as its `start` or `stop`, if the study needs it"
                records.findings.add("warning", UNREAD_DRUG, what, place, field=header, allowed=allowed)


@lru_cache(maxsize=1 << 10)  # tables with a sheet for each patient have the same headers on each
def names_a_drug(header: str) -> bool:
    """Whether a header says that its column is of a drug: by the name of one, or as the start of a treatment.

    >>> [names_a_drug(header) for header in ("mtx_start", "Date of rituximab", "Treatment begun", "visit date", "symptom start")]
    [True, True, True, False, False]
    """
    if _BEGINS.search(header) and _OF_A_DRUG.search(header):
        return True
    return any(_drug(word) for word in _PARTS.split(header) if len(word) > 2)


def _drug(word: str) -> bool:
    try:
        catalogue.drug(word)
    except catalogue.CatalogueMiss:
        return bool(catalogue.names_several(word))
    return True


def _is_date(raw: Raw) -> bool:
    if isinstance(raw, dt.datetime | dt.date | Shortened):
        return True
    if not isinstance(raw, str) or blank(raw):
        return False
    orders: Iterable[DateOrder] = get_args(DateOrder)
    return len(shown(raw)) > 4 and any(isinstance(read_date(shown(raw), order), Span) for order in orders)
