"""The page: self-contained, safe, complete, the same bytes everywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from caseseries import report
from caseseries.report.exhibits.printed_blocks import Cell, Column, Row, Section, Table
from caseseries.report.page.render import LONG, shortened
from caseseries.summary.model import Summary

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Reader(HTMLParser):
    """Checks that every element is closed in order, and collects what the tests ask about."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert [] == reader.open
    return reader


@pytest.fixture(scope="module")
def page(any_run: Summary) -> str:
    return report.html(any_run)


def test_every_element_is_closed_and_every_id_is_unique(page: str) -> None:
    found = [attributes["id"] for _, attributes in read(page).tags if "id" in attributes]
    assert sorted(set(found), key=str) == sorted(found, key=str)


def test_no_script_and_nothing_from_elsewhere(page: str) -> None:
    reader = read(page)
    assert [] == [tag for tag, _ in reader.tags if tag in {"script", "iframe", "object", "link", "img", "form"}]
    assert [] == [
        name
        for _, attributes in reader.tags
        for name in attributes
        if name.startswith("on") or name in {"src", "srcset"}
    ]
    assert [] == [value for _, found in reader.tags if (value := found.get("href")) and not value.startswith("#")]
    assert {"http://www.w3.org/2000/svg"} >= set(re.findall(r"https?://[^\"' <)]+", page))
    assert "url(" not in page and "@import" not in page


def test_the_content_policy_allows_nothing_but_its_own_style(page: str) -> None:
    assert [
        {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        }
    ] == [found for tag, found in read(page).tags if tag == "meta" and "http-equiv" in found]


def test_every_figure_has_a_name_and_a_description(page: str) -> None:
    reader = read(page)
    ids = {found["id"] for _, found in reader.tags if "id" in found}
    figures = [found for tag, found in reader.tags if tag == "svg"]
    assert figures and all(found["role"] == "img" for found in figures)
    assert set() == {part for found in figures for part in (found["aria-labelledby"] or "").split()} - ids


def test_links_lead_somewhere(page: str) -> None:
    reader = read(page)
    ids = {found["id"] for _, found in reader.tags if "id" in found}
    assert set() == {(found["href"] or "")[1:] for tag, found in reader.tags if tag == "a"} - ids


def test_what_users_wrote_stays_text(runs: ModuleType) -> None:
    page = report.html(runs.hostile())
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page and "49" not in re.findall(r"🙂 &amp; [^<]{0,40}", page)[0]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", page) and "P�2�" in page


def test_an_invented_chart_says_so_on_page_figures_and_paper(series: Summary) -> None:
    page = report.html(series)
    figures = page.count("<svg ")
    assert page.count(">Invented data: no row describes a real patient</text>") == figures
    assert "<title>Invented data: " in page and "@top-center { content: " in page


def test_a_real_chart_is_not_called_invented(runs: ModuleType) -> None:
    assert "Invented" not in report.html(runs.hostile())


def test_the_notebook_cell_is_a_part_of_a_page(any_run: Summary) -> None:
    cell = report.notebook_html(any_run)
    reader = read(cell)
    assert {"html", "body", "script"} & {tag for tag, _ in reader.tags} == set()
    assert "No control group" not in cell and "without a control group" in cell


def test_the_styles_of_a_notebook_cell_touch_nothing_outside(series: Summary) -> None:
    style = report.notebook_html(series).split("<style>")[1].split("</style>")[0]
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{", style) for part in rule.split(",")]
    assert selectors and all(part.startswith(".caseseries") for part in selectors)


CODE = """
import importlib.util, hashlib, sys
spec = importlib.util.spec_from_file_location("report_sample", sys.argv[1])
sample = importlib.util.module_from_spec(spec); sys.modules["report_sample"] = sample; spec.loader.exec_module(sample)
from caseseries.report.folder import files
for name, data in sorted(files(sample.SAMPLES[sys.argv[2]]()).items()):
    print(hashlib.sha256(data).hexdigest(), name)
"""


def digests(sample: str, **environment: str) -> str:
    source = Path(__file__).with_name("sample.py")
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(source), sample],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("sample", ["one case", pytest.param("hostile", marks=pytest.mark.slow)])
def test_the_same_bytes_whatever_the_machine_is_set_to(sample: str) -> None:
    first = digests(sample, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    second = digests(sample, PYTHONHASHSEED="271", TZ="Pacific/Kiritimati", LC_ALL="tr_TR.UTF-8", PYTHONUTF8="0")
    assert first.count("\n") > 30 and first == second


def test_a_long_table_stands_on_the_page_with_its_first_rows_and_says_where_all_of_them_are() -> None:
    rows = [Row((Cell(f"case {place}"),), heading=place % 100 == 49) for place in range(LONG + 1)]
    table = Table("cases", "Cases", (Column("Case"),), tuple(rows), ("A note.",), "7")
    (shown,) = shortened(Section("x", "X", (table,))).blocks
    assert isinstance(shown, Table)
    assert [row.cells[0].text for row in shown.rows] == [f"case {place}" for place in range(49)]
    assert ("The first 49 of 199 rows. All of them are in tables/07-cases.csv.", "A note.") == shown.footnotes
    whole_table = replace(table, rows=table.rows[:LONG])
    assert (whole_table,) == shortened(Section("x", "X", (whole_table,))).blocks


def test_no_heading_of_a_table_is_empty(any_run: Summary) -> None:
    assert not re.search(r"<th\b[^>]*>\s*</th>", report.html(any_run))
