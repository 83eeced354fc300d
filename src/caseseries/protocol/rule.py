"""Response rules: one tree of yes, no and not evaluable.

The written form and the Python form make the same objects:

>>> mmt, cmas, steroid, improved = measure("mmt"), measure("cmas"), measure("steroid"), judged("improved")
>>> rule = improved & ((gain(mmt) >= 4) & (gain(cmas) >= 4) | (decrease(steroid) > pct(15)))
>>> rule == parse({"all": [{"is": "improved"}, {"any": [{"all": [{"gain": "mmt", "at_least": "4 points"},
...     {"gain": "cmas", "at_least": "4 points"}]}, {"decrease": "steroid", "more_than": "15 % of baseline"}]}]})
True
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    InstanceOf,
    PlainSerializer,
    PrivateAttr,
    SerializationInfo,
    Tag,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from caseseries.protocol.written import WHEN_READ, Count, Number, Written, decimal_text, known_kind, mistake, number

Basis = Literal["points", "baseline", "range"]
Direction = Literal["gain", "decrease", "rises", "falls", "improves", "worsens"]
Comparison = Literal["at_least", "more_than", "at_most", "less_than"]
DIRECTIONS: tuple[Direction, ...] = ("gain", "decrease", "rises", "falls", "improves", "worsens")
COMPARISONS: tuple[Comparison, ...] = ("at_least", "more_than", "at_most", "less_than")

_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(.*)")


class Amount(Written):
    """A threshold: so many points (or units), or percent of baseline, or percent of the instrument's range."""

    value: Number
    basis: Basis
    unit: str = ""
    #: Written as a number without a unit. Whether that can be meant depends on the measure: the protocol is checked for it.
    _bare: bool = PrivateAttr(default=False)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same amount, however it was written: 4 is 4 points."""
        if not isinstance(other, Amount):
            return NotImplemented
        return (self.value, self.basis, self.unit) == (other.value, other.basis, other.unit)

    def __hash__(self) -> int:
        return hash((self.value, self.basis, self.unit))

    def __str__(self) -> str:
        if self.basis == "points":
            return f"{decimal_text(self.value)} {self.unit or 'points'}"
        return f"{decimal_text(self.value)} % of {self.basis}"


def amount(written: Any) -> Amount:
    """A threshold from its written form.

    >>> str(amount("15 % of baseline")), str(amount("4 points")), str(amount("20% of range"))
    ('15 % of baseline', '4 points', '20 % of range')
    """
    if isinstance(written, Amount):
        return written
    if isinstance(written, (int, Fraction)) and not isinstance(written, bool):
        return _without_unit(number(written))
    found = _AMOUNT.fullmatch(str(written).strip())
    allowed = "4 points, 15 % of baseline, 20 % of range, or a number with the measure's unit"
    if not found:
        raise mistake("not a threshold", allowed)
    value, rest = number(found[1]), " ".join(found[2].split())
    if rest.startswith("%"):
        of = re.fullmatch(r"% of (baseline|range)", rest)
        if not of:
            raise mistake("percent of what is not said", allowed, "write `% of baseline` or `% of range`")
        return Amount(value=value, basis="baseline" if of[1] == "baseline" else "range")
    if not rest:
        return _without_unit(value)
    return Amount(value=value, basis="points", unit="" if rest in {"point", "points"} else rest)


def _without_unit(value: Fraction) -> Amount:
    bare = Amount(value=value, basis="points")
    bare._bare = True
    return bare


#: What `model_dump` is given as context so that a threshold without a unit is written without one.
AS_MADE = "as made"


def without_unit(written: object) -> bool:
    """Whether a threshold, as read or as written, is a number and nothing else.

    >>> without_unit("20"), without_unit("20 points"), without_unit(amount(20)), without_unit(pct(20))
    (True, False, True, False)
    """
    try:
        return amount(written)._bare
    except ValueError:
        return False


def _amount_text(value: Amount, info: SerializationInfo) -> str:
    return decimal_text(value.value, 9) if value._bare and info.context == AS_MADE else str(value)


AmountText = Annotated[
    InstanceOf[Amount],
    BeforeValidator(amount),
    PlainSerializer(_amount_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["4 points"]}),
]


class RuleBase(Written):
    """A node of the tree; joins with others by `&`, `|` and `~`."""

    def __and__(self, other: RuleBase) -> All:
        return All(all=(*_flat(All, self), *_flat(All, other)))

    def __or__(self, other: RuleBase) -> AnyOf:
        return AnyOf(any=(*_flat(AnyOf, self), *_flat(AnyOf, other)))

    def __invert__(self) -> Not:
        return Not(not_=self)

    def __bool__(self) -> NoReturn:
        raise TypeError("a rule is neither true nor false by itself: join rules with &, | and ~, not with and, or, not")


def _flat(kind: type[All] | type[AnyOf], rule: RuleBase) -> tuple[Any, ...]:
    if isinstance(rule, kind):
        return rule.all if isinstance(rule, All) else rule.any
    return (rule,)


class All(RuleBase):
    """Every part must hold."""

    all: tuple[Rule, ...] = Field(min_length=1)


class AnyOf(RuleBase):
    """At least one part must hold."""

    any: tuple[Rule, ...] = Field(min_length=1)


class Not(RuleBase):
    """The part must not hold; not evaluable stays not evaluable."""

    not_: Rule = Field(alias="not")


class CountOf(RuleBase):
    """At least, at most or exactly k of the parts hold (`at_least: 3, of: [...]`)."""

    of: tuple[Rule, ...] = Field(min_length=1)
    at_least: Count | None = None
    at_most: Count | None = None
    exactly: Count | None = None

    @model_validator(mode="after")
    def _check(self) -> CountOf:
        bounds = [bound for bound in (self.at_least, self.at_most, self.exactly) if bound is not None]
        if len(bounds) != 1:
            raise mistake("exactly one bound is needed", "at_least, at_most, exactly")
        if bounds[0] > len(self.of):
            bound = next(name for name in ("at_least", "at_most", "exactly") if getattr(self, name) is not None)
            raise mistake("the count is larger than the number of parts", f"0 to {len(self.of)}", at=(bound,))
        return self


class Is(RuleBase):
    """A judgement was yes at the assessment."""

    is_: str = Field(alias="is")
    at: str | None = None


class _Compared(RuleBase):
    at_least: AmountText | None = None
    more_than: AmountText | None = None
    at_most: AmountText | None = None
    less_than: AmountText | None = None

    @property
    def comparison(self) -> Comparison:
        """Which of the four comparisons is written."""
        return next(name for name in COMPARISONS if getattr(self, name) is not None)

    @property
    def threshold(self) -> Amount:
        """The amount it is compared with."""
        value: Amount = getattr(self, self.comparison)
        return value

    @model_validator(mode="after")
    def _one_comparison(self) -> _Compared:
        if sum(getattr(self, name) is not None for name in COMPARISONS) != 1:
            raise mistake("exactly one comparison is needed", ", ".join(COMPARISONS))
        return self


class Change(_Compared):
    """A change from one window to another: `gain` and `rises` upward, `decrease` and `falls` downward,
    `improves` and `worsens` in the direction the catalogue gives the measure."""

    gain: str | None = None
    decrease: str | None = None
    rises: str | None = None
    falls: str | None = None
    improves: str | None = None
    worsens: str | None = None
    from_: str = Field(default="baseline", alias="from")
    at: str | None = None

    @property
    def direction(self) -> Direction:
        """Which of the six words is written."""
        return next(word for word in DIRECTIONS if getattr(self, word) is not None)

    @property
    def measure(self) -> str:
        """The measure whose change is meant."""
        return str(getattr(self, self.direction))

    @model_validator(mode="after")
    def _one_direction(self) -> Change:
        if sum(getattr(self, word) is not None for word in DIRECTIONS) != 1:
            raise mistake("exactly one direction is needed", ", ".join(DIRECTIONS))
        return self


class Value(_Compared):
    """A value at the assessment, whatever it was before (`{value: cmas, at_least: 48 points}`)."""

    value: str
    at: str | None = None

    @model_validator(mode="after")
    def _not_of_baseline(self) -> Value:
        not_of_baseline(self.threshold)
        return self


def not_of_baseline(threshold: Amount) -> None:
    """Refuse a threshold of a value that only a change can have."""
    if threshold.basis == "baseline":
        raise mistake("a value is not compared with percent of baseline", "points, % of range", "use decrease or gain")


_TAGS = {"all": "all", "any": "any", "not": "not", "of": "of", "is": "is", "value": "value"} | dict.fromkeys(
    DIRECTIONS, "change"
)
#: The words that a rule begins with.
RULE_WORDS = tuple(_TAGS)
_CLASSES: dict[str, str] = {
    "All": "all",
    "AnyOf": "any",
    "Not": "not",
    "CountOf": "of",
    "Is": "is",
    "Change": "change",
    "Value": "value",
}


def _kind(value: Any) -> str | None:
    if isinstance(value, RuleBase):
        return _CLASSES[type(value).__name__]
    return next((tag for key, tag in _TAGS.items() if isinstance(value, dict) and key in value), None)


Rule = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[CountOf, Tag("of")]
    | Annotated[Is, Tag("is")]
    | Annotated[Change, Tag("change")]
    | Annotated[Value, Tag("value")],
    Discriminator(_kind),
    known_kind(
        _kind, "not a rule", ", ".join(_TAGS), "begin with one of these, such as {gain: mmt, at_least: 4 points}"
    ),
]

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Rule, config=WHEN_READ)


def parse(written: Any) -> Any:
    """A rule from its written form (a mapping as in protocol.yaml)."""
    return _ADAPTER.validate_python(written)


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


def pct(value: int | str | Fraction, of: Basis = "baseline") -> Amount:
    """A threshold in percent of baseline (or of the instrument's range)."""
    return Amount(value=number(value), basis=of)
