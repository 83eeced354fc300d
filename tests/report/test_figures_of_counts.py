"""Figures for many patients: nothing clipped, nothing covered, every number also in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.report.figures.count_bars import Count, counts_alt, counts_scene, shortened
from caseseries.report.figures.distribution import Spread, bars_of, distribution_alt, distribution_scene, gathered
from caseseries.report.figures.intervals import Share, forest_scene, shares_alt, years_scene
from caseseries.report.figures.lasting import Lasting, lasting_alt, lasting_scene, reach
from caseseries.report.figures.scene import NARROW, WIDTH, Area, Group, Item, Label, Line, Mark, Scene
from caseseries.report.figures.text_width import text_width

PAPERS = (WIDTH, NARROW)


def items(scene: Scene) -> Iterator[Item]:
    for item in scene.items:
        yield from item.items if isinstance(item, Group) else (item,)


def edges(label: Label) -> tuple[float, float, float, float]:
    width = text_width(label.text, label.size, bold=label.bold)
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor] * width
    if label.angle:
        return (label.x - label.size, label.y - width, label.x, label.y)
    return (label.x - before, label.y - 0.75 * label.size, label.x - before + width, label.y + 0.2 * label.size)


def assert_legible(scene: Scene) -> None:
    labels = [item for item in items(scene) if isinstance(item, Label)]
    found = [edges(label) for label in labels]
    for label, (left, top, right, bottom) in zip(labels, found, strict=True):
        assert left >= -1 and top >= -1 and right <= scene.width + 1 and bottom <= scene.height + 1, label
    for (place, one), (other_place, other) in itertools.combinations(enumerate(found), 2):
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        assert wide < 1.5 or high < 1.5, (labels[place], labels[other_place])


def values(*pairs: tuple[float, int]) -> tuple[tuple[Fraction, int], ...]:
    return tuple((Fraction(str(value)), n) for value, n in pairs)


def share(label: str, n: int, total: int, low: float | None = None, high: float | None = None) -> Share:
    ends = (None, None) if low is None or high is None else (Fraction(str(low)), Fraction(str(high)))
    return Share(label, n, total, Fraction(100 * n, total) if total else None, *ends)


SPREADS = {
    "ordinary": Spread("CMAS, change", "points", values(*((v, 40 - abs(v)) for v in range(-30, 31))), Fraction(4), asked="at least 4 points"),
    "one value": Spread("CMAS, change", "points", values((0, 400_000)), Fraction(4), asked="at least 4 points"),
    "no line": Spread("CMAS, change", "points", values((0, 1), (7, 2))),
    "line far away": Spread("CMAS, change", "points", values((0, 5), (1, 2)), Fraction(500), asked="at least 500 points"),
    "far values": Spread("CK, change", "U/L", values((-5, 100), (0, 400), (5, 100), (120_000, 1)), Fraction(-5), False),
    "small decimals": Spread("dose", "mg/kg/day", values(*((v / 1000, 3) for v in range(-90, 40))), Fraction("-0.05"), False, False),
    "large numbers": Spread("Thrombocytes, change", "10⁹/L", values(*((v * 1500, 90_000) for v in range(-90, 40))), Fraction(0)),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", list(SPREADS))
def test_histograms_are_legible(name: str, paper: float) -> None:
    assert_legible(distribution_scene([SPREADS[name]], paper))
    assert_legible(distribution_scene([SPREADS[name], SPREADS["ordinary"], SPREADS["no line"]], paper))


@pytest.mark.parametrize("name", list(SPREADS))
def test_no_bar_lies_on_both_sides_of_the_line(name: str) -> None:
    spread = SPREADS[name]
    found = bars_of(spread)
    assert spread.n == sum(bar.n for bar in found)
    if spread.line is not None:
        assert all(bar.high <= spread.line or bar.low >= spread.line for bar in found)
        assert sum(n for value, n in spread.counts if spread.meets(value)) == sum(bar.n for bar in found if bar.meets)


@given(
    st.dictionaries(st.integers(-10_000, 10_000), st.integers(1, 9), min_size=1, max_size=60),
    st.integers(-12_000, 12_000),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 3, 1000]),
)
def test_bars_count_exactly_those_that_meet_the_rule(
    counts: dict[int, int], line: int, above: bool, at_line: bool, parts: int
) -> None:
    table = tuple((Fraction(value, parts), n) for value, n in sorted(counts.items()))
    spread = Spread("x", "", table, Fraction(line, parts), above, at_line)
    found = bars_of(spread)
    assert len(found) <= 130
    assert sum(n for value, n in table if spread.meets(value)) == sum(bar.n for bar in found if bar.meets)


def test_values_far_away_are_gathered_in_an_end_bar_and_this_is_known() -> None:
    assert gathered([SPREADS["far values"]]) and not gathered([SPREADS["ordinary"]])
    assert [1] == [bar.n for bar in bars_of(Spread("x", "", values((0, 400), (1, 400), (9999, 1)))) if bar.open_high]


def test_a_histogram_in_words() -> None:
    spread = Spread("CMAS, change", "points", values((1, 1), (4, 2), (5, 1)), Fraction(4), asked="at least 4 points")
    assert (
        "Histograms. CMAS, change: 4 values, half of them at most 4, the middle half 1 to 4, all 1 to 5; "
        "needed: at least 4 points; 3 of 4 (75 %)." == distribution_alt([spread])
    )


YEARS = {
    "few": [share("2008", 1, 3, 6.1, 79.2), share("2009", 0, 0), share("2010", 40, 80, 39.0, 61.0)],
    "forty": [share(str(year), 7 * year, 20 * year, 34.1, 35.9) for year in range(1980, 2020)],
    "one": [share("2012", 12_000, 41_000, 28.8, 29.7)],
    "large": [share(str(year), 412_345, 1_234_567, 33.3, 33.5) for year in range(2000, 2020)],
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", list(YEARS))
def test_years_are_legible(name: str, paper: float) -> None:
    assert_legible(years_scene(YEARS[name], "Responders of all included, %", paper))


def test_a_year_with_few_cases_is_hollow_and_says_so() -> None:
    scene = years_scene(YEARS["few"], "%")
    marks = [item for item in items(scene) if isinstance(item, Mark)]
    assert ["#ffffff", "#0072B2", "#ffffff"] == [mark.fill for mark in marks]  # 2008, 2010, and the legend
    assert "fewer than 20 cases" in {item.text for item in items(scene) if isinstance(item, Label)}


def test_a_year_without_a_case_has_a_place_and_no_mark() -> None:
    scene = years_scene(YEARS["few"], "%")
    assert {"2009", "0"} <= {item.text for item in items(scene) if isinstance(item, Label)}
    assert "2009: 0 of 0" in shares_alt("By year", YEARS["few"])


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("n", [1, 5, 40])
def test_readings_are_legible(n: int, paper: float) -> None:
    rows = [share(f"A reading of the rule that needs many words, number {place}", 271_002, 400_001, 67.6, 67.9) for place in range(n)]  # fmt: skip
    assert_legible(forest_scene([share("As written", 3, 7, 9.9, 81.6), *rows], "Responders of all included, %", paper))


def test_an_interval_that_is_drawn_is_the_one_that_is_told() -> None:
    scene = forest_scene([share("As written", 3, 8, 8.5, 75.5)], "%")
    (ends,) = [item.points for item in items(scene) if isinstance(item, Line) and item.width == 1.8]
    marks = [item for item in items(scene) if isinstance(item, Label) and item.anchor == "middle"]
    zero, hundred = (next(mark.x for mark in marks if mark.text == text) for text in ("0", "100"))
    assert [8.5, 75.5] == [round(100 * (x - zero) / (hundred - zero), 6) for x, _ in ends]


REASONS = [Count(f"no visit in the window month 6 (days 120 to 240), reason {place}", 10 ** (place % 6)) for place in range(30)]  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("n", [1, 3, 30])
def test_reasons_are_legible(n: int, paper: float) -> None:
    assert_legible(counts_scene(shortened(REASONS[:n]), 400_000, "Cases", paper))


def test_reasons_that_are_not_drawn_are_added_up() -> None:
    assert sum(count.n for count in REASONS) == sum(count.n for count in shortened(REASONS))
    assert "19 further reasons" == shortened(REASONS)[-1].label


def test_bars_begin_at_zero() -> None:
    scene = counts_scene([Count("a", 100), Count("b", 25)], 400, "Cases")
    wide = [area.points[1][0] - area.points[0][0] for area in items(scene) if isinstance(area, Area)]
    assert 4.0 == round(wide[0] / wide[1], 6)


def test_a_few_among_very_many_are_not_none() -> None:
    assert "x: 3 (<0.1 %)" in counts_alt([Count("x", 3)], 400_000)


CURVES = {
    "two": [
        Lasting("Observed", values(*((month / 2, 100) for month in range(240)))),
        Lasting("On the study drug", values(*((month / 4, 10) for month in range(240))), 12),
    ],
    "one day": [Lasting("Observed", values((0, 7)))],
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", list(CURVES))
def test_lengths_of_time_are_legible(name: str, paper: float) -> None:
    scene = lasting_scene(CURVES[name], "months", paper)
    assert_legible(scene)
    for item in items(scene):
        if isinstance(item, Line):
            assert all(-1 <= x <= scene.width + 1 and -1 <= y <= scene.height + 1 for x, y in item.points)


def test_a_curve_falls_from_everybody() -> None:
    curve = CURVES["two"][0]
    assert [100, 50] == [reach(curve, Fraction(0)), reach(curve, Fraction(60))]
    scene = lasting_scene([curve], "months")
    steps = next(item.points for item in items(scene) if isinstance(item, Line) and item.width == 1.8 and len(item.points) > 2)  # fmt: skip
    assert all(before[1] <= after[1] for before, after in itertools.pairwise(steps))
    assert "Observed: 24,000 cases, half of them for more than 59.5 months" in lasting_alt([curve], "months")
