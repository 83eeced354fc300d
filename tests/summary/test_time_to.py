"""Times to an event from chart to curve: held to R, shown and counted alike, added up between sites that tell them."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import tally_of
from tests.summary.test_shown_and_counted import assert_same

from caseseries.errors import ChoiceNeeded
from caseseries.protocol.protocol import Protocol
from caseseries.report.exhibits.headline import headline
from caseseries.report.exhibits.time_to import time_methods, time_table, time_words
from caseseries.report.files.results_file import results
from caseseries.summary.aggregate import aggregate
from caseseries.summary.summarise import summarise
from caseseries.summary.time_to import COMPETING

R = json.loads((Path(__file__).parents[1] / "stats" / "survival_r.json").read_text(encoding="utf-8"))


def study(how: str, asked: str = "flare", level: str = "95") -> Protocol:
    return protocol(
        f"""
windows:
  course: {{from: 1 day, to: 1000 days, take: last, same_day: worst}}
safety: {{until_after_last_dose: 30 days, events: [flare]}}
reporting: {{level: {level}}}
outcomes:
  response: ~
  quiet: {{time_to: {asked}, in: course, {how}, times: [30 days, 400 days]}}
"""
    )


def rows(case: dict[str, Any]) -> str:
    """The chart in which each is seen to its time, and has the event or dies then."""
    found = ["z | visit | 1", "z | event: other | 1"]
    for place, (time, event) in enumerate(zip(case["time"], case["event"], strict=True)):
        what = {"": "visit", "flare": "event: flare"}.get(event, "death")
        found.append(f"{place} | {what} | {time}")
    return "\n".join(found[2:] if any(case["event"]) else found)


def whole(case: dict[str, Any], kinds: set[str]) -> bool:
    return (
        all(time.isdigit() and int(time) > 0 for time in case["time"])
        and set(case["event"]) <= kinds
        and "flare" in case["event"]
    )


KM = [one for one in R["kaplan_meier"] if one["level"] == "0.95" and whole(one, {"", "flare"})]
AJ = [
    one
    for one in R["cumulative_incidence"]
    if one["level"] == "0.95" and one["cause"] == "flare" and whole(one, {"", "flare", "death"})
]


def close(expected: float | None, actual: float | None) -> bool:
    if expected is None or actual is None:
        return expected is actual
    return math.isclose(expected, float(actual), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("case", KM, ids=[one["name"] for one in KM])
def test_without_competing_events_the_report_has_the_numbers_of_r(case: dict[str, Any]) -> None:
    declared = study("censored: [lost, data cutoff, death]")
    found = analyse(declared, chart(rows(case), declared)).times["quiet"]
    median, lower, upper = case["median"]
    assert (
        close(median, found.median.estimate) and close(lower, found.median.lower) and close(upper, found.median.upper)
    )
    assert (upper is None) is bool(found.median.absent_because)
    assert len(case["steps"]) == len(found.curve.steps)
    for expected, step in zip(case["steps"], found.curve.steps, strict=True):
        assert (expected["time"], expected["at_risk"], expected["events"], expected["censored"]) == (
            step.time, step.at_risk, step.events, step.censored,
        )  # fmt: skip
        assert close(1 - expected["survival"], step.value)
        if expected["lower"] is not None:
            assert step.lower is not None and step.upper is not None
            assert close(1 - expected["upper"], step.lower) and close(1 - expected["lower"], step.upper)


@pytest.mark.parametrize("case", AJ, ids=[one["name"] for one in AJ])
def test_with_competing_events_the_report_has_the_numbers_of_r(case: dict[str, Any]) -> None:
    declared = study("competing: [death]")
    found = analyse(declared, chart(rows(case), declared)).times["quiet"]
    assert found.median.estimate is None and found.median.absent_because == COMPETING
    for expected, step in zip(case["steps"], found.curve.steps, strict=True):
        assert (expected["time"], expected["at_risk"], expected["events"], expected["competing"], expected["censored"]) == (
            step.time, step.at_risk, step.events, step.competing, step.censored,
        )  # fmt: skip
        assert close(expected["value"], step.value)
        assert close(expected["lower"], step.lower) and close(expected["upper"], step.upper)


CHART = (
    """
a | mmt | 0:50, 30:60, 200:75
b | mmt | 0:50, 60:72
c | mmt | 0:50, 60:60 ; """.replace(" ; ", "\n")
    + """
d | mmt | 0:50, 90:60
d | death | 120
e | mmt | 0:50
f | mmt | 0:50, 500:60
f | visit | 300, 1100
"""
)
RULE = "{value: mmt, at_least: 70 points}"


def test_shown_counted_and_in_parts_are_one() -> None:
    declared = study("competing: [death]", RULE)
    read = chart(CHART, declared)
    shown = analyse(declared, read)
    assert_same(declared, read, shown)
    assert [] == not_the_number(shown)
    found = shown.times["quiet"]
    assert {"event": 2, "death": 1, "end of window": 1, "lost": 1} == found.endings
    assert [("no visit after the index date", 1)] == [(one.words, one.n.exact) for one in found.without]
    assert {} == found.unread
    halves = [tally_of(declared, read, frozenset(part)) for part in ("abc", "def")]
    halves[0].merge(halves[1])
    assert list(halves[0].section("time")) == list(tally_of(declared, read).section("time"))


def test_what_is_told_in_words() -> None:
    declared = study("competing: [death]", RULE)
    shown = analyse(declared, chart(CHART, declared))
    assert (
        "Quiet came in 2 of the 5 cases with a time; 1 has none and may have had it; "
        "1 died before; 2 were censored (1 followed to the end of the window and 1 lost to follow-up)."
        in time_words(shown, "quiet").text
    )
    assert (
        "Of 6 included cases, 5 were at risk (not evaluable in 1: no visit after the index date)."
        in time_words(shown, "quiet").text
    )
    assert "No median is given, because other events compete." in time_words(shown, "quiet").text
    told = (
        "Time to quiet: 2 of the 5 cases with a time; 1 has none and may have had it (no visit after the index date); "
    )
    assert told in headline(shown)
    methods = time_methods(shown)
    assert (
        "Death before it is a competing event." in methods
        and "whoever was not seen to the end of the window counts as lost" in methods
    )
    table = {
        row.cells[0].text: [cell.text for cell in row.cells[1:]]
        for row in time_table(shown, "quiet").rows
        if not row.heading
    }
    assert ["6", ""] == table["Included cases"] and ["5", ""] == table["At risk after the index date"]
    assert (
        ["2", ""] == table["Quiet"] and ["1", ""] == table["Died before (competes)"] and ["2", ""] == table["Censored"]
    )


def test_who_has_no_time_stands_beside_the_number_who_had_it() -> None:
    declared = study("censored: [lost, data cutoff, death]\n    ").model_copy(update={"partial_dates": "bounds"})
    months = "\n".join(
        f"m{place} | event: flare | {60 * place}~{60 * place + 29}\nm{place} | visit | 800" for place in range(1, 6)
    )
    days = "\n".join(f"d{place} | visit | 800" for place in range(1, 6))
    shown = analyse(declared, chart(f"{months}\n{days}", declared))
    told = "0 of the 5 cases with a time; 5 have none and may have had it (date not exact); "
    assert f"Time to quiet: {told}" in headline(shown)
    words = time_words(shown, "quiet").text
    assert (
        "Of 10 included cases, 5 were at risk (not evaluable in 5: date not exact). Quiet came in 0 of the 5 cases with a time; 5 "
        in words
    )
    assert "The share who had it, of the cases with a time, was 0.0 %" in words


def test_a_value_of_the_month_and_a_stop_on_record_are_told() -> None:
    declared = protocol(
        """
partial_dates: bounds
case: {index_date: {first_exposure: mycophenolate mofetil, restart_after: 30 days}, per: patient}
windows:
  course: {from: 1 day, to: 1000 days, take: last, same_day: worst}
outcomes:
  response: ~
  strong: {time_to: {value: mmt, at_least: 70 points}, in: course, censored: [lost, data cutoff, death]}
  stopping: {time_to: {stop: mycophenolate mofetil}, in: course, censored: [lost, data cutoff, death]}
"""
    )
    rows = """
a | mycophenolate mofetil | 0..62 500 mg
a | mmt | 0:50, 50:60
b | mycophenolate mofetil | 0..170 500 mg
b | mmt | 0:50, 90~120@105:70, 170:60
c | mycophenolate mofetil | 0..200 500 mg
c | mmt | 0:50, 90:70, 91~120@105:50, 170:60
"""
    read = chart(rows, declared)
    shown = analyse(declared, read)
    assert_same(declared, read, shown)
    strong, stopping = shown.times["strong"], shown.times["stopping"]
    assert ({"event": 1, "lost": 1}, {"event": 3}) == (strong.endings, stopping.endings)
    assert [("date not exact", 1)] == [(one.words, one.n.exact) for one in strong.without]
    assert [63, 171, 201] == [one.day for one in shown.shown.times["stopping"]]
    methods = time_methods(shown)
    assert "with a date that is not known to the day may be of a day before it was seen" in methods
    assert "A recorded last day of the drug counts also where nothing later is recorded." in methods


def test_a_percent_of_a_zero_dose_is_a_choice_of_times_too() -> None:
    declared = protocol(
        """
measures: {steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, outside_courses: zero}}
windows:
  course: {from: 1 day, to: 1000 days, take: last, same_day: worst}
  month 3: {from: 91 days, to: 91 days, take: last}
safety: {until_after_last_dose: 30 days, events: [flare]}
outcomes:
  response: ~
  quiet: {time_to: flare, in: course, competing: [death], among: {falls: steroid, at: month 3, at_least: 20 % of baseline}}
"""
    )
    rows = "a | mmt | 0:50\na | event: flare | 120\na | prednisone | -300..-200 5 mg"
    with pytest.raises(ChoiceNeeded) as stopped:
        analyse(declared, chart(rows, declared))
    assert "a percent of a zero dose (steroid)" in str(stopped.value)


def test_nobody_at_risk_is_said() -> None:
    declared = study("competing: [death]", RULE)
    shown = analyse(declared, chart("a | mmt | 0:50", declared))
    assert (
        "Time to quiet: no case has a time (not evaluable in 1: no visit after the index date)."
        == time_words(shown, "quiet").text
    )
    assert [] == results(shown)["times"][0]["curve"]


def test_times_never_leave_a_site_for_the_network() -> None:
    declared = study("competing: [death]", RULE)
    many = "\n".join(f"p{place} | mmt | 0:50, {30 + place}:{60 + place % 20}" for place in range(40))
    counts = tally_of(declared, chart(many, declared))
    told = aggregate(declared, counts, audience="network")
    assert {"time", "no time", "time unread"}.isdisjoint(key[0] for key in told.counts)
    assert 40 == told.counts["withheld", "time", "quiet"]
    found = summarise(declared, told, kept="chart", dated=False, invented=True)
    assert "not told by any site" in time_words(found, "quiet").text
    assert any("Of 40 included cases sites told nothing of: time quiet." == one for one in found.limits)
    own = aggregate(declared, counts, audience="own site")
    assert list(own.section("time")) == list(counts.section("time"))
    both = own.copy()
    both.merge(told)
    joined = summarise(declared, both, kept="chart", dated=False, invented=True).times["quiet"]
    assert (40, 40) == (joined.withheld, joined.n + sum(one.n.low for one in joined.without))
