"""Events counted over all cases: Rouster-Stevens 2010 (doi 10.1002/acr.20269) told infections in the year before the drug and in the months after.

How many events begin on the observed days of a window, in how much patient-time; the rates side by side, and by patient.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator
from tests.report.one_number import not_the_number
from tests.spec.small import IMPLEMENTATIONS, analyse, chart, protocol
from tests.spec.stages import one_engine
from tests.summary.counting import counted

from caseseries.chart.tables import Chart
from caseseries.cohort import select
from caseseries.protocol.check import check_made
from caseseries.protocol.protocol import Protocol
from caseseries.reference.event_count import count_events
from caseseries.reference.oracle import cases
from caseseries.reference.record import indexed
from caseseries.report.exhibits.event_count import event_methods, event_table, event_words
from caseseries.report.files.results_file import results, schema
from caseseries.response import answer_criteria
from caseseries.response.event_count import count_events as count_on_engine
from caseseries.stats.tally import Tally
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Summary

STUDY = """
safety: {{until_after_last_dose: 30 days, events: [infection]}}
reporting: {{p_values: yes}}
partial_dates: bounds
windows:
  earlier: {{from: -100 days, to: -1 days, take: last}}
  since: {{from: 0 days, to: 99 days, take: last{more}}}
outcomes: {{infections: {{count: {event}, {windows}}}}}
"""
BOTH = "from: earlier, at: since"
ROWS = """
a | visit | 99
a | event: infection | -100, -50, -50, -1, 0, 99
b | visit | 49
b | event: infection | -101, -20, 10
c | visit | 99
c | event: infection | 5
d | mmt | -30:50
d | event: infection | -40, -30
e | visit | 99
e | event: infection | -10, 20
"""
TOLD = {
    ("earlier", "events"): 7,
    ("earlier", "events perhaps"): 7,
    ("earlier", "days"): 500,
    ("earlier", "cases"): 5,
    ("earlier", "cases with one"): 4,
    ("earlier", "cases perhaps with one"): 4,
    ("since", "events"): 5,
    ("since", "events perhaps"): 5,
    ("since", "days"): 351,
    ("since", "cases"): 5,
    ("since", "cases with one"): 4,
    ("since", "cases perhaps with one"): 4,
}


def study(windows: str = BOTH, event: str = "infection", more: str = "") -> Protocol:
    return protocol(STUDY.format(windows=windows, event=event, more=more))


def tally(declared: Protocol, rows: str, implementation: str) -> Tally:
    read, found = chart(rows, declared), Tally()
    if implementation == "reference":
        count_events(found, indexed(declared, read), [one for one in cases(declared, read) if one.included])
        return found
    engine = one_engine(implementation)
    return count_on_engine(engine, declared, select(engine, declared, read, answer_criteria).numbers)


def _analysed(declared: Protocol, read: Chart) -> Summary:
    return analyse(declared.model_copy(update={"outcomes": {"infections": declared.outcomes["infections"]}}), read)


def of_windows(found: Tally) -> dict[tuple[object, ...], int]:
    return {key[1:]: n for key, n in found.section("event count")}


def pairs(found: Tally) -> dict[object, int]:
    return {key[1]: n for key, n in found.section("event pair")}


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_infections_before_and_after_the_start(implementation: str) -> None:
    found = tally(study(), ROWS, implementation)
    assert of_windows(found) == TOLD
    assert {"lower": 2, "higher": 2, "the same": 1} == pairs(found)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ("a | visit | 99\na | event: infection | -5, 5", "the same"),
        ("a | visit | 49\na | event: infection | -5, -6, 5", "the same"),
        ("a | visit | 48\na | event: infection | -5, -6, 5", "higher"),
        ("a | visit | 50\na | event: infection | -5, -6, 5", "lower"),
        ("a | visit | 99\na | event: infection | -5, -101~-99, 5", "not known"),
        ("a | visit | 99\na | event: infection | -5, -6, -101~-99, 5", "lower"),
        ("a | visit | 99\na | event: infection | -101~-99, 5, 6", "higher"),
        ("a | observed | 0..99", "not observed in both"),
    ],
)
def test_one_patient_before_and_after(rows: str, answer: str, implementation: str) -> None:
    assert {answer: 1} == pairs(tally(study(), rows, implementation))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_not_charted_is_none_of_all_cases(implementation: str) -> None:
    found = tally(study(), f"{ROWS}- | not charted | adverse events", implementation)
    assert {("event not charted", "infections"): 5} == dict(found.counts)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_time_that_nobody_observed_counts_nothing(implementation: str) -> None:
    rows = "a | observed | -10..20\na | event: infection | -11, -10, 20, 21"
    found = of_windows(tally(study(), rows, implementation))
    assert (1, 10, 1, 21) == tuple(
        found[window, part] for window in ("earlier", "since") for part in ("events", "days")
    )


def test_the_summary_has_rates_ratio_and_the_comparison_by_patient() -> None:
    declared = study()
    read = chart(ROWS, declared)
    shown = _analysed(declared, read)
    assert [] == not_the_number(shown)
    found = shown.event_counts["infections"]
    assert (Fraction(7 * 1461, 4 * 500), Fraction(5 * 500, 7 * 351)) == (
        found.sides[0].rate.estimate,
        found.ratio.estimate,
    )
    assert found.test is not None and (1, 4, 5) == (found.test.estimate, found.test.n, found.test.total)
    assert counted(shown.protocol, read).event_counts == shown.event_counts
    words = event_words(shown, "infections").text
    assert "7 events in 1.37 patient-years of 5 cases observed in earlier, 5.11 per patient-year (95 % CI 2.06" in words
    assert (
        "Of 5 cases observed in both windows the rate was lower in 2, the same in 1 and higher in 2 (P > .99, sign test)"
        in words
    )
    assert "independent; they are not" in event_methods(shown)
    table = event_table(shown, "infections")
    assert table is not None and ["7", "5"] == [cell.text for cell in table.rows[3].cells[1:]]
    (part,) = results(shown)["event_counts"]
    assert {"lower": 2, "higher": 2, "the same": 1} == part["by_patient"]
    assert [500, 351] == [one["days"] for one in part["windows"]]


COURSES = """
a | prednisone | 0..50; 150..200
a | visit | 300
a | event: infection | 60
"""


def test_where_every_course_is_a_case_it_is_told_that_an_event_may_count_twice() -> None:
    """Day 60 lies in the hundred days after the first course began, and in those before the second."""
    index = "{first_exposure: prednisone, restart_after: 30 days}"
    declared = protocol(
        STUDY.format(windows=BOTH, event="infection", more="") + f"case: {{index_date: {index}, per: course}}"
    )
    shown = _analysed(declared, chart(COURSES, declared))
    found = shown.event_counts["infections"]
    assert [(2, 1, 200), (2, 1, 200)] == [(one.cases, one.events.exact, one.days) for one in found.sides]
    assert found.test is not None and "sign test of rates by case" in found.test.label
    twice = "an event, or a day, that lies in windows of two courses of one patient counts in both"
    table = event_table(shown, "infections")
    assert table is not None and any(twice in note for note in table.footnotes)
    assert ["Rate by case (course), in since against earlier"] == [
        row.cells[0].text for row in table.rows if row.cells[0].text.startswith("Rate by")
    ]
    assert twice in event_methods(shown) and "stand the cases (courses) in whom" in event_methods(shown)
    once = _analysed(study(), chart(ROWS, study()))
    assert twice not in event_methods(once) and "stand the patients in whom" in event_methods(once)


def test_where_events_were_not_charted_there_is_no_number() -> None:
    declared = study()
    shown = _analysed(declared, chart(f"{ROWS}- | not charted | adverse events", declared))
    assert "not charted, so that there is no number and no rate" in event_words(shown, "infections").text
    assert event_table(shown, "infections") is None
    for one in (shown, counted(declared, chart(f"{ROWS}- | not charted | adverse events", declared))):
        told = [row for row in every_result(one) if row.id.startswith("infections/events/")]
        assert ["such events were not charted"] * 4 == [row.absent_because for row in told]
        assert [(None, None, None)] * 4 == [(row.estimate, row.n, row.total) for row in told]
    written = results(shown)
    assert [] == [str(one) for one in Draft202012Validator(schema()).iter_errors(written)]
    assert [(None, None)] * 2 == [
        (one["events"], one["cases_with_one"]) for one in written["event_counts"][0]["windows"]
    ]


def test_days_of_events_that_are_not_known_make_a_range() -> None:
    declared = study()
    shown = _analysed(declared, chart("a | visit | 99\na | event: infection | -5, -101~-99, 5", declared))
    found = shown.event_counts["infections"]
    assert found.sides[0].rate.estimate is None and found.ratio is not None and found.ratio.estimate is None
    assert "events whose date is not exact may lie in the window or not" == found.sides[0].rate.absent_because
    assert "1–2 events in 0.27 patient-years" in event_words(shown, "infections").text


def test_what_cannot_be_counted_is_refused() -> None:
    def told(declared: Protocol) -> list[str]:
        return [one.what for one in check_made(declared).errors]

    assert [] == told(study())
    assert [] == told(study("at: since"))
    neither = "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis"
    assert [neither] == told(study(event="infectoin"))
    assert "the windows 'earlier' and 'since' overlap: one event may count in both" in told(
        protocol(STUDY.format(windows=BOTH, event="infection", more="").replace("from: 0 days", "from: -5 days"))
    )
    with pytest.raises(ValueError, match="a window is compared with itself"):
        study("from: since, at: since")
