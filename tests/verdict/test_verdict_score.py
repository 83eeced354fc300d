"""Scores, and what is not wanted, in words: what each part gave, the range, and that a thing was not allowed."""

from __future__ import annotations

import pytest
from tests.spec.small import answers, protocol

from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.verdict.narrator import sentence
from caseseries.verdict.rule_text import describe_rule
from caseseries.verdict.trace_lines import trace_lines

STUDY = """
measures:
  mmt: {instrument: MMT8}
  cmas: {instrument: CMAS}
  das: {instrument: DAS28-ESR}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, components: nearest each}
  after: {from: 46 days, to: 134 days, take: last, components: nearest each, same_day: worst}
safety: {until_after_last_dose: 30 days, events: [flare]}
outcomes: {response: {at: after, rule: %s}}
"""
SCORE = (
    "{score: [{improves: mmt, points: {at_least 4 points: 5, at_least 20 points: 10}}, "
    "{rule: {occurs: flare, in: after}, points: 5}], at_least: %s}"
)
WORSE = (
    "{all: [{at_least: 1, of: [{improves: mmt, at_least: 20 % of baseline}, {improves: cmas, at_least: 20 % of baseline}]}, "
    "{at_most: 0, of: [{worsens: mmt, at_least: 25 % of baseline}, {worsens: cmas, at_least: 25 % of baseline}]}]}"
)
SENTENCES = [
    (SCORE % 5, "1 | mmt | 0:50, 90:60\n1 | visit | 200",
     "Response at day 90: score 5 (at least 5 of 15 points needed): MMT +10: 5; no flare in after: 0."),
    (f"{{not: {SCORE % 5}}}", "1 | mmt | 0:50, 90:60\n1 | visit | 200",
     "No response at day 90: score 5 (at least 5 of 15 points not allowed): MMT +10: 5; no flare in after: 0."),
    (SCORE % 10, "1 | mmt | 0:50, 90:60",
     "Response not evaluable at day 90: flare in after: flare not known: follow-up ended before the end of the window after (days 46 "
     "to 134). Known: score 5 to 10 (at least 10 of 15 points needed): MMT +10: 5; flare in after, not known: 0 to 5. The verdict hangs on that."),
    ("{not: {at_least: 1, of: [{gain: mmt, at_least: 4 points}, {gain: cmas, at_least: 4 points}]}}", "1 | mmt | 0:50, 90:60\n1 | cmas | 0:20, 90:25",
     "No response at day 90: 2 of 2 met, at least 1 not allowed (met: MMT +10, CMAS +5)."),
    ("{not: {held: {value: mmt, at_least: 50 points}, in: after, on: 2 visits}}", "1 | mmt | 0:50, 60:55, 90:60",
     "No response: MMT at least 50 points at 2 visits in after (yes on days 60 to 90), which is not allowed."),
    (WORSE, "1 | mmt | 0:50, 90:55",
     "Response not evaluable at day 90: no CMAS in the window baseline (days −90 to 0). Known: MMT 50 → 55, 10 % higher "
     "(improvement not met); MMT 50 → 55, 10 % higher (worsening not met). The verdict hangs on CMAS."),
]  # fmt: skip


def told(rule: str, rows: str) -> tuple[str, list[str]]:
    study = protocol(STUDY % rule)
    spec, measures = plan(study, "response").primary, all_measures(study)
    verdict = answers(study, rows, "reference").verdicts["1", "response", 0]
    return sentence(spec.tree, verdict, measures, study, spec), trace_lines(spec.tree, verdict, measures, study, spec)


@pytest.mark.parametrize(("rule", "rows", "said"), SENTENCES)
def test_the_sentence(rule: str, rows: str, said: str) -> None:
    assert said == told(rule, rows)[0]


def test_the_trace_has_a_line_for_each_part_of_a_score() -> None:
    assert [
        "✓ a score of at least 5 of 15 points: 5 to 10",
        "  ✓ 5 of 10 points: MMT 50 → 60, +10 (day 0 → day 90)",
        "  ? 0 to 5 of 5 points: flare in after: flare not known: follow-up ended before the end of the window after (days 46 to 134)",
    ] == told(SCORE % 5, "1 | mmt | 0:50, 90:60")[1]


def test_the_methods_tell_points_and_the_name_of_a_criterion() -> None:
    measures = all_measures(protocol(STUDY % (SCORE % 5)))
    rules = [
        describe_rule(plan(protocol(STUDY % rule), "response").primary.tree, measures, at="after")
        for rule in (SCORE % 5, "{criterion: EULAR good response, with: {DAS28: das}}")
    ]
    assert [
        "a score of at least 5 of 15 points: MMT (5 points for an improvement of at least 4 points, 10 for at least 20 points); "
        "5 points for flare in after",
        "EULAR good response: an improvement of more than 1.2 points on DAS, and DAS at most 3.2 points",
    ] == rules
