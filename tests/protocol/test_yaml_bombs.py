"""Hostile files cost less than a second, most of them a few milliseconds, and say why they are refused."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from caseseries.errors import ProtocolError
from caseseries.protocol.yaml import Limits, read

#: Of processor time, so that a busy machine is no failing test; a tracer (coverage, a debugger) slows every line.
SECONDS = 4.0 if sys.gettrace() is None else 30.0


def laughs() -> str:
    lines = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "\n".join(["a0: &a0 [lol, lol]", *lines])


def merges() -> str:
    lines = [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    return "\n".join(["a0: &a0 {k: v}", *lines])


BOMBS = {
    "a billion laughs": (laughs(), "begins with &"),
    "merge keys": (merges(), "begins with &"),
    "20,000 brackets": ("[" * 20_000, "the line is too long"),
    "20,000 brackets on two lines": ("a: " + "[" * 9_900 + "\n" + "[" * 9_900, "inside one another"),
    "20,000 brackets, one a line": ("[\n" * 19_999, "inside one another"),
    "brackets with something between": ("a: " + "[b," * 3_000, "inside one another"),
    "braces": ("a: " + "{b: " * 2_400, "inside one another"),
    "deep by indentation": ("\n".join(" " * n + "a:" for n in range(1_400)), "inside one another"),
    "deep by dashes": ("a:\n" + "- " * 4_900, "inside one another"),
    "deep by question marks": ("? " * 4_900, "where a name is expected"),
    "a 20,000-digit integer": ("a: " + "9" * 20_000, "the line is too long"),
    "a text on many lines": ("a: |\n" + "  x\n" * 19_000, "the text is too long"),
    "many names": ("\n".join(f"k{n}: v" for n in range(19_000)), "too many names and values"),
    "many items": ("a: [" + ("b," * 4_000 + "\n") * 100 + "]", "too many names and values"),
    "many lines": ("\n" * 1_000_000 + "a: b", "too many lines"),
    "many anchors": ("\n".join(f"- &a{n} b" for n in range(19_000)), "begins with &"),
    "many duplicates": ("a: b\n" * 19_000, "a second time"),
    "many documents": ("---\n" * 19_000, "second document"),
    "a long tag": ("a: !<" + "x" * 9_900 + "> b", "is a tag"),
    "10 MB": ("a: b\n" * 2_000_000, "too large"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_time(name: str) -> None:
    text, words = BOMBS[name]
    begun = time.process_time()
    with pytest.raises(ProtocolError) as caught:
        read(text, file="p.yaml")
    assert SECONDS > time.process_time() - begun
    assert words in caught.value.problems[0].what
    assert 5_000 > len(str(caught.value))


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "sparse.yaml"
    with file.open("wb") as stream:
        stream.truncate(1 << 32)  # 4 GiB that take no room
    begun = time.process_time()
    with pytest.raises(ProtocolError, match="too large"):
        read(file)
    assert SECONDS > time.process_time() - begun


def test_a_5000_digit_integer_is_text() -> None:
    assert {"a": "9" * 5_000} == read("a: " + "9" * 5_000).data


def test_brackets_up_to_the_limit_are_read() -> None:
    depth = Limits().depth - 1  # the file itself is the first mapping
    data = read("a: " + "[" * depth + "]" * depth).data["a"]
    for _ in range(depth - 1):
        assert isinstance(data, list)
        (data,) = data
    assert [] == data


def test_a_large_honest_file_is_read() -> None:
    text = "codes:\n" + "".join(f"  code {n}: {{name: a concept, unit: mg}}\n" for n in range(3_000))
    assert 3_000 == len(read(text).data["codes"])
