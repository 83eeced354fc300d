"""Sums of days: each day of the window with a value, or at least so many; days without an entry are 0 only where that is declared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, protocol

from caseseries.protocol.check import check_made
from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.verdict.leaf import full, seen

STUDY = """
measures:
  mmt: {{quantity: attacks on a day, unit: attacks, better: low, range: [0, 2]{more}}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last, components: nearest each}}
  after: {{from: {start} days, to: {end} days, take: {take}, components: nearest each{window}{same_day}}}
outcomes: {{response: {{at: after, rule: {{value: mmt, at_most: {limit} attacks}}}}}}
"""
EDGE = "not evaluable: after mmt: partial date at the edge of the window"
NO_DAY = "not evaluable: after mmt: date not exact"
FEW = "not evaluable: after mmt: too few days recorded"
BLANK = ", blank_days: zero"
SEEN = "\n1 | visit | 40"


def days(
    name: str, rows: str, answer: str, more: str = "", window: str = "", same_day: str = ", same_day: worst", take: str = "sum", limit: str = "4",
    start: int = 30, end: int = 33, also: str = "",
) -> Spec:  # fmt: skip
    changes = also + STUDY.format(
        more=more, window=window, same_day=same_day, take=take, limit=limit, start=start, end=end
    )
    return Spec(name, changes, f"1 | mmt | {rows}", {"1": answer})


SPECS = [
    days("every day", "30:1, 31:1, 32:0, 33:2", "yes; after mmt 4 @33; assessed @33"),
    days("just above", "30:1, 31:2, 32:0, 33:2", "no; after mmt 5 @33"),
    days("a day too few", "30:1, 31:1, 33:2", FEW),
    days("days beside the window are not of it", "29:1, 30:1, 31:1, 33:2, 34:0", FEW),
    days("a day with a code is no value", "30:1, 31:1, 32:ND, 33:2", FEW),
    days("a day twice is added once", "30:1, 31:1, 31:1, 32:0, 33:2", "yes; after mmt 4 @33"),
    days("different values of a day, the worst", "30:1, 31:1, 31:0, 32:0, 33:2", "yes; after mmt 4 @33"),
    days("different values of a day, none taken", "30:1, 31:1, 31:0, 32:0, 33:2",
         "not evaluable: after mmt: different values on one day", same_day=", same_day: not evaluable"),
    days("the mean of a day", "30:1, 31:1, 31:0, 32:0, 33:2", "yes; after mmt 3.5 @33", same_day=", same_day: mean"),
    days("so many recorded days", "30:2, 33:2", "yes; after mmt 4 @33", window=", recorded: 2 days"),
    days("fewer recorded days", "30:2", FEW, window=", recorded: 2 days"),
    days("a sum beyond the range of a day", "30:2, 31:2, 32:2, 33:>1", "no", limit="6"),
    days("below a limit", "30:1, 31:1, 32:0, 33:<2", "yes"),
    days("perhaps below the threshold", "30:2, 31:2, 32:0, 33:<2", "not evaluable: after mmt: censored"),
    days("limits in both directions", "30:<1, 31:1, 32:0, 33:>1", "not evaluable: after mmt: censored"),
    days("no entry at all", "10:1", "not evaluable: after mmt: no value in window"),
    days("blank days are days of 0", f"30:2{SEEN}", "yes; after mmt 2 @33", more=BLANK),
    days("a window without an entry", f"10:2{SEEN}", "yes; after mmt 0 @33", more=BLANK),
    days("nobody who kept no diary has none", f"10:ND{SEEN}", "not evaluable: after mmt: no value in window", more=BLANK),
    days("seen just to the last day", "30:2\n1 | visit | 33", "yes; after mmt 2 @33", more=BLANK),
    days("seen to the day before", "30:2\n1 | visit | 32", "not evaluable: after mmt: after the end of follow-up", more=BLANK),
    days("a code is no blank day", f"30:2, 31:ND{SEEN}", FEW, more=BLANK),
    days("known days but for a code", f"30:2, 31:ND{SEEN}", "yes; after mmt 2 @33", more=BLANK, window=", recorded: 3 days"),
    days("two codes", f"30:2, 31:ND, 32:ND{SEEN}", FEW, more=BLANK, window=", recorded: 3 days"),
    days("a code beside a value", f"30:2, 30:ND{SEEN}", "yes; after mmt 2 @33", more=BLANK),
    days("codes alone", f"10:1, 30:ND, 31:ND, 32:ND, 33:ND{SEEN}", FEW, more=BLANK),
    days("the mean of blank days", f"30:2{SEEN}", "yes; after mmt 0.5 @33", more=BLANK, take="mean", limit="0.5"),
    days("the mean of none", f"10:2{SEEN}", "yes; after mmt 0 @33", more=BLANK, take="mean", limit="0.5"),
    days("the mean without blank days", f"30:2{SEEN}", "no; after mmt 2 @30", take="mean", limit="0.5"),
    days("a mean of known days", f"30:2, 31:ND{SEEN}", "no; after mmt 0.666667 @33", more=BLANK, take="mean", limit="0.6"),
    days("blank days of the known history", f"-10:2{SEEN}\n1 | known from | -10", "yes; after mmt 2 @-7", more=BLANK, start=-10, end=-7),
    days("a blank day before the known history", f"-10:2{SEEN}\n1 | known from | -9",
         "not evaluable: after mmt: before the known history", more=BLANK, start=-10, end=-7),
    days("a window that leaves observed time", "30:2\n1 | observed | -100..32", "not evaluable: after mmt: window leaves observed time", more=BLANK),
    days("a window that was observed", "30:2\n1 | observed | -100..33", "yes; after mmt 2 @33", more=BLANK),
    days("an empty window that leaves observed time", "10:2, 30:ND\n1 | observed | -100..32",
         "not evaluable: after mmt: window leaves observed time", more=BLANK),
    days("an entry outside the observed time alone", "200:2\n1 | observed | -100..99", "not evaluable: after mmt: no value in window", more=BLANK),
]  # fmt: skip

PART = "partial_dates: bounds"
SOME = {"also": PART, "window": ", recorded: 2 days"}
ZERO = {"also": PART, "more": BLANK}
#: Dates that are known in part: an entry may be of the same day as another one, or lie beside the window.
PARTIAL = [
    days("a day of its own, whichever it is", "30:1, 31~33:1", "yes; after mmt 2 @32", **SOME),
    days("perhaps the day of another entry", "30:1, 30~32:1", NO_DAY, **SOME),
    days("perhaps the day of another entry of its own", "30~31:1, 31~33:2", NO_DAY, **SOME),
    days("perhaps twice the same entry", "30:1, 31~33:2, 31~33:2", NO_DAY, **SOME),
    days("one that is not known to the day is no day of each", "30:1, 31:1, 32~33:2", FEW, also=PART),
    days("perhaps beside the window", "30:1, 31:1, 33~34:1", EDGE, **SOME),
    days("a code is no entry of a sum", "30:1, 31:1, 31~40:ND", "yes; after mmt 2 @31", **SOME),
    days("one day stands for it", "30:1, 30~32:1", "yes; after mmt 2 @31", also="partial_dates: middle", window=", recorded: 2 days"),
    days("a blank day beside a day of its own", f"30:1, 31~33:1{SEEN}", "yes; after mmt 2 @33", **ZERO),
    days("the same day or another one", f"31:1, 30~32:1{SEEN}", NO_DAY, **ZERO),
    days("the mean of the same day or another one", f"31:1, 30~32:1{SEEN}", NO_DAY, take="mean", **ZERO),
    days("the mean of entries of the same day or of two", "31:1, 30~32:2", NO_DAY, also=PART, take="mean"),
    days("the mean of entries of two days", "31:1, 32~33:2", "yes; after mmt 1.5 @32", also=PART, take="mean"),
    days("the highest of the same day or of two", "31:1, 30~32:2", "yes; after mmt 2 @31", also=PART, take="highest"),
    days("perhaps so many days", "31:1, 30~32:2", NO_DAY, take="highest", **SOME),
    days("a code perhaps beside the window", f"31:1, 29~30:ND{SEEN}", EDGE, window=", recorded: 3 days", **ZERO),
    days("a code perhaps of the day of an entry", f"31:1, 30~32:ND{SEEN}", NO_DAY, window=", recorded: 3 days", **ZERO),
    days("a code of a day of its own", f"31:1, 32~33:ND{SEEN}", "yes; after mmt 1 @33", window=", recorded: 3 days", **ZERO),
    days("a code of a day of its own, and one day too few", f"31:1, 32~33:ND{SEEN}", FEW, **ZERO),
    days("codes of nobody with a diary", f"32~40:ND{SEEN}", "not evaluable: after mmt: no value in window", **ZERO),
]  # fmt: skip


@on_every_engine(PARTIAL)
def test_dates_known_in_part(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@on_every_engine(SPECS)
def test_sums(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_sum_says_of_how_many_days_it_is(implementation: str) -> None:
    spec = days("", "30:2, 32:1", "", window=", recorded: 2 days")
    study = protocol(spec.changes)
    found = answers(study, spec.rows, implementation).verdicts["1", "response", 0]
    of = plan(study, "response").primary
    (leaf,) = seen(of.tree, found, all_measures(study), of, "after").values()
    assert "mmt 3 attacks (sum of 2 of 4 days) (at most 4 attacks needed)" == full(leaf)
    assert (Fraction(3), 2) == (leaf.after.value, leaf.after.days)


CHECKED = """
measures:
  mmt: {{quantity: attacks, unit: attacks, better: low, range: [{low}, 2]{more}, limits: {{upper: 1}}}}
  cells: {{grades: ["0", "1+"], better: low}}
  flare: {{judgement: flare, since: index date}}
  a: {{quantity: a, unit: g, better: low}}
  b: {{quantity: b, unit: g, better: low}}
  proportion: {{ratio: [{part}, a], unit: x, better: low}}
  steroid: {{daily_dose: prednisone, as: mg/day, if_zero_baseline: not met, outside_courses: zero}}
windows:
  baseline: {{from: -28 days, to: -1 days, take: {take}, same_day: highest, components: nearest each}}
  after: {{from: 30 days, to: 57 days, take: {into}, same_day: highest, components: nearest each}}
  until: {{from: 0 days, to: 99 days, take: last, same_day: worst, overlap: yes}}
  whole: {{from: 0 days, to: end, take: mean, same_day: worst, components: nearest each, overlap: yes}}
  later: {{from: 60 days, to: 97 days, take: sum, same_day: highest, components: nearest each}}
outcomes: {{response: {{{at}{rule}}}}}
{also}
"""


def told(
    rule: str,
    more: str = "",
    take: str = "sum",
    also: str = "",
    low: str = "0",
    at: str = "at: after",
    into: str = "sum",
    part: str = "b",
) -> list[str]:
    where = at and f"{at}, "
    study = protocol(
        CHECKED.format(rule=rule, more=more, take=take, also=also, low=low, at=where, into=into, part=part)
    )
    return [problem.what for problem in check_made(study).errors]


def test_what_no_sum_could_mean_is_refused() -> None:
    days_added = "in the window 'after' days are added up"
    assert [] == told("rule: {decrease: mmt, at_least: 20 attacks}")
    assert [f"{days_added}, and cells is graded, and grades have no sum"] == told("rule: {value: cells, at_most: 0}")
    assert [f"{days_added}, and a judgement is yes or no, and has no sum"] == told("rule: {is: flare}")
    assert [f"{days_added}, and proportion is a ratio, and ratios have no sum"] == told(
        "rule: {value: proportion, at_most: 2 x}"
    )
    dose = told("rule: {value: steroid, at_most: 5 mg/day}")
    assert f"{days_added}, and a daily dose is that of one day: doses are added up by an `exposure`" in dose
    of_range = "the range is of one day, and in 'after' days are added up"
    assert [of_range] == told("rule: {value: mmt, at_most: 50 % of range}")
    assert ["a limit of normal is of one day, and in 'after' days are added up"] == told(
        "rule: {value: mmt, at_most: 1 x ULN}"
    )
    assert ["the peak is a value of one day, and here days are added up"] == told(
        "rule: {decrease: mmt, at_least: 1 attacks, from: peak}"
    )


def test_a_change_is_one_between_sums_of_as_many_days() -> None:
    halved = "rule: {decrease: mmt, at_least: 50 % of baseline"
    no_sum = "a sum of days is compared with no sum: 'baseline' takes last, 'after' sum"
    longer = "a sum of 28 days is compared with one of 38: 'baseline' and 'later'"
    assert [no_sum] == told(halved + "}", take="last")
    assert [longer] == told(halved + ", at: later}")
    assert [longer] == told("change: mmt", at="at: later")
    takes = ["a sum and a single value or mean are different quantities, and no two ways of reading one"]
    assert takes == told(halved + "}", also="robustness: {take: {after: [mean]}}")
    widths = "{from: 30 days, to: 40 days}"
    assert ["a sum of other days is another quantity, and no other way of reading this one"] == told(
        halved + "}", also=f"robustness: {{windows: {{after: [{widths}]}}}}"
    )


def test_every_time_point_is_held_against_what_a_sum_can_mean() -> None:
    halved = "rule: {decrease: mmt, at_least: 50 % of baseline}"
    longer = "a sum of 28 days is compared with one of 38: 'baseline' and 'later'"
    assert [longer] == told(f"{halved}, also_at: [later]")
    graded = "in the window 'later' days are added up, and cells is graded, and grades have no sum"
    assert [graded] == told("rule: {value: cells, at_most: 0}, also_at: [later]", into="last")
    of_range = "the range is of one day, and in 'later' days are added up"
    assert [of_range] == told("rule: {value: mmt, at_most: 50 % of range}, also_at: [later]", into="last")


def test_a_sum_is_not_compared_with_the_value_of_a_visit() -> None:
    one_day = "in 'baseline' days are added up, and the value of a visit is that of one day"
    held = "rule: {held: {decrease: mmt, at_least: 1 attacks}, in: until, on: every visit}"
    assert [one_day] == told(held)
    assert [] == told(held, take="last")
    graded = "in the window 'baseline' days are added up, and cells is graded, and grades have no sum"
    among = "time_to: {value: mmt, at_most: 1 attacks}, in: until, among: {value: cells, at_most: 0}"
    assert [graded] == told(among, at="censored: [lost, data cutoff, death]")


def test_blank_days_are_zero_only_where_days_are_added_or_averaged() -> None:
    halved = "rule: {decrease: mmt, at_least: 50 % of baseline}"
    assert [] == told(halved, more=BLANK)
    kept = "the blank days of mmt are days of 0 where days are added up, and the window 'baseline' takes last"
    assert kept in told(halved, more=BLANK, take="last")
    kept = "the blank days of mmt are days of 0 where days are added up, and this takes last"
    grid = told(halved, more=BLANK, take="mean", into="mean", also="robustness: {take: {after: [sum, last]}}")
    assert [kept] == [one for one in grid if "blank" in one]
    assert ["no day of mmt is one of 0: its range begins at 1"] == told(halved, more=BLANK, low="1")
    with pytest.raises(ValueError, match="a sum is of days that are told, and this window is open"):
        protocol("windows: {after: {from: 30 days, to: end, take: sum, components: nearest each}}")


ONLY = "the blank days of mmt are days of 0, and "


def test_blank_days_are_not_read_as_single_days() -> None:
    entry = f"{ONLY}here only the days with an entry are read"
    low = "{value: mmt, at_most: 1 attacks}"
    assert [entry] == told(f"rule: {{held: {low}, in: until, on: every visit}}", more=BLANK)
    assert [entry] == told(f"rule: {{free_of: {low}, for: 28 days, in: until, gap: 45 days}}", more=BLANK)
    until = {"at": "censored: [lost, data cutoff, death]", "more": BLANK, "take": "last", "into": "last"}
    assert [entry] == told(f"time_to: {low}, in: until", **until)
    cells = "{value: cells, at_most: 0}"
    assert [entry] == told(f"time_to: {cells}, after: {low}, in: until", **until)
    assert [entry] == told(f"time_to: {cells}, in: until, readings: {{low: {low}}}", **until)
    line = f"{ONLY}a line over time is drawn through the days with an entry"
    assert line in told("trajectory: mmt, in: until, pre_index: baseline", more=BLANK, at="")
    peak = f"{ONLY}the peak is that of the days with an entry"
    assert peak in told("rule: {decrease: mmt, at_least: 1 attacks, from: peak}", more=BLANK)
    rule = "rule: {decrease: mmt, at_least: 1 attacks}"
    entries = f"{ONLY}`recorded` asks for an entry: who had none in the window would be left out"
    line = "include: [{recorded: mmt, in: after}]"
    assert [entries] == told("rule: {value: a, at_most: 1 g}", more=BLANK, also=line)
    assert [] == told("rule: {value: a, at_most: 1 g}", also=line)
    part = f"{ONLY}proportion has a value only on a day on which each of its parts has an entry"
    assert [part] == told(rule, more=BLANK, part="mmt")


def test_blank_days_are_counted_in_windows_that_have_ends() -> None:
    found = told("rule: {value: mmt, at_most: 1 attacks}, also_at: [whole]", more=BLANK)
    assert [f"{ONLY}the window 'whole' is open: nobody knows how many they are"] == found


def test_a_date_that_stands_for_a_day_is_no_day_of_a_sum() -> None:
    well = "rule: {value: mmt, at_most: 1 attacks}"
    counted = "in the window 'after' days are counted, and entries of one month would be of one day"
    for policy in ("earliest", "middle", "latest"):
        assert [counted] == told(well, also=f"partial_dates: {policy}")
        assert [counted] == told(well, more=BLANK, into="mean", also=f"partial_dates: {policy}")
        assert [] == told(well, into="mean", also=f"partial_dates: {policy}")
    assert [] == told(well, also="partial_dates: bounds") + told(well, also="partial_dates: refuse")
