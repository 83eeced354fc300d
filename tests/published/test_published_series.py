"""Two more published tables as examples: the numbers of their rows, and the article's where its text agrees with its table."""

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
