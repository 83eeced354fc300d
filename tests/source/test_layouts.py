"""The same three patients in every layout that clinics keep: each is read as the same people, values, courses and facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.source.clinic_layouts import MEASURES, STOPS, Facts, said, workbook
from tests.source.clinic_layouts import plain as plain_book
from tests.source.clinic_layouts import tab as tab_of
from tests.source.conftest import PROTOCOL

from caseseries.chart.tables import Chart
from caseseries.errors import ChartError
from caseseries.protocol.load import parse
from caseseries.source import read

STUDY = parse(f"{PROTOCOL}partial_dates: bounds\n").protocol
#: id, sex, born, diagnosis; the visits: date, cmas, ck, better; the drugs: name, start, stop; the events: name, date.
PEOPLE = {"P1": ("F", "2001-02-03"), "P2": ("M", "1999-11-30"), "P3": ("F", "2003-05-06")}
VISITS = {
    "P1": [("2009-01-05", "30", "900", "no"), ("2009-04-06", "44", "120", "yes")],
    "P2": [("2008-06-01", "21", "1500", ""), ("2008-09-03", "24", "1400", "no")],
    "P3": [("2009-09-09", "40", "300", "")],
}
DRUGS = {
    "P1": [("MMF", "2009-01-06", ""), ("prednisone", "2008-12-01", "2009-03-01")],
    "P2": [("MMF", "2008-06-02", "2009-01-01")],
    "P3": [("MMF", "2009-09-10", ""), ("prednisone", "2009-09-01", "")],
}
EVENTS = {"P1": [("rash", "2009-02-01")], "P3": [("rash", "2009-10-01"), ("nausea", "2009-10-03")]}


def chart_of(folder: Path, declared: Mapping[str, Any]) -> Chart:
    description = folder / "chart.yaml"
    description.write_text(json.dumps({"dates": "year-month-day", **declared}), encoding="utf-8")
    return read(STUDY, description)


def csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")


def plain_files(folder: Path, *but: str) -> dict[str, Any]:
    """The chart as a folder of plain tables, without some of them."""
    events = {one: dict(EVENTS.get(one, [])) for one in PEOPLE}
    book = plain_book(
        Facts(PEOPLE, VISITS, {one: {drug: days for drug, *days in every} for one, every in DRUGS.items()}, events)
    )
    for name, rows in book.files.items():
        assert isinstance(rows, list)
        csv(folder / "data" / name, rows)
    return {
        "source": "data",
        "tables": {name: table for name, table in book.declared["tables"].items() if name not in but},
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    folder = tmp_path_factory.mktemp("plain")
    return said(chart_of(folder, plain_files(folder)))


def tab(one: str, *, named: bool = False) -> list[list[Any]]:
    """A sheet about one child: the head of it above a table of visits."""
    return tab_of(Facts(PEOPLE, VISITS, {}, {}), one, named=named)


def test_a_sheet_per_child_whose_name_is_the_id(tmp_path: Path, plain: dict[str, list[Any]]) -> None:
    data = plain_files(tmp_path)
    sheets: dict[str, Any] = {one: tab(one, named=True) for one in PEOPLE}
    sheets["Legend"] = [["F", "female"]]
    sheets["Drugs"] = [
        ("id", "drug", "start", "stop"),
        *((one, *course) for one, every in DRUGS.items() for course in every),
    ]
    sheets["Events"] = [("id", "event", "date"), *((one, *event) for one, every in EVENTS.items() for event in every)]
    workbook(tmp_path / "chart.xlsx", sheets)
    each = {
        "sheets": "all",
        "except_sheets": ["Legend", "Drugs", "Events"],
        "patient": "child",
        "cells": {"child": "sheet name"},
    }
    tables = {
        "patients": {**each, "kind": "patients", "one_row": "yes", "cells": {"child": "sheet name", "sex": "B1", "born": "B2"},
                     "sex": "sex", "birth": "born"},
        "visits": {**each, "kind": "visits", "header": 5, "date": "date", "measures": MEASURES},
        "drugs": {**{key: value for key, value in data["tables"]["drugs"].items() if key != "file"}, "sheet": "Drugs"},
        "events": {**{key: value for key, value in data["tables"]["events"].items() if key != "file"}, "sheet": "Events"},
    }  # fmt: skip
    chart = chart_of(tmp_path, {"source": "chart.xlsx", "tables": tables})
    assert plain == said(chart)
    assert {"read": 3, "used": 3, "out of scope": 0, "refused": 0} == chart.account()["patients"]
    assert 5 == chart.account()["visits"]["used"]


def test_a_workbook_per_child_with_the_id_in_a_cell(tmp_path: Path, plain: dict[str, list[Any]]) -> None:
    declared = plain_files(tmp_path)
    for one in PEOPLE:
        workbook(tmp_path / "data" / f"child {one}.xlsx", {f"Tabelle {one}": tab(one)})
    (tmp_path / "data" / "~$child P1.xlsx").write_bytes(b"open in a spreadsheet program")
    tables = declared["tables"]
    cells = {"child": "B3", "sex": "B1", "born": "B2"}
    each = {"files": "all", "patient": "child"}
    tables["patients"] = {**each, "kind": "patients", "one_row": "yes", "cells": cells, "sex": "sex", "birth": "born"}
    tables["visits"] = {
        **each,
        "kind": "visits",
        "header": 5,
        "cells": {"child": "B3"},
        "date": "date",
        "measures": MEASURES,
    }
    assert plain == said(chart_of(tmp_path, declared))


def test_what_is_wrong_in_a_single_cell_is_told_with_its_address_and_may_be_decided(tmp_path: Path) -> None:
    sheets: dict[str, Any] = {one: tab(one) for one in PEOPLE}
    sheets["P2"][1][1] = "30.11.99"
    sheets["P3"][2][1] = "P1"  # copied from another child's sheet
    workbook(tmp_path / "chart.xlsx", sheets)
    each = {"sheets": "all", "patient": "child"}
    cells = {"child": "B3", "sex": "B1", "born": "B2"}
    tables = {
        "patients": {**each, "kind": "patients", "one_row": "yes", "cells": cells, "sex": "sex", "birth": "born"},
        "visits": {
            **each,
            "kind": "visits",
            "header": 5,
            "cells": {"child": "B3"},
            "date": "date",
            "measures": MEASURES,
        },
    }
    declared: dict[str, Any] = {"source": "chart.xlsx", "tables": tables}
    errors = {
        (one.rule, one.place.sheet, one.place.row, one.place.column)
        for one in chart_of(tmp_path, declared).findings
        if one.severity == "error"
    }
    assert {("two-digit year", "P2", 2, "B (born)"), ("duplicate id", "P3", 3, "B (child)")} <= errors
    decided = {"by": "A. B.", "on": "2026-01-01", "because": "looked up"}
    declared["accept"] = [
        {"sheet": "P2", "row": 2, "column": "B", "found": "30.11.99", "read_as": "1999-11-30", **decided},
        {"sheet": "P3", "row": 3, "column": "child", "found": "P1", "read_as": "P3", **decided},
    ]
    chart = chart_of(tmp_path, declared)
    assert [] == [one for one in chart.findings if one.severity == "error"]
    assert [("P1", 2), ("P2", 2), ("P3", 1)] == [
        (one.patient, sum(value.patient == one.patient and value.measure == "ck" for value in chart.measurements))
        for one in chart.people
    ]
    assert PEOPLE["P2"][1] == "1999-11-30" and chart.people[1].birth_low == chart.people[1].birth_high


@pytest.mark.parametrize("where", ["first row", "every row", "any row"])
def test_an_export_with_a_row_per_visit_that_says_who_the_patient_is(
    tmp_path: Path, plain: dict[str, list[Any]], where: str
) -> None:
    declared = plain_files(tmp_path)
    rows = [("id", "sex", "born", "date", "cmas", "ck", "better")]
    for one, every in VISITS.items():
        for number, visit in enumerate(every):
            at = {"first row": number == 0, "every row": True, "any row": number == len(every) - 1}[where]
            rows.append((one, *(PEOPLE[one] if at else ("", "")), *visit))
    csv(tmp_path / "data" / "export.csv", rows)
    declared["tables"]["patients"]["file"] = declared["tables"]["visits"]["file"] = "export.csv"
    chart = chart_of(tmp_path, declared)
    assert plain == said(chart)
    assert 5 == chart.account()["patients"]["used"]
    told = [one for one in chart.findings if one.rule == "rows of a patient"]
    assert [("warning", "rows_per_patient: several", "P1, P2")] == [
        (one.severity, one.proposal, one.value) for one in told
    ]
    declared["tables"]["patients"]["rows_per_patient"] = "several"
    told = [one for one in chart_of(tmp_path, declared).findings if one.rule == "rows of a patient"]
    assert ["note"] == [one.severity for one in told]


def test_rows_of_a_patient_that_say_different_things_are_refused_at_the_second(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    rows = [("id", "sex", "born", "date", "cmas", "ck", "better")]
    rows += [(one, *PEOPLE[one], *visit) for one, every in VISITS.items() for visit in every]
    rows[2] = ("P1", "M", *rows[2][2:])
    csv(tmp_path / "data" / "export.csv", rows)
    declared["tables"]["patients"]["file"] = declared["tables"]["visits"]["file"] = "export.csv"
    chart = chart_of(tmp_path, declared)
    errors = [
        (one.rule, one.place.row, one.place.column, one.value) for one in chart.findings if one.severity == "error"
    ]
    assert ("rows of a patient", 3, "sex", "M") in errors
    assert "P1" not in {one.patient for one in chart.people}
    declared["tables"]["patients"]["rows_per_patient"] = "one"
    twice = [one.rule for one in chart_of(tmp_path, declared).findings if one.severity == "error"]
    assert "duplicate id" in twice


def test_an_id_once_per_block_with_blanks_below(tmp_path: Path, plain: dict[str, list[Any]]) -> None:
    declared = plain_files(tmp_path)
    rows = [("id", "date", "cmas", "ck", "better")]
    for one, every in VISITS.items():
        rows += [(one if number == 0 else "", *visit) for number, visit in enumerate(every)]
    csv(tmp_path / "data" / "visits.csv", rows)
    declared["tables"]["visits"]["same_as_above"] = ["id"]
    chart = chart_of(tmp_path, declared)
    assert plain == said(chart)
    assert ["2 rows take what is blank from the row above, as declared"] == [
        one.message for one in chart.findings if one.rule == "same as above"
    ]


def test_a_blank_row_ends_a_block_so_that_notes_below_are_nobodys(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    rows = [
        ("id", "date", "cmas", "ck", "better"),
        ("P1", *VISITS["P1"][0]),
        ("", *VISITS["P1"][1]),
        ("", "", "", "", ""),
        ("", "", "37", "510", ""),
    ]
    csv(tmp_path / "data" / "visits.csv", rows)
    declared["tables"]["visits"]["same_as_above"] = ["id"]
    errors = [
        (one.rule, one.place.row, one.place.column)
        for one in chart_of(tmp_path, declared).findings
        if one.severity == "error"
    ]
    assert [("id", 5, "id")] == errors


def wide(tmp_path: Path) -> dict[str, Any]:
    """A row per patient, with the drugs and the events beside each other."""
    declared = plain_files(tmp_path)
    rows = [("id", "MMF start", "MMF stop", "pred start", "pred stop", "rash", "rash date", "nausea on")]
    for one in PEOPLE:
        courses = {drug: (start, stop) for drug, start, stop in DRUGS[one]}
        events = dict(EVENTS.get(one, []))
        rash = ("yes", events["rash"]) if "rash" in events else ("no", "") if one == "P2" else ("", "")
        rows.append((one, *courses["MMF"], *courses.get("prednisone", ("", "")), *rash, events.get("nausea", "")))
    csv(tmp_path / "data" / "wide.csv", rows)
    declared["tables"]["drugs"] = {
        "kind": "drugs side by side", "file": "wide.csv", "patient": "id", **STOPS, "blank_start": "not taken",
        "courses": {
            "MMF": {"drug": {"value": "MMF"}, "start": "MMF start", "stop": "MMF stop"},
            "steroid": {"drug": {"value": "prednisone"}, "start": "pred start", "stop": "pred stop"},
        },
    }  # fmt: skip
    declared["tables"]["events"] = {
        "kind": "events side by side", "file": "wide.csv", "patient": "id", "blank_event": "never",
        "events": {
            "rash": {"event": {"value": "rash"}, "happened": "rash", "date": "rash date"},
            "nausea": {"event": {"value": "nausea"}, "date": "nausea on"},
        },
    }  # fmt: skip
    return declared


def test_drugs_and_events_in_columns_beside_each_other(tmp_path: Path, plain: dict[str, list[Any]]) -> None:
    chart = chart_of(tmp_path, wide(tmp_path))
    assert plain == said(chart)
    accounts = chart.account()
    assert {"read": 3, "used": 2, "out of scope": 1, "refused": 0} == accounts["drugs, steroid"]
    assert {"read": 3, "used": 1, "out of scope": 2, "refused": 0} == accounts["events, nausea"]


def test_a_blank_event_that_nobody_recorded_is_not_none(tmp_path: Path) -> None:
    declared = wide(tmp_path)
    del declared["tables"]["events"]["events"]["rash"]
    declared["tables"]["events"]["blank_event"] = "not known"
    chart = chart_of(tmp_path, declared)
    told = [one for one in chart.findings if one.rule == "event"]
    assert [("warning", "nausea")] == [(one.severity, one.field) for one in told]
    assert "of 2 patients it is not recorded whether this event happened" in told[0].message
    assert {("P3", "nausea")} == {(one.patient, one.term) for one in chart.facts if one.kind == "event"}


@pytest.mark.parametrize(("row", "column", "what"), [
    ("P1,2009-01-06,,,2009-03-01,,,", "pred stop", "a last day without a first day"),
    ("P1,2009-01-06,,2008-12-01,2009-03-01,no,2009-02-01,", "rash", "the event did not happen, and something is written of it"),
    ("P1,2009-01-06,,2008-12-01,2009-03-01,maybe,,", "rash", "neither yes nor no"),
])  # fmt: skip
def test_halves_of_a_course_or_of_an_event_are_refused(tmp_path: Path, row: str, column: str, what: str) -> None:
    declared = wide(tmp_path)
    file = tmp_path / "data" / "wide.csv"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], row, *lines[2:]]) + "\n")
    errors = [
        (one.place.row, one.place.column, one.message)
        for one in chart_of(tmp_path, declared).findings
        if one.severity == "error"
    ]
    assert 1 == len(errors) and (2, column) == errors[0][:2] and errors[0][2].startswith(what)


def earlier(tmp_path: Path, cell: str, **said_: Any) -> Chart:
    """One patient with a cell of earlier drugs, before MMF from 6 January 2009."""
    declared = plain_files(tmp_path)
    csv(tmp_path / "data" / "earlier.csv", [("id", "before"), ("P1", f'"{cell}"'), ("P2", "none"), ("P3", "")])
    declared["tables"]["earlier"] = {
        "kind": "drugs", "file": "earlier.csv", "patient": "id", "drug": {"column": "before", "separated_by": [",", "+"]},
        "blank_start": "before index date", "blank_stop": "before index date", **said_,
    }  # fmt: skip
    return chart_of(tmp_path, declared)


def test_several_earlier_drugs_in_one_cell_with_and_without_years(tmp_path: Path) -> None:
    chart = earlier(tmp_path, "MTX 2006-2007, IVIG + azathioprine (since 2008-03)")
    assert [] == [one.message for one in chart.findings if one.severity == "error"]
    found = {
        one.drug: one.ends
        for one in chart.courses
        if one.patient == "P1" and one.drug not in ("mycophenolate mofetil", "prednisone")
    }
    day = {year: chart_day(f"{year}-01-01") for year in (2006, 2007, 2008)}
    index = chart_day("2009-01-06")
    assert {"methotrexate", "IVIG", "azathioprine"} == set(found)
    assert (day[2006], day[2007] - 1, day[2007], day[2008] - 1) == flat(found["methotrexate"])
    assert (chart_day("2001-02-03"), index - 1, chart_day("2001-02-03"), index - 1) == flat(found["IVIG"])
    assert (chart_day("2008-03-01"), chart_day("2008-03-31"), chart_day("2008-03-01"), index - 1) == flat(
        found["azathioprine"]
    )
    assert {"read": 3, "used": 1, "out of scope": 2, "refused": 0} == chart.account()["earlier"]


def flat(ends: Any) -> tuple[int, int, int, int]:
    return ends.first_low, ends.first_high, ends.last_low, ends.last_high


def chart_day(text: str) -> int:
    import datetime as dt

    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(("cell", "what"), [
    ("MTX 2006-07", "a year and two digits may be a month, or two years"),
    ("MTX 2007-2006", "the later of two dates stands first"),
    ("MMF 2000, MTX 2006", "the number may be a year, or a dose"),
    ("MTX 2093", "the date is in the future"),
    ("MTX 2006-2093", "the date is in the future"),
    ("MTX, none", "a word for none stands beside a drug"),
    ("MTX 2010", "a course that began on or after the index date was not over before it"),
    ("MTX 15", "no drug has this name, but others are spelt nearly so"),
])  # fmt: skip
def test_what_cannot_be_told_of_a_drug_in_a_cell_is_refused(tmp_path: Path, cell: str, what: str) -> None:
    found = [one.message for one in earlier(tmp_path, cell).findings if one.severity == "error"]
    assert any(message.startswith(what) for message in found), found


def test_the_study_drug_among_the_earlier_ones_leaves_the_index_date_open(tmp_path: Path) -> None:
    found = [one.message for one in earlier(tmp_path, "MMF").findings if one.severity == "error"]
    assert ["the study drug needs a full date: the index date rests on it"] == found


def test_words_stand_for_values_and_one_column_feeds_several_judgements(
    tmp_path: Path, plain: dict[str, list[Any]]
) -> None:
    declared = plain_files(tmp_path)
    words = {"": "", "yes": "better", "no": "same"}
    rows = [("id", "date", "cmas", "ck", "global")]
    rows += [
        (one, date, "full" if cmas == "44" else cmas, ck, words[better])
        for one, every in VISITS.items()
        for date, cmas, ck, better in every
    ]
    csv(tmp_path / "data" / "visits.csv", rows)
    declared["tables"]["visits"]["measures"] = {
        **MEASURES, "cmas": {"column": "cmas", "words": {"full": "44"}},
        "improved": {"column": "global", "words": {"better": "yes", "same": "no", "worse": "no"}},
    }  # fmt: skip
    assert plain == said(chart_of(tmp_path, declared))
    file = tmp_path / "data" / "visits.csv"
    file.write_text(file.read_text().replace("better", "beter", 1))
    errors = [
        (one.place.row, one.place.column) for one in chart_of(tmp_path, declared).findings if one.severity == "error"
    ]
    assert [(3, "global")] == errors


CODE_TOO = "the word is a code for a missing value, and means a value too"


@pytest.mark.parametrize(("measure", "said_", "what"), [
    ("improved", {"column": "better", "words": {"better": "maybe"}}, "a word of a judgement means neither yes nor no"),
    ("cmas", {"column": "cmas", "words": {"full": "yes"}}, "a word of a measure means no number"),
    ("cmas", {"column": "cmas", "words": {"ND": "0"}, "missing": {"ND": "not done"}}, CODE_TOO),
])  # fmt: skip
def test_words_that_cannot_be_meant_are_refused(tmp_path: Path, measure: str, said_: Any, what: str) -> None:
    declared = plain_files(tmp_path)
    declared["tables"]["visits"]["measures"] = {**MEASURES, measure: said_}
    assert what in [one.message for one in chart_of(tmp_path, declared).findings if one.severity == "error"]


def test_months_from_the_index_date_in_a_column(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    csv(tmp_path / "data" / "visits.csv", [("id", "month", "cmas", "ck", "better"), ("P1", "0", "30", "900", ""), ("P1", "3", "44", "120", "yes"),
                                           ("P2", "1.5", "24", "", "")])  # fmt: skip
    declared["tables"]["visits"]["date"] = {"column": "month", "counted": "planned days", "in": "months"}
    chart = chart_of(tmp_path, declared)
    index = chart_day("2009-01-06")
    assert [index, index + 91] == sorted({one.day for one in chart.measurements if one.patient == "P1"})
    assert {chart_day("2008-06-02") + 46} == {one.day for one in chart.measurements if one.patient == "P2"}
    declared["tables"]["visits"]["date"] = {"column": "month", "in": "months"}
    with pytest.raises(ChartError, match="it is not said how"):
        chart_of(tmp_path, declared)


def test_years_of_two_digits_and_months_in_words(tmp_path: Path, plain: dict[str, list[Any]]) -> None:
    declared = plain_files(tmp_path)
    months = dict(
        enumerate(["Jan", "Feb", "Mär", "avr", "Mai", "juin", "jul", "août", "sept", "octobre", "NOV", "diciembre"], 1)
    )
    for name in ("patients", "visits", "drugs", "events"):
        file = tmp_path / "data" / f"{name}.csv"
        import re

        def written(found: re.Match[str], name: str = name) -> str:
            year, month, day = found[1], int(found[2]), int(found[3])
            return f"{day}/{month}/{year[2:]}" if name in ("patients", "drugs") else f"{day:02}{months[month]}{year}"

        file.write_text(re.sub(r"(\d{4})-(\d{2})-(\d{2})", written, file.read_text()), encoding="utf-8")
    declared |= {"dates": "day-month-year", "two_digit_years_from": 1950}
    assert plain == said(chart_of(tmp_path, declared))
    del declared["two_digit_years_from"]
    errors = {one.rule for one in chart_of(tmp_path, declared).findings if one.severity == "error"}
    assert "two-digit year" in errors


@pytest.mark.parametrize(("table", "what"), [
    ({"sheets": "all", "sheet": "A"}, "say the same twice"),
    ({"files": ["a.csv"], "except_files": ["b.csv"], "file": None}, "leaves some of all out"),
    ({"one_row": "yes"}, "one row of each sheet is made of single cells"),
    ({"cells": {"born": "2B"}}, "not a cell of a sheet"),
])  # fmt: skip
def test_places_that_contradict_each_other_are_refused(tmp_path: Path, table: dict[str, Any], what: str) -> None:
    declared = plain_files(tmp_path)
    visits = {**declared["tables"]["visits"], **table}
    declared["tables"]["visits"] = {key: value for key, value in visits.items() if value is not None}
    with pytest.raises(ChartError, match=what):
        chart_of(tmp_path, declared)


def test_a_cell_that_moved_on_one_sheet_and_a_copied_sheet_are_told(tmp_path: Path) -> None:
    sheets: dict[str, Any] = {one: tab(one, named=True) for one in PEOPLE}
    sheets["P2"].insert(0, ["Clinic", "North"])
    sheets["P1 (2)"] = tab("P1", named=True)
    workbook(tmp_path / "chart.xlsx", sheets)
    each = {"sheets": "all", "patient": "child"}
    tables = {
        "patients": {**each, "kind": "patients", "one_row": "yes", "cells": {"child": "sheet name", "sex": "B1", "born": "B2"}, "sex": "sex",
                     "birth": "born"},
        "visits": {**each, "kind": "visits", "header": 5, "cells": {"child": "sheet name"}, "date": "date", "measures": MEASURES},
    }  # fmt: skip
    found = chart_of(tmp_path, {"source": "chart.xlsx", "tables": tables}).findings
    errors = {(one.rule, one.place.sheet, one.place.column, one.value) for one in found if one.severity == "error"}
    assert {
        ("single cell", "P2", "B (sex)", "clinic"),
        ("single cell", "P2", "B (born)", "sex"),
        ("copied sheet", "P1 (2)", "", "P1"),
    } <= errors


def test_a_single_cell_within_a_merged_block_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "chart.xlsx", {one: tab(one, named=True) for one in PEOPLE})
    book = openpyxl.load_workbook(tmp_path / "chart.xlsx")
    book["P2"].merge_cells("A1:B1")
    book.save(tmp_path / "chart.xlsx")
    tables = {
        "patients": {"kind": "patients", "sheets": "all", "patient": "child", "one_row": "yes", "cells": {"child": "sheet name", "sex": "B1"},
                     "sex": "sex"},
    }  # fmt: skip
    found = chart_of(tmp_path, {"source": "chart.xlsx", "tables": tables}).findings
    assert ("merged cells", "P2", 1) in {
        (one.rule, one.place.sheet, one.place.row) for one in found if one.severity == "error"
    }


def test_in_a_chart_without_dates_earlier_drugs_lie_before_the_nominal_index_day(tmp_path: Path) -> None:
    study = parse(PROTOCOL.replace("period: {data_cutoff: 2010-12-31}", "").replace(
        "{first_exposure: mycophenolate mofetil, restart_after: 60 days}", "{nominal_day: 0 days}")).protocol  # fmt: skip
    csv(
        tmp_path / "data" / "patients.csv",
        [("id", "sex", "before"), ("P1", "F", '"MTX, IVIG"'), ("P2", "M", "MTX 2006")],
    )
    tables = {
        "patients": {"kind": "patients", "file": "patients.csv", "patient": "id", "sex": "sex"},
        "earlier": {"kind": "drugs", "file": "patients.csv", "patient": "id", "drug": {"column": "before", "separated_by": ","},
                    "blank_start": "before index date", "blank_stop": "not known"},
    }  # fmt: skip
    (tmp_path / "chart.yaml").write_text(json.dumps({"source": "data", "dated": "no", "tables": tables}))
    chart = read(study, tmp_path / "chart.yaml")
    assert {("methotrexate", -1), ("IVIG", -1)} == {(one.drug, one.ends.first_high) for one in chart.courses}
    assert [(3, "before")] == [(one.place.row, one.place.column) for one in chart.findings if one.severity == "error"]


def test_dates_that_go_back_within_a_block_may_be_those_of_another_patient(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    days = ["2009-01-05", "2009-02-05", "2009-03-05", "2009-04-05", "2008-06-01", "2008-07-01"]
    rows = [("" if at else "P1", day, "30", "", "") for at, day in enumerate(days)]
    csv(tmp_path / "data" / "visits.csv", [("id", "date", "cmas", "ck", "better"), *rows])
    declared["tables"]["visits"]["same_as_above"] = ["id"]
    what = "within the rows of one patient the dates go back here"
    told = [one for one in chart_of(tmp_path, declared).findings if one.message.startswith(what)]
    assert [(6, "warning")] == [(one.place.row, one.severity) for one in told]


def test_limits_of_normal_stand_with_the_value_in_its_unit(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    head = ("id", "date", "cmas", "ck", "ck low", "ck high")
    csv(
        tmp_path / "data" / "visits.csv",
        [head, ("P1", "2009-01-05", "30", "15", "0.5", "3"), ("P1", "2009-04-06", "44", "2", "", "3.2")],
    )
    limited = {"column": "ck", "unit": "ukat/L", "lower": "ck low", "upper": "ck high"}
    declared["tables"]["visits"]["measures"] = {"cmas": "cmas", "ck": limited}
    chart = chart_of(tmp_path, declared)
    assert [] == [one.message for one in chart.findings if one.severity == "error"]
    assert [(900, 30, 180), (120, None, 192)] == [
        (one.value, one.lower, one.upper) for one in chart.measurements if one.measure == "ck"
    ]
    file = tmp_path / "data" / "visits.csv"
    file.write_text(file.read_text().replace("0.5,3\n", "5,3\n").replace(",,3.2", ",,<3"), encoding="utf-8")
    errors = [
        (one.place.row, one.place.column, one.message)
        for one in chart_of(tmp_path, declared).findings
        if one.severity == "error"
    ]
    assert [
        (2, "ck low", "the lower limit of normal is above the upper one"),
        (3, "ck high", "a limit of normal is a number"),
    ] == errors


def test_a_word_beside_a_blank_first_day_is_told(tmp_path: Path) -> None:
    declared = plain_files(tmp_path)
    csv(
        tmp_path / "data" / "drugs.csv",
        [
            ("id", "drug", "start", "stop", "often"),
            ("P1", "MMF", "2009-01-06", "", ""),
            ("P1", "MTX", "", "", "weekly"),
        ],
    )
    declared["tables"]["drugs"] |= {"blank_start": "not taken", "frequency": "often"}
    chart = chart_of(tmp_path, declared)
    told = [
        (one.severity, one.place.row, one.place.column)
        for one in chart.findings
        if one.message.startswith("a word stands beside")
    ]
    assert [("warning", 3, "often")] == told
    assert ["mycophenolate mofetil"] == [one.drug for one in chart.courses]


@pytest.mark.parametrize("word", ["none", "None known", "keine"])
def test_none_is_no_diagnosis(tmp_path: Path, word: str) -> None:
    declared = plain_files(tmp_path)
    csv(tmp_path / "data" / "diagnoses.csv", [("id", "what"), ("P1", "JDM"), ("P2", word)])
    declared["tables"]["diagnoses"] = {
        "kind": "diagnoses",
        "file": "diagnoses.csv",
        "patient": "id",
        "diagnosis": "what",
    }
    chart = chart_of(tmp_path, declared)
    assert [("P1", "JDM")] == [(one.patient, one.term) for one in chart.facts if one.kind == "diagnosis"]
    assert "diagnoses" not in chart.unknown()
    declared["tables"]["patients"] |= {"file": "more.csv", "diagnoses": [{"diagnosis": "what"}]}
    csv(
        tmp_path / "data" / "more.csv",
        [("id", "sex", "born", "what"), *((one, *told, word) for one, told in PEOPLE.items())],
    )
    assert [("P1", "JDM")] == [
        (one.patient, one.term) for one in chart_of(tmp_path, declared).facts if one.kind == "diagnosis"
    ]
