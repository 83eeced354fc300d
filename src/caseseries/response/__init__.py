"""The rule compiled and evaluated: intercurrent events, verdicts, traces."""

from caseseries.response.criteria import answer_criteria, count_open_criteria, open_criteria
from caseseries.response.exclusive import require_exclusive, require_exclusive_counts
from caseseries.response.open_choices import (
    open_histories,
    require_choices,
    restarts,
    uncovered_days,
    values_of,
    zero_baselines,
)
from caseseries.response.questions import answer_questions
from caseseries.response.respond import among, chosen_values, members, respond
from caseseries.response.settle import settle
from caseseries.response.spells import find_spells, spell_tally, spells_by_case
from caseseries.response.time_to import find_times, time_tally, times_of
from caseseries.response.verdict_counts import change_tally, tally

__all__ = [
    "among",
    "answer_criteria",
    "answer_questions",
    "change_tally",
    "chosen_values",
    "count_open_criteria",
    "find_spells",
    "find_times",
    "members",
    "open_criteria",
    "open_histories",
    "require_choices",
    "require_exclusive",
    "require_exclusive_counts",
    "respond",
    "restarts",
    "settle",
    "spell_tally",
    "spells_by_case",
    "tally",
    "time_tally",
    "times_of",
    "uncovered_days",
    "values_of",
    "zero_baselines",
]
