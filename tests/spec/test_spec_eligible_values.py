"""Eligibility by a value: the value that the window takes of the measure by itself, and what it is compared with."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, open_choices, protocol

MMF = "1 | mycophenolate mofetil | 0..\n"
CASE = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: patient}\n"
IN, OUT, BARRED = "included", "excluded: wanted", "excluded: barred"
UNKNOWN, UNKNOWN_BARRED = "excluded undetermined: wanted", "excluded undetermined: barred"

MEASURES = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  vas: {quantity: activity, unit: cm, range: [2, 10], better: low}
  ck: {quantity: enzyme, unit: U/L, better: none, censored: limit}
  active: {judgement: active disease, since: last visit, better: "no"}
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}
  per kg: {daily_dose: systemic glucocorticoids, as: prednisone mg/kg/day, outside_courses: zero, weight: weight, weight_within: 30 days}
  weight: {quantity: weight, unit: kg, better: none}
"""
NOTED = "  noted: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: visits}\n"


def include(line: str, more: str = "") -> str:
    noted = NOTED if "noted" in line else ""
    return f"{CASE}{MEASURES}{noted}include: [{{{line}, label: wanted}}]\n{more}"


def exclude(line: str, more: str = "") -> str:
    return f"{CASE}{MEASURES}exclude: [{{{line}, label: barred}}]\n{more}"


def spec(name: str, changes: str, rows: str, answer: str) -> Spec:
    return Spec(name, changes, MMF + rows, {"1": answer})


def window(written: str) -> str:
    return f"windows: {{baseline: {{{written}}}}}\n"


AT_LEAST, ABOVE = "value: mmt, in: baseline, at_least: 50 points", "value: mmt, in: baseline, more_than: 50 points"
AT_MOST, BELOW = "value: mmt, in: baseline, at_most: 50 points", "value: mmt, in: baseline, less_than: 50 points"
RANGE = "value: mmt, in: baseline, at_least: 50 points, below: 60 points"
DOSE = "value: steroid, in: baseline, at_least: 10 mg/day"
HIGHEST = window("from: -90 days, to: 0 days, take: highest, components: nearest each")
NEAREST = "from: -90 days, to: 0 days, target: -30 days, take: nearest"
MEAN = window("from: -90 days, to: 0 days, take: last, same_day: mean")
BOUNDS = "partial_dates: bounds\n"

SPECS = [
    spec("at least, and just so much", include(AT_LEAST), "1 | mmt | -5:50", IN),
    spec("at least, and a little less", include(AT_LEAST), "1 | mmt | -5:49.999", OUT),
    spec("above, and a little more", include(ABOVE), "1 | mmt | -5:50.001", IN),
    spec("above, and just so much", include(ABOVE), "1 | mmt | -5:50", OUT),
    spec("above is another word for more than", include(ABOVE.replace("more_than", "above")), "1 | mmt | -5:50", OUT),
    spec("at most, and just so much", include(AT_MOST), "1 | mmt | -5:50", IN),
    spec("at most, and a little more", include(AT_MOST), "1 | mmt | -5:50.001", OUT),
    spec("below, and a little less", include(BELOW), "1 | mmt | -5:49.999", IN),
    spec("below, and just so much", include(BELOW), "1 | mmt | -5:50", OUT),
    spec("a range, at its lower end", include(RANGE), "1 | mmt | -5:50", IN),
    spec("a range, below its lower end", include(RANGE), "1 | mmt | -5:49", OUT),
    spec("a range, short of its upper end", include(RANGE), "1 | mmt | -5:59.9", IN),
    spec("a range, at an upper end that does not belong to it", include(RANGE), "1 | mmt | -5:60", OUT),
    spec("a percent of the range, just so much", include("value: vas, in: baseline, at_least: 25 % of range"), "1 | vas | -5:4", IN),
    spec("a percent of the range, a little less", include("value: vas, in: baseline, at_least: 25 % of range"), "1 | vas | -5:3.99", OUT),
    spec("no value is no answer", include(AT_LEAST), "1 | vas | -5:4", UNKNOWN),
    spec("no value is no answer where the line excludes", exclude(AT_LEAST), "1 | vas | -5:4", UNKNOWN_BARRED),
    spec("a code for a missing value is no answer", include(AT_LEAST), "1 | mmt | -5:ND", UNKNOWN),
    spec("the first day of the window", include(AT_LEAST), "1 | mmt | -90:50", IN),
    spec("the day before the window", include(AT_LEAST), "1 | mmt | -91:50", UNKNOWN),
    spec("the index date", include(AT_LEAST), "1 | mmt | 0:50", IN),
    spec("the day after the window", include(AT_LEAST), "1 | mmt | 1:50", UNKNOWN),
    spec("the last value decides, not the highest", include(AT_LEAST), "1 | mmt | -9:70, -5:20", OUT),
    spec("the highest value decides where the window takes it", include(AT_LEAST, HIGHEST), "1 | mmt | -9:70, -5:20", IN),
    spec("the nearest value decides", include(AT_LEAST, window(NEAREST)), "1 | mmt | -31:70, -5:20", IN),
    spec("of two equally near the earlier", include(AT_LEAST, window(f"{NEAREST}, tie: earlier")), "1 | mmt | -31:70, -29:20", IN),
    spec("of two equally near the later", include(AT_LEAST, window(f"{NEAREST}, tie: later")), "1 | mmt | -31:70, -29:20", OUT),
    spec("two values on a day, their mean just so much", include(AT_LEAST, MEAN), "1 | mmt | -5:45, -5:55", IN),
    spec("two values on a day, their mean a little less", include(AT_LEAST, MEAN), "1 | mmt | -5:45, -5:54.999", OUT),
    spec("three values on a day, their mean just so much", include("value: mmt, in: baseline, at_least: 50 points", MEAN),
         "1 | mmt | -5:45, -5:50, -5:55", IN),
    spec("two values on a day that count as none", include(AT_LEAST, MEAN.replace("mean", "not evaluable")), "1 | mmt | -5:55, -5:65", UNKNOWN),
    spec("two equal values on a day", include(AT_LEAST), "1 | mmt | -5:55, -5:55", IN),
    spec("a limit that decides yes", include(AT_LEAST), "1 | mmt | -5:>=50", IN),
    spec("a limit that nothing beyond decides yes", include(ABOVE), "1 | mmt | -5:>50", IN),
    spec("a limit that decides no", include(AT_LEAST), "1 | mmt | -5:<50", OUT),
    spec("a limit on the wrong side", include(AT_LEAST), "1 | mmt | -5:>49", UNKNOWN),
    spec("a limit that may just be reached", include(AT_LEAST), "1 | mmt | -5:<=50", UNKNOWN),
    spec("a limit that decides one bound of a range", include(RANGE), "1 | mmt | -5:<50", OUT),
    spec("a limit that leaves one bound of a range open", include(RANGE), "1 | mmt | -5:>=50", UNKNOWN),
    spec("a limit that counts as its number", include("value: ck, in: baseline, at_least: 50 U/L"), "1 | ck | -5:<50", IN),
    spec("a limit decides an exclusion", exclude(AT_LEAST), "1 | mmt | -5:<50", IN),
    spec("a limit leaves an exclusion open", exclude(AT_LEAST), "1 | mmt | -5:<60", UNKNOWN_BARRED),
    spec("an exclusion that is met", exclude(AT_LEAST), "1 | mmt | -5:50", BARRED),
    spec("an exclusion that is not met", exclude(AT_LEAST), "1 | mmt | -5:49", IN),
    spec("a partial date within the window", include(AT_LEAST, BOUNDS), "1 | mmt | -30~-10:50", IN),
    spec("a partial date at the edge of the window", include(AT_LEAST, BOUNDS), "1 | mmt | -100~-80:50", UNKNOWN),
    spec("a partial date at the edge spoils the others", include(AT_LEAST, BOUNDS), "1 | mmt | -100~-80:50, -5:60", UNKNOWN),
    spec("a partial date beyond the window", include(AT_LEAST, BOUNDS), "1 | mmt | -120~-91:20, -5:60", IN),
    spec("the measure by itself, whatever visit an outcome takes",
         include("value: vas, in: baseline, at_least: 4 cm", window("from: -90 days, to: 0 days, take: last, components: same visit")),
         "1 | mmt | -5:60\n1 | vas | -9:5", IN),
    spec("a judgement that was yes", include("is: active, in: baseline"), "1 | active | -5:yes", IN),
    spec("a judgement that was no", include("is: active, in: baseline"), "1 | active | -5:no", OUT),
    spec("no judgement", include("is: active, in: baseline"), "", UNKNOWN),
    spec("a judgement that bars", exclude("is: active, in: baseline"), "1 | active | -5:yes", BARRED),
    spec("a dose of just so much", include(DOSE), "1 | prednisone | -20..5 10 mg", IN),
    spec("a dose of a little less", include(DOSE), "1 | prednisone | -20..5 9.999 mg", OUT),
    spec("two drugs add up to just so much", include(DOSE), "1 | prednisone | -20..5 5 mg\n1 | methylprednisolone | -20..5 4 mg", IN),
    spec("a dose begun on the index date was not taken on arrival", include(DOSE), "1 | prednisone | -20..-1 5 mg; 0..9 50 mg", OUT),
    spec("a dose begun on the day before", include(DOSE), "1 | prednisone | -20..-2 5 mg; -1..9 50 mg", IN),
    spec("a dose that ended long ago is zero", include("value: steroid, in: baseline, less_than: 10 mg/day"), "1 | prednisone | -50..-20 50 mg", IN),
    spec("a dose between courses that is declared to be none",
         include(DOSE).replace("mg/day, outside_courses: zero", "mg/day, outside_courses: not evaluable"),
         "1 | prednisone | -50..-20 50 mg", UNKNOWN),
    spec("a dose between courses that is declared to be none, beside partial dates",
         include(DOSE, BOUNDS).replace("mg/day, outside_courses: zero", "mg/day, outside_courses: not evaluable"),
         "1 | prednisone | -50..-20 50 mg", UNKNOWN),
    spec("no course of the drug is no answer", include(DOSE), "", UNKNOWN),
    spec("a course without its dose is no answer", include(DOSE), "1 | prednisone | -20..5", UNKNOWN),
    spec("a row that may be a course is no answer", exclude(DOSE), "1 | prednisone | -20..5 5 mg\n1 | unread | -10..5", UNKNOWN_BARRED),
    spec("never taken is zero", exclude(DOSE), "1 | never: systemic glucocorticoids |", IN),
    spec("the dose of the first day", include(DOSE, window("from: -90 days, to: 0 days, take: first")), "1 | prednisone | -99..-80 10 mg", IN),
    spec("the dose of the target", include(DOSE, window(NEAREST)), "1 | prednisone | -31..-29 10 mg", IN),
    spec("the dose of the day named, not of a visit", include(DOSE), "1 | mmt | -50:60\n1 | prednisone | -60..-40 10 mg", OUT),
    spec("a dose of a window that lies after all that is known", include("value: steroid, in: after, at_least: 10 mg/day"),
         "1 | mmt | 89:60\n1 | prednisone | 0.. 10 mg", UNKNOWN),
    spec("a dose of a window up to what is known", include("value: steroid, in: after, at_least: 10 mg/day"),
         "1 | mmt | 90:60\n1 | prednisone | 0.. 10 mg", IN),
    spec("a dose per kilogram, just so much", include("value: per kg, in: baseline, at_least: 0.5 mg/kg/day"),
         "1 | weight | -9:20\n1 | prednisone | -20..5 10 mg", IN),
    spec("a dose per kilogram, a little less", include("value: per kg, in: baseline, at_least: 0.5 mg/kg/day"),
         "1 | weight | -9:20.01\n1 | prednisone | -20..5 10 mg", OUT),
    spec("a dose per kilogram without a weight", include("value: per kg, in: baseline, at_least: 0.5 mg/kg/day"),
         "1 | weight | -31:20\n1 | prednisone | -20..5 10 mg", UNKNOWN),
    spec("a dose written at a visit", include("value: noted, in: baseline, at_least: 10 mg/day"), "1 | noted | -5:10", IN),
    spec("a dose written at a visit, a little less", include("value: noted, in: baseline, at_least: 10 mg/day"), "1 | noted | -5:9.9", OUT),
    spec("a value in time that is observed", include(AT_LEAST), "1 | observed | -30..100\n1 | mmt | -30:50", IN),
    spec("a value before observation is none", include(AT_LEAST), "1 | observed | -30..100\n1 | mmt | -31:50", UNKNOWN),
    spec("the highest of a window that leaves observed time", include(AT_LEAST, HIGHEST), "1 | observed | -30..100\n1 | mmt | -20:50", UNKNOWN),
    spec("the highest of a window observed throughout", include(AT_LEAST, HIGHEST), "1 | observed | -90..100\n1 | mmt | -20:50", IN),
]  # fmt: skip

EITHER = "any: [{value: mmt, less_than: 40 points}, {value: vas, at_least: 6 cm}], in: baseline"
BOTH = "all: [{value: mmt, less_than: 40 points}, {not: {is: active}}], in: baseline"
TWO = "at_least: 2, of: [{value: mmt, less_than: 40 points}, {value: vas, at_least: 6 cm}, {is: active}], in: baseline"
MEASURED = (
    "at_least: 2, skipped: in proportion, in: baseline, "
    "of: [{is: active}, {each: [mmt, vas], rule: {value: each, at_least: 6 points, if_not_measured: skip}}]"
)
BY_STATE = "all: [{when: {is: active}, then: {value: vas, at_least: 4 cm}, otherwise: {value: vas, at_least: 8 cm}}], in: baseline"
RULES = [
    spec("any, by the first", include(EITHER), "1 | mmt | -5:39", IN),
    spec("any, by the second, whatever the first", include(EITHER), "1 | vas | -5:6", IN),
    spec("any, by none", include(EITHER), "1 | mmt | -5:40\n1 | vas | -5:5.9", OUT),
    spec("any, where one is no and one not known", include(EITHER), "1 | mmt | -5:40", UNKNOWN),
    spec("any, of different days", include(EITHER), "1 | mmt | -5:40\n1 | vas | -50:7, -60:3", IN),
    spec("any, barred", exclude(EITHER), "1 | mmt | -5:39", BARRED),
    spec("any, not barred", exclude(EITHER), "1 | mmt | -5:40\n1 | vas | -5:5", IN),
    spec("any, not known whether barred", exclude(EITHER), "1 | mmt | -5:40", UNKNOWN_BARRED),
    spec("all", include(BOTH), "1 | mmt | -5:39\n1 | active | -9:no", IN),
    spec("all, where one is no and one not known", include(BOTH), "1 | active | -9:yes", OUT),
    spec("all, where one is yes and one not known", include(BOTH), "1 | active | -9:no", UNKNOWN),
    spec("two of three, whatever the third", include(TWO), "1 | mmt | -5:39\n1 | active | -9:yes", IN),
    spec("one of three, and one not known", include(TWO), "1 | mmt | -5:40\n1 | active | -9:yes", UNKNOWN),
    spec("one of three", include(TWO), "1 | mmt | -5:40\n1 | active | -9:yes\n1 | vas | -5:5", OUT),
    spec("a part left out", include(MEASURED), "1 | mmt | -5:7\n1 | active | -5:yes", IN),
    spec("a part left out, and too few of the others", include(MEASURED), "1 | mmt | -5:5\n1 | active | -5:yes", OUT),
    spec("a limit by state", include(BY_STATE), "1 | vas | -5:5\n1 | active | -5:yes", IN),
    spec("a limit by another state", include(BY_STATE), "1 | vas | -5:5\n1 | active | -5:no", OUT),
    spec("a limit by a state that is not known", include(BY_STATE), "1 | vas | -5:5", UNKNOWN),
    spec("a limit by a state that does not matter", include(BY_STATE), "1 | vas | -5:8", IN),
    spec("a rule over days that may lie in the window", include(EITHER, BOUNDS), "1 | mmt | -95~-85@-90:39\n1 | vas | -5:5", UNKNOWN),
    spec("a rule over a mean", include(EITHER, MEAN), "1 | mmt | -5:39, -5:41\n1 | vas | -5:5", OUT),
    spec("a dose among the parts", include("any: [{value: steroid, at_least: 10 mg/day}, {value: mmt, less_than: 40 points}], in: baseline",
         "windows: {baseline: {from: -90 days, to: 0 days, target: -5 days, take: nearest, tie: earlier}}"),
         "1 | prednisone | -50..0 10 mg\n1 | mmt | -5:50", IN),
]  # fmt: skip
SPECS += RULES


@on_every_engine(SPECS)
def test_values_decide_who_is_included(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


ORDER = f"""{CASE}{MEASURES}
include:
  - {{value: mmt, in: baseline, at_least: 50 points, label: strong}}
  - {{diagnosis: lupus, by: any time, label: lupus}}
  - {{value: vas, in: baseline, at_least: 4 cm, label: active}}
exclude:
  - {{value: mmt, in: baseline, at_least: 70 points, label: too strong}}
"""
LUPUS = "1 | diagnosis: lupus | -5\n"


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ("1 | mmt | -5:49", "excluded: strong"),
        ("1 | mmt | -5:50", "excluded: lupus"),
        (LUPUS, "excluded undetermined: strong"),
        (LUPUS + "1 | mmt | -5:50", "excluded undetermined: active"),
        (LUPUS + "1 | mmt | -5:50\n1 | vas | -5:3", "excluded: active"),
        (LUPUS + "1 | mmt | -5:69.9\n1 | vas | -5:4", "included"),
        (LUPUS + "1 | mmt | -5:70\n1 | vas | -5:3", "excluded: active"),
        (LUPUS + "1 | mmt | -5:70\n1 | vas | -5:4", "excluded: too strong"),
    ],
)
def test_the_first_line_failed_is_the_reason(rows: str, answer: str, implementation: str) -> None:
    found = answers(protocol(ORDER), MMF + rows, implementation)
    assert answer == found.story("1")[0]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_course_has_its_own_window(implementation: str) -> None:
    study = protocol(
        include(AT_LEAST).replace("per: patient", "per: course").replace("restart_after: 0", "restart_after: 10")
    )
    rows = "1 | mycophenolate mofetil | 0..20 500 mg; 200..220 500 mg; 400.. 500 mg\n1 | mmt | -5:50, 195:49, 401:80"
    found = answers(study, rows, implementation)
    told = [found.story(case)[0] for case in ("1/1", "1/2", "1/3")]
    assert ["included", "excluded: wanted", "excluded undetermined: wanted"] == told


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_value_that_waits_for_a_choice_asks_for_it(implementation: str) -> None:
    rows = MMF + "1 | mmt | -5:50, -5:60"
    assert ["same_day 1: baseline mmt"] == open_choices(protocol(include(AT_LEAST)), rows, implementation)
    assert ["same_day 1: baseline mmt"] == open_choices(protocol(exclude(AT_LEAST)), rows, implementation)
    tied = MMF + "1 | mmt | -31:50, -29:60"
    assert ["tie 1: baseline mmt"] == open_choices(protocol(include(AT_LEAST, window(NEAREST))), tied, implementation)
    both = MMF + "1 | mmt | -31:50, -29:60, -29:61"
    asked = ["same_day 1: baseline mmt", "tie 1: baseline mmt"]
    assert asked == open_choices(protocol(include(AT_LEAST, window(NEAREST))), both, implementation)
    undeclared = protocol(
        include(DOSE).replace("as: prednisone mg/day, outside_courses: zero", "as: prednisone mg/day")
    )
    assert ["outside_courses 1: steroid"] == open_choices(
        undeclared, MMF + "1 | prednisone | -50..-20 9 mg", implementation
    )


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_case_that_fails_before_asks_for_no_choice(implementation: str) -> None:
    study = protocol(f"{CASE}{MEASURES}include: [{{diagnosis: lupus, by: any time}}, {{{AT_LEAST}}}]\n")
    rows = (
        MMF + "1 | mmt | -5:50, -5:60\n2 | mycophenolate mofetil | 0..\n2 | diagnosis: lupus | 0\n2 | mmt | 0:50, 0:60"
    )
    assert ["same_day 2: baseline mmt"] == open_choices(study, rows, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_rule_asks_for_the_choices_that_keep_it_open(implementation: str) -> None:
    two_days = "1 | mmt | -5:50, -5:60\n"
    for line in (include(EITHER), exclude(EITHER)):
        asked = open_choices(protocol(line), MMF + two_days + "1 | vas | -5:3, -5:4", implementation)
        assert ["same_day 1: baseline mmt", "same_day 1: baseline vas"] == asked
        assert ["same_day 1: baseline mmt"] == open_choices(protocol(line), MMF + two_days, implementation)
    assert [] == open_choices(protocol(exclude(EITHER)), MMF + two_days + "1 | vas | -5:7", implementation)
