"""How many meet an outcome at other thresholds of its rule, in a sentence and in the words of an axis."""

from __future__ import annotations

from collections.abc import Mapping

from caseseries.protocol.amount import SIDES
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.threshold_grid import VariedThreshold
from caseseries.report.exhibits.count_words import count_text, unplaced
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.exhibits.printed_numbers import plain, span, whole
from caseseries.report.exhibits.words import capital, change_unit, listed, measure_name, threshold_words
from caseseries.response.threshold_counts import ThresholdCounts
from caseseries.summary.model import Summary
from caseseries.verdict.leaf import percent_of, windows_named
from caseseries.verdict.wanted import those_met

_NOUNS = {
    "gain": "gain of", "rises": "rise of", "decrease": "decrease of", "falls": "fall of", "improves": "improvement of",
    "worsens": "worsening of", "value": "value of",
}  # fmt: skip
_COMPARED = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}


def thresholds_of(summary: Summary, name: str) -> ThresholdCounts | None:
    """The counts of one outcome; None where its rule has no threshold, or cases are only counted."""
    return summary.cases.outcomes[name].thresholds if summary.cases is not None else None


def cell_words(cell: tuple[int, int]) -> str:
    """One count, or from the least to the most that it may be.

    >>> cell_words((6, 0)), cell_words((4, 2))
    ('6', '4–6')
    """
    yes, unknown = cell
    return span(whole(yes), whole(yes + unknown)) if unknown else whole(yes)


def axis_words(axis: VariedThreshold, measures: Mapping[str, MeasureFacts], at: str) -> str:
    """What one threshold is of, for an axis: `MMT and CMAS: gain of at least (points)`."""
    leaf = axis.leaf
    names = listed(dict.fromkeys(measure_name(measures, one.after.measure) for one in axis.leaves))
    asked = f"{_NOUNS[leaf.word]} {_COMPARED[leaf.comparison]}"
    return f"{capital(names)}{windows_named(leaf, at)}: {asked} ({_unit(axis, measures)})"


def axes_words(found: ThresholdCounts, measures: Mapping[str, MeasureFacts], at: str) -> list[str]:
    """What each threshold is of; where two would be named alike, with what the protocol writes there."""
    told = [axis_words(axis, measures, at) for axis in found.axes]
    if len(set(told)) == len(told):
        return told
    return [
        f"{words}, as written {plain(axis.leaf.threshold, 6)}" for words, axis in zip(told, found.axes, strict=True)
    ]


def _unit(axis: VariedThreshold, measures: Mapping[str, MeasureFacts]) -> str:
    leaf, facts = axis.leaf, measures[axis.leaf.after.measure]
    if side := SIDES.get(leaf.basis):
        return f"× the {side} limit of normal"
    if leaf.basis == "points":
        return leaf.unit or (change_unit(facts) if leaf.kind == "change" else facts.unit) or "points"
    return f"% of {percent_of(leaf) if leaf.basis == 'baseline' else 'the range'}"


def written_words(found: ThresholdCounts, measures: Mapping[str, MeasureFacts]) -> str:
    """The thresholds of the protocol: `at least 4 points, more than 15 % of baseline`."""
    return ", ".join(threshold_words(axis.leaf, measures[axis.leaf.after.measure]) for axis in found.axes)


def threshold_paragraph(summary: Summary, name: str) -> Paragraph | None:
    """Between how many and how many meet an outcome at other thresholds, and how many at those of the protocol."""
    found = thresholds_of(summary, name)
    if found is None:
        return None
    outcome = summary.outcomes[name]
    low, high = min(yes for yes, _ in found.cells), max(yes for yes, _ in found.cells)
    told = whole(low) if low == high else f"{whole(low)} to {whole(high)}"
    head = outcome.answers[0]
    names = axes_words(found, summary.measures, outcome.plan.at)
    varied = [
        f"{words} from {plain(axis.values[0], 6)} to {plain(axis.values[-1], 6)}"
        for words, axis in zip(names, found.axes, strict=True)
    ]
    lost = max(unknown for _, unknown in found.cells)
    words = f"{capital(name)} at other thresholds: {told} of {count_text(head.inside)} {those_met(outcome.plan.good)}"
    words += f" (up to {whole(lost)} not evaluable)" if lost else ""
    yes, unknown = found.cells[found.primary]
    words += f", with {listed(varied)}; as written ({written_words(found, summary.measures)}) {whole(yes)}"
    words += f" ({whole(unknown)} not evaluable)." if unknown else "."
    return Paragraph(words + unplaced_words(summary, name))


def unplaced_words(summary: Summary, name: str) -> str:
    """That cases are not counted of which it is not known whether they belong to the denominator; empty where there are none."""
    aside = unplaced(summary.outcomes[name].answers[0])
    if not aside.high:
        return ""
    of = f" Of {count_text(aside)} {'case' if aside.exact == 1 else 'cases'}"
    return f"{of} it is not known whether they belong to the denominator; they are not counted."
