"""Other widths and takes of a window that no cell of the robustness grid rests on: told with their place, and in the report."""

from __future__ import annotations

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.protocol.load import made, parse
from caseseries.report.contents import contents
from caseseries.report.exhibits.printed_blocks import Paragraph
from caseseries.summary.frames import table

STUDY = """\
study: Widths
case: {index_date: {nominal_day: 0 days}, per: patient}
measures: {mmt: {instrument: MMT8}}
intercurrent: {death: as observed, lost: as observed, rescue added: as observed, drug stopped: as observed,
  steroid raised above baseline: as observed, pulse: as observed}
windows:
  baseline: {from: -30 days, to: 0 days, take: last, same_day: highest}
  after: {from: 60 days, to: 120 days, target: 90 days, take: nearest, tie: earlier, same_day: highest}
  year: {from: 1 day, to: 300 days, take: last, same_day: highest, overlap: yes}
outcomes:
  %s
robustness: {windows: {year: [{from: 1 day, to: 100 days}]}, take: {year: [first]}}
"""
CHANGE, SPELLS = (
    "c: {change: mmt, at: year}",
    "s: {spells: {well: {value: mmt, at_least: 70 points}}, in: year, gap: 90 days}",
)
TIME = "t: {time_to: {value: mmt, at_least: 70 points}, in: year, censored: [lost, data cutoff, death]}"
VERDICT = "v: {at: after, rule: {gain: mmt, at_least: 4 points}}"
HELD = "h: {at: after, rule: {held: {value: mmt, at_least: 60 points}, in: year, on: every visit}}"
AT = "v: {at: year, rule: {gain: mmt, at_least: 4 points}}"
NOTHING_READS = (
    "no verdict reads this window, and no time to an event a value in it, so that its other {} are not varied"
)


@pytest.mark.parametrize(
    "outcome", [CHANGE, SPELLS, TIME, VERDICT], ids=["change", "spells", "time", "verdict elsewhere"]
)
def test_a_width_that_nothing_reads_is_told_with_its_place(outcome: str) -> None:
    loaded = parse(STUDY % outcome, file="p.yaml")
    told = {problem.what: str(problem.place) for problem in loaded.warnings}
    assert "p.yaml:12, column 24" == told[NOTHING_READS.format("widths")]
    assert "p.yaml:12, column 69" == told[NOTHING_READS.format("takes")]
    assert {NOTHING_READS.format("widths"), NOTHING_READS.format("takes")} <= {
        one.what for one in made(loaded.protocol)
    }


@pytest.mark.parametrize("outcome", [HELD, AT], ids=["held", "visit"])
def test_of_a_window_that_a_rule_reads_nothing_is_told(outcome: str) -> None:
    assert not [one for one in parse(STUDY % outcome).warnings if "not varied" in one.what]


def test_a_time_reads_the_window_of_a_value_that_is_the_same_on_every_day() -> None:
    baseline = (STUDY % TIME.replace("value: mmt, at_least: 70", "gain: mmt, at_least: 4")).replace(
        "take: {year: [first]}", "take: {}"
    )
    written = baseline.replace(
        "windows: {year: [{from: 1 day, to: 100 days}]}", "windows: {baseline: [{from: -90 days, to: 0 days}]}"
    )
    assert not [one for one in parse(written).warnings if "not varied" in one.what]


@pytest.mark.parametrize(
    "asked", ["held: {value: mmt, at_least: 55 points}, in: year, on: every visit", "occurs: flare, in: year"]
)
def test_the_grid_shows_the_window_that_only_a_question_reads(asked: str) -> None:
    study = protocol(f"""
safety: {{until_after_last_dose: 30 days, events: [flare]}}
windows: {{year: {{from: 1 day, to: 300 days, take: last, same_day: highest, overlap: yes}}}}
outcomes: {{response: {{at: after, rule: {{{asked}}}}}}}
robustness: {{windows: {{year: [{{from: 1 day, to: 100 days}}]}}}}
""")
    rows = table(analyse(study, chart("a | mmt | 0:50, 90:60", study)), "grid")
    assert 2 == len({row["windows"] for row in rows}) == len(rows)
    assert all("year" in str(row["windows"]) for row in rows)


def test_the_report_says_what_is_not_varied() -> None:
    study = protocol("""
windows: {year: {from: 1 day, to: 300 days, take: last, same_day: highest, overlap: yes}}
robustness: {windows: {year: [{from: 1 day, to: 100 days}]}, missing: [not met]}
""")
    summary = analyse(study, chart("a | mmt | 0:50, 90:60", study))
    (section,) = (one for one in contents(summary) if one.title == "Robustness")
    told = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert (
        "Declared and not varied: other widths of the window year, because no verdict reads that window, and no time to an event a value in it."
        == told[0]
    )
