"""The limits of normal of the values that were taken: those of the rows that give the value, else those of the protocol.

    normal_limit(case_no, choice, lower, upper, lower_why, upper_why)

Grain: included case x choice of a measure of which some rule compares a value with a limit, where there is a number. Limits are whole millionths of
the measure's unit; `lower_why` and `upper_why` are 0, or the code that says why there is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from caseseries.assessment.absent import CODES, NUMBERED
from caseseries.chart.store import MILLIONTH, SEX, Numbers, millionths
from caseseries.cohort.eligibility import completed_years
from caseseries.engine.connection import Engine
from caseseries.protocol.limited import limited_measures
from caseseries.protocol.measure import limits_of
from caseseries.protocol.normal_limits import AGES, SEXES, NormalLimits
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import VALUE_TAKES

_SIDES = ("lower", "upper")

#: What is added to a candidate where limits are asked for.
OF_ROW = ", m.lower, m.upper"

#: The rows that give a value: of a number those of its day with that number; of a mean, and of a bound, all of the days that entered it.
_GIVING = """
SELECT DISTINCT d.case_no, d.choice, c.measure, k.patient, k.index_day + d.day AS day, d.lower, d.upper
FROM taken AS t
JOIN choice AS c ON c.choice = t.choice
JOIN included_case AS k ON k.case_no = t.case_no
JOIN candidate AS d ON d.case_no = t.case_no AND d.choice = t.choice
WHERE c.measure IN ({measures}) AND t.absent IN ({numbered}) AND NOT d.straddles
  AND CASE
    WHEN c.window_kind = 'each' AND (c.take IN ('mean', 'sum') OR t.absent <> 0 AND c.take IN ({value_takes})) THEN TRUE
    WHEN c.window_kind = 'each' AND c.take = 'nearest' AND (c.tie = 'mean' OR t.absent <> 0 AND c.tie IN ('better', 'worse'))
        THEN abs(d.day - c.target) = abs(t.day - c.target)
    ELSE d.day = t.day AND
        (t.absent <> 0 OR coalesce(c.same_day, '') = 'mean' OR CAST(d.value AS {wide}) * t.den = t.num * CAST({millionth} AS {wide}))
  END
"""

#: Of each row: its own limits, and how many there are in the protocol for whoever the patient may be on that day: whether those
#: differ between the sexes at one age, and between the ages of one sex.
_OF_ROWS = """
SELECT g.case_no, g.choice, g.day, count(n.age) AS ways, {sides}
FROM normal_giving AS g
JOIN person AS p ON p.patient = g.patient
LEFT JOIN normal_of AS n ON n.measure = g.measure AND n.sex = coalesce({sex}, n.sex)
    AND (p.birth_low IS NULL OR p.birth_high IS NULL OR n.age BETWEEN {youngest} AND {oldest})
GROUP BY g.case_no, g.choice, g.day, g.lower, g.upper, {sex}
"""
_OF_SIDE = """CASE WHEN g.{side} > 0 THEN g.{side} END AS own_{side}, count(n.{side}) AS {side}s,
    min(n.{side}) AS least_{side}, max(n.{side}) AS most_{side},
    CASE WHEN {sex} IS NULL AND max(n.{side}_by_sex) = 1 THEN 1 ELSE 0 END AS {side}_by_sex,
    CASE WHEN {ages} THEN 1 ELSE 0 END AS {side}_by_age"""
_AGES = "min(CASE WHEN n.sex = '{one}' THEN coalesce(n.{side}, 0) END) < max(CASE WHEN n.sex = '{one}' THEN coalesce(n.{side}, 0) END)"

#: The limit of one row, or NULL; and what is not known of the patient where that hangs on it: 1 the sex, 2 the age, 3 both.
_KNOWN = """coalesce(own_{side}, CASE WHEN {side}s = ways AND least_{side} = most_{side} THEN least_{side} END) AS {side},
            CASE WHEN own_{side} IS NULL AND {side}s > 0 THEN {side}_by_sex ELSE 0 END AS {side}_by_sex,
            CASE WHEN own_{side} IS NULL AND {side}s > 0 THEN {side}_by_age ELSE 0 END AS {side}_by_age"""
_WHY = """CASE WHEN count(CASE WHEN {side} IS NULL AND {side}_by_sex + {side}_by_age = 0 THEN 1 END) > 0 THEN {no}
            WHEN max({side}_by_sex) + max({side}_by_age) = 2 THEN {limit_by_both} WHEN max({side}_by_sex) = 1 THEN {limit_by_sex}
            WHEN max({side}_by_age) = 1 THEN {limit_by_age} WHEN min({side}) < max({side}) THEN {limits_differ} ELSE 0 END AS {side}_why"""

_LIMIT = """
SELECT case_no, choice, CASE WHEN lower_why = 0 THEN lower END AS lower, CASE WHEN upper_why = 0 THEN upper END AS upper, lower_why, upper_why
FROM (
    SELECT case_no, choice, min(lower) AS lower, min(upper) AS upper,
        {whys}
    FROM (
        SELECT case_no, choice,
            {known}
        FROM ({rows}) AS r
    ) AS known
    GROUP BY case_no, choice
) AS told
"""


def find_limits(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep ``normal_limit`` for the values in ``taken``; needs their candidates with the limits of their rows."""
    limited = sorted(limited_measures(protocol))
    takes = ", ".join(f"'{take}'" for take in VALUE_TAKES)
    said = {
        "measures": ", ".join(str(numbers.measures.get(name, 0)) for name in limited),
        "value_takes": takes,
        "wide": engine.dialect.wide,
    }
    agree_limits(
        engine,
        protocol,
        numbers,
        limited,
        _GIVING.format(numbered=NUMBERED, millionth=MILLIONTH, **said),
        "normal_limit",
    )


def agree_limits(
    engine: Engine, protocol: Protocol, numbers: Numbers, measures: Sequence[str], giving: str, name: str
) -> None:
    """Keep the table `name`: for each case and choice the limits on which all rows agree that give its value.

    `giving` is the query of these rows: case_no, choice, measure, patient, day, lower, upper.
    """
    rows: list[tuple[int, str, int, int | None, int | None, int, int]] = []
    for measure in measures:
        declared = {whom: one for one in limits_of(protocol.measures[measure]) for whom in one.whom}
        for whom in itertools.product(SEXES.values(), AGES) if declared else ():
            one = declared.get(whom, NormalLimits())
            same_age = [declared.get((sex, whom[1]), NormalLimits()) for sex in SEXES.values()]
            by_sex = (
                int(len({other.lower for other in same_age}) > 1),
                int(len({other.upper for other in same_age}) > 1),
            )
            rows.append(
                (numbers.measures.get(measure, 0), *whom, millionths(one.lower), millionths(one.upper), *by_sex)
            )
    text = engine.dialect.text
    columns = [("measure", "INT"), ("sex", text), ("age", "INT"), ("lower", "BIGINT"), ("upper", "BIGINT")]
    columns += [("lower_by_sex", "INT"), ("upper_by_sex", "INT")]
    engine.table("normal_of", columns, rows)
    engine.keep("normal_giving", giving)
    youngest, oldest = (completed_years(engine, birth, "g.day") for birth in ("p.birth_high", "p.birth_low"))
    of_rows = _OF_ROWS.format(sides=",\n    ".join(map(_of_side, _SIDES)), youngest=youngest, oldest=oldest, sex=SEX)
    whys = ",\n        ".join(_WHY.format(side=side, no=CODES[f"no_{side}"], **CODES) for side in _SIDES)
    known = ",\n            ".join(_KNOWN.format(side=side) for side in _SIDES)
    engine.keep(name, _LIMIT.format(rows=of_rows, whys=whys, known=known))
    engine.forget("normal_giving", "normal_of")


def _of_side(side: str) -> str:
    ages = " OR ".join(_AGES.format(one=one, side=side) for one in SEXES.values())
    return _OF_SIDE.format(side=side, sex=SEX, ages=ages)
