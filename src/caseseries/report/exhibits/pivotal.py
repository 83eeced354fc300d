"""What the verdicts hang on: the judgement, a worsened component, ceilings, a dose raised just before."""

from __future__ import annotations

from caseseries.chart.personal_words import without_dates
from caseseries.chart.tables import Kind
from caseseries.cohort.unseen import untold_drugs
from caseseries.report.exhibits.charted import NOT_CHARTED
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, counted, typeset
from caseseries.summary.model import Summary

_KINDS = {
    "judgement": "The verdict rests on the judgement: without it the rule would answer otherwise",
    "worsened component": "Responder with a component that moved the wrong way",
    "threshold out of reach": "A threshold could not be reached from this baseline (ceiling)",
    "raised before index": "Glucocorticoid raised within 60 days before the index date: a taper may only return to the old dose",
    "decided by event": "Decided by an intercurrent event, not by the rule",
}


def pivotal_table(summary: Summary, name: str) -> Table:
    """The cases whose verdict deserves a second look, by kind; kinds without a case say so, and of what was not charted that."""
    found = summary.shown.outcomes[name].pivotal
    order = {case.case_id: place for place, case in enumerate(summary.shown.included)}
    rows: list[Row] = []
    for kind in dict.fromkeys([*_KINDS, *(_shelf(item.kind) for item in found)]):
        rows.append(heading(_KINDS.get(kind, capital(kind))))
        items = sorted(
            (item for item in found if _shelf(item.kind) == kind),
            key=lambda item: (order.get(item.case_id, -1), item.detail),
        )
        rows += [Row((Cell(item.case_id), Cell(typeset(without_dates(item.detail)))), 1) for item in items]
        if not items:
            told, why = _no_rise(summary) if kind == "raised before index" else ("None", "")
            rows.append(Row((Cell(told), Cell(why)), 1))
    columns = (Column("Case"), Column("Detail", "sentences"))
    return Table(f"pivotal-{slug(name)}", f"What the verdicts on {name} hang on", columns, tuple(rows))


def _no_rise(summary: Summary) -> tuple[str, str]:
    """That no dose was raised before the index date, or that none could be seen or was looked for, with why."""
    doses = summary.protocol.doses
    if not doses:
        return "Not looked for", "No daily dose is declared."
    dose = next((dose for dose in doses.values() if dose.source == "courses"), None)
    if dose is None:
        return _none_at_visits(summary, next(iter(doses)))
    others = summary.not_charted.get("other drugs")
    lacking: dict[Kind, str] = {} if others is None else {"other drugs": "; ".join(others.because)}
    why = untold_drugs(summary.protocol, lacking, summary.only, dose.daily_dose)
    return (NOT_CHARTED, f"{capital(why)}.") if why else ("None", "")


def _none_at_visits(summary: Summary, dose: str) -> tuple[str, str]:
    """Of a dose that is written at visits a rise is seen only where two are written up to the index date."""
    points = {(one.case_id, one.day) for one in summary.shown.points if one.measure == dose and one.day <= 0}
    cases = sum(sum(case_id == case.case_id for case_id, _ in points) > 1 for case in summary.shown.included)
    if not cases:
        return NOT_CHARTED, "No case has two doses written at visits up to the index date."
    return (
        "None",
        f"Of {cases} of {counted(summary.included, 'case')} with two doses written at visits up to the index date.",
    )


def _shelf(kind: str) -> str:
    """The heading under which a kind stands: the judgement alone is the judgement, and its detail says so."""
    return "judgement" if kind == "judgement alone" else kind
