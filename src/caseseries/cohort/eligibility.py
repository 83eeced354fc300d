"""Eligibility: each criterion as one three-valued column; the first one failed is the reason."""

from __future__ import annotations

from caseseries.chart.store import Numbers, plain
from caseseries.chart.tables import day_number
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.eligibility import (
    Age,
    AnyCriterion,
    ConcurrentDrug,
    Diagnosis,
    MinimumFollowUp,
    Patients,
    PriorDrug,
    Recorded,
)
from caseseries.protocol.measures import ingredients
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol

#: Reasons that precede the protocol's own criteria.
NO_EXPOSURE, NO_EVENT = "no first exposure", "no index event"
OUTSIDE_PERIOD = "index date outside the study period"
WASHOUT = "washout"

_DIAGNOSED = """
(SELECT CASE WHEN bool_or({certain}) THEN TRUE WHEN bool_or({possible}) THEN NULL ELSE FALSE END FROM fact
 WHERE fact.patient = f.patient AND kind = 'diagnosis' AND fact.term = {term})"""

_DRUG = """
EXISTS (SELECT 1 FROM course JOIN criterion_drug USING (drug)
        WHERE course.patient = f.patient AND criterion_drug.criterion = {place} AND {when})"""

_RECORDED = """
(SELECT CASE WHEN bool_or({inside}) THEN TRUE WHEN bool_or({touching}) THEN NULL ELSE FALSE END FROM measurement AS m
 WHERE m.patient = f.patient AND m.measure = {measure} AND m.value IS NOT NULL)"""


def _years(engine: Engine, birth: str, at: str) -> str:
    """Completed years between two day numbers, by calendar birthday (29 February counts on 1 March in other years)."""
    born, then = engine.dialect.date(birth), engine.dialect.date(at)
    part = "(extract('month' FROM {0}) * 100 + extract('day' FROM {0}))"
    return (
        f"(extract('year' FROM {then}) - extract('year' FROM {born}) "
        f"- CASE WHEN {part.format(then)} < {part.format(born)} THEN 1 ELSE 0 END)"
    )


def _age(engine: Engine, written: Age, *, dated: bool) -> str:
    def holds(years: str) -> str:
        bounds = [f"{years} < {int(written.age.below)}"] if written.age.below is not None else []
        bounds += [f"{years} >= {int(written.age.at_least)}"] if written.age.at_least is not None else []
        return f"({' AND '.join(bounds)})"

    at = "f.index_day"
    if written.at == "diagnosis":
        at = "(SELECT min(day) FROM fact WHERE fact.patient = f.patient AND kind = 'diagnosis')"
    youngest, oldest = holds(_years(engine, "p.birth_high", at)), holds(_years(engine, "p.birth_low", at))
    recorded = holds("p.age_years") if written.at == "index date" else "CAST(NULL AS BOOLEAN)"
    unknown = "p.birth_low IS NULL" if dated else "TRUE"
    return (
        f"(SELECT CASE WHEN {unknown} THEN {recorded} WHEN {youngest} = {oldest} THEN {youngest} ELSE NULL END "
        "FROM person AS p WHERE p.patient = f.patient)"
    )


def _truth(
    engine: Engine, protocol: Protocol, numbers: Numbers, criterion: AnyCriterion, place: int, *, dated: bool
) -> str:
    """SQL for yes, no or undetermined (NULL) of one criterion for the case ``f``."""
    if isinstance(criterion, Diagnosis):
        term = numbers.terms.get(("diagnosis", plain(criterion.diagnosis)), 0)
        if criterion.by == "any time":
            return f"coalesce({_DIAGNOSED.format(certain='TRUE', possible='TRUE', term=term)}, FALSE)"
        certain, possible = "coalesce(high <= f.index_day, FALSE)", "coalesce(low <= f.index_day, TRUE)"
        return _DIAGNOSED.format(certain=certain, possible=possible, term=term)
    if isinstance(criterion, Age):
        return _age(engine, criterion, dated=dated)
    if isinstance(criterion, PriorDrug):
        when = "course.first < f.index_day"
        if criterion.within is not None:
            when += f" AND coalesce(course.last >= f.index_day - {int(criterion.within)}, TRUE)"
        return _DRUG.format(place=place, when=when)
    if isinstance(criterion, ConcurrentDrug):
        return _DRUG.format(
            place=place, when="course.first <= f.index_day AND coalesce(course.last >= f.index_day, TRUE)"
        )
    if isinstance(criterion, Recorded):
        window = protocol.windows[criterion.in_]
        measure, low, high = numbers.measures.get(criterion.recorded, 0), int(window.from_), int(window.to)
        if protocol.partial_dates == "bounds":
            inside = f"m.low - f.index_day >= {low} AND m.high - f.index_day <= {high}"
            touching = f"m.low - f.index_day <= {high} AND m.high - f.index_day >= {low}"
        else:
            inside, touching = f"m.day - f.index_day BETWEEN {low} AND {high}", "FALSE"
        return f"({_RECORDED.format(measure=measure, inside=inside, touching=touching)})"
    if isinstance(criterion, MinimumFollowUp):
        return f"(f.follow_end - f.index_day >= {int(criterion.minimum_follow_up)})"
    assert isinstance(criterion, Patients)
    return f"EXISTS (SELECT 1 FROM criterion_patient AS c WHERE c.patient = f.patient AND c.criterion = {place})"


def judge(engine: Engine, protocol: Protocol, numbers: Numbers, *, dated: bool) -> dict[int, tuple[str, bool]]:
    """The reason for exclusion (``''`` if included) and whether it is undetermined, by case number."""
    criteria: list[AnyCriterion] = [*protocol.include, *protocol.exclude]
    drugs, patients = [], []
    for place, criterion in enumerate(criteria):
        if isinstance(criterion, (PriorDrug, ConcurrentDrug)):
            name = criterion.prior_drug if isinstance(criterion, PriorDrug) else criterion.concurrent_drug
            drugs += [(place, numbers.drugs[key]) for key in sorted(ingredients(protocol, name) & set(numbers.drugs))]
        if isinstance(criterion, Patients):
            patients += [
                (place, numbers.number_of(patient))
                for patient in criterion.patients
                if numbers.number_of(patient) is not None
            ]
    engine.table("criterion_drug", [("criterion", "INTEGER"), ("drug", "INTEGER")], drugs)
    engine.table("criterion_patient", [("criterion", "INTEGER"), ("patient", "BIGINT")], patients)
    columns = [
        _truth(engine, protocol, numbers, criterion, place, dated=dated) for place, criterion in enumerate(criteria)
    ]
    index = protocol.case.index_date
    in_period = ["TRUE"]
    if protocol.period.from_ and dated:
        in_period.append(f"f.index_day >= {day_number(protocol.period.from_)}")
    if protocol.period.to and dated:
        in_period.append(f"f.index_day <= {day_number(protocol.period.to)}")
    washed = "TRUE"
    if isinstance(index, FirstExposure) and index.washout is not None:
        washed = f"coalesce(f.index_day - f.previous_end - 1 >= {int(index.washout)}, TRUE)"
    select = ", ".join([" AND ".join(in_period), washed, *columns])
    rows = engine.rows(f"SELECT f.case_no, {select} FROM followed AS f ORDER BY f.case_no")
    reasons: dict[int, tuple[str, bool]] = {}
    included = len(protocol.include)
    for case_no, inside, washout, *truths in rows:
        failed = OUTSIDE_PERIOD if not inside else WASHOUT if not washout else ""
        undetermined = False
        for place, truth in enumerate(truths):
            if failed:
                break
            if truth is None or truth != (place < included):
                failed, undetermined = criterion_words(criteria[place]), truth is None
        reasons[case_no] = (failed, undetermined)
    missing = NO_EVENT if isinstance(index, FirstEvent) else NO_EXPOSURE
    for (case_no,) in engine.rows("SELECT case_no FROM index_case WHERE index_day IS NULL ORDER BY case_no"):
        reasons[case_no] = (missing, False)
    return reasons
