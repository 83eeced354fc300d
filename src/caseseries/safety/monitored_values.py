"""How safety was looked for: the values of monitored counts on treatment, and those beyond their declared bounds.

    monitored value(case_no, patient, low, high, value, censor, reach)      days relative to the index date; value in millionths

Grain: included case x different value of the same days: equal rows are one value. A value belongs to a case as an adverse event does: to the
latest that began by its earliest day, before all of them to the first. It is on treatment (`reach` 2) where every day that it may have is, and may
be (1) where some are, or perhaps are, in this case or in a later one of the patient; one of which no day can be on treatment is no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from caseseries.chart.store import MILLIONTH, Numbers
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.measure import Monitored
from caseseries.protocol.naming import beyond_words
from caseseries.protocol.protocol import Protocol

_VALUES = """
SELECT k.case_no, k.patient, m.low - k.index_day AS low, m.high - k.index_day AS high, m.value, m.censor, min(m.day) AS day, min(m.record) AS record,
    max(CASE WHEN t.certain AND t.case_no = k.case_no AND t.first <= m.low AND t.last >= m.high THEN 2 ELSE 1 END) AS reach
FROM at_risk AS k
JOIN measurement AS m ON m.patient = k.patient
JOIN (
    SELECT case_no, patient, first, last, TRUE AS certain FROM treated
    UNION ALL
    SELECT case_no, patient, first, last, FALSE FROM treated_perhaps
) AS t ON t.patient = k.patient AND t.first <= m.high AND t.last >= m.low
WHERE m.measure = {measure} AND m.value IS NOT NULL AND CASE
    WHEN m.low < k.index_day THEN k.place = 1
    ELSE k.next_index IS NULL OR m.low < k.next_index
END
GROUP BY k.case_no, k.patient, k.index_day, m.low, m.high, m.value, m.censor
"""
_LISTED = (
    f"SELECT v.*, {{beyond}} AS beyond, {{perhaps}} AS perhaps FROM ({_VALUES}) AS v ORDER BY case_no, day, record"
)
_COUNTED = f"""
SELECT sum(CASE WHEN reach = 2 THEN 1 ELSE 0 END), count(DISTINCT CASE WHEN reach = 2 THEN patient END),
    sum(CASE WHEN reach = 1 THEN 1 ELSE 0 END), count(DISTINCT patient) - count(DISTINCT CASE WHEN reach = 2 THEN patient END){{beyond}}
FROM ({_VALUES}) AS v
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """One value of a monitored count: its case, the days between which it lies, millionths, how it is censored.

    `beyond` says whether it lies beyond the declared bounds on treatment; None where it is known only as a limit and may, and where it does or
    may and it is not known whether it was on treatment.
    """

    case_id: str
    low: int
    high: int
    millionths: int
    censor: str
    beyond: bool | None


def watched(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[tuple[Watched, ...], ...]:
    """Of each monitored count of the protocol its values; needs ``at_risk`` and ``treated``."""
    assert protocol.safety is not None
    case_ids = {case.number: case.case_id for case in cohort.included}
    found = []
    for declared in protocol.safety.monitored:
        beyond, perhaps = _beyond(declared)
        query = _LISTED.format(beyond=beyond, perhaps=perhaps, measure=cohort.numbers.measures.get(declared.measure, 0))
        found.append(
            tuple(
                Watched(
                    case_ids[case_no], low, high, int(value), censor, _known(bool(sure), bool(may_be), on=reach == 2)
                )
                for case_no, _, low, high, value, censor, _, _, reach, sure, may_be in engine.rows(query)
            )
        )
    return tuple(found)


def count_watched(engine: Engine, protocol: Protocol, numbers: Numbers) -> Iterator[tuple[str, str, int]]:
    """Measure, part and number: the values, the patients who have one, and the values beyond each declared bound, for certain and perhaps.

    Perhaps are further values that may be on treatment or not, further patients who have no other, and values on treatment that may be beyond.
    A measure that is monitored twice counts its values once, and those beyond under each of the declared bounds.
    """
    assert protocol.safety is not None
    for measure in dict.fromkeys(one.measure for one in protocol.safety.monitored):
        bounds = {beyond_words(one): one for one in protocol.safety.monitored if one.measure == measure}
        bounds.pop("", None)
        sums = ""
        for one in bounds.values():
            beyond, perhaps = _beyond(one)
            sums += f", sum(CASE WHEN reach = 2 AND {beyond} THEN 1 ELSE 0 END)"
            sums += f", sum(CASE WHEN ({beyond} OR {perhaps}) AND NOT (reach = 2 AND {beyond}) THEN 1 ELSE 0 END)"
        parts = ["values", "patients", "values perhaps", "patients perhaps"]
        parts += (f"{what} {bound}" for bound in bounds for what in ("beyond", "perhaps"))
        (row,) = engine.rows(_COUNTED.format(measure=numbers.measures.get(measure, 0), beyond=sums))
        yield from ((measure, part, int(n or 0)) for part, n in zip(parts, row, strict=True))


def _beyond(declared: Monitored) -> tuple[str, str]:
    """SQL for a value beyond one of the declared bounds, and for one known only as a limit that may be.

    A value known only as below a limit lies below a bound from that limit on; else it may, as any above a limit that is not beyond.
    """
    beyond, perhaps = ["FALSE"], ["FALSE"]
    for bound, side, other in ((declared.below, "<", ">"), (declared.above, ">", "<")):
        if bound is not None:
            near = _near(bound * MILLIONTH, side)
            sure = f"(value {side} {near} AND censor NOT IN ('{other}', '{other}='))"
            if (bound * MILLIONTH).denominator == 1:
                sure = f"({sure} OR (value = {near} AND censor = '{side}'))"
            beyond.append(sure)
            perhaps.append(
                f"censor IN ('{side}', '{side}=') OR (censor IN ('{other}', '{other}=') AND value {side} {near})"
            )
    return f"({' OR '.join(beyond)})", f"({' OR '.join(perhaps)})"


def _known(sure: bool, may_be: bool, *, on: bool) -> bool | None:
    """Whether a value is beyond, on treatment.

    >>> [_known(True, False, on=True), _known(False, True, on=True), _known(True, False, on=False), _known(False, False, on=False)]
    [True, None, None, False]
    """
    if sure and on:
        return True
    return None if sure or may_be else False


def _near(bound: Fraction, side: str) -> int:
    # A bound between two millionths is compared as the whole number on its far side; no value equals it.
    return -(-bound.numerator // bound.denominator) if side == "<" else bound.numerator // bound.denominator
