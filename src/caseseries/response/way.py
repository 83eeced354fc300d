"""One way in which a question is asked: what of it the robustness grid may change."""

from __future__ import annotations

from dataclasses import dataclass

from caseseries.protocol.measure import DoseUnit
from caseseries.protocol.tree import HeldRule, Question
from caseseries.protocol.window import Window


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its window in force; of a rule read on visit days the unit of its doses, the windows of its other values, and what it asks."""

    question: Question
    window: Window | None = None
    dose: DoseUnit | None = None
    others: tuple[Window, ...] = ()
    inner: tuple[Asked, ...] = ()


def tables_of(question: Question) -> tuple[str, ...]:
    """The tables that an answer is kept in; the last one where a rule that is held looks back from its visits."""
    back = isinstance(question, HeldRule) and bool(question.tree.looked_back)
    return ("answer", "answer_day", "answer_back") if back else ("answer", "answer_day")
