"""Windows that ask for a least number of days with a value: of fewer, what they take is absent.

Changes ``taken``; needs ``candidate`` as the values were chosen from.
"""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import Compiled
from caseseries.engine.connection import Engine
from caseseries.protocol.extremes import Stretch
from caseseries.protocol.window import VALUE_TAKES

#: What comes before it as a reason: then there is no value to count, or it is not known which.
_BEFORE = ("edge", "no_visit", "no_number", "no_value", "unobserved")

_TAKEN = """
SELECT t.case_no, t.choice, CASE WHEN t.few THEN NULL ELSE t.num END AS num, CASE WHEN t.few THEN NULL ELSE t.den END AS den,
    CASE WHEN t.few THEN NULL ELSE t.day END AS day, CASE WHEN t.few THEN NULL ELSE t.record END AS record,
    CASE WHEN t.few THEN {few_days} ELSE t.absent END AS absent, t.open_same_day AND NOT t.few AS open_same_day
FROM (
    SELECT o.*, l.least IS NOT NULL AND o.absent NOT IN ({before}) AND coalesce(d.days, 0) < coalesce(l.least, 0) AS few
    FROM on_any_days AS o
    LEFT JOIN least_days AS l ON l.choice = o.choice
    LEFT JOIN (SELECT case_no, choice, count(DISTINCT day) AS days FROM candidate GROUP BY case_no, choice) AS d
        ON d.case_no = o.case_no AND d.choice = o.choice
) AS t
"""


def require_days(engine: Engine, compiled: Compiled) -> None:
    """Take nothing where a window asks for more days with a value than there are."""
    window_of = {number: window for (_, window), number in compiled.variants.items()}
    least = [
        (choice, window.recorded)
        for (variant, _, _), choice in compiled.choices.items()
        if (window := window_of[variant]).recorded is not None
        and window.take in VALUE_TAKES
        and not isinstance(window, Stretch)
    ]
    if not least:
        return
    engine.table("least_days", [("choice", "INT"), ("least", "INT")], least)
    engine.keep("on_any_days", "SELECT * FROM taken")
    before = ", ".join(str(CODES[name]) for name in _BEFORE)
    engine.keep("taken", _TAKEN.format(before=before, **CODES))
    engine.forget("on_any_days", "least_days")
