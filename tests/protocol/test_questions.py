"""What may be asked of events and patients in a rule, and what each mistake is told."""

from __future__ import annotations

import pytest
from tests.protocol.test_held import PROTOCOL

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.load import parse

SAFETY = "safety: {until_after_last_dose: 30 days, events: [severe infection]}\nexclude: [{diagnosis: uveitis, by: index date}]"


def problems(rule: str) -> tuple[Problem, ...]:
    text = PROTOCOL.format(rule=rule, same_day="same_day: worst", outside="outside_courses: zero") + SAFETY
    try:
        parse(text, file="p.yaml")
    except ProtocolError as error:
        return error.problems
    return ()


RIGHT = [
    "{occurs: severe infection, in: after}",
    "{occurs: Severe  Infection, in: after, times: 2}",
    "{not: {occurs: uveitis, in: baseline}}",
    "{patient: {sex: female}}",
    "{patient: {age: {at_least: 2 years, below: 6 years}}, at: index date}",
    "{held: {any: [{patient: {sex: male}}, {value: mmt, at_least: 70 points}]}, in: after, on: every visit}",
]
WRONG = {
    "an event that nobody declares": (
        "{occurs: sever infection, in: after}",
        "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis",
        "write severe infection",
    ),
    "no window": ("{occurs: uveitis, in: late}", "no window has this name", "declare"),
    "no times": (
        "{occurs: uveitis, in: after, times: 0}",
        "an event that occurs no times is written with `not`",
        "write {not: {occurs: ...}}",
    ),
    "no such sex": ("{patient: {sex: femal}}", "", ""),
    "two facts": ("{patient: {sex: female, age: {below: 6 years}}}", "one fact of the patient is asked for", ""),
    "no bound of age": ("{patient: {age: {}}}", "no bound of age is given", ""),
    "another day": ("{patient: {age: {below: 6 years}}, at: diagnosis}", "", ""),
}


@pytest.mark.parametrize("rule", RIGHT)
def test_what_may_be_asked(rule: str) -> None:
    assert problems(rule) == ()


@pytest.mark.parametrize(("rule", "what", "do"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told(rule: str, what: str, do: str) -> None:
    (found,) = problems(rule)
    assert what in found.what and found.place.line
    if do != "declare":
        assert do in found.do
