"""Cited constants as raw data: instruments, drugs, doses, response criteria, laboratory grades.

The files under ``data/`` are the catalogue; this room loads them, finds entries by the words people write, and says
where each number comes from. It knows no study and no patient. A number that was not read in a text is marked so, has a
name, and gives way to the study's own (``overrides``).
"""

from caseseries.catalogue.concept import (
    Concept,
    drug_concepts,
    instrument_concepts,
    local_routes,
    meaning,
    route_concepts,
    unit_concepts,
    units_named,
)
from caseseries.catalogue.constant import Constant, constant, constants
from caseseries.catalogue.criterion import Band, Category, Criterion, CriterionMeasure, criteria, criterion
from caseseries.catalogue.ctcae import Bound, Grade, GradedTerm, graded_term, graded_terms
from caseseries.catalogue.drug import (
    Drug,
    DrugClass,
    DrugCode,
    drug,
    drug_classes,
    drug_names,
    drugs,
    drugs_in,
    meant_drugs,
)
from caseseries.catalogue.frequency import DoseUnit, Schedule, dose_unit, dose_units, frequency, schedule, schedules
from caseseries.catalogue.glucocorticoid import (
    PrednisoneFactor,
    Pulse,
    Route,
    prednisone_factor,
    prednisone_factors,
    pulse,
    route,
    routes,
)
from caseseries.catalogue.instrument import Code, Cut, Instrument, Item, Mid, Note, Unit, instrument, instruments
from caseseries.catalogue.listing import Entry, entries, words_of
from caseseries.catalogue.source import Reliability, Source
from caseseries.catalogue.words import CatalogueMiss, fold, nearest

__all__ = [
    "Band",
    "Bound",
    "CatalogueMiss",
    "Category",
    "Code",
    "Concept",
    "Constant",
    "Criterion",
    "CriterionMeasure",
    "Cut",
    "DoseUnit",
    "Drug",
    "DrugClass",
    "DrugCode",
    "Entry",
    "Grade",
    "GradedTerm",
    "Instrument",
    "Item",
    "Mid",
    "Note",
    "PrednisoneFactor",
    "Pulse",
    "Reliability",
    "Route",
    "Schedule",
    "Source",
    "Unit",
    "constant",
    "constants",
    "criteria",
    "criterion",
    "dose_unit",
    "dose_units",
    "drug",
    "drug_classes",
    "drug_concepts",
    "drug_names",
    "drugs",
    "drugs_in",
    "entries",
    "fold",
    "frequency",
    "graded_term",
    "graded_terms",
    "instrument",
    "instrument_concepts",
    "instruments",
    "local_routes",
    "meaning",
    "meant_drugs",
    "nearest",
    "prednisone_factor",
    "prednisone_factors",
    "pulse",
    "route",
    "route_concepts",
    "routes",
    "schedule",
    "schedules",
    "unit_concepts",
    "units_named",
    "words_of",
]
