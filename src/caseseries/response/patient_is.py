"""Facts of the patient that a rule asks for: sex, and age in whole years at the index date."""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.chart.store import SEX, Numbers
from caseseries.cohort.eligibility import NO, UNKNOWN, YES, age_answer
from caseseries.engine.connection import Engine
from caseseries.protocol.tree import PatientIs
from caseseries.response.way import Asked


def answer_patient(engine: Engine, numbers: Numbers, place: int, way: Asked, *, dated: bool) -> None:
    """Keep ``answer_<place>``, and ``answer_day_<place>`` without rows."""
    question = way.question
    assert isinstance(question, PatientIs)
    if question.sex:
        answer = f"CASE WHEN {SEX} = '{question.sex}' THEN {YES} WHEN {SEX} IN ('F', 'M') THEN {NO} ELSE {UNKNOWN} END"
    else:
        answer = age_answer(engine, question.least, question.below, dated=dated)
    engine.keep(
        f"answer_{place}",
        f"""
SELECT case_no, CASE answer WHEN {YES} THEN TRUE WHEN {NO} THEN FALSE END AS truth,
    CASE WHEN answer = {UNKNOWN} THEN {CODES["unrecorded"]} ELSE 0 END AS why
FROM (SELECT f.case_no, {answer} AS answer FROM included_case AS f JOIN person AS p ON p.patient = f.patient) AS known
""",
    )
    nothing = "SELECT case_no, index_day AS day, TRUE AS truth, TRUE AS visited FROM included_case WHERE FALSE"
    engine.keep(f"answer_day_{place}", nothing)
