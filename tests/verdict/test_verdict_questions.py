"""What a sentence and a trace say of rules that are held, of events, and of facts of the patient."""

from __future__ import annotations

import pytest
from tests.spec.small import chart, protocol
from tests.spec.test_spec_held import MEASURES

from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.reference.oracle import cases, verdict
from caseseries.verdict import describe_rule, sentence, trace_lines

TWICE = "{held: {value: mmt, at_least: 70 points}, in: after, on: 2 visits, apart: 28 days}"
EVERY = (
    "{held: {all: [{value: mmt, at_least: 70 points}, {value: cmas, at_least: 40 points}]}, in: after, on: every visit}"
)
OFF = "{held: {value: dose, at_most: 0 mg/day}, in: after, lasting: 28 days, gap: 1 day}"
NO_FLARE = "{not: {occurs: severe infection, in: after}}"
BACK = "{held: {all: [{value: mmt, at_least: 70 points}, {not: {occurs: severe infection, since: 30 days}}]}, in: after, on: every visit}"
BACK_SAID = (
    "(mmt at least 70 points and not (severe infection on that day or in the 30 days before)) at every visit in after"
)
GIRL = "{patient: {sex: female}}"

SAID = "mmt at least 70 points at 2 visits in after, each at least 28 days after the one before"
SENTENCES = [
    (TWICE, "mmt | 60:70, 90:71", f"Response: {SAID} (yes on days 60 to 90)."),
    (TWICE, "mmt | 60:70, 90:69", f"No response: {SAID} (yes on day 60, no on day 90)."),
    (TWICE, "mmt | 60:70",
     "Response not evaluable: mmt at least 70 points at 2 visits in after, each at least 28 days after the one before: too few visits in the window "
     "after (days 30 to 180) to show it (yes on day 60)."),
    (EVERY, "mmt | 60:70 ; cmas | 60:41 ; visit | 90",
     "Response not evaluable: (mmt at least 70 points and CMAS at least 40 points) at every visit in after: not known on day 90."),
    (OFF, "prednisone | 0..60 20 mg ; visit | 180",
     "Response: the daily dose of prednisone at most 0 mg/day for at least 28 days in after (yes on days 62 to 180, no on days 30 to 61)."),
    (NO_FLARE, "visit | 180", "Response: no severe infection in after."),
    (NO_FLARE, "visit | 180 ; event: severe infection | 45", "No response: severe infection in after (on day 45)."),
    (NO_FLARE, "visit | 179",
     "Response not evaluable: severe infection in after: severe infection not known: follow-up ended before the end of "
     "the window after (days 30 to 180)."),
    (BACK, "mmt | 60:70, 90:70 ; event: severe infection | 29",
     f"Response: {BACK_SAID} (yes on days 60 to 90; severe infection on that day or in the 30 days before: no on days 60 to 90)."),
    (BACK, "mmt | 60:70, 90:70 ; event: severe infection | 61",
     f"No response: {BACK_SAID} (yes on day 60, no on day 90; severe infection on that day or in the 30 days before: yes on day 90, no on day 60)."),
    (BACK, "mmt | 60:70, 90:70 ; event: severe infection | 25~40",
     f"Response not evaluable: {BACK_SAID}: not known on day 60; severe infection on that day or in the 30 days before: no on day 90, not known on "
     "day 60 (severe infection has a date of which it is not known whether it is of these days)."),
    (GIRL, "sex | F ; visit | 180", "Response: female sex (yes)."),
    (GIRL, "visit | 180", "Response not evaluable: female sex: sex not recorded."),
]  # fmt: skip


def study(rule: str) -> str:
    return f"{MEASURES}\nsafety: {{until_after_last_dose: 30 days, events: [severe infection]}}\noutcomes: {{response: {{at: after, rule: {rule}}}}}"


@pytest.mark.parametrize(("rule", "rows", "said"), SENTENCES)
def test_the_sentence(rule: str, rows: str, said: str) -> None:
    declared = protocol(study(rule))
    read = chart("\n".join(f"1 | {row}" for row in rows.split(" ; ")), declared)
    outcome = plan(declared, "response")
    (case,) = cases(declared, read)
    found = verdict(declared, read, case, outcome, outcome.primary)
    told = sentence(outcome.primary.tree, found, all_measures(declared), declared, outcome.primary)
    assert said == told
    lines = trace_lines(outcome.primary.tree, found, all_measures(declared), declared, outcome.primary)
    assert lines[0][0] == {True: "✓", False: "✗", None: "?"}[found.truth]


def test_the_rule_in_methods() -> None:
    measures = all_measures(protocol(study(TWICE)))
    rules = {
        rule: describe_rule(plan(protocol(study(rule)), "response").primary.tree, measures, at="after")
        for rule in (TWICE, OFF, NO_FLARE)
    }
    assert list(rules.values()) == [
        SAID,
        "the daily dose of prednisone at most 0 mg/day for at least 28 days in after",
        "not (severe infection in after)",
    ]
