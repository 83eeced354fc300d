"""The papers behind instruments, criteria, grades, checklists and statistical methods, as reference lists have them.

An entry says how far its own details were checked; what no text gave is left out, and what is only recalled says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from caseseries.catalogue.citation import Source
from caseseries.catalogue.raw import read

__all__ = ["CitedMethod", "Paper", "cited_for", "cited_methods", "paper", "paper_of", "papers"]

Kind = Literal["article", "book", "report", "software", "other"]

#: Names of sources.toml behind which no text stands that could be cited.
NO_TEXT = frozenset(
    {"recalled", "assumption", "definition", "survey_foot", "arithmetic", "usage", "percent_names", "code_list"}
)

#: How far a citation was checked that is one line of text, of the catalogue or of a protocol.
AS_WRITTEN = "as written"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a reference list needs of one source; an empty field was given by no text.

    `authors` are `Family, Given` of a person and words without a comma of a body; with `others` the list goes on. `pages` are `404-413`.
    `checked` is `read`, `recalled H`, `M` or `L`, or `as written` of a line of text that stands whole as the title; `recalled` names single
    fields that were not confirmed where the rest was.
    """

    key: str
    title: str
    kind: Kind = "article"
    authors: tuple[str, ...] = ()
    others: bool = False
    journal: str = ""
    short: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    version: str = ""
    doi: str = ""
    url: str = ""
    checked: str = "read"
    recalled: tuple[str, ...] = ()

    @property
    def doubt(self) -> str:
        """What of the details was not confirmed in a text, in words; empty where all was.

        >>> paper("lehmann2005").doubt, paper("lovell1999").doubt, paper("clopper1934").doubt
        ('details recalled, not checked', 'pages recalled, not checked', '')
        """
        if self.checked.startswith("recalled"):
            return "details recalled, not checked"
        return f"{', '.join(self.recalled)} recalled, not checked" if self.recalled else ""


@dataclass(frozen=True, slots=True)
class CitedMethod:
    """A statistical method: `within` what results call theirs, `said` how the Methods name it, `words` what its papers are cited for."""

    within: str
    said: str
    words: str
    cites: tuple[str, ...]


@cache
def _all() -> dict[str, Paper]:
    return {key: _paper(key, entry) for key, entry in read("literature")["paper"].items()}


def _paper(key: str, entry: dict[str, Any]) -> Paper:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return Paper(key, **fields)


def papers() -> tuple[Paper, ...]:
    """Every paper of the catalogue."""
    return tuple(_all().values())


def paper(key: str) -> Paper:
    """The paper of that key.

    >>> paper("clopper1934").pages
    '404-413'
    """
    return _all()[key]


def paper_of(source: Source) -> Paper | None:
    """The paper behind a source of the catalogue: its entry, or its line of text as it stands; None where no text is behind it.

    >>> from caseseries.catalogue.citation import cite
    >>> paper_of(cite("lazarevic2013 [read]")).year, paper_of(cite("almeida2015 [read]")).checked, paper_of(cite("usage [recalled H]"))
    (2013, 'as written', None)
    """
    if source.name in _all():
        return _all()[source.name]
    if not source.name or source.name in NO_TEXT:
        return None
    return Paper(source.name, source.text, "other", doi=source.doi, checked=AS_WRITTEN)


def cited_for(kind: Literal["instrument", "criterion", "checklist"], name: str) -> tuple[Paper, ...]:
    """The papers that an instrument, a criterion or a checklist is cited by; none where the catalogue names none beside its source.

    >>> [found.key for found in cited_for("instrument", "CMAS")]
    ['lovell1999', 'huber2004']
    """
    return tuple(paper(key) for key in read("literature")[f"of_{kind}"].get(name, ()))


@cache
def cited_methods() -> tuple[CitedMethod, ...]:
    """The statistical methods that have a paper.

    >>> cited_methods()[0].said
    'Clopper–Pearson exact interval'
    """
    return tuple(
        CitedMethod(one["in"], one.get("said", one["in"]), one["words"], tuple(one["cites"]))
        for one in read("literature")["method"]
    )
