"""The figures of who responded: under other readings and choices, and by year; each percentage with its interval."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.count_words import count_text
from caseseries.report.exhibits.printed_numbers import ci_title, exact
from caseseries.report.exhibits.responders import reading_name, slug
from caseseries.report.exhibits.robustness import one_at_a_time
from caseseries.report.exhibits.words import capital
from caseseries.report.figures.axis import CLASSES
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.report.figures.intervals import FEW, Share, forest_scene, shares_alt, years_scene
from caseseries.summary.model import Answers, OutcomeSummary, Summary
from caseseries.verdict.denominator import denominator_words
from caseseries.verdict.wanted import answered, those_met

#: So many choices made otherwise are drawn.
MOST = 24
_HIDDEN_MARK = "Where no line shows, the interval is narrower than the mark."


def readings(summary: Summary, name: str) -> Drawing | None:
    """Responders under the protocol as written, its readings, and other choices one at a time; none where there is no other."""
    outcome = summary.outcomes[name]
    shares = [
        _share(reading_name(answers.reading), answers, strong=answers.reading == AS_WRITTEN)
        for answers in outcome.answers
    ]
    shares += [_share(told, cell.answers) for told, cell in one_at_a_time(outcome)[1:][:MOST]]
    if len(shares) < 2 or not summary.included:
        return None
    return drawn(
        summary,
        f"readings-{slug(name)}",
        f"{capital(name)} under other readings and choices",
        f"The square is the protocol as written; below it, other readings and other choices, one at a time. {_HIDDEN_MARK}",
        shares_alt("Percentages with intervals", shares),
        *(forest_scene(shares, _axis(summary, outcome), paper, _color(outcome)) for paper in PAPERS),
    )


def years(summary: Summary, name: str) -> Drawing | None:
    """Responders by the year of the index date; none where there is one year."""
    outcome = summary.outcomes[name]
    by_year = {answers.year: answers for answers in outcome.years if answers.year}
    if len(by_year) < 2:
        return None
    shares = [
        _share(str(year), by_year[year]) if year in by_year else Share(str(year), 0, 0, None, None, None)
        for year in range(min(by_year), max(by_year) + 1)
    ]
    return drawn(
        summary,
        f"years-{slug(name)}",
        f"{capital(name)} by year",
        f"By the year of the index date. n: included cases. A hollow mark has fewer than {FEW} cases. {_HIDDEN_MARK}",
        shares_alt("Percentages by year with intervals", shares),
        *(years_scene(shares, _axis(summary, outcome), paper, _color(outcome)) for paper in PAPERS),
    )


def _share(label: str, answers: Answers, *, strong: bool = False) -> Share:
    """Responders of all included; a range of counts is told and not drawn."""
    total, yes = answers.inside.exact, answers.yes.exact
    if total is None or yes is None:
        told = f"{count_text(answers.yes)} of {count_text(answers.inside)}"
        return Share(label, 0, 0, None, None, None, strong, told)
    result = answers.of_included
    ends = [None if end is None else 100 * exact(end) for end in (result.lower, result.upper)]
    return Share(label, yes, total, Fraction(100 * yes, total) if total else None, ends[0], ends[1], strong)


def _color(outcome: OutcomeSummary) -> str:
    """The colour of those of whom the outcome is met: that of success only where it is wanted."""
    return CLASSES[answered(True, outcome.plan.good)][0]


def _axis(summary: Summary, outcome: OutcomeSummary) -> str:
    of = "all included" if outcome.plan.among is None else denominator_words(outcome.plan, summary.measures)
    return f"{capital(those_met(outcome.plan.good))} of {of}, % ({ci_title(summary.protocol.reporting.level)})"
