"""The concepts that an invented database names.

Ids below 2,000,000,000 are those of the public OHDSI vocabularies; what those vocabularies lack (scores of muscle and skin,
single strengths of a tablet) has ids above, the range that OMOP leaves to a site, and says that it is invented.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """One row of the concept table; `parents` are the concepts it descends from."""

    id: int
    name: str
    domain: str
    vocabulary: str
    code: str
    parents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Strength:
    """One tablet: a concept, the ingredient in it and its milligrams."""

    drug: int
    ingredient: int
    milligrams: float


def _own(number: int, name: str, domain: str, *parents: int) -> Concept:
    return Concept(2_000_000_000 + number, f"{name} (invented)", domain, "caseseries invented", f"I{number}", parents)


# Scores and global assessments, which the public vocabularies lack
MMT8, CDASI = 2_000_000_001, 2_000_000_002
PHYSICIAN_GLOBAL, PATIENT_GLOBAL, EXTRAMUSCULAR = 2_000_000_011, 2_000_000_012, 2_000_000_013
# Laboratory and weight
CK, ALT, AST, CRP, WEIGHT, NEUTROPHILS = 3007220, 3006923, 3013721, 3020460, 3025315, 3013650
CREATININE, HAEMOGLOBIN, PLATELETS = 3016723, 3000963, 3024929
# Units
KILOGRAM, POUND, UNIT_PER_LITRE, MG_PER_LITRE, BILLION_PER_LITRE = 9529, 8739, 8645, 8751, 9444
MG_PER_DL, G_PER_DL, MILLIGRAM, PERCENT = 8840, 8713, 8576, 8554
LESS_THAN = 4171756
# Drugs: ingredients, then tablets
MYCOPHENOLATE, PREDNISONE, PREDNISOLONE, METHYLPREDNISOLONE = 19003999, 1551099, 1550557, 1506270
METHOTREXATE, HYDROXYCHLOROQUINE, AZATHIOPRINE, PARACETAMOL = 1305058, 1777087, 19014878, 1125315
MYCOPHENOLATE_500 = 2_000_000_101
PREDNISONE_1, PREDNISONE_5, PREDNISONE_20 = 2_000_000_111, 2_000_000_112, 2_000_000_113
PREDNISOLONE_1, PREDNISOLONE_5, PREDNISOLONE_20 = 2_000_000_121, 2_000_000_122, 2_000_000_123
METHYLPREDNISOLONE_4, METHYLPREDNISOLONE_16 = 2_000_000_131, 2_000_000_132
METHOTREXATE_10, HYDROXYCHLOROQUINE_200 = 2_000_000_141, 2_000_000_151
AZATHIOPRINE_50, PARACETAMOL_500 = 2_000_000_161, 2_000_000_171
ORAL, OPHTHALMIC = 4132161, 4184451
# Conditions
DERMATOMYOSITIS, DERMATOMYOSITIS_WITH_LUNG = 80182, 2_000_000_201
HYPERTENSION, DIABETES = 316866, 201826
PNEUMONIA, ZOSTER, NEUTROPENIA, DIARRHOEA, NAUSEA = 255848, 443943, 320073, 196523, 31967
# Kinds of rows
MALE, FEMALE, OUTPATIENT, FROM_RECORD, PRESCRIBED = 8507, 8532, 9202, 32817, 32838

CONCEPTS: tuple[Concept, ...] = (
    _own(1, "Manual muscle test of 8 groups, 0 to 80", "Measurement"),
    _own(2, "CDASI activity score, 0 to 100", "Measurement"),
    _own(11, "Physician global activity, 0 to 10", "Observation"),
    _own(12, "Patient global activity, 0 to 10", "Observation"),
    _own(13, "Extramuscular global activity, 0 to 10", "Observation"),
    Concept(CK, "Creatine kinase [Enzymatic activity/volume] in Serum or Plasma", "Measurement", "LOINC", "2157-6"),
    Concept(
        ALT, "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "Measurement", "LOINC", "1742-6"
    ),
    Concept(
        AST,
        "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "Measurement",
        "LOINC",
        "1920-8",
    ),
    Concept(CRP, "C reactive protein [Mass/volume] in Serum or Plasma", "Measurement", "LOINC", "1988-5"),
    Concept(WEIGHT, "Body weight", "Measurement", "LOINC", "29463-7"),
    Concept(NEUTROPHILS, "Neutrophils [#/volume] in Blood by Automated count", "Measurement", "LOINC", "751-8"),
    Concept(CREATININE, "Creatinine [Mass/volume] in Serum or Plasma", "Measurement", "LOINC", "2160-0"),
    Concept(HAEMOGLOBIN, "Hemoglobin [Mass/volume] in Blood", "Measurement", "LOINC", "718-7"),
    Concept(PLATELETS, "Platelets [#/volume] in Blood by Automated count", "Measurement", "LOINC", "777-3"),
    Concept(KILOGRAM, "kilogram", "Unit", "UCUM", "kg"),
    Concept(POUND, "pound (US)", "Unit", "UCUM", "[lb_us]"),
    Concept(UNIT_PER_LITRE, "unit per liter", "Unit", "UCUM", "[U]/L"),
    Concept(MG_PER_LITRE, "milligram per liter", "Unit", "UCUM", "mg/L"),
    Concept(BILLION_PER_LITRE, "billion per liter", "Unit", "UCUM", "10*9/L"),
    Concept(MG_PER_DL, "milligram per deciliter", "Unit", "UCUM", "mg/dL"),
    Concept(G_PER_DL, "gram per deciliter", "Unit", "UCUM", "g/dL"),
    Concept(MILLIGRAM, "milligram", "Unit", "UCUM", "mg"),
    Concept(PERCENT, "percent", "Unit", "UCUM", "%"),
    Concept(MYCOPHENOLATE, "mycophenolate mofetil", "Drug", "RxNorm", "68149"),
    Concept(PREDNISONE, "prednisone", "Drug", "RxNorm", "8640"),
    Concept(PREDNISOLONE, "prednisolone", "Drug", "RxNorm", "8638"),
    Concept(METHYLPREDNISOLONE, "methylprednisolone", "Drug", "RxNorm", "6902"),
    Concept(METHOTREXATE, "methotrexate", "Drug", "RxNorm", "6851"),
    Concept(HYDROXYCHLOROQUINE, "hydroxychloroquine", "Drug", "RxNorm", "5521"),
    Concept(AZATHIOPRINE, "azathioprine", "Drug", "RxNorm", "1256"),
    Concept(PARACETAMOL, "acetaminophen", "Drug", "RxNorm", "161"),
    _own(101, "mycophenolate mofetil 500 MG Oral Tablet", "Drug", MYCOPHENOLATE),
    _own(111, "prednisone 1 MG Oral Tablet", "Drug", PREDNISONE),
    _own(112, "prednisone 5 MG Oral Tablet", "Drug", PREDNISONE),
    _own(113, "prednisone 20 MG Oral Tablet", "Drug", PREDNISONE),
    _own(121, "prednisolone 1 MG Oral Tablet", "Drug", PREDNISOLONE),
    _own(122, "prednisolone 5 MG Oral Tablet", "Drug", PREDNISOLONE),
    _own(123, "prednisolone 20 MG Oral Tablet", "Drug", PREDNISOLONE),
    _own(131, "methylprednisolone 4 MG Oral Tablet", "Drug", METHYLPREDNISOLONE),
    _own(132, "methylprednisolone 16 MG Oral Tablet", "Drug", METHYLPREDNISOLONE),
    _own(141, "methotrexate 10 MG Oral Tablet", "Drug", METHOTREXATE),
    _own(151, "hydroxychloroquine 200 MG Oral Tablet", "Drug", HYDROXYCHLOROQUINE),
    _own(161, "azathioprine 50 MG Oral Tablet", "Drug", AZATHIOPRINE),
    _own(171, "acetaminophen 500 MG Oral Tablet", "Drug", PARACETAMOL),
    Concept(ORAL, "Oral", "Route", "SNOMED", "26643006"),
    Concept(OPHTHALMIC, "Ophthalmic", "Route", "SNOMED", "54485002"),
    Concept(DERMATOMYOSITIS, "Dermatomyositis", "Condition", "SNOMED", "396230008"),
    _own(201, "Dermatomyositis with lung disease", "Condition", DERMATOMYOSITIS),
    Concept(HYPERTENSION, "Hypertensive disorder", "Condition", "SNOMED", "38341003"),
    Concept(DIABETES, "Type 2 diabetes mellitus", "Condition", "SNOMED", "44054006"),
    Concept(PNEUMONIA, "Pneumonia", "Condition", "SNOMED", "233604007"),
    Concept(ZOSTER, "Herpes zoster", "Condition", "SNOMED", "4740000"),
    Concept(NEUTROPENIA, "Neutropenia", "Condition", "SNOMED", "165517008"),
    Concept(DIARRHOEA, "Diarrhea", "Condition", "SNOMED", "62315008"),
    Concept(NAUSEA, "Nausea", "Condition", "SNOMED", "422587007"),
    Concept(LESS_THAN, "<", "Meas Value Operator", "SNOMED", "276139006"),
    Concept(MALE, "MALE", "Gender", "Gender", "M"),
    Concept(FEMALE, "FEMALE", "Gender", "Gender", "F"),
    Concept(OUTPATIENT, "Outpatient Visit", "Visit", "Visit", "OP"),
    Concept(FROM_RECORD, "EHR", "Type Concept", "Type Concept", "OMOP4976890"),
    Concept(PRESCRIBED, "EHR prescription", "Type Concept", "Type Concept", "OMOP4976911"),
)

STRENGTHS: tuple[Strength, ...] = (
    Strength(MYCOPHENOLATE_500, MYCOPHENOLATE, 500),
    Strength(PREDNISONE_1, PREDNISONE, 1),
    Strength(PREDNISONE_5, PREDNISONE, 5),
    Strength(PREDNISONE_20, PREDNISONE, 20),
    Strength(PREDNISOLONE_1, PREDNISOLONE, 1),
    Strength(PREDNISOLONE_5, PREDNISOLONE, 5),
    Strength(PREDNISOLONE_20, PREDNISOLONE, 20),
    Strength(METHYLPREDNISOLONE_4, METHYLPREDNISOLONE, 4),
    Strength(METHYLPREDNISOLONE_16, METHYLPREDNISOLONE, 16),
    Strength(METHOTREXATE_10, METHOTREXATE, 10),
    Strength(HYDROXYCHLOROQUINE_200, HYDROXYCHLOROQUINE, 200),
    Strength(AZATHIOPRINE_50, AZATHIOPRINE, 50),
    Strength(PARACETAMOL_500, PARACETAMOL, 500),
)
