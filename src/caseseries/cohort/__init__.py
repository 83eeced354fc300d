"""Who is a case: index dates, eligibility in order, follow-up, other drugs."""

from caseseries.cohort.drugs import OtherDrug, other_drugs, prior_use
from caseseries.cohort.select import Cohort, CohortCase, select

__all__ = ["Cohort", "CohortCase", "OtherDrug", "other_drugs", "prior_use", "select"]
