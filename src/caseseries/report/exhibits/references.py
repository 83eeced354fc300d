"""The sources that a study used, each with what for: a numbered list at the end of the article, pointed to from its Methods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from caseseries import __version__, catalogue
from caseseries.protocol.derived import Derived
from caseseries.protocol.lab_grades import lab_grade_plans
from caseseries.protocol.measure import Custom, Instrument, limits_of
from caseseries.protocol.safety import names_ctcae
from caseseries.report.exhibits.checklist import checklists
from caseseries.report.exhibits.measures_used import named_measures
from caseseries.report.exhibits.methods import methods
from caseseries.report.exhibits.named_criteria import named
from caseseries.report.exhibits.printed_blocks import Block, Paragraph, Points
from caseseries.report.exhibits.printed_numbers import EN_DASH
from caseseries.report.exhibits.words import listed, measure_name
from caseseries.summary.every_result import every_result
from caseseries.summary.model import Summary
from caseseries.verdict.names import short_name

#: The program itself, as CITATION.cff has it.
SOFTWARE = catalogue.Paper(
    "caseseries",
    "caseseries",
    "software",
    ("caseseries developers",),
    version=__version__,
)

#: Paragraphs of the Methods in which numbers of references stand.
_CITING = ("Measures", "Published criteria", "Safety and other drugs", "Statistics")

#: How many authors a printed reference names before `et al`, as the ICMJE asks.
_MOST_AUTHORS = 6


@dataclass(frozen=True, slots=True)
class Cited:
    """A source with what it is cited for, and the words of the Methods behind which its number stands."""

    paper: catalogue.Paper
    uses: tuple[str, ...]
    said: tuple[str, ...] = ()


def cited(summary: Summary) -> tuple[Cited, ...]:
    """Every source that the study used, once, in the order in which the Methods come to them; those they do not name follow."""
    found: dict[str, Cited] = {}
    for paper, use, said in _used(summary):
        before = found.get(paper.key, Cited(paper, ()))
        found[paper.key] = Cited(
            paper,
            tuple(dict.fromkeys((*before.uses, use))),
            tuple(dict.fromkeys((*before.said, *([said] if said else [])))),
        )
    texts = [block.text for block in methods(summary) if block.label in _CITING]
    order = list(dict.fromkeys(key for places in _places(texts, found.values()) for _, keys in places for key in keys))
    return tuple(found[key] for key in (*order, *(key for key in found if key not in order)))


def _used(summary: Summary) -> Iterator[tuple[catalogue.Paper, str, str]]:
    """A source, what it is cited for, and how the Methods name that."""
    yield from _of_measures(summary)
    for criterion in named(summary.protocol):
        entry = criterion.entry
        for paper in catalogue.cited_for("criterion", entry.key) or _of_source(entry.source):
            yield paper, entry.key, entry.key
    yield from _of_grades(summary)
    yield from _of_statistics(summary)
    for name in checklists(summary):
        for paper in catalogue.cited_for("checklist", name):
            yield paper, f"the {name} checklist", ""
    yield SOFTWARE, "the analysis and this report", ""


def _of_source(source: catalogue.Source) -> tuple[catalogue.Paper, ...]:
    found = catalogue.paper_of(source)
    return () if found is None else (found,)


def _of_measures(summary: Summary) -> Iterator[tuple[catalogue.Paper, str, str]]:
    protocol = summary.protocol
    names = list(named_measures(summary))
    for name in names:  # of a derived measure also its parts, and theirs
        names += [part for part in summary.measures[name].parts if part not in names]
    for name in names:
        written, facts = protocol.measures[name], summary.measures[name]
        if isinstance(written, Instrument):
            entry = catalogue.instrument(written.instrument)
            for paper in catalogue.cited_for("instrument", entry.key) or _of_source(entry.source):
                yield paper, short_name(facts), short_name(facts)
        elif isinstance(written, Custom | Derived) and written.source:
            yield _as_written(written.source), short_name(facts), short_name(facts)
        for limit in limits_of(written):
            if limit.source:
                yield (
                    _as_written(limit.source),
                    f"limits of normal of {measure_name(summary.measures, name)}",
                    "",
                )


def _as_written(text: str) -> catalogue.Paper:
    """A source that the protocol names, a line of text; by its fingerprint one that is named twice is one, and no two are."""
    key = f"protocol-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    return catalogue.Paper(key, text, "other", checked="as written")


def _of_grades(summary: Summary) -> Iterator[tuple[catalogue.Paper, str, str]]:
    safety = summary.protocol.safety
    if safety is not None and names_ctcae(safety.grading) and not summary.nowhere("adverse events"):
        yield _ctcae(safety.grading), "grades of adverse events", safety.grading
    for plan in lab_grade_plans(summary.protocol):
        yield _ctcae(plan.term.version), "grades of laboratory values", f"CTCAE {plan.term.version}"


def _ctcae(version: str) -> catalogue.Paper:
    found = re.search(r"[56](?!\d)(?:\.0)?(?!\.?\d)", version)
    return catalogue.paper(f"ctcae{found[0][0]}" if found else "ctcae")


def _of_statistics(summary: Summary) -> Iterator[tuple[catalogue.Paper, str, str]]:
    tests = (strata.test for strata in summary.strata.values() if strata.test is not None)
    numbers = (*every_result(summary), *tests)
    said = {one.method for one in numbers if one.method and (one.estimate is not None or one.lower is not None)}
    said.add("quantile type")  # the Methods say of which type quartiles are, whether or not there are any
    for method in catalogue.cited_methods():
        if any(method.within in one for one in said):
            for key in method.cites:
                yield catalogue.paper(key), method.words, method.said


def _places(texts: Iterable[str], sources: Iterable[Cited]) -> list[list[tuple[int, list[str]]]]:
    """Where numbers stand in each text: behind the first mention of what a source is cited for, with the sources of each place."""
    left: dict[str, list[str]] = {}
    for one in sources:
        for said in one.said:
            left.setdefault(said, []).append(one.paper.key)
    every = []
    for text in texts:
        at: dict[int, list[str]] = {}
        for said in list(left):
            found = re.search(rf"(?<!\w){re.escape(said)}(?![\w-])", text)
            if found is not None:
                at[found.end()] = [*at.get(found.end(), []), *left.pop(said)]
        every.append(sorted(at.items()))
    return every


def with_numbers(blocks: Sequence[Paragraph], sources: Sequence[Cited]) -> list[Block | None]:
    """The Methods with the numbers of the references, each behind the first mention of what it is cited for.

    >>> paper = catalogue.paper("clopper1934")
    >>> found = with_numbers([Paragraph("Limits are Clopper–Pearson.", "Statistics")], [Cited(paper, (), ("Clopper–Pearson",))])
    >>> found[0].text
    'Limits are Clopper–Pearson [1].'
    """
    number = {one.paper.key: place for place, one in enumerate(sources, 1)}
    citing = [block for block in blocks if block.label in _CITING]
    told = {}
    for block, places in zip(citing, _places([one.text for one in citing], sources), strict=True):
        text = block.text
        for end, keys in reversed(places):
            numbers = ", ".join(str(one) for one in sorted({number[key] for key in keys}))
            text = f"{text[:end]} [{numbers}]{text[end:]}"
        told[block.label] = replace(block, text=text)
    return [told.get(block.label, block) for block in blocks]


def references(sources: Sequence[Cited]) -> Points:
    """The numbered list."""
    items = (
        f"{n}. {citation(one.paper)} For: {listed(one.uses)}.{_doubt(one.paper)}" for n, one in enumerate(sources, 1)
    )
    return Points(tuple(items), numbered=True)


def _doubt(paper: catalogue.Paper) -> str:
    return f" ({paper.doubt[0].upper()}{paper.doubt[1:]}.)" if paper.doubt else ""


def citation(paper: catalogue.Paper) -> str:
    """A source as a reference list of a medical journal has it.

    >>> citation(catalogue.paper("clopper1934"))[:78]
    'Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated i'
    >>> citation(catalogue.paper("clopper1934"))[78:]
    'n the case of the binomial. Biometrika 1934;26:404–413. doi:10.1093/biomet/26.4.404.'
    """
    parts = [_authors(paper), paper.title, _where(paper)]
    parts += [f"doi:{paper.doi}" if paper.doi else paper.url]
    return " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)


def _authors(paper: catalogue.Paper) -> str:
    names = [_name(one) for one in paper.authors[:_MOST_AUTHORS]]
    more = paper.others or len(paper.authors) > _MOST_AUTHORS
    return ", ".join([*names, "et al"] if more and names else names)


def _name(author: str) -> str:
    family, comma, given = author.partition(", ")
    return f"{family} {''.join(part[:1] for part in re.split(r'[ .-]+', given))}" if comma else author


def _where(paper: catalogue.Paper) -> str:
    year = "" if paper.year is None else str(paper.year)
    if not paper.journal:
        version = f"Version {paper.version}" if paper.version else ""
        return ". ".join(filter(None, (version, "; ".join(filter(None, (paper.publisher, year))))))
    issue = f" {paper.issue}" if paper.issue.startswith("Suppl") else ""
    pages = f":{paper.pages.replace('-', EN_DASH)}" if paper.pages else ""
    return f"{paper.short or paper.journal} {year};{paper.volume}{issue}{pages}"
