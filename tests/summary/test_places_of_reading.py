"""Numbers that a report tells beside the verdicts: what was before the index date, monitored counts, the event that makes a case."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.pivotal import pivotal_table
from caseseries.summary.model import Summary
from caseseries.summary.result import Count

PER_COURSE = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: course}\n"
SAFETY = "safety: {until_after_last_dose: 30 days, monitored: [{measure: anc, below: 1.5, above: 10}]}\n"
ANC = "measures: {anc: {quantity: neutrophils, unit: 10e9/L, better: none}}\n"
DOSE = "measures: {steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: visits, if_zero_baseline: not evaluable}}\n"


def summary(study: Protocol, rows: str) -> Summary:
    return analyse(study, chart(rows, study))


def test_each_course_has_its_own_baseline_before_the_index_date() -> None:
    rows = "1 | mycophenolate mofetil | 0..100 500 mg; 366..400 500 mg\n1 | mmt | -92:10, 0:50, 90:60, 366:40, 456:70"
    ((name, told),) = summary(protocol(PER_COURSE), rows).shown.pre_index
    assert name == "mmt"
    assert told.startswith("2 of 2 cases had an earlier value") and "+35 points, over a median of 275 days" in told


def test_a_mean_baseline_looks_before_its_window() -> None:
    windows = "windows: {baseline: {from: -90 days, to: 0 days, take: mean, components: nearest each}}\n"
    rows = "1 | mmt | -100:10, -30:40, 0:60, 90:60\n2 | mmt | -30:40, 0:60, 90:60\n3 | mmt | 90:60"
    ((_, told),) = summary(protocol(windows), rows).shown.pre_index
    assert told.startswith("1 of 3 cases had an earlier value") and "+40 points" in told


def test_limits_and_partial_days_of_a_monitored_count() -> None:
    rows = "1 | mycophenolate mofetil | 0.. 500 mg\n1 | anc | 10:<0.5, 20:<2, 30:>1.5, 40:>100, 50~70@60:0.9, 80:1.5, 90:<=1.5, 95:2\n1 | visit | 120"
    study = protocol(PER_COURSE.replace("course", "patient") + SAFETY + ANC + "partial_dates: bounds\n")
    run = summary(study, rows)
    assert run.safety is not None
    (anc,), (counted,) = run.shown.beyond, run.safety.monitoring
    assert [("<", 10, 10, Fraction(1, 2)), (">", 40, 40, Fraction(100)), ("", 50, 70, Fraction(9, 10))] == [
        (one.censor, one.low, one.high, one.value) for one in anc.values
    ]
    assert [("<", 20), (">", 30), ("<=", 90)] == [(one.censor, one.low) for one in anc.perhaps]
    assert (counted.values, counted.beyond) == (Count.of(8), Count(3, 6))


@pytest.mark.parametrize("day", ["0", "40"])
def test_the_event_that_makes_a_case_is_no_adverse_event(day: str) -> None:
    study = protocol("case: {index_date: {first_event: relapse}, per: patient}\n" + SAFETY + ANC)
    found = summary(
        study, f"1 | event: relapse | {day}, 80\n1 | event: fever | {day}\n1 | mmt | {day}:50, 130:60\n1 | visit | 200"
    )
    later = 80 - int(day)
    assert [("fever", 0), ("relapse", later)] == [(one.term, one.day) for one in found.shown.events]
    assert all(one.on_treatment for one in found.shown.events)


def test_a_dose_written_at_visits_that_rose_before_the_index_date_is_named() -> None:
    rows = "1 | steroid | -61:5, -31:40, 0:40\n2 | steroid | -100:5, -61:40, 0:40\n3 | steroid | -30:5, 0:<40\n"
    rows += "1 | mmt | 0:50\n2 | mmt | 0:50\n3 | mmt | 0:50"
    found = summary(protocol(DOSE), rows)
    pivotal = found.shown.outcomes["response"].pivotal
    assert [("1", "daily dose 5 prednisone mg/day at day -61 and 40 prednisone mg/day at day -31")] == [
        (one.case_id, one.detail) for one in pivotal if one.kind == "raised before index"
    ]


@pytest.mark.parametrize(
    ("doses", "told"),
    [
        ("1 | steroid | 0:40, 90:20", ["not charted", "No case has two doses written at visits up to the index date."]),
        (
            "1 | steroid | -30:40, 0:40",
            ["None", "Of 1 of 2 cases with two doses written at visits up to the index date."],
        ),
    ],
)
def test_where_no_dose_was_written_down_before_the_index_date_nobody_knows_of_a_rise(
    doses: str, told: list[str]
) -> None:
    found = summary(protocol(DOSE), f"{doses}\n1 | mmt | 0:50\n2 | mmt | 0:50")
    rows = [[cell.text for cell in row.cells] for row in pivotal_table(found, "response").rows]
    place = next(i for i, row in enumerate(rows) if row[0].startswith("Glucocorticoid raised"))
    assert rows[place + 1] == told
