"""Sentences about cases, told each time they are asked for: so that they follow the style of numbers in force there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True, eq=False)
class ToldAgain(Mapping[str, str]):
    """By case, what tells its sentence.

    >>> ToldAgain({"P1": "Good response".lower})["P1"]
    'good response'
    """

    tellers: Mapping[str, Callable[[], str]]

    def __getitem__(self, case_id: str) -> str:
        return self.tellers[case_id]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.tellers)

    def __len__(self) -> int:
        return len(self.tellers)


def renamed(sentences: Mapping[str, str], new: Mapping[str, str]) -> ToldAgain:
    """The sentences under the new ids of their cases, in the order of `new`.

    >>> dict(renamed({"P1": "Good response."}, {"P1": "2"}))
    {'2': 'Good response.'}
    """
    return ToldAgain({told: partial(sentences.__getitem__, case_id) for case_id, told in new.items()})
