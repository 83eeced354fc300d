"""The finished run compared with the reference, which computes the same with other means."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.chart.tables import Chart
from caseseries.errors import Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, plan
from caseseries.reference import oracle
from caseseries.reference.case import CaseAnswer
from caseseries.summary.cases import CaseRow, Cases
from caseseries.verdict.trace import Verdict


def compare(protocol: Protocol, chart: Chart, cases: Cases) -> None:
    """Compare who is a case, and every verdict under the rule as written and its readings.

    Raises:
        Disagreement: with what differs and in how many cases; it names no patient.
    """
    answers = {answer.case_id: answer for answer in oracle.cases(protocol, chart)}
    told = {case.case_id: case for case in cases.rows}
    different = []
    wrong = sum(_told(told.get(name)) != _answered(answers.get(name)) for name in told | answers)
    if wrong:
        different.append(f"who is a case: {wrong} of {len(told | answers)}")
    for name in protocol.verdicts:
        outcome = plan(protocol, name)
        for spec in outcome.specs:
            if spec.role != "grid":
                verdicts = cases.outcomes[name].verdicts[spec.number]
                wrong = _wrong_verdicts(protocol, chart, outcome, spec, verdicts, answers)
                if wrong:
                    different.append(f"verdicts on {name!r}, {spec.reading}: {wrong} of {len(answers)}")
    if different:
        raise disagreement("; ".join(different))


def same_verdict(protocol: Protocol, chart: Chart, outcome: OutcomePlan, spec: Spec, verdict: Verdict) -> bool:
    """Whether the reference gives this verdict, value for value and node for node."""
    answers = [answer for answer in oracle.cases(protocol, chart) if answer.case_id == verdict.case_id]
    return [verdict] == [oracle.verdict(protocol, chart, answer, outcome, spec) for answer in answers]


def disagreement(where: str) -> Disagreement:
    """The error that says so; `where` names no patient."""
    return Disagreement(
        "The stages and the reference gave different answers. This is a defect of caseseries, not of the data.",
        where=where,
        do="Nothing was written. Please report it with the protocol; do not trust a result of this version for it.",
    )


def _wrong_verdicts(
    protocol: Protocol,
    chart: Chart,
    outcome: OutcomePlan,
    spec: Spec,
    verdicts: Sequence[Verdict],
    answers: dict[str, CaseAnswer],
) -> int:
    wrong = 0
    told = {verdict.case_id: verdict for verdict in verdicts}
    for name, answer in answers.items():
        expected = oracle.verdict(protocol, chart, answer, outcome, spec) if answer.included else None
        wrong += expected != told.get(name)
    return wrong


def _told(case: CaseRow | None) -> tuple[object, ...]:
    if case is None:
        return ()
    return (case.status, case.failed_criterion, case.undetermined, case.observed_days, case.on_drug_days)


def _answered(answer: CaseAnswer | None) -> tuple[object, ...]:
    if answer is None:
        return ()
    index = answer.index
    days = [None if end is None or index is None else end - index for end in (answer.follow_end, answer.on_drug_end)]
    return (answer.status, answer.failed, answer.undetermined, *days)
