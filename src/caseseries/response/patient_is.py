"""Facts of the patient that a rule asks for: sex, age in whole years at the index date, and attributes of a chart."""

from __future__ import annotations

from caseseries.assessment.absent import CODES
from caseseries.chart.store import SEX, Numbers
from caseseries.cohort.eligibility import NO, UNKNOWN, YES, age_answer
from caseseries.engine.connection import Engine
from caseseries.protocol.tree import PatientIs
from caseseries.protocol.written import folded
from caseseries.response.way import Asked


def answer_patient(engine: Engine, numbers: Numbers, place: int, way: Asked, *, dated: bool) -> None:
    """Keep ``answer_<place>``, and ``answer_day_<place>`` without rows."""
    question = way.question
    assert isinstance(question, PatientIs)
    joined = ""
    if question.attribute:
        held = numbers.attributes.get(question.attribute, {})
        words = [held[folded(word)] for word in question.words if folded(word) in held]
        among = f"a.word IN ({', '.join(map(str, words))})" if words else "FALSE"
        answer = f"CASE WHEN a.word IS NULL THEN {UNKNOWN} WHEN {among} THEN {YES} ELSE {NO} END"
        place_of = numbers.attribute(question.attribute)
        joined = f" LEFT JOIN attribute AS a ON a.patient = p.patient AND a.attribute = {place_of}"
    elif question.sex:
        answer = f"CASE WHEN {SEX} = '{question.sex}' THEN {YES} WHEN {SEX} IN ('F', 'M') THEN {NO} ELSE {UNKNOWN} END"
    else:
        answer = age_answer(engine, question.least, question.below, dated=dated)
    engine.keep(
        f"answer_{place}",
        f"""
SELECT case_no, CASE answer WHEN {YES} THEN TRUE WHEN {NO} THEN FALSE END AS truth,
    CASE WHEN answer = {UNKNOWN} THEN {CODES["unrecorded"]} ELSE 0 END AS why
FROM (SELECT f.case_no, {answer} AS answer FROM included_case AS f JOIN person AS p ON p.patient = f.patient{joined}) AS known
""",
    )
    nothing = "SELECT case_no, index_day AS day, TRUE AS truth, TRUE AS visited FROM included_case WHERE FALSE"
    engine.keep(f"answer_day_{place}", nothing)
