"""Put the examples inside the wheel; an editable install reads the repository's own examples/ instead."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExamplesHook(BuildHookInterface[Any]):
    """Adds examples/ as caseseries/_examples, without hidden files, caches and results of earlier runs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name each file: a copy in an editable install would go stale, so there nothing is added."""
        if version == "editable":
            return
        root = Path(self.root)
        for path in sorted((root / "examples").rglob("*")):
            parts = path.relative_to(root / "examples").parts
            left_out = any(
                part.startswith(".") or part in {"__pycache__", "results", "demo-report", "demo-report-study"}
                for part in parts
            )
            if path.is_file() and not left_out:
                build_data["force_include"][str(path)] = "/".join(("caseseries", "_examples", *parts))
