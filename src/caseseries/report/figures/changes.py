"""The figures of how changes are distributed, where there are too many cases for a mark each."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from caseseries.protocol.specs import BASELINE
from caseseries.protocol.tree import Leaf
from caseseries.report.exhibits.change import dose_days_words, repeated
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, change_unit, threshold_words
from caseseries.report.figures.distribution import Spread, distribution_alt, distribution_scene, gathered
from caseseries.report.figures.drawing import PAPERS, Drawing, drawn
from caseseries.summary.model import ChangeSummary, OutcomeSummary, Summary
from caseseries.verdict.denominator import among_words
from caseseries.verdict.names import short_name


def changes_behind(summary: Summary, name: str) -> Drawing | None:
    """The changes of the measures behind a verdict outcome, with the lines that its rule asks for."""
    outcome = summary.outcomes[name]
    among = among_words(outcome.plan, summary.measures)
    title = f"Change of the measures behind {name}" + (f", cases {among}" if among else "")
    return _drawing(summary, outcome.changes, f"change-{slug(name)}", title, outcome)


def change_outcomes(summary: Summary) -> Drawing | None:
    """The changes declared as outcomes that no figure of a verdict outcome shows already."""
    declared = [change for change in summary.change_outcomes if not repeated(summary, change)]
    return _drawing(summary, declared, "change", "Change outcomes")


def _drawing(
    summary: Summary, changes: Iterable[ChangeSummary], key: str, title: str, outcome: OutcomeSummary | None = None
) -> Drawing | None:
    seen = [change for change in changes if change.n]
    panels = [panel for change in seen for panel in _panels(summary, change, outcome)]
    if not panels:
        return None
    caption = "After minus before, in the cases with both values."
    doses = dose_days_words(summary, seen)
    caption += f" {doses}" if doses else ""
    if any(panel.line is not None for panel in panels):
        caption += " The dashed line is what the rule asks for; filled bars meet it, whatever else the rule asks."
    if gathered(panels):
        caption += " An end bar holds all values beyond it."
    if any(panel.unit == "% of baseline" for panel in panels):
        caption += " Percentages are counted rounded, so a case just at the line may stand on its other side; verdicts are exact."
    if any(panel.binned for panel in panels):
        caption += " A site told its values in bins; they stand at the middle of their bins."
    scenes = [distribution_scene(panels, paper) for paper in PAPERS]
    return drawn(summary, key, title, caption, distribution_alt(panels), *scenes)


def _panels(summary: Summary, change: ChangeSummary, outcome: OutcomeSummary | None) -> list[Spread]:
    """A panel for each comparison of the rule that rests on this change, or one without a line."""
    facts = summary.measures[change.measure]
    name = f"{capital(short_name(facts))} at {change.after_window}"
    panels: dict[tuple[str, Fraction | None], Spread] = {}
    for leaf in [] if outcome is None else _leaves(outcome, change):
        percent = leaf.basis == "baseline"
        if percent and not (change.percent and change.spreads["percent"].n):
            continue  # percentages are kept for doses only
        spread = change.spreads["percent" if percent else "change"]
        # The table of percentages counts a decrease as positive, the change an increase.
        sign = -leaf.sign if percent else leaf.sign
        amount = leaf.threshold * (leaf.width or 0) / 100 if leaf.basis == "range" else leaf.threshold
        line = sign * amount
        panels.setdefault(
            (leaf.basis, line),
            Spread(
                f"{name}, decrease in % of baseline" if percent else f"{name}, change",
                "% of baseline" if percent else change_unit(facts),
                spread.counts(),
                line,
                (sign > 0) is (leaf.comparison in {"at_least", "more_than"}),
                leaf.comparison in {"at_least", "at_most"},
                f"{leaf.word} {threshold_words(leaf, facts)}",
                not spread.exact,
            ),
        )
    spread = change.spreads["change"]
    if outcome is None and change.among:
        name += f", cases {change.among}"
    plain = Spread(f"{name}, change", change_unit(facts), spread.counts(), binned=not spread.exact)
    return list(panels.values()) or [plain]


def _leaves(outcome: OutcomeSummary, change: ChangeSummary) -> list[Leaf]:
    """The comparisons of the rule as written that rest on this change."""
    leaves = [node.leaf for node in outcome.plan.primary.tree.asked_for if node.leaf is not None]
    return [
        leaf
        for leaf in leaves
        if leaf.kind == "change"
        and leaf.before is not None
        and leaf.before.window == BASELINE == change.before_window
        and (leaf.after.measure, leaf.after.window) == (change.measure, change.after_window)
    ]
