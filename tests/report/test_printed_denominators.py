"""What is printed of an outcome that is limited to some cases names them: lines, sentences, tables, figures, of few and of many."""

from __future__ import annotations

import pytest
from caseseries.report.figures.population import drawings
from caseseries.report.population import contents as of_many
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import tally_of

from caseseries.protocol.protocol import Protocol
from caseseries.report import contents as of_few
from caseseries.report.exhibits import population_results, results
from caseseries.report.exhibits.change import change_outcomes_table, change_table
from caseseries.report.exhibits.model import Paragraph, Section, Table
from caseseries.report.figures.draw import drawings as of_few_drawings
from caseseries.report.figures.slopes import panels
from caseseries.summary.model import Summary
from caseseries.summary.summarise import summarise

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
def few(study: Protocol) -> Summary:
    return analyse(study, chart(ROWS, study))


@pytest.fixture(scope="module")
def many(study: Protocol, few: Summary) -> Summary:
    tally = tally_of(study, chart(ROWS, study), few)
    return summarise(study, tally, dated=True, invented=True, found="Persons in the database")


def blocks(sections: tuple[Section, ...], kind: type) -> list[object]:
    return [block for section in sections for block in section.blocks if isinstance(block, kind)]


def sentences(sections: tuple[Section, ...]) -> str:
    return "\n".join(block.text for block in blocks(sections, Paragraph) if isinstance(block, Paragraph))


def tables(sections: tuple[Section, ...]) -> dict[str, Table]:
    return {block.key: block for block in blocks(sections, Table) if isinstance(block, Table)}


def test_the_line_of_a_change_names_its_cases(few: Summary, many: Summary) -> None:
    told = results.headline(few).splitlines()
    assert f"  Mmt, cases {WEAK}: {CHANGED}" in told
    assert 1 == len([line for line in told if line.startswith("Mmt: mean change +14.2")])  # of everybody
    counted = population_results.headline(many).splitlines()
    assert f"Mmt, baseline to after, cases {WEAK}: {CHANGED}" in counted
    assert 1 == len([line for line in counted if line.startswith("Mmt, baseline to after: mean change +14.2")])


def test_the_sentence_of_a_change_names_its_cases(few: Summary, many: Summary) -> None:
    moved = "by a mean of 5.5 points (range +1.0 to +10.0; n = 2)"
    assert f"Mmt rose, in cases {WEAK}, {moved}" in sentences(of_few.contents(few))
    said = sentences(of_many.contents(many))
    assert f"Mmt rose from baseline to after, in cases {WEAK}, {moved}" in said
    assert f"The change of mmt in cases {WEAK}, declared as an outcome by itself, has the same values" in said


def test_the_tables_of_changes_name_their_cases(few: Summary, many: Summary) -> None:
    behind, alone = change_table(few, "response"), change_outcomes_table(few)
    assert behind is not None and alone is not None
    weak = f"Mmt, points (0–80), cases {WEAK}"
    assert (BEHIND, [weak, "Mmt, points (0–80)"]) == (
        behind.title,
        [row.cells[0].text for row in alone.rows if row.heading],
    )
    assert any(f"Mmt, cases {WEAK}: no change for 1 patient" in note for note in alone.footnotes)
    counted = population_results.change_table(many, "response")
    assert counted is not None
    assert (BEHIND, "Mmt, points (0–80)") == (counted.title, counted.rows[0].cells[0].text)
    everybody = population_results.change_outcomes_table(many)
    assert everybody is not None  # the limited one stands above, with the same values
    assert ["Mmt, points (0–80)"] == [row.cells[0].text for row in everybody.rows if row.heading]


def test_the_tables_of_answers_name_their_denominator(few: Summary, many: Summary) -> None:
    for sections in (of_few.contents(few), of_many.contents(many)):
        table = tables(sections)["responders-response"]
        assert f"Of the included {WEAK}" in {column.over[0] for column in table.columns if column.over}
        assert any(
            f"Denominator: the included cases {WEAK}; the others are outside it." in one for one in table.footnotes
        )


def test_the_counted_headline_and_sentence_name_the_denominator_and_who_is_outside(many: Summary) -> None:
    of = f"1 of 3 (33 %, 95 % CI 0.8–90.6) of the included cases {WEAK}"
    told = population_results.headline(many)
    assert f"Response: {of}" in told
    assert "of the evaluable 1 of 2 (50 %), not evaluable 1, outside 1, membership not known 2" in told
    said = sentences(of_many.contents(many))
    assert f"Response was seen in {of}." in said
    assert (
        "1 case lies outside the denominator of this outcome. Of 2 it is not known whether they belong to it." in said
    )


def test_the_figures_of_counts_have_the_denominator_of_the_tables(many: Summary) -> None:
    drawn = {one.figure.key: one.figure for one in drawings(many)}
    assert f"Change of the measures behind response, cases {WEAK}" == drawn["change-response"].title
    why = drawn["not-evaluable-response"]
    assert why.caption.startswith(f"Of 3 included cases {WEAK}; each case has one reason")
    assert why.alt.endswith("Mmt not recorded at the visit taken for baseline: 1 (33 %).")
    table = tables(of_many.contents(many))["not-evaluable-response"]
    assert ["1", "33"] == [cell.text for cell in table.rows[0].cells[1:]]


def test_figures_of_few_set_the_cases_outside_apart(few: Summary) -> None:
    groups = {pair.case_id: pair.group for panel in panels(few, "response") for pair in panel.pairs}
    assert {"c"} == {case for case, group in groups.items() if group == "outside the denominator"}
    assert groups["a"] != groups["b"]
    told = [one.figure.alt for one in of_few_drawings(few) if "slopes" in one.figure.key]
    assert told and all("outside the denominator" in alt for alt in told)
