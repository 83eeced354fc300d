"""The parts of a protocol, for protocols that are written in Python: each is what stands under its key in protocol.yaml.

    from caseseries import parts
    parts.Window(from_="75 days", to="105 days", target="91 days", take="nearest", tie="earlier")

Numbers with units are written as in protocol.yaml; a key that is a word of Python (`from`, `as`) has an underscore behind it.
"""

from caseseries.protocol.amount import Amount
from caseseries.protocol.case import Case, CaseFinding, FirstEvent, FirstExposure, NominalDay, Period
from caseseries.protocol.concepts import ConceptSet, GradedSet
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Difference, PerKg, Ratio, Sum, Weighted
from caseseries.protocol.eligibility import (
    Age,
    AgeBounds,
    AllIn,
    AnyIn,
    ConcurrentDrug,
    CountIn,
    CountOfMeasuredIn,
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
from caseseries.protocol.event_count import EventCountOutcome
from caseseries.protocol.intercurrent import Events, Intercurrent, Pulse, Raised, Rescue
from caseseries.protocol.items import Items
from caseseries.protocol.measure import Custom, DailyDose, Graded, Instrument, Judgement, Monitored
from caseseries.protocol.normal_limits import NormalLimits
from caseseries.protocol.outcome import (
    CategoriesOutcome,
    ChangeOutcome,
    DescribeOutcome,
    LevelsOutcome,
    PendingOutcome,
    VerdictOutcome,
)
from caseseries.protocol.patient_is import PatientFact
from caseseries.protocol.protocol import Amendment, Drug, Protocol, Reporting
from caseseries.protocol.robustness import Robustness, Width
from caseseries.protocol.rule import (
    All,
    AnyOf,
    ByName,
    Change,
    ChangeIfMeasured,
    CountOf,
    CountOfMeasured,
    Each,
    FreeOf,
    Held,
    Is,
    IsIfMeasured,
    Not,
    Occurs,
    OfPatient,
    Score,
    Unchanged,
    Value,
    ValueIfMeasured,
    When,
    Worth,
)
from caseseries.protocol.safety import Exposure, LabGrades, Safety
from caseseries.protocol.score import Banded
from caseseries.protocol.spells import SpellsOutcome
from caseseries.protocol.strata import Strata
from caseseries.protocol.time_to import StudyDrugStopped, TimeToOutcome
from caseseries.protocol.trajectory import TrajectoryOutcome
from caseseries.protocol.window import Window
from caseseries.protocol.window_end import PastLength

__all__ = [
    "Age",
    "AgeBounds",
    "All",
    "AllIn",
    "Amendment",
    "Amount",
    "AnyIn",
    "AnyOf",
    "Banded",
    "ByName",
    "Case",
    "CaseFinding",
    "CategoriesOutcome",
    "Change",
    "ChangeIfMeasured",
    "ChangeOutcome",
    "ConceptSet",
    "ConcurrentDrug",
    "CountIn",
    "CountOf",
    "CountOfMeasured",
    "CountOfMeasuredIn",
    "Counted",
    "Custom",
    "DailyDose",
    "DescribeOutcome",
    "Diagnosis",
    "Difference",
    "Drug",
    "Each",
    "EventCountOutcome",
    "Events",
    "Exposure",
    "FirstEvent",
    "FirstExposure",
    "FreeOf",
    "Graded",
    "GradedSet",
    "Held",
    "InCohort",
    "Instrument",
    "Intercurrent",
    "Is",
    "IsIfMeasured",
    "Items",
    "JudgedIn",
    "Judgement",
    "LabGrades",
    "LevelsOutcome",
    "MinimumFollowUp",
    "Monitored",
    "NominalDay",
    "NormalLimits",
    "Not",
    "ObservedBefore",
    "Occurs",
    "OfPatient",
    "PastLength",
    "PatientFact",
    "Patients",
    "PatientsFile",
    "PendingOutcome",
    "PerKg",
    "Period",
    "PriorDrug",
    "Protocol",
    "Pulse",
    "Raised",
    "Ratio",
    "Recorded",
    "Reporting",
    "Rescue",
    "Robustness",
    "Safety",
    "Score",
    "SpellsOutcome",
    "Strata",
    "StudyDrugStopped",
    "Sum",
    "TimeToOutcome",
    "TrajectoryOutcome",
    "Unchanged",
    "Value",
    "ValueIfMeasured",
    "ValueIn",
    "VerdictOutcome",
    "Weighted",
    "When",
    "Width",
    "Window",
    "Worth",
]
