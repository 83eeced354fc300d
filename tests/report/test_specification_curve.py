"""The specification curve: a column for every way, in order, and the choices that each makes."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.robustness import choices_of, ordered
from caseseries.report.figures.scene import Area, Group, Label, Mark
from caseseries.report.figures.specification_curve import (
    MOST_COLUMNS,
    _in_order,
    _rows,
    _runs,
    _share,
    _stretches,
    specification_curve,
)
from caseseries.summary.model import Summary
from caseseries.summary.result import Count

NAME = "good response"


def test_every_way_stands_once_the_fewest_first(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    cells = _in_order(ordered(outcome))
    assert {cell.spec for cell in cells} == {cell.spec for cell in outcome.grid} and len(cells) == len(outcome.grid)
    assert sorted(map(_share, cells)) == list(map(_share, cells))
    assert sum(map(len, _runs(cells))) == len(cells)


def test_a_row_of_the_matrix_is_dark_where_a_way_makes_its_choice(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    cells, choices = _in_order(ordered(outcome)), choices_of(outcome)
    for name, values in _rows(cells, choices):
        dark = 0.0
        for value in values:
            has = [choices[cell.spec].get(name, "–") == value for cell in cells]
            found = _stretches(has, 10.0)
            dark += sum(width for _, width, _ in found)
            for x, width, _ in found:
                inside = range(int(x // 10), int((x + width - 0.01) // 10) + 1)
                assert all(has[place] for place in inside)
        assert dark == pytest.approx(10.0 * len(cells), rel=0.15), "each way makes one choice of every kind"


def test_of_very_many_ways_a_slice_is_as_dark_as_many_of_it_make_the_choice() -> None:
    has = [place % 4 == 0 for place in range(10 * MOST_COLUMNS)]
    found = _stretches(has, 0.05)
    assert MOST_COLUMNS == len(found) and sum(share for *_, share in found) / len(found) == pytest.approx(
        0.25, abs=0.01
    )


def test_the_protocol_as_written_is_marked_and_the_alt_counts_every_way(series: Summary) -> None:
    drawing = specification_curve(series, NAME)
    assert drawing is not None
    marks = [item for item in drawing.scene.items if isinstance(item, Mark) and item.shape == "diamond"]
    assert 1 == len(marks)
    labels = {item.text for item in drawing.scene.items if isinstance(item, Label)}
    assert {"Reading", "As written", "Scores and dose both needed", "Not recorded"} <= labels
    n = len(series.outcomes[NAME].grid)
    counts = [
        int(part.split(" in ")[1].split(" ")[0])
        for part in drawing.figure.alt.split("Responders: ")[1].rstrip(".").split("; ")
    ]
    assert n == sum(counts)


def test_no_figure_of_ranges_or_of_one_way(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    alone = replace(outcome, grid=outcome.grid[:1])
    assert specification_curve(replace(series, outcomes={NAME: alone}), NAME) is None
    first = outcome.grid[0]
    ranged = replace(first, answers=replace(first.answers, yes=Count(1, 4)))
    hidden = replace(outcome, grid=(ranged, *outcome.grid[1:]))
    assert specification_curve(replace(series, outcomes={NAME: hidden}), NAME) is None


def test_filled_and_open_tell_the_rule_as_written_from_another_reading(series: Summary) -> None:
    drawing = specification_curve(series, NAME)
    assert drawing is not None
    for group in drawing.scene.items:
        if isinstance(group, Group) and "with the rule" in group.title:
            fills = {part.fill for part in group.items if isinstance(part, Area | Mark)}
            assert ({"#ffffff"} == fills) is ("read otherwise" in group.title)
    assert any(cell.reading != AS_WRITTEN for cell in series.outcomes[NAME].grid)


def test_ten_thousand_ways_are_drawn_in_seconds(series: Summary) -> None:
    outcome = series.outcomes[NAME]
    many = tuple(
        replace(outcome.grid[place % len(outcome.grid)], spec=place, role="primary" if not place else "grid")
        for place in range(10_000)
    )
    begun = time.process_time()
    assert specification_curve(replace(series, outcomes={NAME: replace(outcome, grid=many)}), NAME) is not None
    assert time.process_time() - begun < 5
