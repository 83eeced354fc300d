"""The rule compiled and evaluated: intercurrent events, verdicts, traces."""

from caseseries.response.choices import (
    open_histories,
    require_choices,
    restarts,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.respond import among, chosen_values, members, respond
from caseseries.response.settle import settle
from caseseries.response.tally import change_tally, tally

__all__ = [
    "among",
    "change_tally",
    "chosen_values",
    "members",
    "open_histories",
    "require_choices",
    "respond",
    "restarts",
    "settle",
    "tally",
    "uncovered_days",
    "values_of",
    "zero_baselines",
]
