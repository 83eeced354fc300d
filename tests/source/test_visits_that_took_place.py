"""A visit that holds nothing but missing codes did not take place, unless a code says that the patient was seen."""

from __future__ import annotations

import pytest

from caseseries.errors import ChartError

SEEN = ("missing: {ND: not done, UNK: unknown}", "missing: {ND: not done, UNK: unknown, DO: dropped out}\nseen: [nd]")
WIDE = "  wide: {kind: side by side, file: wide.csv, patient: id, visits: {one: {date: day, measures: {cmas: c}}}}\n"
LONG = "  labs: {kind: long, file: labs.csv, patient: id, date: day, measure: what, value: value, measures: {CMAS: cmas}}\n"


def visits(chart, patient="P2"):
    return [one.start for one in chart.facts if one.kind == "visit" and one.patient == patient]


def told(chart):
    return [one.message for one in chart.findings if one.rule == "visit"]


@pytest.mark.parametrize(
    ("cells", "seen"),
    [("DO,DO,,", 1), ("ND,DO,,", 2), (",,,", 2), ("36,DO,,", 2), ("UNK,UNK,UNK,UNK", 1), (",,no,", 2), (",,,10", 2)],
)
def test_a_dated_row_of_visits(chart_of, errors_of, cells, seen):
    chart = chart_of({"visits.csv": ("P2,2008-05-01,36,<50,no,", f"P2,2008-05-01,{cells}")}, SEEN)
    assert ([], seen) == (errors_of(chart), len(visits(chart)))
    assert (seen == 1) == bool(told(chart))


@pytest.mark.parametrize(("cell", "seen"), [("DO", 2), ("ND", 3), ("40", 3), ("", 3)])
def test_visits_beside_each_other(chart_of, cell, seen):
    chart = chart_of(
        chart=(SEEN[0] + "\ntables:\n", SEEN[1] + f"\ntables:\n{WIDE}"),
        add={"wide.csv": f"id,day,c\nP2,2008-07-01,{cell}\n"},
    )
    assert seen == len(visits(chart))


@pytest.mark.parametrize(("cell", "seen"), [("DO", 2), ("ND", 3), ("40", 2)])
def test_values_below_each_other(chart_of, cell, seen):
    labs = f"id,day,what,value\nP2,2008-07-01,CMAS,{cell}\n"
    chart = chart_of(chart=(SEEN[0] + "\ntables:\n", SEEN[1] + f"\ntables:\n{LONG}"), add={"labs.csv": labs})
    assert seen == len(visits(chart))


@pytest.mark.parametrize(("cells", "unseen"), [
    (["DO"], "1 visit holds"), (["ND"], ""), (["40"], ""), (["DO", "DO"], "1 visit holds"), (["DO", "40"], ""), (["DO", "ND"], ""),
])  # fmt: skip
def test_a_day_of_codes_alone_is_told_where_each_row_is_a_value(chart_of, cells, unseen):
    """Neither the other row of the day nor the row of another table is passed over: only a day on which nobody saw the patient is told."""
    labs = "".join(f"P2,2008-07-01,{what},{cell}\n" for what, cell in zip(("CMAS", "CK"), cells, strict=False))
    table = LONG.replace("{CMAS: cmas}", "{CMAS: cmas, CK: ck}")
    chart = chart_of(
        chart=(SEEN[0] + "\ntables:\n", SEEN[1] + f"\ntables:\n{table}"),
        add={"labs.csv": f"id,day,what,value\n{labs}P2,2008-05-01,CMAS,DO\n"},
    )
    assert [unseen] * bool(unseen) == [one[: len(unseen)] for one in told(chart)]


def test_a_cell_that_a_person_found_not_evaluable_was_written_at_a_visit(chart_of):
    decision = "accept: [{file: visits.csv, row: 5, column: cmas, found: 4O?, not_evaluable: illegible, by: A, on: 2020-01-01, because: seen}]\n"
    chart = chart_of({"visits.csv": ("P2,2008-05-01,36,<50,no,", "P2,2008-05-01,4O?,,,")}, ("", decision))
    assert 2 == len(visits(chart))


def test_seen_lists_missing_codes_only(chart_of):
    with pytest.raises(ChartError, match="no missing code"):
        chart_of(chart=("missing: {ND: not done, UNK: unknown}", "missing: {ND: not done}\nseen: [XX]"))
