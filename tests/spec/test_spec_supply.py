"""What was collected before observation began is not on record, and may still be taken in its first days."""

from __future__ import annotations

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, chart, on_every_engine, open_choices, protocol
from tests.spec.stages import one_engine
from tests.spec.test_spec_events import MMF, NOT_RAISED, NOT_RESCUED, RAISED, RESCUED, VISITS, effects

from caseseries.assessment.dose import dose_steps
from caseseries.cohort import select
from caseseries.cohort.other_drugs import other_drugs
from caseseries.protocol.protocol import Protocol

NOT_KNOWN = "supply before observation not known"
DOSE = """
case: {{index_date: {{first_exposure: mycophenolate mofetil, restart_after: 60 days}}, per: patient}}
measures:
  steroid: {{daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable{outside}}}
windows:
  baseline: {{from: -90 days, to: 0 days, take: last}}
  after: {{from: 46 days, to: 134 days, target: 90 days, take: nearest, tie: earlier}}
outcomes:
  response: {{at: after, rule: {{any: [{{gain: mmt, at_least: 4 points}}, {{falls: steroid, at_least: 50 % of baseline}}]}}}}
"""
ZERO = DOSE.format(outside=", outside_courses: zero")


def seen(first: int) -> str:
    return f"{MMF}{VISITS}1 | observed | {first}..300\n"


def dose(name: str, rows: str, answer: str) -> Spec:
    return Spec(name, ZERO, rows, {"1": answer})


def raised(name: str, first: int, courses: str, answer: str) -> Spec:
    return Spec(name, effects(raised="non-responder"), f"{seen(first)}1 | prednisone | {courses}", {"1": answer})


def rescue(name: str, first: int, courses: str, answer: str) -> Spec:
    return Spec(name, effects(rescue="non-responder"), f"{seen(first)}1 | methotrexate | {courses}", {"1": answer})


LATER, EARLIER = "1 | prednisone | 10..200 20 mg\n", "1 | prednisone | -30..-20 20 mg\n"
UNKNOWN = "not known: "
SPECS = [
    dose("no dose at baseline, observed too short", seen(-89) + LATER, f"baseline steroid {NOT_KNOWN} @0; after steroid 20 @90"),
    dose("no dose at baseline, observed long enough", seen(-90) + LATER, "baseline steroid 0 @0; after steroid 20 @90"),
    dose("between courses, observed too short", seen(-89) + EARLIER, f"baseline steroid {NOT_KNOWN} @0; after steroid 0 @90"),
    dose("between courses, observed long enough", seen(-90) + EARLIER, "baseline steroid 0 @0; after steroid 0 @90"),
    dose("a course that runs is the dose", seen(-10) + "1 | prednisone | -5..200 20 mg", "baseline steroid 20 @0; after steroid 20 @90"),
    dose("begun before observation and kept", seen(-10) + "1 | prednisone | -40..30 20 mg", "baseline steroid 20 @0; after steroid 0 @90"),
    dose("later in the first days of observation", seen(0) + EARLIER, f"baseline steroid {NOT_KNOWN} @0; after steroid 0 @90"),
    dose("observed since birth", seen(-50) + LATER + "1 | born | -50", "baseline steroid 0 @0"),
    dose("observed since a day that may be before birth", seen(-50) + LATER + "1 | born | -60~-40", f"baseline steroid {NOT_KNOWN} @0"),
    dose("a history declared complete", seen(-10) + LATER + " | history | complete", "baseline steroid 0 @0"),
    dose("a chart has no observed time", MMF + VISITS + LATER, "baseline steroid 0 @0"),
    dose("no course at all", seen(-10), "baseline steroid no course recorded @0"),
    dose("a course of 0 mg that may run", seen(-10) + "1 | prednisone | -9~-5..-3~10 0 mg", f"baseline steroid {NOT_KNOWN} @0"),
    dose("a course of 0 mg that may run, observed long enough", seen(-90) + "1 | prednisone | -9~-5..-3~10 0 mg", "baseline steroid 0 @0"),
    Spec("outside courses not evaluable", DOSE.format(outside=", outside_courses: not evaluable"), seen(-10) + LATER,
         {"1": f"baseline steroid {NOT_KNOWN} @0"}),
    raised("a start from what may be no nothing", -89, "20.. 20 mg", f"{UNKNOWN}steroid raised above baseline; rule yes"),
    raised("a start from nothing", -90, "20.. 20 mg", RAISED),
    raised("a pause in which an earlier supply may run", -77, "-5..10 20 mg", f"{UNKNOWN}steroid raised above baseline"),
    raised("a pause after the first days of observation", -78, "-5..10 20 mg", NOT_RAISED),
    raised("a rise that is on record", -60, "-5..10 20 mg; 30..90 40 mg", RAISED),
    rescue("a drug that may go on", -49, "40.. 10 mg", f"{UNKNOWN}rescue added; rule yes"),
    rescue("a drug begun when each supply was on record", -50, "40.. 10 mg", RESCUED),
    rescue("a drug known from long before observation", -49, "-400..-300 10 mg; 40.. 10 mg", f"{UNKNOWN}rescue added"),
    rescue("a drug of the index date", -49, "-5.. 10 mg", NOT_RESCUED),
    rescue("a drug begun in the first days, and anew later", -10, "5..10 10 mg; 85.. 10 mg", RESCUED),
    Spec("a drug begun after a history declared complete", effects(rescue="non-responder"),
         seen(-10) + "1 | methotrexate | 40.. 10 mg\n | history | complete", {"1": RESCUED}),
]  # fmt: skip


@on_every_engine(SPECS)
def test_a_supply_collected_before_observation(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(("first", "asked"), [(-89, 0), (-90, 1)])
def test_a_dose_that_is_not_known_asks_for_no_choice(first: int, asked: int, implementation: str) -> None:
    needed = open_choices(protocol(DOSE.format(outside="")), seen(first) + LATER, implementation)
    assert asked == sum(one.startswith("outside_courses 1") for one in needed)


ROLES = """
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 60 days}, per: patient}
measures:
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable, outside_courses: zero}
"""


@pytest.mark.parametrize(("first", "role"), [(-49, "unclear"), (-50, "added")])
def test_the_role_of_a_drug_that_may_have_been_collected_before_observation(first: int, role: str) -> None:
    study = protocol(ROLES)
    drugs, _ = told(study, seen(first) + "1 | methotrexate | 40.. 10 mg")
    assert [("methotrexate", role)] == drugs


@pytest.mark.parametrize(("first", "begun"), [(-109, []), (-110, [-20])])
def test_a_dose_begun_in_the_first_days_of_observation_is_no_start_from_nothing(first: int, begun: list[int]) -> None:
    study = protocol(ROLES)
    assert begun == told(study, seen(first) + "1 | prednisone | -20..200 20 mg")[1]


def told(study: Protocol, rows: str) -> tuple[list[tuple[str, str]], list[int]]:
    """The other drugs with their roles, and the days on which a dose was begun after days without any course."""
    engine = one_engine()
    cohort = select(engine, study, chart(rows, study))
    drugs = [(one.drug, one.role) for one in other_drugs(engine, study, cohort)]
    return drugs, sorted(dose_steps(engine, study, cohort).begun.get("1", ()))
