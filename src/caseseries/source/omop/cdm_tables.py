"""The tables and columns of the common data model that are read; everything else in a database is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["id", "date", "number", "text"]

#: Table -> column -> how it is read. Columns that a database lacks are as if they were empty everywhere, but for those of REQUIRED.
TABLES: Mapping[str, Mapping[str, ColumnKind]] = {
    "person": {
        "person_id": "id", "gender_concept_id": "id", "year_of_birth": "id", "month_of_birth": "id", "day_of_birth": "id",
    },
    "observation_period": {
        "observation_period_id": "id", "person_id": "id", "observation_period_start_date": "date",
        "observation_period_end_date": "date",
    },
    "drug_exposure": {
        "drug_exposure_id": "id", "person_id": "id", "drug_concept_id": "id", "drug_exposure_start_date": "date",
        "drug_exposure_end_date": "date", "days_supply": "id", "quantity": "number", "route_concept_id": "id",
    },
    "condition_occurrence": {
        "condition_occurrence_id": "id", "person_id": "id", "condition_concept_id": "id", "condition_start_date": "date",
    },
    "procedure_occurrence": {
        "procedure_occurrence_id": "id", "person_id": "id", "procedure_concept_id": "id", "procedure_date": "date",
    },
    "measurement": {
        "measurement_id": "id", "person_id": "id", "measurement_concept_id": "id", "measurement_date": "date",
        "value_as_number": "number", "value_as_concept_id": "id", "unit_concept_id": "id", "operator_concept_id": "id",
        "range_low": "number", "range_high": "number",
    },
    "observation": {
        "observation_id": "id", "person_id": "id", "observation_concept_id": "id", "observation_date": "date",
        "value_as_number": "number", "value_as_concept_id": "id", "unit_concept_id": "id",
    },
    "visit_occurrence": {
        "visit_occurrence_id": "id", "person_id": "id", "visit_start_date": "date", "visit_end_date": "date",
        "discharged_to_concept_id": "id", "discharge_to_concept_id": "id",
    },
    "cdm_source": {"cdm_version": "text"},
    "death": {"person_id": "id", "death_date": "date"},
    "concept": {
        "concept_id": "id", "vocabulary_id": "text", "concept_code": "text", "concept_name": "text", "domain_id": "text",
        "concept_class_id": "text", "standard_concept": "text", "invalid_reason": "text",
    },
    "concept_synonym": {"concept_id": "id", "concept_synonym_name": "text"},
    "concept_ancestor": {"ancestor_concept_id": "id", "descendant_concept_id": "id"},
    "concept_relationship": {
        "concept_id_1": "id", "concept_id_2": "id", "relationship_id": "text", "invalid_reason": "text",
    },
    "drug_strength": {
        "drug_concept_id": "id", "ingredient_concept_id": "id", "amount_value": "number", "amount_unit_concept_id": "id",
        "numerator_value": "number", "numerator_unit_concept_id": "id", "denominator_value": "number",
        "denominator_unit_concept_id": "id", "box_size": "id", "invalid_reason": "text",
    },
}  # fmt: skip

#: What a row cannot be read without; the common data model demands each of these of every row.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "person": ("person_id",),
    "observation_period": ("person_id", "observation_period_start_date", "observation_period_end_date"),
    "drug_exposure": ("person_id", "drug_concept_id", "drug_exposure_start_date"),
    "condition_occurrence": ("person_id", "condition_concept_id", "condition_start_date"),
    "procedure_occurrence": ("person_id", "procedure_concept_id", "procedure_date"),
    "measurement": ("person_id", "measurement_concept_id", "measurement_date"),
    "observation": ("person_id", "observation_concept_id", "observation_date"),
    "visit_occurrence": ("person_id", "visit_start_date"),
    "death": ("person_id", "death_date"),
    "concept": ("concept_id",),
    "concept_synonym": ("concept_id", "concept_synonym_name"),
    "concept_ancestor": ("ancestor_concept_id", "descendant_concept_id"),
    "concept_relationship": ("concept_id_1", "concept_id_2", "relationship_id"),
    "drug_strength": ("drug_concept_id", "ingredient_concept_id"),
}

#: Tables that a separate vocabulary may hold.
VOCABULARY = ("concept", "concept_ancestor", "concept_relationship", "concept_synonym", "drug_strength")

#: What a study reads; synonyms are looked into only where somebody searches for a concept.
READ = frozenset(TABLES) - {"concept_synonym"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a kind of row stands: its table, the row's id, its concept and its day."""

    table: str
    id: str
    concept: str
    day: str


#: What a concept set's `table` means.
PLACES: Mapping[str, Rows] = {
    "measurement": Rows("measurement", "measurement_id", "measurement_concept_id", "measurement_date"),
    "observation": Rows("observation", "observation_id", "observation_concept_id", "observation_date"),
    "condition": Rows(
        "condition_occurrence", "condition_occurrence_id", "condition_concept_id", "condition_start_date"
    ),
    "procedure": Rows("procedure_occurrence", "procedure_occurrence_id", "procedure_concept_id", "procedure_date"),
    "drug": Rows("drug_exposure", "drug_exposure_id", "drug_concept_id", "drug_exposure_start_date"),
}
