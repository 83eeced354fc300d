"""One outcome at several time points: the answers of a case in a row, whether it was ever met, and when first.

>>> ever("n?y"), first_met("n?y"), ever("n?"), ever("nu"), ever("no"), ever("uo"), ever("oo")
('yes', (2, True), 'not evaluable', 'not evaluable', 'no', 'denominator not known', 'outside')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

#: The letter of each answer in a row of them.
LETTERS: Final = {"yes": "y", "no": "n", "not evaluable": "?", "outside": "o", "denominator not known": "u"}

Ever = Literal["yes", "no", "not evaluable", "denominator not known", "outside"]


def ever(answers: str) -> Ever:
    """Whether it was met at any time point: no only where it was not at every one at which the case counts."""
    if "y" in answers:
        return "yes"
    if "?" in answers or {"n", "u"} <= set(answers):
        return "not evaluable"
    return "no" if "n" in answers else "denominator not known" if "u" in answers else "outside"


def first_met(answers: str) -> tuple[int, bool] | None:
    """The place of the first time point at which it was met, and whether it may have been met before; None where it was not seen to be met."""
    place = answers.find("y")
    return None if place < 0 else (place, any(one in answers[:place] for one in "?u"))


def furthest_level(names: Sequence[str], rows: Sequence[str]) -> str:
    """The furthest level that a case reached, of `names` in their order; `rows` are its answers to at least each but the last.

    >>> furthest_level(["good", "moderate", "none"], ["nn", "ny"]), furthest_level(["good", "moderate", "none"], ["n?", "ny"])
    ('moderate', 'at least moderate')
    """
    perhaps = False
    for name, row in zip(names, rows, strict=False):
        found = ever(row)
        if found == "yes":
            return f"{'at least ' if perhaps else ''}{name}"
        if found in ("outside", "denominator not known"):
            return found
        perhaps |= found == "not evaluable"
    return "not evaluable" if perhaps else names[-1]
