"""Which values stand behind the numbers of changes, of values at one time, of the dose before, and of slopes over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from caseseries import stats
from caseseries.protocol.percent import percent_of
from caseseries.protocol.plans import plans_of
from caseseries.protocol.specs import BASELINE, OutcomePlan, plan, valued_plan
from caseseries.protocol.tree import Slot
from caseseries.protocol.written import DAYS_PER_UNIT
from caseseries.response.baseline import baselines
from caseseries.response.verdict_counts import exact_parts
from caseseries.stats.frequency import Moments
from caseseries.summary.asked_rows import measured_rows
from caseseries.summary.behind import Part, TracedCase
from caseseries.summary.behind_number import (
    Again,
    Behind,
    count_again,
    frequencies_of,
    part_again,
    share_again,
    spread_of,
    values_of_cases,
)
from caseseries.summary.behind_verdicts import beside, by_case
from caseseries.summary.cases import CaseRow
from caseseries.summary.chart_rows import ChartRows
from caseseries.summary.explain import Rested, cell
from caseseries.summary.from_reference import trajectory_of, value_of, values_of
from caseseries.summary.grade_results import of_grades, of_steps
from caseseries.summary.model import ChangeSummary, Summary
from caseseries.summary.result import Result
from caseseries.summary.result_rows import change_tests, paired_t_rows
from caseseries.summary.spread import typical_change
from caseseries.summary.trajectory import FEWEST, Slope
from caseseries.summary.value_at import ValueGroup, ValueSummary
from caseseries.verdict.names import why_absent
from caseseries.verdict.trace import Quantity, Truth

#: The values of one case that an outcome tells, and whether the case belongs to its denominator.
Values = Callable[[ChartRows, CaseRow], tuple[tuple[Quantity, ...], Truth]]


def behind_values(summary: Summary, level: Fraction) -> Iterator[Behind]:
    """Every number that is made of values."""
    protocol = summary.protocol
    for outcome in summary.outcomes.values():
        for change in outcome.changes:
            slots = (Slot(change.measure, BASELINE), Slot(change.measure, outcome.plan.at))
            yield from _of_change(summary, outcome.plan, change, _of_verdict(outcome.plan, slots), level)
    for change in summary.change_outcomes:
        of_outcome = valued_plan(protocol, change.outcome)
        yield from _of_change(summary, of_outcome, change, _of_plan(of_outcome), level)
    for value in summary.values_at:
        of_outcome = valued_plan(protocol, value.outcome)
        for group in value.groups:
            yield from _of_group(summary, of_outcome, value, group, level)
    yield from _at_baseline(summary)
    for trajectory in summary.trajectories:
        for slope in trajectory.slopes:
            yield from _of_slope(summary, trajectory.outcome, trajectory.measure, slope, level)


def _of_verdict(of_outcome: OutcomePlan, slots: Sequence[Slot]) -> Values:
    """The values of a verdict under the protocol as written."""

    def values(rows: ChartRows, case: CaseRow) -> tuple[tuple[Quantity, ...], Truth]:
        verdict = by_case(rows, of_outcome, of_outcome.primary)[case.case_id]
        found = {one.slot: one for one in verdict.quantities}
        return tuple(found[slot] for slot in slots), verdict.inside

    return values


def _of_plan(of_outcome: OutcomePlan) -> Values:
    """The values of an outcome without a rule."""
    return lambda rows, case: values_of(rows.protocol, rows.of(case), rows.answer(case), of_outcome)


def _absent(rows: ChartRows, of_outcome: OutcomePlan, values: Sequence[Quantity]) -> str:
    """Why the first value that is absent is so."""
    missing = next(one for one in values if one.value is None)
    facts = rows.summary.measures[missing.slot.measure]
    return why_absent(missing.absent, facts, missing.slot.window, of_outcome.primary.windows, missing.day)


def _membership(inside: Truth) -> str:
    return "outside the denominator" if inside is False else "not known whether in the denominator"


def _of_change(
    summary: Summary, of_outcome: OutcomePlan, change: ChangeSummary, values: Values, level: Fraction
) -> Iterator[Behind]:
    facts = summary.measures[change.measure]
    told = f"{change.measure} of each case of {change.outcome!r}, {change.before_window} and {change.after_window}"
    percent = percent_of(summary.protocol, change.outcome, change.measure)
    kinds: list[tuple[str, Mapping[str, Result]]] = [
        ("before", change.before),
        ("after", change.after),
        ("change", change.change),
    ]
    kinds += [("percent", change.percent), ("change", {one.id: one for one in change.tests})]
    for kind, results in kinds:

        def find(rows: ChartRows, *, kind: str = kind) -> Iterator[TracedCase]:
            for case in rows.included:
                pair, inside = values(rows, case)
                part, how, value = _in_pair(rows, of_outcome, pair, inside), "", None
                if part == "counted":
                    before, after = (one.value for one in pair)
                    assert before is not None and after is not None
                    value = exact_parts(before, after, percent).get(kind)
                    how = "both values"
                    if value is None:
                        part, how = "left out", f"no percent of a value of 0 or less at {change.before_window}"
                elif inside is not True:
                    how = _membership(inside)
                else:
                    how = _absent(rows, of_outcome, pair)
                seen, made = rows.values(case, of_outcome, of_outcome.primary, pair)
                yield TracedCase(case.case_id, case.patient, part, how, value, values=seen, rows=made)

        for result in results.values():
            yield Behind(result, f"{told}: {_KINDS[kind]}", find, _again_of_change(result, kind, facts.grades, level))


_KINDS = {
    "before": "the values before",
    "after": "the values after",
    "change": "after minus before",
    "percent": "in percent of the value before",
}


def _in_pair(rows: ChartRows, of_outcome: OutcomePlan, pair: Sequence[Quantity], inside: Truth) -> Part:
    return "counted" if inside is True and all(one.value is not None for one in pair) else "left out"


def _again_of_change(result: Result, kind: str, grades: Sequence[str], level: Fraction) -> Again:
    part = result.id.rpartition("/")[2]

    def typical(cases: Sequence[TracedCase]) -> Result:
        return typical_change(result.id, "", spread_of(values_of_cases(cases)), level, result.unit)

    def tested(cases: Sequence[TracedCase]) -> Result | None:
        prefix = result.id.removesuffix(f"/change/{part}")
        found = frequencies_of(cases)
        of_t = paired_t_rows(f"{prefix}/change", "", Moments.of(found), level, result.unit).values()
        return next((one for one in (*change_tests(prefix, "", found), *of_t) if one.id == result.id), None)

    if part == "hodges_lehmann":
        return typical
    if result.unit == "p" or part in {"mean_by_t", "t"}:
        return tested
    if not grades or kind == "percent":
        return part_again(result)
    if kind == "change":
        return part_again(result, lambda found, of: of_steps(found, of))
    return part_again(result, lambda found, of: of_grades(found, of, grades))


def _of_group(
    summary: Summary, of_outcome: OutcomePlan, value: ValueSummary, group: ValueGroup, level: Fraction
) -> Iterator[Behind]:
    grades, values = summary.measures[value.measure].grades, _of_plan(of_outcome)
    first = next(iter(summary.outcomes.values())).plan if not value.verdict else plan(summary.protocol, value.verdict)
    who = f" of those with the answer {group.answer} to {value.verdict!r}" if group.answer else ""
    told = f"{value.measure} of each case{who} at {value.window}"

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        answers = by_case(rows, first, first.primary) if group.answer else {}
        for case in rows.included:
            found, inside = values(rows, case)
            (one,) = found
            if group.answer and beside(answers[case.case_id]) != group.answer:
                continue
            seen, made = rows.values(case, of_outcome, of_outcome.primary, found)
            known = inside is True and one.value is not None
            part: Part = "counted" if known else "left out"
            if known and group.yes is not None and one.value != 1:
                part = "in the total"
            how = "" if known else _absent(rows, of_outcome, found) if inside is True else _membership(inside)
            yield TracedCase(
                case.case_id, case.patient, part, how or "a value", one.value if known else None, values=seen, rows=made
            )

    for result in group.results.values():
        again = part_again(result, (lambda found, of: of_grades(found, of, grades)) if grades else None)
        yield Behind(result, told, find, again)
    if group.yes is not None:
        yield Behind(group.yes, f"{told}: yes, of those with a value", find, share_again(group.yes, level))


def _at_baseline(summary: Summary) -> Iterator[Behind]:
    """The numbers of Table 1 on each measure at baseline."""
    plans = plans_of(summary.protocol).all
    owned = baselines(summary.protocol, plans)
    for one in plans:
        for slot in owned[one.name]:
            yield from _of_baseline(summary, one, slot)


def _of_baseline(summary: Summary, of_outcome: OutcomePlan, slot: Slot) -> Iterator[Behind]:
    name, grades = slot.measure, summary.measures[slot.measure].grades
    results = [one for one in summary.table_one if one.id.rpartition("/")[0] == f"table1/baseline/{name}"]

    def find(rows: ChartRows, *, unknown: bool) -> Iterator[TracedCase]:
        for case in rows.included:
            found = value_of(summary.protocol, rows.of(case), rows.answer(case), of_outcome, slot)
            seen, made = rows.value(case, of_outcome, of_outcome.primary, found)
            known = found.value is not None
            part: Part = "counted" if known != unknown else "in the total" if unknown else "left out"
            how = "a value" if known else _absent(rows, of_outcome, [found])
            yield TracedCase(case.case_id, case.patient, part, how, found.value, values=seen, rows=made)

    for result in results:
        unknown = result.id.endswith("/unknown")
        told = f"{name} of each included case at {slot.window}" + (
            "; counted are those of whom it is not known" * unknown
        )
        described = part_again(result, (lambda found, of: of_grades(found, of, grades)) if grades else None)
        again = count_again(result) if unknown else described
        yield Behind(result, told, lambda rows, unknown=unknown: find(rows, unknown=unknown), again)  # type: ignore[misc]


def _of_slope(summary: Summary, name: str, measure: str, slope: Slope, level: Fraction) -> Iterator[Behind]:
    told = f"the values of {measure} on every day of {slope.window} in each included case, a line with a level of its own for each case"

    def find(rows: ChartRows) -> Iterator[TracedCase]:
        for case in rows.included:
            found = trajectory_of(rows.protocol, rows.of(case), rows.answer(case), name, slope.window)
            alone = rows.of(case)
            seen = tuple(Rested(one, cell(alone, one.record), ()) for one in found)
            means = [one.day for one in found if one.record is None]
            made = tuple(row for day in means for row in measured_rows(rows, case, {measure}, day, day))
            days = sum(one.value is not None for one in found)
            how = f"{days} {'day' if days == 1 else 'days'} with a value"
            yield TracedCase(
                case.case_id, case.patient, "counted" if days else "left out", how, days=days, values=seen, rows=made
            )

    def again(cases: Sequence[TracedCase], part: str) -> Result | None:
        read = [
            (one.case_id, value.quantity) for one in cases for value in one.values if value.quantity.value is not None
        ]
        of_case: dict[str, int] = {}
        for case, _ in read:
            of_case[case] = of_case.get(case, 0) + 1
        if sum(n > 1 for n in of_case.values()) < FEWEST:
            return None
        month = DAYS_PER_UNIT["month"]
        found = stats.random_intercept(
            [(case, [Fraction(one.day or 0) / month], one.value) for case, one in read if one.value is not None],
            level=level,
        )
        effect = found.effects[1]
        numbers = {
            "per_month": effect.estimate.estimate,
            "p": effect.p.value,
            "degrees_of_freedom": effect.degrees_of_freedom.value,
        }
        of_levels = {"between": found.between_variance.value, "within": found.within_variance.value}
        roots = {key: None if one is None else float(one) ** 0.5 for key, one in of_levels.items()}
        result: Result = getattr(slope, part)
        limits = (effect.estimate.lower, effect.estimate.upper) if part == "per_month" else (None, None)
        return Result(result.id, "", (numbers | roots)[part], *limits, n=len(read))

    tested = ("p",) if summary.protocol.reporting.p_values else ()
    for part in ("per_month", "degrees_of_freedom", "between", "within", *tested):
        yield Behind(getattr(slope, part), told, find, lambda cases, part=part: again(cases, part))  # type: ignore[misc]
