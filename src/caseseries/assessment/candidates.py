"""Every candidate row of a choice, the one that was used, and why the others were not.

    passed_over(case_no, choice, record, day, value, censor, lost)     a query; nothing of it is stored

The words are those of ``caseseries.verdict.passed_over``; the row that was used has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caseseries.assessment.absent import CENSORED, CODES
from caseseries.assessment.compile import Compiled
from caseseries.chart.store import MILLIONTH
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import Slot
from caseseries.verdict import passed_over

_PASSED_OVER = """
WITH settled AS (
    SELECT t.case_no, t.choice, t.absent, t.day, c.window_kind AS kind, c.take, c.tie, c.target,
        c.take IN ('nearest', 'last', 'first') AS by_day,
        coalesce(max(CASE WHEN d.day IS NOT NULL THEN d.absent END), 0) AS some_absent,
        min(CASE WHEN c.take = 'nearest' THEN abs(d.day - c.target) END) AS distance,
        coalesce(bool_or(d.day = vd.day), FALSE) AS at_visit, coalesce(bool_or(vd.open_tie), FALSE) AS open_tie,
        max(vd.distance) AS visit_distance
    FROM taken AS t
    JOIN choice AS c ON c.choice = t.choice
    LEFT JOIN day_value AS d ON d.case_no = t.case_no AND d.choice = t.choice
    LEFT JOIN visit_day AS vd ON vd.case_no = t.case_no AND vd.variant = c.variant
    GROUP BY t.case_no, t.choice, t.absent, t.day, c.window_kind, c.take, c.tie, c.target
),
tied AS (
    SELECT s.case_no, s.choice, count(*) AS near, max(d.absent) AS near_absent
    FROM settled AS s JOIN day_value AS d ON d.case_no = s.case_no AND d.choice = s.choice AND abs(d.day - s.target) = s.distance
    WHERE s.take = 'nearest'
    GROUP BY s.case_no, s.choice
),
reasoned AS (
    SELECT d.case_no, d.choice, d.day, d.record, d.absent, s.by_day, s.absent AS settled_absent,
        CASE
            WHEN s.kind = 'visit' AND s.open_tie THEN CASE WHEN abs(d.day - s.target) = s.visit_distance THEN $open ELSE $further END
            WHEN s.kind = 'visit' AND NOT s.at_visit THEN $visit
            WHEN s.kind = 'each' AND s.take = 'nearest' AND tied.near > 1 AND s.tie IS NULL
                THEN CASE WHEN abs(d.day - s.target) = s.distance THEN $open ELSE $further END
            WHEN s.kind = 'each' AND s.take = 'nearest' AND tied.near > 1 AND s.tie IN ('mean', 'better', 'worse') THEN CASE
                WHEN abs(d.day - s.target) <> s.distance THEN $further
                WHEN tied.near_absent <> 0 THEN CASE WHEN d.absent = 0 THEN $unsettled ELSE '' END
                WHEN s.tie = 'mean' OR d.day = s.day THEN ''
                WHEN s.tie = 'better' THEN $worse ELSE $better END
            WHEN s.absent = {unobserved} THEN $unobserved
            WHEN NOT s.by_day AND s.some_absent <> 0 THEN CASE WHEN d.absent = 0 THEN $unsettled ELSE '' END
            WHEN s.take = 'mean' OR d.day = s.day THEN ''
            WHEN s.take = 'nearest' AND abs(d.day - s.target) = abs(s.day - s.target)
                THEN CASE WHEN d.day > s.day THEN $later ELSE $earlier END
            WHEN s.take = 'nearest' THEN $further
            ELSE 'not the ' || s.take
        END AS of_day,
        s.absent = {unobserved} OR s.kind = 'visit' AND (s.open_tie OR NOT s.at_visit)
            OR s.kind = 'each' AND s.take = 'nearest' AND coalesce(tied.near, 1) > 1 AND s.tie IS NULL AS undecided
    FROM day_value AS d
    JOIN settled AS s ON s.case_no = d.case_no AND s.choice = d.choice
    LEFT JOIN tied ON tied.case_no = d.case_no AND tied.choice = d.choice
),
first_of_kind AS (
    SELECT case_no, choice, record, day, value, censor, straddles,
        min(record) OVER (PARTITION BY case_no, choice, day, value, censor, straddles) AS first_record,
        bool_or(straddles) OVER (PARTITION BY case_no, choice) AS some_straddle
    FROM candidate
)
SELECT f.case_no, f.choice, f.record, f.day, f.value, f.censor,
    CASE
        WHEN f.straddles THEN $edge
        WHEN f.some_straddle THEN $beside
        WHEN r.undecided THEN r.of_day
        WHEN f.record <> f.first_record THEN $identical
        WHEN r.by_day AND r.of_day <> '' THEN r.of_day
        WHEN r.absent <> 0 THEN $different
        WHEN r.record IS NOT NULL AND r.record <> f.record THEN $other
        ELSE r.of_day
    END AS lost
FROM first_of_kind AS f
LEFT JOIN reasoned AS r ON r.case_no = f.case_no AND r.choice = f.choice AND r.day = f.day AND NOT f.straddles
ORDER BY f.case_no, f.choice, f.day, f.record
"""

_WORDS = {
    "$open": passed_over.TIE_OPEN,
    "$visit": passed_over.OTHER_VISIT,
    "$further": passed_over.FURTHER,
    "$unobserved": passed_over.UNOBSERVED,
    "$unsettled": passed_over.UNSETTLED,
    "$worse": passed_over.TIE_WORSE,
    "$better": passed_over.TIE_BETTER,
    "$later": passed_over.TIE_LATER,
    "$earlier": passed_over.TIE_EARLIER,
    "$edge": passed_over.EDGE,
    "$beside": passed_over.BESIDE_EDGE,
    "$identical": passed_over.IDENTICAL,
    "$different": passed_over.DIFFERENT,
    "$other": passed_over.OTHER_VALUE,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that could have given the value of a slot; `lost` says why it was passed over, and is empty for the one used."""

    case_id: str
    slot: Slot
    record: int
    day: int
    value: Fraction
    censor: str
    lost: str


def candidates(
    engine: Engine, protocol: Protocol, cohort: Cohort, compiled: Compiled, spec: Spec
) -> Sequence[Candidate]:
    """Every candidate of every slot under one spec, by case, slot, day and record; needs ``taken`` of the same outcome."""
    sql = _PASSED_OVER.format(**CODES)
    for name, words in _WORDS.items():
        sql = sql.replace(name, f"'{words}'")
    slots = {compiled.choice(protocol, spec, slot): slot for slot in compiled.plan.slots}
    case_ids = {case.number: case.case_id for case in cohort.included}
    return [
        Candidate(case_ids[case_no], slots[choice], record, day, Fraction(int(value), MILLIONTH), CENSORED[censor], why)
        for case_no, choice, record, day, value, censor, why in engine.rows(sql)
        if choice in slots
    ]
