"""Every figure of the chart examples as it is printed: letters of 8 points at least, nothing clipped, no label on another."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from caseseries.report.figures import drawings, strips
from caseseries.report.figures.scene import LEAST, NARROW, WIDTH
from caseseries.report.figures.text_width import text_width
from caseseries.report.order import in_order
from caseseries.study import Study

EXAMPLES = Path(__file__).parents[2] / "examples"
CHARTS = ["adhesions-cells", "jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "tcl-e7777"]
#: Points of 1/72 inch in a unit of a figure that is printed 180 mm wide.
POINT = 180 / 25.4 * 72 / WIDTH
_TURNED = re.compile(r"rotate\(-90 ")


@pytest.fixture(scope="module", params=CHARTS)
def svgs(request: pytest.FixtureRequest) -> dict[str, str]:
    folder = EXAMPLES / request.param
    summary = in_order(Study.load(folder / "protocol.yaml").run(folder / "chart.yaml").summary)
    figures = [one.figure for one in (*drawings(summary), *strips(summary))]
    found = {figure.key: figure.svg for figure in figures}
    return found | {f"{figure.key}, narrow": figure.narrow for figure in figures if figure.narrow}


def texts(svg: str) -> list[tuple[str, float, bool, tuple[float, float, float, float]]]:
    """Each text with its size, whether it is bold, and its edges: left, top, right, bottom."""
    found = []
    for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        told, size = one.text or "", float(one.get("font-size", "11"))
        bold = one.get("font-weight") == "bold"
        x, y = float(one.attrib["x"]), float(one.attrib["y"])
        width = text_width(told, size, bold=bold)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[one.get("text-anchor", "start")] * width
        edges = (x - before, y - 0.75 * size, x - before + width, y + 0.2 * size)
        if _TURNED.match(one.get("transform", "")):
            edges = (x - 0.75 * size, y - width + before, x + 0.2 * size, y + before)
        found.append((told, size, bold, edges))
    return found


def paper(svg: str) -> tuple[float, float]:
    root = ElementTree.fromstring(svg)
    return float(root.attrib["width"]), float(root.attrib["height"])


def test_letters_have_eight_points_at_the_printed_width(svgs: dict[str, str]) -> None:
    assert LEAST * POINT >= 8
    small = {(key, told, size) for key, svg in svgs.items() for told, size, _, _ in texts(svg) if size * POINT < 8}
    assert set() == small
    assert all(paper(svg)[0] in {WIDTH, NARROW} or key.startswith("strip") for key, svg in svgs.items())


def test_no_letter_is_cut_off_at_an_edge(svgs: dict[str, str]) -> None:
    cut = []
    for key, svg in svgs.items():
        width, height = paper(svg)
        for told, _, _, (left, top, right, bottom) in texts(svg):
            if left < 0 or top < 0 or right > width or bottom > height:
                cut.append((key, told, (left, top, right - width, bottom - height)))
    assert [] == cut


def test_no_label_lies_on_another(svgs: dict[str, str]) -> None:
    touching = []
    for key, svg in svgs.items():
        found = texts(svg)
        for place, (told, _, _, one) in enumerate(found):
            for beside, _, _, other in found[place + 1 :]:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                if wide > 0.5 and high > 0.5:
                    touching.append((key, told, beside))
    assert [] == touching


def test_no_label_of_a_rule_or_an_axis_is_shortened(svgs: dict[str, str]) -> None:
    cut = [
        (key, told) for key, svg in svgs.items() for told, _, _, _ in texts(svg) if told.endswith("…") and ":" in told
    ]
    assert [] == cut
