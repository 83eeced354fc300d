"""Changes from the nadir and the peak: what is refused, where, and what is said to do; how they are told."""

from __future__ import annotations

import pytest

from caseseries import parts
from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.load import parse
from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.protocol.tree import Slot
from caseseries.verdict.rule_text import describe_rule

TEXT = """\
study: a study
authors_knew: nothing
case: {index_date: {first_exposure: adalimumab}, per: patient}
measures:
  size: {quantity: size, unit: mm, better: low}
  dose: {daily_dose: prednisone, as: mg/day, outside_courses: zero, if_zero_baseline: not met}
windows:
  baseline: {from: -60 days, to: 0 days, take: last, same_day: best}
  after: {from: 150 days, to: 210 days, target: 180 days, take: nearest, tie: earlier, same_day: best}
  open: {from: 220 days, to: 300 days, take: last}
  early: {from: -90 days, to: -70 days, take: last, same_day: best}
partial_dates: bounds
intercurrent: {drug stopped: as observed, rescue added: as observed, steroid raised above baseline: as observed,
  pulse: as observed, death: as observed, lost: as observed}
outcomes:
  response: {at: after, rule: {rises: size, from: nadir, at_least: 20 % of nadir}}
"""
RULE = "{rises: size, from: nadir, at_least: 20 % of nadir}"


def problem(old: str, new: str) -> Problem:
    assert old in TEXT
    with pytest.raises(ProtocolError) as refused:
        parse(TEXT.replace(old, new), file="p.yaml")
    (found,) = refused.value.problems
    return found


@pytest.mark.parametrize(
    ("rule", "what", "do"),
    [
        ("{falls: size, from: nadir, at_least: 5 mm}", "no value lies below the nadir, which is the lowest value up to it",
         "write `from: peak`, or a change in the other direction"),
        ("{improves: size, from: nadir, at_least: 5 mm}", "no value lies below the nadir, which is the lowest value up to it",
         "write `from: peak`, or a change in the other direction"),
        ("{worsens: size, from: peak, at_least: 5 mm}", "no value lies above the peak, which is the highest value up to it",
         "write `from: nadir`, or a change in the other direction"),
        ("{rises: dose, from: nadir, at_least: 5 mg/day}", "dose is a daily dose, of which there is no nadir", ""),
        ("{rises: size, from: nadir, at: baseline, at_least: 5 mm}", "at 'baseline' the nadir is the value itself, and the change is always 0", ""),
        ("{rises: size, from: nadir, at: early, at_least: 5 mm}",
         "the window 'early' begins before the window 'baseline', from which the nadir is looked for",
         "judge the change in a window after 'baseline'"),
        ("{rises: size, from: nadir, at: open, at_least: 5 mm}", "two different values of one day need a rule: the window 'open' has no `same_day`",
         "write `same_day: worst`, `not evaluable`, ... in the window"),
        ("{rises: size, from: nadir, at_least: 20 % of baseline}", "the change is from the nadir, and this is a percent of the baseline",
         "write `% of nadir`, or `from: baseline`"),
        ("{rises: size, at_least: 20 % of nadir}", "the change is from the baseline, and this is a percent of the nadir",
         "write `% of baseline`, or `from: nadir`"),
        ("{rises: size, from: peak, at_least: 20 % of nadir}", "the change is from the peak, and this is a percent of the nadir",
         "write `% of peak`, or `from: nadir`"),
        ("{value: size, at_least: 20 % of nadir}", "a value is not compared with percent of nadir", "use decrease or gain"),
    ],
)  # fmt: skip
def test_what_is_no_change_from_the_nadir(rule: str, what: str, do: str) -> None:
    found = problem(RULE, rule)
    assert found.what.endswith(what)
    assert (do, 16) == (found.do, found.place.line)


def test_a_change_outcome_starts_from_a_window() -> None:
    found = problem(f"{{at: after, rule: {RULE}}}", "{at: after, change: size, from: nadir}")
    assert "nadir" == found.found


@pytest.mark.parametrize("name", ["nadir", "peak", "nadir up to after"])
def test_no_window_is_called_so(name: str) -> None:
    found = problem("  open: {", f"  {name}: {{")
    assert found.what.endswith("value since baseline, and no window")


def test_it_needs_a_baseline() -> None:
    found = problem("  baseline: {", "  before: {")
    assert "the nadir is looked for from the window 'baseline' on, which is not declared" == found.what


def test_what_it_rests_on() -> None:
    protocol = parse(TEXT).protocol
    found = plan(protocol, "response")
    assert (Slot("size", "nadir up to after"), Slot("size", "after"), Slot("size", "baseline")) == found.slots
    assert {("nadir up to after", -60, 210, "lowest", "best")} == {
        (name, one.from_, one.to, one.take, one.same_day)
        for name, one in found.primary.windows.items()
        if "nadir" in name
    }
    assert "a rise of at least 20 % of the nadir in size since the nadir" == describe_rule(
        protocol.verdicts["response"].rule, all_measures(protocol), at="after"
    )
    assert protocol.verdicts["response"].rule == parts.Change(rises="size", from_="nadir", at_least="20 % of nadir")
