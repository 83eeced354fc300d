"""Whether the daily dose was raised above that of baseline.

    dose_series(case_no, day, num, den, unknown)                 doses from courses; grain: included case x day since the index date
    visit_series(case_no, rule, day, first, last, kinds, low_num, low_open, high_num, high_open, den)
                                                                 doses written at visits; grain: included case x rule x day
    raised_dose(case_no, at_variant, base_variant, answer)       2 is yes, 1 is not known, 0 is no; grain: that of ``between_days``

Without a baseline day, or a dose on it, no dose is known to be higher, and each above 0 may be. Of a day with several doses written the rule
of the window picks, and where it picks none, each of them may be it; a bound and a partial date stand for everything that they may be.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import dose_number
from caseseries.assessment.dose import answer_doses, change_days
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol

#: For doses per kg also: where another weight becomes the nearest one.
_CHANGE_BY_WEIGHT = """
UNION
SELECT m.patient, m.day + spread.shift
FROM (SELECT DISTINCT c.patient FROM course AS c JOIN dose_drug AS d ON d.drug = c.drug WHERE d.dose = {dose} AND c.unit = 'mg/kg') AS c
JOIN measurement AS m ON m.patient = c.patient
JOIN dose_rule AS r ON r.weight = m.measure
CROSS JOIN spread
WHERE r.dose = {dose}
"""

_ASK_RAISED = """
SELECT b.case_no, {dose} AS dose, FALSE AS per_kg, change.day - b.index_day AS day
FROM between_days AS b JOIN ({change}) AS change ON change.patient = b.patient
WHERE change.day - b.index_day > b.since AND change.day - b.index_day <= b.until
UNION
SELECT case_no, {dose}, FALSE, CASE WHEN base IS NULL THEN since + 1 ELSE base END FROM between_days WHERE since IS NOT NULL
"""

#: For every outcome of a sheet at once: all changes up to the last day that any outcome can be assessed on.
_ASK_LAID = """
SELECT DISTINCT k.case_no, 0 AS choice, {{dose}} AS dose, FALSE AS per_kg, change.day - k.index_day AS day
FROM included_case AS k JOIN ({{change}}) AS change ON change.patient = k.patient
WHERE change.day - k.index_day BETWEEN {low} AND {high}
UNION
SELECT a.case_no, 0 AS choice, {{dose}}, FALSE, coalesce(a.day, v.low + 1)
FROM anchor AS a JOIN variant AS v ON v.variant = a.variant WHERE a.variant IN ({base})
"""

#: Days on which the dose is known or no course ran, from which a start is a rise, those on which a dose was taken that is not known, and those of
#: patients without any course, whose dose is neither.
_DOSE_SERIES = (
    "SELECT case_no, day, CASE WHEN absent = {between} THEN 0 ELSE num END AS num, CASE WHEN absent = {between} THEN 1 ELSE den END AS den, "
    "absent NOT IN (0, {between}, {no_course}) AS unknown FROM {answer} "
    "WHERE absent IN (0, {between}, {no_course}, {no_dose}, {no_equivalence}, {no_weight}, {unsure}, {unread}, {unsupplied})"
)

_OF_COURSES = """
SELECT b.case_no, b.at_variant, b.base_variant,
    max(CASE WHEN later.unknown THEN 1
             WHEN b.base IS NULL OR (before.num IS NULL AND NOT before.unknown) THEN CASE WHEN later.num > 0 THEN 1 ELSE 0 END
             WHEN before.unknown THEN 1
             WHEN later.num * before.den > before.num * later.den THEN 2 ELSE 0 END) AS answer
FROM between_days AS b
LEFT JOIN dose_series AS before ON before.case_no = b.case_no AND before.day = b.base
JOIN dose_series AS later ON later.case_no = b.case_no
WHERE (b.base IS NULL OR before.case_no IS NOT NULL)
  AND CASE WHEN before.unknown THEN later.day = b.base AND b.until > b.base ELSE later.day > b.since AND later.day <= b.until END
GROUP BY b.case_no, b.at_variant, b.base_variant
"""

_PICKED = (
    "CASE WHEN rule IN ('highest', 'worst') THEN {highest} WHEN rule IN ('lowest', 'best') THEN {lowest} "
    "WHEN rule = 'mean' THEN {mean} ELSE {any} END"
)
#: Twice the limit, one more where it is open below, one less where it is open above: so the greatest and the least know whether they are reached.
_VISIT_SERIES = """
SELECT case_no, rule, day, first, last, kinds,
    CASE WHEN rule = 'mean' THEN low_key ELSE {low_num} END AS low_num,
    CASE WHEN rule = 'mean' THEN low_open ELSE mod(low_key, 2) = 1 END AS low_open,
    CASE WHEN rule = 'mean' THEN high_key ELSE {high_num} END AS high_num,
    CASE WHEN rule = 'mean' THEN high_open ELSE mod(high_key, 2) = 1 END AS high_open,
    CAST(CASE WHEN rule = 'mean' AND kinds > 0 THEN kinds ELSE 1 END AS {wide}) AS den
FROM (
    SELECT case_no, rule, day, min(first) AS first, max(last) AS last, count(value) AS kinds, {low_key} AS low_key, {high_key} AS high_key,
        bool_or(value IS NOT NULL AND low_open = 1) AS low_open, bool_or(value IS NOT NULL AND high_open = 1) AS high_open
    FROM (
        SELECT b.case_no, b.rule, m.day - b.index_day AS day, CAST(m.value AS {wide}) AS value, min({first}) - b.index_day AS first,
            max({last}) - b.index_day AS last, CAST(CASE WHEN m.censor IN ('<', '<=') THEN 0 ELSE m.value END AS {wide}) AS low,
            CASE WHEN m.censor = '>' THEN 1 ELSE 0 END AS low_open,
            CAST(CASE WHEN m.censor IN ('>', '>=') THEN NULL ELSE m.value END AS {wide}) AS high,
            CASE WHEN m.censor = '<' THEN 1 ELSE 0 END AS high_open
        FROM (
            SELECT case_no, patient, index_day, coalesce(same_day, '') AS rule FROM between_days
            UNION
            SELECT case_no, patient, index_day, coalesce(base_same_day, '') FROM between_days
        ) AS b
        JOIN measurement AS m ON m.patient = b.patient
        WHERE m.measure = {measure}
        GROUP BY b.case_no, b.rule, b.index_day, m.day, m.value, m.censor
    ) AS different
    GROUP BY case_no, rule, day
) AS picked
"""

_OF_VISITS = """
SELECT case_no, at_variant, base_variant, CASE WHEN answer = 2 THEN 2 WHEN answer = 1 OR seen = 0 THEN 1 ELSE 0 END AS answer
FROM (
    SELECT b.case_no, b.at_variant, b.base_variant, max(CASE WHEN later.last >= b.low THEN 1 ELSE 0 END) AS seen,
        max(CASE
            WHEN later.kinds = 0 THEN 1
            WHEN before.kinds > 0 AND (later.day = b.assessed OR (later.first > b.since AND later.last <= b.until))
                AND (later.low_num * before.den > before.high_num * later.den
                     OR (later.low_num * before.den = before.high_num * later.den AND (later.low_open OR before.high_open))) THEN 2
            WHEN later.case_no IS NOT NULL AND (later.high_num IS NULL
                OR later.high_num * coalesce(before.den, 1) > coalesce(before.low_num, 0) * later.den) THEN 1
            ELSE 0 END) AS answer
    FROM between_days AS b
    LEFT JOIN visit_series AS before ON before.case_no = b.case_no AND before.day = b.base AND before.rule = coalesce(b.base_same_day, '')
    LEFT JOIN visit_series AS later ON later.case_no = b.case_no AND later.rule = coalesce(b.same_day, '')
        AND later.first <= b.until AND later.last > b.since AND coalesce(later.day <> b.base, TRUE)
    WHERE b.until > b.since
    GROUP BY b.case_no, b.at_variant, b.base_variant
) AS told
"""

_NONE = "SELECT case_no, at_variant, base_variant, 0 AS answer FROM between_days WHERE FALSE"


def find_raised(engine: Engine, protocol: Protocol, numbers: Numbers, *, laid: bool = False) -> None:
    """Fill ``raised_dose`` for ``between_days``; `laid` where :func:`lay_series` answered the doses of all outcomes."""
    name = compared_dose(protocol)
    if name is None:
        engine.keep("raised_dose", _NONE)
    elif protocol.doses[name].source == "visits":
        engine.keep("visit_series", _visit_series(engine, protocol, numbers, name))
        engine.keep("raised_dose", _OF_VISITS)
    else:
        if not laid:
            engine.keep("raised_ask", _asked(engine, protocol, numbers, name, _ASK_RAISED))
            answer_doses(engine, numbers, "raised_ask", "raised_answer")
            engine.keep("dose_series", _DOSE_SERIES.format(answer="raised_answer", **CODES))
        engine.keep("raised_dose", _OF_COURSES)


def ask_series(engine: Engine, protocol: Protocol, numbers: Numbers, base: Sequence[int], low: int, high: int) -> str:
    """The query of the doses that a raised dose is looked for in, for all outcomes of a sheet; empty where none is looked for.

    `base` are the windows of baseline by number; `low` and `high` the days between which doses are compared.
    """
    name = compared_dose(protocol)
    if name is None or protocol.doses[name].source == "visits":
        return ""
    listed = ", ".join(str(number) for number in base) or "0"
    return _asked(engine, protocol, numbers, name, _ASK_LAID.format(low=low, high=high, base=listed))


def lay_series(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Keep ``dose_series`` of every outcome of a sheet, on which the doses of :func:`ask_series` are answered."""
    name = compared_dose(protocol)
    if name is None or protocol.doses[name].source == "visits":
        return
    dose = dose_number(protocol, name, protocol.doses[name].as_)
    series = _DOSE_SERIES.format(answer="dose_answer", **CODES)
    engine.keep("dose_series", f"{series} AND dose = {dose} AND NOT per_kg")


def compared_dose(protocol: Protocol) -> str | None:
    """The dose of which it is asked whether it was raised."""
    name = protocol.intercurrent.raised.dose
    return next(iter(protocol.doses)) if name is None and len(protocol.doses) == 1 else name


def _visit_series(engine: Engine, protocol: Protocol, numbers: Numbers, name: str) -> str:
    """The query of the doses written at visits, each with the days and the doses between which it lies."""
    low, high = "2 * low + low_open", "2 * high - high_open"
    endless = "bool_or(value IS NOT NULL AND high IS NULL)"
    greatest = f"CASE WHEN {endless} THEN NULL ELSE max({high}) END"
    mean = f"CASE WHEN {endless} THEN NULL ELSE sum(high) END"
    partial = protocol.partial_dates == "bounds"
    divide, wide = engine.dialect.divide, engine.dialect.wide
    return _VISIT_SERIES.format(
        measure=numbers.measures.get(name, 0),
        wide=wide,
        first="m.low" if partial else "m.day",
        last="m.high" if partial else "m.day",
        low_key=_PICKED.format(highest=f"max({low})", lowest=f"min({low})", mean="sum(low)", any=f"min({low})"),
        high_key=_PICKED.format(highest=greatest, lowest=f"min({high})", mean=mean, any=greatest),
        low_num=divide("(low_key - mod(low_key, 2))", "2"),
        high_num=divide("(high_key + mod(high_key, 2))", "2"),
    )


def _asked(engine: Engine, protocol: Protocol, numbers: Numbers, name: str, ask: str) -> str:
    """The query of the days on which a dose is compared with that of baseline."""
    measure = protocol.doses[name]
    dose = dose_number(protocol, name, measure.as_)
    change = change_days(numbers, dose, falls=False)
    if engine.rows("SELECT 1 FROM course WHERE unit = 'mg/kg' LIMIT 1"):
        furthest = int(measure.weight_within or 0) * 2 + 2
        engine.table("spread", [("shift", "INT")], [(shift,) for shift in range(-furthest, furthest + 1)])
        change += _CHANGE_BY_WEIGHT.format(dose=dose)
    return ask.format(dose=dose, change=change)
