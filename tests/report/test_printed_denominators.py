"""What is printed of an outcome that is limited to some cases names them: lines, sentences, tables, figures, with cases and without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.protocol.protocol import Protocol
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits.change import change_outcomes_table, change_table
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.report.figures import drawings
from caseseries.report.figures.slopes import panels
from caseseries.summary.model import Summary

STUDY = """
measures: {cmas: {quantity: function, unit: points, range: [0, 52], better: high}}
outcomes:
  response: {at: after, rule: {gain: mmt, at_least: 4 points}, among: {value: cmas, at: baseline, less_than: 48 points}}
  strength of the weak: {change: mmt, at: after, among: {value: cmas, at: baseline, less_than: 48 points}}
  strength: {change: mmt, at: after}
"""
#: Two of the denominator with both values, one of it without a second; one outside; two of whom it is not known.
ROWS = """
a | mmt | 0:50, 90:60
a | cmas | 0:40
b | mmt | 0:50, 90:51
b | cmas | 0:40
c | mmt | 0:50, 90:90
c | cmas | 0:50
d | mmt | 0:50, 90:70
e | mmt | 0:50, 90:50
f | cmas | 0:30
"""
WEAK = "with CMAS less than 48 points at baseline"
CHANGED = "mean change +5.5 (range +1.0 to +10.0; n = 2), Hodges–Lehmann +5.5 (no 95 % CI: too few values, n = 2)"
BEHIND = f"Before, after and change of the measures behind response, cases {WEAK}"


@pytest.fixture(scope="module")
def study() -> Protocol:
    return protocol(STUDY)


@pytest.fixture(scope="module")
def shown(study: Protocol) -> Summary:
    return analyse(study, chart(ROWS, study))


@pytest.fixture(scope="module", params=["shown", "counted"])
def run(request: pytest.FixtureRequest, shown: Summary) -> Summary:
    return shown if request.param == "shown" else replace(shown, cases=None)


def sentences(summary: Summary) -> str:
    blocks = [block for section in contents(summary) for block in section.blocks]
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_the_line_of_a_change_names_its_cases(run: Summary) -> None:
    told = headline(run).splitlines()
    assert f"  Mmt, cases {WEAK}: {CHANGED}" in told
    assert 1 == len([line for line in told if line.startswith("Mmt: mean change +14.2")])  # of everybody


def test_the_sentence_of_a_change_names_its_cases(run: Summary) -> None:
    said = sentences(run)
    assert f"Mmt rose, in cases {WEAK}, by a mean of 5.5 points (range +1.0 to +10.0; n = 2)" in said
    assert f"The change of mmt in cases {WEAK}, declared as an outcome by itself, has the same values" in said


def test_the_tables_of_changes_name_their_cases(run: Summary) -> None:
    behind, everybody = change_table(run, "response"), change_outcomes_table(run)
    assert behind is not None
    assert (BEHIND, "Mmt, points (0–80)") == (behind.title, behind.rows[0].cells[0].text)
    assert any(f"Mmt, cases {WEAK}: no change for 1 case" in note for note in behind.footnotes)
    assert everybody is not None  # the limited one stands above, with the same values
    assert ["Mmt, points (0–80)"] == [row.cells[0].text for row in everybody.rows if row.heading]


def test_a_declared_change_of_other_cases_than_those_of_a_rule_names_them(study: Protocol, shown: Summary) -> None:
    table = change_outcomes_table(replace(shown, outcomes={}))
    assert table is not None
    weak = f"Mmt, points (0–80), cases {WEAK}"
    assert [weak, "Mmt, points (0–80)"] == [row.cells[0].text for row in table.rows if row.heading]
    assert any(f"Mmt, cases {WEAK}: no change for 1 case" in note for note in table.footnotes)


def test_the_tables_of_answers_name_their_denominator(run: Summary) -> None:
    table = next(one for one in tables_of(contents(run)) if one.key == "responders-response")
    assert f"Of the included {WEAK}" in {column.over[0] for column in table.columns if column.over}
    assert any(f"Denominator: the included cases {WEAK}; the others are outside it." in one for one in table.footnotes)


def test_the_headline_and_sentence_name_the_denominator_and_who_is_outside(run: Summary) -> None:
    of = f"1 of 3 (33 %, 95 % CI 0.8–90.6) of the included cases {WEAK}"
    told = headline(run)
    assert f"Response: {of}" in told and "Cases included: 6" in told.splitlines()
    assert "of the evaluable 1 of 2, not evaluable 1, outside 1, membership not known 2" in told
    said = sentences(run)
    assert f"Response was seen in {of}." in said
    assert (
        "One case lies outside the denominator of this outcome. Of 2 cases it is not known whether they belong to it."
        in said
    )


def test_the_reasons_have_the_denominator_of_the_outcome(run: Summary) -> None:
    table = next(one for one in tables_of(contents(run)) if one.key == "not-evaluable-response")
    assert ["1", "33"] == [cell.text for cell in table.rows[0].cells[1:]]
    assert "% of the denominator" == table.columns[-1].title


def test_the_figures_of_counts_have_the_denominator_of_the_tables(shown: Summary) -> None:
    drawn = {one.figure.key: one.figure for one in drawings(replace(shown, cases=None))}
    assert f"Change of the measures behind response, cases {WEAK}" == drawn["change-response"].title
    why = drawn["not-evaluable-response"]
    assert why.caption.startswith(f"Of 3 included cases {WEAK}; each case has one reason")
    assert why.alt.endswith("Mmt not recorded at the visit taken for baseline: 1 (33 %).")


def test_figures_of_single_cases_set_those_outside_apart(shown: Summary) -> None:
    groups = {pair.case_id: pair.group for panel in panels(shown, "response") for pair in panel.pairs}
    assert {"c"} == {case for case, group in groups.items() if group == "outside the denominator"}
    assert groups["a"] != groups["b"]
    told = [one.figure.alt for one in drawings(shown) if "slopes" in one.figure.key]
    assert told and all("outside the denominator" in alt for alt in told)
