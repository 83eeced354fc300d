"""Published series beside a run: what is selected, what is pooled and said of it, what is refused, what the folder holds."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

import caseseries as cs
from caseseries.cli.main import main
from caseseries.evidence.series_file import catalogue_series, read_series

Capture = pytest.CaptureFixture[str]
JDM = "juvenile dermatomyositis"


@pytest.fixture(scope="module")
def results(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of the example: 6 of 8 had a good response."""
    example = project_root / "examples" / "jdm-mmf"
    out = tmp_path_factory.mktemp("compare") / "results"
    return cs.Study.load(example / "protocol.yaml").run(example / "chart.yaml").write(out)


@pytest.fixture(scope="module")
def beside(results: Path) -> cs.Comparison:
    return cs.compare(results, disease=JDM)


def own_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


ENTRY = """\
  {name}:
    paper: "A paper on {name}"
    disease: a disease
    drug: a drug
    n: {n}
    responders: {x}
    response: {response}
    from: table 2
    mark: read
"""


def entries(*series: tuple[int, int], response: str = "better") -> str:
    return "series:\n" + "".join(
        ENTRY.format(name=f"one{place}", n=n, x=x, response=response) for place, (x, n) in enumerate(series)
    )


def test_the_run_stands_beside_the_published_series(beside: cs.Comparison) -> None:
    rows = [(row.label, row.responders, row.n, row.own) for row in beside.rows]
    assert ("Mycophenolate mofetil in juvenile dermatomyositis", 6, 8, True) == rows[0]
    assert ("Dagher 2012", 6, 8, False) in rows and ("Bader-Meunier 2011", 3, 9, False) in rows
    # R: binom.test(6, 8)$conf.int
    assert (0.349144, 0.968146) == (
        round(beside.rows[0].interval.lower or 0, 6),
        round(beside.rows[0].interval.upper or 0, 6),
    )
    assert "gain of at least 4 points" in beside.rows[0].rule
    assert ["Rouster-Stevens 2010"] == [one.label for one in beside.uncounted]


def test_the_pool_is_that_of_metafor_and_says_that_definitions_differ(beside: cs.Comparison) -> None:
    # R: rma.glmm(measure = "PLO", xi = c(6, 12, 3, 15, 16, 21), ni = c(8, 18, 9, 20, 24, 31), method = "ML"): log odds 0.6795415, tau^2 0,
    # QE.LRT 5.0899
    pooled = beside.pooled
    assert (0.6795415, 0) == (round(pooled.log_odds.value or 0, 7), pooled.tau2.value)
    assert 5.0899 == round(float(pooled.likelihood_ratio.statistic or 0), 4)
    assert [False] * 6 == [row.own for row in beside.pooled_rows]
    told = beside.headline()
    assert "among 6 pooled series there are 6. The pooled share is of no single definition." in told
    assert "this run not among them" in told and "definitions differ" in beside.html()


def test_the_run_is_pooled_where_that_is_asked(results: Path) -> None:
    found = cs.compare(results, only=["dagher2012", "almayouf2000"], pool_own=True)
    assert 3 == found.pooled.series and "over 3 series, this run among them" in found.headline()


def test_other_diseases_in_one_pool_are_said() -> None:
    told = cs.compare(drug="rituximab").headline()
    assert "Nor is it of one disease: there are 3." in told and "which says nothing" in told


def test_one_series_is_not_pooled(results: Path) -> None:
    found = cs.compare(results, only=["dagher2012"])
    assert "No pooled share: fewer than two series have patients." in found.headline()
    assert "Diamond" not in found.html()


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (((0, 8), (0, 9)), "nobody responded in any of the series"),
        (((8, 8), (9, 9)), "everybody responded in any of the series"),
        (((1, 1), (0, 1), (1, 1)), "every series has one patient"),
        (((4, 8), (9, 9)), "Pooled share"),
    ],
)
def test_what_is_not_identified_is_not_pooled(series: Any, words: str, tmp_path: Path) -> None:
    found = cs.compare(series=own_file(tmp_path, entries(*series)))
    assert words in found.headline()
    assert found.html()


def test_series_of_one_definition_are_said_to_be(tmp_path: Path) -> None:
    found = cs.compare(series=own_file(tmp_path, entries((3, 8), (5, 9))))
    assert 1 == found.rules and "in the same words" in found.headline()


def test_printed_means_are_checked(beside: cs.Comparison) -> None:
    told = {(one.label, one.printed.of): one.grim.consistent for one in beside.means}
    assert told["Dagher 2012", "gain in MMT, points"] and not told["Rouster-Stevens 2010", "DAS muscle at 12 months"]
    assert "no sum of 50 whole numbers is rounded to this mean" in beside.headline()
    adhesions = cs.compare(only=["cao2018"])
    assert [True, True] == [bool(one.sprite and one.sprite.sample) for one in adhesions.means]


def test_every_entry_of_the_catalogue_says_how_it_is_known() -> None:
    every = catalogue_series()
    assert len(every) > 10
    for one in every.values():
        assert one.doi or re.search(r"PMC\d+|PMID \d+", one.paper), one.label
        assert re.fullmatch(r"\S.* \[(read|derived|read weak)\](; \[recalled\]: .+)?", one.known), one.known
    assert "[recalled]: first author and title" in every["almayouf2000"].known
    assert "[recalled]" in cs.compare(only=["almayouf2000", "dagher2012"]).html()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("n: 8", "n: eight"), ":6, column 8: `n` in series `one0`: not a whole number"),
        (
            ("responders: 3", "responders: 9"),
            ":7, column 17: `responders` in series `one0`: more than the 8 patients of the series",
        ),
        (("    mark: read\n", ""), ":2, column 3: `mark` is missing"),
        (("mark: read", "mark: sure"), ":10, column 11"),
        (("disease: a disease", "desease: a disease"), "`desease` is not known in"),
        (("series:", "serie:"), "`serie` is not known; did you mean `series`"),
        (
            ("    mark: read\n", "    mark: read\n    means:\n      - {of: x, n: 8, mean: '1,5', least: 0, most: 3}\n"),
            "not a printed number",
        ),
        (
            ("    mark: read\n", "    mark: read\n    means:\n      - {of: x, n: 8, mean: '1', least: 4, most: 3}\n"),
            "ends before it begins",
        ),
        (("    mark: read\n", "    mark: read\n    evaluable: 2\n"), "more than could be judged"),
    ],
)
def test_mistakes_in_a_file_stand_with_their_line(change: tuple[str, str], words: str, tmp_path: Path) -> None:
    text = entries((3, 8))
    assert change[0] in text
    path = own_file(tmp_path, text.replace(*change, 1))
    with pytest.raises(cs.InputError) as refused:
        read_series(path)
    assert words in str(refused.value), str(refused.value)
    assert "mine.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "No published series is named"),
        ({"disease": "gout"}, "The catalogue has no such series"),
        ({"only": ["nobody"]}, "There is no series nobody"),
        ({"only": ["rouster-stevens2010"]}, "None of these series prints how many responded"),
    ],
)
def test_what_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(cs.CaseSeriesError, match=words):
        cs.compare(**asked)


def test_a_name_of_the_catalogue_is_not_taken_twice(tmp_path: Path) -> None:
    path = own_file(tmp_path, entries((3, 8)).replace("one0", "dagher2012"))
    with pytest.raises(cs.CaseSeriesError, match="the catalogue has series of that name"):
        cs.compare(series=path)


def test_the_folder_holds_page_plot_and_tables(beside: cs.Comparison, tmp_path: Path) -> None:
    out = beside.write(tmp_path / "beside")
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert [
        "compare.html",
        "compare.json",
        "figures/forest.svg",
        "run.json",
        "tables/01-series.csv",
        "tables/02-pooled.csv",
        "tables/03-means.csv",
    ] == names
    with (out / "tables" / "01-series.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [("6", "8"), ("6", "8"), ("12", "18")] == [(row["Responders"], row["Patients"]) for row in rows[:3]]
    told = json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert told["pooled"]["log_odds"] == beside.pooled.log_odds.value
    svg = (out / "figures" / "forest.svg").read_text(encoding="utf-8")
    assert "Dagher 2012" in svg and "Invented data" in svg and "complete response at week 24" in svg


def test_the_command(results: Path, tmp_path: Path, capsys: Capture) -> None:
    assert 0 == main(["compare", str(results), "--disease", JDM, "--out", str(tmp_path / "beside")])
    printed = capsys.readouterr()
    assert "Dagher 2012, mycophenolate mofetil: 6 of 8" in printed.out and "compare.html" in printed.err
    assert 0 == main(["compare", "--only", "dagher2012", "almayouf2000", "--json"])
    assert 2 == len(json.loads(capsys.readouterr().out)["comparison"]["series"])
    assert 1 == main(["compare"])
    assert "Name a disease" in capsys.readouterr().err
    assert 1 == main(["compare", "--series", str(own_file(tmp_path, "series: {a: {n: 3}}"))])
    assert "`paper` is missing" in capsys.readouterr().err


def test_nobody_is_counted_twice(results: Path, tmp_path: Path) -> None:
    with pytest.raises(cs.CaseSeriesError, match="A run is named twice"):
        cs.compare([results, results], disease=JDM)
    again = tmp_path / "again"
    again.mkdir()
    told = json.loads((results / "results.json").read_text(encoding="utf-8"))
    told["fingerprints"]["protocol"] = "0" * 64  # the same chart under another protocol
    (again / "results.json").write_text(json.dumps(told), encoding="utf-8")
    assert 2 == sum(row.own for row in cs.compare([results, again], disease=JDM).rows)
    with pytest.raises(cs.CaseSeriesError, match="read the same data"):
        cs.compare([results, again], disease=JDM, pool_own=True)
    text = entries((3, 8), (3, 8)).replace("A paper on one1", "A paper on one0")
    with pytest.raises(cs.CaseSeriesError, match="one0 and one1 are of the same paper"):
        cs.compare(series=own_file(tmp_path, text))
