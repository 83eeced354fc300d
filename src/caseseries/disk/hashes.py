"""The SHA-256 of what was read, in hexadecimal."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(content: bytes) -> str:
    """That of bytes."""
    return hashlib.sha256(content).hexdigest()


def digest_of_file(path: Path) -> str:
    """That of a file's content, which need not fit into memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
