"""What the words about one case take from the reference: the only way to it beside the comparison.

Nothing of it decides or counts anything. It is asked about a case whose verdict the stages and the reference agree on, and what it says is
printed beside that verdict: the days of the case, the values that were passed over and why, the doses noted on a day. Who traces a number asks it
for the rows of the chart that a case brings, and holds the number of the stages against them. Who else needs something of a case takes it from the
stages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from caseseries.chart.tables import Chart, Course, Fact, Measurement
from caseseries.protocol.derived import derived_measures
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, time_plan
from caseseries.protocol.strata import Strata
from caseseries.protocol.tree import Slot
from caseseries.protocol.window import SameDay
from caseseries.reference import oracle
from caseseries.reference.adverse import at_risk
from caseseries.reference.adverse import events_of as adverse_of_case
from caseseries.reference.case import CaseAnswer
from caseseries.reference.day_value import Between as NotedDose
from caseseries.reference.day_value import between
from caseseries.reference.days import counts_on_arrival
from caseseries.reference.event_count import EventsSeen, events_seen
from caseseries.reference.event_count import compared as compared_rates
from caseseries.reference.oracle import Candidate
from caseseries.reference.quantity import quantity
from caseseries.reference.record import indexed
from caseseries.reference.stratum import stratum_of
from caseseries.reference.trajectory import values_by_day
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import Quantity, Truth

__all__ = [
    "Candidate",
    "CaseAnswer",
    "NotedDose",
    "adverse_of",
    "answer_of",
    "candidates_of",
    "compared_rates",
    "courses_of_dose",
    "days_at_risk",
    "events_of",
    "noted_dose",
    "stratum_of_case",
    "stratum_words",
    "time_again",
    "trajectory_of",
    "value_of",
    "values_of",
    "with_derived",
]


def answer_of(protocol: Protocol, chart: Chart, case_id: str) -> CaseAnswer:
    """The days of one case of the chart."""
    (answer,) = (one for one in oracle.cases(protocol, chart) if one.case_id == case_id)
    return answer


def stratum_words(protocol: Protocol, chart: Chart, patient: str, by: Strata) -> str:
    """Under which stratum a patient is counted: `sex female`, `course not known`, `course another word`."""
    kind, word = stratum_of_case(protocol, chart, patient, by)
    return f"{by.name} {word or ('not known' if kind == 'not known' else 'another word')}"


def stratum_of_case(protocol: Protocol, chart: Chart, patient: str, by: Strata) -> tuple[str, str]:
    """What the stratum of a patient is (`is`, `other`, `not known`), and its word; `chart` holds all patients, whose spelling decides."""
    study = indexed(protocol, chart)
    return stratum_of(study, by, study.patients[patient].person)


def adverse_of(protocol: Protocol, chart: Chart, case: CaseAnswer) -> list[tuple[Fact, str]]:
    """The adverse events that belong to an included case, each with why it does not count as on treatment; empty where it does."""
    return adverse_of_case(indexed(protocol, chart), case)


def days_at_risk(protocol: Protocol, chart: Chart, case: CaseAnswer) -> tuple[int, int]:
    """The days of an included case on treatment, for certain and at most."""
    found = at_risk(indexed(protocol, chart), case)
    return found.days, found.most


def courses_of_dose(protocol: Protocol, chart: Chart, patient: str, name: str, day: int) -> tuple[Course, ...]:
    """The courses that a daily dose on one day of the chart is added up from."""
    study, measure = indexed(protocol, chart), protocol.doses[name]
    of_group = study.patients[patient].courses_of(study.drugs(measure.daily_dose))
    taken = [one for one in of_group if one.systemic and (measure.pulses == "included" or not one.pulse)]
    return tuple(one for one in taken if counts_on_arrival(one, day) is True)


def time_again(protocol: Protocol, chart: Chart, case: CaseAnswer, name: str, number: int) -> CaseTime:
    """The time of one case to an event in one cell of the grid."""
    of_name = time_plan(protocol, name)
    return oracle.case_time(protocol, chart, case, of_name, of_name.specs[number])


def trajectory_of(protocol: Protocol, chart: Chart, case: CaseAnswer, name: str, window: str) -> tuple[Quantity, ...]:
    """What a measure over time was on each day of a window that has a value, or why that does not count."""
    return tuple(values_by_day(indexed(protocol, chart), case, name, window))


def value_of(protocol: Protocol, chart: Chart, case: CaseAnswer, outcome: OutcomePlan, slot: Slot) -> Quantity:
    """One value of one case under the protocol as written."""
    return quantity(indexed(protocol, chart), case, outcome, outcome.primary, slot)


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
