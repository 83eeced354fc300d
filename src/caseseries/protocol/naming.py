"""What the lines of `include` and `exclude`, and the bounds of monitored counts, are called in flow diagrams, reasons and tables."""

from __future__ import annotations

from caseseries.protocol.eligibility import (
    Age,
    AnyCriterion,
    ConcurrentDrug,
    Diagnosis,
    InCohort,
    JudgedIn,
    MinimumFollowUp,
    ObservedBefore,
    PriorDrug,
    Recorded,
    RuleIn,
    ValueIn,
)
from caseseries.protocol.measure import Monitored
from caseseries.protocol.rule import (
    All,
    CountOf,
    CountOfMeasured,
    Is,
    IsIfMeasured,
    Not,
    RuleBase,
    Value,
    ValueIfMeasured,
    When,
    parts_of,
)
from caseseries.protocol.written import decimal_text, in_words


def criterion_words(criterion: AnyCriterion) -> str:
    """A criterion in a few words; its own `label` wins.

    >>> criterion_words(Diagnosis(diagnosis="juvenile dermatomyositis", by="index date"))
    'Diagnosis of juvenile dermatomyositis by the index date'
    >>> criterion_words(Age.model_validate({"age": {"at_least": "2 years", "below": "18 years"}, "at": "index date"}))
    'Age at least 2 years and below 18 years at the index date'
    >>> criterion_words(PriorDrug.model_validate({"prior_drug": "rituximab", "within": "6 months"}))
    'Use of rituximab within 183 days before the index date'
    >>> criterion_words(Recorded.model_validate({"recorded": "mmt", "in": "baseline", "label": "Strength tested"}))
    'Strength tested'
    >>> criterion_words(ValueIn.model_validate({"value": "mmt", "in": "baseline", "at_least": "40 points", "below": "60 points"}))
    'A value of mmt of at least 40 points and less than 60 points in the window baseline'
    >>> criterion_words(JudgedIn.model_validate({"is": "active", "in": "baseline"}))
    'Judged as active in the window baseline'
    >>> from caseseries.protocol.eligibility import AnyIn
    >>> criterion_words(AnyIn.model_validate({"any": [{"value": "mmt", "less_than": "60 points"}, {"is": "active"}], "in": "baseline"}))
    'Mmt less than 60 points or judged as active in the window baseline'
    """
    if criterion.label:
        return criterion.label
    if isinstance(criterion, Diagnosis):
        when = "by the index date" if criterion.by == "index date" else "at any time"
        if criterion.within is not None:
            when = f"within {in_words(criterion.within)} up to the index date"
        return f"Diagnosis of {criterion.diagnosis} {when}"
    if isinstance(criterion, Age):
        bounds = []
        if criterion.age.at_least is not None:
            bounds.append(f"at least {_years(criterion.age.at_least)}")
        if criterion.age.below is not None:
            bounds.append(f"below {_years(criterion.age.below)}")
        when = "at the index date" if criterion.at == "index date" else "at diagnosis"
        return f"Age {' and '.join(bounds)} {when}"
    if isinstance(criterion, PriorDrug):
        within = f"within {in_words(criterion.within)} " if criterion.within is not None else ""
        return f"Use of {criterion.prior_drug} {within}before the index date"
    if isinstance(criterion, ConcurrentDrug):
        return f"Use of {criterion.concurrent_drug} on the index date"
    if isinstance(criterion, Recorded):
        return f"A value of {criterion.recorded} in the window {criterion.in_}"
    if isinstance(criterion, ValueIn):
        amounts = [f"{word.replace('_', ' ')} {getattr(criterion, word)}" for word in criterion.comparisons]
        return f"A value of {criterion.value} of {' and '.join(amounts)} in the window {criterion.in_}"
    if isinstance(criterion, JudgedIn):
        return f"Judged as {criterion.is_} in the window {criterion.in_}"
    if isinstance(criterion, RuleIn):
        words = rule_words(criterion.rule)
        return f"{words[:1].upper()}{words[1:]} in the window {criterion.in_}"
    if isinstance(criterion, ObservedBefore):
        return f"Observed for at least {in_words(criterion.observed_before)} before the index date"
    if isinstance(criterion, MinimumFollowUp):
        return f"Followed for at least {in_words(criterion.minimum_follow_up)} after the index date"
    if isinstance(criterion, InCohort):
        when = "on the index date" if criterion.at == "index date" else "at any time"
        return f"In the cohort {criterion.cohort} {when}"
    return f"Listed patients: {criterion.reason}"


def rule_words(rule: RuleBase) -> str:
    """A rule over values in a few words, its measures by their names in the protocol."""
    if isinstance(rule, Value):
        left_out = ", where measured," if isinstance(rule, ValueIfMeasured) else ""
        return f"{rule.value}{left_out} {rule.comparison.replace('_', ' ')} {rule.threshold}"
    if isinstance(rule, Is):
        return f"judged as {rule.is_}" + (", where judged," if isinstance(rule, IsIfMeasured) else "")
    parts = [rule_words(part) for part in parts_of(rule)]
    if isinstance(rule, When):
        return f"where {parts[0]}: {parts[1]}; otherwise: {parts[2]}"
    if isinstance(rule, CountOf):
        bound = next(word for word in ("at_least", "at_most", "exactly") if getattr(rule, word) is not None)
        held = f" ({rule.skipped})" if isinstance(rule, CountOfMeasured) else ""
        return f"{bound.replace('_', ' ')} {getattr(rule, bound)} of these {len(parts)}{held}: {'; '.join(parts)}"
    if isinstance(rule, Not):
        return f"not ({parts[0]})"
    if len(parts) == 1:
        return parts[0]
    plain = [isinstance(part, Value | Is | Not) for part in parts_of(rule)]
    inner = [part if alone else f"({part})" for part, alone in zip(parts, plain, strict=True)]
    return (" and " if isinstance(rule, All) else " or ").join(inner)


def beyond_words(declared: Monitored) -> str:
    """The bounds of a monitored measure, beyond which its values are counted; empty where it has none.

    >>> beyond_words(Monitored.model_validate({"measure": "neutrophils", "below": "1.5", "above": "10"}))
    'below 1.5 or above 10'
    """
    bounds = [f"below {decimal_text(declared.below)}"] if declared.below is not None else []
    bounds += [f"above {decimal_text(declared.above)}"] if declared.above is not None else []
    return " or ".join(bounds)


def _years(count: int) -> str:
    return "1 year" if count == 1 else f"{count} years"
