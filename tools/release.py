"""Check that what stands here can be released, and build it: `make release`. Nothing is sent anywhere, and no tag is set.

Everything that is amiss is listed at once, and nothing is built then. What is built goes to dist/: the wheel and the source archive, of
the committed state, with their SHA-256.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-docs.lock")
#: What pyproject.toml must name under [project.urls], and CITATION.cff beside its version: the owner alone knows them.
URLS = ("Documentation", "Issues", "Repository")
CITED = ("repository-code", "date-released")
RELEASE = re.compile(r"^## (?P<version>\d+\.\d+\.\d+), (?P<date>\d{4}-\d{2}-\d{2})$")


def held_in_code(root: Path) -> str:
    """The version in the package itself, read without importing it."""
    found = re.search(r'^__version__ = "([^"]+)"$', text(root, "src/caseseries/__init__.py"), re.MULTILINE)
    return found[1] if found else ""


def text(root: Path, name: str) -> str:
    """A file of the repository; empty where it is missing, which is told elsewhere."""
    path = root / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def wrong_versions(root: Path, project: Mapping[str, Any], citation: Mapping[str, Any]) -> list[str]:
    """Places whose version is not that of pyproject.toml."""
    version = project["version"]
    held = {"src/caseseries/__init__.py": held_in_code(root), "CITATION.cff": str(citation.get("version", ""))}
    return [f"{place} says {is_said or 'no version'}, pyproject.toml {version}"
            for place, is_said in held.items() if is_said != version]  # fmt: skip


def wrong_changelog(changelog: str, version: str, citation: Mapping[str, Any]) -> list[str]:
    """What is amiss with the release that opens the changelog."""
    releases = re.split(r"^(?=## )", changelog, flags=re.MULTILINE)[1:]
    if not releases:
        return ["CHANGELOG.md has no release"]
    heading, *lines = releases[0].splitlines()
    wrong = []
    released = RELEASE.match(heading)
    if not released:
        wrong.append(f"CHANGELOG.md opens with `{heading}`, not with `## {version}, YYYY-MM-DD`")
    elif released["version"] != version:
        wrong.append(f"CHANGELOG.md opens with {released['version']}, pyproject.toml says {version}")
    elif "date-released" in citation and str(citation["date-released"]) != released["date"]:
        wrong.append(f"CITATION.cff says released {citation['date-released']}, CHANGELOG.md {released['date']}")
    first = next((line for line in lines if line.strip()), "")
    if first != "### Results that change":
        wrong.append(
            f"the release in CHANGELOG.md does not open with `### Results that change`: {first or 'it is empty'}"
        )
    return wrong


def wrong_owner(project: Mapping[str, Any], citation: Mapping[str, Any]) -> list[str]:
    """What the owner has still to give."""
    urls = project.get("urls", {})
    wrong = [f"pyproject.toml has no {name} under [project.urls]" for name in URLS if not urls.get(name)]
    return wrong + [f"CITATION.cff has no {name}" for name in CITED if not citation.get(name)]


def wrong_locks(root: Path) -> list[str]:
    """Locks that are missing, hold an address, or a package without a hash."""
    wrong = []
    for name in LOCKS:
        lock = text(root, name)
        pinned = re.findall(r"^[a-z0-9][^\s=]*==\S+", lock, re.MULTILINE)
        if not pinned:
            wrong.append(f"{name} locks nothing")
        if re.search(r"\w+://|file:", lock):
            wrong.append(f"{name} holds an address")
        if len(pinned) != len(re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)):
            wrong.append(f"{name} has a package without a hash")
    return wrong


def wrong_tree(root: Path) -> list[str]:
    """What is not committed: a release is built from what a commit holds."""
    done = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True)
    if done.returncode:
        return ["this is no Git working tree, so nothing tells what is committed"]
    changed = done.stdout.splitlines()
    return [f"not committed: {', '.join(line[3:] for line in changed[:5])}" + (", ..." if len(changed) > 5 else "")] if changed else []  # fmt: skip


def amiss(root: Path) -> list[str]:
    """Everything that keeps this from being released.

    Raises:
        OSError: pyproject.toml cannot be read.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = YAML(typ="safe").load(text(root, "CITATION.cff")) or {}
    return [
        *wrong_versions(root, project, citation),
        *wrong_changelog(text(root, "CHANGELOG.md"), project["version"], citation),
        *wrong_owner(project, citation),
        *wrong_locks(root),
        *wrong_tree(root),
    ]


def build(root: Path, dist: Path) -> list[Path]:
    """Build the wheel and the source archive into an empty folder, with the tools that are installed, and nothing fetched.

    Raises:
        FileExistsError: the folder holds something.
        subprocess.CalledProcessError: the build failed.
    """
    if dist.exists() and any(dist.iterdir()):
        raise FileExistsError(f"{dist} holds something: `make clean` or move it away")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(dist.resolve())], cwd=root, check=True)
    return sorted(dist.iterdir())


def main(root: Path = ROOT) -> int:
    """Check, then build: 0 where the two files stand in dist/, 1 where something is amiss."""
    wrong = amiss(root)
    for line in wrong:
        print(f"- {line}")
    if wrong:
        print(f"\nNot released: {len(wrong)} to mend. docs/release.md says how.")
        return 1
    for path in build(root, root / "dist"):
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    print("\nBuilt, and sent nowhere. docs/release.md says what comes next.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
