"""The figures of a run over very many patients, each with title, caption and words for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.protocol.tree import Leaf
from caseseries.report.exhibits.change import dose_days_words
from caseseries.report.exhibits.count_words import count_text, inside, reasons_words
from caseseries.report.exhibits.numbers import exact, whole
from caseseries.report.exhibits.population_response import one_at_a_time, reading_name
from caseseries.report.exhibits.population_results import repeated
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, change_unit, threshold_words
from caseseries.report.figures.axis import CLASSES
from caseseries.report.figures.counts import Count, counts_alt, counts_scene, shortened
from caseseries.report.figures.distribution import Spread, distribution_alt, distribution_scene, gathered
from caseseries.report.figures.draw import Drawing, drawn
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.intervals import FEW, Share, forest_scene, shares_alt, years_scene
from caseseries.report.figures.lasting import AS_RECORDED, lasting, lasting_alt, lasting_scene
from caseseries.report.figures.scene import NARROW, WIDTH
from caseseries.response.respond import BASELINE
from caseseries.summary.model import Answers, ChangeSummary, OutcomeSummary, Summary
from caseseries.verdict.denominator import among_words, denominator_words
from caseseries.verdict.names import short_name
from caseseries.verdict.wanted import answered, those_met

#: A page, and a narrow one.
PAPERS = (WIDTH, NARROW)
_HIDDEN_MARK = "Where no line shows, the interval is narrower than the mark."


def drawings(population: Summary) -> tuple[Drawing, ...]:
    """Every figure of the run, in the order of the report."""
    found = [_flow(population)]
    for name, outcome in population.outcomes.items():
        found += [
            _readings(population, name, outcome),
            _years(population, name, outcome),
            _why(population, name, outcome),
        ]
        among = among_words(outcome.plan, population.measures)
        title = f"Change of the measures behind {name}" + (f", cases {among}" if among else "")
        found.append(_changes(population, outcome.changes, f"change-{slug(name)}", title, outcome))
    found.append(_changes(population, _declared(population), "change", "Change outcomes"))
    found.append(_follow_up(population))
    return tuple(drawing for drawing in found if drawing is not None)


def _declared(population: Summary) -> tuple[ChangeSummary, ...]:
    """Change outcomes that no figure of a verdict outcome shows already."""
    return tuple(change for change in population.change_outcomes if not repeated(population, change))


def _flow(population: Summary) -> Drawing | None:
    if len(population.flow) < 2:
        return None
    scenes = flow_scene(population), flow_scene(population, narrow=True)
    return drawn(population, "flow", "From case finding to analysis", "", flow_alt(population), *scenes)


def _share(label: str, found: Answers, *, strong: bool = False) -> Share:
    """Responders of all included; a range of counts is told and not drawn."""
    total, yes = inside(found).exact, found.yes.exact
    if total is None or yes is None:
        return Share(label, 0, 0, None, None, None, strong, f"{count_text(found.yes)} of {count_text(inside(found))}")
    result = found.of_included
    ends = [None if end is None else 100 * exact(end) for end in (result.lower, result.upper)]
    return Share(label, yes, total, Fraction(100 * yes, total) if total else None, ends[0], ends[1], strong)


def _color(outcome: OutcomeSummary) -> str:
    """The colour of those of whom the outcome is met: that of success only where it is wanted."""
    return CLASSES[answered(True, outcome.plan.good)][0]


def _axis(population: Summary, outcome: OutcomeSummary) -> str:
    of = "all included" if outcome.plan.among is None else denominator_words(outcome.plan, population.measures)
    return f"{capital(those_met(outcome.plan.good))} of {of}, % ({population.protocol.reporting.level} % CI)"


def _readings(population: Summary, name: str, outcome: OutcomeSummary) -> Drawing | None:
    shares = [
        _share(reading_name(found.reading), found, strong=found.reading == AS_WRITTEN) for found in outcome.answers
    ]
    shares += [_share(told, cell.answers) for told, cell in one_at_a_time(outcome)]
    if len(shares) < 2 or not population.included:
        return None
    axis = _axis(population, outcome)
    caption = f"The square is the protocol as written; below it, other readings and other choices, one at a time. {_HIDDEN_MARK}"
    title = f"{capital(name)} under other readings and choices"
    alt = shares_alt("Percentages with intervals", shares)
    return drawn(
        population,
        f"readings-{slug(name)}",
        title,
        caption,
        alt,
        forest_scene(shares, axis, color=_color(outcome)),
        forest_scene(shares, axis, NARROW, _color(outcome)),
    )


def _years(population: Summary, name: str, outcome: OutcomeSummary) -> Drawing | None:
    named = {found.year: found for found in outcome.years if found.year}
    if len(named) < 2:
        return None
    shares = [
        _share(str(year), named[year]) if year in named else Share(str(year), 0, 0, None, None, None)
        for year in range(min(named), max(named) + 1)
    ]
    axis = _axis(population, outcome)
    caption = (
        f"By the year of the index date. n: included cases. A hollow mark has fewer than {FEW} cases. {_HIDDEN_MARK}"
    )
    alt = shares_alt("Percentages by year with intervals", shares)
    return drawn(
        population,
        f"years-{slug(name)}",
        f"{capital(name)} by year",
        caption,
        alt,
        years_scene(shares, axis, color=_color(outcome)),
        years_scene(shares, axis, NARROW, _color(outcome)),
    )


def _why(population: Summary, name: str, outcome: OutcomeSummary) -> Drawing | None:
    found = outcome.why.get(0, ())
    if not found or not population.included:
        return None
    counts = shortened(
        [
            Count(
                capital(reasons_words(population, reason.words, outcome.plan.at)),
                reason.n.high,
                "" if reason.n.exact is not None else count_text(reason.n),
            )
            for reason in found
        ]
    )
    total = population.included if outcome.plan.among is None else inside(outcome.answers[0]).high
    among = among_words(outcome.plan, population.measures)
    of = f"included cases {among}" if among else "included cases"
    caption = f"Of {whole(total)} {of}; each case has one reason, which may name several values."
    scenes = [counts_scene(counts, total, "Cases", paper) for paper in PAPERS]
    return drawn(
        population,
        f"not-evaluable-{slug(name)}",
        f"Why {name} was not evaluable",
        caption,
        counts_alt(counts, total),
        *scenes,
    )


def _changes(
    population: Summary,
    changes: Iterable[ChangeSummary],
    key: str,
    title: str,
    outcome: OutcomeSummary | None = None,
) -> Drawing | None:
    changes = tuple(changes)
    shown = [panel for change in changes if change.n for panel in _panels(population, change, outcome)]
    if not shown:
        return None
    caption = "After minus before, in the cases with both values."
    doses = dose_days_words(population, [change for change in changes if change.n])
    caption += f" {doses}" if doses else ""
    if any(panel.line is not None for panel in shown):
        caption += " The dashed line is what the rule asks for; filled bars meet it, whatever else the rule asks."
    if gathered(shown):
        caption += " An end bar holds all values beyond it."
    if any(panel.unit == "% of baseline" for panel in shown):
        caption += " Percentages are counted rounded, so a case just at the line may stand on its other side; verdicts are exact."
    if any(panel.binned for panel in shown):
        caption += " A site told its values in bins; they stand at the middle of their bins."
    scenes = [distribution_scene(shown, paper) for paper in PAPERS]
    return drawn(population, key, title, caption, distribution_alt(shown), *scenes)


def _panels(population: Summary, change: ChangeSummary, outcome: OutcomeSummary | None) -> list[Spread]:
    """A panel for each comparison of the rule that rests on this change, or one without a line."""
    facts = population.measures[change.measure]
    name = f"{capital(short_name(facts))} at {change.after_window}"
    leaves = [] if outcome is None else _leaves(outcome, change)
    found: dict[tuple[str, Fraction | None], Spread] = {}
    for leaf in leaves:
        percent = leaf.basis == "baseline"
        if percent and not (change.percent and change.spreads["percent"].n):
            continue  # percentages are kept for doses only
        spread = change.spreads["percent" if percent else "change"]
        # The table of percentages counts a decrease as positive, the change an increase.
        sign = -leaf.sign if percent else leaf.sign
        amount = leaf.threshold * (leaf.width or 0) / 100 if leaf.basis == "range" else leaf.threshold
        title = f"{name}, decrease in % of baseline" if percent else f"{name}, change"
        unit = "% of baseline" if percent else change_unit(facts)
        line = sign * amount
        found.setdefault(
            (leaf.basis, line),
            Spread(
                title, unit, spread.counts(), line, (sign > 0) is (leaf.comparison in {"at_least", "more_than"}),
                leaf.comparison in {"at_least", "at_most"}, f"{leaf.word} {threshold_words(leaf, facts)}", not spread.exact,
            ),
        )  # fmt: skip
    spread = change.spreads["change"]
    if outcome is None and change.among:
        name += f", cases {change.among}"
    plain = Spread(f"{name}, change", change_unit(facts), spread.counts(), binned=not spread.exact)
    return list(found.values()) or [plain]


def _leaves(outcome: OutcomeSummary, change: ChangeSummary) -> list[Leaf]:
    """The comparisons of the rule as written that rest on this change."""
    found = [node.leaf for node in outcome.plan.primary.tree.leaves if node.leaf is not None]
    return [
        leaf
        for leaf in found
        if leaf.kind == "change"
        and leaf.before is not None
        and leaf.before.window == BASELINE == change.before_window
        and (leaf.after.measure, leaf.after.window) == (change.measure, change.after_window)
    ]


def _follow_up(population: Summary) -> Drawing | None:
    curves = lasting(population)
    if not curves:
        return None
    scenes = [lasting_scene(curves, "months from the index date", paper) for paper in PAPERS]
    return drawn(population, "follow-up", "Length of follow-up", AS_RECORDED, lasting_alt(curves, "months"), *scenes)
