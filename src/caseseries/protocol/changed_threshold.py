"""One threshold of a rule changed: a new protocol, as if it had been written so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from pydantic import ValidationError

from caseseries.errors import Problem, ProtocolError
from caseseries.protocol.amount import amount, value_amount
from caseseries.protocol.outcome import CategoriesOutcome, LevelsOutcome, Several, VerdictOutcome
from caseseries.protocol.problems import from_validation_error
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import COMPARISONS, ByName, Change, Each, RuleBase, Score, Value, every_part
from caseseries.protocol.yaml import read

Leaf = Change | Value
_WRITTEN = "the threshold"


def changed_threshold(
    protocol: Protocol,
    outcome: str,
    measure: str | None,
    bound: Mapping[str, Any],
    *,
    was: Any = None,
    reading: str | None = None,
) -> Protocol:
    """The protocol with another threshold of one measure in the rule of an outcome, or in one of its readings.

    `bound` is one comparison and its amount, such as ``{"at_least": "30 % of baseline"}``. A measure of which the rule has several
    thresholds is told by the one that it `was`; equal ones are changed together.

    Raises:
        ProtocolError: there is no such outcome, reading or threshold, or several; the new one is not written as it must be.
    """
    found = protocol.outcomes.get(outcome)
    if not isinstance(found, VerdictOutcome | LevelsOutcome | CategoriesOutcome):
        named = [name for name, one in protocol.outcomes.items() if isinstance(one, VerdictOutcome | Several)]
        raise _wrong(Problem(f"there is no verdict {outcome!r}", allowed=", ".join(named) or "none"))
    field = "rule" if isinstance(found, VerdictOutcome) else "levels"
    field = "categories" if isinstance(found, CategoriesOutcome) else field
    ways: dict[str | None, Any] = {None: getattr(found, field)}
    ways.update(found.readings)
    if reading not in ways:
        other = ", ".join(str(name) for name in ways if name is not None)
        raise _wrong(Problem(f"there is no reading {reading!r} of {outcome!r}", allowed=other or "none"))
    way = ways[reading]
    rules = [rule for rule in way.values() if isinstance(rule, RuleBase)] if field != "rule" else [way]
    old = _asked(rules, outcome, measure, was)
    new = _leaf(old, bound)
    if field != "rule":
        way = {name: _replaced(rule, old, new) if isinstance(rule, RuleBase) else rule for name, rule in way.items()}
    else:
        way = _replaced(way, old, new)
    changed = {field: way} if reading is None else {"readings": {**found.readings, reading: way}}
    return protocol.model_copy(update={"outcomes": {**protocol.outcomes, outcome: found.model_copy(update=changed)}})


def _asked(rules: Sequence[RuleBase], outcome: str, measure: str | None, was: Any) -> Leaf:
    """The one threshold that is meant, of all levels of an outcome; equal ones are one."""
    leaves = [leaf for rule in rules for leaf in _leaves(rule)]
    if any(_in_score(rule, leaf) for rule in rules for leaf in leaves if measure in (None, _measure(leaf))):
        what = f"a threshold of {outcome!r} is a band of a score, whose points go together"
        raise _wrong(Problem(what, do="write the score with the other bands"))
    meant = [leaf for leaf in leaves if measure is None or _measure(leaf) == measure]
    if was is not None:
        before = _amount(was, grades=any(leaf.threshold.basis == "grade" for leaf in leaves))
        meant = [leaf for leaf in meant if leaf.threshold == before]
    different = list({_words(leaf): leaf for leaf in meant}.values())
    if len(different) == 1:
        return different[0]
    of = f" of {measure!r}" if measure is not None else ""
    listed = "; ".join(dict.fromkeys(_words(leaf) for leaf in (meant or leaves))) or "none"
    what = f"the rule of {outcome!r} has {'several thresholds' if different else 'no such threshold'}{of}"
    do = "name the measure, or which one by `was`" if different else ""
    raise _wrong(Problem(what, allowed=listed, do=do))


def _amount(was: Any, *, grades: bool) -> Any:
    try:
        return value_amount(was) if grades else amount(was)
    except ValueError as wrong:
        raise _wrong(Problem(f"`was` is no threshold: {wrong}")) from None


def _leaf(old: Leaf, bound: Mapping[str, Any]) -> Leaf:
    """A comparison of the values that `old` compares with another amount, validated as one that was written."""
    given = {name: value for name, value in bound.items() if value is not None}
    if len(given) != 1 or not set(given) <= set(COMPARISONS):
        raise _wrong(Problem("exactly one comparison is needed", allowed=", ".join(COMPARISONS)))
    kept = {
        name: value
        for name, value in old.model_dump(by_alias=True, exclude_none=True).items()
        if name not in COMPARISONS
    }
    ((name, value),) = given.items()
    plain = value
    if isinstance(value, float):  # as it is printed, exactly; a float that is no number is refused as text
        plain = Fraction(str(value)) if isfinite(value) else str(value)
    try:
        return type(old).model_validate({**kept, name: plain})
    except ValidationError as error:
        document = read(json.dumps({**kept, name: str(plain)}), file=_WRITTEN)
        raise ProtocolError(
            f"{_WRITTEN.capitalize()} is not changed.", from_validation_error(error, document, type(old))
        ) from None


def _leaves(rule: RuleBase) -> Iterator[Leaf]:
    return (part for part in every_part(rule) if isinstance(part, Change | Value))


def _in_score(rule: RuleBase, leaf: Leaf) -> bool:
    """Whether a comparison is in a part of a score."""
    scores = (part for part in every_part(rule) if isinstance(part, Score))
    return any(one is leaf or one == leaf for score in scores for one in _leaves(score))


def _replaced(rule: RuleBase, old: Leaf, new: Leaf) -> RuleBase:
    """The rule with one comparison in place of another; an `each` of which one measure changes is written out."""
    if isinstance(rule, Change | Value):
        return new if _words(rule) == _words(old) else rule

    if isinstance(rule, ByName) and any(_words(leaf) == _words(old) for leaf in _leaves(rule)):
        return _replaced(rule.rule, old, new)

    def parts(part: Any) -> tuple[Any, ...]:
        if not isinstance(part, Each):
            return (_replaced(part, old, new) if isinstance(part, RuleBase) else part,)
        changed = tuple(_replaced(one, old, new) for one in part.rules)
        return (part,) if changed == part.rules else changed

    fields = {name: getattr(rule, name) for name in type(rule).model_fields}
    return rule.model_copy(
        update={
            name: tuple(one for part in value for one in parts(part)) if isinstance(value, tuple) else parts(value)[0]
            for name, value in fields.items()
        }
    )


def _measure(leaf: Leaf) -> str:
    return leaf.measure if isinstance(leaf, Change) else leaf.value


def _words(leaf: Leaf) -> str:
    """A threshold as it is written.

    >>> from caseseries.protocol.rule_form import gain, measure
    >>> _words(gain(measure("mmt")) >= 4)
    '{gain: mmt, from: baseline, at_least: 4 points}'
    """
    written = leaf.model_dump(by_alias=True, exclude_none=True)
    written |= {name: written.pop(name) for name in COMPARISONS if name in written}  # last
    return f"{{{', '.join(f'{name}: {value}' for name, value in written.items())}}}"


def _wrong(problem: Problem) -> ProtocolError:
    return ProtocolError("The threshold is not changed.", [problem])
