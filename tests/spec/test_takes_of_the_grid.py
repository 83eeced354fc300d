"""A take that only the robustness grid declares is computed, and told, as one of the protocol."""

from __future__ import annotations

from tests.generate.comparing import disagreements
from tests.spec.small import analyse, chart, protocol

CHANGES = """
windows:
  baseline: {from: -30 days, to: 0 days, take: last, same_day: highest}
  after: {from: 1 day, to: 60 days, take: last, same_day: highest, components: nearest each}
outcomes:
  response: {good: yes, at: after, rule: {gain: mmt, at_least: 4 points}}
robustness: {take: {after: [mean]}}
"""


def test_the_mean_of_a_grid_says_of_how_many_days_it_is() -> None:
    study = protocol(CHANGES)
    rows = chart("a | mmt | 0:40, 20:41, 40:48\nb | mmt | 0:40, 40:41", study)
    assert [] == disagreements(study, rows)
    grid = analyse(study, rows).shown.outcomes["response"].verdicts[1]
    assert [1, 2] == sorted(one.days for verdict in grid for one in verdict.quantities if one.slot.window == "after")
