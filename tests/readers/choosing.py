"""What a drawn study is made of, chosen by Hypothesis or by a wish, and counted once it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

One = TypeVar("One")


@dataclass
class Chooser:
    """Draws, from Hypothesis or from a seeded generator; `wishes` decide single aspects beforehand.

    `reached` holds the options that came to stand in the files.
    """

    source: st.DataObject | Random
    wishes: Mapping[str, str] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)

    def aspect(self, name: str, options: Sequence[str]) -> str:
        """One option of an aspect that is counted; a wish that is not among the options is not granted here."""
        wish = self.wishes.get(name)
        chosen = wish if wish in options else self.one(options)
        self.reached.add(f"{name}: {chosen}")
        return chosen

    def one(self, options: Sequence[One]) -> One:
        """One of several, not counted."""
        if isinstance(self.source, Random):
            return self.source.choice(options)
        return self.source.draw(st.sampled_from(options))

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        if isinstance(self.source, Random):
            return self.source.randint(low, high)
        return self.source.draw(st.integers(low, high))

    def yes(self) -> bool:
        """Yes or no."""
        return self.one([False, True])

    def shuffled(self, things: Sequence[One]) -> list[One]:
        """In another order."""
        return sorted(things, key=lambda _: self.number(0, 999))


def options(aspects: Mapping[str, Sequence[Any]]) -> list[str]:
    """Every option of every aspect, as they are counted."""
    return [f"{name}: {option}" for name, every in aspects.items() for option in every]
