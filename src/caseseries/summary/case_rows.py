"""Who the cases are: each with age, time since diagnosis and follow-up in days; no dates but the index date of patients.csv."""

from __future__ import annotations

from caseseries.chart.tables import Chart, FactKind, calendar_date
from caseseries.cohort.select import Cohort, CohortCase
from caseseries.protocol.eligibility import studied_diagnoses
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.written import folded
from caseseries.summary.cases import CaseRow


def completed_years(born: int, day: int) -> int:
    """Whole years between two days of a dated chart, by calendar birthday.

    >>> from caseseries.chart.tables import day_number
    >>> import datetime as dt
    >>> completed_years(day_number(dt.date(2000, 2, 29)), day_number(dt.date(2001, 2, 28)))
    0
    """
    birth, then = calendar_date(born), calendar_date(day)
    return then.year - birth.year - ((then.month, then.day) < (birth.month, birth.day))


def case_rows(protocol: Protocol, cohort: Cohort, chart: Chart) -> tuple[CaseRow, ...]:
    """Every case, the excluded ones too, in the order of the cohort."""
    people = {person.patient: person for person in chart.people}
    diagnosed, deaths = _earliest(chart, "diagnosis", studied_diagnoses(protocol.include)), death_days(chart)
    rows = []
    for case in cohort.cases:
        person = people[case.patient]
        age = None if person.age is None else int(person.age)
        if chart.dated and case.index is not None and person.birth_low is not None and person.birth_high is not None:
            youngest, oldest = (
                completed_years(person.birth_high, case.index),
                completed_years(person.birth_low, case.index),
            )
            age = youngest if youngest == oldest else None
        low, high = diagnosed.get(case.patient, (None, None))
        since = low if low == high else None
        died = deaths.get(case.patient, (None, None))
        rows.append(
            CaseRow(
                case.case_id,
                case.patient,
                "included" if case.included else "excluded",
                case.failed,
                case.undetermined,
                person.sex,
                age,
                None if since is None or case.index is None or since > case.index else case.index - since,
                _between(case.index, case.follow_end),
                _between(case.index, case.on_drug_end),
                _still_taken(case),
                person.attributes,
                _between(case.index, died[0]),
                _index_date(case, chart),
                _between(case.index, died[1]),
            )
        )
    return tuple(rows)


def _still_taken(case: CohortCase) -> bool:
    """Whether the drug was taken on when follow-up ended: it has no end, or one after the last day of observation."""
    return case.ongoing or (case.end_low is not None and case.seen_end is not None and case.end_low > case.seen_end)


def _index_date(case: CohortCase, chart: Chart) -> str:
    if case.index is None:
        return ""
    return calendar_date(case.index).isoformat() if chart.dated else str(case.index)


def _earliest(chart: Chart, kind: FactKind, terms: frozenset[str] = frozenset()) -> dict[str, tuple[int, int]]:
    """The earliest and the latest day that may be that of each patient's earliest fact of a kind, of these terms where there are some."""
    found: dict[str, tuple[int, int]] = {}
    for fact in chart.facts:
        if fact.kind == kind and fact.start is not None and (not terms or folded(fact.term) in terms):
            low = fact.start if fact.low is None else fact.low
            high = fact.start if fact.high is None else fact.high
            before = found.get(fact.patient, (low, high))
            found[fact.patient] = min(low, before[0]), min(high, before[1])
    return found


def death_days(chart: Chart) -> dict[str, tuple[int, int]]:
    """The earliest and the latest possible day of each patient's death; in a chart nobody died before they were last seen for certain."""
    died = _earliest(chart, "death")
    if chart.observed is not None:
        return died
    seen = {patient: low for patient, (low, _) in died.items()}
    lows = [(row.patient, row.low) for row in chart.measurements if row.value is not None]
    lows += [
        (fact.patient, fact.start if fact.low is None else fact.low)
        for fact in chart.facts
        if fact.kind in {"visit", "event"} and fact.start is not None
    ]
    for patient, low in lows:
        if patient in seen:
            seen[patient] = max(seen[patient], low)
    return {patient: (min(high, seen[patient]), high) for patient, (_, high) in died.items()}


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start
