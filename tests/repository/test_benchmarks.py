"""The benchmarks run, each on a few patients, and find what is wrong: figures that nobody can measure again are no figures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Bench = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow


@pytest.fixture
def bench(project_root: Path, tmp_path: Path) -> Bench:
    def run(file: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(project_root / "benchmarks" / file), *words]
        cache = {"CASESERIES_BENCH": str(tmp_path / "cache")}
        return subprocess.run(
            command, cwd=tmp_path, env={**os.environ, **cache}, capture_output=True, text=True, check=False
        )

    return run


def test_a_chart_shown_and_one_counted_answer_as_plain_python_does(bench: Bench) -> None:
    done = bench("bench_chart.py", "--patients", "40", "2010")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"([\d,]+) patients:.* (\d+) answers differ", done.stdout) == [("40", "0"), ("2,010", "0")]


def test_answers_that_differ_are_found(project_root: Path, tmp_path: Path) -> None:
    """The plain answers of a benchmark are not those of the stages by construction: one changed answer, shown or counted, is told."""
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import bench_chart, drawn_chart
from dataclasses import replace
from collections.abc import Callable
from pathlib import Path
true = drawn_chart.expected
def false(folder):
    answers = true(folder)
    name = next(patient for patient, one in answers.items() if one.good is True)
    return {**answers, name: replace(answers[name], good=False)}
drawn_chart.expected = false
for patients in (40, 2010):
    folder = Path(sys.argv[2]) / str(patients)
    drawn_chart.draw(folder, patients)
    print(bench_chart.run(folder)["wrong"])
"""
    command = [sys.executable, "-c", code, str(project_root / "benchmarks"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["1", "1"]), done.stderr


def test_two_engines_are_compared_to_the_byte(bench: Bench) -> None:
    done = bench("same_bytes.py", "--patients", "60", "--engines", "duckdb", "duckdb")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"(\d+) files of duckdb, \1 of duckdb: 0 differ\n", done.stdout.splitlines(keepends=True)[-1])


@pytest.mark.long
def test_the_database_study_is_measured_beside_a_scan_and_plain_sql(bench: Bench) -> None:
    words = ("--patients", "60", "--rounds", "1", "--dry", "--only", "scan", "plain", "counted", "visit", "caseseries")
    done = bench("bench_omop.py", *words)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^60-sorted-0.42 .* MB $", done.stdout, re.MULTILINE)) == 5, done.stdout


def test_the_peer_that_the_figures_are_held_against_counts_as_plain_sql_does(
    bench: Bench, project_root: Path, tmp_path: Path
) -> None:
    """Polars, which is locked for development; bench_omop.py says of every peer where it counts otherwise."""
    assert bench("bench_omop.py", "--patients", "2000", "--rounds", "1", "--dry", "--only", "scan").returncode == 0
    data = tmp_path / "cache" / "data" / "2000-sorted-0.42"
    answers = []
    for peer in ("plain.py", "with_polars.py"):
        command = [sys.executable, str(project_root / "benchmarks" / "peers" / peer), str(data)]
        answers.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    plain, found = answers
    assert len(found) > 80
    for what, (n, total) in found.items():
        assert plain[what][0] == n, what
        assert total is None or total == pytest.approx(plain[what][1], abs=0.01), what
