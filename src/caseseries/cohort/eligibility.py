"""Eligibility: each criterion as one three-valued column; the first one failed is the reason.

    judged(case_no, failed, undetermined, open_0, open_1, ...)

Grain: case of ``followed``. `failed` is a code, 0 where the case is included; :func:`reason` words it. `open_n` says that the answer to
the n-th of :func:`~caseseries.cohort.look_back.open_look_backs` is no because nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.store import TAKEN, Numbers
from caseseries.chart.tables import day_number
from caseseries.cohort.look_back import LookBack, known_from, look_backs, not_covered, open_look_backs
from caseseries.cohort.unseen import untold_members
from caseseries.engine.connection import Engine
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.eligibility import (
    Age,
    AnyCriterion,
    ConcurrentDrug,
    Diagnosis,
    InCohort,
    MinimumFollowUp,
    ObservedBefore,
    OfValue,
    Patients,
    PatientsFile,
    PriorDrug,
    Recorded,
    studied_diagnoses,
)
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded

#: Reasons that precede the protocol's own criteria.
NO_EXPOSURE, NO_EVENT = "no first exposure", "no index event"
OUTSIDE_PERIOD = "index date outside the study period"
OUTSIDE_OBSERVED = "index date outside observed time"
WASHOUT = "washout"
INDEX_UNSURE = "index date not known to the day"
START_UNSURE = "not known whether the drug was begun anew"
_FIXED = {1: OUTSIDE_PERIOD, 2: OUTSIDE_OBSERVED, 3: WASHOUT, 4: WASHOUT, 5: INDEX_UNSURE, 6: START_UNSURE}
_WASHOUT_UNKNOWN = 4
#: Those that say that something could not be decided.
_OPEN = f"({_WASHOUT_UNKNOWN}, 5, 6)"
#: The code of the first line of `include`; the lines of `exclude` follow those of `include`.
FIRST_CRITERION = 10

#: The answers: a case that has no row for a criterion has the answer no.
NO, UNKNOWN, YES = 0, 1, 2

_DRUGS = f"""
SELECT f.case_no, d.criterion,
    CASE WHEN c.first_high <= f.index_day - d.days_before AND coalesce(c.last_low >= f.index_day - d.days_within, TRUE) THEN {YES}
         ELSE {UNKNOWN} END AS answer
FROM followed AS f
JOIN course AS c ON c.patient = f.patient
JOIN criterion_drug AS d ON d.drug = c.drug
WHERE {TAKEN} AND c.first_low <= f.index_day - d.days_before AND coalesce(c.last_high >= f.index_day - d.days_within, TRUE)
"""

#: A row that became no course may be one of the drugs asked for.
_UNREAD = f"""
SELECT f.case_no, d.criterion, {UNKNOWN} AS answer
FROM followed AS f
JOIN unread_course AS u ON u.patient = f.patient
JOIN criterion_unread AS d ON d.drug = coalesce(u.drug, 0)
WHERE coalesce(u.first <= f.index_day - d.days_before, TRUE) AND coalesce(u.last >= f.index_day - d.days_within, TRUE)
"""

_DIAGNOSES = f"""
SELECT f.case_no, t.criterion,
    CASE WHEN x.kind = 'diagnosis' AND (t.any_time OR coalesce(x.high, x.day) <= f.index_day
            AND (t.days_within IS NULL OR coalesce(x.low, x.day) >= f.index_day - t.days_within)) THEN {YES}
         WHEN t.any_time THEN {UNKNOWN}
         WHEN coalesce(x.low, x.day, f.index_day) <= f.index_day
            AND (t.days_within IS NULL OR coalesce(x.high, x.day, f.index_day) >= f.index_day - t.days_within) THEN {UNKNOWN}
         ELSE {NO} END AS answer
FROM followed AS f
JOIN fact AS x ON x.patient = f.patient
JOIN criterion_term AS t ON t.term = x.term
WHERE x.kind IN ('diagnosis', 'unread diagnosis')
"""

_RECORDED = f"""
SELECT f.case_no, r.criterion,
    CASE WHEN NOT r.bounds OR m.low - f.index_day >= r.low AND m.high - f.index_day <= r.high THEN {YES} ELSE {UNKNOWN} END AS answer
FROM followed AS f
JOIN measurement AS m ON m.patient = f.patient
JOIN criterion_measure AS r ON r.measure = m.measure
WHERE m.value IS NOT NULL AND (f.observed_first IS NULL OR m.day BETWEEN f.observed_first AND f.observed_last)
  AND CASE WHEN r.bounds THEN m.low - f.index_day <= r.high AND m.high - f.index_day >= r.low
           ELSE m.day - f.index_day BETWEEN r.low AND r.high END
"""

#: Answered beforehand, by those who choose values (``answer`` of :func:`~caseseries.cohort.find.find`).
_VALUES = f"""
SELECT case_no, criterion, CASE WHEN truth THEN {YES} WHEN truth IS NULL THEN {UNKNOWN} ELSE {NO} END AS answer FROM criterion_value
WHERE place = 0
"""

_ENTRIES = f"""
SELECT f.case_no, t.criterion, {YES} AS answer
FROM followed AS f
JOIN fact AS x ON x.patient = f.patient
JOIN criterion_cohort AS t ON t.term = x.term
WHERE x.kind = 'cohort' AND (t.any_time OR f.index_day BETWEEN x.day AND x.last)
"""

_PATIENTS = f"""
SELECT f.case_no, p.criterion, {YES} AS answer
FROM followed AS f JOIN criterion_patient AS p ON p.patient = f.patient
"""

_DIAGNOSED = """
LEFT JOIN (
    SELECT patient, min(coalesce(low, day)) AS low, min(coalesce(high, day)) AS high FROM fact
    WHERE kind = 'diagnosis' AND day IS NOT NULL AND {own} GROUP BY patient
) AS diagnosed ON diagnosed.patient = f.patient
"""

_CASES = "SELECT f.*, {known} AS known_from FROM followed AS f {people}"
_PEOPLE = "JOIN person AS p ON p.patient = f.patient"

_JUDGED = """
WITH {matched}answered AS (
    SELECT f.case_no, {fixed} AS fixed{answers}
    FROM ({cases}) AS f
    {joins}
),
decided AS (
    SELECT answered.*, CASE WHEN fixed > 0 THEN fixed {failing} ELSE 0 END AS failed FROM answered
)
SELECT case_no, failed, {undetermined} AS undetermined{opened} FROM decided
"""


def reason(protocol: Protocol, code: int) -> str:
    """Why a case was excluded, by the code in ``judged``; empty for 0."""
    if code < FIRST_CRITERION:
        return _FIXED.get(code, "")
    return criterion_words((*protocol.include, *protocol.exclude)[code - FIRST_CRITERION])


def no_index(protocol: Protocol) -> str:
    """Why a person without an index date is no case."""
    return NO_EVENT if isinstance(protocol.case.index_date, FirstEvent) else NO_EXPOSURE


def needs_values(protocol: Protocol) -> bool:
    """Whether a criterion looks at recorded values, so that measurements must be loaded before the cohort is found."""
    criteria = (*protocol.include, *protocol.exclude)
    return any(isinstance(criterion, Recorded | OfValue) for criterion in criteria)


def of_values(protocol: Protocol) -> dict[int, OfValue]:
    """The criteria that rest on values of measures in a window, by their place among all."""
    criteria = enumerate((*protocol.include, *protocol.exclude))
    return {place: criterion for place, criterion in criteria if isinstance(criterion, OfValue)}


def studied_terms(protocol: Protocol, numbers: Numbers, term: str) -> str:
    """SQL for whether the term of a diagnosis is one that `include` asks for; any is where it asks for none."""
    asked = studied_diagnoses(protocol.include)
    known = sorted({numbers.terms["diagnosis", one] for one in asked if ("diagnosis", one) in numbers.terms})
    if not asked:
        return "TRUE"
    return f"{term} IN ({', '.join(map(str, known))})" if known else "FALSE"


def completed_years(engine: Engine, birth: str, at: str) -> str:
    """SQL for the completed years between two day numbers, by calendar birthday (29 February counts on 1 March in other years)."""
    born, then = engine.dialect.date(birth), engine.dialect.date(at)
    part = "(extract(month FROM {0}) * 100 + extract(day FROM {0}))"
    return (
        f"CAST(extract(year FROM {then}) - extract(year FROM {born}) "
        f"- CASE WHEN {part.format(then)} < {part.format(born)} THEN 1 ELSE 0 END AS INT)"
    )


def _years_answer(least: int | None, below: int | None, youngest: str, oldest: str) -> str:
    """SQL for the answer where the age lies between two numbers of years."""

    def holds(years: str) -> str:
        bounds = [f"{years} < {int(below)}"] if below is not None else []
        bounds += [f"{years} >= {int(least)}"] if least is not None else []
        return f"({' AND '.join(bounds)})"

    one, other = holds(youngest), holds(oldest)
    return f"CASE WHEN {one} AND {other} THEN {YES} WHEN NOT {one} AND NOT {other} THEN {NO} ELSE {UNKNOWN} END"


def age_answer(engine: Engine, least: int | None, below: int | None, *, dated: bool) -> str:
    """SQL for whether a case ``f`` of a person ``p`` was at least and below so many years old at the index date."""
    by_age = _years_answer(least, below, "p.age_years", "p.age_years")
    if not dated:
        return by_age
    youngest, oldest = (completed_years(engine, birth, "f.index_day") for birth in ("p.birth_high", "p.birth_low"))
    by_birth = _years_answer(least, below, youngest, oldest)
    return f"CASE WHEN p.birth_low IS NULL OR p.birth_high IS NULL THEN {by_age} ELSE {by_birth} END"


def _age(engine: Engine, written: Age, *, dated: bool, observed: bool) -> str:
    least, below = written.age.at_least, written.age.below
    if written.at == "index date":
        return age_answer(engine, least, below, dated=dated)
    if not dated:
        return str(UNKNOWN)
    youngest, oldest = (
        completed_years(engine, birth, day)
        for birth, day in (("p.birth_high", "diagnosed.low"), ("p.birth_low", "diagnosed.high"))
    )
    by_birth = _years_answer(least, below, youngest, oldest)
    if observed:
        # The first diagnosis on record may not be the first: any age from birth to that day is possible.
        oldest = f"(CASE WHEN {oldest} < 0 THEN 0 ELSE {oldest} END)"
        by_birth = f"CASE WHEN f.known_from IS NULL THEN {by_birth} ELSE {_by_then(written, oldest)} END"
    return f"CASE WHEN p.birth_low IS NULL OR p.birth_high IS NULL THEN {UNKNOWN} ELSE {by_birth} END"


def _by_then(written: Age, oldest: str) -> str:
    """SQL for the answer where the age is any whole number from 0 to `oldest`."""
    least, below = written.age.at_least, written.age.below
    every = "TRUE" if below is None else f"{oldest} < {int(below)}"
    none = "FALSE" if least is None else f"{oldest} < {int(least)}"
    if least:
        every = "FALSE"
    return f"CASE WHEN {none} THEN {NO} WHEN {every} THEN {YES} ELSE {UNKNOWN} END"


def _fixed(protocol: Protocol, numbers: Numbers, *, dated: bool) -> str:
    """SQL for the code of the first fixed reason against a case ``f``; 0 for none."""
    cases = ["WHEN f.index_high > f.index_day THEN 5", "WHEN f.joins THEN 6"]
    if protocol.period.from_ and dated:
        cases.append(f"WHEN f.index_day < {day_number(protocol.period.from_)} THEN 1")
    if protocol.period.to and dated:
        cases.append(f"WHEN f.index_day > {day_number(protocol.period.to)} THEN 1")
    if numbers.observed:
        cases.append("WHEN f.observed_first IS NULL THEN 2")
    index = protocol.case.index_date
    if isinstance(index, FirstExposure) and index.washout is not None:
        cases.append(f"WHEN f.index_day - f.previous_end - 1 < {int(index.washout)} THEN 3")
        cases.append(f"WHEN f.index_day - f.previous_high - 1 < {int(index.washout)} THEN {_WASHOUT_UNKNOWN}")
        cases.append(f"WHEN {not_covered(int(index.washout))} THEN {_WASHOUT_UNKNOWN}")
    return f"CASE {' '.join(cases)} ELSE 0 END"


def _load(engine: Engine, protocol: Protocol, numbers: Numbers, criteria: Sequence[AnyCriterion]) -> list[str]:
    """What the criteria name, as rows of the engine; the queries that answer those criteria."""
    drugs: list[tuple[int, int, int, int | None]] = []
    unread: list[tuple[int, int, int, int | None]] = []
    terms: list[tuple[int, int, bool, int | None]] = []
    entries, measures, patients = [], [], []
    for place, criterion in enumerate(criteria):
        if isinstance(criterion, PriorDrug | ConcurrentDrug):
            prior = isinstance(criterion, PriorDrug)
            name = criterion.prior_drug if isinstance(criterion, PriorDrug) else criterion.concurrent_drug
            within = criterion.within if isinstance(criterion, PriorDrug) else 0
            known = sorted(drugs_of(protocol, name) & set(numbers.drugs))
            drugs += [(place, numbers.drugs[key], int(prior), within) for key in known]
            unread += [(place, number, int(prior), within) for number in (0, *(numbers.drugs[key] for key in known))]
        elif isinstance(criterion, Diagnosis):
            for kind in ("diagnosis", "unread diagnosis"):
                term = numbers.terms.get((kind, folded(criterion.diagnosis)))
                terms += [(place, term, criterion.by == "any time", criterion.within)] if term is not None else []
        elif isinstance(criterion, InCohort | PatientsFile):
            term = numbers.terms.get(("cohort", criterion.sha256))
            any_time = isinstance(criterion, PatientsFile) or criterion.at == "any time"
            entries += [(place, term, any_time)] if term is not None else []
        elif isinstance(criterion, Recorded):
            window, bounds = protocol.windows[criterion.in_], protocol.partial_dates == "bounds"
            measure = numbers.measures.get(criterion.recorded)
            measures += [(place, measure, window.from_, window.to, bounds)] if measure is not None else []
        elif isinstance(criterion, Patients):
            named = [numbers.number_of(patient) for patient in criterion.patients]
            patients += [(place, number) for number in sorted({one for one in named if one is not None})]
    queries = []
    for name, columns, rows, query in (
        ("drug", (("drug", "INT"), ("days_before", "INT"), ("days_within", "INT")), drugs, _DRUGS),
        ("unread", (("drug", "INT"), ("days_before", "INT"), ("days_within", "INT")), unread, _UNREAD),
        ("term", (("term", "INT"), ("any_time", "BOOLEAN"), ("days_within", "INT")), terms, _DIAGNOSES),
        ("cohort", (("term", "INT"), ("any_time", "BOOLEAN")), entries, _ENTRIES),
        ("measure", (("measure", "INT"), ("low", "INT"), ("high", "INT"), ("bounds", "BOOLEAN")), measures, _RECORDED),
        ("patient", (("patient", "BIGINT"),), patients, _PATIENTS),
    ):
        if rows:
            engine.table(f"criterion_{name}", (("criterion", "INT"), *columns), rows)
            queries.append(query)
    return [*queries, *([_VALUES] if of_values(protocol) else [])]


def _answer(
    engine: Engine,
    protocol: Protocol,
    numbers: Numbers,
    criterion: AnyCriterion,
    place: int,
    back: LookBack | None,
    *,
    matched: bool,
    dated: bool,
) -> str:
    """SQL for the answer to one criterion for the case ``f``: 2 yes, 1 undetermined, 0 no."""
    if isinstance(criterion, Age):
        return _age(engine, criterion, dated=dated, observed=numbers.observed)
    if isinstance(criterion, MinimumFollowUp):
        days = int(criterion.minimum_follow_up)
        perhaps = f"WHEN f.follow_high - f.index_day >= {days} THEN {UNKNOWN}"
        return f"CASE WHEN f.follow_end - f.index_day >= {days} THEN {YES} {perhaps} ELSE {NO} END"
    if isinstance(criterion, ObservedBefore):
        if not numbers.observed:
            return str(UNKNOWN)
        long_enough = f"f.index_day - f.observed_first >= {int(criterion.observed_before)}"
        return f"CASE WHEN {long_enough} THEN {YES} ELSE {NO} END"
    otherwise = NO if _told(protocol, numbers, criterion) else UNKNOWN  # not read is not none
    least = (
        NO if isinstance(criterion, OfValue) else otherwise
    )  # what a row does not say may stand in one that was not read
    found = f"greatest(coalesce(m.m{place}, {otherwise}), {least})" if matched else str(otherwise)
    unseen = ""
    if back is not None:
        unseen = not_covered(back.days)
    elif isinstance(criterion, Recorded) and numbers.observed and place >= len(protocol.include):
        # A line of `include` asks for a value on record; a line of `exclude` concludes that there was none.
        window = protocol.windows[criterion.in_]
        unseen = (
            f"(f.index_day + {int(window.from_)} < f.observed_first "
            f"OR f.index_day + {int(window.to)} > least(f.seen_end, coalesce(f.death_low, f.seen_end)))"
        )
    return f"CASE WHEN {found} = {NO} AND {unseen} THEN {UNKNOWN} ELSE {found} END" if unseen else found


def _told(protocol: Protocol, numbers: Numbers, criterion: AnyCriterion) -> bool:
    """Whether the source could tell what a criterion asks for, so that no row of it means no."""
    if isinstance(criterion, Diagnosis):
        return numbers.tells("diagnoses", criterion.diagnosis)
    if isinstance(criterion, PriorDrug | ConcurrentDrug):
        name = criterion.prior_drug if isinstance(criterion, PriorDrug) else criterion.concurrent_drug
        return not untold_members(protocol, numbers.not_charted, numbers.only, name)
    return not isinstance(criterion, OfValue)  # each case has its row


def _open(back: LookBack) -> str:
    """SQL for: the case gets as far as this look-back, and nothing is recorded for it."""
    if back.place is None:
        return f"(failed = 0 OR failed >= {FIRST_CRITERION})"
    return f"((failed = 0 OR failed >= {FIRST_CRITERION + back.place}) AND c{back.place} = {NO})"


def judge(engine: Engine, protocol: Protocol, numbers: Numbers, *, dated: bool) -> None:
    """Keep ``judged``; reads ``measurement`` only where :func:`needs_values`, and ``criterion_value`` where there are :func:`of_values`."""
    criteria: list[AnyCriterion] = [*protocol.include, *protocol.exclude]
    places = range(len(criteria))
    queries = _load(engine, protocol, numbers, criteria)
    matched, joins = "", []
    if queries:
        answers = ", ".join(f"max(CASE WHEN criterion = {place} THEN answer END) AS m{place}" for place in places)
        every = " UNION ALL ".join(f"({query})" for query in queries)
        matched = f"matched AS (SELECT case_no, {answers} FROM ({every}) AS each_row GROUP BY case_no),\n"
        joins.append("LEFT JOIN matched AS m ON m.case_no = f.case_no")
    ages = [criterion for criterion in criteria if isinstance(criterion, Age)]
    if ages:
        joins.append("JOIN person AS p ON p.patient = f.patient")
    if any(age.at == "diagnosis" for age in ages):
        joins.append(_DIAGNOSED.format(own=studied_terms(protocol, numbers, "term")))
    backs = {one.place: one for one in look_backs(protocol)}
    columns = [
        f", {_answer(engine, protocol, numbers, criterion, place, backs.get(place), matched=bool(queries), dated=dated)} AS c{place}"
        for place, criterion in enumerate(criteria)
    ]
    included = len(protocol.include)
    failing = [f"WHEN c{place} <> {YES if place < included else NO} THEN {FIRST_CRITERION + place}" for place in places]
    unknown = " ".join(f"WHEN failed = {FIRST_CRITERION + place} THEN c{place} = {UNKNOWN}" for place in places)
    engine.keep(
        "judged",
        _JUDGED.format(
            matched=matched,
            cases=_CASES.format(known=known_from(numbers), people=_PEOPLE if "p." in known_from(numbers) else ""),
            fixed=_fixed(protocol, numbers, dated=dated),
            answers="".join(columns),
            joins="\n    ".join(joins),
            failing=" ".join(failing),
            undetermined=f"CASE WHEN failed IN {_OPEN} THEN TRUE {unknown} ELSE FALSE END",
            opened="".join(
                f", {_open(one)} AS open_{number}" for number, one in enumerate(open_look_backs(protocol, numbers))
            ),
        ),
    )
