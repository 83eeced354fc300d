"""tools/release.py refuses what it must, and builds what it may."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from tools.release import LOCKS, amiss, build, main, wrong_changelog, wrong_locks

from caseseries import __version__

READY = f"# Changelog\n\n## {__version__}, 2026-12-03\n\n### Results that change\n\n- None.\n"
PROJECT = f"""[project]
name = "caseseries"
version = "{__version__}"
urls = {{Repository = "https://example.org/r", Issues = "https://example.org/i", Documentation = "https://example.org/d"}}
"""
CITATION = f"""version: {__version__}
date-released: 2026-12-03
repository-code: https://example.org/r
"""
LOCK = "one==1.0 \\\n    --hash=sha256:00\n"


def git(root: Path, *words: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *names, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A repository of which nothing is amiss."""
    root = tmp_path / "project"
    (root / "src/caseseries").mkdir(parents=True)
    for name, text in {
        "pyproject.toml": PROJECT,
        "CITATION.cff": CITATION,
        "CHANGELOG.md": READY,
        "src/caseseries/__init__.py": f'__version__ = "{__version__}"\n',
        **dict.fromkeys(LOCKS, LOCK),
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    return root


def test_a_repository_that_is_ready_has_nothing_amiss(ready: Path) -> None:
    assert [] == amiss(ready)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("src/caseseries/__init__.py", __version__, "9.9.9", f"src/caseseries/__init__.py says 9.9.9, pyproject.toml {__version__}"),
        ("CITATION.cff", f"version: {__version__}", "version: 9.9.9", f"CITATION.cff says 9.9.9, pyproject.toml {__version__}"),
        ("CHANGELOG.md", f"## {__version__}", "## 9.9.9", f"CHANGELOG.md opens with 9.9.9, pyproject.toml says {__version__}"),
        ("CHANGELOG.md", f"## {__version__}, 2026-12-03", f"## Unreleased / {__version__}",
         f"CHANGELOG.md opens with `## Unreleased / {__version__}`, not with `## {__version__}, YYYY-MM-DD`"),
        ("CHANGELOG.md", "2026-12-03", "2026-12-04", "CITATION.cff says released 2026-12-03, CHANGELOG.md 2026-12-04"),
        ("CHANGELOG.md", "### Results that change", "### Added",
         "the release in CHANGELOG.md does not open with `### Results that change`: ### Added"),
        ("CITATION.cff", "date-released: 2026-12-03\n", "", "CITATION.cff has no date-released"),
        ("CITATION.cff", "repository-code: https://example.org/r\n", "", "CITATION.cff has no repository-code"),
        ("pyproject.toml", "Issues", "Bugs", "pyproject.toml has no Issues under [project.urls]"),
        ("requirements.lock", "one", "# via https://example.org/simple\none", "requirements.lock holds an address"),
        ("requirements-docs.lock", " \\\n    --hash=sha256:00", "", "requirements-docs.lock has a package without a hash"),
        ("requirements-dev.lock", LOCK, "", "requirements-dev.lock locks nothing"),
    ],
)  # fmt: skip
def test_what_is_amiss_is_told(ready: Path, file: str, old: str, new: str, told: str) -> None:
    text = (ready / file).read_text(encoding="utf-8")
    assert old in text
    (ready / file).write_text(text.replace(old, new), encoding="utf-8")
    git(ready, "commit", "-qam", "changed")
    assert [told] == amiss(ready)


def test_what_is_not_committed_is_not_released(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ready / "new.txt").write_text("new", encoding="utf-8")
    assert ["not committed: new.txt"] == amiss(ready)
    assert 1 == main(ready)
    assert "Not released: 1 to mend." in capsys.readouterr().out
    assert not (ready / "dist").exists()


def test_a_changelog_without_a_release_is_told() -> None:
    assert ["CHANGELOG.md has no release"] == wrong_changelog("# Changelog\n", "0.2.0", {})


def test_the_locks_of_this_repository_can_be_released(project_root: Path) -> None:
    assert [] == wrong_locks(project_root)


def test_this_repository_waits_for_its_owner_alone(project_root: Path) -> None:
    """Versions agree here at any time; what the owner gives is told as missing until it is there, and never invented."""
    told = [line for line in amiss(project_root) if not line.startswith(("not committed", "this is no Git"))]
    owner = re.compile(
        r"has no (Documentation|Issues|Repository|repository-code|date-released)\b|opens with `## Unreleased / "
    )
    assert [] == [line for line in told if not owner.search(line)]


@pytest.mark.slow
def test_the_wheel_and_the_archive_are_built_without_a_network(project_root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    left_out = shutil.ignore_patterns(
        ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "dist", "build", "demo-report*"
    )
    shutil.copytree(project_root, copy, ignore=left_out)
    wheel, archive = build(copy, tmp_path / "dist")
    assert [f"caseseries-{__version__}.tar.gz", f"caseseries-{__version__}-py3-none-any.whl"] == [
        archive.name,
        wheel.name,
    ]
    metadata = zipfile.ZipFile(wheel).read(f"caseseries-{__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {__version__}\n" in metadata
    assert not re.search(r"^Provides-Extra: (dev|docs|build)$", metadata, re.MULTILINE)
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    assert {*LOCKS, "CITATION.cff", "CHANGELOG.md", "paper/paper.md", "tools/release.py", "tests/conftest.py"} <= inside
    with pytest.raises(FileExistsError, match="holds something"):
        build(copy, tmp_path / "dist")
