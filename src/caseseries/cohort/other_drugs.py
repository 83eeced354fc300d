"""Other drugs of each case: earlier, background at the index date, added after it.

    other_drug(case_no, drug, role, first, last, last_record)

Grain: included case x ingredient x role, the study drug left out. Courses with at most so many days between them as `restart_after` of the
rescue says (or the catalogue) are one episode, and an episode has one role: earlier where it ended before the index date, background where
it reaches over it, added where it began after it and by the end of follow-up (where every course is a case, before the next one), unclear where
that depends on days that are not known, or on supplies from before observation. Days relative to the index date; last NULL where ongoing, or
where nothing bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from caseseries.chart.store import TAKEN, Numbers
from caseseries.chart.tables import Ends
from caseseries.cohort.index import NEVER_ENDS
from caseseries.cohort.look_back import supply_not_known
from caseseries.cohort.select import Cohort
from caseseries.engine.connection import Engine
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.intercurrent import restart_gaps
from caseseries.protocol.protocol import Protocol

Role = Literal["earlier", "background", "added", "unclear"]

#: Courses of other drugs of the included cases.
_OTHERS = f"""
SELECT k.case_no, k.index_day, least(k.follow_end, coalesce(k.next_low - 1, k.follow_end)) AS until, c.drug, c.first, c.last, c.record,
    c.first_low, c.first_high,
    coalesce(c.last_low, {NEVER_ENDS}) AS last_low, coalesce(c.last_high, {NEVER_ENDS}) AS last_high,
    {{not_known}} AS not_known
FROM included_case AS k
JOIN person AS p ON p.patient = k.patient
JOIN course AS c ON c.patient = k.patient AND {TAKEN}
LEFT JOIN study_drug AS s ON s.drug = c.drug
WHERE s.drug IS NULL
"""

#: The number of a role is its place.
_ROLES: tuple[Role, ...] = ("earlier", "added", "background", "unclear")

#: What may be one episode is one here: a longer gap for certain begins another.
_NUMBERED = """
SELECT opened.*, sum(opens) OVER (PARTITION BY case_no, drug ORDER BY first_low, record ROWS UNBOUNDED PRECEDING) AS episode
FROM (
    SELECT o.*,
        CASE WHEN first_low - max(last_high) OVER (
            PARTITION BY case_no, drug ORDER BY first_low, record ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) - 1 > {longest} THEN 1 ELSE 0 END AS opens
    FROM ({others}) AS o
    WHERE o.first_low <= o.until
) AS opened
"""

#: The number of the role of an episode; ``{own}`` says over which rows.
_ROLE = (
    "CASE WHEN max(last_high){own} < index_day THEN 0 "
    "WHEN min(first_low){own} > index_day AND min(first_high){own} <= until AND NOT bool_or(not_known){own} THEN 1 "
    "WHEN min(first_high){own} <= index_day AND max(last_low){own} >= index_day THEN 2 ELSE 3 END"
)

_EPISODES = f"""
SELECT case_no, drug, index_day, first, last, record, {_ROLE.format(own=" OVER own")} AS role, first_low, first_high, last_low, last_high
FROM ({_NUMBERED}) AS counted
WINDOW own AS (PARTITION BY case_no, drug, episode)
"""

_OTHER_DRUGS = f"""
SELECT case_no, drug, role, min(first) - index_day AS first_day,
    CASE WHEN bool_or(last IS NULL) THEN NULL ELSE max(last) - index_day END AS last_day,
    max(CASE WHEN place = 1 THEN record END) AS last_record, min(first_low) - index_day AS first_low, min(first_high) - index_day AS first_high,
    CASE WHEN max(last_low) < {NEVER_ENDS} THEN max(last_low) - index_day END AS last_low,
    CASE WHEN max(last_high) < {NEVER_ENDS} THEN max(last_high) - index_day END AS last_high
FROM (
    SELECT e.*, row_number() OVER (PARTITION BY case_no, drug, role ORDER BY coalesce(last, {NEVER_ENDS}) DESC, record) AS place
    FROM ({{episodes}}) AS e
) AS placed
GROUP BY case_no, index_day, drug, role
ORDER BY case_no, first_day, drug, role
"""

_COUNT_ROLES = f"""
SELECT drug, role, count(DISTINCT case_no) AS cases
FROM (
    SELECT case_no, drug, {_ROLE.format(own="")} AS role FROM ({_NUMBERED}) AS counted GROUP BY case_no, drug, index_day, until, episode
) AS e
GROUP BY drug, role
"""

#: Begun before the index date for certain, or else perhaps, because the first day is not known.
_PRIOR = """
SELECT p.place, o.case_no, bool_or(o.first_high < o.index_day) AS certain
FROM ({others}) AS o JOIN prior_drug AS p ON p.drug = o.drug
WHERE o.first_low < o.index_day
GROUP BY p.place, o.case_no
"""

_COUNT_PRIOR = f"SELECT place, certain, count(*) AS cases FROM ({_PRIOR}) AS used GROUP BY place, certain"

_COUNT_PRIOR_BY = f"""
SELECT g.answer, used.place, used.certain, count(*) AS cases
FROM ({_PRIOR}) AS used JOIN {{groups}} AS g ON g.case_no = used.case_no
GROUP BY g.answer, used.place, used.certain
"""


@dataclass(frozen=True, slots=True)
class OtherDrug:
    """One other ingredient of one case in one role; `last_record` is the course that ended last.

    `ends` are the days on which it may have begun and ended, where they are not known to the day.
    """

    case_id: str
    drug: str
    role: Role
    first: int
    last: int | None
    last_record: int
    ends: Ends | None = None


def _others(numbers: Numbers) -> str:
    return _OTHERS.format(not_known=supply_not_known(numbers, "(c.first_low - k.index_day)") or "FALSE")


def _of_episodes(query: str, protocol: Protocol, numbers: Numbers) -> str:
    return query.format(others=_others(numbers), longest=restart_gaps(protocol.intercurrent.rescue)[1])


def other_drugs(engine: Engine, protocol: Protocol, cohort: Cohort) -> tuple[OtherDrug, ...]:
    """Every other drug of every included case, once for each role it had."""
    names = {number: key for key, number in cohort.numbers.drugs.items()}
    case_ids = {case.number: case.case_id for case in cohort.cases}
    query = _OTHER_DRUGS.format(episodes=_of_episodes(_EPISODES, protocol, cohort.numbers))
    return tuple(
        OtherDrug(
            case_ids[case_no],
            names[drug],
            _ROLES[role],
            first,
            last,
            record,
            None if ends[0] == ends[1] and ends[2] == ends[3] else Ends(*ends),
        )
        for case_no, drug, role, first, last, record, *ends in engine.rows(query)
    )


def count_drugs(engine: Engine, protocol: Protocol, numbers: Numbers) -> dict[tuple[str, Role], int]:
    """How many included cases have an ingredient in a role."""
    names = {number: key for key, number in numbers.drugs.items()}
    rows = engine.rows(_of_episodes(_COUNT_ROLES, protocol, numbers))
    return {(names[drug], _ROLES[role]): int(n) for drug, role, n in rows}


def _load_prior(engine: Engine, protocol: Protocol, numbers: Numbers) -> None:
    """Make the table ``prior_drug(place, drug)``: the ingredients of each group of `prior_groups`."""
    rows = [
        (place, numbers.drugs[key])
        for place, group in enumerate(protocol.prior_groups)
        for key in sorted(drugs_of(protocol, group) & set(numbers.drugs))
    ]
    engine.table("prior_drug", [("place", "INT"), ("drug", "INT")], rows)


def prior_use(engine: Engine, protocol: Protocol, cohort: Cohort) -> dict[str, tuple[str, ...]]:
    """For each group of `prior_groups`: the included cases with a course begun before the index date for certain."""
    case_ids = {case.number: case.case_id for case in cohort.included}
    _load_prior(engine, protocol, cohort.numbers)
    found: dict[str, tuple[str, ...]] = dict.fromkeys(protocol.prior_groups, ())
    certain = f"SELECT place, case_no FROM ({_PRIOR.format(others=_others(cohort.numbers))}) AS used WHERE certain"
    for place, case_no in engine.rows(f"{certain} ORDER BY place, case_no"):
        found[protocol.prior_groups[place]] += (case_ids[case_no],)
    return found


def count_prior_by(
    engine: Engine, protocol: Protocol, numbers: Numbers, groups: str
) -> dict[tuple[str, str, bool], int]:
    """How many included cases had a drug of each group of `prior_groups` before the index date, for certain or perhaps, by the answer that the
    table `groups` holds of a case."""
    _load_prior(engine, protocol, numbers)
    rows = engine.rows(_COUNT_PRIOR_BY.format(others=_others(numbers), groups=groups))
    return {(answer, protocol.prior_groups[place], bool(certain)): int(n) for answer, place, certain, n in rows}


def count_prior(engine: Engine, protocol: Protocol, numbers: Numbers) -> dict[tuple[str, bool], int]:
    """For each group of `prior_groups`: how many included cases had it before the index date for certain, and of how many that is not known."""
    _load_prior(engine, protocol, numbers)
    rows = engine.rows(_COUNT_PRIOR.format(others=_others(numbers)))
    counted = {(place, bool(certain)): int(n) for place, certain, n in rows}
    return {
        (group, certain): counted.get((place, certain), 0)
        for place, group in enumerate(protocol.prior_groups)
        for certain in (True, False)
    }
