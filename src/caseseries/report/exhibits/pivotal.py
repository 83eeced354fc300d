"""What the verdicts hang on: the judgement, a worsened component, ceilings, a dose raised just before."""

from __future__ import annotations

from caseseries.cohort.unseen import untold_drugs
from caseseries.report.exhibits.charted import NOT_CHARTED
from caseseries.report.exhibits.model import Cell, Column, Row, Table, heading
from caseseries.report.exhibits.responders import slug
from caseseries.report.exhibits.words import capital, typeset, without_dates
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
    found = summary.outcomes[name].pivotal
    order = {case.case_id: place for place, case in enumerate(summary.included)}
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
    dose = next((dose for dose in summary.protocol.doses.values() if dose.source == "courses"), None)
    if dose is None:
        written = (
            "the daily dose is the one written at visits" if summary.protocol.doses else "no daily dose is declared"
        )
        return "Not looked for", f"{capital(written)}, and a rise is looked for among the recorded courses."
    why = untold_drugs(summary.protocol, summary.not_charted, summary.only, dose.daily_dose)
    return (NOT_CHARTED, f"{capital(why)}.") if why else ("None", "")


def _shelf(kind: str) -> str:
    """The heading under which a kind stands: the judgement alone is the judgement, and its detail says so."""
    return "judgement" if kind == "judgement alone" else kind
