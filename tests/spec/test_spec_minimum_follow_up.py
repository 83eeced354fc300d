"""The reading that counts those removed by a minimum follow-up: one denominator, patient by patient and counted."""

from __future__ import annotations

from fractions import Fraction

from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted

STUDY = protocol("""
include: [{minimum_follow_up: 80 days, flagged: looks into the future}]
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: mmt, at: baseline, less_than: 60}}
""")
#: a responds, b does not, c began too high, d has no baseline, e was not followed long enough.
CHART = """
a | mmt | 0:50, 90:60
b | mmt | 0:50, 90:51
c | mmt | 0:70, 90:79
d | mmt | 90:60
e | mmt | 0:50, 20:50
"""


def test_who_is_outside_the_denominator_stays_outside_in_the_reading_with_those_removed() -> None:
    found = chart(CHART, STUDY)
    summary = analyse(STUDY, found)
    head, reading = summary.outcomes["response"].responders
    assert (1, 1, 0, 1, 1) == (head.yes, head.no, head.not_evaluable, head.outside, head.unplaced)
    assert (1, 2, 0) == (reading.yes, reading.no, reading.not_evaluable)
    assert Fraction(1, 3) == reading.of_included.estimate
    assert reading == counted(STUDY, found).outcomes["response"].responders[-1]
