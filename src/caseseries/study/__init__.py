"""A study from one end to the other: protocol and data in, results out."""

from caseseries.study.line import analyse
from caseseries.study.population_results import PopulationResults
from caseseries.study.results import Results
from caseseries.study.study import Checked, Study

__all__ = ["Checked", "PopulationResults", "Results", "Study", "analyse"]
