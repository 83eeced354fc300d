"""Statistics, planning and agreement on numbers; knows no patients.

Every function takes exact numbers, returns a frozen result that names its method, convention and source, and gives
what is undefined as absent with a reason.
"""

from caseseries.stats.describe import Description, QuantileType, describe, quantile, square_root
from caseseries.stats.estimate import Estimate, HypothesisTest, Real, Statistic
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, exact_numbers
from caseseries.stats.frequency import Frequencies, Moments, describe_frequencies, quantile_of_frequencies
from caseseries.stats.hodges_lehmann import hodges_lehmann
from caseseries.stats.large_signs import (
    sign_flip_of_frequencies,
    sign_test_of_frequencies,
    signed_rank_of_frequencies,
)
from caseseries.stats.proportion import (
    ProportionMethod,
    clopper_pearson,
    mid_p,
    proportion,
    rule_of_three,
    wilson,
)
from caseseries.stats.rate import no_event_rate_limit, poisson_rate
from caseseries.stats.sign_flip import sign_flip
from caseseries.stats.sign_test import sign_test
from caseseries.stats.signed_rank import Zeros, signed_rank
from caseseries.stats.tally import Key, Tally
from caseseries.stats.walsh import hodges_lehmann_of_frequencies

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
    "Zeros",
    "clopper_pearson",
    "describe",
    "describe_frequencies",
    "exact_level",
    "exact_number",
    "exact_numbers",
    "hodges_lehmann",
    "hodges_lehmann_of_frequencies",
    "mid_p",
    "no_event_rate_limit",
    "poisson_rate",
    "proportion",
    "quantile",
    "quantile_of_frequencies",
    "rule_of_three",
    "sign_flip",
    "sign_flip_of_frequencies",
    "sign_test",
    "sign_test_of_frequencies",
    "signed_rank",
    "signed_rank_of_frequencies",
    "square_root",
    "wilson",
]
