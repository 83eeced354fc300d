"""What the YAML parser could not read, in the author's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caseseries.errors import Place, Problem

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

#: Spaces that look like one and are none to the parser.
ODD_SPACE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
QUOTE = "put the whole text in quotes"
_COLON = "a colon too many"

#: The parser's words (a pattern), what they mean to the author, what to do; the first that is found counts.
_SYNTAX = (
    (r"character '\\t'", "a tab stands where only spaces may", "indent with spaces"),
    ("cannot start any token", "a text may not begin with this character", QUOTE),
    (
        "could not find expected ':'",
        "the text that opens here has no colon",
        "write `name: value`, with a space after the colon",
    ),
    ("mapping values", _COLON, "quote text that holds a colon and a space, or look at the line above"),
    ("sequence entries", "a list cannot begin here", "begin it with `- ` on a line of its own"),
    ("mapping keys", "a question mark where none is expected", QUOTE),
    ("unexpected (end|document)", "the quotation mark that opens here is not closed", "close it"),
    (
        "expected ',' or ']'",
        "the list that opens here with [ is not closed, or lacks a comma",
        "close it with ], write a comma between its parts",
    ),
    (
        "expected ',' or '}'",
        "the mapping that opens here with { is not closed, or lacks a comma",
        "close it with }, write a comma between its parts",
    ),
    ("found '<scalar>'", "this belongs to nothing", f"{QUOTE}, or indent the line like those it belongs to"),
    ("<block end>", "the line does not fit to those it belongs to", "begin lines of one level in one column"),
    ("node content", "something is missing before this", "write the value, or put the text in quotes"),
    ("escape", "a backslash in double quotes begins a code", "use single quotes, or write the backslash twice"),
    ("block scalar", "a text that begins with > or | is read as a block of lines", QUOTE),
    ("an alias", "a text that begins with * is read as a reference", QUOTE),
    ("an anchor", "a text that begins with & is read as an anchor", QUOTE),
    ("tag", "a text that begins with ! is read as a tag", QUOTE),
    ("document start", "the file should end before this line", "begin all its lines in one column"),
)


def syntax(wrong: MarkedYAMLError, text: str, file: str) -> Problem:
    """What the parser could not read, in the author's words: the line, and how it should be written."""
    said = f"{wrong.problem} {wrong.context}"
    what, do = next(((what, do) for words, what, do in _SYNTAX if re.search(words, said)), ("this is not YAML", ""))
    mark = (wrong.context_mark if "opens here" in what else None) or wrong.problem_mark or wrong.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    written = text.split("\n")
    lines = written[max(0, row - 1) : row + 1]
    line = lines[-1] if lines else ""
    if re.match(r" *\t", line):
        what, do = _SYNTAX[0][1:]
    elif any(re.search(rf":{ODD_SPACE}", one) for one in lines):
        what, do = "a no-break or other wide space follows a colon here or one line above", "type a plain space"
    elif (what == _COLON and line.count(": ") + line.endswith(":") < 2) or "does not fit" in what:
        return _indented(written, row, column, what, do, file)
    elif what == _COLON and (named := _NAMED.match(line)) and not set(named["value"]) & set("\"'#{}[]"):
        do = f'put the text in quotes: `{named["name"].strip()}: "{named["value"].strip()}"`'
    elif "has no colon" in what and (close := re.match(r"\s*(?:- )?([\w ]+):(\S.*)", line)):
        what, do = "a space is missing after the colon", f"write `{close[1]}: {close[2].strip()}`"
    return Problem(what, Place(file, line=row + 1, column=str(column + 1)), line.strip()[:60], do=do)


_NAMED = re.compile(r"\s*(?:- )?(?P<name>[^:#]+): (?P<value>.*)")


def _indented(written: list[str], row: int, column: int, what: str, do: str, file: str) -> Problem:
    """A line that begins in another column than those it belongs to: said with the line above and both columns."""
    line = written[row]
    above = next(
        (n for n in range(row - 1, -1, -1) if written[n].strip() and not written[n].lstrip().startswith("#")), None
    )
    own = len(line) - len(line.lstrip(" "))
    before = own if above is None else len(written[above]) - len(written[above].lstrip(" "))
    if above is not None and own != before:
        what = f"this line begins in column {own + 1} and the line above, line {above + 1}, in column {before + 1}"
        do = "begin lines of one level in one column; one of the two stands too far left or right"
    return Problem(what, Place(file, line=row + 1, column=str(column + 1)), line.strip()[:60], do=do)
