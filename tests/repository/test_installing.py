"""From the locks, in an empty environment, with the pip that comes with Python and with the newest: the program stands and runs.

And without the locks: a wheel for pipx, a copy of the repository for pip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

PYTHONS = ("3.11", "3.12", "3.13")
#: What set-up may take, in MB; it takes about 430.
LARGEST = 600
HEADLINE = "Good response: 6 of 8"


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@cache
def interpreter(version: str) -> Path | None:
    """An interpreter of this version on this machine that can make environments: on the path, or among those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = shutil.which(f"python{version}")
    for candidate in ([Path(named)] if named else []) + sorted(pyenv.glob(f"{version}.*/bin/python{version}")):
        code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
        answer = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        if answer.stdout.strip() == version:
            return candidate
    return None


def python_of(version: str) -> Path:
    found = interpreter(version)
    if found is None:
        pytest.skip(f"no Python {version} that can make environments on this machine")
    return found


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A package registry must answer; without one there is nothing to install from."""
    folder = tmp_path_factory.mktemp("registry")
    pip = [*environment(folder, python_of("3.11")), "download", "--quiet", "--no-deps", "--dest", folder]
    if subprocess.run([*map(str, pip), "iniconfig"], capture_output=True).returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("no package registry answers; with CI=true these tests may not be skipped")
        pytest.skip("no package registry answers")


def environment(folder: Path, python: Path, *, newest: bool = False) -> list[str | Path]:
    """An empty environment in `folder`/venv, with its own pip or the newest; the command that calls that pip."""
    run(python, "-m", "venv", folder / "venv", cwd=folder)
    pip = [folder / "venv" / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    if newest:
        run(*pip, "install", "--quiet", "--upgrade", "pip", cwd=folder)
    return [*pip]


def bare(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the developer's shell, and no compiler; pip's cache is kept, so that nothing is fetched twice."""
    kept = {
        name: os.environ[name] for name in ("PIP_CACHE_DIR", "PIP_CONFIG_FILE", "PIP_INDEX_URL") if name in os.environ
    }
    cache_of_pip = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "CC": "false",
        "CXX": "false",
        **kept,
        "PIP_CACHE_DIR": cache_of_pip,
        **more,
    }


@pytest.fixture(scope="module")
def copy(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is committed or about to be, so that nothing is built beside other tests."""
    folder = tmp_path_factory.mktemp("copy") / "caseseries"
    for name in ("src", "examples"):
        shutil.copytree(project_root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "results"))
    for name in ("Makefile", "README.md", "LICENSE", "pyproject.toml", "hatch_build.py", "requirements.lock",
                 "requirements-dev.lock"):  # fmt: skip
        shutil.copy(project_root / name, folder / name)
    return folder


@pytest.mark.parametrize(("version", "newest"), [("3.11", False), ("3.12", True), ("3.13", False)])
def test_make_demo_sets_up_what_running_needs_and_shows_the_headline(
    registry: None, copy: Path, tmp_path: Path, version: str, newest: bool
) -> None:
    environment(tmp_path, python_of(version), newest=newest)
    output = run("make", "demo", f"VENV={tmp_path / 'venv'}", cwd=copy, env=bare(tmp_path))
    assert HEADLINE in output
    size = sum(path.lstat().st_size for path in (tmp_path / "venv").rglob("*")) / 1_000_000
    assert size <= LARGEST
    absent = [name for name in ("pyspark", "ipykernel", "mypy", "pandas", "pytest") if
              list((tmp_path / "venv" / "lib").glob(f"python*/site-packages/{name}"))]  # fmt: skip
    assert [] == absent
    assert "up to date" in run(
        "make", f"{tmp_path / 'venv'}/.running", f"VENV={tmp_path / 'venv'}", cwd=copy, env=bare(tmp_path)
    )


@pytest.mark.parametrize(("version", "newest"), [("3.11", True), ("3.12", False), ("3.13", True)])
def test_pip_takes_both_locks_as_they_are(
    registry: None, project_root: Path, tmp_path: Path, version: str, newest: bool
) -> None:
    pip = environment(tmp_path, python_of(version), newest=newest)
    lock = (project_root / "requirements-dev.lock").read_text(encoding="utf-8").split("\n")
    # pyspark is 400 MB of source: `make test` itself installs it, by the pip that comes with Python.
    start = next(place for place, line in enumerate(lock) if line.startswith("pyspark=="))
    end = next(place for place in range(start + 1, len(lock)) if re.match("[a-z]", lock[place]))
    (tmp_path / "dev.lock").write_text("\n".join(lock[1:start] + lock[end:]), encoding="utf-8")
    options = ["--dry-run", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    run(
        *pip,
        "install",
        *options,
        "-r",
        project_root / "requirements.lock",
        "-r",
        "dev.lock",
        cwd=tmp_path,
        env=bare(tmp_path),
    )


def test_a_lock_with_a_wrong_hash_is_refused(registry: None, project_root: Path, tmp_path: Path) -> None:
    pip = environment(tmp_path, python_of("3.11"))
    (tmp_path / "wrong.lock").write_text(f"iniconfig==2.3.1 \\\n    --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = subprocess.run([*pip, "install", "--no-deps", "--require-hashes", "-r", "wrong.lock"], cwd=tmp_path,
                          capture_output=True, text=True)  # fmt: skip
    assert (1, True) == (done.returncode, "DO NOT MATCH" in done.stderr)


def test_pip_finds_all_that_a_copy_of_the_repository_needs(registry: None, copy: Path, tmp_path: Path) -> None:
    pip = environment(tmp_path, python_of("3.11"))
    output = run(*pip, "install", "--dry-run", ".", cwd=copy, env=bare(tmp_path))
    would = re.search(r"Would install (.*)", output)
    assert would
    assert {"caseseries", "duckdb", "scipy"} <= {name.rsplit("-", 1)[0] for name in would[1].split()}


def test_pipx_installs_the_built_wheel(registry: None, copy: Path, tmp_path: Path) -> None:
    pip = environment(tmp_path, python_of("3.11"))
    run(*pip, "install", "--quiet", "pipx", cwd=tmp_path)
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, copy, cwd=tmp_path, env=bare(tmp_path))
    (wheel,) = tmp_path.glob("caseseries-*.whl")
    places = bare(tmp_path, PIPX_HOME=str(tmp_path / "pipx"), PIPX_BIN_DIR=str(tmp_path / "bin"))
    run(tmp_path / "venv" / "bin" / "pipx", "install", wheel, cwd=tmp_path, env=places)
    assert HEADLINE in run(tmp_path / "bin" / "caseseries", "demo", "--out", "report", cwd=tmp_path, env=bare(tmp_path))
