"""What a before-after series without a control group cannot show."""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.personal_words import without_dates
from caseseries.protocol.eligibility import OfValue
from caseseries.report.exhibits.printed_blocks import Points
from caseseries.report.exhibits.printed_numbers import plain
from caseseries.report.exhibits.words import (
    capital,
    counted,
    listed,
    measure_name,
    small,
    typeset,
    value_name,
)
from caseseries.summary.model import Kept, Summary

#: One line for places where there is room for no more.
IN_SHORT = "A before–after series without a control group: it cannot tell the effect of the drug from what would have happened anyway."


#: From so many cases on a series is not small.
MANY = 200

#: What is special to a chart.
RETROSPECTIVE = "Retrospective. Values were recorded for care, not for this question; what was not recorded is not known to be normal."

#: What is special to a judgement by somebody who was not blinded.
JUDGEMENT = "Judgement. The physician who judged knew the treatment, or whether they did is not stated."

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


#: What is special to the counts of sites of which some read charts and others databases.
MIXTURE = (
    "Two kinds of source. Charts and databases tell drugs, values, events and follow-up in different ways, and the numbers add them up.",
    RETROSPECTIVE,
    *(f"In the databases: {small(sentence)}" for sentence in ROUTINE),
)
_SPECIAL: dict[Kept, tuple[str, ...]] = {"chart": (RETROSPECTIVE,), "database": ROUTINE, "both": MIXTURE}
_TOLD_EVENTS: dict[Kept, str] = {
    "chart": "those the notes mention",
    "database": "those with a code in the data",
    "both": "those the notes mention, or those with a code in the data",
}


def limits(summary: Summary) -> Points:
    """The limits: first that the number of cases, however large, takes none of them away."""
    n = summary.included
    number = _number(summary)
    items = [
        "No control group. A change after the drug began is not shown to be a change because of it.",
        _regression(summary),
        "Natural course and other treatment. The disease waxes and wanes, and drugs taken before or beside the study drug act too.",
        *_SPECIAL[summary.kept],
        *([JUDGEMENT] if any(one.blinded != "yes" for one in summary.protocol.judgements.values()) else []),
        "Selection. Those who received the drug, and those who stayed to be seen, may differ from those who did not.",
    ]
    # A narrow interval invites to forget the rest, so it stands first.
    items.insert(3 if 0 < n < MANY else 0, number)
    if any(len(outcome.grid) > 1 for outcome in summary.outcomes.values()):
        items.append("Robustness cells show how far the headline depends on choices; they are not probabilities.")
    items.append(
        "Adverse events were not charted: the series shows nothing about harm, neither that there was any nor that there was none."
        if summary.nowhere("adverse events")
        else f"“None recorded” is not “none”: adverse events are {_TOLD_EVENTS[summary.kept]}."
    )
    return Points(tuple(items))


def _regression(summary: Summary) -> str:
    """Regression to the mean; stronger where cases were chosen by a value."""
    told = (
        "Regression to the mean. A drug is begun when a patient is doing badly; measured again, the same patient tends to be nearer the "
        "average without any treatment."
    )
    criteria = (*summary.protocol.include, *summary.protocol.exclude)
    asked = [measure for one in criteria if isinstance(one, OfValue) for measure in one.measures]
    numbers = [measure for measure in asked if summary.measures[measure].kind != "judgement"]
    chosen = dict.fromkeys(value_name(summary.measures, measure) for measure in numbers)
    if not chosen:
        return told
    return f"{told} Cases were also chosen by a value of {listed(chosen)}, which adds to this where the value lies at an extreme."


_SOURCES: dict[Kept, tuple[str, str]] = {
    "chart": ("chart", "charts"),
    "database": ("database", "databases"),
    "both": ("source", "charts and databases"),
}


def _number(summary: Summary) -> str:
    """What the number of cases means."""
    n = summary.included
    if not n:
        one, several = _SOURCES[summary.kept]
        shows = f"{several} show" if summary.sites else f"{one} shows"
        return f"No case was included, so the {shows} nothing about this question."
    if n < MANY:
        step = f"{plain(Fraction(100, n), 1)} percentage points"
        return f"Few patients. The series includes {counted(n, 'case')}; intervals are wide, and one patient moves a percentage by {step}."
    return (
        f"Narrow intervals are not certainty. With {counted(n, 'case')} the intervals show only what chance adds; everything else said here "
        "is not made smaller by more patients."
    )


def pre_index_trend(summary: Summary) -> Points | None:
    """What was recorded before the index date of the cases: the only hint at which way things were going."""
    if summary.cases is None:
        return None
    if not summary.cases.pre_index:
        return Points(
            ("No measure was recorded often enough before the index date to show a trend.",), "Before the index date"
        )
    items = tuple(
        f"{capital(measure_name(summary.measures, name))}: {typeset(without_dates(text))}"
        for name, text in summary.cases.pre_index
    )
    return Points(items, "Before the index date")
