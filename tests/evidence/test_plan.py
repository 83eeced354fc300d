"""The next study: what a plan says, what it refuses, what its folder holds."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import caseseries as cs
from caseseries.cli.main import main
from caseseries.evidence.earlier_run import read_run
from caseseries.stats import NoDesign, SingleArm, TwoStages

Capture = pytest.CaptureFixture[str]
CITED = "Smith 2010;1:1, table 2"
ASKED: Any = {"null": "0.30", "cite": CITED, "alternative": "0.60"}


@pytest.fixture(scope="module")
def results(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of the example: 6 of 8 had a good response."""
    example = project_root / "examples" / "jdm-mmf"
    out = tmp_path_factory.mktemp("plan") / "results"
    return cs.Study.load(example / "protocol.yaml").run(example / "chart.yaml").write(out)


@pytest.fixture(scope="module")
def planned(results: Path) -> cs.NextStudy:
    return cs.plan(results, half_width="0.12", **ASKED)


def changed(results: Path, tmp_path: Path, change: Any) -> Path:
    """A results folder whose results.json was changed."""
    content = json.loads((results / "results.json").read_text(encoding="utf-8"))
    change(content)
    folder = tmp_path / "changed"
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_responders_and_rule_come_from_the_run(planned: cs.NextStudy) -> None:
    series = planned.series
    assert (6, 8, "good response", True) == (series.responders, series.n, series.outcome, series.invented)
    assert "physician global improvement" in series.rule or "improved" in series.rule
    assert {"protocol", "chart", "results"} == {name for name, _ in series.prints}


def test_the_designs_are_those_of_r(planned: cs.NextStudy) -> None:
    # R: clinfun::ph2simon(0.3, 0.6, 0.05, 0.2); pbinom(8, 17, c(0.3, 0.6), lower.tail = FALSE)
    assert isinstance(planned.two, TwoStages)
    assert (17, 9) == (planned.one.n, planned.one.r)
    found = [(one.r1, one.n1, one.r, one.n) for one in (planned.two.optimal, planned.two.minimax)]
    assert [(3, 8, 10, 24), (2, 10, 8, 17)] == found


def test_the_size_is_shown_from_limit_to_limit(planned: cs.NextStudy) -> None:
    first, last = planned.across[0], planned.across[-1]
    assert ("lower limit of this series", "upper limit of this series") == (first.why, last.why)
    assert isinstance(first.one, SingleArm) and isinstance(last.one, SingleArm)
    assert (568, 3) == (first.one.n, last.one.n)
    shares = [each.alternative for each in planned.across]
    assert sorted(shares) == shares and Fraction(36, 100) in shares
    assert "from 568 patients (34.9 %) to 3 patients (96.8 %)" in planned.headline()


def test_up_to_the_null_there_is_no_study() -> None:
    found = cs.plan(responders=3, of=8, **ASKED)
    below = [each for each in found.across if each.alternative <= Fraction(3, 10)]
    assert below and {"the alternative is not above the null"} == {
        each.one.because for each in below if isinstance(each.one, NoDesign)
    }
    assert "up to the null of 30 % there is no such study" in found.paragraph


def test_a_series_below_the_null_gives_no_ground() -> None:
    found = cs.plan(responders=0, of=8, null="0.5", cite=CITED, alternative="0.6")
    assert "it would not be above the null of 50 %: this series gives no ground for such a study." in found.paragraph
    assert "The planned alternative lies outside this interval." in found.paragraph


def test_the_paragraph_says_everything_an_application_needs(planned: cs.NextStudy) -> None:
    text = planned.paragraph
    for part in (
        "Simon's optimal two-stage design",
        f"(source: {CITED})",
        "one-sided type I error is at most 5 % and the power at least 80 %",
        "r1/n1 = 3/8",
        "r/n = 10/24",
        "exact type I error of these boundaries is 4.62 %",
        "exact power 80.63 %",
        "with a probability of 80.6 %, and the expected sample size is 11.1",
        "would need 17 patients, of whom at least 9",
        "6 of 8 responded (75 %, exact 95 % CI 34.9–96.8)",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("design", "words"),
    [("minimax", "Simon's minimax two-stage design"), ("one stage", "one arm and one stage")],
)
def test_the_paragraph_describes_the_design_that_is_named(design: Any, words: str) -> None:
    assert words in cs.plan(responders=6, of=8, design=design, **ASKED).paragraph


def test_where_two_stages_are_beyond_the_search_one_is_told() -> None:
    found = cs.plan(responders=6, of=8, null="0.3", cite=CITED, alternative="0.35")
    assert isinstance(found.two, NoDesign) and "one stage" == found.told
    assert "the search goes beyond 400 patients" in found.headline()
    assert "one arm and one stage" in found.paragraph
    assert "No design of two stages: the search goes beyond 400 patients" in found.html()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"cite": " "}, "The null has no citation"),
        ({"cite": "?!"}, "The null has no citation"),
        ({"null": "30"}, "The null is no share"),
        ({"null": "0"}, "the null is a share of patients between 0 and 1"),
        ({"null": "nan"}, "The null is no share"),
        ({"alternative": "0.30"}, "not above the null (0.3 against 0.3)"),
        ({"alternative": "0.301"}, "more than 5000 patients are needed"),
        ({"alpha": "0"}, "a confidence level lies between 0 and 1"),
        ({"alpha": "0.9"}, "the power is more than alpha"),
        ({"half_width": "0.5"}, "the half width lies between 0 and 1/2"),
        ({"prior": (0, 1)}, "both parameters of a beta prior are above 0"),
        ({"responders": 9}, "9 of 8 is no series"),
        ({"responders": None}, "Responders and the number of patients go together"),
        ({"outcome": "good response"}, "An outcome is named, but no results folder"),
        ({"results": "results"}, "Two series are named"),
        ({"design": "three stages"}, "There is no such design"),
    ],
)
def test_what_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(cs.CaseSeriesError) as refused:
        cs.plan(**{"responders": 6, "of": 8, **ASKED, **given})
    assert words in str(refused.value)


def test_a_series_must_be_named() -> None:
    with pytest.raises(cs.CaseSeriesError, match="not said which series"):
        cs.plan(**ASKED)


def test_a_count_that_is_a_range_is_refused_with_the_reason(results: Path, tmp_path: Path) -> None:
    def hide(content: Any) -> None:
        content["outcomes"][0]["answers"][0] |= {"yes": [1, 4], "no": [4, 7]}
        content["responders"] = []

    with pytest.raises(cs.CaseSeriesError) as refused:
        cs.plan(changed(results, tmp_path, hide), **ASKED)
    assert "How many responded is not known exactly: 1 to 4." in str(refused.value)
    assert "Small counts of a site were hidden" in str(refused.value)


def test_an_outcome_that_is_not_wanted_is_refused(results: Path, tmp_path: Path) -> None:
    def unwanted(content: Any) -> None:
        content["responders"][0]["good"] = False

    with pytest.raises(cs.CaseSeriesError, match="declared as not wanted"):
        cs.plan(changed(results, tmp_path, unwanted), **ASKED)


def test_of_several_outcomes_one_is_named(results: Path, tmp_path: Path) -> None:
    def twice(content: Any) -> None:
        content["outcomes"].append({**content["outcomes"][0], "outcome": "other"})

    folder = changed(results, tmp_path, twice)
    with pytest.raises(cs.CaseSeriesError, match="one of: good response, other"):
        read_run(folder)
    with pytest.raises(cs.CaseSeriesError, match="There is no outcome 'third'"):
        read_run(folder, "third")
    assert 6 == read_run(folder, "other").responders


def test_not_evaluable_patients_stay_in_the_denominator(results: Path, tmp_path: Path) -> None:
    def unknown(content: Any) -> None:
        content["outcomes"][0]["answers"][0] |= {"yes": 5, "not_evaluable": 1}

    found = cs.plan(changed(results, tmp_path, unknown), **ASKED)
    assert (5, 8, 1) == (found.series.responders, found.series.n, found.series.not_evaluable)
    assert "1 not evaluable, counted as non-responders" in found.paragraph


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "cannot be read as JSON"), ("[]", "no results.json"), ('{"schema": "caseseries.results/2"}', "lack study")],
)
def test_what_is_no_result_is_refused(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    with pytest.raises(cs.CaseSeriesError, match=words):
        read_run(tmp_path)
    with pytest.raises(cs.CaseSeriesError, match="cannot be read"):
        read_run(tmp_path / "nowhere")


def test_the_folder_is_whole_and_replaced_by_a_plan_alone(planned: cs.NextStudy, results: Path, tmp_path: Path) -> None:
    out = planned.write(tmp_path / "next")
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert [
        "figures/sizes.svg",
        "paragraph.txt",
        "plan.html",
        "plan.json",
        "run.json",
        "tables/01-designs.csv",
        "tables/02-across.csv",
        "tables/03-likely.csv",
        "tables/04-precision.csv",
    ] == names
    before = {name: (out / name).read_bytes() for name in names}
    planned.write(out)
    assert before == {name: (out / name).read_bytes() for name in names}
    content = json.loads((results / "run.json").read_text(encoding="utf-8"))
    with pytest.raises(cs.OutputError, match="results of something else"):
        planned.write(results)
    assert content == json.loads((results / "run.json").read_text(encoding="utf-8"))


def test_the_files_hold_the_numbers_of_the_plan(planned: cs.NextStudy, tmp_path: Path) -> None:
    out = planned.write(tmp_path / "next")
    with (out / "tables" / "01-designs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert ["9", "11", "9"] == [row["In all / promising if at least"] for row in rows]
    assert {"Invented data: no row describes a real patient"} == {row["note"] for row in rows}
    told = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert (17, 9) == (told["one_stage"]["n"], told["one_stage"]["r"])
    assert float(planned.one.actual_alpha) == told["one_stage"]["alpha"]
    assert planned.paragraph == told["paragraph"] == (out / "paragraph.txt").read_text(encoding="utf-8").strip()
    assert "Invented data" in (out / "plan.html").read_text(encoding="utf-8")


def test_the_command(results: Path, tmp_path: Path, capsys: Capture) -> None:
    asked = ["--null", "0.30", "--cite", CITED, "--alternative", "0.60"]
    assert 0 == main(["plan", str(results), *asked, "--out", str(tmp_path / "next"), "--design", "one-stage"])
    printed = capsys.readouterr()
    assert "one arm and one stage" in printed.out and "plan.html" in printed.err
    assert 0 == main(["plan", "--responders", "6", "--of", "8", *asked, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] and 17 == told["plan"]["one_stage"]["n"]
    assert 2 == main(["plan", str(results), "--null", "0.30", "--alternative", "0.60"])
    assert "--cite" in capsys.readouterr().err
    assert 1 == main(["plan", str(results), *asked, "--prior", "1"])
    assert "A prior has two parameters" in capsys.readouterr().err
    assert 1 == main(["plan", str(results), *asked, "--out", str(results)])
    assert "lie in each other" in capsys.readouterr().err
