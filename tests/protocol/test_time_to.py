"""Mistakes in a time to an event: each is told where it stands, with what to write."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.spec.small import BASE, merged

from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse

MORE = """
measures:
  dose: {daily_dose: prednisone, as: mg/day}
windows:
  course: {from: 0 days, to: 100 days, take: last, same_day: worst}
  no same day: {from: 0 days, to: 100 days, take: last}
  open: {from: 0 days, to: end, take: last, same_day: worst}
  from the start: {from: start, to: 10 days, take: last, same_day: worst}
  late: {from: 2 days, to: 100 days, take: last, same_day: worst}
  later: {from: 50 days, to: 150 days, take: last, same_day: worst}
  past weeks: {from: -10 days, to: 100 days, take: last, same_day: worst}
  past: {from: -10 days, to: 0 days, take: last, same_day: worst}
safety: {until_after_last_dose: 30 days, events: [flare]}
"""
RULE = "{value: mmt, at_least: 70 points}"
WEAK = "{value: mmt, less_than: 60 points}"
DEATH = "competing: [death]"


def mistakes(asked: str, how: str = DEATH, window: str = "course", more: str = "") -> list[str]:
    yaml = YAML(typ="base")
    written: dict[str, Any] = merged(merged(yaml.load(BASE), yaml.load(MORE)), yaml.load(more) or {})
    written["outcomes"]["quiet"] = yaml.load(f"{{time_to: {asked}, in: {window}, {how}}}")
    text = StringIO()
    YAML().dump(written, text)
    try:
        parse(text.getvalue())
    except ProtocolError as wrong:
        return [f"{one.what}; {one.do}".rstrip("; ") for one in wrong.problems]
    return []


def test_what_is_written_right_is_read() -> None:
    assert [] == mistakes(RULE)
    assert [] == mistakes(RULE, f"{DEATH}, after: {WEAK}")
    assert [] == mistakes(
        RULE, f"{DEATH}, good: no, among: {WEAK}, readings: {{stronger: {{value: mmt, at_least: 75 points}}}}"
    )
    assert [] == mistakes(RULE, f"{DEATH}, after: {WEAK}", "late")
    assert [] == mistakes(RULE, f"{DEATH}, after: {{held: {WEAK}, in: late, on: 1 visit}}")
    assert [] == mistakes("flare", f"{DEATH}, after: {{held: {WEAK}, in: course, lasting: 28 days, gap: 45 days}}")
    assert [] == mistakes("flare", "censored: [lost, data cutoff, death], times: [30 days, 100 days]")


@pytest.mark.parametrize(
    ("asked", "how", "window", "said"),
    [
        ("flair", DEATH, "course", "neither `safety: events:` nor a line of `include` or `exclude` names this event or diagnosis; write flare"),
        ("{occurs: flare, in: course}", DEATH, "course", "an event is looked for by its name, in the window of the outcome; write `time_to: flare`"),
        (RULE, DEATH, "coarse", "no window has this name; write course"),
        ("flare", DEATH, "coarse", "no window has this name; write course"),
        (RULE, DEATH, "open", "the window 'open' has no end, so that nobody could be followed to it; give it a last day, such as `to: 2 years`"),
        (RULE, DEATH, "from the start", "the window 'from the start' has no end, so that nobody could be followed to it"),
        (RULE, DEATH, "late", "the window 'late' begins 2 days after the index date: what came before would not be seen"),
        (RULE, DEATH, "past", "the window 'past' ends by the index date, from which the time counts"),
        (RULE, DEATH, "no same day", "two different values of one visit day need a rule"),
        (RULE, "competing: [lost]", "course", "competing"),
        (RULE, "competing: [flare]", "course", "competing"),
        (RULE, "competing: [death, death]", "course", "the same word twice; write it once"),
        (RULE, "competing: [death], censored: [lost]", "course", "a case that ends in `data cutoff` has no other ending; name it"),
        (RULE, "competing: [death], censored: [lost, data cutoff, death]", "course", "death competes or is censored, not both"),
        (RULE, "competing: [death], censored: [lost, data cutoff, moved]", "course", "censored"),
        (RULE, "censored: [lost, data cutoff]", "course", "what a death means is not said; write `competing: [death]`"),
        (RULE, "competing: [death, drug stopped]", "course", "the index date is no first exposure, so that there is no study drug to stop"),
        (RULE, "competing: [death], times: [0 days]", "course", "this is no time after the index date"),
        (RULE, "competing: [death], times: [101 days]", "course", "day 101 is beyond the window 'course', which ends on day 100"),
        (RULE, "competing: [death], times: [50 days, 40 days]", "course", "these days are not in order"),
        (RULE, "competing: [death], lasting: 28 days", "course", "`lasting` without `gap`; write `lasting: 28 days, gap: 45 days`"),
        (RULE, "competing: [death], gap: 28 days", "course", "`gap` without `lasting`"),
        (RULE, "competing: [death], lasting: 0 days, gap: 1 day", "course", "not a length of time"),
        (RULE, "competing: [death], lasting: 101 days, gap: 45 days", "course", "this is longer than the window 'course'"),
        ("flare", "competing: [death], lasting: 28 days, gap: 45 days", "course", "an event has a day and no length; leave `lasting` out"),
        ("{gain: mmt, from: nadir, at_least: 5 points}", DEATH, "course", "what was lowest or highest so far is not looked for visit by visit"),
        (RULE, "competing: [death], after: relapse", "course", "after"),
        (RULE, "competing: [death], among: {value: nmt, at_least: 1 points}", "course", "no measure has this name; write mmt"),
        (RULE, "competing: [death], among: {value: mmt, at: aftre, at_least: 1 points}", "course", "no window has this name; write after"),
        (RULE, "competing: [death], good: maybe", "course", "good"),
        (RULE, "competing: [death], readings: {as written: {value: mmt, at_least: 60 points}}", "course", "this is the name of the rule itself"),
        (RULE, "competing: [death], readings: {other: {value: nmt, at_least: 60 points}}", "course", "no measure has this name; write mmt"),
        (RULE, "competing: [death], readings: {other: {value: mmt, at_least: 90 points}}", "course", "no value of mmt (0 to 80) can meet this"),
        (RULE, "competing: [death], readings: {other: {occurs: flare, in: course}}", "course", "an event is looked for by its name, and has no"),
        (RULE, f"competing: [death], readings: {{other: {{held: {RULE}, in: course, on: 1 visit}}}}", "course", "a rule that is held has one answer"),
        ("{stop: mycophenolate mofetil}", DEATH, "course", "the index date is no first exposure, so that there is no study drug to stop"),
        ("{stop: mycophenolate mofetil}", DEATH, "coarse", "no window has this name; write course"),
        ("{stop: mycophenolate mofetil, at: after}", DEATH, "course", "at"),
        ("{stop: mycophenolate mofetil}", "competing: [death, drug stopped]", "course", "this is what the time waits for; leave it out"),
        ("{stop: mycophenolate mofetil}", "competing: [death], lasting: 28 days, gap: 45 days", "course", "the end of a drug has a day and no"),
        ("{stop: mycophenolate mofetil}", f"competing: [death], readings: {{other: {RULE}}}", "course", "the end of the drug has no other reading"),
        ("flare", f"competing: [death], readings: {{other: {RULE}}}", "course", "an event that is looked for by its name has no other reading"),
        ("{value: mmt, at_least: 70 points, at: past}", DEATH, "course", "nothing in this rule is read on the visit days"),
        (f"{{all: [{RULE}, {{value: mmt, at: after, at_most: 75 points}}]}}", DEATH, "course", "the window 'after' ends on day 134"),
        ("{gain: mmt, from: after, at_least: 5 points}", DEATH, "course", "the window 'after' ends on day 134"),
        ("{all: [{value: mmt, at_least: 70 points}, {not: {occurs: flare, in: after}}]}", DEATH, "course", "the window 'after' ends on day 134"),
        (f"{{all: [{RULE}, {{free_of: flare, for: 20 days, in: after}}]}}", DEATH, "course", "the window 'after' ends on day 134"),
        (f"{{all: [{RULE}, {{unchanged: prednisone, in: after}}]}}", DEATH, "course", "the window 'after' ends on day 134"),
        (f"{{held: {RULE}, in: course, lasting: 28 days, gap: 40 days}}", DEATH, "course", "a rule that is held has one answer for all days"),
        ("{value: dose, at_most: 10 mg/day}", DEATH, "course", "on a day without a course of dose nobody knows whether none was taken"),
        ("{value: nmt, at_least: 70 points}", DEATH, "course", "no measure has this name; write mmt"),
        ("{value: mmt, at_least: 90 points}", DEATH, "course", "no value of mmt (0 to 80) can meet this"),
    ],
)  # fmt: skip
def test_each_mistake_is_told(asked: str, how: str, window: str, said: str) -> None:
    told = mistakes(asked, how, window)
    assert any(said in one for one in told), told


#: What a time counts from, the window of the outcome, and what is said.
STARTS = [
    (RULE, "course", "the time would count from what it waits for; say what is to come after it"),
    (WEAK, "past weeks", "the window 'past weeks' begins before the index date, and so would times that count from a day in it"),
    ("{occurs: flare, in: course}", "course", "an event has a day and no visits on which it holds; ask for a state of the visit"),
    (f"{{held: {WEAK}, in: late, on: 2 visits}}", "course", "a time begins on one day; write `on: 1 visit`, or how long it must have"),
    (f"{{held: {WEAK}, in: late, on: every visit}}", "course", "a time begins on one day"),
    (f"{{held: {WEAK}, in: later, on: 1 visit}}", "course", "may begin in the window 'later' (days 50 to 150), and ends with 'course'"),
    (f"{{held: {WEAK}, in: course, on: 1 visit}}", "late", "may begin in the window 'course' (days 0 to 100), and ends with 'late'"),
    (f"{{held: {WEAK}, in: course, lasting: 101 days, gap: 30 days}}", "course", "this is longer than the window 'course'"),
    (f"{{held: {WEAK}, in: coarse, on: 1 visit}}", "course", "no window has this name; write course"),
    ("{all: [{value: mmt, less_than: 60 points}, {value: mmt, at: after, at_most: 75 points}]}", "course", "ends on day 134"),
    (f"{{all: [{{held: {WEAK}, in: course, on: 1 visit}}, {WEAK}]}}", "course", "a rule that is held has one answer for all days"),
    ("{value: nmt, less_than: 60 points}", "course", "no measure has this name; write mmt"),
    ("{value: dose, at_most: 10 mg/day}", "course", "on a day without a course of dose nobody knows whether none was taken"),
]  # fmt: skip


@pytest.mark.parametrize(("after", "window", "said"), STARTS)
def test_each_mistake_in_a_start_is_told(after: str, window: str, said: str) -> None:
    told = mistakes(RULE, f"{DEATH}, after: {after}", window)
    assert any(said in one for one in told), told
    assert any("no time after the start" in one for one in mistakes(RULE, f"{DEATH}, after: {WEAK}, times: [0 days]"))


def test_what_is_wrong_with_the_window_is_said_once() -> None:
    told = mistakes(RULE, f"{DEATH}, after: {WEAK}", "no same day")
    assert ["two different values of one visit day need a rule"] == [one.split(":")[0] for one in told]


def test_only_the_end_of_the_study_drug_is_looked_for() -> None:
    case = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: course}"
    assert [] == mistakes("{stop: Mycophenolate Mofetil}", DEATH, "course", case)
    told = mistakes("{stop: prednisone}", DEATH, "course", case)
    assert any(
        "this is not the study drug, and no other drug has an episode whose end is looked for" in one for one in told
    ), told


def test_two_courses_of_a_patient_do_not_count_one_day_twice() -> None:
    case = "case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: course}"
    told = mistakes("flare", DEATH, "course", case)
    assert any("what comes after the next course began would count for both" in one for one in told), told
    assert [] == mistakes("flare", "competing: [death, drug stopped]", "course", case)
