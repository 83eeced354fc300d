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
from caseseries.summary.model import Summary

SCHEMA = "caseseries.run/1"

Inputs = Mapping[str, str] | Sequence[Path]
"""Hashes by file name, or the files themselves; a folder stands for every file in it."""


def run_text(summary: Summary, files: Mapping[str, bytes], inputs: Inputs, run_info: Mapping[str, str]) -> str:
    """The whole file: fingerprints, input hashes, versions, and the hash of every other file of the folder."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "software": {"caseseries": __version__, "python": platform.python_version(), "platform": sys.platform}
        | {name: _version(name) for name in ("duckdb", "matplotlib", "numpy", "scipy")},
        "study": summary.protocol.study,
        "invented": summary.invented,
        "fingerprints": dict(summary.fingerprints),
        "locked": summary.locked or None,
        "inputs": input_hashes(inputs),
        "info": dict(run_info),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


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
            found[name.replace("\\", "/")] = hashlib.sha256(file.read_bytes()).hexdigest()
    return dict(sorted(found.items()))


def is_run(folder: Path) -> bool:
    """Whether a folder was written by an earlier run: its run.json says so."""
    try:
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and str(content.get("schema", "")).startswith("caseseries.run/")
