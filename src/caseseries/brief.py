"""How a large object shows itself: how much of what it holds, never what stands in it."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields

#: What fits a screen.
LINES, LETTERS = 24, 1900


def brief(self: object) -> str:
    """The name of a frozen value's class and how many entries each of its collections has; for `__repr__`, in place of all they hold.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Pair:
    ...     name: str
    ...     values: tuple[int, ...]
    ...     __repr__ = brief
    >>> Pair("P1", (7, 8, 9))
    <Pair: 3 values>
    """
    sizes = []
    for one in fields(self):  # type: ignore[arg-type]  # only ever the method of a dataclass
        held = getattr(self, one.name)
        if one.repr and isinstance(held, Sized) and not isinstance(held, str | bytes) and len(held):
            sizes.append(f"{len(held):,} {one.name.replace('_', ' ')}")
    return f"<{type(self).__name__}{': ' if sizes else ''}{', '.join(sizes)}>"


def on_screen(text: str) -> str:
    """A text no longer than a screen, with how much of it is left out.

    >>> on_screen("a line")
    'a line'
    >>> on_screen("x\\n" * 40).splitlines()[-1]
    '... (17 more lines)'
    """
    lines = text.splitlines()
    kept: list[str] = []
    for line in lines:
        part = line if len(line) <= LETTERS // 2 else f"{line[: LETTERS // 2]} ..."
        if len(kept) == LINES - 1 or sum(map(len, kept)) + len(kept) + len(part) > LETTERS:
            break
        kept.append(part)
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"... ({left} more line{'s' * (left != 1)})"] if left else kept)


class Rows(tuple):  # type: ignore[type-arg]  # the type of the rows is said where they are handed out
    """Several rows that show themselves by their number."""

    __slots__ = ()

    def __repr__(self) -> str:
        kinds = sorted({type(row).__name__ for row in self})
        return f"<{len(self):,} row{'s' * (len(self) != 1)}{' of ' + ', '.join(kinds) if kinds else ''}>"
