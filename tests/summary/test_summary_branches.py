"""Rare charts in the summary: nobody exposed, own drugs, doses that go on, components that cannot worsen."""

from __future__ import annotations

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.protocol.protocol import Protocol
from caseseries.summary.co_medication import drug_name
from caseseries.summary.model import Summary

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
        (one.kind, one.case_id, one.detail) for one in summary(study, taken % "20").shown.outcomes["response"].pivotal
    ]
    found = summary(study, taken % "10")
    assert () == found.shown.outcomes["response"].pivotal
    assert (("a", ((-100, 10),)),) == found.shown.doses


STEROID = "\nmeasures: {steroid: {daily_dose: prednisone, as: prednisone mg/day, if_zero_baseline: not evaluable, outside_courses: %s}}"


@pytest.mark.long(but_every=3)
@pytest.mark.parametrize("outside", ["zero", "not evaluable"])
@pytest.mark.parametrize(
    ("courses", "detail"),
    [
        ("-10.. 60 mg", "daily dose begun at 60 mg/day from day -10, after none"),  # nothing recorded before
        ("-300..-200 5 mg; -10.. 60 mg", "daily dose begun at 60 mg/day from day -10, after none"),
        ("-60.. 60 mg", "daily dose begun at 60 mg/day from day -60, after none"),
        ("-61.. 60 mg", ""),
        ("-300..-11 0 mg; -10.. 60 mg", "daily dose begun at 60 mg/day from day -10, after none"),
        ("-300..-11 mg; -10.. 60 mg", ""),  # from an unknown dose nobody knows whether it rose
        ("-300.. 60 mg", ""),
        ("0.. 60 mg", "daily dose begun at 60 mg/day from day 0, after none"),
        ("1.. 60 mg", ""),
    ],
)
def test_a_first_start_before_the_index_date_is_a_rise(courses: str, detail: str, outside: str) -> None:
    study = protocol((EXPOSED % "patient") + STEROID % outside)
    found = summary(study, f"{TAKEN}a | prednisone | {courses}").shown.outcomes["response"].pivotal
    assert ([detail] if detail else []) == [one.detail for one in found if one.kind == "raised before index"]


@pytest.mark.parametrize("per", ["patient", "course"])
def test_where_the_dose_is_not_known_the_series_says_so(per: str) -> None:
    study = protocol((EXPOSED % per) + STEROID % "zero")
    again = TAKEN.replace("0.. 500 mg x2", "0..10 500 mg x2; 200.. 500 mg x2") if per == "course" else TAKEN
    rows = again + "a | visit | 300\na | prednisone | -100..-50 20 mg; 50..149 mg; 150..219~240 10 mg"
    doses = dict(summary(study, rows).shown.doses)
    steps = ((-100, 20), (-49, 0), (50, None), (150, 10), (220, None), (241, 0))
    assert steps == next(iter(doses.values()))
    if per == "course":  # the second course has the same history, from its own day 0
        assert tuple((day - 200, dose) for day, dose in steps) == doses["a/2"]


@pytest.mark.parametrize(
    ("courses", "roles"),
    [
        ("-50..-10 10 mg", [("earlier", -50, -10)]),
        ("-50.. 10 mg", [("background", -50, None)]),
        ("0..0 10 mg; 60..60 10 mg", [("background", 0, 0), ("added", 60, 60)]),
        ("-50..20 10 mg; 21..40 5 mg", [("background", -50, 40)]),
        ("-50..-40 10 mg; 60.. 10 mg", [("earlier", -50, -40), ("added", 60, None)]),
        ("0..? 10 mg; 60..60 10 mg", [("background", 0, None)]),  # it may have been taken all along
        ("-50..-10~10 10 mg", [("unclear", -50, 0)]),
        ("-10~10..20 10 mg", [("unclear", 0, 20)]),
        ("-10~-1..20 10 mg", [("background", -6, 20)]),
        ("5~9..20 10 mg", [("added", 7, 20)]),
    ],
)
def test_another_drug_has_a_role_for_each_time_it_was_taken(
    courses: str, roles: list[tuple[str, int, int | None]]
) -> None:
    found = summary(protocol(EXPOSED % "patient"), f"{TAKEN}a | visit | 300\na | methotrexate | {courses}").shown.drugs
    assert roles == [(use.role, use.start, use.end) for use in found]
