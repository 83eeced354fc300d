"""The counts of a site as a text file, and several sites' counts added up without a patient row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from caseseries.chart.natural import natural
from caseseries.errors import InputError, Place, Problem
from caseseries.stats.tally import Tally
from caseseries.summary.aggregate import AUDIENCES, Audience

#: The first line of every file of counts.
FORMAT = "caseseries counts, format 1"
#: The last line, without which a file was cut short.
END = "end"
_DO = "Ask the site to export again; do not change the file by hand."


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """One site's counts and what they belong to.

    `protocol` is the whole fingerprint of the protocol, `package` the version of caseseries that counted, `smallest` the least
    count that is told exactly where the audience is the network.
    """

    site: str
    protocol: str
    package: str
    audience: Audience
    smallest: int
    dated: bool
    invented: bool
    tally: Tally

    def lines(self) -> Iterator[str]:
        """The file as lines without line ends: the format, a line for each fact, an empty line, the counts, the last line.

        >>> counts = SiteCounts("A", "9f86", "0.1.0", "network", 5, True, False, Tally({("persons",): 7}))
        >>> print(*counts.lines(), sep="\\n")
        caseseries counts, format 1
        site: "A"
        protocol: "9f86"
        package: "0.1.0"
        audience: "network"
        smallest: 5
        dated: true
        invented: false
        <BLANKLINE>
        ["persons",7]
        end
        >>> SiteCounts.read(counts.lines()) == counts
        True
        """
        yield FORMAT
        for name in _HEADER:
            yield f"{name}: {json.dumps(getattr(self, name))}"
        yield ""
        yield from self.tally.lines()
        yield END

    @classmethod
    def read(cls, lines: Iterable[str], *, file: str = "") -> SiteCounts:
        """The counts of a file.

        Raises:
            InputError: it is no such file, or a line of it is not as it was written.
        """
        text = [line.removesuffix("\n") for line in lines]
        if not text or text[0] != FORMAT:
            wrong = Problem("not a file of counts", Place(file, line=1), allowed=f"first line {FORMAT!r}")
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
        if not problems and text[-1] != END:
            problems.append(
                Problem(f"the file was cut short: its last line is not {END!r}", Place(file, line=len(text)))
            )
        if problems:
            raise InputError("The counts of a site cannot be read.", problems, do=_DO)
        return cls(**facts, tally=Tally.read(text[start:-1], file=file, first_line=start + 1))


_HEADER = tuple(field.name for field in fields(SiteCounts) if field.name != "tally")
_KINDS: dict[str, type] = {
    "site": str, "protocol": str, "package": str, "audience": str, "smallest": int, "dated": bool, "invented": bool,
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
    return bool(value >= 2 if name == "smallest" else value != "")


@dataclass(frozen=True, slots=True)
class Combined:
    """The counts of several sites together. `told` says, a sentence for each site, for whom its counts were made."""

    sites: tuple[str, ...]
    protocol: str
    package: str
    dated: bool
    invented: bool
    tally: Tally
    told: tuple[str, ...]


def combine(sites: Sequence[SiteCounts]) -> Combined:
    """Add up the counts of sites, in the order of their labels; their patients must be different ones.

    Audiences may differ: what is a range at one site is a range in the sum, and `told` states each site's.

    Raises:
        InputError: no site, two of one label, or sites that counted by different protocols or versions of caseseries, or of which
            one has dates and another has none.

    >>> one = SiteCounts("A", "9f86", "0.1.0", "own site", 5, True, False, Tally({("persons",): 7}))
    >>> other = SiteCounts("B", "9f86", "0.1.0", "network", 5, True, False, Tally({("persons",): 9}))
    >>> together = combine([other, one])
    >>> together.tally.total("persons"), together.sites
    (16, ('A', 'B'))
    >>> together.told[1]
    'B: counts for the network, none below 5 told.'
    """
    ordered = sorted(sites, key=lambda one: natural(one.site))
    problems = [] if ordered else [Problem("no file of counts is given")]
    labels = [one.site for one in ordered]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        problems.append(Problem("two files of one site", found=label, do="give each site once, and each its own label"))
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
    return Combined(
        tuple(labels), first.protocol, first.package, first.dated, any(one.invented for one in ordered), tally,
        tuple(_told(one) for one in ordered),
    )  # fmt: skip


#: What must be the same at all sites, and how it is told where it is not.
_SAME = {
    "protocol": "another protocol",
    "package": "another version of caseseries",
    "dated": "dates where the first has none, or none where it has",
}


def _told(one: SiteCounts) -> str:
    if one.audience == "own site":
        return f"{one.site}: every count, as for the site itself."
    return f"{one.site}: counts for the network, none below {one.smallest} told."
