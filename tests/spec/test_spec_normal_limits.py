"""Limits of normal: those of the row, then those of the protocol; none is never a default."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

MEASURES = """
measures:
  mmt: "~"
  ck: {quantity: creatine kinase, unit: U/L, better: low%s}
  score: {quantity: score, unit: points, range: [0, 10], better: high}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, %s}
"""
#: How the value is taken, where nothing else is said.
LAST = "take: last, same_day: highest"


def study(rule: str, limits: str = "", window: str = LAST, more: str = "") -> str:
    declared = f", limits: {limits}" if limits else ""
    return f"{MEASURES % (declared, window)}\noutcomes: {{response: {{at: after, rule: {rule}}}}}\n{more}"


def limit(
    name: str, written: str, rows: str, answer: str, limits: str = "", window: str = LAST, more: str = ""
) -> Spec:
    lines = "\n".join(f"1 | {line.strip()}" for line in rows.split(";"))
    return Spec(f"limits of normal: {name}", study(written, limits, window, more), lines, {"1": answer})


NORMAL = "{value: ck, at_most: 1 x ULN}"
NONE, NO_LOWER = (
    "not evaluable: after ck: no upper limit of normal",
    "not evaluable: after ck: no lower limit of normal",
)
DIFFERENT = "not evaluable: after ck: different limits of normal"
UNKNOWN = "not evaluable: after ck: limit of normal by %s not known"
BY_BOTH = "[{sex: female, upper: 190}, {sex: male, age: {below: 6 years}, upper: 150}, {sex: male, age: {at_least: 6 years}, upper: 190}]"
BY_SEX = "[{sex: female, upper: 150}, {sex: male, upper: 190}]"
BY_AGE = "[{age: {below: 6 years}, lower: 20, upper: 250}, {age: {at_least: 6 years}, lower: 30, upper: 190}]"
EACH = "take: %s, components: nearest each, same_day: %s"

OF_THE_ROW = [
    limit("at the upper limit", NORMAL, "ck | 90:190[30..190]", "yes"),
    limit("above the upper limit", NORMAL, "ck | 90:190.000001[30..190]", "no"),
    limit("less than the upper limit", "{value: ck, less_than: 1 x ULN}", "ck | 90:190[30..190]", "no"),
    limit("below the lower limit", "{value: ck, less_than: 1 x LLN}", "ck | 90:29[30..190]", "yes"),
    limit("at the lower limit", "{value: ck, less_than: 1 x LLN}", "ck | 90:30[30..190]", "no"),
    limit("a multiple", "{value: ck, more_than: 3 x ULN}", "ck | 90:570[..190]", "no"),
    limit("more than a multiple", "{value: ck, more_than: 3 x ULN}", "ck | 90:570.1[..190]", "yes"),
    limit("a part", "{value: ck, at_most: 1.5 x ULN}", "ck | 90:285[..190]", "yes"),
    limit("an exact part of a limit with decimals", "{value: ck, at_least: 1.5 x ULN}", "ck | 90:0.15[..0.1]", "yes"),
    limit("that of the day that is taken", NORMAL, "ck | 60:100[..90], 90:100[..110]", "yes"),
    limit("no limit", NORMAL, "ck | 90:100", NONE),
    limit("the other limit is no limit", NORMAL, "ck | 90:100[30..]", NONE),
    limit("no lower limit", "{value: ck, at_least: 1 x LLN}", "ck | 90:100[..190]", NO_LOWER),
    limit("a limit of 0 is none", NORMAL, "ck | 90:0[..0]", NONE),
    limit("a lower limit of 0 is none", "{value: ck, less_than: 1 x LLN}", "ck | 90:3[0..5]", NO_LOWER),
    limit("no value", NORMAL, "ck | 200:100[..190]", "not evaluable: after ck: no visit in window"),
    limit("no limit decides nothing where another part does", f"{{any: [{NORMAL}, {{value: score, at_least: 5 points}}]}}",
          "ck | 90:100; score | 90:6", "yes"),
    limit("at baseline", "{value: ck, at: baseline, more_than: 1 x ULN}", "ck | 0:200[..190], 90:100[..90]", "yes"),
]  # fmt: skip
BOUNDS = [
    limit("<5 of a limit of 5", "{value: ck, at_most: 1 x ULN}", "ck | 90:<5[..5]", "yes"),
    limit("<5 is less than a limit of 5", "{value: ck, less_than: 1 x ULN}", "ck | 90:<5[..5]", "yes"),
    limit("<=5 may be the limit", "{value: ck, less_than: 1 x ULN}", "ck | 90:<=5[..5]", "not evaluable: after ck: censored"),
    limit("<5 may be below the lower limit", "{value: ck, less_than: 1 x LLN}", "ck | 90:<5[2..9]",
          "not evaluable: after ck: censored"),
    limit(">500 is above", NORMAL, "ck | 90:>500[..190]", "no"),
    limit(">190 is not at most", NORMAL, "ck | 90:>190[..190]", "no"),
    limit(">100 may be", NORMAL, "ck | 90:>100[..190]", "not evaluable: after ck: censored"),
    limit("a bound without a limit", NORMAL, "ck | 90:>100", "not evaluable: after ck: censored"),
    limit("the highest of two days may be of the other limit", "{value: ck, more_than: 1 x ULN}",
          "ck | 60:>200[..300], 90:210[..190]", "not evaluable: after ck: censored", "", EACH % ("highest", "highest")),
    limit("the highest of two days with one limit", "{value: ck, more_than: 1 x ULN}", "ck | 60:>200[..190], 90:210[..190]", "yes", "",
          EACH % ("highest", "highest")),
]  # fmt: skip
SEVERAL = [
    limit("the row that is picked of a day has its own limit", NORMAL, "ck | 90:195[..200], 90:180[..190]", "yes"),
    limit("equal values of one day with two limits", NORMAL, "ck | 90:195[..200], 90:195[..190]", DIFFERENT),
    limit("equal values of one day, one without a limit", NORMAL, "ck | 90:195[..200], 90:195", NONE),
    limit("the mean of a day with one limit", NORMAL, "ck | 90:180[..190], 90:200[..190]", "yes", "", "take: last, same_day: mean"),
    limit("the mean of a day with two limits", NORMAL, "ck | 90:180[..190], 90:200[..200]", DIFFERENT, "",
          "take: last, same_day: mean"),
    limit("a mean that is one of the values has the limits of all", NORMAL, "ck | 90:180[..190], 90:190[..190], 90:200[..200]", DIFFERENT, "",
          "take: last, same_day: mean"),
    limit("a mean of days with one limit", NORMAL, "ck | 60:180[..190], 90:200[..190]", "yes", "", EACH % ("mean", "mean")),
    limit("a mean of days with two limits", NORMAL, "ck | 60:180[..190], 90:200[..200]", DIFFERENT, "", EACH % ("mean", "mean")),
    limit("the lowest of days has the limit of its day", NORMAL, "ck | 60:180[..170], 90:200[..250]", "no", "",
          EACH % ("lowest", "highest")),
    limit("the mean of two days equally near has those of both", NORMAL, "ck | 60:9[..5], 80:180[..190], 100:200[..200]", DIFFERENT, "",
          "target: 90 days, take: nearest, tie: mean, components: nearest each, same_day: highest"),
    limit("the better of two days equally near has its own", NORMAL, "ck | 80:180[..190], 100:200[..150]", "yes", "",
          "target: 90 days, take: nearest, tie: better, components: nearest each, same_day: highest"),
]  # fmt: skip
DECLARED = [
    limit("for everybody", NORMAL, "ck | 90:190", "yes", "{lower: 30, upper: 190}"),
    limit("the row's own wins", NORMAL, "ck | 90:190[..180]", "no", "{lower: 30, upper: 190}"),
    limit("one side of the row's own", "{all: [{value: ck, at_most: 1 x ULN}, {value: ck, at_least: 1 x LLN}]}", "ck | 90:185[..190]", "yes",
          "{lower: 30, upper: 180}"),
    limit("of girls", NORMAL, "sex | F; ck | 90:170", "no", BY_SEX),
    limit("of boys", NORMAL, "sex | M; ck | 90:170", "yes", BY_SEX),
    limit("sex in a word", NORMAL, "sex | Male; ck | 90:170", "yes", BY_SEX),
    limit("another sex in a word", NORMAL, "sex | female; ck | 90:170", "no", BY_SEX),
    limit("sex not recorded", NORMAL, "ck | 90:170", UNKNOWN % "a sex that is", BY_SEX),
    limit("of one sex alone, sex not recorded", NORMAL, "ck | 90:170", UNKNOWN % "a sex that is", "[{sex: female, upper: 190}]"),
    limit("the other side of one sex alone, sex not recorded", "{value: ck, at_least: 1 x LLN}", "ck | 90:170", NO_LOWER, BY_SEX),
    limit("the row's own, sex not recorded", NORMAL, "ck | 90:170[..190]", "yes", BY_SEX),
    limit("one row with its own, one of an unknown sex", NORMAL, "ck | 80:170[..190], 100:180", UNKNOWN % "a sex that is", BY_SEX,
          EACH % ("mean", "mean")),
    limit("sex and age not recorded", NORMAL, "ck | 90:170", UNKNOWN % "a sex and an age that are", BY_BOTH),
    limit("sex known and age not, of both", NORMAL, "sex | M; ck | 90:170", UNKNOWN % "an age that is", BY_BOTH),
    limit("sex known and age not, of the sex whose limit is the same at every age", NORMAL, "sex | F; ck | 90:170", "yes", BY_BOTH),
    limit("sex and age not recorded, of neither", NORMAL, "ck | 90:170", "yes", "[{sex: female, upper: 190}, {sex: male, upper: 190}]"),
    limit("the same of both sexes", NORMAL, "ck | 90:170", "yes", "[{sex: female, upper: 190}, {sex: male, upper: 190}]"),
    limit("of one sex alone", NORMAL, "sex | M; ck | 90:170", NONE, "[{sex: female, upper: 190}]"),
    limit("age not recorded", NORMAL, "ck | 90:200", UNKNOWN % "an age that is", BY_AGE),
    limit("age not recorded, a side without a limit at some ages", "{value: ck, at_least: 1 x LLN}", "ck | 90:200", UNKNOWN % "an age that is",
          "[{age: {below: 6 years}, lower: 20, upper: 250}, {age: {at_least: 6 years}, upper: 190}]"),
]  # fmt: skip
DATED = "case: {index_date: {first_event: biopsy}, per: patient}"


def aged(name: str, rows: str, answer: str, born: str) -> Spec:
    return Spec(
        f"limits of normal: {name}",
        study(NORMAL, BY_AGE, LAST, DATED),
        f"1 | born | {born}\n1 | event: biopsy | 2010-01-01\n1 | ck | {rows}",
        {"1": answer},
    )


AGES = [
    aged("the day before the sixth birthday", "2010-03-31:240", "yes", "2004-04-01"),
    aged("on the sixth birthday", "2010-04-01:240", "no", "2004-04-01"),
    aged("at six, at the limit", "2010-04-01:190", "yes", "2004-04-01"),
    aged("a birth known to the month", "2010-04-01:240", UNKNOWN % "an age that is", "2004-03-15~2004-04-15"),
    aged("a birth known to the month, and clear", "2010-04-20:240", "no", "2004-03-15~2004-04-15"),
]
HELD = [
    limit("held: on each day its own", f"{{held: {NORMAL}, in: after, on: every visit}}", "ck | 60:180[..190], 90:200[..210]", "yes"),
    limit("held: above on one day", f"{{held: {NORMAL}, in: after, on: every visit}}", "ck | 60:180[..190], 90:200[..190]", "no"),
    limit("held: one day without a limit", f"{{held: {NORMAL}, in: after, on: every visit}}", "ck | 60:180[..190], 90:200",
          "not evaluable: after visits: not known on some day"),
    limit("held: a fixed value", "{held: {all: [{value: score, at_least: 5 points}, {value: ck, at: baseline, more_than: 1 x ULN}]}, in: after, "
          "on: every visit}", "ck | 0:200[..190]; score | 60:6", "yes"),
]  # fmt: skip
ABOVE = "[{value: ck, in: baseline, more_than: 1 x ULN}]"
NOT_ABOVE = "A value of ck of more than 1 x ULN in the window baseline"
ELIGIBLE = [
    limit("who is included", "{value: score, at_least: 5 points}", "ck | 0:200[..190]; score | 90:6", "yes",
          more=f"include: {ABOVE}"),
    limit("who is not", "{value: score, at_least: 5 points}", "ck | 0:190[..190]; score | 90:6", f"excluded: {NOT_ABOVE}",
          more=f"include: {ABOVE}"),
    limit("of whom that is not known", "{value: score, at_least: 5 points}", "ck | 0:200; score | 90:6",
          f"excluded undetermined: {NOT_ABOVE}", more=f"include: {ABOVE}"),
    limit("between both", "{value: score, at_least: 5 points}", "ck | 0:100[30..190]; score | 90:6", "yes",
          more="include: [{value: ck, in: baseline, at_least: 1 x LLN, at_most: 1 x ULN}]"),
]  # fmt: skip
NOT_MET = [
    Spec("limits of normal: without one, as not met", study(NORMAL, more="robustness: {missing: [not met]}"), "1 | ck | 90:100", {"1": "no"}, 1),
    Spec("limits of normal: without one is no value that was not measured",
         study("{at_least: 1, skipped: keep count, of: [{value: ck, at_most: 1 x ULN, if_not_measured: skip}, {value: score, at_least: 5 points}]}"),
         "1 | ck | 90:100\n1 | score | 90:4", {"1": NONE}),
]  # fmt: skip
SCORE = "{score: [{value: ck, points: {more_than 1 x ULN: 1, more_than 3 x ULN: 2}}, {value: score, points: {at_least 5 points: 3}}], at_least: 2}"
SCORES = [
    limit("points by bands of limits", SCORE, "ck | 90:200[..50]; score | 90:1", "yes"),
    limit("points of the lower band", SCORE, "ck | 90:60[..50]; score | 90:1", "no"),
    limit("points without a limit", SCORE, "ck | 90:60; score | 90:1", NONE),
    limit("points without a limit, where others are enough", SCORE, "ck | 90:60; score | 90:6", "yes"),
]
SPECS = [*OF_THE_ROW, *BOUNDS, *SEVERAL, *DECLARED, *AGES, *HELD, *ELIGIBLE, *NOT_MET, *SCORES]


@on_every_engine(SPECS)
def test_limits_of_normal(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)
