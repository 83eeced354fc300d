"""Counts made coarse enough to leave a site: no count of 1 to `smallest` - 1 cases is told, nor follows from what is told.

Three ways, each where it loses least. Categories that are too rare are pooled. Values are told in bins of at least `smallest`
cases beside their exact sums, so that means and SDs stay exact. The cells of a partition are told as ranges, and the largest of
them too, because the total less the others would give a small one away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

from caseseries.chart.store import MILLIONTH
from caseseries.response.verdict_counts import PERCENT, QUOTIENT, round_value
from caseseries.stats.tally import Key

Name = TypeVar("Name", bound=str | int | Key)

#: A count told as low to high.
Ends = tuple[int, int]

#: What pooled terms and flips are called.
OTHER_EVENTS, OTHER_FLIPS = "other events", "any other answer"
#: What stands for the words of a finding.
AT_THE_SITE = "told at the site only"


def small(n: int, smallest: int) -> bool:
    """Whether a count may not be told: some, but fewer than `smallest`.

    >>> [small(n, 5) for n in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    return 0 < n < smallest


def near(n: int, told: Iterable[int], smallest: int) -> bool:
    """Whether a count differs from one that is told by a small one, which would be told by the difference.

    >>> near(33, [30], 5), near(33, [33, 20], 5)
    (True, False)
    """
    return any(small(abs(n - one), smallest) for one in told)


def apart(n: int, total: int, smallest: int) -> Ends:
    """A count of a known total that belongs to no partition: a range where it, or what is left of the total, is small.

    >>> apart(3, 100, 5), apart(98, 100, 5), apart(50, 100, 5)
    ((1, 4), (96, 99), (50, 50))
    """
    if small(n, smallest):
        return 1, min(smallest - 1, total)
    if small(total - n, smallest):
        return max(0, total - smallest + 1), total - 1
    return n, n


def partition(cells: Mapping[Name, int], smallest: int, last: Collection[Name] = ()) -> dict[Name, Ends]:
    """The cells of a known total: small ones as 1 to `smallest` - 1, and the largest as what is then left for it.

    One of `last` is taken as the largest only where no other cell is large enough. Where none is, every cell is 0 to the total.

    >>> partition({"yes": 3, "no": 40, "not evaluable": 20}, 5)
    {'yes': (1, 4), 'no': (39, 42), 'not evaluable': (20, 20)}
    >>> partition({"yes": 3, "no": 4}, 5)
    {'yes': (0, 7), 'no': (0, 7)}
    """
    rare = {name: n for name, n in cells.items() if small(n, smallest)}
    if not rare:
        return {name: (n, n) for name, n in cells.items()}
    large = [name for name, n in cells.items() if n >= smallest]
    if not large:
        return dict.fromkeys(cells, (0, sum(cells.values())))
    partner = min(large, key=lambda name: (name in last, -cells[name], str(name)))
    together = cells[partner] + sum(rare.values())
    found = {name: (1, smallest - 1) if name in rare else (n, n) for name, n in cells.items()}
    found[partner] = max(0, together - len(rare) * (smallest - 1)), together - len(rare)
    return found


def pooled(cells: Mapping[Name, int], smallest: int) -> tuple[dict[Name, int], int]:
    """Categories that can be told, and the sum of the others: 0, or at least `smallest` where all together reach it.

    The rarest are pooled first, and further ones until the pool is large enough.

    >>> pooled({"a": 1, "b": 6, "c": 50}, 5)
    ({'c': 50}, 7)
    """
    ordered = sorted(cells, key=lambda name: (cells[name], str(name)))
    pool = 0
    while ordered and (small(cells[ordered[0]], smallest) or small(pool, smallest)):
        pool += cells[ordered.pop(0)]
    return {name: n for name, n in cells.items() if name in ordered}, pool


def bins(table: Mapping[int, int], smallest: int, width: int, *, whole: bool = False) -> dict[tuple[int, int], int]:
    """Bins (low, high, both included) of at least `smallest` values each; the table has at least so many.

    A value seen often enough is its own bin. The rarer ones are told by cells of `width` from 0 on, joined until they
    hold enough; a cell ends just before the next one where values are `whole` steps, else on its edge.

    >>> bins({40: 9, 41: 2, 44: 1, 47: 3, 90: 1}, 5, 10, whole=True)
    {(40, 40): 9, (40, 99): 7}
    """
    often = {value: n for value, n in table.items() if n >= smallest}
    cells: list[tuple[int, int, int]] = []
    for low, high, n in _cells({value: n for value, n in table.items() if value not in often}, width, whole):
        if cells and cells[-1][2] < smallest:
            low, n = cells[-1][0], n + cells[-1][2]
            cells.pop()
        cells.append((low, high, n))
    if len(cells) > 1 and cells[-1][2] < smallest:
        low, high, n = cells.pop()
        cells[-1] = (cells[-1][0], high, cells[-1][2] + n)
    if cells and cells[0][2] < smallest:
        low, high, n = cells.pop()
        # All rare values together are too few: the nearest frequent value hides them.
        value = min(often, key=lambda one: (max(low - one, one - high, 0), one))
        cells.append((min(low, value), max(high, value), n + often.pop(value)))
    found = {(value, value): n for value, n in often.items()}
    for low, high, n in cells:
        found[low, high] = found.get((low, high), 0) + n
    return dict(sorted(found.items()))


def _cells(table: Mapping[int, int], width: int, whole: bool) -> Iterator[tuple[int, int, int]]:
    for place, values in groupby(sorted(table), key=lambda value: value // width):
        yield place * width, (place + 1) * width - whole, sum(table[value] for value in values)


def width_for(table: Mapping[int, int], most: int = 40) -> int:
    """The smallest of 1, 2, 5, 10, 20 ... of which at most `most` cover the middle 98 % of the values, and one more at least.

    >>> width_for({value: 1 for value in range(100)})
    5
    """
    ordered = sorted(table)
    total, seen, low, high = sum(table.values()), 0, ordered[0], ordered[-1]
    for value in ordered:
        if seen * 100 <= total:
            low = value
        seen += table[value]
        if seen * 100 >= 99 * total:
            high = value
            break
    width, place = 1, 0
    while (high - low) > most * width:
        width = (width * 2, width * 5 // 2, width * 2)[place % 3]
        place += 1
    return width


def rounded(key: Key, doses: Collection[str]) -> int:
    """The value of a table's key as it leaves a site, by what it is a value of: a dose to 4 decimals, a percent to 2, any other measure, a
    mean too, to a millionth; a count of years or days as it is.

    >>> rounded(("baseline", "steroid", 12_345_678), {"steroid"}), rounded(("baseline", "mmt", "212/3"), {"steroid"})
    (12345700, 70666667)
    """
    section, value = key[0], key[-1]
    if section not in {"value", "baseline", "described"}:
        assert isinstance(value, int), "years and days are whole"
        return value
    measure = key[{"value": 2, "baseline": 1, "described": 3}[str(section)]]
    step = PERCENT if key[-2] == "percent" and section == "value" else QUOTIENT if measure in doses else 1
    return round_value(Fraction(value) if isinstance(value, str) else Fraction(value, MILLIONTH), step)


def pool_rare(terms: Mapping[str, dict[str, int]], patients: dict[str, int], smallest: int) -> dict[str, int]:
    """Take events too rare to be told, or in too few patients, out of `terms` (by term and why not on treatment) and `patients`; how many they are.

    Rare reasons go by themselves. One more term follows where those pooled are few together.
    """
    pool: dict[str, int] = {}

    def gather(term: str, why_not: str) -> None:
        pool[why_not] = pool.get(why_not, 0) + terms[term].pop(why_not, 0)

    for term in sorted(terms, key=lambda one: (terms[one].get("", 0), one)):
        events = terms[term].get("", 0)
        few = (events, patients.get(term, 0), pool.get("", 0))
        if events and any(small(n, smallest) for n in few):
            gather(term, "")
            patients.pop(term, None)
        for why_not in [why for why, n in terms[term].items() if why and small(n, smallest)]:
            gather(term, why_not)
    return pool
