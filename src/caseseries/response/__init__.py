"""The rule compiled and evaluated: intercurrent events, verdicts, traces."""

from caseseries.response.choices import require_choices, uncovered_days, zero_baselines
from caseseries.response.respond import among, chosen_values, respond

__all__ = ["among", "chosen_values", "require_choices", "respond", "uncovered_days", "zero_baselines"]
