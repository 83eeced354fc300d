"""Branching logic of a REDCap field: when it is shown. Comparisons of fields, boxes and constants joined by and, or, not, and brackets.

Functions, sums and smart variables are not understood; of such a field it is not known where it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\[[^\[\]]+\](?:\[[^\[\]]+\])?)|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<sign><=|>=|<>|!=|=|<|>)|(?P<word>\w+)|(?P<bracket>[()]))"""
)
_FIELD = re.compile(r"(?:\[(?P<event>[a-z0-9_]+)\])?\[(?P<name>[a-z0-9_]+)(?:\((?P<code>[^()]+)\))?\]", re.IGNORECASE)
#: Deeper than anybody writes by hand; a text of a million brackets ends here.
_DEEPEST = 40

Sign = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field (of another event), or one box of it."""

    name: str
    code: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison; both sides are a field or a constant."""

    left: Asked | str
    sign: Sign
    right: Asked | str


@dataclass(frozen=True, slots=True)
class Joined:
    """Parts that must all hold (`and`), of which one must (`or`), or of which the only one must not (`not`)."""

    word: Literal["and", "or", "not"]
    parts: tuple[Logic, ...]


Logic = Compared | Joined

#: What a field holds: its code or text, empty where blank, None where that cannot be told.
Holds = Callable[[Asked], str | None]


def shown_by(logic: Logic, holds: Holds) -> bool | None:
    """Whether a field with this logic is shown; None where that cannot be told.

    Numbers are compared as numbers, everything else as text; nothing is smaller or larger than a blank.

    >>> logic = parsed("[sex] = '0' and ([age] > 12 or [meds(2)] = '1')")
    >>> shown_by(logic, {Asked("sex"): "0", Asked("age"): "9", Asked("meds", "2"): "1"}.get)
    True
    """
    if isinstance(logic, Joined):
        answers = [shown_by(part, holds) for part in logic.parts]
        if logic.word == "not":
            return None if answers[0] is None else not answers[0]
        decides = logic.word == "or"
        if decides in answers:
            return decides
        return None if None in answers else not decides
    left, right = (side if isinstance(side, str) else holds(side) for side in (logic.left, logic.right))
    if left is None or right is None:
        return None
    return _compared(left.strip(), logic.sign, right.strip())


def _compared(left: str, sign: Sign, right: str) -> bool:
    one, other = _number(left), _number(right)
    if sign in ("=", "!="):
        same = one == other if one is not None and other is not None else left == right
        return same is (sign == "=")
    if not left or not right:
        return False
    if one is not None and other is not None:
        before, equal = one < other, one == other
    else:
        before, equal = left < right, left == right
    return {"<": before, "<=": before or equal, ">": not before and not equal, ">=": not before}[sign]


def _number(text: str) -> float | None:
    try:
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
    except ValueError:  # pragma: no cover - the pattern leaves only numbers
        return None


def parsed(text: str) -> Logic | None:
    """The logic of a text; None where it holds something that is not understood.

    >>> parsed("[sex] = \\"0\\"")
    Compared(left=Asked(name='sex', code='', event=''), sign='=', right='0')
    >>> parsed("datediff([a], [b], 'd') > 3") is None
    True
    """
    tokens = _tokens(text)
    if not tokens:
        return None
    try:
        logic, end = _any(tokens, 0, 0)
    except _NotUnderstoodError:
        return None
    return logic if end == len(tokens) else None


class _NotUnderstoodError(Exception):
    """The text goes on in a way that is not known here."""


def _tokens(text: str) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    text, at = text.strip(), 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or len(found) > 10_000:
            return None
        found.append((str(match.lastgroup), match[match.lastgroup or 0]))
        at = match.end()
    return found


def _any(tokens: list[tuple[str, str]], at: int, deep: int) -> tuple[Logic, int]:
    return _joined(tokens, at, deep, "or", _all)


def _all(tokens: list[tuple[str, str]], at: int, deep: int) -> tuple[Logic, int]:
    return _joined(tokens, at, deep, "and", _one)


def _joined(
    tokens: list[tuple[str, str]],
    at: int,
    deep: int,
    word: Literal["and", "or"],
    part: Callable[[list[tuple[str, str]], int, int], tuple[Logic, int]],
) -> tuple[Logic, int]:
    first, at = part(tokens, at, deep)
    parts = [first]
    while at < len(tokens) and tokens[at][0] == "word" and tokens[at][1].lower() == word:
        following, at = part(tokens, at + 1, deep)
        parts.append(following)
    return (first if len(parts) == 1 else Joined(word, tuple(parts))), at


def _one(tokens: list[tuple[str, str]], at: int, deep: int) -> tuple[Logic, int]:
    if deep > _DEEPEST or at >= len(tokens):
        raise _NotUnderstoodError
    kind, text = tokens[at]
    if kind == "word" and text.lower() == "not":
        inner, at = _one(tokens, at + 1, deep + 1)
        return Joined("not", (inner,)), at
    if (kind, text) == ("bracket", "("):
        inner, at = _any(tokens, at + 1, deep + 1)
        if at >= len(tokens) or tokens[at] != ("bracket", ")"):
            raise _NotUnderstoodError
        return inner, at + 1
    left = _side(tokens, at)
    if at + 2 >= len(tokens) or tokens[at + 1][0] != "sign":
        raise _NotUnderstoodError
    sign = tokens[at + 1][1]
    if sign in ("<>", "!="):
        return Compared(left, "!=", _side(tokens, at + 2)), at + 3
    return Compared(left, sign, _side(tokens, at + 2)), at + 3  # type: ignore[arg-type]  # the pattern has no other sign


def _side(tokens: list[tuple[str, str]], at: int) -> Asked | str:
    kind, text = tokens[at]
    if kind == "text":
        return text[1:-1]
    if kind == "number":
        return text
    found = _FIELD.fullmatch(text) if kind == "field" else None
    if found is None:
        raise _NotUnderstoodError
    return Asked(found["name"].lower(), (found["code"] or "").strip(), (found["event"] or "").lower())
