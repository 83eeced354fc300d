"""The doses of a sheet: every dose that is asked for on a day is answered once, whoever asks.

dose_sheet(case_no, n<choice>, d<choice>, a<choice>, ...)      grain: included case; dose n/d, absent code
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from caseseries.assessment.absent import CODES
from caseseries.assessment.compile import dose_number, fixed_day
from caseseries.assessment.dose import answer_doses
from caseseries.assessment.window import LAST_SEEN
from caseseries.chart.store import Numbers
from caseseries.engine.connection import Engine
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.window import Window


@dataclass(frozen=True, slots=True)
class Asked:
    """A dose on the assessment day of a window: the number of the choice, the dose and its unit, and the window by its number in force."""

    choice: int
    measure: str
    unit: str
    variant: int
    window: Window
    kind: str


def lay_doses(
    engine: Engine, protocol: Protocol, numbers: Numbers, asked: Sequence[Asked], also_asked: str
) -> list[str]:
    """Keep ``dose_sheet`` and the names of its columns, and ``dose_answer`` if `also_asked` wants more than the sheet does."""
    asks = [_ask(protocol, one) for one in asked]
    if also_asked:
        asks.append(also_asked)
    if not asks:
        return []
    engine.keep("dose_ask", " UNION ALL ".join(asks))
    answer_doses(engine, numbers, "dose_ask", "dose_answer")
    names = [f"{letter}{one.choice}" for one in asked for letter in "nda"]
    if asked:
        picks = [
            f"max(CASE WHEN a.choice = {one.choice} THEN d.{column} END) AS {letter}{one.choice}"
            for one in asked
            for letter, column in (("n", "num"), ("d", "den"), ("a", "absent"))
        ]
        answered = (
            f"SELECT a.case_no, {', '.join(picks)} FROM dose_ask AS a JOIN dose_answer AS d "
            "ON d.case_no = a.case_no AND d.dose = a.dose AND d.per_kg = a.per_kg AND d.day = a.day WHERE a.choice > 0 GROUP BY a.case_no"
        )
        engine.keep(
            "dose_sheet",
            f"SELECT k.case_no, {', '.join(_columns(numbers, asked))} FROM included_case AS k JOIN case_day AS c ON c.case_no = k.case_no "
            f"LEFT JOIN ({answered}) AS x ON x.case_no = k.case_no",
        )
    engine.forget("dose_ask")
    return names


def _ask(protocol: Protocol, one: Asked) -> str:
    dose, per_kg = dose_number(protocol, one.measure, one.unit), "TRUE" if one.unit.endswith("/kg/day") else "FALSE"
    return (
        f"SELECT case_no, {one.choice} AS choice, {dose} AS dose, {per_kg} AS per_kg, day{one.variant} AS day FROM case_day "
        f"WHERE day{one.variant} IS NOT NULL"
    )


def _columns(numbers: Numbers, asked: Sequence[Asked]) -> list[str]:
    """Dose and absent code; where nobody knows the day, why."""
    first = "k.observed_first - k.index_day"
    columns = []
    for one in asked:
        outside, why = "FALSE", CODES["no_visit"]
        if one.kind == "fixed":
            outside, why = f"{fixed_day(one.window)} < {first}", CODES["after_end"]
        elif numbers.observed:
            outside = f"({one.window.from_} < {first} OR {one.window.to} > {LAST_SEEN})"
        nothing = f"CASE WHEN {outside} THEN {CODES['unobserved']} ELSE {why} END"
        absent = f"CASE WHEN c.day{one.variant} IS NOT NULL THEN x.a{one.choice} ELSE {nothing} END"
        columns += [f"x.n{one.choice}", f"x.d{one.choice}", f"{absent} AS a{one.choice}"]
    return columns
