"""What a rule cannot ask of a drug that is taken as before, or of a stretch without something, is told where it stands."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.spec.small import protocol

from caseseries.protocol.check import check_made

STUDY = """
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, target: 90 days, take: nearest, same_day: worst}
  visit: {from: 0 days, to: 0 days, take: last}
  ever: {from: start, to: 0 days, take: last, same_day: worst, overlap: yes}
safety: {until_after_last_dose: 30 days, events: [flare]}
outcomes: {response: {at: after, rule: %s}}
"""


def told(rule: str) -> list[str]:
    return [one.what for one in check_made(protocol(STUDY % rule)).errors]


@pytest.mark.parametrize(("rule", "what"), [
    ("{unchanged: prednisone, in: after}", ""),
    ("{unchanged: predisone, in: after}", "no drug or group of drugs has this name"),
    ("{unchanged: prednisone, in: visit}", "in a window of one day nothing changes"),
    ("{unchanged: prednisone, in: nowhere}", "no window has this name"),
    ("{free_of: flare, for: 89 days, in: after}", ""),
    ("{free_of: flare, for: 90 days, in: after}", "longer than the window"),
    ("{free_of: flair, for: 28 days, in: after}", "names this event or diagnosis"),
    ("{free_of: flare, for: 28 days, in: ever}", "before birth there are enough"),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 88 days, in: after, gap: 40 days}", ""),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 89 days, in: after, gap: 40 days}", "longer than the window"),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 28 days, in: baseline, gap: 40 days}", "two different values of one visit day"),
    ("{free_of: {held: {value: mmt, less_than: 60 points}, in: after, on: every visit}, for: 28 days, in: after, gap: 40 days}",
     "cannot hold another one"),
    ("{held: {free_of: {value: mmt, less_than: 60 points}, for: 28 days, in: after, gap: 40 days}, in: after, on: every visit}",
     "cannot hold another one"),
])  # fmt: skip
def test_what_is_told(rule: str, what: str) -> None:
    found = told(rule)
    assert (not found) if not what else any(what in one for one in found), found


@pytest.mark.parametrize(("rule", "width", "what"), [
    ("{free_of: flare, for: 40 days, in: after}", "51..90", ""),
    ("{free_of: flare, for: 40 days, in: after}", "start..90", "this width has no first day"),
    ("{free_of: flare, for: 40 days, in: after}", "52..90", "shorter than the 40 days that a rule asks for here (`for`)"),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 40 days, in: after, gap: 40 days}", "50..90", ""),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 40 days, in: after, gap: 40 days}", "51..90", "shorter than the 40 days"),
    ("{held: {value: mmt, less_than: 60 points}, in: after, lasting: 30 days, gap: 40 days}", "80..109", "(`lasting`)"),
    ("{held: {value: mmt, less_than: 60 points}, in: after, on: 3 visits, apart: 10 days}", "80..99", "(3, 10 days) do not fit"),
    ("{held: {value: mmt, less_than: 60 points}, in: after, on: 3 visits, apart: 10 days}", "80..100", ""),
    ("{unchanged: prednisone, in: after}", "90..90", "in a window of one day nothing changes"),
    ("{all: [{unchanged: prednisone, in: baseline}, {value: mmt, less_than: 60 points}]}", "90..90", ""),
])  # fmt: skip
def test_what_a_rule_asks_for_fits_into_every_width_of_the_grid(rule: str, width: str, what: str) -> None:
    first, last = (one if one == "start" else f"{one} days" for one in width.split(".."))
    study = protocol(f"{STUDY % rule}robustness: {{windows: {{after: [{{from: {first}, to: {last}}}]}}}}")
    found = [(str(one.place), one.what) for one in check_made(study).errors]
    assert (
        (not found)
        if not what
        else [("robustness > windows > after > 0", True)] == [(at, what in one) for at, one in found]
    ), found


@pytest.mark.parametrize(("rule", "what"), [
    ("{free_of: flare, for: 28 days, in: after, gap: 7 days}", "is said of a rule"),
    ("{free_of: {value: mmt, less_than: 60 points}, for: 28 days, in: after}", "needs to know how far apart"),
    ("{free_of: flare, for: 0 days, in: after}", "not a length of time"),
    ("{patient: {attribute: course}}", "with the words"),
    ("{patient: {attribute: course, is: unknown}}", "no more than a blank"),
    ("{patient: {attribute: course, is: [acute, Acute]}}", "stands twice"),
])  # fmt: skip
def test_what_is_refused(rule: str, what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        protocol(STUDY % rule)
