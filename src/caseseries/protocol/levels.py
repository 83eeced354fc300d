"""Levels and categories of an outcome as rules of yes and no: at least this level, exactly this one; any category, this one, two at once.

Kleene's logic then says when a level is known. With the rules of the better levels not met and its own met it is that level; where one of
them has no answer that matters, each level that some answer would give is still possible. A category is known where its own rule holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from caseseries.protocol.rule import RULE_WORDS, All, AnyOf, CountOf, Not, RuleBase
from caseseries.protocol.written import mistake

#: The rule of the last level: whoever has none of the levels above.
OTHERWISE = "otherwise"

#: What a case has of which no category holds.
NONE_OF_THEM = "none of them"


@dataclass(frozen=True, slots=True)
class Part:
    """What a verdict says of the levels `names` of an outcome, the first that is tried at place 0: at least, or exactly, the one at `place`.

    `good` says whether the outcome is wanted: then the first level is the best, else the worst. Categories are not `ordered`, and the last of
    their names is none of them: at least is any of them, and a third verdict says that `two` hold at once.
    """

    kind: Literal["at least", "exactly", "two"]
    place: int
    names: tuple[str, ...]
    good: bool | None
    ordered: bool = True

    @property
    def name(self) -> str:
        """The level that is meant."""
        return self.names[self.place]

    @property
    def suffix(self) -> str:
        """What stands behind the name of the outcome in that of the verdict."""
        if self.kind == "two":
            return " two categories at once"
        if self.kind == "at least" and not self.ordered:
            return " any category"
        return f" at least {self.name}" if self.kind == "at least" and self.place else f" {self.name}"

    @property
    def one(self) -> str:
        """What an answer is called: a level, or a category."""
        return "level" if self.ordered else "category"

    @property
    def widest(self) -> bool:
        """Whether it asks for any level but the last, and so for the rule of each."""
        return self.kind == "at least" and self.place == len(self.names) - 2

    def after(self, effect: str) -> bool | None:
        """What an intercurrent event makes of it: a responder has the first level, a non-responder the last; not wanted, the other way round.

        A non-responder has none of the categories; of a responder it is not said which.

        >>> part = Part("exactly", 1, ("good", "moderate", "none"), True)
        >>> part.after("responder"), part.after("non-responder"), part.after("not evaluable")
        (False, False, None)
        """
        if effect == "not evaluable" or (effect == "responder" and not self.ordered):
            return None
        if self.kind == "two":
            return False
        place = 0 if self.ordered and (effect == "responder") is (self.good is not False) else len(self.names) - 1
        return place <= self.place if self.kind == "at least" else place == self.place


def parts(names: Sequence[str], good: bool | None) -> tuple[Part, ...]:
    """The verdicts of an outcome with these levels: any but the last, then fewer and fewer, then each from the second on exactly.

    >>> [part.suffix for part in parts(["good", "moderate", "none"], None)]
    [' at least moderate', ' good', ' moderate', ' none']
    """
    told, last = tuple(names), len(names) - 1
    return (
        *(Part("at least", place, told, good) for place in reversed(range(last))),
        *(Part("exactly", place, told, good) for place in range(1, last + 1)),
    )


def parts_of_categories(categories: Sequence[str]) -> tuple[Part, ...]:
    """The verdicts of an outcome with categories: any of them, then each and none of them, then two at once.

    >>> [part.suffix for part in parts_of_categories(["relapse", "remission"])]
    [' any category', ' relapse', ' remission', ' none of them', ' two categories at once']
    """
    names = (*categories, NONE_OF_THEM)
    return (
        Part("at least", len(names) - 2, names, None, ordered=False),
        *(Part("exactly", place, names, None, ordered=False) for place in range(len(names))),
        Part("two", 0, names, None, ordered=False),
    )


def rule_of(part: Part, rules: Sequence[Any]) -> Any:
    """The rule of a verdict; `rules` are those of the levels but the last, or of the categories."""
    if part.kind == "two":
        return CountOf.model_construct(of=tuple(rules), at_least=2, at_most=None, exactly=None)
    if part.kind == "at least":
        return any_of(rules[: part.place + 1])
    if not part.ordered and part.place < len(rules):
        return rules[part.place]
    above = Not.model_construct(not_=any_of(rules[: part.place]))
    return above if part.place == len(rules) else All.model_construct(all=(above, rules[part.place]))


def any_of(rules: Sequence[Any]) -> Any:
    """The rule that any of these holds; a single one as it is."""
    return rules[0] if len(rules) == 1 else AnyOf.model_construct(any=tuple(rules))


def of_each(value: Any) -> Any:
    """Refuse, with advice, one rule where each of several names has its own."""
    if isinstance(value, dict) and any(key in RULE_WORDS and not _may_be_rule(one) for key, one in value.items()):
        raise mistake(
            "one rule where each of several has its own", "NAME: RULE, NAME: RULE, ...", "write each by its name"
        )
    return value


def _may_be_rule(value: Any) -> bool:
    return isinstance(value, dict | RuleBase) or value == OTHERWISE
