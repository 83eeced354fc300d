"""Safety: which adverse events count as on treatment, and how they were looked for."""

from __future__ import annotations

from caseseries.protocol.measure import Monitored
from caseseries.protocol.written import Days, Written

#: The grading of a study that names no scale.
AS_RECORDED = "as recorded"


class Safety(Written):
    """Adverse events from the index date until `until_after_last_dose` days after the last dose.

    `grading` names the scale with its version, because one value can have different grades in two versions. A chart lists its
    adverse events itself; `events` names those that a database is searched for, each with its set under `concepts`.
    """

    until_after_last_dose: Days
    grading: str = AS_RECORDED
    ascertainment: str = "as recorded in the notes"
    monitored: tuple[Monitored, ...] = ()
    events: tuple[str, ...] = ()
