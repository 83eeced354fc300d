"""The attributes of patients as rules compare them: words without case and spacing, and none where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caseseries.chart.tables import Person
from caseseries.protocol.written import UNKNOWN, folded


def known_attributes(person: Person) -> dict[str, str]:
    """The attributes of a patient that say something, by name.

    >>> known_attributes(Person("1", 1, attributes=(("course", " Poly  articular"), ("onset", "Unknown"), ("site", " "))))
    {'course': 'poly articular'}
    """
    told = {name: folded(word) for name, word in person.attributes}
    return {name: word for name, word in told.items() if word not in ("", UNKNOWN)}


def known_words(people: Iterable[Person]) -> Mapping[str, Mapping[str, int]]:
    """The words of each attribute, numbered from 1 in their order.

    >>> known_words([Person(one, 1, attributes=(("course", one),)) for one in ("b", "A", "unknown")])
    {'course': {'a': 1, 'b': 2}}
    """
    found: dict[str, set[str]] = {}
    for person in people:
        for name, word in known_attributes(person).items():
            found.setdefault(name, set()).add(word)
    return {
        name: {word: place for place, word in enumerate(sorted(words), start=1)}
        for name, words in sorted(found.items())
    }
