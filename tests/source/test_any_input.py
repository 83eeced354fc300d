"""Whatever stands in the files: a chart with its findings, or an error in words; never another exception, never a lost row."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from caseseries.chart.findings import stop_on_errors
from caseseries.errors import CaseSeriesError, InputError
from caseseries.protocol.load import load
from caseseries.protocol.protocol import Protocol
from caseseries.source import read

EXAMPLE = Path(__file__).parents[2] / "examples/jdm-mmf"
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted((EXAMPLE / "chart").glob("*.csv"))}
DESCRIPTION = (EXAMPLE / "chart.yaml").read_text(encoding="utf-8")
_KEPT: list[Protocol] = []

CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", '"', "P1", "p1", "P1 ", "P01", "2008-02-30", "2008", "2008-03", "9999-12-31", "nan", "1e400", "<", "<5", "-1", "1,5",
                     "=1+1", "\x00", "\u202e", "yes", "prednisone", "mg/kg", "once", "pulse", "\n", ",", "٣", "0x1F", "1_000", "5" * 40]),
)  # fmt: skip


def protocol() -> Protocol:
    if not _KEPT:
        _KEPT.append(load(EXAMPLE / "protocol.yaml").protocol)
    return _KEPT[0]


def outcome(files: dict[str, str | bytes], description: str = DESCRIPTION) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "chart").mkdir()
        for name, content in files.items():
            (root / "chart" / name).write_bytes(
                content if isinstance(content, bytes) else content.encode("utf-8", "replace")
            )
        (root / "chart.yaml").write_bytes(description.encode("utf-8", "replace"))
        try:
            chart = read(protocol(), root / "chart.yaml")
        except CaseSeriesError as wrong:
            assert str(wrong)
            return
        for account in chart.account().values():
            assert account["read"] == account["used"] + account["out of scope"] + account["refused"]
        refused = [row for row in chart.rows if row.status == "refused"]
        assert all(row.reason for row in refused)
        assert not refused or any(finding.severity == "error" for finding in chart.findings)
        try:
            stop_on_errors(chart)
        except InputError as wrong:
            assert wrong.problems
            assert wrong.describe(values=True)


@given(st.data())
@settings(max_examples=60)
def test_any_text_in_any_cell(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(FILES)))
    lines = [line.split(",") for line in FILES[name].splitlines()]
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(lines) - 1))
        column = data.draw(st.integers(0, len(lines[row]) - 1))
        lines[row][column] = data.draw(CELLS)
    outcome(FILES | {name: "\n".join(",".join(line) for line in lines)})


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=300))
@settings(max_examples=30)
def test_any_bytes_as_a_file(name: str, content: bytes):
    outcome(dict(FILES) | {name: content})


@given(st.data())
@settings(max_examples=30)
def test_any_line_of_the_description_changed(data: st.DataObject):
    lines = DESCRIPTION.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    change = data.draw(st.sampled_from(["drop", "double", "value", "indent"]))
    if change == "drop":
        del lines[number]
    elif change == "double":
        lines.insert(number, lines[number])
    elif change == "indent":
        lines[number] = "  " + lines[number]
    else:
        lines[number] = lines[number].split(":")[0] + ": " + data.draw(CELLS)
    outcome(dict(FILES), "\n".join(lines))
