"""Values known only as above or below a limit: they decide where every possible value agrees, and else are not evaluable."""

from __future__ import annotations

from tests.spec.small import Spec, on_every_engine

from caseseries.assessment.absent import CODES

CRP = """
measures:
  crp: {{quantity: CRP, unit: mg/L, better: low{range}}}
outcomes: {{response: {{at: after, rule: {rule}}}}}
"""


def of(rule: str, rows: str, answer: str, range_: str = "", *, more: str = "") -> Spec:
    """One patient, one rule; the answer is yes, no, or why not evaluable."""
    changes = CRP.format(rule=rule, range=f", range: {range_}" if range_ else "") + more
    told = answer if answer in {"yes", "no"} else f"not evaluable: {answer}"
    return Spec(f"{rule} of {rows} {range_} {more}".strip(), changes, f"1 | crp | {rows}", {"1": told})


MEAN = "windows: {after: {from: 46 days, to: 134 days, take: mean, components: nearest each}}"
SAME_DAY = "windows: {after: {from: 46 days, to: 134 days, take: last, same_day: mean}}"
STEROID_UP = """
case: {{index_date: {{first_exposure: mycophenolate mofetil, restart_after: 60 days}}, per: patient}}
measures:
  crp: {{quantity: CRP, unit: mg/L, better: low}}
  steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not evaluable}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last, components: nearest each}}
  after: {{from: 46 days, to: 134 days, take: last, components: nearest each}}
intercurrent: {{drug stopped: non-responder, steroid raised above baseline: non-responder}}
outcomes: {{response: {{at: after, rule: {rule}}}}}
"""
UP_AND_STOPPED = """
raised  | mycophenolate mofetil | 0.. 500 mg x2
raised  | prednisone | -90..30 20 mg
raised  | prednisone | 31..60 40 mg
raised  | prednisone | 61.. 10 mg
raised  | crp | 0:40, 90:{value}
stopped | mycophenolate mofetil | 0..110 500 mg x2
stopped | prednisone | -90..30 20 mg
stopped | prednisone | 31.. 10 mg
stopped | crp | 0:40, 90:{value}
"""
CENSORED_AFTER, CENSORED_BEFORE = "after crp: censored", "baseline crp: censored"

WINDOW = "windows: {{after: {{from: 46 days, to: 134 days, take: {}, same_day: {}, components: nearest each}}}}"
TIED = (
    "windows: {{after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: {}, same_day: not evaluable, "
    "components: nearest each}}}}"
)


#: Two values, and what is known of the highest of them: by itself (`=`) or above or below a limit. All limits are 8, so that one threshold tells.
HIGHEST = """
8 >7 >=; 8 >=7 >=; 8 >8 >; 8 >=8 >=; 7 >8 >; >=8 >8 >; <9 >8 >; <9 >=8 >=
8 <7 =; 8 <8 =; 8 <=8 =; 7 <8 <; 7 <=8 <=; <=8 <8 <=; <8 <7 <
"""
LOWEST = """
8 <9 <=; 8 <=9 <=; 8 <8 <; 8 <=8 <=; 9 <8 <; <=8 <8 <; >7 <8 <; >7 <=8 <=
8 >9 =; 8 >8 =; 8 >=8 =; 9 >8 >; 9 >=8 >=; >=8 >8 >=; >8 >9 >
"""
COMPARED = {
    "at_least": {"=": "yes", ">": "yes", ">=": "yes", "<": "no"}, "more_than": {"=": "no", ">": "yes", "<": "no", "<=": "no"},
    "at_most": {"=": "yes", "<": "yes", "<=": "yes", ">": "no"}, "less_than": {"=": "no", "<": "yes", ">": "no", ">=": "no"},
}  # fmt: skip


def beside(word: str, name: str, tie: str, pairs: str) -> list[Spec]:
    """What is known of the highest (lowest) of two values: on one day, on two days, and on two days equally near; higher is better."""
    places = [
        (WINDOW.format("last", word), "90:{}, 90:{}"), (WINDOW.format("last", name), "90:{1}, 90:{0}"),
        (WINDOW.format(word, "not evaluable"), "80:{}, 100:{}"), (WINDOW.format(name, "highest"), "80:{1}, 100:{0}"),
        (TIED.format(tie), "88:{}, 92:{}"), (TIED.format(tie), "88:{1}, 92:{0}"),
    ]  # fmt: skip
    cases = [case.split() for case in pairs.replace("\n", ";").split(";") if case.strip()]
    return [
        Spec(
            f"{word} of two, {comparison}, {days}: {where}",
            f"measures: {{crp: {{quantity: CRP, unit: mg/L, better: high}}}}\n{where}\n"
            f"outcomes: {{response: {{at: after, rule: {{value: crp, {comparison}: 8 mg/L}}}}}}",
            "\n".join(f"{n} | crp | {days.format(*case)}" for n, case in enumerate(cases)),
            {str(n): answers.get(known, f"not evaluable: {CENSORED_AFTER}") for n, (_, _, known) in enumerate(cases)},
        )
        for where, days in places
        for comparison, answers in COMPARED.items()
    ]


SPECS = [
    # a value, against its limit
    of("{value: crp, at_most: 10 mg/L}", "90:<5", "yes"),
    of("{value: crp, at_most: 5 mg/L}", "90:<5", "yes"),
    of("{value: crp, less_than: 5 mg/L}", "90:<5", "yes"),
    of("{value: crp, less_than: 4.9 mg/L}", "90:<5", CENSORED_AFTER),
    of("{value: crp, at_most: 4.9 mg/L}", "90:<5", CENSORED_AFTER),
    of("{value: crp, at_least: 5 mg/L}", "90:<5", "no"),
    of("{value: crp, more_than: 5 mg/L}", "90:<5", "no"),
    of("{value: crp, more_than: 4.9 mg/L}", "90:<5", CENSORED_AFTER),
    of("{value: crp, at_most: 10 mg/L}", "90:>10", "no"),
    of("{value: crp, less_than: 10 mg/L}", "90:>10", "no"),
    of("{value: crp, at_most: 10 mg/L}", "90:>9", CENSORED_AFTER),
    of("{value: crp, at_least: 10 mg/L}", "90:>10", "yes"),
    of("{value: crp, more_than: 10 mg/L}", "90:>10", "yes"),
    of("{value: crp, more_than: 10.1 mg/L}", "90:>10", CENSORED_AFTER),
    of("{not: {value: crp, at_least: 5 mg/L}}", "90:<5", "yes"),
    # percent of range
    of("{value: crp, at_most: 50 % of range}", "90:<5", "yes", "[0, 10]"),
    of("{value: crp, at_least: 50 % of range}", "90:<6", CENSORED_AFTER, "[0, 10]"),
    # a change with one end censored
    of("{decrease: crp, at_least: 5 mg/L}", "0:10, 90:<5", "yes"),
    of("{decrease: crp, more_than: 5 mg/L}", "0:10, 90:<5", "yes"),
    of("{decrease: crp, at_least: 6 mg/L}", "0:10, 90:<5", CENSORED_AFTER),
    of("{decrease: crp, at_least: 11 mg/L}", "0:10, 90:<5", "no", "[0, 500]"),
    of("{decrease: crp, more_than: 10 mg/L}", "0:10, 90:<5", "no", "[0, 500]"),
    of("{decrease: crp, at_least: 10 mg/L}", "0:10, 90:<5", CENSORED_AFTER, "[0, 500]"),
    of("{decrease: crp, at_least: 11 mg/L}", "0:10, 90:<5", CENSORED_AFTER),
    of("{rises: crp, at_least: 1 mg/L}", "0:<5, 90:6", "yes"),
    of("{rises: crp, more_than: 2 mg/L}", "0:<5, 90:6", CENSORED_BEFORE),
    of("{rises: crp, more_than: 6 mg/L}", "0:<5, 90:6", "no", "[0, 500]"),
    of("{rises: crp, at_least: 5 mg/L}", "0:10, 90:>15", "yes"),
    of("{rises: crp, at_most: 5 mg/L}", "0:10, 90:>15", "no"),
    # both
    of("{decrease: crp, at_least: 45 mg/L}", "0:>50, 90:<5", "yes"),
    of("{decrease: crp, at_least: 46 mg/L}", "0:>50, 90:<5", CENSORED_BEFORE),
    of("{rises: crp, at_least: 1 mg/L}", "0:>50, 90:<5", "no"),
    of("{decrease: crp, at_least: 1 mg/L}", "0:<5, 90:<5", CENSORED_BEFORE),
    of("{decrease: crp, more_than: 5 mg/L}", "0:<5, 90:<5", "no", "[0, 500]"),
    # percent of baseline
    of("{decrease: crp, at_least: 50 % of baseline}", "0:10, 90:<5", "yes"),
    of("{decrease: crp, at_least: 51 % of baseline}", "0:10, 90:<5", CENSORED_AFTER),
    of("{decrease: crp, more_than: 100 % of baseline}", "0:10, 90:<5", "no", "[0, 500]"),
    of("{rises: crp, at_least: 1 % of baseline}", "0:10, 90:<5", "no"),
    of("{decrease: crp, at_least: 50 % of baseline}", "0:>100, 90:50", "yes"),
    of("{decrease: crp, at_least: 51 % of baseline}", "0:>100, 90:50", CENSORED_BEFORE),
    of("{decrease: crp, at_least: 90 % of baseline}", "0:>100, 90:<10", "yes"),
    of("{rises: crp, at_least: 20 % of baseline}", "0:<5, 90:6", CENSORED_BEFORE, "[0, 500]"),  # percent of 0 is undefined
    of("{rises: crp, at_least: 20 % of baseline}", "0:<5, 90:6", "yes", "[1, 500]"),
    of("{decrease: crp, at_least: 20 % of baseline}", "0:0, 90:<5", CENSORED_AFTER),
    of("{decrease: crp, at_least: 20 % of range}", "0:250, 90:<150", "yes", "[0, 500]"),
    # what the limit cannot be
    of("{value: crp, at_most: 10 mg/L}", "90:<1", CENSORED_AFTER, "[1, 500]"),
    of("{value: crp, at_least: 10 mg/L}", "90:>500", CENSORED_AFTER, "[1, 500]"),
    # the other end of the scale
    of("{value: crp, at_least: 1 mg/L}", "90:<5", "yes", "[1, 500]"),
    of("{value: crp, at_most: 500 mg/L}", "90:>50", "yes", "[1, 500]"),
    # a mean
    of("{value: crp, at_most: 5 mg/L}", "80:<5, 100:<5", "yes", more=MEAN),
    of("{value: crp, at_most: 5 mg/L}", "80:6, 100:<4", "yes", more=MEAN),
    of("{value: crp, at_most: 50 mg/L}", "80:>6, 100:<4", CENSORED_AFTER, more=MEAN),
    of("{value: crp, at_most: 50 mg/L}", "90:>6, 90:<4", CENSORED_AFTER, more=SAME_DAY),
    of("{value: crp, at_most: 5 mg/L}", "90:<6, 90:4", "yes", more=SAME_DAY),
    of("{value: crp, at_most: 5 mg/L}", "88:<4, 92:<6", "yes",
       more="windows: {after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: mean, components: nearest each}}"),
    # a limit that may be reached
    of("{value: crp, at_most: 5 mg/L}", "90:<=5", "yes"),
    of("{value: crp, less_than: 5 mg/L}", "90:<=5", CENSORED_AFTER),
    of("{value: crp, at_least: 5 mg/L}", "90:<=5", CENSORED_AFTER),
    of("{value: crp, more_than: 5 mg/L}", "90:<=5", "no"),
    of("{value: crp, at_most: 5 mg/L}", "90:>=5", CENSORED_AFTER),
    of("{value: crp, less_than: 5 mg/L}", "90:>=5", "no"),
    of("{value: crp, at_least: 5 mg/L}", "90:>=5", "yes"),
    of("{value: crp, more_than: 5 mg/L}", "90:>=5", CENSORED_AFTER),
    of("{value: crp, at_least: 500 mg/L}", "90:>=500", "yes", "[1, 500]"),
    of("{value: crp, at_most: 500 mg/L}", "90:>=500", "yes", "[1, 500]"),
    of("{decrease: crp, at_least: 5 mg/L}", "0:10, 90:<=5", "yes"),
    of("{decrease: crp, more_than: 5 mg/L}", "0:10, 90:<=5", CENSORED_AFTER),
    of("{decrease: crp, at_least: 45 mg/L}", "0:>=50, 90:<=5", "yes"),
    of("{decrease: crp, more_than: 45 mg/L}", "0:>=50, 90:<=5", CENSORED_BEFORE),
    of("{decrease: crp, more_than: 45 mg/L}", "0:>=50, 90:<5", "yes"),
    of("{decrease: crp, at_least: 50 % of baseline}", "0:>=100, 90:50", "yes"),
    of("{decrease: crp, more_than: 50 % of baseline}", "0:>=100, 90:50", CENSORED_BEFORE),
    of("{rises: crp, at_least: 1 % of baseline}", "0:>=0, 90:50", CENSORED_BEFORE),
    of("{value: crp, less_than: 5 mg/L}", "90:<=5, 90:<5", "yes", more=SAME_DAY),
    of("{value: crp, less_than: 5 mg/L}", "80:<=6, 100:<=4", CENSORED_AFTER, more=MEAN),
    of("{value: crp, at_most: 5 mg/L}", "80:<=6, 100:<=4", "yes", more=MEAN),
    # the highest and the lowest, where one is known only as above or below a limit
    *beside("highest", "best", "better", HIGHEST),
    *beside("lowest", "worst", "worse", LOWEST),
    Spec("bounds of both kinds in the mean of a day leave the highest unknown",
         f"measures: {{crp: {{quantity: CRP, unit: mg/L, better: low}}}}\n{WINDOW.format('highest', 'mean')}\n"
         "outcomes: {response: {at: after, rule: {value: crp, at_least: 1 mg/L}}}",
         "1 | crp | 80:9, 90:<8, 90:>7, 100:>4", {"1": "not evaluable: after crp: censored; after crp censored @90"}),
    Spec("of three on one day the highest number counts beside what may be beyond it",
         "measures: {crp: {quantity: CRP, unit: mg/L, better: low}}\nwindows: {after: {from: 46 days, to: 134 days, take: last, same_day: highest, "
         "components: nearest each}}\noutcomes: {response: {at: after, rule: {value: crp, at_least: 8 mg/L}}}",
         "1 | crp | 90:8, 90:<20, 90:>7\n2 | crp | 90:7, 90:<20, 90:>6", {"1": "yes", "2": "not evaluable: after crp: censored"}),
    Spec("with the limit as the value the highest is the highest number",
         "measures: {crp: {quantity: CRP, unit: mg/L, better: low, censored: limit}}\n" + WINDOW.format("highest", "highest") + "\n"
         "outcomes: {response: {at: after, rule: {value: crp, at_least: 8 mg/L}}}",
         "1 | crp | 90:8, 90:>7\n2 | crp | 80:>9, 90:8\n3 | crp | 80:>7, 90:8, 90:<9",
         {"1": "after crp 8 @90", "2": "after crp 9 @80", "3": "after crp 9 @90"}),
    # the limit counts as the value, where that is declared
    Spec("the limit as the value", "measures: {crp: {quantity: CRP, unit: mg/L, better: low, censored: limit}}\n"
         "outcomes: {response: {at: after, rule: {value: crp, at_least: 5 mg/L}}}", "1 | crp | 90:<5", {"1": "yes; after crp 5 @90"}),
    # what happened before the day of a bound, and after it, counts as beside a number
    Spec(
        "the day of a bound is the assessment day",
        STEROID_UP.format(rule="{all: [{value: crp, at_most: 10 mg/L}, {decrease: crp, at_least: 1 mg/L}]}"),
        UP_AND_STOPPED.format(value="<5"),
        {"raised": "event steroid raised above baseline; decided by steroid raised above baseline; no; rule yes; assessed @90",
         "stopped": "yes; decided by the rule; assessed @90"},
    ),
    Spec(
        "the day of a number is the assessment day",
        STEROID_UP.format(rule="{all: [{value: crp, at_most: 10 mg/L}, {decrease: crp, at_least: 1 mg/L}]}"),
        UP_AND_STOPPED.format(value="4"),
        {"raised": "event steroid raised above baseline; decided by steroid raised above baseline; no; rule yes; assessed @90",
         "stopped": "yes; decided by the rule; assessed @90"},
    ),
    Spec(
        "a dose is read on the day of a bound",
        STEROID_UP.format(rule="{all: [{value: crp, at_most: 10 mg/L}, {decrease: steroid, at_least: 50 % of baseline}]}"),
        UP_AND_STOPPED.format(value="<5"),
        {"raised": "rule yes; after steroid 10 @90", "stopped": "yes; after steroid 10 @90"},
    ),
    # a part that the bound decides does not spoil the rule; one that it does not is named
    Spec(
        "parts of a count",
        "measures: {crp: {quantity: CRP, unit: mg/L, better: low}}\n"
        "outcomes: {response: {at: after, rule: {at_least: 2, of: [{value: crp, at_most: 10 mg/L}, {gain: mmt, at_least: 4 points}, "
        "{value: crp, at_most: 1 mg/L}]}}}",
        "1 | crp | 90:<5\n1 | mmt | 0:50, 90:60\n2 | crp | 90:<5\n2 | mmt | 0:50, 90:50",
        {"1": "yes; after crp censored @90", "2": "not evaluable: after crp: censored"},
    ),
    Spec(
        "counted as not met only where the bound does not decide",
        "measures: {crp: {quantity: CRP, unit: mg/L, better: low}}\nrobustness: {missing: [not met]}\n"
        "outcomes: {response: {at: after, rule: {value: crp, at_most: 10 mg/L}}}",
        "1 | crp | 90:<5\n2 | crp | 90:<50", {"1": "yes", "2": "no"}, cell=1,
    ),
]  # fmt: skip


@on_every_engine(SPECS)
def test_bounds(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


def test_every_reason_and_every_kind_of_limit_has_a_code_of_its_own() -> None:
    assert len(CODES) == len(set(CODES.values()))
