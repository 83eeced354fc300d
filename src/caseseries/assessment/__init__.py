"""Which value stands before and after: windows, choice among candidates, dose on a day."""

from caseseries.assessment.assess import Assessments, assess
from caseseries.assessment.dose import dose_steps

__all__ = ["Assessments", "assess", "dose_steps"]
