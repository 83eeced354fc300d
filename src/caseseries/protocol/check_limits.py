"""Whether a multiple of a limit of normal can be meant."""

from __future__ import annotations

from caseseries.protocol.amount import Amount
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.notes import Notes
from caseseries.protocol.yaml import Loc


def check_multiple(notes: Notes, loc: Loc, threshold: Amount, facts: MeasureFacts) -> None:
    """A limit of normal belongs to a number that is measured, and a multiple of it is above 0."""
    if facts.kind != "number":
        what = f"{facts.name} is a {_KINDS[facts.kind]}, and has no limit of normal"
        notes.wrong(loc, what, str(threshold), do="compare a number that a laboratory measures")
    elif threshold.value <= 0:
        what = "a multiple of a limit of normal is more than 0"
        notes.wrong(loc, what, str(threshold), f"1 x {threshold.basis}, 1.5 x {threshold.basis}")


_KINDS = {"grade": "graded measure", "dose": "daily dose", "judgement": "judgement"}
