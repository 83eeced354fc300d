"""Observed time: index period, follow-up, the criterion that looks back, and windows that leave it, at their boundaries."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, open_choices, protocol

DRUG = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days%s}, per: %s}\n"
FIRST, EVERY = DRUG % ("", "patient"), DRUG % ("", "course")
MMF = "1 | mycophenolate mofetil | 0..\n"
INCLUDED = "decided by the rule"
OUTSIDE = "excluded: index date outside observed time"
LEAVES = "window leaves observed time"


def spec(name: str, rows: str, answer: str, changes: str = "") -> Spec:
    return Spec(name, FIRST + changes, MMF + rows, {"1": answer})


def after(take: str, components: str = "same visit", more: str = "") -> str:
    return (
        "windows: {baseline: {from: -90 days, to: 0 days, take: last}, after: {from: 46 days, to: 134 days, "
        f"target: 90 days, take: {take}, components: {components}{more}}}}}\n"
    )


def observed_before(days: int) -> str:
    return f"include: [{{observed_before: {days} days, label: long enough}}]\n"


FOLLOWED = "include: [{minimum_follow_up: 90 days, flagged: looks into the future, label: followed}]\n"
LONG = "1 | observed | -200..300\n"
BEFORE = "1 | mmt | 0:50\n"
DOSE = """
measures:
  dose: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero, if_zero_baseline: not met}
outcomes: {response: {at: after, rule: {value: dose, at_most: 5%s}}}
"""
AT_AFTER, AT_BASELINE = DOSE % "", DOSE % ", at: baseline"
PREDNISONE = "1 | prednisone | -9.. 10 mg\n"

STOPPED = FIRST + "intercurrent: {drug stopped: non-responder}\n"


def supplied(name: str, until: int, answer: str) -> Spec:
    rows = f"1 | mycophenolate mofetil | 0..{until}\n1 | observed | -200..60\n{BEFORE}"
    return Spec(f"a supply that {name}", STOPPED, rows, {"1": answer})


SPECS = [
    # whether the drug was stopped, of those without an assessment
    supplied("ends before the last day of observation", 59, "event drug stopped; decided by drug stopped; no"),
    supplied("ends on the last day of observation", 60, "not known: drug stopped; not evaluable: event not known: drug stopped"),
    supplied("ends after observation", 100, "not known: drug stopped; not evaluable: event not known: drug stopped; on drug to 60"),
    supplied("lasts to the end of the window", 134, f"decided by the rule; not evaluable: after mmt: {LEAVES}"),
    # the index period
    spec("index on the first day of a period", "1 | observed | 0..300", INCLUDED),
    spec("index on the last day of a period", "1 | observed | -300..0", INCLUDED),
    spec("index the day before a period", "1 | observed | 1..300", OUTSIDE),
    spec("index the day after a period", "1 | observed | -300..-1", OUTSIDE),
    spec("index between two periods", "1 | observed | -300..-1; 1..300", OUTSIDE),
    spec("a patient without any period", "2 | observed | 0..10", OUTSIDE),
    spec("outside the study period comes first", "1 | observed | 5..9", "excluded: index date outside the study period",
         "period: {from: 2005-01-01}\n"),
    spec("before every line of include", "1 | observed | 5..9", OUTSIDE, "include: [{diagnosis: x, by: any time}]\n"),
    Spec("before washout", DRUG % (", washout: 90 days", "course"),
         "1 | mycophenolate mofetil | 0..10; 50..60; 95..99\n1 | observed | -90..70",
         {"1/1": INCLUDED, "1/2": "excluded: washout", "1/3": OUTSIDE}),
    Spec("each case has its own period", EVERY,
         "1 | mycophenolate mofetil | 0..10; 500..510\n1 | observed | -9..400; 411..700\n"
         "1 | mmt | 0:50, 90:60, 405:61, 590:70",
         {"1/1": "baseline mmt 50 @0; after mmt 60 @90", "1/2": f"baseline mmt {LEAVES}; after mmt 70 @90"}),
    # observed_before
    spec("observed before for just so long", "1 | observed | -90..300", INCLUDED, observed_before(90)),
    spec("observed before for a day less", "1 | observed | -89..300", "excluded: long enough", observed_before(90)),
    spec("two periods that touch are one", "1 | observed | -90..-40; -39..300", INCLUDED, observed_before(90)),
    spec("two periods that overlap are one", "1 | observed | -39..300; -90..-30", INCLUDED, observed_before(90)),
    spec("a period inside another adds nothing", "1 | observed | -90..300; -50..-40; 301..310", INCLUDED, observed_before(90)),
    spec("two periods a day apart are two", "1 | observed | -90..-40; -38..300", "excluded: long enough", observed_before(90)),
    spec("a chart without observed time cannot say", "1 | mmt | -90:50", "excluded undetermined: long enough", observed_before(90)),
    spec("nor exclude by it", "1 | mmt | -90:50", "excluded undetermined: long enough",
         observed_before(90).replace("include", "exclude")),
    # follow-up
    spec("followed to the end of the period", "1 | observed | -200..90", INCLUDED, FOLLOWED),
    spec("followed for a day less", "1 | observed | -200..89\n1 | mmt | 95:50", "excluded: followed", FOLLOWED),
    spec("followed to the death", LONG + "1 | death | 90", INCLUDED, FOLLOWED),
    spec("died a day before", LONG + "1 | death | 89", "excluded: followed", FOLLOWED),
    # values of other periods
    spec("a value of another period is none", "1 | observed | -200..-5; -3..300\n1 | mmt | -5:40", f"baseline mmt {LEAVES}"),
    spec("a value on the first day of the period", "1 | observed | -200..-5; -3..300\n1 | mmt | -5:40, -3:41", "baseline mmt 41 @-3"),
    spec("a value on the last day of the period", "1 | observed | -200..90; 92..300\n" + BEFORE + "1 | mmt | 90:60, 92:61",
         "after mmt 60 @90", after("last")),
    spec("recorded in another period is not recorded", "1 | observed | -200..-5; -3..300\n1 | mmt | -5:40",
         "excluded: A value of mmt in the window baseline", "include: [{recorded: mmt, in: baseline}]\n"),
    spec("recorded in the index period", "1 | observed | -200..-5; -3..300\n1 | mmt | -3:40", INCLUDED,
         "include: [{recorded: mmt, in: baseline}]\n"),
    # windows that leave observed time
    spec("a window inside the period, empty", LONG + BEFORE, "after mmt no visit in window; not assessed"),
    spec("a window that ends with the period", "1 | observed | -200..134\n" + BEFORE, "after mmt no visit in window"),
    spec("a window that ends a day after the period", "1 | observed | -200..133\n" + BEFORE,
         f"after mmt {LEAVES}; not assessed; not evaluable: after mmt: {LEAVES}"),
    spec("a window that begins with the period", "1 | observed | -90..300", "baseline mmt no visit in window"),
    spec("a window that begins a day before the period", "1 | observed | -89..300", f"baseline mmt {LEAVES}"),
    spec("nearest takes what was observed", "1 | observed | -200..60\n" + BEFORE + "1 | mmt | 50:55, 60:60", "after mmt 60 @60; yes"),
    spec("first takes what was observed", "1 | observed | -200..60\n" + BEFORE + "1 | mmt | 50:55, 60:60", "after mmt 55 @50", after("first")),
    spec("last takes what was observed", "1 | observed | -50..60\n1 | mmt | -40:45, -30:46", "baseline mmt 46 @-30"),
    *(
        spec(f"{take} speaks of all days", "1 | observed | -200..133\n" + BEFORE + "1 | mmt | 50:55, 60:60",
             f"after mmt {LEAVES}; not assessed", after(take, "nearest each"))
        for take in ("best", "worst", "highest", "lowest", "mean")
    ),
    *(
        spec(f"{take} where all days were observed", "1 | observed | -200..134\n" + BEFORE + "1 | mmt | 50:55, 60:60", f"after mmt {value}",
             after(take, "nearest each"))
        for take, value in (("lowest", "55 @50"), ("highest", "60 @60"), ("mean", "57.5 @60"))
    ),
    spec("nearest each, empty", "1 | observed | -200..133\n" + BEFORE, f"after mmt {LEAVES}", after("nearest", "nearest each")),
    spec("nearest each, empty and observed", "1 | observed | -200..134\n" + BEFORE, "after mmt no value in window", after("nearest", "nearest each")),
    spec("a missing code stays one", "1 | observed | -200..133\n" + BEFORE + "1 | mmt | 60:ND", "after mmt recorded without a number",
         after("nearest", "nearest each")),
    spec("a missing code of another period says nothing", "1 | observed | -200..50; 60..300\n" + BEFORE + "1 | mmt | 60:ND",
         f"after mmt {LEAVES}", after("nearest", "nearest each")),
    spec("a visit without the measure stays one", "1 | observed | -200..133\n" + BEFORE + "1 | visit | 60",
         "after mmt not recorded at this visit @60"),
    spec("a visit of another period is none", "1 | observed | -200..50; 60..300\n" + BEFORE + "1 | visit | 60", f"after mmt {LEAVES}"),
    spec("different values stay so where a day is taken", "1 | observed | -200..60\n" + BEFORE + "1 | mmt | 60:55, 60:57",
         "after mmt different values on one day @60", after("nearest", more=", same_day: not evaluable")),
    spec("a partial date at the edge stays so", "1 | observed | -200..60\n" + BEFORE + "1 | mmt | 40~50@48:55",
         "after mmt partial date at the edge of the window", "partial_dates: bounds\n"),
    # the end of follow-up
    spec("a death leaves the window", LONG + BEFORE + "1 | death | 133", f"after mmt {LEAVES}; event death"),
    spec("a death on its last day does not", LONG + BEFORE + "1 | death | 134", "after mmt no visit in window; event death"),
    spec("a death after the end of the period", "1 | observed | -200..134\n" + BEFORE + "1 | death | 150", "after mmt no visit in window"),
    spec("the data cut-off leaves the window", LONG + BEFORE, f"after mmt {LEAVES}", "period: {data_cutoff: 1970-05-14}\n"),
    spec("the data cut-off on its last day does not", LONG + BEFORE, "after mmt no visit in window", "period: {data_cutoff: 1970-05-15}\n"),
    spec("lost: observed to the day before the window", "1 | observed | -200..45\n" + BEFORE, "event lost"),
    spec("not lost: observed on its first day", "1 | observed | -200..46\n" + BEFORE, "decided by the rule; not assessed"),
    # a dose on a fixed day
    spec("a dose on the last observed day", PREDNISONE + "1 | observed | -200..90", "after dose 10 @90; assessed @90", AT_AFTER),
    spec("a dose after it", PREDNISONE + "1 | observed | -200..89", "after dose after the end of follow-up @90; not assessed", AT_AFTER),
    spec("a dose on the first observed day", PREDNISONE + "1 | observed | 0..300", "baseline dose 10 @0", AT_BASELINE),
    spec("a dose before it", PREDNISONE + "1 | observed | 0..300", f"baseline dose {LEAVES} @-1",
         AT_BASELINE + "windows: {baseline: {from: -90 days, to: -1 days, take: last}}"),
]  # fmt: skip


@on_every_engine(SPECS)
def test_observed_time(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "follow_end", "on_drug_end"),
    [
        ("1 | observed | -9..100", 100, 100),
        ("1 | observed | -9..100\n1 | mmt | 50:50", 100, 100),  # not the latest row
        ("1 | observed | -9..100\n1 | death | 99", 99, 99),
        ("1 | observed | -9..100\n1 | death | 100", 100, 100),
        (
            "1 | observed | -9..100\n1 | death | 120",
            100,
            100,
        ),  # at most 60 days after a period a death counts, with its day
        ("1 | observed | -9..100; 102..200", 100, 100),
        ("1 | observed | -9..100; 101..200", 200, 200),
        ("1 | observed | -9..0", 0, 0),
        ("1 | observed | 1..9", 0, 0),
    ],
)
def test_follow_up_is_the_index_period(rows: str, follow_end: int, on_drug_end: int, implementation: str) -> None:
    (case,) = answers(protocol(FIRST), MMF + rows, implementation).cases.values()
    assert (follow_end, on_drug_end) == (case.follow_end, case.on_drug_end)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_day_of_different_values_asks_for_no_choice_where_the_window_leaves_observed_time(
    implementation: str,
) -> None:
    rows = MMF + "1 | observed | -200..%d\n1 | mmt | 0:50, 60:55, 60:57"
    study = protocol(FIRST + after("highest", "nearest each"))
    assert ["same_day 1: after mmt"] == open_choices(study, rows % 134, implementation)
    assert [] == open_choices(study, rows % 133, implementation)
