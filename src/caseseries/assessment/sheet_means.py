"""The means of a sheet: where different values stand on the day that a window takes, their sum and how many they are.

    sheet_mean(place, s<window>, c<window>, k<window>)      grain: case x measure with such a day in any window

Equal values of equal censoring are one value. `k` has the bits of the censoring of all of them, as ``absent.CENSORED`` has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.assessment.sheet_packing import BOTH, SHIFT, inside, near, order, order_of
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.window import Window


def differs(window: int) -> str:
    """SQL for whether the values of the day that a window takes are not all one; NULL without a value."""
    return f"(p{window} & {2**SHIFT - 1}) + (q{window} & {2**SHIFT - 1}) <> {BOTH}"


def lay_means(engine: Engine, numbers: Numbers, windows: Sequence[Window], used: Sequence[int]) -> None:
    """Keep ``sheet_mean`` for the windows that take a mean of one day; needs ``sheet_packed``."""
    asked = {number: window for number, window in enumerate(windows) if window.same_day == "mean"}
    days = [
        f"CASE WHEN {differs(number)} THEN {order_of(f'p{number}', engine.dialect)} END AS o{number}"
        for number in asked
    ]
    some = " OR ".join(differs(number) for number in asked)
    taken = {number: f"{inside(window)} AND {order(window)} = o{number}" for number, window in asked.items()}
    columns = [
        column
        for number, there in taken.items()
        for column in (
            f"CAST(sum(CASE WHEN {there} THEN value END) AS BIGINT) AS s{number}",
            f"nullif(count(CASE WHEN {there} THEN value END), 0) AS c{number}",
            f"bit_or(CASE WHEN {there} THEN code END) AS k{number}",
        )
    ]
    orders = ", ".join(f"o{number}" for number in asked)
    any_day = " OR ".join(f"({there})" for there in taken.values())
    engine.keep(
        "sheet_mean",
        f"""
SELECT place, {", ".join(columns)}
FROM (
    SELECT DISTINCT r.place, rel, value, code, {orders}
    FROM (SELECT place, {", ".join(days)} FROM sheet_packed WHERE {some}) AS d
    JOIN ({near(numbers, list(asked.values()), used)}) AS r ON r.place = d.place
    WHERE value IS NOT NULL AND ({any_day})
) AS different
GROUP BY place
""",
    )
