"""Whatever the rule and the values, there is a sentence and a line for every node."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseseries.protocol.intercurrent import EVENT_WORDS
from caseseries.protocol.measures import all_measures
from caseseries.protocol.specs import plan
from caseseries.verdict import describe_rule
from caseseries.verdict.trace import Absent

AMOUNTS = st.sampled_from(["4", "0", "-3", "2.5", "15 % of baseline", "100 % of baseline"])
COMPARISONS = st.sampled_from(["at_least", "more_than", "at_most", "less_than"])
OF_VISIT = st.sampled_from(["mmt", "cmas", "ck", "steroid", "weight"])
WORDS = st.sampled_from(["gain", "decrease", "rises", "falls"])

changes = st.builds(lambda word, name, how, much: {word: name, how: much}, WORDS, OF_VISIT, COMPARISONS, AMOUNTS)
of_range = st.builds(
    lambda word, name, how: {word: name, how: "10 % of range"}, WORDS, st.sampled_from(["mmt", "cmas"]), COMPARISONS
)
directed = st.builds(
    lambda word, name: {word: name, "at_least": "2"},
    st.sampled_from(["improves", "worsens"]),
    st.sampled_from(["mmt", "ck"]),
)
values = st.builds(lambda name, how: {"value": name, how: "40"}, OF_VISIT, COMPARISONS)
leaves = st.one_of(
    changes, of_range, directed, values, st.just({"is": "improved"}), st.just({"is": "improved", "at": "baseline"})
)


def _joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda found: {"all": found}, several),
        st.builds(lambda found: {"any": found}, several),
        st.builds(lambda found: {"not": found}, parts),
        st.builds(
            lambda found, how: {"of": found, how: "1"}, several, st.sampled_from(["at_least", "at_most", "exactly"])
        ),
    )


rules = st.recursive(leaves, _joined, max_leaves=6)
numbers = st.sampled_from(["0", "1", "38", "40", "41.5", "79", "80", "1/3", "2000/3"])
events = st.lists(st.sampled_from(list(EVENT_WORDS.values())), unique=True)
told_values = st.one_of(
    numbers, numbers, st.sampled_from([code for code in get_args(Absent) if code and "baseline" not in code])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rule=rules,
    data=st.data(),
    missing=st.sampled_from(["not evaluable", "not met"]),
    happened=events,
)
def test_there_is_always_a_sentence(
    told: SimpleNamespace, rule: Any, data: st.DataObject, missing: str, happened: list[str]
) -> None:
    grid = {"missing": ["not met"], "dose": ["prednisone mg/kg/day"]}
    protocol = told.example(outcomes={"good response": {"at": "month 3", "rule": rule}}, robustness=grid)
    spec = next(one for one in plan(protocol, "good response").specs if one.missing == missing)
    found = {}
    for slot in spec.tree.slots:
        value = data.draw(
            st.sampled_from(["0", "1", "not recorded at this visit"]) if slot.measure == "improved" else told_values
        )
        found[slot.measure, slot.window] = (value, -3 if slot.window == "baseline" else 90)
    decided = happened[0] if happened else ""
    truth = data.draw(st.sampled_from([True, False, None]))
    made = told.verdict(
        spec, found, data.draw(st.sampled_from([90, None])), decided=decided, truth=truth, events=tuple(happened)
    )
    text, lines = told.say(protocol, spec, made), told.lines(protocol, spec, made)
    assert text[0].isupper()
    assert text.endswith(".")
    assert not re.search(r"None|Fraction|  |\.\.|;;|\( |: \.|\(\)| ,", text), text
    assert len(spec.tree.nodes) + len(happened) == len(lines)
    assert not re.search(r"None|Fraction|\(\)", "\n".join(lines))
    assert describe_rule(spec.tree, all_measures(protocol))
