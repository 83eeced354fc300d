"""Counts by key that add up: what one range of patients, or one site, hands on in place of its patients.

A key is a tuple of texts and whole numbers; its first part names the section. Tallies of disjoint groups of patients
merge into the tally of all of them, in any order and grouping.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from caseseries.errors import InputError, Place, Problem

_WRITTEN = json.JSONEncoder(separators=(",", ":"))

Key = tuple[str | int, ...]
"""Such as ``("age", 41)``; never empty."""

_PARTS = frozenset((str, int))


class Tally:
    """How often each key was counted. A key that was counted 0 times is not kept, so equal counts are equal tallies.

    >>> tally = Tally()
    >>> tally.add(("sex", "F"), 2)
    >>> tally.add(("sex", "F"))
    >>> tally.add(("age", 41))
    >>> list(tally.section("sex"))
    [(('F',), 3)]
    >>> list(tally.lines())
    ['["age",41,1]', '["sex","F",3]']
    """

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[Key, int] | None = None) -> None:
        self.counts: dict[Key, int] = {}
        for key, n in (counts or {}).items():
            self.add(key, n)

    def add(self, key: Key, n: int = 1) -> None:
        """Count the key `n` times more.

        Raises TypeError for a part that is neither text nor a whole number, or an `n` that is no whole number, and
        ValueError for an empty key or a negative `n`; no message repeats the key.

        >>> tally = Tally()
        >>> tally.add(("age", 41), 0)
        >>> tally == Tally()
        True
        """
        if type(n) is not int or not isinstance(key, tuple) or not _PARTS.issuperset(map(type, key)):
            raise TypeError("a tally counts whole numbers by tuples of text and whole numbers")
        if not key or n < 0:
            raise ValueError("a tally needs a key and a count of 0 or more")
        if n:
            self.counts[key] = self.counts.get(key, 0) + n

    def add_values(self, prefix: Key, counted: Iterable[tuple[int, int]]) -> None:
        """Count a table of whole numbers, given as (value, how often): each under its own key, `prefix` and the value.

        >>> tally = Tally()
        >>> tally.add_values(("age",), [(40, 2), (41, 1)])
        >>> list(tally.section("age"))
        [((40,), 2), ((41,), 1)]
        """
        counts = self.counts
        for value, n in counted:
            if type(value) is not int or type(n) is not int or n < 1:
                raise TypeError("a table counts whole numbers, each once or more")
            key = (*prefix, value)
            counts[key] = counts.get(key, 0) + n

    def copy(self) -> Tally:
        """An equal tally that counts on by itself."""
        other = Tally()
        other.counts = dict(self.counts)
        return other

    def merge(self, other: Tally) -> None:
        """Add everything the other tally counted; the other one stays as it is.

        >>> one, other = Tally({("persons",): 3}), Tally({("persons",): 4, ("age", 9): 1})
        >>> one.merge(other)
        >>> one == Tally({("age", 9): 1, ("persons",): 7})
        True
        """
        if not self.counts:
            self.counts = dict(other.counts)
            return
        for key, n in other.counts.items():
            self.counts[key] = self.counts.get(key, 0) + n

    def section(self, *name: str | int) -> Iterator[tuple[Key, int]]:
        """The rest of each key that begins with `name`, and its count, in the order of :func:`in_order`.

        >>> tally = Tally({("why", "outcome", 0, "died"): 2, ("why", "other", 0, "died"): 1})
        >>> list(tally.section("why", "outcome", 0))
        [(('died',), 2)]
        """
        depth = len(name)
        found = [key for key in self.counts if key[:depth] == name]
        return ((key[depth:], self.counts[key]) for key in sorted(found, key=in_order))

    def total(self, *name: str | int) -> int:
        """The sum of all counts whose keys begin with `name`.

        >>> Tally({("age", 40): 2, ("age", 41): 3}).total("age")
        5
        """
        depth = len(name)
        return sum(n for key, n in self.counts.items() if key[:depth] == name)

    def lines(self) -> Iterator[str]:
        """The tally as text without line ends: a JSON list of key and count each, in the order of :func:`in_order`.

        Equal tallies have equal lines, to the byte; everything outside ASCII is written as an escape.
        """
        return (_line(key, self.counts[key]) for key in sorted(self.counts, key=in_order))

    @classmethod
    def read(cls, lines: Iterable[str], *, file: str = "", first_line: int = 1) -> Tally:
        """The tally of lines as :meth:`lines` writes them; one line end at each is allowed. `file` and `first_line` say where they stand.

        Raises:
            InputError: lines that are malformed, out of order, count a key twice, or count it less than once.

        >>> Tally.read(['["age",41,2]']) == Tally({("age", 41): 2})
        True
        """
        tally, before, problems = cls(), None, []
        for number, text in enumerate(lines, start=first_line):
            line = text.removesuffix("\n")
            key, n, wrong = _parsed(line)
            if not wrong and key in tally.counts:
                wrong = "a key counted twice"
            if not wrong and before is not None and in_order(key) < in_order(before):
                wrong = "a line out of order"
            if wrong:
                problems.append(Problem(wrong, Place(file, line=number), found=line[:200], private=True))
                continue
            tally.counts[key], before = n, key
        if problems:
            raise InputError("The counts cannot be read.", problems, do="Use the file as it was written by caseseries.")
        return tally

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment]  # it changes as it counts

    def __add__(self, other: Tally) -> Tally:
        both = self.copy()
        both.merge(other)
        return both

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"Tally of {len(self.counts)} keys"


def in_order(key: Key) -> tuple[tuple[bool, int, str], ...]:
    """What keys are sorted by: part after part, numbers before texts, texts by code points, the shorter key first.

    >>> sorted([("b",), ("a", "10"), ("a", 9), ("a",), ("a", -1)], key=in_order)
    [('a',), ('a', -1), ('a', 9), ('a', '10'), ('b',)]
    """
    return tuple((False, part, "") if isinstance(part, int) else (True, 0, part) for part in key)


def _line(key: Key, n: int) -> str:
    return _WRITTEN.encode([*key, n])


def _parsed(line: str) -> tuple[Key, int, str]:
    """Key, count, and what is wrong with the line."""
    try:
        parts = json.loads(line)
    except (ValueError, RecursionError):
        return (), 0, "not a JSON list"
    if not isinstance(parts, list) or len(parts) < 2 or any(type(part) not in (str, int) for part in parts):
        return (), 0, "not a list of texts and whole numbers that ends with a count"
    key, n = tuple(parts[:-1]), parts[-1]
    if type(n) is not int or n < 1:
        return key, 0, "a count below 1"
    return (key, n, "") if _line(key, n) == line else (key, n, "not written as caseseries writes it")
