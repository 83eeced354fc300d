"""An outcome at several time points: each with its own denominator, the best answer of each case and when it was first met."""

from __future__ import annotations

import pytest
from tests.report.one_number import not_the_number
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import tally_of
from tests.summary.test_shown_and_counted import assert_same

from caseseries.errors import ProtocolError
from caseseries.protocol.load import parse
from caseseries.report.contents import contents
from caseseries.report.exhibits.over_time import furthest_levels, over_time_blocks, over_time_cases
from caseseries.report.exhibits.printed_blocks import Paragraph, Table
from caseseries.report.files.results_file import results
from caseseries.summary.aggregate import aggregate
from caseseries.summary.model import Summary
from caseseries.summary.summarise import summarise
from caseseries.verdict.over_time import LETTERS, ever, first_met

CHANGES = """
windows:
  month 3: {from: 75 days, to: 105 days, target: 91 days, take: nearest, tie: earlier, same_day: worst}
  month 6: {from: 150 days, to: 210 days, target: 182 days, take: nearest, tie: earlier, same_day: worst}
  month 12: {from: 330 days, to: 400 days, target: 365 days, take: nearest, tie: earlier, same_day: worst}
outcomes:
  response:
    at: month 6
    also_at: [month 12, month 3]
    rule: {gain: mmt, at_least: 4 points}
    among: {value: mmt, at: baseline, less_than: 60 points}
    good: yes
"""
ROWS = """
a | mmt | 0:50, 91:54, 182:60, 365:51
b | mmt | 0:50, 91:53, 182:54
c | mmt | 0:50, 91:51, 182:52, 365:50
d | mmt | 0:50, 182:60, 365:70
e | mmt | 0:50, 91:51
f | mmt | 0:50, 91:ND, 182:53.9
g | mmt | 0:60, 91:70
h | mmt | 91:70
"""


@pytest.fixture(scope="module")
def shown() -> Summary:
    study = protocol(CHANGES)
    return analyse(study, chart(ROWS, study))


def test_shown_and_counted_are_one_and_the_engine_counts_as_the_oracle(shown: Summary) -> None:
    study = protocol(CHANGES)
    assert_same(study, chart(ROWS, study), shown)


def test_each_time_point_is_a_verdict_and_the_best_is_of_all(shown: Summary) -> None:
    (found,) = shown.over_time
    assert ("response at month 3", "response", "response at month 12") == found.points
    assert {"yyn": 1, "ny?": 1, "nnn": 1, "?yy": 1, "n??": 1, "?n?": 1, "ooo": 1, "uuu": 1} == found.rows
    assert {"yes": 3, "no": 1, "not evaluable": 2, "outside": 1, "denominator not known": 1} == found.ever
    assert (1, 2, 0) == found.first and (0, 1, 0) == found.earlier
    assert (3, 6) == (found.of_included.n, found.of_included.total)
    assert (3, 4) == (found.of_evaluable.n, found.of_evaluable.total)


def test_what_is_told(shown: Summary) -> None:
    words, table = over_time_blocks(shown)
    assert isinstance(words, Paragraph) and isinstance(table, Table)
    assert (
        "Response was met at month 3 in 1 of 6 (17 %), at month 6 in 3 of 6 (50 %) and at month 12 in 1 of 6 (17 %), each of the cases "
        "included for that time point. At any of them it was met in 3 of 6 (50 %), 95 % CI 11.8–88.2; 2 of the 6 are not evaluable. It was "
        "first met at month 3 in 1 and at month 6 in 2. Of these 1 may have met it before" in words.text
    )
    rows = [[cell.text for cell in row.cells] for row in table.rows if not row.heading]
    assert ["Month 3 (days 75–105)", "1/6 (17)", "0.4–64.1", "1/4 (25)", "0.6–80.6", "2", "2"] == rows[0]
    assert ["At any time point", "3/6 (50)", "11.8–88.2", "3/4 (75)", "19.4–99.4", "2", "2"] == rows[3]
    assert ["1/3 (33)", "2/3 (67); 1 may have met it before", "0/3 (0)"] == [row[1] for row in rows[4:]]
    cases = {
        row.cells[0].text: [cell.text for cell in row.cells[1:]]
        for row in over_time_cases(shown, shown.over_time[0]).rows
    }
    assert ["Responder", "Responder", "Non-responder", "Responder", "Month 3"] == cases["a"]
    assert ["Not evaluable", "Responder", "Responder", "Responder", "Month 6 or before"] == cases["d"]
    assert ["Non-responder", "Not evaluable", "Not evaluable", "Not evaluable", ""] == cases["e"]
    assert ["Outside", ""] == cases["g"][3:] and ["Denominator not known", ""] == cases["h"][3:]
    keys = [getattr(block, "key", "") for section in contents(shown, []) for block in section.blocks]
    assert {"over-time-response", "over-time-cases-response"} <= set(keys)
    (told,) = results(shown)["over_time"]
    assert {"response at month 3": 1, "response": 2, "response at month 12": 0} == told["first_met"]


def test_rows_of_answers_never_leave_a_site_for_the_network() -> None:
    study = protocol(CHANGES)
    many = "\n".join(f"p{place} | mmt | 0:50, 91:{50 + place % 9}, 182:60" for place in range(40))
    counts = tally_of(study, chart(many, study))
    told = aggregate(study, counts, audience="network")
    assert list(counts.section("over time")) and not list(told.section("over time"))
    assert 40 == told.counts["withheld", "over time"]
    both = aggregate(study, counts, audience="own site").copy()
    both.merge(told)
    joined = summarise(study, both, kept="chart", dated=False, invented=True)
    (found,) = joined.over_time
    assert (40, 40) == (found.withheld, found.of_included.total)
    assert 40 == results(joined)["over_time"][0]["withheld"]
    (words, _) = over_time_blocks(joined)
    assert isinstance(words, Paragraph) and " Sites with 40 included cases told nothing of it." in words.text


@pytest.mark.parametrize(("row", "best", "first"), [
    ("nn", "no", None), ("n?", "not evaluable", None), ("?y", "yes", (1, True)), ("ny", "yes", (1, False)), ("uy", "yes", (1, True)),
    ("oy", "yes", (1, False)), ("nu", "not evaluable", None), ("on", "no", None), ("ou", "denominator not known", None), ("oo", "outside", None),
])  # fmt: skip
def test_the_best_of_a_row(row: str, best: str, first: tuple[int, bool] | None) -> None:
    assert (best, first) == (ever(row), first_met(row))
    assert set(row) <= set(LETTERS.values())


@pytest.mark.parametrize(
    ("also_at", "said"),
    [
        ("[month 3, month 6]", "the same window twice"),
        ("[month 3, month 3]", "the same window twice"),
        ("[month 9]", "no window has this name"),
    ],
)
def test_mistakes_are_told(also_at: str, said: str) -> None:
    written = f"""
study: x
case: {{index_date: {{first_exposure: prednisone, restart_after: 30 days}}, per: patient}}
intercurrent: {{drug stopped: as observed, death: non-responder, lost: not evaluable}}
measures: {{mmt: {{instrument: MMT8}}}}
windows:
  baseline: {{from: -30 days, to: 0 days, take: last}}
  month 3: {{from: 75 days, to: 105 days, take: last}}
  month 6: {{from: 150 days, to: 210 days, take: last}}
outcomes:
  response: {{at: month 6, also_at: {also_at}, rule: {{gain: mmt, at_least: 4 points}}}}
"""
    with pytest.raises(ProtocolError) as wrong:
        parse(written)
    assert any(said in one.what for one in wrong.value.problems), [one.what for one in wrong.value.problems]


LEVELS = (
    CHANGES.split("outcomes:", maxsplit=1)[0]
    + """
outcomes:
  response:
    at: month 6
    also_at: [month 3, month 12]
    levels: {good: {gain: mmt, at_least: 10 points}, moderate: {gain: mmt, at_least: 4 points}, none: otherwise}
    good: yes
"""
)


def test_levels_are_told_at_each_time_point_and_the_best_of_every_case() -> None:
    study = protocol(LEVELS)
    read = chart(ROWS, study)
    found = analyse(study, read)
    assert_same(study, read, found)
    assert [] == not_the_number(found)
    assert ["response", "response at month 3", "response at month 12"] == list(found.levels)
    assert ["response at least moderate", "response good"] == [one.name for one in found.over_time]
    (table,) = furthest_levels(found)
    assert "Best" == table.columns[-1].title
    assert {
        "a": ["Moderate", "Good", "None", "Good"],
        "b": ["None", "Moderate", "Not evaluable: any level", "At least moderate"],
        "c": ["None", "None", "None", "None"],
        "d": ["Not evaluable: any level", "Good", "Good", "Good"],
        "e": ["None", "Not evaluable: any level", "Not evaluable: any level", "Not evaluable"],
        "f": ["Not evaluable: any level", "None", "Not evaluable: any level", "Not evaluable"],
        "g": ["Good", "Not evaluable: any level", "Not evaluable: any level", "Good"],
        "h": ["Not evaluable: any level", "Not evaluable: any level", "Not evaluable: any level", "Not evaluable"],
    } == {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    keys = [getattr(block, "key", "") for section in contents(found, []) for block in section.blocks]
    assert "levels-over-time-response" in keys and "over-time-response-at-least-moderate" in keys
