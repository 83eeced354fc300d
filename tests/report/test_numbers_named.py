"""Every number in a table of the page, and in its headline, names its id, by which it is in results.json and can be traced."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from caseseries import report
from caseseries.protocol.specs import AS_WRITTEN
from caseseries.report.exhibits.change import repeated
from caseseries.report.files.results_file import results as results_json
from caseseries.study import Results, Study
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Summary

EXAMPLES = ("jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "tcl-e7777", "adhesions-cells")
#: Numbers that a footnote or a sentence prints, and no cell: other intervals, tests after the first, means of follow-up.
_IN_NOTES = re.compile(
    r"/(wilson|mid_p)$|/change/(sign_flip|sign|paired_t|t|mean_by_t)$|^follow_up/.*/(mean|sd)$|/(kappa|AC1|same|fisher)$"
)


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, project_root: Path) -> Results:
    folder = project_root / "examples" / request.param
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


def named_on(page: str) -> set[str]:
    titles = re.findall(r'<(?:td|th|b)[^>]* title="([^"]*)"', page)
    return {one for title in titles for one in html.unescape(title).split("; ")}


def ids_in(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        yield from (content[key] for key in ("id",) if isinstance(content.get(key), str))
        content = list(content.values())
    for one in content if isinstance(content, list) else ():
        yield from ids_in(one)


def grid_ids(content: dict[str, Any]) -> set[str]:
    """The ids of the cells of the grids: results.json tells their outcome and the number of the spec."""
    return {
        f"{outcome['outcome']}/{cell['spec']}/{of}"
        for outcome in content["outcomes"]
        for cell in outcome["grid"]
        for of in ("of_included", "of_among")
    }


def test_each_id_on_the_page_is_one_of_results_json_and_can_be_traced(example: Results) -> None:
    content, named = results_json(example.summary), named_on(report.html(example.summary))
    assert named
    assert set() == named - set(ids_in(content)) - grid_ids(content)
    assert set() == named - set(example.numbers)


def test_each_number_of_a_table_is_named_there(example: Results) -> None:
    summary, named = example.summary, named_on(report.html(example.summary))
    told_once = {
        one.id
        for change in summary.change_outcomes
        if repeated(summary, change)
        for part in (
            change.before,
            change.after,
            change.change,
            change.percent,
            {test.id: test for test in change.tests},
        )
        for one in part.values()
    }
    untold = {one.share.id for one in (summary.safety.told if summary.safety else ()) if not one.recorded.high}
    printed = {one.id.removesuffix("/clopper_pearson") for one in every_result(summary) if not _IN_NOTES.search(one.id)}
    assert set() == printed - named - told_once - untold


def test_the_headline_names_its_number(example: Results) -> None:
    heads = re.findall(r'<p class="big"><span>.*?</span> <b title="([^"]+)">', report.html(example.summary))
    assert len(heads) in {0, len(example.summary.outcomes)} or example.summary.levels
    for one in heads:
        assert set(html.unescape(one).split("; ")) <= set(example.numbers)


def test_the_name_of_an_event_with_a_date_is_not_on_the_page(series: Summary) -> None:
    safety = series.safety
    assert safety is not None
    first = safety.terms[0]
    dated = "rash 2009-03-14"
    term = replace(
        first,
        term=dated,
        share=replace(first.share, id=f"safety/with_event/{dated}"),
        rate=replace(first.rate, id=f"safety/rate/{dated}"),
    )
    told = replace(series, safety=replace(safety, terms=(term, *safety.terms[1:])))
    named = named_on(report.html(told))
    assert "safety/rate/rash [date]" in named and not any("2009-03-14" in one for one in named)
    assert named >= {one for one in ids_in(results_json(told)["results"]) if one.startswith("safety/with_event/")}


def test_a_reading_names_its_extremes(series: Summary) -> None:
    (name,) = series.outcomes
    readings = [one for one in series.outcomes[name].responders if one.reading != AS_WRITTEN]
    assert {one.worst_case.id for one in readings} <= named_on(report.html(series))
