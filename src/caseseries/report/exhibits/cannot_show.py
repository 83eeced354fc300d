"""What a before-after series without a control group cannot show."""

from __future__ import annotations

from fractions import Fraction

from caseseries.report.exhibits.model import Points
from caseseries.report.exhibits.numbers import number
from caseseries.report.exhibits.words import capital, counted, measure_name, typeset, without_dates
from caseseries.summary.model import Summary

#: One line for places where there is room for no more.
IN_SHORT = "A before–after series without a control group: it cannot tell the effect of the drug from what would have happened anyway."


def limits(summary: Summary) -> Points:
    """The limits, those that this run's numbers make concrete first."""
    n = len(summary.included)
    items = [
        "No control group. A change after the drug began is not shown to be a change because of it.",
        "Regression to the mean. A drug is begun when a patient is doing badly; measured again, the same patient tends to be nearer the "
        "average without any treatment.",
        "Natural course and other treatment. The disease waxes and wanes, and drugs taken before or beside the study drug act too.",
        f"Few patients. The series includes {counted(n, 'case')}; intervals are wide, and one patient moves a percentage by "
        f"{_step(n)}.",
        "Retrospective. Values were recorded for care, not for this question; what was not recorded is not known to be normal.",
        "Selection. Those who received the drug, and those who stayed to be seen, may differ from those who did not.",
        "Robustness cells show how far the headline depends on choices; they are not probabilities.",
        "“None recorded” is not “none”: adverse events are those the notes mention.",
    ]
    judgements = summary.protocol.judgements.values()
    if any(judgement.blinded != "yes" for judgement in judgements):
        items.insert(5, "Judgement. The physician who judged knew the treatment, or whether they did is not stated.")
    return Points(tuple(items))


def _step(n: int) -> str:
    return f"{number(Fraction(100, n), 0)} percentage points" if n else "more than can be said"


def pre_index_trend(summary: Summary) -> Points:
    """What was recorded before the index date: the only hint at which way things were going."""
    if not summary.pre_index:
        return Points(
            ("No measure was recorded often enough before the index date to show a trend.",), "Before the index date"
        )
    items = tuple(
        f"{capital(measure_name(summary.measures, name))}: {typeset(without_dates(text))}"
        for name, text in summary.pre_index
    )
    return Points(items, "Before the index date")
