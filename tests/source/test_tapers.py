"""A taper in the cell of a dose: a course for each step, on exact days, with the address of the one row; what contradicts it is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.source.test_overlapping_courses import ADD, REPLACE, chart, protocol

from caseseries.chart.findings import stop_on_errors
from caseseries.chart.tables import Chart, Course, Ends, Finding, day_number
from caseseries.errors import ChoiceNeeded
from caseseries.protocol.load import parse
from caseseries.reference.oracle import cases, exposure
from caseseries.source.read import read
from caseseries.source.tapers import LEFT_OUT, PARTLY, READ, UNTOLD, Tapered, in_steps
from caseseries.study import Study

INDEX = day_number(dt.date(2020, 1, 1))
LIST = "40 mg 2 weeks, 30 mg 1 week, then 10 mg"
FALL = "20 mg 2 wk, then 5 mg less each week"
STOPPED = "40 mg 2 weeks, 20 mg 1 week, then stop"


def row(
    dose: str,
    start: str = "2020-01-01",
    stop: str = "",
    unit: str = "mg",
    often: str = "od",
    note: str = "",
    route: str = "oral",
) -> str:
    return f'P1,prednisone,{start},{stop},"{dose}",{unit},{often},{route},{note}\n'


def steroids(found: Chart) -> list[Course]:
    return [one for one in found.courses if one.drug == "prednisone"]


def days(found: Chart) -> list[tuple[int, int | None, Fraction | None]]:
    """First day, last day and dose of every step, counted from 2020-01-01."""
    return [(one.start - INDEX, None if one.end is None else one.end - INDEX, one.amount) for one in steroids(found)]


def wrong(found: Chart) -> list[tuple[str, int | None, str]]:
    return [(one.rule, one.place.row, one.place.column) for one in found.findings if one.severity == "error"]


def told(found: Chart, message: str) -> list[Finding]:
    return [one for one in found.findings if one.message == message]


# ------------------------------------------------------------------------------------------------------- the steps


@pytest.mark.parametrize(
    ("dose", "stop", "expected"),
    [
        (LIST, "", [(0, 13, 40), (14, 20, 30), (21, None, 10)]),
        (LIST, "2020-02-10", [(0, 13, 40), (14, 20, 30), (21, 40, 10)]),
        (LIST, "2020-01-22", [(0, 13, 40), (14, 20, 30), (21, 21, 10)]),
        (FALL, "", [(0, 13, 20), (14, 20, 15), (21, 27, 10), (28, 34, 5)]),
        (FALL, "2020-02-04", [(0, 13, 20), (14, 20, 15), (21, 27, 10), (28, 34, 5)]),
        (FALL, "2020-01-25", [(0, 13, 20), (14, 20, 15), (21, 24, 10)]),  # the row says how far it fell
        (FALL, "2020-01-05", [(0, 4, 20)]),
        (STOPPED, "", [(0, 13, 40), (14, 20, 20)]),
        (STOPPED, "2020-01-21", [(0, 13, 40), (14, 20, 20)]),
        ("20 mg daily, reduce by 5 mg every week (to 10 mg)", "", [(0, 6, 20), (7, 13, 15), (14, None, 10)]),
        ("40 mg 2 weeks, 20 mg 1 week", "2020-01-21", [(0, 13, 40), (14, 20, 20)]),
    ],
)  # fmt: skip
def test_each_step_is_a_course_on_its_days(tmp_path: Path, dose: str, stop: str, expected: list[object]) -> None:
    found = stop_on_errors(chart(tmp_path, row(dose, stop=stop)))
    assert expected == days(found)
    assert {("mg", Fraction(1))} == {(one.unit, one.per_day) for one in steroids(found)}


def test_a_taper_says_what_rows_of_its_steps_say(tmp_path: Path) -> None:
    rows = row("40", stop="2020-01-14") + row("30", "2020-01-15", "2020-01-21") + row("10", "2020-01-22")
    one, several = chart(tmp_path, row(LIST)), chart(tmp_path, rows)
    same = (
        "patient",
        "drug",
        "start",
        "end",
        "amount",
        "unit",
        "per_day",
        "route",
        "systemic",
        "pulse",
        "possible",
        "schedule",
    )
    assert [[getattr(course, name) for name in same] for course in one.courses] == [
        [getattr(course, name) for name in same] for course in several.courses
    ]


def test_the_steps_are_of_one_row_which_is_used_once(tmp_path: Path) -> None:
    found = chart(tmp_path, row(FALL))
    assert {"read": 2, "used": 2, "out of scope": 0, "refused": 0} == found.account()["drugs"]
    assert 1 == len({course.row_id for course in steroids(found)})
    assert 4 == len({course.record for course in steroids(found)})
    assert [] == [one for one in found.findings if one.rule in {"duplicate row", "overlap"}]
    (note,) = told(found, READ)
    assert ("note", 3, "dose", FALL) == (note.severity, note.place.row, note.place.column, note.value)
    assert "20 mg for 14 days, 15 mg for 7 days, 10 mg for 7 days, 5 mg for 7 days, then stopped" == note.proposal
    assert [(FALL, note.proposal)] == [(one.word, one.meaning) for one in found.words if one.column == "dose"]


@pytest.mark.parametrize(
    ("dose", "unit", "often", "unit_read", "per_day"),
    [
        ("1 mg/kg/day 2 weeks, 0.5 mg/kg/day 2 weeks, then stop", "", "", "mg/kg", [1, 1]),
        ("1 mg/kg 2 weeks, 0.5 mg/kg 2 weeks, then stop", "mg/kg/day", "", "mg/kg", [1, 1]),
        ("20 mg daily 2 weeks, 20 mg alternate days 4 weeks, then stop", "mg", "", "mg", [1, Fraction(1, 2)]),
        ("20 2 weeks, 10 2 weeks, then stop", "mg", "bd", "mg", [2, 2]),
        ("20 mg/day 2 weeks, 10 mg/day 2 weeks, then stop", "", "bd", "mg", [1, 1]),
        ("20 mg 2 weeks, 10 mg 2 weeks, then stop", "mg", "", "mg", [None, None]),
    ],
)
def test_units_and_frequencies_are_those_of_the_cell_and_of_the_row(
    tmp_path: Path, dose: str, unit: str, often: str, unit_read: str, per_day: list[object]
) -> None:
    found = chart(tmp_path, row(dose, unit=unit, often=often))
    assert [] == wrong(found)
    assert [(unit_read, times) for times in per_day] == [(one.unit, one.per_day) for one in steroids(found)]
    unknown = [one for one in found.findings if "no frequency is recorded" in one.message]
    assert bool(unknown) is (per_day[0] is None)


@pytest.mark.parametrize(
    ("dose", "unit", "often", "rule"),
    [
        ("20 mg 2 weeks, 10 mg 2 weeks, then stop", "mg/kg", "od", "unit"),
        ("20 mg 2 weeks, 10 mg 2 weeks, then stop", "tablets", "od", "unit"),
        ("20 mg/day 2 weeks, 10 mg/day 2 weeks, then stop", "mg/week", "", "unit"),
        ("20 mg daily 2 weeks, 10 mg daily 2 weeks, then stop", "mg", "bd", "frequency"),
        ("20 mg daily 2 weeks, 10 mg on alternate days", "mg", "od", "frequency"),
        (FALL, "mg", "bd", "taper"),
    ],
)  # fmt: skip
def test_a_cell_and_a_row_that_do_not_agree_are_refused(
    tmp_path: Path, dose: str, unit: str, often: str, rule: str
) -> None:
    found = chart(tmp_path, row(dose, unit=unit, often=often))
    assert [(rule, 3, "dose")] == wrong(found)
    assert [] == steroids(found)


@pytest.mark.parametrize(
    "dose",
    [
        "taper over 6 weeks",
        "reduce slowly",
        "40 mg 2 months, then stop",
        "40 mg reducing",
        "20 mg, then taper",
        "40 mg 2 wk, then less",
    ],
)
def test_words_that_are_not_read_are_refused_with_the_forms_that_are(tmp_path: Path, dose: str) -> None:
    found = chart(tmp_path, row(dose))
    assert [("taper", 3, "dose")] == wrong(found)
    (finding,) = (one for one in found.findings if one.severity == "error")
    assert "5 mg less each week" in finding.allowed and "then stop" in finding.allowed
    assert dose not in finding.message + finding.allowed
    assert [] == steroids(found)


@pytest.mark.parametrize("dose", ["20-40 mg", "40 mg", "40-30-20", "40 mg 2 wk"])
def test_no_number_of_a_cell_with_words_is_ever_taken_for_its_dose(tmp_path: Path, dose: str) -> None:
    found = chart(tmp_path, row(dose))
    assert [("number", 3, "dose")] == wrong(found)
    assert [] == steroids(found)


# ---------------------------------------------------------------------------------------------------- the last day


@pytest.mark.parametrize(
    ("dose", "stop"),
    [
        (STOPPED, "2020-01-20"), (STOPPED, "2020-01-22"), (FALL, "2020-02-05"), (LIST, "2020-01-21"),
        ("40 mg 2 weeks, 20 mg 1 week", "2020-01-20"), ("40 mg 2 weeks, 20 mg 1 week", "2020-01-22"),
        ("20 mg daily, reduce by 5 mg every week (to 10 mg)", "2020-01-14"),
        ("20 mg 2 wk, then 15 mg less each week", "2020-01-22"),
    ],
)  # fmt: skip
def test_a_last_day_that_is_not_that_of_the_steps_is_refused(tmp_path: Path, dose: str, stop: str) -> None:
    assert [("taper", 3, "stop")] == wrong(chart(tmp_path, row(dose, stop=stop)))


def test_the_day_on_which_the_steps_end_is_proposed(tmp_path: Path) -> None:
    (finding,) = (one for one in chart(tmp_path, row(STOPPED, stop="2020-01-22")).findings if one.severity == "error")
    assert "2020-01-21" == finding.proposal


def test_a_list_that_ends_and_a_row_that_does_not_leave_the_time_afterwards_unknown(tmp_path: Path) -> None:
    for dose in ("40 mg 2 weeks, 20 mg 1 week", "20 mg 2 wk, then 15 mg less each week"):
        found = stop_on_errors(chart(tmp_path, row(dose)))
        last = steroids(found)[-1].ends
        assert (14, 20, None) == (last.first_low - INDEX, (last.last_low or 0) - INDEX, last.last_high)
        (warning,) = told(found, UNTOLD)
        assert ("warning", 3, "dose") == (warning.severity, warning.place.row, warning.place.column)


def test_a_last_day_that_is_recorded_as_missing_leaves_the_doses_unknown(tmp_path: Path) -> None:
    for dose in (LIST, STOPPED, FALL):
        found = stop_on_errors(chart(tmp_path, row(dose, stop="UNK")))
        (only,) = steroids(found)
        assert only.amount is None and (INDEX, INDEX, INDEX, None) == (
            only.ends.first_low, only.ends.first_high, only.ends.last_low, only.ends.last_high,
        )  # fmt: skip
        assert 1 == len(told(found, PARTLY))


def test_a_first_day_that_is_known_in_part_leaves_the_doses_unknown(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row(STOPPED, start="2020-01")))
    (only,) = steroids(found)
    assert (None, 0, 30, 20, 50) == (
        only.amount,
        *(
            day - INDEX
            for day in (only.ends.first_low, only.ends.first_high, only.ends.last_low or 0, only.ends.last_high or 0)
        ),
    )
    assert [("warning", 3, "dose")] == [(one.severity, one.place.row, one.place.column) for one in told(found, PARTLY)]


def test_a_list_that_goes_on_from_a_day_known_in_part_is_of_no_known_dose(tmp_path: Path) -> None:
    (only,) = steroids(stop_on_errors(chart(tmp_path, row(LIST, start="2020-01"))))
    assert (None, 0, 30, None) == (only.amount, only.ends.first_low - INDEX, only.ends.first_high - INDEX, only.end)


def test_steps_that_reach_the_index_date_were_not_over_before_it(tmp_path: Path) -> None:
    for start, refused in (("2019-12-11", []), ("2019-12-12", [("taper", 3, "stop")])):
        chart(tmp_path, row(STOPPED, start=start))
        described, drugs = tmp_path / "chart.yaml", tmp_path / "d" / "t.csv"
        described.write_text(described.read_text().replace("blank_stop: ongoing", "blank_stop: before index date"))
        drugs.write_text(drugs.read_text().replace("MMF,2020-01-01,,", "MMF,2020-01-01,2020-05-01,"))
        assert refused == wrong(read(protocol(), described))


def test_a_last_day_that_is_known_in_part_is_that_of_the_steps_where_it_may_be(tmp_path: Path) -> None:
    assert [(0, 13, 40), (14, 20, 20)] == days(stop_on_errors(chart(tmp_path, row(STOPPED, stop="2020-01"))))
    assert [("taper", 3, "stop")] == wrong(chart(tmp_path, row(STOPPED, stop="2020-02")))
    last = steroids(stop_on_errors(chart(tmp_path, row(LIST, stop="2020-02"))))[-1].ends
    assert (21, 31, 59) == (last.first_low - INDEX, (last.last_low or 0) - INDEX, (last.last_high or 0) - INDEX)
    cut = stop_on_errors(
        chart(tmp_path, row(FALL, stop="2020-01"))
    )  # some day of January: no step is certain to have been taken as long
    assert [(0, None)] == [(one.start - INDEX, one.amount) for one in steroids(cut)]


@pytest.mark.parametrize(("declared", "expected"), [("ongoing", None), ("not known", 21)])
def test_a_blank_last_day_means_for_the_last_step_what_the_table_says(
    tmp_path: Path, declared: str, expected: int | None
) -> None:
    chart(tmp_path, row(LIST))
    described = tmp_path / "chart.yaml"
    described.write_text(described.read_text().replace("blank_stop: ongoing", f"blank_stop: {declared}"))
    found = read(protocol(), described)
    assert [40, 30, 10] == [one.amount for one in steroids(found)]
    last = steroids(found)[-1].ends
    assert (expected, None) == (None if last.last_low is None else last.last_low - INDEX, last.last_high)


def test_a_blank_last_day_that_is_refused_is_none_where_the_words_say_the_end(tmp_path: Path) -> None:
    chart(tmp_path, row(STOPPED))
    described = tmp_path / "chart.yaml"
    described.write_text(described.read_text().replace("blank_stop: ongoing", "blank_stop: refused"))
    found = read(protocol(), described)
    assert [("course", 2, "stop")] == wrong(found)  # that of the study drug
    chart(tmp_path, row(LIST))
    described.write_text(described.read_text().replace("blank_stop: ongoing", "blank_stop: refused"))
    assert [("course", 2, "stop"), ("course", 3, "stop")] == wrong(read(protocol(), described))


def test_a_word_for_going_on_against_the_words_of_a_stop_is_refused(tmp_path: Path) -> None:
    for dose, refused in ((STOPPED, True), (FALL, True), (LIST, False)):
        chart(tmp_path, row(dose, stop="ongoing"))
        described = tmp_path / "chart.yaml"
        described.write_text(
            described.read_text().replace("blank_stop: ongoing,", "blank_stop: ongoing, ongoing: [ongoing],")
        )
        assert ([("taper", 3, "stop")] if refused else []) == wrong(read(protocol(), described))


def test_steps_that_are_still_to_come_are_no_record(tmp_path: Path) -> None:
    chart(tmp_path, row(STOPPED))
    for day, refused in ((20, False), (19, True)):
        found = read(protocol(), tmp_path / "chart.yaml", day_of_run=max(INDEX + day, day_number(dt.date(2020, 1, 1))))
        assert refused is (("future", 3, "dose") in wrong(found))


def test_steps_after_the_data_cut_off_are_left_out_and_told(tmp_path: Path) -> None:
    chart(tmp_path, row(STOPPED))
    for cutoff, kept in (("2020-01-14", 1), ("2020-01-15", 2)):
        text = protocol_text().replace(
            "partial_dates: bounds", f"partial_dates: bounds\nperiod: {{data_cutoff: {cutoff}}}"
        )
        found = read(parse(text).protocol, tmp_path / "chart.yaml")
        assert kept == len(steroids(found))
        assert (kept == 1) is bool(told(found, LEFT_OUT))


def protocol_text() -> str:
    from tests.source.test_overlapping_courses import PROTOCOL

    return PROTOCOL.format(group="systemic glucocorticoids", unit="prednisone mg/day", pulses="apart")


# ------------------------------------------------------------------------------------------- beside the next row


def test_a_taper_that_overlaps_the_next_row_is_asked_for_once(tmp_path: Path) -> None:
    later = row("12", "2020-01-10", "2020-03-01")
    with pytest.raises(ChoiceNeeded) as stopped:
        stop_on_errors(chart(tmp_path, row(LIST) + later))
    assert [4] == [one.place.row for one in stopped.value.problems]


def test_a_row_that_replaces_a_taper_ends_all_of_it(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row(LIST) + row("12", "2020-01-18"), REPLACE))
    assert [(0, 13, 40), (14, 16, 30), (17, None, 12)] == days(found)
    early = stop_on_errors(chart(tmp_path, row(LIST) + row("12", "2020-01-10"), REPLACE))
    assert [(0, 8, 40), (9, None, 12)] == days(early)
    assert 1 == len([one for one in early.findings if one.rule == "overlap"])


def test_after_a_burst_within_a_taper_nobody_knows_what_was_taken(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row(STOPPED) + row("60", "2020-01-10", "2020-01-12"), REPLACE))
    assert [(0, 8, 40), (9, 15, 60)] == days(found)  # the last day halfway between the 12th and the 21st
    burst = steroids(found)[-1].ends
    assert (11, 20) == ((burst.last_low or 0) - INDEX, (burst.last_high or 0) - INDEX)


def test_a_taper_within_a_longer_course_replaces_it(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row("5", "2019-12-01", "2020-02-20") + row(STOPPED), REPLACE))
    assert [(-31, -1, 5), (0, 13, 40)] == days(found)[:2]
    last = steroids(found)[-1]
    assert (20, (14, 20, 50)) == (
        last.amount,
        tuple((day or 0) - INDEX for day in (last.start, last.ends.last_low, last.ends.last_high)),
    )


def test_a_list_that_ends_is_followed_by_the_row_that_replaces_it(tmp_path: Path) -> None:
    ends = "40 mg 2 weeks, 20 mg 1 week"
    found = stop_on_errors(chart(tmp_path, row(ends) + row("10", "2020-01-22"), REPLACE))
    assert [(0, 13, 40), (14, 20, 20), (21, None, 10)] == days(found)
    later = stop_on_errors(chart(tmp_path, row(ends) + row("10", "2020-01-31"), REPLACE))
    last = steroids(later)[1].ends
    assert (20, 29) == ((last.last_low or 0) - INDEX, (last.last_high or 0) - INDEX)


def whole(ends: Ends) -> Tapered:
    step = Course(0, 1, "a", "prednisone", 0, None, Fraction(5), "mg", Fraction(1), "", True)
    steps = tuple((replace(step, amount=Fraction(dose)), 3) for dose in (20, 10, 5))
    same = {one.name: getattr(step, one.name) for one in fields(Course)}
    return Tapered(**{**same, "amount": None, "start": 0, "end": None, "possible": ends}, steps=steps)


@pytest.mark.parametrize("low", range(9))
@pytest.mark.parametrize("high", [*range(9), 12, None])
def test_every_day_has_its_dose_or_none_however_well_the_end_is_known(low: int, high: int | None) -> None:
    """Steps of 20, 10 and 5 mg on days 0-2, 3-5 and 6-8."""
    if high is not None and high < low:
        return
    found = list(in_steps(whole(Ends(0, 0, low, high))))
    assert sorted(one.start for one in found) == [one.start for one in found]
    for day in range(13):
        there = [one for one in found if one.ends.first_high <= day and (one.ends.last_low or 0) >= day]
        perhaps = [
            one
            for one in found
            if one.ends.first_low <= day and (one.ends.last_high is None or one.ends.last_high >= day)
        ]
        if high is not None and day > high:
            assert [] == perhaps
        elif day > low:
            assert 1 == len(perhaps) and [] == there  # taken or not, so that the dose is not known
        else:
            (one,) = there
            assert one.amount in {None, (20, 10, 5)[min(day // 3, 2)]}
            if high == low or day // 3 < low // 3:
                assert one.amount is not None


def test_both_are_taken_where_that_is_said(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row(STOPPED) + row("12", "2020-01-10", "2020-01-20"), ADD))
    assert [(0, 13, 40), (9, 19, 12), (14, 20, 20)] == days(found)
    assert 1 == len([one for one in found.findings if one.rule == "overlap"])


def test_the_next_row_after_a_taper_is_no_overlap(tmp_path: Path) -> None:
    found = stop_on_errors(chart(tmp_path, row(STOPPED) + row("12", "2020-01-22", "2020-01-30")))
    assert [(0, 13, 40), (14, 20, 20), (21, 29, 12)] == days(found)


def test_a_taper_that_is_written_twice_counts_once(tmp_path: Path) -> None:
    found = chart(tmp_path, row(STOPPED) * 2)
    assert [(0, 13, 40), (14, 20, 20)] == days(found)
    assert [4] == [one.place.row for one in found.findings if one.rule == "duplicate row"]


def test_pulses_and_other_doses_in_one_taper_are_refused(tmp_path: Path) -> None:
    into_a_vein = row("1000 mg 3 days, then 40 mg 2 weeks, then stop", route="iv").replace(
        "prednisone", "methylprednisolone"
    )
    assert [("taper", 3, "dose")] == wrong(chart(tmp_path, into_a_vein))
    pulses = row("1000 mg 3 days, then 500 mg 2 days, then stop", route="iv").replace(
        "prednisone", "methylprednisolone"
    )
    found = stop_on_errors(chart(tmp_path, pulses))
    assert [True, True] == [one.pulse for one in found.courses if one.drug == "methylprednisolone"]


def test_an_implausible_step_is_refused(tmp_path: Path) -> None:
    assert [("dose", 3, "dose")] == wrong(chart(tmp_path, row("4000 mg 2 weeks, 30 mg 2 weeks, then stop")))


def test_a_person_may_write_a_taper_that_is_read_in_place_of_one_that_is_not(tmp_path: Path) -> None:
    chart(tmp_path, row("40 mg reducing"))
    described = tmp_path / "chart.yaml"
    accept = "accept:\n  - {file: t.csv, row: 3, column: dose, found: 40 mg reducing, read_as: '%s', by: A. B., on: 2020-01-01, because: letter}\n"
    described.write_text(described.read_text() + accept % STOPPED)
    assert [(0, 13, 40), (14, 20, 20)] == days(stop_on_errors(read(protocol(), described)))


# ------------------------------------------------------------------------------------------------- doses by hand


def test_the_cumulative_dose_and_the_doses_of_days_are_those_counted_by_hand(tmp_path: Path) -> None:
    """20 mg on 14 days, 15, 10 and 5 mg on 7 each: 280 + 105 + 70 + 35 = 490 mg; 28 days above 7.5 mg."""
    text = protocol_text().replace("windows: {", "windows: {all of it: {from: 0 days, to: 40 days, take: last}, ")
    text += "safety: {until_after_last_dose: 30 days, exposure: [{dose: steroid, in: all of it, above: 7.5 prednisone mg/day}]}\n"
    declared = parse(text).protocol
    found = stop_on_errors(chart(tmp_path, row(FALL)))
    (case,) = cases(declared, found)
    (answer,) = exposure(declared, found, case)
    assert (490, (28, 28)) == (answer.total, answer.above)
    Study(declared).run(found)  # both engines, compared
    for day, dose in ((13, 20), (14, 15), (20, 15), (21, 10), (34, 5), (35, 0)):
        taken = sum((one.amount or 0) for one in steroids(found) if one.start <= INDEX + day <= (one.end or 0))
        assert dose == taken
