"""The finished run compared with the reference, which computes the same with other means."""

from __future__ import annotations

from collections import Counter

from caseseries.chart.tables import Chart
from caseseries.errors import Disagreement
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.specs import OutcomePlan, Spec, plan, time_plan
from caseseries.protocol.spell_plan import spell_plan
from caseseries.reference import oracle
from caseseries.reference.case import CaseAnswer
from caseseries.reference.expected_counts import compared
from caseseries.reference.expected_counts import tally as oracle_tally
from caseseries.stats.tally import Tally
from caseseries.summary.cases import CaseRow, Cases
from caseseries.verdict.lab_grades import CaseGrade
from caseseries.verdict.spells import CaseSpells
from caseseries.verdict.time_to import CaseTime
from caseseries.verdict.trace import Verdict


def compare(protocol: Protocol, chart: Chart, cases: Cases, counts: Tally, *, of_rows: bool = True) -> None:
    """Compare who is a case, every verdict under the rule as written and its readings, and the counts that every number comes from.

    Without `of_rows` what became of rows and was found in them was counted in a database, and is not compared: the chart has all rows of its persons.

    Raises:
        Disagreement: with what differs and in how many cases or counts; it names no patient.
    """
    answers = oracle.cases(protocol, chart)
    answered = {answer.case_id: answer for answer in answers}
    told = {case.case_id: case for case in cases.rows}
    different = []
    wrong = sum(_told(told.get(name)) != _answered(answered.get(name)) for name in told | answered)
    if wrong:
        different.append(f"who is a case: {wrong} of {len(told | answered)}")
    verdicts: dict[str, dict[int, dict[str, Verdict]]] = {}
    for name in protocol.verdicts:
        outcome = plan(protocol, name)
        for spec in outcome.specs:
            if spec.role != "grid":
                expected = {
                    answer.case_id: oracle.verdict(protocol, chart, answer, outcome, spec)
                    for answer in answers
                    if answer.included
                }
                verdicts.setdefault(name, {})[spec.number] = expected
                found = {one.case_id: one for one in cases.outcomes[name].verdicts[spec.number]}
                wrong = sum(expected.get(one) != found.get(one) for one in answered.keys() | found.keys())
                if wrong:
                    different.append(f"verdicts on {name!r}, {spec.reading}: {wrong} of {len(answers)}")
    for name in protocol.times:
        found_times = {one.case_id: one for one in cases.times[name]}
        of_name = time_plan(protocol, name)
        right = {one.case_id: oracle.case_time(protocol, chart, one, of_name) for one in answers if one.included}
        wrong = sum(right.get(one) != found_times.get(one) for one in right.keys() | found_times.keys())
        if wrong:
            different.append(f"times to {name!r}: {wrong} of {len(answers)}")
    for name in protocol.spells:
        of_states, spelled = {one.case_id: one for one in cases.spells[name]}, spell_plan(protocol, name)
        told_by = {one.case_id: oracle.case_spells(protocol, chart, one, spelled) for one in answers if one.included}
        wrong = sum(told_by.get(one) != of_states.get(one) for one in told_by.keys() | of_states.keys())
        if wrong:
            different.append(f"spells of {name!r}: {wrong} of {len(answers)}")
    if protocol.safety is not None and protocol.safety.graded:
        expected_grades = [grade for one in answers if one.included for grade in oracle.grades(protocol, chart, one)]
        if wrong := len(set(expected_grades) ^ set(cases.graded)):
            different.append(f"laboratory grades: {wrong}")
    taken = {one for answer in answers if answer.included for one in oracle.exposure(protocol, chart, answer)}
    if wrong := len(taken ^ set(cases.exposure)):
        different.append(f"cumulative doses: {wrong}")
    if not different:
        different = _counted(protocol, counts, oracle_tally(protocol, chart, answers, verdicts), of_rows=of_rows)
    if different:
        raise disagreement("; ".join(different))


def _counted(protocol: Protocol, counts: Tally, expected: Tally, *, of_rows: bool) -> list[str]:
    """The sections of which the counts are not those of the oracle."""
    found, expected = (compared(one, protocol, of_rows=of_rows) for one in (counts, expected))
    if found == expected:
        return []
    keys = found.counts.keys() | expected.counts.keys()
    wrong = Counter(str(key[0]) for key in keys if found.counts.get(key, 0) != expected.counts.get(key, 0))
    return [f"counts of {section!r}: {n}" for section, n in sorted(wrong.items())]


def same_verdict(protocol: Protocol, chart: Chart, outcome: OutcomePlan, spec: Spec, verdict: Verdict) -> bool:
    """Whether the reference gives this verdict, value for value and node for node."""
    answers = [answer for answer in oracle.cases(protocol, chart) if answer.case_id == verdict.case_id]
    return [verdict] == [oracle.verdict(protocol, chart, answer, outcome, spec) for answer in answers]


def same_time(protocol: Protocol, chart: Chart, name: str, found: CaseTime) -> bool:
    """Whether the reference finds this time."""
    answers = [answer for answer in oracle.cases(protocol, chart) if answer.case_id == found.case_id]
    return [found] == [oracle.case_time(protocol, chart, answer, time_plan(protocol, name)) for answer in answers]


def same_spells(protocol: Protocol, chart: Chart, name: str, found: CaseSpells) -> bool:
    """Whether the reference finds these spells."""
    answers = [answer for answer in oracle.cases(protocol, chart) if answer.case_id == found.case_id]
    return [found] == [oracle.case_spells(protocol, chart, answer, spell_plan(protocol, name)) for answer in answers]


def same_grades(protocol: Protocol, chart: Chart, case_id: str, found: tuple[CaseGrade, ...]) -> bool:
    """Whether the reference finds these laboratory grades of a case; none of an excluded one."""
    answers = [answer for answer in oracle.cases(protocol, chart) if answer.case_id == case_id and answer.included]
    return found == tuple(grade for answer in answers for grade in oracle.grades(protocol, chart, answer))


def disagreement(where: str) -> Disagreement:
    """The error that says so; `where` names no patient."""
    return Disagreement(
        "The stages and the reference gave different answers. This is a defect of caseseries, not of the data.",
        where=where,
        do="Nothing was written. Please report it with the protocol; do not trust a result of this version for it.",
    )


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
