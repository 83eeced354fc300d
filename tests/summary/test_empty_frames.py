"""A table without rows has its columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.spec.small import analyse, chart, protocol

from caseseries.study import Study
from caseseries.study.results import Results
from caseseries.summary.frames import TABLES, columns, table


@pytest.fixture(scope="module")
def results(project_root: Path) -> Results:
    folder = project_root / "examples" / "jdm-mmf"
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in TABLES
        if name
        not in {
            "findings",
            "finding_counts",
            "changes",
            "grid",
            "verdicts",
            "levels",
            "times",
            "curves",
            "values_at",
            "trajectories",
            "spells",
            "states",
            "lab_grades",
        }
    ],
)
def test_the_columns_of_an_empty_table_are_those_of_a_full_one(results: Results, name: str) -> None:
    assert tuple(results.table(name)[0]) == tuple(columns(results.summary, name))


def test_an_empty_frame_of_findings_has_its_columns(results: Results) -> None:
    pandas = pytest.importorskip("pandas")
    frame = results.to_pandas("findings")
    assert isinstance(frame, pandas.DataFrame)
    assert (0, True) == (len(frame), {"severity", "message", "place.file", "place.row"} <= set(frame.columns))
    polars = pytest.importorskip("polars")
    assert list(frame.columns) == results.to_polars("findings").columns
    assert isinstance(results.to_polars("findings"), polars.DataFrame)


TIMED = """
outcomes:
  quiet: {time_to: {value: mmt, at_least: 55 points}, in: course, competing: [death]}
  slope: {trajectory: mmt, in: course}
  course: {spells: {well: {value: mmt, at_least: 55 points}}, in: course, gap: 90 days}
windows: {course: {from: 1 days, to: 200 days, take: last, same_day: worst}}
"""


@pytest.mark.parametrize("name", ["times", "curves", "trajectories", "spells", "states"])
def test_the_columns_of_empty_times_are_those_of_full_ones(results: Results, name: str) -> None:
    study = protocol(TIMED)
    summary = analyse(study, chart("a | mmt | 0:50, 90:60\nb | mmt | 0:50, 90:52, 180:53", study))
    assert tuple(table(summary, name)[0]) == tuple(columns(results.summary, name))
