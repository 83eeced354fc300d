"""What a telephone shows: figures in fewer columns, and the reason below its row."""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType

import pytest

from caseseries import report
from caseseries.report.figures.flow import flow_scene
from caseseries.report.figures.scene import NARROW, WIDTH, Area, Group, Item, Label, Line, Mark, Scene
from caseseries.report.figures.slopes import panels, slopes_scene
from caseseries.report.figures.specification_curve import specification_curve
from caseseries.report.figures.swimmer import swimmer_scene
from caseseries.report.figures.taper import taper_scene
from caseseries.report.figures.text_width import text_width
from caseseries.report.figures.waterfall import bars, narrow_waterfall
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
    keys = ("flow", "taper", "specification-curve-good-response", "slopes-good-response", "waterfall-good-response")
    for key in keys:
        assert f'id="{key}-title"' in found and f'id="{key}-narrow-title"' in found
    assert len(keys) == found.count('<div class="wide">') == found.count('<div class="narrow">')
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


@pytest.mark.parametrize("sample", ["series", "one case", "hostile"])
def test_panels_stand_below_each_other_on_narrow_paper(runs: ModuleType, sample: str) -> None:
    run = runs.SAMPLES[sample]()
    for name in run.outcomes:
        shown, falls = panels(run, name), bars(run, name)
        drawn = [slopes_scene(shown, NARROW)] if shown else []
        drawn += [narrow_waterfall(falls, [pair.group for pair in shown[0].pairs] if shown else [])] if falls else []
        for scene in drawn:
            assert scene is not None and NARROW == scene.width
            for item in _items(scene):
                ends = item.x + text_width(item.text, item.size, bold=item.bold) if isinstance(item, Label) else 0.0
                upright = isinstance(item, Label) and "start" == item.anchor and not item.angle
                assert _right(item) <= NARROW and (not upright or ends <= NARROW), item
                assert not isinstance(item, Label) or item.y <= scene.height


def test_more_bars_than_have_their_names_side_by_side_are_drawn_once(series: Summary) -> None:
    falls = bars(series, "good response")
    many = tuple(replace(panel, order=tuple(f"P{n}" for n in range(27))) for panel in falls)
    assert narrow_waterfall(falls, []) is not None and narrow_waterfall(many, []) is None


def test_no_choice_of_the_specification_curve_is_cut(series: Summary) -> None:
    drawing = specification_curve(series, "good response")
    assert drawing is not None and "narrow-title" in drawing.figure.narrow
    told = re.findall(r">([^<]*)</text>", drawing.figure.narrow)
    assert not [text for text in told if "…" in text]
    assert ["mg/day", "mg/kg/day"] == [text for text in told if text.startswith("mg/")], (
        "two units do not read the same"
    )
    below = max(float(y) for y in re.findall(r'<text x="[^"]*" y="([^"]*)"', drawing.figure.narrow))
    assert below <= float(re.findall(r'viewBox="0 0 \S+ (\S+)"', drawing.figure.narrow)[0])


def test_the_table_of_outcomes_in_the_abstract_is_set_like_a_table(series: Summary) -> None:
    style = report.html(series).partition("</style>")[0]
    assert ".headline p.short {" in style and ".headline .short {" not in style, "`short` is a class of tables too"


def test_a_wide_table_shows_that_it_goes_on_and_a_figure_lets_that_be_seen(series: Summary) -> None:
    style = report.html(series).partition("</style>")[0]
    wide, narrow = (
        style.partition(f"@media screen{more} {{")[2].partition("\n}")[0] for more in ("", " and (max-width: 44rem)")
    )
    assert ".reasons .scroll { background: var(--more); }" in wide and ".scroll { background: var(--more); }" in narrow
    assert ".drawing svg > rect { fill: none; }" in wide
    assert 1 == report.html(series).count("--more:")


def test_letters_of_figures_have_contrast_with_the_paper(series: Summary) -> None:
    def light(color: str) -> float:
        parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    colors = set(re.findall(r'<text[^>]*fill="(#[0-9a-fA-F]{6})"', report.html(series))) - {"#ffffff"}
    assert len(colors) > 3 and not {color for color in colors if 1.05 / (light(color) + 0.05) < 4.5}
