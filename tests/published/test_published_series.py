"""More published tables as examples: the numbers of their rows, and the article's where its text agrees with its table."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest

from caseseries.study import Results, Study

EXAMPLES = Path(__file__).parents[2] / "examples"
SERIES = {"adhesions-cells": "ipd-adhesions-cao2018", "tcl-e7777": "ipd-tcl-e7777"}


@cache
def results(name: str) -> Results:
    return Study.load(EXAMPLES / name / "protocol.yaml").run(EXAMPLES / name / "chart.yaml")


def expected(shared_data: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / SERIES[name] / "expected.json").read_text())
    return found


@pytest.mark.parametrize("name", SERIES)
def test_the_copy_is_the_transcribed_table(name: str, shared_data: Path) -> None:
    assert (shared_data / SERIES[name] / "patients.csv").read_text() == (
        EXAMPLES / name / "chart" / "patients.csv"
    ).read_text()


@pytest.mark.parametrize("name", SERIES)
def test_responders_and_estimates_are_those_of_the_rows(name: str, shared_data: Path) -> None:
    wanted, summary = expected(shared_data, name)["product_must_give"], results(name).summary
    assert wanted["included"] == summary.included
    for outcome, counts in wanted["responders"].items():
        found = summary.outcomes[outcome].responders[0]
        assert tuple(counts) == (found.yes, found.no, found.not_evaluable), outcome
    told = {one.id: one.estimate for one in (*summary.table_one, *changes(name))}
    for key, value in wanted["estimates"].items():
        assert value == pytest.approx(float(told[key]), abs=1e-9), key


def changes(name: str) -> list[Any]:
    return [
        one
        for change in results(name).summary.change_outcomes
        for part in (change.before, change.after, change.change)
        for one in part.values()
    ]


def test_table_one_of_the_adhesions_has_the_attributes_and_the_text_is_contradicted_as_the_readme_says(
    shared_data: Path,
) -> None:
    paper = expected(shared_data, "adhesions-cells")["paper"]
    found = {one.id: one for one in results("adhesions-cells").summary.table_one}
    assert (23, 26) == (
        found["table1/attribute/menstruation/hypomenorrhea"].n,
        found["table1/attribute/menstruation/hypomenorrhea"].total,
    )
    years = {
        part: found[f"table1/attribute/infertility years/{part}"].estimate
        for part in ("mean", "sd", "minimum", "maximum")
    }
    assert (4.46, 2.73, 2, 14) == tuple(
        round(float(years[part] or 0), 2) for part in ("mean", "sd", "minimum", "maximum")
    )
    assert "4.46 ± 2.73 (2-16)" == paper["infertility_years"]  # the text's range is not that of its rows
    ages = [case.age_years for case in results("adhesions-cells").summary.shown.included]
    assert (34.85, 3.74, 9, 17) == (
        round(mean(ages), 2),
        round(stdev(ages), 2),
        sum(age > 35 for age in ages),
        sum(age <= 35 for age in ages),
    )
    assert (11, 15) == (paper["over_35"], paper["under_35"])
    said = " ".join((EXAMPLES / "adhesions-cells" / "README.md").read_text().split())
    assert (
        "34.8 ± 3.7 with 9 over 35 and 17 of 35 or younger" in said
        and "2 to 16 years of infertility, the rows 2 to 14" in said
    )


def test_the_not_evaluable_patient_of_the_lymphomas_stays_in_the_denominator() -> None:
    found = results("tcl-e7777").summary.outcomes["response"].responders[0]
    assert (5, 13) == (found.of_included.n, found.of_included.total)
    assert (5, 12) == (found.of_evaluable.n, found.of_evaluable.total)


def test_courses_of_rituximab_are_cases_and_children_are_patients(shared_data: Path) -> None:
    """Bader-Meunier 2011, table 1: ten courses of nine children, two of them not evaluable."""
    folder = shared_data / "ipd-rtx-jdm-badermeunier2011"
    wanted = json.loads((folder / "expected.json").read_text())["from_table"]
    assert (folder / "courses.csv").read_text() == (EXAMPLES / "rtx-jdm" / "chart" / "courses.csv").read_text()
    summary = results("rtx-jdm").summary
    assert (wanted["courses"], wanted["patients"]) == (
        summary.included,
        len({one.patient for one in summary.shown.included}),
    )
    found = summary.outcomes["complete clinical response"].responders[0]
    assert (wanted["CCR"], wanted["NR"], wanted["NE"]) == (found.yes, found.no, found.not_evaluable)
    assert (3, 10) == (found.of_included.n, found.of_included.total)
    assert (3, 8) == (found.of_evaluable.n, found.of_evaluable.total)
    muscle = summary.outcomes["response of myositis"].responders[0]
    assert (3, 4, 2) == (muscle.yes, muscle.no, muscle.not_evaluable)  # all but patient 8
    days = {one.case_id: int(one.index_date) for one in summary.shown.included}
    assert 475 == days["2/2"] - days["2/1"]  # 12 and 13.3 years


def test_three_adults_with_still_s_disease(shared_data: Path) -> None:
    """Worked out by hand from the printed DAS28 (6.31, 4.62, 5.20; 8.68, 5.70, 5.59; 6.43, 3.28, 4.57)."""
    for file in ("patients_long.csv", "patients_steroid.csv"):
        original = shared_data / "ipd-rtx-still-3pt" / file
        assert original.read_text() == (EXAMPLES / "still-rtx" / "chart" / file).read_text()
    summary = results("still-rtx").summary
    told = {
        name: {level.name: level.of_included.n for level in summary.levels[name].readings[0].levels}
        for name in ("EULAR response at month 6", "EULAR response at year 1")
    }
    assert {"good": 0, "moderate": 3, "none": 0} == told["EULAR response at month 6"]
    assert {"good": 0, "moderate": 2, "none": 1} == told[
        "EULAR response at year 1"
    ]  # 6.31 to 5.20 is less than 1.2, above 5.1
    boxes = {step.outcome: step.parts for step in summary.flow if step.outcome}
    assert (("Good", 0), ("Moderate", 3), ("None", 0)) == boxes[
        "EULAR response at month 6"
    ]  # a level of nobody stands there
    assert (("Responders", 3), ("Non-responders", 0)) == boxes["prednisone halved"]
    halved = summary.outcomes["prednisone halved"].responders[0]
    assert (3, 0, 0) == (halved.yes, halved.no, halved.not_evaluable)  # 10 to 5 mg is exactly half
    changes = {one.outcome: one for one in summary.change_outcomes}
    assert changes["esr at month 6"].change["maximum"].estimate == 6
    mean_change = changes["das28 at month 6"].change["mean"].estimate
    assert float(mean_change or 0) == pytest.approx((4.62 - 6.31 + 5.70 - 8.68 + 3.28 - 6.43) / 3, abs=1e-9)
