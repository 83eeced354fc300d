"""The built wheel works by itself: run-time packages only, no repository, no network."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def runtime_distributions() -> dict[str, importlib.metadata.Distribution]:
    """The packages a plain `pip install caseseries` brings: declared dependencies and theirs, no extras."""
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = ["caseseries"]
    while waiting:
        for line in importlib.metadata.distribution(waiting.pop()).requires or []:
            need = Requirement(line)
            name = re.sub(r"[-_.]+", "-", need.name).lower()
            if name not in found and (need.marker is None or need.marker.evaluate({"extra": ""})):
                found[name] = importlib.metadata.distribution(need.name)
                waiting.append(need.name)
    return found


@pytest.fixture(scope="module")
def wheel(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    run(*pip, "--wheel-dir", folder, project_root, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def plain_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python holding the wheel and links to its run-time packages: the locked versions, without a download."""
    folder = tmp_path_factory.mktemp("plain") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    (site,) = (folder / "lib").glob("python*/site-packages")
    for distribution in runtime_distributions().values():
        tops = {Path(file).parts[0] for file in distribution.files or []} - {"..", "__pycache__"}
        for top in sorted(tops):
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution.locate_file(top))))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, wheel, cwd=folder.parent)
    yield python


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of the developer's shell: an empty home, no PYTHONPATH, no display."""
    return {"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONWARNINGS": "error", "MPLBACKEND": "Agg"}


def test_the_wheel_carries_the_package_and_the_examples(wheel: Path, project_root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    source = {str(path.relative_to(project_root / "src")) for path in (project_root / "src").rglob("*.py")}
    assert set() == source - names
    assert {"caseseries/py.typed"} <= names
    assert any(name.startswith("caseseries/_examples/") for name in names)
    assert [] == sorted(name for name in names if not name.startswith(("caseseries/", "caseseries-")))


def test_development_packages_are_absent(plain_python: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
    code = "import importlib.util as u; print([n for n in ('pytest', 'pandas', 'polars', 'mypy') if u.find_spec(n)])"
    assert "[]" == run(plain_python, "-c", code, cwd=tmp_path, env=bare_environment).stdout.strip()


def test_help(plain_python: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
    command = plain_python.parent / "caseseries"
    assert "demo" in run(command, "--help", cwd=tmp_path, env=bare_environment).stdout


def test_the_demo_runs_without_a_network(plain_python: Path, tmp_path: Path, bare_environment: dict[str, str]) -> None:
    unshare = shutil.which("unshare")
    alone = (
        [unshare, "-rn"]
        if unshare and not subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode
        else []
    )
    command = plain_python.parent / "caseseries"
    run(*alone, command, "demo", "--out", "demo-report", cwd=tmp_path, env=bare_environment)
    assert (tmp_path / "demo-report" / "report.html").stat().st_size > 0
    assert (tmp_path / "demo-report" / "results.json").stat().st_size > 0
