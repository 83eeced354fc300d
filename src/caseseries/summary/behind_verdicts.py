"""Who stands behind the shares of verdicts: of every reading and cell of the grid, of years, levels, strata, time points and pairs of verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.eligibility import MinimumFollowUp
from caseseries.protocol.naming import criterion_words
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.specs import plan as plan_named
from caseseries.protocol.written import folded
from caseseries.summary.agreement import COMPARED, Agreement
from caseseries.summary.asked_rows import event_rows, question_rows
from caseseries.summary.behind import Part, TracedCase
from caseseries.summary.behind_number import Behind, share_again
from caseseries.summary.case_levels import under
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.frames import ANSWERS
from caseseries.summary.from_reference import stratum_of_case
from caseseries.summary.levels import LevelsSummary
from caseseries.summary.model import Answers, OutcomeSummary, Responders, Summary
from caseseries.summary.over_time import OverTime
from caseseries.summary.result import Result
from caseseries.summary.result_rows import of_estimate
from caseseries.summary.strata import StrataSummary, Stratum
from caseseries.verdict.denominator import absent_words, outside_words
from caseseries.verdict.over_time import LETTERS, ever
from caseseries.verdict.trace import Verdict

#: The part of a case in a share, by its verdict.
Parts = Callable[[Verdict], Part]


def behind_verdicts(summary: Summary, level: Fraction) -> Iterator[Behind]:
    """Every share of the verdicts of a run."""
    for outcome in summary.outcomes.values():
        yield from _of_outcome(outcome, level)
    for levels in summary.levels.values():
        yield from _of_levels(levels, level)
    for strata in summary.strata.values():
        yield from _of_strata(summary, strata, level)
    for course in summary.over_time:
        yield from _of_points(summary, course, level)
    for agreement in summary.agreements:
        yield from _of_agreement(summary, agreement)


def of_included(verdict: Verdict) -> Part:
    """Yes, of everybody in the denominator."""
    return "left out" if verdict.inside is not True else "counted" if verdict.truth else "in the total"


def of_evaluable(verdict: Verdict) -> Part:
    """Yes, of yes and no in the denominator."""
    return of_included(verdict) if verdict.truth is not None else "left out"


def _least(verdict: Verdict) -> Part:
    """The smallest share: the not evaluable as no. Of whom it is not known whether they belong to the denominator, yes outside, all others inside."""
    if verdict.inside is None:
        return "left out" if verdict.truth else "in the total"
    return of_included(verdict)


def _most(verdict: Verdict) -> Part:
    """The largest share: the not evaluable as yes. Of whom it is not known whether they belong to the denominator, no outside, all others inside."""
    if verdict.inside is False or (verdict.inside is None and verdict.truth is False):
        return "left out"
    return "in the total" if verdict.truth is False else "counted"


def _of_outcome(outcome: OutcomeSummary, level: Fraction) -> Iterator[Behind]:
    plan = outcome.plan
    specs = {spec.number: spec for spec in plan.specs}
    for found in outcome.responders:
        removed = "/minimum_follow_up/" in found.of_included.id
        yield from _of_responders(plan, specs[found.spec], found, level, removed=removed)
    for answers in (*outcome.answers, *(cell.answers for cell in outcome.grid)):
        yield from _of_answers(plan, specs[answers.spec], answers, level)
    for answers in outcome.years:
        yield from _of_answers(plan, specs[answers.spec], answers, level)


def _of_responders(
    plan: OutcomePlan, spec: Spec, found: Responders, level: Fraction, *, removed: bool
) -> Iterator[Behind]:
    few, many = (_least, _most) if plan.good is not False else (_most, _least)
    told = _told(plan, spec)
    every: list[tuple[Result, Parts, str]] = [
        (found.of_included, of_included, ""),
        (found.of_evaluable, of_evaluable, ""),
    ]
    every += [(found.worst_case, few, ", the worst case"), (found.best_case, many, ", the best case")]
    every += [(one, of_included, "") for one in found.intervals]
    for result, part, how in every:
        method = next((name for name in ("wilson", "mid_p") if result.id.endswith(f"/{name}")), "clopper_pearson")
        again = share_again(result, level, method)
        if removed:
            lost = plan.good is False
            also = f"{told}{how}; who was removed by the minimum follow-up counts as {'yes' if lost else 'no'}"
            yield Behind(result, also, _cases(plan, spec, part, removed=lost), again)
        else:
            yield Behind(result, f"{told}{how}", _cases(plan, spec, part), again)


def _of_answers(plan: OutcomePlan, spec: Spec, found: Answers, level: Fraction) -> Iterator[Behind]:
    year = f", of index dates in {found.year}" if found.year else ""
    for result, part in ((found.of_included, of_included), (found.of_evaluable, of_evaluable)):
        find = _cases(plan, spec, part, year=found.year)
        yield Behind(result, f"{_told(plan, spec)}{year}", find, share_again(result, level))


def _told(plan: OutcomePlan, spec: Spec) -> str:
    varied = f" ({', '.join(spec.varied)} varied)" if spec.role == "grid" else ""
    return f"the verdict of each included case on {plan.name!r}, {spec.reading}{varied}"


def _cases(
    plan: OutcomePlan, spec: Spec, part: Parts, *, year: int = 0, removed: bool | None = None
) -> Callable[[ChartRows], Iterator[TracedCase]]:
    """The cases with their verdicts under a spec; with `removed` those whom only a minimum follow-up excluded, as that answer."""

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        verdicts = by_case(rows, plan, spec)
        for case in rows.included:
            if not year or case.index_date.startswith(f"{year:04}-"):
                yield told_verdict(rows, case, plan, spec, verdicts[case.case_id], part)
        if removed is None:
            return
        words = {criterion_words(one) for one in rows.protocol.include if isinstance(one, MinimumFollowUp)}
        for case in rows.cases.rows:
            if case.status == "excluded" and case.failed_criterion in words and not case.undetermined:
                answer: Part = "counted" if removed else "in the total"
                yield TracedCase(case.case_id, case.patient, answer, f"removed: {case.failed_criterion}")

    return find


def by_case(rows: ChartRows, plan: OutcomePlan, spec: Spec) -> Mapping[str, Verdict]:
    """The verdicts of one spec, by case."""
    return {one.case_id: one for one in rows.cases.outcomes[plan.name].verdicts[spec.number]}


def told_verdict(
    rows: ChartRows, case: CaseRow, plan: OutcomePlan, spec: Spec, verdict: Verdict, part: Parts
) -> TracedCase:
    """A case with its answer, the values that its rule compares, and the rows of what else the rule asks."""
    trees = [spec.tree, *([plan.among] if plan.among is not None else [])]
    asked = {slot for tree in trees for slot in tree.slots}
    values, made = rows.values(case, plan, spec, (one for one in verdict.quantities if one.slot in asked))
    beside = [row for tree in trees for row in question_rows(rows, case, tree, spec)]
    found = tuple(dict.fromkeys([*made, *beside, *event_rows(rows, case, verdict)]))
    return TracedCase(
        case.case_id, case.patient, part(verdict), answer_words(rows, plan, spec, verdict), values=values, rows=found
    )


def answer_words(rows: ChartRows, plan: OutcomePlan, spec: Spec, verdict: Verdict) -> str:
    """Yes, no, not evaluable with why, or outside the denominator."""
    if outside := outside_words(verdict, plan, rows.summary.measures):
        return outside
    why = absent_words(verdict.absent, rows.summary.measures, spec.windows) if verdict.truth is None else ""
    decided = f"decided by: {verdict.decided_by}" if verdict.decided_by else ""
    return ": ".join(part for part in (ANSWERS[verdict.truth], why or decided) if part)


def _of_levels(found: LevelsSummary, level: Fraction) -> Iterator[Behind]:
    for counts in found.readings:
        for plan, one in zip(found.exactly, counts.levels, strict=True):
            spec = under(plan, counts.reading)
            told = f"whether each included case has exactly the {found.one} {one.name!r} of {found.name!r}, {counts.reading}"
            yield Behind(one.of_included, told, _cases(plan, spec, of_included), share_again(one.of_included, level))
            find = _of_known_level(found, plan, spec, counts.reading)
            known = f"{told}; the total are those whose {found.one} is known"
            yield Behind(one.of_evaluable, known, find, share_again(one.of_evaluable, level))


def _of_known_level(
    found: LevelsSummary, plan: OutcomePlan, spec: Spec, reading: str
) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        sides = [by_case(rows, one, under(one, reading)) for one in found.exactly]
        known = {case for side in sides for case, one in side.items() if one.inside and one.truth}

        def part(verdict: Verdict) -> Part:
            return "left out" if verdict.case_id not in known else "counted" if verdict.truth else "in the total"

        return _cases(plan, spec, part)(rows)

    return find


def _of_strata(summary: Summary, found: StrataSummary, level: Fraction) -> Iterator[Behind]:
    plan = summary.outcomes[found.outcome].plan
    shares: list[str] = []
    for one in found.strata:
        told = f"{_told(plan, plan.primary)}, of those under {found.by.name} {one.name}"
        for result, part in ((one.of_included, of_included), (one.of_evaluable, of_evaluable)):
            shares.append(result.id)
            yield Behind(result, told, _of_stratum(found, one, plan, part), share_again(result, level))
    if found.test is not None:
        told = "the shares of yes of the evaluable in the strata that are known, compared with each other"
        yield Behind(found.test, told, results=tuple(shares[1::2]))


def _of_stratum(
    found: StrataSummary, one: Stratum, plan: OutcomePlan, part: Parts
) -> Callable[[ChartRows], Iterator[TracedCase]]:
    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in _cases(plan, plan.primary, part)(rows):
            kind, word = stratum_of_case(rows.protocol, rows.chart, case.patient, found.by)
            if kind == one.kind and folded(word) == folded(one.word):
                yield case

    return find


def _of_points(summary: Summary, found: OverTime, level: Fraction) -> Iterator[Behind]:
    plans = [plan_named(summary.protocol, name) for name in found.points]
    for result in found.results:
        evaluable = result is found.of_evaluable

        def find(rows: ChartRows, *, evaluable: bool = evaluable) -> Iterator[TracedCase]:
            sides = [by_case(rows, plan, plan.primary) for plan in plans]
            for case in rows.included:
                row = "".join(LETTERS[beside(side[case.case_id])] for side in sides)
                best = ever(row)
                part: Part = "counted" if best == "yes" else "in the total" if best == "no" else "left out"
                if best == "not evaluable" and not evaluable:
                    part = "in the total"
                told = [
                    told_verdict(rows, case, plan, plan.primary, side[case.case_id], of_included)
                    for plan, side in zip(plans, sides, strict=True)
                ]
                how = "; ".join(f"{name}: {one.how}" for name, one in zip(found.points, told, strict=True))
                values = tuple(dict.fromkeys(value for one in told for value in one.values))
                yield TracedCase(
                    case.case_id,
                    case.patient,
                    part,
                    how,
                    values=values,
                    rows=tuple(dict.fromkeys(row for one in told for row in one.rows)),
                )

        told = f"the verdicts of each included case on {', '.join(map(repr, found.points))}: yes at any of them"
        yield Behind(result, told, find, share_again(result, level))


def beside(verdict: Verdict) -> str:
    """The answer of a case in a table of two outcomes."""
    if verdict.inside is not True:
        return "outside" if verdict.inside is False else "denominator not known"
    return ANSWERS[verdict.truth]


def _of_agreement(summary: Summary, found: Agreement) -> Iterator[Behind]:
    plans = [plan_named(summary.protocol, name) for name in (found.first, found.second)]
    level = Fraction(int(summary.protocol.reporting.level), 100)

    def pairs(rows: ChartRows) -> Iterator[tuple[CaseRow, tuple[str, str]]]:
        one, other = (by_case(rows, plan, plan.primary) for plan in plans)
        for case in rows.included:
            yield case, (beside(one[case.case_id]), beside(other[case.case_id]))

    def find(rows: ChartRows, *, same: bool) -> Iterator[TracedCase]:
        sides = [by_case(rows, plan, plan.primary) for plan in plans]
        for case, pair in pairs(rows):
            told = [
                told_verdict(rows, case, plan, plan.primary, side[case.case_id], of_included)
                for plan, side in zip(plans, sides, strict=True)
            ]
            part: Part = (
                "left out"
                if not set(pair) <= set(COMPARED)
                else "counted"
                if pair[0] == pair[1] or not same
                else "in the total"
            )
            values = tuple(dict.fromkeys(value for one in told for value in one.values))
            yield TracedCase(
                case.case_id, case.patient, part, f"{found.first}: {pair[0]}; {found.second}: {pair[1]}", values=values
            )

    def again(cases: Sequence[TracedCase], result: Result) -> Result:
        table: dict[tuple[str, str], int] = {}
        for one in cases:
            first, _, second = one.how.removeprefix(f"{found.first}: ").rpartition(f"; {found.second}: ")
            if one.part == "counted":
                table[first, second] = table.get((first, second), 0) + 1
        estimate = stats.cohen_kappa if result is found.kappa else stats.gwet_ac1
        return of_estimate(result.id, result.label, estimate(table, COMPARED, level=level))

    told = f"the verdicts of each included case on {found.first!r} and {found.second!r}, yes or no in both"
    yield Behind(found.same, told, lambda rows: find(rows, same=True), share_again(found.same, level))
    for result in (found.kappa, found.ac1):
        yield Behind(
            result,
            told,
            lambda rows: find(rows, same=False),
            lambda cases, result=result: again(cases, result),  # type: ignore[misc]  # the result of this turn
        )
