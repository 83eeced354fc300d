"""Values at one time in the report: their table with denominators and reasons, the headline, the methods, the files."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import jsonschema
import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.spec.test_spec_value_at import BASE, ROWS
from tests.summary.counting import counted, tally_of

from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.unreported import unreported
from caseseries.report.exhibits.value_at import values_at_table
from caseseries.report.files.results_file import results, schema
from caseseries.summary.frames import table
from caseseries.summary.model import Summary

OUTCOMES = """outcomes:
  response: {good: yes, at: after, rule: {gain: mmt, at_least: 4 points}}
  proliferation: {describe: ki67, at: baseline}
  activity: {describe: active, at: baseline}
  late cells: {describe: cells, at: after, among: {value: mmt, at: baseline, at_most: 50 points}}
  dose: {describe: steroid, at: baseline}
  strength: {describe: mmt, at: after}
"""


@pytest.fixture(scope="module")
def shown() -> Summary:
    study = protocol(BASE + OUTCOMES)
    return analyse(study, chart(ROWS.replace("    b | cells | 90:<1+\n", ""), study))


def test_the_table_tells_every_denominator_and_reason(shown: Summary) -> None:
    found = values_at_table(shown)
    assert found is not None
    rows = [[cell.text for cell in row.cells] for row in found.rows]
    assert [
        ["Ki67, points (0–100), at baseline"],
        ["All", "3 of 5", "35.2 (18.3)", "30.0 (25.0–42.8)", "20.0–55.5", ""],
        ["Responder", "2 of 2", "42.8 (18.0)", "42.8 (36.4–49.1)", "30.0–55.5", ""],
        ["Non-responder", "0 of 2", *["not estimable (no case has a value)"] * 3, ""],
        ["Not evaluable", "1 of 1", "20.0 (not estimable)", "20.0", "20.0", ""],
        ["Active, yes/no, at baseline"],
        ["All", "2 of 5", "–", "–", "–", "1 of 2 (50 %); 1.3–98.7"],
        ["Responder", "1 of 2", "–", "–", "–", "1 of 1 (100 %); 2.5–100.0"],
    ] == rows[:8]
    late = rows.index(
        ["Cells, grade (0 to 2+), at after, cases with MMT at most 50 points at baseline".replace("MMT", "mmt")]
    )
    assert ["All", "2 of 4", "–", "between 1+ and 2+ (between 1+ and 2+, between 1+ and 2+)", "1+ to 2+", ""] == rows[
        late + 1
    ]
    assert ["Prednisone, mg/day, at baseline, on day 0"] in rows
    notes = " ".join(found.footnotes)
    assert "Ki67, at baseline: no value for 2 cases (non-responder; " in notes
    assert "known only as above or below a limit" in notes
    assert "cases with each grade: all: 1+ in 1, 2+ in 1; responder: 1+ in 1; not evaluable: 2+ in 1." in notes
    assert "Mmt is a part of that rule, so that its answers differ by what they are made of." in notes


def test_files_hold_the_numbers_that_are_printed(shown: Summary) -> None:
    assert [] == not_the_number(shown)


def test_the_headline_and_the_methods_tell_them(shown: Summary) -> None:
    told = headline(shown)
    assert "Ki67, at baseline: median (IQR) 30.0 (25.0–42.8), range 20.0–55.5 (n = 3 of 5)" in told
    assert "Active, at baseline: yes in 1 of 2 (50 %) with an answer (n = 2 of 5)" in told
    said = " ".join(block.text for block in methods(shown))
    assert "Described at one time are ki67, at baseline, active, at baseline," in said
    assert "of all cases and by the answer to response" in said
    assert {"ki67", "cells", "steroid", "active"}.isdisjoint(unreported(shown))


def test_nobody_has_a_value() -> None:
    study = protocol(
        BASE + "outcomes: {response: ~, cells: {describe: cells, at: baseline}, act: {describe: active, at: baseline}}"
    )
    run = analyse(study, chart("a | mmt | 0:50\nb | mmt | 0:50", study))
    assert "Cells, at baseline: no value in 2 cases (no visit in the window baseline (days −90 to 0): 2)" in headline(
        run
    )
    found = values_at_table(run)
    assert found is not None
    assert ["All", "0 of 2", "–", *["not estimable (no case has a value)"] * 2, ""] == [
        cell.text for cell in found.rows[1].cells
    ]
    assert 1 == len(run.values_at[0].groups)


def test_the_files_tell_them(shown: Summary) -> None:
    written = results(shown)
    jsonschema.validate(written, schema())
    (first, *_) = written["values_at"]
    assert ("proliferation", "ki67", "baseline", "response") == tuple(
        first[key] for key in ("outcome", "measure", "window", "verdict")
    )
    assert [("all", 3, 5), ("responder", 2, 2), ("non-responder", 0, 2), ("not evaluable", 1, 1)] == [
        (one["group"], one["n"], one["total"]) for one in first["groups"]
    ]
    by_id = {one["id"]: one for one in written["results"]}
    assert "42.75" == by_id["proliferation/0/ki67/yes/median"]["estimate"]
    assert (1, 2) == (by_id["activity/0/active/all/yes"]["n"], by_id["activity/0/active/all/yes"]["total"])
    rows = table(shown, "values_at")
    assert (42.75, 2, 2) == tuple(rows[1][key] for key in ("median", "n", "total"))


def test_counted_they_are_the_same(shown: Summary) -> None:
    study = shown.protocol
    read = chart(ROWS.replace("    b | cells | 90:<1+\n", ""), study)
    assert shown.values_at == counted(study, read, tally_of(study, read)).values_at


def test_a_site_that_told_nothing_is_named(shown: Summary) -> None:
    first = shown.values_at[0]
    told = replace(first, groups=(replace(first.all, withheld=40),), not_apart=30)
    found = values_at_table(replace(shown, values_at=(told,)))
    assert found is not None
    said = "Ki67, at baseline: sites with 40 included cases told nothing, so that no rows by the answer of a verdict stand."
    assert said in found.footnotes
    assert not any("Rows below" in note for note in found.footnotes), "there are none"
    whole = values_at_table(shown)
    assert whole is not None and any("Rows below" in note for note in whole.footnotes)
    assert any("30 cases of other sites are told together, not by the answer" in note for note in found.footnotes)
    assert Fraction(30) == first.all.results["median"].estimate
