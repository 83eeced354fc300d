"""The nadir and the peak: the lowest and the highest value since the baseline visit, up to the visit judged."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  size: {quantity: sum of diameters, unit: mm, better: low}
  cells: {grades: ["0", "0.5+", "1+", "2+"], better: low}
  score: {quantity: score, unit: points, range: [0, 10], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last, same_day: highest}
  after: {from: 46 days, to: 134 days, %s}
"""
LAST = "take: last, same_day: highest"
GREW = "{rises: size, from: nadir, at_least: 20 % of nadir}"
FLARE = "{worsens: mmt, from: peak, at_least: 4 points}"
PROGRESS = "{all: [{rises: size, from: nadir, at_least: 20 % of nadir}, {rises: size, from: nadir, at_least: 5 mm}]}"


def so_far(name: str, rule: str, rows: str, answer: str, window: str = LAST, more: str = "") -> Spec:
    lines = "\n".join(f"1 | {line.strip()}" for line in rows.split(";"))
    return Spec(
        f"so far: {name}",
        f"{MEASURES % window}\noutcomes: {{response: {{at: after, rule: {rule}}}}}\n{more}",
        lines,
        {"1": answer},
    )


NO_NADIR = "not evaluable: nadir up to after size: "
CHANGES = [
    so_far("from the lowest since baseline", GREW, "size | 0:100, 30:50, 90:60", "yes"),
    so_far("not from baseline", GREW, "size | 0:50, 30:100, 90:59", "no"),
    so_far("just under a fifth of the nadir", GREW, "size | 0:100, 30:50, 90:59.999999", "no"),
    so_far("the baseline is the nadir", GREW, "size | 0:50, 30:80, 90:60", "yes"),
    so_far("a lower value before the baseline visit", GREW, "size | -10:20, 0:50, 90:59", "no"),
    so_far("a lower value after the visit judged", GREW, "size | 0:60, 90:60, 140:20", "no"),
    so_far("a day that is its own nadir has not changed", "{rises: size, from: nadir, at_most: 0 mm}", "size | 0:100, 90:50", "yes"),
    so_far("two values alone", GREW, "size | 0:50, 90:60", "yes"),
    so_far("also so many units", PROGRESS, "size | 0:100, 30:10, 90:13", "no"),
    so_far("a fifth and so many units", PROGRESS, "size | 0:100, 30:25, 90:30", "yes"),
    so_far("from the highest since baseline", FLARE, "mmt | 0:50, 30:70, 90:66", "yes"),
    so_far("three points below the peak", FLARE, "mmt | 0:50, 30:70, 90:67", "no"),
    so_far("in percent of the peak", "{falls: mmt, from: peak, at_least: 20 % of peak}", "mmt | 0:50, 30:70, 90:56", "yes"),
    so_far("of the range", "{worsens: mmt, from: peak, at_least: 5 % of range}", "mmt | 0:50, 30:70, 90:66", "yes"),
    so_far("in steps of grades", "{worsens: cells, from: nadir, at_least: 2 steps}", "cells | 0:2+, 30:0, 90:1+", "yes"),
    so_far("one step of grades", "{worsens: cells, from: nadir, at_least: 2 steps}", "cells | 0:2+, 30:0.5+, 90:1+", "no"),
    so_far("the value that is taken elsewhere", "{rises: size, from: nadir, at: baseline, at_most: 0 mm}", "size | 0:100, 90:50", "yes"),
    so_far("its day and value", GREW, "size | 0:100, 30:50, 40:50, 90:60", "nadir up to after size 50 @30"),
    so_far("up to the day that is taken", GREW, "size | 0:100, 60:90, 80:50, 100:50",
           "nadir up to after size 90 @60", "take: first, same_day: highest"),
]  # fmt: skip
UNKNOWN = [
    so_far("no baseline", GREW, "size | 30:50, 90:60", f"{NO_NADIR}no visit in window"),
    so_far("no value to judge", GREW, "size | 0:50, 30:60", f"{NO_NADIR}no visit in window"),
    so_far("0 as the nadir", GREW, "size | 0:50, 30:0, 90:60", f"{NO_NADIR}zero baseline"),
    so_far("0 as the nadir, in units", "{rises: size, from: nadir, at_least: 5 mm}", "size | 0:50, 30:0, 90:5", "yes"),
    so_far("a code between is no value", GREW, "size | 0:50, 30:ND, 90:60", "yes"),
    so_far("a bound between may be lower", GREW, "size | 0:50, 30:<40, 90:45", f"{NO_NADIR}censored"),
    so_far("a bound between is far lower", "{rises: size, from: nadir, at_least: 5 mm}", "size | 0:50, 30:<40, 90:60", "yes"),
    so_far("a bound between may not be lower", GREW, "size | 0:50, 30:>55, 90:60", "yes"),
    so_far("two values of a day, the pick of the window judged", GREW, "size | 0:100, 30:50, 30:55, 90:60", "no"),
    so_far("two values of a day that settle nothing", GREW, "size | 0:100, 30:50, 30:55, 90:60", f"{NO_NADIR}different values on one day",
           "take: last, same_day: not evaluable"),
    so_far("a date that may be before the baseline visit", GREW, "size | -10~-2@-6:20, -5:50, 90:60",
           f"{NO_NADIR}date not exact", more="partial_dates: bounds"),
    so_far("a date that may be after the visit judged", GREW, "size | -5:50, 85~95@86:20, 90:60",
           f"{NO_NADIR}date not exact", more="partial_dates: bounds"),
    so_far("a date that may be before the baseline", GREW, "size | 0:50, -2~9@3:20, 90:60", f"{NO_NADIR}partial date at the edge of the window",
           more="partial_dates: bounds"),
    so_far("a date known in part, within", GREW, "size | 0:100, 20~40@30:50, 90:60", "yes", more="partial_dates: bounds"),
    so_far("unknown, where another part decides", f"{{any: [{GREW}, {{value: score, at_least: 5 points}}]}}", "size | 90:60; score | 90:6", "yes"),
]  # fmt: skip
HELD = [
    so_far("held: up to each visit", f"{{held: {GREW}, in: after, on: 1 visit}}", "size | 0:100, 50:50, 60:59, 90:60, 100:30", "yes"),
    so_far("held: no visit", f"{{held: {GREW}, in: after, on: 1 visit}}", "size | 0:100, 50:50, 60:59, 90:40, 100:47", "no"),
    so_far("held: a nadir before the window", f"{{held: {GREW}, in: after, on: every visit}}", "size | 0:100, 20:50, 60:60, 90:70", "yes"),
    so_far("held: the visit itself counts", f"{{held: {GREW}, in: after, on: every visit}}", "size | 0:100, 60:60, 90:100", "no"),
    so_far("held: without a baseline", f"{{held: {GREW}, in: after, on: 1 visit}}", "size | 60:60, 90:100",
           "not evaluable: after visits: not known on some day"),
    so_far("held: twice", f"{{held: {GREW}, in: after, on: 2 visits, apart: 28 days}}", "size | 0:50, 60:60, 90:60", "yes"),
    so_far("held: up to a fixed window", "{held: {all: [{rises: size, from: nadir, at: after, at_least: 5 mm}, {value: score, at_least: 5 points}]}, "
           "in: after, on: 1 visit}", "size | 0:50, 30:20, 90:25; score | 60:6", "yes"),
]  # fmt: skip
SCORE = (
    "{score: [{worsens: size, from: nadir, points: {at_least 20 % of nadir: 1, at_least 50 % of nadir: 2}}, "
    "{value: score, points: {at_least 5 points: 3}}], at_least: 2}"
)
OBSERVED = [
    so_far("points by bands", SCORE, "size | 0:100, 30:50, 90:75; score | 90:1", "yes"),
    so_far("points of the lower band", SCORE, "size | 0:100, 30:50, 90:60; score | 90:1", "no"),
    so_far("observed time that the windows leave", GREW, "size | 0:100, 30:50, 90:60; observed | -20..100", "yes"),
    so_far(
        "a missing baseline as not met",
        GREW,
        "size | 90:60",
        "not evaluable: nadir up to after size: no visit in window",
    ),
]
NOT_MET = [
    Spec("so far: without a baseline, as not met",
         f"{MEASURES % LAST}\noutcomes: {{response: {{at: after, rule: {GREW}}}}}\nrobustness: {{missing: [not met]}}",
         "1 | size | 90:60", {"1": "no"}, 1),
    Spec("so far: another width of baseline",
         f"{MEASURES % LAST}\noutcomes: {{response: {{at: after, rule: {GREW}}}}}\nrobustness: {{take: {{baseline: [first]}}}}",
         "1 | size | -50:40, 0:50, 90:50", {"1": "yes"}, 1),
]  # fmt: skip
SPECS = [*CHANGES, *UNKNOWN, *HELD, *OBSERVED, *NOT_MET]


@on_every_engine(SPECS)
def test_changes_from_the_nadir_and_the_peak(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
