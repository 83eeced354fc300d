"""Response rules: one tree of yes, no and not evaluable.

The written form and the Python form (:mod:`caseseries.protocol.rule_form`) make the same objects:

>>> from caseseries.protocol.rule_form import decrease, gain, judged, measure, pct
>>> mmt, cmas, steroid, improved = measure("mmt"), measure("cmas"), measure("steroid"), judged("improved")
>>> rule = improved & ((gain(mmt) >= 4) & (gain(cmas) >= 4) | (decrease(steroid) > pct(15)))
>>> rule == parse({"all": [{"is": "improved"}, {"any": [{"all": [{"gain": "mmt", "at_least": "4 points"},
...     {"gain": "cmas", "at_least": "4 points"}]}, {"decrease": "steroid", "more_than": "15 % of baseline"}]}]})
True
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from caseseries.protocol.by_name import Published
from caseseries.protocol.compared import COMPARISONS as COMPARISONS
from caseseries.protocol.compared import Comparison as Comparison
from caseseries.protocol.held_rule import ForSoLong, OnVisits
from caseseries.protocol.rule_base import EACH as EACH
from caseseries.protocol.rule_base import RuleBase as RuleBase
from caseseries.protocol.rule_base import every_part as every_part
from caseseries.protocol.rule_base import for_measure, within
from caseseries.protocol.rule_base import parts_of as parts_of
from caseseries.protocol.rule_leaf import DIRECTIONS as DIRECTIONS
from caseseries.protocol.rule_leaf import MAY_BE_LEFT_OUT as MAY_BE_LEFT_OUT
from caseseries.protocol.rule_leaf import Change as Change
from caseseries.protocol.rule_leaf import ChangeIfMeasured as ChangeIfMeasured
from caseseries.protocol.rule_leaf import Direction as Direction
from caseseries.protocol.rule_leaf import Is as Is
from caseseries.protocol.rule_leaf import IsIfMeasured as IsIfMeasured
from caseseries.protocol.rule_leaf import Value as Value
from caseseries.protocol.rule_leaf import ValueIfMeasured as ValueIfMeasured
from caseseries.protocol.rule_question import Occurs as Occurs
from caseseries.protocol.rule_question import OfPatient as OfPatient
from caseseries.protocol.rule_question import Unchanged as Unchanged
from caseseries.protocol.score import Banded, Points, Sum, Summed
from caseseries.protocol.written import WHEN_READ, Count, Written, known_kind, mistake


def _not_left_out(part: RuleBase) -> RuleBase:
    """Refuse, as a part of `all`, `any` or a count of all parts, a comparison that may be left out."""
    if isinstance(part.rule if isinstance(part, Each) else part, MAY_BE_LEFT_OUT):
        do = "add `skipped: keep count` or `skipped: in proportion` beside `at_least` and `of`"
        raise mistake(f"{_LEFT_OUT}, which says how many of the others are needed", "a part without it", do)
    return part


class All(RuleBase):
    """Every part must hold."""

    all: tuple[Needed, ...] = Field(min_length=1)


class AnyOf(RuleBase):
    """At least one part must hold."""

    any: tuple[Needed, ...] = Field(min_length=1)


class Not(RuleBase):
    """The part must not hold; not evaluable stays not evaluable."""

    not_: Rule = Field(alias="not")


def _flat(kind: type[All] | type[AnyOf], rule: RuleBase) -> tuple[Any, ...]:
    if isinstance(rule, kind):
        return rule.all if isinstance(rule, All) else rule.any
    return (rule,)


RuleBase.joins |= {
    "all": lambda one, other: All(all=(*_flat(All, one), *_flat(All, other))),
    "any": lambda one, other: AnyOf(any=(*_flat(AnyOf, one), *_flat(AnyOf, other))),
    "not": lambda one: Not(not_=one),
}


class CountOf(RuleBase):
    """At least, at most or exactly k of the parts hold (`at_least: 3, of: [...]`)."""

    of: tuple[Needed, ...] = Field(min_length=1)
    at_least: Count | None = None
    at_most: Count | None = None
    exactly: Count | None = None

    @model_validator(mode="after")
    def _check(self) -> CountOf:
        bounds = [bound for bound in (self.at_least, self.at_most, self.exactly) if bound is not None]
        if len(bounds) != 1:
            raise mistake("exactly one bound is needed", "at_least, at_most, exactly")
        if bounds[0] > (n := len(parts_of(self))):
            bound = next(name for name in ("at_least", "at_most", "exactly") if getattr(self, name) is not None)
            raise mistake("the count is larger than the number of parts", f"0 to {n}", at=(bound,))
        return self


class CountOfMeasured(CountOf):
    """At least k of the parts hold, where parts that say so are left out if they were not measured.

    `keep count`: k of the others are needed; `in proportion`: as large a share of the others, rounded up (of 3 of 6 parts, 2 of 4).
    """

    of: tuple[Part, ...] = Field(min_length=1)
    skipped: Literal["keep count", "in proportion"]

    @model_validator(mode="after")
    def _some_left_out(self) -> CountOfMeasured:
        if not self.at_least:
            raise mistake(
                "parts are left out only where at least one is needed", "at_least: 1 or more", at=("skipped",)
            )
        if not any(isinstance(part, MAY_BE_LEFT_OUT) for part in parts_of(self)):
            do = "write `if_not_measured: skip` on each part that is left out where it was not measured"
            raise mistake("no part says that it may be left out", do=do, at=("skipped",))
        return self


class When(RuleBase):
    """One rule where a condition holds, and another where it does not.

    Where the condition is not evaluable there is an answer only if both rules give it.
    """

    when: Rule
    then: Rule
    otherwise: Rule


class ByName(Published):
    """A criterion of the catalogue (`{criterion: EULAR good response, with: {DAS28: das}}`); it is the rule that the catalogue writes out."""

    @property
    def rule(self) -> RuleBase:
        """The rule over the measures of the study."""
        made: RuleBase = parse(self.written)
        return made

    @property
    def parts(self) -> tuple[RuleBase, ...]:
        """The rule that it stands for."""
        return (self.rule,)

    @model_validator(mode="after")
    def _known(self) -> ByName:
        self.check()
        try:
            _ = self.rule
        except ValidationError as error:
            what = f"with these constants {self.entry.key} is no rule: {error.errors()[0]['msg']}"
            raise mistake(what, ", ".join(self.entry.constants), at=("constants",)) from None
        return self


class Worth(Written):
    """Points that a rule gives where it holds."""

    rule: Rule
    points: Sum

    @model_validator(mode="after")
    def _some(self) -> Worth:
        if self.points <= 0:
            what = "a rule gives points, and takes none away"
            raise mistake(what, "above 0", "give points where it does not hold: {not: ...}", at=("points",))
        return self


def _of_points(value: Any) -> str:
    if isinstance(value, Written):
        return "rule" if isinstance(value, Worth) else "bands"
    return "rule" if isinstance(value, dict) and "rule" in value else "bands"


class Score(Summed):
    """Points added up and compared (`{score: [{improves: pga, points: {more_than 5 % of range: 7.5}}, …], at_least: 45}`).

    A part that is not known makes the sum a range; there is an answer where both ends of it give the same.
    """

    score: tuple[
        Annotated[Annotated[Worth, Tag("rule")] | Annotated[Banded, Tag("bands")], Discriminator(_of_points)], ...
    ] = Field(min_length=1)

    @property
    def worth(self) -> tuple[tuple[tuple[RuleBase, Any], ...], ...]:
        """Of each part its rules, with the points that each adds."""
        return tuple(part.worth if isinstance(part, Banded) else ((part.rule, part.points),) for part in self.score)

    @property
    def parts(self) -> tuple[RuleBase, ...]:
        """The rules of all parts, in order."""
        return tuple(rule for part in self.worth for rule, _ in part)

    @property
    def points(self) -> Points:
        """What the rules of all parts are worth, in order, and what their sum is compared with."""
        worth = self.worth
        every = tuple(points for part in worth for _, points in part)
        return Points(every, tuple(len(part) for part in worth), self.comparison, self.limit)

    @model_validator(mode="after")
    def _within_reach(self) -> Score:
        most = self.points.most
        never = self.limit > most if self.comparison == "at_least" else self.limit >= most
        always = self.limit <= 0 if self.comparison in ("at_least", "less_than") else self.limit < 0
        if always or (never and self.comparison in ("at_least", "more_than")):
            raise mistake("no sum of these points can make a difference", f"0 to {most}", at=(self.comparison,))
        if never:
            raise mistake("every sum of these points is so", f"below {most}", at=(self.comparison,))
        return self


class Each(RuleBase):
    """One rule for each of several measures, as so many parts of a list; `each` in the rule stands for the measure."""

    each: tuple[str, ...] = Field(min_length=1)
    rule: Part

    @property
    def rules(self) -> tuple[RuleBase, ...]:
        """The rule for each measure, in order."""
        return tuple(for_measure(self.rule, name) for name in self.each)

    @property
    def stands_for(self) -> tuple[RuleBase, ...]:
        """Itself for each measure, in the list that it stands in."""
        return self.rules

    @model_validator(mode="after")
    def _of_each(self) -> Each:
        twice = [name for name in self.each if self.each.count(name) > 1]
        if twice:
            raise mistake(f"{twice[0]} is named twice", "each measure once", at=("each",))
        if any(isinstance(one, Each) for one in within(self.rule)):
            raise mistake("the rule of `each` holds another `each`", do="write one of them out", at=("rule",))
        if self.rules[0] == self.rule:
            do = "write `each` in place of the measure, such as {gain: each, at_least: 2 points}"
            raise mistake(
                "the rule does not name `each`", "a rule in which `each` stands for the measure", do, at=("rule",)
            )
        return self


def _event_or_rule(value: Any) -> str:
    return "event" if isinstance(value, str) else "rule"


class Held(RuleBase, OnVisits):
    """A rule that holds on visit days of a window (`{held: RULE, in: after, on: every visit}`); a leaf in it without `at` means that day."""

    held: Rule


class FreeOf(RuleBase, ForSoLong):
    """Somewhere in a window so many days without an event, or without a rule (`{free_of: flare, for: 56 days, in: after}`)."""

    free_of: Annotated[Annotated[str, Tag("event")] | Annotated[Rule, Tag("rule")], Discriminator(_event_or_rule)]


_LEFT_OUT = "`if_not_measured` belongs to a comparison in the list of `at_least … of` with `skipped`"
_TAGS = {
    "all": "all",
    "any": "any",
    "not": "not",
    "of": "of",
    "score": "score",
    "criterion": "criterion",
    "when": "when",
    "held": "held",
    "occurs": "occurs",
    "patient": "patient",
    "unchanged": "unchanged",
    "free_of": "free of",
    "is": "is",
    "value": "value",
} | dict.fromkeys(DIRECTIONS, "change")
#: The words that a rule begins with.
RULE_WORDS = tuple(_TAGS)
_COMPARISON_TAGS = ("is", "change", "value")
_CLASSES = {
    All: "all",
    AnyOf: "any",
    Not: "not",
    CountOf: "of",
    Score: "score",
    ByName: "criterion",
    When: "when",
    Held: "held",
    Occurs: "occurs",
    OfPatient: "patient",
    Unchanged: "unchanged",
    FreeOf: "free of",
    Is: "is",
    Change: "change",
    Value: "value",
}
_PART_CLASSES = {
    Each: "each",
    IsIfMeasured: "is if measured",
    ChangeIfMeasured: "change if measured",
    ValueIfMeasured: "value if measured",
}


def _kind(value: Any) -> str | None:
    if isinstance(value, RuleBase):
        return "of measured" if isinstance(value, CountOfMeasured) else _CLASSES.get(type(value))
    tag = next((tag for key, tag in _TAGS.items() if isinstance(value, dict) and key in value), None)
    return "of measured" if tag == "of" and "skipped" in value else tag


def _part_kind(value: Any) -> str:
    if isinstance(value, RuleBase):
        return _PART_CLASSES.get(type(value), "one")
    if isinstance(value, dict) and "each" in value and _kind(value) is None:
        return "each"
    skip = isinstance(value, dict) and "if_not_measured" in value and _kind(value) in _COMPARISON_TAGS
    return f"{_kind(value)} if measured" if skip else "one"


def _alone(value: Any) -> Any:
    """Refuse what has a meaning only in a list of parts."""
    made = type(value) if isinstance(value, RuleBase) else None
    if made is Each or (isinstance(value, dict) and "each" in value and _kind(value) is None):
        do = "write {all: [{each: …, rule: …}]}, or any, or at_least … of"
        raise mistake("`each` stands for several parts, so it stands in a list", "an item of all, any, of", do)
    if made in MAY_BE_LEFT_OUT or (isinstance(value, dict) and "if_not_measured" in value):
        raise mistake(_LEFT_OUT, "a rule without it")
    return value


Rule = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[CountOf, Tag("of")]
    | Annotated[CountOfMeasured, Tag("of measured")]
    | Annotated[Score, Tag("score")]
    | Annotated[ByName, Tag("criterion")]
    | Annotated[When, Tag("when")]
    | Annotated[Held, Tag("held")]
    | Annotated[Occurs, Tag("occurs")]
    | Annotated[OfPatient, Tag("patient")]
    | Annotated[Unchanged, Tag("unchanged")]
    | Annotated[FreeOf, Tag("free of")]
    | Annotated[Is, Tag("is")]
    | Annotated[Change, Tag("change")]
    | Annotated[Value, Tag("value")],
    Discriminator(_kind),
    known_kind(
        _kind, "not a rule", ", ".join(_TAGS), "begin with one of these, such as {gain: mmt, at_least: 4 points}"
    ),
    BeforeValidator(_alone),
]

#: An item of a list of parts: a rule, or what has a meaning only there.
Part = Annotated[
    Annotated[Rule, Tag("one")]
    | Annotated[Each, Tag("each")]
    | Annotated[IsIfMeasured, Tag("is if measured")]
    | Annotated[ChangeIfMeasured, Tag("change if measured")]
    | Annotated[ValueIfMeasured, Tag("value if measured")],
    Discriminator(_part_kind),
]

#: A part that is never left out.
Needed = Annotated[Part, AfterValidator(_not_left_out)]

_ADAPTER: TypeAdapter[Any] = TypeAdapter(Rule, config=WHEN_READ)


def parse(written: Any) -> Any:
    """A rule from its written form (a mapping as in protocol.yaml)."""
    return _ADAPTER.validate_python(written)
