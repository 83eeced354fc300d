"""Laboratory grades in the report: denominators, what could not be graded, single cases, and what leaves a site."""

from __future__ import annotations

import json

import pytest
from tests.spec.small import analyse_with_counts, chart, protocol
from tests.summary.counting import tally_of

from caseseries.errors import Disagreement, Place
from caseseries.report.exhibits.lab_grades import lab_grades_cases, lab_grades_table, lab_grades_words, methods_words
from caseseries.report.exhibits.unreported import unreported
from caseseries.report.files.results_file import results, schema
from caseseries.summary import explain_grades as explained
from caseseries.summary.aggregate import aggregate
from caseseries.summary.compare import compare
from caseseries.summary.explain_grades import explain_grades
from caseseries.summary.frames import table
from caseseries.summary.model import Summary
from caseseries.verdict.lab_grades import CaseGrade

CHANGES = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: patient}
measures:
  neutrophils: {instrument: neutrophils}
  ck: {instrument: CK}
safety:
  until_after_last_dose: 30 days
  graded:
    - {measure: neutrophils, by: CTCAE 5.0, baseline_within: 90 days}
    - {measure: ck, by: CTCAE 5.0, baseline_within: 90 days}
"""
ROWS = "".join(
    f"{case} | mycophenolate mofetil | 0..\n{case} | visit | 200\n{case} | neutrophils | {values}\n"
    for case, values in {
        "a": "-5:4, 30:0.9, 60:4",  # bad and no limit: gradable alone
        "b": "-5:4, 30:4",
        "c": "-5:4[2..], 30:4[2..]",
        "d": "-5:4[2..], 30:1.7[2..], 60:1.7[2..]",
        "e": "-5:4",
    }.items()
)


#: Followed to day 200, on treatment to day 80; the values of cases a and b about day 80 may be on treatment or not.
DATES = "partial_dates: bounds\n"
AROUND = "".join(
    f"{case} | mycophenolate mofetil | 0..50\n{case} | visit | 200\n{case} | neutrophils | {values}\n"
    for case, values in {
        "a": "-5:4[2..], 30:4[2..], 70~90@80:0.4[2..]",
        "b": "-5:4[2..], 70~90@80:0.9[2..]",
        "c": "-5:4[2..], 30:4[2..]",
        "d": "-5:4[2..], 30:4[2..], 70~90@80:4[2..]",
    }.items()
)


def test_what_may_be_on_treatment_is_neither_an_event_nor_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cell", "cell_of_limit"):
        monkeypatch.setattr(explained, name, lambda *_: Place())
    study = protocol(CHANGES + DATES)
    read = chart(AROUND, study)
    counts, summary = analyse_with_counts(study, read)
    compare(study, read, summary.shown, counts)
    found, _ = summary.graded
    assert (3, 1, 2, 3) == tuple(n.exact for n in (found.gradable, found.none_certain, found.partly, found.perhaps))
    assert [2, 2] == [n.exact for n in found.possible]
    # a may have one, and b too, who may be in the denominator.
    assert [(None, 0, 0.5)] * 2 == [(one.estimate, one.lower, float(one.upper or 0)) for one in found.shares]
    assert [] == list(found.limits)
    told = lab_grades_words(summary)
    assert (
        told is not None
        and (
            "0 of 3 (0 %) of the cases with a gradable value of neutrophils, of grade 3 or more in 0; 1 further case has only values "
            "that may be on treatment or not, so that of all with a value it is 0.0–50.0 %."
        )
        in told.text
    )
    shown_table, single = lab_grades_table(summary), lab_grades_cases(summary)
    assert shown_table is not None and single is not None
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in shown_table.rows[1:8]}
    assert ["0/3 (0)", "0/3 (0)", "2", "0.0–50.0 %", "not estimable"] == rows["Grade 3 or more"][:5]
    notes = " ".join(shown_table.footnotes)
    assert "Not in N: 1 with values that all may be on treatment or not of 4 cases." in notes
    assert "not known whether they were on treatment, and in no worst grade: 3." in notes
    assert [["a", "0", "30", "may be grade 4"], ["b", "–", "–", "may be grade 3"]] == [
        [row.cells[place].text for place in (0, 2, 3, 6)] for row in single.rows
    ]
    said = [
        one.sentence.split(": ", 1)[1]
        for case in summary.shown.included[:2]
        for one in explain_grades(summary, summary.shown, read, case)[:1]
    ]
    assert [
        "grade 0 at worst, with 4 10^9/L on day 30; before, 4 10^9/L on day −5, grade 0; 1 more that may be on treatment or not; may be grade 4.",
        "no grade, because there is no value certainly on treatment; 1 more that may be on treatment or not; may be grade 3.",
    ] == said


def test_a_limit_of_what_was_not_seen_rests_on_values_that_are_on_treatment() -> None:
    study = protocol(CHANGES + DATES)
    rows = "".join(line + "\n" for line in AROUND.splitlines() if line[0] in "cd")
    rows += "e | mycophenolate mofetil | 0..50\ne | visit | 200\ne | neutrophils | -5:4[2..], 70~90@80:4[2..]\n"
    found, _ = analyse_with_counts(study, chart(rows, study))[1].graded
    assert [(0, 2), (0, 2)] == [(one.n, one.total) for one in found.shares]
    assert [2, 2] == [one.total for one in found.limits]


@pytest.fixture(scope="module")
def shown() -> Summary:
    study = protocol(CHANGES)
    return analyse_with_counts(study, chart(ROWS, study))[1]


def test_denominators_are_the_gradable_and_what_may_be_worse_is_told(shown: Summary) -> None:
    found, ck = shown.graded
    assert (3, 1, 1, 1) == tuple(n.exact for n in (found.gradable, found.no_value, found.none_gradable, found.partly))
    assert (0, 5) == (ck.gradable.exact, ck.no_value.exact)
    new, severe = found.shares
    # a and d are worse than before; b may be of grade 1, and no further case of grade 3.
    assert (None, 0.5, 0.75) == (new.estimate, float(new.lower or 0), float(new.upper or 0))
    assert (1, 4) == (severe.n, severe.total) and severe.method == "Clopper-Pearson exact interval"
    assert [] == list(found.limits)
    told = lab_grades_words(shown)
    assert told is not None and told.text == (
        "Neutrophil count decreased (CTCAE 5.0), worse than before the index date: 2 of 3 (67 %) of the cases with a gradable value of neutrophils, "
        "of grade 3 or more in 1; 1 further case has values that could not be graded, so that of all with a value it is 50.0–75.0 %. "
        "CPK increased (CTCAE 5.0): no case has a value of CK on treatment that could be graded, which is not the same as no event."
    )


def test_the_table_says_what_is_not_in_it(shown: Summary) -> None:
    found = lab_grades_table(shown)
    assert found is not None
    rows = {(row.cells[0].text): [cell.text for cell in row.cells[1:]] for row in found.rows if len(row.cells) > 1}
    assert [
        "0/0",
        "0/0",
        "0",
        "not estimable (no case has a value on treatment)",
        "not estimable",
        "0",
        "0",
        "0",
        "0",
    ] == rows["Grade 3 or more"]
    first = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in found.rows[1:8]}
    assert ["2/3 (67)", "2/3 (67)", "1", "50.0–75.0 %", "not estimable", "1", "0", "1", "0"] == first[
        "Any grade of 1 or more"
    ]
    assert ["1/3 (33)", "1/3 (33)", "0", "1/4 (25)", "0.6–80.6", "1", "0", "0", "0"] == first["Grade 3 or more"]
    notes = " ".join(found.footnotes)
    assert "Not in N: 1 without a value on treatment and 1 whose values could not be graded of 5 cases." in notes
    assert "Values that could not be graded: 2 no limit of normal, or several, beside 4 that could." in notes
    assert "Of the cases in N 1 also have such values, which may be worse." in notes
    assert "In myositis a raised CK is the disease, not an adverse event." in notes


def test_single_cases_have_their_value_and_the_one_before(shown: Summary) -> None:
    found = lab_grades_cases(shown)
    assert found is not None
    rows = [[cell.text for cell in row.cells] for row in found.rows]
    event = "Neutrophil count decreased (CTCAE 5.0)"
    assert [
        ["a", event, "3", "30", "0.9 10⁹/L", "4 10⁹/L on day −5, grade not known", "yes", "transient"],
        [
            "d",
            event,
            "1",
            "30",
            "1.7 10⁹/L (lower limit 2)",
            "4 10⁹/L (lower limit 2) on day −5, grade 0",
            "yes",
            "persistent",
        ],
    ] == rows
    assert 10 == len(table(shown, "lab_grades"))
    assert "neutrophils (Neutrophil count decreased, CTCAE 5.0; value before within 90 days)" in methods_words(shown)
    assert {"neutrophils": "graded", "ck": "graded"} == {
        name: why for name, why in unreported(shown).items() if name != "mmt"
    }


def test_results_have_every_number(shown: Summary) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    written = json.loads(json.dumps(results(shown)))
    part = schema()["properties"]["graded"] | {"$defs": schema()["$defs"]}
    jsonschema.validate(written["graded"], part)
    assert {"graded/neutrophils/5.0/new", "graded/neutrophils/5.0/severe"} <= {one["id"] for one in written["results"]}


def test_another_grade_stops_the_run_and_the_explanation(shown: Summary) -> None:
    study = protocol(CHANGES)
    read = chart(ROWS, study)
    counts, summary = analyse_with_counts(study, read)
    cases = summary.shown
    wrong: list[CaseGrade] = [*cases.graded[1:], cases.graded[-1]]
    object.__setattr__(cases, "graded", tuple(wrong))
    with pytest.raises(Disagreement, match="laboratory grades: 1"):
        compare(study, read, cases, counts)
    with pytest.raises(Disagreement, match="laboratory grades"):
        explain_grades(summary, cases, read, cases.included[0])


def test_grades_never_leave_a_site() -> None:
    study = protocol(CHANGES)
    many = "".join(
        "".join(f"{line.split(' | ')[0]}{place} | {line.split(' | ', 1)[1]}\n" for line in ROWS.splitlines())
        for place in range(5)
    )
    told = aggregate(study, tally_of(study, chart(many, study)), audience="network", smallest=2)
    assert {("withheld", "graded"): 25} == {key: n for key, n in told.counts.items() if "graded" in key}
