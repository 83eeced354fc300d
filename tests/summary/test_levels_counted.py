"""An outcome with levels as counts: each level and at least each, shown and counted alike, and nothing small told to other sites."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import analyse, chart, protocol
from tests.summary.counting import counted, tally_of
from tests.summary.test_shown_and_counted import drawn

from caseseries.errors import Defect
from caseseries.protocol.protocol import Protocol
from caseseries.report.contents import contents, tables_of
from caseseries.stats import clopper_pearson
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import aggregate
from caseseries.summary.case_levels import levels_of_cases
from caseseries.summary.frames import table
from caseseries.summary.levels import LevelCounts
from caseseries.summary.model import Summary
from caseseries.summary.result import Count
from caseseries.summary.summarise import summarise

RESULT = """
measures:
  mmt: {quantity: strength, unit: points, range: [0, 80], better: high}
  improved: {judgement: improved, since: index date}
intercurrent: {death: non-responder}
outcomes:
  response: "~"
  result:
    at: after
    good: yes
    levels:
      complete: {is: improved}
      partial: {gain: mmt, at_least: 4 points}
      none: otherwise
    readings:
      by the strength alone:
        complete: {gain: mmt, at_least: 8 points}
        partial: {gain: mmt, at_least: 4 points}
        none: otherwise
robustness: {missing: [not met], windows: {after: [{from: 60 days, to: 120 days}]}}
"""
AMONG = RESULT.replace("    good: yes", "    good: yes\n    among: {value: mmt, at_most: 60 points, at: baseline}")
#: complete, partial, none, complete or partial, complete or none, none by death, nothing known.
SEVEN = """
a | improved | 90:yes
a | mmt | 0:50, 90:60
b | improved | 90:no
b | mmt | 0:50, 90:54
c | improved | 90:no
c | mmt | 0:50, 90:53
d | mmt | 0:70, 90:75
e | mmt | 0:50, 90:52
f | mmt | 0:50
f | death | 60
g | mmt | 0:50
"""


def told(counts: LevelCounts) -> dict[str, tuple[int | None, int | None, int | None]]:
    return {one.name: (one.exactly.exact, one.at_least.exact, one.perhaps.exact) for one in counts.levels}


def test_every_case_has_one_level_or_is_not_evaluable() -> None:
    study = protocol(RESULT)
    found = analyse(study, chart(SEVEN, study)).levels["result"]
    primary = found.readings[0]
    assert {"complete": (1, 1, 3), "partial": (1, 3, 2), "none": (2, 7, 2)} == told(primary)
    assert (7, 3) == (primary.inside.exact, primary.not_evaluable.exact)
    assert ["as written", "by the strength alone"] == [one.reading for one in found.readings]
    assert {"complete": (1, 1, 1), "partial": (2, 3, 1), "none": (3, 7, 1)} == told(found.readings[1])


def test_a_level_has_its_exact_interval_of_all_and_of_those_known() -> None:
    study = protocol(RESULT)
    partial = analyse(study, chart(SEVEN, study)).levels["result"].readings[0].levels[1]
    for result, n, total in (
        (partial.of_included, 1, 7),
        (partial.of_evaluable, 1, 4),
        (partial.at_least_of_included, 3, 7),
    ):
        assert result is not None
        expected = clopper_pearson(n, total, level=Fraction(95, 100))
        assert (n, total, expected.lower, expected.upper) == (result.n, result.total, result.lower, result.upper)


def test_the_levels_of_the_cases_and_their_sentences() -> None:
    study = protocol(RESULT)
    summary = analyse(study, chart(SEVEN, study))
    levels = levels_of_cases(summary.levels["result"], summary.shown, "as written", summary.measures)
    assert {
        "a": "complete",
        "b": "partial",
        "c": "none",
        "d": "not evaluable: complete or partial",
        "e": "not evaluable: complete or none",
        "f": "none",
        "g": "not evaluable: any level",
    } == levels
    sentences = summary.shown.levels["result"]
    assert sentences["b"] == (
        "Result partial at day 90: mmt 50 → 54 (+4; at least 4 points needed). Not complete: improved: no."
    )
    assert sentences["d"].startswith("Result not evaluable at day 90, complete or partial still possible: improved not")
    assert sentences["f"].startswith("Result none: died on day 60, which counts as none. The rule alone says not eval")


#: In the denominator with a value below 61 at baseline: d is not, and of h and i nobody knows (no value; a limit).
PLACED = SEVEN + "h | improved | 90:yes\nh | mmt | 90:60\ni | improved | 90:yes\ni | mmt | 0:>=50, 90:80"
WORDS = {
    "d": "outside: not among cases with mmt at most 60 points at baseline",
    "h": "not known whether among cases with mmt at most 60 points at baseline",
    "i": "not known whether among cases with mmt at most 60 points at baseline",
}


OF_CATEGORIES = (
    AMONG.replace("    good: yes\n", "")
    .replace("levels:", "categories:")
    .replace("at_least: 4 points", "less_than: 4 points")
)
OF_CATEGORIES = "\n".join(line for line in OF_CATEGORIES.splitlines() if "otherwise" not in line)
OF_CATEGORIES = OF_CATEGORIES.replace("{is: improved}", "{gain: mmt, at_least: 9 points}")


@pytest.mark.parametrize("written", [AMONG, OF_CATEGORIES], ids=["levels", "categories"])
def test_who_does_not_count_in_the_denominator_has_no_level_wherever_it_is_told(written: str) -> None:
    study = protocol(written)
    summary = analyse(study, chart(PLACED, study))
    rows = table(summary, "levels")
    for reading in ("as written", "by the strength alone"):
        told = {row["case_id"]: row["level"] for row in rows if row["reading"] == reading and not row["possible"]}
        assert WORDS == told
    printed = {one.key: one for one in tables_of(contents(summary))}
    for key, place in (("patients-result", -2), ("readings-result", 1), ("readings-result", 2)):
        words = {row.cells[0].text: row.cells[place].text for row in printed[key].rows}
        assert WORDS == {case: words[case] for case in WORDS}, key


@pytest.mark.parametrize("written", [RESULT, AMONG], ids=["all included", "a denominator of its own"])
def test_levels_counted_are_the_levels_shown_whole_and_in_parts(written: str) -> None:
    study = protocol(written)
    drawn(study, chart(SEVEN, study))


def test_those_outside_the_denominator_have_no_level() -> None:
    study = protocol(AMONG)
    primary = analyse(study, chart(SEVEN, study)).levels["result"].readings[0]
    assert (6, 1, 0) == (primary.inside.exact, primary.outside.exact, primary.unplaced.exact)
    assert {"complete": (1, 1, 2), "partial": (1, 2, 1), "none": (2, 6, 2)} == told(primary)


def site(weights: tuple[int, ...]) -> tuple[Protocol, Tally]:
    """A chart whose cases are complete, partial, none, complete or partial, complete or none, or without any value."""
    rows = []
    for place, kind in enumerate(kind for kind, n in enumerate(weights) for _ in range(n)):
        rows.append(f"{place} | mmt | 0:50{('', ', 90:60', ', 90:52', ', 90:60', ', 90:52', '')[kind]}")
        if kind < 3:
            rows.append(f"{place} | improved | 90:{'no' if kind else 'yes'}")
    study = protocol(RESULT)
    return study, tally_of(study, chart("\n".join(rows), study))


SITES = [
    (60, 3, 27, 0, 0, 0),
    (40, 30, 20, 0, 0, 0),
    (30, 30, 20, 6, 6, 6),
    (1, 20, 20, 1, 20, 1),
    (40, 0, 40, 3, 9, 0),
]


def summarised(study: Protocol, tally: Tally) -> Summary:
    return summarise(study, tally, kept="chart", dated=True, invented=True)


def counts_of(summary: Summary) -> list[Count]:
    """Every count of the levels and of the verdicts on them, always in the same order."""
    found = []
    for counts in summary.levels["result"].readings:
        found += [counts.inside, counts.not_evaluable]
        found += [n for one in counts.levels for n in (one.exactly, one.at_least, one.perhaps)]
    for outcome in summary.outcomes.values():
        found += [n for cell in outcome.grid for n in (cell.answers.yes, cell.answers.no, cell.answers.not_evaluable)]
    return found


@pytest.mark.parametrize("weights", SITES)
def test_what_a_site_tells_others_is_true(weights: tuple[int, ...]) -> None:
    study, tally = site(weights)
    told, true = (counts_of(summarised(study, one)) for one in (aggregate(study, tally, audience="network"), tally))
    for one, exact in zip(told, true, strict=True):
        assert exact.exact is not None
        assert one.low <= exact.exact <= one.high
        assert one.exact is None or not 0 < one.exact < 5


@pytest.mark.parametrize("weights", SITES)
def test_no_small_level_follows_from_two_that_are_told(weights: tuple[int, ...]) -> None:
    """Not by a sum or a difference of what is told of at least each level and of exactly each."""
    study, tally = site(weights)
    told = summarised(study, aggregate(study, tally, audience="network"))
    for outcome in told.outcomes.values():
        for cell in outcome.grid:
            others = [
                other.grid[cell.spec].answers
                for other in told.outcomes.values()
                if other.plan.part != outcome.plan.part
            ]
            for other in others:  # those who reach a later level hold those who reach an earlier one
                for one, n in ((cell.answers.yes, other.yes), (cell.answers.no, other.no)):
                    if one.exact is not None and n.exact is not None:
                        assert not 0 < abs(one.exact - n.exact) < 5
    primary = told.levels["result"].readings[0]
    before = Count(0, 0)
    for one, n in zip(primary.levels, weights, strict=False):
        assert one.exactly.low <= n <= one.exactly.high
        if 0 < n < 5:
            least, most = one.at_least.low - before.high, one.at_least.high - before.low
            assert one.exactly.high - one.exactly.low >= 3 and most - least >= 3
        before = one.at_least
    if any(
        0 < n < 5 for n in weights
    ):  # of those not evaluable too: which levels are possible for how many follows from all counts
        every = [n for one in primary.levels for n in (one.exactly, one.at_least, one.perhaps)]
        assert any(n.exact is None for n in every)


def test_where_nothing_is_small_everything_is_told() -> None:
    study, tally = site((40, 30, 20, 0, 0, 0))
    told, true = (summarised(study, one) for one in (aggregate(study, tally, audience="network"), tally))
    assert told.levels["result"].readings == true.levels["result"].readings


def test_sites_add_up() -> None:
    study, tally = site((40, 30, 20, 0, 0, 0))
    both = summarised(study, aggregate(study, tally + tally, audience="network")).levels["result"].readings[0]
    one = summarised(study, tally).levels["result"].readings[0]
    assert [n.exactly.exact for n in both.levels] == [2 * (n.exactly.exact or 0) for n in one.levels]


def test_a_level_too_many_or_too_few_stops() -> None:
    study = protocol(RESULT)
    tally = tally_of(study, chart(SEVEN, study))
    assert counted(study, chart(SEVEN, study), tally).levels["result"].readings[0].inside == Count(7, 7)
    for name in ("result partial", "result none"):
        wrong = Tally(
            {key: n for key, n in tally.counts.items() if key[:3] not in {("answer", name, 0), ("why", name, 0)}}
        )
        wrong.add(("answer", name, 0, 1970, "yes"), 7)
        with pytest.raises(Defect, match="one level or is not evaluable"):
            counted(study, chart(SEVEN, study), wrong)
