"""Dates known in part under `bounds`: the row is of some day of its span, and an answer is given where every one of these days gives the same."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

BOUNDS = "partial_dates: bounds\n"
LAST = (
    BOUNDS
    + "windows: {after: {from: 46 days, to: 134 days, take: last}}\noutcomes: {response: {at: after, rule: {value: mmt, at_least: 70 points}}}"
)
FIRST = LAST.replace("take: last", "take: first")
NEAREST = LAST.replace("take: last", "take: nearest, target: 90 days, tie: earlier")
EACH = LAST.replace("take: last", "take: last, components: nearest each")
LOWEST = LAST.replace("take: last", "take: lowest, same_day: worst, components: nearest each")
HIGHEST_WORST = LAST.replace("take: last", "take: highest, same_day: worst, components: nearest each")
NOT_EXACT = "not evaluable: after mmt: date not exact"

VALUES = [
    Spec("alone in the window", LAST, "1 | mmt | 60~90@75:71", {"1": "yes"}),
    Spec("surely the last", LAST, "1 | mmt | 50:60, 60~90@75:71", {"1": "yes"}),
    Spec("surely not the last", LAST, "1 | mmt | 60~90@75:60, 91:71", {"1": "yes"}),
    Spec("perhaps of the day of the last", LAST, "1 | mmt | 60~90@75:60, 90:71", {"1": NOT_EXACT}),
    Spec("perhaps after the last", LAST, "1 | mmt | 60~90@75:60, 80:71", {"1": NOT_EXACT}),
    Spec("two months that cannot be told apart", LAST, "1 | mmt | 60~90@75:60, 70~100@85:71", {"1": NOT_EXACT}),
    Spec("two months one after the other", LAST, "1 | mmt | 60~89@75:60, 90~120@105:71", {"1": "yes"}),
    Spec("surely the first", FIRST, "1 | mmt | 50~60@55:71, 61:60", {"1": "yes"}),
    Spec("perhaps not the first", FIRST, "1 | mmt | 50~60@55:71, 60:60", {"1": NOT_EXACT}),
    Spec("surely nearest", NEAREST, "1 | mmt | 85~95@90:71, 84:60", {"1": "yes"}),
    Spec("nearest by its middle alone", NEAREST, "1 | mmt | 80~100@90:71, 84:60", {"1": NOT_EXACT}),
    Spec("as near at its furthest", NEAREST, "1 | mmt | 85~95@90:71, 95:60", {"1": NOT_EXACT}),
    Spec("surely further", NEAREST, "1 | mmt | 60~80@70:60, 99:71", {"1": "yes"}),
    Spec("perhaps further", NEAREST, "1 | mmt | 60~80@70:60, 100:71", {"1": NOT_EXACT}),
    Spec("each by itself", EACH, "1 | mmt | 60~90@75:60, 80:71", {"1": NOT_EXACT}),
    Spec("each by itself, surely", EACH, "1 | mmt | 60~90@75:60, 91:71", {"1": "yes"}),
    Spec("two values that may be of one day", LOWEST, "1 | mmt | 60~90@75:71, 75:76", {"1": "yes"}),
    Spec("the lowest and the worst of a day are one", LOWEST, "1 | mmt | 60~90@75:60, 75:76", {"1": "no"}),
    Spec("the highest of days of which one may be the worst of both", HIGHEST_WORST, "1 | mmt | 60~90@75:60, 75:76", {"1": NOT_EXACT}),
    Spec("days that cannot be one", HIGHEST_WORST, "1 | mmt | 60~90@75:60, 91:76", {"1": "yes"}),
    Spec("equal values of one day or two", HIGHEST_WORST, "1 | mmt | 60~90@75:76, 75:76", {"1": "yes"}),
]  # fmt: skip

DOSE = (
    BOUNDS
    + """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
windows: {after: {from: 46 days, to: 134 days, take: last}}
outcomes: {response: {at: after, rule: {all: [{value: mmt, at_least: 70 points}, {value: steroid, at_most: 5 mg/day}]}}}
"""
)
DOSES = [
    Spec("one dose all the month", DOSE, "1 | mmt | 60~90@75:71\n1 | prednisone | 0..200 5 mg", {"1": "yes"}),
    Spec("lower from the middle on", DOSE, "1 | mmt | 60~90@75:71\n1 | prednisone | 0..70 40 mg; 71..200 5 mg",
         {"1": "not evaluable: after steroid: date not exact"}),
    Spec("lower before the month", DOSE, "1 | mmt | 60~90@75:71\n1 | prednisone | 0..58 40 mg; 59..200 5 mg", {"1": "yes"}),
    Spec("lower on its last day, which counts on arrival", DOSE, "1 | mmt | 60~90@75:71\n1 | prednisone | 0..89 5 mg; 90..200 40 mg", {"1": "yes"}),
    Spec("lower from its last day but one", DOSE, "1 | mmt | 60~90@75:71\n1 | prednisone | 0..88 5 mg; 89..200 40 mg",
         {"1": "not evaluable: after steroid: date not exact"}),
    Spec("no, whatever the dose", DOSE, "1 | mmt | 60~90@75:60\n1 | prednisone | 0..70 40 mg; 71..200 5 mg", {"1": "no"}),
    Spec("a visit that may lie beside the window", DOSE, "1 | visit | 120~140@130\n1 | prednisone | 0..200 5 mg",
         {"1": "after steroid date not exact"}),
]  # fmt: skip

EVENT = (
    BOUNDS
    + """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}
windows: {after: {from: 46 days, to: 134 days, take: last}}
intercurrent: {rescue added: {drugs: [rituximab], verdict: non-responder}, drug stopped: as observed}
outcomes: {response: {at: after, rule: {value: mmt, at_least: 70 points}}}
"""
)
TAKEN = "1 | mycophenolate mofetil | 0..300 500 mg x2\n"
EVENTS = [
    Spec("a rescue before the month", EVENT, TAKEN + "1 | mmt | 60~90@75:71\n1 | rituximab | 55..55 500 mg", {"1": "no"}),
    Spec("a rescue in the month", EVENT, TAKEN + "1 | mmt | 60~90@75:71\n1 | rituximab | 65..65 500 mg",
         {"1": "not evaluable: event not known: rescue added"}),
    Spec("a rescue on its last day is after any of its days", EVENT, TAKEN + "1 | mmt | 60~90@75:71\n1 | rituximab | 90..90 500 mg", {"1": "yes"}),
    Spec("no by the rule and by the rescue", EVENT, TAKEN + "1 | mmt | 60~90@75:60\n1 | rituximab | 65..65 500 mg", {"1": "no"}),
]  # fmt: skip

RAISED = (
    BOUNDS
    + """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
windows: {after: {from: 46 days, to: 134 days, take: last}}
intercurrent: {steroid raised above baseline: non-responder}
outcomes: {response: {at: after, rule: {gain: mmt, at_least: 4 points}}}
"""
)
RAISES = [
    Spec("raised before the month", RAISED, "1 | mmt | 0:60, 60~90@75:71\n1 | prednisone | -50..30 5 mg; 31..200 10 mg", {"1": "no"}),
    Spec("raised in the month", RAISED, "1 | mmt | 0:60, 60~90@75:71\n1 | prednisone | -50..70 5 mg; 71..200 10 mg",
         {"1": "not evaluable: event not known: steroid raised above baseline"}),
    Spec("a baseline of a partial date", RAISED, "1 | mmt | -30~-1@-15:60, 80:71\n1 | prednisone | -50..30 5 mg; 31..200 10 mg",
         {"1": "not evaluable: event not known: steroid raised above baseline"}),
]  # fmt: skip


@on_every_engine(VALUES)
def test_a_value_is_taken_where_every_day_of_its_rows_takes_it(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(DOSES)
def test_a_dose_is_that_of_each_day_that_the_visit_may_be_of(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(EVENTS)
def test_events_before_a_visit_of_a_partial_date(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(RAISES)
def test_a_raised_dose_before_a_visit_of_a_partial_date(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
