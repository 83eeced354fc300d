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
    "{held: {all: [{value: mmt, at_least: 70 points}, {not: {occurs: uveitis, since: 30 days}}]}, in: after, on: every visit}",
    "{held: {occurs: uveitis, since: 1 day, times: 2}, in: after, on: 2 visits}",
    "{free_of: {any: [{value: mmt, less_than: 70 points}, {occurs: uveitis, since: 3 months}]}, for: 56 days, in: after, gap: 45 days}",
]
BACK = "`since` looks back from the visits of a rule that is read visit by visit, and this rule is read once"
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
    "looking back without a visit": (
        "{occurs: uveitis, since: 30 days}",
        BACK,
        "write `in` with a window in place of it",
    ),
    "looking back beside a rule that is held": (
        "{all: [{held: {value: mmt, at_least: 70 points}, in: after, on: every visit}, {occurs: uveitis, since: 30 days}]}",
        BACK,
        "write `in` with a window",
    ),
    "a window and looking back": (
        "{held: {occurs: uveitis, in: after, since: 30 days}, in: after, on: every visit}",
        "a window has days of its own, and `since` is looked back from each visit",
        "write `in` with a window",
    ),
    "neither a window nor looking back": (
        "{occurs: uveitis}",
        "nothing says on which days the event is looked for",
        "or `since` with a number of days",
    ),
    "looking back no days": (
        "{held: {occurs: uveitis, since: 0 days}, in: after, on: every visit}",
        "not a length of time",
        "",
    ),
    "looking back for an event that nobody declares": (
        "{held: {occurs: uveitus, since: 30 days}, in: after, on: every visit}",
        "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis",
        "write uveitis",
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


@pytest.mark.parametrize(
    "outcome",
    ["{change: mmt, at: after, among: RULE}", "{at: after, rule: {value: mmt, at_least: 4 points}, among: RULE}"],
)
@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("{occurs: uveitus, in: baseline}", "names this event or diagnosis"),
        (
            "{occurs: uveitis, since: 30 days}",
            "`since` looks back from the visits of a rule that is read visit by visit",
        ),
        (
            "{held: {value: mmt, at_least: 4 points}, in: baseline, on: every visit}",
            "two different values of one visit day need a rule",
        ),
    ],
)
def test_who_is_in_the_denominator_is_checked_too(outcome: str, rule: str, what: str) -> None:
    text = PROTOCOL.format(
        rule="{value: mmt, at_least: 4 points}", same_day="same_day: worst", outside="outside_courses: zero"
    )
    text = text.replace("outcomes:\n", f"outcomes:\n  limited: {outcome.replace('RULE', rule)}\n") + SAFETY
    with pytest.raises(ProtocolError) as refused:
        parse(text, file="p.yaml")
    assert [what in one.what for one in refused.value.problems] == [True]


@pytest.mark.parametrize(
    "line", ["{all: [{occurs: uveitis, in: baseline}], in: baseline}", "{any: [{patient: {sex: female}}], in: baseline}",
             "{all: [{occurs: uveitis, since: 30 days}], in: baseline}",
             "{all: [{held: {value: mmt, at_least: 4 points}, in: after, on: every visit}], in: after}"]
)  # fmt: skip
def test_a_line_of_include_asks_for_values_alone(line: str) -> None:
    text = PROTOCOL.format(
        rule="{value: mmt, at_least: 4 points}", same_day="same_day: worst", outside="outside_courses: zero"
    )
    with pytest.raises(ProtocolError):
        parse(text + f"include: [{line}]\n", file="p.yaml")
