"""`caseseries --help` answers at once: nothing heavy is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = (
    "numpy",
    "scipy",
    "matplotlib",
    "duckdb",
    "pandas",
    "polars",
    "pydantic",
    "ruamel.yaml",
    "openpyxl",
    "xlsxwriter",
    "docx",
    "typst",
    "fontTools",
)


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_check_sees_a_heavy_import() -> None:
    assert {"numpy"} <= loaded_by("import numpy")


def test_the_command_line_starts_light() -> None:
    assert set() == loaded_by("import caseseries.cli.main") & set(HEAVY)


def test_a_report_is_written_without_what_draws_pixels_and_writes_documents(project_root: Path, tmp_path: Path) -> None:
    example = project_root / "examples" / "jdm-mmf"
    run = "from caseseries.cli.main import main\nassert main({arguments!r}) == 0"
    arguments = [
        "run",
        str(example / "protocol.yaml"),
        str(example / "chart.yaml"),
        "-q",
        "--out",
        str(tmp_path / "out"),
    ]
    drawing = {"matplotlib", "typst", "docx"}
    assert set() == drawing & loaded_by(run.format(arguments=arguments))
    every = [*arguments, "--figures", "print", "--formats", "word"]
    assert {"typst", "docx"} == drawing & loaded_by(run.format(arguments=every))
    written = {path.suffix for path in (tmp_path / "out" / "figures").iterdir()}
    assert {".svg", ".pdf", ".png", ".tiff"} == written
