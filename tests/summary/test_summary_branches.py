"""Rare charts in the summary: nobody exposed, own drugs, doses that go on, components that cannot worsen."""

from __future__ import annotations

from tests.spec.small import chart, protocol

from caseseries.protocol.protocol import Protocol
from caseseries.study import analyse
from caseseries.summary.model import Summary
from caseseries.summary.patients import drug_name

EXPOSED = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: %s}"


def summary(study: Protocol, rows: str) -> Summary:
    return analyse(study, chart(rows, study))


def steps(per: str, rows: str) -> list[tuple[str, int]]:
    return [(step.label, step.n) for step in summary(protocol(EXPOSED % per), rows).flow][:3]


TAKEN = "a | mycophenolate mofetil | 0.. 500 mg x2\na | mmt | 0:50, 90:60\n"


def test_those_never_exposed_leave_the_flow_before_the_criteria() -> None:
    assert [("Charts found", 2), ("With an index date", 1), ("Included", 1)] == steps(
        "patient", TAKEN + "b | mmt | 0:50"
    )
    assert [("Charts found", 1), ("Included", 1)] == steps("patient", TAKEN)[:2]
    found = summary(protocol(EXPOSED % "patient"), TAKEN + "b | mmt | 0:50")
    ((_, without),) = found.flow[0].removed
    assert 1 == without


def test_a_series_of_courses_counts_them() -> None:
    again = TAKEN.replace("0.. 500 mg x2", "0..10 500 mg x2; 200.. 500 mg x2")
    assert [("Charts found", 1), ("Courses", 2), ("Included", 2)] == steps("course", again)


def test_a_drug_of_the_protocol_alone_keeps_its_name() -> None:
    assert ("newdrug", "methotrexate") == (drug_name("newdrug"), drug_name("methotrexate"))


def test_a_dose_that_goes_on_in_the_next_course_is_one_step() -> None:
    study = protocol(
        (EXPOSED % "patient")
        + "\nmeasures: {steroid: {daily_dose: prednisone, as: prednisone mg/day, if_zero_baseline: not evaluable}}"
    )
    taken = TAKEN + "a | prednisone | -100..-70 10 mg; -69..-40 10 mg; -39.. %s mg"
    assert [("raised before index", "a", "daily dose raised from 10 to 20 mg/day from day -39")] == [
        (one.kind, one.case_id, one.detail) for one in summary(study, taken % "20").outcomes["response"].pivotal
    ]
    found = summary(study, taken % "10")
    assert () == found.outcomes["response"].pivotal
    assert (("a", ((-100, 10),)),) == found.doses
