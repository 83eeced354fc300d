"""run.json: what this folder was made from and by what; the one file that may differ between two equal runs."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.summary.model import Summary
from caseseries.verdict.number_style import PLAIN, STYLES, Style

SCHEMA = "caseseries.run/1"

Inputs = Mapping[str, str] | Sequence[Path]
"""Hashes by file name, or the files themselves; a folder stands for every file in it."""


def run_text(
    summary: Summary,
    files: Mapping[str, bytes],
    inputs: Inputs,
    run_info: Mapping[str, str],
    made_before: Mapping[str, Path] | None = None,
    style: Style = PLAIN,
) -> str:
    """The whole file: fingerprints, input hashes, versions, and the hash of every other file of the folder.

    `made_before` are files of the folder that exist already, by their path in it.
    """
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    hashes |= {name: _file_hash(path) for name, path in (made_before or {}).items()}
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "software": {"caseseries": __version__, "python": platform.python_version(), "platform": sys.platform}
        | {name: _version(name) for name in ("duckdb", "matplotlib", "numpy", "scipy")},
        "study": summary.protocol.study,
        "invented": summary.invented,
        "fingerprints": dict(summary.fingerprints),
        "locked": summary.locked or None,
        "inputs": input_hashes(inputs),
        "report": {"audience": summary.audience, "style": _style(style)},
        "info": dict(run_info),
        "files": dict(sorted(hashes.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _style(style: Style) -> str | dict[str, Any]:
    """The name of a style, or of one of a user's own what it says."""
    named = [name for name, one in STYLES.items() if one == style]
    return (
        named[0]
        if named
        else {key: value if isinstance(value, bool | int) else str(value) for key, value in asdict(style).items()}
    )


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def input_hashes(inputs: Inputs) -> dict[str, str]:
    """SHA-256 by file name; paths outside the file's own folder are not repeated."""
    if isinstance(inputs, Mapping):
        return dict(sorted(inputs.items()))
    found: dict[str, str] = {}
    for path in inputs:
        files = sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
        for file in files:
            name = str(file.relative_to(path.parent)) if path.is_dir() else file.name
            found[name.replace("\\", "/")] = _file_hash(file)
    return dict(sorted(found.items()))


def is_run(folder: Path) -> bool:
    """Whether a folder was written by an earlier run: its run.json says so."""
    return str(_content(folder).get("schema", "")).startswith("caseseries.run/")


def study_of(folder: Path) -> str:
    """The study of the run that wrote a folder; empty where none did."""
    return str(_content(folder).get("study", "")) if is_run(folder) else ""


#: What a system leaves in a folder that somebody looked at.
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def not_of_run(folder: Path) -> list[str]:
    """What in a run's folder is not as the run wrote it: files added or changed, folders added; by path, in order.

    Told from the hashes in its run.json.
    """
    written = _content(folder).get("files")
    hashes = written if isinstance(written, dict) else {}
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    folders = {parent.as_posix() for name in hashes for parent in Path(name).parents}
    return sorted(
        f"{name}/" if path.is_dir() else name
        for name, path in there.items()
        if name != "run.json" and path.name not in _OF_THE_SYSTEM
        if (name not in folders if path.is_dir() and not path.is_symlink() else hashes.get(name) != _hash_of(path))
    )


def is_whole(folder: Path) -> bool:
    """Whether a folder holds every file that the run in its run.json wrote, and nothing else."""
    written = _content(folder).get("files")
    return (
        is_run(folder)
        and isinstance(written, dict)
        and all((folder / name).is_file() for name in written)
        and not not_of_run(folder)
    )


def _hash_of(path: Path) -> str:
    return "" if path.is_symlink() or not path.is_file() else _file_hash(path)


def _content(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
