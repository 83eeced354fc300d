"""The same facts in every layout that clinics keep, as files with their chart description; cells may be spoilt before they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from tests.source.conftest import PROTOCOL

from caseseries.chart.tables import Chart
from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.source import read

STUDY = parse(f"{PROTOCOL}partial_dates: bounds\n").protocol
MEASURES = {"cmas": "cmas", "ck": {"column": "ck", "unit": "U/L"}, "improved": "better"}
STOPS = {"stop_means": "last day taken", "blank_stop": "ongoing"}
HEAD = ("date", "cmas", "ck", "better")
MONTHS = ["Jan", "Feb", "Mär", "avr", "Mai", "juin", "jul", "août", "sept", "octobre", "NOV", "diciembre"]

Rows = list[list[str]]


@dataclass
class Facts:
    """What happened: by patient sex and birth; visits (date, cmas, ck, better); at most one course of MMF and of prednisone (start, stop), and
    at most one rash and one nausea (date)."""

    people: dict[str, tuple[str, str]]
    visits: dict[str, list[tuple[str, str, str, str]]]
    drugs: dict[str, dict[str, tuple[str, str]]]
    events: dict[str, dict[str, str]]


@dataclass
class Book:
    """Files by name: rows of a CSV file, or sheets of a workbook; and what chart.yaml says."""

    declared: dict[str, Any]
    files: dict[str, Rows | dict[str, Rows]] = field(default_factory=dict)

    def grids(self) -> dict[tuple[str, str], Rows]:
        """Every sheet by file and name."""
        return {
            (file, name): rows
            for file, content in self.files.items()
            for name, rows in (content.items() if isinstance(content, dict) else [("", content)])
        }

    def read(self, folder: Path, study: Protocol = STUDY) -> Chart:
        """The chart, written into a folder and read."""
        data = folder / "data"
        data.mkdir(exist_ok=True)
        for old in data.iterdir():
            old.unlink()
        for name, content in self.files.items():
            if isinstance(content, dict):
                workbook(data / name, content)
            else:
                (data / name).write_text(
                    "".join(",".join(map(quoted, row)) + "\n" for row in content), encoding="utf-8"
                )
        description = folder / "chart.yaml"
        description.write_text(
            json.dumps({"dates": "year-month-day", "source": "data", **self.declared}), encoding="utf-8"
        )
        return read(study, description)


def quoted(text: str) -> str:
    return f'"{text}"' if re.search(r"[,\n]", text) else text


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row, 1):
                if cell != "":
                    sheet.cell(number, place, cell)
    book.save(path)


def plain(facts: Facts) -> Book:
    """A file for each kind of thing, a row for each of them."""
    visits = [[one, *visit] for one, every in facts.visits.items() for visit in every]
    drugs = [[one, drug, *days] for one, every in facts.drugs.items() for drug, days in every.items()]
    events = [[one, event, day] for one, every in facts.events.items() for event, day in every.items()]
    tables = {
        "patients": {"kind": "patients", "file": "patients.csv", "patient": "id", "sex": "sex", "birth": "born"},
        "visits": {"kind": "visits", "file": "visits.csv", "patient": "id", "date": "date", "measures": MEASURES},
        "drugs": {
            "kind": "drugs",
            "file": "drugs.csv",
            "patient": "id",
            "drug": "drug",
            "start": "start",
            "stop": "stop",
            **STOPS,
        },
        "events": {"kind": "events", "file": "events.csv", "patient": "id", "event": "event", "date": "date"},
    }
    return Book({"tables": tables}, {
        "patients.csv": [["id", "sex", "born"], *([one, *told] for one, told in facts.people.items())],
        "visits.csv": [["id", *HEAD], *visits],
        "drugs.csv": [["id", "drug", "start", "stop"], *drugs],
        "events.csv": [["id", "event", "date"], *events],
    })  # fmt: skip


def tab(facts: Facts, one: str, *, named: bool) -> Rows:
    """A sheet about one child: the head of it above a table of visits."""
    sex, born = facts.people[one]
    return [
        ["Sex", sex],
        ["Born", born],
        ["ID", "" if named else one],
        [],
        [*HEAD],
        *([*visit] for visit in facts.visits.get(one, [])),
    ]


def sheets_of_children(facts: Facts) -> Book:
    """A tab per child, whose name is the id."""
    book = plain(facts)
    tables = book.declared["tables"]
    rest = {"Drugs": book.files.pop("drugs.csv"), "Events": book.files.pop("events.csv"), "Legend": [["F", "female"]]}
    del book.files["patients.csv"], book.files["visits.csv"]
    book.files["chart.xlsx"] = {**{one: tab(facts, one, named=True) for one in facts.people}, **rest}  # type: ignore[dict-item]
    each = {"file": "chart.xlsx", "sheets": "all", "except_sheets": ["Legend", "Drugs", "Events"], "patient": "child"}
    cells = {"child": "sheet name", "sex": "B1", "born": "B2"}
    tables["patients"] = {**each, "kind": "patients", "one_row": "yes", "cells": cells, "sex": "sex", "birth": "born"}
    tables["visits"] = {
        **each,
        "kind": "visits",
        "header": 5,
        "cells": {"child": "sheet name"},
        "date": "date",
        "measures": MEASURES,
    }
    tables["drugs"] |= {"file": "chart.xlsx", "sheet": "Drugs"}
    tables["events"] |= {"file": "chart.xlsx", "sheet": "Events"}
    return book


def workbooks_of_children(facts: Facts) -> Book:
    """A workbook per child, with the id in a cell."""
    book = plain(facts)
    del book.files["patients.csv"], book.files["visits.csv"]
    book.files |= {f"child {one}.xlsx": {f"Tabelle {one}": tab(facts, one, named=False)} for one in facts.people}
    each = {"files": "all", "patient": "child", "cells": {"child": "B3", "sex": "B1", "born": "B2"}}
    book.declared["tables"] |= {
        "patients": {**each, "kind": "patients", "one_row": "yes", "sex": "sex", "birth": "born"},
        "visits": {
            **each,
            "kind": "visits",
            "header": 5,
            "cells": {"child": "B3"},
            "date": "date",
            "measures": MEASURES,
        },
    }
    return book


def export(facts: Facts, *, first_only: bool) -> Book:
    """A row per visit that says who the patient is, on the first row or on each."""
    book = plain(facts)
    rows: Rows = [["id", "sex", "born", *HEAD]]
    for one, (sex, born) in facts.people.items():
        every = facts.visits.get(one, [])
        for number, visit in enumerate(every):
            rows.append([one, *((sex, born) if number == 0 or not first_only else ("", "")), *visit])
    del book.files["patients.csv"], book.files["visits.csv"]
    book.files["export.csv"] = rows
    tables = book.declared["tables"]
    tables["patients"] |= {"file": "export.csv", "rows_per_patient": "several"}
    tables["visits"]["file"] = "export.csv"
    return book


def blocks(facts: Facts) -> Book:
    """The id once per block, with blanks below."""
    book = plain(facts)
    for name in ("visits", "drugs"):
        rows = book.files[f"{name}.csv"]
        assert isinstance(rows, list)
        before = ""
        for row in rows[1:]:
            before, row[0] = row[0], "" if row[0] == before else row[0]
        book.declared["tables"][name]["same_as_above"] = ["id"]
    return book


def wide(facts: Facts) -> Book:
    """A row per patient, with the drugs and the events beside each other; blank means never."""
    book = plain(facts)
    rows = [["id", "MMF start", "MMF stop", "pred start", "pred stop", "rash", "rash date", "nausea on"]]
    for one in facts.people:
        courses, events = facts.drugs.get(one, {}), facts.events.get(one, {})
        rash = ["yes", events["rash"]] if "rash" in events else ["", ""]
        rows.append(
            [one, *courses.get("MMF", ("", "")), *courses.get("prednisone", ("", "")), *rash, events.get("nausea", "")]
        )
    del book.files["drugs.csv"], book.files["events.csv"]
    book.files["wide.csv"] = rows
    book.declared["tables"] |= {
        "drugs": {
            "kind": "drugs side by side", "file": "wide.csv", "patient": "id", **STOPS, "blank_start": "not taken",
            "courses": {
                "MMF": {"drug": {"value": "MMF"}, "start": "MMF start", "stop": "MMF stop"},
                "steroid": {"drug": {"value": "prednisone"}, "start": "pred start", "stop": "pred stop"},
            },
        },
        "events": {
            "kind": "events side by side", "file": "wide.csv", "patient": "id", "blank_event": "never",
            "events": {
                "rash": {"event": {"value": "rash"}, "happened": "rash", "date": "rash date"},
                "nausea": {"event": {"value": "nausea"}, "date": "nausea on"},
            },
        },
    }  # fmt: skip
    return book


def in_cells(facts: Facts) -> Book:
    """All drugs of a patient in one cell, with their dates behind the names."""
    book = plain(facts)
    rows = [["id", "drugs"]]
    for one in facts.people:
        said = [
            f"{drug} {start} - {stop}" if stop else f"{drug} (since {start})"
            for drug, (start, stop) in facts.drugs.get(one, {}).items()
        ]
        rows.append([one, " + ".join(said) or "none"])
    del book.files["drugs.csv"]
    book.files["told.csv"] = rows
    book.declared["tables"]["drugs"] = {
        "kind": "drugs", "file": "told.csv", "patient": "id", "drug": {"column": "drugs", "separated_by": ["+", "and"]}, **STOPS,
    }  # fmt: skip
    return book


def in_words(facts: Facts) -> Book:
    """A judgement in words of its own, and another one read from the same column."""
    book = plain(facts)
    rows = book.files["visits.csv"]
    assert isinstance(rows, list)
    for row in rows[1:]:
        row[4] = {"yes": "better", "no": "same", "": ""}[row[4]]
    words = {"better": "yes", "same": "no", "worse": "no"}
    book.declared["tables"]["visits"]["measures"] = {**MEASURES, "improved": {"column": "better", "words": words}}
    return book


def short_years(facts: Facts) -> Book:
    """Years of two digits, and months in words of several languages."""
    book = plain(facts)
    for name, rows in book.files.items():
        assert isinstance(rows, list)
        for row in rows[1:]:
            row[:] = [_short(cell) if name in ("patients.csv", "drugs.csv") else _in_words(cell) for cell in row]
    book.declared |= {"dates": "day-month-year", "two_digit_years_from": 1950}
    return book


_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def _short(cell: str) -> str:
    found = _DATE.fullmatch(cell)
    return f"{int(found[3])}/{int(found[2])}/{found[1][2:]}" if found else cell


def _in_words(cell: str) -> str:
    found = _DATE.fullmatch(cell)
    return f"{found[3]}{MONTHS[int(found[2]) - 1]}{found[1]}" if found else cell


LAYOUTS: dict[str, Callable[[Facts], Book]] = {
    "a tab per child": sheets_of_children,
    "a workbook per child": workbooks_of_children,
    "demographics on the first row": lambda facts: export(facts, first_only=True),
    "demographics on every row": lambda facts: export(facts, first_only=False),
    "an id once per block": blocks,
    "drugs and events beside each other": wide,
    "several drugs in one cell": in_cells,
    "words for values": in_words,
    "years of two digits, months in words": short_years,
}


def said(chart: Chart) -> dict[str, list[Any]]:
    """What a chart says, without where it stood."""
    return {
        "people": sorted((one.patient, one.sex, one.birth_low, one.birth_high) for one in chart.people),
        "values": sorted(
            (one.patient, one.measure, one.low, one.high, one.value, one.missing) for one in chart.measurements
        ),
        "courses": sorted(
            (one.patient, one.drug, one.start, one.end or 0, repr(one.possible)) for one in chart.courses
        ),
        "facts": sorted(
            (one.patient, one.kind, one.term, one.low or 0, one.high or 0) for one in chart.facts if one.kind != "visit"
        ),
        "visits": sorted((one.patient, one.low or 0) for one in chart.facts if one.kind == "visit"),
    }
