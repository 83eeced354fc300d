"""An outcome at several time points: each with its own denominator, who met it at any of them, and when first."""

from __future__ import annotations

from caseseries.protocol.outcome import LevelsOutcome
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.count_words import count_cell
from caseseries.report.exhibits.printed_blocks import Block, Cell, Column, Paragraph, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import (
    NOT_ESTIMABLE,
    ci_text,
    percent_ends,
    percent_interval,
    share,
    share_in_words,
    whole,
)
from caseseries.report.exhibits.responders import share_cells, share_columns, slug
from caseseries.report.exhibits.words import capital, counted, days_range, listed, placed, planned
from caseseries.summary.case_levels import levels_of_cases
from caseseries.summary.model import Summary
from caseseries.summary.over_time import OverTime
from caseseries.verdict.number_style import with_percent
from caseseries.verdict.over_time import LETTERS, Ever, ever, first_met, furthest_level
from caseseries.verdict.trace import Verdict
from caseseries.verdict.wanted import answered


def over_time_blocks(summary: Summary) -> list[Block]:
    """The paragraph and the table of each outcome at several time points."""
    return [block for found in summary.over_time for block in (_words(summary, found), _table(summary, found))]


def _at(summary: Summary, point: str) -> str:
    return summary.outcomes[point].plan.at


def _words(summary: Summary, found: OverTime) -> Paragraph:
    level = summary.protocol.reporting.level
    shares = []
    for point in found.points:
        answers = summary.outcomes[point].answers[0]
        inside = answers.inside.exact
        share_told = "not told by all sites" if inside is None else share_in_words(answers.yes.high, inside)
        shares.append(f"at {_at(summary, point)} in {share_told}")
    whole_of, evaluable = found.of_included, found.of_evaluable
    ends = percent_ends(whole_of)
    told = f"{capital(found.name)} was met {listed(shares)}, each of the cases included for that time point. At any of them it was met in "
    told += share_in_words(whole_of.n or 0, whole_of.total or 0) + (f", {ci_text(level, ends)}" if ends else "")
    unknown = (whole_of.total or 0) - (evaluable.total or 0)
    told += f"; {whole(unknown)} of the {whole(whole_of.total or 0)} {'is' if unknown == 1 else 'are'} not evaluable."
    first = [f"at {_at(summary, point)} in {whole(n)}" for point, n in zip(found.points, found.first, strict=True) if n]
    told += f" It was first met {listed(first)}." if first else ""
    if sum(found.earlier):
        told += f" Of these {whole(sum(found.earlier))} may have met it before, at a time point at which they were not evaluable."
    told += f" Sites with {counted(found.withheld, 'included case')} told nothing of it." if found.withheld else ""
    told += " The same cases stand behind every time point, so that the numbers are not independent."
    return Paragraph(told)


def _table(summary: Summary, found: OverTime) -> Table:
    first = summary.outcomes[found.points[0]]
    level = summary.protocol.reporting.level
    columns = (
        Column("Time point"),
        *share_columns(summary, first),
        Column("Not evaluable", "number"),
        Column("Outside or denominator not known", "number"),
    )
    rows = []
    for point in found.points:
        outcome = summary.outcomes[point]
        answers = outcome.answers[0]
        window = summary.protocol.windows[outcome.plan.at]
        left = sum(answers.unplaced, answers.outside)
        cells = (*share_cells(answers), count_cell(answers.not_evaluable), count_cell(left))
        rows.append(Row((Cell(f"{capital(outcome.plan.at)} ({days_range(window)})"), *cells)))
    of, evaluable = found.of_included, found.of_evaluable
    unknown = found.ever.get("not evaluable", 0)
    left_out = found.ever.get("outside", 0) + found.ever.get("denominator not known", 0)
    rows.append(
        Row(
            (
                Cell("At any time point", strong=True),
                Cell(share(of.n or 0, of.total or 0)).naming(of),
                Cell(percent_interval(of) or NOT_ESTIMABLE).naming(of),
                Cell(share(evaluable.n or 0, evaluable.total or 0)).naming(evaluable),
                Cell(percent_interval(evaluable) or NOT_ESTIMABLE).naming(evaluable),
                Cell(whole(unknown), unknown),
                Cell(whole(left_out), left_out),
            )
        )
    )
    rows.append(heading("First met, of those who met it at any time point"))
    met = sum(found.first)
    for point, n, earlier in zip(found.points, found.first, found.earlier, strict=True):
        before = f"; {whole(earlier)} may have met it before" if earlier else ""
        cells = (Cell(f"{share(n, met)}{before}"), *(Cell("") for _ in range(5)))
        rows.append(Row((Cell(capital(_at(summary, point))), *cells), 1))
    notes = (
        f"Exact {with_percent(level)} intervals. Every time point is a verdict by itself, with its own denominator; intercurrent events "
        "count up to its visit.",
        "At any time point: no where it is no at every one at which the case counts; not evaluable where a missing one could change that.",
        *planned(summary),
    )
    return Table(
        f"over-time-{slug(found.name)}", f"{capital(found.name)} at each time point", columns, tuple(rows), notes
    )


def furthest_levels(summary: Summary) -> list[Table]:
    """Of each outcome with levels at several time points the level of every case at each, and the furthest of them."""
    found = summary.protocol.outcomes.items()
    return [_levels(summary, name, one) for name, one in found if isinstance(one, LevelsOutcome) and one.also_at]


def _levels(summary: Summary, name: str, outcome: LevelsOutcome) -> Table:
    points = summary.protocol.time_points(name)
    levels = [levels_of_cases(summary.levels[point], summary.shown, AS_WRITTEN, summary.measures) for point in points]
    of_verdicts = [
        [_by_case(summary, point) for point in summary.protocol.over_time[one]] for one in outcome.at_least(name)
    ]
    rows = []
    for case_id in (case.case_id for case in summary.shown.rows if case.case_id in levels[0]):
        letters = ["".join(_letter(of_point[case_id]) for of_point in of_points) for of_points in of_verdicts]
        told = [
            _NOT_COUNTED.get(letter, of_point[case_id]) for letter, of_point in zip(letters[-1], levels, strict=True)
        ]
        furthest = furthest_level(outcome.names, letters)
        rows.append(Row((Cell(case_id), *(Cell(capital(one)) for one in told), Cell(capital(furthest)))))
    word = {True: "Best", False: "Worst", None: "Furthest"}[outcome.good]
    columns = (Column("Case"), *(Column(capital(summary.levels[point].widest.at)) for point in points), Column(word))
    note = f"{word}: `at least` where a further level cannot be ruled out, because it was not evaluable at some time point."
    title = f"{capital(name)} at each time point, and the {word.lower()} level of every case"
    return Table(f"levels-over-time-{slug(name)}", title, columns, tuple(rows), (note, *planned(summary)))


def _by_case(summary: Summary, point: str) -> dict[str, Verdict]:
    return {one.case_id: one for one in summary.shown.outcomes[point].verdicts[0]}


def _letter(verdict: Verdict) -> str:
    if verdict.inside is not True:
        return LETTERS["outside" if verdict.inside is False else "denominator not known"]
    return {True: "y", False: "n", None: "?"}[verdict.truth]


_NOT_COUNTED = {LETTERS[one]: one for one in ("outside", "denominator not known")}
_BEST: dict[Ever, bool | None] = {"yes": True, "no": False, "not evaluable": None}


def over_time_cases(summary: Summary, found: OverTime) -> Table:
    """The answer of every case at each time point, the best, and when it was first met."""
    good = summary.outcomes[found.points[0]].plan.good
    by_point = [_by_case(summary, point) for point in found.points]
    rows = []
    for case_id in (case.case_id for case in summary.shown.rows if case.case_id in by_point[0]):
        verdicts = [of_point[case_id] for of_point in by_point]
        letters = "".join(map(_letter, verdicts))
        best, met = ever(letters), first_met(letters)
        words = answered(_BEST[best], good) if best in _BEST else best
        first = "" if met is None else _at(summary, found.points[met[0]]) + (" or before" if met[1] else "")
        told = [
            placed(one, summary.outcomes[point].plan, summary.measures)
            for one, point in zip(verdicts, found.points, strict=True)
        ]
        rows.append(Row(tuple(Cell(one) for one in (case_id, *map(capital, [*told, words, first])))))
    columns = (
        Column("Case"),
        *(Column(capital(_at(summary, point))) for point in found.points),
        Column("At any time point"),
        Column("First met"),
    )
    return Table(
        f"over-time-cases-{slug(found.name)}",
        f"{capital(found.name)} at each time point, every case",
        columns,
        tuple(rows),
        planned(summary),
    )
