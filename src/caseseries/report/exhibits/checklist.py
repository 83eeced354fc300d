"""Which items of reporting checklists are answered, and where; honest where nothing is stated.

Which checklists depends on the kind of source: of charts the JBI checklist for case series with STROBE, of routine data STROBE with RECORD, and
all three where some sites read charts and others databases.
Items are paraphrased. JBI: Munn Z et al. JBI Evid Synth 2020;18:2127-33. STROBE: von Elm E et al. Lancet 2007;370:1453-7.
RECORD: Benchimol EI et al. PLoS Med 2015;12:e1001885.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from caseseries.chart.tables import KINDS
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.printed_numbers import whole
from caseseries.report.exhibits.selection import not_taken, screening
from caseseries.report.exhibits.statistics import approximate
from caseseries.report.exhibits.unreported import reported, unreported
from caseseries.report.exhibits.words import counted, listed
from caseseries.summary.model import Summary

_AUTHORS = "Not stated here: for the authors"
Answer = Callable[[Summary], str]


def _always(text: str) -> Answer:
    return lambda summary: text


def _criteria_stated(summary: Summary) -> str:
    """Whether criteria of eligibility are declared, which the Methods list."""
    declared = summary.protocol.include or summary.protocol.exclude
    return "Stated, in the order applied" if declared else "No criterion is declared beyond the index date"


def _demographics(summary: Summary) -> str:
    sexes = any(row.id.startswith("table1/sex/") and row.id != "table1/sex/unknown" for row in summary.table_one)
    known = sexes or bool(summary.spreads["age"].n)
    return "Reported" if known or not summary.included else "Neither sex nor age is recorded"


def _consecutive(summary: Summary) -> str:
    declared = summary.protocol.case_finding.consecutive
    return "Not stated" if declared is None else f"Declared: {'consecutive' if declared else 'not consecutive'}"


def _complete(summary: Summary) -> str:
    before = [step.n for step in summary.flow if not step.outcome and step.label != "Included"]
    step = screening(summary)
    sources = summary.protocol.case_finding.sources
    found = f"Cases found in {listed(sources)}" if sources else "Where cases were looked for is not stated"
    if step is not None:
        found += f"; of {step.n} screened {not_taken(step)}"
    gone = (
        f"{counted(before[-1] - summary.included, 'exclusion')} by the criteria, listed with reason"
        if before
        else "exclusions were not told"
    )
    return f"{found}; {gone}. Whether all were found cannot be seen from the data"


def _judgement(summary: Summary) -> str:
    shown = reported(summary)
    instruments = sum(facts.kind in {"number", "grade"} and name in shown for name, facts in summary.measures.items())
    told = f"{counted(instruments, 'reported measure')} with unit and range"
    left = len(unreported(summary))
    told += f"; {counted(left, 'declared measure')} without a change, named under Response" if left else ""
    judgements = {name: one for name, one in summary.protocol.judgements.items() if name in shown}
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
    return f"Reported as far as charted{_lacking(summary)}"


def _lacking(summary: Summary) -> str:
    """The kinds of fact that no source could tell, at the end of an answer."""
    lacking = [kind for kind in KINDS if summary.nowhere(kind)]
    return f"; not charted: {listed(lacking)}" if lacking else ""


def _follow_up(summary: Summary) -> str:
    if not summary.spreads["observed"].n:
        return "Not estimable"
    per_case = ", per case" if summary.cases is not None else ""
    if summary.spreads["on drug"].n:
        return f"Observed and on drug{per_case}"
    return f"Observed{per_case}; the time on the study drug is not charted"


def _sensitivity(summary: Summary) -> str:
    cells = sum(len(outcome.grid) for outcome in summary.outcomes.values())
    return (
        f"{counted(cells, 'robustness cell')}; unknown is kept apart from no"
        if cells
        else "Unknown is kept apart from no; no robustness cells"
    )


def _outcomes(summary: Summary) -> str:
    if summary.cases is not None:
        return "Reported for every case"
    return "Counted under every reading, with the reasons of those who are not evaluable"


def _outcomes_with_reasons(summary: Summary) -> str:
    return f"{_outcomes(summary)}, with the reason" if summary.cases is not None else _outcomes(summary)


def _intervals(summary: Summary) -> str:
    return "Intervals with their methods" if approximate(summary) else "Exact intervals"


def _tests(summary: Summary) -> str:
    told = "printed, unadjusted" if summary.protocol.reporting.p_values else "not printed"
    return f"{_intervals(summary)}; p values {told}"


def _precision(summary: Summary) -> str:
    return f"{_intervals(summary)}; unadjusted"


def _selection(summary: Summary) -> str:
    return f"{_criteria_stated(summary)}; codes are in the protocol"


def _codes(summary: Summary) -> str:
    return f"In the protocol; no adjustment for confounders{_lacking(summary)}"


def _region(summary: Summary) -> str:
    period = summary.protocol.period
    return f"Study period {'' if period.from_ or period.to else 'not '}stated; region not stated"


def _cleaning(summary: Summary) -> str:
    kinds = len({(finding.rule, finding.message) for finding in summary.findings})
    return f"Rows not used are counted with reason; {counted(kinds, 'kind of finding', 'kinds of finding')}"


def _access(summary: Summary) -> str:
    first = summary.flow[0]
    return f"{first.label}: {whole(first.n)}"


_JBI: tuple[tuple[str, Answer, str], ...] = (
    ("1 Clear criteria for inclusion", _criteria_stated, "methods"),
    ("2 Condition measured in a standard, reliable way in all", _judgement, "methods"),
    ("3 Valid identification of the condition in all", _diagnosis, "methods"),
    ("4 Consecutive inclusion", _consecutive, "patients"),
    ("5 Complete inclusion", _complete, "patients"),
    ("6 Demographics clearly reported", _demographics, "patients"),
    ("7 Clinical information clearly reported", _clinical, "patients"),
    ("8 Outcomes or follow-up clearly reported", _outcomes_with_reasons, "response"),
    ("9 Site or clinic information reported", _always(_AUTHORS), ""),
    ("10 Appropriate statistical analysis", _tests, "methods"),
)

_STROBE: tuple[tuple[str, Answer, str], ...] = (
    ("4 Study design", _always("Retrospective case series, before and after, no control group"), "methods"),
    ("5 Setting, locations, dates", _period, "methods"),
    ("6 Participants: eligibility, selection, follow-up", _criteria_stated, "methods"),
    ("7 Variables: outcomes, exposures, criteria", _always("Stated as a rule"), "methods"),
    ("8 Data sources and measurement", _judgement, "methods"),
    ("9 Bias", _always("Limits stated"), "cannot-show"),
    ("10 Study size", _always("All eligible cases; no size was calculated"), "patients"),
    ("11 Quantitative variables", _always("Windows, choice among values and thresholds stated"), "methods"),
    ("12 Statistical methods, missing data, sensitivity", _sensitivity, "robustness"),
    ("13 Participants at each stage, with reasons", _always("Flow diagram"), "patients"),
    ("14 Descriptive data, missing data, follow-up time", _follow_up, "follow-up"),
    ("15 Outcome data", _outcomes, "response"),
    ("16 Main results with precision", _precision, "response"),
    ("17 Other analyses", _sensitivity, "robustness"),
    ("19 Limitations", _always("Stated"), "cannot-show"),
    ("2, 3, 18, 20, 21 Rationale, objectives, interpretation, generalisability", _always(_AUTHORS), ""),
    ("22 Funding", _always(_AUTHORS), ""),
)


_RECORD: tuple[tuple[str, Answer, str], ...] = (
    ("1.1 Type of data and name of the databases", _always("Routine data; the name of the database is for the authors"), "methods"),
    ("1.2 Region and time frame", _region, "methods"),
    ("1.3 Linkage between databases", _always("None was done here; linkage within the source is for the authors"), ""),
    ("6.1 How the population was selected: codes and algorithms", _selection, "methods"),
    ("6.2 Validation of the codes", _always(_AUTHORS), ""),
    ("6.3 Flow of linked data", _always("Flow from the persons of the source"), "patients"),
    ("7.1 Complete list of codes for exposures, outcomes, confounders", _codes, "protocol"),
    ("12.1 Access to the population behind the database", _access, "patients"),
    ("12.2 Data cleaning", _cleaning, "data"),
    ("12.3 Level and quality of linkage", _always(_AUTHORS), ""),
    ("13.1 Selection of persons, by data quality, availability, linkage", _always("Flow with reasons"), "patients"),
    ("19.1 Data not made for this question", _always("Limits stated; responders by year"), "cannot-show"),
    ("22.1 Access to protocol, raw data, program", _always("Protocol by fingerprint, software by version; raw data are for the authors"), "protocol"),
)  # fmt: skip

_JBI_LIST = ("JBI critical appraisal checklist for case series", _JBI, "Munn Z et al. JBI Evid Synth 2020;18:2127–33")
_STROBE_LIST = ("STROBE, items that apply to a case series", _STROBE, "von Elm E et al. Lancet 2007;370:1453–7")
_RECORD_LIST = (
    "RECORD, what it adds to STROBE for routinely collected data", _RECORD, "Benchimol EI et al. PLoS Med 2015;12:e1001885",
)  # fmt: skip


def checklists(summary: Summary) -> tuple[str, ...]:
    """The names of the checklists of this kind of source: JBI, STROBE, RECORD."""
    return tuple(name.split()[0].rstrip(",") for name, _, _ in _lists(summary))


def _lists(summary: Summary) -> Sequence[tuple[str, tuple[tuple[str, Answer, str], ...], str]]:
    of_kind = {"chart": (_JBI_LIST, _STROBE_LIST), "database": (_STROBE_LIST, _RECORD_LIST)}
    return of_kind.get(summary.kept, (_JBI_LIST, _STROBE_LIST, _RECORD_LIST))


def checklist_table(summary: Summary, sections: Mapping[str, str]) -> Table:
    """The checklists of this kind of source; `sections` gives the printed title of each section of this report."""
    lists = _lists(summary)
    rows: list[Row] = []
    for name, items, _ in lists:
        rows.append(heading(name))
        rows += [
            Row((Cell(item), Cell(answer(summary)), Cell(sections.get(where, "–"))), 1) for item, answer, where in items
        ]
    columns = (Column("Item"), Column("Answer", "sentences"), Column("Section"))
    notes = (
        "Items are paraphrased; an item marked as reported says where to look, not that a reader will be satisfied.",
        f"Sources: {'; '.join(source for _, _, source in lists)}.",
    )
    return Table("checklist", "Reporting checklists", columns, tuple(rows), notes)
