"""Windows applied: candidate rows, one value a day, one day a window.

candidate(case_no, choice, record, day, value, censor, straddles)     every row that lies, or may lie, in the window
day_value(case_no, choice, day, num, record, censor, kinds, absent)   one per day; num in parts of a millionth
    of both, with derived measures that are ratios or have weights with decimals, `den`: the value is so many times smaller
visit_day(case_no, variant, day, open_tie, distance)                  the chosen visit, for components: same visit
taken(case_no, choice, num, den, day, record, absent, open_same_day)  one per case and choice

`absent` and `censor` are the codes of ``caseseries.assessment.absent``.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from caseseries.assessment.absent import CENSOR_CODE, CODES, NUMBERED, OF_CENSOR
from caseseries.assessment.contenders import find_contenders, in_bounds
from caseseries.chart.derived import parted
from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.derived import derived_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import VALUE_TAKES

_CANDIDATE = """
SELECT k.case_no, c.choice, m.record, m.day - k.index_day AS day, m.value{m_den}, {censor} AS censor,
    {bounds} AND m.low <> m.high AND (m.low - k.index_day < c.low OR m.high - k.index_day > c.high) AS straddles{beside}
FROM included_case AS k
JOIN measurement AS m ON m.patient = k.patient
JOIN choice AS c ON c.measure = m.measure
WHERE c.kind = 'value' AND m.value IS NOT NULL{seen}
  AND CASE WHEN {bounds} THEN m.low - k.index_day <= c.high AND m.high - k.index_day >= c.low
           ELSE m.day - k.index_day BETWEEN c.low AND c.high END
"""

#: How many different values days hold of which the mean is taken: their common multiple keeps every such mean whole.
_KINDS = """
SELECT DISTINCT kinds
FROM (
    SELECT case_no, choice, day, count(*) AS kinds
    FROM (
        SELECT DISTINCT case_no, choice, day, value, censor
        FROM candidate JOIN choice USING (choice)
        WHERE NOT straddles AND same_day = 'mean'
    ) AS different
    GROUP BY case_no, choice, day
) AS days
ORDER BY kinds
"""

#: Of equal numbers: a limit that the wanted value passes, the number itself, a limit that it may pass, one that it may reach, and one below which
#: it stays. `may_exceed` says that a row may stand for more (less, where the lowest is wanted) than its number.
_RANK = "CASE WHEN censor = 0 THEN 1 WHEN may_exceed THEN CASE WHEN censor >= 4 THEN 0 ELSE 2 END WHEN censor >= 4 THEN 4 ELSE 3 END"

_DAY_VALUE = """
WITH different AS (
    SELECT case_no, choice, day, value{den}, censor, min(record) AS record
    FROM candidate WHERE NOT straddles
    GROUP BY case_no, choice, day, value{den}, censor
),
directed AS (
    SELECT d.case_no, d.choice, d.day, d.value{d_den}, d.censor, d.record, c.same_day, c.bound_counts,
        CASE WHEN c.same_day = 'highest' OR c.same_day = 'best' AND c.sign > 0 OR c.same_day = 'worst' AND c.sign < 0 THEN -1 ELSE 1 END AS up
    FROM different AS d JOIN choice AS c ON c.choice = d.choice
),
beyond AS (
    SELECT case_no, choice, day, value{den}, censor, record, same_day, up, bound_counts,
        NOT bound_counts AND (censor & CASE WHEN up < 0 THEN 2 ELSE 1 END) <> 0 AS may_exceed
    FROM directed
),
compared AS (
    SELECT case_no, choice, day, value{den}, censor, record, same_day, up, may_exceed, CASE WHEN bound_counts THEN censor ELSE {rank} END AS rank,
        count(*) OVER same AS kinds, sum(CAST(value AS {wide})) OVER same AS total, bit_or(censor) OVER same AS any_censor,
        bool_or(may_exceed) OVER same AS exceeded
    FROM beyond
    WINDOW same AS (PARTITION BY case_no, choice, day)
),
placed AS (
    SELECT case_no, choice, day, value{den}, same_day, kinds, total, any_censor, record,
        CASE WHEN exceeded AND rank > 0 THEN CASE WHEN up < 0 THEN 2 ELSE 1 END ELSE censor END AS censor,
        row_number() OVER (
            PARTITION BY case_no, choice, day
            ORDER BY CASE WHEN exceeded AND NOT may_exceed AND censor <> 0 THEN 1 ELSE 0 END, up * {value}, rank, record
        ) AS place
    FROM compared
)
SELECT case_no, choice, day, kinds{den},
    CASE
        WHEN kinds = 1 THEN value * CAST({parts} AS {wide})
        WHEN same_day IS NULL OR same_day = 'not evaluable' THEN NULL
        WHEN same_day = 'mean' THEN CAST(total AS {wide}) * {share}
        ELSE value * CAST({parts} AS {wide})
    END AS num,
    CASE WHEN kinds > 1 AND (same_day IS NULL OR same_day IN ('mean', 'not evaluable')) THEN NULL ELSE record END AS record,
    CASE WHEN kinds > 1 AND same_day = 'mean' THEN any_censor ELSE censor END AS censor,
    CASE WHEN kinds > 1 AND (same_day IS NULL OR same_day = 'not evaluable') THEN {different} ELSE 0 END AS absent
FROM placed
WHERE place = 1
"""

_VISIT_DAY = """
WITH written AS (
    SELECT DISTINCT d.case_no, c.variant, d.day
    FROM candidate AS d JOIN choice AS c ON c.choice = d.choice
    WHERE NOT d.straddles AND c.window_kind = 'visit'
),
visited AS (
    SELECT DISTINCT k.case_no, v.variant, f.day - k.index_day AS day
    FROM included_case AS k
    JOIN fact AS f ON f.patient = k.patient
    CROSS JOIN variant AS v
    WHERE v.kind = 'visit' AND f.kind = 'visit' AND {first} - k.index_day >= v.low AND {last} - k.index_day <= v.high{seen}
      AND NOT EXISTS (SELECT 1 FROM written AS w WHERE w.case_no = k.case_no AND w.variant = v.variant)
),
offered AS (
    SELECT days.case_no, days.variant, days.day, v.tie,
        CASE v.take WHEN 'nearest' THEN abs(days.day - v.target) WHEN 'last' THEN -days.day ELSE days.day END AS distance
    FROM (SELECT case_no, variant, day FROM written UNION ALL SELECT case_no, variant, day FROM visited) AS days
    JOIN variant AS v ON v.variant = days.variant
),
placed AS (
    SELECT case_no, variant, day, tie, distance,
        count(*) OVER (PARTITION BY case_no, variant, distance) AS equally_near,
        row_number() OVER (
            PARTITION BY case_no, variant ORDER BY distance, CASE WHEN tie = 'later' THEN -day ELSE day END
        ) AS place
    FROM offered
)
SELECT p.case_no, p.variant, CASE WHEN p.equally_near > 1 AND p.tie IS NULL AND w.variant IS NULL THEN NULL ELSE p.day END AS day,
    p.equally_near > 1 AND p.tie IS NULL AND w.variant IS NULL AS open_tie, p.distance
FROM placed AS p LEFT JOIN partly_visit AS w ON w.case_no = p.case_no AND w.variant = p.variant
WHERE p.place = 1
"""

#: Days equally near the target where no tie rule is declared: each of them may raise a choice of its own.
_TIED_DAY = """
WITH nearest AS (
    SELECT vd.case_no, vd.variant, c.target, min(abs(d.day - c.target)) AS distance
    FROM visit_day AS vd
    JOIN choice AS c ON c.variant = vd.variant
    JOIN day_value AS d ON d.case_no = vd.case_no AND d.choice = c.choice
    WHERE vd.open_tie
    GROUP BY vd.case_no, vd.variant, c.target
)
SELECT DISTINCT d.case_no, d.choice
FROM nearest AS n
JOIN choice AS c ON c.variant = n.variant
JOIN day_value AS d ON d.case_no = n.case_no AND d.choice = c.choice
WHERE d.absent <> 0 AND abs(d.day - n.target) = n.distance
"""

_TAKEN = """
WITH offered AS (
    SELECT d.case_no, d.choice, d.day, d.num{d_den}, d.record, d.censor, d.absent, c.sign, c.take, c.tie,
        CASE
            WHEN c.take = 'nearest' THEN abs(d.day - c.target)
            WHEN c.take = 'last' THEN -d.day
            WHEN c.take = 'first' THEN d.day
            ELSE 0
        END AS distance,
        CASE
            WHEN c.take = 'highest' THEN -1
            WHEN c.take = 'lowest' THEN 1
            WHEN c.take = 'best' OR c.take = 'nearest' AND c.tie = 'better' THEN -c.sign
            WHEN c.take = 'worst' OR c.take = 'nearest' AND c.tie = 'worse' THEN c.sign
            ELSE 0
        END AS up,
        c.bound_counts,
        max(d.absent) OVER (PARTITION BY d.case_no, d.choice) AS some_absent
    FROM day_value AS d JOIN choice AS c ON c.choice = d.choice
    WHERE c.window_kind = 'each'
),
beyond AS (
    SELECT offered.*, up <> 0 AND NOT bound_counts AND (censor & CASE WHEN up < 0 THEN 2 ELSE 1 END) <> 0 AS may_exceed
    FROM offered
),
compared AS (
    SELECT beyond.*,
        CASE WHEN up = 0 OR bound_counts THEN 1 WHEN (censor & 3) = 3 THEN -1 ELSE {rank} END AS rank,
        bool_or(may_exceed) OVER (PARTITION BY case_no, choice, distance) AS exceeded
    FROM beyond
),
placed AS (
    SELECT case_no, choice, day, num{den}, record, absent, take, tie, distance, some_absent, censor,
        CASE WHEN exceeded AND rank > 0 THEN CASE WHEN up < 0 THEN 2 ELSE 1 END ELSE censor END AS known,
        min(distance) OVER (PARTITION BY case_no, choice) AS nearest,
        row_number() OVER (
            PARTITION BY case_no, choice
            ORDER BY distance NULLS LAST,
                CASE WHEN rank < 0 THEN 0 WHEN exceeded AND NOT may_exceed AND censor <> 0 THEN 2 ELSE 1 END,
                CASE WHEN up <> 0 THEN up * {num} END NULLS LAST,
                rank,
                CASE WHEN take = 'nearest' AND tie = 'later' THEN -day ELSE day END
        ) AS place
    FROM compared
),
grouped AS (
    SELECT case_no, choice, take, tie,
        max(CASE WHEN place = 1 THEN num END) AS one_num{dens}, max(CASE WHEN place = 1 THEN day END) AS one_day,
        max(CASE WHEN place = 1 THEN record END) AS one_record, max(CASE WHEN place = 1 THEN known END) AS one_censor,
        max(CASE WHEN place = 1 THEN absent END) AS one_absent, max(some_absent) AS some_absent,
        count(*) AS days, sum(num) AS total, max(day) AS last_day, bit_or(censor) AS any_censor,
        sum(CASE WHEN distance = nearest THEN 1 ELSE 0 END) AS near, sum(CASE WHEN distance = nearest THEN num END) AS near_total,
        min(CASE WHEN distance = nearest THEN day END) AS near_day, bit_or(CASE WHEN distance = nearest THEN censor END) AS near_censor,
        max(CASE WHEN distance = nearest THEN absent END) AS near_absent
    FROM placed GROUP BY case_no, choice, take, tie
),
chosen AS (
    SELECT case_no, choice,
        CASE WHEN take IN ('mean', 'sum') THEN CAST(total AS {wide})
             WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN CAST(near_total AS {wide}) ELSE one_num END AS num,
        CAST(CASE WHEN take = 'mean' THEN days WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN near ELSE 1 END AS {wide}){by_den} AS parts,
        CASE
            WHEN take IN ({value_takes}) AND some_absent <> 0 THEN NULL
            WHEN take IN ('mean', 'sum') THEN last_day
            WHEN take = 'nearest' AND near > 1 AND tie IS NULL THEN NULL
            WHEN take = 'nearest' AND near > 1 AND (tie = 'mean' OR tie IN ('better', 'worse') AND near_absent <> 0) THEN near_day
            ELSE one_day
        END AS day,
        CASE WHEN take IN ('mean', 'sum') OR take = 'nearest' AND tie = 'mean' AND near > 1 THEN NULL ELSE one_record END AS record,
        CASE WHEN take IN ('mean', 'sum') THEN any_censor
            WHEN take = 'nearest' AND tie = 'mean' AND near > 1 THEN near_censor ELSE one_censor END AS censor,
        CASE
            WHEN take IN ({value_takes}) THEN some_absent
            WHEN take = 'nearest' AND near > 1 AND tie IS NULL THEN {tied}
            WHEN take = 'nearest' AND near > 1 AND tie IN ('mean', 'better', 'worse') THEN near_absent
            ELSE one_absent
        END AS absent,
        CASE
            WHEN take IN ({value_takes}) THEN some_absent
            WHEN take = 'nearest' AND near > 1 AND (tie IS NULL OR tie IN ('mean', 'better', 'worse')) THEN near_absent
            ELSE one_absent
        END <> 0 AS differs
    FROM grouped
    UNION ALL
    SELECT d.case_no, d.choice, d.num, {of_visit}, d.day, d.record, d.censor, d.absent, d.absent <> 0
    FROM day_value AS d JOIN choice AS c ON c.choice = d.choice
    JOIN visit_day AS vd ON vd.case_no = d.case_no AND vd.variant = c.variant AND vd.day = d.day
),
unsure AS (SELECT DISTINCT case_no, choice FROM candidate WHERE straddles),
blank AS (
    SELECT DISTINCT k.case_no, c.choice, CASE WHEN c.window_kind = 'visit' THEN m.day - k.index_day END AS day
    FROM included_case AS k
    JOIN measurement AS m ON m.patient = k.patient
    JOIN choice AS c ON c.measure = m.measure
    WHERE c.kind = 'value' AND m.value IS NULL AND m.day - k.index_day BETWEEN c.low AND c.high{seen}
),
joined AS (
    SELECT k.case_no, c.choice, chosen.num, chosen.parts, chosen.record,
        CASE
            WHEN c.window_kind = 'visit' THEN vd.day
            WHEN c.take IN ({value_takes}) AND {leaves} THEN NULL
            ELSE chosen.day
        END AS day,
        CASE
            WHEN unsure.choice IS NOT NULL THEN {edge}
            WHEN which.choice IS NOT NULL OR visits.variant IS NOT NULL THEN {not_exact}
            WHEN vd.open_tie THEN {tied}
            WHEN c.window_kind = 'visit' AND vd.day IS NULL AND part.choice IS NOT NULL THEN {no_number}
            WHEN c.window_kind = 'visit' AND vd.day IS NULL THEN CASE WHEN {leaves} THEN {unobserved} ELSE {no_visit} END
            WHEN chosen.choice IS NULL AND blank.choice IS NOT NULL THEN {no_number}
            WHEN chosen.choice IS NULL AND c.window_kind = 'visit' THEN {not_at_visit}
            WHEN chosen.choice IS NULL THEN CASE WHEN {leaves} THEN {unobserved} ELSE {no_value} END
            WHEN c.take IN ({value_takes}) AND {leaves} THEN {unobserved}
            WHEN chosen.absent <> 0 THEN chosen.absent
            WHEN chosen.censor <> 0 AND NOT c.bound_counts
                THEN CASE WHEN c.bounds THEN CASE chosen.censor {of_censor} ELSE {censored} END ELSE {censored} END
            ELSE 0
        END AS absent,
        unsure.choice IS NULL AND which.choice IS NULL AND visits.variant IS NULL
            AND c.same_day IS NULL AND NOT (c.take IN ({value_takes}) AND {leaves})
            AND coalesce(chosen.differs, tied.choice IS NOT NULL) AS open_same_day
    FROM included_case AS k
    CROSS JOIN choice AS c
    LEFT JOIN chosen ON chosen.case_no = k.case_no AND chosen.choice = c.choice
    LEFT JOIN visit_day AS vd ON vd.case_no = k.case_no AND vd.variant = c.variant
    LEFT JOIN tied_day AS tied ON tied.case_no = k.case_no AND tied.choice = c.choice
    LEFT JOIN (SELECT case_no, choice FROM partly_choice WHERE several) AS which ON which.case_no = k.case_no AND which.choice = c.choice
    LEFT JOIN (SELECT case_no, variant FROM partly_visit WHERE several) AS visits
        ON visits.case_no = k.case_no AND visits.variant = c.variant AND c.window_kind = 'visit'
    LEFT JOIN unsure ON unsure.case_no = k.case_no AND unsure.choice = c.choice
    LEFT JOIN blank ON blank.case_no = k.case_no AND blank.choice = c.choice AND (c.window_kind = 'each' OR blank.day = vd.day)
    LEFT JOIN (
        SELECT DISTINCT b.case_no, b.choice FROM blank AS b JOIN choice AS c ON c.choice = b.choice WHERE c.measure IN ({derived})
    ) AS part ON part.case_no = k.case_no AND part.choice = c.choice
    WHERE c.kind = 'value'
)
SELECT case_no, choice, absent, open_same_day,
    CASE WHEN absent IN ({numbered}) THEN num END AS num,
    CASE WHEN absent IN ({numbered}) THEN CAST({scale} AS {wide}) * parts END AS den,
    CASE WHEN absent NOT IN ({edge}, {not_exact}) THEN day END AS day,
    CASE WHEN absent IN ({censored}, {numbered}) THEN record END AS record
FROM joined
"""

#: The last day on which the case ``k`` was seen, relative to its index date.
LAST_SEEN = "least(k.seen_end, coalesce(k.death_low, k.seen_end)) - k.index_day"

#: Whether a window of the case ``k`` has a day outside its index period, after a death or after the data cut-off.
LEAVES = f"({{window}}.low < k.observed_first - k.index_day OR {{window}}.high > {LAST_SEEN})"


def leaves(numbers: Numbers, window: str) -> str:
    """SQL for whether the window of the row ``window`` leaves the observed time of the case ``k``."""
    return LEAVES.format(window=window) if numbers.observed else "FALSE"


def seen(numbers: Numbers, row: str) -> str:
    """SQL, to be added to a condition, for the row lying in the index period of the case ``k``."""
    return f" AND {row}.day BETWEEN k.observed_first AND k.observed_last" if numbers.observed else ""


def take_values(engine: Engine, protocol: Protocol, numbers: Numbers, beside: str = "") -> int:
    """Fill the tables of this module for the choices compiled before; `beside` are further columns of a row ``m`` that its candidate keeps.

    Returns into how many parts a millionth was divided; 1 where no mean of one day was taken.
    """
    bounds = "TRUE" if protocol.partial_dates == "bounds" else "FALSE"
    engine.keep(
        "candidate",
        _CANDIDATE.format(
            censor=CENSOR_CODE,
            bounds=bounds,
            seen=seen(numbers, "m"),
            m_den=", m.den" if parted(protocol) else "",
            beside=beside,
        ),
    )
    parts = math.lcm(1, *(int(kinds) for (kinds,) in engine.rows(_KINDS)))
    take_candidates(engine, protocol, numbers, parts)
    return parts


def take_candidates(
    engine: Engine, protocol: Protocol, numbers: Numbers, parts: int, whole: Collection[int] = ()
) -> None:
    """Fill what follows from ``candidate``; `whole` are the choices whose days were all observed, however far their window reaches."""
    wide, divided = engine.dialect.wide, parted(protocol)
    order = _order(engine) if divided else {"value": "value", "num": "num"}
    dens = {"den": ", den", "d_den": ", d.den"} if divided else {"den": "", "d_den": ""}
    left = leaves(numbers, "c")
    left = f"(c.choice NOT IN ({', '.join(map(str, whole))}) AND {left})" if whole else left
    share = engine.dialect.divide(f"CAST({parts} AS {wide})", f"CAST(kinds AS {wide})")
    engine.keep(
        "day_value", _DAY_VALUE.format(parts=parts, share=share, wide=wide, rank=_RANK, **order, **dens, **CODES)
    )
    find_contenders(engine, protocol, numbers)
    partial = in_bounds(protocol, numbers)
    ends = {
        "first": "coalesce(f.low, f.day)" if partial else "f.day",
        "last": "coalesce(f.high, f.day)" if partial else "f.day",
    }
    engine.keep("visit_day", _VISIT_DAY.format(seen=seen(numbers, "f"), **ends))
    engine.keep("tied_day", _TIED_DAY)
    engine.keep(
        "taken",
        _TAKEN.format(
            scale=parts * MILLIONTH,
            wide=wide,
            seen=seen(numbers, "m"),
            leaves=left,
            derived=", ".join(map(str, derived_numbers(protocol, numbers))) or "0",
            rank=_RANK,
            of_censor=" ".join(f"WHEN {code} THEN {absent}" for code, absent in OF_CENSOR.items()),
            numbered=NUMBERED,
            value_takes=", ".join(f"'{take}'" for take in VALUE_TAKES),
            dens=", max(CASE WHEN place = 1 THEN den END) AS one_den, max(den) AS any_den" if divided else "",
            by_den=" * CASE WHEN take IN ('mean', 'sum') OR take = 'nearest' AND tie = 'mean' AND near > 1 THEN any_den ELSE one_den END"
            * divided,
            of_visit="d.den" if divided else f"CAST(1 AS {wide})",
            **order,
            **dens,
            **CODES,
        ),
    )


def derived_numbers(protocol: Protocol, numbers: Numbers) -> list[int]:
    """The measures that are derived, by number: where one has a row without a number, some part of it was recorded, or noted as missing."""
    return sorted(numbers.measures[name] for name in derived_measures(protocol.measures) if name in numbers.measures)


def _order(engine: Engine) -> dict[str, str]:
    """SQL for whole numbers in the order of the values of ``candidate``, and of those of ``day_value``.

    Two fractions whose denominators are at most D differ by at least 1/D², so that four times D² of them have whole numbers that differ.
    """
    ((largest,),) = engine.rows("SELECT coalesce(max(den), 1) FROM candidate")
    wide, scale = engine.dialect.wide, 4 * int(largest) ** 2 if int(largest) > 1 else 1
    return {
        name: engine.dialect.divide(f"CAST({name} AS {wide}) * CAST({scale} AS {wide})", "den")
        for name in ("value", "num")
    }
