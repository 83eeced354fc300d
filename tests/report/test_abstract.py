"""The structured abstract: made from the numbers, as long as the study, in the words of its outcomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from caseseries.report.exhibits.abstract import IN_TABLE, abstract
from caseseries.report.exhibits.printed_blocks import Block, Paragraph, Table
from caseseries.report.figures import strips
from caseseries.study import Study
from caseseries.summary.model import Summary

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"


@pytest.fixture(scope="module")
def jdm_mmf() -> Summary:
    study = Study.load(EXAMPLE / "protocol.yaml")
    return study.run(study.read(EXAMPLE / "chart.yaml")).summary


def told(blocks: tuple[Block, ...]) -> dict[str, str]:
    return {one.label: one.text for one in blocks if isinstance(one, Paragraph)}


def test_of_eight_children_it_says_who_what_why_and_at_what_cost(jdm_mmf: Summary) -> None:
    found = told(abstract(jdm_mmf))
    assert ["Patients", "Response", "Change", "Treatment", "Safety", "Robustness"] == list(found)
    assert found["Patients"] == (
        "Eight patients (5 female, 3 male; median age 8.5 years, range 6.0–16.0) received mycophenolate mofetil. Earlier treatment was "
        "recorded with conventional immunosuppressants in 7, IVIG in 2, antimalarials in 2 and systemic glucocorticoids in 8."
    )
    assert found["Response"] == (
        "Good response (month 3) was seen in 6 of 8 (75 %, 95 % CI 34.9–96.8). In both non-responders what was measured would have sufficed; "
        "only the judgement was no."
    )
    assert found["Change"].startswith("MMT rose by a mean of 10.6 points (range 0.0 to +21.0; n = 8)")
    assert found["Treatment"].endswith("Seven were still on the study drug at their last day on record.")
    assert found["Safety"].startswith(
        "One adverse event on treatment was recorded, in 1 of 8 (13 %) of the patients: neutropenia"
    )
    assert "Deaths were not charted" in found["Safety"]
    assert found["Robustness"] == (
        "Good response: 6 of 8 in all 48 combinations of the value taken, the window, what is not recorded and the unit of the dose with the "
        "rule as written; 2 to 8 of 8 in the 144 in which the rule itself is read otherwise."
    )


def test_of_nobody_it_says_so(runs: ModuleType) -> None:
    assert {"Patients"} == set(told(abstract(runs.SAMPLES["empty"]())))


def test_every_run_has_one_without_an_empty_part(any_run: Summary) -> None:
    found = abstract(any_run)
    assert found and all(not isinstance(one, Paragraph) or one.text.endswith(".") for one in found)
    assert len(strips(any_run)) <= 3


def test_the_not_evaluable_stay_in_the_denominator(runs: ModuleType) -> None:
    found = told(abstract(runs.not_evaluable()))["Response"]
    assert "not evaluable and stay in the denominator" in found


def test_several_outcomes_are_a_table_and_of_very_many_the_first(jdm_mmf: Summary) -> None:
    one = next(iter(jdm_mmf.outcomes.values()))

    def named(name: str) -> object:
        return replace(one, plan=replace(one.plan, name=name))

    several = replace(jdm_mmf, outcomes={f"response {place}": named(f"response {place}") for place in range(15)})
    (table,) = [block for block in abstract(several) if isinstance(block, Table)]
    assert IN_TABLE == len(table.rows)
    assert (
        table.rows[0].cells[0].text == "Response 0"
        and table.rows[0].cells[1].text == "6 of 8 (75 %, 95 % CI 34.9–96.8)"
    )
    assert ("Three further outcomes stand in the section Response.",) == table.footnotes


def test_those_not_evaluable_stand_in_the_table_of_several_outcomes_too(runs: ModuleType) -> None:
    run = runs.not_evaluable()
    ((name, one),) = run.outcomes.items()
    lost = one.answers[0].not_evaluable.exact
    assert lost
    several = replace(
        run,
        outcomes={
            f"response {place}": replace(one, plan=replace(one.plan, name=f"response {place}")) for place in range(4)
        },
    )
    (table,) = [block for block in abstract(several) if isinstance(block, Table)]
    assert {f"not evaluable: {lost}"} == {row.cells[1].text.rpartition("; ")[2] for row in table.rows}
    assert "worst case" in told(abstract(run))["Response"] and f"({name}" not in told(abstract(run))["Response"]


def test_courses_of_a_patient_and_treatment_that_was_not_charted_are_told(jdm_mmf: Summary) -> None:
    from caseseries.summary.model import NotCharted
    from caseseries.summary.result import Count

    nowhere = replace(jdm_mmf, not_charted={"other drugs": NotCharted(8, Count(8, 8), ("no table",))}, prior=())
    assert told(abstract(nowhere))["Patients"].endswith(
        "received mycophenolate mofetil. Earlier treatment was not charted."
    )


def test_a_time_on_the_drug_that_is_not_known_is_not_counted_as_stopped(jdm_mmf: Summary) -> None:
    cases = jdm_mmf.shown
    rows = tuple(replace(row, on_drug_days=None, ongoing=False) if row.case_id == "P1" else row for row in cases.rows)
    found = told(abstract(replace(jdm_mmf, cases=replace(cases, rows=rows))))["Treatment"]
    assert found.endswith("Of the 7 of whom this is known, 6 were still on the study drug at their last day on record.")
