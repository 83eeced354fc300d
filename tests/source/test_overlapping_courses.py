"""Courses of one drug that overlap: a dose that was changed without a last day is no dose taken beside the next."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart, day_number
from caseseries.errors import ChartError, ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source.read import read
from caseseries.study import Study

PROTOCOL = """
study: A drug
case: {{index_date: {{first_exposure: mycophenolate mofetil}}, per: patient}}
measures: {{mmt: {{instrument: MMT8}}, steroid: {{daily_dose: {group}, as: {unit}, source: courses, pulses: {pulses}, outside_courses: zero,
  if_zero_baseline: not met}}}}
windows: {{baseline: {{from: -30 days, to: 0 days, take: last}}, month 3: {{from: 75 days, to: 105 days, take: last}}}}
partial_dates: bounds
intercurrent: {{drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed, pulse: as observed,
  death: non-responder, lost: as observed}}
outcomes: {{response: {{at: month 3, rule: {{falls: steroid, at_least: 50 % of baseline}}}}}}
"""
CHART = """
source: d
dates: year-month-day
missing: {{UNK: unknown}}
tables:
  patients: {{kind: patients, file: p.csv, patient: id}}
  visits: {{kind: visits, file: v.csv, patient: id, date: date, measures: {{mmt: mmt}}}}
  drugs: {{kind: drugs, file: t.csv, patient: id, drug: drug, start: start, stop: stop,
    stop_means: last day taken, blank_stop: ongoing, dose: dose, unit: unit, frequency: often, route: route, ignore: [note]{overlaps}}}
{more}
"""
SECOND = """  more drugs: {{kind: drugs, file: u.csv, patient: id, drug: drug, start: start, stop: stop,
    stop_means: last day taken, blank_stop: ongoing, dose: dose, unit: unit, frequency: often, route: route, ignore: [note]{overlaps}}}"""
HEADER = "id,drug,start,stop,dose,unit,often,route,note\n"
MMF = "P1,MMF,2020-01-01,,500,mg,bd,oral,\n"
#: A dose that was halved, its first row left without a last day.
HALVED = "P1,prednisone,2019-12-01,,20,mg,od,oral,\nP1,prednisone,2020-02-01,,10,mg,od,oral,\n"
REPLACE, ADD = ", overlaps: replace", ", overlaps: add"


def protocol(group: str = "systemic glucocorticoids", pulses: str = "apart") -> Protocol:
    unit = "prednisone mg/day" if "gluco" in group else "mg/day"
    return parse(PROTOCOL.format(group=group, unit=unit, pulses=pulses)).protocol


def chart(folder: Path, rows: str, overlaps: str = "", *, more: str = "", second: str = "", **asked: str) -> Chart:
    (folder / "d").mkdir(exist_ok=True)
    files = {
        "p.csv": "id\nP1\n",
        "v.csv": "id,date,mmt\nP1,2019-12-20,40\nP1,2020-04-30,60\n",
        "t.csv": HEADER + MMF + rows,
    }
    if more:
        files["u.csv"] = HEADER + more
    for name, text in files.items():
        (folder / "d" / name).write_text(text, encoding="utf-8")
    table = SECOND.format(overlaps=second) if more else ""
    (folder / "chart.yaml").write_text(CHART.format(overlaps=overlaps, more=table))
    return read(protocol(**asked), folder / "chart.yaml")


def asked_of(found: Chart) -> list[tuple[str, int | None]]:
    return [(one.message, one.place.row) for one in found.findings if one.severity == "error"]


def ends(found: Chart) -> list[tuple[int, int | None]]:
    """The days of the steroid courses, counted from 2020-01-01."""
    index = day_number(dt.date(2020, 1, 1))
    steroids = [one for one in found.courses if one.drug != "mycophenolate mofetil"]
    return [(one.start - index, None if one.end is None else one.end - index) for one in steroids]


def test_a_changed_dose_whose_first_row_has_no_last_day_is_a_choice_that_lists_every_pair(tmp_path: Path) -> None:
    third = "P1,prednisone,2020-03-01,,5,mg,od,oral,\n"
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart(tmp_path, HALVED + third))
    ask = "does it replace that one, or are both taken?"
    pairs = [(4, 3), (5, 3), (5, 4)]
    assert [(f"the course overlaps the one in row {first}: {ask}", row) for row, first in pairs] == [
        (one.what, one.place.row) for one in stopped.value.problems
    ]
    assert "`overlaps: replace`" in stopped.value.describe()


@pytest.mark.parametrize(("declared", "dose"), [(REPLACE, Fraction(10)), (ADD, Fraction(30))], ids=["replace", "add"])
def test_the_dose_follows_the_declared_choice(tmp_path: Path, declared: str, dose: Fraction) -> None:
    found = stop_on_errors(chart(tmp_path, HALVED, declared))
    done = Study(protocol()).run(found).summary.shown.outcomes["response"].verdicts[0]
    assert [[20, dose]] == [[one.value for one in case.quantities] for case in done]


def test_the_later_start_ends_the_earlier_course_on_the_day_before(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, HALVED, REPLACE))
    assert [(-31, 30), (31, None)] == ends(found)
    told = ["the course replaces the one in row 3, which ends on the day before"]
    assert told == [one.message for one in found.findings if one.rule == "overlap"]


#: Rows that are no overlap of one drug.
APART = {
    "a pulse into a vein": "P1,methylprednisolone,2019-12-01,,16,mg,od,oral,\nP1,methylprednisolone,2020-02-01,2020-02-03,1000,mg,od,iv,\n",
    "another route": "P1,prednisolone,2019-12-01,,16,mg,od,oral,\nP1,prednisolone,2020-02-01,2020-02-03,25,mg,od,iv,\n",
    "on the skin": "P1,hydrocortisone,2019-12-01,,10,mg,od,oral,\nP1,hydrocortisone,2020-02-01,2020-02-03,1,mg,od,topical,\n",
    "another drug": "P1,prednisone,2019-12-01,,20,mg,od,oral,\nP1,methylprednisolone,2020-02-01,,8,mg,od,oral,\n",
    "one after the other": "P1,prednisone,2019-12-01,2020-01-31,20,mg,od,oral,\nP1,prednisone,2020-02-01,,10,mg,od,oral,\n",
    "another patient's drug": "P1,prednisone,2019-12-01,,20,mg,od,oral,\n",
    "a day that is not known": "P1,prednisone,2019-12-01,2020-02,20,mg,od,oral,\nP1,prednisone,2020-02-10,,10,mg,od,oral,\n",
}


@pytest.mark.parametrize("rows", APART.values(), ids=APART.keys())
def test_what_is_no_overlap_asks_nothing_and_keeps_its_days(tmp_path: Path, rows: str) -> None:
    assert [] == asked_of(chart(tmp_path, rows))
    if "2020-02," not in rows:
        assert ends(chart(tmp_path, rows)) == ends(chart(tmp_path, rows, REPLACE))


def test_a_pulse_beside_a_pulse_is_asked_where_pulses_are_in_the_dose(tmp_path: Path) -> None:
    rows = "P1,methylprednisolone,2020-02-01,2020-02-03,1000,mg,od,iv,\nP1,methylprednisolone,2020-02-03,2020-02-05,500,mg,od,iv,\n"
    assert [] == asked_of(chart(tmp_path, rows))
    assert [4] == [row for _, row in asked_of(chart(tmp_path, rows, pulses="included"))]


def test_a_drug_of_no_daily_dose_is_a_warning_as_before(tmp_path: Path) -> None:
    rows = "P1,methotrexate,2019-12-01,,15,mg,weekly,oral,\nP1,methotrexate,2020-02-01,,10,mg,weekly,oral,\n"
    found = chart(tmp_path, rows)
    assert [("warning", 4)] == [(one.severity, one.place.row) for one in found.findings if one.rule == "overlap"]
    assert [4] == [row for _, row in asked_of(chart(tmp_path, rows, group="methotrexate"))]


def test_a_route_that_is_not_written_may_be_that_of_the_other_row(tmp_path: Path) -> None:
    assert [4] == [row for _, row in asked_of(chart(tmp_path, HALVED.replace("10,mg,od,oral", "10,mg,od,")))]


SAME_DAY = "P1,prednisone,2019-12-01,,20,mg,od,oral,\nP1,prednisone,2019-12-01,,5,mg,od,oral,\n"


def test_two_rows_that_begin_on_one_day_add_up_only_where_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(ChoiceNeeded):
        stop_on_errors(chart(tmp_path, SAME_DAY))
    with pytest.raises(ChartError, match="neither replaces the other"):
        stop_on_errors(chart(tmp_path, SAME_DAY, REPLACE))
    assert [(-31, None), (-31, None)] == ends(stop_on_errors(chart(tmp_path, SAME_DAY, ADD)))


@pytest.mark.parametrize("declared", ["", REPLACE, ADD], ids=["undeclared", "replace", "add"])
def test_the_same_dose_on_the_same_days_is_one_course_whatever_else_the_rows_say(tmp_path: Path, declared: str) -> None:
    rows = "P1,prednisone,2019-12-01,,20,mg,od,oral,seen\nP1,Prednisone,2019-12-01,,20,mg,od,oral,copied\n"
    found = stop_on_errors(chart(tmp_path, rows, declared))
    assert [(-31, None)] == ends(found)
    assert ["warning"] == [one.severity for one in found.findings if one.rule == "duplicate row"]


def test_the_same_dose_at_other_times_of_the_day_is_no_duplicate(tmp_path: Path) -> None:
    rows = "P1,prednisone,2019-12-01,,5,mg,once daily,oral,\nP1,prednisone,2019-12-01,,5,mg,every morning,oral,\n"
    assert 1 == len(asked_of(chart(tmp_path, rows)))


def test_an_end_that_is_not_known_is_the_day_before_at_the_latest(tmp_path: Path) -> None:
    rows = HALVED.replace("2019-12-01,,", "2019-12-01,UNK,")
    assert [] == asked_of(chart(tmp_path, rows))
    (first, _) = [one.ends for one in chart(tmp_path, rows, REPLACE).courses if one.drug == "prednisone"]
    assert (first.first_low, first.first_low + 61) == (first.last_low, first.last_high)


def test_a_month_in_which_the_later_began_bounds_the_end_of_the_earlier(tmp_path: Path) -> None:
    rows = HALVED.replace("2020-02-01", "2020-02")
    (first, later) = [one.ends for one in chart(tmp_path, rows, REPLACE).courses if one.drug == "prednisone"]
    assert (later.first_low - 1, later.first_high - 1) == (first.last_low, first.last_high)


def test_a_row_that_was_written_to_last_longer_than_the_one_that_replaces_it_is_a_warning(tmp_path: Path) -> None:
    rows = "P1,prednisone,2019-12-01,2020-12-31,20,mg,od,oral,\nP1,prednisone,2020-02-01,2020-02-10,40,mg,od,oral,\n"
    found = chart(tmp_path, rows, REPLACE)
    (first, later) = [one.ends for one in found.courses if one.drug == "prednisone"]
    index = day_number(dt.date(2020, 1, 1))
    assert (first.last_low, first.last_high) == (index + 30, index + 30)
    assert (later.last_low, later.last_high) == (
        index + 40,
        index + 365,
    )  # whether 20 mg were taken again, nobody knows
    assert [("warning", 4)] == [(one.severity, one.place.row) for one in found.findings if one.rule == "overlap"]


@pytest.mark.parametrize(("first", "second"), [("", ""), (REPLACE, ""), (REPLACE, ADD)])
def test_courses_of_two_tables_are_asked_unless_both_say_the_same(tmp_path: Path, first: str, second: str) -> None:
    earlier, later = HALVED.splitlines(keepends=True)
    with pytest.raises(ChoiceNeeded):
        stop_on_errors(chart(tmp_path, earlier, first, more=later, second=second))
    found = stop_on_errors(chart(tmp_path, earlier, REPLACE, more=later, second=REPLACE))
    assert [(-31, 30), (31, None)] == ends(found)


BURST = "P1,prednisone,2019-12-01,{end},10,mg,od,oral,\nP1,prednisone,2020-01-20,2020-01-25,60,mg,od,oral,\n"


def doses(found: Chart) -> list[tuple[Fraction | None, str]]:
    """The doses at baseline and at month 3, and why they are absent."""
    (case,) = Study(protocol()).run(stop_on_errors(found)).summary.shown.outcomes["response"].verdicts[0]
    return [(one.value, one.absent) for one in case.quantities]


@pytest.mark.parametrize("end", ["", "2020-06-30"], ids=["without a last day", "with a later one"])
def test_what_was_taken_after_a_short_course_within_a_longer_one_is_not_known(tmp_path: Path, end: str) -> None:
    unknown = (None, "days of a course not known")
    assert [(Fraction(10), ""), unknown] == doses(chart(tmp_path, BURST.format(end=end), REPLACE))


def test_the_next_course_is_known_again(tmp_path: Path) -> None:
    rows = BURST.format(end="") + "P1,prednisone,2020-03-01,,5,mg,od,oral,\n"
    assert [(Fraction(10), ""), (Fraction(5), "")] == doses(chart(tmp_path, rows, REPLACE))


def test_after_the_end_of_the_longer_one_nothing_is_taken(tmp_path: Path) -> None:
    assert [(Fraction(10), ""), (Fraction(0), "")] == doses(chart(tmp_path, BURST.format(end="2020-02-10"), REPLACE))
