"""What the cases took: other drugs with their roles, and the courses of the study drug."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.natural import natural
from caseseries.chart.tables import Chart, Course
from caseseries.cohort.other_drugs import OtherDrug
from caseseries.cohort.select import Cohort
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.protocol import Protocol
from caseseries.summary.cases import DrugUse, StudyDrug
from caseseries.summary.co_medication import drug_name


def drug_uses(protocol: Protocol, chart: Chart, found: Sequence[OtherDrug]) -> tuple[DrugUse, ...]:
    """Other drugs with their groups and why they were stopped, in the order of cases and first days."""
    reasons = {course.record: course.stop_reason for course in chart.courses}
    groups = {group: drugs_of(protocol, group) for group in protocol.prior_groups}
    return tuple(
        DrugUse(
            use.case_id,
            use.drug,
            drug_name(use.drug),
            tuple(group for group, members in groups.items() if use.drug in members),
            use.role,
            use.first,
            use.last,
            reasons.get(use.last_record, "") if use.last is not None else "",
            use.ends,
        )
        for use in found
    )


def study_courses(cohort: Cohort, chart: Chart, studied: frozenset[str]) -> tuple[StudyDrug, ...]:
    """Courses of the study drug of the included cases, relative to the index date; of several cases of a patient each its own."""
    rows = []
    begun: dict[str, list[int]] = {}
    for case in cohort.cases:
        if case.index is not None:
            begun.setdefault(case.patient, []).append(case.index)
    taken: dict[str, list[Course]] = {}
    for course in chart.courses:
        if course.taken and course.drug in studied:
            taken.setdefault(course.patient, []).append(course)
    for case in cohort.included:
        for course in taken.get(case.patient, ()):
            if case.index is not None:
                own = max((day for day in begun[case.patient] if day <= course.start), default=min(begun[case.patient]))
                if own != case.index:
                    continue
                amount = (
                    "" if course.amount is None else f"{float(course.amount):g} {course.unit} {course.schedule}".strip()
                )
                end = None if course.end is None else course.end - case.index
                reason = "" if course.ends.last_low is None else course.stop_reason
                possible = None if course.possible is None else course.possible.relative_to(case.index)
                rows.append(StudyDrug(case.case_id, course.start - case.index, end, amount, reason, possible))
    return tuple(sorted(rows, key=lambda row: (natural(row.case_id), row.start, row.dose_text)))
