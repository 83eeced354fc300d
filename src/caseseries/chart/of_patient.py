"""A chart with one patient alone, for whoever asks about that one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from caseseries.chart.tables import Chart


class Row(Protocol):
    """A row of any table that says whose it is."""

    @property
    def patient(self) -> str:
        """The patient's id."""


R = TypeVar("R", bound=Row)


def of_patient(chart: Chart, patient: str) -> Chart:
    """The chart with the rows of one patient (`P1`, or a case's id as `P1/2`); as it is where nobody is called so.

    What the chart can tell at all, and its rows and findings, stay those of the whole.
    """
    ids = {person.patient for person in chart.people}
    who = patient if patient in ids else patient.rpartition("/")[0]
    return each_patient(chart, {who})[who] if who in ids else chart


def each_patient(chart: Chart, wanted: Iterable[str]) -> dict[str, Chart]:
    """The chart of each of these patients alone; every table of the whole is gone through once."""
    patients, unknown = set(wanted), chart.unknown()
    people, measurements = _by_patient(chart.people, patients), _by_patient(chart.measurements, patients)
    courses, facts = _by_patient(chart.courses, patients), _by_patient(chart.facts, patients)
    unread, observed = _by_patient(chart.unread, patients), _by_patient(chart.observed or (), patients)
    return {
        who: replace(
            chart,
            people=people[who],
            measurements=measurements[who],
            courses=courses[who],
            facts=facts[who],
            unread=unread[who],
            observed=None if chart.observed is None else observed[who],
            not_charted=unknown,
        )
        for who in patients
    }


def _by_patient(rows: Iterable[R], patients: set[str]) -> dict[str, tuple[R, ...]]:
    found: dict[str, list[R]] = {patient: [] for patient in patients}
    for row in rows:
        if row.patient in patients:
            found[row.patient].append(row)
    return {patient: tuple(of) for patient, of in found.items()}
