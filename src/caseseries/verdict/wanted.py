"""The words for an outcome's answers: responder and non-responder only where the protocol says that it is wanted.

An outcome of which nobody said so is met or not met. One that is not wanted is met, which is bad, or avoided.
"""

from __future__ import annotations

from caseseries.verdict.trace import Truth

#: One case by its answer, by whether the outcome is wanted.
_ONE: dict[bool | None, dict[Truth, str]] = {
    True: {True: "responder", False: "non-responder", None: "not evaluable"},
    None: {True: "met", False: "not met", None: "not evaluable"},
    False: {True: "met (unwanted)", False: "avoided", None: "not evaluable"},
}
_MANY: dict[bool | None, str] = {True: "responders", None: "met", False: "met (unwanted)"}


def answered(truth: Truth, good: bool | None) -> str:
    """One case's answer in words.

    >>> answered(True, True), answered(True, None), answered(True, False), answered(False, False)
    ('responder', 'met', 'met (unwanted)', 'avoided')
    """
    return _ONE[good][truth]


def those_met(good: bool | None) -> str:
    """What the cases of which an outcome is met are called together: `responders`, `met`.

    >>> those_met(True), those_met(None)
    ('responders', 'met')
    """
    return _MANY[good]


def counted_as(truth: bool, good: bool | None) -> str:
    """What a case that is not evaluable is counted as in an extreme: `responders`, `not met`.

    >>> counted_as(False, True), counted_as(False, None)
    ('non-responders', 'not met')
    """
    return f"{_ONE[True][truth]}s" if good else _ONE[good][truth]


def extremes(good: bool | None) -> tuple[str, str]:
    """The names of the two extremes, the smaller share first: of a wanted outcome it is the worst case, of an unwanted one the best.

    >>> extremes(True), extremes(None), extremes(False)
    (('worst', 'best'), ('lowest', 'highest'), ('best', 'worst'))
    """
    return ("worst", "best") if good else ("lowest", "highest") if good is None else ("best", "worst")


def in_words(text: str, good: bool | None) -> str:
    """A change of answer as counted (`responder → not evaluable`) in the outcome's words.

    >>> in_words("non-responder → responder", None)
    'not met → met'
    """
    words = {told: answered(truth, good) for truth, told in _ONE[True].items()}
    return " → ".join(words.get(part, part) for part in text.split(" → "))
