"""What a before-after series without a control group cannot show."""

from __future__ import annotations

from fractions import Fraction

from caseseries.protocol.eligibility import ValueIn
from caseseries.report.exhibits.model import Points
from caseseries.report.exhibits.numbers import plain
from caseseries.report.exhibits.run import Finished
from caseseries.report.exhibits.selection import of_database
from caseseries.report.exhibits.words import capital, counted, listed, measure_name, typeset, value_name, without_dates
from caseseries.summary.model import Summary

#: One line for places where there is room for no more.
IN_SHORT = "A before–after series without a control group: it cannot tell the effect of the drug from what would have happened anyway."


#: From so many cases on a series is not small.
MANY = 200

#: What is special to data recorded for care and read from a database.
ROUTINE = (
    "Exposure is a prescription or a dispensing, not intake. When the drug was really begun, taken and stopped is not known.",
    "Measured values are those that somebody ordered. Patients who are measured differ from those who are not, and are measured more "
    "often when they are doing badly.",
    "Missing is not random. Cases that are not evaluable may have done better or worse than the others; both extremes stand beside "
    "the headline.",
    "Codes stand for what was recorded or billed. A diagnosis or an adverse event without a code is not seen, and a code can be wrong.",
    "Observed time ends when a person leaves the database, which may have to do with the outcome.",
)


def cells_words(run: Summary) -> list[str]:
    """What robustness cells are, where the report has any."""
    if all(len(outcome.grid) < 2 for outcome in run.outcomes.values()):
        return []
    return ["Robustness cells show how far the headline depends on choices; they are not probabilities."]


def limits(summary: Summary) -> Points:
    """The limits, those that this run's numbers make concrete first."""
    n = summary.included
    items = [
        "No control group. A change after the drug began is not shown to be a change because of it.",
        regression(summary),
        "Natural course and other treatment. The disease waxes and wanes, and drugs taken before or beside the study drug act too.",
        _number(n),
        "Retrospective. Values were recorded for care, not for this question; what was not recorded is not known to be normal.",
        "Selection. Those who received the drug, and those who stayed to be seen, may differ from those who did not.",
        *cells_words(summary),
        none_is_not_none("adverse events" in summary.not_charted, "adverse events are those the notes mention"),
    ]
    if of_database(summary):
        items[4:5] = ROUTINE
    judgements = summary.protocol.judgements.values()
    if any(judgement.blinded != "yes" for judgement in judgements):
        items.insert(5, "Judgement. The physician who judged knew the treatment, or whether they did is not stated.")
    return Points(tuple(items))


def regression(run: Finished) -> str:
    """Regression to the mean; stronger where cases were chosen by a value."""
    told = (
        "Regression to the mean. A drug is begun when a patient is doing badly; measured again, the same patient tends to be nearer the "
        "average without any treatment."
    )
    criteria = (*run.protocol.include, *run.protocol.exclude)
    chosen = dict.fromkeys(value_name(run.measures, one.measure) for one in criteria if isinstance(one, ValueIn))
    if not chosen:
        return told
    return f"{told} Cases were also chosen by a value of {listed(chosen)}, which adds to this where the value lies at an extreme."


def none_is_not_none(not_charted: bool, which: str) -> str:
    """What the absence of an adverse event does not mean; `which` says what recorded events are.

    >>> none_is_not_none(True, "")
    'Adverse events were not charted: the series shows nothing about harm, neither that there was any nor that there was none.'
    """
    if not_charted:
        return "Adverse events were not charted: the series shows nothing about harm, neither that there was any nor that there was none."
    return f"“None recorded” is not “none”: {which}."


def _number(n: int) -> str:
    """What the number of cases means."""
    if n < MANY:
        return f"Few patients. The series includes {counted(n, 'case')}; intervals are wide, and one patient moves a percentage by {_step(n)}."
    return (
        f"Narrow intervals are not certainty. With {counted(n, 'case')} the intervals show only what chance adds; everything else said here "
        "is not made smaller by more patients."
    )


def _step(n: int) -> str:
    return f"{plain(Fraction(100, n), 1)} percentage points" if n else "more than can be said"


def pre_index_trend(summary: Summary) -> Points:
    """What was recorded before the index date: the only hint at which way things were going."""
    if not summary.shown.pre_index:
        return Points(
            ("No measure was recorded often enough before the index date to show a trend.",), "Before the index date"
        )
    items = tuple(
        f"{capital(measure_name(summary.measures, name))}: {typeset(without_dates(text))}"
        for name, text in summary.shown.pre_index
    )
    return Points(items, "Before the index date")
