"""Tables and blocks of Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

#: Characters of a line of prose.
WIDTH = 118


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a bar within a cell is written so that it stays one."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def fenced(text: str, language: str = "text") -> str:
    """A block that is shown as it is."""
    return f"```{language}\n{text.rstrip()}\n```"


def prose(text: str) -> str:
    """Paragraphs and lists broken into lines that fit a page; anything else stays as it is."""
    blocks = []
    for block in text.strip().split("\n\n"):
        listed = block.startswith("- ")
        if block.startswith(("|", "```", "#", "<")):
            blocks.append(block)
            continue
        items = re.split(r"\n(?=- )", block) if listed else [block]
        blocks.append("\n".join(_filled(" ".join(item.split()), "  " if listed else "") for item in items))
    return "\n\n".join(blocks)


#: How a line within a paragraph may not begin: it would be a list, a quotation or a heading.
_BEGINS = re.compile(r"\s*(?:[-+*>]|#+ |\d+[.)] )")


def _filled(text: str, indent: str) -> str:
    """One paragraph in lines."""
    first, *lines = textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    filled = [first]
    for line in lines:
        if _BEGINS.match(line):
            filled[-1] += f" {line.strip()}"
        else:
            filled.append(line)
    return "\n".join(filled)


def paragraphs(*parts: str) -> str:
    """Blocks with an empty line between, those that are empty left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())
