"""Cumulative doses: the daily dose of every day of a window added up, days above a limit, and pulses.

    exposure_answer(case_no, dose, per_kg, day, absent, num, den)    grain: included case x day of the window while followed, asked on arrival
                                                                     of the day after, since a dose counts from the next day

Days are asked for in parts, so that memory stays the same however many cases there are; equal doses of a case are counted there and added up here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from caseseries.assessment.absent import CODES, words
from caseseries.assessment.compile import compile_doses, dose_number
from caseseries.assessment.dose import answer_doses
from caseseries.chart.store import TAKEN, Numbers
from caseseries.cohort.select import Cohort
from caseseries.cohort.unseen import untold_drugs
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.safety import Exposure
from caseseries.stats.tally import value_key
from caseseries.verdict.exposure import CaseExposure

#: So many days of cases are asked for at once.
AT_ONCE = 200_000
AFTER_END, UNOBSERVED, UNREAD = (words(CODES[name]) for name in ("after_end", "unobserved", "unread"))

_ASK = """
SELECT k.case_no, {dose} AS dose, {per_kg} AS per_kg, CAST(d.day + 1 AS INT) AS day
FROM included_case AS k CROSS JOIN exposure_day AS d
WHERE k.case_no BETWEEN {low} AND {high} AND k.index_day + d.day <= k.follow_end
  AND coalesce(k.index_day + d.day >= k.observed_first, TRUE)
"""
#: Each case, whether its window begins before observation does, whether it ends after follow-up, and whether in between a row became no course
#: that may have been a pulse.
_CASES = """
SELECT k.case_no, coalesce(k.observed_first > k.index_day + {first}, FALSE), k.index_day + {last} > k.follow_end, u.case_no IS NOT NULL
FROM included_case AS k
LEFT JOIN (
    SELECT DISTINCT k.case_no
    FROM included_case AS k
    JOIN unread_course AS u ON u.patient = k.patient
    LEFT JOIN dose_drug AS d ON d.dose = {dose} AND d.drug = u.drug
    WHERE (u.drug IS NULL OR d.drug IS NOT NULL) AND coalesce(u.first <= least(k.index_day + {last}, k.follow_end), TRUE)
        AND coalesce(u.last >= k.index_day + {first}, TRUE)
) AS u ON u.case_no = k.case_no
WHERE k.case_no BETWEEN {low} AND {high} ORDER BY k.case_no
"""
_ENDS = "SELECT min(case_no), max(case_no) FROM included_case"
_GROUPED = """
SELECT case_no, num, den, absent, count(*) AS days, min(day) AS first
FROM exposure_answer GROUP BY case_no, num, den, absent ORDER BY case_no, first
"""
#: Courses of pulses begun in the window while the case was followed: for certain, and at most.
_PULSES = f"""
SELECT k.case_no,
    sum(CASE WHEN c.first_low >= k.index_day + {{first}} AND c.first_high <= least(k.index_day + {{last}}, k.follow_end) THEN 1 ELSE 0 END) AS sure,
    count(*) AS most
FROM included_case AS k
JOIN course AS c ON c.patient = k.patient
JOIN dose_drug AS d ON d.drug = c.drug AND d.dose = {{dose}}
WHERE k.case_no BETWEEN {{low}} AND {{high}} AND c.systemic AND c.pulse AND {TAKEN}
  AND c.first_low <= least(k.index_day + {{last}}, k.follow_end) AND c.first_high >= k.index_day + {{first}}
GROUP BY k.case_no
"""


def count_exposure(engine: Engine, protocol: Protocol, numbers: Numbers) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The counts under the section `exposure`: dose, window, then `total` with the amount, `none` with why, `above` and `pulses` with the number of
    days and of courses, for certain and at most."""
    for _, one in _exposures(engine, protocol, numbers):
        at = (one.dose, one.window)
        yield (*at, "none", one.because) if one.total is None else (*at, "total", value_key(one.total)), 1
        if one.above is not None:
            yield (*at, "above", *one.above), 1
        if one.pulses is not None:
            sure, most = one.pulses
            yield (*at, "pulses", sure, one.untold if most is None else most), 1


def exposed_cases(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[CaseExposure, ...]:
    """The cumulative doses of each included case, by line of the protocol."""
    case_ids = {case.number: case.case_id for case in cohort.included}
    return tuple(
        replace(one, case_id=case_ids[case_no]) for case_no, one in _exposures(engine, protocol, cohort.numbers)
    )


def _exposures(engine: Engine, protocol: Protocol, numbers: Numbers) -> Iterator[tuple[int, CaseExposure]]:
    declared = protocol.safety.exposure if protocol.safety is not None else ()
    if not declared:
        return
    compile_doses(engine, protocol, numbers)
    ((least, most),) = engine.rows(_ENDS)
    for line in declared if least is not None else ():
        window = protocol.windows[line.in_]
        days = window.to - window.from_ + 1
        engine.table("exposure_day", [("day", "INT")], [(day,) for day in range(window.from_, window.to + 1)])
        size = max(1, AT_ONCE // days)
        for low in range(int(least), int(most) + 1, size):
            yield from _part(engine, protocol, numbers, line, low, low + size - 1)


def _part(
    engine: Engine, protocol: Protocol, numbers: Numbers, line: Exposure, low: int, high: int
) -> Iterator[tuple[int, CaseExposure]]:
    measure, window = protocol.doses[line.dose], protocol.windows[line.in_]
    said = {"dose": dose_number(protocol, line.dose, measure.as_), "low": low, "high": high}
    engine.keep("exposure_ask", _ASK.format(per_kg=measure.per_kg, **said))
    answer_doses(engine, numbers, "exposure_ask", "exposure_answer")
    found: dict[int, list[tuple[Fraction | None, str, int, int]]] = {}
    for case_no, num, den, absent, days, first in engine.rows(_GROUPED):
        dose = None if absent else Fraction(int(num), int(den))
        found.setdefault(int(case_no), []).append((dose, words(absent), int(days), int(first)))
    pulses = {
        int(case_no): (int(sure), int(most))
        for case_no, sure, most in engine.rows(_PULSES.format(first=window.from_, last=window.to, **said))
    }
    of_pulses = measure.pulses != "included"
    source = numbers.pulses_untold or untold_drugs(protocol, numbers.not_charted, numbers.only, measure.daily_dose)
    for case_no, unobserved, short, unread in engine.rows(_CASES.format(first=window.from_, last=window.to, **said)):
        rows = found.get(int(case_no), [])
        one = _exposure(line, rows, window.to - window.from_ + 1, UNOBSERVED if unobserved else "")
        untold = source or (UNREAD if unread else UNOBSERVED if unobserved else AFTER_END if short else "")
        sure, most = pulses.get(int(case_no), (0, 0))
        told = ((sure, None if untold else most), untold) if of_pulses else (None, "")
        yield int(case_no), CaseExposure(*one, *told)


def _exposure(
    line: Exposure, rows: list[tuple[Fraction | None, str, int, int]], length: int, before: str
) -> tuple[str, str, str, Fraction | None, Fraction, int, str, tuple[int, int] | None]:
    """What one case took, without its name, from its doses: each with why it is not known, on how many days, and the first of them; `before` says
    why nothing is known of the first days of the window."""
    known = [(dose, days) for dose, _, days, _ in rows if dose is not None]
    total, days = sum((dose * n for dose, n in known), Fraction(0)), sum(n for _, n in known)
    unknown = sorted((first, because) for dose, because, _, first in rows if dose is None)
    because = before or (unknown[0][1] if unknown else AFTER_END if days < length else "")
    above = None
    if line.limit is not None:
        sure = sum(n for dose, n in known if dose > line.limit)
        above = (sure, sure + length - days)
    return "", line.dose, line.in_, None if because else total, total, days, because, above
