"""Links between pages: every relative one leads to a file that is there, and to a place in it. For built pages, and for Markdown.

    python -m tools.links build/site

lists those of a folder of HTML that lead nowhere, and everything that a page would load from elsewhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
#: What a browser fetches by itself, and the attribute that says from where.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Page(HTMLParser):
    """The places of a page, where its links lead, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what one element says."""
        said = {name: value or "" for name, value in attrs}
        self.places |= {said[name] for name in ("id", "name") if said.get(name)}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag in _LOADED and said.get(_LOADED[tag]) and said.get("rel") not in {"canonical", "prev", "next"}:
            self.loaded.append(said[_LOADED[tag]])


def github_anchors(markdown: str) -> set[str]:
    """The places of a Markdown page that a link can name, as GitHub names them; a heading that stands twice has a number.

    >>> sorted(github_anchors("# The *first* of `two`\\n\\n## A, B\\n\\n## A, B\\n"))
    ['a-b', 'a-b-1', 'the-first-of-two']
    """
    seen: dict[str, int] = {}
    found = set()
    for heading in re.findall(r"^#+ (.+)$", _FENCED.sub("", markdown), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return found


def lost_in_markdown(pages: Iterable[Path]) -> list[str]:
    """The relative links and pictures of Markdown files that lead nowhere, each with its page."""
    wrong = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for link in _LINK.findall(re.sub(r"`[^`\n]*`", "", _FENCED.sub("", text))):
            place, _, anchor = link.partition("#")
            if urlsplit(link).scheme:
                continue
            target = (page.parent / unquote(place)).resolve() if place else page
            if not target.exists() or (
                anchor and target.suffix == ".md" and anchor not in github_anchors(target.read_text(encoding="utf-8"))
            ):
                wrong.append(f"{page.as_posix()}: {link}")
    return wrong


def lost_in_html(folder: Path) -> list[str]:
    """The relative links of a folder of pages that lead nowhere, and what a page would load from elsewhere."""
    folder = folder.resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    wrong = []
    for path, page in pages.items():
        name = path.relative_to(folder).as_posix()
        for link in [*page.links, *page.loaded]:
            split = urlsplit(link)
            if split.scheme == "data" or (split.scheme and link not in page.loaded):
                continue
            if split.scheme or split.netloc:
                wrong.append(f"{name}: loads {link}")
                continue
            start = folder / split.path.lstrip("/") if split.path.startswith("/") else path.parent / unquote(split.path)
            target = start.resolve() if split.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (
                split.fragment and target in pages and unquote(split.fragment) not in pages[target].places
            ):
                wrong.append(f"{name}: {link}")
    return sorted(set(wrong))


def main(folder: Path) -> int:
    """List what is wrong; 1 where something is, or where there is no page at all."""
    wrong = lost_in_html(folder)
    for line in wrong:
        print(line)
    count = len(list(folder.rglob("*.html")))
    print(f"{count} pages, {len(wrong)} links that lead nowhere or load from elsewhere")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
