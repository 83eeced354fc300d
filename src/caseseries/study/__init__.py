"""A study from one end to the other: protocol and data in, results out."""

from caseseries.study.checked import Checked
from caseseries.study.counted_check import CountedCheck
from caseseries.study.line import analyse
from caseseries.study.population_results import PopulationResults
from caseseries.study.results import Results
from caseseries.study.study import Study

__all__ = ["Checked", "CountedCheck", "PopulationResults", "Results", "Study", "analyse"]
