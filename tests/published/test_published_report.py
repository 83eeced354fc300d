"""The words of the report on Dagher et al. 2012: every sentence and cell as the reader sees it, so that a new wording is a line in a review.

`make golden` writes `report_jdm_mmf.txt` anew; what it changed is read in the diff before it is kept.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from caseseries import __version__
from caseseries.study import Study

EXAMPLE = Path(__file__).parents[2] / "examples" / "jdm-mmf"
GOLDEN = Path(__file__).with_name("report_jdm_mmf.txt")

#: Elements that go on in the line they stand in; any other begins a new one.
INLINE = {"a", "abbr", "b", "br", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "wbr"}
CELLS = {"td", "th"}
#: Of these nothing is read as text. What a figure shows is told by its title and description.
UNREAD = {"script", "style", "text"}


class _Words(HTMLParser):
    """The text of a page: a line for each block, cells of a row between bars."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        if tag in CELLS:
            self.lines[-1] += " | "
        elif tag == "br":
            self.lines[-1] += " "
        elif tag not in INLINE:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD
        if tag not in INLINE | CELLS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.lines[-1] += data


def words(page: str) -> str:
    """The text of a page; spaces are made equal, and what changes with each version or protocol is left out."""
    reader = _Words()
    reader.feed(page)
    lines = (" ".join(line.split()) for line in reader.lines)
    text = "\n".join(line for line in lines if line) + "\n"
    return re.sub(r"\b[0-9a-f]{12,64}\b", "FINGERPRINT", text).replace(__version__, "VERSION")


def test_a_block_is_a_line_and_a_row_is_one_too() -> None:
    page = "<style>p {}</style><p>A <b>yes</b>:\n 6</p><table><tr><th>n<td>8</tr><tr><td>1<br>2</td></tr></table><svg><desc>D</desc><text>x</text>"
    assert "A yes: 6\n| n | 8\n| 1 2\nD\n" == words(page)


def test_what_changes_with_a_version_is_left_out() -> None:
    assert "version VERSION of FINGERPRINT\n" == words(f"version {__version__} of {'0a' * 32}")


def compared(golden: Path, found: str) -> None:
    if os.environ.get("REWRITE_GOLDEN") == "yes":
        golden.write_text(found, encoding="utf-8")
    kept = golden.read_text(encoding="utf-8")
    if kept != found:
        changes = difflib.unified_diff(
            kept.splitlines(), found.splitlines(), golden.name, "the report now", "", "", 1, ""
        )
        pytest.fail("\n".join([*changes, "", "If this is what it should say: make golden"]), pytrace=False)


def page_of(example: Path, folder: Path) -> str:
    study = folder / "study"
    shutil.copytree(example, study)  # a run writes beside the protocol
    Study.load(study / "protocol.yaml").run(study / "chart.yaml").write(folder / "report")
    return (folder / "report" / "report.html").read_text(encoding="utf-8")


def test_the_words_of_the_report(tmp_path: Path) -> None:
    compared(GOLDEN, words(page_of(EXAMPLE, tmp_path)))


@pytest.mark.parametrize(
    "example", sorted({found.parent.name for found in EXAMPLE.parent.glob("*/chart.yaml")} - {EXAMPLE.name})
)
def test_the_words_of_every_article(example: str, tmp_path: Path) -> None:
    page = page_of(EXAMPLE.parent / example, tmp_path)
    compared(GOLDEN.with_name(f"article_{example.replace('-', '_')}.txt"), words(page.partition("<details")[0]))
