"""Eligibility: criteria applied in the order written; the first one failed is the reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, PrivateAttr, Tag, ValidationInfo, model_validator

from caseseries.disk.hashes import digest
from caseseries.protocol import attached
from caseseries.protocol.amount import AmountText
from caseseries.protocol.compared import not_of_baseline
from caseseries.protocol.patient_is import AgeBounds as AgeBounds
from caseseries.protocol.rule import (
    COMPARISONS,
    All,
    AnyOf,
    Change,
    Comparison,
    CountOf,
    CountOfMeasured,
    FreeOf,
    Held,
    Is,
    Needed,
    Occurs,
    OfPatient,
    Part,
    Unchanged,
    Value,
    every_part,
)
from caseseries.protocol.written import Days, Written, folded, known_kind, mistake


class Criterion(Written):
    """One line of `include` or `exclude`; `label` replaces the generated wording in the flow diagram."""

    label: str = ""


class Diagnosis(Criterion):
    """A recorded diagnosis, by the index date or at any time; `within` asks for one in the days up to the index date."""

    diagnosis: str
    by: Literal["index date", "any time"]
    within: Days | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Diagnosis:
        if self.within is not None and self.by == "any time":
            raise mistake(
                "`within` counts back from the index date",
                "by: index date",
                "leave out `within`, or look by the index date",
                at=("within",),
            )
        return self


def studied_diagnoses(include: Iterable[Criterion]) -> frozenset[str]:
    """The diagnoses that `include` asks for, as they are compared: of others a case may have had one long before. None where it asks for none.

    >>> studied_diagnoses([Diagnosis(diagnosis="Juvenile  dermatomyositis", by="index date")])
    frozenset({'juvenile dermatomyositis'})
    """
    return frozenset(folded(one.diagnosis) for one in include if isinstance(one, Diagnosis))


class Age(Criterion):
    """Age at the index date or at the first recorded diagnosis, of those that `include` asks for."""

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


#: What a lower and an upper bound may also be called in a line about a value, as in a line about an age.
OTHER_WORDS: dict[str, Comparison] = {"above": "more_than", "below": "less_than"}

#: The comparisons that bound a value from below.
LOWER: tuple[Comparison, ...] = ("at_least", "more_than")


def _bounds_too(schema: dict[str, Any]) -> None:
    """The other words stand in the schema of an editor too."""
    fields = schema["properties"]
    fields |= {word: dict(fields[comparison]) for word, comparison in OTHER_WORDS.items()}


class ValueIn(Criterion):
    """The value of a measure in a window, chosen by itself as the window says, meets a threshold, or two as a range.

    `above` and `below` are other words for `more_than` and `less_than`.
    """

    model_config = ConfigDict(json_schema_extra=_bounds_too)

    value: str
    in_: str = Field(alias="in")
    at_least: AmountText | None = None
    more_than: AmountText | None = None
    at_most: AmountText | None = None
    less_than: AmountText | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The measure whose value is meant."""
        return (self.value,)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The one or two comparisons that are written, the lower bound first."""
        return tuple(word for word in COMPARISONS if getattr(self, word) is not None)

    @property
    def rule(self) -> Value | All:
        """The criterion as a rule of an outcome."""
        leaves = tuple(
            Value.model_validate({"value": self.value, "at": self.in_, word: getattr(self, word)})
            for word in self.comparisons
        )
        return leaves[0] if len(leaves) == 1 else All(all=leaves)

    @model_validator(mode="before")
    @classmethod
    def _same_words(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not OTHER_WORDS.keys() & data.keys():
            return data
        twice = [word for word, comparison in OTHER_WORDS.items() if word in data and comparison in data]
        if twice:
            raise mistake(
                f"`{twice[0]}` is another word for `{OTHER_WORDS[twice[0]]}`", "one of the two", at=(twice[0],)
            )
        return {OTHER_WORDS.get(name, name): written for name, written in data.items()}

    @model_validator(mode="after")
    def _bounded(self) -> ValueIn:
        lower = [word for word in self.comparisons if word in LOWER]
        if not self.comparisons or len(lower) > 1 or len(self.comparisons) - len(lower) > 1:
            raise mistake(
                "one comparison is needed, or a lower and an upper one for a range",
                ", ".join(COMPARISONS),
                "write for example at_least: 50 points",
            )
        for word in self.comparisons:
            not_of_baseline(getattr(self, word))
        return self


class JudgedIn(Criterion):
    """A judgement in a window, chosen by itself as the window says, was yes."""

    is_: str = Field(alias="is")
    in_: str = Field(alias="in")

    @property
    def measures(self) -> tuple[str, ...]:
        """The judgement that is meant."""
        return (self.is_,)

    @property
    def rule(self) -> Is:
        """The criterion as a rule of an outcome."""
        return Is(is_=self.is_, at=self.in_)


class RuleIn(Criterion):
    """A rule over values in one window, each chosen by itself as the window says."""

    in_: str = Field(alias="in")

    @property
    def rule(self) -> Any:
        """The criterion as a rule of an outcome: itself."""
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures whose values are meant, in order."""
        leaves = [one for one in every_part(self.rule) if isinstance(one, Value | Is)]
        return tuple(dict.fromkeys(one.value if isinstance(one, Value) else one.is_ for one in leaves))

    @model_validator(mode="after")
    def _in_one_window(self) -> RuleIn:
        for one in every_part(self.rule):
            if isinstance(one, Change):
                raise mistake("a line asks for values, and a change is between two windows", "value, is", at=("in",))
            if isinstance(one, Held | FreeOf | Occurs | OfPatient | Unchanged):
                do = "write age and diagnosis as lines of their own"
                raise mistake("a line asks for the values of one window alone", "value, is", do, at=("in",))
            if isinstance(one, Value | Is) and one.at is not None:
                raise mistake("every value of a line is of its window", "a rule without `at`", at=("in",))
        return self


class AllIn(All, RuleIn):
    """All parts hold of the values in a window."""

    all: tuple[Needed, ...] = Field(min_length=1)


class AnyIn(AnyOf, RuleIn):
    """At least one part holds of the values in a window."""

    any: tuple[Needed, ...] = Field(min_length=1)


class CountIn(CountOf, RuleIn):
    """So many parts hold of the values in a window."""

    of: tuple[Needed, ...] = Field(min_length=1)


class CountOfMeasuredIn(CountOfMeasured, RuleIn):
    """So many parts hold of the values in a window, where some are left out if they were not measured."""

    of: tuple[Part, ...] = Field(min_length=1)


#: Criteria that rest on values of measures in a window.
OfValue = ValueIn | JudgedIn | AllIn | AnyIn | CountIn | CountOfMeasuredIn


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


class Attached(Criterion):
    """A line that names a file beside the protocol.

    `sha256` is that of the file; it is filled in when the protocol is read, so that the fingerprint changes with the file, and a
    file that is not the one written there is refused.
    """

    sha256: str = ""
    _content: bytes | None = PrivateAttr(None)

    @property
    def file(self) -> str:
        """The name of the file."""
        raise NotImplementedError

    @property
    def content(self) -> bytes | None:
        """What the file holds; None where the protocol was not read from a folder."""
        return self._content

    @model_validator(mode="before")
    @classmethod
    def _digested(cls, data: Any, info: ValidationInfo) -> Any:
        name = data.get("cohort", data.get("patients_file")) if isinstance(data, dict) else None
        folder = (info.context or {}).get("folder")
        if not isinstance(name, str) or not isinstance(folder, Path):
            return data
        at = ("cohort" if "cohort" in data else "patients_file",)
        found = digest(attached.beside(folder, name, at))
        if data.get("sha256") not in (None, "", found):
            raise mistake("the file is another one than that written under `sha256`", found, at=("sha256",))
        return {**data, "sha256": found}

    @model_validator(mode="after")
    def _kept(self, info: ValidationInfo) -> Attached:
        folder = (info.context or {}).get("folder")
        if isinstance(folder, Path):
            self._content = attached.beside(folder, self.file)
        return self


class InCohort(Attached):
    """An entry in a cohort of ATLAS (Circe JSON) that holds the index date, or any entry; needs a database."""

    cohort: str
    at: Literal["index date", "any time"]

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.cohort

    @model_validator(mode="after")
    def _readable(self) -> InCohort:
        if self.content is not None:
            attached.text_of(self.content, ("cohort",))
        return self


class PatientsFile(Attached):
    """A list of patients in a file of one column, with the reason."""

    patients_file: str
    reason: str

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.patients_file

    @model_validator(mode="after")
    def _listed(self) -> PatientsFile:
        if self.content is not None:
            attached.patient_ids(self.content, ("patients_file",))
        return self


_KEYS = (
    "diagnosis",
    "age",
    "prior_drug",
    "concurrent_drug",
    "recorded",
    "value",
    "is",
    "all",
    "any",
    "of",
    "observed_before",
    "minimum_follow_up",
    "patients",
    "patients_file",
    "cohort",
)


def _kind(value: Any) -> str | None:
    for key in _KEYS:
        made = isinstance(value, Criterion) and (hasattr(value, key) or hasattr(value, f"{key}_"))
        if made or (isinstance(value, dict) and key in value):
            skipped = isinstance(value, CountOfMeasuredIn) or (isinstance(value, dict) and "skipped" in value)
            return "of measured" if key == "of" and skipped else key
    return None


AnyCriterion = Annotated[
    Annotated[Diagnosis, Tag("diagnosis")]
    | Annotated[Age, Tag("age")]
    | Annotated[PriorDrug, Tag("prior_drug")]
    | Annotated[ConcurrentDrug, Tag("concurrent_drug")]
    | Annotated[Recorded, Tag("recorded")]
    | Annotated[ValueIn, Tag("value")]
    | Annotated[JudgedIn, Tag("is")]
    | Annotated[AllIn, Tag("all")]
    | Annotated[AnyIn, Tag("any")]
    | Annotated[CountIn, Tag("of")]
    | Annotated[CountOfMeasuredIn, Tag("of measured")]
    | Annotated[ObservedBefore, Tag("observed_before")]
    | Annotated[MinimumFollowUp, Tag("minimum_follow_up")]
    | Annotated[Patients, Tag("patients")]
    | Annotated[PatientsFile, Tag("patients_file")]
    | Annotated[InCohort, Tag("cohort")],
    Discriminator(_kind),
    known_kind(_kind, "not a criterion", ", ".join(_KEYS), "begin with one of these"),
]
