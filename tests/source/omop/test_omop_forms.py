"""Rows of a database of another form of the drug that the protocol names are rows of that drug, with what they are worth of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.source.omop.conftest import SMALL, Database

from caseseries.protocol.load import parse
from caseseries.protocol.protocol import Protocol
from caseseries.study import Results, Study

MOFETIL, ACID, ORAL, MG = 19003999, 19012565, 4132161, 8576
NAMES = {MOFETIL: "mycophenolate mofetil", ACID: "mycophenolic acid"}
PROTOCOL = """
study: A change of form
invented: yes
case: {{index_date: {{first_exposure: {drug}, restart_after: 60 days}}, per: patient}}
measures:
  sbp: {{instrument: systolic blood pressure}}
  amount: {{daily_dose: {drug}, as: mg/day, outside_courses: zero, if_zero_baseline: not evaluable}}
windows:
  early: {{from: 30 days, to: 30 days, take: last}}
  after: {{from: 91 days, to: 91 days, take: last}}
intercurrent: {{drug stopped: non-responder, rescue added: {{drugs: [conventional immunosuppressants], verdict: non-responder}},
  steroid raised above baseline: as observed, pulse: as observed, death: as observed, lost: as observed}}
outcomes:
  same: {{at: after, rule: {{value: amount, at_least: {low} mg/day}}}}
  changed: {{change: amount, from: early, at: after}}
{own}
concepts: {{mycophenolate mofetil: {{ids: [19003999]}}, mycophenolic acid: {{ids: [19012565]}}}}
"""
#: 2 pieces a day of 500 mg of mofetil, and of 360 mg of the acid.
STRENGTHS = [(600, MOFETIL, 500, MG), (601, ACID, 360, MG)]
PIECES = {MOFETIL: 600, ACID: 601}


def study(drug: str, low: int, own: str = "") -> Protocol:
    return parse(PROTOCOL.format(drug=drug, low=low, own=own)).protocol


@pytest.fixture
def switched(database: Database) -> Any:
    """One person who takes one form from day 0 to day 59 and the other one from day 60."""

    def made(first: int, second: int) -> Path:
        rows = [
            (1, 1, PIECES[first], "2020-01-01", "2020-02-29", 120, 60, ORAL),
            (2, 1, PIECES[second], "2020-03-01", "2020-06-28", 240, 120, ORAL),
        ]
        pressures = [
            (1, 1, 3004249, "2020-01-31", 150, None, 8876, None),
            (2, 1, 3004249, "2020-04-01", 130, None, 8876, None),
        ]
        return database(
            person=[(1, 8507, 1980, 2, 29)],
            observation_period=[(1, 1, "2018-01-01", "2021-12-31")],
            drug_exposure=rows,
            condition_occurrence=[],
            measurement=pressures,
            visit_occurrence=[(1, 1, "2020-01-31"), (2, 1, "2020-04-01")],
            concept=[*SMALL["concept"], (MOFETIL, "RxNorm", "68149"), (ACID, "RxNorm", "7145")],
            concept_ancestor=[
                *SMALL["concept_ancestor"],
                (MOFETIL, 600),
                (ACID, 601),
                (MOFETIL, MOFETIL),
                (ACID, ACID),
            ],
            drug_strength=STRENGTHS,
        )

    return made


@pytest.mark.parametrize(
    ("first", "second", "amount"),
    [(MOFETIL, ACID, 1000), (ACID, MOFETIL, 720)],
    ids=["mofetil named, then the acid", "the acid named, then mofetil"],
)
def test_a_change_of_form_is_no_stop_and_no_start(switched: Any, first: int, second: int, amount: int) -> None:
    path, asked = switched(first, second), study(NAMES[first], amount)
    few = Study(asked).run(path).summary
    (verdict,) = few.shown.outcomes["same"].verdicts[0]
    assert (True, "", ()) == (verdict.truth, verdict.decided_by, verdict.events)
    assert (1, ()) == (
        len(few.shown.rows),
        few.drugs,
    )  # it begins no second case, and is no other drug beside the study drug
    (change,) = few.change_outcomes
    described = (change.before, change.after, change.change)
    assert (amount, amount, 0) == tuple(one["mean"].estimate for one in described)


@pytest.mark.parametrize("named", NAMES)
def test_a_change_of_form_counted(switched: Any, named: int) -> None:
    other = next(one for one in NAMES if one != named)
    amount = {MOFETIL: 1000, ACID: 720}[named]
    many = Study(study(NAMES[named], amount)).run(switched(named, other), show=0)
    assert isinstance(many, Results)
    found = many.summary
    assert (1, 0) == (found.outcomes["same"].answers[0].yes.exact, found.outcomes["same"].answers[0].no.exact)
    (change,) = found.change_outcomes
    assert (amount, amount, 0) == tuple(one["mean"].estimate for one in (change.before, change.after, change.change))
    many.close()


def test_forms_kept_apart_by_the_study_are_two_drugs(switched: Any) -> None:
    apart = study("mycophenolate mofetil", 1000, "drugs: {mycophenolate mofetil: {alone: yes}}")
    few = Study(apart).run(switched(MOFETIL, ACID)).summary
    (verdict,) = few.shown.outcomes["same"].verdicts[0]
    assert (False, True) == (verdict.truth, {"drug stopped", "rescue added"} & set(verdict.events) != set())
    (change,) = few.change_outcomes
    assert (1000, 0) == (change.before["mean"].estimate, change.after["mean"].estimate)
