"""Charts of one sheet: started by `new`, answered as a clinician would, run, and held against what was worked out by hand in one_sheet.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.clinics.answers import answered, changed, verdicts
from tests.clinics.by_eye import table
from tests.clinics.one_sheet import coloured, doses_with_arrows, eczema, french, mixed
from tests.form.started import started, workbook

import caseseries as cs
from caseseries.study.unfinished import unfinished

BELOW_18 = (
    "# include:\n#   - {diagnosis: name of the disease, by: index date}\n#   - {age: {below: 18 years}, at: index date}\n",
    "include:\n  - {age: {below: 18 years}, at: index date}\n",
)


def test_a_sheet_with_merged_headings_colours_means_and_a_legend(tmp_path: Path):
    study = answered(coloured(tmp_path / "chart.xlsx"), tmp_path, 7, at_least="8 points", **{"?": "unknown"})
    assert (2, 3, 1) == study.counts()
    assert {
        "JDM01": "yes", "JDM02": "no", "JDM03": "yes", "JDM04": "no", "JDM05": "not evaluable", "JDM06": "no",
    } == verdicts(study)  # fmt: skip
    assert {
        ("mmt8", "month 3"): (4, 6.5), ("mmt8", "month 6"): (5, 10.0), ("cmas", "month 3"): (4, 4.5), ("cmas", "month 6"): (5, 6.4),
        ("ck", "month 3"): (4, -515.0), ("ck", "month 6"): (5, -536.0),
        ("steroid", "month 3"): (5, -4.0), ("steroid", "month 6"): (6, pytest.approx(-47.5 / 6)),
    } == study.changes()  # fmt: skip
    assert "months (all 6.0), visits without a date on their planned (nominal) day" in study.results.headline()


def test_only_the_children_of_that_sheet(tmp_path: Path):
    study = answered(coloured(tmp_path / "chart.xlsx"), tmp_path, 7, at_least="8 points", **{"?": "unknown"})
    changed(study, "protocol", BELOW_18)
    assert (2, 2, 1) == study.counts()
    assert (3, pytest.approx(23 / 3)) == study.changes()["mmt8", "month 3"]
    assert (4, 12.25) == study.changes()["mmt8", "month 6"]


ARROWS = {"15 -> 12.5": "15", "20 → 15": "20", "30->20": "30", "20 - 17.5": "20"}


def test_a_dose_before_and_after_the_visit_is_asked_and_never_a_number_by_itself(tmp_path: Path):
    source = doses_with_arrows(tmp_path / "chart.xlsx")
    study = answered(
        source,
        tmp_path,
        9,
        at_least="6 points",
        **{text.replace(" ", "_"): f'"{dose}"' for text, dose in ARROWS.items()},
    )
    changed(
        study, "protocol", ("improves: mmt8", "decrease: steroid"), ("at_least: 6 points", "at_least: 20 % of baseline")
    )
    assert {"A": "no", "B": "yes", "C": "no", "D": "yes"} == verdicts(study)
    assert {("mmt8", "month 3"): (4, 7.25), ("steroid", "month 3"): (4, -4.375)} == study.changes()


def test_what_such_a_cell_asks_is_told_with_its_column_and_is_no_mistake(tmp_path: Path):
    study = started(doses_with_arrows(tmp_path / "chart.xlsx"), tmp_path / "study")
    told = unfinished(study.protocol, study.chart)
    assert told is not None
    assert {True} == {one.question for one in told.problems}
    said = [answer for one in told.problems if "words" in one.what for answer in one.answers]
    assert [("", "1 cell in prednisone (mg/day)")] * 4 == said


def test_a_dose_with_an_arrow_that_nobody_settled_stops_the_run_at_its_cell(tmp_path: Path):
    study = started(doses_with_arrows(tmp_path / "chart.xlsx"), tmp_path / "study")
    said = re.search(r", words: \{.*?\}", study.chart_text)
    assert said is not None
    changed(study, "chart", (said[0], ""))
    study.answer(
        study="A study",
        authors_knew="nothing",
        lost="not evaluable",
        at_least="6 points",
        steroid_raised_above_baseline="non-responder",
    )
    with pytest.raises(cs.CaseSeriesError) as stopped:
        study.results  # noqa: B018
    told = [(one.what, one.place.row if one.place else None) for one in stopped.value.problems]
    assert [("two numbers in one cell", row) for row in (2, 4, 8, 9)] == told


def test_french_headings_and_girls_and_boys(tmp_path: Path):
    study = answered(
        french(tmp_path / "chart.xlsx"), tmp_path, 10, unit="joints", better="low", at_least="50 % of baseline"
    )
    assert {"001": "yes", "002": "no", "003": "yes", "004": "not evaluable"} == verdicts(study)
    assert {
        ("articulations actives", "month 3"): (4, -3.0), ("articulations actives", "month 6"): (3, pytest.approx(-16 / 3)),
        ("vs", "month 3"): (4, -8.875), ("vs", "month 6"): (3, pytest.approx(-49 / 3)),
    } == study.changes()  # fmt: skip
    assert ["female", "male", "female", "male"] == [person.sex for person in study.results.chart.people]
    assert ["douleur au point d'injection", "rhinite"] == sorted(
        fact.term for fact in study.results.chart.facts if fact.kind == "event"
    )


def test_two_rows_of_headings_days_as_text_a_hidden_row_and_a_total_in_the_middle(tmp_path: Path):
    study = answered(mixed(tmp_path / "chart.xlsx"), tmp_path, 9, unit="grade", better="low", at_least="2 points")
    assert "first_exposure: methotrexate   # suggested: 5 of 5 patients took it" in study.protocol_text
    assert 3 == study.chart_text.count(
        "skip_rows: [6]   # suggested: totals, means or notes among the rows, and no patients"
    )
    changed(study, "protocol", ("at_least: 2 points", "at_least: 2 grade"))
    assert {"U1": "yes", "U2": "no", "U3": "yes", "U4": "yes", "U5": "no"} == verdicts(study)
    assert {("ac cells", "month 3"): (5, -1.6)} == study.changes()
    assert [("hidden", "warning")] == [
        (one.rule, one.severity) for one in study.results.chart.findings if one.rule == "hidden"
    ]


def test_eczema_asks_nothing_of_steroids_and_pulses(tmp_path: Path):
    study = answered(
        eczema(tmp_path / "chart.xlsx"), tmp_path, 9, unit="points", better="low", at_least="75 % of baseline"
    )
    asked = {"steroid raised above baseline", "pulse", "rescue added", "drug stopped", "death"} & set(study.asked)
    assert not asked
    eligible = (
        "# include:\n#   - {diagnosis: name of the disease, by: index date}\n#   - {age: {below: 18 years}, at: index date}\n"
        "#   - {value: name of a measure, in: baseline, at_least: 10 points}\n",
        "include:\n  - {value: easi, in: baseline, at_least: 16 points}\n",
    )
    second = (
        "  easi change: ",
        "  clear or almost clear: {good: yes, at: week 16, rule: {value: iga, at_most: 1 points}}\n  easi change: ",
    )
    changed(study, "protocol", eligible, second)
    assert {"D01": "yes", "D02": "no", "D03": "yes", "D05": "not evaluable", "D06": "yes"} == verdicts(study)
    assert (3, 1, 1) == study.counts() and (2, 2, 1) == study.counts("clear or almost clear")
    assert {
        ("easi", "week 16"): (4, pytest.approx(-17.45)), ("iga", "week 16"): (4, -2.0), ("dlqi", "week 16"): (4, -11.0),
    } == study.changes()  # fmt: skip


def test_names_of_measures_as_the_clinic_writes_them(tmp_path: Path):
    study = started(eczema(tmp_path / "chart.xlsx"), tmp_path / "study")
    for line in ("easi: {quantity: EASI, unit", "iga: {quantity: IGA, unit", "dlqi: {quantity: DLQI, unit"):
        assert line in study.protocol_text


@pytest.mark.parametrize("heading", ["before MMF", "vor MMF", "avant MMF", "Pre-MMF"])
def test_headings_over_several_columns_that_say_before_which_drug(tmp_path: Path, heading: str):
    rows = table(f"""
           |            | {heading} | | after MMF |
        ID | MMF start  | MMT8 | CMAS | MMT8     | CMAS
        P1 | 2012-01-10 | 50   | 30   | 60       | 40
        P2 | 2012-02-10 | 60   | 35   | 61       | 37
    """)
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert 2 == study.chart_text.count("          mmt8: ") and "date: {nominal_day: 0 days}" in study.chart_text


def test_a_number_over_a_column_of_days_is_no_drug(tmp_path: Path):
    rows = table("""
        Patient |            | Stay       |            | before | month 3
        ID      | born       | start      | stop       | XSI    | XSI
        P1      | 2001-01-05 | 2012-01-10 | 2012-01-12 | 20     | 10
        P2      | 2002-02-05 | 2012-02-10 | 2012-02-14 | 20     | 18
    """)
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert "Stay" not in study.protocol_text


def test_initials_that_are_words_of_a_summary_stop_the_run_and_leave_nobody_out(tmp_path: Path):
    rows = table("""
        initials | MTX start  | XSI M0 | XSI M3
        AB       | 2012-01-10 | 20     | 10
        SE       | 2012-01-10 | 20     |
        MW       | 2012-01-10 | 20     | 18
        KL       | 2012-01-10 | 20     | 18
    """)
    study = started(workbook(tmp_path / "chart.xlsx", S=rows), tmp_path / "study")
    assert "skip_rows" not in study.chart_text
    study.answer(study="x", authors_knew="x", unit="points", better="low", lost="not evaluable", at_least="5 points")
    with pytest.raises(cs.CaseSeriesError) as stopped:
        study.results  # noqa: B018
    assert {3, 4} == {one.place.row for one in stopped.value.problems if one.place is not None}


def test_a_criterion_calls_a_measure_as_the_rest_of_the_report_does(tmp_path: Path):
    study = answered(
        eczema(tmp_path / "chart.xlsx"), tmp_path, 9, unit="points", better="low", at_least="75 % of baseline"
    )
    written = "include:\n  - {value: easi, in: baseline, at_least: 16 points}\nmeasures:"
    study.protocol.write_text(study.protocol_text.replace("measures:", written, 1))
    study.results.write(tmp_path / "results")
    assert "value of easi" not in (tmp_path / "results" / "report.html").read_text().replace("A value", "a value")


def test_the_headline_does_not_begin_with_no_adverse_events_where_there_are_some(tmp_path: Path):
    study = answered(coloured(tmp_path / "chart.xlsx"), tmp_path, 7, at_least="8 points", **{"?": "unknown"})
    assert "0 recorded" not in study.results.headline()


def test_check_lists_what_a_dose_with_an_arrow_was_taken_for(tmp_path: Path):
    answers = {text.replace(" ", "_"): f'"{dose}"' for text, dose in ARROWS.items()}
    study = answered(doses_with_arrows(tmp_path / "chart.xlsx"), tmp_path, 9, at_least="6 points", **answers)
    words = cs.Study.load(study.protocol).check(study.chart).table("words")
    assert ARROWS == {row["word"]: row["meaning"] for row in words if row["column"] == "prednisone (mg/day)"}
