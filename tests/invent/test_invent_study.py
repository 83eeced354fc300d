"""The study of the invented database against SQL written by hand for it: who is a case, pairs of values, answers."""

from __future__ import annotations

import importlib.util
import shutil
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from caseseries import Study
from caseseries.cli.main import main
from caseseries.invent import write
from caseseries.study import Results

PATIENTS = 600
MEASURES = (
    "strength",
    "skin",
    "ck",
    "alt",
    "ast",
    "crp",
    "weight",
    "physician global",
    "patient global",
    "extramuscular",
)
OUTCOMES = {
    "good": "stronger or clearer, on less steroid",
    "core": "three of six improved",
    "quiet": "quiet at month 3",
}
STATUS = {
    "1 index date outside the study period": "index date outside the study period",
    "2 index date outside observed time": "index date outside observed time",
    "3 diagnosis": "Diagnosis of dermatomyositis by the index date",
    "4 age": "Age at least 18 years at the index date",
    "5 observed before": "Observed for at least 180 days before the index date",
    "6 strength in baseline": "A value of strength in the window baseline",
    "0 included": "",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    """A copy of the example with a database beside it."""
    folder = tmp_path_factory.mktemp("invented") / "study"
    shutil.copytree(project_root / "examples" / "omop-demo", folder)
    write(folder / "cdm", patients=PATIENTS, seed=2)
    return folder


@pytest.fixture(scope="module")
def by_hand(study: Path, project_root: Path) -> dict[str, list]:
    file = project_root / "benchmarks" / "peers" / "plain.py"
    spec = importlib.util.spec_from_file_location("plain_by_hand", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.answers(study / "cdm")


@pytest.fixture(scope="module")
def counted(study: Path) -> Iterator[Results]:
    results = Study.load(study / "protocol.yaml").run(study / "omop.yaml", show=0)
    assert isinstance(results, Results)
    yield results
    results.close()


@pytest.fixture(scope="module")
def one_by_one(study: Path) -> Results:
    results = Study.load(study / "protocol.yaml").run(study / "omop.yaml")
    assert isinstance(results, Results)
    return results


def test_who_is_a_case_and_why_the_others_are_none(counted: Results, by_hand: dict[str, list]) -> None:
    found: Counter[str] = Counter()
    for key, n in counted.tally.counts.items():
        if key[0] == "cases":
            found[str(key[1])] += n
    assert found.pop("no first exposure") == PATIENTS - by_hand["with an index date"][0]
    assert dict(found) == {
        STATUS[what.removeprefix("status ")]: n for what, (n, _) in by_hand.items() if what.startswith("status ")
    }


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_answers_of_the_composites(counted: Results, by_hand: dict[str, list], outcome: str) -> None:
    found: Counter[str] = Counter()
    for key, n in counted.tally.counts.items():
        if key[:3] == ("answer", OUTCOMES[outcome], 0):
            found[str(key[4])] += n
    words = {"yes": "true", "no": "false", "not evaluable": "unknown"}
    assert {words[answer]: n for answer, n in found.items()} == {
        what.split()[-1]: n for what, (n, _) in by_hand.items() if what.startswith(f"verdict {outcome} ")
    }


@pytest.mark.parametrize("month", [3, 6, 12])
def test_pairs_before_and_after_and_the_sum_of_their_changes(
    counted: Results, by_hand: dict[str, list], month: int
) -> None:
    found: dict[str, list] = {}  # a dose stands as the exact fraction it is, anything else in millionths
    for key, n in counted.tally.counts.items():
        if key[0] == "value" and key[3] == "change" and key[1] == f"{key[2]}, month {month}":
            pairs, total = found.setdefault(str(key[2]), [0, 0])
            found[str(key[2])] = [
                pairs + n,
                total + n * (Fraction(key[4]) * 10**6 if isinstance(key[4], str) else key[4]),
            ]
    assert {*MEASURES, "steroid"} == set(found)
    for measure, (pairs, total) in found.items():
        expected, amount = by_hand[f"pair {measure} {month}"]
        assert expected == pairs
        if measure == "steroid":
            assert amount == pytest.approx(float(total) / 10**6, abs=0.000501)  # counted by hand to three decimals
        else:
            assert round(amount * 10**6) == total


@pytest.mark.long
def test_patients_one_by_one_give_the_same_counts(one_by_one: Results, by_hand: dict[str, list]) -> None:
    assert by_hand["status 0 included"][0] == sum(row.status == "included" for row in one_by_one.patients)
    for short, name in OUTCOMES.items():
        headline = one_by_one.responders[name][0]
        assert by_hand[f"verdict {short} true"][0] == headline.of_included.n


@pytest.mark.long
def test_demo_makes_up_a_database_once_and_uses_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["demo", "--omop", "--patients", "40", "--out", "first"])
    assert (tmp_path / "first/report.html").exists()
    assert {"protocol.yaml", "omop.yaml", "cdm"} <= {path.name for path in (tmp_path / "first-study").iterdir()}
    written = (tmp_path / "first-study/cdm/measurement.parquet").stat().st_mtime_ns
    assert 0 == main(["demo", "--omop", "--out", "first"])
    assert written == (tmp_path / "first-study/cdm/measurement.parquet").stat().st_mtime_ns
    assert "was used as it is" in capsys.readouterr().err
    assert 1 == main(["demo", "--omop", "--patients", "50", "--out", "first"])
    assert "there already" in capsys.readouterr().err
    assert 1 == main(["demo", "--patients", "50", "--out", "second"])
    assert "Add --omop" in capsys.readouterr().err
