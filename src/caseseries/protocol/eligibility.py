"""Eligibility: criteria applied in the order written; the first one failed is the reason."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from caseseries.protocol.words import Days, Written, Years, known_kind, mistake


class Criterion(Written):
    """One line of `include` or `exclude`; `label` replaces the generated wording in the flow diagram."""

    label: str = ""


class Diagnosis(Criterion):
    """A recorded diagnosis, by the index date or at any time."""

    diagnosis: str
    by: Literal["index date", "any time"]


class AgeBounds(Written):
    """Age in whole years by calendar birthday."""

    below: Years | None = None
    at_least: Years | None = None

    @model_validator(mode="after")
    def _some(self) -> AgeBounds:
        if self.below is None and self.at_least is None:
            raise mistake("no bound of age is given", "below, at_least")
        return self


class Age(Criterion):
    """Age at the index date or at the (first recorded) diagnosis."""

    age: AgeBounds
    at: Literal["index date", "diagnosis"]


class PriorDrug(Criterion):
    """A drug or group begun before the index date, optionally within so many days before it."""

    prior_drug: str
    within: Days | None = None


class ConcurrentDrug(Criterion):
    """A drug or group being taken on the index date."""

    concurrent_drug: str


class Recorded(Criterion):
    """A value of a measure in a window."""

    recorded: str
    in_: str = Field(alias="in")


class ObservedBefore(Criterion):
    """Observed for at least so long before the index date, without a break; needs a source that says when patients were observed."""

    observed_before: Days


class MinimumFollowUp(Criterion):
    """Observed for at least so long after the index date.

    This looks into the future of each case and can select survivors, so it must be flagged; those it removes are
    listed and counted as non-responders in a reading of their own.
    """

    minimum_follow_up: Days
    flagged: Literal["looks into the future"]


class Patients(Criterion):
    """An explicit list of patients, with the reason."""

    patients: tuple[str, ...]
    reason: str


_KEYS = (
    "diagnosis",
    "age",
    "prior_drug",
    "concurrent_drug",
    "recorded",
    "observed_before",
    "minimum_follow_up",
    "patients",
)


def _kind(value: Any) -> str | None:
    for key in _KEYS:
        if (isinstance(value, dict) and key in value) or (isinstance(value, Criterion) and hasattr(value, key)):
            return key
    return None


AnyCriterion = Annotated[
    Annotated[Diagnosis, Tag("diagnosis")]
    | Annotated[Age, Tag("age")]
    | Annotated[PriorDrug, Tag("prior_drug")]
    | Annotated[ConcurrentDrug, Tag("concurrent_drug")]
    | Annotated[Recorded, Tag("recorded")]
    | Annotated[ObservedBefore, Tag("observed_before")]
    | Annotated[MinimumFollowUp, Tag("minimum_follow_up")]
    | Annotated[Patients, Tag("patients")],
    Discriminator(_kind),
    known_kind(_kind, "not a criterion", ", ".join(_KEYS), "begin with one of these"),
]
