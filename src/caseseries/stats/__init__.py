"""Exact statistics, from numbers or from how often each was seen; knows no patients.

Every function takes exact numbers, returns a frozen result that names its method, convention and source, and gives
what is undefined as absent with a reason.
"""

from caseseries.stats.describe import Description, QuantileType, describe
from caseseries.stats.estimate import Estimate, HypothesisTest, Real, Statistic, TestKind
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, exact_numbers, square_root
from caseseries.stats.frequency import Frequencies, Moments, Values, frequencies
from caseseries.stats.hodges_lehmann import hodges_lehmann
from caseseries.stats.proportion import (
    ProportionMethod,
    clopper_pearson,
    mid_p,
    proportion,
    wilson,
)
from caseseries.stats.rate import poisson_rate
from caseseries.stats.sign_flip import sign_flip
from caseseries.stats.sign_test import sign_test
from caseseries.stats.signed_rank import Zeros, signed_rank
from caseseries.stats.tally import Key, Tally

__all__ = [
    "LEVEL_95",
    "Description",
    "Estimate",
    "ExactNumber",
    "Frequencies",
    "HypothesisTest",
    "Key",
    "Moments",
    "ProportionMethod",
    "QuantileType",
    "Real",
    "Statistic",
    "Tally",
    "TestKind",
    "Values",
    "Zeros",
    "clopper_pearson",
    "describe",
    "exact_level",
    "exact_number",
    "exact_numbers",
    "frequencies",
    "hodges_lehmann",
    "mid_p",
    "poisson_rate",
    "proportion",
    "sign_flip",
    "sign_test",
    "signed_rank",
    "square_root",
    "wilson",
]
