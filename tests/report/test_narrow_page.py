"""What a telephone shows: figures in fewer columns, and the reason below its row."""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType

import pytest

from caseseries import report
from caseseries.report.figures.flow import flow_scene
from caseseries.report.figures.scene import NARROW, WIDTH, Area, Group, Item, Label, Line, Mark, Scene
from caseseries.report.figures.swimmer import swimmer_scene
from caseseries.report.figures.taper import taper_scene
from caseseries.summary.model import Summary


def _items(scene: Scene) -> list[Item]:
    return [part for item in scene.items for part in (item.items if isinstance(item, Group) else (item,))]


def _right(item: Item) -> float:
    if isinstance(item, (Line, Area)):
        return max(x for x, _ in item.points)
    return item.x + (item.r if isinstance(item, Mark) else 0)


@pytest.mark.parametrize("sample", ["series", "one case", "many", "hostile"])
def test_narrow_figures_stay_on_their_paper_and_are_readable(runs: ModuleType, sample: str) -> None:
    run = runs.SAMPLES[sample]()
    for scene in (flow_scene(run, narrow=True), taper_scene(run, narrow=True)):
        assert scene is not None and NARROW == scene.width
        assert max(_right(item) for item in _items(scene)) <= NARROW
        assert min(item.size for item in _items(scene) if isinstance(item, Label)) >= 9, "358 px show it at 9.5 px"
    assert WIDTH == flow_scene(run).width


def test_the_page_holds_both_variants_and_shows_one(series: Summary) -> None:
    found = report.html(series)
    for key in ("flow", "taper", "specification-curve-good-response"):
        assert f'id="{key}-title"' in found and f'id="{key}-narrow-title"' in found
    assert 3 == found.count('<div class="wide">') == found.count('<div class="narrow">')
    assert "tr.why, .narrow { display: none; }" in found and ".wide { display: none; }" in found


def test_the_reason_stands_below_its_row(series: Summary) -> None:
    page = report.html(series)
    cases = page[page.index("Every included case: values") :].split("</table>")[0]
    below = re.findall(r'<tr class="because"><td colspan="(\d+)"><div>([^<]*)</div>', cases)
    heads = cases.partition("</thead>")[0].count("<th ")
    assert series.included == len(below) and {str(heads)} == {width for width, _ in below} and ">Why<" not in cases
    assert "Scores alone would not have sufficed" in below[5][1]
    assert "tr.why { display: none; }" in report.notebook_html(series)


def test_long_words_in_a_column_of_numbers_may_break(runs: ModuleType) -> None:
    assert 'class="n long"' in report.html(runs.empty())


def test_the_end_tick_of_a_lane_is_in_the_legend(runs: ModuleType, series: Summary) -> None:
    def legend(run: Summary) -> list[str]:
        scene = swimmer_scene(run)
        assert scene is not None
        return [item.text for item in _items(scene) if isinstance(item, Label)]

    assert "Not on it at the end" in legend(series)
    ongoing = tuple(replace(case, ongoing=True) for case in series.shown.rows)
    assert "Not on it at the end" not in legend(runs.with_cases(series, rows=ongoing))


def test_a_figure_without_a_variant_is_drawn_once(series: Summary) -> None:
    assert 1 == report.html(series).count('id="swimmer-title"')
