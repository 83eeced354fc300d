"""Which value stands before and after: windows, choice among candidates, dose on a day."""

from caseseries.assessment.assess import Assessments, assess

__all__ = ["Assessments", "assess"]
