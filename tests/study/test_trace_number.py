"""Every number of the report, traced to its cases, is made by them again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caseseries.cli.main import main
from caseseries.errors import CaseSeriesError
from caseseries.study import Study
from caseseries.summary.every_result import every_result

EXAMPLES = ("jdm-mmf", "rtx-jdm", "rtx-sle", "still-rtx", "tcl-e7777", "adhesions-cells")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_number_is_made_again_by_the_cases_behind_it(project_root: Path, example: str) -> None:
    folder = project_root / "examples" / example
    with Study.load(folder / "protocol.yaml").run(folder / "chart.yaml") as results:
        told = list(every_result(results.summary))
        assert told
        for one in told:
            found = results.trace(one.id)  # a number that its cases do not make stops here
            assert found.cases, one.id
            counted = sum(case.part == "counted" for case in found.cases)
            within = sum(case.part in {"counted", "in the total"} for case in found.cases)
            if one.n is not None and one.total is not None and one.id.startswith(("table1/sex/", "table1/attribute/")):
                assert (one.n, one.total) == (counted, within), one.id
            if one.id.startswith("table1/baseline/") and not one.id.endswith("/unknown"):
                assert one.n == counted, one.id


def test_a_value_is_traced_to_its_cell(project_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project_root / "examples" / "jdm-mmf"
    given = [str(folder / "protocol.yaml"), str(folder / "chart.yaml")]
    assert 0 == main(["trace", "table1/baseline/mmt/median", *given, "--values"])
    shown = capsys.readouterr().out
    assert "visits.csv" in shown and "P1" in shown and "63" in shown
    assert 0 == main(["trace", "table1/baseline/mmt/median", *given])
    assert "P1" not in capsys.readouterr().out
    assert 0 == main(["trace", "table1/baseline/mmt/median", *given, "--json"])
    assert "table1/baseline/mmt/median" in json.dumps(json.loads(capsys.readouterr().out))


def test_an_id_that_there_is_not_is_refused_with_those_near_it(project_root: Path) -> None:
    folder = project_root / "examples" / "jdm-mmf"
    with (
        Study.load(folder / "protocol.yaml").run(folder / "chart.yaml") as results,
        pytest.raises(CaseSeriesError) as refused,
    ):
        results.trace("table1/age/medain")
    assert "table1/age/median" in str(refused.value) and "--list" in str(refused.value)
