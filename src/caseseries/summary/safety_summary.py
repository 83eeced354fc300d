"""Adverse events over the time at risk, those of one name, the values of monitored counts, and what is told of events."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from caseseries.brief import brief
from caseseries.chart.event_questions import EventQuestion
from caseseries.summary.result import Count, Number, Reason, Result


@dataclass(frozen=True, slots=True)
class Term:
    """One adverse event: how many on treatment (at most with those that may be), how many not and why, in how many patients and which share of
    them, and its rate.

    `people` are the patients of the sources that could tell this event, of whom the share is and on whose time the rate rests.
    """

    term: str
    events: Count
    patients: Count
    people: Count
    share: Result
    rate: Result
    not_counted: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Monitoring:
    """How a count was looked for: values on treatment, patients with one, values beyond the declared bound (each at most with those that may be
    on treatment or not, the last with those known only as a limit that may be), values per patient-year."""

    measure: str
    values: Count
    patients: Count
    beyond: Count
    per_patient_year: Number | None
    bound: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class LookedForAlone:
    """Adverse events, as they are compared, beside which sources with so many patients looked for no other."""

    terms: tuple[str, ...]
    patients: Count


@dataclass(frozen=True, slots=True)
class ToldOfEvents:
    """Adverse events on treatment that led to stopping the study drug (or were serious, or of grade 3 or more), at most with those that may be on
    treatment.

    `events` did or were, of the `recorded` of which it is known; of the others what is written does not say (`not_known`), or nothing is
    (`not_recorded`). `patients` have one, at most with those of whom that cannot be ruled out; `share` is theirs, absent where nothing is known of
    any event.
    """

    question: EventQuestion
    events: Count
    recorded: Count
    not_known: Count
    not_recorded: Count
    patients: Count
    share: Result


@dataclass(frozen=True, slots=True)
class SafetySummary:
    """Adverse events over person-time; `terms` by number of events on treatment, the most frequent first.

    `patient_years` are certain, `most_patient_years` those with all days that may have been on treatment. They, `people` and every number rest on
    the sources alone in which adverse events were charted; `all_patient_years` are those of all. Where no source charted them there is no estimate
    and no interval. `events` counts those on treatment, at most with those that may be; `charted` all, and `undated` those without a date. `alone`
    tells which sources looked for certain events and no other. `limits` are one-sided upper limits of what was not seen. `told` holds what is
    asked of each event (led to stopping the drug, serious, grade 3 or more), without what no source told.
    """

    events: Count
    charted: Count
    not_counted: tuple[Reason, ...]
    patient_years: Fraction
    most_patient_years: Fraction
    all_patient_years: Fraction
    people: Count
    rate: Result
    with_event: Result
    with_any: Result
    undated: Count
    terms: tuple[Term, ...]
    monitoring: tuple[Monitoring, ...]
    alone: tuple[LookedForAlone, ...] = ()
    limits: tuple[Result, ...] = ()
    told: tuple[ToldOfEvents, ...] = ()

    __repr__ = brief

    def told_of(self, question: EventQuestion) -> ToldOfEvents | None:
        """What is known of one question; None where it is not asked, and where no source told it."""
        return next((one for one in self.told if one.question == question), None)
