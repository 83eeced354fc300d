"""Drawn facts are the same facts in every layout that clinics keep, and a spoilt cell never makes other facts without a word."""

from __future__ import annotations

import copy
import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.source.clinic_layouts import LAYOUTS, Book, Facts, plain, said

from caseseries.chart.tables import Chart

CI = settings.get_current_profile_name() == "ci"


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Two to five patients with at least a visit each; who they are differs in more than the id."""
    found = Facts({}, {}, {}, {})
    for number in range(1, draw(st.integers(2, 5)) + 1):
        one = f"P{number}"

        def day(low: int, high: int) -> str:
            return (dt.date(2009, 1, 1) + dt.timedelta(days=draw(st.integers(low, high)))).isoformat()

        found.people[one] = (draw(st.sampled_from("FM")), day(-4000, -2000))
        start = draw(st.integers(-200, 200))
        dates = sorted(draw(st.sets(st.integers(start - 60, start + 200), min_size=1, max_size=4)))
        found.visits[one] = [
            (
                day(date, date),
                str(draw(st.integers(0, 52))),
                str(draw(st.integers(20, 3000))),
                draw(st.sampled_from(["yes", "no", ""])),
            )
            for date in dates
        ]
        drugs = {"MMF": (day(start, start), draw(st.sampled_from(["", day(start + 10, start + 100)])))}
        if draw(st.booleans()):
            drugs["prednisone"] = (day(start - 100, start - 1), draw(st.sampled_from(["", day(start, start + 50)])))
        found.drugs[one] = drugs
        found.events[one] = {
            name: day(start + 1, start + 100) for name in draw(st.sets(st.sampled_from(["rash", "nausea"]), max_size=2))
        }
    return found


def errors(chart: Chart) -> list[tuple[Any, ...]]:
    return [(one.message, one.place, one.value) for one in chart.findings if one.severity == "error"]


@settings(max_examples=12 if CI else 100, deadline=None)
@given(facts())
def test_drawn_facts_are_read_alike_in_every_layout(drawn: Facts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = plain(drawn).read(Path(folder))
        assert [] == errors(base)
        for name, layout in LAYOUTS.items():
            chart = layout(copy.deepcopy(drawn)).read(Path(folder))
            assert [] == errors(chart), name
            assert said(base) == said(chart), name


#: What is typed into a cell by mistake.
SPOILT = (
    "",
    "?",
    "abc",
    "-5",
    "99999",
    "31/31/2009",
    "2093-01-01",
    "1,200",
    "12/2009",
    "none",
    " ",
    "Mean",
    "yes",
    "P9",
    "0.5",
)


@st.composite
def spoilt(draw: st.DrawFn, name: str) -> tuple[Facts, Book, tuple[str, str], int, int, str]:
    """A chart of which one cell below the heading holds something else."""
    drawn = draw(facts())
    book = LAYOUTS[name](copy.deepcopy(drawn))
    grids = {place: rows for place, rows in book.grids().items() if place[1] != "Legend"}
    place = draw(st.sampled_from(sorted(grids)))
    rows = grids[place]
    cells = [
        (row, at)
        for row, cells in enumerate(rows)
        for at in range(len(cells))
        if cells and not _heading(place, row, at)
    ]
    row, at = draw(st.sampled_from(cells)) if cells else (-1, -1)
    before = rows[row][at] if cells else ""
    if cells:
        other = draw(st.sampled_from([*SPOILT, *(one[at] for one in rows if at < len(one))]))
        rows[row][at] = other
    return drawn, book, place, row, at, before


def _heading(place: tuple[str, str], row: int, at: int) -> bool:
    """The heading of a table, and on the sheet of a child the labels above it."""
    of_child = place[1] not in ("", "Drugs", "Events")
    return row == 0 and not of_child if not of_child else row == 4 or (row < 4 and at == 0)


@pytest.mark.long(but_every=4)
@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=20 if CI else 300, deadline=None)
@given(st.data())
def test_a_spoilt_cell_is_told_or_changes_its_own_fact_only(name: str, data: Any) -> None:
    drawn, book, place, row, at, before = data.draw(spoilt(name))
    now = book.grids()[place][row][at] if row >= 0 else before
    with tempfile.TemporaryDirectory() as folder:
        base = plain(drawn).read(Path(folder))
        clean = LAYOUTS[name](copy.deepcopy(drawn)).read(Path(folder))
        chart = book.read(Path(folder))
    # the id of another patient, and none where a blank means the one above, cannot be seen in any layout
    taken_for_another = before in drawn.people and (
        now in drawn.people or (now.strip() == "" and name == "an id once per block")
    )
    if errors(chart) or now == before or taken_for_another:
        return
    told = Counter((one.rule, one.message, one.severity) for one in chart.findings) - Counter(
        (one.rule, one.message, one.severity) for one in clean.findings
    )
    lost, new = Counter[Any](), Counter[Any]()
    for kind, records in said(base).items():
        after = Counter(said(chart)[kind])
        lost.update({(kind, *key): n for key, n in (Counter(records) - after).items()})
        new.update({(kind, *key): n for key, n in (after - Counter(records)).items()})
    # without a word a cell changes what it says itself: the patient and the thing stay, and nothing of anybody else changes
    who = {key[1] for key in (*lost, *new)}
    assert len(who) <= 1 or told, (name, place, row, at, before, now, lost, new)
    if new and not told:
        assert {key[0] for key in new} <= {key[0] for key in lost} | {"facts", "values", "courses", "visits"}, (
            name,
            place,
            before,
            now,
            lost,
            new,
        )
        assert now.strip() != "" or _of_the_same_row(lost, new), (name, place, row, at, before, now, lost, new)


def _of_the_same_row(lost: Counter[Any], new: Counter[Any]) -> bool:
    """A blank takes something away; what is new beside it is the same thing known less well, such as a course that goes on."""
    return all(
        any(key[: 2 if key[0] == "people" else 3] == gone[: 2 if key[0] == "people" else 3] for gone in lost)
        for key in new
    )
