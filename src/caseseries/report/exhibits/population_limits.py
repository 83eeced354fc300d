"""What a series from routine data cannot show, however many patients it has."""

from __future__ import annotations

from caseseries.report.exhibits.cannot_show import IN_SHORT, ROUTINE, cells_words, none_is_not_none, regression
from caseseries.report.exhibits.model import Points
from caseseries.report.exhibits.words import counted
from caseseries.summary.model import Summary

__all__ = ["IN_SHORT", "limits"]


def limits(run: Summary, included: int) -> Points:
    """The limits; what is special to databases stands first, because a narrow interval invites to forget it."""
    items = [
        f"Narrow intervals are not certainty. With {counted(included, 'case')} the intervals show only what chance adds; everything "
        "below is not made smaller by more patients."
        if included
        else "No case was included, so the database shows nothing about this question.",
        "No control group. A change after the drug began is not shown to be a change because of it.",
        regression(run),
        "Natural course and other treatment. Diseases wax and wane, and drugs taken before or beside the study drug act too.",
        *ROUTINE,
        "Selection. Those who received the drug, and those who stayed to be seen, may differ from those who did not.",
        *cells_words(run),
        none_is_not_none(run.nowhere("adverse events"), "adverse events are those with a code in the data"),
    ]
    judgements = run.protocol.judgements.values()
    if any(judgement.blinded != "yes" for judgement in judgements):
        items.insert(-2, "Judgement. The physician who judged knew the treatment, or whether they did is not stated.")
    return Points(tuple(items))
