"""Mistakes in spells: each is told where it stands, with what to write."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.protocol.test_time_to import MORE, RULE, WEAK
from tests.spec.small import BASE, merged

from caseseries.errors import ProtocolError
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import parse

TWO = f"{{good: {RULE}, bad: {WEAK}}}"


def loaded(states: str, how: str = "in: course, gap: 30 days") -> Any:
    yaml = YAML(typ="base")
    written: dict[str, Any] = merged(yaml.load(BASE), yaml.load(MORE))
    written["outcomes"]["states"] = yaml.load(f"{{spells: {states}, {how}}}")
    text = StringIO()
    YAML().dump(written, text)
    return parse(text.getvalue())


def mistakes(states: str, how: str = "in: course, gap: 30 days") -> list[str]:
    try:
        loaded(states, how)
    except ProtocolError as wrong:
        return [f"{one.what}; {one.do}".rstrip("; ") for one in wrong.problems]
    return []


def test_what_is_written_right_is_read() -> None:
    assert [] == mistakes(TWO)
    assert [] == mistakes(f"{{good: {RULE}}}", f"in: past weeks, gap: 30 days, among: {WEAK}")
    assert [] == mistakes("{better: {gain: mmt, at_least: 4 points}, bad: {value: mmt, at_most: 20 points}}")


OCCURS = "{occurs: flare, in: course}"


@pytest.mark.parametrize(
    ("states", "how", "said"),
    [
        (TWO, "in: course", "how far apart two visits of a spell may be is not said; write `gap: 120 days`"),
        ("{}", "in: course, gap: 30 days", "no state is named; name one or more"),
        (RULE, "in: course, gap: 30 days", "one rule where each of several has its own"),
        (f"{{good: {RULE}, bad: {RULE}}}", "in: course, gap: 30 days", "this state has the rule of good, which comes first"),
        (f"{{no state: {RULE}}}", "in: course, gap: 30 days", "this is what is said of how a spell ended"),
        (f"{{good: {RULE}, Good: {WEAK}}}", "in: course, gap: 30 days", "two states have names that look the same"),
        (f"{{go;od: {RULE}}}", "in: course, gap: 30 days", "the name of a state holds no colon and no semicolon"),
        (TWO, "in: course, gap: 0 days", "`gap` in outcome `states`: not a length of time"),
        (TWO, "in: course, gap: 101 days", "this is longer than the window 'course', so that no two visits would be too far apart"),
        (TWO, "in: nowhere, gap: 30 days", "no window has this name"),
        (TWO, "in: no same day, gap: 30 days", "two different values of one visit day need a rule"),
        (TWO, "in: open, gap: 30 days", "the window 'open' is open"),
        (TWO, "in: from the start, gap: 30 days", "the window 'from the start' is open"),
        (f"{{good: {OCCURS}}}", "in: course, gap: 30 days", "an event has a day and no visits on which it holds; ask for a state"),
        (f"{{good: {{any: [{RULE}, {OCCURS}]}}}}", "in: course, gap: 30 days", "the window 'course' ends on day 100: on an earlier"),
        (f"{{good: {{held: {RULE}, in: course, on: every visit}}}}", "in: course, gap: 30 days", "a rule that is held has one answer for all"),
        ("{good: {value: mmt, at_least: 7, at: past}}", "in: course, gap: 30 days", "nothing in this rule is read on the visit days"),
        ("{good: {gain: mmt, at_least: 7 points, from: nadir}}", "in: course, gap: 30 days", "what was lowest or highest so far is not"),
        ("{good: {value: dose, at_most: 1 mg/day}}", "in: course, gap: 30 days", "on a day without a course of dose nobody knows"),
        (TWO, "in: course, gap: 30 days, good: yes", "`good` is not known in outcome `states`"),
        (TWO, "in: course, gap: 30 days, among: {value: nope, at_least: 3}", "no measure has this name"),
    ],
)  # fmt: skip
def test_what_is_refused(states: str, how: str, said: str) -> None:
    found = mistakes(states, how)
    assert found and said in found[0], found


def test_the_order_of_the_states_counts_in_the_fingerprint() -> None:
    one, same, turned = (loaded(states).protocol for states in (TWO, TWO, f"{{bad: {WEAK}, good: {RULE}}}"))
    assert fingerprint(one) == fingerprint(same) != fingerprint(turned)


def test_two_states_that_would_be_one_in_the_results_are_refused() -> None:
    (found,) = mistakes("{a/b: {value: mmt, at_least: 70 points}, A or b: {value: mmt, less_than: 60 points}}")
    assert "are one in results.json" in found
