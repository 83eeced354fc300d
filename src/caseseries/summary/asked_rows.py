"""The rows of the chart that the questions of a rule rest on: values on visit days, events, courses, the row of the patient."""

from __future__ import annotations

from collections.abc import Iterator

from caseseries.protocol.asked_of_patient import FreeOfEvent, LookedBack, Occurrence, PatientIs, UnchangedDrug
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.specs import Spec
from caseseries.protocol.tree import HeldRule, Tree
from caseseries.protocol.written import decimal_text, folded
from caseseries.summary.behind import TracedRow
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.explain import cell
from caseseries.verdict.numbers import bounded
from caseseries.verdict.trace import Verdict


def question_rows(rows: ChartRows, case: CaseRow, tree: Tree, spec: Spec) -> Iterator[TracedRow]:
    """What was read for the questions of a tree besides the values that it compares."""
    for one in dict.fromkeys(
        [*tree.questions, *tree.looked_back, *(back for held in tree.held for back in held.tree.looked_back)]
    ):
        if isinstance(one, HeldRule):
            window = spec.windows[one.window]
            yield from measured_rows(rows, case, {slot.measure for slot in one.daily}, window.from_, window.to)
        elif isinstance(one, Occurrence | FreeOfEvent | LookedBack):
            for fact in rows.facts(case, ("event", "diagnosis", "unread diagnosis"), (folded(one.name),)):
                yield rows.fact(fact, rows.index(case))
        elif isinstance(one, UnchangedDrug):
            members = drugs_of(rows.protocol, one.drug)
            for course in rows.of(case).courses:
                if course.drug in members:
                    yield rows.course(course, rows.index(case))
        elif isinstance(one, PatientIs):
            said = (
                dict(case.attributes).get(one.attribute, "")
                if one.attribute
                else case.sex
                if one.sex
                else case.age_years
            )
            yield rows.person(case, one.named, "not recorded" if said in {"", None} else str(said))


def measured_rows(
    rows: ChartRows, case: CaseRow, measures: set[str], first: int | None, last: int | None
) -> Iterator[TracedRow]:
    """The recorded values of some measures from one day to another, relative to the index date, in order of their days; without ends, all."""
    alone, index = rows.of(case), rows.index(case)
    for row in sorted(alone.measurements, key=lambda row: (row.day, row.record)):
        day = row.day - index
        if row.measure in measures and (first is None or day >= first) and (last is None or day <= last):
            facts = rows.summary.measures[row.measure]
            said = row.missing or "without a number"
            if row.value is not None:
                yes = {1: "yes", 0: "no"} if facts.kind == "judgement" else {}
                said = yes.get(int(row.value), bounded(row.censor, f"{decimal_text(row.value)} {facts.unit}".strip()))
            yield TracedRow(row.measure, said, day, cell(alone, row.record))


def event_rows(rows: ChartRows, case: CaseRow, verdict: Verdict) -> Iterator[TracedRow]:
    """The rows that an event between the index date and the assessment was read from, where it decided the verdict: courses from then on, a death."""
    if not verdict.decided_by:
        return
    index = rows.index(case)
    if verdict.decided_by == EVENT_WORDS["death"]:
        yield from (rows.fact(one, index) for one in rows.facts(case, ("death",)))
        return
    for course in rows.of(case).courses:
        begun = course.start - index
        ended = None if course.end is None else course.end - index
        last = verdict.day
        if (begun > 0 and (last is None or begun <= last)) or (
            ended is not None and 0 <= ended and (last is None or ended <= last)
        ):
            yield rows.course(course, index)
