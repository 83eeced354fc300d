"""Intercurrent events: what happened between the index date and the assessment.

    occurred(case_no, at_variant, base_variant, death, lost, rescue, stopped, raised, pulse, restarted)

Grain: included case x windows in force. Truths are yes, no or, where the possible days of what was recorded disagree, not known; an event
that the record cannot show did not occur. `restarted` says that it depends on `restart_after` of the rescue, which is not declared,
whether a rescue drug was added.
"""

from __future__ import annotations

from caseseries.assessment.assess import PARTLY
from caseseries.assessment.contenders import in_bounds
from caseseries.chart.store import TAKEN, Numbers
from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.look_back import supply_not_known
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.drug_uses import drugs_of, substance
from caseseries.protocol.intercurrent import EVENT_WORDS, restart_gaps
from caseseries.protocol.protocol import Protocol
from caseseries.response.last_dose import find_last_doses
from caseseries.response.raised import compared_dose, find_raised

#: `since` and `until` are the days between which a raised dose is looked for: in a database within the observed time, of which no more is on record.
_BETWEEN = """
SELECT k.case_no, k.patient, k.index_day, k.death_low - k.index_day AS death_low, k.death_high - k.index_day AS death_high,
    k.seen_end - k.index_day AS seen_low, k.seen_high - k.index_day AS seen_high, g.end_low - k.index_day AS stopped_low,
    g.end_high - k.index_day AS stopped_high, p.at_variant + {version} * coalesce(at_anchor.version, 0) AS at_variant, p.base_variant,
    v.low, v.high, v.same_day, base_v.same_day AS base_same_day, at_anchor.day AS assessed, coalesce(at_anchor.day, v.high) AS horizon,
    base_anchor.day AS base, at_anchor.low AS assessed_low, at_anchor.high AS assessed_high, coalesce(base_anchor.partly, FALSE) AS base_partly,
    coalesce(base_anchor.day, CASE WHEN k.observed_first - k.index_day > base_v.low THEN k.observed_first - k.index_day - 1 ELSE base_v.low END)
        AS since,
    CASE WHEN k.observed_first IS NULL THEN coalesce(at_anchor.day, v.high) ELSE least(coalesce(at_anchor.day, v.high), k.seen_end - k.index_day) END
        AS until
FROM included_case AS k
JOIN last_dose AS g ON g.case_no = k.case_no
CROSS JOIN (SELECT DISTINCT at_variant, base_variant FROM spec_row) AS p
JOIN variant AS v ON v.variant = p.at_variant
LEFT JOIN variant AS base_v ON base_v.variant = p.base_variant
LEFT JOIN ({anchors}) AS at_anchor
    ON at_anchor.case_no = k.case_no AND at_anchor.variant = p.at_variant
LEFT JOIN (SELECT case_no, variant, day, {partly} AS partly FROM anchor AS a WHERE variant IN ({base})) AS base_anchor
    ON base_anchor.case_no = k.case_no AND base_anchor.variant = p.base_variant
"""

#: Courses of the rescue drugs, each with the gap before it: the least and the most days that may lie between it and those before. Where a
#: supply collected before observation would not be on record there may be none.
_RESCUES = """
SELECT case_no, first_low, first_high, CASE WHEN not_known THEN -1 ELSE first_low - high_before - 1 END AS least_gap,
    first_high - low_before - 1 AS most_gap
FROM (
    SELECT placed.*,
        max(last_low) OVER (
            PARTITION BY case_no, substance ORDER BY first_low, first_high, last_low, last_high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS low_before,
        max(last_high) OVER (
            PARTITION BY case_no, substance ORDER BY first_low, first_high, last_low, last_high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS high_before
    FROM (
        SELECT k.case_no, r.substance, c.first_low - k.index_day AS first_low, c.first_high - k.index_day AS first_high,
            coalesce(c.last_low, {never}) - k.index_day AS last_low, coalesce(c.last_high, {never}) - k.index_day AS last_high,
            {not_known} AS not_known
        FROM included_case AS k
        JOIN person AS p ON p.patient = k.patient
        JOIN course AS c ON c.patient = k.patient AND {taken}
        JOIN rescue_drug AS r ON r.drug = c.drug
    ) AS placed
) AS reached
WHERE first_high > 0
"""

#: A drug row that became no course and may be one of the rescue drugs: that it was added is possible, never certain.
_UNREAD_RESCUES = """
UNION ALL
SELECT k.case_no, coalesce(u.first - k.index_day, 1) AS first_low, coalesce(u.first - k.index_day, {never}) AS first_high, -1 AS least_gap,
    {never} AS most_gap
FROM included_case AS k
JOIN unread_course AS u ON u.patient = k.patient
LEFT JOIN rescue_drug AS r ON r.drug = u.drug
WHERE (u.drug IS NULL OR r.drug IS NOT NULL) AND coalesce(u.first > k.index_day, u.last IS NULL OR u.last > k.index_day)
"""

#: In these answers 2 is yes, 1 is not known, 0 is no. Of a rescue two are found: with no gap and with the longest that still is one episode.
_OCCURRED = """
WITH rescued AS (
    SELECT c.case_no, c.at_variant, c.base_variant,
        max(CASE WHEN c.surely AND c.least_gap > {shortest} THEN 2 WHEN c.most_gap > {shortest} THEN 1 ELSE 0 END) AS any_gap,
        max(CASE WHEN c.surely AND c.least_gap > {longest} THEN 2 WHEN c.most_gap > {longest} THEN 1 ELSE 0 END) AS long_gap
    FROM (
        SELECT b.case_no, b.at_variant, b.base_variant, coalesce(c.least_gap, {never}) AS least_gap, coalesce(c.most_gap, {never}) AS most_gap,
            c.first_low > 0 AND CASE WHEN b.assessed IS NULL THEN c.first_high <= b.horizon ELSE c.first_high < b.assessed END AS surely
        FROM between_days AS b
        JOIN rescue_course AS c ON c.case_no = b.case_no
        WHERE CASE WHEN b.assessed IS NULL THEN c.first_low <= b.horizon ELSE c.first_low < b.assessed END
    ) AS c
    GROUP BY c.case_no, c.at_variant, c.base_variant
),
pulsed AS (
    SELECT b.case_no, b.at_variant, b.base_variant,
        max(CASE WHEN c.first_high - b.index_day <= b.assessed_low AND coalesce(c.last_low - b.index_day >= b.assessed_high - {within}, TRUE)
                 THEN 2 ELSE 1 END) AS answer
    FROM between_days AS b
    JOIN course AS c ON c.patient = b.patient
    WHERE c.pulse AND {taken} AND c.first_low - b.index_day <= b.assessed_high
      AND coalesce(c.last_high - b.index_day >= b.assessed_low - {within}, TRUE)
    GROUP BY b.case_no, b.at_variant, b.base_variant
),
placed AS (
    SELECT b.case_no, b.at_variant, b.base_variant, b.assessed, b.horizon,
        CASE WHEN b.death_high <= b.horizon THEN TRUE WHEN b.death_low <= b.horizon THEN NULL ELSE FALSE END AS death,
        CASE WHEN b.seen_high < b.low THEN TRUE WHEN b.seen_low < b.low THEN NULL ELSE FALSE END AS away,
        CASE WHEN b.stopped_high < coalesce(b.assessed - 1, b.horizon){ended} THEN TRUE
             WHEN b.stopped_low < coalesce(b.assessed - 1, b.horizon) THEN NULL ELSE FALSE END AS stopped,
        coalesce(rescued.any_gap, 0) AS any_gap, coalesce(rescued.long_gap, 0) AS long_gap,
        CASE WHEN b.base_partly AND {compared} THEN 1 ELSE coalesce(raised.answer, 0) END AS raised,
        coalesce(pulsed.answer, 0) AS pulse
    FROM between_days AS b
    LEFT JOIN rescued ON rescued.case_no = b.case_no AND rescued.at_variant = b.at_variant AND rescued.base_variant = b.base_variant
    LEFT JOIN raised_dose AS raised ON raised.case_no = b.case_no AND raised.at_variant = b.at_variant AND raised.base_variant = b.base_variant
    LEFT JOIN pulsed ON pulsed.case_no = b.case_no AND pulsed.at_variant = b.at_variant AND pulsed.base_variant = b.base_variant
)
SELECT case_no, at_variant, base_variant, death, assessed IS NULL AND NOT death AND away AS lost,
    CASE WHEN any_gap = 2 AND long_gap = 2 THEN TRUE WHEN any_gap = 0 AND long_gap = 0 THEN FALSE END AS rescue,
    stopped,
    CASE raised WHEN 2 THEN TRUE WHEN 0 THEN FALSE END AS raised,
    CASE pulse WHEN 2 THEN TRUE WHEN 0 THEN FALSE END AS pulse,
    any_gap <> long_gap AS restarted
FROM placed
"""


#: The assessment of each window, and the days between which it lies.
_AT = "SELECT case_no, variant, day, day AS low, day AS high, CAST(0 AS INT) AS version FROM anchor WHERE variant IN ({at})"

#: Where its day is one of several, once for the earliest, once for the latest, and once for none where there may be none.
_AT_EITHER = """
SELECT a.case_no, a.variant, a.day, a.day AS low, a.day AS high, CAST(0 AS INT) AS version
FROM anchor AS a WHERE a.variant IN ({at}) AND NOT {partly}
UNION ALL
SELECT a.case_no, a.variant, a.low AS day, a.low, a.high, CAST(1 AS INT) FROM anchor AS a WHERE a.variant IN ({at}) AND {partly}
UNION ALL
SELECT a.case_no, a.variant, a.high AS day, a.low, a.high, CAST(2 AS INT) FROM anchor AS a WHERE a.variant IN ({at}) AND {partly}
UNION ALL
SELECT a.case_no, a.variant, CAST(NULL AS INT), CAST(NULL AS INT), CAST(NULL AS INT), CAST(3 AS INT)
FROM anchor AS a WHERE a.variant IN ({at}) AND a.perhaps
"""
#: So far apart stand the numbers of the windows of each of these.
_VERSION = 1_000_000
_ALIKE = (
    "CASE WHEN count({event}) = count(*) AND bool_and({event}) = bool_or({event}) THEN bool_and({event}) END AS {event}"
)


def find_events(engine: Engine, protocol: Protocol, numbers: Numbers, *, laid: bool = False) -> None:
    """Fill ``occurred`` for the windows of every row of ``spec_row``; `laid` where :func:`lay_series` answered the doses of all outcomes."""
    windows = engine.rows("SELECT DISTINCT at_variant, base_variant FROM spec_row ORDER BY at_variant, base_variant")
    at, base = (", ".join(str(number) for number in sorted(set(found))) for found in zip(*windows, strict=True))
    find_last_doses(engine, protocol)
    partial = in_bounds(protocol, numbers)
    partly = PARTLY.format(anchor="a")
    engine.keep(
        "between_days",
        _BETWEEN.format(
            anchors=(_AT_EITHER if partial else _AT).format(at=at, partly=partly),
            partly=partly if partial else "FALSE",
            base=base,
            version=_VERSION,
        ),
    )
    index = protocol.case.index_date
    studied = drugs_of(protocol, index.first_exposure) if isinstance(index, FirstExposure) else frozenset()
    rescue = (
        frozenset[str]().union(*(drugs_of(protocol, drug) for drug in protocol.intercurrent.rescue.drugs)) - studied
    )
    known = sorted(rescue & set(numbers.drugs))
    substances = {name: number for number, name in enumerate(sorted({substance(protocol, key) for key in known}))}
    rows = [(numbers.drugs[key], substances[substance(protocol, key)]) for key in known]
    engine.table("rescue_drug", [("drug", "INT"), ("substance", "INT")], rows)
    find_raised(engine, protocol, numbers, laid=laid)
    not_known = supply_not_known(numbers, "(c.first_low - k.index_day)") or "FALSE"
    unread = _UNREAD_RESCUES.format(never=NEVER_ENDS) if rescue else ""
    engine.keep("rescue_course", _RESCUES.format(never=NEVER_ENDS, taken=TAKEN, not_known=not_known) + unread)
    shortest, longest = restart_gaps(protocol.intercurrent.rescue)
    within = int(protocol.intercurrent.pulse.within or 0)
    # Whether another supply was collected after the last day of observation, nobody saw.
    ended = " AND b.stopped_high < b.seen_low" if numbers.observed else ""
    occurred = _OCCURRED.format(
        within=within,
        shortest=shortest,
        longest=longest,
        never=NEVER_ENDS,
        taken=TAKEN,
        ended=ended,
        compared="FALSE" if compared_dose(protocol) is None else "TRUE",
    )
    if partial:
        alike = ", ".join(_ALIKE.format(event=event) for event in EVENT_WORDS)
        keys = f"case_no, mod(at_variant, {_VERSION}) AS at_variant, base_variant"
        occurred = (
            f"SELECT {keys}, {alike}, bool_or(restarted) AS restarted FROM ({occurred}) AS o "
            f"GROUP BY case_no, mod(at_variant, {_VERSION}), base_variant"
        )
    engine.keep("occurred", occurred)


_RESTARTED = """
SELECT DISTINCT o.case_no
FROM occurred AS o JOIN spec_row AS s ON s.at_variant = o.at_variant AND s.base_variant = o.base_variant
WHERE s.spec = 0 AND o.restarted
ORDER BY o.case_no
"""


def restarted_rescues(engine: Engine, protocol: Protocol) -> list[int]:
    """The cases (by number) in which it depends on an undeclared `restart_after` whether a rescue drug was added, under the protocol as written.

    Needs ``occurred`` of the outcome; none where a rescue decides nothing.
    """
    rescue = protocol.intercurrent.rescue
    if rescue.restart_after is not None or rescue.verdict == "as observed":
        return []
    return [case_no for (case_no,) in engine.rows(_RESTARTED)]
