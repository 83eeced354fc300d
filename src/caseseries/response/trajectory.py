"""Trajectories: the values of all days of a window, and their sums of products, from which a line with a level of each case is found.

    trajectory_value(case_no, day, value, absent)    grain: included case x day with a value; whole millionths, or why it does not count

Section `trajectory`, with the outcome and the window: under `cases` how many cases have so many days with a value; under the other
words sums over the cases with so many days, of what is above 0 (`+`) and below (`-`). t and y are the sums of a case over its days, tt, ty
and yy those of products; `t t`, `t y`, `y y` the products of its sums. Days are days, values whole millionths. Section `trajectory absent`:
days on which a value does not count, by the reason.
"""

from __future__ import annotations

from caseseries.assessment.absent import words
from caseseries.assessment.assess import assess
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan
from caseseries.response.held_rule import LEFT, MOMENTS, day_plan, find_days, keep_held_cases
from caseseries.response.verdict_counts import millionths
from caseseries.response.way import Asked
from caseseries.stats.tally import Tally

#: The sums that are counted, as SQL over the sums of one case.
SUMS = {"t": "t", "y": "y", "tt": "tt", "ty": "ty", "yy": "yy", "t t": "t * t", "t y": "t * y", "y y": "y * y"}

_OF_CASE = """
SELECT case_no, count(*) AS days, sum(CAST(day AS {wide})) AS t, sum(CAST(value AS {wide})) AS y, sum(CAST(day AS {wide}) * day) AS tt,
    sum(CAST(day AS {wide}) * value) AS ty, sum(CAST(value AS {wide}) * value) AS yy
FROM trajectory_value WHERE absent = 0 GROUP BY case_no
"""


def trajectory_tally(engine: Engine, protocol: Protocol, numbers: Numbers, plan: OutcomePlan) -> Tally:
    """Count one window of a trajectory; leaves the cases as they were."""
    counts, (held,) = Tally(), plan.held
    window, name = plan.primary.windows[held.window], plan.name
    keep_held_cases(engine)
    find_days(engine, protocol, numbers, held, window, visits=False)
    engine.keep("included_case", MOMENTS)
    of_day = day_plan(protocol, held, window, Asked(held, window))
    compiled = assess(engine, protocol, numbers, of_day).compiled
    (slot,) = of_day.slots
    choice, value = compiled.choice(protocol, of_day.primary, slot), millionths(engine.dialect, "q.num", "q.den")
    engine.keep(
        "trajectory_value",
        f"SELECT d.case_no, d.day, CASE WHEN q.absent = 0 THEN {value} END AS value, q.absent FROM held_moment AS d "
        f"JOIN quantity AS q ON q.case_no = d.moment AND q.choice = {choice}",
    )
    engine.keep("included_case", "SELECT * FROM held_whole")
    engine.forget(*LEFT)
    wide = engine.dialect.wide
    engine.keep("trajectory_case", _OF_CASE.format(wide=wide))
    signs = {"+": "> 0 THEN", "-": "< 0 THEN -"}
    sums = ", ".join(
        f"sum(CASE WHEN {product} {ask}({product}) ELSE 0 END)" for product in SUMS.values() for ask in signs.values()
    )
    for days, cases, *found in engine.rows(f"SELECT days, count(*), {sums} FROM trajectory_case GROUP BY days"):
        counts.add(("trajectory", name, held.window, "cases", int(days)), int(cases))
        for (what, sign), total in zip(((one, sign) for one in SUMS for sign in signs), found, strict=True):
            counts.add(("trajectory", name, held.window, f"{what} {sign}", int(days)), int(total))
    for why, n in engine.rows("SELECT absent, count(*) FROM trajectory_value WHERE absent <> 0 GROUP BY absent"):
        counts.add(("trajectory absent", name, held.window, words(why)), int(n))
    engine.forget("trajectory_value", "trajectory_case")
    return counts
