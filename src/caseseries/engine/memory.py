"""Amounts of memory as people write them, which each engine wants in words of its own."""

from __future__ import annotations

import re
from decimal import Decimal

from caseseries.errors import EngineError

_STEPS = {"k": 1, "m": 1024, "g": 1024**2, "t": 1024**3}


def kibibytes(written: str) -> int:
    """A memory limit in kibibytes.

    Raises:
        EngineError: it is not written as one.

    >>> kibibytes("1.5GB"), kibibytes("800 MiB"), kibibytes("2g")
    (1572864, 819200, 2097152)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt])(?:i?b)?\s*", written, re.IGNORECASE)
    if not found:
        raise EngineError(f"{written!r} is no amount of memory.", do="Write it as 800MB or 2GB.")
    return int(Decimal(found[1]) * _STEPS[found[2].lower()])
