"""Adverse events that led to stopping the study drug, from counts: of those on treatment how many did, of how many it is recorded, and in whom."""

from __future__ import annotations

from fractions import Fraction

from caseseries.chart.action_taken import ActionAnswer
from caseseries.protocol.case import FirstExposure
from caseseries.protocol.protocol import Protocol
from caseseries.safety.follow import POSSIBLE
from caseseries.summary.result import Count, Result
from caseseries.summary.safety_summary import Stopping
from caseseries.summary.shares import INEXACT, share
from caseseries.summary.tally_reader import TallyReader

#: Why a number of them is a range, or absent.
UNTOLD = "of some events it is not known whether they led to stopping the study drug"
NOT_RECORDED = "whether an event led to stopping the study drug is not recorded"

_ID, _LABEL = (
    "safety/with_event_led_to_stopping",
    "with an adverse event on treatment that led to stopping the study drug",
)


def stopping(protocol: Protocol, reader: TallyReader, people: Count, level: Fraction) -> Stopping | None:
    """What is known of stopping, of the events on treatment and those that may be; None where no drug is studied, and where a site withheld it.

    `people` are all patients in whom events were looked for.
    """
    if not isinstance(protocol.case.index_date, FirstExposure) or reader.withheld("led to stopping"):
        return None

    def many(*answers: ActionAnswer) -> Count:
        on, perhaps = (sum(reader.exact("led to stopping", one, why) for one in answers) for why in ("", POSSIBLE))
        return Count(on, on + perhaps)

    certain = reader.exact("led to stopping patients")
    patients = Count(certain, certain + reader.exact("led to stopping patients perhaps"))
    recorded, not_known, not_recorded = many("stopped", "not stopped"), many("not known"), many("not recorded")
    open_ = not_known.high or not_recorded.high
    found = share(_ID, _LABEL, patients, people, level, why=UNTOLD if open_ else INEXACT)
    if open_ and not recorded.high:
        found = Result(_ID, _LABEL, None, unit="proportion", absent_because=NOT_RECORDED)
    return Stopping(many("stopped"), recorded, not_known, not_recorded, patients, found)
