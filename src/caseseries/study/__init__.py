"""A study from one end to the other: protocol and data in, results out."""

from caseseries.study.checked import Checked
from caseseries.study.results import Results
from caseseries.study.study import Study

__all__ = ["Checked", "Results", "Study"]
