"""Whatever the headings and the cells, what `new` writes can be read: nothing is wrong in it but what is left to decide."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.form.started import Rows, Started, started, workbook

from caseseries.chart.description import load_description
from caseseries.errors import ChartError, ProtocolError
from caseseries.protocol.load import load

#: One column heading between two bars.
_HEADINGS = (
    "id|patient|Pat-Nr|Sex|Geschlecht|DOB|date|Datum|visit date|Visit|Besuch|Race|age|CRP|CRP (mg/L)|crp0|crp3|CK baseline|"
    "CK follow-up|CK M3|EASI|EASI vorher|EASI nachher|MMT|MMT V1|MMT V2|FVC|FVC % pred|FEV1 before|FEV1 after|BP|BP baseline|"
    "BP M6|prednisone mg|steroid dose baseline|steroid dose 3m|glucose PRE|glucose POST|ferritin|weight|weight kg|Größe|drug|"
    "start|stop|MMF start|MMF stop|rituximab|Rituximab date|Treatment start|Treatment end|dose|unit|side effects|AE rash|"
    "Nebenwirkungen|adverse event|grade|diagnosis|Diagnosedatum|test|result|value|Einheit|notes|died on|outcome|improved|"
    "improved M3|global M3|global M6|Baseline|Month 3|Month 6|after|last visit|M0|M3|previous drugs|death|yes, no|a: b|#x||T4|"
    "d3|day|month|status|response|screened on|TAC start|TAC stop|score_end"
)
HEADINGS = [*_HEADINGS.split("|")]
TITLES = ["Sheet", "Visits", "Baseline", "P", "Drugs", "Month", "Screening", "Patients"]


def cell(kind: str, draw: random.Random) -> Any:
    day = dt.date(2010, 1, 1) + dt.timedelta(days=draw.randrange(900))
    made: dict[str, Callable[[], Any]] = {
        "date": lambda: day, "written": lambda: day.strftime("%d.%m.%Y"), "short": lambda: day.strftime("%m/%d/%y"),
        "number": lambda: draw.choice([1, 2, 3.5, 60, 88]), "code": lambda: draw.randrange(2),
        "comma": lambda: f"{draw.randrange(90)},{draw.randrange(10)}",
        "pair": lambda: f"{draw.randrange(100, 180)}/{draw.randrange(60, 99)}", "yes": lambda: draw.choice(["yes", "no"]),
        "ja": lambda: draw.choice(["ja", "nein"]), "better": lambda: draw.choice(["better", "same", "worse"]), "sex": lambda: draw.choice("mw"),
        "drug": lambda: draw.choice(["MMF", "MTX", "Urbason", "TAC", "none", "MTX, IVIG"]), "text": lambda: draw.choice(["a b", "rash, nausea", "x"]),
        "visit": lambda: draw.choice(["baseline", "month 3", "M6", "end"]), "missing": lambda: draw.choice(["ND", "NA", 3, 4, 5, 6]),
        "unit": lambda: draw.choice(["mg", "mg/L", "U/L"]), "blank": lambda: None, "dose": lambda: f"{draw.randrange(9)} mg",
    }  # fmt: skip
    return made[kind]()


KINDS = [
    "date", "written", "short", "number", "comma", "code", "pair", "yes", "ja", "better", "sex", "drug", "text", "visit", "missing", "unit",
    "blank", "dose",
]  # fmt: skip


def drawn(draw: random.Random) -> dict[str, Rows]:
    """Sheets of random columns, most with a column of ids."""
    sheets: dict[str, Rows] = {}
    for number in range(draw.choice([1, 1, 2, 3])):
        count = draw.choice([2, 4, 8])
        columns: list[list[Any]] = []
        if draw.random() < 0.7:
            several = draw.choice([1, 1, 2])
            columns.append(["id", *(f"P{row // several}" for row in range(count))])
        for _ in range(draw.randrange(2, 12)):
            kind = draw.choice(KINDS)
            columns.append(
                [draw.choice(HEADINGS), *(None if draw.random() < 0.1 else cell(kind, draw) for _ in range(count))]
            )
        rows = [list(row) for row in zip(*columns, strict=True)]
        above: Rows = [["A study of tocilizumab"], []] if draw.random() < 0.2 else []
        sheets[f"{draw.choice(TITLES)} {number}"] = above + rows
    return sheets


def wrong(study: Started) -> list[tuple[str, str]]:
    """What is wrong in the two files beside what is left to decide."""
    found: list[tuple[str, str]] = []
    for path, reader in ((study.protocol, load), (study.chart, load_description)):
        try:
            reader(path)
        except (ProtocolError, ChartError) as error:
            found += [(str(problem.place), problem.what) for problem in error.problems if not problem.question]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_random_charts(tmp_path: Path, seed: int):
    for number in range(6):
        source = workbook(tmp_path / f"{number}.xlsx", **drawn(random.Random(f"{seed} {number}")))
        assert [] == wrong(started(source, tmp_path / str(number))), number


@pytest.mark.parametrize(
    "name",
    ["messy-sheets/messy_bp.xlsx", "ipd-adhesions-cao2018", "ipd-rtx-jdm-badermeunier2011", "ipd-rtx-sle-jrheum", "ipd-rtx-still-3pt",
     "ipd-tcl-e7777", "jdm-mmf-reconstruction", "r-classics", "redcap/longitudinal", "redcap/clinical-trial-1", "redcap/repeating-instruments",
     "redcap/vignette-repeating"],
)  # fmt: skip
def test_published_charts(shared_data: Path, tmp_path: Path, name: str):
    if not (shared_data / name).exists():
        pytest.skip("these data are not here")
    assert [] == wrong(started(shared_data / name, tmp_path / "study"))
