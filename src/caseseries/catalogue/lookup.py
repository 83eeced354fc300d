"""Finding an entry by the word a person wrote, and saying which word was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from caseseries.errors import CaseSeriesError, Place, Problem, ensure

__all__ = ["CatalogueMiss", "Index", "fold", "nearest", "slips_allowed", "slips_between"]

LONGEST_COMPARED = 80
"""Characters compared when looking for a near spelling: the comparison is quadratic, a note pasted into a cell is not
a misspelt name."""

LONGEST_NAME = 200
"""Characters a name can have: what is longer is refused before it is folded and kept in a cache."""

CLOSE_ENOUGH = 0.65
"""Similarity (0 to 1, difflib ratio) below which a word is not worth suggesting."""


SUGGESTED, NAMES_OF_AN_ENTRY = 3, 4
"""Entries that are suggested, and names of one that may be nearer than the next entry's."""


MOST_KEPT = 4096
"""Words whose nearest names are remembered."""


ONE_SLIP, TWO_SLIPS = 5, 8
"""Letters from which on a word can be misspelt by one and by two letters and still be the same word. Between abbreviations of up to
four letters (AZA, ADA, ABA) one letter is another word."""


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A name without what people vary: case, spaces, hyphens, dots and accents; % stays as a word.

    >>> fold("MMT-8"), fold("Mycophénolate  mofetil"), fold("FVC %")
    ('mmt8', 'mycophenolatemofetil', 'fvcpercent')
    """
    plain = unicodedata.normalize("NFKD", word.replace("%", "percent")).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def nearest(
    word: str, allowed: Iterable[str], limit: int = SUGGESTED, *, close_enough: float = CLOSE_ENOUGH
) -> tuple[str, ...]:
    """The allowed words a misspelt one was probably meant to be, best first; none when nothing is close.

    A word that begins with what was written counts as close. Equal closeness: the order of ``allowed`` decides.

    >>> nearest("nearst", ["first", "last", "nearest"])
    ('nearest',)
    >>> nearest("MMT", ["CMAS", "MMT8", "MMT8 bilateral"])
    ('MMT8', 'MMT8 bilateral')
    """
    wanted = fold(word[:LONGEST_COMPARED])
    if not wanted:
        return ()
    matcher = SequenceMatcher(autojunk=False, b=wanted)
    scored = []
    for place, candidate in enumerate(allowed):
        target = fold(candidate)
        matcher.set_seq1(target)
        if target.startswith(wanted) or (len(target) > 3 and wanted.startswith(target)):
            scored.append((-1.0, place, candidate))
        elif matcher.real_quick_ratio() >= close_enough and matcher.quick_ratio() >= close_enough:
            closeness = matcher.ratio()
            if closeness >= close_enough:
                scored.append((-closeness, place, candidate))
    return tuple(candidate for _, _, candidate in sorted(scored)[:limit])


def slips_allowed(one: str, other: str) -> int:
    """How many slips two folded words may be apart and still be one: more in longer ones, letters that changed places in short ones.

    >>> slips_allowed("aza", "ada"), slips_allowed("icvy", "ivcy"), slips_allowed("rituxmab", "rituximab")
    (0, 1, 2)
    """
    shorter = min(len(one), len(other))
    if shorter >= ONE_SLIP:
        return 2 if shorter >= TWO_SLIPS else 1
    return int(sorted(one) == sorted(other))


def slips_between(one: str, other: str, allowed: int) -> int | None:
    """Letters left out, put in, changed or exchanged with their neighbour; None where there are more than allowed, or none are.

    >>> slips_between("rituxmab", "rituximab", 2), slips_between("secukinumab", "canakinumab", 2)
    (1, None)
    """
    if not allowed or abs(len(one) - len(other)) > allowed or {one[:1], one[1:2]}.isdisjoint({other[:1]}):
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, row, earlier = row, [i], before
        before = last
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return None
    return row[-1] if row[-1] <= allowed else None


class CatalogueMiss(CaseSeriesError, LookupError):
    """The word is not in the catalogue; says what kind was looked for and which words are near.

    The word itself is in :attr:`word` only: it may be a cell of a chart, and ``str(error)`` gets pasted into tickets.

    >>> miss = CatalogueMiss("instrument", "CMSA", ("CMAS",))
    >>> print(miss)
    not an instrument in the catalogue
    nearest: CMAS
    >>> print(miss.problem(Place("p.yaml", line=9)).describe())
    p.yaml:9: not an instrument in the catalogue (found 'CMSA'; allowed: nearest: CMAS)
    """

    def __init__(self, kind: str, word: str, suggestions: tuple[str, ...] = (), *, expected: str = "") -> None:
        self.kind, self.word, self.suggestions = kind, word, suggestions
        near = f"nearest: {', '.join(suggestions)}" if suggestions else ""
        article = "an" if kind[:1] in "aeio" else "a"  # a unit
        super().__init__(f"not {article} {kind} in the catalogue", expected="; ".join(filter(None, (expected, near))))

    def problem(self, place: Place | None = None, *, private: bool = False) -> Problem:
        """The miss as one line of a list of mistakes; ``private=True`` when the word is a chart cell."""
        return Problem(self.what, place or Place(), found=self.word, allowed=self.expected, private=private)


@dataclass(frozen=True, slots=True)
class Index:
    """Every name of one kind of entry and the key it stands for.

    ``unclear`` holds words that stand for several entries, with the words that do say which one.
    """

    kind: str
    keys: Mapping[str, str]
    shown: tuple[str, ...]
    unclear: Mapping[str, tuple[str, ...]]
    near: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, kind: str, names: Iterable[tuple[str, Iterable[str]]], unclear: Mapping[str, Iterable[str]] | None = None
    ) -> Index:
        """Build from (key, its names) pairs; two entries that share a name are a mistake in the data file."""
        keys: dict[str, str] = {}
        shown: list[str] = []
        for key, aliases in names:
            for name in (key, *aliases):
                of_name = keys.setdefault(fold(name), key)
                ensure(of_name == key, f"two {kind}s are called {name!r}")
                shown.append(name)
        vague = {fold(word): tuple(meant) for word, meant in (unclear or {}).items()}
        ensure(not vague.keys() & keys.keys(), f"a {kind} has an unclear name")
        return cls(kind, keys, tuple(shown), vague)

    def key(self, word: str) -> str:
        """The key a word stands for.

        Raises:
            CatalogueMiss: no entry, or more than one, has this name.
        """
        if len(word) > LONGEST_NAME:
            raise CatalogueMiss(self.kind, word, expected=f"a name of at most {LONGEST_NAME} characters")
        folded = fold(word)
        if folded in self.keys:
            return self.keys[folded]
        if folded in self.unclear:
            meant = self.unclear[folded]
            raise CatalogueMiss(self.kind, word, meant, expected="the word stands for more than one, say which")
        raise CatalogueMiss(self.kind, word, self._near(word))

    def _near(self, word: str) -> tuple[str, ...]:
        """The nearest name of each of the nearest entries; the same word is asked for again and again while a chart is read."""
        if word not in self.near:
            best: dict[str, str] = {}
            for name in nearest(word, self.shown, NAMES_OF_AN_ENTRY * SUGGESTED):
                best.setdefault(self.keys[fold(name)], name)
            if len(self.near) >= MOST_KEPT:
                self.near.clear()
            self.near[word] = tuple(best.values())[:SUGGESTED]
        return self.near[word]
