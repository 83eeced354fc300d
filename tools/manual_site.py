"""Lay out the manual as a site: `make site`. The pages are those of the repository, where they stand there, so that every link between
them holds; the pages of the Python names and the reports of the examples are made anew.

    python -m tools.manual_site build/manual

writes the folder that zensical then builds, without a network.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.api_pages import api_pages

import caseseries as cs

ROOT = Path(__file__).resolve().parents[1]
#: The pages at the top of the repository, and the folders whose files are part of the manual.
TOP = ("README", "ARCHITECTURE", "CHANGELOG", "CODE_OF_CONDUCT", "CONTRIBUTING", "GLOSSARY", "SECURITY")
FOLDERS = ("docs", "examples", "benchmarks")
#: An entry of the navigation: a page, or entries below a title.
Nav = list[dict[str, "str | Nav"]]
#: What each example shows, in the order of the gallery: invented rows, or those that an article printed. Those on databases need tables
#: that are not in the repository, and are left out without them; real persons, however de-identified, are in none.
EXAMPLES = {
    "jdm-mmf": "Eight invented children with juvenile dermatomyositis under mycophenolate mofetil, and a rule with an *and/or*.",
    "rtx-sle": "Ten patients of a published table: one score before and after.",
    "adhesions-cells": "Twenty-six patients of a published table, and where the article contradicts it.",
    "tcl-e7777": "Thirteen patients of a published table, with best responses and harms.",
    "rtx-jdm": "Ten courses of nine children of a published table.",
    "still-rtx": "Three adults of a published table: what so little can say.",
    "omop-acetaminophen": "Twenty-eight invented persons in an OMOP database.",
    "omop-celecoxib": "2,694 invented persons in an OMOP database: a rate of bleeding, counted and not listed.",
}


def lay_out(into: Path, *, reports: bool = True) -> None:
    """Write the folder that is built: pages, the reports of the examples where asked for, and the settings.

    Raises:
        FileExistsError: the folder is there already.
    """
    pages = into / "pages"
    pages.mkdir(parents=True)
    for name in TOP:
        shutil.copyfile(ROOT / f"{name}.md", pages / f"{name}.md")
    shutil.copyfile(ROOT / "LICENSE", pages / "LICENSE")
    kept = shutil.ignore_patterns("__pycache__", "results", "*.shown.json", "*.ipynb", "*.parquet", "*.py")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, pages / folder, ignore=kept)
    shutil.copyfile(ROOT / "examples/notebook.ipynb", pages / "examples/notebook.ipynb")
    shutil.copyfile(ROOT / "examples/jdm-mmf/make_workbook.py", pages / "examples/jdm-mmf/make_workbook.py")
    for place, text in api_pages().items():
        (pages / place).parent.mkdir(parents=True, exist_ok=True)
        (pages / place).write_text(text, encoding="utf-8")
    gallery = pages / "docs/gallery"
    gallery.mkdir()
    shown = {name: headline for name in EXAMPLES if (headline := report(name, gallery / name))} if reports else {}
    (gallery / "README.md").write_text(gallery_page(shown), encoding="utf-8")
    shutil.copyfile(Path(__file__).with_name("manual_site.css"), pages / "manual.css")
    settings = Path(__file__).with_name("manual_site.toml").read_text(encoding="utf-8")
    (into / "zensical.toml").write_text(settings.replace("nav = []", f"nav = {toml(nav(pages))}"), encoding="utf-8")


def report(name: str, into: Path) -> str:
    """Run an example and keep its report; gives its headline, and nothing where its data are not here.

    A chart is run in a copy, because that outcomes of patients were shown is noted beside the protocol.
    """
    database = name.startswith("omop-")
    with tempfile.TemporaryDirectory() as work:
        folder = ROOT / "examples" / name
        if not database:
            folder = shutil.copytree(folder, Path(work) / name)
        try:
            results = cs.Study.load(folder / "protocol.yaml").run(folder / ("omop.yaml" if database else "chart.yaml"))
        except cs.InputError as missing:
            if not database:
                raise
            print(f"left out of the gallery, its tables are not here: {name} ({missing.what})")
            return ""
        results.write(Path(work) / "report", readable=True)
        into.mkdir()
        shutil.copyfile(Path(work) / "report/report.html", into / "report.html")
    return next(line for line in results.headline().splitlines() if not line.startswith("Invented"))


def gallery_page(shown: Mapping[str, str]) -> str:
    """The page that lists the reports."""
    lines = [
        "# Reports of the examples",
        "",
        "Each opens as the program wrote it, in a page of its own: the article first, the supplement folded below. The rows are invented, or",
        "were printed in an article; the page of each study says which, and under which licence.",
        "",
    ]
    for name, headline in shown.items():
        page = f"../../examples/{name}/README.md"
        lines += [f"## {title(ROOT / 'examples' / name / 'README.md')}", "", EXAMPLES[name], "", f"> {headline}", ""]
        lines += [f"[Read the report]({name}/report.html) · [about the study]({page})", ""]
    return "\n".join(lines)


def title(page: Path) -> str:
    """The first heading of a page, as plain text."""
    found = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return re.sub(r"[`*]", "", found[1]) if found else page.stem


def nav(pages: Path) -> Nav:
    """The navigation: what a reader wants first comes first."""

    def listed(folder: str) -> Nav:
        names = sorted(path for path in (pages / folder).glob("*.md") if path.name != "README.md")
        first = [f"{folder}/README.md"] if (pages / folder / "README.md").exists() else []
        return [{"Overview": name} for name in first] + [
            {title(path): path.relative_to(pages).as_posix()} for path in names
        ]

    def ordered(folder: str) -> Nav:
        """As the index of the folder has them."""
        text = (pages / folder / "README.md").read_text(encoding="utf-8")
        names = dict.fromkeys(name for name in re.findall(r"\]\(([\w-]+\.md)\)", text) if name != "README.md")
        return [
            {"Overview": f"{folder}/README.md"},
            *({title(pages / folder / name): f"{folder}/{name}"} for name in names),
        ]

    return [
        {"Start": [
            {"What it is": "README.md"}, {"From the workbook to Word": "docs/tutorial.md"}, {"Example reports": "docs/gallery/README.md"},
            {"Why not …?": "docs/compared.md"},
        ]},
        {"How-tos": ordered("docs/how-to")},
        {"The language": [
            {"The protocol, every name": "docs/protocol.md"}, {"Concept by concept": ordered("docs/rules")},
            {"Published definitions": ordered("docs/definitions")}, {"What the words mean": "docs/meaning.md"}, {"Glossary": "GLOSSARY.md"},
        ]},
        {"Data": [
            {"The chart description": "docs/chart.md"}, {"Databases": "docs/omop.md"}, {"Very many patients": "docs/many-patients.md"},
        ]},
        {"Commands and Python": [
            {"The command line": "docs/cli.md"}, {"Python and notebooks": "docs/python.md"}, {"How numbers are printed": "docs/number-styles.md"},
            {"Every name of Python": listed("docs/api")},
        ]},
        {"Statistics": [{"Statistics": "docs/statistics.md"}, {"Next to other evidence": "docs/evidence.md"}]},
        {"The project": [
            {"Architecture": "ARCHITECTURE.md"}, {"Decisions": listed("docs/decisions")}, {"Contributing": "CONTRIBUTING.md"},
            {"How we deal with each other": "CODE_OF_CONDUCT.md"}, {"Security": "SECURITY.md"}, {"Coverage": "docs/coverage.md"},
            {"Measured": "benchmarks/RESULTS.md"}, {"Pictures": "docs/images/README.md"},
            {"A release": "docs/release.md"}, {"Changes": "CHANGELOG.md"},
        ]},
    ]  # fmt: skip


def toml(entries: Nav) -> str:
    """The navigation as a value of TOML."""
    told = []
    for entry in entries:
        ((name, below),) = entry.items()
        told.append(
            f"{{ {json.dumps(name, ensure_ascii=False)} = {json.dumps(below) if isinstance(below, str) else toml(below)} }}"
        )
    return f"[{', '.join(told)}]"


def main(into: Path) -> int:
    """Lay out and build: the site stands in `into`/site."""
    if into.exists():
        shutil.rmtree(into)
    lay_out(into)
    return subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--clean", "-f", "zensical.toml"], cwd=into
    ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
