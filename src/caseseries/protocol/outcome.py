"""Outcomes: a verdict by a rule, levels by several, a change, a value at one time, a time to an event, spells; count outcomes may wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, PrivateAttr, Tag, model_validator

from caseseries.protocol.event_count import EventCountOutcome
from caseseries.protocol.intercurrent import effect_answer
from caseseries.protocol.levels import OTHERWISE, Part, any_of, of_each, parts, parts_of_categories, rule_of
from caseseries.protocol.rule import Rule
from caseseries.protocol.spells import SpellsOutcome
from caseseries.protocol.strata import By
from caseseries.protocol.time_to import TimeToOutcome
from caseseries.protocol.trajectory import TrajectoryOutcome
from caseseries.protocol.written import Written, YesNo, known_kind, mistake


class VerdictOutcome(Written):
    """Responder, non-responder or not evaluable at a window, by a rule.

    `readings` are other ways to read the same published sentence, reported beside the rule. `among` limits the
    denominator to cases for which another rule holds, such as those affected at baseline. `good` says whether it is wanted that the
    outcome is met; the words, the colours, the worst and the best case, and what an event such as death does follow. `by` tells the
    answers apart by sex or by an attribute of the patients. The same rule is asked at each window of `also_at` too, each time as a verdict by
    itself (`response at month 3`), and all are told side by side.
    """

    at: str
    rule: Rule
    good: YesNo | None = None
    readings: dict[str, Rule] = {}
    among: Rule | None = None
    by: By | None = None
    also_at: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> VerdictOutcome:
        _once(self.at, self.also_at)
        return self

    def at_each(self, name: str) -> dict[str, VerdictOutcome]:
        """The verdict of this name at the windows of `also_at`, by the name that each has there."""
        alone: dict[str, Any] = {"also_at": (), "by": None}
        return {name_at(name, window): self.model_copy(update={"at": window, **alone}) for window in self.also_at}

    @property
    def part(self) -> Part | None:
        """What it says of the levels of an outcome; None of a verdict by itself."""
        return None

    @property
    def beside(self) -> tuple[Any, ...]:
        """The rules of all levels under every reading, which are judged at one visit."""
        return ()

    def after(self, effect: str) -> bool | None:
        """The answer of a case in which an event with this effect decides."""
        return effect_answer(effect, self.good)


def _once(at: str, also_at: tuple[str, ...]) -> None:
    if len({at, *also_at}) <= len(also_at):
        raise mistake("the same window twice", do="name each once", at=("also_at",))


def name_at(name: str, window: str) -> str:
    """The name of an outcome at another time point.

    >>> name_at("response", "month 3")
    'response at month 3'
    """
    return f"{name} at {window}"


class LevelVerdict(VerdictOutcome):
    """A verdict on the levels of an outcome; never written, but made from a :class:`LevelsOutcome`."""

    _part: Part = PrivateAttr()
    _beside: tuple[Any, ...] = PrivateAttr()

    @property
    def part(self) -> Part:
        """At least, or exactly, which level."""
        return self._part

    @property
    def beside(self) -> tuple[Any, ...]:
        """The rules of all levels under every reading."""
        return self._beside

    def after(self, effect: str) -> bool | None:
        """Whether the level that an event with this effect gives is the one asked for."""
        return self._part.after(effect)


def _rule_or_otherwise(value: Any) -> str:
    return "otherwise" if isinstance(value, str) else "rule"


LevelRule = Annotated[
    Annotated[Literal["otherwise"], Tag("otherwise")] | Annotated[Rule, Tag("rule")], Discriminator(_rule_or_otherwise)
]


Levels = Annotated[dict[str, LevelRule], BeforeValidator(of_each)]


class Several(Written):
    """An outcome whose answer is one of several: taken apart into verdicts, of which the stages see no more than of any other."""

    at: str
    among: Rule | None = None
    by: By | None = None
    _verdicts: tuple[LevelVerdict, ...] = PrivateAttr(default=())

    def at_each(self, name: str) -> dict[str, Several]:
        """The outcome of this name at further time points, by the name that it has at each."""
        return {}

    @property
    def names(self) -> tuple[str, ...]:
        """Every answer, the last one that of the cases of which no rule holds."""
        return self._verdicts[0].part.names

    @property
    def ways(self) -> dict[str, tuple[Any, ...]]:
        """The rules of all answers but the last, as written (under "") and by reading."""
        raise NotImplementedError

    @property
    def verdicts(self) -> tuple[LevelVerdict, ...]:
        """At least each level, the widest first, or any category; then exactly each."""
        return self._verdicts

    def at_least(self, name: str) -> tuple[str, ...]:
        """The names of its verdicts `at least`, of the outcome of this name, by the place of the level; of categories any of them alone."""
        return tuple(f"{name}{one.part.suffix}" for one in reversed(self._verdicts) if one.part.kind == "at least")

    def exactly(self, name: str) -> tuple[str, ...]:
        """The names of its verdicts `exactly`, by the place of the level; at least the first level is exactly the first."""
        found = tuple(f"{name}{one.part.suffix}" for one in self._verdicts if one.part.kind == "exactly")
        return found if len(found) == len(self.names) else (self.at_least(name)[0], *found)

    def _apart(self, of: tuple[Part, ...], good: bool | None) -> tuple[LevelVerdict, ...]:
        readings = [reading for reading in self.ways if reading]
        written = list(self.ways.values())
        found = []
        for part in of:
            rule, *others = (rule_of(part, one) for one in written)
            verdict = LevelVerdict.model_construct(
                at=self.at,
                rule=rule,
                good=good,
                readings=dict(zip(readings, others, strict=True)),
                among=self.among,
                by=self.by,
            )
            verdict._part, verdict._beside = part, tuple(any_of(one) for one in written)
            found.append(verdict)
        return tuple(found)


class LevelsOutcome(Several):
    """The first of several levels that holds, such as good, moderate or none, at a window.

    The last one is `otherwise`. `readings` are other rules for the same levels; `good` says whether the first level is the best (yes) or the
    worst (no); `among` and `also_at` are as for a verdict.
    """

    #: The mappings of which the order decides, and so counts in the fingerprint.
    order_counts: ClassVar[tuple[str, ...]] = ("levels",)

    levels: Levels
    good: YesNo | None = None
    readings: dict[str, Levels] = {}
    also_at: tuple[str, ...] = ()

    def at_each(self, name: str) -> dict[str, Several]:
        """The outcome at the windows of `also_at`, by the name that it has at each."""
        alone: dict[str, Any] = {"also_at": (), "by": None}
        return {name_at(name, window): self.model_copy(update={"at": window, **alone}) for window in self.also_at}

    @model_validator(mode="after")
    def _check(self) -> LevelsOutcome:
        _once(self.at, self.also_at)
        _ordered(self.levels, ("levels",))
        for reading, levels in self.readings.items():
            _ordered(levels, ("readings", reading))
            if list(levels) != list(self.levels):
                names = ", ".join(self.levels)
                raise mistake("a reading has the same levels in the same order", names, at=("readings", reading))
        self._take_apart()
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> LevelsOutcome:
        """A copy, taken apart anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied._take_apart()
        return copied

    @property
    def ways(self) -> dict[str, tuple[Any, ...]]:
        """The rules of all levels but the last."""
        written = {"": self.levels, **self.readings}
        return {reading: tuple(levels.values())[:-1] for reading, levels in written.items()}

    def _take_apart(self) -> None:
        self._verdicts = self._apart(parts(list(self.levels), self.good), self.good)


class CategoriesOutcome(Several):
    """One of several categories without an order, of which no two hold at once, or none of them, at a window.

    `readings` are other rules for the same categories; `among` is as for a verdict.
    """

    categories: Annotated[dict[str, Rule], BeforeValidator(of_each)]
    readings: dict[str, Annotated[dict[str, Rule], BeforeValidator(of_each)]] = {}

    @model_validator(mode="after")
    def _check(self) -> CategoriesOutcome:
        if len(self.categories) < 2:
            do = "write `rule` for one"
            raise mistake("one category is a verdict", "two or more", do, at=("categories",))
        for reading, categories in self.readings.items():
            if set(categories) != set(self.categories):
                names = ", ".join(self.categories)
                raise mistake("a reading has the same categories", names, at=("readings", reading))
        self._take_apart()
        return self

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> CategoriesOutcome:
        """A copy, taken apart anew."""
        copied = super().model_copy(update=update, deep=deep)
        copied._take_apart()
        return copied

    @property
    def ways(self) -> dict[str, tuple[Any, ...]]:
        """The rules of all categories, in one order."""
        written = {"": self.categories, **self.readings}
        return {reading: tuple(rules[name] for name in self.categories) for reading, rules in written.items()}

    def _take_apart(self) -> None:
        self._verdicts = self._apart(parts_of_categories(list(self.categories)), None)

    def two(self, name: str) -> str:
        """The name of its verdict that two categories hold at once, of the outcome of this name."""
        return f"{name}{self._verdicts[-1].part.suffix}"


def _ordered(levels: Mapping[str, Any], at: tuple[str, ...]) -> None:
    """Refuse levels that are no choice between several, or of which the last is not `otherwise`."""
    names = list(levels)
    if len(names) < 2:
        raise mistake("one level is no choice", "two or more, the last one `otherwise`", at=at)
    for name in names[:-1]:
        if levels[name] == OTHERWISE:
            do = "write it last: nothing behind it could be reached"
            raise mistake("`otherwise` is not the last level", "a rule", do, at=(*at, name))
    if levels[names[-1]] != OTHERWISE:
        do = "add a last level for all others, such as `none: otherwise`"
        raise mistake("the last level is not `otherwise`", OTHERWISE, do, at=(*at, names[-1]))


class ChangeOutcome(Written):
    """The change of one measure from one window to another, of the cases for which the rule `among` holds where there is one.

    `percent` tells it in percent of the value before too, and `paired_t` the paired t test beside the exact ones.
    """

    change: str
    at: str
    from_: str = Field(default="baseline", alias="from")
    among: Rule | None = None
    percent: YesNo = False
    paired_t: YesNo = False


class DescribeOutcome(Written):
    """The value of one measure at one time, of the cases for which the rule `among` holds where there is one.

    It is told of all of them, and by the answer of the first verdict where the protocol has one.
    """

    describe: str
    at: str
    among: Rule | None = None


class PendingOutcome(Written):
    """An outcome of a kind that is not computed yet, declared so that the report can say so."""

    time_to: str | None = None
    count: str | None = None
    at: str | None = None
    pending: Literal["yes"] | YesNo


_KINDS = (
    ("pending", "pending"),
    ("rule", "verdict"),
    ("levels", "levels"),
    ("categories", "categories"),
    ("change", "change"),
    ("describe", "describe"),
    ("trajectory", "trajectory"),
    ("time_to", "time to"),
    ("spells", "spells"),
    ("count", "event count"),
)


def _kind(value: Any) -> str | None:
    for key, tag in _KINDS:
        if (isinstance(value, dict) and key in value) or getattr(value, key, None) is not None:
            return tag
    return None


Outcome = Annotated[
    Annotated[VerdictOutcome, Tag("verdict")]
    | Annotated[LevelsOutcome, Tag("levels")]
    | Annotated[CategoriesOutcome, Tag("categories")]
    | Annotated[ChangeOutcome, Tag("change")]
    | Annotated[DescribeOutcome, Tag("describe")]
    | Annotated[TrajectoryOutcome, Tag("trajectory")]
    | Annotated[TimeToOutcome, Tag("time to")]
    | Annotated[SpellsOutcome, Tag("spells")]
    | Annotated[EventCountOutcome, Tag("event count")]
    | Annotated[PendingOutcome, Tag("pending")],
    Discriminator(_kind),
    known_kind(
        _kind,
        "what kind of outcome this is, is not said",
        "rule, levels, categories, change, describe, trajectory, time_to, spells, count",
        "give a `rule` for a verdict, `levels` or `categories` for one of several, a `change` of a measure, a measure to `describe` at one time, "
        "its `trajectory`, "
        "`time_to` a rule or an event, or `spells` in states",
    ),
]
