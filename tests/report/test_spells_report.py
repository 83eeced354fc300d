"""Spells in the report: the states, what followed what, every case, the files, and what is said of one."""

from __future__ import annotations

import csv
import io

import jsonschema
import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of
from tests.summary.test_shown_and_counted import assert_same

from caseseries.errors import Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.report.contents import contents
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.printed_blocks import Table
from caseseries.report.exhibits.spells import following_table, spell_words, spells_table, states_table
from caseseries.report.figures import drawings
from caseseries.report.figures.drawing import Drawing
from caseseries.report.figures.scene import Area, Group, Mark
from caseseries.report.figures.spells import MOST_STATES
from caseseries.report.files.csv_file import spells_csv
from caseseries.report.files.results_file import results, schema
from caseseries.report.folder import files
from caseseries.summary.aggregate import aggregate
from caseseries.summary.explain import explain_spells
from caseseries.summary.frames import table
from caseseries.summary.model import Summary

CHANGES = """
windows: {course: {from: 0 days, to: 400 days, take: last, same_day: worst}}
outcomes:
  response: ~
  activity:
    spells: {remission: {value: mmt, at_least: 70 points}, relapse: {value: mmt, less_than: 60 points}}
    in: course
    gap: 120 days
"""
ROWS = """
a | mmt | 0:70, 60:75, 150:50, 200:72
b | mmt | 0:50, 60:72
b | visit | 420
c | mmt | 0:65, 60:66
d | mmt | 0:75
d | visit | 90
e | mmt | -5:70
"""


@pytest.fixture(scope="module")
def shown() -> Summary:
    study: Protocol = protocol(CHANGES)
    return analyse(study, chart(ROWS, study))


def cells(found: Table | None) -> list[list[str]]:
    assert found is not None
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_in_how_many_cases_each_state_was_seen(shown: Summary) -> None:
    assert [
        ["Remission", "3/4 (75)", "19.4–99.4", "0", "4", "60", "0 (0–60)"],
        ["Relapse", "2–3/4 (50–75)", "–", "1", "2", "0", "0 (0–0)"],
    ] == cells(states_table(shown, "activity"))
    notes = " ".join(states_table(shown, "activity").footnotes)
    assert "Of 5 included cases the visits of 4 were read (no visit in window in 1)." in notes
    assert "a state that was seen once has 0 days" in notes
    assert spell_words(shown, "activity").text == (
        "Activity: of 5 included cases the visits of 4 were read (no visit in window in 1). Remission was seen in 3 of 4 (75 %), 95 % CI "
        "19.4–99.4: 4 spells, 60 days together. Relapse was seen in 2–3 of 4 (50–75 %; not known of 1): 2 spells, 0 days together."
    )
    assert "Activity: remission was seen in 3 of 4" in headline(shown).replace("Remission", "remission")


def test_what_followed_what(shown: Summary) -> None:
    assert [
        ["Remission", "4", "–", "1", "0", "1", "0", "0", "0", "2"],
        ["Relapse", "2", "2", "–", "0", "0", "0", "0", "0", "0"],
    ] == cells(following_table(shown, "activity"))


def test_every_case_has_its_rows(shown: Summary) -> None:
    rows = cells(spells_table(shown, "activity"))
    assert ["a", "Remission", "0", "60", "60", "2", "Then relapse"] == rows[0][:7]
    assert ["a", "Relapse", "150", "150", "0", "1", "Then remission", ""] == rows[1]
    assert "Remission, day 0 to day 60 (2 visits), then relapse; relapse, day 150" in rows[0][7]
    assert ["c", "–", "Of 2 visits 2 were in none of the states."] == [*rows[5][:2], rows[5][7]]
    assert "Not evaluable: no visit in window." == rows[-1][7]
    assert "1 was not known" in rows[6][7]


def test_the_report_has_them_in_its_order(shown: Summary) -> None:
    assert [] == not_the_number(shown)
    sections = {section.key: section for section in contents(shown, [])}
    keys = {
        key: [one.key for one in sections[key].blocks if isinstance(one, Table)]
        for key in ("response", "readings", "verdicts")
    }
    assert (
        "states-activity" in keys["response"]
        and "following-activity" in keys["readings"]
        and "spells-activity" in keys["verdicts"]
    )
    told = " ".join(block.text for block in methods(shown))
    assert "no two neighbours more than 120 days apart" in told and "remission: mmt at least 70 points" in told


def test_the_file_of_the_spells(shown: Summary) -> None:
    rows = list(csv.DictReader(io.StringIO(spells_csv(shown))))
    assert ["a", "a", "a", "b", "b", "c", "d", "e"] == [row["case id"] for row in rows]
    assert ("remission", "0", "60", "60", "2", "another state", "relapse") == tuple(
        rows[0][name] for name in ("state", "first", "last", "days", "visits", "ended", "then")
    )
    assert ("2", "1", "") == tuple(rows[6][name] for name in ("visits read", "not known", "because"))
    assert ("no spell", "no visit in window") == (rows[5]["because"], rows[7]["because"])
    assert "spells.csv" in files(shown)


def test_results_and_tables_have_the_counts(shown: Summary) -> None:
    written = results(shown)
    jsonschema.validate(written, schema())
    (told,) = written["spells"]
    assert (4, 120, [{"reason": "no visit in window", "n": 1}]) == (told["read"], told["gap"], told["without"])
    first = told["states"][0]
    assert (3, 1, 0, 4, 60) == tuple(first[name] for name in ("yes", "no", "not_evaluable", "spells", "days"))
    assert {"another state": 1, "not known": 1, "no later visit": 2} == first["ended"]
    assert {"relapse": 1} == first["then"]
    assert ["remission", "relapse"] == [row["state"] for row in table(shown, "states")]
    assert 8 == len(table(shown, "spells"))


def test_shown_and_counted_are_the_same(shown: Summary) -> None:
    study = protocol(CHANGES)
    assert_same(study, chart(ROWS, study), shown)
    assert counted(study, chart(ROWS, study)).spells == shown.spells


def test_no_spell_leaves_a_site_for_a_network() -> None:
    study = protocol(CHANGES)
    rows = "\n".join(f"p{n} | mmt | 0:70, 60:75, 150:50" for n in range(30))
    tally = tally_of(study, chart(rows, study))
    out = aggregate(study, tally, audience="network")
    assert 30 == out.counts["withheld", "spells", "activity"] and not list(out.section("spell", "activity"))
    assert list(aggregate(study, tally, audience="own site").section("spell", "activity"))
    found = counted(study, chart(rows, study), out)
    assert (0, 30) == (found.spells["activity"].n, found.spells["activity"].withheld)
    assert "not told by any site" in spell_words(found, "activity").text


def test_one_case_is_explained_and_found_again(shown: Summary) -> None:
    read = chart(ROWS, protocol(CHANGES))
    cases = {case.case_id: case for case in shown.shown.rows}
    told = explain_spells(shown, shown.shown, read, cases["d"], "activity")
    assert ("day 0: remission", "day 90: not known") == told.trace
    assert told.spells is not None and told.verdict is None
    other = chart(ROWS.replace("200:72", "210:72"), protocol(CHANGES))
    with pytest.raises(Disagreement, match="different answers"):
        explain_spells(shown, shown.shown, other, cases["a"], "activity")


def lanes(summary: Summary) -> dict[str, list[tuple[str, float]]]:
    """The marks on the visits of each case, as shape and place; and its bars."""
    scene = of_name(summary, "spells-activity")
    assert scene is not None
    found = {}
    for item in scene.scene.items:
        if isinstance(item, Group):
            marks = [(part.shape, part.x) for part in item.items if isinstance(part, Mark)]
            bars = [("spell", min(x for x, _ in part.points)) for part in item.items if isinstance(part, Area)]
            found[item.title.split(":")[0]] = [*marks, *bars]
    return found


def of_name(summary: Summary, key: str) -> Drawing | None:
    return next((one for one in drawings(summary) if one.figure.key == key), None)


def test_the_figure_has_a_mark_for_each_visit_and_a_bar_for_each_spell(shown: Summary) -> None:
    found = lanes(shown)
    told = {one.case_id: one for one in shown.shown.spells["activity"]}
    assert set(found) == {case for case, one in told.items() if one.visits}
    for case, items in found.items():
        marks = [shape for shape, _ in items if shape != "spell"]
        looks = {"remission": "circle", "relapse": "square", "": "circle", None: "cross"}
        assert marks == [looks[state] for _, state in told[case].visits]
        assert len(items) - len(marks) == len(told[case].spells)
    drawing = of_name(shown, "spells-activity")
    assert drawing is not None
    assert "Remission (4 spells)" in drawing.figure.svg and "Relapse (2 spells)" in drawing.figure.svg
    assert "None of the states" in drawing.figure.svg
    assert "e: not evaluable, no visit in window" in drawing.figure.alt
    assert "no visit in window" in drawing.figure.svg


def test_there_is_no_figure_of_spells_where_no_visit_was_read() -> None:
    study = protocol(CHANGES)
    assert of_name(analyse(study, chart("e | mmt | -5:70", study)), "spells-activity") is None


def test_more_states_than_can_be_told_apart_stand_in_tables_alone() -> None:
    states = ", ".join(f"s{n}: {{value: mmt, at_least: {78 - n} points}}" for n in range(MOST_STATES + 1))
    study = protocol(
        CHANGES.replace(CHANGES[CHANGES.index("{remission") : CHANGES.index("    in: course")], f"{{{states}}}\n")
    )
    assert of_name(analyse(study, chart(ROWS, study)), "spells-activity") is None


def test_marks_of_one_state_that_would_lie_on_each_other_are_drawn_at_its_ends() -> None:
    study = protocol(CHANGES)
    every_day = ", ".join(f"{day}:75" for day in range(101))
    found = lanes(analyse(study, chart(f"a | mmt | {every_day}, 101:50\nb | mmt | 0:75, 399:75", study)))
    places = [x for shape, x in found["a"] if shape == "circle"]
    assert 3 < len(places) < 20 and [shape for shape, _ in found["a"]].count("square") == 1
    first, last = (x for shape, x in found["b"] if shape == "circle")
    day = (last - first) / 399
    assert places[0] == first and round(places[-1] - first, 6) == round(100 * day, 6)
