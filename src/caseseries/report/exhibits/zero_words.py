"""What a percent of a value of 0 before was, as the Methods say it."""

from __future__ import annotations

from collections.abc import Collection

from caseseries.protocol.zero_baseline import IfZero
from caseseries.report.exhibits.words import listed, measure_name
from caseseries.summary.model import Summary


def zero_words(summary: Summary, used: Collection[str]) -> str:
    """A sentence for each choice that measures other than doses declare; empty where none does."""
    names: dict[IfZero, list[str]] = {}
    for name, facts in summary.measures.items():
        if facts.if_zero is not None and facts.kind != "dose" and name in used:
            names.setdefault(facts.if_zero, []).append(measure_name(summary.measures, name))
    return "".join(f" {zero_told(choice, f'zero before, for {listed(of)},')}" for choice, of in names.items())


def zero_told(choice: IfZero, zero: str) -> str:
    """One choice in a sentence; `zero` is what is 0."""
    if choice == "any rise counts":
        return f"Any rise from {zero} counted as one of more than any percentage, and a value that stayed there as no change."
    return f"A percentage of {zero} counted as {choice}."
