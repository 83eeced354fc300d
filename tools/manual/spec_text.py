"""What a spec file says beside its data: its sections as they are written, and the remark on each patient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tests.spec.spec_file import read, study

from caseseries.protocol.protocol import Protocol

#: Characters of a line of YAML that a page shows without scrolling.
WIDTH = 100


@dataclass(frozen=True)
class SpecText:
    """A spec file: its data, the protocol they make, and its text."""

    path: Path
    written: dict[str, Any]
    declared: Protocol
    text: str

    @property
    def name(self) -> str:
        """The name of its page."""
        return self.path.stem

    def block(self, key: str) -> list[str]:
        """The lines below a name at the left edge."""
        lines = self.text.splitlines()
        start = next(number for number, line in enumerate(lines) if re.match(rf"{key}:", line)) + 1
        ends = (number for number, line in enumerate(lines[start:], start) if re.match(r"\w", line))
        return lines[start : next(ends, len(lines))]

    @cached_property
    def all_of_protocol(self) -> str:
        """Every section of the protocol, as :meth:`protocol` gives it."""
        return self.protocol()

    def protocol(self, sections: tuple[str, ...] = ()) -> str:
        """The sections of the protocol as they are written, all or those named, moved to the left edge."""
        kept, keep = [], True
        for line in self.block("protocol"):
            if found := re.match(r"  (\w[^:]*):", line):
                keep = not sections or found[1] in sections
            if keep and line.strip() not in {"#", ""}:
                kept += broken(line.removeprefix("  "))
        return "\n".join(kept)

    @property
    def remarks(self) -> dict[str, str]:
        """By case, the comment that stands behind or above its line of what is expected."""
        found, above = {}, list[str]()
        for line in self.block("expected"):
            if comment := re.match(r"\s*# (.*)", line):
                above.append(comment[1])
            elif of_case := re.match(r"  \"?([^:\"]+)\"?: (?:\{.*\})?(?:\s*# (.*))?$", line):
                found[of_case[1]] = of_case[2] or " ".join(above)
                above = []
        return {case: remark for case, remark in found.items() if remark}

    @property
    def first_comment(self) -> str:
        """The comment on the first line."""
        return self.text.splitlines()[0].removeprefix("# ")


def broken(line: str) -> list[str]:
    """A line of YAML in pieces that fit on a page, broken behind commas within brackets, where that changes nothing."""
    indent = len(line) - len(line.lstrip(" -"))
    pieces = []
    while len(line) > WIDTH and (place := _comma(line, indent)):
        pieces.append(line[: place + 1])
        line = " " * (indent + 4) + line[place + 2 :]
    return [*pieces, line]


def _comma(line: str, indent: int) -> int:
    """The last comma within brackets before the edge of the page, of the outermost brackets there are; 0 where there is none."""
    depth, quoted, found = 0, "", dict[int, int]()
    for place, letter in enumerate(line[:WIDTH]):
        if quoted or letter in "\"'":
            quoted = "" if letter == quoted else quoted or letter
        elif letter == "#":
            break
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
        elif line[place : place + 2] == ", " and place > max(indent + 8, WIDTH // 2):
            found[depth] = place
    return found[min(found)] if found else 0


@cache
def spec_text(path: Path) -> SpecText:
    """One file."""
    written = read(path)
    return SpecText(path, written, study(written["protocol"]), path.read_text(encoding="utf-8"))
