"""What a rule asks besides values: an event, a fact of the patient, and whether a drug was taken as before."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from caseseries.protocol.event_in import EventIn
from caseseries.protocol.patient_is import PatientFact
from caseseries.protocol.rule_base import RuleBase


class Occurs(RuleBase, EventIn):
    """An event or diagnosis begins in a window (`{occurs: flare, in: after}`), or on a visit or so many days before (`since: 30 days`)."""


class OfPatient(RuleBase):
    """A fact of the patient, so that limits can differ (`{patient: {sex: female}}`, `{patient: {age: {below: 6 years}}}`)."""

    patient: PatientFact
    at: Literal["index date"] = "index date"


class Unchanged(RuleBase):
    """No course of a drug or group began, ended or changed its dose in a window (`{unchanged: prednisone, in: baseline}`)."""

    unchanged: str
    in_: str = Field(alias="in")
