"""What a run may use of the machine, or of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory and threads of the engine, the folder it may write to, and the URL of a Spark master; no result depends on them."""

    memory_limit: str = "1GB"
    threads: int = 2
    writable: Path | None = None
    master: str | None = None
