"""Windows: which rows are candidates, and which one is taken."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.spec.small import IMPLEMENTATIONS, Spec, answers, on_every_engine, open_choices, protocol

from caseseries.errors import ProtocolError

AFTER = "windows: {{after: {{from: 46 days, to: 134 days, target: 90 days, {}}}}}"
TWO = """
measures: {{cmas: {{quantity: function, unit: points, range: [0, 52], better: high}}, stiff: {{quantity: stiffness, unit: points, better: low}}}}
windows: {{after: {{from: 46 days, to: 134 days, target: 90 days, {}}}}}
outcomes:
  response:
    at: after
    rule: {{any: [{{gain: mmt, at_least: 4 points}}, {{value: cmas, at_least: 40}}, {{value: stiff, at_most: 3}}]}}
"""


def after(rest: str) -> str:
    return AFTER.format(rest)


def each(rest: str) -> str:
    return after(f"components: nearest each, {rest}")


SPECS = [
    Spec(
        "both ends of a window are inside",
        "",
        """
        first day | mmt | -90:50, 46:60
        last day  | mmt | 0:50, 134:60
        too early | mmt | -91:50, 45:60
        too late  | mmt | 1:50, 135:60
        """,
        {
            "first day": "baseline mmt 50 @-90; after mmt 60 @46",
            "last day": "baseline mmt 50 @0; after mmt 60 @134",
            "too early": "baseline mmt no visit in window; after mmt no visit in window",
            "too late": "baseline mmt no visit in window; after mmt no visit in window",
        },
    ),
    Spec("last", after("take: last"), "1 | mmt | 50:1, 90:2, 130:3", {"1": "after mmt 3 @130"}),
    Spec("first", after("take: first"), "1 | mmt | 50:1, 90:2, 130:3", {"1": "after mmt 1 @50"}),
    Spec(
        "nearest on either side", after("take: nearest"),
        "before | mmt | 88:1, 93:2\nbehind | mmt | 87:1, 92:2",
        {"before": "after mmt 1 @88", "behind": "after mmt 2 @92"},
    ),
    Spec("tie earlier", after("take: nearest, tie: earlier"), "1 | mmt | 88:5, 92:6", {"1": "after mmt 5 @88"}),
    Spec("tie later", after("take: nearest, tie: later"), "1 | mmt | 88:5, 92:6", {"1": "after mmt 6 @92"}),
    Spec("tie better", each("take: nearest, tie: better"), "1 | mmt | 88:5, 92:6", {"1": "after mmt 6 @92"}),
    Spec("tie worse", each("take: nearest, tie: worse"), "1 | mmt | 88:6, 92:5", {"1": "after mmt 5 @92"}),
    Spec("tie better, equal", each("take: nearest, tie: better"), "1 | mmt | 88:5, 92:5", {"1": "after mmt 5 @88"}),
    Spec("tie worse, equal", each("take: nearest, tie: worse"), "1 | mmt | 88:5, 92:5", {"1": "after mmt 5 @88"}),
    Spec("tie mean", each("take: nearest, tie: mean"), "1 | mmt | 88:5, 92:6", {"1": "after mmt 5.5 @88"}),
    Spec(
        "a tied day with different values settles nothing by value",
        each("take: nearest, tie: better, same_day: not evaluable"),
        "1 | mmt | 88:5, 92:6, 92:7",
        {"1": "after mmt different values on one day @88"},
    ),
    Spec(
        "best and worst where lower is better",
        """
measures: {mmt: {quantity: weakness, unit: points, better: low}}
windows:
  baseline: {from: -90 days, to: 0 days, take: best, components: nearest each}
  after: {from: 46 days, to: 134 days, take: worst, components: nearest each}
""",
        "1 | mmt | -40:5, -30:3, -20:3, 50:7, 60:9, 70:9",
        {"1": "baseline mmt 3 @-30; after mmt 9 @60"},
    ),
    Spec(
        "highest and lowest whatever is better",
        """
measures: {mmt: {quantity: weakness, unit: points, better: low}}
windows:
  baseline: {from: -90 days, to: 0 days, take: highest, components: nearest each}
  after: {from: 46 days, to: 134 days, take: lowest, components: nearest each}
""",
        "1 | mmt | -40:5, -30:3, 50:7, 60:9",
        {"1": "baseline mmt 5 @-40; after mmt 7 @50"},
    ),
    Spec(
        "best is the highest where no direction is known",
        "measures: {mmt: {quantity: weight, unit: kg, better: none}}\n" + each("take: best"),
        "1 | mmt | 50:7, 60:9", {"1": "after mmt 9 @60"},
    ),
    *(
        Spec(
            f"{take} of a judgement where {better} is better is {answer}",
            f"measures: {{flare: {{judgement: flare, since: last visit, better: '{better}'}}}}\n" + each(f"{words}")
            + "\noutcomes: {response: {at: after, rule: {not: {is: flare}}}}",
            "1 | flare | 88:no, 92:yes", {"1": f"after flare {value} @{day}; {answer}"},
        )
        for take, words, better, value, day, answer in [
            ("worst", "take: worst", "no", 1, 92, "no"), ("worst", "take: worst", "yes", 0, 88, "yes"),
            ("best", "take: best", "no", 0, 88, "yes"), ("best", "take: best", "yes", 1, 92, "no"),
            ("better", "take: nearest, tie: better", "no", 0, 88, "yes"), ("worse", "take: nearest, tie: worse", "no", 1, 92, "no"),
        ]
    ),
    *(
        Spec(
            f"{same_day} of a day with both answers where {better} is better",
            f"measures: {{flare: {{judgement: flare, since: last visit, better: '{better}'}}}}\n" + after(f"take: last, same_day: {same_day}")
            + "\noutcomes: {response: {at: after, rule: {is: flare}}}",
            "1 | flare | 60:no, 60:yes", {"1": f"after flare {value} @60; {answer}"},
        )
        for same_day, better, value, answer in [
            ("worst", "no", 1, "yes"), ("best", "no", 0, "no"), ("worst", "yes", 0, "no"), ("best", "yes", 1, "yes"),
        ]
    ),
    Spec("mean is exact and of days", each("take: mean, same_day: mean"),
         "1 | mmt | 50:1, 60:2, 60:4, 70:3", {"1": "after mmt 2.333333 @70"}),
    Spec("one day with different values spoils the best", each("take: best, same_day: not evaluable"),
         "1 | mmt | 50:1, 60:2, 60:4", {"1": "after mmt different values on one day"}),
    Spec("a day with different values is still the last", each("take: last, same_day: not evaluable"),
         "1 | mmt | 50:1, 60:2, 60:4", {"1": "after mmt different values on one day @60"}),
    Spec("a day with different values may be passed over", each("take: first, same_day: not evaluable"),
         "1 | mmt | 50:1, 60:2, 60:4", {"1": "after mmt 1 @50"}),
    Spec("identical duplicates are one value", each("take: last"), "1 | mmt | 60:2, 60:2.0", {"1": "after mmt 2 @60"}),
    *(
        Spec(
            f"{same_day} of a day where {better} is better",
            f"measures: {{mmt: {{quantity: strength, unit: points, better: {better}}}}}\n" + after(f"take: last, same_day: {same_day}"),
            "1 | mmt | 60:7, 60:9, 60:8", {"1": f"after mmt {value} @60"},
        )
        for better, same_day, value in [
            ("high", "best", 9), ("high", "worst", 7), ("low", "best", 7), ("low", "worst", 9), ("none", "best", 9),
            ("none", "worst", 7), ("low", "highest", 9), ("low", "lowest", 7), ("low", "mean", 8),
        ]
    ),
    Spec("the mean of a day counts each different value once", each("take: last, same_day: mean"),
         "1 | mmt | 60:2, 60:2, 60:4", {"1": "after mmt 3 @60"}),
    Spec("a censored value is absent", each("take: last"), "1 | mmt | 50:5, 60:<2", {"1": "after mmt censored @60"}),
    Spec(
        "or the limit, where the measure says so",
        "measures: {mmt: {quantity: strength, unit: points, better: high, censored: limit}}\n" + each("take: last"),
        "1 | mmt | 60:<2", {"1": "after mmt 2 @60"},
    ),
    Spec("a censored value competes by its bound", each("take: highest"),
         "1 | mmt | 50:5, 60:>7", {"1": "after mmt censored @60"}),
    Spec("of equal numbers the uncensored is the lowest where the other is above it", each("take: last, same_day: lowest"),
         "1 | mmt | 60:>7, 60:7", {"1": "after mmt 7 @60"}),
    Spec("and is not the highest", each("take: last, same_day: highest"),
         "1 | mmt | 60:>7, 60:7", {"1": "after mmt censored @60"}),
    Spec("a mean with a censored value is censored", each("take: mean"),
         "1 | mmt | 50:5, 60:>7", {"1": "after mmt censored @60"}),
    Spec(
        "one visit for all components",
        TWO.format("take: nearest, tie: earlier"),
        "1 | mmt | 0:50, 88:60\n1 | cmas | 91:41, 87:40\n1 | stiff | 91:NA, 88:3",
        {"1": "after cmas 41 @91; after mmt not recorded at this visit @91; after stiff recorded without a number @91; "
              "assessed @91; yes"},
    ),
    Spec(
        "a day with only missing codes is no visit",
        TWO.format("take: nearest, tie: earlier"),
        "1 | mmt | 0:50, 80:60, 90:ND\n1 | cmas | 90:ND",
        {"1": "after mmt 60 @80; assessed @80; after cmas not recorded at this visit @80"},
    ),
    Spec(
        "a tie between visits",
        TWO.format("take: nearest, tie: later"),
        "1 | mmt | 0:50, 88:60\n1 | cmas | 92:40",
        {"1": "after mmt not recorded at this visit @92; after cmas 40 @92"},
    ),
    Spec(
        "each component by itself",
        TWO.format("take: nearest, tie: earlier, components: nearest each"),
        "1 | mmt | 0:50, 88:60\n1 | cmas | 91:41, 93:40\n1 | stiff | 90:NA",
        {"1": "after mmt 60 @88; after cmas 41 @91; after stiff recorded without a number; assessed @91"},
    ),
    Spec(
        "a value known only as a bound makes the assessment day as a number does",
        TWO.format("take: last, tie: earlier, components: nearest each"),
        "1 | mmt | 0:50, 88:60\n1 | cmas | 95:>40",
        {"1": "after mmt 60 @88; after cmas censored @95; assessed @95; after stiff no value in window"},
    ),
    Spec(
        "partial dates, bounds",
        "partial_dates: bounds",
        """
        inside  | mmt | 0:50, 46~134@90:60
        outside | mmt | 0:50, 10~45@40:60
        across  | mmt | 0:50, 40~50@48:60
        beside  | mmt | 0:50, 90:60, 130~140@135:70
        """,
        {
            "inside": "after mmt 60 @90; yes",
            "outside": "after mmt no visit in window",
            "across": "after mmt partial date at the edge of the window; not assessed",
            "beside": "after mmt partial date at the edge of the window; assessed @90",
        },
    ),
    Spec(
        "partial dates that touch the window with one day",
        "partial_dates: bounds",
        "1 | mmt | 0:50, 90:60, 40~46@43:70\n2 | mmt | 0:50, 90:60, 134~140@137:70\n3 | mmt | 0:50, 90:60, 40~45@43:70, 135~140@137:70",
        {
            "1": "after mmt partial date at the edge of the window",
            "2": "after mmt partial date at the edge of the window",
            "3": "after mmt 60 @90",
        },
    ),
    Spec(
        "missing codes on both ends of a window",
        each("take: last"),
        "1 | mmt | 0:50, 46:ND\n2 | mmt | 0:50, 134:ND\n3 | mmt | 0:50, 45:ND, 135:ND",
        {
            "1": "after mmt recorded without a number",
            "2": "after mmt recorded without a number",
            "3": "after mmt no value in window",
        },
    ),
    Spec("the mean of a tie with one censored value is censored", each("take: nearest, tie: mean"),
         "1 | mmt | 88:5, 92:>7", {"1": "after mmt censored @88"}),
    Spec(
        "nothing asked for in the outcome's own window is no assessment",
        """
windows: {later: {from: 140 days, to: 160 days, target: 150 days, take: nearest, tie: earlier}}
outcomes: {response: {at: later, rule: {gain: mmt, at: after, at_least: 4 points}}}
""",
        "1 | mmt | 0:50, 90:54, 150:60", {"1": "yes; not assessed"},
    ),
    Spec("partial dates otherwise stand on their day", "partial_dates: middle",
         "1 | mmt | 0:50, 40~50@48:60", {"1": "after mmt 60 @48"}),
    Spec(
        "an undeclared choice in the grid makes the value absent",
        "robustness: {windows: {after: [{from: 20 days, to: 160 days}]}}",
        "1 | mmt | 0:50, 30:60, 150:61\n2 | mmt | 0:50, 30:60, 30:61",
        {"1": "not evaluable: after mmt: two days equally near; not assessed",
         "2": "not evaluable: after mmt: different values on one day; assessed @30"},
        cell=1,
    ),
]  # fmt: skip


@on_every_engine(SPECS)
def test_windows(spec: Spec, implementation: str) -> None:
    spec.holds(implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize(
    ("changes", "rows", "needed"),
    [
        (after("take: nearest"), "88:5, 92:5", ["tie 1: after"]),
        (each("take: nearest"), "88:5, 92:5", ["tie 1: after mmt"]),
        (after("take: last"), "88:5, 92:5", []),
        (after("take: last"), "88:5, 88:6, 92:5", []),
        (after("take: last"), "88:5, 92:6, 92:5", ["same_day 1: after mmt"]),
        (after("take: last"), "88:5, 92:5, 92:5", []),
        (after("take: last"), "92:5, 92:>5", ["same_day 1: after mmt"]),
        (each("take: best"), "88:5, 88:6, 92:7", ["same_day 1: after mmt"]),
        (after("take: nearest"), "88:5, 92:6, 92:5", ["same_day 1: after mmt", "tie 1: after"]),
        (each("take: nearest, tie: better"), "88:5, 92:6, 92:5", ["same_day 1: after mmt"]),
        (each("take: nearest, tie: earlier"), "88:5, 92:6, 92:5", []),
        (each("take: nearest, tie: later"), "88:5, 92:6, 92:5", ["same_day 1: after mmt"]),
    ],
)
def test_choices_are_asked_only_where_the_data_raise_them(
    changes: str, rows: str, needed: list[str], implementation: str
) -> None:
    assert needed == open_choices(protocol(changes), f"1 | mmt | {rows}", implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_excluded_cases_ask_for_nothing(implementation: str) -> None:
    study = protocol("exclude: [{patients: [a], reason: withdrew}]")
    assert ["tie b: after"] == open_choices(study, "a | mmt | 88:5, 92:6\nb | mmt | 88:5, 92:6", implementation)


@pytest.mark.parametrize(
    "window", ["take: best", "take: mean", "take: nearest, tie: better", "take: nearest, tie: mean"]
)
def test_a_visit_is_not_chosen_by_its_values(window: str) -> None:
    with pytest.raises(ProtocolError, match="windows cannot be applied"):
        answers(protocol(after(window)), "1 | mmt | 0:50, 90:54")


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_dose_outside_the_courses_asks_for_its_rule(implementation: str) -> None:
    study = protocol("""
measures:
  steroid: {daily_dose: systemic glucocorticoids, as: prednisone mg/day, if_zero_baseline: not evaluable}
outcomes:
  response: {at: after, rule: {any: [{gain: mmt, at_least: 4 points}, {decrease: steroid, more_than: 15 % of baseline}]}}
""")
    rows = "1 | mmt | 0:50, 90:50\n1 | prednisone | -10..40 20 mg x1\n2 | mmt | 0:50, 90:50\n2 | prednisone | -10.. 20 mg x1"
    assert ["outside_courses 1: steroid"] == open_choices(study, rows, implementation)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_a_visit_without_values_is_a_visit_where_no_day_has_one(implementation: str) -> None:
    study = protocol()
    rows = "1 | mmt | 0:50\n1 | visit | 60, 91, 134, 135\n2 | mmt | 0:50, 60:58\n2 | visit | 60, 91"
    found = answers(study, rows, implementation)
    assert "after mmt not recorded at this visit @91" in found.story("1")
    assert "assessed @91" in found.story("1")
    assert "after mmt 58 @60" in found.story("2")


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@pytest.mark.parametrize("take", ["last", "mean"])
def test_the_mean_of_many_different_values_is_exact(take: str, implementation: str) -> None:
    """11 and 13 values on a day: neither divides a round number of parts."""
    study = protocol(each(f"take: {take}, same_day: mean"))
    eleven, thirteen = list(range(10, 21)), [*range(30, 42), 44]
    rows = "1 | mmt | 0:50, " + ", ".join([*(f"80:{v}" for v in eleven), *(f"91:{v}" for v in thirteen)])
    (found,) = [one for one in answers(study, rows, implementation).verdicts.values() if one.spec == 0]
    last = Fraction(sum(thirteen), 13)
    expected = last if take == "last" else (Fraction(sum(eleven), 11) + last) / 2
    assert expected == found.quantities[-1].value
