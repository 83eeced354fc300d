"""Which items of the JBI case series checklist and of STROBE are answered, and where; honest where nothing is stated.

Items are paraphrased. JBI: Munn Z et al. JBI Evid Synth 2020;18:2127-33. STROBE: von Elm E et al. Lancet 2007;370:1453-7.
"""

from __future__ import annotations

from collections.abc import Callable

from caseseries.report.exhibits.model import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.run import Finished
from caseseries.report.exhibits.selection import not_taken, screening
from caseseries.report.exhibits.unreported import reported, unreported
from caseseries.report.exhibits.words import counted, listed
from caseseries.summary.model import Summary

_AUTHORS = "Not stated here: for the authors"
Answer = Callable[[Summary], str]


def _always(text: str) -> Answer:
    return lambda summary: text


def criteria_stated(run: Finished) -> str:
    """Whether criteria of eligibility are declared, which the Methods list."""
    declared = run.protocol.include or run.protocol.exclude
    return "Stated, in the order applied" if declared else "No criterion is declared beyond the index date"


def _demographics(summary: Summary) -> str:
    known = any(case.sex or case.age_years is not None for case in summary.shown.included)
    return "Reported" if known or not summary.included else "Neither sex nor age is recorded"


def _consecutive(summary: Summary) -> str:
    declared = summary.protocol.case_finding.consecutive
    return "Not stated" if declared is None else f"Declared: {'consecutive' if declared else 'not consecutive'}"


def _complete(summary: Summary) -> str:
    excluded = sum(case.status == "excluded" for case in summary.shown.rows)
    sources = summary.protocol.case_finding.sources
    found = f"Cases found in {listed(sources)}" if sources else "Where cases were looked for is not stated"
    step = screening(summary)
    if step is not None:
        found += f"; of {step.n} screened {not_taken(step)}"
    return f"{found}; {counted(excluded, 'exclusion')} by the criteria, listed with reason. Whether all were found cannot be seen from the data"


def _judgement(summary: Summary) -> str:
    judgements = summary.protocol.judgements
    shown = reported(summary)
    instruments = sum(facts.kind == "number" and name in shown for name, facts in summary.measures.items())
    told = f"{counted(instruments, 'reported measure')} with unit and range"
    left = len(unreported(summary))
    told += f"; {counted(left, 'declared measure')} without a change, named under Response" if left else ""
    judgements = {name: one for name, one in judgements.items() if name in shown}
    if judgements:
        first = next(iter(judgements.values()))
        told += f"; judgement: {first.recorded}, judged by {first.judged_by}, blinded {first.blinded}"
    return told


def _diagnosis(summary: Summary) -> str:
    criteria = [criterion for criterion in summary.protocol.include if hasattr(criterion, "diagnosis")]
    return "Diagnosis as recorded in the chart; the criteria behind it are not stated" if criteria else "Not stated"


def _period(summary: Summary) -> str:
    period = summary.protocol.period
    dates = "Study period stated" if period.from_ or period.to else "Study period not stated"
    return f"{dates}; site and setting not stated"


def _clinical(summary: Summary) -> str:
    lacking = [*summary.not_charted]
    return f"Reported as far as charted; not charted: {listed(lacking)}" if lacking else "Reported as far as charted"


def _follow_up(summary: Summary) -> str:
    if not summary.follow_up:
        return "Not estimable"
    on_drug = any(case.on_drug_days is not None for case in summary.shown.included)
    return (
        "Observed and on drug, per case" if on_drug else "Observed, per case; the time on the study drug is not charted"
    )


def _sensitivity(summary: Summary) -> str:
    cells = sum(len(outcome.grid) for outcome in summary.outcomes.values())
    return (
        f"{counted(cells, 'robustness cell')}; unknown is kept apart from no"
        if cells
        else "Unknown is kept apart from no; no robustness cells"
    )


def _tests(summary: Summary) -> str:
    return "Exact intervals; p values " + (
        "printed, unadjusted" if summary.protocol.reporting.p_values else "not printed"
    )


_JBI: tuple[tuple[str, Answer, str], ...] = (
    ("1 Clear criteria for inclusion", criteria_stated, "methods"),
    ("2 Condition measured in a standard, reliable way in all", _judgement, "methods"),
    ("3 Valid identification of the condition in all", _diagnosis, "methods"),
    ("4 Consecutive inclusion", _consecutive, "patients"),
    ("5 Complete inclusion", _complete, "patients"),
    ("6 Demographics clearly reported", _demographics, "patients"),
    ("7 Clinical information clearly reported", _clinical, "patients"),
    ("8 Outcomes or follow-up clearly reported", _always("Reported for every case, with the reason"), "response"),
    ("9 Site or clinic information reported", _always(_AUTHORS), ""),
    ("10 Appropriate statistical analysis", _tests, "methods"),
)

_STROBE: tuple[tuple[str, Answer, str], ...] = (
    ("4 Study design", _always("Retrospective case series, before and after, no control group"), "methods"),
    ("5 Setting, locations, dates", _period, "methods"),
    ("6 Participants: eligibility, selection, follow-up", criteria_stated, "methods"),
    ("7 Variables: outcomes, exposures, criteria", _always("Stated as a rule"), "methods"),
    ("8 Data sources and measurement", _judgement, "methods"),
    ("9 Bias", _always("Limits stated"), "cannot-show"),
    ("10 Study size", _always("All eligible cases; no size was calculated"), "patients"),
    ("11 Quantitative variables", _always("Windows, choice among values and thresholds stated"), "methods"),
    ("12 Statistical methods, missing data, sensitivity", _sensitivity, "robustness"),
    ("13 Participants at each stage, with reasons", _always("Flow diagram"), "patients"),
    ("14 Descriptive data, missing data, follow-up time", _follow_up, "follow-up"),
    ("15 Outcome data", _always("Reported for every case"), "response"),
    ("16 Main results with precision", _always("Exact intervals; unadjusted"), "response"),
    ("17 Other analyses", _sensitivity, "robustness"),
    ("19 Limitations", _always("Stated"), "cannot-show"),
    ("2, 3, 18, 20, 21 Rationale, objectives, interpretation, generalisability", _always(_AUTHORS), ""),
    ("22 Funding", _always(_AUTHORS), ""),
)


def checklist_table(summary: Summary, sections: dict[str, str]) -> Table:
    """Both checklists; `sections` gives the printed title of each section of this report."""
    rows: list[Row] = []
    for name, items in (
        ("JBI critical appraisal checklist for case series", _JBI),
        ("STROBE, items that apply to a case series", _STROBE),
    ):
        rows.append(heading(name))
        rows += [
            Row((Cell(item), Cell(told(summary)), Cell(sections.get(where, "–"))), 1) for item, told, where in items
        ]
    columns = (Column("Item"), Column("Answer", "sentences"), Column("Section"))
    notes = (
        "Items are paraphrased; an item marked as reported says where to look, not that a reader will be satisfied.",
        "Sources: Munn Z et al. JBI Evid Synth 2020;18:2127–33; von Elm E et al. Lancet 2007;370:1453–7.",
    )
    return Table("checklist", "Reporting checklists", columns, tuple(rows), notes)
