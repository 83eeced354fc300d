"""A published criterion by its name: the rule of the catalogue over the measures of the study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from pydantic import Field

from caseseries import catalogue
from caseseries.protocol.rule_base import NAMES_A_MEASURE, RuleBase, within
from caseseries.protocol.score import points_alone
from caseseries.protocol.written import Number, decimal_text, folded, mistake, number

#: Of a criterion that gives points, the words before what its sum is compared with.
REACHES = "at_least"


class Published(RuleBase):
    """What names a criterion: its key, name or alias; the study's measure of each domain; for points, what they must reach.

    `at_least` is a number of points or the name of a category (`moderate`), which `population` tells apart where there are several.
    `constants` are the study's own numbers in place of those that the catalogue only recalls. `ranges` says of a domain over which range a percent of
    range is counted where the measure has none, as 15 times the upper limit of normal for creatine kinase.
    """

    criterion: str
    with_: dict[str, str] = Field(alias="with", default_factory=dict)
    at_least: str | None = None
    population: str | None = None
    constants: dict[str, Number] = Field(default_factory=dict)
    ranges: dict[str, Number] = Field(default_factory=dict)

    @property
    def entry(self) -> catalogue.Criterion:
        """The criterion of the catalogue."""
        return catalogue.criterion(self.criterion)

    @property
    def written(self) -> dict[str, Any]:
        """The rule over the measures of the study, as a protocol has it."""
        entry = self.entry
        rule = entry.written(self.constants) | reached(entry, self.at_least, self.population)
        rule = {key: _over(value, self.ranges) for key, value in rule.items()}
        return {key: with_measures(value, self.with_, key) for key, value in rule.items()}

    def check(self) -> None:
        """Refuse what names no criterion, leaves a domain without a measure, or gives one to a domain that it has not.

        Raises:
            PydanticCustomError: with what is allowed.
        """
        try:
            entry = self.entry
        except catalogue.CatalogueMiss as miss:
            raise mistake("the catalogue has no criterion of this name", miss.expected, at=("criterion",)) from None
        if entry.kind == "written out":
            raise mistake(f"{entry.key} says more than its rule at one time", do=entry.unresolved[0], at=("criterion",))
        domains = [measure.domain for measure in entry.measures]
        for domain in self.with_:
            if domain not in domains:
                raise mistake(f"{entry.key} has no such domain", ", ".join(domains), at=("with", domain))
        left = [domain for domain in domains if domain not in self.with_]
        if left:
            do = f"add `{left[0]}: MEASURE`"
            raise mistake(f"no measure is named for: {', '.join(left)}", ", ".join(domains), do, at=("with",))
        twice = [domain for domain in domains if list(self.with_.values()).count(self.with_[domain]) > 1]
        if twice:
            raise mistake("one measure stands for two domains", at=("with", twice[1]))
        for domain, width in self.ranges.items():
            if domain not in domains:
                raise mistake(f"{entry.key} has no such domain", ", ".join(domains), at=("ranges", domain))
            if width <= 0:
                raise mistake("a range is wider than 0", "above 0", at=("ranges", domain))
            if _over(entry.written(), {domain: width}) == entry.written():
                what = f"{entry.key} counts no change of this domain in percent of a range"
                raise mistake(what, do="leave it out", at=("ranges", domain))
        for name in self.constants:
            if name not in entry.constants:
                allowed = ", ".join(entry.constants) or "none"
                raise mistake(f"{entry.key} rests on no constant of this name", allowed, at=("constants", name))
        reached(entry, self.at_least, self.population)


def used(rules: Iterable[RuleBase]) -> tuple[Published, ...]:
    """The criteria that rules name, each once with its measures, in order."""
    found = {
        (one.entry.key, *(tuple(said.items()) for said in (one.with_, one.constants, one.ranges))): one
        for rule in rules
        for one in within(rule)
        if isinstance(one, Published)
    }
    return tuple(found.values())


def reached(entry: catalogue.Criterion, at_least: str | None, population: str | None) -> dict[str, Any]:
    """What a sum of points must reach, as a protocol has it; nothing for a criterion that is a rule.

    >>> reached(catalogue.criterion("TIS"), "moderate", "juvenile dermatomyositis")
    {'at_least': '45'}
    """
    if entry.kind != "points":
        if at_least is not None or population is not None:
            at = ("at_least",) if at_least is not None else ("population",)
            raise mistake(f"{entry.key} is met or not: it gives no points", do="leave this out", at=at)
        return {}
    names = list(dict.fromkeys(name for category in entry.categories for name in category.at_least))
    at_least = next((name for name in names if at_least is not None and folded(name) == folded(at_least)), at_least)
    if at_least is None:
        raise mistake("what the points must reach is not said", f"{', '.join(names)}, or a number", at=("at_least",))
    if at_least not in names:
        if population is not None:
            raise mistake(
                "a population tells categories apart, and none is named", ", ".join(names), at=("population",)
            )
        most = sum((measure.bands[-1].points for measure in entry.measures), Fraction(0))
        at_least = str(points_alone(at_least))
        if not 0 < number(at_least) <= most:
            what = "no sum of these points can make a difference"
            raise mistake(what, f"above 0, to {decimal_text(most)}", at=("at_least",))
        return {REACHES: decimal_text(number(at_least))}
    populations = {category.population: category.at_least for category in entry.categories}
    if population not in populations:
        what = "where the category begins depends on the population"
        raise mistake(what, ", ".join(populations), at=("population",) if population is not None else ())
    limit: Fraction = populations[population][at_least]
    return {REACHES: decimal_text(limit)}


_OF_RANGE = re.compile(r"(.*?)(\d+(?:\.\d+)?) % of range")


def _over(rule: Any, ranges: Mapping[str, Fraction]) -> Any:
    """A rule over domains with the percents of a range by which they change as the amounts that they are, for the domains that have one.

    >>> _over([{"improves": "enzyme", "points": {"more_than 5 % of range": "2.5"}}], {"enzyme": Fraction(3000)})
    [{'improves': 'enzyme', 'points': {'more_than 150 points': '2.5'}}]
    """
    if isinstance(rule, list):
        return [_over(one, ranges) for one in rule]
    if not isinstance(rule, Mapping):
        return rule
    # Of a value a percent of the range begins at the least value, which a width does not tell.
    width = next(
        (ranges[one] for word, one in rule.items() if word in NAMES_A_MEASURE and word != "value" and one in ranges),
        None,
    )

    def amount(text: Any) -> Any:
        found = _OF_RANGE.fullmatch(text) if isinstance(text, str) and width is not None else None
        if found is None or width is None:
            return text
        return f"{found[1]}{decimal_text(Fraction(found[2]) * width / 100, 9)} points"

    return {
        key: {amount(band): points for band, points in value.items()}
        if key == "points" and isinstance(value, Mapping)
        else amount(_over(value, ranges))
        for key, value in rule.items()
    }


def with_measures(rule: Any, measures: Mapping[str, str], word: str = "") -> Any:
    """A rule with the study's measures in place of domains.

    >>> with_measures({"any": [{"each": ["a", "b"], "rule": {"gain": "each", "at_least": "4 points"}}]}, {"a": "mmt", "b": "cmas"})
    {'any': [{'each': ['mmt', 'cmas'], 'rule': {'gain': 'each', 'at_least': '4 points'}}]}
    """
    if isinstance(rule, Mapping):
        return {key: with_measures(value, measures, key) for key, value in rule.items()}
    if isinstance(rule, list):
        return [with_measures(one, measures, word if word == "each" else "") for one in rule]
    names = word == "each" or word in NAMES_A_MEASURE or word == "is"
    return measures.get(rule, rule) if names else rule
