"""A least number of days with a value: of a diary, days without an entry are not known."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

STUDY = """
measures:
  mmt: {{quantity: strength, unit: points, range: [0, 80], better: high{more}}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last, components: nearest each}}
  after: {{from: 30 days, to: 60 days, take: {take}, components: nearest each, recorded: 3 days{same_day}}}
outcomes: {{response: {{at: after, rule: {{value: mmt, at_least: 50 points}}}}}}
"""
FEW = "not evaluable: after mmt: too few days recorded"


def days(
    name: str, rows: str, answer: str, take: str = "mean", same_day: str = ", same_day: worst", more: str = ""
) -> Spec:
    return Spec(name, STUDY.format(take=take, same_day=same_day, more=more), f"1 | mmt | {rows}", {"1": answer})


SPECS = [
    days("just so many days", "30:50, 45:50, 60:50", "yes; after mmt 50 @60"),
    days("a day too few", "30:50, 45:50", FEW),
    days("days beside the window", "29:50, 30:50, 45:50, 61:50", FEW),
    days("a day twice is one", "30:50, 30:50, 45:50", FEW),
    days("different values of one day are one day", "30:50, 30:40, 45:50", FEW, same_day=""),
    days("a missing code is no entry", "30:50, 45:50, 60:ND", FEW),
    days("no entry at all", "10:50", "not evaluable: after mmt: no value in window"),
    days("missing codes alone", "30:ND, 45:ND, 60:ND", "not evaluable: after mmt: recorded without a number"),
    days("the highest of too few days", "30:50, 45:50", FEW, take="highest"),
    days("the highest of enough days", "30:50, 45:40, 60:30", "yes; after mmt 50 @30", take="highest"),
    days("a bound is an entry", "30:50, 45:60, 60:>70", "yes", take="lowest"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_recorded_days(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
