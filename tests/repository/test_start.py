"""`caseseries --help` answers at once: nothing heavy is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys

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
)


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_check_sees_a_heavy_import() -> None:
    assert {"numpy"} <= loaded_by("import numpy")


def test_the_command_line_starts_light() -> None:
    assert set() == loaded_by("import caseseries.cli.main") & set(HEAVY)
