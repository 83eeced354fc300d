"""What was not looked for is not "none", and what is not declared is not "stated"."""

from __future__ import annotations

from tests.spec.small import analyse, chart, protocol

from caseseries.report.exhibits.checklist import checklist_table
from caseseries.report.exhibits.event_rates import DAY_0, monitoring_table
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.pivotal import pivotal_table
from caseseries.report.exhibits.printed_blocks import Table
from caseseries.report.exhibits.safety import NO_STUDY_DRUG, safety_words
from caseseries.summary.model import Summary

SODIUM = """
measures:
  sodium: {quantity: sodium, unit: mmol/L, better: low}
%s
case: {index_date: {nominal_day: 0 days}, per: patient}
outcomes:
  response: {at: after, rule: {decrease: sodium, at_least: 1 mmol/L}}
"""
DOSE = "  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, source: %s%s}"


def run(measure: str = "", more: str = "") -> Summary:
    study = protocol(SODIUM % measure + more)
    return analyse(study, chart("a | sodium | 0:250, 90:240\na | prednisone | -100..200 10 mg x1", study))


def rise(found: Summary) -> tuple[str, str]:
    rows = pivotal_table(found, "response").rows
    (place,) = (n for n, row in enumerate(rows) if row.cells[0].text.startswith("Glucocorticoid raised"))
    told, why = rows[place + 1].cells
    return told.text, why.text


def test_a_rise_of_the_dose_that_nobody_looked_for_is_not_none() -> None:
    assert ("Not looked for", "No daily dose is declared.") == rise(run())
    why = "No case has two doses written at visits up to the index date."
    assert ("not charted", why) == rise(run(DOSE % ("visits", "")))
    assert ("None", "") == rise(run(DOSE % ("courses", ", outside_courses: zero")))


def answers(table: Table) -> dict[str, str]:
    return {row.cells[0].text: row.cells[1].text for row in table.rows if not row.heading}


def test_criteria_that_are_not_declared_are_not_stated() -> None:
    none, one = run(more="include: []\nexclude: []\n"), run(more="include: [{recorded: sodium, in: baseline}]\n")
    for item in ("1 Clear criteria for inclusion", "6 Participants: eligibility, selection, follow-up"):
        assert "No criterion is declared beyond the index date" == answers(checklist_table(none, {}))[item]
        assert "Stated, in the order applied" == answers(checklist_table(one, {}))[item]
    assert "No criteria of eligibility were set beyond the index date." in methods(none)[1].text
    told = answers(checklist_table(none, {}))
    assert (
        "Observed, per case; the time on the study drug is not charted"
        == told["14 Descriptive data, missing data, follow-up time"]
    )
    assert "Neither sex nor age is recorded" == told["6 Demographics clearly reported"]


NOMINAL = "case: {index_date: {nominal_day: 0 days}, per: patient}\n"


def test_without_a_study_drug_nothing_is_said_to_lie_on_treatment() -> None:
    """Every day from the index date on counts, and the Methods say so."""
    more = (
        "safety: {until_after_last_dose: 30 days, ascertainment: notes, monitored: [{measure: sodium, above: 245}]}\n"
    )
    drug = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 0 days}, per: patient}\n"
    rows = "a | sodium | 0:250, 90:240\na | event: rash | 60\na | mycophenolate mofetil | 0..10"
    for case, first, definition, notes in (
        ("", "One adverse event from the index date on was recorded", NO_STUDY_DRUG, ()),
        (drug, "No adverse event on treatment was recorded", "or at most 30 days after the last dose", (DAY_0,)),
    ):
        study = protocol((SODIUM % "").replace(NOMINAL, case or NOMINAL) + more)
        found = analyse(study, chart(rows, study))
        told = safety_words(found)
        assert told is not None and told.text.startswith(first)
        assert any(definition in one.text for one in methods(found))
        table = monitoring_table(found)
        assert table is not None and notes == table.footnotes
