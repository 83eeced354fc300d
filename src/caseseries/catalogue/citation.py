"""Where a number comes from, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast, get_args

from caseseries.catalogue.raw import read
from caseseries.errors import ensure

__all__ = ["Reliability", "Source", "cite"]

Reliability = Literal[
    "read", "read weak", "derived", "recalled H", "recalled M", "recalled L", "assumption", "declared by the study"
]
"""How sure we are: the text was read; a poor text was read; arithmetic on read facts; recalled with high, medium or
low confidence; set by this catalogue; or put in the place of the catalogue's value by the study."""

SURE = ("read", "derived", "declared by the study")


@dataclass(frozen=True, slots=True)
class Source:
    """The citation behind one fact, its DOI where it has one, and its reliability mark; `name` is that of its entry in ``sources.toml``.

    >>> print(Source("Huber AM 2004", "10.1002/art.20179", "read"))
    Huber AM 2004. doi:10.1002/art.20179 [read]
    """

    text: str
    doi: str
    reliability: Reliability
    name: str = ""

    @property
    def recalled(self) -> bool:
        """Whether the fact still needs a check against its text.

        >>> Source("", "", "recalled H").recalled, Source("", "", "read weak").recalled, Source("", "", "read").recalled
        (True, True, False)
        """
        return self.reliability not in SURE

    def __str__(self) -> str:
        doi = f". doi:{self.doi}" if self.doi else ""
        return f"{self.text}{doi} [{self.reliability}]"


@cache
def cite(words: str) -> Source:
    """The source meant by a data file's ``source = "NAME [MARK]"``: an entry of ``sources.toml`` and a reliability.

    >>> print(cite("assumption [assumption]"))
    A limit set by this catalogue, not a published fact [assumption]
    """
    name, _, mark = words.removesuffix("]").partition(" [")
    ensure(mark in get_args(Reliability), words)
    entry = read("sources")[name]
    return Source(entry["text"], entry.get("doi", ""), cast(Reliability, mark), name)
