"""The example notebook runs from top to bottom, shows its results, and is kept without outputs."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture
def notebook(project_root: Path) -> nbformat.NotebookNode:
    return nbformat.read(project_root / "examples" / "notebook.ipynb", as_version=4)


def test_it_is_kept_without_outputs(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 4
    assert [] == [cell.source for cell in code if cell.outputs or cell.execution_count]


@pytest.mark.slow
def test_it_runs_and_shows_the_results(notebook: nbformat.NotebookNode, project_root: Path, tmp_path: Path) -> None:
    shutil.copytree(project_root / "examples" / "jdm-mmf", tmp_path / "jdm-mmf")
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [
        output["data"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert any("6 of 8" in data.get("text/html", "") for data in shown)
    assert "[('as written', 1), ('as published', 6)]" == shown[-1]["text/plain"]
