"""Which level of an outcome a case has, or which are still possible; and the sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from caseseries.protocol.specs import OutcomePlan
from caseseries.verdict.narrator import Told, capital, sentences
from caseseries.verdict.numbers import day_text, listed
from caseseries.verdict.trace import Verdict


def possible(exactly: Sequence[Verdict], *, by_rule: bool = False) -> tuple[int, ...]:
    """The places of the levels that a case has or may have, from its verdicts on exactly each; one alone is its level.

    One that it has for certain is the only one: of categories no two hold at once. With `by_rule` those that the rules alone say, whatever
    happened between.
    """
    truths = [one.rule_truth if by_rule else one.truth for one in exactly]
    if True in truths:
        return (truths.index(True),)
    return tuple(place for place, truth in enumerate(truths) if truth is not False)


def level_words(names: Sequence[str], places: Sequence[int], one: str = "level") -> str:
    """The level, or those still possible; `one` is what an answer is called.

    >>> level_words(("good", "moderate", "none"), (1,)), level_words(("good", "moderate", "none"), (0, 1))
    ('moderate', 'not evaluable: good or moderate')
    >>> level_words(("good", "moderate", "none"), (0, 1, 2))
    'not evaluable: any level'
    """
    return names[places[0]] if len(places) == 1 else f"not evaluable: {_any_of(names, places, one)}"


def _any_of(names: Sequence[str], places: Sequence[int], one: str) -> str:
    return f"any {one}" if len(places) == len(names) else listed([names[place] for place in places], "or")


def level_labels(plan: OutcomePlan) -> dict[str, str]:
    """What the rule of each level is called in a trace of the verdict that asks for any but the last, by its node."""
    assert plan.part is not None
    names = plan.part.names[:-1]
    if len(names) == 1:
        return {"1": names[0]}
    return {"1": plan.part.suffix.strip()} | {f"1.{place}": name for place, name in enumerate(names, start=1)}


def level_sentence(name: str, exactly: Sequence[Told], at_least: Sequence[Told]) -> str:
    """Why one case has the level of an outcome that it has, or which levels are still possible and what they hang on.

    `exactly` and `at_least` are its verdicts on each level, in order, under one reading.
    """
    part = exactly[-1].part
    assert part is not None
    verdict, verdicts = exactly[0].verdict, [one.verdict for one in exactly]
    places, by_rule = possible(verdicts), possible(verdicts, by_rule=True)
    known = len(places) == 1
    told = exactly[places[0]] if known else next(one for one in exactly if one.verdict.truth is None)
    why, further = _why(by_rule, exactly, at_least)
    rule_alone = f"{level_words(part.names, by_rule, part.one)}: {why}"
    if verdict.inside is not True:
        return sentences([told.outside_words(), f"The rule alone says {rule_alone}", *told.other_events()])
    when = "" if verdict.day is None else f" at {day_text(verdict.day)}"
    called = capital(name)
    if known:
        headline = f"{called} {part.names[places[0]]}{when}"
    else:
        left = "" if told.verdict.decided_by else f", {_any_of(part.names, places, part.one)} still possible"
        headline = f"{called} not evaluable{when}{left}"
    same = "also " if by_rule == places else ""
    if told.open_event():
        happened = told.happened(told.open_event())
        parts = [f"{headline}: not known whether this happened: {happened}", f"The rule alone says {rule_alone}"]
    elif told.verdict.decided_by:
        counts = part.names[places[0]] if known else "not evaluable"
        happened = told.happened(told.verdict.decided_by)
        parts = [f"{headline}: {happened}, which counts as {counts}", f"The rule alone {same}says {rule_alone}"]
    else:
        parts = [f"{headline}: {why}", *further]
    return sentences([*parts, *told.other_events()])


def _why(places: Sequence[int], exactly: Sequence[Told], at_least: Sequence[Told]) -> tuple[str, list[str]]:
    """Why the rules say a level, or leave several, and what else is to be said: why it is none of those above."""
    first, part = places[0], exactly[-1].part
    ordered = part is None or part.ordered
    if not ordered and first < len(exactly) - 1:
        return (exactly[first].body(), exactly[first].tails()) if len(places) == 1 else (at_least[-1].body(), [])
    if len(places) > 1:
        # The first level that is possible is not known to be reached: at least that one is what has no answer.
        return at_least[first].body(), []
    if first == len(exactly) - 1:
        return at_least[-1].body(), at_least[-1].tails()
    told = exactly[first]
    if not first:
        return told.body(), told.tails()
    own = told.tree.node(told.tree.nodes[0].children[1])
    above = at_least[first - 1]
    missed = above.part.suffix.strip() if above.part is not None else ""
    return "; ".join(dict.fromkeys(told.because(own))), [f"Not {missed}: {above.body()}"]
