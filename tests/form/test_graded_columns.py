"""Columns of grades such as 0.5+ and 1+ are started as graded measures, and not as numbers with a unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.cli.main import main

VISITS = """patient,date,cells,pain
P1,2015-01-01,2+,3
P1,2015-07-01,0,1
P2,2015-01-01,0.5+,4
P2,2015-07-01,trace,2
P3,2015-01-01,3+,5
P3,2015-07-01,1+,5
P4,2015-01-01,1+,5
P4,2015-07-01,0,5
"""


def test_grades_are_proposed_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "visits.csv").write_text(VISITS, encoding="utf-8")
    assert 0 == main(["new", str(tmp_path / "chart"), "--out", str(tmp_path / "study")])
    protocol = (tmp_path / "study" / "protocol.yaml").read_text(encoding="utf-8")
    chart = (tmp_path / "study" / "chart.yaml").read_text(encoding="utf-8")
    assert 'cells: {grades: ["0", "0.5+", "1+", "2+", "3+"], better: TO DECIDE}' in protocol
    assert "such as 2 steps" in protocol
    assert "cells: cells\n" in chart
    assert 1 == main(
        ["check", str(tmp_path / "study" / "protocol.yaml"), str(tmp_path / "study" / "chart.yaml"), "--values"]
    )
    told = capsys.readouterr()
    assert "none of the grades of the measure (found 'trace'" in told.out + told.err
