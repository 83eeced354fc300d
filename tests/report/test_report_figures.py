"""The figures: true legends, nothing clipped, the same drawing in both formats."""

from __future__ import annotations

import io
import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from types import ModuleType
from xml.etree import ElementTree

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.spec.small import analyse, chart, protocol

from caseseries import report
from caseseries.report.exhibits.methods import methods
from caseseries.report.figures import drawings, printed_files
from caseseries.report.figures.axis import CLASSES, spread, ticks, time_ticks
from caseseries.report.figures.draw import Drawing
from caseseries.report.figures.ink import lacking, pdf
from caseseries.report.figures.scene import Area, Group, Item, Label, Line, Mark, Scene
from caseseries.report.figures.swimmer import _steroid_free, _stopped
from caseseries.report.figures.text_width import fit, text_width, wrap
from caseseries.report.folder import files, page_of
from caseseries.summary.cases import StudyDrug
from caseseries.summary.model import Summary


def items(scene: Scene) -> Iterator[Item]:
    for item in scene.items:
        yield from item.items if isinstance(item, Group) else (item,)


def labels(drawing: Drawing) -> list[Label]:
    return [item for item in items(drawing.scene) if isinstance(item, Label)]


def one(summary: Summary, key: str) -> Drawing:
    return next(drawing for drawing in drawings(summary) if drawing.figure.key.startswith(key))


def edges(label: Label) -> tuple[float, float, float, float]:
    width = text_width(label.text, label.size, bold=label.bold)
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor] * width
    if label.angle:
        return (label.x - label.size, label.y, label.x, label.y + width)
    return (label.x - before, label.y - 0.75 * label.size, label.x - before + width, label.y + 0.2 * label.size)


def test_every_figure_is_xml_with_letters(any_run: Summary) -> None:
    for drawing in drawings(any_run):
        root = ElementTree.fromstring(drawing.figure.svg)
        assert root.tag.endswith("svg") and root.find("{*}text") is not None
        assert f"{drawing.figure.key}-title" == root.find("{*}title").attrib["id"]


def test_no_label_leaves_the_paper(any_run: Summary) -> None:
    for drawing in drawings(any_run):
        for label in labels(drawing):
            left, top, right, bottom = edges(label)
            inside = (
                left >= -1 and top >= -1 and right <= drawing.scene.width + 1 and bottom <= drawing.scene.height + 1
            )
            assert inside, (drawing.figure.key, label)


def test_labels_do_not_lie_on_each_other(any_run: Summary) -> None:
    for drawing in drawings(any_run):
        found = [edges(label) for label in labels(drawing)]
        for place, (left, top, right, bottom) in enumerate(found):
            for other in found[place + 1 :]:
                wide = min(right, other[2]) - max(left, other[0])
                high = min(bottom, other[3]) - max(top, other[1])
                assert wide < 1.5 or high < 1.5, (drawing.figure.key, labels(drawing)[place])


def test_a_class_without_a_case_is_named_and_drawn_as_itself(runs: ModuleType) -> None:
    drawing = one(runs.one_class(), "waterfall")
    assert ["Responder (6)", "Non-responder (0)", "Not evaluable (0)"] == [text.text for text in labels(drawing)][-4:-1]
    marks = [item for item in items(drawing.scene) if isinstance(item, Mark)][-3:]
    assert [(CLASSES[name][2], CLASSES[name][1]) for name in ("responder", "non-responder", "not evaluable")] == [
        (mark.shape, mark.fill) for mark in marks
    ]
    assert set() == {item.stroke for item in items(drawing.scene) if isinstance(item, Area)} & {
        CLASSES["non-responder"][0]
    }


@pytest.mark.parametrize(
    "of_outcome", [("responder", "non-responder"), ("met", "not met"), ("met (unwanted)", "avoided")]
)
def test_classes_of_one_outcome_differ_by_shape_as_well_as_by_colour(of_outcome: tuple[str, str]) -> None:
    shown = [*of_outcome, "not evaluable", "outside the denominator"]
    assert len(shown) == len({CLASSES[name][2] for name in shown})


def test_only_an_outcome_that_is_wanted_has_the_colours_of_success_and_failure() -> None:
    success, failure = CLASSES["responder"][0], CLASSES["non-responder"][0]
    assert {success, failure}.isdisjoint({CLASSES["met"][0], CLASSES["not met"][0]})
    assert (failure, success) == (CLASSES["met (unwanted)"][0], CLASSES["avoided"][0])


def test_everyone_is_in_the_slopes(series: Summary) -> None:
    told = one(series, "slopes").figure.alt
    assert all(f"P{place} " in told for place in range(1, 9)) and "P6 74 to 74 (responder)" in told


def test_a_missing_value_is_told(runs: ModuleType) -> None:
    assert "P1 51 to no value (not evaluable)" in one(runs.not_evaluable(), "slopes").figure.alt


def test_the_waterfall_begins_with_the_largest_improvement(series: Summary) -> None:
    mmt, cmas, dose = (panel.split(": ", 1)[1] for panel in one(series, "waterfall").figure.alt.split(". ")[2:5])
    assert mmt.startswith("P1 +21 (responder), P2 +16") and mmt.endswith("P6 0 (responder)")
    assert cmas.startswith("P1 +11") and dose.startswith("P1 −50 (responder), P2 −25")


def test_the_waterfall_shows_the_line_of_the_rule(series: Summary) -> None:
    assert 2 == [label.text for label in labels(one(series, "waterfall"))].count("needed: at least 4 points")


def test_figures_for_print_are_the_same_drawing_at_600_dots_an_inch(series: Summary) -> None:
    drawing = one(series, "flow")
    (written,) = printed_files([drawing])
    width, height = round(680 * 6.25), round(drawing.scene.height * 6.25)
    assert written["png"].startswith(b"\x89PNG\r\n\x1a\n")
    assert (width, height) == struct.unpack(">II", written["png"][16:24])
    png, tiff = (Image.open(io.BytesIO(written[ending])) for ending in ("png", "tiff"))
    for image in (png, tiff):
        assert (600, 600) == tuple(round(float(one)) for one in image.info["dpi"])
    same = png.convert("RGB").tobytes() == tiff.tobytes()
    assert same  # a difference of megabytes is not shown


def test_a_figure_for_print_has_its_lines_and_letters_in_a_pdf_of_its_size(series: Summary) -> None:
    drawing = one(series, "waterfall")
    vector = next(printed_files([drawing]))["pdf"]
    (page,) = pypdf.PdfReader(io.BytesIO(vector)).pages
    assert (510.0, round(drawing.scene.height * 0.75, 1)) == (
        float(page.mediabox.width),
        round(float(page.mediabox.height), 1),
    )
    told = " ".join(page.extract_text().split())
    assert all(label.text in told for label in labels(drawing) if not label.angle)
    assert not page.images and "/FontFile" in str(vector)
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert {"DejaVuSans", "DejaVuSans-Bold"} == {
        str(font["/BaseFont"]).partition("+")[2].partition("/")[0] for font in fonts
    }


def test_a_pdf_of_a_figure_has_no_time_in_it(series: Summary) -> None:
    svg = one(series, "flow").figure.svg
    first, (pdf_of_page,) = pdf(svg), printed_files([one(series, "flow")])
    assert first == pdf_of_page["pdf"] and b"/CreationDate" not in first


def test_each_figure_for_print_is_that_of_its_drawing_however_many_are_written(series: Summary) -> None:
    shown = [one(series, "flow"), one(series, "swimmer"), one(series, "waterfall"), one(series, "flow")]
    alone = [next(printed_files([drawing])) for drawing in shown]
    assert 3 == len({written["png"] for written in alone}) == len({written["tiff"] for written in alone})
    same = alone == list(printed_files(shown))
    assert same


def test_figures_are_svg_unless_they_are_for_print(series: Summary) -> None:
    def endings(found: dict[str, bytes]) -> set[str]:
        return {name.rpartition(".")[2] for name in found if name.startswith("figures/")}

    plain, for_print = files(series), files(series, "print")
    assert ({"svg"}, {"svg", "pdf", "png", "tiff"}) == (endings(plain), endings(for_print))
    assert plain == {name: for_print[name] for name in plain}


def test_a_dose_that_is_not_known_breaks_the_line(runs: ModuleType, series: Summary) -> None:
    (case, _), *others = series.shown.doses
    dose, break_ = Fraction(30), "A break in a line: dose unknown"
    unknown = runs.with_cases(series, doses=((case, ((-30, dose), (20, None), (60, dose))), *others))
    taper = one(unknown, "taper")
    (panel,) = (item for item in taper.scene.items if isinstance(item, Group) and item.title.startswith(f"{case}, "))
    assert panel.title.endswith(": 30 from day \u221230, dose unknown from day 20, 30 from day 60")
    assert 2 == sum(isinstance(item, Line) for item in panel.items)
    assert break_ in [label.text for label in labels(taper)]
    assert break_ not in [label.text for label in labels(one(series, "taper"))]
    page = next(
        drawing for drawing in drawings(unknown) if case in drawing.figure.alt and "Timeline" in drawing.figure.alt
    )
    assert any("dose unknown from day 20" in item.title for item in page.scene.items if isinstance(item, Group))


def test_nobody_included_still_has_a_flow_diagram(runs: ModuleType) -> None:
    assert ["flow"] == [drawing.figure.key for drawing in drawings(runs.empty())]


def test_no_id_of_one_figure_occurs_in_another(series: Summary) -> None:
    found = [name for drawing in drawings(series) for name in re.findall(r' id="([^"]+)"', drawing.figure.svg)]
    assert sorted(set(found)) == sorted(found)


def test_characters_without_a_glyph_are_known() -> None:
    assert "患" == lacking("患 P1 − → ≥")


def test_characters_without_a_glyph_are_reported(runs: ModuleType) -> None:
    told = re.search("show a box for: ([^<]*)[.] The page", page_of(runs.hostile(), "print")[0])
    assert told is not None and set("患者三号🙂") == set(told[1].split())
    assert "show a box for" not in report.html(runs.hostile())


def test_equal_changes_stay_in_the_order_of_the_cases(runs: ModuleType) -> None:
    told = one(runs.many(), "waterfall").figure.alt
    assert told.index("P9 +11") < told.index("P17 +11") < told.index("P25 +11")


@given(st.lists(st.floats(0, 200), min_size=1, max_size=12))
def test_spread_labels_are_apart_and_in_order(wanted: list[float]) -> None:
    placed = spread(wanted, 11, 0, 200)
    ordered = sorted(zip(wanted, placed, strict=True))
    assert all(later[1] - earlier[1] >= 10.999 for earlier, later in itertools.pairwise(ordered))
    assert all(-0.001 <= place <= 200.001 for place in placed)


@given(st.text(max_size=60), st.floats(20, 300))
def test_cut_and_wrapped_texts_fit(text: str, width: float) -> None:
    assert text_width(fit(text, width)) <= max(width, text_width("…"))
    assert all(text_width(line) <= width or len(line) == 1 for line in wrap(text, width))


@given(st.fractions(-1000, 1000, max_denominator=100), st.fractions(0, 1000, max_denominator=100))
def test_ticks_are_few_and_inside(low: object, width: object) -> None:
    from fractions import Fraction

    start, end = Fraction(str(low)), Fraction(str(low)) + Fraction(str(width))
    found = ticks(start, end)
    assert len(found) <= 6 and all(start <= tick <= end for tick in found)


@pytest.mark.parametrize(
    ("low", "high"), [(0, 0), (-10, 12), (0, 62), (0, 63), (-120, 792), (0, 2999), (0, 9000), (0, 40_000)]
)
def test_ticks_of_time_are_few_and_inside(low: int, high: int) -> None:
    found = time_ticks(low, high)
    assert len(found.days) <= 9 and all(low <= tick <= high for tick in found.days)
    length = {"Days": Fraction(1), "Months": Fraction("30.4375"), "Years": Fraction("365.25")}[found.unit]
    assert [label.replace("−", "-") for label in found.labels] == [str(tick / length) for tick in found.days]


MOVED = "a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:51\nc | mmt | 0:50, 90:45\nd | mmt | 0:50, 90:70"
BY_IMPROVEMENT, BY_RULE = "the largest improvement", "the largest change in the direction of the rule"


@pytest.mark.parametrize(
    ("good", "rule", "first", "order"),
    [
        ("good: yes, ", "{gain: mmt, at_least: 4 points}", BY_IMPROVEMENT, "dabc"),
        ("good: no, ", "{gain: mmt, at_least: 4 points}", BY_RULE, "dabc"),
        ("", "{gain: mmt, at_least: 4 points}", BY_RULE, "dabc"),
        ("good: no, ", "{falls: mmt, at_least: 2 points}", BY_RULE, "cbad"),
        ("", "{falls: mmt, at_least: 2 points}", BY_RULE, "cbad"),
        ("good: yes, ", "{falls: mmt, at_most: 2 points}", BY_RULE, "cbad"),
    ],
    ids=["wanted", "unwanted", "not said", "an unwanted fall", "a fall, not said", "wanted: not to fall"],
)
def test_only_the_waterfall_of_a_wanted_improvement_begins_with_one(
    good: str, rule: str, first: str, order: str
) -> None:
    study = protocol(f"outcomes:\n  response: {{at: after, {good}rule: {rule}}}\n")
    found = analyse(study, chart(MOVED, study))
    figure = one(found, "waterfall").figure
    assert figure.caption.startswith(f"One bar a case, {first} first; ")
    assert f"Change of every case, {first} first. " in figure.alt
    assert list(order) == re.findall(r"\b([a-d]) [+−]\d", figure.alt)
    bars = [item.title[0] for item in one(found, "waterfall").scene.items if isinstance(item, Group)]
    assert list(order) == bars
    if first == BY_RULE:
        words = [
            part
            for drawing in drawings(found)
            for part in (drawing.figure.title, drawing.figure.caption, drawing.figure.alt)
        ]
        words += [report.headline(found), *(block.text for block in methods(found))]
        assert [] == [text for text in words if "improvement" in text]


@pytest.mark.parametrize(
    ("steps", "followed", "free"),
    [
        (((-20, Fraction(5)), (30, Fraction(0))), 100, [(30, 100)]),
        (((-20, Fraction(0)),), 100, [(0, 100)]),
        (((-20, Fraction(0)), (10, None), (20, Fraction(0)), (40, Fraction(5))), 100, [(0, 10), (20, 40)]),
        (((-20, None),), 100, []),
        (((30, Fraction(0)),), 20, []),
    ],
)  # fmt: skip
def test_a_dose_that_is_not_known_is_no_dose_of_zero(
    runs: ModuleType, series: Summary, steps: tuple[object, ...], followed: int, free: list[object]
) -> None:
    case = replace(series.shown.included[0], observed_days=followed)
    run = runs.with_cases(series, doses=((case.case_id, steps),))
    assert free == _steroid_free(run, case, followed)


def test_why_the_drug_was_stopped_is_told_of_those_no_longer_on_it(runs: ModuleType, series: Summary) -> None:
    case = replace(series.shown.included[0], ongoing=False, on_drug_days=60)
    courses = (StudyDrug(case.case_id, 0, 30, "", "dose changed"), StudyDrug(case.case_id, 31, 60, "", "nausea"))
    run = runs.with_cases(series, study_drug=courses)
    assert "nausea" == _stopped(run, case)
    assert "" == _stopped(run, replace(case, ongoing=True)) == _stopped(run, replace(case, on_drug_days=None))
