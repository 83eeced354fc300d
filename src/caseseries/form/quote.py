"""Texts as YAML scalars."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ./()%^*+-]*")


class Heading(str):
    """What a column is called to a reader, which is not how it is written: `written` is its name in the file.

    >>> print(quoted(Heading("Visit date", "vis_dat")))
    vis_dat
    """

    written: str
    __slots__ = ("written",)

    def __new__(cls, text: str, written: str) -> Heading:
        """The heading `text` of the column `written`."""
        made = super().__new__(cls, text)
        made.written = written
        return made


def quoted(text: str) -> str:
    """A text that the YAML reader gives back as it is, plain where that is safe.

    >>> print(quoted("visit_date"), quoted("Visit 1 / BP"), quoted("a: b"), quoted("no "))
    visit_date Visit 1 / BP "a: b" "no "
    """
    text = text.written if isinstance(text, Heading) else text
    if _PLAIN.fullmatch(text) and text == text.strip():
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def listed(texts: object) -> str:
    """Several texts as a list on one line.

    >>> print(listed(["a", "b: c"]))
    [a, "b: c"]
    """
    assert isinstance(texts, list | tuple)
    return f"[{', '.join(quoted(text) for text in texts)}]"
