"""What a cell is when it cannot be read as declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a cell was refused: what is wrong, what is allowed, and a reading that a person may accept.

    None of the texts holds the cell itself, except `proposal`.
    """

    what: str
    allowed: str = ""
    proposal: str = ""
    rule: str = "cell"


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that says why there is no value; `seen` says that the patient was seen all the same."""

    meaning: str
    seen: bool = False
