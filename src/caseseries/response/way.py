"""One way in which a question is asked: what of it the robustness grid may change."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.protocol.measure import DoseUnit
from caseseries.protocol.tree import Question
from caseseries.protocol.window import Window


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its window in force; of a rule read on visit days the unit of its doses, the windows of its other values, and what it asks."""

    question: Question
    window: Window | None = None
    dose: DoseUnit | None = None
    others: tuple[Window, ...] = ()
    inner: tuple[Asked, ...] = ()
