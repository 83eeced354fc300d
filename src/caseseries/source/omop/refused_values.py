"""Refused values that a window would have looked at: in how many cases another value of the window is taken in their place, or none is left.

A refused cell of a chart stops the run until somebody has looked at it; a database cannot be mended row by row, so its rows are counted.
"""

from __future__ import annotations

from caseseries.protocol.derived import derived_measures, recorded_parts
from caseseries.protocol.eligibility import OfValue
from caseseries.protocol.specs import plan, valued_plan
from caseseries.protocol.spell_plan import daily_plans
from caseseries.source.omop import value_rules
from caseseries.source.omop.counts import found
from caseseries.source.omop.database import Database
from caseseries.stats.tally import Tally

#: The rule of such a finding; its count is of cases.
REFUSED_IN_WINDOW = "refused in a window"

_CASES = """
SELECT w.place, coalesce(sum(CASE WHEN kept THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN kept THEN 0 ELSE 1 END), 0)
FROM (
    SELECT r.place, r.patient, r.index_day, coalesce(max(CASE WHEN v.patient IS NOT NULL THEN 1 ELSE 0 END), 0) = 1 AS kept
    FROM (
        SELECT DISTINCT w.place, w.measure, w.low, w.high, c.patient, c.index_day
        FROM {values} AS v
        JOIN {cases} AS c ON c.patient = v.patient
        JOIN omop_window AS w ON w.measure = v.measure AND v.day - c.index_day BETWEEN w.low AND w.high
        WHERE v.code IN ({refused})
    ) AS r
    LEFT JOIN {values} AS v ON v.patient = r.patient AND v.measure = r.measure AND v.code < {without}
        AND v.day - r.index_day BETWEEN r.low AND r.high
    GROUP BY r.place, r.patient, r.index_day
) AS w
GROUP BY w.place ORDER BY w.place
"""


def asked_windows(source: Database) -> list[tuple[str, str]]:
    """The measures with rows of their own and the windows in which the protocol as written looks at them, in order."""
    protocol, measures = source.protocol, source.numbers.measures
    plans = [
        *(plan(protocol, name) for name in protocol.verdicts),
        *(valued_plan(protocol, name) for name in protocol.valued),
        *daily_plans(protocol),
    ]
    asked = {(slot.measure, slot.window) for one in plans for slot in one.measured if slot.window in protocol.windows}
    criteria = [one for one in (*protocol.include, *protocol.exclude) if isinstance(one, OfValue)]
    asked |= {(measure, one.in_) for one in criteria for measure in one.measures}
    derived = derived_measures(protocol.measures)
    asked |= {(part, window) for name, window in asked if name in derived for part in recorded_parts(derived[name])}
    return sorted((measure, window) for measure, window in asked if measure in measures and measure not in derived)


def count_refused(source: Database, values: str, cases: str, tally: Tally) -> None:
    """Count the cases (patient, index_day) with a refused row of a measure in a window that looks at it; `values` are the rows of one table."""
    asked, engine = asked_windows(source), source.engine
    if not asked:
        return
    windows = source.protocol.windows
    rows = [
        (place, source.numbers.measures[measure], windows[window].from_, windows[window].to)
        for place, (measure, window) in enumerate(asked)
    ]
    engine.table("omop_window", [("place", "INT"), ("measure", "INT"), ("low", "INT"), ("high", "INT")], rows)
    refused = ", ".join(str(code) for code in value_rules.REFUSED_VALUES)
    query = _CASES.format(values=values, cases=cases, refused=refused, without=value_rules.WITHOUT)
    for place, other, none in engine.rows(query):
        measure, window = asked[place]
        what = f"{measure}: cases with a refused value in the window {window}"
        found(tally, "warning", REFUSED_IN_WINDOW, f"{what}, of which another value is taken there", int(other))
        found(tally, "warning", REFUSED_IN_WINDOW, f"{what}, and no other value there", int(none))
