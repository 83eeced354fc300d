"""The parts of a protocol, for protocols that are written in Python: each is what stands under its key in protocol.yaml.

    from caseseries import parts
    parts.Window(from_="75 days", to="105 days", target="91 days", take="nearest", tie="earlier")

Numbers with units are written as in protocol.yaml; a key that is a word of Python (`from`, `as`) has an underscore behind it.
"""

from caseseries.protocol.case import Case, CaseFinding, FirstEvent, FirstExposure, NominalDay, Period
from caseseries.protocol.concepts import ConceptSet
from caseseries.protocol.eligibility import (
    Age,
    AgeBounds,
    ConcurrentDrug,
    Diagnosis,
    InCohort,
    JudgedIn,
    MinimumFollowUp,
    ObservedBefore,
    Patients,
    PatientsFile,
    PriorDrug,
    Recorded,
    ValueIn,
)
from caseseries.protocol.intercurrent import Events, Intercurrent, Pulse, Raised, Rescue
from caseseries.protocol.measure import Custom, DailyDose, Instrument, Judgement, Monitored
from caseseries.protocol.outcome import CategoriesOutcome, ChangeOutcome, LevelsOutcome, PendingOutcome, VerdictOutcome
from caseseries.protocol.protocol import Amendment, Drug, Protocol, Reporting
from caseseries.protocol.robustness import Robustness, Width
from caseseries.protocol.rule import All, Amount, AnyOf, Change, CountOf, Is, Not, Value
from caseseries.protocol.safety import Safety
from caseseries.protocol.window import Window

__all__ = [
    "Age",
    "AgeBounds",
    "All",
    "Amendment",
    "Amount",
    "AnyOf",
    "Case",
    "CaseFinding",
    "CategoriesOutcome",
    "Change",
    "ChangeOutcome",
    "ConceptSet",
    "ConcurrentDrug",
    "CountOf",
    "Custom",
    "DailyDose",
    "Diagnosis",
    "Drug",
    "Events",
    "FirstEvent",
    "FirstExposure",
    "InCohort",
    "Instrument",
    "Intercurrent",
    "Is",
    "JudgedIn",
    "Judgement",
    "LevelsOutcome",
    "MinimumFollowUp",
    "Monitored",
    "NominalDay",
    "Not",
    "ObservedBefore",
    "Patients",
    "PatientsFile",
    "PendingOutcome",
    "Period",
    "PriorDrug",
    "Protocol",
    "Pulse",
    "Raised",
    "Recorded",
    "Reporting",
    "Rescue",
    "Robustness",
    "Safety",
    "Value",
    "ValueIn",
    "VerdictOutcome",
    "Width",
    "Window",
]
