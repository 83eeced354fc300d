"""What a percent of a value of 0 before is: `if_zero_baseline` of a measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from caseseries.protocol.written import mistake

#: `any rise counts`: a rise from 0 is more than any percent, and a value that stays 0 has not changed.
IfZero = Literal["not evaluable", "not met", "any rise counts"]

#: What each means, where the choices in force are printed and in a sentence.
MEANS: Mapping[IfZero, str] = {
    "not evaluable": "a percent of a value of 0 before is not evaluable",
    "not met": "a comparison in percent of a value of 0 before is not met, in either direction",
    "any rise counts": "a rise from 0 is more than any percent of it, and a value that stays 0 has not changed",
}


def no_percent(written: Any, of: str) -> Any:
    """Refuse `if_zero_baseline` of a measure of which there is no percent; `of` is what it has instead of numbers."""
    if isinstance(written, Mapping) and "if_zero_baseline" in written:
        raise mistake(f"there is no percent of {of}", do="leave it out", at=("if_zero_baseline",))
    return written
