"""`caseseries check` on a database: counted where persons with an index event are many."""

from __future__ import annotations

import json
import shutil
from functools import partialmethod
from pathlib import Path

import pytest

from caseseries.cli.main import main
from caseseries.invent import write
from caseseries.study import Study

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def many(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The invented study on 6,000 patients, of whom more than 2000 took the drug."""
    folder = tmp_path_factory.mktemp("many") / "study"
    shutil.copytree(project_root / "examples" / "omop-demo", folder, ignore=shutil.ignore_patterns("cdm", "results"))
    write(folder / "cdm", patients=6000)
    return [str(folder / "protocol.yaml"), str(folder / "omop.yaml")]


def test_a_large_database_is_counted(many: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *many, "--values"])
    printed = capsys.readouterr().out
    assert ["person", "6000", "read", "6000", "used"] in [line.split()[:5] for line in printed.splitlines()]
    assert " of 6000\n" in printed and "excluded: no first exposure\n" in printed
    assert "No outcome was shown." in printed and "esponder" not in printed


def test_a_large_database_as_json(many: list[str], capsys: Capture) -> None:
    assert 0 == main(["check", *many, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (True, [], None) == (told["ok"], told["questions"], told["annotated"])
    assert 6000 == told["eligible"] + sum(one["cases"] for one in told["excluded"])
    assert "cases" not in told and all(one["severity"] for one in told["findings"])


def test_an_open_choice_of_a_large_database_stops_it(many: list[str], capsys: Capture, tmp_path: Path) -> None:
    protocol = tmp_path / "protocol.yaml"
    text = Path(many[0]).read_text(encoding="utf-8")
    protocol.write_text(text.replace("take: nearest, tie: earlier, same_day: worst", "take: nearest, tie: earlier"))
    assert 1 == main(["check", str(protocol), many[1]])
    printed = capsys.readouterr()
    assert "different values on one day (month 6 " in printed.out and "case(s)" in printed.out
    assert "Eligible: " in printed.out


def test_a_database_is_not_annotated(many: list[str], capsys: Capture, tmp_path: Path) -> None:
    assert 1 == main(["check", *many, "--annotate", str(tmp_path / "marked.xlsx")])
    assert "Only a chart can be annotated" in capsys.readouterr().err


def test_a_chart_whose_patients_are_counted_says_so(
    project_root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is eligible and who is not stands there as counts; no case and no window is nothing, not none."""
    chart = [str(project_root / "examples" / "adhesions-cells" / name) for name in ("protocol.yaml", "chart.yaml")]
    main(["check", *chart, "--json"])
    shown = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(Study, "check", partialmethod(Study.check, show=0))
    main(["check", *chart, "--json"])
    counted = json.loads(capsys.readouterr().out)
    assert (None, None) == (counted["cases"], counted["windows"])
    assert counted["eligible"] == shown["eligible"] == sum(one["included"] for one in shown["cases"])
    assert sum(one["cases"] for one in counted["excluded"]) == sum(not one["included"] for one in shown["cases"])
    assert counted["findings"] == shown["findings"]
