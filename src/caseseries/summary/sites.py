"""The counts of a site as a text file, and several sites' counts added up without a patient row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import combinations
from typing import Any, get_args

from caseseries.chart.natural import natural
from caseseries.errors import InputError, Place, Problem
from caseseries.stats.tally import Key, Tally
from caseseries.summary.aggregate import AUDIENCES, Audience
from caseseries.summary.model import SourceKind

#: The first line of every file of counts, and how that of any version begins.
ANY_FORMAT = "caseseries counts, format "
FORMAT = f"{ANY_FORMAT}6"
#: What the last line begins with, without which a file was cut short; the SHA-256 of the lines above stands behind it.
END = "end"
_DO = "Ask the site to export again; do not change the file by hand."


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """One site's counts and what they belong to.

    `protocol` is the whole fingerprint of the protocol, `package` the version of caseseries that counted, `smallest` the least
    count that is told exactly where the audience is the network. `database` is a fingerprint of the files that were counted, the same
    wherever they lie and however they are described, so that one database under two labels is noticed; empty for a server. `kept` says
    whether charts or a database were counted.
    """

    site: str
    protocol: str
    package: str
    audience: Audience
    smallest: int
    dated: bool
    invented: bool
    tally: Tally
    kept: SourceKind
    database: str = ""

    def lines(self) -> Iterator[str]:
        """The file as lines without line ends: the format, a line for each fact, an empty line, the counts, the seal.

        >>> counts = SiteCounts("A", "9f86", "0.1.0", "network", 5, True, False, Tally({("persons",): 7}), "chart")
        >>> print(*counts.lines(), sep="\\n")
        caseseries counts, format 6
        site: "A"
        protocol: "9f86"
        package: "0.1.0"
        audience: "network"
        smallest: 5
        dated: true
        invented: false
        kept: "chart"
        database: ""
        <BLANKLINE>
        ["persons",7]
        end 6597967fbbcc1b33010c745b55a7645ee25c2b6ad98e41af4414436765d6bceb
        >>> SiteCounts.read(counts.lines()) == counts
        True
        """
        above = [FORMAT, *(f"{name}: {json.dumps(getattr(self, name))}" for name in _HEADER), "", *self.tally.lines()]
        yield from above
        yield seal(above)

    @classmethod
    def read(cls, lines: Iterable[str], *, file: str = "") -> SiteCounts:
        """The counts of a file.

        Raises:
            InputError: it is no such file, or a line of it is not as it was written.
        """
        text = [line.removesuffix("\n") for line in lines]
        if not text or text[0] != FORMAT:
            other = bool(text) and text[0].startswith(ANY_FORMAT)
            what = "counts in the format of another version of caseseries" if other else "not a file of counts"
            wrong = Problem(what, Place(file, line=1), text[0] if other else "", f"first line {FORMAT!r}")
            raise InputError("The counts of a site cannot be read.", [wrong], do=_DO)
        facts: dict[str, Any] = {}
        problems = []
        for place, name in enumerate(_HEADER, start=1):
            value = _fact(text[place] if place < len(text) else "", name)
            if value is None:
                problems.append(Problem(f"no line `{name}: …` as it is written", Place(file, line=place + 1)))
            facts[name] = value
        start = len(_HEADER) + 2
        if not problems and (len(text) < start or text[start - 1]):
            problems.append(Problem("no empty line before the counts", Place(file, line=start)))
        if not problems and text[-1].split(" ")[0] != END:
            problems.append(
                Problem(
                    f"the file was cut short: its last line does not begin with {END!r}", Place(file, line=len(text))
                )
            )
        if problems:
            raise InputError("The counts of a site cannot be read.", problems, do=_DO)
        tally = Tally.read(text[start:-1], file=file, first_line=start + 1)
        if text[-1] != seal(text[:-1]):
            wrong = Problem("the file was changed, or damaged on its way, after it was written", Place(file))
            raise InputError("The counts of a site cannot be read.", [wrong], do=_DO)
        return cls(**facts, tally=tally)


def seal(above: Iterable[str]) -> str:
    """The last line of a file: a count that was changed above it would else look like any other."""
    return f"{END} {hashlib.sha256(chr(10).join(above).encode()).hexdigest()}"


_HEADER = tuple(field.name for field in fields(SiteCounts) if field.name != "tally")
_KINDS: dict[str, type] = {
    "site": str, "protocol": str, "package": str, "audience": str, "smallest": int, "dated": bool, "invented": bool,
    "kept": str, "database": str,
}  # fmt: skip


def _fact(line: str, name: str) -> Any:
    """The value of a header line, or None where the line is not exactly what would be written."""
    try:
        value: Any = json.loads(line.removeprefix(f"{name}: "))
    except (ValueError, RecursionError):
        return None
    if type(value) is not _KINDS[name] or f"{name}: {json.dumps(value)}" != line:
        return None
    return value if _fits(name, value) else None


def _fits(name: str, value: Any) -> bool:
    if name == "audience":
        return value in AUDIENCES
    if name == "kept":
        return value in get_args(SourceKind)
    return name == "database" or bool(value >= 2 if name == "smallest" else value != "")


def add_sites(sites: Sequence[SiteCounts], *, twice: bool = False) -> tuple[Tally, bool, bool]:
    """The counts of sites added up, whether they have dates, and whether any site's data are invented; their patients must be different ones.

    Two files of one database, or with the same counts, are refused unless `twice` says that their patients are known to be different.

    Audiences may differ: what is a range at one site is a range in the sum.

    Raises:
        InputError: no site, two of one label or of one content, or sites that counted by different protocols or versions of caseseries, or of which
            one has dates and another has none.

    >>> one = SiteCounts("A", "9f86", "0.1.0", "own site", 5, True, False, Tally({("persons",): 7}), "chart")
    >>> other = SiteCounts("B", "9f86", "0.1.0", "network", 5, True, False, Tally({("persons",): 9}), "database")
    >>> add_sites([other, one])[0].total("persons")
    16
    """
    ordered = sorted(sites, key=lambda one: natural(one.site))
    problems = [] if ordered else [Problem("no file of counts is given")]
    labels = [one.site for one in ordered]
    plain = [" ".join(label.casefold().split()) for label in labels]
    for label in {label: None for label, one in zip(labels, plain, strict=True) if plain.count(one) > 1}:
        problems.append(Problem("two files of one site", found=label, do="give each site once, and each its own label"))
    if not twice:
        problems += [Problem(words, do=_TWICE) for words in doubled(ordered)]
    first = ordered[0] if ordered else None
    for one in ordered[1:]:
        assert first is not None
        for name, what in _SAME.items():
            if getattr(one, name) != getattr(first, name):
                problems.append(
                    Problem(
                        f"{one.site}: {what} than {first.site}",
                        found=str(getattr(one, name)),
                        allowed=str(getattr(first, name)),
                    )
                )
    if problems or first is None:
        raise InputError("These counts do not belong together.", problems, do="Nothing was combined.")
    tally = Tally()
    for one in ordered:
        tally.merge(one.tally)
    return tally, first.dated, any(one.invented for one in ordered)


_TWICE = "give each site once; where their patients are known to be different, say so with --same-site-twice REASON"
#: A count of at least so many, shared by at least so many lines, is no accident where nearly all of them are the same.
_LARGE, _MANY, _NEARLY = 20, 10, Fraction(9, 10)


def doubled(sites: Sequence[SiteCounts]) -> list[str]:
    """Which files seem to hold the same patients, in words: one database or chart, the same counts, or nearly all large counts the same.

    >>> from dataclasses import replace
    >>> north = SiteCounts("north", "9f86", "0.1.0", "own site", 5, True, False, Tally({("persons",): 7, ("cases", "", ""): 3}), "chart")
    >>> doubled([north, replace(north, site="south")])
    ['north and south hold the same counts']
    """
    found = []
    for one, other in combinations(sites, 2):
        if one.site == other.site:
            continue
        if one.database and one.database == other.database:
            what = "database" if one.kept == "database" else "charts"
            found.append(f"{one.site} and {other.site} counted the same {what}")
        elif one.tally.total("cases", "", "") and one.tally == other.tally:
            found.append(f"{one.site} and {other.site} hold the same counts")
        elif _nearly(one.tally.counts, other.tally.counts):
            found.append(f"{one.site} and {other.site} hold nearly the same counts")
    return found


def _nearly(one: Mapping[Key, int], other: Mapping[Key, int]) -> bool:
    large = [key for key, n in one.items() if n >= _LARGE and other.get(key, 0) >= _LARGE]
    return len(large) >= _MANY and sum(one[key] == other[key] for key in large) >= _NEARLY * len(large)


#: What must be the same at all sites, and how it is told where it is not.
_SAME = {
    "protocol": "another protocol",
    "package": "another version of caseseries",
    "dated": "dates where the first has none, or none where it has",
}
