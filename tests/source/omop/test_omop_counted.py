"""Counts of events in databases: shown and counted alike, over observed days alone, and also as a criterion."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.source.omop.conftest import PROTOCOL, SMALL, Database

from caseseries.errors import ChartError
from caseseries.protocol.load import parse
from caseseries.protocol.tree import Slot
from caseseries.source.omop.source import _need_sets
from caseseries.study import Results, Study

MEASURES = """  bleeds: {count: bleeding, better: low}
  bleed rate: {count: bleeding, per: 30 days, better: low}
"""
WINDOWS = """
  month before: {from: -30 days, to: -1 days, take: sum, components: nearest each}
  month after: {from: 1 day, to: 30 days, take: sum, components: nearest each}
  seen before: {from: -30 days, to: -1 days, take: sum, components: nearest each, recorded: 10 days, overlap: yes}
  seen after: {from: 1 day, to: 30 days, take: sum, components: nearest each, recorded: 10 days, overlap: yes}
intercurrent:"""
OUTCOMES = """
  fewer: {at: month after, rule: {decrease: bleeds, from: month before, at_least: 1 event}}
  lower: {at: seen after, rule: {decrease: bleed rate, from: seen before, at_least: 50 % of baseline}}
  rate before: {describe: bleed rate, at: seen before}
safety:"""
ROWS = {
    **SMALL,
    "observation_period": [(1, 1, "2019-01-01", "2020-12-31"), (2, 2, "2019-12-12", "2020-01-20")],
    "condition_occurrence": [
        (1, 1, 300, "2019-12-01"),
        (2, 2, 300, "2019-12-12"),
        (3, 1, 301, "2019-12-02"),
        (4, 1, 301, "2019-12-31"),
        (5, 1, 301, "2020-01-31"),
        (6, 1, 301, "2020-01-31"),
        (7, 2, 301, "2019-12-11"),
        (8, 2, 301, "2019-12-20"),
        (9, 2, 301, "2019-12-21"),
        (10, 2, 301, "2020-01-02"),
    ],
}


def text(more: str = "") -> str:
    made = PROTOCOL.replace("{measures}", MEASURES.replace("{", "{{").replace("}", "}}"))
    made = made.replace("\nintercurrent:", WINDOWS.replace("{", "{{").replace("}", "}}"))
    made = made.replace("\nsafety:", OUTCOMES.replace("{", "{{").replace("}", "}}"))
    return made.replace("measures:\n", f"{more}measures:\n", 1).format(concepts="")


def test_a_database_keeps_no_diary() -> None:
    """A row that is refused would make its day one of 0."""
    diary = parse(
        text().replace(
            "  bleeds:", "  sbp2: {instrument: systolic blood pressure, blank_days: zero, range: [0, 300]}\n  bleeds:"
        )
    )
    with pytest.raises(ChartError) as stopped:
        _need_sets(diary.protocol, [])
    assert any("a database keeps no diary" in str(one) and one.found == "sbp2" for one in stopped.value.problems)


@pytest.mark.parametrize("kind", ["csv", "duckdb"])
def test_a_database_is_counted_as_it_is_shown(database: Database, kind: str) -> None:
    study, path = Study(parse(text()).protocol), database(kind, **ROWS)
    shown, counted = study.run(path), study.run(path, show=0)
    assert isinstance(counted, Results)
    told = {
        name: {one.case_id: one for one in shown.summary.shown.outcomes[name].verdicts[0]}
        for name in ("fewer", "lower")
    }
    assert [True, None] == [told["fewer"][name].truth for name in ("1", "2")]
    assert "month before bleeds: window leaves observed time" == told["fewer"]["2"].absent
    rates = {one.slot: one for one in told["lower"]["2"].quantities}
    before, after = (rates[Slot("bleed rate", f"seen {when}")] for when in ("before", "after"))
    assert (Fraction(3), 20, Fraction(30, 19), 19) == (before.value, before.days, after.value, after.days)
    assert told["lower"]["2"].truth is False
    for section in ("answer", "value", "absent", "baseline", "why"):
        assert dict(shown.tally.section(section)) == dict(counted.tally.section(section)), section
    counted.close()


@pytest.mark.parametrize(("least", "included"), [(2, 2), (3, 0)])
def test_a_count_may_say_who_is_a_case(database: Database, least: int, included: int) -> None:
    """Patient 2 was observed for a part of the window: two events seen are at least two, and whether there were three is not known."""
    more = f"  - {{{{value: bleeds, in: month before, at_least: {least} events}}}}\n"
    study, path = Study(parse(text(more)).protocol), database(**ROWS)
    shown, counted = study.run(path), study.run(path, show=0)
    assert isinstance(counted, Results)
    assert included == shown.summary.included == counted.summary.included
    assert [False, included == 0] == [one.undetermined for one in shown.summary.shown.rows]
    counted.close()
