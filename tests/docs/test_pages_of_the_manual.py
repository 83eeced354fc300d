"""The manual as pages: links of Markdown and of built pages lead somewhere, every page is laid out, every public name is told."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tools.api_pages import FOLDER, api_pages, markdown
from tools.links import github_anchors, lost_in_html, lost_in_markdown
from tools.manual_site import EXAMPLES, gallery_page, lay_out

import caseseries
from caseseries import parts, types

ROOT = Path(__file__).resolve().parents[2]


def test_links_of_markdown_lead_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    pages = [
        *Path().glob("*.md"),
        *Path("docs").rglob("*.md"),
        *Path("examples").rglob("README.md"),
        *Path("benchmarks").glob("*.md"),
    ]
    assert [] == lost_in_markdown(sorted(pages))


def test_a_link_of_markdown_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# One, two\n\n## Again\n\n## Again\n", encoding="utf-8")
    page.write_text(
        "[a](other.md) [b](other.md#one-two) [c](other.md#again-1) [d](https://example.org) [`e`](#f)\n\n"
        "[1](gone.md) ![2](gone.png) [3](other.md#three) `[4](code.md)`\n\n```text\n[5](code.md)\n```\n\n# F\n",
        encoding="utf-8",
    )
    assert {"one-two", "again", "again-1"} == github_anchors(other.read_text(encoding="utf-8"))
    name = page.as_posix()
    assert [f"{name}: gone.md", f"{name}: gone.png", f"{name}: other.md#three"] == lost_in_markdown([page])


def test_a_link_of_a_built_page_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below/index.html").write_text(
        '<h1 id="top">x</h1><a href="../page.html#here">up</a>', encoding="utf-8"
    )
    (tmp_path / "page.html").write_text(
        '<p id="here"><a href="below/"></a><a href="below/index.html#top"></a><a href="/page.html"></a><a href="https://example.org"></a>'
        '<a href="gone.html"></a><a href="below/#gone"></a><img src="gone.png"><script src="https://example.org/a.js"></script>'
        '<link rel="stylesheet" href="//example.org/a.css"><img src="data:,x"></p>',
        encoding="utf-8",
    )
    wrong = ["below/#gone", "gone.html", "gone.png", "loads //example.org/a.css", "loads https://example.org/a.js"]
    assert [f"page.html: {one}" for one in wrong] == lost_in_html(tmp_path)


def entries(nav: list[dict[str, Any]]) -> list[str]:
    """The pages of a navigation."""
    below = [value for entry in nav for value in entry.values()]
    return [page for value in below for page in ([value] if isinstance(value, str) else entries(value))]


def test_every_page_is_laid_out_and_reached(tmp_path: Path) -> None:
    lay_out(tmp_path / "manual", reports=False)
    pages = tmp_path / "manual/pages"
    project = tomllib.loads((tmp_path / "manual/zensical.toml").read_text(encoding="utf-8"))["project"]
    assert project["theme"]["font"] is False
    listed = entries(project["nav"])
    assert len(set(listed)) == len(listed)
    assert [] == [page for page in listed if not (pages / page).is_file()]
    own = {
        path.relative_to(pages).as_posix()
        for folder in ("docs", ".")
        for path in (pages / folder).glob("**/*.md" if folder == "docs" else "*.md")
    }
    assert set() == own - set(listed)
    assert [] == lost_in_markdown(sorted(pages.rglob("*.md")))
    with pytest.raises(FileExistsError):
        lay_out(tmp_path / "manual", reports=False)


def test_the_gallery_lists_what_was_run() -> None:
    page = gallery_page({"jdm-mmf": "Good response: 6 of 8"})
    assert "> Good response: 6 of 8\n" in page
    assert "(jdm-mmf/report.html)" in page
    assert "rtx-sle" not in page


def test_every_example_that_may_be_shown_is_in_the_gallery() -> None:
    """The demo on a database is made at will; the patients of `omop-glucocorticoids` are real, and not ours to show one by one."""
    folders = {path.name for path in (ROOT / "examples").iterdir() if (path / "protocol.yaml").exists()}
    assert folders - {"omop-demo", "omop-glucocorticoids"} == EXAMPLES.keys()


def test_every_public_name_is_told() -> None:
    made = api_pages()
    for name, module in (("caseseries", caseseries), ("parts", parts), ("types", types)):
        told = made[FOLDER / f"{name}.md"]
        assert [] == [one for one in module.__all__ if not one.startswith("__") and f"\n## {one}\n" not in told]
    text = "".join(made.values())
    assert [] == [
        sign for sign in (" at 0x", "PydanticUndefined", "<factory>", ":class:", ":meth:", ":func:") if sign in text
    ]
    package = made[FOLDER / "caseseries.md"]
    assert "\n### Study.run()\n\n```python\nStudy.run(\n    source: Described,\n" in package
    assert "\n### Results.write()\n" in package
    assert "Window(\n    from_: Days,\n    to: Days,\n    target: Days | None = None,\n" in made[FOLDER / "parts.md"]


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        ("Of :meth:`~a.B.read` and ``x``.", "Of `read` and `x`."),
        ("One.\n\n>>> 1 + 1\n2", "One.\n\n```python\n>>> 1 + 1\n2\n```"),
        ("One.\n\n    import x\n    x.run()", "One.\n\n```python\nimport x\nx.run()\n```"),
        ("One.\n\nRaises:\n    KeyError: none\n        of it.\n    OSError: full.",
         "One.\n\n**Raises**\n\n- `KeyError`: none of it.\n- `OSError`: full."),
    ],
)  # fmt: skip
def test_a_docstring_becomes_markdown(docstring: str, told: str) -> None:
    assert told == markdown(docstring)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="zensical is installed by `make site`, which checks the same"
)
def test_links_of_the_built_pages_lead_somewhere(tmp_path: Path) -> None:
    lay_out(tmp_path / "manual", reports=False)
    built = [sys.executable, "-m", "zensical", "build", "-f", "zensical.toml"]
    assert 0 == subprocess.run(built, cwd=tmp_path / "manual").returncode
    assert [] == lost_in_html(tmp_path / "manual/site")
