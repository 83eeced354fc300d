"""What every node of a response rule can do: join with others by `&`, `|` and `~`, and name the rules in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NoReturn

from caseseries.protocol.amount import Amount
from caseseries.protocol.written import Written

#: What stands for the measure in the rule of `each`.
EACH = "each"
#: The fields of comparisons that name a measure.
NAMES_A_MEASURE = frozenset(
    ("is_", "value", "gain", "decrease", "rises", "falls", "improves", "worsens"),
)


class RuleBase(Written):
    """A node of the tree; joins with others by `&`, `|` and `~`."""

    #: How two rules are joined by `all` and by `any`, and one is turned by `not`; set where these are, because they hold rules themselves.
    joins: ClassVar[dict[str, Callable[..., Any]]] = {}

    def __and__(self, other: RuleBase) -> Any:
        return self.joins["all"](self, other)

    def __or__(self, other: RuleBase) -> Any:
        return self.joins["any"](self, other)

    def __invert__(self) -> Any:
        return self.joins["not"](self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a rule is neither true nor false by itself: join rules with &, | and ~, not with and, or, not")

    @property
    def stands_for(self) -> tuple[RuleBase, ...]:
        """The rules that it is in the list it stands in: itself, or one for each of several measures."""
        return (self,)

    @property
    def parts(self) -> tuple[RuleBase, ...]:
        """The rules directly in it, in order."""
        return tuple(one for part in held_in(self) if isinstance(part, RuleBase) for one in part.stands_for)


def held_in(written: Written) -> Iterator[Written]:
    """What is directly in a rule, or in a part of one, as written."""
    for name in type(written).model_fields:
        value = getattr(written, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Written) and not isinstance(one, Amount):
                yield one


def within(written: Written) -> Iterator[Written]:
    """A rule and everything in it, as written."""
    yield written
    for one in held_in(written):
        yield from within(one)


def parts_of(rule: RuleBase) -> tuple[RuleBase, ...]:
    """The rules directly in a rule, in order; one for each measure in place of `each`.

    >>> from caseseries.protocol.rule import parse
    >>> [part.gain for part in parts_of(parse({"any": [{"each": ["mmt", "cmas"], "rule": {"gain": "each", "at_least": "4 points"}}]}))]
    ['mmt', 'cmas']
    """
    return rule.parts


def every_part(rule: RuleBase) -> Iterator[RuleBase]:
    """A rule and every rule in it; one for each measure in place of `each`."""
    yield rule
    for part in rule.parts:
        yield from every_part(part)


def for_measure(rule: Any, measure: str) -> Any:
    """The rule with the measure in place of `each`."""

    def put(name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(put(name, one) for one in value)
        if isinstance(value, Written) and not isinstance(value, Amount):
            return for_measure(value, measure)
        return measure if value == EACH and name in NAMES_A_MEASURE else value

    return rule.model_copy(update={name: put(name, getattr(rule, name)) for name in type(rule).model_fields})
