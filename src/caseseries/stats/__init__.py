"""Statistics, exact where they can be, from numbers or from how often each was seen; knows no patients.

Every function takes exact numbers, returns a frozen result that names its method, convention and source, and gives
what is undefined as absent with a reason.
"""

from caseseries.stats.beta_binomial import Prior, beta_posterior, posterior_above, predictive_success
from caseseries.stats.cochran_q import cochran_q
from caseseries.stats.cross_products import CrossProducts
from caseseries.stats.cumulative_incidence import cumulative_incidence
from caseseries.stats.describe import Description, QuantileType, describe
from caseseries.stats.design_rule import Asked, NoDesign
from caseseries.stats.estimate import Estimate, HypothesisTest, Real, Statistic, TestKind
from caseseries.stats.event_curve import CurveStep, EventCurve
from caseseries.stats.event_times import CENSORED, EventTimes, Observed, event_times
from caseseries.stats.exact import LEVEL_95, ExactNumber, exact_level, exact_number, exact_numbers, square_root
from caseseries.stats.frequency import Frequencies, Moments, Values, frequencies
from caseseries.stats.grim import Grim, grim
from caseseries.stats.gwet_ac1 import gwet_ac1
from caseseries.stats.hodges_lehmann import hodges_lehmann, too_few_words
from caseseries.stats.kaplan_meier import KaplanMeier, kaplan_meier
from caseseries.stats.kappa import KappaWeights, cohen_kappa
from caseseries.stats.mcnemar import mcnemar
from caseseries.stats.paired_answers import PairedAnswers, Pairs, percent_agreement
from caseseries.stats.paired_t import PairedT, paired_t
from caseseries.stats.pooled_share import PooledShare, pooled_share
from caseseries.stats.precision import PrecisionSize, precision_size
from caseseries.stats.proportion import (
    ProportionMethod,
    clopper_pearson,
    clopper_pearson_upper,
    mid_p,
    proportion,
    wilson,
)
from caseseries.stats.random_intercept import (
    FixedEffect,
    RandomIntercept,
    Repeated,
    random_intercept,
    random_intercept_of_sums,
)
from caseseries.stats.rate import poisson_rate, poisson_rate_upper
from caseseries.stats.rate_ratio import Followed, rate_ratio, rate_ratio_test
from caseseries.stats.sign_flip import sign_flip
from caseseries.stats.sign_test import sign_test
from caseseries.stats.signed_rank import Zeros, signed_rank
from caseseries.stats.single_arm import SingleArm, single_arm
from caseseries.stats.sprite import Sprite, sprite
from caseseries.stats.tally import Key, Tally
from caseseries.stats.two_stage import TwoStage, TwoStageKind, TwoStages, two_stage

__all__ = [
    "CENSORED",
    "LEVEL_95",
    "Asked",
    "CrossProducts",
    "CurveStep",
    "Description",
    "Estimate",
    "EventCurve",
    "EventTimes",
    "ExactNumber",
    "FixedEffect",
    "Followed",
    "Frequencies",
    "Grim",
    "HypothesisTest",
    "KaplanMeier",
    "KappaWeights",
    "Key",
    "Moments",
    "NoDesign",
    "Observed",
    "PairedAnswers",
    "PairedT",
    "Pairs",
    "PooledShare",
    "PrecisionSize",
    "Prior",
    "ProportionMethod",
    "QuantileType",
    "RandomIntercept",
    "Real",
    "Repeated",
    "SingleArm",
    "Sprite",
    "Statistic",
    "Tally",
    "TestKind",
    "TwoStage",
    "TwoStageKind",
    "TwoStages",
    "Values",
    "Zeros",
    "beta_posterior",
    "clopper_pearson",
    "clopper_pearson_upper",
    "cochran_q",
    "cohen_kappa",
    "cumulative_incidence",
    "describe",
    "event_times",
    "exact_level",
    "exact_number",
    "exact_numbers",
    "frequencies",
    "grim",
    "gwet_ac1",
    "hodges_lehmann",
    "kaplan_meier",
    "mcnemar",
    "mid_p",
    "paired_t",
    "percent_agreement",
    "poisson_rate",
    "poisson_rate_upper",
    "pooled_share",
    "posterior_above",
    "precision_size",
    "predictive_success",
    "proportion",
    "random_intercept",
    "random_intercept_of_sums",
    "rate_ratio",
    "rate_ratio_test",
    "sign_flip",
    "sign_test",
    "signed_rank",
    "single_arm",
    "sprite",
    "square_root",
    "too_few_words",
    "two_stage",
    "wilson",
]
