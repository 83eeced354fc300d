"""When the study drug was last taken in the episode of a case.

    last_dose(case_no, end_low, end_high)       days of the chart; grain: included case

The last dose was taken on some day in end_low..end_high. `end_high` is NULL where it may have been later, or never: where a drug row that
became no course may go on with the episode. Both are NULL where there is no episode, or the drug was still taken.
"""

from __future__ import annotations

from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol

LAST_DOSE = """
SELECT k.case_no, k.end_low, CASE WHEN u.case_no IS NULL THEN k.end_high END AS end_high
FROM included_case AS k
LEFT JOIN (
    SELECT DISTINCT k.case_no
    FROM included_case AS k JOIN unread_course AS u ON u.patient = k.patient LEFT JOIN study_drug AS s ON s.drug = u.drug
    WHERE (u.drug IS NULL OR s.drug IS NOT NULL) AND coalesce(u.last > k.end_low, TRUE)
        AND coalesce(u.first <= k.end_high + {restart_after} + 1, TRUE)
) AS u ON u.case_no = k.case_no
"""


def find_last_doses(engine: Engine, protocol: Protocol) -> None:
    """Keep ``last_dose``; needs ``included_case`` and ``study_drug``."""
    index = protocol.case.index_date
    gap = index.restart_after if isinstance(index, FirstExposure) else None
    engine.keep("last_dose", LAST_DOSE.format(restart_after=int(gap or 0)))
