"""Drawn protocols: few measures and windows, every choice that the page on meaning gives a name."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.generate.days import IF_ZERO, WINDOWS, counted_over_all, over_days
from tests.generate.moving import MOVES, PAST, moving

from caseseries.protocol.draft import leaves, rules_of
from caseseries.protocol.measures import MeasureFacts
from caseseries.protocol.protocol import Protocol
from caseseries.protocol.rule import parse
from caseseries.protocol.tree import grow
from caseseries.protocol.window import DAY_TAKES
from caseseries.protocol.window import VALUE_TAKES as EVERY_VALUE_TAKE

#: Days are added up in windows of their own (tests/generate/days.py).
VALUE_TAKES = tuple(take for take in EVERY_VALUE_TAKE if take != "sum")
EFFECTS = ["as observed", "as observed", "responder", "non-responder", "not evaluable"]
COMPARISONS = ["at_least", "more_than", "at_most", "less_than"]
SAME_DAYS = ["best", "worst", "highest", "lowest", "mean", "not evaluable"]

#: What may be measured. `strength` and `vas` have a range, `enzyme` may be zero or negative and has no direction.
NUMBERS = ("strength", "vas", "enzyme")
#: A diagnosis that some drawn patients have.
LUPUS = "lupus"
#: Ordered words, declared in one study of four; no mean is then taken anywhere, as grades have none.
GRADES = ("0", "0.5+", "1+", "2+", "3+", "4+")
CELLS = {"grades": list(GRADES), "better": "low"}
#: Measures made of others: a weighted sum, and a ratio (whose denominator may be 0 or less) within a sum.
TOTAL = {"weighted": {"strength": "1", "vas": "-2"}, "unit": "points", "better": "high"}
QUOTIENT = {"ratio": ["strength", "enzyme"], "unit": "x", "better": "none"}
INDEX = {"weighted": {"quotient": "0.5", "change": "2"}, "unit": "points", "better": "low"}
CHANGE = {"difference": ["total", "doubled"], "unit": "points", "better": "none"}
DOUBLED = {"weighted": {"vas": "0.25"}, "unit": "points", "range": ["0", "1.5"], "better": "low"}
NO_MEAN = {"take": "last", "tie": "earlier", "same_day": "worst"}


#: Limits of normal that the protocol has for values without their own.
LIMITS: list[Any] = [
    None,
    None,
    {"lower": "2.3", "upper": "150"},
    [{"sex": "female", "upper": "100"}, {"sex": "male", "lower": "1", "upper": "150"}],
    [{"age": {"below": "10 years"}, "upper": "200"}, {"age": {"at_least": "10 years"}, "lower": "2.3", "upper": "150"}],
]
#: Multiples of a limit of normal.
OF_LIMIT = ["1 x ULN", "1.5 x ULN", "1 x LLN"]


def _clean(written: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in written.items() if value is not None}


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """Three numbers, a judgement, a daily dose and the weight."""
    unit = draw(st.sampled_from(["prednisone mg/day", "prednisone mg/day", "prednisone mg/kg/day", "mg/day"]))
    source = draw(st.sampled_from(["courses", "courses", "courses", "visits"]))
    # milligrams of different drugs are not added up, except by whoever wrote them at a visit
    of_one = unit == "mg/day" and source == "courses"
    dose: dict[str, Any] = {
        "daily_dose": draw(st.sampled_from(["systemic glucocorticoids"] * (not of_one) + ["prednisone"])),
        "as": unit,
        "source": source,
        "outside_courses": draw(st.sampled_from(["zero", "zero", "not evaluable", None])),
        "pulses": draw(st.sampled_from(["apart", "apart", "included"])),
        "if_zero_baseline": draw(st.sampled_from(["not evaluable", "not met", "any rise counts"])),
        "weight": "weight",
        "weight_within": draw(st.sampled_from(["30 days", "7 days", "0 days"])),
    }
    limit = st.sampled_from(["not evaluable", "limit"])
    strength = {
        "quantity": "strength",
        "unit": "points",
        "range": ["0", "80"],
        "better": "high",
        "censored": draw(limit),
    }
    vas = {"quantity": "global activity", "unit": "cm", "range": ["2", "10"], "better": "low", "censored": draw(limit)}
    return {
        "strength": strength | draw(IF_ZERO),
        "vas": vas,
        "enzyme": _clean(
            {"quantity": "enzyme", "unit": "U/L", "better": "none", "limits": draw(st.sampled_from(LIMITS))}
        )
        | draw(IF_ZERO),
        "improved": {"judgement": "improved", "since": "index date", "better": draw(st.sampled_from(["yes", "no"]))},
        "dose": dose,
        "weight": {"quantity": "weight", "unit": "kg", "better": "none"},
    }


@st.composite
def window(draw: st.DrawFn, start: int, end: int) -> dict[str, Any]:
    """A window of at most so many days, with its target, take, tie, same-day rule and components."""
    first = draw(st.integers(start, start + 5))
    last = draw(st.integers(end - 5, end))
    each = draw(st.booleans())
    take = draw(st.sampled_from([*DAY_TAKES, "nearest", "nearest", *VALUE_TAKES * each]))
    ties = ["earlier", "later"] + ["better", "worse", "mean"] * (2 * each)
    least = draw(st.sampled_from([None, None, "1 days", "2 days"])) if take in VALUE_TAKES else None
    return {
        "from": f"{first} days",
        "to": f"{last} days",
        "target": f"{draw(st.integers(first + 5, last - 5))} days",
        "take": take,
        "tie": draw(st.sampled_from(ties)),
        "same_day": draw(st.sampled_from(SAME_DAYS)),
        "components": "nearest each" if each else "same visit",
    } | ({"recorded": least} if least else {})


#: Thresholds of a change and of a value; {dose} is the unit of the daily dose.
CHANGES = {
    "strength": ["4 points", "0.5 points", "20 % of range", "25% of range"],
    "vas": ["1 cm", "0.4 cm", "20 % of range", "25% of range"],
    "enzyme": ["10 U/L", "2.3 U/L"],
    "dose": ["5 {dose}", "2.5 {dose}"],
    "cells": ["2 steps", "1 step"],
    "total": ["4 points", "5.5 points"],
    "quotient": ["0.1 x", "2 x"],
    "index": ["2 points", "20 points"],
}
VALUES = {
    "strength": ["54 points", "78 points", "20 % of range", "25% of range"],
    "vas": ["3 cm", "4.5 cm", "20 % of range", "25% of range"],
    "enzyme": ["150 U/L", "0 U/L"],
    "dose": ["7.5 {dose}", "0 {dose}"],
    "cells": ["0.5+", "2+"],
    "total": ["44 points", "45 points"],
    "quotient": ["0.3 x", "-5 x"],
    "index": ["90 points", "80.5 points"],
}
OF_BASELINE = ["20 % of baseline", "15 % of baseline"]
#: No change at all is a threshold of `at_most` alone, and of a dose, which is never below it, of two comparisons.
NO_CHANGE = ["0 {unit}"]
OF_NO_DOSE = ["more_than", "at_most"]


def _threshold(measure: str, comparison: str, dose: str, *, change: bool) -> st.SearchStrategy[str]:
    """A threshold that the comparison can meet and miss, with its unit."""
    unit = {"vas": "cm", "enzyme": "U/L", "dose": dose, "cells": "steps", "quotient": "x"}.get(measure, "points")
    if change:
        options = [*CHANGES[measure], *OF_BASELINE * (measure != "cells"), *NO_CHANGE * (comparison == "at_most")]
    else:
        fits = measure != "dose" or comparison in OF_NO_DOSE
        options = [one for one in VALUES[measure] if fits or not one.startswith("0 ")]
    return st.sampled_from([one.format(dose=dose, unit=unit) for one in options])


def _value(draw: st.DrawFn, measure: str, comparison: str, dose: str) -> dict[str, Any]:
    """A value, compared with a limit of normal in half of the comparisons of the enzyme."""
    if measure == "enzyme" and draw(st.booleans()):
        return {"value": measure, comparison: draw(st.sampled_from(OF_LIMIT))}
    return {"value": measure, comparison: draw(_threshold(measure, comparison, dose, change=False))}


@st.composite
def leaf(draw: st.DrawFn, windows: list[str], dose: str, numbers: tuple[str, ...] = NUMBERS) -> dict[str, Any]:
    """A comparison of one measure, sometimes in another window than the outcome's."""
    kind = draw(st.sampled_from(["is", "value", "limit", "change", "change", "change"]))
    elsewhere = {"at": draw(st.sampled_from(windows[1:]))} if draw(st.integers(0, 4)) == 4 else {}
    if kind == "is":
        return {"is": "improved"} | elsewhere
    measure = draw(st.sampled_from([*numbers, "dose", "dose"]))
    comparison = draw(st.sampled_from([*COMPARISONS, "at_least", "more_than"]))
    if kind == "limit":
        return {"value": "enzyme", comparison: draw(st.sampled_from(OF_LIMIT))} | elsewhere
    if kind == "value":
        return {"value": measure, comparison: draw(_threshold(measure, comparison, dose, change=False))} | elsewhere
    if "later" in windows and draw(st.integers(0, 4)) == 4:
        elsewhere = {"from": "after", "at": "later"}
    if measure != "dose" and draw(st.integers(0, 2)) == 2:
        return _from_extreme(draw, measure, comparison, dose, windows) | {
            key: one for key, one in elsewhere.items() if key == "at"
        }
    words = ["gain", "decrease", "rises", "falls"] + ["improves", "worsens"] * (
        2 * (measure not in {"enzyme", "quotient"})
    )
    threshold = draw(_threshold(measure, comparison, dose, change=True))
    return {draw(st.sampled_from(words)): measure, comparison: threshold} | elsewhere


def _from_extreme(draw: st.DrawFn, measure: str, comparison: str, dose: str, windows: list[str]) -> dict[str, Any]:
    """A change from the nadir or the peak, away from it."""
    word = draw(st.sampled_from(["nadir", "peak"]))
    threshold = draw(_threshold(measure, comparison, dose, change=True)).replace("of baseline", f"of {word}")
    up, down = ["gain", "rises"], ["decrease", "falls"]
    worse = {"strength": -1, "vas": 1, "cells": 1}.get(measure, 0)
    better = {1: "improves", -1: "worsens"}.get(-worse if word == "nadir" else worse, "")
    words = [*(up if word == "nadir" else down), *([better] if better else [])]
    return {draw(st.sampled_from(words)): measure, comparison: threshold, "from": word}


def rules(windows: list[str], dose: str, numbers: tuple[str, ...] = NUMBERS) -> st.SearchStrategy[dict[str, Any]]:
    """Nested rules of a few leaves."""

    def inner(parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.lists(parts, min_size=1, max_size=3)
        return st.one_of(
            several.map(lambda chosen: {"all": chosen}),
            several.map(lambda chosen: {"any": chosen}),
            parts.map(lambda chosen: {"not": chosen}),
            st.lists(parts, min_size=2, max_size=3).flatmap(_counted),
            st.tuples(parts, parts, parts).map(
                lambda drawn: dict(zip(("when", "then", "otherwise"), drawn, strict=True))
            ),
            st.tuples(each(), parts, st.sampled_from(["all", "any"])).map(lambda drawn: {drawn[2]: list(drawn[:2])}),
            st.tuples(each(), parts).flatmap(lambda drawn: _counted(list(drawn), parts=4)),
            st.lists(leaf(windows, dose, numbers), min_size=2, max_size=4).flatmap(_counted_of_measured),
            each().flatmap(lambda drawn: _counted_of_measured([drawn])),
            st.tuples(parts, bands()).flatmap(lambda drawn: score(*drawn)),
        )

    others = {6: held(windows, dose, numbers), 7: question(windows)}
    leaves = st.integers(0, 7).flatmap(lambda drawn: others.get(drawn, leaf(windows, dose, numbers)))
    return st.recursive(leaves, inner, max_leaves=5)


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    """Points by how far a number moved, or where it lies, in three bands."""
    upward = draw(st.booleans())
    words = ["at_least", "more_than"] if upward else ["at_most", "less_than"]
    if draw(st.booleans()):
        measure, edges = "strength", ["20 points", "54 points", "78 points"]
        word = "value"
    else:
        measure = draw(st.sampled_from(["strength", "vas"]))
        edges = ["5 % of range", "15 % of range", "25 % of range"]
        word = draw(st.sampled_from(["gain", "decrease", "improves", "worsens"]))
    points = ["2.5", "2.5", "7.5"] if draw(st.booleans()) else ["1", "3", "4"]
    ordered = edges if upward else edges[::-1]
    banded = {f"{draw(st.sampled_from(words))} {edge}": worth for edge, worth in zip(ordered, points, strict=True)}
    return {word: measure, "points": banded}


@st.composite
def score(draw: st.DrawFn, part: dict[str, Any], banded: dict[str, Any]) -> dict[str, Any]:
    """Points of a rule and of bands, added up."""
    limit = {"at_least": "4.5", "more_than": "4", "at_most": "4", "less_than": "4.5"}
    comparison = draw(st.sampled_from(COMPARISONS))
    parts = [{"rule": part, "points": draw(st.sampled_from(["2", "4.5"]))}, banded]
    return {"score": parts if draw(st.booleans()) else parts[::-1], comparison: limit[comparison]}


@st.composite
def question(draw: st.DrawFn, windows: list[str]) -> dict[str, Any]:
    """An event or a fact of the patient."""
    if draw(st.booleans()):
        facts = [
            {"sex": "female"},
            {"sex": "male"},
            {"age": {"below": "9 years"}},
            {"age": {"at_least": "4 years", "below": "12 years"}},
            {"attribute": "course", "is": "acute"},
            {"attribute": "course", "is": ["Chronic", "relapsing"]},
        ]
        return {"patient": draw(st.sampled_from(facts))}
    if draw(st.booleans()):
        drug = draw(
            st.sampled_from(["prednisone", "systemic glucocorticoids", "azathioprine", "mycophenolate mofetil"])
        )
        return {"unchanged": drug, "in": draw(st.sampled_from(windows))}
    name = draw(st.sampled_from([LUPUS, "biopsy", "fever", "fever"]))
    if draw(st.booleans()):
        days = f"{draw(st.sampled_from([1, 7, 14, 28]))} days"
        return {"free_of": name, "for": days, "in": draw(st.sampled_from(windows))}
    return {"occurs": name, "in": draw(st.sampled_from(windows)), "times": str(draw(st.sampled_from([1, 1, 2])))}


@st.composite
def looked_back(draw: st.DrawFn) -> dict[str, Any]:
    """An event that is looked back for from each visit, or that none is."""
    days = f"{draw(st.sampled_from([1, 7, 30, 90]))} days"
    asked = {"occurs": draw(st.sampled_from(["fever", "fever", "biopsy"])), "since": days}
    asked["times"] = str(draw(st.sampled_from([1, 1, 2])))
    return {"not": asked} if draw(st.booleans()) else asked


@st.composite
def held(draw: st.DrawFn, windows: list[str], dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """A rule read on visit days of a window after the index date, of one or two comparisons."""
    drawn = draw(leaf(windows, dose, numbers))
    daily = {key: one for key, one in drawn.items() if key != "at" and (key != "from" or one in {"nadir", "peak"})}
    inner: dict[str, Any] = daily
    shape = draw(st.sampled_from(["", "", "not", "all", "any"]))
    if shape == "not":
        inner = {"not": daily}
    elif shape:
        inner = {
            shape: [
                daily,
                draw(
                    st.one_of(
                        leaf(windows, dose, numbers), leaf(windows, dose, numbers), question(windows), looked_back()
                    )
                ),
            ]
        }
    written: dict[str, Any] = {"held": inner, "in": draw(st.sampled_from(windows[1:]))}
    kind = draw(st.sampled_from(["every", "times", "times", "lasting", "free"]))
    lengths = st.sampled_from(["1 day", "7 days", "14 days", "28 days"])
    if kind == "free":
        gap = draw(st.sampled_from(["1 day", "14 days", "45 days"]))
        return {"free_of": inner, "for": draw(lengths), "in": written["in"], "gap": gap}
    if kind == "lasting":
        return written | {"lasting": draw(lengths), "gap": draw(st.sampled_from(["1 day", "14 days", "45 days"]))}
    if kind == "every" or {"dose"} == set(_measures_of(inner)):
        return written | {"on": "every visit"}
    times = draw(st.sampled_from([1, 2, 2, 3]))
    more = {"apart": f"{draw(st.sampled_from([1, 7, 14]))} days", "consecutive": draw(st.sampled_from(["yes", "no"]))}
    return written | {"on": f"{times} visits"} | (more if times > 1 else {})


@st.composite
def time_to(
    draw: st.DrawFn,
    dose: str,
    numbers: tuple[str, ...],
    study_drug: str,
    per_course: bool,
    from_day_zero: bool,
) -> dict[str, Any]:
    """A time to an event, or to the first visit of the window `course` on which a rule of one or two comparisons holds."""
    stops = ["death", "drug stopped"] if study_drug else ["death"]
    competing = draw(st.lists(st.sampled_from(stops), unique=True, max_size=2))
    also = [one for one in stops if one not in competing and (one == "death" or per_course or draw(st.booleans()))]
    written: dict[str, Any] = {"in": "course", "competing": competing, "censored": ["lost", "data cutoff", *also]}
    if from_day_zero and draw(st.booleans()):
        start = draw(_of_a_visit(dose, numbers))
        written["after"] = {"held": start, "in": "course"} | draw(_shown_once()) if draw(st.booleans()) else start
    if draw(st.integers(0, 3)) == 3:
        written["among"] = draw(_of_the_start(dose, numbers))
    written |= draw(st.sampled_from([{}, {}, {"good": "yes"}, {"good": "no"}]))
    if draw(st.integers(0, 2)) == 2:
        return written | {"time_to": draw(st.sampled_from([LUPUS, "biopsy", "fever", "fever"]))}
    if study_drug and draw(st.integers(0, 3)) == 3:
        stops = {field: [one for one in written[field] if one != "drug stopped"] for field in ("competing", "censored")}
        return written | {"time_to": {"stop": study_drug}} | stops
    rule = draw(_of_a_visit(dose, numbers))
    if written.get("after") == rule:
        rule = {"not": rule}
    if draw(st.integers(0, 3)) == 3:
        written["readings"] = {"another": draw(_of_a_visit(dose, numbers))}
    if draw(st.integers(0, 2)) == 2:
        lasting, gap = draw(st.sampled_from([1, 7, 14, 28])), draw(st.sampled_from([1, 14, 45, 90]))
        written |= {"lasting": f"{lasting} days", "gap": f"{gap} days"}
    return written | {"time_to": rule}


@st.composite
def spells(draw: st.DrawFn, dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Spells in one to three states, each of a visit of the window `course`."""
    rules_ = draw(st.lists(_of_a_visit(dose, numbers), min_size=1, max_size=3, unique_by=repr))
    written = {
        "spells": {f"state {place}": rule for place, rule in enumerate(rules_, 1)},
        "in": "course",
        "gap": f"{draw(st.sampled_from([1, 14, 29]))} days",
    }
    return written | ({"among": draw(_of_the_start(dose, numbers))} if draw(st.integers(0, 3)) == 3 else {})


@st.composite
def _of_a_visit(draw: st.DrawFn, dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """A rule of one or two comparisons that is read on a visit day."""
    daily = {
        key: one for key, one in draw(leaf(["baseline", "after"], dose, numbers)).items() if key not in {"at", "from"}
    }
    # the nadir and the peak are not looked for visit by visit
    daily = {
        key: one.replace("of nadir", "of baseline").replace("of peak", "of baseline") for key, one in daily.items()
    }
    shape = draw(st.sampled_from(["", "", "not", "all", "any"]))
    if shape == "not":
        return {"not": daily}
    if not shape:
        return daily
    others = [{"patient": {"sex": "female"}}, {"value": "strength", "at": "baseline", "less_than": "54 points"}]
    others += [{"value": "vas", "at_least": "3 cm"}, {"occurs": "fever", "in": "baseline"}]
    return {shape: [daily, draw(st.one_of(st.sampled_from(others), looked_back()))]}


@st.composite
def _of_the_start(draw: st.DrawFn, dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """Who belongs to a time: a value of the baseline, a fact of the patient, an event before."""
    measure = draw(st.sampled_from([one for one in numbers if one != "cells"]))
    comparison = draw(st.sampled_from(COMPARISONS))
    of_value = _value(draw, measure, comparison, dose)
    others = [{"patient": {"age": {"below": "9 years"}}}, {"not": {"occurs": "fever", "in": "baseline"}}]
    return draw(st.sampled_from([of_value, of_value, {"any": [of_value, *others]}, others[0]]))


@st.composite
def _shown_once(draw: st.DrawFn) -> dict[str, Any]:
    """How a rule is shown from which a time counts."""
    if draw(st.booleans()):
        return {"on": "1 visit"}
    lasting, gap = draw(st.sampled_from([1, 7, 14, 28])), draw(st.sampled_from([1, 14, 45, 90]))
    return {"lasting": f"{lasting} days", "gap": f"{gap} days"}


def _measures_of(rule: dict[str, Any]) -> list[str]:
    """The measures of a rule that is held which are read on its days."""
    parts = [*rule.get("all", ()), *rule.get("any", ()), *([rule["not"]] if "not" in rule else [])]
    if parts:
        return [name for part in parts for name in _measures_of(part)]
    return (
        []
        if {"at", "patient", "occurs", "unchanged", "free_of"} & rule.keys()
        else [
            str(
                next(
                    rule[word]
                    for word in rule
                    if rule[word] in {*NUMBERS, "cells", "dose", "improved", "total", "quotient", "index"}
                )
            )
        ]
    )


def _parts_with(word: str, rule: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [
        *rule.get("all", ()),
        *rule.get("any", ()),
        *rule.get("of", ()),
        *rule.get("score", ()),
        *(rule[one] for one in ("not", "held", "when", "then", "otherwise", "rule") if one in rule),
    ]
    return [rule] if word in rule else [one for part in parts for one in _parts_with(word, part)]


@st.composite
def each(draw: st.DrawFn) -> dict[str, Any]:
    """The same rule for the three numbers, whose unit it leaves open; sometimes one of parts."""
    order = draw(st.permutations(NUMBERS))
    change = {
        draw(st.sampled_from(["gain", "decrease"])): "each",
        draw(st.sampled_from(COMPARISONS)): "20 % of baseline",
    }
    value = {"value": "each", draw(st.sampled_from(COMPARISONS)): "9 points"}
    rule = draw(st.sampled_from([change, change, value, {"any": [change, value]}]))
    return {"each": order, "rule": rule}


def _counted(of: list[dict[str, Any]], parts: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    bounds = st.sampled_from(["at_least", "at_most", "exactly"])
    n = parts or len(of)
    shift = {"at_least": 1, "at_most": -1, "exactly": 0}  # what every count meets, or none, is refused
    return st.tuples(bounds, st.integers(0, n)).map(
        lambda drawn: {drawn[0]: str(min(max(drawn[1] + shift[drawn[0]], int(drawn[0] == "at_least")), n)), "of": of}
    )


@st.composite
def _counted_of_measured(draw: st.DrawFn, of: list[dict[str, Any]]) -> dict[str, Any]:
    """A count of comparisons of which some are left out where they were not measured."""
    skip = {"if_not_measured": "skip"}
    if "each" in of[0] and of[0]["rule"].keys() & {"any"}:
        of, parts = [of[0] | {"rule": {"value": "each", "at_least": "9 points"} | skip}], 3
    elif "each" in of[0]:
        of, parts = [of[0] | {"rule": of[0]["rule"] | skip}], 3
    else:
        kept, parts = draw(st.integers(0, len(of) - 1)), len(of)
        of = [*of[:kept], *(one | skip for one in of[kept:])]
    restated = draw(st.sampled_from(["keep count", "in proportion"]))
    return {"at_least": str(draw(st.integers(1, parts))), "skipped": restated, "of": of}


@st.composite
def outcome(draw: st.DrawFn, windows: list[str], dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """A verdict with up to two readings and sometimes a denominator of its own."""
    readings = draw(st.lists(rules(windows, dose, numbers), max_size=2))
    among = {"value": "strength", "at": "baseline", "less_than": "54 points"} if draw(st.integers(0, 3)) == 3 else None
    at = draw(st.sampled_from(windows[1:]))
    others = [one for one in windows[1:] if one != at]
    return _clean(
        {
            "at": at,
            "also_at": others if others and draw(st.booleans()) else None,
            "rule": draw(rules(windows, dose, numbers)),
            "readings": {f"reading {place}": rule for place, rule in enumerate(readings, start=1)},
            "among": among,
            "by": draw(
                st.sampled_from([None, None, None, "sex", "course", {"attribute": "course", "of": ["late", "Acute"]}])
            ),
        }
    )


@st.composite
def levels(draw: st.DrawFn, windows: list[str], dose: str, verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict as an outcome with two or three levels, the rule as its first; a reading has other rules for the same ones."""
    names = draw(st.sampled_from([["good", "none"], ["good", "moderate", "none"], ["good", "moderate", "none"]]))

    def way(first: dict[str, Any]) -> dict[str, Any]:
        rest = [draw(rules(windows, dose)) for _ in names[1:-1]]
        return dict(zip(names, [first, *rest, "otherwise"], strict=True))

    made = {name: part for name, part in verdict.items() if name not in {"rule", "readings"}}
    readings = {name: way(rule) for name, rule in verdict["readings"].items()}
    return made | {"levels": way(verdict["rule"]), "readings": readings}


@st.composite
def value_outcome(draw: st.DrawFn, windows: dict[str, Any], numbers: tuple[str, ...]) -> dict[str, Any]:
    """A value at one time, or a change; sometimes of the weak alone."""
    later = [name for name in windows if name not in {"baseline", "course"}]
    among = {"value": "strength", "at": "baseline", "less_than": "54 points"} if draw(st.integers(0, 2)) == 2 else None
    if draw(st.integers(0, 2)) == 2:
        measure = draw(st.sampled_from([*numbers, "enzyme"]))
        percent = "yes" if measure != "cells" and draw(st.booleans()) else None
        return _clean({"change": measure, "at": draw(st.sampled_from(later)), "among": among, "percent": percent})
    at = draw(st.sampled_from(["baseline", *later]))
    doses = ["dose"] * (windows[at]["take"] in DAY_TAKES)  # which day it is has to be named
    return _clean({"describe": draw(st.sampled_from([*numbers, "improved", *doses])), "at": at, "among": among})


@st.composite
def slope(draw: st.DrawFn, windows: dict[str, Any], numbers: tuple[str, ...]) -> dict[str, Any]:
    """The slope over the days of the window `course` in one of two studies, beside that before the index date where the window begins after it."""
    if "course" not in windows or draw(st.booleans()):
        return {}
    windows["baseline"].setdefault("same_day", "worst")
    pre_index = {"pre_index": "baseline"} if windows["course"]["from"] == "1 days" else {}
    measure = draw(st.sampled_from([one for one in numbers if one != "cells"]))
    return {"slope": {"trajectory": measure, "in": "course"} | pre_index}


@st.composite
def intercurrent(draw: st.DrawFn) -> dict[str, Any]:
    """An effect for each event."""
    effect = st.sampled_from(EFFECTS)
    drugs = draw(st.sampled_from([["IVIG"], ["conventional immunosuppressants", "IVIG"], ["methotrexate"]]))
    return {
        "death": draw(effect),
        "lost": draw(effect),
        "rescue added": _clean(
            {
                "drugs": drugs,
                "verdict": draw(effect),
                "restart_after": draw(st.sampled_from(["0 days", "14 days", "30 days", "60 days", None, None])),
            }
        ),
        "drug stopped": draw(effect),
        "steroid raised above baseline": draw(effect),
        "pulse": {"within": f"{draw(st.sampled_from([0, 7, 14]))} days", "verdict": draw(effect)},
    }


INCLUDE: list[dict[str, Any]] = [
    {"diagnosis": "Juvenile dermatomyositis", "by": "index date"},
    {"diagnosis": "juvenile  Dermatomyositis", "by": "any time"},
    {"age": {"below": "18 years"}, "at": "index date"},
    {"age": {"at_least": "2 years", "below": "18 years"}, "at": "diagnosis"},
    {"prior_drug": "conventional immunosuppressants"},
    {"concurrent_drug": "systemic glucocorticoids"},
    {"recorded": "strength", "in": "baseline"},
    {"observed_before": "60 days"},
    {"minimum_follow_up": "30 days", "flagged": "looks into the future"},
]
EXCLUDE: list[dict[str, Any]] = [
    {"patients": ["p01", "p02"], "reason": "withdrew"},
    {"prior_drug": "methotrexate", "within": "30 days"},
    {"concurrent_drug": "methotrexate"},
    {"diagnosis": "lupus", "by": "index date"},
    {"age": {"at_least": "18 years"}, "at": "index date"},
]


@st.composite
def _value_part(draw: st.DrawFn, dose: str, numbers: tuple[str, ...] = NUMBERS) -> dict[str, Any]:
    """A value or a judgement of the window of its line."""
    if draw(st.integers(0, 3)) == 3:
        return {"is": "improved"}
    measure, comparison = draw(st.sampled_from([*numbers, "dose"])), draw(st.sampled_from(COMPARISONS))
    return _value(draw, measure, comparison, dose)


@st.composite
def value_criterion(draw: st.DrawFn, windows: list[str], dose: str, numbers: tuple[str, ...]) -> dict[str, Any]:
    """A line that asks for the value of a measure, mostly before the index date; of one number for a range."""
    within = {"in": draw(st.sampled_from(["baseline", "baseline", "baseline", *windows[1:]]))}
    kind = draw(st.sampled_from(["is", "range", *["rule"] * 4, *["value"] * 6]))
    if kind == "rule":
        parts = draw(st.lists(_value_part(dose), min_size=2, max_size=3))
        joined = st.one_of(
            st.sampled_from([{"all": parts}, {"any": parts}, {"all": [{"not": {"any": parts}}]}]),
            st.just({"any": [dict(zip(("when", "then", "otherwise"), (parts * 2)[:3], strict=True))]}),
            _counted(parts),
            _counted_of_measured(parts),
        )
        return draw(joined) | within
    if kind == "is":
        return {"is": "improved"} | within
    if kind == "range":
        lower, upper = draw(st.sampled_from(["at_least", "more_than"])), draw(st.sampled_from(["at_most", "less_than"]))
        return {"value": "strength", lower: "25% of range", upper: "78 points"} | within
    measure = draw(st.sampled_from([*numbers, "dose", "dose"]))
    comparison = draw(st.sampled_from(COMPARISONS))
    return _value(draw, measure, comparison, dose) | within


@st.composite
def criteria(
    draw: st.DrawFn, windows: list[str], dose: str, numbers: tuple[str, ...]
) -> dict[str, list[dict[str, Any]]]:
    """What is included and excluded; one study in three asks for a value, anywhere among the lines."""
    found = {
        "include": draw(st.lists(st.sampled_from(INCLUDE), max_size=2, unique_by=str)),
        "exclude": draw(st.lists(st.sampled_from(EXCLUDE), max_size=1, unique_by=str)),
    }
    if draw(st.integers(0, 2)) == 2:
        lines = found[draw(st.sampled_from(["include", "include", "exclude"]))]
        lines.insert(draw(st.integers(0, len(lines))), draw(value_criterion(windows, dose, numbers)))
    return found


@st.composite
def case(draw: st.DrawFn) -> dict[str, Any]:
    """The index date: mostly the first exposure, with restarts and washout."""
    kind = draw(st.sampled_from(["exposure"] * 5 + ["event", "nominal"]))
    if kind == "event":
        return {"index_date": {"first_event": "biopsy"}, "per": "patient"}
    if kind == "nominal":
        return {"index_date": {"nominal_day": "0 days"}, "per": "patient"}
    restart = draw(st.sampled_from([0, 30, 60]))
    washout = draw(st.sampled_from([None, None, 90]))
    index = {
        "first_exposure": "mycophenolate mofetil",
        "restart_after": f"{restart} days",
        "washout": None if washout is None else f"{washout} days",
    }
    return {"index_date": _clean(index), "per": draw(st.sampled_from(["patient", "course"]))}


@st.composite
def robustness(draw: st.DrawFn, windows: dict[str, Any], per_kg: str, means: bool) -> dict[str, Any]:
    """Up to three of: another width, another take, missing as not met, the dose per kilogram."""
    parts = draw(st.lists(st.sampled_from(["width", "take", "missing", "dose", "readings"]), max_size=3, unique=True))
    grid: dict[str, Any] = {}
    name = draw(st.sampled_from(list(windows)))
    written = windows[name]
    if "width" in parts:
        first, last = (int(written[end].split()[0]) for end in ("from", "to"))
        grid["windows"] = {name: [{"from": f"{first - 10} days", "to": f"{last + 10} days"}]}
    if "take" in parts:
        takes = DAY_TAKES + (VALUE_TAKES if written["components"] == "nearest each" else ())
        others = [take for take in takes if take != written["take"] and (means or take != "mean")]
        grid["take"] = {name: [draw(st.sampled_from(others))]}
    if "missing" in parts:
        grid["missing"] = ["not met"]
    if "dose" in parts:
        grid["dose"] = [per_kg]
    if "readings" in parts:
        grid["readings"] = "no"
    return grid


@st.composite
def visit_windows(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """The windows of single values: before the index date, after it, and in one study of three once more."""
    windows = {"baseline": draw(window(-60, 0)), "after": draw(window(40, 100))}
    if draw(st.integers(0, 2)) == 2:
        windows["later"] = draw(window(120, 170))
        if draw(st.integers(0, 3)) == 3:  # one value may then serve both
            windows["later"] |= {"from": f"{draw(st.integers(80, 110))} days", "overlap": "yes"}
    return windows


def _reporting(outcomes: dict[str, Any]) -> dict[str, Any]:
    """Two verdicts side by side where there are two, and Table 1 by the last of those with a rule."""
    if "rule" in outcomes.get("second", {}):
        return {"reporting": {"agree": [["response", "second"]], "table_one_by": "second"}}
    return {"reporting": {"table_one_by": "yes"}} if "rule" in outcomes["response"] else {}


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A whole protocol that the cross-checks accept; nearly half leave one choice open."""
    windows = draw(visit_windows())
    declared = draw(measures())
    graded = draw(st.integers(0, 3)) == 3
    numbers = (*NUMBERS, "cells") if graded else NUMBERS
    if graded:
        declared["cells"] = CELLS
        _without_means(windows)
    derived = draw(st.sampled_from(["", "", "", "sum", "ratio"]))
    if derived:
        declared["total"] = TOTAL | draw(IF_ZERO)
        numbers = (*numbers, "total", "total")
    if derived == "ratio":
        declared |= {"quotient": QUOTIENT, "change": CHANGE, "doubled": DOUBLED, "index": INDEX}
        numbers = (*numbers, "quotient", "quotient", "index")
        _without_means(windows)
    outcomes = {"response": draw(outcome(list(windows), declared["dose"]["as"], numbers))}
    if draw(st.integers(0, 3)) == 3:
        second = draw(outcome(list(windows), declared["dose"]["as"], numbers))
        outcomes["second"] = (
            draw(levels(list(windows), declared["dose"]["as"], second)) if draw(st.booleans()) else second
        )
    lines = draw(criteria(list(windows), declared["dose"]["as"], numbers))
    outcomes["response"]["rule"] = draw(over_days(windows, declared, outcomes["response"]["rule"]))
    index_case = draw(case())
    timed = draw(st.booleans())
    if declared["dose"]["source"] == "courses":
        _name_a_day(windows, declared, outcomes, [*lines["include"], *lines["exclude"]])
    if timed:
        first, last = draw(st.sampled_from([-60, -7, 0, 1])), draw(st.sampled_from([30, 100, 250]))
        meanless = graded or derived == "ratio"
        same_day = draw(st.sampled_from([one for one in SAME_DAYS if one != "mean" or not meanless]))
        windows["course"] = {
            "from": f"{first} days",
            "to": f"{last} days",
            "take": "last",
            "same_day": same_day,
            "overlap": "yes",
        }
    left_open = draw(
        st.sampled_from([""] * 6 + ["tie", "same_day", *["if_zero_baseline"] * 3, "restart_after", "grid"])
    )
    for part in [*windows.values(), declared["dose"], index_case["index_date"]]:
        part.pop(left_open, None)
    safety: dict[str, Any] = {"until_after_last_dose": "30 days", "events": ["biopsy", "fever"]}
    for outcome_ in outcomes.values():  # what a held rule needs is never left open
        rules_ = [rule for _, rule in rules_of(outcome_, ()) if isinstance(rule, dict)]
        for one in (found for rule in rules_ for found in _parts_with("held", rule)):
            windows[one["in"]].setdefault("same_day", "worst")
            declared["dose"]["outside_courses"] = declared["dose"].get("outside_courses") or "zero"
        _name_same_days(windows, rules_)
        for one in (found for rule in rules_ for found in _parts_with("occurs", rule)):
            safety |= {"until_after_last_dose": "30 days", "events": ["biopsy", "fever"]}
            _name_lupus(one["occurs"], lines)
        for one in (found for rule in rules_ for found in _parts_with("free_of", rule)):
            _name_lupus(one["free_of"], lines)
    if timed:
        windows["course"].setdefault("same_day", "worst")
        declared["dose"]["outside_courses"] = declared["dose"].get("outside_courses") or "zero"
        study_drug = index_case["index_date"].get("first_exposure", "")
        from_zero = not windows["course"]["from"].startswith("-")
        per_course = index_case["per"] == "course"
        outcomes["time"] = draw(time_to(declared["dose"]["as"], numbers, study_drug, per_course, from_zero))
        safety |= {"until_after_last_dose": "30 days", "events": ["biopsy", "fever"]}
        _name_lupus(outcomes["time"]["time_to"], lines)
    for place in range(draw(st.sampled_from([0, 0, 1, 2]))):
        single = {name: one for name, one in windows.items() if name not in WINDOWS}
        outcomes[f"value {place}"] = draw(value_outcome(single, numbers))
    outcomes |= draw(slope(windows, numbers))
    outcomes |= draw(counted_over_all(windows))
    verdict_rules = [rule for name in ("response", "second") for _, rule in rules_of(outcomes.get(name, {}), ())]
    draw(moving(windows, [rule for rule in verdict_rules if isinstance(rule, dict)]))
    varied = {name: one for name, one in windows.items() if name not in {"course", PAST, MOVES, *WINDOWS}}
    equivalents = declared["dose"]["as"].startswith("prednisone")
    written = {
        "study": "drawn",
        "invented": "yes",
        "case": index_case,
        **lines,
        "measures": declared,
        "windows": windows,
        "intercurrent": draw(intercurrent()),
        "outcomes": outcomes,
        "robustness": draw(
            robustness(
                varied, "prednisone mg/kg/day" if equivalents else "mg/kg/day", not graded and derived != "ratio"
            )
        ),
    }
    if safety:
        written["safety"] = safety
    written |= _reporting(outcomes)
    if left_open == "grid":  # a choice that only another cell of the grid would need
        windows["after"] |= {"take": "last"}
        windows["after"].pop("recorded", None)
        del windows["after"]["tie"]
        written["robustness"] |= {"take": {"after": ["nearest"]}}
    if draw(st.integers(0, 2)) == 2:
        written["partial_dates"] = "bounds"
    if draw(st.integers(0, 1)) == 1:
        written["period"] = {"from": "2005-01-01", "to": "2005-12-31", "data_cutoff": "2006-06-30"}
    written |= draw(lab_grades(safety))
    if timed and draw(st.booleans()):
        outcomes["states"] = draw(spells(declared["dose"]["as"], numbers))
    return Protocol.model_validate(written)


#: Adverse events that are graded by multiples of limits of normal and of the value before, whatever the unit.
OF_MULTIPLES = [
    ("Alanine aminotransferase increased", "CTCAE 5.0"),
    ("Alanine aminotransferase increased", "CTCAE 6.0"),
    ("Creatinine increased", "CTCAE 5.0"),
    ("Creatinine increased", "CTCAE 6.0"),
    ("CPK increased", "CTCAE 5.0"),
]


@st.composite
def lab_grades(draw: st.DrawFn, safety: dict[str, Any]) -> dict[str, Any]:
    """In a quarter of the protocols: the enzyme graded by one or two versions, beside what safety declares."""
    if draw(st.integers(0, 3)) < 3:
        return {}
    chosen = draw(st.lists(st.sampled_from(OF_MULTIPLES), min_size=1, max_size=2, unique_by=lambda one: one[1]))
    within = st.sampled_from(["0 days", "7 days", "90 days"])
    graded = [{"measure": "enzyme", "by": by, "baseline_within": draw(within), "term": term} for term, by in chosen]
    return {"safety": {"until_after_last_dose": "30 days"} | safety | {"graded": graded}}


def _name_lupus(asked: Any, lines: dict[str, list[dict[str, Any]]]) -> None:
    """A diagnosis that is asked for is one that a line names."""
    if asked == LUPUS and not any(line.get("diagnosis") == LUPUS for line in lines["exclude"]):
        lines["exclude"].append({"diagnosis": LUPUS, "by": "index date"})


def _without_means(windows: dict[str, Any]) -> None:
    """Another choice in place of every mean."""
    for window in windows.values():
        window |= {field: other for field, other in NO_MEAN.items() if window[field] == "mean"}
        if window["take"] in DAY_TAKES:
            window.pop("recorded", None)


def _name_same_days(windows: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """What is taken of one day is never left open where a nadir or a peak is looked for."""
    if any(found["from"] in {"nadir", "peak"} for rule in rules for found in _parts_with("from", rule)):
        for window_ in windows.values():
            window_.setdefault("same_day", "worst")


def _name_a_day(
    windows: dict[str, Any], declared: dict[str, Any], outcomes: dict[str, Any], lines: list[dict[str, Any]]
) -> None:
    """Where a dose from courses stands alone in a window of an outcome or a criterion, the window has to name a day."""
    for line in lines:
        asked = {str(leaf.measure) for leaf in leaves(line, ())}
        if asked == {"dose"} and windows[line["in"]]["take"] in VALUE_TAKES:
            windows[line["in"]]["take"] = "nearest"
            windows[line["in"]].pop("recorded", None)
    facts = {name: MeasureFacts(name, "number", "", "", None, None, 1) for name in declared}
    facts["cells"] = MeasureFacts("cells", "grade", "", "", None, None, -1, grades=GRADES)
    for written in outcomes.values():
        ways = [written.get("levels", written.get("rule")), *written["readings"].values()]
        rules = [rule for way in ways for rule in ([*way.values()][:-1] if "levels" in written else [way])]
        rules += [written["among"]] if "among" in written else []
        points = [written["at"], *written.get("also_at", ())]
        slots = {slot for rule in rules for at in points for slot in grow(parse(rule), at, facts).slots}
        for name, window in windows.items():
            if window["take"] in VALUE_TAKES and {slot.measure for slot in slots if slot.window == name} == {"dose"}:
                window["take"] = "nearest"
                window.pop("recorded", None)
