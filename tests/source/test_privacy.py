"""No cell of a chart in str(error): messages are pasted into tickets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from caseseries.chart.findings import stop_on_errors
from caseseries.errors import InputError
from caseseries.protocol.load import load
from caseseries.source import read

EXAMPLE = Path(__file__).parents[2] / "examples/jdm-mmf"
SECRET = "Zz9 Secret"
CELLS = [
    (file.name, column)
    for file in sorted((EXAMPLE / "chart").glob("*.csv"))
    for column in file.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
]


def written(tmp_path: Path, file: str, rows: list[list[str]], description: str | None = None):
    (tmp_path / "chart").mkdir()
    for path in (EXAMPLE / "chart").glob("*.csv"):
        (tmp_path / "chart" / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "chart" / file).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    text = description or (EXAMPLE / "chart.yaml").read_text(encoding="utf-8")
    (tmp_path / "chart.yaml").write_text(text, encoding="utf-8")
    return load(EXAMPLE / "protocol.yaml").protocol, tmp_path / "chart.yaml"


def rows_of(file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((EXAMPLE / "chart" / file).read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("file", "column"), CELLS, ids=["/".join(cell) for cell in CELLS])
def test_no_message_holds_a_cell(tmp_path: Path, file: str, column: str):
    rows = rows_of(file)
    rows[2][rows[0].index(column)] = SECRET
    chart = read(*written(tmp_path, file, rows))
    try:
        stop_on_errors(chart)
    except InputError as wrong:
        assert SECRET not in str(wrong)
        shown = any(SECRET in finding.value for finding in chart.findings if finding.severity == "error")
        assert shown == (SECRET in wrong.describe(values=True))
    assert all(SECRET not in finding.message + finding.allowed for finding in chart.findings)


def test_a_wrong_header_row_does_not_print_the_row_it_names(tmp_path: Path):
    description = (
        (EXAMPLE / "chart.yaml")
        .read_text(encoding="utf-8")
        .replace("file: visits.csv", "file: visits.csv\n    header: 2")
    )
    rows = rows_of("visits.csv")
    rows[1][0] = SECRET
    with pytest.raises(InputError) as wrong:
        stop_on_errors(read(*written(tmp_path, "visits.csv", rows, description)))
    assert SECRET not in str(wrong.value)
    assert SECRET in wrong.value.describe(values=True)
