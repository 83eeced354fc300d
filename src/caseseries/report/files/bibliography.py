"""references.bib, .ris and .json: the sources that a study used, as BibTeX, RIS and CSL-JSON, for programs that keep references."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from caseseries.catalogue import Paper
from caseseries.report.exhibits.references import Cited
from caseseries.report.exhibits.words import listed

_BIBTEX = {"article": "article", "book": "book", "report": "techreport", "software": "misc", "other": "misc"}
_RIS = {"article": "JOUR", "book": "BOOK", "report": "RPRT", "software": "COMP", "other": "GEN"}
_CSL = {"article": "article-journal", "book": "book", "report": "report", "software": "software", "other": "document"}


def bibliography_files(sources: Sequence[Cited]) -> dict[str, str]:
    """The three files by name; all of the same sources in the same order."""
    return {"references.bib": bibtex(sources), "references.ris": ris(sources), "references.json": csl_json(sources)}


def _remark(one: Cited) -> str:
    """What the source is cited for, and how far its details were checked."""
    more = " Further authors are not listed here." if one.paper.others else ""
    doubt = f" {one.paper.doubt[0].upper()}{one.paper.doubt[1:]}." if one.paper.doubt else ""
    whole = " As it was written, not taken apart into fields." if one.paper.checked == "as written" else ""
    return f"For: {listed(one.uses)}.{more}{doubt}{whole}"


def bibtex(sources: Iterable[Cited]) -> str:
    """BibTeX in ASCII where LaTeX has a command for the letter; titles in double braces keep their capitals."""
    return "\n".join(_entry(one) for one in sources)


def _entry(one: Cited) -> str:
    paper = one.paper
    authors = [tex(name) if ", " in name else f"{{{tex(name)}}}" for name in paper.authors]
    fields = {
        "author": " and ".join([*authors, *(["others"] if paper.others else [])]),
        "title": f"{{{tex(paper.title)}}}",
        "journal": tex(paper.journal),
        "publisher": tex(paper.publisher) if paper.kind == "book" else "",
        "institution": tex(" and ".join(paper.authors)) if paper.kind == "report" else "",
        "year": "" if paper.year is None else str(paper.year),
        "volume": tex(paper.volume),
        "number": tex(paper.issue).replace("-", "--"),
        "pages": tex(paper.pages).replace("-", "--"),
        "version": tex(paper.version),
        "doi": _link(paper.doi),
        "url": _link(paper.url),
        "annote": tex(_remark(one)),
    }
    told = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value not in {"", "{}"})
    return f"@{_BIBTEX[paper.kind]}{{{paper.key},\n{told}\n}}\n"


#: Characters with a meaning of their own in TeX, and letters that are no letter with an accent. Braces are words: BibTeX counts also escaped ones.
_TEX = {
    "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
    "ø": "{\\o}", "Ø": "{\\O}", "æ": "{\\ae}", "Æ": "{\\AE}", "œ": "{\\oe}", "Œ": "{\\OE}", "ß": "{\\ss}", "ł": "{\\l}", "Ł": "{\\L}",
    "ı": "{\\i}", "–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''", "\u00a0": "~", "−": "$-$", "≥": "$\\geq$", "≤": "$\\leq$",
}  # fmt: skip

#: Accents as TeX writes them before the letter.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u ", "\u0307": ".", "\u0308": '"',
    "\u030a": "r ", "\u030b": "H ", "\u030c": "v ", "\u0323": "d ", "\u0327": "c ", "\u0328": "k ",
}  # fmt: skip


def tex(text: str) -> str:
    r"""Text for TeX: what has a meaning there is escaped, accented letters are commands; other letters stay as they are.

    >>> print(tex("Gøtzsche & Özdemir, 50 %_{x}"), tex("Staņēvicha"), tex("肌炎"))
    G{\o}tzsche \& {\"O}zdemir, 50 \%\_\textbraceleft{}x\textbraceright{} Sta{\c n}{\=e}vicha 肌炎
    """
    return "".join(_letter(sign) for sign in unicodedata.normalize("NFC", _one_line(text)))


def _letter(sign: str) -> str:
    if sign in _TEX:
        return _TEX[sign]
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return f"{{\\{_ACCENTS[parts[1]]}{parts[0]}}}"
    return sign


def _link(text: str) -> str:
    """A DOI or address, which readers of BibTeX take as it stands: only braces and spaces are written as in an address."""
    return text.replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")


def _one_line(text: str) -> str:
    """A text on one line, without characters that cannot be seen."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def ris(sources: Iterable[Cited]) -> str:
    """RIS: lines of a tag, two spaces, a hyphen and the value, ended by CR LF."""
    lines: list[str] = []
    for one in sources:
        paper = one.paper
        first, _, last = paper.pages.partition("-")
        tags = [
            ("TY", _RIS[paper.kind]),
            ("ID", paper.key),
            *(("AU", name) for name in paper.authors),
            ("TI", paper.title),
            ("JO", paper.journal),
            ("J2", paper.short),
            ("PB", paper.publisher),
            ("PY", "" if paper.year is None else str(paper.year)),
            ("VL", paper.volume),
            ("IS", paper.issue),
            ("SP", first),
            ("EP", last),
            ("ET", paper.version),
            ("DO", paper.doi),
            ("UR", paper.url),
            ("N1", _remark(one)),
        ]
        lines += [f"{tag}  - {_one_line(value)}" for tag, value in tags if value]
        lines += ["ER  - ", ""]
    return "".join(f"{line}\r\n" for line in lines)


def csl_json(sources: Iterable[Cited]) -> str:
    """CSL-JSON, as citeproc and reference managers read it."""
    return json.dumps([_item(one) for one in sources], ensure_ascii=False, indent=2) + "\n"


def _item(one: Cited) -> dict[str, Any]:
    paper = one.paper
    found: dict[str, Any] = {
        "id": paper.key,
        "type": _CSL[paper.kind],
        "author": [_person(name) for name in paper.authors],
        "title": _one_line(paper.title),
        "container-title": paper.journal,
        "container-title-short": paper.short,
        "publisher": paper.publisher,
        "issued": _issued(paper),
        "volume": paper.volume,
        "issue": paper.issue,
        "page": paper.pages,
        "version": paper.version,
        "DOI": paper.doi,
        "URL": paper.url,
        "note": _one_line(_remark(one)),
    }
    return {name: value for name, value in found.items() if value}


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(", ")
    return {"family": family, "given": given} if comma else {"literal": name}


def _issued(paper: Paper) -> dict[str, Any]:
    return {} if paper.year is None else {"date-parts": [[paper.year]]}
