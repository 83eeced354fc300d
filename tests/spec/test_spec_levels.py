"""Levels of an outcome: the first that holds, and which are still possible where something is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from ruamel.yaml import YAML
from tests.spec.small import BASE, IMPLEMENTATIONS, answers, merged, protocol_of

from caseseries.protocol.specs import plan
from caseseries.verdict import level_sentence

#: The EULAR response by DAS28 (van Gestel AM et al. Arthritis Rheum 1996;39:34-40): good, moderate or none.
EULAR = """
measures: {das: {instrument: DAS28}, mmt: "~"}
outcomes:
  response: "~"
  EULAR response:
    at: after
    levels:
      good: {all: [{improves: das, more_than: 1.2 points}, {value: das, at_most: 3.2}]}
      moderate:
        any:
          - {improves: das, more_than: 1.2 points}
          - {all: [{improves: das, more_than: 0.6 points}, {value: das, at_most: 5.1}]}
      none: otherwise
"""
THREE = """
measures:
  improved: {judgement: improved, since: index date}
outcomes:
  response: "~"
  result:
    at: after
    GOOD
    levels:
      complete: {is: improved}
      partial: {gain: mmt, at_least: 4 points}
      slight: {value: mmt, at_least: 50 points}
      none: otherwise
"""
ANY, LATE = "not evaluable: any level", "1 | mmt | 0:50, 90:52\n"

BOUNDARIES = {
    # A fall of more than 1.2 to 3.2 at most is good; the same fall to more is moderate.
    "0:5, 90:3.2": "good",
    "0:5, 90:3.21": "moderate",
    # 1.2 itself is not more than 1.2: moderate where it ends at 5.1 at most, none above.
    "0:4.4, 90:3.2": "moderate",
    "0:6.3, 90:5.1": "moderate",
    "0:6.4, 90:5.2": "none",
    "0:6.5, 90:5.2": "moderate",
    # 0.6 itself is not more than 0.6.
    "0:3.6, 90:3": "none",
    "0:3.61, 90:3": "moderate",
    "0:3, 90:3.5": "none",
    # Without a value before, 5.2 after is not good; it may still be moderate.
    "90:5.2": "not evaluable: moderate or none",
    "90:3.2": ANY,
    "0:6": ANY,
}


@dataclass(frozen=True)
class LevelSpec:
    """The level of each case of a chart, or those still possible, by one implementation; the protocol is read anew each time."""

    name: str
    changes: str
    rows: str
    expected: dict[str, str]
    reading: str = "as written"

    def holds(self, implementation: str, *, alone: bool = False) -> None:
        """Ask the implementation and compare."""
        yaml = YAML(typ="base")
        study = protocol_of(merged(yaml.load(BASE), yaml.load(self.changes)))
        found = answers(study, self.rows, implementation)
        assert [] == found.needed
        ((outcome, declared),) = study.levels.items()
        told = {}
        for case in found.cases:
            verdicts = []
            for name in declared.exactly(outcome):
                number = next(spec.number for spec in plan(study, name).specs if spec.reading == self.reading)
                verdicts.append(found.verdicts[case, name, number])
            told[case] = level_sentence.level_words(declared.names, level_sentence.possible(verdicts))
        assert self.expected == told


KLEENE = {
    "the first that holds counts": ("1 | improved | 90:yes\n1 | mmt | 0:40, 90:60", "complete"),
    "a later one that is met does not matter then": ("1 | improved | 90:yes", "complete"),
    "the second": ("1 | improved | 90:no\n1 | mmt | 0:40, 90:44", "partial"),
    "the third": ("1 | improved | 90:no\n1 | mmt | 0:48, 90:50", "slight"),
    "otherwise": ("1 | improved | 90:no\n1 | mmt | 0:40, 90:43", "none"),
    "the first is unknown, the second holds": ("1 | mmt | 0:40, 90:60", "not evaluable: complete or partial"),
    "the first is unknown, only the third holds": ("1 | mmt | 0:48, 90:50", "not evaluable: complete or slight"),
    "the first is unknown, none holds": ("1 | mmt | 0:40, 90:43", "not evaluable: complete or none"),
    "the second is unknown, the third holds": (
        "1 | improved | 90:no\n1 | mmt | 90:50",
        "not evaluable: partial or slight",
    ),
    "the second is unknown, the third does not hold": (
        "1 | improved | 90:no\n1 | mmt | 90:49",
        "not evaluable: partial or none",
    ),
    "only the first is known not to hold": ("1 | improved | 90:no", "not evaluable: partial, slight or none"),
    "nothing is known": ("1 | mmt | 0:40", ANY),
}


DIED = "\n1 | death | 60\n1 | improved | 90:no"
EVENTS = {
    "a non-responder has the last level": ("good: yes", "non-responder", DIED, "none"),
    "a responder the first": ("good: yes", "responder", DIED, "complete"),
    "of an outcome that is not wanted the first": ("good: no", "non-responder", DIED, "complete"),
    "and a responder the last": ("good: no", "responder", DIED, "none"),
    "where nobody said whether it is wanted, the last": ("", "non-responder", DIED, "none"),
    "an event can make it not evaluable": ("good: yes", "not evaluable", DIED, ANY),
    "an event may decide nothing": ("good: yes", "as observed", DIED, "slight"),
    "an event that is not known leaves two": (
        "good: yes",
        "non-responder",
        "\n1 | death | 80~100\n1 | improved | 90:no",
        "not evaluable: slight or none",
    ),
    "one that gives the same level leaves none open": (
        "good: yes",
        "responder",
        "\n1 | death | 80~100\n1 | improved | 90:yes",
        "complete",
    ),
}


ONE_VISIT = """
measures:
  improved: {judgement: improved, since: index date}
windows:
  baseline: {from: -90 days, to: 0 days, take: last}
  after: {from: 46 days, to: 134 days, target: 88 days, take: nearest, components: same visit}
outcomes:
  response: "~"
  result: {at: after, levels: {complete: {gain: mmt, at_least: 8 points}, partial: {is: improved}, none: otherwise}}
"""
TWO = """
outcomes:
  response: "~"
  result: {at: after, levels: {improved: {gain: mmt, at_least: 4 points}, not improved: otherwise}}
"""
READINGS = f"""{EULAR}
    readings:
      by the fall alone:
        good: {{improves: das, more_than: 1.2 points}}
        moderate: {{improves: das, more_than: 0.6 points}}
        none: otherwise
"""
READ = "1 | das | 0:6.5, 90:5.2\n2 | das | 0:6.4, 90:5.2\n3 | das | 90:5.2"
COURSES = """
measures:
  relapsed: {judgement: relapsed, since: index date}
outcomes:
  response: "~"
  course:
    at: after
    categories:
      relapse: {is: relapsed}
      remission: {value: mmt, at_least: 78 points}
"""
RELAPSE_OR = "not evaluable: relapse or none of them"
CATEGORIES = {
    "a category whose rule holds": ("1 | relapsed | 90:no\n1 | mmt | 90:78", "remission"),
    "none of them": ("1 | relapsed | 90:no\n1 | mmt | 90:77.9", "none of them"),
    "one that holds leaves no other open": ("1 | relapsed | 90:yes", "relapse"),
    "the other way round too": ("1 | mmt | 90:80", "remission"),
    "one that does not hold leaves the other open": ("1 | mmt | 90:70", RELAPSE_OR),
    "nothing is known of either": ("1 | mmt | 0:70", ANY),
}
DEAD = f"{COURSES}\nintercurrent: {{death: non-responder}}"

SPECS = [
    *(LevelSpec(name, COURSES, rows, {"1": category}) for name, (rows, category) in CATEGORIES.items()),
    LevelSpec(
        "a non-responder has none of the categories", DEAD, "1 | mmt | 90:80\n1 | death | 90", {"1": "none of them"}
    ),
    LevelSpec(
        "a reading has other rules for the same categories",
        f"""{COURSES}
    readings:
      by strength alone: {{remission: {{value: mmt, at_least: 78 points}}, relapse: {{value: mmt, at_most: 40 points}}}}
""",
        "1 | mmt | 90:80\n2 | mmt | 90:40\n3 | mmt | 90:41",
        {"1": "remission", "2": "relapse", "3": "none of them"},
        "by strength alone",
    ),
    LevelSpec(
        "the EULAR response at its boundaries",
        EULAR,
        "\n".join(f"{place} | das | {cells}" for place, cells in enumerate(BOUNDARIES, start=1)),
        {str(place): level for place, level in enumerate(BOUNDARIES.values(), start=1)},
    ),
    *(LevelSpec(name, THREE.replace("GOOD", ""), rows, {"1": level}) for name, (rows, level) in KLEENE.items()),
    *(
        LevelSpec(
            name,
            f"{THREE.replace('GOOD', good)}\nintercurrent: {{death: {effect}}}\npartial_dates: bounds",
            LATE + rows,
            {"1": level},
        )
        for name, (good, effect, rows, level) in EVENTS.items()
    ),
    # A judgement makes its day a visit for every level, although the first asks for the strength alone, which is written on day 90.
    LevelSpec(
        "all levels are judged at one visit",
        ONE_VISIT,
        "1 | improved | 87:no\n1 | mmt | 0:50, 87:52, 90:60\n2 | improved | 88:yes\n2 | mmt | 0:50, 90:52",
        {"1": "none", "2": "not evaluable: complete or partial"},
    ),
    LevelSpec(
        "a reading has rules of its own for the same levels",
        READINGS,
        READ,
        {"1": "good", "2": "moderate", "3": ANY},
        "by the fall alone",
    ),
    LevelSpec(
        "beside a reading the levels are as written",
        READINGS,
        READ,
        {"1": "moderate", "2": "none", "3": "not evaluable: moderate or none"},
    ),
    LevelSpec(
        "two levels are a verdict",
        TWO,
        "1 | mmt | 0:50, 90:54\n2 | mmt | 0:50, 90:53\n3 | mmt | 0:50",
        {"1": "improved", "2": "not improved", "3": ANY},
    ),
]


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_levels(spec: LevelSpec, implementation: str) -> None:
    spec.holds(implementation)
