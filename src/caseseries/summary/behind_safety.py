"""Which events, days at risk, laboratory grades and doses stand behind the numbers on safety."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.chart.event_questions import EventQuestion
from caseseries.chart.tables import Fact
from caseseries.protocol.drug_uses import drugs_of
from caseseries.protocol.written import DAYS_PER_UNIT, decimal_text, folded
from caseseries.safety.follow import POSSIBLE
from caseseries.summary.behind import Part, TracedCase, TracedRow
from caseseries.summary.behind_number import Again, Behind, part_again, share_again
from caseseries.summary.behind_people import by_patient, ids_of
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.explain import cell
from caseseries.summary.exposure import ExposureSummary
from caseseries.summary.from_reference import adverse_of, days_at_risk
from caseseries.summary.lab_grades import SEVERE, LabGradesSummary, share_of_grades
from caseseries.summary.model import Summary
from caseseries.summary.result import Count, Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.safety_summary import SafetySummary
from caseseries.summary.shares import rate
from caseseries.verdict.lab_grades import NO_VALUE, NONE_CERTAIN, CaseGrade, GradedValue
from caseseries.verdict.numbers import bounded


def behind_safety(summary: Summary, level: Fraction) -> Iterator[Behind]:
    """Every number on safety."""
    if summary.safety is not None:
        yield from _of_events(summary, summary.safety, level)
    for graded in summary.graded:
        yield from _of_grades(graded, level)
    for exposure in summary.exposures:
        yield from _of_doses(summary, exposure)


def _of_events(summary: Summary, safety: SafetySummary, level: Fraction) -> Iterator[Behind]:
    nowhere = summary.nowhere("adverse events")
    told = "the adverse events of each included case, and which of them are on treatment"
    at_risk = "the days at risk of each included case, and the adverse events on treatment in them"

    def of(
        result: Result, words: str, find: Callable[[ChartRows], Iterator[TracedCase]], again: Again, grain: str
    ) -> Behind:
        if nowhere:
            return Behind(result, "nothing: adverse events were not charted")
        return Behind(result, words, find, again, "patient" if grain == "patient" else "case")

    def shared(
        result: Result, term: str = "", *, any_event: bool = False, question: EventQuestion | None = None
    ) -> Behind:
        find = _with_event(term, any_event=any_event, question=question)
        again = share_again(result, level)
        if result.estimate is None and result.lower is None:
            return of(result, told, find, lambda cases: None, "patient")
        return of(result, told, find, again, "patient")

    yield of(safety.rate, at_risk, _rated(""), _rate_again(safety.rate, level), "case")
    yield shared(safety.with_event)
    yield shared(safety.with_any, any_event=True)
    for term in safety.terms:
        yield shared(term.share, term.term)
        yield of(term.rate, at_risk, _rated(term.term), _rate_again(term.rate, level), "case")
    for result in safety.limits:
        name = (
            result.id.removeprefix("safety/with_event")
            .removeprefix("safety/rate")
            .removesuffix("/upper limit")
            .removeprefix("/")
        )
        if result.id.startswith("safety/with_event"):
            yield of(result, told, _with_event(name), _upper_share(result, level), "patient")
        else:
            yield of(result, at_risk, _rated(name), _upper_rate(result, level), "case")
    for one in safety.told:
        yield shared(one.share, question=one.question)


def _on(why: str) -> str:
    return "on treatment" if not why else f"not on treatment: {why}"


def _row(rows: ChartRows, case: CaseRow, fact: Fact, why: str) -> TracedRow:
    found = rows.fact(fact, rows.index(case))
    return TracedRow(found.what, f"{_on(why)}; {found.value}", found.day, found.place)


def _told_term(rows: ChartRows, term: str) -> bool:
    """Whether the source could tell this event."""
    only = rows.chart.only.get("adverse events")
    return not term or only is None or folded(term) in {folded(one) for one in only}


def _events(rows: ChartRows, case: CaseRow, term: str) -> list[tuple[Fact, str]]:
    found = adverse_of(rows.protocol, rows.of(case), rows.answer(case))
    return [(fact, why) for fact, why in found if not term or folded(fact.term) == folded(term)]


def _with_event(
    term: str, *, any_event: bool = False, question: EventQuestion | None = None
) -> Callable[[ChartRows], Iterator[TracedCase]]:
    """Each patient once: with an event (of a term; on treatment or not; of which the answer to a question is yes)."""

    def answers(fact: Fact, why: str) -> Part:
        if any_event:
            return "counted"
        if why not in {"", POSSIBLE}:
            return "in the total"
        answer = "yes" if question is None else question.answer(fact.attribute(question.attribute))
        if answer == "no":
            return "in the total"
        return "counted" if answer == "yes" and not why else "not known"

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for patient, cases in by_patient(rows).items():
            found = [(case, fact, why) for case in cases for fact, why in _events(rows, case, term)]
            parts = [answers(fact, why) for _, fact, why in found]
            part: Part = next((one for one in ("counted", "not known") if one in parts), "in the total")
            if not _told_term(rows, term):
                part = "left out"
            n = parts.count(part) if part in {"counted", "not known"} else 0
            how = {
                "counted": f"events: {n}",
                "not known": f"not known of events: {n}",
                "left out": "not looked for",
            }.get(part, "none")
            yield TracedCase(ids_of(cases), patient, part, how, rows=tuple(_row(rows, *one) for one in found))

    return find


def _rated(term: str) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in rows.included:
            least, most = days_at_risk(rows.protocol, rows.of(case), rows.answer(case))
            found = _events(rows, case, term)
            sure = sum(not why for _, why in found)
            perhaps = sure + sum(why == POSSIBLE for _, why in found)
            read = tuple(_row(rows, case, fact, why) for fact, why in found)
            told = _told_term(rows, term)
            days = str(least) if least == most else f"{least} to {most}"
            how = f"events on treatment: {sure if sure == perhaps else f'{sure} to {perhaps}'}, in {days} days at risk"
            part: Part = "counted" if told else "left out"
            many = (Fraction(sure), Fraction(perhaps), least, most)
            yield TracedCase(case.case_id, case.patient, part, how if told else "not looked for", *many, rows=read)

    return find


def _days(cases: Sequence[TracedCase]) -> Count:
    counted = [one for one in cases if one.part == "counted"]
    return Count(sum(one.days or 0 for one in counted), sum(one.most_days or 0 for one in counted))


def _rate_again(result: Result, level: Fraction) -> Again:
    def again(cases: Sequence[TracedCase]) -> Result:
        counted = [one for one in cases if one.part == "counted"]
        events = Count(int(sum(one.value or 0 for one in counted)), int(sum(one.most or 0 for one in counted)))
        return rate(result.id, "", events, _days(cases), level, why=result.absent_because)

    return again


def _upper_share(result: Result, level: Fraction) -> Again:
    def again(cases: Sequence[TracedCase]) -> Result | None:
        if any(one.part in {"counted", "not known"} for one in cases):
            return None
        total = sum(one.part == "in the total" for one in cases)
        found = stats.clopper_pearson_upper(0, total, level=level)
        return of_estimate(result.id, "", found, total=total, unit="proportion")

    return again


def _upper_rate(result: Result, level: Fraction) -> Again:
    def again(cases: Sequence[TracedCase]) -> Result:
        years = Fraction(_days(cases).low) / DAYS_PER_UNIT["year"]
        events = int(sum(one.value or 0 for one in cases))
        return of_estimate(
            result.id, "", stats.poisson_rate_upper(events, years, per=100, level=level, unit=result.unit)
        )

    return again


def _of_grades(found: LabGradesSummary, level: Fraction) -> Iterator[Behind]:
    term = found.term
    for result in found.results:
        grade = SEVERE if "/severe" in result.id.removeprefix(f"graded/{found.measure}/{term.version}") else 1
        told = f"the worst laboratory grade of {found.measure} on treatment in each included case"
        told += f" (CTCAE {term.version}), and whether it is worse than before"
        yield Behind(result, told, _graded(found, grade), _grades_again(result, level))


def _graded(found: LabGradesSummary, grade: int) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        graded = {
            one.case_id: one
            for one in rows.cases.graded
            if (one.measure, one.version) == (found.measure, found.term.version)
        }
        for case in rows.included:
            one = graded[case.case_id]
            known = one.worst if one.emergent == "yes" and one.worst is not None else 0
            part: Part = "counted" if known >= grade else "not known" if one.reach >= grade else "in the total"
            if one.none in {NO_VALUE, NONE_CERTAIN} and part == "in the total":
                part = "left out"
            how = one.none or f"grade {one.worst} at worst; worse than before: {one.emergent or 'no'}"
            yield TracedCase(case.case_id, case.patient, part, how, rows=_seen(rows, case, one))

    return find


def _seen(rows: ChartRows, case: CaseRow, one: CaseGrade) -> tuple[TracedRow, ...]:
    unit = rows.summary.measures[one.measure].unit

    def row(what: str, value: GradedValue | None) -> list[TracedRow]:
        if value is None:
            return []
        said = bounded(value.censor, f"{decimal_text(value.value)} {unit}".strip())
        return [TracedRow(f"{one.measure}, {what}", said, value.low, cell(rows.of(case), value.record))]

    return (*row("before", one.baseline), *row("worst", one.seen))


def _grades_again(result: Result, level: Fraction) -> Again:
    def again(cases: Sequence[TracedCase]) -> Result:
        counted, may = (sum(one.part == part for one in cases) for part in ("counted", "not known"))
        unsure = [one for one in cases if one.how == NONE_CERTAIN]
        seen = sum(one.part != "left out" and one not in unsure for one in cases)
        if result.id.endswith("/upper limit"):
            found = stats.clopper_pearson_upper(counted, seen, level=level)
            return of_estimate(result.id, "", found, total=seen, unit="proportion")
        outside = sum(one.part == "not known" for one in unsure)
        new, further, of, unknown, beyond = (Count.of(n) for n in (counted, may, seen, len(unsure), outside))
        return share_of_grades(result.id, "", new, further, of, unknown, beyond, level)

    return again


def _of_doses(summary: Summary, found: ExposureSummary) -> Iterator[Behind]:
    line = found.declared
    told = f"the daily {line.dose} of each included case over every day of {line.in_}"
    for result in found.total.values():
        yield Behind(result, f"{told}, added up", _dosed(found, above=False), part_again(result))
    for result in found.above.values():
        yield Behind(result, f"{told}: the days above {line.above}", _dosed(found, above=True), part_again(result))


def _dosed(found: ExposureSummary, *, above: bool) -> Callable[[ChartRows], Iterator[TracedCase]]:
    line = found.declared

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        doses = {one.case_id: one for one in rows.cases.exposure if (one.dose, one.window) == (line.dose, line.in_)}
        members, window = (
            drugs_of(rows.protocol, rows.protocol.doses[line.dose].daily_dose),
            rows.protocol.windows[line.in_],
        )
        for case in rows.included:
            one, index = doses[case.case_id], rows.index(case)
            value = one.total
            if above:
                value = Fraction(one.above[0]) if one.above is not None and one.above[0] == one.above[1] else None
            how = f"{one.days} days known" if value is not None else one.because or "not known of some day"
            first, last = index + window.from_, index + window.to
            courses = [course for course in rows.of(case).courses if course.drug in members and course.systemic]
            read = [
                rows.course(course, index)
                for course in courses
                if course.ends.first_low <= last and (course.ends.last_high is None or course.ends.last_high >= first)
            ]
            part: Part = "counted" if value is not None else "left out"
            yield TracedCase(case.case_id, case.patient, part, how, value, days=one.days, rows=tuple(read))

    return find
