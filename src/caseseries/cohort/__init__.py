"""Who is a case: index dates, eligibility in order, follow-up, other drugs."""

from caseseries.cohort.case_counts import tally, tally_others
from caseseries.cohort.eligibility import FIRST_CRITERION, needs_values, of_values, reason
from caseseries.cohort.find import Answer, find
from caseseries.cohort.index import count_gaps, patients_with_gaps
from caseseries.cohort.look_back import open_history, supply_not_known
from caseseries.cohort.other_drugs import OtherDrug, other_drugs, prior_use
from caseseries.cohort.select import Cohort, CohortCase, select

__all__ = [
    "FIRST_CRITERION",
    "Answer",
    "Cohort",
    "CohortCase",
    "OtherDrug",
    "count_gaps",
    "find",
    "needs_values",
    "of_values",
    "open_history",
    "other_drugs",
    "patients_with_gaps",
    "prior_use",
    "reason",
    "select",
    "supply_not_known",
    "tally",
    "tally_others",
]
