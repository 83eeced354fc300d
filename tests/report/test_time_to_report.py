"""A time to an event in the report: its figure, its files, every case, and what is said of one."""

from __future__ import annotations

import csv
import io

import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.summary.test_shown_and_counted import assert_same

from caseseries.errors import Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.report.contents import contents
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.printed_blocks import Table
from caseseries.report.exhibits.time_to import time_methods, time_words, times_table
from caseseries.report.exhibits.unreported import unreported
from caseseries.report.figures.draw import drawings
from caseseries.report.files.csv_file import patients_csv
from caseseries.report.files.results_file import results
from caseseries.summary.explain import explain_time
from caseseries.summary.frames import table
from caseseries.summary.model import Summary

CHANGES = """
windows: {course: {from: 0 days, to: 400 days, take: last, same_day: worst}}
outcomes:
  response: ~
  quiet: {time_to: {value: mmt, at_least: 70 points}, in: course, competing: [death], times: [90 days]}
"""
ROWS = """
a | mmt | 0:50, 30:60, 200:75
b | mmt | 0:50, 60:72
c | mmt | 0:75, 60:60
d | mmt | 0:50, 90:60
d | visit | 100
d | death | 120
e | mmt | 0:50, 90:60
"""


@pytest.fixture(scope="module")
def shown() -> Summary:
    study: Protocol = protocol(CHANGES)
    return analyse(study, chart(ROWS, study))


def test_the_curve_is_drawn_with_the_numbers_at_risk(shown: Summary) -> None:
    (drawing,) = (one for one in drawings(shown) if one.figure.key == "time-quiet")
    svg = drawing.figure.svg
    assert ">At risk<" in svg and ">Died first<" in svg and ">Censored<" in svg and drawing.figure.narrow
    told = "Rising steps: Quiet in 2 of 4 cases; 0.0 % by day 50 (4 at risk); 25.0 % by day 100 (2 at risk); "
    # 1/4 by day 60; then S = 3/4 · 1/2 after the death among two, and the last one has it.
    told += "25.0 % by day 150 (1 at risk); 62.5 % by day 200 (1 at risk)."
    assert drawing.figure.alt.endswith(told)
    assert "Share of the 4 cases at risk who had it by each day" in drawing.figure.caption


def test_it_stands_in_the_report_in_its_order(shown: Summary) -> None:
    sections = {section.key: section for section in contents(shown, [one.figure for one in drawings(shown)])}
    assert ["time-quiet"] == [
        one.key for one in sections["response"].blocks if isinstance(one, Table) and one.key.startswith("time")
    ]
    assert "times-quiet" in [one.key for one in sections["verdicts"].blocks if isinstance(one, Table)]


def test_every_case_has_its_row(shown: Summary) -> None:
    rows = [[cell.text for cell in row.cells] for row in times_table(shown, "quiet").rows]
    assert [
        ["a", "Quiet", "200", "(30, 200]", "First seen on day 200; it came after day 30."],
        ["b", "Quiet", "60", "(0, 60]", "First seen on day 60; it came after the index date."],
        ["c", "Already at the index date", "", "", "It had come by the index date, so that there is no time to it."],
        ["d", "Died", "120", "", "Not seen before day 120, by which the patient had died; on some visit before, it was not known."],
        ["e", "Lost to follow-up", "90", "", "Not seen to day 90; then follow-up ended."],
    ] == rows  # fmt: skip


def test_the_file_of_the_patients_has_the_interval(shown: Summary) -> None:
    rows = {row["case"]: row for row in csv.DictReader(io.StringIO(patients_csv(shown)))}
    assert ("event", "200", "30", "no") == tuple(
        rows["a"][name]
        for name in ("verdict", "assessed on day", "came about after day", "not known on some visit before")
    )
    assert ("death", "120", "", "yes") == tuple(
        rows["d"][name]
        for name in ("verdict", "assessed on day", "came about after day", "not known on some visit before")
    )
    assert ("", "already at the index date") == (rows["c"]["verdict"], rows["c"]["absent because"])


def test_one_case_is_explained_and_checked_again(shown: Summary) -> None:
    read = chart(ROWS, protocol(CHANGES))
    cases = {case.case_id: case for case in shown.shown.rows}
    told = explain_time(shown, shown.shown, read, cases["a"], "quiet")
    assert "Time to quiet: First seen on day 200; it came after day 30." == told.sentence
    assert told.time is not None and told.verdict is None
    other = chart(ROWS.replace("200:75", "210:75"), protocol(CHANGES))
    with pytest.raises(Disagreement, match="different answers"):
        explain_time(shown, shown.shown, other, cases["a"], "quiet")


def test_results_and_tables_have_the_counts(shown: Summary) -> None:
    (told,) = results(shown)["times"]
    assert {"event": 2, "death": 1, "lost": 1} == told["endings"]
    assert [{"reason": "already at the index date", "n": 1}] == told["without"]
    assert {"death": 1} == told["not_known_before"]
    assert ["60", "90", "120", "200"] == [str(step["day"]) for step in told["curve"]]
    assert ["a", "b", "c", "d", "e"] == [row["case_id"] for row in table(shown, "times")]
    assert {"event", "death"} == {row["event"] for row in table(shown, "curves")}
    assert "time" == unreported(shown)["mmt"]


AFTER = """
windows: {course: {from: 0 days, to: 400 days, take: last, same_day: worst}}
outcomes:
  response: ~
  relapse:
    time_to: {value: mmt, less_than: 60 points}
    after: {value: mmt, at_least: 70 points}
    in: course
    competing: [death]
    times: [90 days]
    good: no
    among: {value: mmt, less_than: 80 points}
    readings: {weaker: {value: mmt, less_than: 61 points}}
"""
RELAPSES = """
a | mmt | 0:50, 30:70, 200:75, 300:55
b | mmt | 0:50, 60:72, 90:70
b | visit | 40, 70, 95
c | mmt | 0:75, 60:60
c | death | 80
d | mmt | 0:50, 90:60
e | mmt | 0:50, 90:60
e | visit | 30
f | mmt | 0:50, 90:70
"""


def test_a_time_after_a_response_tells_its_start_and_who_never_had_one() -> None:
    study = protocol(AFTER)
    read = chart(RELAPSES, study)
    found = analyse(study, read)
    assert_same(study, read, found)
    assert [] == not_the_number(found)
    told = time_words(found, "relapse").text
    assert (
        "Of 6 included cases, 3 were at risk (not evaluable in 1: no visit after the start; not evaluable in 1: not known whether "
        "the start was met; the start was not met in 1). Relapse (unwanted) came in 1 of the 3 cases with a time; 2 have none and may "
        "have had it; 1 died before; 1 was censored" in told
    )
    assert (
        "In 1 case it was not known on some visit before the start whether it had begun, so that it may be longer."
        in told
    )
    rows = [[cell.text for cell in row.cells] for row in times_table(found, "relapse").rows]
    assert [
        ["a", "Relapse (unwanted)", "30", "270", "300", "(200, 300]"],
        ["b", "Lost to follow-up", "60", "30", "90", ""],
        ["c", "Died", "0", "80", "80", ""],
        ["d", "The start was not met", "", "", "", ""],
        ["e", "Not known whether the start was met", "", "", "", ""],
        ["f", "No visit after the start", "90", "", "", ""],
    ] == [row[:-1] for row in rows]
    assert [
        "Counted from day 30. First seen on day 300, 270 days after the start; it came after day 200.",
        "Counted from day 60; on some visit before, it was not known whether it had begun. Not seen to day 90, 30 days after the start; "
        "then follow-up ended; on some visit before, it was not known.",
        "Counted from day 0. Not seen before day 80, 80 days after the start, by which the patient had died.",
        "What it counts from was not seen on any visit, so that there is no time to it.",
        "Not evaluable: not known whether the start was met.",
        "Counted from day 90. Not evaluable: no visit after the start.",
    ] == [row[-1] for row in rows]
    (counted,) = results(found)["times"]
    assert {"lost": 1} == counted["may_have_begun_earlier"]
    assert (
        "the first visit within days 0 to 400 on which this was seen: mmt at least 70 points" == counted["counted_from"]
    )
    assert (False, "the included cases with mmt less than 80 points at baseline") == (
        counted["good"],
        counted["denominator"],
    )
    assert [({"reading": "weaker"}, 2, 3)] == [
        (one["choices"], one["events"], one["at_risk"]) for one in counted["again"]
    ]
    assert ["30", "80", "270"] == [str(step["day"]) for step in counted["curve"]]
    patients = {row["case"]: row for row in csv.DictReader(io.StringIO(patients_csv(found)))}
    names = ("counted from day", "days from there", "may have begun earlier")
    assert [("30", "270", "no"), ("60", "30", "yes"), ("", "", "")] == [
        tuple(patients[case][name] for name in names) for case in "abd"
    ]
    (drawing,) = (one for one in drawings(found) if one.figure.key == "time-relapse")
    assert ">Months from the start<" in drawing.figure.svg


def test_a_time_that_is_named_as_one_is_not_called_time_to_time_to() -> None:
    study = protocol(AFTER.replace("relapse:", "time to first relapse:"))
    found = analyse(study, chart(RELAPSES, study))
    name = "time to first relapse"
    assert "First relapse (unwanted) came in 1 of the 3 cases with a time" in time_words(found, name).text
    assert "Time to first relapse, every case" == times_table(found, name).title
    assert "Time to time" not in " ".join((headline(found), time_methods(found), time_words(found, name).text))
