"""Reading a YAML file as plain text values, each with the line it stands on.

A protocol is read as it is written. Every scalar arrives as text, quoted or not (`010`, `3_000`, `1:30`, `no` stay
what they are), and an empty value or `~` as None; what a text means is said by the field that takes it. Of YAML only
mappings, lists and texts are accepted: anchors, aliases, merge keys, tags, directives and further documents are
refused, so nothing is repeated in secret, nothing is built from a tag, and a small file stays small.

Only the event layer of ruamel.yaml is used (YAML 1.2); its import takes about 0.03 s and waits for the first
:func:`read`. The tree is built here, without recursion and within :class:`Limits`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from caseseries.errors import InputError, Place, Problem, ProtocolError
from caseseries.protocol.syntax import ODD_SPACE, QUOTE, syntax

if TYPE_CHECKING:
    from ruamel.yaml.events import CollectionStartEvent, Event, NodeEvent, ScalarEvent

#: What a file holds: texts, and mappings and lists of them. None is an empty value.
Data = dict[str, "Data"] | list["Data"] | str | None

#: The names and list positions that lead from the top of the file to a value.
Loc = tuple[str | int, ...]

#: Line and column, from 1.
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; a study's protocol has about 100 lines, 300 nodes and a depth of 10.

    `size` in bytes; `line` and `text` in characters of one line and of one value; `depth` in mappings and lists inside
    one another; `nodes` in names, values, mappings and lists together. The worst file within them takes 2 s.
    """

    size: int = 1_048_576
    lines: int = 20_000
    line: int = 10_000
    text: int = 10_000
    depth: int = 40
    nodes: int = 20_000


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data; `spots` says where each value and its name stand (a list item is its own name)."""

    file: str
    data: dict[str, Data]
    spots: Mapping[Loc, tuple[Spot, Spot]]

    def nearest(self, loc: Sequence[str | int]) -> Loc:
        """The path of an existing value that shares most entries, in order, with `loc`; of equals the one reached last.

        Entries that name nothing in the file are passed over: pydantic puts labels of unions and models there.

        >>> read("rule: {gain: mmt}").nearest(("rule", "Change", "gain", "at_least"))
        ('rule', 'gain')
        """
        reached: dict[Loc, int] = {(): 0}
        for turn, entry in enumerate(loc, 1):
            steps = [(*path, entry) for path in reached if (*path, entry) in self.spots]
            reached |= dict.fromkeys(steps, turn)
        return max(reached, key=lambda path: (len(path), reached[path]))

    def locate(self, loc: Sequence[str | int], *, key: bool = False) -> Place:
        """File, line and column of the value at `loc`, or of the nearest thing around it; `key=True`: of its name.

        A mapping or list that begins below its name is found at its name.

        >>> read("windows:\\n  baseline: {take: last}", file="p.yaml").locate(("windows", "baseline", "take"))
        Place(file='p.yaml', sheet='', row=None, column='20', line=2, within='')
        """
        line, column = self.spots[self.nearest(loc)][1 if key else 0]
        return Place(self.file, line=line, column=str(column))


def read(
    source: Path | str | bytes, *, file: str = "", limits: Limits = Limits(), error: type[InputError] = ProtocolError
) -> Document:
    """A YAML file (a Path) or YAML text (a str, or bytes in UTF-8) as plain data with places.

    `file` is the name that messages give it; a Path goes by its own name. Everything that can be found wrong in one
    reading is raised together as `error`; after a syntax error the rest of the file cannot be judged.

    >>> read("take: last\\ncut: 010\\nconsecutive: yes\\ncited:").data
    {'take': 'last', 'cut': '010', 'consecutive': 'yes', 'cited': None}
    """
    name = file or (source.name if isinstance(source, Path) else "text")
    try:
        document = _document(_text(source, name, limits), name, limits)
    except _Stop as stop:
        raise error(f"{name} cannot be read as it is written.", stop.problems, do="Nothing was run.") from None
    return replace(document, data=deepcopy(document.data))


@lru_cache(maxsize=8)  # a run reads the same chart.yaml several times, and each time takes longer than a stage
def _document(text: str, name: str, limits: Limits) -> Document:
    tree = _Tree(name, limits)
    tree.problems += _unreadable(text, name, limits)
    if not tree.problems:
        try:
            for event in _events(text, name):
                tree.take(event)
            return tree.document()
        except _Stop as stop:
            tree.problems += stop.problems
    raise _Stop(*tree.problems)


class _Stop(Exception):
    """Mistakes, after the last of which the rest of the file cannot be judged."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


_SAVE_AS_UTF8, _GIVE_YAML = "save the file again as UTF-8 text", "give the YAML file"
_SIGNATURES = (
    ((b"\x00\x00\xfe\xff", b"\xff\xfe\x00\x00"), "text in UTF-32, not in UTF-8", _SAVE_AS_UTF8),
    ((b"\xff\xfe", b"\xfe\xff"), "text in UTF-16 (called Unicode in some editors), not in UTF-8", _SAVE_AS_UTF8),
    ((b"PK\x03\x04",), "an Excel workbook, a Word document or another zip file, not text", _GIVE_YAML),
    ((b"\xd0\xcf\x11\xe0",), "an old Excel or Word file, not text", _GIVE_YAML),
    ((b"\x1f\x8b",), "compressed (gzip), not text", "unpack it first"),
    ((b"%PDF",), "a PDF, not text", _GIVE_YAML),
)


def _text(source: Path | str | bytes, file: str, limits: Limits) -> str:
    """The text, with line ends made equal and without the mark that some editors put before UTF-8."""
    if isinstance(source, str):
        raw = source[: limits.size + 1].encode("utf-8", "surrogatepass")
    else:
        raw = _bytes(source, file, limits) if isinstance(source, Path) else source
    if len(raw) > limits.size:
        what, allowed = "the file is too large", f"at most {limits.size} bytes"
        raise _Stop(Problem(what, Place(file), allowed=allowed, do="check that it is the right file"))
    for beginnings, what, do in _SIGNATURES:
        if raw.startswith(beginnings):
            raise _Stop(Problem(f"the file is {what}", Place(file), do=do))
    if (nul := raw.find(0)) >= 0:
        line = raw.count(b"\n", 0, nul) + 1
        raise _Stop(Problem("a NUL byte: the file is UTF-16 or no text", Place(file, line=line), do=_SAVE_AS_UTF8))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as wrong:
        byte = wrong.object[wrong.start]  # the decoder may have taken three bytes off the front
        line = wrong.object.count(b"\n", 0, wrong.start) + 1
        meant = bytes([byte]).decode("cp1252", "replace")
        guess = f"; in Windows-1252 it is {meant}" if meant.isprintable() and meant != "\ufffd" else ""
        what = f"byte 0x{byte:02X} is not UTF-8{guess}"
        raise _Stop(Problem(what, Place(file, line=line), do=_SAVE_AS_UTF8)) from None


def _bytes(path: Path, file: str, limits: Limits) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe would wait for ever
            raise _Stop(Problem("this is a folder or a device, not a file", Place(file), do=_GIVE_YAML))
        with path.open("rb") as stream:
            return stream.read(limits.size + 1)
    except (OSError, ValueError) as wrong:  # ValueError: a NUL in the name
        why = getattr(wrong, "strerror", None) or "not a possible name"
        raise _Stop(
            Problem(f"the file cannot be opened ({why})", Place(file), do="check its name and folder")
        ) from None


#: Characters that an editor does not show, or that make the text look different from what it says.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffd-\uffff]"
)
_ODD_INDENT = re.compile(rf"[ \t]*{ODD_SPACE}")
_SHOWN = 20  # mistakes, after which reading stops


def _character(found: str) -> str:
    return f"an unseen or damaged character, U+{ord(found):04X} {unicodedata.name(found, 'CONTROL CHARACTER')}"


def _unreadable(text: str, file: str, limits: Limits) -> list[Problem]:
    if (lines := text.count("\n")) > limits.lines:
        return [Problem("the file has too many lines", Place(file), str(lines), f"at most {limits.lines}")]
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > limits.line:
            allowed = f"at most {limits.line} characters"
            problems.append(Problem("the line is too long", Place(file, line=number), f"{line[:20]}...", allowed))
        if unseen := _UNSEEN.search(line):
            place = Place(file, line=number, column=str(unseen.start() + 1))
            problems.append(Problem(_character(unseen[0]), place, do="delete it, or type the word again"))
        elif odd := _ODD_INDENT.match(line):
            place = Place(file, line=number, column=str(odd.end()))
            problems.append(Problem("a no-break or other wide space indents the line", place, do="use plain spaces"))
    if directive := re.match(r"(?:[ ]*(?:#[^\n]*)?\n)*+%", text):
        place = Place(file, line=text.count("\n", 0, directive.end()) + 1)
        problems.append(Problem("a line that begins with % is an instruction to the reader", place, do="delete it"))
    return problems[:_SHOWN]


def _events(text: str, file: str) -> Iterator[Event]:
    """The parser's events; whatever it raises becomes a mistake with its line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    line = 1
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.start_mark.line + 1
            yield event
    except MarkedYAMLError as wrong:
        raise _Stop(syntax(wrong, text, file)) from None
    except Exception as wrong:  # the parser meets hostile text: ValueError, OverflowError, IndexError have been seen
        what = f"not YAML at or below this line ({type(wrong).__name__} in the parser)"
        raise _Stop(Problem(what, Place(file, line=line), do="write the line in a plainer way")) from None


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come; `key` is the name that waits for its value."""

    box: dict[str, Data] | list[Data]
    path: Loc
    key: str | None = None
    key_at: Spot = (1, 1)
    lines: dict[str, int] = field(default_factory=dict)


class _Tree:
    """Builds the data event by event; gathers what is refused and stops where going on makes no sense."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.problems: list[Problem] = []
        self.spots: dict[Loc, tuple[Spot, Spot]] = {}
        self.open: list[_Open] = []
        self.root: Data = None
        self.documents = self.nodes = 0

    def take(self, event: Event) -> None:
        """One event of the parser."""
        from ruamel.yaml.events import CollectionEndEvent, DocumentStartEvent, NodeEvent

        if isinstance(event, CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, NodeEvent):
            self._node(event)
        elif isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Stop(Problem("a second document begins here", self._place(event), do="delete the `---` line"))

    def document(self) -> Document:
        """The finished document."""
        if self.problems:
            raise _Stop(self.problems.pop())
        if not isinstance(self.root, dict):
            what = "the file is empty" if self.root is None else "the file does not begin with a name and a colon"
            raise _Stop(Problem(what, Place(self.file, line=1), do="write `name: value` lines"))
        return Document(self.file, self.root, self.spots)

    def _place(self, event: Event) -> Place:
        return Place(self.file, line=event.start_mark.line + 1, column=str(event.start_mark.column + 1))

    def _refuse(self, event: Event, what: str, do: str, found: str = "") -> None:
        self.problems.append(Problem(what, self._place(event), found, do=do))
        if len(self.problems) >= _SHOWN:
            raise _Stop(self.problems.pop())

    def _node(self, event: NodeEvent) -> None:
        from ruamel.yaml.events import CollectionStartEvent, ScalarEvent, SequenceStartEvent

        self.nodes += 1
        if self.nodes > self.limits.nodes:
            what, allowed = "the file holds too many names and values", f"at most {self.limits.nodes}"
            raise _Stop(Problem(what, self._place(event), allowed=allowed))
        if not isinstance(event, ScalarEvent | CollectionStartEvent):
            self._refuse(event, "a text that begins with * refers to another place", f"write it out, or {QUOTE}")
            self._scalar(ScalarEvent(None, None, (True, False), "*", event.start_mark, event.end_mark))
            return
        if event.anchor is not None:
            self._refuse(event, "a text that begins with & is an anchor for repetition", f"delete it, or {QUOTE}")
        if event.ctag is not None:
            self._refuse(event, "a text that begins with ! is a tag", f"delete it, or {QUOTE}", str(event.ctag)[:60])
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        else:
            self._collection(event, [] if isinstance(event, SequenceStartEvent) else {})

    def _scalar(self, event: ScalarEvent) -> None:
        text, plain = event.value, not event.style
        if len(text) > self.limits.text:
            self._refuse(event, "the text is too long", f"use at most {self.limits.text} characters", f"{text[:20]}...")
        elif event.style == '"' and (unseen := _UNSEEN.search(text)):
            self._refuse(event, f"the code in the text stands for {_character(unseen[0])}", "delete it")
        elif event.style in {">", "|"} and not text:
            self._refuse(event, f"nothing follows the {event.style}", QUOTE, event.style)
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.box, dict) and parent.key is None:
            self._key(parent, event, text, plain)
        else:
            value = None if plain and text in {"", "~"} else text
            self._put(value, event, at_key=value is None)  # an empty value may be "found" lines below

    def _key(self, parent: _Open, event: Event, name: str, plain: bool) -> None:
        line = event.start_mark.line + 1
        if plain and name == "<<":
            self._refuse(event, "`<<` merges another mapping into this one", "write its lines out", name)
        elif not name or "\n" in name:
            self._refuse(event, "a name is missing or has a line break", "write `name: value`", name)
        elif name in parent.lines:
            what = f"the name stands here a second time, first on line {parent.lines[name]}"
            self._refuse(event, what, "delete one of them", name)
        parent.lines.setdefault(name, line)
        parent.key, parent.key_at = name, (line, event.start_mark.column + 1)

    def _collection(self, event: CollectionStartEvent, box: dict[str, Data] | list[Data]) -> None:
        if self.open and isinstance(self.open[-1].box, dict) and self.open[-1].key is None:
            what = "a mapping or list stands where a name is expected"
            raise _Stop(Problem(what, self._place(event), do=f"if brackets belong to the text, {QUOTE}"))
        if len(self.open) >= self.limits.depth:
            what, allowed = "too many mappings or lists inside one another", f"at most {self.limits.depth}"
            raise _Stop(Problem(what, self._place(event), allowed=allowed))
        path = self._put(box, event, at_key=not event.flow_style)
        self.open.append(_Open(box, path))

    def _put(self, value: Data, event: Event, *, at_key: bool) -> Loc:
        """Store a value in what is open, and where it stands; `at_key`: it stands where its name stands."""
        here = (event.start_mark.line + 1, event.start_mark.column + 1)
        path, key_at = self.open[-1].path if self.open else (), here
        if not self.open:
            self.root = value
        elif isinstance(box := self.open[-1].box, list):
            path = (*path, len(box))
            box.append(value)
        else:
            parent = self.open[-1]
            assert parent.key is not None  # a value follows its name
            path, key_at = (*path, parent.key), parent.key_at
            box[parent.key] = value
            parent.key = None
        self.spots[path] = (key_at if at_key else here, key_at)
        return path
