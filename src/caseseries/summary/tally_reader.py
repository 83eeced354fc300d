"""What a tally tells, exact or coarsened: looked up once, asked by key.

A value of a table is a whole number of millionths (of days or years where the section says so). While cases are few a dose may stand as
the exact fraction that it is, as text: "40/3" (:func:`caseseries.stats.tally.value_key`).

Beside the sections of a site's own tally, a tally made for others may hold

    ("range", low, high, *key)          so many times a count of `key` that is told only as low to high
    ("binned", low, high, *prefix)      values of a table told as a bin
    ("sum", "above" | "below", *prefix) their sum above or below zero    ("squares", *prefix) the sum of their squares
    ("withheld", *prefix)               included cases of sites that told nothing of it
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from caseseries.errors import ensure
from caseseries.stats.frequency import MILLIONTHS, Moments
from caseseries.stats.tally import Key, Tally, in_order
from caseseries.summary.result import NONE, Count
from caseseries.summary.spread import Spread, joined

#: How long the prefix of a table of values is, by section; the key's last part is the value.
TABLES = {"value": 4, "baseline": 2, "described": 4, "age": 1, "observed": 1, "on drug": 1, "duration": 1, "deaths": 1}
#: Those of them in which one value stands for "not known".
NOT_KNOWN = frozenset(("age", "observed", "on drug", "duration"))
#: The value that stands for "not known" there.
UNKNOWN = -1
#: Words for reasons that a site pooled because each was too rare to be told.
OTHER = "other reasons"
#: What a site counts values under that it tells of all its cases together, and not by the answer of a verdict.
EVERY = "every"


class TallyReader:
    """A tally, looked up by key."""

    def __init__(self, tally: Tally) -> None:
        self._counts: dict[Key, Count] = {}
        self._tables: dict[Key, Mapping[str | int, int]] = {}
        self._bins: dict[Key, list[tuple[int, int, int]]] = {}
        self._sums: dict[Key, int] = {}
        self._withheld: dict[Key, int] = {}
        self.ranges = 0
        for prefix, table in tally.tables():
            if prefix and TABLES.get(str(prefix[0])) == len(prefix):
                self._tables[prefix] = table
                continue
            for last, n in table.items():
                self._tell((*prefix, last), n)
        self._under: dict[Key, dict[Key, Count]] = {}
        for key in sorted(self._counts, key=in_order):
            for depth in range(1, min(len(key), 3) + 1):
                self._under.setdefault(key[:depth], {})[key[depth:]] = self._counts[key]

    def _tell(self, key: Key, n: int) -> None:
        section = key[0]
        if section == "range":
            low, high = _whole(key[1]), _whole(key[2])
            self._add(key[3:], Count(low * n, high * n))
            self.ranges += n
        elif section == "binned":
            self._bins.setdefault(key[3:], []).append((_whole(key[1]), _whole(key[2]), n))
        elif section in {"sum", "squares"}:
            self._sums[key] = n
        elif section == "withheld":
            self._withheld[key[1:]] = n
        else:
            self._add(key, Count(n, n))

    def _add(self, key: Key, count: Count) -> None:
        self._counts[key] = self._counts.get(key, NONE) + count

    def count(self, *key: str | int) -> Count:
        """How often the key was counted; 0 where it was not."""
        return self._counts.get(key, NONE)

    def exact(self, *key: str | int) -> int:
        """How often the key was counted, of counts that no site may tell as a range."""
        count = self.count(*key)
        assert count.exact is not None, "this count is never told as a range"
        return count.exact

    def under(self, *prefix: str | int) -> dict[Key, Count]:
        """The rest of each key that begins with these one to three parts, with its count, in order."""
        return dict(self._under.get(prefix, {}))

    def withheld(self, *prefix: str | int) -> int:
        """Included cases of sites that told nothing of this."""
        return self._withheld.get(prefix, 0)

    def not_told(self) -> dict[Key, int]:
        """Everything that sites withheld, with their number of included cases."""
        return dict(self._withheld)

    def spread(self, *prefix: str | int, parts: Fraction = MILLIONTHS) -> tuple[Spread, int]:
        """A table of values, and in tables of days and years how many are not known."""
        held = self.withheld(*prefix) + (self.withheld(*prefix[:3]) if prefix[0] == "value" else 0)
        return self._spread([prefix], held, parts)

    def spread_under(self, *prefix: str | int) -> Spread:
        """All tables of values that begin with a prefix, together."""
        under = dict.fromkeys(key for key in (*self._tables, *self._bins) if key[: len(prefix)] == prefix)
        return self._spread(list(under), self.withheld(*prefix), MILLIONTHS)[0]

    def _spread(self, prefixes: Sequence[Key], held: int, asked: Fraction) -> tuple[Spread, int]:
        table: dict[str | int, int] = {}
        bins: list[tuple[int, int, int]] = []
        total = squares = 0
        for prefix in prefixes:
            for value, n in self._tables.get(prefix, {}).items():
                table[value] = table.get(value, 0) + n
            bins += self._bins.get(prefix, [])
            total += self._sums.get(("sum", "above", *prefix), 0) - self._sums.get(("sum", "below", *prefix), 0)
            squares += self._sums.get(("squares", *prefix), 0)
        known, parts = _whole_table(table, asked)
        unknown = known.pop(UNKNOWN, 0) if prefixes and prefixes[0][0] in NOT_KNOWN else 0
        ensure(parts == asked or not bins, "values of other sites are told as whole millionths")
        return joined(known, bins, Moments(sum(n for _, _, n in bins), total, squares, parts), held, parts), unknown


def _whole_table(table: Mapping[str | int, int], parts: Fraction) -> tuple[dict[int, int], Fraction]:
    """The values of a table as whole numbers of one part, and how many of it make one.

    >>> _whole_table({"40/3": 2, 1_000_000: 1}, MILLIONTHS)
    ({40: 2, 3: 1}, Fraction(3, 1))
    """
    if not any(isinstance(key, str) for key in table):
        return {_whole(value): n for value, n in table.items()}, parts
    values = [(Fraction(key) if isinstance(key, str) else key / parts, n) for key, n in table.items()]
    common = math.lcm(*(value.denominator for value, _ in values))
    found: dict[int, int] = {}
    for value, n in values:
        found[int(value * common)] = found.get(int(value * common), 0) + n
    return found, Fraction(common)


def _whole(part: str | int) -> int:
    assert isinstance(part, int), "a value of a tally is a whole number"
    return part
