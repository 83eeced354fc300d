"""Levels of an outcome as they are written: what is refused, and what is kept of their order."""

from __future__ import annotations

import pytest
from tests.spec.small import BASE, merged, protocol, protocol_of

from caseseries import parts
from caseseries.errors import ProtocolError
from caseseries.protocol.changed_threshold import changed_threshold
from caseseries.protocol.differences import differences, plain
from caseseries.protocol.fingerprint import fingerprint
from caseseries.protocol.load import parse
from caseseries.protocol.rule_form import gain, measure
from caseseries.protocol.schema import protocol_schema

LEVELS = """
outcomes:
  response: "~"
  result:
    at: after
    levels:
      good: {gain: mmt, at_least: 8 points}
      moderate: {gain: mmt, at_least: 4 points}
      none: otherwise
"""
TURNED = LEVELS.replace("good:", "x:").replace("moderate:", "good:").replace("x:", "moderate:")
#: The base protocol up to its outcomes.
HEAD = BASE.partition("outcomes:")[0].lstrip()


def mistakes(written: str) -> list[str]:
    text = HEAD + written.replace('  response: "~"\n', "").lstrip()
    with pytest.raises(ProtocolError) as refused:
        parse(text)
    return [f"{problem.place.line}: {problem}" for problem in refused.value.problems]


REFUSED = {
    "one level": (
        "      moderate: {gain: mmt, at_least: 4 points}\n      none: otherwise\n",
        "",
        "one level is no choice",
    ),
    "no otherwise": ("      none: otherwise\n", "", "the last level is not `otherwise`"),
    "otherwise before the last": ("{gain: mmt, at_least: 4 points}", "otherwise", "`otherwise` is not the last level"),
    "another word": ("none: otherwise", "none: otherwis", "did you mean `otherwise`?"),
    "a rule that is none": ("{gain: mmt, at_least: 4 points}", "{gains: mmt, at_least: 4 points}", "not a rule"),
    "a measure nobody declared": ("{gain: mmt, at_least: 4", "{gain: mtm, at_least: 4", "no measure has this name"),
    "a threshold without a unit": ("at_least: 4 points", "at_least: 4", "has no unit"),
    "a level that asks for what one before it asks for": (
        "at_least: 4 points",
        "at_least: 8 points",
        "so that nobody has it",
    ),
    "a name that begins with at least": ("moderate:", "at least some:", "does not begin with `at least`"),
    "a name with a colon": ("moderate:", '"mod:erate":', "the name of a level holds no colon"),
    "two names that look the same": ("moderate:", "Good:", "two levels have names that look the same"),
    "an outcome called as a level": (
        "  result:\n",
        "  result good: {change: mmt, at: after}\n  result:\n",
        "this is how a part of result is told",
    ),
    "a rule beside the levels": (
        "    levels:\n",
        "    rule: {gain: mmt, at_least: 4 points}\n    levels:\n",
        "`levels` is not known",
    ),
    "a reading with other levels": (
        "none: otherwise\n",
        "none: otherwise\n    readings:\n      wide: {good: {gain: mmt, at_least: 2 points}, none: otherwise}\n",
        "a reading has the same levels in the same order",
    ),
    "a reading without otherwise": (
        "none: otherwise\n",
        "none: otherwise\n    readings:\n      wide: {good: {gain: mmt, at_least: 2 points}, moderate: {gain: mmt, at_least: 1 points}}\n",
        "the last level is not `otherwise`",
    ),
    "a reading that is a rule": (
        "none: otherwise\n",
        "none: otherwise\n    readings:\n      wide: {gain: mmt, at_least: 2 points}\n",
        "one rule where each of several has its own",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    old, new, message = REFUSED[name]
    assert old in LEVELS
    found = mistakes(LEVELS.replace(old, new))
    assert 1 <= len(found) <= 2
    assert message in found[0], found
    assert all(int(line.partition(":")[0]) > HEAD.count("\n") for line in found)


def test_the_verdicts_of_an_outcome_with_levels() -> None:
    verdicts = protocol(LEVELS).verdicts
    assert ["result at least moderate", "result good", "result moderate", "result none"] == list(verdicts)
    part = verdicts["result moderate"].part
    assert part is not None
    assert ("exactly", "moderate", False) == (part.kind, part.name, part.widest)


def test_the_order_of_levels_counts_in_the_fingerprint_and_is_told() -> None:
    one, other = protocol(LEVELS), protocol(TURNED)
    swapped = protocol_of(merged(plain(one), {}))
    assert fingerprint(one) == fingerprint(swapped)
    levels = one.levels["result"]
    names = ["moderate", "good", "none"]
    turned = one.model_copy(
        update={
            "outcomes": {"result": levels.model_copy(update={"levels": {name: levels.levels[name] for name in names}})}
        }
    )
    assert fingerprint(turned) != fingerprint(one) != fingerprint(other)
    (line,) = differences(one, turned)
    assert line == (
        "outcomes > result > levels, of which the first that holds counts: good, moderate, none → moderate, good, none"
    )


def test_a_copy_with_other_levels_is_judged_by_them() -> None:
    levels = protocol(LEVELS).levels["result"]
    kept = {"good": levels.levels["good"], "none": "otherwise"}
    assert ["good", "none"] == [verdict.part.name for verdict in levels.model_copy(update={"levels": kept}).verdicts]


def test_levels_are_made_in_python() -> None:
    mmt = measure("mmt")
    rules = {"good": gain(mmt) >= 8, "moderate": gain(mmt) >= 4, "none": "otherwise"}
    made = parts.LevelsOutcome(at="after", levels=rules)
    assert made == protocol(LEVELS).levels["result"]


def test_a_threshold_of_one_level_is_changed() -> None:
    study = protocol(LEVELS)
    other = changed_threshold(study, "result", "mmt", {"at_least": "6 points"}, was="4 points")
    assert protocol(LEVELS.replace("4 points", "6 points")) == other
    assert fingerprint(protocol(LEVELS.replace("4 points", "6 points"))) == fingerprint(other)
    assert other.verdicts["result at least moderate"] != study.verdicts["result at least moderate"]
    with pytest.raises(ProtocolError, match="several thresholds"):
        changed_threshold(study, "result", "mmt", {"at_least": "6 points"})
    with pytest.raises(ProtocolError, match="no verdict"):
        changed_threshold(study, "result good", "mmt", {"at_least": "6 points"})


COURSES = """
outcomes:
  response: "~"
  course:
    at: after
    categories:
      better: {gain: mmt, at_least: 8 points}
      worse: {worsens: mmt, at_least: 4 points}
"""
NOT_CATEGORIES = {
    "one category": ("      worse: {worsens: mmt, at_least: 4 points}\n", "", "one category is a verdict"),
    "otherwise": ("{worsens: mmt, at_least: 4 points}", "otherwise", "not a rule"),
    "none of them": ("worse:", "None of them:", "of which no category holds"),
    "the same rule twice": (
        "{worsens: mmt, at_least: 4 points}",
        "{gain: mmt, at_least: 8 points}",
        "both hold at once",
    ),
    "two names that look the same": ("worse:", "Better:", "two categories have names that look the same"),
    "an outcome called as one": (
        "  course:\n",
        "  course any category: {change: mmt, at: after}\n  course:\n",
        "a part of course",
    ),
    "a reading with other categories": (
        "at_least: 4 points}\n",
        "at_least: 4 points}\n    readings:\n      wide: {better: {gain: mmt, at_least: 2 points}, same: {value: mmt, at_least: 2 points}}\n",
        "a reading has the same categories",
    ),
}


@pytest.mark.parametrize("name", NOT_CATEGORIES)
def test_what_are_no_categories(name: str) -> None:
    old, new, message = NOT_CATEGORIES[name]
    assert old in COURSES
    found = mistakes(COURSES.replace(old, new))
    assert message in found[0], found


def test_an_event_cannot_say_which_category() -> None:
    with pytest.raises(ProtocolError, match="an outcome with categories has no responder"):
        parse(
            HEAD.replace("death: as observed", "death: responder") + COURSES.replace('  response: "~"\n', "").lstrip()
        )


def test_the_order_of_categories_does_not_count() -> None:
    one = protocol(COURSES)
    rules = one.outcomes["course"].categories  # type: ignore[union-attr]
    turned = one.outcomes["course"].model_copy(update={"categories": dict(reversed(rules.items()))})
    other = one.model_copy(update={"outcomes": {"course": turned}})
    assert fingerprint(one) == fingerprint(other)
    assert () == differences(one, other)
    assert [
        "course any category",
        "course better",
        "course worse",
        "course none of them",
        "course two categories at once",
    ] == list(one.verdicts)


def test_a_threshold_of_one_category_is_changed() -> None:
    study = protocol(COURSES)
    other = changed_threshold(study, "course", "mmt", {"at_least": "6 points"}, was="4 points")
    assert protocol(COURSES.replace("4 points", "6 points")) == other


def test_the_schema_knows_levels() -> None:
    schema = protocol_schema()
    assert {"at", "levels"} == set(schema["$defs"]["LevelsOutcome"]["required"])
