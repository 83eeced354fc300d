"""The attributes of patients as rules compare them: words without case and spacing, and none where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from caseseries.chart.tables import Person
from caseseries.protocol.unknown_words import says_unknown
from caseseries.protocol.written import folded


def known_attributes(person: Person) -> dict[str, str]:
    """The attributes of a patient that say something, by name.

    >>> known_attributes(Person("1", 1, attributes=(("course", " Poly  articular"), ("onset", "Unknown"), ("site", "not recorded"))))
    {'course': 'poly articular'}
    """
    told = {name: folded(word) for name, word in person.attributes}
    return {name: word for name, word in told.items() if word and not says_unknown(word)}


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


def spellings(people: Iterable[Person]) -> Mapping[str, Mapping[str, str]]:
    """How each word of each attribute is written: as most patients have it, then the first in order.

    >>> spellings([Person(str(place), 1, attributes=(("course", word),)) for place, word in enumerate(("acute", "Acute", "Acute "))])
    {'course': {'acute': 'Acute'}}
    """
    often: dict[str, dict[str, dict[str, int]]] = {}
    for person in people:
        plain = {name: " ".join(word.split()) for name, word in person.attributes}
        for name, word in known_attributes(person).items():
            written = often.setdefault(name, {}).setdefault(word, {})
            written[plain[name]] = written.get(plain[name], 0) + 1
    return {
        name: {word: min(written, key=lambda one: (-written[one], one)) for word, written in words.items()}
        for name, words in often.items()
    }
