"""A table without rows has its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from caseseries.study import Study
from caseseries.study.results import Results
from caseseries.summary.frames import TABLES, columns


@pytest.fixture(scope="module")
def results(project_root: Path) -> Results:
    folder = project_root / "examples" / "jdm-mmf"
    return Study.load(folder / "protocol.yaml").run(folder / "chart.yaml")


@pytest.mark.parametrize(
    "name",
    [name for name in TABLES if name not in {"findings", "finding_counts", "changes", "grid", "verdicts", "levels"}],
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
