"""Concept sets: what the names of a protocol are called in a database of the OMOP common data model.

A chart in a workbook needs none of this; the same protocol runs on both. A set stands for the concepts written, for their
descendants, and for codes of a vocabulary; where it is silent, the catalogue's own concepts and units are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, InstanceOf, PlainSerializer, Tag, WithJsonSchema, model_validator

from caseseries import catalogue
from caseseries.protocol.case import FirstEvent, FirstExposure
from caseseries.protocol.counted import Counted
from caseseries.protocol.derived import Derived
from caseseries.protocol.eligibility import ConcurrentDrug, Diagnosis, PriorDrug
from caseseries.protocol.every_rule import unchanged_drugs
from caseseries.protocol.measure import Custom, DailyDose, Grade, Instrument
from caseseries.protocol.written import Written, YesNo, folded, mistake, number

Table = Literal["measurement", "observation", "condition", "procedure"]
Kind = Literal["measure", "drug", "diagnosis", "event"]

_ID = re.compile(r"-?\d{1,18}")


def concept_id(text: Any) -> int:
    """A concept id, a whole number.

    >>> concept_id("3004249")
    3004249
    """
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    if not _ID.fullmatch(str(text).strip()):
        raise mistake(
            "not a concept id", "a whole number, such as 3004249", "take the id from Athena or from `concept`"
        )
    return int(str(text).strip())


ConceptId = Annotated[int, BeforeValidator(concept_id), WithJsonSchema({"type": "string", "examples": ["3004249"]})]


#: Digits above and below the line of a factor; engines multiply values by it as whole numbers.
_DIGITS = 18
_QUOTIENT = re.compile(rf"([0-9]{{1,{_DIGITS}}}) ?/ ?([0-9]{{1,{_DIGITS}}})")


def factor(text: Any) -> Fraction:
    """A factor between units, exact: a decimal, or a quotient of two whole numbers.

    >>> factor("0.45359237"), factor("1/3")
    (Fraction(45359237, 100000000), Fraction(1, 3))
    """
    found = _QUOTIENT.fullmatch(str(text).strip())
    if found is not None and int(found[2]) == 0:
        raise mistake("a quotient by 0 is no factor", "a number above 0, such as 0.1 or 1/3")
    value = Fraction(int(found[1]), int(found[2])) if found is not None else number(text)
    if max(abs(value.numerator), value.denominator) >= 10**_DIGITS:
        raise mistake(f"a factor of more than {_DIGITS} digits", "a number above 0, such as 0.1 or 1/3")
    return value


Factor = Annotated[
    InstanceOf[Fraction],
    BeforeValidator(factor),
    PlainSerializer(lambda value: catalogue.words_of(value), return_type=str),
    WithJsonSchema({"type": ["string", "number"], "examples": ["0.001", "1/3"]}),
]


class ConceptSet(Written):
    """Which concepts a name stands for, and how their values are read.

    `descendants` adds everything below the ids and codes in concept_ancestor; `exclude` takes concepts (and what is below
    them) away again. `units` gives for each unit_concept_id the factor to the measure's unit. `yes` and `no` are the
    value_as_concept_id of a judgement. `table` says where to look if not in the usual table.
    """

    ids: tuple[ConceptId, ...] = ()
    descendants: YesNo = True
    exclude: tuple[ConceptId, ...] = ()
    codes: dict[str, tuple[str, ...]] = {}
    units: dict[str, Factor] | None = None
    no_unit: Literal["accept", "refuse"] | None = None
    yes: tuple[ConceptId, ...] = ()
    no: tuple[ConceptId, ...] = ()
    table: Table | None = None

    @model_validator(mode="after")
    def _check(self) -> ConceptSet:
        if 0 in self.ids:
            what = "0 is no concept: rows have it where the source code stands for none"
            raise mistake(
                what, "the ids of concepts, such as 3004249", "take the ids from Athena or from `concept`", at=("ids",)
            )
        for unit, factor in (self.units or {}).items():
            if not _ID.fullmatch(unit.strip()):
                allowed, do = "a unit_concept_id, such as 8876", "take the id from Athena or from `concept`"
                raise mistake(f"`{unit}` is no id of a unit", allowed, do, at=("units", unit))
            if factor <= 0:
                what = f"the factor of unit {unit} is not more than 0"
                raise mistake(what, do="write for example {8876: 1}", at=("units", unit))
        both = set(self.yes) & set(self.no)
        if both:
            raise mistake("one concept cannot mean yes and no", "different concepts under `yes` and `no`")
        return self

    @property
    def factors(self) -> dict[int, Fraction] | None:
        """Factor by unit_concept_id; None where the study leaves the units to the catalogue."""
        return None if self.units is None else {concept_id(unit): factor for unit, factor in self.units.items()}


class GradedSet(ConceptSet):
    """The concept set of a graded measure: `grades` says which value_as_concept_id mean which grade."""

    grades: dict[Grade, tuple[ConceptId, ...]]

    @model_validator(mode="after")
    def _grades(self) -> GradedSet:
        every = [one for ids in self.grades.values() for one in ids]
        twice = next((one for one in every if every.count(one) > 1), None)
        if twice is not None:
            raise mistake("one concept cannot mean two grades", "different concepts for each grade", at=("grades",))
        return self


def _kind(value: Any) -> str:
    return "grades" if isinstance(value, GradedSet) or (isinstance(value, dict) and "grades" in value) else "values"


#: A concept set; one with `grades` is that of a graded measure.
AnySet = Annotated[Annotated[GradedSet, Tag("grades")] | Annotated[ConceptSet, Tag("values")], Discriminator(_kind)]


@dataclass(frozen=True, slots=True)
class Meant:
    """A name of the protocol and everything that says which rows of a database it stands for.

    `ids`, `codes` and `units` come from the set where it writes any, and from the catalogue otherwise. `key` is the measure's
    name, the ingredient, or the term as it is compared. `declared` says whether the study wrote a set. Of a measure whose values are
    concepts (`judgement`: yes, no or a grade) `answers` holds each value with its value_as_concept_ids.
    """

    kind: Kind
    name: str
    key: str
    ids: tuple[int, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    descendants: bool = True
    exclude: tuple[int, ...] = ()
    units: Mapping[int, Fraction] = field(default_factory=dict)
    no_unit: Literal["accept", "refuse"] | None = None
    answers: tuple[tuple[int, tuple[int, ...]], ...] = ()
    table: Table | Literal["drug"] = "measurement"
    judgement: bool = False
    declared: bool = False

    @property
    def known(self) -> bool:
        """Whether any concept or code is known for the name."""
        return bool(self.ids or self.codes)


def measured(measure: Any) -> bool:
    """Whether the values of a measure are rows of their own; a dose added up from courses, a count of events and a derived measure have none."""
    return not isinstance(measure, Derived | Counted) and not (
        isinstance(measure, DailyDose) and measure.source == "courses"
    )


def default_set(measure: Any) -> tuple[tuple[int, ...], Mapping[str, tuple[str, ...]], dict[int, Fraction]]:
    """What the catalogue knows of a measure: concept ids, codes by vocabulary, factor by unit concept."""
    if isinstance(measure, Instrument):
        try:
            entry = catalogue.instrument(measure.instrument)
        except catalogue.CatalogueMiss:
            return (), {}, {}
        ids, codes = catalogue.instrument_concepts(entry.key)
        own = measure.unit is None or measure.unit == entry.unit
        units = catalogue.unit_concepts(entry.key) if own else catalogue.units_named(str(measure.unit))
        return tuple(concept.id for concept in ids), codes, units
    if isinstance(measure, Custom):
        return (), {}, catalogue.units_named(measure.unit)
    return (), {}, {}


def terms(protocol: Any) -> Iterator[tuple[Literal["diagnosis", "event"], str]]:
    """The diagnoses and events that a protocol names, in order of appearance; an index event counts as a diagnosis."""
    events = protocol.safety.events if protocol.safety is not None else ()
    for criterion in (*protocol.include, *protocol.exclude):
        if isinstance(criterion, Diagnosis):
            yield "diagnosis", criterion.diagnosis
    index = protocol.case.index_date
    if isinstance(index, FirstEvent) and folded(index.first_event) not in {folded(name) for name in events}:
        yield "diagnosis", index.first_event
    for name in events:
        yield "event", name


def kinds_of(protocol: Any, name: str) -> tuple[Literal["diagnosis", "event"], ...]:
    """As what the protocol names a term: an event, a diagnosis, or both; of one that it does not name, none."""
    return tuple(dict.fromkeys(kind for kind, one in terms(protocol) if folded(one) == folded(name)))


def groups(protocol: Any) -> Iterator[str]:
    """The drugs and groups of drugs that a protocol names, in order of appearance; the study drug first."""
    index = protocol.case.index_date
    if isinstance(index, FirstExposure):
        yield index.first_exposure
    for criterion in (*protocol.include, *protocol.exclude):
        if isinstance(criterion, PriorDrug):
            yield criterion.prior_drug
        if isinstance(criterion, ConcurrentDrug):
            yield criterion.concurrent_drug
    for measure in protocol.measures.values():
        if isinstance(measure, DailyDose) and measure.source == "courses":
            yield measure.daily_dose
    yield from unchanged_drugs(protocol)
    yield from protocol.intercurrent.rescue.drugs
    yield from protocol.prior_groups
