"""Which value stands before and after: windows, choice among candidates, dose on a day."""

from caseseries.assessment.assess import Assessments, assess
from caseseries.assessment.dose import dose_steps
from caseseries.assessment.open_choices import Needed, open_choices, open_counts

__all__ = ["Assessments", "Needed", "assess", "dose_steps", "open_choices", "open_counts"]
