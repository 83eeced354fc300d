"""Adverse events that led to stopping the study drug, were serious, or of grade 3 or more, from counts: of those on treatment how many, of how many
it is recorded, and in whom."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from caseseries.chart.event_questions import Answer, EventQuestion, asked_of_events
from caseseries.protocol.protocol import Protocol
from caseseries.safety.follow import POSSIBLE
from caseseries.summary.result import Count, Result
from caseseries.summary.safety_summary import ToldOfEvents
from caseseries.summary.shares import INEXACT, share
from caseseries.summary.tally_reader import TallyReader


def told_of_events(protocol: Protocol, reader: TallyReader, people: Count, level: Fraction) -> Iterator[ToldOfEvents]:
    """What is known of each question, of the events on treatment and those that may be; without those that a site withheld.

    `people` are all patients in whom events were looked for.
    """
    for question in asked_of_events(protocol):
        if not reader.withheld(question.name):
            yield _told(question, reader, people, level)


def _told(question: EventQuestion, reader: TallyReader, people: Count, level: Fraction) -> ToldOfEvents:
    name, label = f"safety/with_event_{question.name.replace(' ', '_')}", "with an adverse event on treatment that"

    def many(*answers: Answer) -> Count:
        on, perhaps = (sum(reader.exact(question.name, one, why) for one in answers) for why in ("", POSSIBLE))
        return Count(on, on + perhaps)

    certain = reader.exact(f"{question.name} patients")
    patients = Count(certain, certain + reader.exact(f"{question.name} patients perhaps"))
    recorded, not_known, not_recorded = many("yes", "no"), many("not known"), many("not recorded")
    open_ = not_known.high or not_recorded.high
    untold = f"of some events it is not known whether they {question.several}"
    found = share(name, f"{label} {question.one}", patients, people, level, why=untold if open_ else INEXACT)
    if open_ and not recorded.high:
        why = f"whether an event {question.one} is not recorded"
        found = Result(name, f"{label} {question.one}", None, unit="proportion", absent_because=why)
    return ToldOfEvents(question, many("yes"), recorded, not_known, not_recorded, patients, found)
