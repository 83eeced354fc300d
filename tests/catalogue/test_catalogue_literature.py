"""Every paper that is cited has its details, of which each was read somewhere or says that it was not."""

import ast
import re
from pathlib import Path

import pytest

from caseseries import stats
from caseseries.catalogue import (
    Source,
    cited_for,
    cited_methods,
    criteria,
    instruments,
    paper,
    paper_of,
    papers,
)
from caseseries.catalogue.raw import read

PAPERS = {one.key: one for one in papers()}


@pytest.mark.parametrize("key", PAPERS)
def test_a_paper_has_the_details_that_its_kind_needs(key: str) -> None:
    one = PAPERS[key]
    assert one.title and one.authors and one.checked in {"read", "recalled H", "recalled M", "recalled L"}
    assert (one.kind == "article") == bool(one.journal and one.year and one.volume and one.pages)
    assert re.fullmatch(r"[a-z0-9]+", key)
    if one.doi:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", one.doi)
    assert set(one.recalled) <= {"title", "pages", "doi", "volume", "issue", "year"}
    assert all(getattr(one, name) for name in one.recalled), "what is not given cannot be recalled"
    assert not any(name.endswith(("et al", "others")) for name in one.authors)
    for text in (one.title, one.journal, *one.authors):
        assert text == " ".join(text.split())


def test_an_entry_has_no_field_that_is_not_read() -> None:
    known = set(paper("clopper1934").__dataclass_fields__)
    for key, entry in read("literature")["paper"].items():
        assert set(entry) <= known - {"key"}, key


def test_a_paper_named_as_a_source_is_the_same_paper() -> None:
    """Its DOI is that of sources.toml, unless the source says itself that the DOI was recalled; its year stands in the source's line."""
    both = {key: entry for key, entry in read("sources").items() if key in PAPERS}
    assert len(both) > 10
    for key, entry in both.items():
        one = PAPERS[key]
        if "DOI and pages recalled" in entry["text"]:
            assert not one.doi
        else:
            assert one.doi in {"", entry.get("doi", "")}, key
        if one.kind == "article":
            assert str(one.year) in entry["text"], key


def test_what_names_papers_names_instruments_and_criteria_of_the_catalogue() -> None:
    names = read("literature")
    assert set(names["of_instrument"]) <= {one.key for one in instruments()}
    assert set(names["of_criterion"]) <= {one.key for one in criteria()}
    for kind in ("instrument", "criterion", "checklist"):
        for name in names[f"of_{kind}"]:
            assert cited_for(kind, name)
    assert cited_for("instrument", "weight") == ()


def test_where_no_text_is_behind_a_source_there_is_no_paper() -> None:
    assert paper_of(Source("Set here", "", "assumption", "assumption")) is None
    assert paper_of(Source("Declared in place of", "", "declared by the study")) is None
    line = paper_of(Source("Zeta A. J Alpha 2020", "10.1/x", "read", "zeta2020"))
    assert line is not None and line.title == "Zeta A. J Alpha 2020" and line.checked == "as written"


def sources_of_statistics() -> dict[str, set[str]]:
    """Every text that a module of the statistics gives as its source, by the module: `Student, Biometrika 1908;6:1-25`."""
    found: dict[str, set[str]] = {}
    for file in sorted(Path(stats.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.keyword) and node.arg == "source"
            set_ = isinstance(node, ast.Assign) and str(getattr(node.targets[0], "id", "")).endswith("SOURCE")
            if named or set_:
                texts = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
                found.setdefault(file.stem, set()).update(
                    text for text in texts if isinstance(text, str) and " " in text
                )
    return found


def test_every_paper_that_a_statistic_names_is_there_with_its_pages() -> None:
    told = {text for texts in sources_of_statistics().values() for text in texts}
    assert len(told) > 20
    for text in told:
        for part in re.split(r";\s+(?=\D)", text.removeprefix("; ")):
            if (numbers := re.search(r"(\d{4});(\d+):(e?\w+)(?:-(\d+))?$", part)) is not None:
                year, volume, first, last = numbers.groups()
                pages = {f"{first}-{last}" if last else first}
                fitting = [
                    one
                    for one in PAPERS.values()
                    if (str(one.year), one.volume) == (year, volume) and one.pages in pages
                ]
            else:
                year = re.search(r"\b\d{4}\b", part)
                assert year is not None, part
                fitting = [one for one in PAPERS.values() if str(one.year) == year[0] and one.kind == "book"]
            family = re.split(r",| & | and ", part)[0]
            assert [one for one in fitting if one.authors[0].split(",")[0] == family], part


def test_every_statistical_method_has_its_papers() -> None:
    """A result of each function of the statistics that has a source is fitted by a method, whose papers are those of that source."""
    found = [
        stats.clopper_pearson(3, 8),
        stats.clopper_pearson_upper(0, 8),
        stats.wilson(3, 8),
        stats.mid_p(3, 8),
        stats.poisson_rate(3, 8),
        stats.poisson_rate_upper(0, 8),
        stats.hodges_lehmann([1, 2, 4]),
        stats.signed_rank([1, 2, 4]),
        stats.sign_flip([1, 2, 4]),
        stats.sign_test([1, 2, 4]),
        stats.mcnemar(3, 1, 8),
        stats.paired_t([1, 2, 4]),
        stats.cochran_q([(True, False, True), (True, False, False), (False, True, True)]),
        stats.rate_ratio(stats.Followed(3, 8), stats.Followed(5, 8)),
        stats.rate_ratio_test(stats.Followed(3, 8), stats.Followed(5, 8)),
    ]
    for one in found:
        fitting = [method for method in cited_methods() if method.within in one.method]
        assert fitting, one.method
        years = {paper(key).year for method in fitting for key in method.cites}
        assert years <= {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", one.source)}, (one.method, one.source)
