"""Of which changes a percent of the value before is told, and in which direction it counts."""

from __future__ import annotations

from typing import Literal

from caseseries.protocol.protocol import Protocol

#: Of a dose how much it fell; of another measure how much it changed, a rise above 0; "" where no percent is told.
Percent = Literal["", "decrease", "change"]


def percent_of(protocol: Protocol, outcome: str, measure: str) -> Percent:
    """Whether the change of a measure under an outcome is told in percent of the value before: of doses always, of others where it is declared."""
    if measure in protocol.doses:
        return "decrease"
    declared = protocol.changes.get(outcome)
    return "change" if declared is not None and declared.percent else ""
