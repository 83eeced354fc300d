"""What a YAML file says, and where: texts as written, exact lines, mistakes with their address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseseries.errors import ChartError, Place, Problem, ProtocolError
from caseseries.protocol.yaml import Document, Limits, read

PROTOCOL = """\
# a comment
study: MMF
windows:
  baseline: {from: -20 days, take: last}
  month 3:
    take: nearest
    tie:
include:
  - {diagnosis: JDM}
  -
    age: 18 years
  - plain
notes: |
  first
  second
empty list: []
"""


def problems(source: str | bytes | Path, **options: object) -> tuple[Problem, ...]:
    with pytest.raises(ProtocolError) as caught:
        read(source, file="p.yaml", **options)
    return caught.value.problems


@pytest.fixture
def document() -> Document:
    return read(PROTOCOL, file="p.yaml")


def test_a_clean_file_is_plain_data(document: Document) -> None:
    assert {
        "study": "MMF",
        "windows": {
            "baseline": {"from": "-20 days", "take": "last"},
            "month 3": {"take": "nearest", "tie": None},
        },
        "include": [{"diagnosis": "JDM"}, {"age": "18 years"}, "plain"],
        "notes": "first\nsecond\n",
        "empty list": [],
    } == document.data


@pytest.mark.parametrize(
    "written",
    [
        "010",
        "3_000",
        "1:30",
        "1e3",
        "no",
        "yes",
        "true",
        "null",
        ".nan",
        "-.inf",
        "0x1F",
        "2005-01-01",
        "=",
        "1" * 5000,
    ],
)
def test_every_scalar_keeps_its_text_quoted_or_not(written: str) -> None:
    assert {"a": written, "b": written, "c": written} == read(f"a: {written}\nb: '{written}'\nc: \"{written}\"").data


def test_only_an_empty_value_and_a_tilde_are_none() -> None:
    assert {"a": None, "b": None, "c": "", "d": "~", "e": [None]} == read("a:\nb: ~\nc: ''\nd: '~'\ne: [~]").data


@pytest.mark.parametrize(
    ("loc", "line", "column"),
    [
        ((), 2, 1),
        (("study",), 2, 8),
        (("windows",), 3, 1),  # begins below its name: found at its name
        (("windows", "baseline"), 4, 13),
        (("windows", "baseline", "take"), 4, 36),
        (("windows", "month 3"), 5, 3),
        (("windows", "month 3", "take"), 6, 11),
        (("windows", "month 3", "tie"), 7, 5),  # empty: at its name, not where the parser noticed
        (("include", 0), 9, 5),
        (("include", 0, "diagnosis"), 9, 17),
        (("include", 1), 11, 5),
        (("include", 1, "age"), 11, 10),
        (("include", 2), 12, 5),
        (("notes",), 13, 8),
        (("empty list",), 16, 13),
    ],
)
def test_lines_and_columns_of_values_are_exact(
    document: Document, loc: tuple[str | int, ...], line: int, column: int
) -> None:
    assert Place("p.yaml", line=line, column=str(column)) == document.locate(loc)


def test_lines_and_columns_of_names_are_exact(document: Document) -> None:
    found = [document.locate(loc, key=True) for loc in [("study",), ("windows", "baseline", "take"), ("include", 0)]]
    assert [(2, "1"), (4, "30"), (9, "5")] == [(place.line, place.column) for place in found]


@pytest.mark.parametrize(
    ("loc", "path"),
    [
        (("windows", "baseline", "tie"), ("windows", "baseline")),
        (("windows", "follow-up", "take"), ("windows",)),
        (("windows", "Window", "baseline", "function-after[check(), str]", "take"), ("windows", "baseline", "take")),
        (("include", 0, "diagnosis", "diagnosis"), ("include", 0, "diagnosis")),  # a tag named like the key
        (("include", 7, "age"), ("include",)),
        (("nothing", 4), ()),
        ((), ()),
    ],
)
def test_a_place_that_does_not_exist_falls_back_to_the_nearest(
    document: Document, loc: tuple[str | int, ...], path: tuple[str | int, ...]
) -> None:
    assert path == document.nearest(loc)


def test_of_two_ways_to_read_a_place_the_one_reached_last_counts() -> None:
    assert ("a", "c") == read("a: {b: {x: 1}, c: {y: 2}}").nearest(("a", "b", "c"))


def test_line_ends_of_every_system_count_once() -> None:
    text = read("a: 1\r\nb: 2\rc: 3\n\nd: 4")
    assert [1, 2, 3, 5] == [text.locate((name,)).line for name in "abcd"]


def test_a_file_goes_by_its_name_and_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "protocol.yaml"
    file.write_bytes(b"\xef\xbb\xbfstudy: \xc3\xbcber")
    document = read(file)
    assert ({"study": "über"}, "protocol.yaml") == (document.data, document.file)


def test_all_mistakes_are_reported_together() -> None:
    found = problems("a: &x 1\nb: *x\nc: !!python/object:os.system x\na: 2\nd:\n  <<: {e: 1}\n")
    assert [1, 2, 3, 4, 6] == [problem.place.line for problem in found]


def test_a_duplicate_name_is_reported_with_both_lines() -> None:
    (found,) = problems("a: 1\nb: {c: 1,\n  'c': 2}\n")
    assert ("p.yaml:3, column 3", "c") == (str(found.place), found.found)
    assert "the name stands here a second time, first on line 2" == found.what


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x 1", 1, "begins with &"),
        ("- *x", 1, "begins with *"),
        ("b:\n  <<: {a: 1}", 2, "merges"),
        ("a: !!python/object/apply:os.system [ls]", 1, "is a tag"),
        ("a: 1\nb: !include other.yaml", 2, "is a tag"),
        ("a: !<tag:yaml.org,2002:str> b", 1, "is a tag"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("# about\n%YAML 1.1\n---\na: 1", 2, "begins with %"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("---\n...", 1, "empty"),
        ("- a\n- b", 1, "does not begin with a name"),
        ("just text", 1, "does not begin with a name"),
        ("a: 1\n? [b, c]\n: 2", 2, "where a name is expected"),
        ("a: {{ template }}", 1, "where a name is expected"),
        ("a: 1\n'': 2", 2, "a name is missing"),
        ("a: 1\nb:\n\tc: 2", 3, "a tab"),
        ("a: 1\nb:\n  c: 1\n\td: 2", 4, "a tab"),
        ("a: 1\nb:\n\u00a0\u00a0c: 2", 3, "no-break"),
        ("a: 1\ntake:\u00a0last\nb: 2", 2, "no-break"),
        ("a: x\x00y", 1, "NUL"),
        ("a: 1\nb: x\x07y", 2, "U+0007"),
        ("a: 1\nb: x\u202ey", 2, "RIGHT-TO-LEFT OVERRIDE"),
        ("a: 1\nb: x\u200by", 2, "ZERO WIDTH SPACE"),
        ("a: 1\nb: x\ufffdy", 2, "REPLACEMENT CHARACTER"),
        ('a: 1\nb: "x\\0y"', 2, "U+0000"),
        ('a: 1\nb: "\\uD800"', 2, "U+D800"),
        ("a: 1\nstudy: MMF: a series", 2, "a colon too many"),
        ("a: 1\n  b: 2", 2, "begins in column 3 and the line above, line 1, in column 1"),
        ("a: 1\ntake last\nb: 2", 2, "has no colon"),
        ("a:\n    b: 1\n  c: 2", 3, "begins in column 3 and the line above, line 2, in column 5"),
        ('a: 1\nb: "MMF" study', 2, "belongs to nothing"),
        ("a: 1\nb: [c,\n  d\ne: 1", 2, "opens here with ["),
        ("a: 1\nb: {c: 1\nd: 2", 2, "opens here with {"),
        ("a: 1\nb: 'it\nc: 2", 2, "quotation mark that opens here"),
        ("a: 1\nb: @home", 2, "may not begin with this character"),
        ("a: 1\nb: % of baseline", 2, "may not begin with this character"),
        ('a: 1\nb: "C:\\data"', 2, "a backslash"),
        ("a: 1\nb: >= 5", 2, "begins with > or |"),
        ("a: 1\nb: >5\nc: 1", 2, "nothing follows the >"),  # YAML reads an empty text
        ("a: 1\nb: * 3", 2, "begins with *"),
        ("a: 1\nb: - c", 2, "a list cannot begin here"),
        ('a: 1\nb: "\\UFFFFFFFF"', 2, "not YAML"),  # the parser raises OverflowError
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, line: int, words: str) -> None:
    first = problems(text)[0]
    assert (line, True) == (first.place.line, words in first.what), first.describe()
    assert "" != first.do


@pytest.mark.parametrize(
    ("text", "do"),
    [
        ("a: 1\nstudy: MMF: a series", 'put the text in quotes: `study: "MMF: a series"`'),
        ("a: 1\nfile:visits.csv\nb: 2", "write `file: visits.csv`"),
        ("a: 1\nb: 'x': y", "quote text that holds a colon and a space, or look at the line above"),
    ],
)
def test_the_line_that_mends_a_colon_is_written_out(text: str, do: str) -> None:
    assert do == problems(text)[0].do


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("a: ü".encode("utf-16"), "UTF-16"),
        ("a: ü".encode("utf-16-be"), "UTF-16"),
        ("a: ü".encode("utf-32"), "UTF-32"),
        (b"a: 1\nb: \xfcber", "0xFC is not UTF-8; in Windows-1252 it is ü"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"\x1f\x8brest", "gzip"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(raw: bytes, words: str) -> None:
    (found,) = problems(raw)
    assert words in found.what


def test_a_byte_that_is_not_utf8_has_its_line() -> None:
    assert "p.yaml:3" == str(problems(b"\xef\xbb\xbfa: 1\n\nb: \xfcber")[0].place)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found = [problems(path)[0].what for path in (tmp_path / "absent.yaml", tmp_path, pipe, Path("a\0b"))]
    folder = "this is a folder or a device, not a file"
    assert ["the file cannot be opened (No such file or directory)", folder, folder] == found[:3]
    assert "cannot be opened" in found[3]


def test_the_error_may_be_that_of_another_room() -> None:
    with pytest.raises(ChartError, match=r"chart\.yaml:1"):
        read("a: [", file="chart.yaml", error=ChartError)


def test_limits_include_their_last_value() -> None:
    small = Limits(size=30, lines=4, line=12, text=5, depth=2, nodes=5)
    assert {"a": ["b", "12345"]} == read("a: [b,\n12345]\n", limits=small).data
    beyond = {
        "a: [[]]": "inside one another",
        "a: 123456": "the text is too long",
        "a: [b,c,d]": "too many names and values",
        "a: 1\n" + " " * 13: "the line is too long",
        "a: 1\n\n\n\n\n": "too many lines",
        "a: " + "\u00fc" * 14: "the file is too large",
    }
    for text, words in beyond.items():
        assert words in problems(text, limits=small)[0].what


def test_importing_the_reader_does_not_import_the_yaml_library() -> None:
    code = "import sys, caseseries.protocol.yaml; print('ruamel.yaml' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False\n" == shown.stdout


CHARACTERS = "a[]{}'\"\\|>#%~0-\t\r\n\u00a0\x00\ud800"
MARKS = [
    "b: ",
    ": ",
    "- ",
    "? ",
    ", ",
    "&x ",
    "*x ",
    "!t ",
    "!!",
    "<<: ",
    "\n  ",
    "\n    ",
    "---\n",
    "...",
    "\\u",
    "FFFF",
]
PIECES = st.sampled_from([*CHARACTERS, *MARKS])


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.binary()))
def test_any_text_is_read_or_refused_with_a_place(source: str | bytes) -> None:
    try:
        document = read(source, file="p.yaml")
    except ProtocolError as refused:
        assert refused.problems
        assert {"p.yaml"} == {problem.place.file for problem in refused.problems}
        str(refused).encode()  # a message can always be printed
    else:
        lines = (source.decode("utf-8-sig") if isinstance(source, bytes) else source).count("\n") + 1
        assert all(1 <= place[0] <= lines for spots in document.spots.values() for place in spots) or "\r" in str(
            source
        )


TEXTS = st.text(st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029\u200b\ufffd"), min_size=1)
TREES = st.recursive(
    TEXTS | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)


def written(tree: object) -> str:
    """The tree in flow style, every text in single quotes."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{written(name)}: {written(value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(written, tree)) + "]"
    return "~" if tree is None else "'" + str(tree).replace("'", "''") + "'"


@given(st.dictionaries(TEXTS, TREES, min_size=1, max_size=3))
def test_what_is_written_is_what_is_read(tree: dict[str, object]) -> None:
    assert tree == read(written(tree)).data
