"""The sources of a study as a numbered list and as BibTeX, RIS and CSL-JSON: the same ones, every one that was used, none that was not."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from caseseries.catalogue import Paper, cited_methods
from caseseries.protocol.measure import Custom
from caseseries.protocol.measures import measure_facts
from caseseries.report.contents import contents
from caseseries.report.exhibits.printed_blocks import Paragraph, Points
from caseseries.report.exhibits.references import SOFTWARE, Cited, citation, cited, references, with_numbers
from caseseries.report.files.bibliography import bibliography_files, bibtex, csl_json, ris, tex
from caseseries.report.folder import files
from caseseries.study import Study
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Kept, Summary

ROOT = Path(__file__).parents[2]


def read_bibtex(text: str) -> list[dict[str, str]]:
    """A strict reader: entries of fields in braces that balance, nothing between them but line feeds."""
    found: list[dict[str, str]] = []
    at = 0
    while at < len(text):
        head = re.compile(r"@(article|book|techreport|misc)\{([a-z0-9_-]+),\n").match(text, at)
        assert head is not None, text[at : at + 80]
        entry, at = {"kind": head[1], "key": head[2]}, head.end()
        while text[at] != "}":
            name = re.compile(r"  ([a-z]+) = \{").match(text, at)
            assert name is not None, text[at : at + 80]
            start = at = name.end()
            depth = 1
            while depth:  # as BibTeX counts: escaped braces too
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            assert name[1] not in entry and text[at : at + 2] in {",\n", "\n}"}
            entry[name[1]] = text[start : at - 1]
            at += 2 if text[at] == "," else 1
        at = re.compile(r"\}\n\n?").match(text, at).end()  # type: ignore[union-attr]
        found.append(entry)
    return found


def read_ris(data: str) -> list[dict[str, list[str]]]:
    """A strict reader: CR LF at the end of every line, a known tag, TY first, ER last."""
    assert data.count("\n") == data.count("\r\n") and data.endswith("\r\n")
    found: list[dict[str, list[str]]] = []
    entry: dict[str, list[str]] | None = None
    for line in data.split("\r\n")[:-1]:
        if not line:
            assert entry is None
            continue
        tag = re.fullmatch(r"(TY|ID|AU|TI|JO|J2|PB|PY|VL|IS|SP|EP|ET|DO|UR|N1|ER)  - (.*)", line)
        assert tag is not None, line
        assert (tag[1] == "TY") == (entry is None)
        entry = {} if entry is None else entry
        if tag[1] == "ER":
            found.append(entry)
            entry = None
        else:
            entry.setdefault(tag[1], []).append(tag[2])
    assert entry is None
    return found


_LETTERS = {r"{\o}": "ø", r"{\O}": "Ø", r"{\ae}": "æ", r"{\ss}": "ß"}
_ACCENTS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "=": "\u0304", "c ": "\u0327", "v ": "\u030c", "~": "\u0303"}


def untex(text: str) -> str:
    """What TeX would print."""
    import unicodedata

    for written, letter in _LETTERS.items():
        text = text.replace(written, letter)
    text = re.sub(
        r"\{\\(\"|'|`|=|~|[cv] )([A-Za-z])\}", lambda m: unicodedata.normalize("NFC", m[2] + _ACCENTS[m[1]]), text
    )
    for written, sign in (("\\textbackslash{}", "\\"), ("\\textbraceleft{}", "\0"), ("\\textbraceright{}", "\1")):
        text = text.replace(written, sign)
    text = re.sub(r"\\([&%$#_])", r"\1", text).replace("---", "—").replace("--", "–").replace("{", "").replace("}", "")
    return text.replace("\0", "{").replace("\1", "}")


def held_alike(sources: tuple[Cited, ...]) -> None:
    """All three files hold these sources, in this order, with the same authors, titles, years, pages and DOIs."""
    made = bibliography_files(sources)
    bib, tagged = read_bibtex(made["references.bib"]), read_ris(made["references.ris"])
    items: list[dict[str, Any]] = json.loads(made["references.json"])
    keys = [one.paper.key for one in sources]
    assert len(set(keys)) == len(keys)
    assert keys == [one["key"] for one in bib] == [one["ID"][0] for one in tagged] == [one["id"] for one in items]
    for source, entry, tags, item in zip(sources, bib, tagged, items, strict=True):
        paper = source.paper
        title = " ".join(paper.title.split())
        assert title == untex(entry["title"]).replace("–", "-") or title == untex(entry["title"])
        assert [title] == tags["TI"] and title == item["title"]
        persons = [one.get("literal") or f"{one['family']}, {one['given']}" for one in item.get("author", [])]
        assert list(paper.authors) == persons == tags.get("AU", [])
        named = [untex(one) for one in entry.get("author", "").split(" and ") if one]
        assert named == [*paper.authors, *(["others"] if paper.others else [])]
        year = [] if paper.year is None else [str(paper.year)]
        assert year == tags.get("PY", []) == ([entry["year"]] if "year" in entry else [])
        assert {"date-parts": [[paper.year]]} == item["issued"] if paper.year else "issued" not in item
        assert (paper.doi or None) == item.get("DOI") == entry.get("doi") == (tags.get("DO") or [None])[0]
        assert (paper.pages or None) == item.get("page")
        assert (paper.pages or None) == ("-".join([*tags.get("SP", []), *tags.get("EP", [])]) or None)
        for use in source.uses:
            assert use in item["note"] and use in tags["N1"][0] and use in untex(entry["annote"])
        assert (paper.doubt in item["note"].casefold()) and all(len(note) < 2000 for note in tags["N1"])


def test_the_three_files_hold_the_same_sources(any_run: Summary) -> None:
    held_alike(cited(any_run))


#: Examples, with papers that they cite beside those of every series.
EXAMPLES = {
    "adhesions-cells": {"wilcoxon1945", "fisher1935", "dixon1946"},
    "jdm-mmf": {"rider2010", "lovell1999", "huber2004", "ctcae5", "garwood1936"},
    "rtx-sle": {"bombardier1992"},
}


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> tuple[Summary, set[str]]:
    folder = ROOT / "examples" / request.param
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml").summary, EXAMPLES[request.param]


def test_every_instrument_and_method_of_an_example_has_its_source_and_nothing_else_does(
    example: tuple[Summary, set[str]],
) -> None:
    summary, keys = example
    sources = cited(summary)
    held_alike(sources)
    uses = {use for one in sources for use in one.uses}
    methods = {
        one.method
        for one in every_result(summary)
        if one.method and (one.estimate is not None or one.lower is not None)
    }
    methods |= {one.test.method for one in summary.strata.values() if one.test is not None}
    for method in cited_methods():
        used = any(method.within in one for one in methods)
        assert used or method.within == "quantile type" or method.words not in uses
        assert not used or method.words in uses
    assert {"the JBI checklist", "the STROBE checklist", "the analysis and this report"} <= uses
    assert "the RECORD checklist" not in uses
    safety = summary.protocol.safety
    graded = safety is not None and "CTCAE" in safety.grading
    assert graded == ("grades of adverse events" in uses)
    found = {one.paper.key for one in sources}
    assert keys <= found
    others = set().union(*EXAMPLES.values()) - keys
    assert not ({"gwet2008", "kaplan1958", "benchimol2015", "rider2017"} | others) & found


def numbers_of(text: str) -> list[int]:
    return [int(one) for found in re.findall(r" \[(\d+(?:, \d+)*)\]", text) for one in found.split(", ")]


def test_numbers_come_in_order_and_each_points_to_the_list(example: tuple[Summary, set[str]]) -> None:
    sections = {one.key: one for one in contents(example[0])}
    said = [
        number
        for block in sections["methods"].blocks
        if isinstance(block, Paragraph)
        for number in numbers_of(block.text)
    ]
    first = list(dict.fromkeys(said))
    assert first == sorted(first) == list(range(1, len(first) + 1)) and first
    (listing,) = sections["references"].blocks
    assert isinstance(listing, Points) and listing.numbered
    assert [f"{place}." for place in range(1, len(listing.items) + 1)] == [one.split(" ")[0] for one in listing.items]
    assert max(first) <= len(listing.items) and "References" == sections["references"].title
    assert list(sections)[list(sections).index("references") - 1] == "cannot-show"
    assert all(re.search(r" For: .+\.(?: \([^()]+\))?$", one) for one in listing.items)


def with_measures(series: Summary, **sources: str) -> Summary:
    """A run with measures of the protocol's own, each with its source."""
    own = {
        name: Custom.model_validate({"quantity": name, "unit": "m", "better": "high", "source": source})
        for name, source in sources.items()
    }
    protocol = series.protocol.model_copy(update={"measures": {**series.protocol.measures, **own}})
    facts = {**series.measures, **{name: measure_facts(protocol, name) for name in own}}
    return replace(series, protocol=protocol, measures=facts)


def test_a_measure_of_the_protocol_is_cited_as_the_protocol_writes_it(series: Summary) -> None:
    unused = with_measures(series, walk="Zeta A. J {Alpha} 2001;1:2")
    assert not [one for one in cited(unused) if one.paper.key.startswith("protocol-")], "nothing reads it"
    sources = cited(replace(unused, outcomes={}, change_outcomes=(), values_at=()))
    (found,) = [one for one in sources if one.paper.key.startswith("protocol-")]
    assert ("Zeta A. J {Alpha} 2001;1:2", ("walk",)) == (found.paper.title, found.uses)
    held_alike(sources)


def test_two_sources_of_a_protocol_are_two_and_one_named_twice_is_one(series: Summary) -> None:
    named = with_measures(series, **{"歩行": "First 2001", "距離": "Second 2002", "walk-a": "Third", "walk a": "Third"})
    sources = cited(replace(named, outcomes={}, change_outcomes=(), values_at=()))
    own = {one.paper.title: one.uses for one in sources if one.paper.key.startswith("protocol-")}
    assert {"First 2001": ("歩行",), "Second 2002": ("距離",), "Third": ("walk-a", "walk a")} == own


def test_the_checklists_are_those_of_the_kind_of_source(series: Summary) -> None:
    kinds: dict[Kept, set[str]] = {
        "chart": {"munn2020", "vonelm2007"},
        "database": {"vonelm2007", "benchimol2015"},
        "both": {"munn2020", "vonelm2007", "benchimol2015"},
    }
    for kept, keys in kinds.items():
        found = {one.paper.key for one in cited(replace(series, kept=kept))}
        assert keys == found & {"munn2020", "vonelm2007", "benchimol2015"}


def test_a_number_stands_behind_the_first_mention_alone() -> None:
    papers = [Paper(key, key.title(), authors=("A, B.",)) for key in ("one", "two", "three")]
    sources = (
        Cited(papers[0], ("DAS",), ("DAS",)),
        Cited(papers[1], ("DAS28",), ("DAS28",)),
        Cited(papers[2], ("DAS",), ("DAS",)),
    )
    blocks = (
        Paragraph("DAS everywhere.", "Design"),
        Paragraph("DAS28-CRP, DAS-M and DAS28 and DAS; again DAS.", "Measures"),
        Paragraph("DAS28 too.", "Statistics"),
    )
    found = [block.text for block in with_numbers(blocks, sources) if isinstance(block, Paragraph)]
    assert ["DAS everywhere.", "DAS28-CRP, DAS-M and DAS28 [2] and DAS [1, 3]; again DAS.", "DAS28 too."] == found


def test_what_is_only_recalled_says_so_wherever_it_is_listed() -> None:
    paper = Paper(
        "zeta",
        "On zeta",
        authors=("Zeta, A. B.",),
        journal="J Zeta",
        year=1990,
        volume="1",
        pages="2-3",
        checked="recalled H",
    )
    part = replace(paper, key="eta", checked="read", recalled=("pages",))
    sources = (Cited(paper, ("zeta",)), Cited(part, ("eta",)))
    listing = references(sources).items
    assert listing[0].endswith("For: zeta. (Details recalled, not checked.)")
    assert listing[1].endswith("For: eta. (Pages recalled, not checked.)")
    for text in bibliography_files(sources).values():
        assert "Details recalled, not checked." in text and "Pages recalled, not checked." in text


def test_letters_and_signs_that_mean_something_are_written_so_that_they_are_read_back() -> None:
    title = "5 % of {x} & $y_1$ # ~a^b \\ “q” — Łódź, Šidák"
    paper = Paper(
        "protocol-x",
        title,
        "other",
        authors=("van 't Hof, M. A.", "Gøtzsche, P.", "A {body} & Co"),
        doi="10.1/a{b}",
        checked="as written",
    )
    sources = (Cited(paper, ("a\r\nTY  - BOOK",)),)
    (entry,), (tags,) = read_bibtex(bibtex(sources)), read_ris(ris(sources))
    (item,) = json.loads(csl_json(sources))
    written = "{5 \\% of \\textbraceleft{}x\\textbraceright{} \\& \\$y\\_1\\$ \\# \\textasciitilde{}a\\textasciicircum{}b \\textbackslash{} "
    assert entry["title"] == written + "``q'' --- {\\L}{\\'o}d{\\'z}, {\\v S}id{\\'a}k}"
    assert (
        "van 't Hof, M. A. and G{\\o}tzsche, P. and {A \\textbraceleft{}body\\textbraceright{} \\& Co}"
        == entry["author"]
    )
    assert "10.1/a%7Bb%7D" == entry["doi"] and "10.1/a{b}" == item["DOI"]
    assert [title] == tags["TI"] and title == item["title"]
    assert "GEN" == tags["TY"][0] and "For: a TY - BOOK." in tags["N1"][0], "no line of a value begins a tag"
    assert tex("x\x00y\nz") == "x y z"


def test_the_files_are_the_same_each_run_and_in_the_folder(series: Summary) -> None:
    first, second = files(series), files(series)
    names = {"references.bib", "references.ris", "references.json"}
    assert names <= first.keys()
    assert {name: first[name] for name in names} == {name: second[name] for name in names}
    assert first["references.ris"].startswith(b"TY  - ")
    first["references.bib"].decode("ascii")


def test_a_run_without_cases_cites_what_its_methods_name(runs: ModuleType) -> None:
    keys = {one.paper.key for one in cited(runs.empty())}
    assert "caseseries" in keys and "hyndman1996" in keys
    assert not {"clopper1934", "hodges1963"} & keys


def test_the_software_is_cited_as_its_own_file_says() -> None:
    cff = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    told = dict(re.findall(r"^(\w[\w-]*): \"?([^\"\n]+)\"?$", cff, re.MULTILINE))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"].get(
        "version", SOFTWARE.version
    )
    assert (told["title"], told["version"]) == (SOFTWARE.title, SOFTWARE.version) and version == SOFTWARE.version
    assert f'- name: "{SOFTWARE.authors[0]}"' in cff
    assert citation(SOFTWARE) == f"caseseries developers. caseseries. Version {SOFTWARE.version}."
