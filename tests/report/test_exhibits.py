"""What the tables and sentences say, number for number."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from types import ModuleType

import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol

from caseseries import report
from caseseries.chart.personal_words import without_dates
from caseseries.chart.tables import Ends
from caseseries.report.contents import contents, tables_of
from caseseries.report.exhibits import (
    adverse_events,
    case_context,
    change,
    choices,
    deaths,
    drugs,
    event_rates,
    every_case,
    findings,
    follow_up,
    headline,
    included,
    methods,
    responders,
    robustness,
    safety,
    statistics,
    table_one,
)
from caseseries.report.exhibits.printed_blocks import Cell, Column, Paragraph, Row, Table, of_layer
from caseseries.report.exhibits.words import seen, small
from caseseries.report.figures.flow import flow_alt, flow_scene
from caseseries.report.figures.scene import Label
from caseseries.report.order import in_order
from caseseries.stats.tally import Tally
from caseseries.summary import characteristics
from caseseries.summary.cases import DrugUse, MonitoredValue, StudyDrug
from caseseries.summary.model import Summary
from caseseries.summary.result import NONE, Count, FlowStep, Result
from caseseries.summary.tally_reader import TallyReader

NAME = "good response"


def texts(table: Table | None) -> list[list[str]]:
    assert table is not None
    return [[cell.text for cell in row.cells] for row in table.rows]


def words(summary: Summary) -> str:
    parts = []
    for section in contents(summary):
        for block in section.blocks:
            if isinstance(block, Table):
                parts += [block.title, *block.footnotes, *(column.title for column in block.columns)]
                parts += [cell.text for row in block.rows for cell in row.cells]
            elif isinstance(block, Paragraph):
                parts.append(block.text)
            else:
                parts += list(getattr(block, "items", ()))
    return "\n".join([*parts, report.headline(summary)])


def test_the_headline(series: Summary) -> None:
    lines = report.headline(series).splitlines()
    assert [
        "Invented data: no row describes a real patient.",
        "Good response: 6 of 8 (75 %, 95 % CI 34.9–96.8)",
        "  of the evaluable 6 of 8, not evaluable 0",
        "  other readings: scores and dose both needed 3 of 8; dose alone suffices 7 of 8; judgement not asked 8 of 8",
        "  MMT: mean change +10.6 (range 0.0 to +21.0; n = 8), Hodges–Lehmann +10.8 (95 % CI +4.0 to +16.5)",
    ] == lines[:5]
    assert lines[-1].startswith("A before–after series without a control group")


def test_changes_of_one_measure_between_different_windows_say_between_which(series: Summary) -> None:
    (mmt,) = [one for one in series.outcomes[NAME].changes if one.measure == "mmt"]
    later = replace(mmt, outcome="mmt later", after_window="month 12")
    lines = report.headline(replace(series, change_outcomes=(later,))).splitlines()
    told = [line.strip().split(":")[0] for line in lines if line.strip().startswith(("MMT", "CMAS"))]
    assert [f"MMT, baseline to {mmt.after_window}", "CMAS", "MMT, baseline to month 12"] == told


def test_every_reading_stands_beside_the_primary_one(series: Summary) -> None:
    assert [
        ["As written (primary)", "6/8 (75)", "34.9–96.8", "6/8 (75)", "34.9–96.8", "0", "6/8 (75)", "6/8 (75)"],
        ["Scores and dose both needed", "3/8 (38)", "8.5–75.5", "3/8 (38)", "8.5–75.5", "0", "3/8 (38)", "3/8 (38)"],
        ["Dose alone suffices", "7/8 (88)", "47.3–99.7", "7/8 (88)", "47.3–99.7", "0", "7/8 (88)", "7/8 (88)"],
        ["Judgement not asked", "8/8 (100)", "63.1–100.0", "8/8 (100)", "63.1–100.0", "0", "8/8 (100)", "8/8 (100)"],
    ] == texts(responders.responders_table(series, NAME))


def test_all_denominators_are_told_apart_where_nobody_is_evaluable(runs: ModuleType) -> None:
    row = texts(responders.responders_table(runs.not_evaluable(), NAME))[0]
    assert ["As written (primary)", "0/3 (0)", "0.0–70.8", "0/0", "not estimable", "3", "0/3 (0)", "3/3 (100)"] == row


def test_changes_agree_with_the_published_totals(series: Summary) -> None:
    table = change.change_table(series, NAME)
    assert table is not None
    rows = {tuple(row[:1]): row for row in texts(table)[1:4]}
    assert ["Change", "8", "+10.6 (6.7)", "+11.0 (+7.0 to +14.5)", "0.0 to +21.0", "+10.8 (+4.0 to +16.5)"] == rows[
        ("Change",)
    ]
    assert ["Decrease, % of baseline", "8", "18.0 (15.9)", "18.5 (9.0–21.3)", "0.0–50.0", ""] == texts(table)[-1]


def test_p_values_stay_away_unless_asked_for(series: Summary) -> None:
    assert "P =" not in words(series) and "No p values are given" in words(series)


def test_p_values_say_what_they_do_not_test(series: Summary) -> None:
    reporting = series.protocol.reporting.model_copy(update={"p_values": True})
    asked = replace(series, protocol=series.protocol.model_copy(update={"reporting": reporting}))
    assert "they do not test the drug against no drug" in words(asked)


def test_p_values_stand_in_the_change_table(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    known = (
        Result("p1", "signed rank", Fraction(1, 64), method="Wilcoxon signed rank test"),
        Result("p2", "sign", 0.0078, method="sign test"),
    )
    unknown = (Result("p1", "signed rank", None, absent_because="every change is zero"),)
    changes = (replace(outcome.changes[0], tests=known), replace(outcome.changes[1], tests=unknown))
    reporting = series.protocol.reporting.model_copy(update={"p_values": True})
    asked = replace(
        series,
        outcomes={NAME: replace(outcome, changes=changes)},
        protocol=series.protocol.model_copy(update={"reporting": reporting}),
    )
    table = change.change_table(asked, NAME)
    assert table is not None and "P" == table.columns[-1].title
    assert ["", "", ".02", "", "", "not estimable (every change is zero)"] == [
        row[-1] for row in texts(table) if len(row) > 1
    ]
    assert Fraction(1, 64) == table.rows[3].cells[-1].value, "the CSV holds the number itself"
    notes = " ".join(table.footnotes)
    assert "P: Wilcoxon signed rank test; after against before in the same patients" in notes
    assert "It does not test the drug against no drug" in notes and "MMT: P = .008, sign test, not adjusted." in notes


def test_each_patient_has_values_verdict_and_reason(series: Summary) -> None:
    row = texts(every_case.patients_table(series, NAME))[5]
    assert ["P6", "F", "8", "yes", "74 → 74", "45 → 48", "30 → 24", "84", "responder"] == row[:9]
    assert "Scores alone would not have sufficed: MMT +0, CMAS +3." in row[9]


def test_beside_the_values_stand_earlier_drugs_the_dose_the_time_on_it_and_events(series: Summary) -> None:
    table = every_case.patients_table(series, NAME, context=True)
    titles = [column.title for column in table.columns]
    assert table.below and "Why" == titles[-1]
    at = {title: place for place, title in enumerate(titles)}
    row = {line[0]: line for line in texts(table)}["P2"]
    assert row[at["Earlier and background drugs"]] and row[at["On drug, months"]].endswith("+")
    lengths = [one.cells[at["On drug, months"]] for one in table.rows]
    assert all(cell.value is None for cell in lengths if cell.text.endswith("+")), "a length that goes on is no number"
    assert any(cell.value is not None for cell in lengths)


def test_a_drug_is_left_out_only_where_its_dose_has_a_column(runs: ModuleType, series: Summary) -> None:
    """A dose that is declared and not shown tells nothing in this table."""
    use = DrugUse("P2", "prednisone", "prednisone", ("systemic glucocorticoids",), "background", -100, None, "")
    run = runs.with_cases(series, drugs=(use,))
    (case,) = [one for one in run.shown.included if one.case_id == "P2"]
    names = (tuple(run.protocol.doses), ())
    assert names[0] and ["none recorded", "prednisone"] == [
        case_context.before_cells(run, case, 90, one)[0].text for one in names
    ]


@pytest.mark.parametrize(
    ("course", "at", "told"),
    [
        (StudyDrug("P2", 0, None, "500 mg"), 90, "500 mg"),
        (StudyDrug("P2", 0, 30, "500 mg"), 90, "none on that day"),
        (StudyDrug("P2", 0, 30, "500 mg", "", Ends(0, 0, 80, 100)), 90, "not known"),
        (StudyDrug("P2", 0, 30, "500 mg", "", Ends(0, 0, 80, None)), 90, "not known"),
        (StudyDrug("P2", 0, 30, "500 mg", "", Ends(0, 0, 80, 89)), 90, "none on that day"),
        (StudyDrug("P2", 0, None, "500 mg", "", Ends(-5, 5, None, None)), 90, "500 mg"),
        (StudyDrug("P2", 0, None, "500 mg", "", Ends(-5, 100, None, None)), 90, "not known"),
        (StudyDrug("P2", 0, None, "-"), 90, "-"),
    ],
)  # fmt: skip
def test_a_dose_of_a_day_is_told_only_where_it_is_known(
    runs: ModuleType, series: Summary, course: StudyDrug, at: int, told: str
) -> None:
    run = runs.with_cases(series, study_drug=(course,))
    (case,) = [one for one in run.shown.included if one.case_id == "P2"]
    assert told == case_context.before_cells(run, case, at, ())[-1].text


def test_the_grid_marks_the_primary_cell_and_fits_two_hundred(series: Summary) -> None:
    table = robustness.grid_table(series, NAME)
    assert table is not None
    cells = [cell for row in table.rows if not row.heading for cell in row.cells[1:]]
    assert 192 == len(cells) and ["■ 6"] == [cell.text for cell in cells if "■" in cell.text]
    assert 13 == len(table.columns) and ("Baseline: last", "Month 3: days 75–105") == table.columns[1].over


def test_a_cell_with_the_same_number_but_other_patients_is_marked(series: Summary) -> None:
    table = robustness.grid_table(series, NAME)
    assert table is not None and any(cell.text == "6?*" for row in table.rows for cell in row.cells)


def test_who_changes_is_listed_with_the_choice_that_changes_it(series: Summary) -> None:
    table = robustness.flips_table(series, NAME)
    assert table is not None
    assert [
        "Baseline takes: first; month 3: days 61–121; not recorded: not met",
        "6",
        "5",
        "responder → non-responder: 1 (13)",
        "P5: responder → non-responder",
    ] in texts(table)


def test_prose_tells_who_fell_out_at_screening(series: Summary) -> None:
    step = FlowStep("Screened", 13, (("chart missing", 1), ("another disease, 2008-09-01", 2)))
    found = words(replace(series, flow=(step, *series.flow)))
    told = "3 did not go further (chart missing, n = 1; another disease, [date], n = 2)"
    assert 1 == found.count(f"13 persons were screened; {told}."), "in Results, and not in Methods as well"
    assert f"of 13 screened {told}; 2 exclusions by the criteria, listed with reason" in found
    assert "All candidates met were taken" not in found


def test_without_a_screening_log_nothing_is_said_of_one(series: Summary) -> None:
    assert "screened" not in words(series)


def with_exclusions(runs: ModuleType) -> Summary:
    """Four cases were not included, two of them by criteria of exclusion."""
    old = {"prior_drug": "rituximab", "within": "6 months"}
    listed = {"patients": ["P12"], "reason": "consent withdrawn"}
    gone = [
        replace(runs.EXCLUDED[-1], case_id=f"P{11 + place}", failed_criterion=reason, undetermined=False)
        for place, reason in enumerate((EXCLUDING, BY_HAND))
    ]
    run: Summary = runs.series(excluded=(*runs.EXCLUDED, *gone), declared={"exclude": [old, listed]})
    return run


EXCLUDING, BY_HAND = "Use of rituximab within 183 days before the index date", "Listed patients: consent withdrawn"


def test_an_exclusion_says_whether_its_criterion_was_met(runs: ModuleType) -> None:
    run = with_exclusions(runs)
    assert (
        "Of 12 cases found, 8 were included and 4 excluded "
        "(not recorded: diagnosis of juvenile dermatomyositis by the index date, n = 1; "
        "not met: age below 18 years at the index date, n = 1; "
        f"met: {small(EXCLUDING)}, n = 1; {small(BY_HAND)}, n = 1)."
    ) in included.patients_words(run).text
    table = every_case.excluded_table(run)
    assert table is not None
    assert ["not met", "not recorded", "met", "–"] == [row[2] for row in texts(table)]


def test_without_single_cases_exclusions_stand_by_reason(runs: ModuleType) -> None:
    table = every_case.excluded_table(replace(with_exclusions(runs), cases=None))
    assert table is not None
    assert [
        ["Charts found, n = 12"],
        ["Diagnosis of juvenile dermatomyositis by the index date", "not recorded", "1"],
        ["Age below 18 years at the index date", "not met", "1"],
        [EXCLUDING, "met", "1"],
        [BY_HAND, "–", "1"],
    ] == texts(table)


def test_what_is_told_of_all_cases_does_not_hang_on_whether_each_of_them_is_shown(any_run: Summary) -> None:
    counted = replace(any_run, cases=None)
    for exhibit in (
        included.patients_words,
        table_one.table_one,
        follow_up.lengths_words,
        follow_up.follow_up_table,
        drugs.drugs_table,
        statistics.statistics_table,
        findings.accounts_table,
        findings.not_used_table,
        findings.findings_words,
        flow_alt,
    ):
        assert exhibit(any_run) == exhibit(counted), exhibit


def test_exhibits_of_single_cases_are_left_out_where_there_are_none(series: Summary) -> None:
    exhibits = (every_case.attributes_table, drugs.study_drug_table, drugs.cases_table, follow_up.cases_table)
    assert all(exhibit(series) is not None for exhibit in exhibits)
    assert [None] * 4 == [exhibit(replace(series, cases=None)) for exhibit in exhibits]


def test_other_drugs_are_counted_by_their_place_and_told_of_each_case(series: Summary) -> None:
    table = drugs.drugs_table(series)
    assert table is not None and "Cases, n (%)" in table.columns[2].over
    assert [
        ["Methotrexate", "conventional immunosuppressants", "5 (63)", "1 (13)", "0 (0)"],
        ["IVIG", "IVIG", "2 (25)", "0 (0)", "0 (0)"],
        ["Ciclosporin", "conventional immunosuppressants", "2 (25)", "0 (0)", "0 (0)"],
        ["Hydroxychloroquine", "–", "2 (25)", "0 (0)", "0 (0)"],
    ] == texts(table)
    of_each = drugs.cases_table(series)
    assert of_each is not None
    assert 12 == sum(not row.heading and row.cells[0].text.startswith("P") for row in of_each.rows)


def test_findings_of_a_chart_name_no_patient_and_no_cell(series: Summary) -> None:
    table = findings.findings_table(series)
    assert table is not None
    assert [
        ["Warning", "two sources of one dose disagree", "visits", "1"],
        ["Note", "dose raised shortly before the index date", "drugs", "1"],
    ] == texts(table)
    counted = findings.findings_table(replace(series, cases=None))
    assert counted is not None and {"–"} == {row[2] for row in texts(counted)}


def test_the_flow_says_that_a_criterion_was_not_met(series: Summary) -> None:
    told = flow_alt(series)
    assert "removed, not met: Age below 18 years at the index date: 1" in told
    assert "removed, not recorded: Diagnosis of juvenile dermatomyositis by the index date: 1" in told
    drawn = "".join(item.text for item in flow_scene(series).items if isinstance(item, Label))
    assert "Not met: Age below 18 years" in drawn


def test_the_headline_counts_warnings_by_rule_in_terminal_and_page(runs: ModuleType, series: Summary) -> None:
    again = [replace(finding, rule="unknown drug") for finding in runs.FINDINGS if finding.severity == "warning"]
    run = runs.series(findings=(*runs.FINDINGS, *again, *again))
    notes = sum(finding.severity == "note" for finding in runs.FINDINGS)
    told = f"The data have 3 warnings (two sources of one dose disagree: 1; unknown drug: 2) and {notes} note, see findings.csv"
    assert told in report.headline(run).splitlines()
    page = report.html(run)
    assert f"<li>{told}.</li>" in page[page.index('class="notices"') :].split("</section>")[0]
    assert "findings.csv" not in report.headline(replace(series, findings=()))


def test_other_readings_tell_who_is_not_evaluable(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    answers = [
        replace(found, no=Count(3, 3), not_evaluable=Count(2, 2))
        if found.reading.startswith("scores and dose")
        else found
        for found in outcome.answers
    ]
    found = words(replace(series, outcomes={NAME: replace(outcome, answers=tuple(answers))}))
    assert (
        "met in 3 of 8 (38 %) under “scores and dose both needed” (2 not evaluable), 7 of 8 (88 %) under “dose alone suffices” and "
        in found
    )
    assert (
        "scores and dose both needed 3 of 8, 2 not evaluable; dose alone suffices 7 of 8; judgement not asked 8 of 8\n"
        in found
    )


def test_why_the_study_drug_was_stopped_is_told(runs: ModuleType, series: Summary) -> None:
    stopped = StudyDrug("P7", 0, 186, "400 mg twice daily", "no clear benefit on 2008-09-01")
    courses = (StudyDrug("P6", 0, None, "500 mg"), stopped, StudyDrug("P8", 0, 20, "1 g"))
    table = drugs.study_drug_table(runs.with_cases(series, study_drug=courses))
    assert table is not None and "Why stopped" == table.columns[-1].title
    assert ["–", "no clear benefit on [date]", "not recorded"] == [row[-1] for row in texts(table)]


def test_days_of_an_undated_chart_are_called_planned(series: Summary) -> None:
    undated = replace(series, dated=False)
    assert "Cases were observed for a median of" in report.headline(undated)
    assert "months (range 6.0–26.0), in planned (nominal) days" in report.headline(undated)
    found = [
        table.key for table in tables_of(contents(undated)) if "planned (nominal) days" in " ".join(table.footnotes)
    ]
    assert ["patients-good-response", "study-drug", "drugs-cases", "follow-up", "follow-up-cases"] == found
    assert "all days are planned (nominal) days, not the days" in methods.methods(undated)[1].text
    page = report.html(undated)
    assert "planned (nominal) days are counted from the index date" in page
    captions = page.count("all days are planned (nominal) days") - len(found[:-1]) - 1  # one in Methods
    assert 2 + undated.included == captions, "taper, swimmer and every timeline"
    assert "planned" not in words(series) and "nominal" not in report.html(series)


def test_the_primary_cell_is_not_counted_among_the_others(series: Summary) -> None:
    table = robustness.flips_table(series, NAME)
    assert table is not None
    counted = [row.cells[1].value for row in table.rows if not row.heading]
    assert 191 == sum(counted), "192 cells less the primary one"
    same = sum(not cell.flips for cell in series.outcomes[NAME].grid)
    assert (
        f"In {same - 1} of the 191 ways other than the protocol as written every case has the same verdict."
        in words(series)
    )


def test_one_value_has_no_range(runs: ModuleType) -> None:
    one = runs.one_case()
    told = report.headline(one)
    assert "MMT: mean change +21.0 (n = 1)" in told and "+21.0 to +21.0" not in words(one)
    assert "The case was observed for 26.0 months and on the study drug for 26.0 months" in told.splitlines()
    table = change.change_table(one, NAME)
    assert table is not None and ["+21.0", "+21.0"] == [cell.text for cell in table.rows[3].cells[3:5]]


def test_courses_are_counted_beside_their_patients(series: Summary) -> None:
    case = series.protocol.case.model_copy(update={"per": "course"})
    run = replace(series, patients=Count.of(7), protocol=series.protocol.model_copy(update={"case": case}))
    assert "  8 courses in 7 patients: courses of one patient are not independent" in report.headline(run).splitlines()
    assert "Included: 8 courses in 7 patients" in flow_alt(run)
    drawn = [item.text for item in flow_scene(run).items if isinstance(item, Label)]
    assert "Included (n = 8 courses in 7 patients)" in drawn
    told = methods.methods(run)[-1].text
    assert "courses of one patient are not independent, and the exact intervals take them as if they were" in told
    assert "courses of one patient" not in words(series)


def test_events_are_counted_in_patients(series: Summary) -> None:
    assert "One adverse event on treatment was recorded, in 1 of 8 (13 %) of the patients: neutropenia" in words(series)


def test_changes_stand_under_every_single_other_choice(series: Summary) -> None:
    table = robustness.changes_table(series, NAME)
    assert table is not None
    assert ["MMT, mean change", "Prednisone, mean decrease, % of baseline"] == [c.title for c in table.columns[1:3]]
    assert [
        ["As written (primary)", "+10.6", "18.0", "6/8", "0"],
        ["Not recorded: not met", "+10.6", "18.0", "6/8", "0"],
        ["Doses in: prednisone mg/kg/day", "+10.6", "19.4", "6/8", "0"],
        ["Baseline takes: first", "+10.6", "18.0", "6/8", "0"],
        ["Month 3 takes: first", "+10.1", "16.4", "6/8", "0"],
        ["Month 3 takes: last", "+10.6", "18.0", "6/8", "0"],
        ["Month 3: days 61–121", "+10.6", "18.0", "6/8", "0"],
    ] == texts(table)
    assert [True] + 6 * [False] == [row.cells[0].strong for row in table.rows]


def test_table_one_shows_what_is_unknown(runs: ModuleType) -> None:
    rows = [(*row[:2], None, *row[3:]) if row[0] == "P1" else row for row in runs.ROWS]
    told = texts(table_one.table_one(runs.series(rows)))
    assert ["Unknown", "", "1/8 (13)", "", ""] in told
    assert "7" == next(row for row in told if row[0].startswith("Age"))[1]


def test_no_event_recorded_is_not_the_same_as_none(runs: ModuleType) -> None:
    quiet = runs.series(runs.ROWS[5:6])  # nothing happened to P6
    assert "None recorded" == texts(adverse_events.events_table(quiet))[0][0]
    assert "which is not the same as none" in words(quiet) and "which is not the same as none" in words(
        counts_of(quiet)
    )


def counts_of(summary: Summary) -> Summary:
    """The same run without its single cases."""
    return replace(summary, cases=None)


def test_undefined_numbers_are_words(any_run: Summary) -> None:
    assert [] == re.findall(r"\b(?:nan|inf|infinity|Fraction|Decimal)\b|[−-]0\.0\b", words(any_run))


def test_it_never_claims_to_have_been_prespecified(any_run: Summary) -> None:
    assert "prespecified" not in words(any_run).lower() and "pre-specified" not in words(any_run).lower()


@pytest.mark.parametrize(
    ("locked", "said"),
    [
        (
            "fixed on 2026-11-22, before this software showed outcomes",
            "The protocol was fixed on 2026-11-22, before this software showed outcomes.",
        ),
        ("", "The protocol was not locked: nothing shows whether it was fixed before or after outcomes were seen."),
    ],
)
def test_when_the_protocol_was_fixed(series: Summary, locked: str, said: str) -> None:
    assert said == choices.fixed(replace(series, locked=locked))


def test_dates_of_patients_do_not_reach_the_report(series: Summary) -> None:
    found = words(series)
    assert "2008-09-01" not in found and "2004-05" not in found and "refused injections, [date]" in found


@pytest.mark.parametrize("text", ["14.3.2009", "3/14/2009", "2009-03-14", "2009/3/14", "March 2009", "14 Mar 2009"])
def test_dates_in_free_text_are_recognised(text: str) -> None:
    assert "on [date]," == without_dates(f"on {text},")


@pytest.mark.parametrize("text", ["4+/5", "10-5 mg", "days 75-105", "1.5 mg", "P 12/3", "grade 2", "0.5-1.5"])
def test_doses_and_grades_are_not_taken_for_dates(text: str) -> None:
    assert text == without_dates(text)


def test_the_methods_tell_the_rule_and_the_windows(series: Summary) -> None:
    found = words(series)
    assert (
        "Good response was defined as physician global improvement, and either a gain of at least 4 points on both MMT and CMAS "
        "or a decrease of more than 15 % of baseline in the daily dose of systemic glucocorticoids."
    ) in found
    assert (
        "at baseline (days −20 to 0, the last visit) and at month 3 (days 75 to 105, the visit nearest day 91" in found
    )


def test_why_a_change_is_missing_is_told_in_words(runs: ModuleType) -> None:
    table = change.change_table(runs.not_evaluable(), NAME)
    assert table is not None
    assert "MMT: no change for 3 cases: no visit in the window month 3 (days 75 to 105) (3)." in table.footnotes


def test_tables_are_numbered_in_the_order_in_which_they_stand(any_run: Summary) -> None:
    sections = contents(any_run)
    for layer, before in (("article", ""), ("supplement", "S")):
        numbers = [table.number for table in tables_of(of_layer(sections, layer))]
        assert [f"{before}{place}" for place in range(1, len(numbers) + 1)] == numbers != []
    assert sorted(sections, key=lambda one: one.layer) == list(sections)


def test_a_number_of_a_file_is_the_one_that_is_printed(any_run: Summary) -> None:
    assert [] == not_the_number(any_run)


def test_cases_stand_as_a_person_counts_them(runs: ModuleType) -> None:
    cases = [case.case_id for case in in_order(runs.many(12)).shown.included]
    assert [f"P{place}" for place in range(1, 13)] == cases


def test_a_percentage_has_one_decimal_at_its_ends_too(series: Summary) -> None:
    table = change.change_table(series, NAME)
    assert (
        table is not None
        and "% of baseline" in table.rows[-1].cells[0].text
        and "0.0–50.0" == table.rows[-1].cells[4].text
    )


def test_file_names_of_tables_do_not_collide(any_run: Summary) -> None:
    keys = [table.key for table in tables_of(contents(any_run))]
    assert sorted(set(keys)) == sorted(keys)


def test_control_and_direction_characters_are_shown_as_such() -> None:
    assert "P�2�" == seen("P\u202e2\x07")


def test_a_count_that_was_never_taken_has_no_rate(series: Summary) -> None:
    assert series.safety is not None
    (found,) = series.safety.monitoring
    none = replace(found, values=NONE, patients=NONE, per_patient_year=Fraction(0), beyond=NONE)
    never = replace(series, safety=replace(series.safety, monitoring=(none,)))
    assert "No value of neutrophils was recorded on treatment, so it was not monitored." == safety.monitoring_words(
        never
    )
    (row,) = texts(event_rates.monitoring_table(never))
    assert ["0", "0/8 (0)", "not estimable", "below 1.5", "no value recorded"] == row[1:]


def test_values_beyond_the_bound_are_counted_and_named_where_cases_are_shown(series: Summary) -> None:
    (row,) = texts(event_rates.monitoring_table(series))
    assert ["below 1.5", "1 (P2 day 29: 1.1)"] == row[4:]
    (beyond,) = series.shown.beyond
    perhaps = replace(beyond, perhaps=(MonitoredValue("P3", 30, 31, Fraction(2), "<="),))
    assert series.safety is not None
    (found,) = series.safety.monitoring
    run = replace(
        series,
        cases=replace(series.shown, beyond=(perhaps,)),
        safety=replace(series.safety, monitoring=(replace(found, beyond=Count(1, 2)),)),
    )
    (row,) = texts(event_rates.monitoring_table(run))
    assert "1–2 (P2 day 29: 1.1; not known: P3 between day 30 and 31: ≤2)" == row[5]
    (row,) = texts(event_rates.monitoring_table(counts_of(run)))
    assert ["below 1.5", "1–2"] == row[4:]


def test_the_rates_are_of_all_events_and_of_each(series: Summary) -> None:
    table = event_rates.rate_table(series)
    assert table is not None and texts(table) == texts(event_rates.rate_table(counts_of(series)))
    assert [
        ["All", "1", "1/8 (13)", "0.3–52.7", "13.6", "0.3–75.7"],
        ["Neutropenia", "1", "1/8 (13)", "0.3–52.7", "13.6", "0.3–75.7"],
        ["Headache", "0", "0/8 (0)", "0.0–36.9", "0.0", "0.0–50.1"],
        ["Nausea", "0", "0/8 (0)", "0.0–36.9", "0.0", "0.0–50.1"],
        ["Any charted event, on treatment or not, dated or not", "3", "3/8 (38)", "8.5–75.5", "", ""],
    ] == texts(table)
    assert "7.4 patient-years at risk." in table.footnotes


def test_what_was_not_counted_stands_where_no_event_is_listed(series: Summary) -> None:
    assert event_rates.not_counted_table(series) is None and adverse_events.events_table(counts_of(series)) is None
    table = event_rates.not_counted_table(counts_of(series))
    assert [["Headache"], ["Before the index date", "1"], ["Nausea"], ["Before the index date", "1"]] == texts(table)


def test_the_headline_and_the_safety_of_counts_are_those_of_cases(any_run: Summary) -> None:
    counted = counts_of(any_run)
    assert report.headline(any_run) == report.headline(counted)
    assert headline.lines(any_run) == headline.lines(counted)
    assert safety.safety_words(any_run) == safety.safety_words(counted)


@pytest.mark.parametrize(
    ("days", "per", "told"),
    [
        ({}, "patient", "No death was recorded."),
        ({0: 40}, "patient", "1 of 8 included patients died, 40 days after the index date."),
        (
            {0: 40, 1: 11},
            "patient",
            "2 of 8 included patients died, a median of 25.5 days after the index date (range 11.0–40.0).",
        ),
        (
            {0: 9000},
            "patient",
            "1 of 8 included patients died, 9000 days after the index date; 0 of the deaths lie within follow-up.",
        ),
        ({0: 40}, "course", "1 of 8 included patients died, 40 days after the index date of their last case."),
    ],
)
def test_deaths_are_told_with_their_day(series: Summary, days: dict[int, int], per: str, told: str) -> None:
    declared = series.protocol.model_copy(update={"case": series.protocol.case.model_copy(update={"per": per})})
    assert told == deaths.deaths_words(replace(died(series, *days.values()), protocol=declared))


def died(summary: Summary, *days: int, between: int = 0) -> Summary:
    """The run with deaths so many days after the index date; one later than 1000 days lies behind the follow-up.

    Of `between` more the day is known to lie between two only.
    """
    counts = Tally({("no death",): summary.included - len(days) - between, ("deaths between two days",): between})
    for day in days:
        counts.add(("deaths", day))
        counts.add(("deaths within",), int(day < 1000))
    found = characteristics.deaths(TallyReader(counts), summary.patients, None, Fraction(95, 100))
    return replace(summary, deaths=found)


def test_of_a_death_whose_day_is_not_known_no_day_is_told(series: Summary) -> None:
    assert "1 of 8 included patients died." == deaths.deaths_words(died(series, between=1))
    assert deaths.deaths_table(died(series, 40, 41, 42, 43, between=1)) is None


def test_many_deaths_are_a_table(series: Summary) -> None:
    assert deaths.deaths_table(died(series, 1, 2, 3, 4)) is None
    table = deaths.deaths_table(died(series, 10, 20, 31, 40, 9000))
    assert [["5/8 (63)", "24.5–91.5", "4", "31 (20–40)", "10–9000"]] == texts(table)
    table = deaths.deaths_table(died(series, 10, 20, 31, 40, 50, 60))
    assert [["6/8 (75)", "34.9–96.8", "6", "35.5 (22.8–47.5)", "10–60"]] == texts(table)


def test_the_last_case_before_a_death_counts() -> None:
    study = protocol(
        "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: course}\noutcomes: {response: '~'}"
    )
    rows = "a | mycophenolate mofetil | 0..150 500 mg x2; 400..600 500 mg x2\na | death | 420\nb | mycophenolate mofetil | 0.. 500 mg x2"
    told = deaths.deaths_words(analyse(study, chart(rows, study)))
    assert told == "1 of 2 included patients died, 20 days after the index date of their last case."


def test_on_paper_the_reason_is_a_row_below_its_case(series: Summary) -> None:
    table = every_case.patients_table(series, NAME)
    printed = table.unfolded
    assert "Assessed on day" == table.columns[7].title  # which every sentence says
    assert printed.columns == (*table.columns[:7], *table.columns[8:-1]) and not printed.below
    below = [row.cells[0].text for row in printed.rows if row.aside]
    assert below == [row.cells[-1].text for row in table.rows if row.cells[-1].text] != []
    assert [row.cells for row in printed.rows if not row.aside] == [
        (*row.cells[:7], *row.cells[8:-1]) for row in table.rows
    ]
    assert printed.unfolded is printed


def test_on_paper_a_column_stays_unless_every_sentence_says_it() -> None:
    columns = (Column("Case"), Column("Day", "number", again="at day {}"), Column("Why", "sentences"))

    def printed(*rows: tuple[str, str, str]) -> list[str]:
        made = tuple(Row(tuple(Cell(text) for text in row)) for row in rows)
        return [column.title for column in Table("one", "One", columns, made, below=True).unfolded.columns]

    assert ["Case"] == printed(("a", "91", "Met at day 91: yes."), ("b", "–", "Not met."))
    assert ["Case", "Day"] == printed(("a", "91", "Met at day 91: yes."), ("b", "90", "Outside."))
    assert ["Case", "Day"] == printed(("a", "9", "Met at day 91: yes."))
    assert ["Case", "Day"] == printed(("a", "91", "Met at day 91–95."))
    assert ["Case", "Day"] == printed(("a", "–", "Not met."))
