"""What the words about one case take from the reference: the only way to it beside the comparison.

Nothing of it decides or counts anything. It is asked about a case whose verdict the stages and the reference agree on, and what it says is
printed beside that verdict: the days of the case, the values that were passed over and why, the doses noted on a day. Who else needs something
of a case takes it from the stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caseseries.chart.tables import Chart, Measurement
from caseseries.protocol.derived import derived_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec
from caseseries.protocol.strata import Strata
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import SameDay
from caseseries.reference import oracle
from caseseries.reference.case import CaseAnswer
from caseseries.reference.day_value import Between as NotedDose
from caseseries.reference.day_value import between
from caseseries.reference.event_count import EventsSeen, events_seen
from caseseries.reference.oracle import Candidate
from caseseries.reference.quantity import quantity
from caseseries.reference.record import indexed
from caseseries.reference.stratum import stratum_of
from caseseries.verdict.trace import Quantity, Truth

__all__ = [
    "Candidate",
    "CaseAnswer",
    "NotedDose",
    "answer_of",
    "candidates_of",
    "events_of",
    "noted_dose",
    "stratum_words",
    "values_of",
    "with_derived",
]


def answer_of(protocol: Protocol, chart: Chart, case_id: str) -> CaseAnswer:
    """The days of one case of the chart."""
    (answer,) = (one for one in oracle.cases(protocol, chart) if one.case_id == case_id)
    return answer


def stratum_words(protocol: Protocol, chart: Chart, patient: str, by: Strata) -> str:
    """Under which stratum a patient is counted: `sex female`, `course not known`, `course another word`."""
    study = indexed(protocol, chart)
    kind, word = stratum_of(study, by, study.patients[patient].person)
    return f"{by.name} {word or ('not known' if kind == 'not known' else 'another word')}"


def events_of(protocol: Protocol, chart: Chart, case_id: str, name: str) -> tuple[EventsSeen, ...] | None:
    """What was seen of one case in each window of an outcome that counts events; None where the source could not tell them."""
    return events_seen(indexed(protocol, chart), answer_of(protocol, chart, case_id), name)


def candidates_of(
    protocol: Protocol, chart: Chart, case: CaseAnswer, outcome: OutcomePlan, spec: Spec, slot: Slot
) -> Sequence[Candidate]:
    """Every recorded value that may have been chosen for a slot, with why it was passed over."""
    return oracle.candidates(protocol, chart, case, outcome, spec, slot)


def values_of(
    protocol: Protocol, chart: Chart, case: CaseAnswer, outcome: OutcomePlan
) -> tuple[tuple[Quantity, ...], Truth]:
    """The values of one case that an outcome without a rule tells, and whether the case belongs to its denominator."""
    study, spec = indexed(protocol, chart), outcome.primary
    inside, _ = oracle.among(protocol, chart, case, outcome, spec)
    return tuple(quantity(study, case, outcome, spec, slot) for slot in outcome.values), inside


def with_derived(protocol: Protocol, chart: Chart) -> Chart:
    """The chart with the rows of derived measures, which have no cell of their own; as it is where the protocol has none.

    For lists and drawings of every value, and for the words about a day on which a part is missing.
    """
    names = list(derived_measures(protocol.measures))
    if not names:
        return chart
    patients = indexed(protocol, chart).patients.values()
    made = [row for rows in patients for name in names for row in rows.measurements.get(name, ())]
    return replace(chart, measurements=(*chart.measurements, *made))


def noted_dose(rows: Sequence[Measurement], same_day: SameDay | None) -> NotedDose | None:
    """What is known of the dose that was written on one day; None where none was."""
    return between(rows, same_day)
