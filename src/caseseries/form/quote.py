"""Texts as YAML scalars."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ ./()%^*+-]*")


def quoted(text: str) -> str:
    """A text that the YAML reader gives back as it is, plain where that is safe.

    >>> print(quoted("visit_date"), quoted("Visit 1 / BP"), quoted("a: b"), quoted("no "))
    visit_date Visit 1 / BP "a: b" "no "
    """
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
