"""run.json: what this folder was made from and by what; the one file that may differ between two equal runs."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from caseseries import __version__
from caseseries.report.exhibits.run import Finished

SCHEMA = "caseseries.run/1"

Inputs = Mapping[str, str] | Sequence[Path]
"""Hashes by file name, or the files themselves; a folder stands for every file in it."""


def run_text(
    run: Finished,
    files: Mapping[str, bytes],
    inputs: Inputs,
    run_info: Mapping[str, str],
    made_before: Mapping[str, Path] | None = None,
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
        "study": run.protocol.study,
        "invented": run.invented,
        "fingerprints": dict(run.fingerprints),
        "locked": run.locked or None,
        "inputs": input_hashes(inputs),
        "info": dict(run_info),
        "files": dict(sorted(hashes.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


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
    try:
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and str(content.get("schema", "")).startswith("caseseries.run/")
