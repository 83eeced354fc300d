"""Iwata et al. 2011 (doi 10.3899/jrheum.100729), table 1: what the table states, and R's statistics of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.published.as_r import same_as_r

from caseseries.report.exhibits.drugs import cases_table as cases_of_drugs
from caseseries.report.exhibits.follow_up import cases_table
from caseseries.study import Results, Study
from caseseries.summary.model import ChangeSummary

EXAMPLE = Path(__file__).parents[2] / "examples" / "rtx-sle"


@cache
def results() -> Results:
    return Study.load(EXAMPLE / "protocol.yaml").run(EXAMPLE / "chart.yaml")


def change(measure: str) -> ChangeSummary:
    (found,) = [one for one in results().summary.change_outcomes if one.measure == measure]
    return found


@pytest.mark.parametrize(
    ("measure", "key"),
    [("steroid", "iwata2011_cs_dose_mg_2y"), ("sledai", "iwata2011_sledai_2y"), ("bilag", "iwata2011_bilag_2y")],
)
def test_paired_summaries_agree_with_r(measure: str, key: str, shared_data: Path) -> None:
    same_as_r(change(measure), shared_data / "ipd-rtx-sle-jrheum" / "reference-r.json", key)


def test_the_table_s_labels_are_the_rule_s_verdicts() -> None:
    """Eight major clinical responses; the two without response (6 and 9) relapsed."""
    summary = results().summary
    verdicts = summary.shown.outcomes["activity halved"].verdicts[0]
    printed = {case.case_id: dict(case.attributes)["response as printed"] for case in summary.shown.rows}
    assert {case for case, label in printed.items() if label == "major clinical response"} == {
        verdict.case_id for verdict in verdicts if verdict.truth
    }
    assert 8 == sum(verdict.truth is True for verdict in verdicts)
    assert {"6", "9"} == {verdict.case_id for verdict in verdicts if verdict.truth is False}


def test_ambiguous_cells_are_findings() -> None:
    found = {(one.place.row, one.place.column) for one in results().summary.shown.findings if one.severity == "warning"}
    assert {(6, "cs_dose_mg_2y"), (6, "sledai_day0"), (3, "cs_dose_mg_2y"), (4, "cs_dose_mg_day0")} <= found


def test_the_copy_is_the_transcribed_table(shared_data: Path) -> None:
    original = (shared_data / "ipd-rtx-sle-jrheum" / "patients.csv").read_text()
    assert original == (EXAMPLE / "chart" / "patients.csv").read_text()


def test_what_nobody_recorded_is_not_charted_beside_the_doses_of_the_visits() -> None:
    summary = results().summary
    drugs, follow_up = cases_of_drugs(summary), cases_table(summary)
    assert drugs is not None and follow_up is not None
    assert ["Not charted"] * 3 == [row.cells[0].text for row in drugs.rows if not row.heading]
    assert drugs.footnotes[-1].startswith(
        "By the doses written at their visits 10 cases took systemic glucocorticoids without a course of them"
    )
    assert {"not charted"} == {row.cells[3].text for row in follow_up.rows}
    assert "the time on the study drug is not charted" in results().headline()
    assert "Adverse events: not charted" in results().headline()
    assert {"2 years or relapse"} == {one.after_window for one in summary.change_outcomes}
