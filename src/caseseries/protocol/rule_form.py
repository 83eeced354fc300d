"""Rules made in Python, as they are said: `(gain(mmt) >= 4) & judged("improved")`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Literal, overload

from caseseries.protocol.amount import Amount
from caseseries.protocol.rule import (
    EACH,
    ByName,
    Change,
    ChangeIfMeasured,
    Direction,
    Each,
    Held,
    Is,
    IsIfMeasured,
    RuleBase,
    Score,
    Value,
    ValueIfMeasured,
    When,
)
from caseseries.protocol.score import Banded
from caseseries.protocol.written import number


class _Measured:
    """A named measure, to build rules in Python."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Changing:
    """A change waiting for its threshold."""

    def __init__(self, word: str, name: str, **windows: str) -> None:
        self._written = {word: name, **windows}

    def __ge__(self, threshold: Any) -> Change:
        return Change.model_validate(self._written | {"at_least": threshold})

    def __gt__(self, threshold: Any) -> Change:
        return Change.model_validate(self._written | {"more_than": threshold})

    def __le__(self, threshold: Any) -> Change:
        return Change.model_validate(self._written | {"at_most": threshold})

    def __lt__(self, threshold: Any) -> Change:
        return Change.model_validate(self._written | {"less_than": threshold})


def _changing(word: Direction, of: object) -> _Changing:
    if not isinstance(of, _Measured):
        name = of if isinstance(of, str) else "name"
        raise TypeError(f'{word} is of a measure: write {word}(measure("{name}"))')
    return _Changing(word, of.name)


def measure(name: str) -> _Measured:
    """A measure by the name it has in the protocol."""
    return _Measured(name)


def judged(name: str) -> Is:
    """A judgement that must be yes."""
    return Is(is_=name)


def gain(of: _Measured) -> _Changing:
    """The rise of a measure since baseline."""
    return _changing("gain", of)


def decrease(of: _Measured) -> _Changing:
    """The fall of a measure since baseline."""
    return _changing("decrease", of)


def improves(of: _Measured) -> _Changing:
    """The change of a measure towards better, as the catalogue says."""
    return _changing("improves", of)


def worsens(of: _Measured) -> _Changing:
    """The change of a measure towards worse, as the catalogue says."""
    return _changing("worsens", of)


def pct(value: int | str | Fraction, of: Literal["baseline", "range"] = "baseline") -> Amount:
    """A threshold in percent of baseline (or of the instrument's range)."""
    return Amount(value=number(value), basis=of)


def when(condition: RuleBase, *, then: RuleBase, otherwise: RuleBase) -> When:
    """One rule where the condition holds, another where it does not."""
    return When.model_validate({"when": condition, "then": then, "otherwise": otherwise})


def score(*parts: Banded | tuple[RuleBase, Any], **reaches: Any) -> Score:
    """Points added up: rules with their points, or a measure with its bands; `at_least`, `more_than`, `at_most` or `less_than` so many.

    >>> score((judged("improved"), 5), (gain(measure("mmt")) >= 4, "7.5"), at_least=10).points.most
    Fraction(25, 2)
    """
    written = [part if isinstance(part, Banded) else {"rule": part[0], "points": part[1]} for part in parts]
    return Score.model_validate({"score": written, **reaches})


def by_name(criterion: str, measures: Mapping[str, _Measured], **reaches: Any) -> ByName:
    """A published criterion over the measures of its domains; of one that gives points `at_least`, and for a category `population`.

    >>> by_name("EULAR response", {"DAS28": measure("das")}).written["any"][0]
    {'improves': 'das', 'more_than': '1.2 points'}
    """
    named = {domain: one.name for domain, one in measures.items()}
    return ByName.model_validate({"criterion": criterion, "with": named, **reaches})


def each(measures: Iterable[_Measured], rule: Callable[[_Measured], RuleBase]) -> Each:
    """One rule for each of several measures, as parts of `&`, `|` or a count.

    >>> made = judged("improved") & each([measure("mmt"), measure("cmas")], lambda one: gain(one) >= 4)
    >>> made == judged("improved") & each(map(measure, ["mmt", "cmas"]), lambda one: gain(one) >= "4 points")
    True
    """
    return Each.model_validate({"each": tuple(one.name for one in measures), "rule": rule(_Measured(EACH))})


@overload
def if_measured(part: Is) -> IsIfMeasured: ...
@overload
def if_measured(part: Change) -> ChangeIfMeasured: ...
@overload
def if_measured(part: Value) -> ValueIfMeasured: ...


def if_measured(part: Is | Change | Value) -> IsIfMeasured | ChangeIfMeasured | ValueIfMeasured:
    """A comparison that is left out of a count where it was not measured."""
    kind = IsIfMeasured if isinstance(part, Is) else ChangeIfMeasured if isinstance(part, Change) else ValueIfMeasured
    written = {name: getattr(part, name) for name in type(part).model_fields if getattr(part, name) is not None}
    return kind.model_validate(written | {"if_not_measured": "skip"})


def held(rule: RuleBase, *, in_: str, **days: Any) -> Held:
    """A rule that must hold on visit days of a window: `on="every visit"`, `on="2 visits"`, or `lasting="28 days", gap="45 days"`.

    >>> held(gain(measure("mmt")) >= 4, in_="after", on="2 visits", apart="28 days").times
    2
    """
    return Held.model_validate({"held": rule, "in": in_, **days})
