"""Counts by key that add up: what one range of patients, or one site, hands on in place of its patients.

A key is a tuple of texts and whole numbers; its first part names the section. Tallies of disjoint groups of patients
merge into the tally of all of them, in any order and grouping.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from fractions import Fraction

from caseseries.errors import InputError, Place, Problem

_WRITTEN = json.JSONEncoder(separators=(",", ":"))

Key = tuple[str | int, ...]
"""Such as ``("age", 41)``; never empty."""

_PARTS = frozenset((str, int))


class Counts(MutableMapping[Key, int]):
    """The counts of a tally by their whole keys, looked up where they stand."""

    __slots__ = ("_tables",)

    def __init__(self, tables: dict[Key, dict[str | int, int]]) -> None:
        self._tables = tables

    def __getitem__(self, key: Key) -> int:
        try:
            return self._tables[key[:-1]][key[-1]]
        except (KeyError, IndexError):
            raise KeyError(key) from None

    def __setitem__(self, key: Key, n: int) -> None:
        self._tables.setdefault(key[:-1], {})[key[-1]] = n

    def __delitem__(self, key: Key) -> None:
        table = self._tables[key[:-1]]
        del table[key[-1]]
        if not table:
            del self._tables[key[:-1]]

    def __iter__(self) -> Iterator[Key]:
        return ((*prefix, last) for prefix, table in self._tables.items() for last in table)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def __repr__(self) -> str:
        return f"<{len(self):,} counts>"


class Tally:
    """How often each key was counted. A key that was counted 0 times is not kept, so equal counts are equal tallies.

    Keys that differ in their last part alone, such as the values of one measure, stand in one table.

    >>> tally = Tally()
    >>> tally.add(("sex", "F"), 2)
    >>> tally.add(("sex", "F"))
    >>> tally.add(("age", 41))
    >>> list(tally.section("sex"))
    [(('F',), 3)]
    >>> list(tally.lines())
    ['["age",41,1]', '["sex","F",3]']
    """

    __slots__ = ("_tables",)

    def __init__(self, counts: Mapping[Key, int] | None = None) -> None:
        self._tables: dict[Key, dict[str | int, int]] = {}
        for key, n in (counts or {}).items():
            self.add(key, n)

    @property
    def counts(self) -> Counts:
        """The counts by their keys; a change of it is one of the tally."""
        return Counts(self._tables)

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
            table = self._tables.setdefault(key[:-1], {})
            table[key[-1]] = table.get(key[-1], 0) + n

    def add_values(self, prefix: Key, counted: Iterable[tuple[int, int]]) -> None:
        """Count a table of whole numbers, given as (value, how often): each under its own key, `prefix` and the value.

        Raises TypeError for what is no whole number, and ValueError for a count below 1 or a value that is given twice.

        >>> tally = Tally()
        >>> tally.add_values(("age",), [(40, 2), (41, 1)])
        >>> list(tally.section("age"))
        [((40,), 2), ((41,), 1)]
        """
        pairs = list(counted)
        added: dict[str | int, int] = dict(pairs)
        if not {int}.issuperset(map(type, added)) or not {int}.issuperset(map(type, added.values())):
            raise TypeError("a table counts whole numbers")
        if len(added) < len(pairs) or (added and min(added.values()) < 1):
            raise ValueError("each value of a table is given once, and was counted once or more")
        if added:
            _add(self._tables.setdefault(prefix, {}), added)

    def copy(self) -> Tally:
        """An equal tally that counts on by itself."""
        other = Tally()
        other.merge(self)
        return other

    def merge(self, other: Tally) -> None:
        """Add everything the other tally counted; the other one stays as it is.

        >>> one, other = Tally({("persons",): 3}), Tally({("persons",): 4, ("age", 9): 1})
        >>> one.merge(other)
        >>> one == Tally({("age", 9): 1, ("persons",): 7})
        True
        """
        for prefix, table in other._tables.items():
            _add(self._tables.setdefault(prefix, {}), table)

    def without(self, section: str) -> Tally:
        """A tally of its own with every key but those of one section.

        >>> Tally({("age", 40): 2, ("sex", "F"): 3, ("age",): 1}).without("age") == Tally({("sex", "F"): 3})
        True
        """
        rest = Tally()
        for prefix, table in self._tables.items():
            kept = table if prefix else {last: n for last, n in table.items() if last != section}
            if kept and prefix[:1] != (section,):
                rest._tables[prefix] = dict(kept)
        return rest

    def section(self, *name: str | int) -> Iterator[tuple[Key, int]]:
        """The rest of each key that begins with `name`, and its count, in the order of :func:`in_order`.

        >>> tally = Tally({("why", "outcome", 0, "died"): 2, ("why", "other", 0, "died"): 1})
        >>> list(tally.section("why", "outcome", 0))
        [(('died',), 2)]
        """
        depth = len(name)
        found = {(*prefix, last): n for prefix, table in self._under(name) for last, n in table.items()}
        return ((key[depth:], found[key]) for key in sorted(found, key=in_order))

    def total(self, *name: str | int) -> int:
        """The sum of all counts whose keys begin with `name`.

        >>> Tally({("age", 40): 2, ("age", 41): 3}).total("age")
        5
        """
        return sum(sum(table.values()) for _, table in self._under(name))

    def tables(self) -> Iterator[tuple[Key, Mapping[str | int, int]]]:
        """Everything counted, by all parts of the key but the last.

        >>> list(Tally({("age", 40): 2, ("age", 41): 3}).tables())
        [(('age',), {40: 2, 41: 3})]
        """
        return iter(self._tables.items())

    def _under(self, name: Key) -> Iterator[tuple[Key, Mapping[str | int, int]]]:
        depth = len(name)
        for prefix, table in self._tables.items():
            if prefix[:depth] == name:
                yield prefix, table
            elif prefix == name[:-1] and name[-1] in table:
                yield prefix, {name[-1]: table[name[-1]]}

    def lines(self) -> Iterator[str]:
        """The tally as text without line ends: a JSON list of key and count each, in the order of :func:`in_order`.

        Equal tallies have equal lines, to the byte; everything outside ASCII is written as an escape.
        """
        return (_line(key, n) for key, n in self.section())

    @classmethod
    def read(cls, lines: Iterable[str], *, file: str = "", first_line: int = 1) -> Tally:
        """The tally of lines as :meth:`lines` writes them; one line end at each is allowed. `file` and `first_line` say where they stand.

        Raises:
            InputError: lines that are malformed, out of order, count a key twice, or count it less than once.

        >>> Tally.read(['["age",41,2]']) == Tally({("age", 41): 2})
        True
        """
        tally, before, problems = cls(), None, []
        counts = tally.counts
        for number, text in enumerate(lines, start=first_line):
            line = text.removesuffix("\n")
            key, n, wrong = _parsed(line)
            if not wrong and key in counts:
                wrong = "a key counted twice"
            if not wrong and before is not None and in_order(key) < in_order(before):
                wrong = "a line out of order"
            if wrong:
                problems.append(Problem(wrong, Place(file, line=number), found=line[:200], private=True))
                continue
            counts[key], before = n, key
        if problems:
            raise InputError("The counts cannot be read.", problems, do="Use the file as it was written by caseseries.")
        return tally

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self._tables == other._tables

    __hash__ = None  # type: ignore[assignment]  # it changes as it counts

    def __add__(self, other: Tally) -> Tally:
        both = self.copy()
        both.merge(other)
        return both

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"Tally of {len(self)} keys"


def _add(table: dict[str | int, int], more: Mapping[str | int, int]) -> None:
    if not table:
        table.update(more)
        return
    for last, n in more.items():
        table[last] = table.get(last, 0) + n


def in_order(key: Key) -> tuple[tuple[bool, int, str], ...]:
    """What keys are sorted by: part after part, numbers before texts, texts by code points, the shorter key first.

    >>> sorted([("b",), ("a", "10"), ("a", 9), ("a",), ("a", -1)], key=in_order)
    [('a',), ('a', -1), ('a', 9), ('a', '10'), ('b',)]
    """
    return tuple((False, part, "") if isinstance(part, int) else (True, 0, part) for part in key)


def value_key(value: Fraction) -> str | int:
    """What an exact value is counted under: its whole number of millionths, or the fraction in lowest terms as text.

    >>> value_key(Fraction(5, 2)), value_key(Fraction(40, 3))
    (2500000, '40/3')
    """
    whole = value * 1_000_000
    return int(whole) if whole.denominator == 1 else str(value)


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
