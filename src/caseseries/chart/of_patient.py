"""A chart with one patient alone, for whoever asks about that one."""

from __future__ import annotations

from dataclasses import replace

from caseseries.chart.tables import Chart


def of_patient(chart: Chart, patient: str) -> Chart:
    """The chart with the rows of one patient (`P1`, or a case's id as `P1/2`); as it is where nobody is called so.

    What the chart can tell at all, and its rows and findings, stay those of the whole.
    """
    ids = {person.patient for person in chart.people}
    who = patient if patient in ids else patient.rpartition("/")[0]
    if who not in ids:
        return chart
    return replace(
        chart,
        people=tuple(row for row in chart.people if row.patient == who),
        measurements=tuple(row for row in chart.measurements if row.patient == who),
        courses=tuple(row for row in chart.courses if row.patient == who),
        facts=tuple(row for row in chart.facts if row.patient == who),
        unread=tuple(row for row in chart.unread if row.patient == who),
        observed=None if chart.observed is None else tuple(row for row in chart.observed if row.patient == who),
        not_charted=chart.unknown(),
    )
